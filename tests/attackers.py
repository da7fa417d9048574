"""What somebody can compute who has the published numbers and nothing else.

Written from docs/statistics.md alone: the equations are put down here once more, from the tables'
rows, and asked of an exact elimination and of a solver of whole numbers. No line of this file uses
the room that it checks, save for the names of its counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import z3

Name = tuple[str, ...]  # period, custodian, facility, measure
Shown = Mapping[Name, int | None]  # None: withheld
Sum = dict[Name, int]  # the sum of coefficient x count is 0
IN = ("opened", "from_other_state", "recaptured", "moved_in")
OUT = ("released", "died", "escaped", "to_other_state", "not_told", "moved_out")
LONG = ("31_to_182_days", "183_to_365_days", "366_to_1095_days", "1096_days_or_more")
STATES = ("sending", "receiving")


def summed(name: Name, parts: Iterable[Name]) -> Sum:
    """One count is the sum of others."""
    return {name: -1, **dict.fromkeys(parts, 1)}


def sums(shown: Shown, month: str, start: str, end: str) -> Iterator[Sum]:
    """Every equation between the counts of one issue of a month."""
    rows = sorted({(name[1], name[2]) for name in shown})
    measures = {(name[0], name[3]) for name in shown}
    for period, measure in sorted(measures):
        for state in STATES:
            parts = [(period, *row, measure) for row in rows if row[0] == state and row[1]]
            if parts[0] in shown if parts else True:
                yield summed((period, state, "", measure), parts)
        yield summed((period, "", "", measure), [(period, one, "", measure) for one in STATES])
    for row in rows:
        flow: Sum = {(month, *row, name): 1 for name in IN}
        flow |= {(month, *row, name): -1 for name in OUT}
        yield flow | {(start, *row, "stock"): 1, (end, *row, "stock"): -1}
        parts = [(end, *row, name) for name in ("past_date", "not_past_date")]
        yield summed((end, *row, "stock"), parts)
    for state, other in (STATES, STATES[::-1]):
        yield summed((month, state, "", "moved_in"), [(month, state, "", "moved_out")])
        there = (month, other, "", "from_other_state")
        yield summed((month, state, "", "to_other_state"), [there])
        left: Sum = {(month, state, "", name): -1 for name in OUT if name != "moved_out"}
        yield left | {(month, state, "", name): 1 for name in ("under_31_days", *LONG)}
        spare: Sum = {(month, state, "", "still there"): 1}
        yield (
            spare
            | {(month, state, "", name): 1 for name in LONG}
            | {(start, state, "", "stock"): -1}
        )


class Attacker:
    """Equations over whole numbers of 0 or more, some of them published."""

    def __init__(self, equations: Iterable[Sum], shown: Shown) -> None:
        self.known = {name: value for name, value in shown.items() if value is not None}
        names = {name for one in equations for name in one} | set(shown)
        self.unknown = sorted(names - self.known.keys())
        self.rows: list[tuple[Sum, int]] = []
        for one in equations:
            rest = {name: times for name, times in one.items() if name not in self.known}
            right = -sum(
                times * self.known[name] for name, times in one.items() if name in self.known
            )
            self.rows.append((rest, right))

    def determined(self) -> set[Name]:
        """What linear algebra alone tells: exact elimination over fractions."""
        place = {name: n for n, name in enumerate(self.unknown)}
        rows = [[Fraction(0)] * len(place) for _ in self.rows]
        for row, (one, _) in zip(rows, self.rows, strict=True):
            for name, times in one.items():
                row[place[name]] += times
        pivots = list[list[Fraction]]()
        for column in range(len(place)):
            pivot = next((row for row in rows if row[column]), None)
            if pivot is None:
                continue
            rows.remove(pivot)
            pivot = [cell / pivot[column] for cell in pivot]
            rows = [_less(row, pivot, column) for row in rows]
            pivots = [_less(row, pivot, column) for row in pivots] + [pivot]
        alone = [row for row in pivots if sum(1 for cell in row if cell) == 1]
        return {self.unknown[next(n for n, cell in enumerate(row) if cell)] for row in alone}

    def solver(self) -> tuple[z3.Solver, dict[Name, Any]]:
        """The whole numbers that agree with everything published."""
        found = z3.Solver()
        counts = {name: z3.Int("/".join(name)) for name in self.unknown}
        for count in counts.values():
            found.add(count >= 0)
        for one, right in self.rows:
            found.add(z3.Sum([times * counts[name] for name, times in one.items()]) == right)
        return found, counts

    def least_and_most(self, name: Name, truth: int, far: int) -> tuple[int, int]:
        """The smallest and the largest number that a count may be, within `far` of the truth."""
        found, counts = self.solver()
        low = next(
            n for n in range(max(0, truth - far), truth + 1) if _may(found, counts[name] <= n)
        )
        high = next(n for n in range(truth + far, truth - 1, -1) if _may(found, counts[name] >= n))
        return low, high


def _less(row: Sequence[Fraction], pivot: Sequence[Fraction], column: int) -> list[Fraction]:
    times = row[column]
    if not times:
        return list(row)
    return [cell - times * other for cell, other in zip(row, pivot, strict=True)]


def _may(found: z3.Solver, what: z3.BoolRef) -> bool:
    found.push()
    found.add(what)
    answer = bool(found.check() == z3.sat)
    found.pop()
    return answer

"""Small counts, and what would reveal them: what is withheld, with a proof for each count.

A count is small when some persons stand behind it, but fewer than the threshold. Small counts are
withheld. That alone hides nothing: tables are full of sums. So for every withheld count another
whole table is looked for, in whole numbers of 0 or more, that agrees with everything published and
differs in that count by enough:

- a small count must have one in which it is 0 and one in which it reaches the threshold: whoever
  knows how counts are withheld still cannot tell whether it is small at all, or nobody;
- any other withheld count must have two that differ by the threshold in it.

Where there is none, the cheapest counts that make one possible are withheld too, and are looked at
in turn. The tables found are the proof: nothing computed from what is published, by equations or by
bounds, can exclude any of them. Where no choice leaves one, nothing is published (H881).

Source of the method: minimum-cost alternative tables for secondary cell suppression, as in Kelly,
Golden and Assad, Networks 22 (1992) [from memory].
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from habeas.errors import Fault, StatisticsError
from habeas.statistics.alternatives import cheapest

SLIGHT = 1e-4  # cost of moving what is withheld anyway: fewer moves are better
Steps = tuple[int, ...]  # how far a count is moved in each of some tables
Move = Mapping[int, int]  # count: how far another table is from the true one, where it differs


@dataclass(frozen=True, slots=True)
class System:
    """Counts by number, and every equation between them: the sum of coefficient x count is 0."""

    values: Sequence[int]
    equations: Sequence[Mapping[int, int]]
    known: frozenset[int] = frozenset()  # published before, or granted to whoever computes
    hidden: frozenset[int] = frozenset()  # not published, and not to be proved here
    costs: Sequence[float] = ()  # of withholding one unit of each count; empty: 1 each


@dataclass(frozen=True, slots=True)
class Demand:
    """What must be withheld."""

    small: Mapping[int, int]  # count: the threshold in its own unit
    withheld: Mapping[int, int]  # what was withheld before, likewise
    units: Mapping[int, int]  # the threshold of every count that may be withheld
    bounds: Mapping[int, frozenset[int]]  # of a count: what no other table for it may move

    def bound(self, count: int) -> frozenset[int]:
        """What may not move in another table for a count."""
        return self.bounds.get(count, frozenset())


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is withheld, and the other tables that prove it."""

    counts: frozenset[int]
    moves: tuple[Move, ...]


def withhold(system: System, demand: Demand) -> Withheld:
    """What to withhold so that nothing withheld can be found out.

    Raises:
        StatisticsError: H881, where nothing that may still be withheld hides a count.
    """
    must = {*demand.small, *demand.withheld}
    shown = system.known
    while True:
        try:
            asked = _Search(replace(system, known=shown), demand)
            asked.complete(must)
        except _CannotHideError as error:
            if error.count in must:
                raise StatisticsError(
                    Fault(
                        "H881",
                        "a count that must be withheld could be found out, whatever else is",
                        "Leave the month unpublished, or name fewer persons with --threshold.",
                    )
                ) from error
            # What was to hide others cannot hide itself: it is published, and others hide them.
            shown = shown | {error.count}
        else:
            return Withheld(frozenset(asked.counts), tuple(asked.moves))


class _CannotHideError(Exception):
    """No other table differs enough in a count."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class _Search:
    """Counts withheld so far, and the other tables found so far."""

    def __init__(self, system: System, demand: Demand) -> None:
        self.system, self.demand = system, demand
        self.counts, self.moves = set[int](), list[Move]()
        self.free = [n for n in range(len(system.values)) if n not in system.known]
        place = {n: at for at, n in enumerate(self.free)}
        costs = system.costs or [1.0] * len(system.values)
        self.costs = {n: float(costs[n]) for n in self.free}
        self.rows = [
            row
            for one in system.equations
            if (row := {place[n]: times for n, times in one.items() if n in place})
        ]

    def complete(self, must: Iterable[int]) -> None:
        """Find every table that these counts, and those withheld for them, need."""
        waiting = deque(sorted(must))
        self.counts.update(waiting)
        while waiting:
            count = waiting.popleft()
            for ways in self.missing(count):
                waiting.extend(self.hide(count, ways))

    def missing(self, count: int) -> list[list[Steps]]:
        """What a count lacks; of each list one is enough, and of that, all its tables are asked."""
        value, demand = self.system.values[count], self.demand
        found = [move[count] for move in self._of(count)]
        if count in demand.small:
            up = max(demand.small[count] - value, 1)
            needs: list[list[Steps]] = [[(up,), (up + 1,)]] if max(found, default=0) < up else []
            return needs if min(found, default=0) <= -value else [*needs, [(-value,)]]
        width = demand.units[count]
        if max([0, *found]) - min([0, *found]) >= width:
            return []
        apart = [(up, up - far) for far in (width, width + 1) for up in range(width - 1, 0, -1)]
        ways: list[Steps] = [(width,), (-width,), *apart]
        return [[way for way in ways if value + way[-1] >= 0]]

    def _of(self, count: int) -> Iterable[Move]:
        bound = self.demand.bound(count)
        return (one for one in self.moves if count in one and not bound & one.keys())

    def hide(self, count: int, ways: Iterable[Steps]) -> list[int]:
        """Find other tables in which a count is so much higher; what they withhold besides."""
        for way in ways:
            made = [move for by in way if (move := self._table(count, by)) is not None]
            if len(made) == len(way):
                fresh = sorted(set[int]().union(*map(self._fresh, made)))
                self.counts.update(fresh)
                self.moves += made
                return fresh
        raise _CannotHideError(count)

    def _fresh(self, move: Move) -> set[int]:
        return move.keys() - self.counts - self.system.hidden

    def _table(self, count: int, by: int) -> Move | None:
        """A cheap other table in which a count is so much higher; None: none was found."""
        still = self.demand.bound(count)
        if count in still or count in self.system.known:
            return None
        covered = self.counts | self.system.hidden
        steps = cheapest(
            self.rows,
            [self._least(n, count, by, still) for n in self.free],
            [by if n == count else 0.0 if n in still else inf for n in self.free],
            [SLIGHT if n in covered else self.costs[n] for n in self.free],
        )
        if steps is None:
            return None
        move = {n: step for n, step in zip(self.free, steps, strict=True) if step}
        return move if move.get(count) == by and agrees(self.system, move) else None

    def _least(self, n: int, count: int, by: int, still: frozenset[int]) -> float:
        """How far a count may go down: never below nobody."""
        if n == count:
            return by
        return 0.0 if n in still else -float(self.system.values[n])


def agrees(system: System, move: Mapping[int, int]) -> bool:
    """Whether the table so far away is one of 0 or more, with every equation and known count."""
    values: Collection[int] = [system.values[n] + step for n, step in move.items()]
    return (
        not system.known & move.keys()
        and min(values, default=0) >= 0
        and all(
            sum(times * move.get(n, 0) for n, times in one.items()) == 0 for one in system.equations
        )
    )

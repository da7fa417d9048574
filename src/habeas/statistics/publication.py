"""What is published when: whole months in order, in numbered issues, each checked with its past.

A month is published once. What is known later of it is another issue, with a reason; both stand,
and whoever has both has two tables of one month. So a new issue is checked together with every
issue of its month and of the months around it:

- a count with one value in several issues is one count; whoever compares them is taken to know
  which counts did not change;
- what one issue published cannot be withheld any more; what one withheld is withheld in all;
- the proof of a month's counts may rest on it, on the month after it and on DEPTH months before it,
  and on nothing else: the stocks at both ends of these stand still. So a new month asks again for
  the proofs of the month before it, and of no other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from habeas.errors import Fault, StatisticsError
from habeas.statistics.suppress import Demand, Move, System, withhold
from habeas.statistics.system import REST, Equation, equations, whole
from habeas.statistics.tables import (
    ALL,
    PERSON_DAYS,
    STOCK,
    Counts,
    Key,
    Month,
    Row,
)

DEPTH = 2  # months before a month that its proof may rest on
REACH = DEPTH + 1  # months before and after a month that its issue is checked with
LEAST = 2  # a threshold below it withholds nothing
PLACE, STATE, BOTH = 1.0, 4.0, 16.0  # costs of withholding: sums are what most people read
WANTED = frozenset({"died", "escaped", "past_date"})
DEARER = 3.0  # a zero, and what is wanted most
_Var = tuple[Key, int]  # one count with one value


@dataclass(frozen=True, slots=True)
class Policy:
    """How counts are withheld: a choice of whoever publishes, not a rule of law."""

    threshold: int = 5  # persons

    def checked(self) -> "Policy":
        """The policy, if it withholds anything.

        Raises:
            StatisticsError: H888.
        """
        if self.threshold < LEAST:
            what = f"a threshold of {self.threshold} withholds nothing"
            raise StatisticsError(Fault("H888", what, f"Name {LEAST} persons or more."))
        return self


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of one month: what is true of it, and what it withholds."""

    month: Month
    number: int  # from 1
    counts: Counts
    among: tuple[Row, ...]  # places
    withheld: frozenset[Key] = frozenset()

    def checked(self) -> list[Key]:
        """Every count that is withheld for itself: all but person-days."""
        return [key for key in self.counts if key.measure != PERSON_DAYS]

    def of_rows(self) -> frozenset[Key]:
        """The person-days of every row of which something is withheld."""
        rows = {key.row for key in self.withheld}
        return frozenset(
            key for key in self.counts if key.measure == PERSON_DAYS and key.row in rows
        )


def over(when: Month, as_of: datetime) -> Month:
    """The month, if it is over.

    Raises:
        StatisticsError: H882.
    """
    if as_of < when.edges()[1]:
        what = f"{when.name} is not over in {when.zone}"
        fix = f"Publish it from {when.after.isoformat()} on."
        raise StatisticsError(Fault("H882", what, fix))
    return when


def number(when: Month, earlier: Iterable[tuple[str, int]], reason: str) -> int:
    """The number of a month's next issue.

    Args:
        when: the month.
        earlier: month (YYYY-MM) and number of every issue.
        reason: why a month is issued again; empty for a first issue.

    Raises:
        StatisticsError: H883, out of order; H884, published already, or no issue to revise.
    """
    issued = sorted(earlier)
    mine = [n for name, n in issued if name == when.name]
    if mine and not reason:
        what = f"{when.name} is published: its latest issue is number {mine[-1]}"
        fix = "Say with --revise why there is to be another; both will stand."
        raise StatisticsError(Fault("H884", what, fix))
    if reason and not mine:
        what = f"{when.name} is not published: there is nothing to revise"
        raise StatisticsError(Fault("H884", what, "Publish it without --revise."))
    if not mine and issued and following(issued[-1][0]) != when.name:
        what = f"the month after {issued[-1][0]} is {following(issued[-1][0])}, not {when.name}"
        raise StatisticsError(Fault("H883", what, "Publish every month, in order."))
    return len(mine) + 1


def following(name: str) -> str:
    """The month after YYYY-MM."""
    year, number_ = int(name[:4]), int(name[5:])
    return f"{year + number_ // 12:04}-{number_ % 12 + 1:02}"


def preceding(name: str) -> str:
    """The month before YYYY-MM."""
    year, number_ = int(name[:4]), int(name[5:])
    return f"{year - (number_ == 1):04}-{(number_ - 2) % 12 + 1:02}"


@dataclass(frozen=True, slots=True)
class Around:
    """Which published months an issue is checked with."""

    months: tuple[str, ...]  # whose counts may move in another table
    proved: frozenset[str]  # whose withheld counts need a proof again; its own is one
    begun: frozenset[str]  # those that no published month precedes
    newest: str  # the last of all


def around(when: Month, names: Iterable[str]) -> Around:
    """Which of these published months an issue of a month is checked with."""
    every = sorted({*names, when.name})
    at = every.index(when.name)
    months = every[max(0, at - REACH) : at + REACH + 1]
    proved = every[max(0, at - 1) : at + DEPTH + 1]
    return Around(tuple(months), frozenset(proved), frozenset(every[:1]), every[-1])


class _Numbers:
    """Counts with their values as numbers, in the order of their first appearance."""

    def __init__(self) -> None:
        self.place, self.equations = dict[_Var, int](), list[dict[int, int]]()

    def add(self, issue: Issue) -> dict[Key, int]:
        values = whole(issue.counts, issue.month)
        found = {
            key: self.place.setdefault((key, value), len(self.place))
            for key, value in values.items()
        }
        told: Iterator[Equation] = iter(equations(issue.among, issue.month))
        self.equations += [{found[key]: times for key, times in one.items()} for one in told]
        return found


def withheld(new: Issue, others: Sequence[Issue], near: Around, policy: Policy) -> frozenset[Key]:
    """What a new issue withholds, so that no count that any issue withholds can be found out.

    Args:
        new: the issue; what it withholds already is not looked at.
        others: every issue of the months around it, and of its own.
        near: which months these are.
        policy: how counts are withheld.

    Raises:
        StatisticsError: H881.
    """
    return frozenset(key for key, _ in proof(new, others, near, policy)[0])


def proof(
    new: Issue, others: Sequence[Issue], near: Around, policy: Policy
) -> tuple[list[_Var], System, tuple[Move, ...]]:
    """What a new issue withholds, the system it stands in, and the tables that prove it."""
    numbers = _Numbers()
    placed = [(one, numbers.add(one)) for one in others]
    mine = numbers.add(new)
    names = {n: var for var, n in numbers.place.items()}
    known = {
        found[key] for one, found in placed for key in one.checked() if key not in one.withheld
    }
    every = [*placed, (new, mine)]
    owners = _owners(every, near)
    asked = _demand(
        [one for one in every if one[0].month.name in near.proved],
        policy,
        known | {n for n, owner in owners.items() if owner not in near.proved},
    )
    hidden = {n for n, (key, _) in names.items() if key.measure == REST}
    hidden |= {found[key] for one, found in placed for key in one.withheld if key in found} - known
    system = System(
        [value for _, value in numbers.place],
        numbers.equations,
        frozenset(known),
        frozenset(hidden - asked[0].keys() - asked[1].keys()),
        [_cost(key, value) for key, value in numbers.place],
    )
    bounds = {name: _bound(name, near, names) for name in near.proved}
    done = withhold(
        system,
        Demand(
            small=asked[0],
            withheld=asked[1],
            units=dict.fromkeys(names, policy.threshold),
            bounds={n: bounds[owner] for n, owner in owners.items() if owner in bounds},
        ),
    )
    mine_too = {mine[key] for key in new.checked()}
    return [names[n] for n in sorted(done.counts & mine_too)], system, done.moves


def _owners(every: Sequence[tuple[Issue, dict[Key, int]]], near: Around) -> dict[int, str]:
    """The month whose proof a count is part of: a stock's is the month that ends with it."""
    found = dict[int, str]()
    for one, placed in every:
        start = one.month.stocks()[0]
        for key, n in placed.items():
            if key.period != start or one.month.name in near.begun:
                found[n] = one.month.name
            else:
                found.setdefault(n, preceding(one.month.name))
    return found


def _bound(name: str, near: Around, names: dict[int, _Var]) -> frozenset[int]:
    """The stocks at both ends of what the proof of a month may rest on."""
    first = name
    for _ in range(DEPTH):
        first = first if first in near.begun else preceding(first)
    found = set[int]() if first in near.begun else _stocks(names, f"{first}-01")
    if name != near.newest:
        found |= _stocks(names, f"{following(following(name))}-01")
    return frozenset(found)


def _stocks(names: dict[int, _Var], period: str) -> set[int]:
    return {n for n, (key, _) in names.items() if key.measure == STOCK and key.period == period}


def _demand(
    placed: Sequence[tuple[Issue, dict[Key, int]]], policy: Policy, shown: set[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """The small counts of all issues, and all that any of them withheld before."""
    before = {key for one, _ in placed for key in one.withheld}
    small, kept = dict[int, int](), dict[int, int]()
    for one, found in placed:
        for key in one.checked():
            if found[key] in shown:
                continue
            if 0 < one.counts[key].persons < policy.threshold:
                small[found[key]] = policy.threshold
            if key in before:
                kept[found[key]] = policy.threshold
    return small, kept


def _cost(key: Key, value: int) -> float:
    level = PLACE if key.row.facility else STATE if key.row.custodian != ALL else BOTH
    dear = DEARER if value == 0 or key.measure in WANTED else 1.0
    return level * dear

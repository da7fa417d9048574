"""What a register says for a projection: who is there, who comes, how long they stay, why they go.

Everything is asked as of a past day: what had happened by then, as the register knew it at a size.
How long people stay comes from those who were received, the unfinished among them counted as
unfinished (Kaplan and Meier, 1958). Of those who left alone, long stays are missing; of those who
are there alone, they are too many; so neither is ever taken for the law of stays. What nobody has
seen is unknown and no number.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from statistics import fmean, variance
from typing import Any, NamedTuple

from habeas.custody.days import civil_day
from habeas.custody.intervals import Interval
from habeas.law.calendar import day
from habeas.projection.exact import POINTS
from habeas.projection.scenario import Stock
from habeas.terms import EventKind

YEAR = 365.0
TAIL = 0.05  # outside a range, on either side
LONGEST = 10_950  # days: who is not gone within the longest stay seen is kept so long
HALVINGS = 80
NORMAL = 1.6448536269514722  # standard deviations on either side of nine in ten
BLOCK, LEAST_BLOCKS = 28, 6  # days, and how many blocks tell how uneven they are


@dataclass(frozen=True, slots=True)
class Basis:
    """From what a value was measured."""

    as_of: date  # the first day that was not looked at
    tree_size: int
    log: str  # origin of the register

    def told(self) -> dict[str, object]:
        """As every value carries it."""
        return {"as_of": self.as_of.isoformat(), "tree_size": self.tree_size, "log": self.log}


@dataclass(frozen=True, slots=True)
class Value:
    """One measured number with the range in which it may be, and what it was measured from."""

    what: str
    unit: str
    value: float
    low: float
    high: float
    seen: int  # persons or events that it comes from
    basis: Basis

    def row(self) -> dict[str, Any]:  # Any: a document for a face
        """As a document."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        told = {name: float(f"{number:.6g}") for name, number in numbers.items()}
        return {
            "what": self.what,
            "unit": self.unit,
            **told,
            "seen": self.seen,
            **self.basis.told(),
        }


class Spell(NamedTuple):
    """One unbroken custody of one person under one state; days since 1970."""

    subject: str
    facility: str  # the last one
    begin: int
    end: int | None  # the day on which it ended; None: not by the day that is asked about
    why: str  # kind of the event that ended it; empty while it lasts


def spells(found: Iterable[Interval], as_of: date, zone_name: str) -> list[Spell]:
    """Each custody that began before a day, as it stood when that day began.

    Args:
        found: intervals under one state's custody; of one person in order.
        as_of: the first day that is not looked at.
        zone_name: whose civil days count.
    """
    last = day(as_of)

    def on(at: datetime) -> int:
        return day(civil_day(at, zone_name))

    def whose(one: Interval) -> tuple[str, str, int]:
        return one.subject, one.agreement, one.stay

    told = list[Spell]()
    for (subject, _, _), group in groupby(sorted(found, key=whose), whose):
        pieces = [one for one in sorted(group, key=lambda one: one.start) if on(one.start) < last]
        if not pieces:
            continue
        final = pieces[-1]
        end = None if final.end is None or on(final.end) >= last else on(final.end)
        why = "" if end is None else final.reason_out
        told.append(Spell(subject, final.facility, on(pieces[0].start), end, why))
    return told


def stocks(
    found: Sequence[Spell], ends: Mapping[str, datetime], zone_name: str, deal: str, basis: Basis
) -> tuple[list[Stock], dict[str, int]]:
    """Who is held when the day begins, by facility, with the days left of each sentence.

    Args:
        found: the spells.
        ends: by person, UTC, from when nothing gives a right to hold; as known then.
        zone_name: whose civil days count.
        deal: the agreement, by its name in the scenario.
        basis: as of when.

    Returns:
        The stocks; and by facility how many are there whose end is not known: they stand in none.
    """
    first = day(basis.as_of)
    left, unknown = dict[str, list[int]](), Counter[str]()
    for one in found:
        if one.end is not None:
            continue
        at = ends.get(one.subject)
        if at is None:
            unknown[one.facility] += 1
            continue
        days = day(civil_day(at, zone_name)) - first
        left.setdefault(one.facility, []).append(max(days, 0))
    made = [
        Stock(
            deal, facility, basis.as_of, basis.tree_size, basis.log, tuple(sorted(left[facility]))
        )
        for facility in sorted(left)
    ]
    return made, dict(sorted(unknown.items()))


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many are received, and how unevenly."""

    a_day: Value
    spread: float  # of the logarithm of the rate
    batch: float  # mean of geometric groups that would be as uneven; 1: no more than by chance
    group: Value  # persons received on a day on which anybody is


def arrivals(found: Sequence[Spell], first: date, basis: Basis) -> Arrivals | None:
    """Those received from a day until the day that is asked about; None where there was nobody.

    Fixed days of flights gather people and make no month more uncertain than another: so how
    uneven arrivals are is seen over blocks of four weeks, where there are enough of them.
    """
    begin, after = day(first), day(basis.as_of)
    on = Counter(one.begin for one in found if begin <= one.begin < after)
    if not on:
        return None
    groups, days = list(on.values()), after - begin
    persons = sum(groups)
    rate, mean = persons / days, persons / len(groups)
    uneven = max(_dispersion(on, begin, after), 1.0)
    spread = math.sqrt(uneven / persons)
    low, high = (rate * math.exp(sign * NORMAL * spread) for sign in (-1, 1))
    return Arrivals(
        Value("received", "persons a day", rate, low, high, persons, basis),
        spread,
        (uneven + 1.0) / 2.0,
        Value("received together", "persons", mean, min(groups), max(groups), len(groups), basis),
    )


def _dispersion(on: Mapping[int, int], begin: int, after: int) -> float:
    """Variance of a count over its mean: 1 by chance, 2m - 1 for geometric groups of mean m."""
    many = (after - begin) // BLOCK
    if many < LEAST_BLOCKS:
        return sum(size * size for size in on.values()) / sum(on.values())
    blocks = [0] * many
    for at, size in on.items():
        if (place := (after - 1 - at) // BLOCK) < many:
            blocks[place] += size
    return variance(blocks) / fmean(blocks) if any(blocks) else 1.0


@dataclass(frozen=True, slots=True)
class Law:
    """How long people stay, as far as anybody has seen it."""

    steps: tuple[tuple[int, float], ...]  # after so many days, this share is still there
    reach: int  # days; beyond, nothing has been seen
    received: int
    ended: int
    basis: Basis

    def staying(self, days: int) -> float | None:
        """The share that stays longer than so many days; None: nobody has seen so far."""
        if days > self.reach:
            return None
        return next((share for at, share in reversed(self.steps) if at <= days), 1.0)

    def beyond(self) -> float:
        """The share whose stay is longer than anybody has seen."""
        return self.steps[-1][1]

    def quantile(self, share: float) -> int | None:
        """Days within which a share has left; None: it was not seen."""
        return next((at for at, left in self.steps if 1.0 - left >= share - 1e-12), None)

    def table(self) -> tuple[float, ...]:
        """As `Stay.table`: quantiles at equal steps; who stays beyond reach is kept to the end.

        The engine counts one day and the whole days of the table, so half a day less is written.
        """
        found, place = list[float](), 0
        for n in range(POINTS):
            while place < len(self.steps) and 1.0 - self.steps[place][1] < n / (POINTS - 1) - 1e-12:
                place += 1
            days = self.steps[place][0] if place < len(self.steps) else LONGEST
            found.append(max(days - 0.5, 0.5))
        return tuple(found)

    def left_after(self, elapsed: int, share: float) -> int:
        """Days left at a quantile of those who have stayed so long; `LONGEST` beyond reach."""
        still = self.staying(min(elapsed, self.reach)) or 0.0
        ends = (at - elapsed for at, left in self.steps if left <= (1.0 - share) * still)
        return max(next(ends, LONGEST), 1)

    def row(self) -> dict[str, Any]:  # Any: a document for a face
        """As a document."""
        quarters = {f"p{n}": self.quantile(n / 100) for n in (25, 50, 75)}
        told = {"received": self.received, "ended": self.ended, "reach_days": self.reach}
        return {**told, "beyond_reach": round(self.beyond(), 4), **quarters, **self.basis.told()}


def law_of_stays(
    found: Sequence[Spell], basis: Basis, ends: frozenset[str] | None = None
) -> Law | None:
    """The law of stays of those received; None where nobody's has ended: then it is unknown.

    Args:
        found: everybody received, those who are there still too.
        basis: as of when.
        ends: kinds of event that end a stay as asked; another end cuts it off. None: every end.
    """
    last = day(basis.as_of)
    leaving, present = Counter[int](), Counter[int]()
    for one in found:
        # Who is there when the day begins was there for all of the day before it.
        until = last - 1 if one.end is None else one.end
        length = max(until - one.begin, 1 if one.end is not None else 0)
        present[length] += 1
        leaving[length] += one.end is not None and (ends is None or one.why in ends)
    if not leaving.total():
        return None
    steps, share, at_risk = list[tuple[int, float]](), 1.0, len(found)
    for length in sorted(present):
        if leaving[length]:
            share *= 1.0 - leaving[length] / at_risk
            steps.append((length, share))
        at_risk -= present[length]
    return Law(tuple(steps), max(present), len(found), leaving.total(), basis)


def hazard(found: Sequence[Spell], kinds: frozenset[str], what: str, basis: Basis) -> Value | None:
    """How often something ends a stay, a year for each person held; None where nobody was held.

    The range is exact for a Poisson count (Garwood, 1936): 90 in a hundred; with no event at all
    it begins at 0 and has an end.
    """
    last = day(basis.as_of)
    days = sum((last if one.end is None else one.end) - one.begin for one in found)
    events = sum(one.end is not None and one.why in kinds for one in found)
    if days <= 0:
        return None
    years = days / YEAR
    low, high = counted(events)
    return Value(what, "a year", events / years, low / years, high / years, events, basis)


def counted(events: int) -> tuple[float, float]:
    """Between which means a Poisson count of so many lies within its middle 90 in a hundred."""
    low = 0.0 if events == 0 else _mean(events - 1, 1.0 - TAIL)
    return low, _mean(events, TAIL)


def _mean(most: int, share: float) -> float:
    """The mean at which a Poisson count is at most `most` with that share."""
    low, high = 0.0, 3.0 + most + 6.0 * math.sqrt(most + 1.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _at_most(most, middle) > share else (low, middle)
    return (low + high) / 2.0


def _at_most(most: int, mean: float) -> float:
    if mean <= 0.0:
        return 1.0
    logs = (n * math.log(mean) - mean - math.lgamma(n + 1.0) for n in range(most + 1))
    return math.fsum(map(math.exp, logs))


def eligible(received: int, decided: int, basis: Basis) -> Value | None:
    """Of those put forward on whom it was decided, the share that was received; None: nobody.

    The range is that of Wilson (1927), 90 in a hundred.
    """
    if not decided:
        return None
    z, share = NORMAL, received / decided
    middle = (share + z * z / (2 * decided)) / (1 + z * z / decided)
    half = math.sqrt(share * (1 - share) / decided + z * z / (4 * decided * decided))
    half *= z / (1 + z * z / decided)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return Value("received of those put forward", "share", share, low, high, decided, basis)


DIED = frozenset({EventKind.DIED.value})


def leads(found: Sequence[Spell], ends: Mapping[str, datetime], zone_name: str) -> list[int]:
    """By how many days those who left did so before the end of their sentence; in order."""
    return sorted(
        day(civil_day(ends[one.subject], zone_name)) - one.end
        for one in found
        if one.end is not None and one.why not in DIED and one.subject in ends
    )

"""What a host's figures must pass before anybody reconciles with them.

Nothing here says that a figure is right: it says which could not be, which repeat, which were
inferred, and which lie outside what a series covers. Each finding names its row; none is netted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from fractions import Fraction
from itertools import pairwise

ONE, TEN = Fraction(1, 100), Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Implausible:
    """A figure outside what it can be."""

    place: str
    value: int
    least: int
    most: int


def implausible(figures: Mapping[str, int], least: int, most: int) -> list[Implausible]:
    """Figures below or above their limits, both inclusive, in order of place.

    A year has no more days in use than it has days; a claim that says 372 has some other meaning
    of a day, and whoever reconciles with it must know which.
    """
    return [
        Implausible(place, value, least, most)
        for place, value in sorted(figures.items())
        if not least <= value <= most
    ]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a whole and the sums of its parts say of each other."""

    not_recorded: int  # units of the wholes that no part holds: a class of its own
    above: tuple[int, ...]  # rows whose parts are more than the whole: a fault of the figures


def parts(wholes: Iterable[int], *classes: Iterable[int]) -> Parts:
    """Row by row, a whole against the sum of its parts.

    Raises:
        ValueError: the columns differ in length.
    """
    missing, above = 0, []
    for row, (whole, *found) in enumerate(zip(wholes, *classes, strict=True)):
        rest = whole - sum(found)
        if rest < 0:
            above.append(row)
        else:
            missing += rest
    return Parts(missing, tuple(above))


@dataclass(frozen=True, slots=True)
class Monthly:
    """One figure of a monthly series."""

    series: str
    month: date  # its first day
    value: Fraction
    inferred: bool  # the source filled it in, in whole or in part


@dataclass(frozen=True, slots=True)
class Series:
    """What must be known of a set of monthly figures before a fit or a chart."""

    rows: int
    inferred: int
    repeated: tuple[Monthly, ...]  # exactly the value of the month before
    gaps: int  # steps of a series over more than one month


def series(figures: Iterable[Monthly]) -> Series:
    """Monthly figures, whatever their order.

    A figure repeats where the month right before it has exactly the same value: a count of
    thousands that stands still was perhaps carried on, not counted again.
    """
    ordered = sorted(figures, key=lambda one: (one.series, one.month))
    repeated, gaps = [], 0
    for before, now in pairwise(ordered):
        if before.series != now.series:
            continue
        steps = _months(now.month) - _months(before.month)
        gaps += steps > 1
        if steps == 1 and before.value == now.value:
            repeated.append(now)
    return Series(len(ordered), sum(one.inferred for one in ordered), tuple(repeated), gaps)


def _months(day: date) -> int:
    return day.year * 12 + day.month


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days [first, after) that a series covers whole: outside them a figure is unknown."""

    first: date
    after: date

    def known(self, counts: Mapping[date, int], day: date) -> int | None:
        """A day's count: none recorded is zero inside the window, and unknown outside."""
        return counts.get(day, 0) if self.first <= day < self.after else None


@unique
class Agreement(StrEnum):
    """How two figures of one place agree."""

    SAME = "within 1 %"
    NEAR = "within 10 %"
    FAR = "off by more than 10 %"
    CLAIM_ALONE = "in the claim alone"
    OURS_ALONE = "in the register alone"


@dataclass(frozen=True, slots=True)
class Compared:
    """One place: what is claimed and what was counted."""

    place: str
    claimed: Fraction
    ours: Fraction
    agreement: Agreement

    @property
    def difference(self) -> Fraction:
        """Claimed less counted: above zero where the claim is more."""
        return self.claimed - self.ours


def compared(claimed: Mapping[str, Fraction], ours: Mapping[str, Fraction]) -> list[Compared]:
    """Every place where either side has something, each with its class; nothing is netted.

    A place that one side does not know counts as nothing there, and its class says so.
    """
    places = sorted({*claimed, *ours})
    rows = [
        (place, claimed.get(place, Fraction()), ours.get(place, Fraction())) for place in places
    ]
    return [Compared(*row, _agreement(*row[1:])) for row in rows if row[1] > 0 or row[2] > 0]


def _agreement(claimed: Fraction, ours: Fraction) -> Agreement:
    if not ours:
        return Agreement.CLAIM_ALONE
    if not claimed:
        return Agreement.OURS_ALONE
    share = abs(claimed - ours) / claimed
    if share <= ONE:
        return Agreement.SAME
    return Agreement.NEAR if share <= TEN else Agreement.FAR


def worst(rows: Sequence[Compared], count: int) -> list[Compared]:
    """The rows that differ most, the largest difference first."""
    return sorted(rows, key=lambda row: (-abs(row.difference), row.place))[:count]

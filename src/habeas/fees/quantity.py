"""What was held and put at disposal, day by day, whoever says so; and civil periods."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from habeas.errors import Fault, FeeError

Ints = NDArray[np.int64]
DAYS_A_MONTH_AT_MOST = 31
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days [first, after) in the agreement's zone."""

    first: date
    after: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.after - self.first).days

    def __contains__(self, other: "Period") -> bool:
        return self.first <= other.first and other.after <= self.after


def months(period: Period) -> list[Period]:
    """The calendar months of a period, the first and last cut to it."""
    found, first = list[Period](), period.first
    while first < period.after:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        found.append(Period(first, min(following, period.after)))
        first = following
    return found


def days_in_month(day: date) -> int:
    """Number of days of the month that a day lies in."""
    return (date(day.year + day.month // 12, day.month % 12 + 1, 1) - day.replace(day=1)).days


def in_months(period: Period) -> Fraction:
    """A period in months: each calendar month by the share of its days that lie inside."""
    parts = (Fraction(one.days, days_in_month(one.first)) for one in months(period))
    return sum(parts, Fraction(0))


@dataclass(frozen=True, slots=True)
class Quantities:
    """What the charges of one period are computed from."""

    period: Period
    daily: Mapping[str, Ints]  # by facility: billed units of each day of the period
    seconds: bool = False  # a unit is a second (convention `hours`), else a person-day
    places: int | None = None  # put at disposal; None: not stated
    units: Mapping[str, int] = field(default_factory=dict)  # things done, such as round trips
    by_category: Mapping[str, Ints] = field(default_factory=dict)  # as `daily`, by category
    out_of_use: Mapping[str, Ints] = field(default_factory=dict)  # places, by facility and day
    below: Mapping[str, Ints] = field(default_factory=dict)  # persons, by measure and day
    spent: Mapping[str, int] = field(default_factory=dict)  # minor units, by item charged at cost
    received_before: int = 0  # persons received under the agreement before the period
    received: int = 0  # and in it

    def part(self, inside: Period) -> "Quantities":
        """The days of a part of the period. What is not counted by day stays whole."""
        first = (inside.first - self.period.first).days
        days = slice(first, first + inside.days)
        return replace(
            self,
            period=inside,
            daily=_cut(self.daily, days),
            by_category=_cut(self.by_category, days),
            out_of_use=_cut(self.out_of_use, days),
            below=_cut(self.below, days),
        )

    def of(self, facilities: tuple[str, ...]) -> Ints:
        """Units of each day over a set of facilities; every one where the set is empty.

        Raises:
            FeeError: H723, when they are named and nobody says where some persons are held.
        """
        if facilities and self.daily.get("", np.zeros(1)).any():
            what = f"persons are priced at {', '.join(facilities)}, and where they are is not said"
            raise FeeError(Fault("H723", what, "Give a register, or stays with facilities."))
        return _sum(self.daily, facilities, self.period.days)

    def unusable(self, facilities: tuple[str, ...]) -> Ints:
        """Places out of use on each day over a set of facilities."""
        return _sum(self.out_of_use, facilities, self.period.days)

    def person_days(self, facilities: tuple[str, ...] = ()) -> Fraction:
        """Person-days over a set of facilities; parts of a day under `hours`."""
        return self.in_days(int(self.of(facilities).sum()))

    def most(self) -> int:
        """The highest headcount of a day over all facilities; parts of a person count as one."""
        days = self.in_days(int(self.of(()).max(initial=0)))
        return -(-days.numerator // days.denominator)

    def in_days(self, units: int) -> Fraction:
        """Units as person-days."""
        return Fraction(units, 86_400 if self.seconds else 1)


def _cut(table: Mapping[str, Ints], days: slice) -> dict[str, Ints]:
    return {key: row[days] for key, row in table.items()}


def _sum(table: Mapping[str, Ints], keys: tuple[str, ...], days: int) -> Ints:
    found = np.zeros(days, dtype=np.int64)
    for key, row in table.items():
        if not keys or key in keys:
            found += row
    return found


def constant(period: Period, persons: int) -> dict[str, Ints]:
    """A daily table in which the same number of persons is held on every day, nowhere named."""
    return {"": np.full(period.days, persons, dtype=np.int64)}

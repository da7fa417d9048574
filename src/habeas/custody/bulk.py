"""Daily headcounts and person-days over columns of stays, in bounded memory; twin of `days`.

A stay adds one to its facility on the day it begins and takes one off on the day it ends; the sum
over time is the headcount. Nothing is expanded to person-days: memory is facilities times days,
whatever the number of stays. Days are civil days, as whole numbers from any common origin.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stays:
    """A batch of stays: facility as an index, first day, and the day after the last."""

    facility: Ints
    first: Ints
    after: Ints


@dataclass(slots=True)
class Headcount:
    """Difference table of a set of facilities over the days [first, after)."""

    facilities: int
    first: int
    after: int
    refused: int = 0  # stays that end before they begin
    empty: int = 0  # stays of no day
    table: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.table = np.zeros(self.facilities * (self.after - self.first + 1), dtype=np.int64)

    def add(self, stays: Stays) -> None:
        """Take in a batch, cut to the window; stays that end before they begin are set apart."""
        width = self.after - self.first + 1
        good = stays.after >= stays.first
        self.refused += int(np.count_nonzero(~good))
        self.empty += int(np.count_nonzero(stays.after == stays.first))
        row = stays.facility[good] * width
        for days, sign in ((stays.first[good], 1), (stays.after[good], -1)):
            place = row + np.clip(days, self.first, self.after) - self.first
            self.table += sign * np.bincount(place, minlength=self.table.size)

    def counts(self) -> Ints:
        """Headcount by facility (rows) and day (columns)."""
        by_day = self.table.reshape(self.facilities, -1)[:, :-1]
        return np.cumsum(by_day, axis=1)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a set of stays adds up to."""

    facility_days: int  # days on which a facility held somebody
    person_days: int
    refused: int
    empty: int


def totals(counted: Headcount) -> Totals:
    """Facility-days and person-days of a headcount."""
    counts = counted.counts()
    return Totals(int(np.count_nonzero(counts)), int(counts.sum()), counted.refused, counted.empty)


def headcount(batches: Iterable[Stays], facilities: int, first: int, after: int) -> Headcount:
    """The headcount of many batches of stays."""
    found = Headcount(facilities, first, after)
    for batch in batches:
        found.add(batch)
    return found

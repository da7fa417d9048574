"""The shape of a receiving state's claim, as columns: a claim is never an input of a bill.

Days are civil days as whole numbers since 1970-01-01; money is in minor units. What a row does
not state is -1: no quantity of a claim may be negative.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from habeas.custody.bulk import Window
from habeas.terms import Convention

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
UNSTATED = -1


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim person by person, one row an element of each column."""

    persons: tuple[str, ...]
    facilities: tuple[str, ...]
    row: Ints  # number of the row in its file
    person: Ints  # place in `persons`
    facility: Ints  # place in `facilities`; -1: not stated
    first: Ints  # civil day of reception
    after: Ints  # civil day of departure
    touched: Ints  # the day after the last one on which the person was there
    open: Bools  # no departure is stated: `after` is then the end of the window
    days: Ints  # days claimed
    rate: Ints  # for a day
    amount: Ints

    def take(self, kept: Bools) -> "Claim":
        """Some of the rows."""
        return Claim(
            self.persons,
            self.facilities,
            self.row[kept],
            self.person[kept],
            self.facility[kept],
            self.first[kept],
            self.after[kept],
            self.touched[kept],
            self.open[kept],
            self.days[kept],
            self.rate[kept],
            self.amount[kept],
        )


@dataclass(frozen=True, slots=True)
class Cells:
    """Quantities by facility and bucket: of a day, of a month, or of the whole window."""

    facilities: tuple[str, ...]
    facility: Ints  # place in `facilities`
    bucket: Ints  # first civil day of the bucket
    quantity: Ints  # person-days
    rate: Ints
    amount: Ints
    in_use: Ints  # days in use that are stated beside it
    places: Ints  # places that are stated beside it
    row: Ints


@dataclass(frozen=True, slots=True)
class Printed:
    """A total that is printed in the claim: compared, never trusted."""

    row: int
    days: int  # -1: not stated
    amount: int


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that was set aside, and why."""

    row: int
    code: str
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a file is and what became of its rows: read = taken + set aside + printed totals."""

    file: str
    hash: str  # SHA-256 of its bytes
    rows: int
    aside: tuple[Aside, ...] = ()
    printed: tuple[Printed, ...] = ()

    @property
    def taken(self) -> int:
        """Rows that went on."""
        return self.rows - len(self.aside) - len(self.printed)


@dataclass(frozen=True, slots=True)
class Spans:
    """The days that each row of a claim claims, inside the window."""

    first: Ints
    after: Ints
    claimed: Ints  # days claimed, as stated or as counted
    beyond: Ints  # days claimed less the days that the row's own ends hold

    @property
    def length(self) -> Ints:
        """Days between the ends."""
        return self.after - self.first


def outside(claim: Claim, window: Window) -> Bools:
    """Rows of which no day can lie in the window."""
    last = np.maximum(claim.touched, claim.after)
    return (claim.first >= window.after) | (last <= window.first)


def spans(claim: Claim, window: Window, convention: Convention) -> Spans:
    """The days of each row: without or with the day of departure, as its days claimed say.

    Where the days claimed are neither, the row's days are those of the agreement's convention, and
    what is claimed more or less than they hold stands in `beyond`.
    """
    first = window.clip(claim.first)
    without = np.maximum(window.clip(claim.after), first)
    with_ = np.maximum(window.clip(claim.touched), first)
    short, long = without - first, with_ - first
    default = {
        Convention.CALENDAR: with_,
        # A whole stay within one day, not one of which the window holds its last day alone.
        Convention.MIN1: np.where(claim.after > claim.first, without, first + np.minimum(long, 1)),
    }.get(convention, without)
    claimed = np.where(claim.days == UNSTATED, default - first, claim.days)
    after = np.where(claimed == short, without, np.where(claimed == long, with_, default))
    after = np.where(claim.days == UNSTATED, default, after)
    return Spans(first, after, claimed, claimed - (after - first))

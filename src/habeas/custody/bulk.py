"""Headcounts and person-days over columns, in bounded memory; twin of `days`.

A piece adds one to its key on the day it begins and takes one off on the day it ends; the sum over
time is the headcount. Nothing is expanded to person-days: memory is keys times days, whatever the
number of pieces. Every convention is linear in the ends of the pieces, so parts may be counted
apart and added, a correction is an entry of the other sign, and a late event touches two cells.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray

from habeas.custody.civil import LONG_AGO, OPEN, SECONDS, Clock, Ints, clock
from habeas.custody.days import stated
from habeas.custody.pieces import Pieces, once_a_day
from habeas.law.calendar import civil, day
from habeas.terms import Census, Convention


def _next_month(at: date) -> date:
    return date(at.year + at.month // 12, at.month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """Civil days [first, after), as days since 1970-01-01."""

    first: int
    after: int

    @property
    def days(self) -> int:
        """How many."""
        return self.after - self.first

    def clip(self, days: Ints) -> Ints:
        """Days, those beyond the window moved to its ends."""
        return np.clip(days, self.first, self.after)

    def months(self) -> Ints:
        """Where each calendar month begins, counted from `first`; the first one at 0."""
        cuts, at = [0], _next_month(civil(self.first))
        while day(at) < self.after:
            cuts.append(day(at) - self.first)
            at = _next_month(at)
        return np.array(cuts, np.int64)


class _Table(NamedTuple):
    """Cells by key (rows) and day (columns); one column more than days takes what comes later."""

    keys: int
    width: int

    def tally(self, key: NDArray[np.integer], place: Ints, weight: NDArray[np.integer]) -> Ints:
        """Sums of whole-number weights by cell; places before the window count on its first day."""
        cell = key.astype(np.int64) * self.width + np.clip(place, 0, self.width - 1)
        size = self.keys * self.width
        found = np.zeros(size, np.int64)
        values = np.unique(weight)
        if values.size > FEW:
            np.add.at(found, cell, weight)
        elif values.size == 1:
            found += values[0].astype(np.int64) * np.bincount(cell, minlength=size)
        else:
            for value in values:
                rows = cell[weight == value]
                found += value.astype(np.int64) * np.bincount(rows, minlength=size)
        return found.reshape(self.keys, self.width)

    def between(self, pieces: Pieces, begins: Ints, ends: Ints) -> Ints:
        """The difference table of one unit on each day [begins, ends)."""
        first = self.tally(pieces.key, begins, pieces.multiplicity)
        return first - self.tally(pieces.key, ends, pieces.multiplicity)


FEW = 4  # different weights that are counted one by one: exact, and faster than adding in place


def by_day(
    pieces: Pieces,
    keys: int,
    window: Window,
    convention: Convention,
    zone_name: str,
    census: Census = Census.DAY_END,
) -> Ints:
    """Units of each key (rows) on each civil day of the window (columns), int64.

    Units are days, or seconds for `hours`. Linear: the sum over parts is the whole, as long as no
    custody period is cut apart. Whoever is in two places counts in both; give what `once_a_day`
    leaves where a person counts once.

    Args:
        pieces: none that ends before it starts; open ends last beyond the window.
        keys: how many; an index of `pieces.key` is below it.
        window: the civil days.
        convention: which days count.
        zone_name: the agreement's zone.
        census: which day a midnight is named by.

    Raises:
        FeeError: H713, H714.
        LawError: H711.
    """
    stated(census, convention)
    there = clock(zone_name, window.first, window.after)
    table = _Table(keys, window.days + 1)
    match convention:
        case Convention.MIDNIGHT:
            late = int(census is Census.DAY_START)
            ends = there.place(pieces.end) + late
            found = table.between(pieces, there.place(pieces.start) + late, ends)
        case Convention.CALENDAR:
            last = there.place(pieces.end - 1)
            found = table.between(pieces, there.place(pieces.start), last + 1)
        case Convention.MIN1:
            found = _min1(table, pieces, there)
        case Convention.BLOCK24:
            found = _block24(table, pieces, there)
        case Convention.HOURS:
            return _hours(table, pieces, there)
        case _:
            assert_never(convention)
    return np.cumsum(found[:, :-1], axis=1)


def whole_periods(pieces: Pieces) -> tuple[Ints, Ints]:
    """Start and end of the custody period of each piece."""
    periods = int(pieces.stay.max(initial=-1)) + 1
    begins, ends = np.full(periods, OPEN), np.full(periods, LONG_AGO)
    np.minimum.at(begins, pieces.stay, pieces.start)
    np.maximum.at(ends, pieces.stay, pieces.end)
    return begins[pieces.stay], ends[pieces.stay]


def _min1(table: _Table, pieces: Pieces, there: Clock) -> Ints:
    begins, ends = there.place(pieces.start), there.place(pieces.end)
    found = table.between(pieces, begins, ends)
    received, left = whole_periods(pieces)
    day_in = there.place(received)
    none = (pieces.end == left) & (there.place(left) == day_in)
    none &= (day_in >= 0) & (day_in < table.width - 1)
    return found + table.between(pieces.taken(none), day_in[none], day_in[none] + 1)


def _block24(table: _Table, pieces: Pieces, there: Clock) -> Ints:
    # Between two changes of the offset, blocks begin on civil days that follow one another.
    found = np.zeros((table.keys, table.width), np.int64)
    received, _ = whole_periods(pieces)
    start = np.clip(pieces.start, there.starts[0], there.starts[-1])
    end = np.clip(pieces.end, there.starts[0], there.starts[-1])
    until = np.concatenate([there.at[1:], np.array([OPEN])])
    piece = np.searchsorted(there.at, start, "right") - 1
    rows = np.flatnonzero(start < end)
    while rows.size:
        here, origin = piece[rows], received[rows]
        stop = np.minimum(end[rows], until[here])
        number = -((origin - start[rows]) // SECONDS)  # of the first block that begins here
        after = -((origin - stop) // SECONDS)
        day_one = (origin + there.offset[here]) // SECONDS - there.first
        found += table.between(pieces.taken(rows), day_one + number, day_one + after)
        start[rows] = stop
        piece[rows] += 1
        rows = rows[stop < end[rows]]
    return found


def _hours(table: _Table, pieces: Pieces, there: Clock) -> Ints:
    length = np.diff(there.starts)
    inside = np.zeros((table.keys, table.width), np.int64)
    held = np.zeros_like(inside)
    for instants, sign in ((pieces.start, 1), (pieces.end, -1)):
        near = np.clip(instants, there.starts[0], there.starts[-1])
        place = there.place(near)
        rest = np.append(there.starts[1:], there.starts[-1])[place] - near
        weight = sign * pieces.multiplicity.astype(np.int64)
        inside += table.tally(pieces.key, place, weight * rest)
        held += table.tally(pieces.key, place + 1, weight)
    return inside[:, :-1] + np.cumsum(held[:, :-1], axis=1) * length


def by_month(
    pieces: Pieces, keys: int, window: Window, zone_name: str, *, person_once: bool = True
) -> dict[Convention, Ints]:
    """Units of each key (rows) in each calendar month of the window, under all five conventions.

    Args:
        pieces: all entries of each person, none that ends before it starts.
        keys: how many.
        window: the civil days; the first and the last month may be parts of one.
        zone_name: the agreement's zone.
        person_once: whether a person counts once, as `once_a_day` cuts it; else in every place.

    Raises:
        FeeError: H714, H715.
        LawError: H711.
    """
    cuts, found = window.months(), dict[Convention, Ints]()
    for convention in Convention:
        rows = once_a_day(pieces, convention, zone_name) if person_once else pieces
        cells = by_day(rows, keys, window, convention, zone_name)
        found[convention] = np.add.reduceat(cells, cuts, axis=1)
    return found


@dataclass(frozen=True, slots=True)
class Stays:
    """A batch of stays in whole days: facility as an index, first day, day after the last."""

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
        width, size = self.after - self.first + 1, self.table.size
        good = stays.after >= stays.first
        self.refused += int(np.count_nonzero(~good))
        self.empty += int(np.count_nonzero(stays.after == stays.first))
        row = stays.facility[good] * width
        begins, ends = (
            np.bincount(row + np.clip(days, self.first, self.after) - self.first, minlength=size)
            for days in (stays.first[good], stays.after[good])
        )
        self.table += begins
        self.table -= ends

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

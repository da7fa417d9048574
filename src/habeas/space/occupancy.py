"""How many persons are in each cell, at an instant and on each civil day.

Whose roll a person stands on and where they physically are is told apart: only who is there takes
floor. Space counts the sum of a cell: a person who is recorded in two cells at once counts in both,
and is a finding.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from habeas.custody.days import SECOND, Piece, midnight_before, spans
from habeas.custody.intervals import Interval
from habeas.terms import Convention, Status

Ints = NDArray[np.int64]
Key = tuple[str, str]  # facility and cell; the cell is empty where none is recorded
At = Literal["census", "worst"]


@dataclass(frozen=True, slots=True)
class CellStay:
    """One person in one place, half-open."""

    subject: str
    counted_at: str  # the facility on whose roll, and bill, the person stands
    physically_at: str  # the facility in which the person is; empty: in none of them
    cell: str  # empty: none is recorded
    start: datetime  # UTC, inclusive
    end: datetime | None  # UTC, exclusive; None while it lasts


@dataclass(frozen=True, slots=True)
class Doubled:
    """One person recorded in two places at once."""

    subject: str
    one: Key
    other: Key
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Persons in one cell by civil day."""

    worst: Ints  # the most at any instant of the day
    census: Ints  # immediately before its end


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Persons in each cell over the civil days [first, after)."""

    first: date
    after: date
    cells: Mapping[Key, Counts]

    def of(self, key: Key, at: At) -> Ints:
        """The persons of a cell by day."""
        return self.cells[key].worst if at == "worst" else self.cells[key].census


def of_interval(one: Interval) -> CellStay:
    """An interval of the register: absent or on the way, a person is counted and takes no floor."""
    there = one.facility if one.status is Status.HELD else ""
    return CellStay(one.subject, one.facility, there, one.cell, one.start, one.end)


def known(stays: Iterable[CellStay], as_of: datetime) -> list[CellStay]:
    """Stays as far as an instant: later ones left out, those that last longer left open."""
    return [
        replace(one, end=None) if one.end is not None and one.end > as_of else one
        for one in stays
        if one.start <= as_of
    ]


def closed(stays: Iterable[CellStay], as_of: datetime) -> list[CellStay]:
    """Stays of which nothing is known after an instant: what still lasts ends with its second."""
    last = as_of + SECOND
    return [replace(one, end=last) if one.end is None else one for one in stays]


def occupants(stays: Iterable[CellStay], instant: datetime) -> Counter[Key]:
    """Persons physically in each cell at an instant; ends are exclusive."""
    return Counter(
        (one.physically_at, one.cell)
        for one in stays
        if one.physically_at and one.start <= instant and (one.end is None or instant < one.end)
    )


def by_day(stays: Iterable[CellStay], first: date, after: date, zone: str) -> Occupancy:
    """Persons in each cell on each civil day of [first, after) in a zone.

    One step for each change of a cell, never one for each person and day.
    """
    begin, end = midnight_before(first, zone), midnight_before(after, zone)
    changes: dict[Key, Counter[datetime]] = defaultdict(Counter)
    for one in stays:
        start = max(one.start, begin)
        last = end if one.end is None else min(one.end, end)
        if one.physically_at and start < last:
            key = (one.physically_at, one.cell)
            changes[key][start] += 1
            changes[key][last] -= 1
    days = (after - first).days
    cells = {key: _counts(_steps(changes[key]), first, days, zone) for key in sorted(changes)}
    return Occupancy(first, after, cells)


def _steps(changes: Counter[datetime]) -> Iterator[tuple[datetime, datetime, int]]:
    """The pieces of time in which somebody is in a cell, with how many."""
    held, since = 0, None
    for instant in sorted(changes):
        if held and since is not None and changes[instant]:
            yield since, instant, held
        if changes[instant]:
            held, since = held + changes[instant], instant


def _counts(
    steps: Iterable[tuple[datetime, datetime, int]], first: date, days: int, zone: str
) -> Counts:
    worst, census = np.zeros(days, np.int64), np.zeros(days, np.int64)
    for start, end, held in steps:
        touched, night = (
            slice((begins - first).days, (ends - first).days)
            for convention in (Convention.CALENDAR, Convention.MIDNIGHT)
            for begins, ends, _ in spans(Piece(start, end, start, end), convention, zone)
        )
        worst[touched] = np.maximum(worst[touched], held)
        census[night] = held
    return Counts(worst, census)


def doubled(stays: Iterable[CellStay]) -> list[Doubled]:
    """Every pair of stays in which one person is in two places at once, by person and instant."""
    by_person: dict[str, list[CellStay]] = defaultdict(list)
    for one in stays:
        if one.physically_at:
            by_person[one.subject].append(one)
    found: list[Doubled] = []
    for subject in sorted(by_person):
        found += _pairs(sorted(by_person[subject], key=lambda one: (one.start, one.cell)))
    return found


def _pairs(stays: list[CellStay]) -> Iterator[Doubled]:
    running: list[CellStay] = []
    for one in stays:
        running = [other for other in running if other.end is None or other.end > one.start]
        for other in running:
            ends = [end for end in (one.end, other.end) if end is not None]
            yield Doubled(
                one.subject,
                (other.physically_at, other.cell),
                (one.physically_at, one.cell),
                one.start,
                min(ends, default=None),
            )
        running.append(one)

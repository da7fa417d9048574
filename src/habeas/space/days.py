"""On which days, and for how many persons, cells stood below a measure; what credits rest on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from habeas.law.records import Facility, Measure
from habeas.space.certified import Cell, boundaries, cells
from habeas.space.method import judged
from habeas.space.occupancy import At, Ints, Key, Occupancy
from habeas.terms import Finding

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive days on which one cell stood below."""

    cell: Key
    first: date
    days: int


@dataclass(frozen=True, slots=True)
class Course:
    """Persons by civil day, by how their cell stands against one measure."""

    measure: Measure
    first: date
    met: Ints
    below: Ints
    open: Ints  # not established
    apart: Ints  # the measure does not speak of their cell: one alone, or not one alone
    longest: Run | None  # the longest run of days of one cell below; None: there is none

    def on(self, place: int) -> date:
        """The day at a place."""
        return self.first + place * DAY

    @property
    def days_below(self) -> int:
        """Days on which anybody was in a cell below."""
        return int(np.count_nonzero(self.below))

    @property
    def first_day(self) -> date | None:
        """The first day on which anybody was in a cell below; None: there is none."""
        return self.on(int(np.argmax(self.below > 0))) if self.days_below else None


def periods(facility: Facility | None, first: date, after: date) -> Iterator[tuple[date, date]]:
    """The pieces of [first, after) in which the certificates of a facility stay the same."""
    inner = [] if facility is None else [day for day in boundaries(facility) if first < day < after]
    edges = [first, *inner, after]
    yield from pairwise(edges)


def course(
    facilities: Mapping[str, Facility], found: Occupancy, measure: Measure, at: At
) -> Course:
    """How the persons of each day stand against a measure, over all cells.

    Args:
        facilities: by id; a person elsewhere, or in a cell that the file does not hold, is in a
            cell of which nothing is established.
        found: persons in each cell by day.
        measure: that a cell can be held against.
        at: persons at the census, or at the worst instant of each day.
    """
    size = (found.after - found.first).days
    sums = {one: np.zeros(size, np.int64) for one in (*Finding, None)}
    longest: Run | None = None
    for place in sorted({facility for facility, _ in found.cells}):
        facility = facilities.get(place)
        views = [
            (first, after, _view(facility, first))
            for first, after in periods(facility, found.first, found.after)
        ]
        for key in (key for key in found.cells if key[0] == place):
            below = np.zeros(size, np.bool_)
            held = found.of(key, at)
            for first, after, view in views:
                days = slice((first - found.first).days, (after - found.first).days)
                cell = view.get(key[1]) or unknown(key[1])
                hours = None if facility is None else facility.confined_hours
                for persons in map(int, np.unique(held[days])):
                    judgement = judged(cell, measure, persons, hours)
                    same = held[days] == persons
                    sums[judgement][days] += persons * same
                    if judgement is Finding.NOT_MET:
                        below[days] |= same
            longest = _longer(longest, key, below, found.first)
    return Course(
        measure,
        found.first,
        sums[Finding.MET],
        sums[Finding.NOT_MET],
        sums[Finding.NOT_ESTABLISHED],
        sums[None],
        longest,
    )


def persons_below(
    facilities: Mapping[str, Facility], found: Occupancy, measure: Measure, at: At = "census"
) -> dict[date, int]:
    """The number of persons in cells below a measure, on every day of the period.

    It counts only what is certain: where an area is not established, nobody is below.
    """
    below = course(facilities, found, measure, at).below
    return {found.first + place * DAY: int(number) for place, number in enumerate(below)}


def unknown(name: str) -> Cell:
    """A cell of which nothing is established."""
    return Cell("", name, None, net=False)


def _view(facility: Facility | None, day: date) -> dict[str, Cell]:
    return {} if facility is None else {cell.name: cell for cell in cells(facility, day)}


def _longer(now: Run | None, key: Key, below: NDArray[np.bool_], first: date) -> Run | None:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], below.astype(np.int8), [0]))))
    if not edges.size:
        return now
    begins, lengths = edges[::2], edges[1::2] - edges[::2]
    best = int(np.argmax(lengths))
    if now is not None and now.days >= int(lengths[best]):
        return now
    return Run(key, first + int(begins[best]) * DAY, int(lengths[best]))

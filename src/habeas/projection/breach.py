"""From which day on a facility is below a standard, or full: asked of the rules of space.

A draw knows the most persons in one cell on each day, and how many are held. The rules of space say
of each number of persons in a cell whether a measure is met; nothing here compares an area.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from habeas.errors import LawError
from habeas.law import messages
from habeas.law.check import near
from habeas.law.library import Library
from habeas.law.records import Facility, Measure
from habeas.projection import floor, scenario
from habeas.projection.bands import Bools, Outcome, first
from habeas.space import checks
from habeas.space.capacity import capacities
from habeas.space.certified import Cell
from habeas.space.method import judged
from habeas.terms import Finding

Codes = NDArray[np.int8]
MET, OPEN, BELOW = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Premises:
    """A facility of a scenario as the rules of space take it."""

    id: str
    cells: tuple[Cell, ...]  # none: nothing is said of the floor
    hours: int | None  # locked in a day; None: not established
    file: Facility | None = None  # of the library


def premises(place: scenario.Facility, library: Library, day: date) -> Premises:
    """The cells of a facility on the first day of a scenario; later certificates are not awaited.

    Raises:
        LawError: H218, when the library holds no such facility.
        FeeError: H733 to H738, when its certificates do not hold.
    """
    known = {name: file for name, (_, file) in library.facilities.items()}
    if place.library is not None:
        if place.library not in known:
            raise LawError(messages.fault("H218", **near(place.library, known)))
        file, found = library.facilities[place.library]
        checks.sound(found, file.text, file.name)
    found_floor = floor.floor(place, known, day)
    of = None if place.library is None else known[place.library]
    return Premises(place.id, found_floor.cells, found_floor.confined_hours, of)


def chosen(given: scenario.Given, library: Library) -> list[Measure]:
    """The measures that a scenario names, by their ids or their standards'; none: every one.

    Whether somebody is alone in a cell is not seen in the fullest one: such measures are left out.
    """
    every = [standard for _, standard in library.standards.values()]
    return [
        measure
        for measure in floor.chosen(every, given.standards)
        if measure.space is not None and measure.space.occupancy != "single"
    ]


def findings(where: Premises, measure: Measure, most: int) -> Codes:
    """How a measure stands for each number of persons in the fullest cell, from none to the most.

    Which cell is the fullest is not known: below is what is below in every kind of cell, and met
    what is met in every kind.
    """
    kinds = {(cell.floor_cm2, cell.net, cell.sanitary_cm2, cell.partitioned, cell.furniture_cm2,
              cell.beds, cell.toilets): cell for cell in where.cells}  # fmt: skip
    codes = np.zeros(most + 1, np.int8)
    for persons in range(1, most + 1):
        found = {judged(cell, measure, persons, where.hours) for cell in kinds.values()}
        if found == {Finding.NOT_MET}:
            codes[persons] = BELOW
        elif not found <= {Finding.MET, None}:
            codes[persons] = OPEN
    return codes


def least_below(codes: Codes) -> int | None:
    """The smallest number of persons at which a measure is not met; None: at none of them."""
    below = np.flatnonzero(codes == BELOW)
    return int(below[0]) if below.size else None


def space(
    where: Premises, fullest: NDArray[np.integer], measures: Sequence[Measure]
) -> list[Outcome]:
    """Against each measure: the first day below it, and how many days are below or open.

    Args:
        where: the facility.
        fullest: (draws, days): the most persons in one cell.
        measures: against which.
    """
    most = int(fullest.max(initial=0))
    found = [Outcome("space.most_in_a_cell", where.id, "persons", _most(fullest))]
    for measure in measures:
        codes = findings(where, measure, most)
        of = f"{where.id}/{measure.id}"
        least = least_below(codes)
        limit = None if least is None else np.full(len(fullest), least, np.int64)
        told = "" if limit is not None else "not_reached"
        found.append(Outcome("space.persons_below", of, "persons a cell", limit, why=told))
        found += _days("space", "below", of, codes[fullest] == BELOW)
        found.append(_count("space.days_not_established", of, codes[fullest] == OPEN))
    return found


def _most(values: NDArray[np.integer]) -> NDArray[np.int64]:
    most: NDArray[np.int64] = values.max(axis=1, initial=0).astype(np.int64)
    return most


def _days(section: str, word: str, of: str, met: Bools) -> list[Outcome]:
    day, known = first(met)
    return [
        Outcome(f"{section}.first_day_{word}", of, "day", day, known),
        _count(f"{section}.days_{word}", of, met),
    ]


def _count(key: str, of: str, met: Bools) -> Outcome:
    return Outcome(key, of, "days", met.sum(axis=1, dtype=np.int64))


def capacity(
    where: Premises, held: NDArray[np.integer], places: NDArray[np.integer], day: date
) -> list[Outcome]:
    """The first day without a free place, and against each number of places that somebody states.

    Args:
        where: the facility.
        held: (draws, days).
        places: (days,): of the scenario.
        day: the first.
    """
    found = [Outcome("capacity.most_held", where.id, "persons", _most(held))]
    found += _days("capacity", "full", where.id, (places > 0) & (held >= places))
    for definition, value in _stated(where, day).items():
        of = f"{where.id}/{definition}"
        found += _days("capacity", "over", of, held > value)
    return found


def _stated(where: Premises, day: date) -> Mapping[str, int]:
    """Places by definition; what is only planned holds nobody."""
    return dict(_numbers(where.file, day)) if where.file is not None else {}


def _numbers(file: Facility, day: date) -> Iterator[tuple[str, int]]:
    for one in capacities(file, day):
        if one.stated.value is not None and one.definition != "planned":
            yield f"{one.definition}:{one.basis}", one.stated.value

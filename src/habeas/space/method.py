"""The floor of a cell by each standard's own method, between what it is at least and at most.

What a method leaves out and no certificate states can be anything from nothing to the whole floor:
the cell is then never shown to meet the standard, though it may be shown to be below it. The same
holds where the text read does not say whether a part counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from habeas.law.records import Counted, Fixtures, Measure, Space, Standard
from habeas.space.certified import Cell
from habeas.terms import Finding


@dataclass(frozen=True, slots=True)
class Bounds:
    """An area that is not exactly known, in cm2."""

    least: int
    most: int | None  # None: no bound is known


def areas(cell: Cell, space: Space) -> Bounds:
    """The floor of a cell that a measure counts."""
    if cell.floor_cm2 is None:
        return Bounds(0, None)
    least = most = cell.floor_cm2
    parts: tuple[tuple[int | None, Counted], ...] = (
        (cell.sanitary_cm2, space.sanitary),
        (cell.furniture_cm2, space.furniture),
    )
    for part, counted in parts:
        least, most = _without(part, counted, Bounds(least, most), cell.floor_cm2)
    return Bounds(max(least, 0) if cell.net else 0, most)


def _without(part: int | None, counted: Counted, now: Bounds, floor: int) -> tuple[int, int]:
    most = now.most if now.most is not None else floor
    if counted == "in":
        return now.least, most
    least = now.least - (floor if part is None else part)
    return least, most - (part or 0) if counted == "out" else most


def asked(space: Space, persons: int, hours: int | None) -> Bounds:
    """What a measure asks of a cell for so many persons.

    Args:
        space: the measure's area.
        persons: in the cell.
        hours: locked in a day, rounded up; None: not established.
    """
    usual = _times(space, space.cm2, persons)
    if space.over_hours is None or space.over_cm2 is None:
        return Bounds(usual, usual)
    over = _times(space, space.over_cm2, persons)
    if hours is None:
        return Bounds(min(usual, over), max(usual, over))
    found = over if hours > space.over_hours else usual
    return Bounds(found, found)


def _times(space: Space, cm2: int, persons: int) -> int:
    if space.per == "person":
        return cm2 * persons
    return cm2 + (space.more_cm2 or 0) * (persons - 1)


def applies(space: Space, persons: int) -> bool:
    """Whether a measure speaks of a cell with so many persons: one alone, several, or both."""
    if space.occupancy == "any":
        return persons > 0
    return persons == 1 if space.occupancy == "single" else persons > 1


def finding(cell: Cell, space: Space, persons: int, hours: int | None) -> Finding:
    """How a cell with so many persons stands against a measure that speaks of it."""
    area, wanted = areas(cell, space), asked(space, persons, hours)
    if area.most is not None and area.most < wanted.least:
        return Finding.NOT_MET
    enough = wanted.most is not None and area.least >= wanted.most
    parted = not space.partitioned or cell.partitioned is True or cell.sanitary_cm2 == 0
    return Finding.MET if enough and parted else Finding.NOT_ESTABLISHED


def fixture(cell: Cell, asks: Fixtures, persons: int) -> Finding:
    """How the beds or toilets of a cell stand against the most persons for each."""
    number = cell.beds if asks.per == "bed" else cell.toilets
    if number is None:
        return Finding.NOT_ESTABLISHED
    if persons > number * asks.most_persons:
        return Finding.NOT_MET
    return Finding.NOT_ESTABLISHED if asks.part else Finding.MET


def judged(cell: Cell, measure: Measure, persons: int, hours: int | None) -> Finding | None:
    """How a cell stands against a measure; None: it does not speak of so many persons.

    Persons of whom no cell is recorded may be alone or together: nothing is established.
    """
    if persons < 1:
        return None
    if not cell.name:
        return Finding.NOT_ESTABLISHED
    if measure.space is not None and applies(measure.space, persons):
        wanted = asked(measure.space, persons, hours)
        return finding(cell, measure.space, persons, hours) if wanted.most else None
    if measure.fixtures is not None:
        return fixture(cell, measure.fixtures, persons)
    return None


def measured(standards: Iterable[Standard]) -> Iterator[Measure]:
    """The measures that a cell can be held against, in the library's order."""
    for standard in standards:
        for measure in standard.measures:
            if measure.space is not None or measure.fixtures is not None:
                yield measure


def unmeasured(standards: Iterable[Standard]) -> list[Measure]:
    """The measures without a number that a cell can be held against."""
    return [
        measure
        for standard in standards
        for measure in standard.measures
        if measure.space is None and measure.fixtures is None
    ]

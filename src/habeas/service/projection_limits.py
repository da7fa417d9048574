"""How many persons each standard of floor lets a facility hold, as the lines on its drawing."""

from collections.abc import Iterator
from dataclasses import dataclass

from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.records import Measure
from habeas.projection import floor
from habeas.service.scenario import Ready
from habeas.space.method import asked
from habeas.units import square_metres


@dataclass(frozen=True, slots=True)
class Named:
    """A limit with its words."""

    words: Text
    persons: int


def limits(ready: Ready, library: Library) -> dict[str, tuple[Named, ...]]:
    """By facility, the lowest first; of equal limits the first is told."""
    standards = [one for _, one in library.standards.values()]
    wanted = ready.scenario.given.standards
    measures = floor.chosen(standards, wanted)
    return {
        name: tuple(_told(place, measures)) for name, place in ready.floors.items() if place.cells
    }


def _told(place: floor.Floor, measures: list[Measure]) -> Iterator[Named]:
    told = set[int]()
    found = [one for one in floor.limits(place, measures) if one.measure is not None]
    for one in sorted(found, key=lambda each: each.persons):
        if one.measure is None or one.measure.space is None or one.persons in told:
            continue
        told.add(one.persons)
        area = square_metres(asked(one.measure.space, 2, place.confined_hours).least / 2)
        yield Named(
            Text(f"{area} m² a person", f"{area.replace('.', ',')} m² por persona"), one.persons
        )

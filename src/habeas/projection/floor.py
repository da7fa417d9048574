"""The cells of a scenario's facility, and how many persons a standard allows on their floor."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from habeas.law import records
from habeas.law.records import Measure, Space, Standard
from habeas.projection.scenario import Facility
from habeas.space import certified
from habeas.space.certified import Cell
from habeas.space.method import areas, asked, measured

MOST_CELLS = 32_766


@dataclass(frozen=True, slots=True)
class Limit:
    """How many persons a facility may hold by one measure, cell by cell."""

    measure: Measure | None  # None: by its beds
    persons: int


@dataclass(frozen=True, slots=True)
class Floor:
    """The cells of a facility; none where nothing is known of them."""

    cells: tuple[Cell, ...]
    confined_hours: int | None = None

    @property
    def beds(self) -> int | None:
        """All beds; None where they are not known of each cell."""
        found = [cell.beds for cell in self.cells]
        return sum(one or 0 for one in found) if found and None not in found else None


def floor(facility: Facility, known: Mapping[str, records.Facility], day: date) -> Floor:
    """The cells that the file states, or those of the library's facility that it names."""
    hours = facility.confined_hours
    if facility.library is not None:
        found = known[facility.library]
        hours = found.confined_hours if hours is None else hours
        return Floor(certified.cells(found, day), hours)
    net = facility.measured == "net"
    names = range(1, min(facility.cells or 0, MOST_CELLS) + 1)  # a reader refuses more
    beds = facility.beds_per_cell
    return Floor(
        tuple(Cell(facility.id, f"{n:04d}", facility.cell_cm2, net, beds=beds) for n in names),
        hours,
    )


def chosen(standards: Iterable[Standard], names: Iterable[str]) -> list[Measure]:
    """The measures of floor that a scenario names, by their ids or their standards'; none: all."""
    wanted = frozenset(names)
    return [
        measure
        for standard in standards
        for measure in measured([standard])
        if not wanted or measure.id in wanted or standard.id in wanted
    ]


def limits(place: Floor, measures: Iterable[Measure]) -> Iterator[Limit]:
    """How many persons each measure of floor allows, at most; and the beds, where all are known."""
    if place.beds is not None:
        yield Limit(None, place.beds)
    for measure in measures:
        space = measure.space
        if space is None or space.occupancy == "single" or not place.cells:
            continue
        found = [allowed(cell, space, place.confined_hours) for cell in place.cells]
        if None not in found:
            yield Limit(measure, sum(one or 0 for one in found))


def allowed(cell: Cell, space: Space, hours: int | None) -> int | None:
    """The most persons in a cell before a measure is surely not met; None: it sets no such limit.

    What is not established of a cell counts in its favour, as an upper bound.
    """
    most = areas(cell, space).most
    first = asked(space, 1, hours).least
    more = asked(space, 2, hours).least - first
    if most is None or more <= 0:
        return None
    return 0 if most < first else 1 + (most - first) // more

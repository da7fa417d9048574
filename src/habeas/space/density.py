"""Floor area a person, where only the number of persons in a whole facility is stated.

Which cells they are in is then not known: that some cell is below a standard can be certain, that
none is cannot be. Areas are exact fractions of square centimetres.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from habeas.errors import Fault, FeeError
from habeas.law.records import Measure, Space, Standard
from habeas.space.certified import Cell
from habeas.space.method import areas, asked
from habeas.space.places import floors
from habeas.terms import Finding


@dataclass(frozen=True, slots=True)
class Density:
    """How one number of persons stands against one measure of one standard."""

    persons: int
    cm2_per_person: Fraction  # at most, of the floor that the measure counts
    measure: Measure
    finding: Finding  # NOT_MET: at least one cell is below; else NOT_ESTABLISHED


def floor_area_cm2(cells: Sequence[Cell], facility: str) -> int:
    """The area of all cells of a facility.

    Raises:
        FeeError: H731, when the area of any of them is not known.
    """
    return sum(floors(cells, facility))


def densities(
    cells: Sequence[Cell],
    facility: str,
    persons: int,
    standards: Iterable[Standard],
    hours: int | None = None,
) -> list[Density]:
    """One row a floor-area measure for shared cells, by standard, in the library's order.

    Args:
        cells: of the facility, on the day.
        facility: its id.
        persons: held in it.
        standards: against which.
        hours: locked in a day, rounded up; None: not established.

    Raises:
        FeeError: H731 without cell areas, H732 for fewer than one person.
    """
    if persons < 1:
        raise FeeError(Fault("H732", f"{persons} persons have no floor area", "Give at least one."))
    floors(cells, facility)
    found = []
    for standard in standards:
        for measure in standard.measures:
            space = measure.space
            if space is None or space.per != "person" or space.occupancy == "single":
                continue
            floor = [areas(cell, space).most or 0 for cell in cells]
            wanted = asked(space, persons, hours).least
            below = _room(floor, space, wanted // persons) < wanted
            finding = Finding.NOT_MET if below else Finding.NOT_ESTABLISHED
            found.append(Density(persons, Fraction(sum(floor), persons), measure, finding))
    return found


def _room(floor: Sequence[int], space: Space, cm2: int) -> int:
    """The floor that persons may take without a cell below; alone, none is in a shared cell."""
    alone = space.occupancy == "shared"
    return sum(max(one, cm2) if alone else one for one in floor)

"""Floor area a person held against each standard's own figure.

Areas are exact fractions of square centimetres. Where the facility's area is gross, every figure
out of it is an upper bound: "below" is then certain, and "not below" is not established.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from habeas.errors import Fault, FeeError
from habeas.law.records import Facility, Measure, Standard
from habeas.terms import Finding


@dataclass(frozen=True, slots=True)
class Density:
    """How one number of persons stands against one measure of one standard."""

    persons: int
    cm2_per_person: Fraction
    measure: Measure
    finding: Finding  # MET: at least the standard's area; NOT_ESTABLISHED: only as an upper bound


def floor_area_cm2(facility: Facility) -> int:
    """The area of all cells of a facility.

    Raises:
        FeeError: H731, when the library has no cell areas of it.
    """
    area = sum(module.cells * module.cell_area_cm2 for module in facility.modules)
    if not area:
        raise FeeError(
            Fault(
                "H731",
                f"no cell areas of '{facility.id}' are known",
                "Add its modules to the library with their source.",
            )
        )
    return area


def densities(facility: Facility, persons: int, standards: Iterable[Standard]) -> list[Density]:
    """One row a floor-area measure for shared cells, by standard, in the library's order.

    Raises:
        FeeError: H731 without cell areas, H732 for fewer than one person.
    """
    if persons < 1:
        raise FeeError(Fault("H732", f"{persons} persons have no floor area", "Give at least one."))
    area = Fraction(floor_area_cm2(facility), persons)
    upper_bound = any("gross" in module.area_basis.en for module in facility.modules)
    found = []
    for standard in standards:
        for measure in standard.measures:
            space = measure.space
            if space is None or space.per != "person" or space.occupancy == "single":
                continue
            enough = Finding.NOT_ESTABLISHED if upper_bound else Finding.MET
            found.append(
                Density(persons, area, measure, enough if area >= space.cm2 else Finding.NOT_MET)
            )
    return found

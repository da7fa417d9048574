"""Floor area a person in a facility, held against every standard that gives a figure."""

from typing import Any

from habeas.errors import LawError
from habeas.law import messages
from habeas.law.check import near
from habeas.law.library import Library
from habeas.service import NOT_REVIEWED
from habeas.space.density import densities, floor_area_cm2
from habeas.terms import Finding
from habeas.units import square_metres

WORDS = {Finding.MET: "met", Finding.NOT_MET: "below", Finding.NOT_ESTABLISHED: "not established"}


def density(
    library: Library, facility: str, persons: int
) -> dict[str, Any]:  # Any: a document for a face
    """One facility at one number of persons, as one JSON document.

    Raises:
        LawError: H218, when the library holds no such facility.
        FeeError: H731, H732.
    """
    if facility not in library.facilities:
        raise LawError(messages.fault("H218", **near(facility, library.facilities)))
    file, place = library.facilities[facility]
    rows = densities(place, persons, [standard for _, standard in library.standards.values()])
    return {
        "facility": facility,
        "facility_hash": file.hash,
        "persons": persons,
        "floor_area_cm2": floor_area_cm2(place),
        "area_basis": sorted({module.area_basis.en for module in place.modules}),
        "m2_per_person": square_metres(rows[0].cm2_per_person) if rows else "",
        "standards": [
            {
                "measure": row.measure.id,
                "value": row.measure.value.en,
                "finding": WORDS[row.finding],
                "weight": row.measure.weight.en if row.measure.weight else "",
            }
            for row in rows
        ],
        "review": NOT_REVIEWED,
    }

"""Floor area a person in a facility, held against every standard that gives a figure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from habeas.errors import Fault, LawError
from habeas.law import messages, read
from habeas.law.check import near
from habeas.law.library import Library
from habeas.law.records import Facility, Figure, Measure, Standard
from habeas.service import NOT_REVIEWED
from habeas.space import capacity, certified, checks
from habeas.space.density import densities, floor_area_cm2
from habeas.space.method import asked, unmeasured
from habeas.space.places import most_persons, places_at
from habeas.terms import Finding
from habeas.units import square_metres, two_places

WORDS = {Finding.MET: "met", Finding.NOT_MET: "below", Finding.NOT_ESTABLISHED: "not established"}
LATEST = date.max  # the certificates that end last
SPREAD = (
    "Persons over all cells: which cells were in use is not established, so some cell may hold"
    " more than the mean, and none is shown to meet a standard."
)
HELD = "held"  # key of a figure that is a number of persons


@dataclass(frozen=True, slots=True)
class Place:
    """A facility and the file that says what it is."""

    facility: Facility
    file: str
    hash: str


def of_library(library: Library, name: str) -> Place:
    """A facility of the library.

    Raises:
        LawError: H218, when the library holds no such facility.
        FeeError: H733 to H738, when its certificates do not hold.
    """
    if name not in library.facilities:
        raise LawError(messages.fault("H218", **near(name, library.facilities)))
    file, facility = library.facilities[name]
    checks.sound(facility, file.text, file.name)
    return Place(facility, file.name, file.hash)


def of_text(text: str, name: str) -> Place:
    """A facility out of a file's text.

    Raises:
        LawError: H213, H214 for a text that is no facility file.
        FeeError: H733 to H738, when its certificates do not hold.
    """
    facility = read.decoded(text, Facility, name)
    checks.sound(facility, text, name)
    return Place(facility, name, sha256(text.encode()).hexdigest())


def known_by(place: Place, day: date) -> Place:
    """A facility with the certificates that had been approved by the end of a day."""
    return Place(certified.as_known(place.facility, day), place.file, place.hash)


def check(text: str, name: str) -> list[Fault]:
    """Everything that is wrong with a facility file, in one run."""
    try:
        facility = read.decoded(text, Facility, name)
    except LawError as error:
        return list(error.faults)
    return checks.faults(facility, text, name)


def standards(library: Library) -> list[Standard]:
    """Every standard, in the library's order."""
    return [standard for _, standard in library.standards.values()]


def density(
    library: Library, facility: str | Place, persons: int, day: date = LATEST
) -> dict[str, Any]:  # Any: a document for a face
    """One facility at one number of persons, as one JSON document.

    Args:
        library: the standards, and the facility where it is named by id.
        facility: an id of the library, or a facility as it was read.
        persons: held in the whole of it.
        day: whose certificates hold.

    Raises:
        LawError: H218, when the library holds no such facility.
        FeeError: H731, H732; H733 to H738.
    """
    place = of_library(library, facility) if isinstance(facility, str) else facility
    view = certified.cells(place.facility, day)
    name, hours = place.facility.id, place.facility.confined_hours
    rows = densities(view, name, persons, standards(library), hours)
    area = floor_area_cm2(view, name)
    return {
        "facility": name,
        "facility_hash": place.hash,
        "persons": persons,
        "floor_area_cm2": area,
        "area_basis": _basis(place.facility, view),
        "upper_bound": not all(cell.net for cell in view),
        "m2_per_person": square_metres(Fraction(area, persons)),
        "standards": [
            {
                "measure": row.measure.id,
                "value": row.measure.value.en,
                "finding": WORDS[row.finding],
                "m2_per_person_at_most": square_metres(row.cm2_per_person),
                "weight": row.measure.weight.en if row.measure.weight else "",
            }
            for row in rows
        ],
        "caveat": SPREAD,
        "review": NOT_REVIEWED,
    }


def _basis(facility: Facility, view: Iterable[certified.Cell]) -> list[str]:
    ids = {cell.certificate for cell in view if cell.certificate}
    plain = {cell.module for cell in view if not cell.certificate}
    told = {one.area_basis.en for one in facility.modules if one.area_basis and one.id in plain}
    return sorted(told) + [f"certificate {name}" for name in sorted(ids)]


def places(library: Library, place: Place, day: date) -> list[dict[str, str]]:
    """How many persons a facility's floor could hold at each area that a standard asks a person.

    Each standard counts the floor by its own method; of those with equal numbers the first is told.
    """
    view, name = certified.cells(place.facility, day), place.facility.id
    found = dict[tuple[int, int, int], str]()
    for standard in standards(library):
        for measure in standard.measures:
            space = measure.space
            if space is None or space.per != "person" or space.occupancy == "single":
                continue
            if cm2 := asked(space, 1, place.facility.confined_hours).least:
                numbers = places_at(view, name, cm2, space), most_persons(view, name, cm2, space)
                found.setdefault((cm2, *numbers), measure.id)
    return [
        {
            "m2_per_person": square_metres(cm2),
            "measure": measure,
            "places": str(by_cell),
            "most_persons": str(by_area),
        }
        for (cm2, by_cell, by_area), measure in sorted(found.items())
    ]


def reported(
    library: Library, place: Place, day: date
) -> list[dict[str, Any]]:  # Any: documents for a face
    """Every number of persons that a facility's file reports as held or as room for so many.

    Places that are only planned are left out: the cells measured here are not theirs.
    """
    found = []
    for one in place.facility.figures:
        if one.key != HELD and one.capacity in (None, "planned"):
            continue
        told = density(library, place, one.value, day)
        found.append(told | _reported(one))
    return found


def _reported(one: Figure) -> dict[str, object]:
    return {
        "reported_as": one.key,
        "claim": one.claim,
        "on": one.on or "",
        "note": one.note.en if one.note else "",
        "source": list(one.source),
    }


def numberless(library: Library) -> list[dict[str, str]]:
    """The measures that no cell can be held against: no number, or none of an area."""
    return [_measure(one) for one in unmeasured(standards(library))]


def _measure(one: Measure) -> dict[str, str]:
    return {"measure": one.id, "value": one.value.en, "method": one.method.en}


def capacities(place: Place, day: date, persons: int | None) -> list[dict[str, str]]:
    """A facility's places by each definition, and persons against each where a number is given."""
    rows = []
    for one in capacity.capacities(place.facility, day):
        row = {
            "definition": one.definition,
            "places": "" if one.stated.value is None else str(one.stated.value),
            "known": one.stated.known.value,
            "stated": one.stated.text,
            "on": one.on,
            "basis": one.basis,
            "note": one.note,
            "source": ", ".join(one.source),
        }
        if persons is not None:
            share, finding = capacity.occupied(one, persons)
            row["persons"] = str(persons)
            row["occupancy_percent"] = "" if share is None else two_places(share * 100)
            row["finding"] = {Finding.MET: "within", Finding.NOT_MET: "over"}.get(
                finding, "not established"
            )
        rows.append(row)
    return rows


def cell_rows(place: Place, day: date) -> list[dict[str, str]]:
    """Every cell of a facility on a day, with what is certified of it."""
    return [
        {
            "module": cell.module,
            "cell": cell.name,
            "certificate": cell.certificate,
            **{
                key: "" if value is None else str(value)
                for key, value in (
                    ("floor_cm2", cell.floor_cm2),
                    ("sanitary_cm2", cell.sanitary_cm2),
                    ("furniture_cm2", cell.furniture_cm2),
                    ("beds", cell.beds),
                    ("toilets", cell.toilets),
                    ("cna", cell.cna),
                    ("working", cell.working),
                    ("maximum", cell.maximum),
                )
            },
            "area": "not established" if cell.floor_cm2 is None else "net" if cell.net else "gross",
        }
        for cell in certified.cells(place.facility, day)
    ]

"""How many places there are, by each definition; what is no number is unknown, not none.

Two numbers of one facility by two definitions are two facts: none of them is "the" capacity.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from habeas.custody.days import midnight_before
from habeas.law.certificates import DefinedAs
from habeas.law.records import Facility
from habeas.space.certified import Cell, cells, in_order, names, signed_operational
from habeas.space.occupancy import CellStay, Key, occupants
from habeas.space.stated import Known, Stated, number
from habeas.terms import Finding

PER_CELL: tuple[tuple[DefinedAs, str], ...] = (
    ("certified_normal_accommodation", "cna"),
    ("working", "working"),
    ("maximum", "maximum"),
    ("bunks", "beds"),
)


@dataclass(frozen=True, slots=True)
class Places:
    """A number of places of a facility by one definition."""

    definition: DefinedAs
    stated: Stated[int]
    on: str = ""  # as the source gives it
    basis: str = ""  # certificates, modules, or the key of a figure
    note: str = ""
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Short:
    """A cell that held more persons than its certificate allows on the day it took effect."""

    certificate: str
    effective_from: date
    cell: str
    definition: DefinedAs
    places: int
    persons: int


def _summed(view: Sequence[Cell], definition: DefinedAs, key: str) -> Places | None:
    values = [getattr(cell, key) for cell in view]
    known = [value for value in values if value is not None]
    if not known:
        return None
    ids = sorted({cell.certificate or "modules" for cell in view})
    basis = ", ".join(ids)
    if len(known) < len(values):
        text = f"{sum(known)} in {len(known)} of {len(values)} cells"
        return Places(definition, Stated(Known.UNKNOWN, text), basis=basis)
    return Places(definition, number(str(sum(known))), basis=basis)


def capacities(facility: Facility, day: date) -> list[Places]:
    """Every number of places of a facility on a day, each by its own definition."""
    view = cells(facility, day)
    summed = [_summed(view, definition, key) for definition, key in PER_CELL]
    found = [one for one in summed if one is not None]
    if signed := signed_operational(facility, day):
        found.append(Places("signed_operational", number(str(signed[0])), basis=signed[1]))
    found += [
        Places(
            one.capacity,
            number(str(one.value)),
            one.on or "",
            one.key,
            "" if one.note is None else one.note.en,
            one.source,
        )
        for one in facility.figures
        if one.capacity is not None
    ]
    return found + [
        Places(
            one.definition,
            number(one.stated),
            one.on or "",
            "capacities",
            "" if one.note is None else one.note.en,
            one.source,
        )
        for one in facility.capacities
    ]


def occupied(places: Places, persons: int) -> tuple[Fraction | None, Finding]:
    """Persons for each place, and whether they are within the places; None: not established.

    Places that are only planned hold nobody.
    """
    value = places.stated.value
    if value is None or places.definition == "planned":
        return None, Finding.NOT_ESTABLISHED
    share = Fraction(persons, value) if value else None
    return share, Finding.MET if persons <= value else Finding.NOT_MET


def over(counted: Iterable[int], places: Stated[int]) -> int | None:
    """On how many of these days more persons were counted than there are places; None: unknown."""
    if places.value is None:
        return None
    return sum(persons > places.value for persons in counted)


def short(
    facility: Facility, stays: Sequence[CellStay], zone: str, as_of: datetime | None = None
) -> list[Short]:
    """Cells that held more persons than certified at the instant their certificate took effect.

    Args:
        facility: its file.
        stays: of any number of persons, in any facility.
        zone: in which the effective day begins.
        as_of: what took effect later is not looked at; None: all of it is.
    """
    return short_at(facility, lambda begins: occupants(stays, begins), zone, as_of)


def short_at(
    facility: Facility,
    held_at: Callable[[datetime], Mapping[Key, int]],
    zone: str,
    as_of: datetime | None = None,
) -> list[Short]:
    """The same, where somebody else counts the persons of each cell at an instant."""
    found: list[Short] = []
    for one in in_order(facility):
        begins = midnight_before(one.effective_from, zone)
        if as_of is not None and begins > as_of:
            break
        held = held_at(begins)
        for run in one.cells:
            numbers: tuple[tuple[DefinedAs, int | None], ...] = (
                ("working", run.working),
                ("maximum", run.maximum),
            )
            found += [
                Short(one.id, one.effective_from, name, definition, places, persons)
                for name in names(run.cells)
                if (persons := held.get((facility.id, name), 0))
                for definition, places in numbers
                if places is not None and persons > places
            ]
    return found

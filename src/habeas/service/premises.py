"""Floor area a person cell by cell, at an instant: of a register, or of a file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from habeas.custody.intervals import Interval
from habeas.errors import Fault, SetupError
from habeas.law.calendar import ZONES, zone
from habeas.law.library import Library
from habeas.law.records import Facility, Measure
from habeas.service import NOT_REVIEWED, measure
from habeas.service.measure import WORDS, Place
from habeas.space import capacity, occupancy
from habeas.space.certified import Cell, cells
from habeas.space.days import unknown
from habeas.space.method import areas, judged, measured
from habeas.space.occupancy import CellStay, Key
from habeas.terms import Finding
from habeas.units import square_metres

LEVELS = ("cell", "module", "facility")
APART = "does not apply"
NOWHERE = "(no cell recorded)"
UNLISTED = "(in no facility file)"


@dataclass(frozen=True, slots=True)
class Premises:
    """Who was where, the facilities' files, and the measures they are held against."""

    stays: tuple[CellStay, ...]
    places: Mapping[str, Place]
    measures: tuple[Measure, ...]
    zone: str
    as_of: datetime | None = None  # UTC, after which nothing is known; None: all of it is

    def facilities(self) -> dict[str, Facility]:
        """The facilities by id."""
        return {name: place.facility for name, place in self.places.items()}


def of_intervals(found: Iterable[Interval]) -> tuple[CellStay, ...]:
    """The register's intervals as stays in cells."""
    return tuple(occupancy.of_interval(one) for one in found)


def premises(
    library: Library,
    stays: Sequence[CellStay],
    zone_name: str,
    own: Place | None = None,
    as_of: datetime | None = None,
) -> Premises:
    """Stays with the file of each facility in them that the library, or the user, has.

    Args:
        library: facilities and standards.
        stays: in cells.
        zone_name: whose civil days count.
        own: a facility of the user's, in the place of the library's.
        as_of: what came later is not known; None: all of it is.

    Raises:
        LawError: H711 for an unknown zone.
        FeeError: H733 to H738, when the certificates of one of them do not hold.
    """
    zone(zone_name)
    stays = stays if as_of is None else occupancy.known(stays, as_of)
    named = {one.physically_at for one in stays} & library.facilities.keys()
    places = {name: measure.of_library(library, name) for name in sorted(named)}
    if own is not None:
        places[own.facility.id] = own
    measures = tuple(measured(measure.standards(library)))
    return Premises(tuple(stays), places, measures, zone_name, as_of)


def only(found: Premises, facility: str | None) -> Premises:
    """The stays in, or counted at, one facility; all where None is named.

    Whoever is counted here and is in another facility takes none of this one's floor; of the
    other's cells, whose other persons are left out, nothing is told.
    """
    if facility is None:
        return found
    kept = tuple(
        one if one.physically_at == facility else replace(one, physically_at="")
        for one in found.stays
        if facility in (one.physically_at, one.counted_at)
    )
    places = {name: place for name, place in found.places.items() if name == facility}
    return replace(found, stays=kept, places=places)


def chosen(found: Premises, names: Sequence[str]) -> Premises:
    """The measures that a call names; all where it names none.

    Raises:
        SetupError: H903 for one that no cell can be held against.
    """
    known = {one.id: one for one in found.measures}
    odd = [name for name in names if name not in known]
    if odd:
        fix = f"Use one of {', '.join(known)}."
        raise SetupError(Fault("H903", f"no measure of a cell '{odd[0]}'", fix))
    kept = tuple(known[name] for name in names) or found.measures
    return replace(found, measures=kept)


def level(name: str) -> str:
    """What a call groups by.

    Raises:
        SetupError: H903.
    """
    if name not in LEVELS:
        what = f"cells are not grouped by '{name}'"
        raise SetupError(Fault("H903", what, f"Use one of {', '.join(LEVELS)}."))
    return name


def at_instant(
    found: Premises, instant: datetime, by: str = "cell"
) -> dict[str, Any]:  # Any: a document for a face
    """Each cell, module or facility in use at an instant, and how it stands against each measure.

    Raises:
        SetupError: H903 for another level.
    """
    held = occupancy.occupants(found.stays, instant)
    day = instant.astimezone(zone(found.zone)).date()
    there = [
        one
        for one in found.stays
        if one.start <= instant and (one.end is None or instant < one.end)
    ]
    absent = Counter(one.counted_at for one in there if one.physically_at != one.counted_at)
    document = of_counts(found, held, day, by)
    document["counts"] |= {
        "counted": len(there),
        "counted_and_elsewhere": dict(sorted(absent.items())),
    }
    document["findings"] = findings(found, instant) + document["findings"]
    return document


def of_counts(
    found: Premises, held: Mapping[Key, int], day: date, by: str = "cell"
) -> dict[str, Any]:  # Any: a document for a face
    """Each cell, module or facility with so many persons on a day, against each measure."""
    level(by)
    views = {
        name: {cell.name: cell for cell in cells(place.facility, day)}
        for name, place in found.places.items()
    }
    known = dict[_Alike, _Judged]()
    seen = [
        _seen(found, key, persons, views.get(key[0], {}), known)
        for key, persons in sorted(held.items())
        if persons
    ]
    rows = [_cell_row(one) for one in seen]
    return {
        "day": day.isoformat(),
        "by": by,
        "rows": rows if by == "cell" else _grouped(seen, found.measures, by),
        "measures": told_measures(found.measures),
        "counts": {"physically_here": sum(held.values()), "cells_in_use": len(rows)},
        "findings": _unlisted(seen),
        **basis(found),
    }


def basis(found: Premises) -> dict[str, object]:
    """What every output was computed from."""
    return {
        "facilities": {
            name: {"file": place.file, "hash": place.hash} for name, place in found.places.items()
        },
        "zone": found.zone,
        "tzdata": ZONES,
        "review": NOT_REVIEWED,
    }


def told_measures(measures: Iterable[Measure]) -> list[dict[str, str]]:
    """Each measure with its own words, its method and what falling below it means."""
    return [
        {
            "measure": one.id,
            "value": one.value.en,
            "method": one.method.en,
            "weight": one.weight.en if one.weight else "",
        }
        for one in measures
    ]


_Alike = tuple[Cell, int, int | None]  # a cell that names none, persons, hours locked in


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is the same of all cells of one make with so many persons."""

    words: dict[str, str]  # how it stands against each measure
    most: dict[str, str]  # m2 a person at most, by measure


@dataclass(frozen=True, slots=True)
class _Seen:
    key: Key
    cell: Cell
    listed: bool
    persons: int
    judged: _Judged


def _seen(
    found: Premises,
    key: Key,
    persons: int,
    view: Mapping[str, Cell],
    known: dict[_Alike, _Judged],
) -> _Seen:
    cell = view.get(key[1])
    place = found.places.get(key[0])
    hours = None if place is None else place.facility.confined_hours
    told = cell or unknown(key[1])
    alike = (_nameless(told), persons, hours)
    if alike not in known:
        known[alike] = _judged(alike[0], found.measures, persons, hours)
    return _Seen(key, told, cell is not None, persons, known[alike])


@lru_cache(maxsize=16_384)  # a cell is as it is until its next certificate
def _nameless(cell: Cell) -> Cell:
    return replace(cell, module="", name="-" if cell.name else "", certificate="")


def _judged(cell: Cell, measures: Iterable[Measure], persons: int, hours: int | None) -> _Judged:
    words = {one.id: _word(judged(cell, one, persons, hours)) for one in measures}
    most = {
        one.id: _each(areas(cell, one.space).most, persons)
        for one in measures
        if one.space is not None
    }
    return _Judged(words, most)


def _word(found: Finding | None) -> str:
    return APART if found is None else WORDS[found]


@lru_cache(maxsize=65_536)  # many cells are alike
def _each(cm2: int | None, persons: int) -> str:
    return "" if cm2 is None else square_metres(Fraction(cm2, persons))


def _cell_row(one: _Seen) -> dict[str, Any]:  # Any: a document
    cell, floor = one.cell, one.cell.floor_cm2
    return {
        "facility": one.key[0],
        "module": cell.module,
        "cell": cell.name or NOWHERE,
        "persons": one.persons,
        "floor_m2": _each(floor, 1),
        "area": "not established" if floor is None else "net" if cell.net else "gross",
        "m2_per_person": _each(floor, one.persons),
        "certificate": cell.certificate,
        "maximum": "" if cell.maximum is None else str(cell.maximum),
        "standards": dict(one.judged.words),
        "m2_per_person_at_most": dict(one.judged.most),
    }


def _grouped(
    seen: Iterable[_Seen], measures: Sequence[Measure], by: str
) -> list[dict[str, Any]]:  # Any: a document
    groups: dict[tuple[str, str], list[_Seen]] = {}
    for one in seen:
        key = (one.key[0], one.cell.module if by == "module" else "")
        groups.setdefault(key, []).append(one)
    return [
        {
            "facility": facility,
            "module": module,
            "cells_in_use": len(held),
            "persons": sum(one.persons for one in held),
            **_floor(held),
            "standards": {
                each.id: dict(sorted(_persons_by_word(held, each.id).items())) for each in measures
            },
        }
        for (facility, module), held in sorted(groups.items())
    ]


def _floor(held: Sequence[_Seen]) -> dict[str, str]:
    known = [one.cell.floor_cm2 for one in held if one.cell.floor_cm2 is not None]
    if len(known) < len(held):
        return {"floor_m2": "", "m2_per_person": "", "area": "not established"}
    net = all(one.cell.net for one in held)
    return {
        "floor_m2": square_metres(sum(known)),
        "m2_per_person": _each(sum(known), sum(one.persons for one in held)),
        "area": "net" if net else "gross",
    }


def _persons_by_word(held: Iterable[_Seen], name: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in held:
        found[one.judged.words[name]] += one.persons
    return found


def _unlisted(seen: Iterable[_Seen]) -> list[dict[str, str]]:
    found = []
    for one in seen:
        if not one.listed:
            what = "no cell is recorded" if not one.key[1] else f"no file holds cell '{one.key[1]}'"
            found.append(
                {
                    "kind": "cell not known",
                    "facility": one.key[0],
                    "what": f"{what}: the floor of {one.persons} persons is not established",
                }
            )
        elif one.cell.maximum is not None and one.persons > one.cell.maximum:
            what = f"{one.persons} persons in cell '{one.key[1]}', certified for {one.cell.maximum}"
            found.append({"kind": "over the maximum", "facility": one.key[0], "what": what})
    return found


def findings(found: Premises, instant: datetime | None = None) -> list[dict[str, str]]:
    """Facts about the records: one person in two places at once, a certificate too small at once.

    Args:
        found: stays and facilities.
        instant: only who is in two places then; None: whenever it was.
    """
    told = doubled(found.stays, instant)
    for name, place in found.places.items():
        short = capacity.short(place.facility, found.stays, found.zone, found.as_of)
        told += too_small(name, short)
    return told


def doubled(stays: Iterable[CellStay], instant: datetime | None = None) -> list[dict[str, str]]:
    """Who is recorded in two places at once; at an instant, where one is named."""
    return [
        {
            "kind": "one person in two places",
            "facility": one.other[0],
            "what": f"{one.subject} is in '{'/'.join(one.one)}' and '{'/'.join(one.other)}' from"
            f" {one.start.isoformat()} until {one.end.isoformat() if one.end else 'now'}:"
            " counted in both",
        }
        for one in occupancy.doubled(stays)
        if instant is None or (one.start <= instant and (one.end is None or instant < one.end))
    ]


def too_small(name: str, found: Iterable[capacity.Short]) -> list[dict[str, str]]:
    """Certificates of a facility that were for fewer than a cell held when they took effect."""
    return [
        {
            "kind": "certified for fewer than it held",
            "facility": name,
            "what": f"certificate '{one.certificate}' of {one.effective_from}: cell"
            f" '{one.cell}' held {one.persons} persons, {one.definition} {one.places}",
        }
        for one in found
    ]

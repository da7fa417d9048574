"""A proposal of cells: who is held and who is to come, in which cell, with what proof, and why.

The rows come from files and from a register's open custody; the answer is held against every rule
by other code before anybody sees it. It is a proposal: a named officer decides (`place_decide`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from habeas.docket.derive import years_attained
from habeas.errors import Fault, FeeError, SetupError
from habeas.law.agreement import Calendar
from habeas.law.calendar import EPOCH, zone
from habeas.law.library import Library
from habeas.law.records import Measure
from habeas.register import events
from habeas.register.events import Event
from habeas.service import NOT_REVIEWED, measure
from habeas.service.hold import Read, until
from habeas.service.measure import Place
from habeas.space import place_check, shortfall, shortfall_words
from habeas.space.certified import Cell, cells
from habeas.space.method import measured
from habeas.space.place import Allocation, Exact, place
from habeas.space.place_rows import AGES, NEEDS, SEXES, Columns, Person, Use, columns, places
from habeas.terms import EventKind, Status

__all__ = ["ROWS", "Asked", "Person", "held", "joined", "of_facility", "propose", "standards"]
Document = dict[str, Any]  # Any: a document for a face
IN_CUSTODY = frozenset({Status.HELD, Status.HOSPITAL, Status.COURT, Status.ABSENT})
ADULT = 18  # years: Convention on the Rights of the Child, article 1
ROWS = ["act", "register_number", "from", "to", "why"]
WHY = {
    "sex": "the cell is kept for the other sex",
    "age": "the cell is kept for the other age band",
    "security": "the cell is of another security class",
    "accessible": "the person needs an accessible cell",
    "label": "the cell is not kept for the person's group",
    "places": "the cell has no place by the standard",
    "apart": "somebody from whom the person is kept apart is in the cell",
    "over": "the cell holds more persons than it has places",
    "room": "another person needs the place",
    "first": "the person is in no cell of the list",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that a proposal is made from."""

    facility: str
    at: datetime  # UTC
    persons: Sequence[Person]
    rooms: Sequence[tuple[Use, Cell]]
    pairs: Sequence[tuple[str, str]]
    measures: tuple[Measure, ...]
    hours: int | None = None  # locked in a day
    basis: Mapping[str, object] = field(default_factory=dict)


def standards(library: Library, names: Sequence[str]) -> tuple[Measure, ...]:
    """The measures of floor area by which places are counted.

    Raises:
        SetupError: H903, for a name that is no measure of floor area.
    """
    every = measured(measure.standards(library))
    known = {one.id: one for one in every if one.space is not None}
    if odd := [name for name in names if name not in known]:
        fix = f"Use one of {', '.join(known)}."
        raise SetupError(Fault("H903", f"'{odd[0]}' is no measure of floor area", fix))
    return tuple(known[name] for name in dict.fromkeys(names))


# Rows


def held(read: Read, facility: str, at: datetime) -> list[Person]:
    """Whom a register holds in a facility at an instant, with the facts that are recorded.

    Who is in hospital, in court or absent keeps the cell. Sex and birth date are facts of the
    vocabulary; security class, need and group are not, and come with a file.
    """
    calendar = read.found.deal.calendar
    facts, day = _facts(read.events, at), at.astimezone(zone(calendar.zone)).date()
    found = []
    for one in until(read.found.held.intervals, at):
        if one.end is None and one.facility == facility and one.status in IN_CUSTODY:
            told = facts.get(one.subject, {})
            age = _age(told.get("birth_date"), day, calendar)
            sex = str(told.get("sex", ""))
            found.append(Person(one.subject, sex, age, cell=one.cell, held=True))
    return found


def _facts(told: Iterable[Event], at: datetime) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for event in told:
        if event.kind == EventKind.EVIDENCE_RECORDED and event.occurred_at <= at and event.subject:
            fact = str(event.body.get("fact", ""))
            found.setdefault(event.subject, {})[fact] = event.body.get("value")
    return found


def _age(birth: object, day: date, calendar: Calendar) -> str:
    try:
        born = date.fromisoformat(str(birth))
    except ValueError:
        return ""
    born_on, on = (one.toordinal() - EPOCH for one in (born, day))
    years = years_attained(born_on, on, calendar.rounding)
    return "adult" if years >= ADULT else "child"


def joined(there: Sequence[Person], told: Sequence[Person]) -> tuple[list[Person], list[str]]:
    """Whom a register holds with the facts of a file, and whom the file adds; and what differs.

    The cell is the register's. A fact on which both differ is not established.
    """
    rows = {one.subject: one for one in told}
    found: list[Person] = []
    differ: list[str] = []
    for one in there:
        other = rows.pop(one.subject, Person(one.subject))
        both = list(zip(_facts_of(one), _facts_of(other), strict=True))
        odd = {
            name
            for name, (mine, theirs) in zip(FACTS, both, strict=True)
            if mine and theirs and mine != theirs
        }
        if other.cell and other.cell != one.cell:
            differ.append(f"{one.subject}: the file says another cell; the register's counts")
        differ += [f"{one.subject}: {name} differs, and is not established" for name in sorted(odd)]
        sex, age, security, accessible, group = (
            "" if name in odd else mine or theirs
            for name, (mine, theirs) in zip(FACTS, both, strict=True)
        )
        found.append(
            Person(one.subject, sex, age, security, accessible, group, one.cell, held=True)
        )
    return found + [replace(one, cell="", held=False) for one in rows.values()], differ


FACTS = ("sex", "age band", "security class", "need of an accessible cell", "group")


def _facts_of(one: Person) -> tuple[str, str, str, str, str]:
    return one.sex, one.age, one.security, one.accessible, one.group


def of_facility(own: Place, day: date, uses: Sequence[tuple[Use, Cell]]) -> list[tuple[Use, Cell]]:
    """The cells of a facility file on a day with whom each is kept for.

    Raises:
        SetupError: H903, where a row names a cell that the facility does not have.
    """
    rows = {use.cell: use for use, _cell in uses}
    found = [(rows.pop(one.name, Use(one.name)), one) for one in cells(own.facility, day)]
    if rows:
        what = f"{own.facility.id} has no cell '{next(iter(rows))[:40]}' on {day.isoformat()}"
        raise SetupError(Fault("H903", what, "Name cells of the facility file."))
    return found


# The proposal


def propose(asked: Asked, exact: Exact | None = None) -> Document:
    """A cell for each person, the proof of how few move, and who stays without a place and why.

    Raises:
        FeeError: H891, where the check by other code refuses what was found: it is a fault of this
            program, and nothing is proposed.
    """
    rows = _columns(asked)
    found = place(rows.people, rows.cells, exact)
    told = place_check.checked(rows.people, rows.cells, found.cell, found.witness)
    if not told.holds or (told.moves, told.bound) != (found.moves, found.counted):
        what = f"the check refuses the proposal: {(*told.broken, 'its numbers are others')[0]}"
        raise FeeError(Fault("H891", what, "Do not use it; report it with the input's hashes."))
    document = _document(asked, rows, found)
    return document | {"proposal": digest(document)}


def digest(document: Document) -> str:
    """SHA-256 of a proposal without its own hash and without what printed it."""
    kept = {name: value for name, value in document.items() if name not in {"proposal", "habeas"}}
    return sha256(events.canonical(kept)).hexdigest()


def _columns(asked: Asked) -> Columns:
    known = {use.cell for use, _cell in asked.rooms}
    there = {one.subject for one in asked.persons}
    persons = [one if one.cell in known else replace(one, cell="") for one in asked.persons]
    alike = dict[Cell, int]()
    rooms: list[tuple[Use, int, int]] = []
    for use, cell in asked.rooms:
        make = replace(cell, module="", name="-", certificate="")
        if make not in alike:
            alike[make] = places(make, asked.measures, asked.hours)
        rooms.append((use, cell.beds or 0, alike[make]))
    pairs = [(one, other) for one, other in asked.pairs if {one, other} <= there]
    standard = " and ".join(one.id for one in asked.measures)
    return columns(persons, rooms, pairs, standard)


def _document(asked: Asked, rows: Columns, found: Allocation) -> Document:
    short = shortfall.shortfalls(found.problem)
    told = _rows(asked.persons, rows, found)
    without = _unplaced(rows, found, short)
    aside = _aside(asked.persons, rows, found)
    solved = found.solved
    return {
        "facility": asked.facility,
        "as_of": asked.at.isoformat(),
        "standards": [one.id for one in asked.measures],
        "counts": {
            "persons": len(rows.subjects),
            "received": sum(one["act"] == "receive" for one in told),
            "unplaced": len(without),
            "set_aside": len(aside),
            "cells": len(rows.rooms),
            "places": int(rows.cells.places.sum()),
            "pairs": len(found.problem.pairs),
            "pairs_of_others": len(asked.pairs) - len(rows.people.pairs),
        },
        "moves": found.moves,
        "bound": found.bound,
        "bound_counted": found.counted,
        "gap": found.gap,
        "proof": found.proof.value,
        "solver": {"rounds": solved.rounds, "variables": solved.variables, "closed": solved.closed}
        if solved
        else {},
        "certificates": shortfall_words.sentences(short, found.problem, rows.names),
        "do_not_receive": _refused(asked.persons, found, short),
        "rows": told,
        "unplaced": without,
        "set_aside": aside,
        "cells_without_use": _unused(asked.rooms, rows),
        "basis": dict(asked.basis),
        "decision": "A named officer decides; nothing is recorded by a proposal.",
        "review": NOT_REVIEWED,
    }


def _rows(persons: Sequence[Person], rows: Columns, found: Allocation) -> list[dict[str, str]]:
    """Who moves, is given a first cell, or is received, with the cell and the reason."""
    why = _reasons(rows, found)
    told = []
    for number, (before, after) in enumerate(
        zip(rows.people.cell.tolist(), found.cell.tolist(), strict=True)
    ):
        if after >= 0 and after != before:
            new = "place" if persons[number].held else "receive"
            told.append(
                {
                    "act": "move" if before >= 0 else new,
                    "register_number": rows.subjects[number],
                    "from": rows.rooms[before] if before >= 0 else "",
                    "to": rows.rooms[after],
                    "why": WHY[why[number]],
                }
            )
    return told


def _reasons(rows: Columns, found: Allocation) -> list[str]:
    """Why each person may not, or does not, stay in the present cell."""
    asked, cell = found.problem, rows.people.cell
    number = Counter(cell.tolist())
    told = place_check.reasons(rows.people, rows.cells)
    for person, at in enumerate(cell.tolist()):
        if at < 0:
            told[person] = "first"
        elif not told[person]:
            beside = any(cell[other] == at for other in asked.apart.get(person, ()))
            if beside or (asked.kind[person] >= 0 and not asked.stays[person]):
                told[person] = "apart"
            else:
                over = number[at] > rows.cells.places[at]
                told[person] = "over" if over else "room"
    return told


def _unplaced(
    rows: Columns, found: Allocation, short: Sequence[shortfall.Shortfall]
) -> list[dict[str, str]]:
    asked = found.problem
    ranked = sorted(short, key=lambda one: -one.short)
    told = []
    for person in found.unplaced:
        kind = int(asked.kind[person])
        why = [one for one in ranked if kind in one.kinds]
        said = shortfall_words.sentence(why[0], asked, rows.names) if why else NOT_FOUND
        at = int(rows.people.cell[person])
        told.append(
            {
                "register_number": rows.subjects[person],
                "cell": rows.rooms[at] if at >= 0 else "",
                "why": said,
            }
        )
    return told


NOT_FOUND = "no lawful place was found, and no certificate says that there is none"


def _aside(persons: Sequence[Person], rows: Columns, found: Allocation) -> list[dict[str, str]]:
    told = []
    for number, one in enumerate(persons):
        if found.problem.kind[number] < 0:
            lacks = [
                name
                for name, known in (
                    ("sex", one.sex in SEXES),
                    ("age_band", one.age in AGES),
                    ("security", bool(one.security)),
                    ("accessible", one.accessible in NEEDS),
                )
                if not known
            ]
            at = int(rows.people.cell[number])
            told.append(
                {
                    "register_number": one.subject,
                    "cell": rows.rooms[at] if at >= 0 else "",
                    "why": f"not established: {', '.join(lacks)}",
                }
            )
    return told


def _refused(
    persons: Sequence[Person], found: Allocation, short: Sequence[shortfall.Shortfall]
) -> dict[str, object]:
    """How many not to receive: all that have no place, of whom so many are certain."""
    number = len(found.unplaced)
    new = sum(not persons[person].held for person in found.unplaced)
    certain = min(shortfall.least(short), number)
    if found.solved is not None:
        certain = max(certain, min(found.solved.unplaced, number))
    said = []
    if new:
        said.append(shortfall_words.refused(new))
    if number > new:
        said.append(shortfall_words.elsewhere(number - new))
    return {"persons": new, "held_without_a_place": number - new, "certain": certain, "says": said}


def _unused(rooms: Sequence[tuple[Use, Cell]], rows: Columns) -> int:
    """Cells into which nobody may be put: something of them is not established, or no place is."""
    cells = rows.cells
    known = (cells.sex > 0) & (cells.age > 0) & (cells.security > 0) & (cells.accessible > 0)
    return len(rooms) - int((known & (cells.places > 0)).sum())

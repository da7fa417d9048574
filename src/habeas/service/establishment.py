"""A facility at an instant: its cells with who is in them, its certificates, and who came and went.

The persons of each cell are counted by whoever asks, out of a table or a register: nothing here
reads a person's whole history to say how full a cell is.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from habeas.custody.intervals import Interval
from habeas.law.agreement import Agreement
from habeas.law.calendar import zone
from habeas.law.certificates import Certificate
from habeas.law.library import Library
from habeas.law.records import Measure
from habeas.service import measure, premises
from habeas.service.measure import Place
from habeas.service.premises import Premises
from habeas.space import capacity, certified, occupancy
from habeas.space.capacity import Short
from habeas.space.method import measured
from habeas.space.occupancy import CellStay, Doubled, Key
from habeas.terms import Status

Document = dict[str, Any]  # Any: a document for a face
Counted = Callable[[datetime], Mapping[Key, int]]  # persons physically in each cell at an instant


@dataclass(frozen=True, slots=True)
class CellNow:
    """A cell as it stands; None: not established, or nobody is in it."""

    module: str
    name: str
    persons: int
    each_cm2: int | None  # floor a person, rounded down; None where nobody is in it
    floor_cm2: int | None
    maximum: int | None
    certificate: str  # empty: no certificate names it
    standards: Mapping[str, str]  # by measure: met, below, not established, does not apply

    @property
    def over(self) -> bool:
        """Whether more persons are in it than it is certified for."""
        return self.maximum is not None and self.persons > self.maximum


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate, whether it is in force, and what it gives the cells that still stand on it."""

    certificate: Certificate
    in_force: bool
    cells: int  # that stand on it on the day
    floor_cm2: int
    cna: int
    working: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Look:
    """A facility at an instant."""

    document: Document  # as `habeas space density --register` has it
    cells: tuple[CellNow, ...]
    certificates: tuple[Certified, ...]
    capacities: tuple[Mapping[str, str], ...]
    measures: tuple[Measure, ...]  # against which the cells are held
    short: tuple[Short, ...]  # certificates for fewer than a cell held when they took effect
    doubled: tuple[Doubled, ...]
    day: date

    def summed(self) -> dict[str, dict[str, int]]:
        """By measure: how many persons are in cells that meet it, are below it, or are unknown."""
        alike = Counter[tuple[tuple[str, str], ...]]()  # persons; cells of one make say the same
        for row in self.document["rows"]:
            alike[tuple(row["standards"].items())] += row["persons"]
        found: dict[str, Counter[str]] = {}
        for words, persons in alike.items():
            for name, word in words:
                found.setdefault(name, Counter())[word] += persons
        return {name: dict(sorted(counts.items())) for name, counts in found.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a facility."""

    name: str
    place: Place | None  # None: there is no file of it
    deal: Agreement
    instant: datetime


def facility(library: Library, own: Mapping[str, Place], name: str) -> Place | None:
    """A facility's file: the installation's own, else the library's, else none.

    Raises:
        FeeError: H733 to H738, when the certificates of the library's do not hold.
    """
    if name in own:
        return own[name]
    return measure.of_library(library, name) if name in library.facilities else None


def look(
    library: Library, asked: Asked, held_at: Counted, doubled: Iterable[CellStay] = ()
) -> Look:
    """A facility at an instant, cell by cell.

    Args:
        library: the standards.
        asked: which facility, and when.
        held_at: counts the persons of each cell of it.
        doubled: the stays of whoever is recorded in two places at once then.
    """
    place, where = asked.place, asked.deal.calendar.zone
    day = asked.instant.astimezone(zone(where)).date()
    places = {} if place is None else {asked.name: place}
    measures = tuple(measured(measure.standards(library)))
    found = Premises((), places, measures, where, asked.instant)
    held = held_at(asked.instant)
    document = premises.of_counts(found, held, day)
    stays = tuple(doubled)
    short = tuple(_short(asked, held_at))
    told = premises.doubled(stays, asked.instant) + premises.too_small(asked.name, short)
    document["findings"] = told + document["findings"]
    rows = {row["cell"]: row for row in document["rows"]}
    view = [] if place is None else certified.cells(place.facility, day)
    return Look(
        document,
        tuple(_cells(asked.name, view, held, rows)),
        tuple(_certificates(place, view, day)),
        tuple(() if place is None else measure.capacities(place, day, sum(held.values()))),
        measures,
        short,
        tuple(occupancy.doubled(stays)),
        day,
    )


def _short(asked: Asked, held_at: Counted) -> list[Short]:
    if asked.place is None:
        return []
    where = asked.deal.calendar.zone
    return capacity.short_at(asked.place.facility, held_at, where, asked.instant)


def _cells(
    name: str,
    view: Sequence[certified.Cell],
    held: Mapping[Key, int],
    rows: Mapping[str, Document],
) -> Iterable[CellNow]:
    listed = {cell.name for cell in view}
    for cell in view:
        persons = held.get((name, cell.name), 0)
        yield _cell(cell, persons, rows.get(cell.name, {}))
    for facility_, cell_name in sorted(held):
        if facility_ == name and cell_name not in listed:
            shown = cell_name or premises.NOWHERE
            unlisted = certified.Cell(premises.UNLISTED, shown, None, net=False)
            yield _cell(unlisted, held[facility_, cell_name], rows.get(shown, {}))


def _cell(cell: certified.Cell, persons: int, row: Document) -> CellNow:
    floor = cell.floor_cm2
    each = None if floor is None or not persons else int(Fraction(floor, persons))
    return CellNow(
        cell.module,
        cell.name,
        persons,
        each,
        floor,
        cell.maximum,
        cell.certificate,
        row.get("standards", {}),
    )


def _certificates(
    place: Place | None, view: Sequence[certified.Cell], day: date
) -> Iterable[Certified]:
    for one in place.facility.certificates if place is not None else ():
        cells = [cell for cell in view if cell.certificate == one.id]
        begun = one.effective_from <= day
        over = one.effective_until is not None and one.effective_until <= day
        yield Certified(
            one,
            one.status == "approved" and begun and not over and bool(cells),
            len(cells),
            sum(cell.floor_cm2 or 0 for cell in cells),
            sum(cell.cna or 0 for cell in cells),
            sum(cell.working or 0 for cell in cells),
            sum(cell.maximum or 0 for cell in cells),
        )


@dataclass(frozen=True, slots=True)
class Movement:
    """Somebody who came into a cell or left one."""

    at: datetime
    subject: str
    cell: str
    came: bool
    why: str  # kind of the event that ended the stay; empty for whoever came
    index: int  # of the event in the register


def movements(found: Iterable[Interval], since: datetime, until: datetime) -> list[Movement]:
    """Who came and went in (since, until], latest first; whoever moved did both at once."""
    told = list[Movement]()
    for one in found:
        if one.status is not Status.HELD:
            continue
        if since < one.start <= until:
            told.append(
                Movement(one.start, one.subject, one.cell, came=True, why="", index=one.event_in)
            )
        if one.end is not None and since < one.end <= until:
            gone = Movement(
                one.end, one.subject, one.cell, came=False, why=one.reason_out, index=one.event_out
            )
            told.append(gone)
    return sorted(told, key=lambda one: (one.at, one.index, one.came), reverse=True)


def lately(deal: Agreement, instant: datetime, days: int) -> tuple[date, date]:
    """The last so many civil days of the agreement that are over, and the day after them."""
    after = instant.astimezone(zone(deal.calendar.zone)).date()
    return after - timedelta(days=days), after

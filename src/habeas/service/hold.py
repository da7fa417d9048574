"""Who is held: intervals, roll and person-days out of a register's records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from habeas.custody.bulk import Stays, Totals, headcount, totals
from habeas.custody.days import midnight_before, person_days
from habeas.custody.intervals import Interval, by_person, intervals
from habeas.custody.roll import roll
from habeas.errors import Fault, SetupError
from habeas.law.agreement import Agreement
from habeas.law.calendar import ZONES
from habeas.register import events
from habeas.register.events import Event, Record
from habeas.register.sealed import Vault
from habeas.register.store import Store
from habeas.service.erasures import erased_indexes
from habeas.terms import Convention, EventKind, Side
from habeas.transfer.state import Terms

PAGE = 1024  # rows whose keys are asked for at once
ROLL = ["register_number", "custodian", "facility", "cell", "status", "since", "event_in"]
SENTENCES = frozenset({EventKind.SENTENCE_RECORDED, EventKind.SENTENCE_CHANGED})


@dataclass(frozen=True, slots=True)
class Held:
    """Every custody interval of a register, and the size it was computed from."""

    intervals: tuple[Interval, ...]
    size: int
    release_dates: Mapping[str, datetime]  # by person: the date of the latest sentence event, UTC
    erased: int = 0  # persons whose content was erased: they stand in no interval
    unreadable: int = 0  # persons whose key is not there, and whom no erasure names

    def received(self) -> list[Interval]:
        """The intervals under the receiving state's custody."""
        return [one for one in self.intervals if one.custodian is Side.RECEIVING]


@dataclass(frozen=True, slots=True)
class Register:
    """What a call about one register needs: its agreement, its intervals, its latest checkpoint."""

    deal: Agreement
    held: Held
    checkpoint: str  # the note; empty before the first

    def basis(self) -> dict[str, object]:
        """What every output of it was computed from."""
        return {
            "agreement": self.deal.id,
            "register_size": self.held.size,
            "erased_persons": self.held.erased,
            "unreadable_persons": self.held.unreadable,
            "checkpoint": self.checkpoint,
            "tzdata": ZONES,
        }


def side(name: str | None) -> Side | None:
    """A side by its word; None for both.

    Raises:
        SetupError: H903.
    """
    if name is not None and name not in set(Side):
        raise SetupError(Fault("H903", f"'{name}' is no side", "Write sending or receiving."))
    return Side(name) if name else None


def held(records: Iterable[Record], terms: Terms, size: int) -> Held:
    """The intervals of all persons of a register of a size.

    Raises:
        ImpossibleEvent: when a person's events cannot follow one another.
    """
    read = [events.event(events.parse(record.body), record.index) for record in records]
    return replace(of_events(read, terms), size=size)


def of_register(store: Store, vault: Vault, terms: Terms) -> Held:
    """The intervals of all persons who can be read, and how many cannot, in one pass.

    Raises:
        ImpossibleEvent: when a person's events cannot follow one another.
    """
    named, erased, lost = erased_indexes(store), set[str](), set[str]()

    def readable() -> Iterator[Record]:
        waiting = store.rows()
        while page := list(islice(waiting, PAGE)):
            gone = vault.without_key({row.subject for row in page if row.subject is not None})
            for row in page:
                if row.subject in gone:
                    (erased if row.index in named else lost).add(str(row.subject))
            yield from vault.records(page)

    found = held(readable(), terms, store.size())
    return replace(found, erased=len(erased - lost), unreadable=len(lost))


def unreadable(store: Store, vault: Vault) -> set[str]:
    """The persons whose content no key opens though no erasure names it."""
    named, found, waiting = erased_indexes(store), set[str](), store.rows()
    while page := list(islice(waiting, PAGE)):
        gone = vault.without_key({row.subject for row in page if row.subject is not None})
        found |= {
            str(row.subject) for row in page if row.subject in gone and row.index not in named
        }
    return found


def of_events(read: Sequence[Event], terms: Terms) -> Held:
    """The intervals of all persons out of events in register order."""
    found = [one for person in by_person(read).values() for one in intervals(person, terms)]
    return Held(tuple(found), len(read), release_dates(read))


def release_dates(read: Iterable[Event]) -> dict[str, datetime]:
    """The release date of each person by the latest sentence event that states one."""
    found: dict[str, datetime] = {}
    for event in read:
        stated = event.body.get("release_date")
        if event.kind in SENTENCES and event.subject and isinstance(stated, str):
            found[event.subject] = events.instant(stated)
    return found


def roll_rows(found: Held, instant: datetime, side: Side | None) -> list[dict[str, str]]:
    """The roll at an instant as a table of text."""
    return [
        {
            "register_number": one.subject,
            "custodian": one.custodian.value,
            "facility": one.facility,
            "cell": one.cell,
            "status": one.status.value,
            "since": one.start.isoformat(),
            "event_in": str(one.event_in),
        }
        for one in roll(found.intervals, instant, side)
    ]


def interval_rows(found: Held) -> list[dict[str, str]]:
    """Every interval as a table of text."""
    return [
        {
            "register_number": one.subject,
            "agreement": one.agreement,
            "custodian": one.custodian.value,
            "facility": one.facility,
            "cell": one.cell,
            "status": one.status.value,
            "start": one.start.isoformat(),
            "end": one.end.isoformat() if one.end else "",
            "stay": str(one.stay),
            "reason_out": one.reason_out,
            "event_in": str(one.event_in),
            "event_out": str(one.event_out),
        }
        for one in found.intervals
    ]


def until(found: Iterable[Interval], instant: datetime) -> list[Interval]:
    """Intervals as far as an instant: later ones left out, the last one left open."""
    return [
        replace(one, end=None, reason_out="", event_out=-1)
        if one.end is None or one.end > instant
        else one
        for one in found
        if one.start <= instant
    ]


def days_by_status(found: Held, first: date, after: date, deal: Agreement) -> list[dict[str, str]]:
    """Person-days of [first, after) under the receiving state, by facility and status."""
    zone, convention = deal.calendar.zone, Convention(deal.calendar.convention)
    last = midnight_before(after, zone)
    counts = person_days(until(found.received(), last), first, after, convention, zone)
    return [
        {"facility": facility, "status": status.value, "person_days": str(days)}
        for (facility, status), days in sorted(counts.items())
    ]


def count_stays(batches: Iterable[Stays], facilities: int, first: int, after: int) -> Totals:
    """Facility-days and person-days of a file of stays."""
    return totals(headcount(batches, facilities, first, after))

"""Who is held: intervals, roll and person-days out of a register's records."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import NamedTuple

import numpy as np

from habeas.custody.bulk import Stays, Totals, headcount, totals
from habeas.custody.censoring import cut_off
from habeas.custody.civil import EPOCH
from habeas.custody.clock import basis_end
from habeas.custody.days import SECOND, midnight_before, person_days
from habeas.custody.intervals import Interval, by_person, intervals
from habeas.custody.overstay import Person
from habeas.custody.roll import roll
from habeas.custody.sample import drawn
from habeas.custody.sentence import SENTENCES, WAIVER, Sentenced, sentenced
from habeas.errors import Fault, SetupError
from habeas.law.agreement import Agreement, Calendar
from habeas.law.calendar import ZONES, civil
from habeas.register import quick
from habeas.register.events import Event, Record, Row
from habeas.register.sealed import Vault
from habeas.register.store import Store
from habeas.service.erasures import erased_indexes
from habeas.terms import Convention, EventKind, Side
from habeas.transfer.machine import effective
from habeas.transfer.state import Terms

PAGE = 1024  # rows whose keys are asked for at once
ROLL = ["register_number", "custodian", "facility", "cell", "status", "since", "event_in"]
LATEST = datetime.max.replace(tzinfo=UTC)  # as known by everything that is recorded


@dataclass(frozen=True, slots=True)
class Held:
    """Every custody interval of a register, and the size it was computed from."""

    intervals: tuple[Interval, ...]
    size: int
    release_dates: Mapping[
        str, datetime
    ]  # by person: UTC, from when no clock gives a basis to hold
    erased: int = 0  # persons whose content was erased: they stand in no interval
    unreadable: int = 0  # persons whose key is not there, and whom no erasure names
    sentences: Mapping[str, Sentenced] = field(default_factory=dict)  # of whom any is recorded

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


@dataclass(frozen=True, slots=True)
class Read:
    """A register with every event that can be read, for whoever asks more than who was held."""

    found: Register
    events: tuple[Event, ...]  # in register order, corrections in place
    terms: Terms
    states: tuple[str, str]  # sending and receiving


def side(name: str | None) -> Side | None:
    """A side by its word; None for both.

    Raises:
        SetupError: H903.
    """
    if name is not None and name not in set(Side):
        raise SetupError(Fault("H903", f"'{name}' is no side", "Write sending or receiving."))
    return Side(name) if name else None


def held(records: Iterable[Record], terms: Terms, size: int, calendar: Calendar) -> Held:
    """The intervals of all persons of a register of a size.

    Raises:
        ImpossibleEvent: when a person's events cannot follow one another.
    """
    read = [quick.event(record.body, record.index) for record in records]
    return replace(of_events(read, terms, calendar), size=size)


def of_register(
    store: Store, vault: Vault, terms: Terms, calendar: Calendar, size: int | None = None
) -> Held:
    """The intervals of all persons who can be read, and how many cannot, in one pass.

    Args:
        store: the register's.
        vault: opens its content.
        terms: what the agreement fixes for the pair of states.
        calendar: the agreement's.
        size: only its first leaves, as it was known then; None for all.

    Raises:
        ImpossibleEvent: when a person's events cannot follow one another.
        SetupError: H717, for a size that the log never had.
    """
    without = (set[str](), set[str]())
    leaves = sized(store, size)
    found = held(readable(store, vault, leaves, without), terms, leaves, calendar)
    return _counted(found, without)


def sized(store: Store, size: int | None) -> int:
    """How many leaves a call is about; all where it names no size.

    Raises:
        SetupError: H717, for a size that the log never had.
    """
    if size is not None and not 0 <= size <= store.size():
        what = f"the log has {store.size():,} leaves, and never had {size:,}"
        raise SetupError(Fault("H717", what, "Name a size that it had."))
    return store.size() if size is None else size


def with_events(
    store: Store, vault: Vault, terms: Terms, calendar: Calendar, size: int | None = None
) -> tuple[Held, list[Event]]:
    """The same, with every event that can be read, in register order.

    Raises:
        ImpossibleEvent, SetupError: as `of_register`.
    """
    without = (set[str](), set[str]())
    leaves = sized(store, size)
    records = readable(store, vault, leaves, without)
    read = [quick.event(record.body, record.index) for record in records]
    return _counted(replace(of_events(read, terms, calendar), size=leaves), without), read


def standing(events: Iterable[Event], terms: Terms) -> tuple[Event, ...]:
    """Events as corrected, in register order."""
    return tuple(effective(events, terms))


def _counted(found: Held, without: tuple[set[str], set[str]]) -> Held:
    erased, lost = without
    return replace(found, erased=len(erased - lost), unreadable=len(lost))


def readable(
    store: Store, vault: Vault, leaves: int, without: tuple[set[str], set[str]]
) -> Iterator[Record]:
    """The records of the first leaves that a key opens; sorts the other persons as they come.

    Args:
        store: the register's.
        vault: opens its content.
        leaves: how many.
        without: filled with the persons who were erased, and with those who are lost.
    """
    named, waiting = erased_indexes(store), store.rows(0, leaves)
    while page := list(islice(waiting, PAGE)):
        _without_key(page, vault, named, without)
        yield from vault.records(page)


def _without_key(
    page: Sequence[Row], vault: Vault, named: Container[int], told: tuple[set[str], set[str]]
) -> None:
    """Sort the persons of some rows whose key is gone into those erased and those lost."""
    gone = vault.without_key({row.subject for row in page if row.subject is not None})
    for row in page:
        if row.subject in gone:
            told[row.index not in named].add(str(row.subject))


def missing(store: Store, vault: Vault, size: int) -> tuple[int, int]:
    """How many persons of the first leaves were erased, and how many cannot be read otherwise."""
    named, erased, lost = erased_indexes(store), set[str](), set[str]()
    waiting = store.rows(0, size)
    while page := list(islice(waiting, PAGE)):
        _without_key(page, vault, named, (erased, lost))
    return len(erased - lost), len(lost)


def unreadable(store: Store, vault: Vault) -> set[str]:
    """The persons whose content no key opens though no erasure names it."""
    named, found, waiting = erased_indexes(store), set[str](), store.rows()
    while page := list(islice(waiting, PAGE)):
        gone = vault.without_key({row.subject for row in page if row.subject is not None})
        found |= {
            str(row.subject) for row in page if row.subject in gone and row.index not in named
        }
    return found


def of_events(read: Sequence[Event], terms: Terms, calendar: Calendar) -> Held:
    """The intervals and sentences of all persons out of events in register order."""
    found, sentences = list[Interval](), dict[str, Sentenced]()
    release_dates = dict[str, datetime]()
    for (subject, _), person in by_person(read).items():
        here = intervals(person, terms)
        found += here
        if not any(_concerns_a_sentence(event) for event in person):
            continue
        sentences[subject] = sentenced(effective(person, terms), terms, calendar.zone)
        known = Person(tuple(here), sentences[subject], calendar, LATEST)
        until, _ = known.clocks().governing(calendar.zone)
        if (at := basis_end(until, calendar.zone)) is not None:
            release_dates[subject] = at
    return Held(tuple(found), len(read), release_dates, sentences=sentences)


def _concerns_a_sentence(event: Event) -> bool:
    return event.kind in SENTENCES or event.body.get("fact") == WAIVER


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that a visitor asks for."""

    instant: datetime  # UTC
    side: Side | None  # only of those whom this state holds; None: either
    facility: str | None  # only of those who are there; None: anywhere
    seed: str
    count: int


def _asked_of(found: Held, asked: Sample) -> list[Interval]:
    there = roll(found.intervals, asked.instant, asked.side)
    return [one for one in there if asked.facility in (None, one.facility)]


def sampled_from(found: Held, asked: Sample) -> int:
    """How many persons a sample is drawn from."""
    return len(_asked_of(found, asked))


def sample_rows(found: Held, asked: Sample) -> list[dict[str, str]]:
    """The sample in the order in which it was drawn, as a table of text.

    Raises:
        SetupError: H901, for a seed that is empty or a count below 1.
    """
    if not asked.seed.strip() or asked.count < 1:
        what = "a sample needs a seed and a count of at least 1"
        raise SetupError(Fault("H901", what, "Publish the seed after the size of the register."))
    return _rows(drawn(_asked_of(found, asked), asked.seed, asked.count))


def roll_rows(
    found: Held, instant: datetime, side: Side | None, facility: str | None = None
) -> list[dict[str, str]]:
    """The roll at an instant as a table of text; of one facility where it is named."""
    there = roll(found.intervals, instant, side)
    return _rows(one for one in there if facility in (None, one.facility))


def concerned(found: Held, facility: str | None, instant: datetime) -> Callable[[str], bool]:
    """Whether a facility holds somebody at an instant, or they had died there; None: everybody."""
    if facility is None:
        return lambda _: True
    here = {
        one.subject for one in found.intervals if one.facility == facility and _there(one, instant)
    }
    return here.__contains__


def _there(one: Interval, instant: datetime) -> bool:
    if one.end is None or instant < one.end:
        return one.start <= instant
    return one.reason_out == EventKind.DIED


def _rows(intervals: Iterable[Interval]) -> list[dict[str, str]]:
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
        for one in intervals
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
            # What the auditor's SQL reads: whole seconds, and that each row is an entry made once.
            "t_in": str((one.start - EPOCH) // SECOND),
            "t_out": str((one.end - EPOCH) // SECOND) if one.end else "",
            "multiplicity": "1",
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


def days_by_status(
    found: Held, first: date, after: date, deal: Agreement, as_of: datetime | None = None
) -> list[dict[str, str]]:
    """Person-days (seconds for `hours`) under the receiving state, by facility and status.

    Args:
        found: the register's intervals.
        first: the first civil day.
        after: the day after the last.
        deal: the agreement.
        as_of: what is open lasts to the end of this second; None: to the end of the days.
    """
    zone, convention = deal.calendar.zone, Convention(deal.calendar.convention)
    last = midnight_before(after, zone)
    last = last if as_of is None else min(last, as_of + SECOND)
    unit = "seconds" if convention is Convention.HOURS else "person_days"
    pieces = [replace(one, end=one.end or last) for one in until(found.received(), last)]
    counts = person_days(pieces, first, after, convention, zone)
    return [
        {"facility": facility, "status": status.value, unit: str(count)}
        for (facility, status), count in sorted(counts.items())
    ]


class Cut(NamedTuple):
    """The last day of a file, and how many stays are written as if they ended on it."""

    on: date
    rows: int


def count_stays(
    batches: Iterable[Stays], facilities: int, first: int, after: int
) -> tuple[Totals, Cut | None]:
    """Facility-days and person-days of a file of stays, and where the file seems to be cut."""
    ends = np.zeros(after - first + 1, np.int64)

    def seen() -> Iterator[Stays]:
        for batch in batches:
            inside = np.clip(batch.after, first, after) - first
            ends[:] += np.bincount(inside, minlength=ends.size)
            yield batch

    found = totals(headcount(seen(), facilities, first, after))
    cut = cut_off(np.repeat(np.arange(first, after + 1), ends))
    return found, None if cut is None else Cut(civil(cut.at), cut.rows)

"""One person as the register has them: everything that lists, home pages and rolls are made of.

A survey is computed from the person's events alone and may be thrown away and computed anew; the
tables that a face keeps of it are a cache.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from habeas.custody.intervals import Interval
from habeas.custody.standing import everyone
from habeas.errors import HabeasError
from habeas.register import quick
from habeas.register.events import Event, Row, instant
from habeas.register.store import Store
from habeas.service import arising, disclose, erasures, hold
from habeas.service.arising import Arisen, Rules
from habeas.service.persons import Shelf, of_person
from habeas.service.today import Next, Waits, next_deed
from habeas.service.transfer import Ground
from habeas.terms import Custody, EventKind, Relation, Side
from habeas.transfer.machine import effective, step
from habeas.transfer.state import State

K = EventKind
Events = list[Event]  # of one person, in register order
Recorded = Mapping[str, Sequence[Row]]  # by person, in register order


@dataclass(frozen=True, slots=True)
class Screening:
    """What the last screening on record said."""

    outcome: str
    not_met: tuple[str, ...]
    not_established: tuple[str, ...]
    fresh_until: datetime | None  # UTC; None: it does not say


@dataclass(frozen=True, slots=True)
class OnManifest:
    """One person on one manifest: when listed, boarded, arrived, refused; None: not so far."""

    manifest: str
    line: int
    route: str = ""
    listed: datetime | None = None
    boarded: datetime | None = None
    arrived: datetime | None = None
    refused: datetime | None = None
    arrived_line: int | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """One person now."""

    subject: str
    state: State
    case: str  # of the docket; empty where the register names none
    docket: str  # its hash
    screening: Screening | None  # None: never screened
    intervals: tuple[Interval, ...]
    lines: tuple[OnManifest, ...]
    relations: Mapping[str, frozenset[Relation]] = field(default_factory=dict)  # by authority
    release_on: datetime | None = None  # UTC, from when no clock gives a basis to hold
    next: Next = field(default_factory=Next)
    arisen: Arisen = field(default_factory=Arisen)  # nothing where no rules of duties were given
    events: int = 0  # without confidential ones, here and below
    latest_index: int = -1
    latest_at: datetime | None = None

    @property
    def last(self) -> Interval | None:
        """The custody interval that lasts, or lasted last."""
        return self.intervals[-1] if self.intervals else None


def survey(events: Sequence[Event], ground: Ground, under: Rules | None = None) -> Survey:
    """One person out of their events in register order.

    Args:
        events: the person's.
        ground: the agreement, and what it fixes.
        under: the rules of duties; None: nobody asks what is owed.

    Raises:
        ImpossibleEvent: when the events cannot follow one another.
    """
    terms, deal = ground.terms, ground.deal
    standing = effective(events, terms)
    hidden = disclose.confidential(events)  # a list tells nobody that there is a complaint
    told = [one for one in events if one.id not in hidden]
    state, lines = State(), dict[str, OnManifest]()
    flight = ""
    for event in standing:
        flight = _carried(event, lines, flight)
        state = step(state, event, terms)
    found = hold.of_events(events, terms, deal.calendar)
    subject = str(events[0].subject)
    release_on = found.release_dates.get(subject)
    waits = _waits(state, standing, found.intervals[-1] if found.intervals else None)
    return Survey(
        subject,
        state,
        *_docket(standing),
        _screening(standing),
        found.intervals,
        tuple(lines.values()),
        everyone(standing, state, terms, max(one.occurred_at for one in events)),
        release_on=release_on,
        next=next_deed(state, terms, release_on, waits),
        arisen=arising.arisen(standing, found, deal, terms, under) if under else Arisen(),
        events=len(told),
        latest_index=told[-1].index,
        latest_at=told[-1].occurred_at,
    )


def _carried(event: Event, lines: dict[str, OnManifest], flight: str) -> str:
    """Take an event into the person's manifests; returns the one under which they departed."""
    at, line = event.occurred_at, event.body.get("line")
    name, number = str(event.body.get("manifest", "")), line if isinstance(line, int) else None
    if event.kind == K.SCHEDULED and number is not None:
        lines[name] = OnManifest(name, number, str(event.body.get("route", "")), listed=at)
    elif event.kind == K.DEPARTED and number is not None:
        known = lines.get(name, OnManifest(name, number))
        lines[name] = replace(known, line=number, boarded=at)
        return name
    elif event.kind == K.HANDED_OVER and flight:
        lines[flight] = replace(lines[flight], arrived=at, arrived_line=number)
    elif event.kind == K.RECEPTION_REFUSED and flight:
        lines[flight] = replace(lines[flight], refused=at)
    return flight


def _docket(events: Sequence[Event]) -> tuple[str, str]:
    for event in reversed(events):
        if event.kind == K.PROPOSED:
            return str(event.body.get("case", "")), str(event.body.get("docket", ""))
    return "", ""


def _screening(events: Sequence[Event]) -> Screening | None:
    last = next((one for one in reversed(events) if one.kind == K.SCREENED), None)
    if last is None:
        return None

    def names(key: str) -> tuple[str, ...]:
        found = last.body.get(key)
        return tuple(str(one) for one in found) if isinstance(found, list) else ()

    until = last.body.get("valid_until")
    return Screening(
        str(last.body.get("outcome", "")),
        names("not_met"),
        names("not_established"),
        instant(until) if isinstance(until, str) else None,
    )


def _waits(state: State, events: Sequence[Event], last: Interval | None) -> Waits:
    lodged = [one.occurred_at for one in events if one.id in state.objections]
    return Waits(
        cell=last.start if last is not None and not last.cell else None,
        back=_back(state, events),
        answer=min(lodged, default=None),
    )


def _back(state: State, events: Sequence[Event]) -> datetime | None:
    if state.custody is not Custody.ABSENT:
        return None
    last = next(one for one in reversed(events) if one.kind == K.ABSENCE_STARTED)
    planned = last.body.get("planned_end")
    try:
        return instant(str(planned))
    except HabeasError:  # not an instant: nothing says until when
        return None


def silent(under: Rules | None) -> frozenset[str]:
    """The kinds of event that leave a survey as it was, but for its last three fields.

    Nobody is elsewhere, and nothing is owed, because a person was counted where they are.

    Args:
        under: the rules of duties; a kind that they name is not silent.
    """
    asked = under.asked if under else ()
    return frozenset({K.COUNTED}).difference(*(one.from_ for one in asked),
                                             *(one.answered_by for one in asked))  # fmt: skip


def touched(store: Store, start: int, silent: frozenset[str] = frozenset()) -> dict[str, list[Row]]:
    """The persons of whom anything was recorded, or erased, from an index on, in that order.

    Returns:
        By person what was recorded, where all of it is of silent kinds; nothing for anybody else.
    """
    found = dict[str, list[Row]]()
    for row in store.rows(start):
        if row.subject is None:
            found |= {name: [] for name in erasures.subjects(store, row)}
        elif row.kind not in silent:
            found[row.subject] = []
        elif row.subject not in found:
            found[row.subject] = [row]
        elif found[row.subject]:
            found[row.subject].append(row)
    return found


def last_told(shelf: Shelf, found: Recorded) -> dict[str, datetime]:
    """By person when the last of some events happened; nobody whose content cannot be opened."""
    records = shelf.vault.records(rows[-1] for rows in found.values())
    events = (quick.event(record.body, record.index) for record in records)
    return {str(one.subject): one.occurred_at for one in events}


def surveys(
    shelf: Shelf, ground: Ground, subjects: Sequence[str], under: Rules | None = None
) -> Iterator[tuple[str, Survey | None]]:
    """Each of some persons; None for one whose content can no longer be opened."""
    for subject in subjects:
        try:
            events = of_person(shelf, subject)
        except HabeasError:  # erased, or its keys lost: nothing of the person may be shown
            yield subject, None
            continue
        yield subject, survey(events, ground, under) if events else None


def side_of(ground: Ground, authority: str) -> Side | None:
    """The state for which an authority acts; None for one of neither."""
    return ground.terms.sides.get(authority)


def kinds(store: Store, indexes: Sequence[int]) -> dict[int, str]:
    """The kind of each event by its index, which lies in the clear; unknown indexes left out."""
    found = (row for index in indexes for row in store.rows(index, index + 1))
    return {row.index: row.kind for row in found}

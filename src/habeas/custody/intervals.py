"""THE definition of held: one person's events to half-open intervals [start, end).

Every number about a person's stay passes through here. The workflow's table is asked on the way,
so that an impossible order never becomes an interval. Pieces of no length are left out; touching
pieces of one place and status are one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from habeas.register.events import Event
from habeas.terms import Custody, EventKind, Side, Status
from habeas.transfer.machine import effective, step
from habeas.transfer.state import State, Terms

KEPT = {Custody.HELD: Status.HELD, Custody.IN_TRANSIT: Status.IN_TRANSIT}
ABSENCES = {"hospital": Status.HOSPITAL, "court": Status.COURT}
TOUCHING = frozenset(
    {
        EventKind.OPENED,
        EventKind.DEPARTED,
        EventKind.HANDED_OVER,
        EventKind.RECEPTION_REFUSED,
        EventKind.PLACED,
        EventKind.MOVED,
        EventKind.ABSENCE_STARTED,
        EventKind.ABSENCE_ENDED,
        EventKind.ESCAPED,
        EventKind.RECAPTURED,
        EventKind.RELEASED,
        EventKind.DIED,
    }
)


@dataclass(frozen=True, slots=True)
class Interval:
    """One stay of one person in one place under one custodian."""

    subject: str
    agreement: str
    custodian: Side
    facility: str
    cell: str  # empty before a cell is given
    status: Status
    start: datetime  # UTC, inclusive
    end: datetime | None  # UTC, exclusive; None while it lasts
    stay: int  # counts the person's unbroken custody under one custodian, from 0
    reason_out: str  # kind of the event that ended it; empty while it lasts
    event_in: int  # register indexes of the events at both ends; -1 while it lasts
    event_out: int


@dataclass(slots=True)
class _Open:
    state: State
    subject: str = ""
    agreement: str = ""
    facility: str = ""
    cell: str = ""
    status: Status = Status.HELD
    stay: int = -1
    start: datetime | None = None
    index: int = -1


def _status(state: State, event: Event) -> Status | None:
    if state.custody is Custody.ABSENT:
        return ABSENCES.get(str(event.body.get("kind")), Status.ABSENT)
    return KEPT.get(state.custody)


def intervals(events: Iterable[Event], terms: Terms) -> list[Interval]:
    """Fold one person's events into the intervals in which a state held them.

    Args:
        events: one person's under one agreement, in register order.
        terms: what the agreement fixes for this pair of states.

    Returns:
        Intervals in order, never overlapping; at most the last has no end.

    Raises:
        ImpossibleEvent: H601 to H615, when an event cannot follow the one before it.
    """
    now, found = _Open(State()), list[Interval]()
    for event in effective(events, terms):
        before = now.state
        now.state = step(before, event, terms)
        if event.kind not in TOUCHING:
            continue
        if now.start is not None and now.start < event.occurred_at:
            found.append(_piece(now, before, event.occurred_at, event.kind, event.index))
        _enter(now, before, event)
    if now.start is not None:
        found.append(_piece(now, now.state, None, "", -1))
    return _joined(found)


def _piece(now: _Open, before: State, end: datetime | None, reason: str, index: int) -> Interval:
    assert before.custodian is not None  # noqa: S101 - a piece opens only under a custodian
    assert now.start is not None  # noqa: S101 - asked by both callers
    return Interval(
        now.subject,
        now.agreement,
        before.custodian,
        now.facility,
        now.cell,
        now.status,
        now.start,
        end,
        now.stay,
        reason,
        now.index,
        index,
    )


def _enter(now: _Open, before: State, event: Event) -> None:
    status = _status(now.state, event)
    if status is None:
        now.start = None
        return
    if before.custodian is not now.state.custodian or now.start is None:
        now.stay += 1
    if event.facility:
        now.facility = event.facility
    if event.kind not in {EventKind.ABSENCE_STARTED, EventKind.ABSENCE_ENDED}:
        cell = event.body.get("cell")
        now.cell = cell if isinstance(cell, str) else ""
    now.subject, now.agreement = event.subject or "", event.agreement
    now.status, now.start, now.index = status, event.occurred_at, event.index


def _joined(pieces: Sequence[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and last.end == piece.start and _key(last) == _key(piece):
            found[-1] = replace(
                last, end=piece.end, reason_out=piece.reason_out, event_out=piece.event_out
            )
        else:
            found.append(piece)
    return found


def _key(one: Interval) -> tuple[object, ...]:
    return one.custodian, one.facility, one.cell, one.status, one.stay


def by_person(events: Iterable[Event]) -> Mapping[tuple[str, str], list[Event]]:
    """Events grouped by person and agreement, each in register order; key events are left out."""
    found: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.subject is not None:
            found.setdefault((event.subject, event.agreement), []).append(event)
    return found

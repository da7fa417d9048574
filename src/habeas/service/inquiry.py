"""The writ: where a person is held and by what right, answered out of the register itself.

An answer is computed, never composed: whoever signs it signs what the register says, or signs a
contradiction that `contradictions` names from then on. What ICPPED art. 18(1) lists and no event
records is told as *not established*, not left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from habeas.custody.intervals import Interval
from habeas.errors import Fault, SetupError
from habeas.register.events import Event
from habeas.service import NOT_REVIEWED
from habeas.service.hold import Read, Register, concerned, of_events, standing
from habeas.service.transfer import Ground
from habeas.terms import DutyState, EventKind, Status

K = EventKind
Document = dict[str, Any]  # Any: a document for a face
UNKNOWN = "not established"
# Events whose signer has seen the person; nothing that is signed at a desk is among them.
SEEN = frozenset(
    {
        K.OPENED, K.DEPARTED, K.HANDED_OVER, K.RECEPTION_REFUSED, K.PLACED, K.MOVED, K.COUNTED,
        K.ABSENCE_STARTED, K.ABSENCE_ENDED, K.RECAPTURED, K.RELEASED, K.DIED, K.VISIT_MADE,
    }
)  # fmt: skip
ENDS = {K.RELEASED: "released", K.DIED: "died", K.ESCAPED: "escaped"}
ROOT = 2  # line of a checkpoint's note
COMPARED = ("status", "facility", "custodian")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An answer, or what a visitor found, that the register does not bear out."""

    index: int  # of the event that says so
    event: str
    subject: str
    signed_by: str
    what: str  # which word of it
    says: str
    register_says: str
    at: datetime  # UTC: as of when

    def row(self) -> dict[str, str]:
        """As a row of text."""
        return {
            "register_number": self.subject,
            "index": str(self.index),
            "event": self.event,
            "signed_by": self.signed_by,
            "as_of": self.at.isoformat(),
            "what": self.what,
            "says": self.says,
            "register_says": self.register_says,
        }


def answer(found: Register, events: Sequence[Event], subject: str, at: datetime) -> Document:
    """What the register says of a person at an instant, for an `inquiry.answered` to carry.

    Args:
        found: the register's agreement and intervals.
        events: its events that can be read, in register order, corrections in place.
        subject: the register number.
        at: as of when, UTC.

    Raises:
        SetupError: H749, for somebody who was not on the register then.
    """
    mine = [one for one in events if one.subject == subject and one.occurred_at <= at]
    if not mine:
        what = "nobody of that register number was on the register at that instant"
        raise SetupError(Fault("H749", what, "Take the number from `habeas custody roll`."))
    stay = _stay(found.held.intervals, subject, at)
    last = _last(mine, SEEN)
    until, end = found.held.release_dates.get(subject), _end(mine)
    told: Document = {
        "as_of": at.isoformat(),
        "status": _status(mine, stay),
        "custodian": stay.custodian.value if stay else UNKNOWN,
        "facility": (stay.facility or UNKNOWN) if stay else UNKNOWN,
        "since": stay.start.isoformat() if stay else UNKNOWN,
        "basis": _basis(found, mine),
        "basis_until": until.isoformat() if until else UNKNOWN,
        "last_seen": _seen(last),
        "proof": _proof(found, last),
        "review": NOT_REVIEWED,
    }
    return told | ({"end": end} if end else {})


def reply(
    events: Sequence[Event], ground: Ground, checkpoint: str, size: int, at: datetime
) -> Document:
    """The same out of one person's events, for whoever answers about that person alone.

    Args:
        events: the person's, in register order.
        ground: the agreement, and what it fixes.
        checkpoint: the register's latest, as a note; empty before the first.
        size: the leaves of the register.
        at: as of when, UTC.

    Raises:
        SetupError: H749, for somebody who was not on the register then.
    """
    held = replace(of_events(events, ground.terms, ground.deal.calendar), size=size)
    found = Register(ground.deal, held, checkpoint)
    return answer(found, standing(events, ground.terms), str(events[0].subject), at)


def _proof(found: Register, last: Event | None) -> Document:
    """The entry that shows it, and the checkpoint under which it stands; an event holds no line."""
    told: Document = {"register_size": found.held.size}
    lines = found.checkpoint.split("\n")
    if len(lines) > ROOT:
        told |= {"origin": lines[0], "size": int(lines[1]), "root": lines[ROOT]}
    return told | ({"entry": last.index, "event": last.id} if last else {})


def _stay(intervals: Iterable[Interval], subject: str, at: datetime) -> Interval | None:
    here = [
        one
        for one in intervals
        if one.subject == subject and one.start <= at and (one.end is None or one.end > at)
    ]
    return here[-1] if here else None


def _last(events: Iterable[Event], kinds: Iterable[EventKind]) -> Event | None:
    wanted = frozenset(kinds)
    found = [one for one in events if one.kind in wanted]
    return max(found, key=lambda one: (one.occurred_at, one.index), default=None)


def _status(events: Sequence[Event], stay: Interval | None) -> str:
    """The status of the stay; where none lasts, how the last one ended."""
    if stay is not None:
        return stay.status.value
    last = _last(events, ENDS)
    return UNKNOWN if last is None else ENDS[EventKind(last.kind)]


def _signers(event: Event) -> list[str]:
    return [f"{one.authority}/{one.role}" for one in event.actors]


def _seen(event: Event | None) -> Document | str:
    if event is None:
        return UNKNOWN
    return {"at": event.occurred_at.isoformat(), "by": _signers(event), "kind": event.kind}


def _said(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    return str(value) if value else UNKNOWN


def _basis(found: Register, events: Sequence[Event]) -> Document:
    """The order on which custody rests, and the decision of a transfer where there was one."""
    opened, authorised = _last(events, {K.OPENED}), _last(events, {K.AUTHORISED})
    told: Document = {
        "agreement": found.deal.id,
        "order": _said(opened.body, "order") if opened else UNKNOWN,
        "ordered_by": _said(opened.body, "ordered_by") if opened else UNKNOWN,
    }
    if authorised is not None:
        told["transfer"] = {
            "authorised": authorised.occurred_at.isoformat(),
            "by": _signers(authorised),
            "event": authorised.id,
        }
    return told


def _end(events: Sequence[Event]) -> Document | None:
    """When and where custody ended, and of the dead where the body is; None while it lasts."""
    last = _last(events, ENDS)
    back = _last(events, {K.RECAPTURED})
    if last is None or (back is not None and back.occurred_at >= last.occurred_at):
        return None
    told: Document = {"how": ENDS[EventKind(last.kind)], "at": last.occurred_at.isoformat()}
    for name in ("place", "body_at", "ground"):
        if last.body.get(name):
            told[name] = _said(last.body, name)
    return told


def sums(
    counts: Mapping[str, int], without_log_in: Mapping[str, int], at: datetime
) -> dict[str, int]:
    """How inquiries stand, all together: of a court, of counsel and through a token alike.

    Args:
        counts: of the duty to answer, by how it stands.
        without_log_in: by day, what was asked by strangers, held or not; not all are inquiries.
        at: as of when, UTC.
    """
    met, late = counts.get(DutyState.MET, 0), counts.get(DutyState.MET_LATE, 0)
    silent = counts.get(DutyState.OVERDUE, 0)
    day = at.date().isoformat()
    return {
        "received": sum(counts.values()),
        "answered_in_time": met,
        "answered_late": late,
        "silent": silent,
        "running": sum(counts.values()) - met - late - silent,
        "asked_without_log_in": sum(one for on, one in without_log_in.items() if on <= day),
    }


def contradictions(found: Register, events: Sequence[Event]) -> list[Contradiction]:
    """Every signed answer and visit that the register does not bear out, in register order.

    A visitor who states `seen: false` of somebody whom the register has in that facility then is
    a contradiction too: one of the two is wrong, and both stay signed and dated.
    """
    told = list[Contradiction]()
    for event in events:
        if event.kind == K.INQUIRY_ANSWERED and event.subject:
            told += _of_answer(found, events, event)
        elif event.kind == K.VISIT_MADE and event.subject and event.body.get("seen") is False:
            told += _of_visit(found, event)
    return told


def known(read: Read, at: datetime, facility: str | None = None) -> list[Contradiction]:
    """Those as of an instant; of whom a facility held then, where it is named."""
    here = concerned(read.found.held, facility, at)
    told = contradictions(read.found, read.events)
    return [one for one in told if one.at <= at and here(one.subject)]


def _of_answer(found: Register, events: Sequence[Event], event: Event) -> list[Contradiction]:
    at = _instant(event)
    truth = answer(found, events, str(event.subject), at)
    return [
        _contradiction(event, name, str(event.body[name]), truth[name], at)
        for name in COMPARED
        if name in event.body and event.body[name] != truth[name]
    ]


def _of_visit(found: Register, event: Event) -> list[Contradiction]:
    stay = _stay(found.held.intervals, str(event.subject), event.occurred_at)
    there = event.facility or _said(event.body, "facility")
    if stay is None or stay.status is not Status.HELD or stay.facility != there:
        return []
    return [_contradiction(event, "seen", "not seen", f"held in {there}", event.occurred_at)]


def _instant(event: Event) -> datetime:
    """As of when an answer speaks: its own word, else when it was signed."""
    said = event.body.get("as_of")
    try:
        found = datetime.fromisoformat(said) if isinstance(said, str) else event.occurred_at
    except ValueError:
        return event.occurred_at
    return found if found.tzinfo is not None else event.occurred_at


def _contradiction(
    event: Event, what: str, says: str, register_says: str, at: datetime
) -> Contradiction:
    signer = ", ".join(_signers(event))
    subject = str(event.subject)
    return Contradiction(event.index, event.id, subject, signer, what, says, register_says, at)

"""Draft the body of an event: what somebody states, and where the person's custody stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from habeas.register.events import Actor, Body, Event, Json
from habeas.terms import EventKind

Headed = tuple[int, str] | None  # a person's latest custody number, and the base64 of its entry


@dataclass(frozen=True, slots=True)
class Stated:
    """What the drafter states of an event; the rest follows from the register."""

    id: str  # a ULID, drawn by the drafter
    kind: str
    agreement: str
    subject: str
    at: str  # RFC 3339 with offset
    actors: Sequence[Actor]  # who must sign; the first is whoever drafts
    body: Mapping[str, Json]
    facility: str | None = None
    corrects: str | None = None
    sections: Sequence[tuple[str, str]] = ()  # name and base64 digest


def body(stated: Stated, head: Headed, *, moves_custody: bool) -> Body:
    """The body of an event as its actors will sign it.

    Args:
        stated: what the drafter states.
        head: the person's; None before the first custody event.
        moves_custody: whether the event gets the person's next custody number.
    """
    found: Body = {
        "v": 1,
        "id": stated.id,
        "type": stated.kind,
        "agreement": stated.agreement,
        "subject": stated.subject,
        "occurred_at": stated.at,
        "time_basis": "observed" if stated.corrects is None else "corrected",
        "actors": [
            {"authority": one.authority, "role": one.role, "key": one.key} for one in stated.actors
        ],
        "body": dict(stated.body),
    }
    if stated.facility:
        found["facility"] = stated.facility
    if stated.corrects:
        found["corrects"] = stated.corrects
    if stated.sections:
        found["sections"] = [{"name": name, "digest": value} for name, value in stated.sections]
    return found | _place(head, moves_custody=moves_custody)


def _place(head: Headed, *, moves_custody: bool) -> Body:
    if not moves_custody:
        return {} if head is None else {"head": head[1]}
    return {"seq": 0} if head is None else {"seq": head[0] + 1, "prev": head[1]}


def moves_custody(kind: str, corrects: str | None, known: Iterable[Event]) -> bool:
    """Whether an event is of the class custody; a correction is of that of what it corrects.

    Args:
        kind: of the event.
        corrects: the id of the event that it corrects.
        known: the person's events.
    """
    if kind != EventKind.CORRECTION:
        return kind.startswith("custody.")
    return any(one.id == corrects and one.seq is not None for one in known)

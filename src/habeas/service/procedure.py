"""How far a case has come: each step of the procedure, with the event of the register that it is.

Out of a person's events alone, so that it says the same wherever they are. A step of an earlier
proposal is no step of this one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from habeas.register.events import Event
from habeas.service import today
from habeas.service.today import Next
from habeas.service.transfer import Ground
from habeas.terms import Custody, Deed, EventKind, Stage
from habeas.transfer.machine import effective
from habeas.transfer.state import State

K = EventKind
DOCUMENTS = frozenset(
    {
        "order", "proof_of_service", "hearing_record", "document", "space_check", "fit_to_travel",
        "permission", "ground",
    }
)  # fmt: skip
DIGEST = 64  # hexadecimal digits


@unique
class Standing(StrEnum):
    """How one step stands."""

    DONE = "done"
    NOW = "now"
    NOT_YET = "not yet"
    NOT_ASKED = "not asked"  # the agreement, or this case, asks for no such step


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure; `at` and `index` are None where it has not been taken."""

    kind: EventKind
    standing: Standing
    at: datetime | None = None  # UTC
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A court's stay in force, or an objection without an answer."""

    id: str  # the order's digest; the objection's event
    at: datetime  # UTC
    index: int
    authority: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """A case on its way."""

    steps: tuple[Step, ...]
    stays: tuple[Open, ...]
    objections: tuple[Open, ...]


STEPS = (
    (K.PROPOSED, Deed.PROPOSE),
    (K.SCREENED, Deed.SCREEN),
    (K.NOTIFIED, Deed.NOTIFY),
    (K.CONSENT_VERIFIED, Deed.VERIFY_CONSENT),
    (K.OBJECTION_ANSWERED, Deed.ANSWER_OBJECTION),
    (K.AUTHORISED, Deed.AUTHORISE),
    (K.ACCEPTED, Deed.ACCEPT),
    (K.SCHEDULED, Deed.SCHEDULE),
    (K.DEPARTED, Deed.DEPART),
    (K.HANDED_OVER, Deed.HAND_OVER),
)


def course(
    events: Sequence[Event], state: State, found: Next, ground: Ground, instant: datetime
) -> Course:
    """How far a case has come.

    Args:
        events: one person's, in register order.
        state: the fold over them.
        found: what the case waits for, by its events alone.
        ground: the agreement.
        instant: UTC; a screening that has lapsed by then is asked anew.
    """
    standing = effective(events, ground.terms)
    asked = today.as_of(found, state.stage, state.eligible_until, instant)
    deed = found.deed if asked is None else asked.deed
    return Course(
        tuple(_step(kind, one, deed, standing, state, ground) for kind, one in STEPS),
        tuple(stays(standing, state)),
        tuple(objections(standing, state)),
    )


def _step(
    kind: EventKind,
    deed: Deed,
    asked: Deed | None,
    events: Sequence[Event],
    state: State,
    ground: Ground,
) -> Step:
    last = _last(events, kind)
    ended = state.stage is Stage.ENDED
    waits = deed is asked and not ended
    if kind is K.CONSENT_VERIFIED and not ground.terms.consent_required:
        return Step(kind, Standing.NOT_ASKED)
    if kind is K.OBJECTION_ANSWERED and not waits and last is None:
        return Step(kind, Standing.NOT_ASKED)
    if waits or (kind is K.HANDED_OVER and state.custody is Custody.IN_TRANSIT):
        return Step(kind, Standing.NOW)
    if last is None:
        return Step(kind, Standing.NOT_YET)
    return Step(kind, Standing.DONE, last.occurred_at, last.index)


def _last(events: Sequence[Event], kind: EventKind) -> Event | None:
    """The last event of a kind in the course of the last proposal."""
    for event in reversed(events):
        if event.kind == kind:
            return event
        if event.kind == K.PROPOSED:
            return None
    return None


def stays(events: Iterable[Event], state: State) -> list[Open]:
    """The stays in force, oldest first; events as corrected."""
    found = {
        str(event.body.get("order")): event
        for event in events
        if event.kind == K.STAY_ORDERED and str(event.body.get("order")) in state.stays
    }
    return [
        Open(order, one.occurred_at, one.index, _authority(one), str(one.body.get("scope", "")))
        for order, one in found.items()
    ]


def objections(events: Iterable[Event], state: State) -> list[Open]:
    """The objections without an answer, oldest first; events as corrected."""
    return [
        Open(one.id, one.occurred_at, one.index, _authority(one))
        for one in events
        if one.kind == K.OBJECTION_LODGED and one.id in state.objections
    ]


def decision(events: Sequence[Event]) -> str:
    """The id of the last screening's decision; empty where there is none."""
    last = next((one for one in reversed(events) if one.kind == K.SCREENED), None)
    return "" if last is None else str(last.body.get("decision", ""))


def documents(events: Iterable[Event]) -> frozenset[str]:
    """The digests of the documents that a person's events name."""
    named = (one.body.get(key) for one in events for key in DOCUMENTS)
    return frozenset(one for one in named if isinstance(one, str) and len(one) == DIGEST)


def _authority(event: Event) -> str:
    return event.actors[0].authority if event.actors else ""

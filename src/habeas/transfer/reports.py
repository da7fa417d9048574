"""What a report must name of what went before: asked of whoever appends, never of what stands.

An answer names what it answers, an addendum what it adds to, a finding its visit: events of the
same person, of the kind that they are said to be. A report that stood before these questions were
asked stays readable, and what comes late is late, never refused. Source: docs/spec/event.md.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from habeas.errors import Fault, RegisterError
from habeas.register.events import Event, Json, instant
from habeas.terms import EventKind, Role, Side
from habeas.transfer.machine import impossible
from habeas.transfer.refusals import refused
from habeas.transfer.state import Terms

K = EventKind
VISIT = frozenset({K.VISIT_MADE, K.VISIT_BLOCKED})
# kind: the key of its body that names an event, and of which kinds that must be; none: of any
NAMES: Mapping[str, tuple[str, frozenset[EventKind]]] = {
    K.INQUIRY_ANSWERED: ("inquiry", frozenset({K.INQUIRY_MADE})),
    K.COMPLAINT_ANSWERED: ("complaint", frozenset({K.COMPLAINT_MADE})),
    K.INCIDENT_REPORTED: ("adds_to", frozenset({K.INCIDENT_REPORTED})),
    K.FINDING_MADE: ("visit", VISIT),
    K.FINDING_ANSWERED: ("finding", frozenset({K.FINDING_MADE})),
    K.SEGREGATION_ENDED: ("segregation", frozenset({K.SEGREGATION_STARTED})),
    K.DUTY_MET: ("event", frozenset()),
}
NEVER_CORRECTED = frozenset({K.INCIDENT_REPORTED, K.COMPLAINT_MADE})
WEST = timedelta(hours=12)  # how far the last civil day on earth is behind


def hindrance(before: Sequence[Event], event: Event, terms: Terms) -> Fault | None:
    """Why a report may not be appended after a person's events; None: it may.

    Args:
        before: the same person's events in register order.
        event: what is to be appended.
        terms: of the agreement.
    """
    known = {one.id: one for one in before}
    if event.kind == K.CORRECTION:
        target = known.get(event.corrects or "")
        if target is not None and target.kind in NEVER_CORRECTED:
            return refused(f"H629.{target.kind.partition('.')[0]}", kind=target.kind)
        return None
    return (
        _mandate(event, terms)
        or _named(known, event)
        or _answer(known, event, terms)
        or _finding(known, event)
    )


def check(before: Sequence[Event], event: Event, terms: Terms) -> None:
    """Refuse a report that may not be appended after a person's events.

    Raises:
        ImpossibleEvent: H623 to H629.
    """
    fault = hindrance(before, event, terms)
    if fault is not None:
        raise impossible(fault, event)


def _named(known: Mapping[str, Event], event: Event) -> Fault | None:
    key, kinds = NAMES.get(event.kind, ("", frozenset[EventKind]()))
    name = event.body.get(key)
    if not key or name is None:
        return None
    found = known.get(name) if isinstance(name, str) else None
    if found is not None and (not kinds or found.kind in kinds):
        return None
    return refused("H623", kind=event.kind, key=key)


def _mandate(event: Event, terms: Terms) -> Fault | None:
    for actor in event.actors:
        if actor.role != Role.MONITOR or actor.authority not in terms.mandates:
            continue
        start, end = terms.mandates[actor.authority]
        begun = start is None or event.occurred_at >= start
        if not begun or (end is not None and event.occurred_at >= end):
            return refused("H625", authority=actor.authority)
    return None


def _answer(known: Mapping[str, Event], event: Event, terms: Terms) -> Fault | None:
    if event.kind != K.FINDING_ANSWERED:
        return None
    finding = known.get(str(event.body.get("finding")))
    side = None if finding is None else addressed(finding.body)
    others = [one for one in event.actors if terms.sides.get(one.authority) is not side]
    return refused("H624", side=side) if side is not None and others else None


def _finding(known: Mapping[str, Event], event: Event) -> Fault | None:
    if event.kind != K.FINDING_MADE:
        return None
    if not (event.body.get("finding") or event.body.get("document")):
        return refused("H626.says")
    if addressed(event.body) is None:
        return refused("H626.addressed")
    visit = known.get(str(event.body.get("visit")))
    if visit is None or _signers(visit) != _signers(event):
        return refused("H628")
    return _reply(event)


def _signers(event: Event) -> set[str]:
    return {one.authority for one in event.actors}


def _reply(event: Event) -> Fault | None:
    if event.body.get("reply_by") is None:
        return None
    by = reply_by(event.body)
    if by is None:
        return refused("H627.form")
    if isinstance(by, datetime):
        early = by <= event.occurred_at
    else:
        early = by < (event.occurred_at - WEST).date()
    return refused("H627.early") if early else None


def addressed(body: Mapping[str, Json]) -> Side | None:
    """The state to which a finding is addressed; None where it does not say."""
    said = body.get("addressed_to")
    return Side(said) if isinstance(said, str) and said in set(Side) else None


def reply_by(body: Mapping[str, Json]) -> date | None:
    """Until when a finding asks for a reply: a civil day, or an instant in UTC; None: not said."""
    said = body.get("reply_by")
    if not isinstance(said, str):
        return None
    try:
        return instant(said) if "T" in said else date.fromisoformat(said)
    except (ValueError, RegisterError):
        return None

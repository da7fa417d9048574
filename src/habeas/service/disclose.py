"""What of a person's event may be shown to whom: one table, and nothing that it does not name.

The table is `library/disclosure.toml`. A reader whom no row names is shown nothing at all; a
section that the table does not declare is shown to nobody, and not counted either.

A complaint is confidential unless it says `confidential: false`, and so is what answers or corrects
it, before the answer and after it. Whoever no row names for that is answered as if no such event
were there: neither its header nor a place left free for it. What somebody signed they may see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from habeas.law.records import Disclosures
from habeas.register.events import Event
from habeas.terms import EventKind

K = EventKind
HEADER, BODY, SECTION, CONFIDENTIAL = "header", "body", "section", "confidential"
COMPLAINTS = frozenset({K.COMPLAINT_MADE, K.COMPLAINT_ANSWERED})
# Kinds that may be confidential: none of them moves anything.
MAY_BE = COMPLAINTS | {K.DUTY_MET, K.CORRECTION}


def permissions(table: Disclosures, reader: str) -> dict[str, tuple[str, ...]]:
    """The parts that a reader may read, each with the rows of the table that let them.

    Args:
        table: of the library.
        reader: a role of events, or a relation to the person; any other word reads nothing.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, row in table.rows.items():
        if row.part in table.parts and reader in {*row.roles, *row.relations}:
            found[row.part] = (*found.get(row.part, ()), name)
    return found


@dataclass(frozen=True, slots=True)
class May:
    """What one reader may read of any person's event."""

    header: bool
    body: bool
    sections: frozenset[str]
    confidential: bool = False  # also of what the custodian may not know of


def may(table: Disclosures, reader: str) -> May:
    """What a reader may read, whatever the event is."""
    parts = {(table.parts[name].kind, name) for name in permissions(table, reader)}
    kinds = {kind for kind, _ in parts}
    sections = frozenset(name for kind, name in parts if kind == SECTION)
    return May(HEADER in kinds, BODY in kinds, sections, CONFIDENTIAL in kinds)


def confidential(events: Iterable[Event]) -> frozenset[str]:
    """The ids of one person's events that are confidential.

    Args:
        events: one person's, in register order.
    """
    told, open_ = set[str](), set[str]()
    for event in events:
        body = event.body
        if event.kind == K.COMPLAINT_MADE:
            (open_ if body.get("confidential") is False else told).add(event.id)
        elif event.kind == K.COMPLAINT_ANSWERED and body.get("complaint") not in open_:
            told.add(event.id)  # of a complaint that is not there too: unknown is never yes
        elif (event.kind == K.DUTY_MET and body.get("event") in told) or event.corrects in told:
            told.add(event.id)
    return frozenset(told)


def withheld(
    table: Disclosures, events: Sequence[Event], authority: str, role: str
) -> frozenset[str]:
    """The ids of one person's events of which a reader is told nothing.

    Args:
        table: of the library.
        events: one person's, in register order.
        authority: the reader's.
        role: in which they read.
    """
    if may(table, role).confidential:
        return frozenset()
    hidden = confidential(events)
    own = {
        one.id
        for one in events
        if any((by.authority, by.role) == (authority, role) for by in one.actors)
    }
    return hidden - own


def shown(table: Disclosures, events: Sequence[Event], authority: str, role: str) -> list[Event]:
    """One person's events without those of which a reader is told nothing."""
    hidden = withheld(table, events, authority, role)
    return [one for one in events if one.id not in hidden]


def header(event: Event) -> dict[str, object]:
    """Who is held, by which kind of event, where and when, and which authorities signed."""
    return {
        "id": event.id,
        "type": event.kind,
        "agreement": event.agreement,
        "subject": event.subject,
        "seq": event.seq,
        "facility": event.facility,
        "occurred_at": event.occurred_at.isoformat(),
        "time_basis": event.time_basis,
        "actors": [{"authority": one.authority, "role": one.role} for one in event.actors],
        "corrects": event.corrects,
    }

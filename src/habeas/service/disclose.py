"""What of a person's event may be shown to whom: one table, and nothing that it does not name.

The table is `library/disclosure.toml`. A reader whom no row names is shown nothing at all; a
section that the table does not declare is shown to nobody, and not counted either.
"""

from dataclasses import dataclass

from habeas.law.records import Disclosures
from habeas.register.events import Event

HEADER, BODY, SECTION = "header", "body", "section"


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


def may(table: Disclosures, reader: str) -> May:
    """What a reader may read, whatever the event is."""
    parts = {(table.parts[name].kind, name) for name in permissions(table, reader)}
    kinds = {kind for kind, _ in parts}
    sections = frozenset(name for kind, name in parts if kind == SECTION)
    return May(HEADER in kinds, BODY in kinds, sections)


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

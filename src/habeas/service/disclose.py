"""What of a person's event may be shown to whom: one table, and nothing that it does not name.

The table is `library/disclosure.toml`. A reader whom no row names is shown nothing at all; a
section that the table does not declare is shown to nobody, and not counted either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from habeas.law.records import Disclosures
from habeas.register.events import Event, Json
from habeas.register.sealed import Section

HEADER, BODY, SECTION = "header", "body", "section"


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What may be shown of one event; what is empty may not, or is not there."""

    header: Mapping[str, object]
    body: Mapping[str, Json]
    sections: Mapping[str, bytes]


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


def disclosed(
    event: Event, sections: Iterable[Section], reader: str, table: Disclosures
) -> Disclosed:
    """What of an event and its sections may be shown to a reader."""
    may = {
        (table.parts[part].kind, part if table.parts[part].kind == SECTION else "")
        for part in permissions(table, reader)
    }
    return Disclosed(
        _header(event) if (HEADER, "") in may else {},
        dict(event.body) if (BODY, "") in may else {},
        {one.name: one.data for one in sections if (SECTION, one.name) in may},
    )


def _header(event: Event) -> dict[str, object]:
    return {
        "id": event.id,
        "type": event.kind,
        "agreement": event.agreement,
        "subject": event.subject,
        "seq": event.seq,
        "facility": event.facility,
        "occurred_at": event.occurred_at.isoformat(),
        "time_basis": event.time_basis,
        "signed_by": [(actor.authority, actor.role) for actor in event.actors],
        "corrects": event.corrects,
    }

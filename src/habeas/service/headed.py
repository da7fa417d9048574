"""An event as a reader is told it: whole, or its header alone; and a section that is its own."""

import base64
from collections.abc import Mapping, Sequence

from habeas.errors import Fault, RegisterError
from habeas.register import events
from habeas.register.events import Record, Row
from habeas.register.sealed import Section
from habeas.service import disclose


def told(found: Record) -> dict[str, object]:
    """The whole event."""
    entry = base64.b64encode(found.entry).decode()
    return {"index": found.index, "entry": entry, "body": found.body.decode()}


def headed(found: Record) -> dict[str, object]:
    """Where it stands, and its header."""
    entry = base64.b64encode(found.entry).decode()
    return {"index": found.index, "entry": entry, "header": header(found)}


def header(found: Record) -> Mapping[str, object]:
    """Its header, which more roles may read than its body."""
    return disclose.header(events.event(events.parse(found.body), found.index))


def of_persons(rows: Sequence[Row]) -> bool:
    """Whether any of some rows is about a person."""
    return any(row.subject is not None for row in rows)


def named(section: Section, record: Record) -> None:
    """Refuse a section that is not the one its event names: a store may hold any.

    Raises:
        RegisterError: H591.
    """
    digest = base64.b64encode(section.digest).decode()
    if (section.name, digest) not in events.event(events.parse(record.body)).sections:
        what = "the section is not the one that its event names"
        raise RegisterError(Fault("H591", what, "Verify the register, and restore it."))

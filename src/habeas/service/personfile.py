"""A person's record as a reader was handed it, and what follows from it.

Everything is computed from what the gateway gave out, so that nothing is told of a person that was
not recorded as read. A reader who was given headers alone gets no clocks and no legal basis: None
then means "not shown", which is not the same as "not recorded".
"""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from habeas.custody.intervals import Interval
from habeas.law.library import Library
from habeas.register import events, quick, receipt
from habeas.register.events import Event, Json
from habeas.service import clocks, disclose, hold
from habeas.service.asking import Found
from habeas.service.clocks import Known
from habeas.service.transfer import Ground
from habeas.terms import EventKind, Role

K = EventKind
FORMAT = "habeas-record/1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it was shown."""

    index: int
    id: str
    kind: str
    at: datetime  # UTC
    time_basis: str
    signed: tuple[tuple[str, str], ...]  # authority and role of everyone who signed
    facility: str  # empty where the event names none
    body: Mapping[str, Json] | None  # None: what it says was not shown
    sections: tuple[str, ...] = ()  # names of detail that is kept apart
    corrects: int | None = None  # index of what it takes the place of
    corrected_by: int | None = None  # index of the last correction of it


@dataclass(frozen=True, slots=True)
class Basis:
    """By what right somebody is held, as far as events say it; None: none of them does."""

    opened: Entry | None
    ordered_by: str  # the authority that ordered custody; empty where nobody said
    authorised: Entry | None  # the last authorisation of a transfer that was not withdrawn
    accepted: Entry | None  # by the other state, after it


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Everything that a reader was shown of one person."""

    subject: str
    entries: tuple[Entry, ...]  # in register order
    basis: Basis | None = None  # None: not shown
    clocks: Known | None = None  # None: not shown, or not on the register yet at the instant
    intervals: tuple[Interval, ...] = ()

    def entry(self, index: int) -> Entry | None:
        """The event of an index; None where this person has none there."""
        return next((one for one in self.entries if one.index == index), None)


def read(subject: str, answers: Iterable[Found], ground: Ground, as_of: datetime) -> PersonRecord:
    """A person's record out of the gateway's answers, in their order.

    Args:
        subject: the register number.
        answers: to requests for one person, each from where the one before it ended.
        ground: the agreement.
        as_of: until when clocks are judged, UTC.

    Raises:
        ImpossibleEvent: when the events cannot follow one another.
    """
    rows = [one for answer in answers for one in answer["events"]]
    whole = [_event(one) for one in rows if "body" in one]
    entries = _linked([_entry(one) for one in rows])
    if len(whole) < len(rows) or not rows:
        return PersonRecord(subject, entries)
    held = hold.of_events(whole, ground.terms, ground.deal.calendar)
    known = clocks.known(hold.Register(ground.deal, held, ""), as_of)
    return PersonRecord(
        subject, entries, _basis(entries), known[0] if known else None, held.intervals
    )


def _event(found: Mapping[str, object]) -> Event:
    index = found["index"]
    assert isinstance(index, int)  # noqa: S101 - the gateway's own form
    return quick.event(str(found["body"]).encode(), index)


def _entry(found: Mapping[str, object]) -> tuple[Entry, str | None]:
    """One event, and the id of what it corrects."""
    if "body" in found:
        event = _event(found)
        signed = tuple((one.authority, one.role) for one in event.actors)
        names = tuple(name for name, _ in event.sections)
        entry = Entry(
            event.index, event.id, event.kind, event.occurred_at, event.time_basis, signed,
            event.facility or "", event.body, names,
        )  # fmt: skip
        return entry, event.corrects
    head, index = found["header"], found["index"]
    assert isinstance(head, dict) and isinstance(index, int)  # noqa: S101, PT018 - its own form
    signed = tuple((one["authority"], one["role"]) for one in head["actors"])
    at = events.instant(str(head["occurred_at"]))
    entry = Entry(
        index, str(head["id"]), str(head["type"]), at, str(head["time_basis"]), signed,
        str(head["facility"] or ""), None,
    )  # fmt: skip
    return entry, head["corrects"]


def _linked(found: Sequence[tuple[Entry, str | None]]) -> tuple[Entry, ...]:
    """Each correction with what it takes the place of, and the other way round."""
    place = {entry.id: entry.index for entry, _ in found}
    later = {corrects: entry.index for entry, corrects in found if corrects is not None}
    return tuple(
        replace(
            entry,
            corrects=place.get(corrects) if corrects is not None else None,
            corrected_by=later.get(entry.id),
        )
        for entry, corrects in found
    )


def _basis(entries: Sequence[Entry]) -> Basis:
    opened = next((one for one in entries if one.kind == K.OPENED), None)
    said = opened.body.get("ordered_by") if opened and opened.body else None
    authorised, accepted = None, None
    for one in entries:
        if one.kind == K.AUTHORISED:
            authorised, accepted = one, None
        elif one.kind == K.ACCEPTED:
            accepted = one
        elif one.kind in {K.REFUSED, K.WITHDRAWN}:
            authorised, accepted = None, None
    return Basis(opened, said if isinstance(said, str) else "", authorised, accepted)


def sections(library: Library, role: Role, entry: Entry) -> list[str]:
    """The sections of an event that a reader in a role may open."""
    may = disclose.may(library.disclosure, role)
    return [one for one in entry.sections if one in may.sections]


def section_text(found: Found) -> str | None:
    """What a section says; None where it is no text: then only its file can be handed out."""
    try:
        said = base64.b64decode(str(found["data"]), validate=True).decode()
    except ValueError:
        return None
    return said if all(one.isprintable() or one in "\n\t" for one in said) else None


def is_of(text: str, subject: str) -> bool:
    """Whether the event of a receipt is a person's."""
    return events.parse(receipt.read(text).body).get("subject") == subject


def signed_record(
    file: PersonRecord, receipts: Sequence[str], not_covered: Sequence[int], ground: Ground
) -> dict[str, object]:
    """All receipts of a person in one document; each of them is a whole receipt file.

    Args:
        file: the person's.
        receipts: the texts of the receipts that there are.
        not_covered: indexes of events that no checkpoint covers yet.
        ground: the agreement.
    """
    return {
        "format": FORMAT,
        "register_number": file.subject,
        "agreement": ground.deal.id,
        "demonstration": ground.demonstration,
        "events": len(file.entries),
        "receipts": [json.loads(one) for one in receipts],
        "not_covered": list(not_covered),
    }

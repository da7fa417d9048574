"""What of one person's events makes somebody owe something: for tables that a face keeps.

A table keeps instants, never how a duty stands: that changes by the clock, and is asked anew of
what was kept, by the words of `duties`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from habeas.duties.owed import Asked, Mark, Owed, owed
from habeas.law.agreement import Agreement
from habeas.law.cited import Due
from habeas.law.library import Library
from habeas.law.reader import Lang, Reader
from habeas.law.record_pages import due
from habeas.law.records import Duty
from habeas.register.events import Event
from habeas.service import disclose, duties, inquiry
from habeas.service.duties import Blocked, Calendars, Clocks
from habeas.service.hold import Held, Register
from habeas.service.inquiry import Contradiction
from habeas.terms import EventKind, Side
from habeas.transfer.reports import NAMES
from habeas.transfer.state import Terms

NO_CALENDAR = "no calendar"  # the limit of working days that nobody can count


@dataclass(frozen=True, slots=True)
class Rules:
    """The duties that run as clocks under an agreement, and the clock of each state."""

    asked: tuple[Asked, ...]
    clocks: Clocks


@dataclass(frozen=True, slots=True)
class Arisen:
    """What one person's events come to for those who must answer, and for those who watch."""

    owed: tuple[Owed, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    hidden: frozenset[str] = frozenset()  # ids of events that are confidential


def rules(
    library: Library, deal: Agreement, states: tuple[str, str], calendars: Calendars
) -> Rules:
    """Under what duties arise here.

    Working days that no calendar counts are no number: nobody can say then that such a duty is
    late, its limit says why, and all others go on.

    Args:
        library: the duties.
        deal: the agreement.
        states: sending and receiving.
        calendars: the public holidays of a state, and the calendar's name; None: none at hand.
    """
    clocks = duties.clocks(deal, states, calendars)
    known = {side for side, one in clocks.items() if one.closed is not None}
    found = [_countable(one, known) for one in duties.asked(library, deal)]
    return Rules(tuple(found), clocks)


def _countable(one: Asked, known: set[Side | None]) -> Asked:
    owing = {one.side} if one.side else set(Side)
    if one.by.working_days is None or owing <= known:
        return one
    return replace(one, by=Due(one.by.text), limit=NO_CALENDAR)


def arisen(
    events: Sequence[Event], held: Held, deal: Agreement, terms: Terms, under: Rules
) -> Arisen:
    """What arose from one person's events.

    Args:
        events: the person's, in register order, corrections in place.
        held: out of the same events.
        deal: the agreement.
        terms: what it fixes for the pair of states.
        under: its rules of duties.
    """
    found = list(duties.marks(events, terms))
    mine = owed(under.asked, found, duties.holders(found, held.intervals), under.clocks)
    against = inquiry.contradictions(Register(deal, held, ""), events)
    hidden = disclose.confidential(events)
    return Arisen(tuple(mine), tuple(against), tuple(duties.visits_blocked(events)), hidden)


class Kept(Protocol):
    """A duty that arose, as a table keeps it."""

    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def duty(self) -> str: ...  # noqa: D102
    @property
    def step(self) -> str: ...  # noqa: D102 - empty where the duty has none
    @property
    def side(self) -> str: ...  # noqa: D102 - who owes it; empty: nobody held the person then
    @property
    def limit(self) -> str: ...  # noqa: D102 - who fixes the number
    @property
    def kind(self) -> str: ...  # noqa: D102 - of the event from which it arose
    @property
    def event(self) -> str: ...  # noqa: D102 - its id
    @property
    def opened_at(self) -> datetime: ...  # noqa: D102
    @property
    def opened_index(self) -> int: ...  # noqa: D102
    @property
    def due(self) -> datetime | None: ...  # noqa: D102 - None: no number is fixed
    @property
    def answered_at(self) -> datetime | None: ...  # noqa: D102 - None: nothing answers it
    @property
    def answered_index(self) -> int | None: ...  # noqa: D102


def recalled(one: Kept) -> Owed:
    """A duty out of what a table keeps of it: how it stands, and its row, are asked of this."""
    side = Side(one.side) if one.side else None
    asked = Asked(one.duty, one.step, {}, frozenset(), Due(), one.limit, side)
    opened = Mark(one.opened_at, one.opened_index, one.kind, one.subject, one.event)
    answer = None
    if one.answered_at is not None:
        answer = Mark(one.answered_at, -1 if one.answered_index is None else one.answered_index,
                      "", one.subject)  # fmt: skip
    return Owed(asked, opened, side, one.due, answer)


def by_hand(library: Library, duty: str) -> bool:
    """Whether a plain word that it was done answers a duty; others need the event itself."""
    found = library.duties.duties.get(duty)
    return found is not None and EventKind.DUTY_MET in found.answered_by


def reply(library: Library, duty: str, kind: str) -> EventKind | None:
    """The reply that answers a duty by naming the event from which it arose; None: there is none.

    Args:
        library: the duties.
        duty: its id.
        kind: of the event from which it arose.
    """
    found = library.duties.duties.get(duty)
    answers = found.answered_by if found else ()
    return next((one for one in answers if kind in NAMES.get(one, ("", ()))[1]), None)


def asks(library: Library, duty: str, step: str, lang: Lang) -> str:
    """What a duty asks, or a part of it; its id where the library no longer has it."""
    found, clock = library.duties.duties.get(duty), library.duties.clocks.get(duty)
    part = next((one for one in clock.steps if one.id == step), None) if clock else None
    text = part.text if part else found.text if found else None
    said = Reader(library, lang).said(text)
    return said[:1].upper() + said[1:] if said else duty


@dataclass(frozen=True, slots=True)
class Said:
    """What the library says of a duty that falls due, in one language."""

    duty: str
    text: str
    owed_by: str
    owed_to: str
    arises_from: tuple[str, ...]  # kinds of event
    answered_by: tuple[str, ...]
    limits: tuple[tuple[str, str, str], ...]  # part, number in words, who fixes it
    cites: tuple[str, ...]  # instrument, place, and how it was checked


def said(library: Library, under: Rules, lang: Lang) -> list[Said]:
    """Every duty that falls due here, in the library's order."""
    reader = Reader(library, lang)
    names = dict.fromkeys(one.duty for one in under.asked)
    return [_said(library.duties.duties[name], name, under, reader) for name in names]


def _said(duty: Duty, name: str, under: Rules, reader: Reader) -> Said:
    limits = (
        (asks(reader.library, name, one.step, reader.lang) if one.step else "",
         _number(one.by, reader), one.limit)
        for one in under.asked
        if one.duty == name
    )  # fmt: skip
    return Said(
        name,
        reader.said(duty.text),
        reader.said(duty.owed_by),
        reader.said(duty.owed_to),
        tuple(one.value for one in reader.library.duties.clocks[name].from_),
        tuple(one.value for one in duty.answered_by),
        tuple(dict.fromkeys(limits)),
        tuple(
            f"{reader.instrument('duties', one.instrument)}, {one.at} ({reader.checked(one)})"
            for one in duty.cite
        ),
    )


def _number(by: Due, reader: Reader) -> str:
    """By when, in words; brackets set a number apart from words alone."""
    told = due(by, reader)
    return told[1:-1] if told.startswith("[") else told

"""One person's sentence and custody told by short sentences, as far as an instant."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from habeas.custody.clock import Clocks
from habeas.custody.intervals import intervals
from habeas.custody.overstay import Person
from habeas.custody.sentence import Sentenced, sentenced
from habeas.law.agreement import Calendar
from habeas.register.events import Event, Json
from habeas.service.hold import until
from habeas.terms import EventKind
from habeas.transfer.machine import effective

CALENDAR = Calendar(rounding="down", zone="Europe/Tallinn")
RECEIVING = "B-COURT:court"
Told = Any  # the fixture's class lives in conftest, which tests do not import


def at(text: str) -> datetime:
    """A day's noon, or an instant, in UTC."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC, hour=found.hour or (12 if len(text) == 10 else 0))


def say(told: Told, when: str, by: str = "", kind: str = "imposed", /, **body: Json) -> Event:
    """Record a sentence event; `from_` and `to` stand for the ends of a span."""
    fields: dict[str, Json] = {name.rstrip("_"): value for name, value in body.items()}
    event: Event = told.event(
        EventKind.SENTENCE_RECORDED, by, at=at(when), **{"kind": kind, **fields}
    )
    told.add(event)
    return event


def read(told: Told, calendar: Calendar = CALENDAR) -> Sentenced:
    """What the sentence events say."""
    return sentenced(effective(told.events, told.terms), told.terms, calendar.zone)


def person(told: Told, when: str = "2199-01-01", calendar: Calendar = CALENDAR) -> Person:
    """The person as known at an instant."""
    pieces = until(intervals(told.events, told.terms), at(when))
    return Person(tuple(pieces), read(told, calendar).known(at(when)), calendar, at(when))


def both(told: Told, when: str = "2199-01-01", calendar: Calendar = CALENDAR) -> Clocks:
    """Both clocks as known at an instant."""
    return person(told, when, calendar).clocks()


def ends(told: Told, when: str = "2199-01-01") -> tuple[str, str, str]:
    """The sending clock, the receiving clock, and what governs."""
    found = both(told, when)
    until_, _ = found.governing(CALENDAR.zone)
    return str(found.sending.until), str(found.receiving.until), str(until_)


def codes(told: Told) -> list[str]:
    """The codes of everything that was refused, by reading or by the clocks."""
    return [one.fault.code for one in (*read(told).refused, *both(told).refused)]


def days_between(first: date, last: date) -> Iterable[date]:
    """Every day, both ends."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def rules(found: Clocks) -> Sequence[tuple[str, int, str]]:
    """The steps of the sending clock's release date: before, days, after."""
    release = next(one for one in found.sending.dates if one.kind == "release")
    return [(step.before, step.days, step.after) for step in release.steps]

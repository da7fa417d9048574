"""Duties as an iCalendar feed (RFC 5545), for whatever calendar an officer keeps.

An entry names the duty and its event by number alone: a calendar is shown on screens and synced to
telephones, so no register number of a person stands in it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from habeas.errors import Fault, SetupError

try:
    from icalendar import Calendar, Event
except ImportError as error:
    raise SetupError(
        Fault("H906", "a calendar file needs icalendar", "Type: pip install 'habeas[calendars]'.")
    ) from error

PRODUCT = "-//habeas//duties//EN"


class Entry(Protocol):
    """One deadline."""

    @property
    def uid(self) -> str: ...  # noqa: D102
    @property
    def summary(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102
    @property
    def due(self) -> datetime: ...  # noqa: D102 - UTC
    @property
    def stamp(self) -> datetime: ...  # noqa: D102 - UTC: as of when it is told


def feed(entries: Iterable[Entry], name: str) -> bytes:
    """A calendar with one entry for each deadline; the same bytes for the same entries."""
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("name", name)
    found.add("x-wr-calname", name)
    for one in entries:
        event = Event()
        event.add("uid", one.uid)
        event.add("dtstamp", one.stamp)
        event.add("dtstart", one.due)
        event.add("summary", one.summary)
        event.add("description", one.description)
        event.add("transp", "TRANSPARENT")
        found.add_component(event)
    told: bytes = found.to_ical()
    return told

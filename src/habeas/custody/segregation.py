"""Segregation as intervals: who was held apart, from when to when, and for how many days on end.

A placement lasts from `segregation.started` to the `segregation.ended` that names it, and ends with
custody in any case. Placements with less than a day between them are one stretch, so that a
placement that is ended and begun anew does not begin to count anew. That gap is this project's own
choice: no text read fixes one. A stretch is prolonged from its sixteenth day (Mandela Rule 44).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from habeas.custody.intervals import Interval
from habeas.register.events import Event
from habeas.terms import EventKind

GAP = timedelta(days=1)
PROLONGED = timedelta(days=15)  # longer than this: Mandela Rule 44, from a second-hand text


@dataclass(frozen=True, slots=True)
class Placement:
    """One order by which a person is held apart."""

    subject: str
    start: datetime  # UTC
    end: datetime | None  # UTC, exclusive; None while it lasts
    reason: str
    event: str  # id of the event that began it
    index: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Placements of one person with less than a day between them."""

    placements: tuple[Placement, ...]

    @property
    def start(self) -> datetime:
        """When the first began, UTC."""
        return self.placements[0].start

    @property
    def end(self) -> datetime | None:
        """When the last of them ended, UTC; None while one lasts."""
        ends = [one.end for one in self.placements]
        return None if None in ends else max(at for at in ends if at is not None)

    def lasted(self, at: datetime) -> timedelta:
        """How long it has lasted at an instant, the gaps included."""
        return min(self.end or at, at) - self.start

    def prolonged(self, at: datetime) -> bool:
        """Whether it had lasted more than 15 days at an instant."""
        return self.lasted(at) > PROLONGED


def placements(events: Sequence[Event], intervals: Iterable[Interval]) -> list[Placement]:
    """One person's placements in order.

    Args:
        events: of one person, in register order, corrections in place.
        intervals: the person's custody.
    """
    stays = sorted(intervals, key=lambda one: one.start)
    ended = dict[str, datetime]()
    for event in events:
        if event.kind == EventKind.SEGREGATION_ENDED:
            ended.setdefault(str(event.body.get("segregation")), event.occurred_at)
    return [
        Placement(
            str(event.subject),
            event.occurred_at,
            _earlier(ended.get(event.id), _out(stays, event.occurred_at)),
            str(event.body.get("reason", "")),
            event.id,
            event.index,
        )
        for event in events
        if event.kind == EventKind.SEGREGATION_STARTED
    ]


def _out(stays: Sequence[Interval], at: datetime) -> datetime | None:
    """When unbroken custody ends that lasts at an instant; None while it lasts."""
    until = at
    for one in stays:
        if one.end is not None and one.end <= at:
            continue
        if one.start > until:
            break
        if one.end is None:
            return None
        until = one.end
    return until


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def stretches(found: Iterable[Placement]) -> list[Stretch]:
    """One person's placements joined where less than a day lies between them."""
    joined = list[Stretch]()
    for one in sorted(found, key=lambda each: (each.start, each.index)):
        last = joined[-1].end if joined else None
        if joined and (last is None or one.start - last < GAP):
            joined[-1] = Stretch((*joined[-1].placements, one))
        else:
            joined.append(Stretch((one,)))
    return joined

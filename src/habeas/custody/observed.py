"""What a register's events say of conditions: of somebody held apart, and of what a visit saw.

`segregation.started` may carry any condition by its name, `visit.made` a list `observed` of
measure, value and place. What of it cannot be read is told, and never taken for an observation.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from habeas.custody.conditions import Observation, Span, value
from habeas.custody.days import SECOND, civil_day
from habeas.custody.segregation import Placement
from habeas.errors import DocketError, Fault
from habeas.register.events import Event
from habeas.terms import Condition, EventKind, Observer, Role

DAY = timedelta(days=1)
WORD_OF = {Role.MONITOR.value: Observer.MONITOR, Role.CUSTODIAN.value: Observer.CUSTODIAN}


def days(start: datetime, end: datetime | None, at: datetime, zone: str) -> Span:
    """The civil days that a placement touches, as known at an instant."""
    last = min(end - SECOND, at) if end is not None else at
    return civil_day(start, zone), civil_day(max(start, last), zone) + DAY


def observed(
    events: Sequence[Event], placed: Iterable[Placement], zone: str, at: datetime
) -> tuple[list[Observation], list[Fault]]:
    """The observations of a register, and what in it cannot be read as one.

    Args:
        events: in register order, corrections in place.
        placed: who was held apart.
        zone: in which the civil days lie.
        at: as known then, UTC.
    """
    bodies = {one.id: one for one in events if one.kind == EventKind.SEGREGATION_STARTED}
    found, faults = list[Observation](), list[Fault]()
    for where, event, measure, told in (
        *_placements(bodies, placed, zone, at),
        *_visits(events, zone, at),
    ):
        try:
            found.append(_observation(where, event, measure, told))
        except DocketError as error:
            faults += error.faults
    return found, faults


_Where = tuple[str, Span]  # place and days
_Told = tuple[_Where, Event, object, object]  # where, by which event, which measure, its value


def _placements(
    bodies: dict[str, Event], placed: Iterable[Placement], zone: str, at: datetime
) -> Iterator[_Told]:
    for one in placed:
        event = bodies[one.event]
        where = one.subject, days(one.start, one.end, at, zone)
        for condition in Condition:
            if condition.value in event.body:
                yield where, event, condition.value, event.body[condition.value]


def _visits(events: Iterable[Event], zone: str, at: datetime) -> Iterator[_Told]:
    for event in events:
        told = event.body.get("observed")
        if event.kind != EventKind.VISIT_MADE or told is None or event.occurred_at > at:
            continue
        span = days(event.occurred_at, None, event.occurred_at, zone)
        place = event.subject or event.facility or ""
        for one in told if isinstance(told, list) else [told]:
            row = one if isinstance(one, dict) else {}
            where = str(row.get("place") or place), span
            yield where, event, row.get("measure"), row.get("value")


def _observation(where: _Where, event: Event, measure: object, told: object) -> Observation:
    if measure not in set(Condition) or not where[0]:
        what = f"'{str(measure)[:40]}' is no measure" if where[0] else "no place is named"
        raise _refused(event, what, f"Use {', '.join(Condition)}, with a place.")
    condition = Condition(str(measure))
    try:
        read: Fraction | str = value(condition, str(told))
    except ValueError as error:
        what = f"'{str(told)[:40]}' is no value of {condition}"
        raise _refused(event, what, f"Correct it by an event: {error}.") from error
    role = event.actors[0].role if event.actors else ""
    by = WORD_OF.get(role, Observer.STATED)
    return Observation(where[0], *where[1], condition, read, by, f"entry {event.index}")


def _refused(event: Event, what: str, fix: str) -> DocketError:
    return DocketError(Fault("H877", what, fix, where=f"entry {event.index}"))

"""Who is held at an instant: everyone by register number; ends are exclusive."""

from collections.abc import Iterable
from datetime import datetime

from habeas.custody.intervals import Interval
from habeas.terms import Side


def roll(
    intervals: Iterable[Interval], instant: datetime, custodian: Side | None = None
) -> list[Interval]:
    """The intervals that contain the instant, one a person, by facility and register number.

    Args:
        intervals: of any number of persons.
        instant: UTC.
        custodian: only those whom this state holds; None for both states.
    """
    found = [
        one
        for one in intervals
        if one.start <= instant
        and (one.end is None or instant < one.end)
        and (custodian is None or one.custodian is custodian)
    ]
    return sorted(found, key=lambda one: (one.facility, one.subject))

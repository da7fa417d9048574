"""Instants to days, under a named convention in the agreement's zone; nowhere else.

With `da` and `db` the civil dates of the two ends, and `last` that of the last second before the
end: `midnight` counts each date from da up to db without db (held immediately before 24:00);
`calendar` counts each date touched, da to last. Time zones come from the tzdata package, whose
version every output names, never from the machine.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from habeas.custody.intervals import Interval
from habeas.errors import Fault, FeeError
from habeas.law.calendar import zone
from habeas.terms import Convention, Status

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def midnight_before(day: date, zone_name: str) -> datetime:
    """The instant at which a civil day begins in a zone, in UTC."""
    return datetime.combine(day, time(), zone(zone_name)).astimezone(UTC)


def counted(
    start: datetime, end: datetime, convention: Convention, zone_name: str
) -> tuple[date, date]:
    """The civil days [first, last) that a stay counts under a convention.

    Raises:
        FeeError: H712 for a convention that this version cannot count.
    """
    there = zone(zone_name)
    first = start.astimezone(there).date()
    if convention is Convention.MIDNIGHT:
        return first, end.astimezone(there).date()
    if convention is Convention.CALENDAR:
        return first, (end - SECOND).astimezone(there).date() + DAY
    raise FeeError(
        Fault(
            "H712",
            f"days cannot be counted by '{convention}' in this version",
            "Use midnight or calendar.",
        )
    )


def person_days(
    intervals: Iterable[Interval], first: date, after: date, convention: Convention, zone_name: str
) -> Counter[tuple[str, Status]]:
    """Person-days of the civil days [first, after) by facility and status.

    A person counts once a day: for the piece that holds at midnight, or under `calendar` for the
    last piece of the day, so that a move inside the agreement neither loses nor gains a day.
    """
    counts: Counter[tuple[str, Status]] = Counter()
    taken: dict[str, date] = {}
    pieces = sorted(intervals, key=lambda one: (one.subject, one.start), reverse=True)
    for one in pieces:
        end = one.end if one.end is not None else midnight_before(after, zone_name)
        begins, ends = counted(one.start, end, convention, zone_name)
        ends = min(ends, after, taken.get(one.subject, after))
        begins = max(begins, first)
        if ends > begins:
            counts[one.facility, one.status] += (ends - begins).days
        taken[one.subject] = min(begins, taken.get(one.subject, after))
    return counts

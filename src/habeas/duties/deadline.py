"""The last second in which a duty is kept: hours, civil days, working days or months from a start.

Hours run from the instant. Days, working days and months run to the end of a civil day in the zone
of whoever owes the duty: "within 3 days" of a Monday is kept on Thursday to its last second. Which
days are no working days comes from outside, with the name and version of the calendar that says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from habeas.custody.days import DAY, SECOND, civil_day, midnight_before
from habeas.errors import Fault, LawError
from habeas.law.calendar import Rounding, civil, day, shifted
from habeas.law.cited import Due

LONGEST = 3_660  # days; no deadline is looked for beyond ten years
Closed = Callable[[date], bool]  # whether a civil day is no working day


@dataclass(frozen=True, slots=True)
class Clocked:
    """By which clock and calendar a state's deadlines run."""

    zone: str  # IANA name
    rounding: Rounding
    closed: Closed | None = None  # None: no calendar is at hand
    calendar: str = ""  # its name and version; empty without one


def fixed(by: Due) -> bool:
    """Whether a number is fixed at all; words such as "at once" fix none."""
    return any(one is not None for one in (by.hours, by.days, by.working_days, by.months))


def last(start: datetime, by: Due, clocked: Clocked) -> datetime | None:
    """The last second in which a duty that arose at an instant is kept, UTC.

    Args:
        start: of the event from which it runs, UTC.
        by: hours, days, working days or months; the shortest holds where several are named.
        clocked: the zone and the calendar of whoever owes it.

    Returns:
        None where no number is fixed: whether it is late is then not established.

    Raises:
        LawError: H771, for working days without a calendar, or beyond ten years.
    """
    begun = civil_day(start, clocked.zone)
    found: list[datetime] = []
    if by.hours is not None:
        found.append(start + timedelta(hours=by.hours))
    if by.days is not None:
        found.append(end_of(begun + timedelta(days=by.days), clocked))
    if by.working_days is not None:
        found.append(end_of(_worked(begun, by.working_days, clocked), clocked))
    if by.months is not None:
        found.append(end_of(civil(shifted(day(begun), by.months, clocked.rounding)), clocked))
    return min(found, default=None)


def end_of(on: date, clocked: Clocked) -> datetime:
    """The last second of a civil day, UTC."""
    return midnight_before(on + DAY, clocked.zone) - SECOND


def _worked(begun: date, count: int, clocked: Clocked) -> date:
    """The day on which so many working days after a day are over."""
    if clocked.closed is None:
        what = "a deadline in working days needs a calendar of public holidays"
        raise LawError(Fault("H771", what, "Name the state whose calendar counts."))
    on, left = begun, count
    for _ in range(LONGEST):
        if not left:
            return on
        on += DAY
        left -= not clocked.closed(on)
    what = f"{count:,} working days are not over within ten years"
    raise LawError(Fault("H771", what, "Correct the number of working days."))

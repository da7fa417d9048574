"""The civil days of a zone as columns of whole numbers: which day an instant lies in.

A civil day begins at the first instant at which the zone's clock shows it, or a later one. Where a
clock goes back over midnight, as Newfoundland's did, the day that had begun goes on; a day that a
zone left out, as Samoa did in 2011, has no second. So the day of an instant never falls as time
goes on, and every second lies in one day. Instants are UTC seconds, days are days since 1970-01-01.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from habeas.errors import Fault, FeeError
from habeas.law.calendar import zone

Ints = NDArray[np.int64]

SECONDS = 86_400  # of a day by the clock; a civil day may have 23 or 25 hours
LONG_AGO = np.iinfo(np.int64).min
OPEN = np.iinfo(np.int64).max  # an end that has not come
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEAST, MOST = -719_162 + 366, 2_932_896 - 366  # years 2 to 9998
PROBED = 110_000  # days of one table: three centuries


@dataclass(frozen=True, slots=True)
class Clock:
    """A zone over the civil days [first, after).

    `offset` holds from its instant of `at` on: an instant's day is (instant + offset) // 86,400.
    """

    first: int
    after: int
    at: Ints  # UTC seconds; at[0] is long ago
    offset: Ints  # seconds east of UTC
    starts: Ints  # when each day begins, and the day after the last: UTC seconds

    def place(self, instants: Ints) -> Ints:
        """The day of each instant, counted from `first`: -1 before it, the number of days after."""
        near = np.clip(instants, self.starts[0] - 1, self.starts[-1])
        piece = np.searchsorted(self.at, near, "right") - 1
        found: Ints = (near + self.offset[piece]) // SECONDS - self.first
        return np.clip(found, -1, self.after - self.first)


@lru_cache(maxsize=64)
def clock(zone_name: str, first: int, after: int) -> Clock:
    """The clock of a zone over the civil days [first, after).

    Raises:
        LawError: H711, for a zone that is none.
        FeeError: H714, for a window that cannot be counted.
    """
    if not (LEAST <= first < after <= MOST) or after - first > PROBED:
        what = "the window holds no days, or more than three centuries of them"
        raise FeeError(Fault("H714", what, "Give a first day, and the day after the last."))
    changes = list(_changes(zone(zone_name), first - 2, after + 2))
    at = np.array([LONG_AGO, *(instant for instant, _ in changes[1:])], np.int64)
    offset = np.array([seconds for _, seconds in changes], np.int64)
    return Clock(first, after, at, offset, _starts(at, offset, first, after))


def _changes(there: ZoneInfo, first: int, after: int) -> Iterator[tuple[int, int]]:
    """When each offset begins, the first long ago, in order and with days that never fall."""

    def offset(instant: int) -> int:
        local = (EPOCH + timedelta(seconds=instant)).astimezone(there)
        return round((local.utcoffset() or timedelta()).total_seconds())

    known, held = first * SECONDS, offset(first * SECONDS)
    yield known, held
    # No zone of the database changes twice within three days: a test reads all of them.
    for day in range(first + 1, after + 1):
        new = offset(day * SECONDS)
        if new != held:
            low, high = known, day * SECONDS
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == held else (low, middle)
            yield from _change(high, held, new)
            held = new
        known = day * SECONDS


def _change(at: int, before: int, after: int) -> Iterator[tuple[int, int]]:
    begun = (at + before - 1) // SECONDS
    again = begun * SECONDS - after
    if again > at:  # back over midnight: the day that had begun goes on
        yield at, begun * SECONDS - at
        yield again, after
    else:
        yield at, after


def _starts(at: Ints, offset: Ints, first: int, after: int) -> Ints:
    days = np.arange(first, after + 1, dtype=np.int64) * SECONDS
    found = np.full(days.size, OPEN)
    for begins, ends, seconds in zip(at, [*at[1:], OPEN], offset, strict=True):
        here = np.maximum(days - seconds, begins)
        found = np.where((here < ends) & (here < found), here, found)
    return found

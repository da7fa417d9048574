"""Instants to days, under a named convention in the agreement's zone; nowhere else.

With `da` and `db` the civil days of the two ends, and `last` that of the last second before the
end:

- `midnight`: each day from da up to db without db (held immediately before 24:00). Where a census
  is named by the day that it opens (`day_start`), the same nights stand one day later.
- `calendar`: each day touched, da to last.
- `min1`: midnight, and one day on da for a custody period without a midnight.
- `block24`: one at the start of each 24 hours from the reception, on that instant's civil day.
- `hours`: seconds, split where the civil days begin; a day may have 23 or 25 hours.

`min1` and `block24` belong to the whole custody period: a move inside it begins no block and adds
no day. This is the plain definition, one person at a time; `bulk` is its twin over columns. Time
zones come from the tzdata package, whose version every output names, never from the machine.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple, assert_never

from habeas.custody.intervals import Interval
from habeas.errors import Fault, FeeError
from habeas.law.calendar import zone
from habeas.terms import Census, Convention, Status

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
FAR = datetime.max.replace(tzinfo=UTC)  # later than any end
Span = tuple[date, date, int]  # days [first, after), and the units on each of them


class Piece(NamedTuple):
    """Custody in one place, and the whole custody period that it is part of; UTC, half-open."""

    start: datetime
    end: datetime
    received: datetime
    left: datetime


def midnight_before(day: date, zone_name: str) -> datetime:
    """The instant at which a civil day begins in a zone, in UTC."""
    return datetime.combine(day, time(), zone(zone_name)).astimezone(UTC)


def civil_day(instant: datetime, zone_name: str) -> date:
    """The civil day that an instant lies in; where a clock goes back over midnight, the later."""
    shown = instant.astimezone(zone(zone_name)).date()
    return shown + DAY if instant >= midnight_before(shown + DAY, zone_name) else shown


def stated(census: Census, convention: Convention) -> None:
    """Refuse a side of the census for a convention that has no census.

    Raises:
        FeeError: H713.
    """
    if census is not Census.DAY_END and convention is not Convention.MIDNIGHT:
        what = f"'{convention}' takes no census, and '{census}' names one"
        raise FeeError(Fault("H713", what, "State the census with midnight only."))


def spans(
    piece: Piece, convention: Convention, zone_name: str, census: Census = Census.DAY_END
) -> list[Span]:
    """The civil days that a piece counts, and the units (days, or seconds for `hours`) on each.

    Raises:
        FeeError: H713, for a census with a convention that has none.
    """
    stated(census, convention)
    first, db = civil_day(piece.start, zone_name), civil_day(piece.end, zone_name)
    match convention:
        case Convention.MIDNIGHT:
            late = DAY if census is Census.DAY_START else timedelta()
            return [(first + late, db + late, 1)]
        case Convention.CALENDAR:
            return [(first, civil_day(piece.end - SECOND, zone_name) + DAY, 1)]
        case Convention.MIN1:
            da = civil_day(piece.received, zone_name)
            none = piece.end == piece.left and civil_day(piece.left, zone_name) == da
            return [(first, db, 1), *([(da, da + DAY, 1)] if none else [])]
        case Convention.BLOCK24:
            blocks = [civil_day(at, zone_name) for at in _blocks(piece)]
            return [(day, day + DAY, 1) for day in blocks]
        case Convention.HOURS:
            return list(_seconds(piece, first, db, zone_name))
    assert_never(convention)


def _blocks(piece: Piece) -> Iterator[datetime]:
    at = piece.received - (piece.received - piece.start) // DAY * DAY
    while at < piece.end:
        yield at
        at += DAY


def _seconds(piece: Piece, first: date, db: date, zone_name: str) -> Iterator[Span]:
    days = [first + DAY * n for n in range((db - first).days + 1)]
    inner = [midnight_before(day, zone_name) for day in days[1:]]
    for day, (begin, end) in zip(days, pairwise([piece.start, *inner, piece.end]), strict=True):
        yield day, day + DAY, (end - begin) // SECOND


def quantity(start: datetime, end: datetime, convention: Convention, zone_name: str) -> int:
    """The units of a custody period in one place: days, or seconds for `hours`."""
    found = spans(Piece(start, end, start, end), convention, zone_name)
    return sum((after - first).days * units for first, after, units in found)


def once(pieces: Sequence[Interval], latest: datetime) -> list[Interval]:
    """One person's pieces, cut so that no two hold the person at one instant.

    The piece that began last holds; where it ends before an earlier one, the one that ends last of
    those goes on. What is cut off is an overlap, told as a finding and never counted twice.

    Args:
        pieces: of one person.
        latest: where what is still open, and what ends later, is cut.
    """
    ordered = sorted(pieces, key=lambda one: (one.start, one.end or FAR, *_place(one)))
    found, holder = list[Interval](), None
    for number, one in enumerate(ordered):
        stop = ordered[number + 1].start if number + 1 < len(ordered) else FAR
        if holder is None or (one.end or FAR) >= (holder.end or FAR):
            holder = one
        end = min(one.end or FAR, stop)
        found.append(replace(one, end=min(end, latest)))
        goes_on = min(holder.end or FAR, stop, latest)
        found.append(replace(holder, start=max(one.start, end), end=goes_on))
    return [one for one in found if one.end is not None and one.start < one.end]


def _place(one: Interval) -> tuple[str, str, int]:
    return one.facility, one.status, one.stay


def units(
    intervals: Iterable[Interval],
    first: date,
    after: date,
    convention: Convention,
    zone_name: str,
    census: Census = Census.DAY_END,
) -> Iterator[tuple[Interval, Span]]:
    """What each interval counts on the civil days [first, after).

    A person counts once a day: for the piece that holds at midnight, or under `calendar` for the
    last piece of the day, so that a move inside the agreement neither loses nor gains a day. An
    open interval lasts to the end of the window.

    Args:
        intervals: of any number of persons, each custody period whole.
        first: the first civil day.
        after: the civil day after the last.
        convention: which days count.
        zone_name: the agreement's zone.
        census: which day a midnight is named by.
    """
    latest = midnight_before(after, zone_name)
    ordered = sorted(intervals, key=attrgetter("subject"))
    for _, person in groupby(ordered, key=attrgetter("subject")):
        pieces = once(list(person), latest)
        taken = after
        whole = _whole(pieces)
        for one in reversed(pieces):
            assert one.end is not None  # noqa: S101 - `once` closes every piece
            piece = Piece(one.start, one.end, *whole[_period(one)])
            for span in spans(piece, convention, zone_name, census):
                begins, ends = max(span[0], first), min(span[1], after)
                if convention is Convention.CALENDAR:
                    ends = min(ends, taken)
                if begins < ends:
                    yield one, (begins, ends, span[2])
            taken = min(taken, civil_day(one.start, zone_name))


def _period(one: Interval) -> tuple[str, str, int]:
    return one.agreement, one.custodian, one.stay


def _whole(pieces: Sequence[Interval]) -> dict[tuple[str, str, int], tuple[datetime, datetime]]:
    found: dict[tuple[str, str, int], tuple[datetime, datetime]] = {}
    for one in pieces:
        assert one.end is not None  # noqa: S101 - `once` closes every piece
        begin, end = found.get(_period(one), (one.start, one.end))
        found[_period(one)] = min(begin, one.start), max(end, one.end)
    return found


def person_days(
    intervals: Iterable[Interval],
    first: date,
    after: date,
    convention: Convention,
    zone_name: str,
    census: Census = Census.DAY_END,
) -> Counter[tuple[str, Status]]:
    """Units of the civil days [first, after) by facility and status: days, or seconds (`hours`)."""
    counts: Counter[tuple[str, Status]] = Counter()
    for one, (begins, ends, each) in units(intervals, first, after, convention, zone_name, census):
        counts[one.facility, one.status] += (ends - begins).days * each
    return counts

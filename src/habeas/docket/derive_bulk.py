"""The twin of `derive.py` on columns: the same facts from the same sources, whole columns at once.

Calendar months come from numpy's `datetime64[M]`, not from the definition's arithmetic, so that
equality of the two is evidence. Nothing here gives a reason: a row that contradicts itself is
told by the definition.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from habeas.docket import derive as definition
from habeas.docket.columns import Column
from habeas.docket.derive import HUNDREDTHS
from habeas.docket.digest import MICROSECOND, microseconds
from habeas.docket.evidence import NEVER
from habeas.docket.snapshot import Mask, Plane

Days = NDArray[np.int64]
Ups = NDArray[np.bool_]  # a row's rounding: true is `up`
Planes = dict[str, Plane]  # by column name, marks included
LAST, FIRST = np.iinfo(np.int64).max, np.iinfo(np.int64).min
Bulk = Callable[[Days, Days, Ups], Days]


def _months(days: Days) -> Days:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _first(months: Days) -> Days:
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def add_months(days: Days, months: Days, up: Ups) -> Days:
    """Each day its months later."""
    start = _months(days)
    past, first = days - _first(start), _first(start + months)
    length = _first(start + months + 1) - first
    return first + np.where(past < length, past, length - 1 + up)


def years_attained(birth: Days, on: Days, up: Ups) -> Days:
    """Whole years of age on a day; negative before the birth."""
    years = (_months(on) // 12) - (_months(birth) // 12)
    return years - (add_months(birth, 12 * years, up) > on)


def months_left(release: Days, received: Days, up: Ups) -> Days:
    """Hundredths of months from the receipt of the request to the release."""
    months = _months(release) - _months(received)
    months -= add_months(received, months, up) > release
    begun, ended = add_months(received, months, up), add_months(received, months + 1, up)
    left = HUNDREDTHS * months + HUNDREDTHS * (release - begun) // (ended - begun)
    return np.where(release <= received, 0, left)


def share(area: Days, occupants: Days, _up: Ups) -> Days:
    """Floor area a person, in the unit of the area; rows without occupants are not read."""
    return area // np.maximum(occupants, 1)


TABLE: dict[str, Bulk] = {
    "age_years": years_attained,
    "months_remaining": months_left,
    "planned_m2": share,
}


def _within(values: Days, column: Column) -> Mask:
    least = FIRST if column.least is None else column.least * column.scale
    most = LAST if column.most is None else column.most * column.scale
    return (values >= least) & (values <= most)


def _span(
    planes: Planes, sources: Sequence[str], facts: Mapping[str, Column], rows: int
) -> tuple[Days, Days]:
    begin, end = np.full(rows, FIRST), np.full(rows, LAST)
    for name in sources:
        at, until = planes.get(f"{name}__at"), planes.get(f"{name}__until")
        hours = facts[name].valid_for_hours
        if until is not None:
            end = np.where(until.valid, np.minimum(end, until.values), end)
        if at is not None:
            begin = np.where(at.valid, np.maximum(begin, at.values), begin)
        if hours is not None:
            lapses = np.full(rows, microseconds(NEVER))
            if at is not None:
                ends = at.values.astype(np.int64) + timedelta(hours=hours) // MICROSECOND
                lapses = np.where(at.valid, ends, lapses)
            end = np.minimum(end, lapses)
    return begin, end


def _put(own: Plane, values: Days, where: Mask) -> Plane:
    return Plane(np.where(where, values, own.values), own.valid | where)


def derive(
    planes: Planes,
    facts: Mapping[str, Column],
    up: Ups,
    marked: Mapping[str, Mask],
    *,
    dated: bool,
) -> Mask:
    """Add all that follows to the planes; the rows that contradict themselves are in the result.

    Args:
        planes: of every fact and instant of the docket; changed.
        facts: the columns that the docket has.
        up: each row's rounding.
        marked: where authorities and documents are named, by column name.
        dated: whether the docket says when its facts were established.
    """
    doubt = np.zeros(len(up), np.bool_)
    for one in definition.TABLE:
        if not facts.keys() >= {*one.sources}:
            continue
        first, second = (planes[name] for name in one.sources)
        known = first.valid & second.valid
        found = TABLE[one.fact](
            np.where(known, first.values, 0), np.where(known, second.values, 0), up
        )
        given = planes[one.fact]
        doubt |= known & (
            (given.valid & (given.values != found)) | ~_within(found, facts[one.fact])
        )
        fresh = known & ~given.valid
        planes[one.fact] = _put(given, found, fresh)
        if dated:
            at, until = planes[f"{one.fact}__at"], planes[f"{one.fact}__until"]
            blank = np.zeros(len(up), np.bool_)
            own = at.valid | until.valid
            for mark in ("by", "doc"):
                own = own | marked.get(f"{one.fact}__{mark}", blank)
            begin, end = _span(planes, one.sources, facts, len(up))
            put = fresh & ~own
            planes[f"{one.fact}__at"] = _put(at, begin, put & (begin != FIRST))
            planes[f"{one.fact}__until"] = _put(until, end, put & (end != LAST))
    return doubt

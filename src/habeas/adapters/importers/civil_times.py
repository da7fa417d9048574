"""Columns of civil times, as a file wrote them, to whole seconds and to instants of a zone.

A column's form is declared, never guessed: 4/6/2015 is a day in April or in June. What does not
have the form is told by its kind of fault. A time without a time of day stays known as a day.
A clock time that its zone skips is no instant; one that it shows twice is the earlier, and marked.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from habeas.docket.withheld import is_withheld
from habeas.errors import DocketError, Fault
from habeas.law.calendar import zone

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
DAY, HOURS, HALF, MINUTES = 86_400, 24, 12, 60
MONTHS, LONGEST = 12, 31
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - civil: the zone is applied below
YEARS = (1900, 2200)
_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:\.(?P<f>\d{1,9}))?)?"
FORMS = {
    "iso": rf"^(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)(?:[T ]{_CLOCK}(?P<z>Z)?)?$",
    "mdy": rf"^(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>\d{{4}})(?: {_CLOCK}(?: ?(?P<p>[AP]M))?)?$",
    "dmy": rf"^(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})/(?P<y>\d{{4}})(?: {_CLOCK}(?: ?(?P<p>[AP]M))?)?$",
}
_SHORT = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?!\d)|\d{2}-\d{1,2}-\d{1,2}(?!\d)", re.ASCII)
_CAST = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


class Fail(IntEnum):
    """Why a cell is no civil time."""

    NONE = 0
    EMPTY = 1
    WITHHELD = 2
    SHORT_YEAR = 3
    OTHER_FORM = 4
    NO_SUCH_TIME = 5
    FAR_YEAR = 6


@dataclass(frozen=True, slots=True)
class Times:
    """The civil times of one column."""

    seconds: Ints  # since 1970-01-01 00:00 on the same clock; 0 where there is none
    fail: NDArray[np.int8]  # a Fail
    by_day: Bools  # without a time of day: seconds is its first
    cut: int  # times whose fraction of a second was left out

    @property
    def known(self) -> Bools:
        """Which cells are civil times."""
        found: Bools = self.fail == Fail.NONE
        return found


def times(column: pa.Array, form: str, name: str, zone_name: str) -> Times:
    """A column of days, timestamps or text.

    Args:
        column: of any of these types.
        form: of text, a key of FORMS.
        name: of the column, for the fault.
        zone_name: the zone that the call declares.

    Raises:
        DocketError: H470, for a column that holds no times, or times of another zone.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_null(kind):
        return _empty(len(column))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _text(column.cast(pa.utf8()), form)
    if pa.types.is_date(kind):
        whole = column.cast(pa.date32(), safe=False).cast(pa.int32())
        return _bounded(_ints(whole) * DAY, _valid(column), np.ones(len(column), np.bool_), 0)
    if pa.types.is_timestamp(kind):
        _same_zone(kind.tz, name, zone_name)
        return _stamps(column, kind.unit)
    fix = "Give days, timestamps or text; a number is no time."
    raise DocketError(Fault("H470", f"column '{name}' is {kind}", fix))


def _same_zone(label: str | None, name: str, zone_name: str) -> None:
    # Tools label clock times that state no zone with UTC, so that label says nothing.
    if label not in {None, "UTC", "Etc/UTC", "+00:00", zone_name}:
        what = f"column '{name}' is labelled {label}, and --zone says {zone_name}"
        raise DocketError(Fault("H470", what, "Declare the zone of the file."))


def _empty(size: int) -> Times:
    return Times(
        np.zeros(size, np.int64),
        np.full(size, Fail.EMPTY, np.int8),
        np.zeros(size, np.bool_),
        0,
    )


def _ints(column: pa.Array) -> Ints:
    if not column.null_count:
        return np.asarray(column).astype(np.int64)
    found = np.zeros(len(column), np.int64)
    found[_valid(column)] = np.asarray(column.drop_null())
    return found


def _valid(column: pa.Array) -> Bools:
    return np.asarray(column.is_valid())


def _stamps(column: pa.Array, unit: str) -> Times:
    ticks = _ints(column.cast(pa.int64()))
    cut = int(np.count_nonzero(ticks % _CAST[unit]))
    return _bounded(ticks // _CAST[unit], _valid(column), np.zeros(len(column), np.bool_), cut)


def _bounded(seconds: Ints, valid: Bools, by_day: Bools, cut: int) -> Times:
    fail = np.where(valid, Fail.NONE, Fail.EMPTY).astype(np.int8)
    first, last = ((datetime(y, 1, 1) - EPOCH) // timedelta(seconds=1) for y in YEARS)  # noqa: DTZ001
    fail[valid & ((seconds < first) | (seconds >= last))] = Fail.FAR_YEAR
    return Times(np.where(fail == Fail.NONE, seconds, 0), fail, by_day & (fail == Fail.NONE), cut)


def _text(column: pa.Array, form: str) -> Times:
    column = pc.call_function("utf8_trim_whitespace", [column])
    options = pc.ExtractRegexOptions(FORMS[form])
    parts = pc.call_function("extract_regex", [column], options)
    matched = _valid(parts)
    found = _empty(len(column))
    seconds, fail, by_day = found.seconds, found.fail, found.by_day
    here = np.flatnonzero(matched)
    if len(here):
        some = parts.filter(pa.array(matched))
        told, wrong = _counted(some)
        seconds[here], by_day[here] = told, _group(some, "H", "-1") < 0
        fail[here] = np.where(wrong, Fail.NO_SUCH_TIME, Fail.NONE)
    rest = np.flatnonzero(~matched & _valid(column))
    if len(rest):
        words = column.take(pa.array(rest)).dictionary_encode()
        kinds = np.array([_kind(word) for word in words.dictionary.to_pylist()], np.int8)
        fail[rest] = kinds[np.asarray(words.indices)]
    good = fail == Fail.NONE
    bounded = _bounded(seconds, good, by_day, 0)
    fail = np.where(good, bounded.fail, fail).astype(np.int8)
    fractions = _fractions(parts.filter(pa.array(matched))) if len(here) else 0
    return Times(bounded.seconds, fail, bounded.by_day, fractions)


def _group(parts: pa.StructArray, name: str, absent: str) -> Ints:
    if parts.type.get_field_index(name) < 0:
        return np.full(len(parts), int(absent), np.int64)
    text = parts.field(name)
    whole = pc.call_function("if_else", [pc.call_function("equal", [text, ""]), absent, text])
    return np.asarray(whole.cast(pa.int64()))


def _fractions(parts: pa.StructArray) -> int:
    return int(np.count_nonzero(_group(parts, "f", "0")))


def _counted(parts: pa.StructArray) -> tuple[Ints, Bools]:
    # Seconds of matched times, and which of them no calendar or clock has.
    year, month, day = (_group(parts, name, "0") for name in "ymd")
    hour, minute, second = (_group(parts, name, "0") for name in "HMS")
    wrong = (month < 1) | (month > MONTHS) | (day < 1) | (day > LONGEST)
    wrong |= (hour >= HOURS) | (minute >= MINUTES) | (second >= MINUTES)
    if parts.type.get_field_index("p") >= 0:
        half = np.asarray(parts.field("p").to_pylist(), object)
        wrong |= (half != "") & ((hour < 1) | (hour > HALF))
        hour = np.where(half != "", hour % HALF, hour) + np.where(half == "PM", HALF, 0)
    months = (year - EPOCH.year) * MONTHS + np.clip(month, 1, MONTHS) - 1
    first = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    next_ = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    days = first + day - 1
    wrong |= days >= next_
    return days * DAY + hour * 3600 + minute * 60 + second, wrong


def _kind(text: str) -> int:
    if not text:
        return Fail.EMPTY
    if is_withheld(text):
        return Fail.WITHHELD
    return Fail.SHORT_YEAR if _SHORT.match(text) else Fail.OTHER_FORM


class Clock:
    """Civil seconds of one zone to instants, by the packaged time-zone data."""

    def __init__(self, zone_name: str) -> None:
        self._zone = zone(zone_name)
        self._even: dict[int, int | None] = {}  # day: its offset, None where that changes

    def instants(self, civil: Ints) -> tuple[Ints, Bools, Bools]:
        """Seconds in UTC; which times the zone skips; which it shows twice (the earlier is meant).

        A skipped time is given no meaning: its seconds are those before the clock went forward.
        """
        days, place = np.unique(civil // DAY, return_inverse=True)
        evens = [self._offset(int(day)) for day in days]
        offset = np.array([even or 0 for even in evens], np.int64)[place]
        skipped, twice = np.zeros(len(civil), np.bool_), np.zeros(len(civil), np.bool_)
        odd = np.array([even is None for even in evens], np.bool_)[place]
        for row in np.flatnonzero(odd):
            at = EPOCH + timedelta(seconds=int(civil[row]))
            first, second = (_seconds(self._zone, at, fold) for fold in (0, 1))
            offset[row], skipped[row], twice[row] = first, first < second, first > second
        return civil - offset, skipped, twice

    def _offset(self, day: int) -> int | None:
        if day not in self._even:
            hours = (EPOCH + timedelta(days=day, hours=hour) for hour in range(HOURS + 1))
            found = {_seconds(self._zone, at, fold) for at in hours for fold in (0, 1)}
            self._even[day] = found.pop() if len(found) == 1 else None
        return self._even[day]


def _seconds(where: ZoneInfo, at: datetime, fold: int) -> int:
    offset = at.replace(fold=fold, tzinfo=where).utcoffset()
    return 0 if offset is None else offset // timedelta(seconds=1)

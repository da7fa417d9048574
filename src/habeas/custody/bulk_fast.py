"""The same counts compiled, in one pass over the columns; twin of `bulk`, byte for byte.

Without numba the definition answers in its place. A day is found without a division: an instant's
65,536 seconds since the window began hold at most one midnight, and a small table says which day
begins there and where. Starts and ends fall into one small table a month, a cell of which holds a
number of ends, the sum of their days of the month, and of their seconds since it began.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from habeas.custody.bulk import Headcount, Stays, Window, by_day, whole_periods
from habeas.custody.bulk import by_month as by_month_defined
from habeas.custody.civil import SECONDS, Clock, Ints, clock
from habeas.custody.compiled import COMPILED, compiled
from habeas.custody.pieces import Pieces, following_start, once
from habeas.terms import Convention

Days = NDArray[np.int32]
Facilities = NDArray[np.integer[Any]]  # Any: of whatever width the column has
Number = Any  # in a compiled loop, what numba makes of it: a whole number
SHIFT = 16  # an instant's high bits: stretches shorter than any day between two midnights
LOW = (1 << SHIFT) - 1
HALF = 17  # bits of a table entry that say where in its stretch a day begins
WIDE = 1 << 14  # days that an entry can name


def _held_below(keys: NDArray[np.integer], number: int) -> None:
    """Refuse an index without a row of its own: the compiled loops do not look again.

    Raises:
        IndexError: the caller's mistake.
    """
    if keys.size and not 0 <= int(keys.min()) <= int(keys.max()) < number:
        msg = f"an index of {number} keys is {keys.min()} or {keys.max()}"
        raise IndexError(msg)


class SoundDays(NamedTuple):
    """Stays in whole days that were looked at once: whatever counts them does not look again.

    Only `sound_days` makes them.
    """

    facility: NDArray[np.int32]  # index, below `facilities`; as a dictionary of Arrow has it
    first: Days  # inside the window, or at its end
    after: Days  # no earlier than `first`
    facilities: int
    window: Window
    refused: int  # stays that ended before they began: they are not here
    empty: int  # stays of no day: they are


def sound_days(
    facility: Facilities, first: Days, after: Days, facilities: int, window: Window
) -> SoundDays:
    """Stays cut to a window; those that end before they begin are set apart.

    Args:
        facility: index, below `facilities`.
        first: the first day, int32.
        after: the day after the last, int32.
        facilities: how many.
        window: the civil days.
    """
    _held_below(facility, facilities)
    good = after >= first
    refused = int(np.count_nonzero(~good))
    kept = (facility, first, after) if not refused else (facility[good], first[good], after[good])
    empty = int(np.count_nonzero(kept[1] == kept[2]))
    ends = [np.clip(one, window.first, window.after).astype(np.int32) for one in kept[1:]]
    row = np.ascontiguousarray(kept[0], np.int32)
    return SoundDays(row, ends[0], ends[1], facilities, window, refused, empty)


@compiled
def _count_days(
    facility: Days, first: Days, after: Days, begin: Number, low: NDArray[np.int8], high: Days
) -> None:
    pitch, begin_ = np.uint32(low.shape[1]), np.uint32(begin)
    cells, carried = low.reshape(-1), high.reshape(-1)
    for n in range(first.size):
        row = np.uint32(facility[n]) * pitch - begin_  # modulo 2**32; the sums below are small
        begins = np.uint64(np.uint32(row + np.uint32(first[n])))
        ends = np.uint64(np.uint32(row + np.uint32(after[n])))
        # A byte a cell keeps the table near the processor; what runs over is carried, hardly ever.
        more = np.int8(cells[begins] + np.int8(1))
        cells[begins] = more
        if more == np.int8(-128):
            carried[begins] += np.int32(256)
        less = np.int8(cells[ends] - np.int8(1))
        cells[ends] = less
        if less == np.int8(127):
            carried[ends] -= np.int32(256)


def headcount_days(stays: SoundDays) -> Headcount:
    """The headcount of stays in whole days, as `bulk.headcount` has it.

    The stays must come from `sound_days`: the loop writes where they say.
    """
    found = Headcount(stays.facilities, stays.window.first, stays.window.after)
    columns = stays.facility, stays.first, stays.after
    if COMPILED:
        low = np.zeros((stays.facilities, stays.window.days + 1), np.int8)
        high = np.zeros(low.shape, np.int32)
        _count_days(*columns, stays.window.first, low, high)
        found.table += (low + high).reshape(-1)
    else:
        found.add(Stays(*(one.astype(np.int64) for one in columns)))
    found.refused, found.empty = stays.refused, stays.empty
    return found


class _Tables(NamedTuple):
    """A zone over a window, for the compiled loops; instants count from the window's first."""

    stretch: Days  # by 65,536 seconds: day << 17, and where in it the next day begins
    days: Days  # by day: when it begins, its month, the day and the second on which that begins
    change: Days  # the first change of the clock after each day's beginning
    since: Ints  # by month: the day on which it begins; one more entry
    span: int  # seconds by which the offsets differ


def _tables(there: Clock, window: Window) -> _Tables | None:
    """None where a window is too long for them, or a day of hardly any length lies in it."""
    starts = there.starts - there.starts[0]
    if window.days >= WIDE or (np.diff(starts) <= LOW).any():
        return None
    edges = np.arange(int(starts[-1] >> SHIFT) + 1, dtype=np.int64) << SHIFT
    held = np.searchsorted(starts, edges, "right") - 1
    following = np.append(starts[1:], starts[-1] + (2 << SHIFT))[held] - edges
    stretch = (held << HALF) | np.minimum(following, LOW + 1)
    since = np.append(window.months(), window.days)
    month = np.searchsorted(since, np.arange(window.days + 1), "right") - 1
    days = np.stack([starts, month, since[month], starts[since[month]]], axis=1)
    inside = there.at[(there.at > there.starts[0]) & (there.at < there.starts[-1])]
    ahead = np.append(inside - there.starts[0], np.iinfo(np.int32).max)
    change = ahead[np.searchsorted(ahead, starts, "right").clip(max=ahead.size - 1)]
    begun = np.searchsorted(there.at, np.append(there.starts[0], inside), "right") - 1
    span = int(np.ptp(there.offset[begun]))
    tables = [one.astype(np.int32) for one in (stretch, days, change)]
    return _Tables(tables[0], np.ascontiguousarray(tables[1]), tables[2], since, span)


@compiled
def _day(stretch: Days, instant: Number) -> Number:
    entry = stretch[np.uint64(instant >> SHIFT)]
    return np.int64(entry >> HALF) + np.int64((instant & LOW) >= (entry & ((1 << HALF) - 1)))


@compiled
def _count_instants(
    key: Facilities, start: Ints, end: Ints, origin: Number, stretch: Days, table: Days
) -> None:
    pitch, cells = np.uint64(table.shape[1]), table.reshape(-1)
    until = origin + np.int64(stretch[0])  # cut before the difference, which an open end outgrows
    for n in range(start.size):
        row = np.uint64(key[n]) * pitch
        one = max(min(start[n], until), origin) - origin
        two = max(min(end[n], until), origin) - origin
        cells[row + np.uint64(_day(stretch[1:], one))] += np.int32(1)
        cells[row + np.uint64(_day(stretch[1:], two))] -= np.int32(1)


def headcount_instants(pieces: Pieces, keys: int, window: Window, zone_name: str) -> Ints:
    """Units of each key on each civil day under `midnight`, as `bulk.by_day` has it.

    Args:
        pieces: none that ends before it starts.
        keys: how many.
        window: the civil days.
        zone_name: the agreement's zone.
    """
    there = clock(zone_name, window.first, window.after)
    tables = _tables(there, window)
    plain = bool((pieces.multiplicity == 1).all())
    if not COMPILED or tables is None or not plain:
        return by_day(pieces, keys, window, Convention.MIDNIGHT, zone_name)
    _held_below(pieces.key, keys)
    table = np.zeros((keys, window.days + 1), np.int32)
    led = np.concatenate([tables.days[-1:, 0], tables.stretch])
    _count_instants(pieces.key, pieces.start, pieces.end, int(there.starts[0]), led, table)
    return np.cumsum(table[:, :-1], axis=1, dtype=np.int64)


# A cell of a month holds four numbers: ends and their days of the month in one, their seconds since
# it began, three counts of days in one (`calendar`, `min1` and `block24` beyond midnight), nothing.
COUNT, FIELD, LINE = 36, 21, 4
CHUNK = 1 << 19  # rows after which the cells are emptied, so that no count runs over
NEVER = 1 << 60
_Row = tuple[Number, ...]


class _Columns(NamedTuple):
    """Pieces for the compiled loop; where `whole`, each is a custody period and a person."""

    key: Facilities
    start: Ints
    end: Ints
    times: NDArray[np.int8]
    received: Ints
    left: Ints
    following: Ints
    whole: bool

    def part(self, begin: int) -> "_Columns":
        """A chunk of the rows."""
        rows = slice(begin, begin + CHUNK)
        return _Columns(
            self.key[rows],
            self.start[rows],
            self.end[rows],
            self.times[rows],
            self.received[rows],
            self.left[rows],
            self.following[rows],
            self.whole,
        )


@compiled
def _end(days: Days, at: Number, day: Number, cells: Ints, first: Number, times: Number) -> Number:
    """Count one end in the cell of its month; where that cell lies."""
    on = np.uint64(day)
    cell = np.uint64(first) + np.uint64(LINE) * np.uint64(days[on, 1])
    cells[cell] += times * ((np.int64(1) << COUNT) + day - days[on, 2])
    cells[cell + np.uint64(1)] += times * (at - days[on, 3])
    return cell


@compiled
def _again(stretch: Days, longest: Number, following: Number, db: Number) -> Number:
    """Whether the person's next piece starts on the day on which this one ends."""
    return following < longest and _day(stretch, max(following, 0)) <= db


@compiled
def _shift(line: Ints, place: Number, begin: Number, end: Number, times: Number) -> None:
    """Some more units on each of the days [begin, end)."""
    line[np.uint64(place + begin)] += times
    line[np.uint64(place + end)] -= times


@compiled
def _blocks(stretch: Days, change: Days, line: Ints, row: _Row) -> None:
    """Put blocks of 24 hours in the place of midnights, up to each change of the clock in turn."""
    one, two, da, db, origin, place, times = row
    begin = origin
    if origin < one:
        begin += (one - origin + SECONDS - 1) // SECONDS * SECONDS
    _shift(line, place, da, db, -times)
    while begin < two:
        at, count = _day(stretch, begin), np.int64(1)
        stop = min(two, np.int64(change[np.uint64(at)]))
        if stop > begin:  # else the clock was changed earlier on this very day
            count = (stop - begin + SECONDS - 1) // SECONDS
        _shift(line, place, at, at + count, times)
        begin += count * SECONDS


@compiled
def _count_months(
    columns: _Columns, origin: Number, tables: _Tables, months: Ints, blocks: Ints
) -> None:
    # Taken apart before the loop: a field of a tuple of columns is counted at each look.
    key, start, end, multiplicity, received, left, following, whole = columns
    stretch, days, change, _, span = tables
    last, longest = np.int64(change.size - 1), np.int64(days[change.size - 1, 0])
    pitch, width = np.int64(months.shape[1] * LINE), np.int64(blocks.shape[1])
    cells, line = months.reshape(-1), blocks.reshape(-1)
    for n in range(start.size):
        times, row = np.int64(multiplicity[n]), np.int64(key[n])
        one = max(min(start[n], origin + longest), origin) - origin
        two = max(min(end[n], origin + longest), origin) - origin
        da, db = _day(stretch, one), _day(stretch, two)
        _end(days, one, da, cells, row * pitch, times)
        cell = _end(days, two, db, cells, row * pitch, -times)
        first = (start[n] if whole else received[n]) - origin
        # Where a block begins with the piece, and no change of the clock takes one over midnight,
        # blocks are the midnights, and one more where the piece outlasts the last day's.
        rest = one - days[np.uint64(da), 0]
        even = span == 0 or 2 * span <= rest < SECONDS - 2 * span or two <= change[np.uint64(da)]
        if first == one and even:
            more = np.int64(two - one > (db - da) * SECONDS) << (2 * FIELD)
        else:
            more = np.int64(0)
            told = (one, two, da, db, first, row * width, times)
            _blocks(stretch, change, line, told)
        if db < last:
            begun = np.int64(days[np.uint64(db), 0])
            if two != begun and (whole or not _again(stretch, longest, following[n] - origin, db)):
                more += 1  # `calendar` counts the day of the end
            if (whole or end[n] == left[n]) and first >= begun:
                more += np.int64(1) << FIELD  # `min1` counts a period without a midnight
        cells[cell + np.uint64(2)] += times * more


def _columns(rows: Pieces, *, person_once: bool) -> _Columns:
    """The columns of the compiled loop; custody periods of one piece need three of them."""
    alone = not person_once and bool((rows.stay[1:] > rows.stay[:-1]).all())
    received, left, following = rows.start, rows.end, rows.start  # not read where alone
    if not alone:
        received, left = whole_periods(rows)
        following = np.full(len(rows), NEVER)
    if person_once:
        following = np.minimum(following_start(rows), NEVER)
    times = rows.multiplicity
    return _Columns(rows.key, rows.start, rows.end, times, received, left, following, alone)


def _lowest(cells: Ints, bits: int) -> tuple[Ints, Ints]:
    """The lowest signed field of cells, and what lies above it."""
    half = 1 << (bits - 1)
    value = ((cells + half) & ((1 << bits) - 1)) - half
    return value, (cells - value) >> bits


def _sums(cells: Ints) -> Ints:
    """Ends, days, seconds and the three counts of each key and month, apart."""
    days, ends = _lowest(cells[..., 0], COUNT)
    touched, rest = _lowest(cells[..., 2], FIELD)
    short, late = _lowest(rest, FIELD)
    return np.stack([ends, days, cells[..., 1], touched, short, late])[:, :, :-1]


def _of_months(sums: Ints, blocks: Ints, tables: _Tables) -> dict[Convention, Ints]:
    ends, days, seconds, touched, short, late = sums
    since, starts = tables.since, tables.days[:, 0].astype(np.int64)
    held = np.cumsum(ends, axis=1)  # in custody once a month is over, had nobody left since
    midnight = held * np.diff(since) - days
    corrected = np.cumsum(blocks[:, : since[-1]], axis=1)
    return {
        Convention.MIDNIGHT: midnight,
        Convention.CALENDAR: midnight + touched,
        Convention.MIN1: midnight + short,
        Convention.BLOCK24: midnight + late + np.add.reduceat(corrected, since[:-1], axis=1),
        Convention.HOURS: held * np.diff(starts[since]) - seconds,
    }


def by_month(
    pieces: Pieces, keys: int, window: Window, zone_name: str, *, person_once: bool = True
) -> dict[Convention, Ints]:
    """Units by key and month under all five conventions, as `bulk.by_month` has them.

    Args:
        pieces: all entries of each person, none that ends before it starts.
        keys: how many.
        window: the civil days.
        zone_name: the agreement's zone.
        person_once: whether a person in two places counts once.
    """
    there = clock(zone_name, window.first, window.after)
    tables = _tables(there, window)
    if not COMPILED or tables is None:
        return by_month_defined(pieces, keys, window, zone_name, person_once=person_once)
    rows = once(pieces) if person_once else pieces
    _held_below(rows.key, keys)
    months = tables.since.size - 1
    columns, sums = _columns(rows, person_once=person_once), np.zeros((6, keys, months), np.int64)
    blocks = np.zeros((keys, window.days + 2), np.int64)
    for begin in range(0, len(rows), CHUNK):
        cells = np.zeros((keys, months + 1, LINE), np.int64)
        _count_months(columns.part(begin), int(there.starts[0]), tables, cells, blocks)
        sums += _sums(cells)
    return _of_months(sums, blocks, tables)

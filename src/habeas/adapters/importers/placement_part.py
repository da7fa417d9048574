"""One slab of placements: each row taken, marked or set aside with a reason.

A person's identifier is hashed under a salt that the call hands in and is kept nowhere; the stay's
identifier, which may hold it, likewise. No duration is read: only instants make an interval.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from habeas.adapters.importers.civil_times import DAY, Bools, Clock, Fail, Ints, Times, times
from habeas.adapters.importers.person_keys import Keyed, Words, mixed, words
from habeas.adapters.importers.slabs import Slab
from habeas.docket.facilities import Aliases
from habeas.docket.placements import INSTANT, SCHEMA, WORDS, Mark, Refused
from habeas.docket.tally import Met
from habeas.errors import Fault, SetupError
from habeas.law.calendar import day as day_number
from habeas.law.calendar import zone

LEAST, MOST = 16, 64  # bytes of a salt
LONG = 64  # characters of a cell that a quarantine shows
DIGITS = 15  # of a row's number in its source
OPEN = -(1 << 62)  # stands for no end where rows are compared
TIMES = {
    Fail.EMPTY: ("H466", "the {} is empty", "A placement needs it."),
    Fail.WITHHELD: ("H466", "the {} was withheld", "Ask the publisher: a placement needs it."),
    Fail.SHORT_YEAR: ("H463", "the {} has a year of two digits", "Write the year in full."),
    Fail.OTHER_FORM: ("H462", "the {} has not the declared form", "Declare it with --dates."),
    Fail.NO_SUCH_TIME: ("H462", "the {} is no day or time of the calendar", "Correct it."),
    Fail.FAR_YEAR: ("H462", "the {} is before 1900 or after 2199", "Correct it."),
}
SKIPPED = ("H467", "the zone's clocks skip the {}", "Correct it, or declare another --zone.")
BACKWARD = ("H464", "it ends before it starts", "Correct it at its source.")
NO_LENGTH = ("H465", "it ends in the second in which it starts", "Correct it at its source.")
DROPPED = ("H473", "the publisher marks it as a duplicate to drop", "Nothing is to be done.")
AGAIN = ("H468", "its person, facility, start and end came before", "Nothing is to be done.")
Reason = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """What the call declares of a file."""

    zone: str  # in which the file's clock times stand
    salt: bytes
    as_of: date | None = None  # the day of which the file is
    dates: str = "iso"  # form of times that are text
    aliases: Aliases | None = None  # None: a code is its own facility

    def __post_init__(self) -> None:
        zone(self.zone)
        if not LEAST <= len(self.salt) <= MOST:
            what = f"the salt has {len(self.salt)} bytes"
            raise SetupError(Fault("H471", what, f"Give {LEAST} to {MOST} random bytes."))


@dataclass
class Seen:
    """What was met on the way through a file."""

    withheld: Counter[tuple[str, str]] = field(default_factory=Counter)  # of what; the text
    unmatched: Counter[str] = field(default_factory=Counter)  # codes that no alias explains
    names: dict[str, set[str]] = field(default_factory=dict)  # those that a code stands beside
    cut: int = 0  # times whose fraction of a second was left out
    clocked: set[str] = field(default_factory=set)  # start, end: whether any has a time of day
    rows: Met = field(default_factory=Met)


@dataclass(frozen=True, slots=True)
class Context:
    """What every slab of a file is judged by."""

    call: Call
    clock: Clock
    keyed: Keyed
    picked: Mapping[str, str]  # the thing that is read, and its column
    seen: Seen


class Part:
    """One slab on its way."""

    def __init__(self, whole: Context, slab: Slab, columns: Mapping[str, pa.Array]) -> None:
        self._whole, self._slab, self._columns = whole, slab, columns
        self._size = len(slab.rows)
        self._marks = np.zeros(self._size, np.int32)
        self._reason = np.full(self._size, -1, np.int64)
        self._reasons: list[Reason] = []
        self._person, self._code = self._words("person"), self._words("code")
        self._start, self._end = self._times("start"), self._times("end")

    def _words(self, what: str) -> Words:
        if what not in self._columns:
            return words(pa.nulls(self._size), what)
        return words(self._columns[what], self._whole.picked[what])

    def _times(self, what: str) -> Times:
        if what not in self._columns:
            return times(pa.nulls(self._size), "iso", what, self._whole.call.zone)
        call, name = self._whole.call, self._whole.picked[what]
        return times(self._columns[what], call.dates, name, call.zone)

    def _refuse(self, here: Bools, reason: Reason) -> None:
        new = here & (self._reason < 0)
        if new.any():
            self._reason[new] = len(self._reasons)
            self._reasons.append(reason)

    def _mark(self, here: Bools, mark: Mark) -> None:
        self._marks[here] |= int(mark)

    def told(self) -> tuple[pa.RecordBatch, list[Refused]]:
        """The rows that were taken, and those that were set aside."""
        starts, ends = self._interval()
        self._facts()
        facility = self._facilities()
        self._duplicates(starts, ends)
        kept = self._reason < 0
        whole = self._batch(starts, ends, facility)
        self._note(kept)
        return whole.filter(pa.array(kept)), self._set_aside(~kept)

    def _interval(self) -> tuple[Ints, Ints]:
        clock, start, end = self._whole.clock, self._start, self._end
        for told, name in ((start, "start"), (end, "end")):
            for fail, (code, what, fix) in TIMES.items():
                if name == "start" or fail is not Fail.EMPTY:  # an empty end is an open one
                    self._refuse(told.fail == fail, (code, what.format(name), fix))
        found = []
        for told, name in ((start, "start"), (end, "end")):
            at, skipped, twice = clock.instants(told.seconds)
            here = told.known & ~told.by_day
            code, what, fix = SKIPPED
            self._refuse(here & skipped, (code, what.format(name), fix))
            self._mark(here & twice, Mark.SHOWN_TWICE)
            found.append(at)
        starts, ends = found
        self._order(starts, ends)
        return starts, ends

    def _order(self, starts: Ints, ends: Ints) -> None:
        start, end = self._start, self._end
        closed = start.known & end.known
        days = end.seconds // DAY - start.seconds // DAY
        # Where one end is known by its day alone, no more than days can be compared.
        by_day = start.by_day | end.by_day
        self._refuse(closed & by_day & (days < 0), BACKWARD)
        self._refuse(closed & ~by_day & (ends < starts), BACKWARD)
        self._refuse(closed & ~by_day & (ends == starts), NO_LENGTH)
        same = closed & by_day & (days == 0)
        self._mark(same, Mark.SAME_DAY)
        ends[same] = np.maximum(ends[same], starts[same])

    def _facts(self) -> None:
        call, end = self._whole.call, self._end
        is_open = end.fail == Fail.EMPTY
        if call.as_of is None:
            self._mark(is_open, Mark.OPEN_WITHOUT_AS_OF)
        else:
            last = (day_number(call.as_of) + 1) * DAY
            late = (self._start.known & (self._start.seconds >= last)) | (
                end.known & (end.seconds >= last)
            )
            self._mark(late, Mark.AFTER_AS_OF)
        self._mark(self._person.withheld, Mark.PERSON_WITHHELD)
        self._mark(self._person.missing, Mark.PERSON_MISSING)
        self._mark(self._code.withheld, Mark.FACILITY_WITHHELD)
        self._mark(self._code.missing, Mark.FACILITY_MISSING)
        self._mark(self._true("likely"), Mark.LIKELY_DUPLICATE)
        self._refuse(self._true("drop"), DROPPED)

    def _true(self, what: str) -> Bools:
        found = self._words(what)
        yes = [word.lower() in {"true", "t", "1"} for word in found.words]
        return np.array([*yes, False], np.bool_)[found.places]

    def _facilities(self) -> pa.Array:
        aliases, code = self._whole.call.aliases, self._code
        if aliases is None:
            return code.column()
        ids: dict[str, int] = {}
        found = np.full(self._size, -1, np.int32)
        days = self._start.seconds // DAY
        order = np.argsort(code.places, kind="stable")
        edges = np.searchsorted(code.places[order], np.arange(len(code.words) + 1))
        for number, word in enumerate(code.words):
            rows = order[edges[number] : edges[number + 1]]
            for alias in reversed(aliases.dated(word)):
                first = day_number(alias.first) if alias.first else -(1 << 40)
                after = day_number(alias.after) if alias.after else 1 << 40
                here = rows[(days[rows] >= first) & (days[rows] < after)]
                found[here] = ids.setdefault(alias.facility, len(ids))
        unknown = (found < 0) & ~code.missing & ~code.withheld & self._start.known
        self._mark(unknown, Mark.FACILITY_UNMATCHED)
        return pa.DictionaryArray.from_arrays(
            pa.array(found, mask=found < 0), pa.array(list(ids), pa.utf8())
        )

    def _duplicates(self, starts: Ints, ends: Ints) -> None:
        keyed, seen = self._whole.keyed, self._whole.seen.rows
        # Without person and place two rows may look alike and be two: they are marked alone.
        vague = self._person.missing | self._person.withheld
        vague |= self._code.missing | self._code.withheld
        person = np.where(self._person.withheld, 0, self._person.numbers(keyed.lane))
        reason = np.where(vague, self._words("reason").numbers(keyed.lane), 0)
        until = np.where(self._end.known, ends, OPEN)
        rows = mixed(person, self._code.numbers(keyed.lane), starts, until, reason)
        good = np.flatnonzero(self._reason < 0)
        _, first = np.unique(rows[good], return_index=True)
        again = np.ones(len(good), np.bool_)
        again[first] = False
        again |= seen.among(rows[good])
        seen.add(rows[good])
        repeated = np.zeros(self._size, np.bool_)
        repeated[good[again]] = True
        self._mark(repeated & vague, Mark.POSSIBLE_DUPLICATE)
        self._refuse(repeated & ~vague, AGAIN)

    def _stay(self, what: str) -> pa.Array:
        told = self._times(what)
        at, skipped, _ = self._whole.clock.instants(told.seconds)
        good = told.known & (told.by_day | ~skipped)
        self._mark(~good & (told.fail != Fail.EMPTY), Mark.STAY_UNREAD)
        if what == "stay_start":
            before = self._start.seconds < told.seconds
            days = self._start.seconds // DAY < told.seconds // DAY
            before = np.where(told.by_day | self._start.by_day, days, before)
            self._mark(good & self._start.known & before, Mark.OUTSIDE_ITS_STAY)
        return _instants(at, good)

    def _batch(self, starts: Ints, ends: Ints, facility: pa.Array) -> pa.RecordBatch:
        start, end, keyed = self._start, self._end, self._whole.keyed
        as_of = self._whole.call.as_of
        is_open = end.fail == Fail.EMPTY
        found: dict[str, pa.Array] = {
            "row": pa.array(self._slab.rows),
            "subject": self._person.column(keyed.person),
            "stay": self._words("stay").column(keyed.stay),
            "facility": facility,
            "facility_code": self._code.column(),
            "t_in": _instants(starts, start.known),
            "t_out": _instants(ends, end.known),
            "day_in": _days(start.seconds // DAY, start.known),
            "day_out": _days(end.seconds // DAY, end.known),
            "in_by_day": pa.array(start.by_day),
            "out_by_day": pa.array(end.by_day, mask=~end.known),
            "as_of": _days(
                np.full(self._size, day_number(as_of) if as_of else 0),
                is_open & (as_of is not None),
            ),
            "stay_in": self._stay("stay_start"),
            "stay_out": self._stay("stay_end"),
            "withheld": self._withheld(),
        }
        for name, what in CARRIED.items():
            found[name] = self._words(what).column()
        for name, what in NUMBERS.items():
            found[name] = self._numbers(what)
        found["marks"] = pa.array(self._marks)
        columns = [found[field.name].cast(field.type) for field in SCHEMA]
        return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)

    def _numbers(self, what: str) -> pa.Array:
        column = self._columns.get(what)
        # A number of 64 bits without a sign may be more than the column can hold.
        plain = column is not None and not pa.types.is_uint64(column.type)
        if column is not None and plain and pa.types.is_integer(column.type):
            return column.cast(pa.int64())
        return _whole_numbers(self._words(what))

    def _withheld(self) -> pa.Array:
        told = np.full(self._size, "", object)
        for what, found in (("person", self._person), ("facility", self._code)):
            for row in np.flatnonzero(found.withheld):
                said = f"{what}: {found.words[found.places[row]][:LONG]}"
                told[row] = f"{told[row]}; {said}" if told[row] else said
        return pa.array([text or None for text in told.tolist()], pa.utf8()).cast(WORDS)

    def _note(self, kept: Bools) -> None:
        seen = self._whole.seen
        for what, found in (("person", self._person), ("facility", self._code)):
            for row in found.places[kept & found.withheld]:
                seen.withheld[what, found.words[row][:LONG]] += 1
        unmatched = kept & ((self._marks & int(Mark.FACILITY_UNMATCHED)) != 0)
        for place, count in zip(
            *np.unique(self._code.places[unmatched], return_counts=True), strict=True
        ):
            seen.unmatched[self._code.words[place][:LONG]] += int(count)
        names = self._words("facility_name")
        both = kept & (names.places >= 0) & (self._code.places >= 0) & ~self._code.withheld
        pairs = np.unique(self._code.places[both] * len(names.words) + names.places[both])
        for code, name in (divmod(int(pair), len(names.words)) for pair in pairs):
            seen.names.setdefault(self._code.words[code], set()).add(names.words[name])
        for what, told in (("start", self._start), ("end", self._end)):
            seen.cut += told.cut
            if (told.known & (told.seconds % DAY != 0)).any():
                seen.clocked.add(what)

    def _set_aside(self, refused: Bools) -> list[Refused]:
        places = np.flatnonzero(refused)
        if not len(places):
            return []
        cells = {
            what: self._columns[what].take(pa.array(places)).cast(pa.utf8()).to_pylist()
            for what in ("start", "end", "code")
        }
        found = []
        for number, place in enumerate(places):
            code, what, fix = self._reasons[self._reason[place]]
            shown = {name: (column[number] or "")[:LONG] for name, column in cells.items()}
            found.append(Refused(int(self._slab.rows[place]), code, what, fix, shown))
        return found


CARRIED = {
    "facility_name": "facility_name",
    "area": "area",
    "reason_out": "reason",
    "stay_reason_out": "stay_reason",
    "source_file": "file",
    "source_sheet": "sheet",
}
NUMBERS = {"source_row": "source_row", "source_placement": "placements", "source_stay": "stays"}


def _instants(seconds: Ints, known: Bools) -> pa.Array:
    return pa.array(seconds, pa.int64(), mask=~known).cast(INSTANT)


def _days(days: Ints, known: Bools) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32(), mask=~known).cast(pa.date32())


def _whole_numbers(found: Words) -> pa.Array:
    # A row's number in its source is a whole number; any other text is not carried on.
    good = np.array([*map(_is_number, found.words), False], np.bool_)[found.places]
    numbers = found.numbers(lambda word: int(word) if _is_number(word) else 0)
    return pa.array(numbers, mask=~good)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= DIGITS

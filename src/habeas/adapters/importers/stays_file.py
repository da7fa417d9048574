"""Files of stays, with the user's names of columns, as batches of days or instants. Not trusted.

A file says when in civil days or in instants with an offset; a clock time without one is neither,
and its row is set aside. An end that is empty has not come. Durations are never read: they are
counted anew. Days are read batch by batch: memory holds one batch and the names of the facilities.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds

from habeas.custody.bulk import Stays
from habeas.custody.civil import OPEN, SECONDS, Ints
from habeas.custody.pieces import Pieces
from habeas.errors import DocketError, Fault, SetupError

BATCH = 1 << 17
EPOCH = date(1970, 1, 1)
BEGIN, SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)
UNNAMED = 1 << 29  # indexes of those whom the file does not name: each is one of their own
NAMES = ("facility", "in", "out")
MORE = ("person", "stay")  # columns that a file may have
NOON = SECONDS // 2  # of UTC: where a civil day stands for an instant
DAY = len("YYYY-MM-DD")
# A day beyond these stands for "never" or is a slip; whoever counts would count up to it.
YEARS = date(1900, 1, 1), date(2200, 1, 1)
Kind = Literal["days", "instants"]


@dataclass(frozen=True, slots=True)
class Read:
    """A file of stays as columns; keys are facilities in order of name."""

    pieces: Pieces
    facilities: list[str]
    kind: Kind
    persons: bool  # whether the file says who is who
    rows: int
    incomplete: int  # without a facility or a reception
    open: int


@dataclass(frozen=True, slots=True)
class StaysFile:
    """A file of stays: which column says what."""

    path: Path
    facility: str
    first: str  # reception
    after: str  # departure; by civil days, the stay does not count it
    person: str = ""  # empty: each row is a person
    stay: str = ""  # empty: each row is a custody period

    def _scan(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        if not self.path.is_file():
            raise SetupError(Fault("H902", f"no file '{self.path}'", "Name a file that exists."))
        try:
            source = ds.dataset(self.path, format=self.path.suffix.lower().lstrip("."))
            missing = [name for name in columns if name not in source.schema.names]
            if missing:
                fix = f"Map them with --columns; the file has {', '.join(source.schema.names)}."
                raise DocketError(
                    Fault("H421", f"no column {', '.join(missing)}", fix, str(self.path))
                )
            scanner = source.scanner(columns=columns, batch_size=BATCH, use_threads=False)
            for batch in scanner.to_batches():
                yield pa.RecordBatch.from_arrays(
                    [
                        _time(column, name) if name in {self.first, self.after} else _name(column)
                        for name, column in zip(columns, batch.columns, strict=True)
                    ],
                    columns,
                )
        except (pa.ArrowException, ValueError) as error:
            said = (str(error).splitlines() or ["no table"])[0][:120]
            what = f"the stays cannot be read: {said}"
            raise DocketError(
                Fault("H422", what, "Give CSV, Parquet or Arrow with dates.", str(self.path))
            ) from error

    def kind(self) -> Kind:
        """Whether the file says when in civil days or in instants: by its first reception."""
        for batch in self._scan([self.first]):
            column = batch.column(0).drop_null()
            if pa.types.is_timestamp(column.type) and column.type.tz is not None:
                return "instants"
            if not _is_text(column.type):
                return "days"
            told = next((text for text in column.to_pylist() if text), "")
            if told:
                return "instants" if len(told) > DAY else "days"
        return "days"

    def extent(self) -> tuple[list[str], int, int]:
        """Facilities in order of name, the first day and the day after the last, as day numbers.

        A stay without a facility, or without one of its days, is met in `batches`, not here.
        """
        names: set[str] = set()
        first, after = list[int](), list[int]()
        for batch in self._scan([self.facility, self.first, self.after]):
            names.update(name for name in batch.column(0).unique().to_pylist() if name)
            for found, pick, column in ((first, np.min, 1), (after, np.max, 2)):
                days = _known(_days(batch.column(column)))
                if days.size:
                    found.append(int(pick(days)))
        if not names or not first:
            raise self._nothing()
        # Without an end, or with none after a start, there is no day; the rows are counted yet.
        return sorted(names), min(first), max([*after, min(first)])

    def _nothing(self) -> DocketError:
        return DocketError(
            Fault("H410", "the file holds no stays", "Give at least one.", str(self.path))
        )

    def batches(self, facilities: list[str], counted: dict[str, int]) -> Iterator[Stays]:
        """The stays in batches of whole days.

        Args:
            facilities: names in order; a stay says its facility by the place in this list.
            counted: takes the number of rows, of those that lack a facility or a first day, and of
                those that have no end.
        """
        place = {name: number for number, name in enumerate(facilities)}
        for batch in self._scan([self.facility, self.first, self.after]):
            facility, first, after, incomplete = _cells(batch, place, _days)
            lasting = after == OPEN
            for name, number in (
                ("rows", len(batch)),
                ("incomplete", incomplete),
                ("open", int(np.count_nonzero(lasting))),
            ):
                counted[name] = counted.get(name, 0) + number
            yield Stays(facility[~lasting], first[~lasting], after[~lasting])

    def read(self) -> Read:
        """The whole file in memory: by instants, by person, or where an end has not come.

        A civil day stands for noon UTC of it, so that every convention by days counts it rightly
        in UTC. A row that ends before it starts is kept here and refused by whoever counts.
        """
        kind = self.kind()
        cells = _instants if kind == "instants" else _noons
        names = [self.facility, self.first, self.after]
        more = [name for name in (self.person, self.stay) if name]
        place: dict[str, int] = {}
        indexes: list[dict[str, int]] = [{}, {}]
        parts, rows, incomplete = list[tuple[Ints, ...]](), 0, 0
        for batch in self._scan(names + more):
            for name in batch.column(0).unique().to_pylist():
                if name:
                    place.setdefault(name, len(place))
            facility, first, after, short, whole = _cells_kept(batch, place, cells)
            alone = UNNAMED + rows + np.flatnonzero(whole)
            person, stay = alone, alone
            if self.person:
                person = _numbered(batch.column(3), indexes[0], alone, whole)
            if self.stay:
                stay = _numbered(batch.column(len(names + more) - 1), indexes[1], alone, whole)
            parts.append((person, stay, facility, first, after))
            rows, incomplete = rows + len(batch), incomplete + short
        if not place or not any(part[0].size for part in parts):
            raise self._nothing()
        return self._read(kind, parts, place, rows, incomplete)

    def _read(
        self,
        kind: Kind,
        parts: Sequence[tuple[Ints, ...]],
        place: dict[str, int],
        rows: int,
        incomplete: int,
    ) -> Read:
        columns = [np.concatenate(one) for one in zip(*parts, strict=True)]
        person, stay, facility, start, end = columns
        ordered = sorted(place)
        number = {name: n for n, name in enumerate(ordered)}
        moved = np.array([number[name] for name in place], np.int64)
        # A number of a custody period is a person's own; indexes are small again after this.
        _, stay = np.unique(person * (UNNAMED << 2) + stay, return_inverse=True)
        _, person = np.unique(person, return_inverse=True)
        pieces = Pieces(person, stay, moved[facility], start, end, np.ones(start.size, np.int8))
        lasting = int(np.count_nonzero(end == OPEN))
        return Read(pieces, ordered, kind, bool(self.person), rows, incomplete, lasting)


def _name(column: pa.Array) -> pa.Array:
    """A column of names as text.

    Raises:
        ArrowException: for a column that holds no single values.
    """
    return column.cast(pa.string())


def _time(column: pa.Array, name: str) -> pa.Array:
    """A column of days or instants as it stands, text as one kind of text.

    Raises:
        ValueError: for a column of something else: a number is no day.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_null(kind) or _is_text(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        msg = f"column '{name}' is {kind}, no days"
        raise ValueError(msg)
    return column


def _cells(
    batch: pa.RecordBatch, place: dict[str, int], when: Callable[[pa.Array], pa.Array]
) -> tuple[Ints, Ints, Ints, int]:
    return _cells_kept(batch, place, when)[:4]


def _cells_kept(
    batch: pa.RecordBatch, place: dict[str, int], when: Callable[[pa.Array], pa.Array]
) -> tuple[Ints, Ints, Ints, int, np.ndarray]:
    """Facility, start and end (OPEN where empty) of whole rows; how many are not, and which are."""
    named = batch.column(0).dictionary_encode()
    known = np.array([place.get(name, -1) for name in named.dictionary.to_pylist()], np.int64)
    start, end = when(batch.column(1)), when(batch.column(2))
    empty = np.asarray(_empty(batch.column(2)))
    whole = np.asarray(named.is_valid()) & np.asarray(start.is_valid())
    whole &= np.asarray(end.is_valid()) | empty
    facility = np.full(len(batch), -1, np.int64)
    indices = named.indices.fill_null(0) if known.size else named.indices
    if known.size:
        facility = known[np.asarray(indices)]
    whole &= facility >= 0  # an empty name is no facility
    starts = np.asarray(start.cast(pa.int64()).fill_null(0))
    ends = np.where(empty, OPEN, np.asarray(end.cast(pa.int64()).fill_null(0)))
    short = len(batch) - int(np.count_nonzero(whole))
    return facility[whole], starts[whole], ends[whole], short, whole


def _empty(column: pa.Array) -> pa.Array:
    missing = np.asarray(column.is_null())
    if _is_text(column.type):
        return missing | np.array([text == "" for text in column.to_pylist()], np.bool_)
    return missing


def _numbered(column: pa.Array, index: dict[str, int], alone: Ints, whole: np.ndarray) -> Ints:
    """An index for each text; rows without one are each alone."""
    coded = column.cast(pa.string()).fill_null("").dictionary_encode()
    known = [
        index.setdefault(text, len(index)) if text else -1 for text in coded.dictionary.to_pylist()
    ]
    found = np.array(known, np.int64)[np.asarray(coded.indices)][whole]
    return np.where(found < 0, alone, found)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _noons(column: pa.Array) -> pa.Array:
    days = _days(column)
    found = np.asarray(days.cast(pa.int64()).fill_null(0)) * SECONDS + NOON
    return pa.array(found, mask=~np.asarray(days.is_valid()))


def _instants(column: pa.Array) -> pa.Array:
    if _is_text(column.type):
        told = pa.array([_instant(text) for text in column.to_pylist()], pa.int64())
        return _bounded(told, SECONDS)
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        whole = column.cast(pa.timestamp("s", "UTC"), safe=False)
        return _bounded(whole.cast(pa.int64()), SECONDS)
    return pa.nulls(len(column), pa.int64())  # a clock time without an offset is no instant


def _instant(text: str | None) -> int | None:
    try:
        found = datetime.fromisoformat(text) if text else None
        return (found - BEGIN) // SECOND if found is not None and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _days(column: pa.Array) -> pa.Array:
    if _is_text(column.type):
        # A column that is text has cells that are no days: those are counted, the others go on.
        return _bounded(pa.array([_day(text) for text in column.to_pylist()], pa.int32()), 1)
    if pa.types.is_timestamp(column.type):
        # A midnight without an offset is a civil day; another clock time is neither that nor more.
        seconds = np.asarray(
            column.cast(pa.timestamp("s"), safe=False).cast(pa.int64()).fill_null(0)
        )
        whole = np.asarray(column.is_valid()) & (seconds % SECONDS == 0)
        return _bounded(pa.array((seconds // SECONDS).astype(np.int64), mask=~whole), 1)
    return _bounded(column.cast(pa.date32(), safe=False).cast(pa.int32()), 1)


def _bounded(found: pa.Array, unit: int) -> pa.Array:
    """Days, or instants of so many seconds a day, without those of no calendar in use."""
    first, after = ((edge - EPOCH).days * unit for edge in YEARS)
    values = np.asarray(found.cast(pa.int64()).fill_null(0))
    near = (values >= first) & (values < after)
    if near.all():  # nearly always
        return found
    kept = np.where(near, values, 0)
    return pa.array(kept, mask=~(near & np.asarray(found.is_valid()))).cast(found.type)


def _day(text: str | None) -> int | None:
    try:
        return None if not text else (date.fromisoformat(text) - EPOCH).days
    except ValueError:
        return None


def _known(column: pa.Array) -> Ints:
    return np.asarray(column.drop_null()).astype(np.int64)

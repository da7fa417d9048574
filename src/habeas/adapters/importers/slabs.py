"""Named columns of a large file as slabs of rows, in memory bounded by the slab. Not trusted.

Text is split at the delimiter that the header shows: comma, bar or tab. A cell never holds a line
end, so that an open quote spoils its own row and no other. Only the columns asked for are kept;
of a Parquet file no other is read at all.
"""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from habeas.errors import DocketError, Fault, SetupError

BLOCK = 8 * 1024**2  # bytes of text that are split at once
LINE = 1024**2  # the longest line
SHOWN = 200  # bytes of a line that is no row
ROWS = 1 << 16  # rows of a slab of a Parquet or Arrow file
GROUP = 2 * 1024**3  # bytes that one row group may unpack to
DELIMITERS = ",|\t"
MARK, QUOTE, FEED, RETURN, ASCII = b"\xef\xbb\xbf", 34, 10, 13, 127
Ints = NDArray[np.int64]


class Unread(NamedTuple):
    """A line that is no row."""

    row: int
    what: str
    text: str = ""  # its beginning: it may name a person


@dataclass(frozen=True, slots=True)
class Slab:
    """Some rows: each column asked for, the rows' numbers, the lines that are no rows."""

    columns: Mapping[str, pa.Array]
    rows: Ints
    unread: Sequence[Unread]
    size: int  # of the source, for the progress


def _refused(what: str, fix: str, file: str) -> DocketError:
    return DocketError(Fault("H470", what, fix, file))


@contextmanager
def readable(file: str) -> Iterator[None]:
    """What Arrow or gzip says of a file that is not of its form becomes a fault of the file."""
    try:
        yield
    except (pa.ArrowException, EOFError, OSError, ValueError) as error:
        what = f"the file cannot be read: {(str(error).splitlines() or [''])[0][:120]}"
        raise _refused(what, "Name it by its real form.", file) from error


@dataclass(frozen=True)
class TextSlabs:
    """Delimited text, plain or compressed by gzip."""

    path: Path

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return self.path.stat().st_size

    def _open(self) -> BinaryIO:
        if self.path.suffix.lower() == ".gz":
            return cast("BinaryIO", gzip.open(self.path))
        return self.path.open("rb")

    @cached_property
    def _head(self) -> tuple[list[str], str]:
        with readable(str(self.path)), self._open() as file:
            first = file.read(LINE).removeprefix(MARK)
        line = first.split(b"\n", 1)[0].removesuffix(b"\r")
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise _refused("the header is not UTF-8", "Save it so.", str(self.path)) from error
        mark = max(DELIMITERS, key=text.count)
        return _cells(text, mark) or [], mark

    @property
    def names(self) -> list[str]:
        """The header's names."""
        return self._head[0]

    def slabs(self, columns: Sequence[str]) -> Iterator[Slab]:
        """All rows; of text alone. Rows are counted as lines of the file.

        Raises:
            DocketError: H470.
        """
        line, before = 1, 0
        with readable(str(self.path)), self._open() as file:
            on_disk = getattr(file, "fileobj", file)
            for data in _whole_lines(file, str(self.path)):
                at = min(on_disk.tell(), self.size)
                slab, lines = self._slab(data, line, columns, at - before)
                line, before = line + lines, at
                yield slab

    def _slab(self, data: bytes, line: int, columns: Sequence[str], size: int) -> tuple[Slab, int]:
        mark, text = self._head[1], np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(text == FEED)
        if not len(ends) or ends[-1] != len(text) - 1:
            ends = np.append(ends, len(text))
        starts = np.append(0, ends[:-1] + 1)
        numbers = np.arange(line, line + len(starts))
        good = self._plain(data, text, starts, ends)
        if line == 1:
            good[0] = False
        odd = [
            (int(numbers[place]), data[starts[place] : ends[place]])
            for place in np.flatnonzero(~good)
            if int(numbers[place]) > 1
        ]
        rows, unread = self._odd(odd, mark)
        kept = text[np.repeat(good, np.diff(np.append(starts, len(text))))].tobytes()
        found = self._split(kept, columns, mark) if good.any() else {}
        told = np.append(numbers[good], np.array([number for number, _ in rows], np.int64))
        order = np.argsort(told, kind="stable")
        more = {name: self.names.index(name) for name in columns}
        whole = {
            name: _in_order(found.get(name), [cells[place] for _, cells in rows], order)
            for name, place in more.items()
        }
        return Slab(whole, told[order], unread, size), len(starts)

    def _plain(
        self, data: bytes, text: NDArray[np.uint8], starts: Ints, ends: Ints
    ) -> NDArray[np.bool_]:
        # Lines that any reader splits alike: no quote, as many delimiters as the header, UTF-8.
        marks = np.flatnonzero(text == ord(self._head[1]))
        quotes = np.flatnonzero(text == QUOTE)
        found: NDArray[np.bool_] = (
            np.searchsorted(marks, ends) - np.searchsorted(marks, starts) == len(self.names) - 1
        )
        found &= np.searchsorted(quotes, ends) == np.searchsorted(quotes, starts)
        alone = np.flatnonzero((text == RETURN) & (np.append(text[1:], FEED) != FEED))
        found &= np.searchsorted(alone, ends) == np.searchsorted(alone, starts)
        found &= ends > starts
        try:
            data.decode()
        except UnicodeDecodeError:
            high = np.flatnonzero(text > ASCII)
            found &= np.searchsorted(high, ends) == np.searchsorted(high, starts)
        return found

    def _odd(
        self, lines: Sequence[tuple[int, bytes]], mark: str
    ) -> tuple[list[tuple[int, list[str]]], list[Unread]]:
        rows: list[tuple[int, list[str]]] = []
        unread: list[Unread] = []
        for number, line in lines:
            start = line[:SHOWN].decode(errors="replace")
            try:
                text = line.decode().removesuffix("\r")
            except UnicodeDecodeError:
                unread.append(Unread(number, "the line is not UTF-8", start))
                continue
            if not text:
                continue
            cells = _cells(text, mark)
            if cells is None:
                unread.append(Unread(number, "the line's quotes are not closed", start))
            elif len(cells) != len(self.names):
                what = f"the line has {len(cells)} cells and the header {len(self.names)}"
                unread.append(Unread(number, what, start))
            else:
                rows.append((number, cells))
        return rows, unread

    def _split(self, data: bytes, columns: Sequence[str], mark: str) -> dict[str, pa.Array]:
        places = {name: str(self.names.index(name)) for name in columns}
        table = arrow_csv.read_csv(
            pa.py_buffer(data),
            arrow_csv.ReadOptions(
                column_names=[str(place) for place in range(len(self.names))],
                block_size=len(data) + 1,
                use_threads=False,
            ),
            arrow_csv.ParseOptions(delimiter=mark, quote_char=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(places.values(), pa.utf8()),
                include_columns=list(places.values()),
                strings_can_be_null=False,
            ),
        )
        return {
            name: pa.concat_arrays(table.column(place).chunks) for name, place in places.items()
        }


def _cells(line: str, mark: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=mark, strict=True), [])
    except csv.Error:
        return None


def _in_order(plain: pa.Array | None, odd: list[str], order: Ints) -> pa.Array:
    more = pa.array(odd, pa.utf8())
    if plain is None:
        return more
    return pa.concat_arrays([plain, more]).take(pa.array(order)) if odd else plain


def _whole_lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    held = file.read(len(MARK)).removeprefix(MARK)
    while more := file.read(BLOCK):
        held += more
        cut = held.rfind(b"\n") + 1
        if cut:
            yield held[:cut]
            held = held[cut:]
        if len(held) > LINE:
            raise _refused(f"a line is longer than {LINE:,} bytes", "Write one row a line.", name)
    if held:
        yield held


@dataclass(frozen=True)
class ArrowSlabs:
    """A Parquet or Arrow file."""

    path: Path

    @cached_property
    def _schema(self) -> pa.Schema:
        with readable(str(self.path)):
            if self.path.suffix.lower() == ".parquet":
                return pq.read_schema(self.path)
            with pa.memory_map(str(self.path)) as held, pa.ipc.open_file(held) as source:
                return source.schema

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return list(self._schema.names)

    @cached_property
    def size(self) -> int:
        """Rows."""
        with readable(str(self.path)):
            if self.path.suffix.lower() == ".parquet":
                return int(pq.read_metadata(self.path).num_rows)
            with pa.memory_map(str(self.path)) as held, pa.ipc.open_file(held) as source:
                batches = range(source.num_record_batches)
                return sum(source.get_batch(number).num_rows for number in batches)

    def slabs(self, columns: Sequence[str]) -> Iterator[Slab]:
        """All rows, with their types. Rows are counted from 1.

        Raises:
            DocketError: H470.
        """
        row = 1
        with readable(str(self.path)):
            for batch in self._batches(list(columns)):
                batch.validate(full=True)
                numbers = np.arange(row, row + batch.num_rows)
                found = {name: batch.column(name) for name in columns}
                yield Slab(found, numbers, (), batch.num_rows)
                row += batch.num_rows

    def _batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        if self.path.suffix.lower() == ".parquet":
            with pq.ParquetFile(self.path, pre_buffer=False) as source:
                groups = source.metadata
                for number in range(groups.num_row_groups):
                    if groups.row_group(number).total_byte_size > GROUP:
                        what = f"row group {number} unpacks to more than {GROUP:,} bytes"
                        raise _refused(what, "Write smaller row groups.", str(self.path))
                yield from source.iter_batches(ROWS, columns=columns, use_threads=False)
            return
        options = pa.ipc.IpcReadOptions(
            included_fields=[self._schema.get_field_index(name) for name in columns]
        )
        with (
            pa.memory_map(str(self.path)) as held,
            pa.ipc.open_file(held, options=options) as source,
        ):
            for number in range(source.num_record_batches):
                found = source.get_batch(number)
                yield from (found.slice(at, ROWS) for at in range(0, found.num_rows, ROWS))


def opened(path: Path) -> TextSlabs | ArrowSlabs:
    """A file by its extension.

    Raises:
        SetupError: H902, for a file that is not there or of an unknown form.
        DocketError: H470, for a header that names a column twice.
    """
    if not path.is_file():
        raise SetupError(Fault("H902", f"no file '{path}'", "Name a file that exists."))
    found: TextSlabs | ArrowSlabs
    match [suffix.lower() for suffix in path.suffixes[-2:]]:
        case [*_, ".csv" | ".txt" | ".tsv" | ".psv"] | [".csv" | ".txt" | ".tsv" | ".psv", ".gz"]:
            found = TextSlabs(path)
        case [*_, ".parquet" | ".arrow" | ".ipc" | ".feather"]:
            found = ArrowSlabs(path)
        case _:
            what = f"'{path.suffix}' is no form of a file of records"
            fix = "Give .csv, .txt, .csv.gz, .parquet or .arrow."
            raise SetupError(Fault("H902", what, fix))
    if twice := sorted({name for name in found.names if found.names.count(name) > 1}):
        raise _refused(f"column '{twice[0][:64]}' stands twice", "Remove one.", str(path))
    return found

"""A docket file as blocks of columns, in memory bounded by the block; the same rows as `read`.

`docket_file.read` is the definition of what a row is. Here the lines of a CSV that have no quote
and the header's number of commas are split as columns; every other line goes through its reader.
Values of Parquet and Arrow become text by the same writers, each distinct value once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from habeas.adapters.importers import docket_csv, docket_file
from habeas.docket.digest import CHUNK
from habeas.docket.ingest import Block, Source
from habeas.docket.snapshot import INSTANT
from habeas.errors import DocketError, Fault, SetupError

BLOCK = 16 * 1024**2  # bytes of a CSV that are held at once
LINE = 64 * 1024**2  # the longest line
LONG = 131_072  # a longer line may hold a cell that the row reader does not split
TEXTS = pa.dictionary(pa.int32(), pa.utf8())
COMMA, QUOTE, FEED, RETURN = (ord(char) for char in ',"\n\r')
Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class CsvBlocks:
    """A CSV docket on disk."""

    path: Path
    file: str  # its name, for messages

    @property
    def earlier(self) -> bytes:
        """No row was set aside before: it is no snapshot."""
        return b""

    @property
    def size(self) -> int:
        """Bytes, for the progress."""
        return self.path.stat().st_size

    @property
    def names(self) -> Sequence[str]:
        """The header's names.

        Raises:
            DocketError: H408, H418.
        """
        return self._names

    @cached_property
    def _names(self) -> Sequence[str]:
        with self.path.open("rb") as file:
            first = file.read(LONG * 8)
        lines = first.removeprefix(docket_csv.MARK).splitlines(keepends=True)
        names, _ = docket_csv.csv_table(lines[0] if lines else first, self.file)
        return names

    def blocks(self) -> Iterator[Block]:
        """All rows; a text column for each name."""
        line = 1
        with self.path.open("rb") as file:
            for data in _whole_lines(file, self.file):
                docket_csv.utf8(data, self.file, line)
                block, lines = self._block(data, line)
                line += lines
                yield block

    def _block(self, data: bytes, line: int) -> tuple[Block, int]:
        text = np.frombuffer(data, np.uint8)
        starts, ends = _lines(text)
        numbers = np.arange(line, line + len(starts))
        commas = np.flatnonzero(text == COMMA)
        fits = np.searchsorted(commas, ends) - np.searchsorted(commas, starts)
        quotes = np.flatnonzero(text == QUOTE)
        plain = np.searchsorted(quotes, ends) == np.searchsorted(quotes, starts)
        empty = ends == starts
        good = plain & (fits == len(self.names) - 1) & ~empty & (ends - starts < LONG)
        if line == 1:
            good[:1], empty[:1] = False, True  # the header
        odd = np.flatnonzero(~good & ~empty)
        rows = [
            found
            for place in odd.tolist()
            for found in docket_csv.csv_rows(
                [data[starts[place] : _after(starts, place, len(data))].decode()],
                int(numbers[place]),
            )
        ]
        kept = data if good.all() else _kept(text, starts, good)
        columns = self._split(kept, int(np.count_nonzero(good)))
        return Block(columns, numbers[good], rows, len(data)), len(starts)

    def _split(self, data: bytes, rows: int) -> Sequence[pa.Array]:
        places = [str(place) for place in range(len(self.names))]
        if not rows:
            return [pa.array([], pa.utf8()) for _ in places]
        plain = {"case", "case_id"}
        kinds = {
            place: pa.utf8() if name in plain or name.endswith("__doc") else TEXTS
            for place, name in zip(places, self.names, strict=True)
        }
        table = arrow_csv.read_csv(
            pa.py_buffer(data),
            arrow_csv.ReadOptions(column_names=places, block_size=len(data) + 1),
            arrow_csv.ParseOptions(quote_char=False),
            arrow_csv.ConvertOptions(
                column_types=kinds, strings_can_be_null=False, check_utf8=False
            ),
        )
        return [_one(column) for column in table.columns]


def _one(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return found.chunk(0) if isinstance(found, pa.ChunkedArray) else found


def _whole_lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    # Blocks that end with a line: a CSV may end its lines with \n, \r\n or \r.
    held = b""
    if file.read(len(docket_csv.MARK)) != docket_csv.MARK:
        file.seek(0)
    while more := file.read(BLOCK):
        held += more
        cut = held.rfind(b"\n") + 1 or held.rfind(b"\r", 0, len(held) - 1) + 1
        if cut:
            yield held[:cut]
            held = held[cut:]
        if len(held) > LINE:
            what = f"a line is longer than {LINE:,} bytes"
            raise DocketError(Fault("H419", what, "Write one case a line.", name))
    if held:
        yield held


def _lines(text: Bytes) -> tuple[Places, Places]:
    # Where each line starts, and where it ends without its line end.
    feeds = np.flatnonzero(text == FEED)
    returns = np.flatnonzero(text == RETURN)
    alone = returns[text[np.minimum(returns + 1, len(text) - 1)] != FEED]
    ends = np.sort(np.concatenate([feeds, alone])) if len(alone) else feeds
    starts = np.concatenate([[0], ends + 1])
    if starts[-1] == len(text):
        starts = starts[:-1]
    else:
        ends = np.concatenate([ends, [len(text)]])
    pairs = (text[ends[ends < len(text)]] == FEED) & (ends[ends < len(text)] > 0)
    back = np.zeros(len(ends), np.int64)
    inside = np.flatnonzero(pairs)
    back[inside] = (text[ends[inside] - 1] == RETURN) & (ends[inside] > starts[inside])
    return starts, ends - back


def _after(starts: Places, place: int, end: int) -> int:
    return int(starts[place + 1]) if place + 1 < len(starts) else end


def _kept(text: Bytes, starts: Places, good: NDArray[np.bool_]) -> bytes:
    lengths = np.diff(np.append(starts, len(text)))
    return text[np.repeat(good, lengths)].tobytes()


@dataclass(frozen=True)
class ArrowBlocks:
    """A Parquet or Arrow docket on disk."""

    path: Path
    file: str

    @cached_property
    def _schema(self) -> pa.Schema:
        if self.path.suffix.lower() == ".parquet":
            return pq.read_schema(self.path)
        with pa.memory_map(str(self.path)) as held, pa.ipc.open_file(held) as source:
            return source.schema

    @property
    def size(self) -> int:
        """Rows, for the progress."""
        with docket_file.readable(self.path, self.file):
            return self._rows()

    def _rows(self) -> int:
        if self.path.suffix.lower() == ".parquet":
            return int(pq.read_metadata(self.path).num_rows)
        with pa.memory_map(str(self.path)) as held, pa.ipc.open_file(held) as source:
            rows = sum(source.get_batch(n).num_rows for n in range(source.num_record_batches))
            docket_file.refuse_rows(rows, self.file)
            return int(rows)

    @property
    def names(self) -> Sequence[str]:
        """The columns' names."""
        return list(self._schema.names)

    @property
    def earlier(self) -> bytes:
        """Hash of the rows set aside when a snapshot was made."""
        return docket_file.set_aside(self._schema)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        if self.path.suffix.lower() == ".parquet":
            with docket_file.parquet(self.path, self.file) as source:
                yield from source.iter_batches(CHUNK)
            return
        with pa.memory_map(str(self.path)) as held, pa.ipc.open_file(held) as source:
            for number in range(source.num_record_batches):
                found = source.get_batch(number)
                yield from (found.slice(at, CHUNK) for at in range(0, found.num_rows, CHUNK))

    def blocks(self) -> Iterator[Block]:
        """All rows, with bool and UTC timestamps as they are and the rest as text."""
        row = 1
        with docket_file.readable(self.path, self.file):
            for batch in self._batches():
                columns = [
                    self._column(column, field)
                    for column, field in zip(batch.columns, batch.schema, strict=True)
                ]
                yield Block(columns, np.arange(row, row + batch.num_rows), (), batch.num_rows)
                row += batch.num_rows

    def _column(self, column: pa.Array, field: pa.Field) -> pa.Array:
        kind = field.type
        if pa.types.is_boolean(kind) or kind == INSTANT:
            self._texts(column.slice(0, 0), field)
            return self._checked(column, field)
        if pa.types.is_null(kind):
            return pa.nulls(len(column), pa.utf8())
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            return self._checked(column, field).cast(pa.utf8())
        if pa.types.is_dictionary(kind):
            self._checked(column, field)
            words = self._texts(column.dictionary, pa.field(field.name, kind.value_type))
            docket_file.refuse_long(words, column.indices, field.name, self.file)
            places = column.indices.cast(pa.int32())
            return pa.DictionaryArray.from_arrays(places, pa.array(words, pa.utf8()))
        self._texts(column.slice(0, 0), field)
        found = column.dictionary_encode()
        words = self._texts(found.dictionary, field)
        return pa.DictionaryArray.from_arrays(found.indices, pa.array(words, pa.utf8()))

    def _texts(self, column: pa.Array, field: pa.Field) -> list[str]:
        return docket_file.texts(pa.chunked_array([column]), field, self.file)

    def _checked(self, column: pa.Array, field: pa.Field) -> pa.Array:
        try:
            column.validate(full=True)
            if field.type == INSTANT:
                pc.call_function("min_max", [column]).as_py()
        except (pa.ArrowInvalid, ValueError, OverflowError) as error:
            raise docket_file.unreadable(field.name, self.file) from error
        return column


def opened(path: Path) -> "CsvBlocks | ArrowBlocks":
    """A docket file by its extension.

    Raises:
        SetupError: H902 for a file that is not there or of an unknown form.
        DocketError: H408, H418 for a file that cannot be read as its form.
    """
    file = str(path)
    if not path.is_file():
        raise SetupError(Fault("H902", f"no file '{file}'", "Name a file that exists."))
    found: CsvBlocks | ArrowBlocks
    match path.suffix.lower():
        case ".csv":
            found = CsvBlocks(path, file)
        case ".parquet" | ".arrow" | ".ipc" | ".feather":
            found = ArrowBlocks(path, file)
        case other:
            what = f"'{other}' is no form of a docket"
            raise SetupError(Fault("H902", what, "Give .csv, .parquet or .arrow."))
    with docket_file.readable(path, file):
        _held: Source = found
        found.names  # noqa: B018 - reads the header, and tells what is wrong with it
    return found

"""CSV, Parquet and Arrow dockets as rows of text. Docket files are not trusted.

Typed columns are written as the text that a CSV would hold, so that one reader judges all forms.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from habeas.adapters.importers import docket_csv
from habeas.adapters.importers.docket_csv import refused
from habeas.docket.check import Row
from habeas.errors import DocketError, Fault, SetupError

CELLS = 100_000_000  # of a file that is held whole
UNPACKED = 256 * 1024**2  # characters of one column of a block or of a whole file
ROWS = 2**28  # of any file: 8 bytes of each case id are kept
CELL = 131_072  # of the longest cell of a typed file, as of a CSV; an id or a hash has 64
FORM, REFUSED, SCALE = b"habeas.form", b"habeas.refused", b"scale"  # metadata of a snapshot


def unreadable(name: str, file: str) -> DocketError:
    """The fault of a column that holds something outside its type."""
    what = f"column '{name}' holds a value that cannot be read"
    return refused("H402", what, "Write it again as its type.", file)


def _instant(value: datetime) -> str:
    return value.isoformat()  # without a zone it is no instant, and its row is set aside


def _units(scale: int) -> Callable[[int], str]:
    return lambda value: f"{(Decimal(value) / scale).normalize():f}"


def _writer(field: pa.Field, file: str) -> Callable[..., str]:
    kind = field.type
    if pa.types.is_boolean(kind):
        return {True: "true", False: "false"}.__getitem__
    if pa.types.is_timestamp(kind):
        return _instant
    if pa.types.is_decimal(kind):
        return _decimal
    if pa.types.is_integer(kind) and SCALE in (field.metadata or {}):
        return _units(int(field.metadata[SCALE]))
    if not (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_date(kind)
        or pa.types.is_null(kind)
    ):
        fix = "Store it as boolean, whole number, decimal, date, timestamp or text."
        raise refused("H402", f"column '{field.name}' is {kind}", fix, file)
    return str


def texts(column: pa.ChunkedArray, field: pa.Field, file: str) -> list[str]:
    """The cells of a typed column as the text that a CSV would hold.

    Raises:
        DocketError: H402 for a type that a docket does not hold, or a value outside its type.
    """
    if pa.types.is_dictionary(field.type):
        return [text for chunk in column.chunks for text in _dictionary_texts(chunk, field, file)]
    if pa.types.is_floating(field.type):
        return _floats(column, field.name, file)
    write = _writer(field, file)
    try:
        column.validate(full=True)
        return ["" if value is None else write(value) for value in column.to_pylist()]
    except (ValueError, OverflowError) as error:  # not UTF-8, or no day of the calendar
        raise unreadable(field.name, file) from error


def _dictionary_texts(chunk: pa.DictionaryArray, field: pa.Field, file: str) -> Iterator[str]:
    # Each word once, however often it stands: a small file may say a long word a billion times.
    try:
        chunk.validate(full=True)
    except (pa.ArrowInvalid, ValueError) as error:
        raise unreadable(field.name, file) from error
    words = texts(
        pa.chunked_array([chunk.dictionary]), pa.field(field.name, field.type.value_type), file
    )
    refuse_long(words, chunk.indices, field.name, file)
    return ("" if place is None else words[place] for place in chunk.indices.to_pylist())


def refuse_long(words: list[str], places: pa.Array, name: str, file: str) -> None:
    """A typed column is never longer than `CELL` in one cell and `UNPACKED` in all.

    Raises:
        DocketError: H419.
    """
    lengths = np.array([*map(len, words), 0], np.int64)
    counted = np.bincount(places.drop_null().to_numpy(), minlength=len(lengths))
    for most, found in ((CELL, lengths.max()), (UNPACKED, int(counted @ lengths))):
        if found > most:
            what = f"column '{name}' holds more than {most:,} characters"
            what += " in one cell" if most == CELL else ""
            raise refused("H419", what, "Free text never enters a docket.", file)


def parquet(path: Path, file: str) -> pq.ParquetFile:
    """A Parquet docket; its texts come as dictionaries, so that what is read is bounded.

    Raises:
        DocketError: H419 for a file that unpacks to more than may be held.
    """
    schema = pq.read_schema(path)
    texts_ = [
        field.name
        for field in schema
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    source = pq.ParquetFile(path, read_dictionary=texts_)
    groups = (source.metadata.row_group(n) for n in range(source.metadata.num_row_groups))
    if any(group.total_byte_size > docket_csv.CAP for group in groups):
        raise refused(
            "H419", f"a row group unpacks to more than {docket_csv.CAP:,} bytes", "Split it.", file
        )
    refuse_rows(source.metadata.num_rows, file)
    return source


def refuse_rows(rows: int, file: str) -> None:
    """No file has more rows than `ROWS`.

    Raises:
        DocketError: H419.
    """
    if rows > ROWS:
        raise refused("H419", f"the file holds more than {ROWS:,} rows", "Split it.", file)


def _held(table: pa.Table | pq.FileMetaData, file: str) -> None:
    if table.num_rows * table.num_columns > CELLS:
        raise refused("H419", f"the file holds more than {CELLS:,} cells", "Split it.", file)


def set_aside(schema: pa.Schema) -> bytes:
    """Hash of the rows that were set aside when a snapshot was made; empty for another file."""
    held = schema.metadata or {}
    try:
        told = bytes.fromhex(held.get(REFUSED, b"").decode()) if FORM in held else b""
    except ValueError:
        return b""
    return told if any(told) else b""


def earlier(path: Path) -> bytes:
    """`set_aside` of a file; empty where it is no Arrow file."""
    if path.suffix.lower() not in {".arrow", ".ipc", ".feather"} or not path.is_file():
        return b""
    with readable(path, str(path)), pa.memory_map(str(path)) as held:
        return set_aside(pa.ipc.open_file(held).schema)


@contextmanager
def readable(path: Path, file: str) -> Iterator[None]:
    """What Arrow says of a file that is not of its form becomes a fault of the file."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        what = f"the file cannot be read as {path.suffix}: {str(error).splitlines()[0][:120]}"
        raise refused("H408", what, "Name it by its real form.", file) from error


def _decimal(value: Decimal) -> str:
    return f"{value.normalize():f}"  # the zeros that a column's scale adds say nothing


def _floats(column: pa.ChunkedArray, name: str, file: str) -> list[str]:
    found = []
    for value in column.to_pylist():
        if value is None or math.isnan(value):
            found.append("")
        elif value.is_integer():
            found.append(str(int(value)))
        else:
            fix = "Store it as decimal: engines differ on 0.1 + 0.2."
            raise refused("H402", f"column '{name}' is {column.type} with fractions", fix, file)
    return found


def _table_rows(table: pa.Table, file: str) -> tuple[list[str], Iterator[Row]]:
    columns = [texts(table.column(n), field, file) for n, field in enumerate(table.schema)]
    return table.column_names, (
        Row(n, cells) for n, cells in enumerate(zip(*columns, strict=True), 1)
    )


def read(path: Path) -> tuple[list[str], Iterator[Row]]:
    """Column names and rows of a docket file, by its extension; `-` is CSV from stdin.

    Raises:
        SetupError: H902 for a file that is not there or of an unknown form.
        DocketError: H402, H408, H410, H418, H419 for a file that cannot be read as its form.
    """
    if str(path) == "-" or path.suffix.lower() == ".csv":
        return docket_csv.read(path)
    docket_csv.there(path)
    file = str(path)
    with readable(path, file):
        match path.suffix.lower():
            case ".parquet":
                found = parquet(path, file)
                _held(found.metadata, file)
                return _table_rows(found.read(), file)
            case ".arrow" | ".ipc" | ".feather":
                with pa.ipc.open_file(path) as source:
                    table = source.read_all()
                    _held(table, file)
                    return _table_rows(table, file)
            case other:
                what = f"'{other}' is no form of a docket"
                raise SetupError(Fault("H902", what, "Give .csv, .parquet or .arrow."))

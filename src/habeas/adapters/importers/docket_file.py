"""CSV, Parquet and Arrow dockets as rows of text. Docket files are not trusted.

Typed columns are written as the text that a CSV would hold, so that one reader judges all forms.
"""

import csv
import io
import math
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from habeas.docket.check import Row
from habeas.errors import DocketError, Fault, SetupError

CAP = 2 * 1024**3
_MAGIC = {
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"\x1f\x8b": "a gzip file",
    b"SQLite": "a database",
}


def _refuse(code: str, what: str, fix: str, file: str, line: int = 0) -> DocketError:
    return DocketError(Fault(code, what, fix, file, line))


def _csv(data: bytes, file: str) -> tuple[list[str], Iterator[Row]]:
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            fix = "Export it as CSV in UTF-8, or name it by its form."
            raise _refuse("H408", f"the file is {kind}, not CSV", fix, file)
    try:
        lines = list(io.StringIO(data.decode("utf-8-sig"), newline=""))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refuse("H418", "the file is not UTF-8", "Save it as UTF-8.", file, line) from error
    names = _cells(lines[0]) if lines else []
    if names is None:
        raise _refuse("H418", "the header cannot be read", "Close its quotes.", file, 1)
    return names, _csv_rows(lines)


def _cells(line: str) -> list[str] | None:
    # A docket's cell never holds a line end, so that an open quote spoils its own row and no other.
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return None


def _csv_rows(lines: list[str]) -> Iterator[Row]:
    for number, line in enumerate(lines[1:], 2):
        cells = _cells(line)
        if cells is None:
            yield Row(number, (line,))  # kept whole; its width sets it aside
        elif cells:
            yield Row(number, tuple(cells))


def _instant(value: datetime) -> str:
    return value.isoformat()  # without a zone it is no instant, and its row is set aside


def _texts(column: pa.ChunkedArray, name: str, file: str) -> list[str]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    write: Callable[..., str] = str
    if pa.types.is_boolean(kind):
        write = {True: "true", False: "false"}.__getitem__
    elif pa.types.is_floating(kind):
        return _floats(column, name, file)
    elif pa.types.is_timestamp(kind):
        write = _instant
    elif not (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_date(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_null(kind)
    ):
        fix = "Store it as boolean, whole number, decimal, date, timestamp or text."
        raise _refuse("H402", f"column '{name}' is {kind}", fix, file)
    elif pa.types.is_decimal(kind):
        write = _decimal
    try:
        return ["" if value is None else write(value) for value in column.to_pylist()]
    except (ValueError, OverflowError) as error:  # not UTF-8, or no day of the calendar
        what = f"column '{name}' holds a value that cannot be read"
        raise _refuse("H402", what, "Write it again as its type.", file) from error


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
            raise _refuse("H402", f"column '{name}' is {column.type} with fractions", fix, file)
    return found


def _table_rows(table: pa.Table, file: str) -> tuple[list[str], Iterator[Row]]:
    columns = [_texts(table.column(n), name, file) for n, name in enumerate(table.column_names)]
    return table.column_names, (
        Row(n, cells) for n, cells in enumerate(zip(*columns, strict=True), 1)
    )


def read(path: Path) -> tuple[list[str], Iterator[Row]]:
    """Column names and rows of a docket file, by its extension; `-` is CSV from stdin.

    Raises:
        SetupError: H902 for a file that is not there or of an unknown form.
        DocketError: H402, H408, H410, H418, H419 for a file that cannot be read as its form.
    """
    file = str(path)
    if file == "-":
        return _csv(sys.stdin.buffer.read(), "stdin")
    if not path.is_file():
        raise SetupError(Fault("H902", f"no file '{file}'", "Name a file that exists."))
    if path.stat().st_size > CAP:
        raise _refuse("H419", f"the file is larger than {CAP:,} bytes", "Split it.", file)
    try:
        match path.suffix.lower():
            case ".csv":
                return _csv(path.read_bytes(), file)
            case ".parquet":
                return _table_rows(pq.read_table(path), file)
            case ".arrow" | ".ipc" | ".feather":
                with pa.ipc.open_file(path) as source:
                    return _table_rows(source.read_all(), file)
            case other:
                what = f"'{other}' is no form of a docket"
                raise SetupError(Fault("H902", what, "Give .csv, .parquet or .arrow."))
    except (pa.ArrowException, OSError) as error:
        what = f"the file cannot be read as {path.suffix}: {str(error).splitlines()[0][:120]}"
        raise _refuse("H408", what, "Name it by its real form.", file) from error

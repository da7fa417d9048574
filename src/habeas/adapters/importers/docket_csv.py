"""CSV dockets as rows of text, by the standard library alone: one case starts cold without Arrow.

A cell never holds a line end, so that an open quote spoils its own row and no other.
"""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from habeas.docket.check import Row
from habeas.errors import DocketError, Fault, SetupError

CAP = 2 * 1024**3
MARK = b"\xef\xbb\xbf"  # the byte-order mark that some writers put before UTF-8
_MAGIC = {
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"\x1f\x8b": "a gzip file",
    b"SQLite": "a database",
}


def refused(code: str, what: str, fix: str, file: str, line: int = 0) -> DocketError:
    """The fault of a docket file as a whole."""
    return DocketError(Fault(code, what, fix, file, line))


def utf8(data: bytes, file: str, line: int = 1) -> str:
    """Bytes that begin at a line as text.

    Raises:
        DocketError: H418 with the line.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line += data[: error.start].count(b"\n")
        raise refused("H418", "the file is not UTF-8", "Save it as UTF-8.", file, line) from error


def csv_table(data: bytes, file: str) -> tuple[list[str], Iterator[Row]]:
    """Column names and rows of a CSV.

    Raises:
        DocketError: H408, H418.
    """
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            fix = "Export it as CSV in UTF-8, or name it by its form."
            raise refused("H408", f"the file is {kind}, not CSV", fix, file)
    lines = list(io.StringIO(utf8(data.removeprefix(MARK), file), newline=""))
    names = _cells(lines[0]) if lines else []
    if names is None:
        raise refused("H418", "the header cannot be read", "Close its quotes.", file, 1)
    return names, csv_rows(lines[1:], 2)


def _cells(line: str) -> list[str] | None:
    # A docket's cell never holds a line end, so that an open quote spoils its own row and no other.
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return None


def csv_rows(lines: Iterable[str], first: int) -> Iterator[Row]:
    """The rows of some lines, the first of which has that number; an empty line is none."""
    for number, line in enumerate(lines, first):
        cells = _cells(line)
        if cells is None:
            yield Row(number, (line,))  # kept whole; its width sets it aside
        elif cells:
            yield Row(number, tuple(cells))


def data_of(path: Path) -> bytes:
    """The bytes of a docket file that is there and not too large; `-` is stdin.

    Raises:
        SetupError: H902 for a file that is not there.
        DocketError: H419.
    """
    if str(path) == "-":
        return sys.stdin.buffer.read()
    there(path)
    return path.read_bytes()


def there(path: Path) -> None:
    """Refuse a file that is not there, or is too large to be read row by row.

    Raises:
        SetupError: H902.
        DocketError: H419.
    """
    if not path.is_file():
        raise SetupError(Fault("H902", f"no file '{path}'", "Name a file that exists."))
    if path.stat().st_size > CAP:
        raise refused("H419", f"the file is larger than {CAP:,} bytes", "Split it.", str(path))


def read(path: Path) -> tuple[list[str], Iterator[Row]]:
    """Column names and rows of a CSV; `-` is stdin.

    Raises:
        SetupError: H902.
        DocketError: H408, H418, H419.
    """
    return csv_table(data_of(path), "stdin" if str(path) == "-" else str(path))

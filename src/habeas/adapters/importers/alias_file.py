"""A table of dated aliases of facilities, as CSV or TOML. Is trusted with what a code means."""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from habeas.docket.facilities import Alias, Aliases
from habeas.errors import DocketError, Fault, SetupError

COLUMNS = ("facility", "code", "name", "from", "until", "source")
CAP = 16 * 1024**2


def _refused(what: str, file: str, line: int = 0) -> DocketError:
    fix = f"Give the columns {', '.join(COLUMNS)}; days as YYYY-MM-DD, until exclusive."
    return DocketError(Fault("H472", what, fix, file, line))


def _day(value: object, file: str, line: int) -> date | None:
    if value in {None, ""}:
        return None
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise _refused(f"'{str(value)[:32]}' is no day", file, line) from error


def _alias(row: Mapping[str, object], file: str, line: int) -> Alias:
    if unknown := sorted(set(row) - set(COLUMNS)):
        raise _refused(f"'{str(unknown[0])[:32]}' is no column of aliases", file, line)
    facility, code, name, source = (
        str(row.get(key) or "").strip() for key in ("facility", "code", "name", "source")
    )
    first, after = (_day(row.get(key), file, line) for key in ("from", "until"))
    return Alias(facility, code, name, first, after, source)


def _csv(text: str, file: str) -> Iterator[Alias]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                raise _refused("a row has not the header's cells", file, reader.line_num)
            yield _alias(row, file, reader.line_num)
    except csv.Error as error:
        raise _refused(f"a row cannot be read: {error}", file, reader.line_num) from error


def _toml(text: str, file: str) -> Iterator[Alias]:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(f"the file is not TOML: {error}", file) from error
    rows = found.get("alias")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _refused("the file has no tables [[alias]]", file)
    return (_alias(row, file, 0) for row in rows)


def read(path: Path) -> Aliases:
    """The aliases of a file.

    Raises:
        SetupError: H902, for a file that is not there or of an unknown form.
        DocketError: H472, for one that is not what a table of aliases is.
    """
    if not path.is_file():
        raise SetupError(Fault("H902", f"no file '{path}'", "Name a file that exists."))
    if path.suffix.lower() not in {".csv", ".toml"}:
        fault = Fault("H902", f"'{path.suffix}' is no form of aliases", "Give .csv or .toml.")
        raise SetupError(fault)
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("the file is not UTF-8", str(path)) from error
    if len(data) > CAP:
        raise _refused(f"the file is larger than {CAP:,} bytes", str(path))
    rows = _toml(text, str(path)) if path.suffix.lower() == ".toml" else _csv(text, str(path))
    return Aliases(rows, str(path))

"""Text files by path, with a sentence where one is not there or not UTF-8."""

import csv
import io
from pathlib import Path

from habeas.errors import Fault, SetupError
from habeas.register.keys import Trust, read_trust

CAP = 64 * 1024 * 1024


def text(path: Path) -> str:
    """A text file's content.

    Raises:
        SetupError: H902.
    """
    try:
        return content(path).decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise SetupError(
            Fault("H902", f"'{path}' cannot be read as text", "Name a file that exists.")
        ) from error


def rows(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The names of a small CSV's columns, and each row with the line at which it ends.

    A cell that a row lacks is empty; cells beyond the header's are left out.

    Raises:
        SetupError: H902.
    """
    reader = csv.DictReader(io.StringIO(text(path).removeprefix("\ufeff"), newline=""), restval="")
    try:
        names = list(reader.fieldnames or ())
        found = [(reader.line_num, {name: row[name] for name in names}) for row in reader]
    except csv.Error as error:
        what = f"'{path}' cannot be read as CSV near line {reader.line_num}: {error}"
        raise SetupError(Fault("H902", what, "Close its quotes; write one row a line.")) from error
    return names, found


def content(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        SetupError: H902.
    """
    try:
        if path.stat().st_size > CAP:
            raise SetupError(
                Fault("H902", f"'{path}' is larger than {CAP:,} bytes", "Name the right file.")
            )
        return path.read_bytes()
    except OSError as error:
        raise SetupError(
            Fault("H902", f"'{path}' cannot be read", "Name a file that exists.")
        ) from error


def trust(path: Path) -> Trust:
    """A trust file: which log key and which root keys a reader believes.

    Raises:
        SetupError: H902.
        RegisterError: H521, H525, H526.
    """
    return read_trust(text(path))

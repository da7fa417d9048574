"""Tables of text as CSV, by the standard library alone; no cell is one that a spreadsheet runs."""

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol, TextIO

NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?\Z")
RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")


class Writes(Protocol):
    """What takes text: a file, or an answer to a browser."""

    def write(self, text: str, /) -> object:
        """Take the next piece."""
        ...


def _plain(text: str) -> str:
    # A spreadsheet would run a cell that starts so (ASVS 1.2.10); a negative number it only reads.
    return f"'{text}" if text.startswith(RISKY) and not NUMBER.match(text) else text


def write(path: Path, names: list[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a whole table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        write_to(file, names, rows)


def write_to(file: Writes, names: list[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a whole table to something that takes text."""
    out = csv.writer(file, lineterminator="\n")
    out.writerow(names)
    out.writerows([_plain(row.get(name, "")) for name in names] for row in rows)


class TextTable:
    """A CSV of text that grows row by row; without a row there is no file."""

    def __init__(self, path: Path, names: list[str]) -> None:
        self._path, self._part = path, path.with_name(f"{path.name}.part")
        self._names = names
        self._file: TextIO | None = None

    def add(self, row: Mapping[str, str]) -> None:
        """The next row."""
        if self._file is None:
            self._file = self._part.open("w", newline="", encoding="utf-8")
            csv.writer(self._file, lineterminator="\n").writerow(self._names)
        cells = [_plain(row.get(name, "")) for name in self._names]
        csv.writer(self._file, lineterminator="\n").writerow(cells)

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._part.unlink()

    def finish(self) -> None:
        """Give the file its name, where there was a row."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._part.replace(self._path)

"""Tables of text to CSV, Parquet and Arrow files, by extension."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from habeas.errors import Fault, SetupError

RISKY = ("=", "+", "-", "@", "\t", "\r")


def _plain(text: str) -> str:
    # A spreadsheet would run a cell that starts so (ASVS 1.2.10).
    return f"'{text}" if text.startswith(RISKY) else text


def write(path: Path, names: list[str], rows: Iterable[Mapping[str, str]]) -> int:
    """Write a table of text; returns the number of rows.

    Raises:
        SetupError: H902, for an extension of no known form.
    """
    kept = list(rows)
    match path.suffix.lower():
        case ".csv":
            with path.open("w", newline="", encoding="utf-8") as file:
                out = csv.writer(file, lineterminator="\n")
                out.writerow(names)
                out.writerows([_plain(row.get(name, "")) for name in names] for row in kept)
        case ".parquet":
            pq.write_table(_table(names, kept), path, compression="zstd")
        case ".arrow":
            with pa.ipc.new_file(path, _table(names, kept).schema) as out_file:
                out_file.write_table(_table(names, kept))
        case other:
            raise SetupError(
                Fault("H902", f"'{other}' is no form of a table", "Give .csv, .parquet or .arrow.")
            )
    return len(kept)


def _table(names: list[str], rows: list[Mapping[str, str]]) -> pa.Table:
    return pa.table(
        {name: pa.array([row.get(name, "") for row in rows], pa.string()) for name in names}
    )


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

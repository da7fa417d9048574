"""Chosen columns of a CSV, Parquet or Arrow file as text, each distinct text once."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.dataset as ds

from habeas.claims.claim import Ints
from habeas.errors import Fault, FeeError, SetupError

CAP = 2 * 1024**3
HEADER = 1 << 16


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file as text; rows of another width stand apart."""

    names: tuple[str, ...]  # every column of the file
    table: pa.Table
    number: Ints  # of each row in its file; the header of a CSV is row 1
    ragged: tuple[tuple[int, str], ...] = ()

    @property
    def rows(self) -> int:
        """How many rows have the right number of cells."""
        return int(self.table.num_rows)

    def distinct(self, column: str) -> tuple[Ints, list[str]]:
        """For each row, the place of its text in the list of distinct texts; none is empty."""
        whole = self.table.column(column).combine_chunks().fill_null("")
        coded = whole.dictionary_encode()
        return np.asarray(coded.indices).astype(np.int64), coded.dictionary.to_pylist()

    def cells(self, place: int) -> tuple[str, ...]:
        """The cells of a row."""
        return tuple(str(column[place].as_py() or "") for column in self.table.columns)


def _refused(path: Path, what: str) -> FeeError:
    fix = "Give a table as CSV in UTF-8, Parquet or Arrow, with a header and rows."
    return FeeError(Fault("H753", what, fix, str(path)))


def read(path: Path, columns: list[str] | None) -> Columns:
    """Some columns of a file as text; None: their names alone.

    Raises:
        SetupError: H902, when there is no such file.
        FeeError: H753, when it is no table, is empty, or is too large.
    """
    if not path.is_file():
        raise SetupError(Fault("H902", f"no file '{path}'", "Name a file that exists."))
    if path.stat().st_size > CAP:
        raise _refused(path, f"the file is larger than {CAP:,} bytes")
    try:
        found = _csv(path, columns) if path.suffix.lower() == ".csv" else _binary(path, columns)
    except (pa.ArrowException, ValueError, OSError, csv.Error) as error:
        said = (str(error).splitlines() or ["no table"])[0][:120]
        raise _refused(path, f"the file cannot be read: {said}") from error
    if columns is not None and not found.rows + len(found.ragged):
        raise _refused(path, "the file holds no rows")
    return found


def _csv(path: Path, columns: list[str] | None) -> Columns:
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader([file.readline(HEADER)]), [])
    if not names:
        raise _refused(path, "the file is empty")
    if len(set(names)) < len(names):
        raise _refused(path, "two columns have one name")
    if columns is None:
        return Columns(tuple(names), pa.table({}), np.zeros(0, np.int64))
    ragged: list[tuple[int, str]] = []

    def apart(row: pa_csv.InvalidRow) -> str:
        ragged.append((row.number, row.text[:200]))
        return "skip"

    table = pa_csv.read_csv(
        path,
        pa_csv.ReadOptions(use_threads=False),
        pa_csv.ParseOptions(invalid_row_handler=apart),
        pa_csv.ConvertOptions(
            include_columns=columns, column_types=dict.fromkeys(columns, pa.string())
        ),
    )
    number = np.arange(2, table.num_rows + len(ragged) + 2, dtype=np.int64)
    kept = number[~np.isin(number, [row for row, _ in ragged])][: table.num_rows]
    return Columns(tuple(names), table, kept, tuple(ragged))


def _binary(path: Path, columns: list[str] | None) -> Columns:
    source = ds.dataset(path, format=path.suffix.lower().lstrip("."))
    names = tuple(source.schema.names)
    if columns is None:
        return Columns(names, pa.table({}), np.zeros(0, np.int64))
    table = source.to_table(columns=columns, use_threads=False)
    text = pa.table(
        {name: table.column(place).cast(pa.string()) for place, name in enumerate(columns)}
    )
    return Columns(names, text, np.arange(1, table.num_rows + 1, dtype=np.int64))

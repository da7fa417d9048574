"""Chosen columns of a CSV, Parquet or Arrow file as text, each distinct text once.

A cell of a CSV never holds a line end: an open quote spoils its own row, and swallows no other.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from habeas.adapters.importers.slabs import TextSlabs, Unread
from habeas.claims.claim import Ints
from habeas.errors import DocketError, Fault, FeeError, SetupError

CAP = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file as text; lines that are no rows stand apart."""

    names: tuple[str, ...]  # every column of the file
    table: pa.Table
    number: Ints  # line of a CSV, whose header is line 1; row of another file, from 1
    ragged: tuple[Unread, ...] = ()

    @property
    def rows(self) -> int:
        """How many lines are rows."""
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
    except DocketError as error:
        raise _refused(path, error.faults[0].what) from error
    except (pa.ArrowException, ValueError, OSError) as error:
        said = (str(error).splitlines() or ["no table"])[0][:120]
        raise _refused(path, f"the file cannot be read: {said}") from error
    if columns is not None and not found.rows + len(found.ragged):
        raise _refused(path, "the file holds no rows")
    return found


def _csv(path: Path, columns: list[str] | None) -> Columns:
    source = TextSlabs(path)
    names = source.names
    if not names:
        raise _refused(path, "the file is empty")
    if len(set(names)) < len(names):
        raise _refused(path, "two columns have one name")
    if columns is None:
        return Columns(tuple(names), pa.table({}), np.zeros(0, np.int64))
    slabs = list(source.slabs(columns))
    found = {
        name: pa.chunked_array([slab.columns[name] for slab in slabs], pa.string())
        for name in columns
    }
    number = np.concatenate([np.zeros(0, np.int64), *(slab.rows for slab in slabs)])
    ragged = tuple(one for slab in slabs for one in slab.unread)
    return Columns(tuple(names), pa.table(found), number, ragged)


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

"""Tables of text to CSV, Parquet and Arrow files, by extension."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from habeas.adapters import csv_files
from habeas.errors import Fault, SetupError


def write(path: Path, names: list[str], rows: Iterable[Mapping[str, str]]) -> int:
    """Write a table of text; returns the number of rows.

    Raises:
        SetupError: H902, for an extension of no known form.
    """
    kept = list(rows)
    match path.suffix.lower():
        case ".csv":
            csv_files.write(path, names, kept)
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

"""Record batches to CSV, Parquet and Arrow files, by extension, one batch in memory at a time."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from habeas.errors import Fault, SetupError

Write = Callable[[pa.RecordBatch], object]
SECONDS = pa.timestamp("s", "UTC")
FORMULA = "^([=+\\-@\t\r\\x00])"  # a spreadsheet would run a cell that starts so (ASVS 1.2.10)
STRUCTURE = '[,"\r\n]'  # of a CSV: a cell that holds one is quoted


def _cells(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    return SECONDS if pa.types.is_timestamp(kind) else kind


def _told(column: pa.Array) -> pa.Array:
    column = column.cast(_cells(column.type))
    if pa.types.is_string(column.type):
        options = pc.ReplaceSubstringOptions(FORMULA, "'\\1")
        return pc.call_function("replace_substring_regex", [column], options)
    return column


def _structured(batch: pa.RecordBatch) -> bool:
    """Whether a text holds what splits a CSV into cells or rows."""
    options = pc.MatchSubstringOptions(STRUCTURE)
    texts = (column for column in batch.columns if pa.types.is_string(column.type))
    return any(
        pc.call_function(
            "any", [pc.call_function("match_substring_regex", [text], options)]
        ).as_py()
        for text in texts
    )


@contextmanager
def _csv(path: Path, schema: pa.Schema) -> Iterator[Write]:
    # Arrow quotes every text or none: most batches need none, and are read by eye.
    bare = arrow_csv.WriteOptions(quoting_style="none", quoting_header="none")
    quoting = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")
    with (
        path.open("wb") as file,
        arrow_csv.CSVWriter(file, schema, write_options=bare) as plain,
        arrow_csv.CSVWriter(file, schema, write_options=quoting) as quoted,
    ):
        yield lambda batch: (quoted if _structured(batch) else plain).write_batch(batch)


def _plain(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(field.name, _cells(field.type)) for field in schema])


@contextmanager
def _opened(path: Path, form: str, schema: pa.Schema) -> Iterator[Write]:
    match form:
        case ".csv":
            with _csv(path, schema) as out:
                yield out
        case ".parquet":
            with pq.ParquetWriter(path, schema, compression="zstd") as out:
                yield out.write_batch
        case ".arrow":
            with pa.ipc.new_file(path, schema) as out:
                yield out.write_batch
        case other:
            raise SetupError(
                Fault("H902", f"'{other}' is no form of a table", "Give .csv, .parquet or .arrow.")
            )


class Growing:
    """A file that grows batch by batch, and gets its name when it is whole.

    Raises:
        SetupError: H902, for an extension of no known form.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._part = path, path.with_name(f"{path.name}.part")
        self._text = path.suffix.lower() == ".csv"
        self._schema = _plain(schema) if self._text else schema
        self._held = ExitStack()
        self._put = self._held.enter_context(_opened(self._part, path.suffix.lower(), self._schema))

    def add(self, batch: pa.RecordBatch) -> None:
        """The next batch."""
        if self._text:
            columns = [_told(column) for column in batch.columns]
            batch = pa.RecordBatch.from_arrays(columns, schema=self._schema)
        self._put(batch)

    def finish(self) -> None:
        """Give the file its name."""
        self._held.close()
        self._part.replace(self._path)

    def discard(self) -> None:
        """Leave nothing behind of a file that is not finished."""
        self._held.close()
        self._part.unlink(missing_ok=True)


def write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[int]:
    """Write batches as they come, and say after each how many rows it held.

    Raises:
        SetupError: H902, for an extension of no known form.
    """
    file = Growing(path, schema)
    try:
        for batch in batches:
            file.add(batch)
            yield batch.num_rows
        file.finish()
    finally:
        file.discard()

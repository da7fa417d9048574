"""Placements on their way to a file: kept beside it until what the whole file says is known."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from habeas.adapters.batch_files import Growing
from habeas.docket.placements import SCHEMA

ROWS = 1 << 16


class Spool:
    """A Parquet file beside the one to be written, read back once.

    Raises:
        SetupError: H902, where the file to be written is of no known form.
    """

    def __init__(self, out: Path) -> None:
        self._out, self._path = out, out.with_name(f"{out.name}.spool.parquet")
        Growing(out, SCHEMA).discard()  # refuse an unknown form before anything is read
        self._file: Growing | None = Growing(self._path, SCHEMA)

    def add(self, taken: pa.RecordBatch) -> None:
        """The next placements."""
        if self._file is not None and taken.num_rows:
            self._file.add(taken)

    def back(self) -> Iterator[pa.RecordBatch]:
        """All of them once more, in their order."""
        if self._file is not None:
            self._file.finish()
            self._file = None
        with pq.ParquetFile(self._path, pre_buffer=False) as source:
            for batch in source.iter_batches(ROWS, use_threads=False):
                columns = [batch.column(field.name).cast(field.type) for field in SCHEMA]
                yield pa.RecordBatch.from_arrays(columns, schema=SCHEMA)

    def write(
        self, placements: Iterator[pa.RecordBatch], schema: pa.Schema, about: Mapping[str, str]
    ) -> None:
        """The file itself, with what it was computed from in its metadata."""
        file = Growing(self._out, schema.with_metadata(dict(about)))
        try:
            for batch in placements:
                file.add(batch.replace_schema_metadata(dict(about)))
            file.finish()
        finally:
            file.discard()

    def discard(self) -> None:
        """Leave nothing behind but the file itself."""
        if self._file is not None:
            self._file.discard()
            self._file = None
        self._path.unlink(missing_ok=True)

"""Files of stays, with the user's names of columns, as batches of whole days. Are not trusted.

Read batch by batch: memory holds one batch and the names of the facilities, never the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds

from habeas.custody.bulk import Stays
from habeas.errors import DocketError, Fault, SetupError

BATCH = 1 << 17
NAMES = ("facility", "in", "out")


@dataclass(frozen=True, slots=True)
class StaysFile:
    """A file of stays: which column says what."""

    path: Path
    facility: str
    first: str  # civil day of reception
    after: str  # civil day of departure; the stay does not count it

    def _scan(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        if not self.path.is_file():
            raise SetupError(Fault("H902", f"no file '{self.path}'", "Name a file that exists."))
        try:
            source = ds.dataset(self.path, format=self.path.suffix.lower().lstrip("."))
            missing = [name for name in columns if name not in source.schema.names]
            if missing:
                fix = f"Map them with --columns; the file has {', '.join(source.schema.names)}."
                raise DocketError(
                    Fault("H421", f"no column {', '.join(missing)}", fix, str(self.path))
                )
            yield from source.scanner(
                columns=columns, batch_size=BATCH, use_threads=False
            ).to_batches()
        except (pa.ArrowException, ValueError) as error:
            what = f"the stays cannot be read: {str(error).splitlines()[0][:120]}"
            raise DocketError(
                Fault("H422", what, "Give CSV, Parquet or Arrow with dates.", str(self.path))
            ) from error

    def extent(self) -> tuple[list[str], int, int]:
        """Facilities in order of name, the first day and the day after the last, as day numbers.

        A stay without an end, or without a facility, is met in `batches`, not here.
        """
        names: set[str] = set()
        first: list[dict[str, int]] = []
        after: list[dict[str, int]] = []
        for batch in self._scan([self.facility, self.first, self.after]):
            names.update(name for name in pc.unique(batch.column(0)).to_pylist() if name)
            for found, column in ((first, 1), (after, 2)):
                days = _days(batch.column(column))
                if days.null_count < len(days):
                    found.append(pc.min_max(days).as_py())
        if not names or not first or not after:
            raise DocketError(
                Fault("H410", "the file holds no stays", "Give at least one.", str(self.path))
            )
        return sorted(names), min(one["min"] for one in first), max(one["max"] for one in after)

    def batches(self, facilities: list[str], counted: dict[str, int]) -> Iterator[Stays]:
        """The stays in batches; rows that lack a facility or a day are counted apart by reason."""
        place = pa.array(facilities, pa.string())
        for batch in self._scan([self.facility, self.first, self.after]):
            columns = [
                pc.index_in(batch.column(0).cast(pa.string()), place),
                _days(batch.column(1)),
                _days(batch.column(2)),
            ]
            whole = pc.and_(
                pc.and_(columns[0].is_valid(), columns[1].is_valid()), columns[2].is_valid()
            )
            counted["rows"] = counted.get("rows", 0) + len(batch)
            counted["incomplete"] = (
                counted.get("incomplete", 0) + len(batch) - pc.sum(whole).as_py()
            )
            kept = [np.asarray(column.filter(whole)).astype(np.int64) for column in columns]
            yield Stays(*kept)


def _days(column: pa.Array) -> pa.Array:
    return column.cast(pa.date32(), safe=False).cast(pa.int32())

"""Files of stays, with the user's names of columns, as batches of whole days. Are not trusted.

Read batch by batch: memory holds one batch and the names of the facilities, never the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds

from habeas.custody.bulk import Stays
from habeas.custody.civil import Ints
from habeas.errors import DocketError, Fault, SetupError

BATCH = 1 << 17
EPOCH = date(1970, 1, 1)
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

        A stay without a facility, or without one of its days, is met in `batches`, not here.
        """
        names: set[str] = set()
        first, after = list[int](), list[int]()
        for batch in self._scan([self.facility, self.first, self.after]):
            names.update(name for name in batch.column(0).unique().to_pylist() if name)
            for found, pick, column in ((first, np.min, 1), (after, np.max, 2)):
                days = _known(_days(batch.column(column)))
                if days.size:
                    found.append(int(pick(days)))
        if not names or not first or not after:
            fault = Fault("H410", "the file holds no stays", "Give at least one.", str(self.path))
            raise DocketError(fault)
        return sorted(names), min(first), max(after)

    def batches(self, facilities: list[str], counted: dict[str, int]) -> Iterator[Stays]:
        """The stays in batches.

        Args:
            facilities: names in order; a stay says its facility by the place in this list.
            counted: takes the number of rows, and of those that lack a facility or a day.
        """
        place = {name: number for number, name in enumerate(facilities)}
        for batch in self._scan([self.facility, self.first, self.after]):
            named = batch.column(0).dictionary_encode()
            days = [_days(batch.column(column)) for column in (1, 2)]
            whole = np.logical_and.reduce([np.asarray(one.is_valid()) for one in (named, *days)])
            counted["rows"] = counted.get("rows", 0) + len(batch)
            kept = pa.array(whole)
            places = [place.get(name, -1) for name in named.dictionary.to_pylist()]
            facility = np.array(places, np.int64)[_known(named.indices.filter(kept))]
            inside = facility >= 0  # an empty name is no facility
            missing = len(batch) - int(np.count_nonzero(inside))
            counted["incomplete"] = counted.get("incomplete", 0) + missing
            yield Stays(facility[inside], *(_known(one.filter(kept))[inside] for one in days))


def _days(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        # A column that is text has cells that are no days: those are counted, the others go on.
        return pa.array([_day(text) for text in column.to_pylist()], pa.int32())
    return column.cast(pa.date32(), safe=False).cast(pa.int32())


def _day(text: str | None) -> int | None:
    try:
        return None if not text else (date.fromisoformat(text) - EPOCH).days
    except ValueError:
        return None


def _known(column: pa.Array) -> Ints:
    return np.asarray(column.drop_null()).astype(np.int64)

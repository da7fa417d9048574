"""Published custody records to placements: every row taken, marked or set aside, and counted.

Rows in = accepted + flagged + quarantined. What only the whole file shows, such as an instant at
which far too many placements end, is marked in a second passing over what was kept.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from habeas.docket.odd_cells import Cell
from habeas.docket.odd_tables import Reading, RefusedRow, TableSchema
from habeas.docket.placements import (
    TOLD,
    CutOffs,
    Judged,
    Mark,
    Refused,
    with_cut_offs,
    worded,
)
from habeas.errors import DocketError, Fault
from habeas.law.calendar import ZONES

__all__ = [
    "ZONES",
    "Judged",
    "Refused",
    "RefusedRow",
    "Sink",
    "Source",
    "Taken",
    "document",
    "take",
]
APART = Mark.POSSIBLE_DUPLICATE


class Source(Protocol):
    """A file of records."""

    @property
    def file(self) -> str:
        """Its name."""
        ...

    def judged(self) -> Iterator[Judged]:
        """All rows, part by part."""
        ...


class Sink(Protocol):
    """Where rows go."""

    def keep(self, taken: pa.RecordBatch) -> None:
        """Placements that were taken."""
        ...

    def aside(self, row: Refused) -> None:
        """A row that was set aside."""
        ...

    def apart(self, taken: pa.RecordBatch) -> None:
        """Placements that may repeat an earlier one: kept, and listed apart too."""
        ...

    def done(self, size: int) -> None:
        """So much of the source is read."""
        ...

    def back(self) -> Iterator[pa.RecordBatch]:
        """What was kept, once more."""
        ...

    def write(
        self, placements: Iterator[pa.RecordBatch], schema: pa.Schema, about: Mapping[str, str]
    ) -> None:
        """The placements for good."""
        ...


@dataclass(slots=True)
class Taken:
    """What became of the rows of a file."""

    rows: int = 0
    quarantined: int = 0
    flagged: int = 0
    accepted: int = 0
    open: int = 0
    midnights: int = 0  # of the closed placements, in the declared zone
    marks: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    cut_offs: dict[str, int] = field(default_factory=dict)  # instant: ends

    @property
    def excludes(self) -> dict[str, int]:
        """What totals of days, of facilities or of persons leave out."""
        return {
            "quarantined": self.quarantined,
            "open": self.open,
            "person_withheld": self.marks[Mark.PERSON_WITHHELD.word],
            "person_missing": self.marks[Mark.PERSON_MISSING.word],
            "facility_withheld": self.marks[Mark.FACILITY_WITHHELD.word],
            "facility_missing": self.marks[Mark.FACILITY_MISSING.word],
            "facility_unmatched": self.marks[Mark.FACILITY_UNMATCHED.word],
        }


def take(source: Source, sink: Sink, about: Mapping[str, str]) -> Taken:
    """Every row of a file to the sink, then the placements with all their marks for good.

    Args:
        source: the file.
        sink: where its rows go.
        about: what the placements are computed from, written into their file.

    Raises:
        DocketError: H410 where the file holds no row; others for the file as a whole.
    """
    found, ends = Taken(), CutOffs()
    for part in source.judged():
        found.rows += part.rows
        found.quarantined += len(part.refused)
        for row in part.refused:
            found.codes[row.code] += 1
            sink.aside(row)
        sink.keep(part.taken)
        ends.add(part.taken)
        _apart(part.taken, sink)
        sink.done(part.size)
    if not found.rows:
        fault = Fault("H410", "the file holds no rows", "Give at least one.", source.file)
        raise DocketError(fault)
    cut = ends.found()
    found.cut_offs = {datetime.fromtimestamp(at, UTC).isoformat(): n for at, n in cut.items()}
    instants = np.array(list(cut), np.int64)
    sink.write(_marked(sink.back(), instants, found), TOLD, about)
    return found


def _apart(taken: pa.RecordBatch, sink: Sink) -> None:
    marks = np.asarray(taken.column("marks"))
    here = (marks & int(APART)) != 0
    if here.any():
        sink.apart(taken.filter(pa.array(here)))


def _marked(
    kept: Iterator[pa.RecordBatch], instants: NDArray[np.int64], found: Taken
) -> Iterator[pa.RecordBatch]:
    for batch in kept:
        told = with_cut_offs(batch, instants)
        _count(told, found)
        yield worded(told)


def _count(taken: pa.RecordBatch, found: Taken) -> None:
    marks, counts = np.unique(np.asarray(taken.column("marks")), return_counts=True)
    for mark, count in zip(marks.tolist(), counts.tolist(), strict=True):
        if mark:
            found.flagged += count
        else:
            found.accepted += count
        for one in Mark(mark):
            found.marks[one.word] += count
    first, after = (taken.column(name).cast(pa.int32()) for name in ("day_in", "day_out"))
    closed = np.asarray(after.is_valid())
    found.open += int(np.count_nonzero(~closed))
    inside = np.asarray(first.filter(pa.array(closed))).astype(np.int64)
    found.midnights += int((np.asarray(after.drop_null()) - inside).sum())


def document(found: Taken) -> dict[str, Any]:  # Any: a document for a face
    """What became of the rows, as one JSON document; its counts add up."""
    return {
        "rows": found.rows,
        "accepted": found.accepted,
        "flagged": found.flagged,
        "quarantined": found.quarantined,
        "marks": dict(sorted(found.marks.items())),
        "codes": dict(sorted(found.codes.items())),
        "open": found.open,
        "midnights_of_closed": found.midnights,
        "totals_exclude": found.excludes,
        "cut_offs": found.cut_offs,
    }


def table_document(
    read: Reading, schema: TableSchema
) -> dict[str, Any]:  # Any: a document for a face
    """What became of the lines of a published table, as one JSON document; its counts add up."""
    codes = Counter(row.code for row in read.quarantined)
    missing = {
        column.name: {f"{state}: {reason}": count for (state, reason), count in found.items()}
        for column in schema.columns
        if (found := {key: n for key, n in read.states(column.name).items() if key[1]})
    }
    return {
        "schema": schema.name,
        "publisher": schema.publisher,
        "lines": read.lines,
        "rows": len(read.rows),
        "headings": read.headings,
        "notes": read.notes,
        "legend": read.legend,
        "above": [line for line in read.above if line],
        "quarantined": len(read.quarantined),
        "codes": dict(sorted(codes.items())),
        "missing": missing,
    }


def table_columns(schema: TableSchema) -> list[str]:
    """Names of the columns of a typed table: each value, what it is, and its text."""
    names = (column.name for column in schema.columns)
    return ["line", *(f"{name}{part}" for name in names for part in ("", "__is", "__text"))]


def table_rows(read: Reading) -> Iterator[dict[str, str]]:
    """The rows of a typed table as text; an empty value is no value, and `__is` says what it is."""
    for row in read.rows:
        found = {"line": str(row.line)}
        for name, cell in row.cells.items():
            found[name] = "" if cell.value is None else str(cell.value)
            found[f"{name}__is"] = _said(cell)
            found[f"{name}__text"] = cell.text
        yield found


def _said(cell: Cell) -> str:
    reason = f": {cell.reason}" if cell.reason else ""
    return f"{cell.state.value}{reason}"

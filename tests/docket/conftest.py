"""Dockets read both ways: row by row, which is the definition, and in blocks of columns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pytest

from habeas.adapters.importers import docket_blocks, docket_file
from habeas.docket.check import Docket, Refused
from habeas.docket.ingest import Stamp
from habeas.docket.snapshot import Form
from habeas.law.library import Library
from habeas.service import intake, intake_bulk

LIBRARY = Library()
COLUMNS = intake.columns(LIBRARY.vocabulary)


@dataclass
class Kept:
    """A sink that keeps everything."""

    chunks: list[pa.RecordBatch] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    begun: int = 0
    size: int = 0

    def begin(self, form: Form) -> None:
        self.schema = form.schema
        self.chunks, self.refused, self.begun = [], [], self.begun + 1

    def chunk(self, cases: pa.RecordBatch) -> None:
        self.chunks.append(cases)

    def aside(self, row: Refused) -> None:
        self.refused.append(row)

    def done(self, size: int) -> None:
        self.size += size


def by_rows(path: Path, agreement: str | None = None) -> Docket:
    """The definition."""
    names, rows = docket_file.read(path)
    return intake.read(names, rows, LIBRARY, str(path), agreement, docket_file.earlier(path))


def by_blocks(path: Path, agreement: str | None = None) -> tuple[Stamp, Kept]:
    """The twin."""
    kept = Kept()
    source = docket_blocks.opened(path)
    return intake_bulk.take(source, LIBRARY, str(path), agreement, kept), kept


def told(chunk: pa.RecordBatch) -> Iterator[dict[str, object]]:
    """Each case of a batch as the facts and marks that are established in it."""
    columns = []
    for name in chunk.schema.names:
        column = chunk.column(name)
        if pa.types.is_date32(column.type):
            column = column.view(pa.int32())
        columns.append([(name, value) for value in column.to_pylist()])
    for row in zip(*columns, strict=True):
        yield {name: value for name, value in row if value is not None}


def expected(docket: Docket) -> list[dict[str, object]]:
    """The cases of the definition, in the same shape."""
    found = []
    for case in docket.cases:
        row: dict[str, object] = {"case": case.id, **case.facts}
        for name, one in case.evidence.items():
            marks = {"at": one.at, "until": one.until, "by": one.by, "doc": one.doc}
            row |= {f"{name}__{mark}": held for mark, held in marks.items() if held is not None}
        found.append(row)
    return found


def agreeing(path: Path, agreement: str | None = None) -> tuple[Docket, list[pa.RecordBatch]]:
    """A docket read both ways, which agree in every case, every refusal and the hash."""
    rows = by_rows(path, agreement)
    stamp, kept = by_blocks(path, agreement)
    assert [one for chunk in kept.chunks for one in told(chunk)] == expected(rows)
    assert kept.refused == list(rows.refused)
    assert (stamp.hash, stamp.dated) == (rows.hash, rows.dated)
    assert (stamp.rows, stamp.quarantined) == (rows.rows, len(rows.refused))
    for chunk in kept.chunks:
        chunk.validate(full=True)
        assert {column.offset for column in chunk.columns} == {0}
    return rows, kept.chunks


@pytest.fixture(scope="session")
def both() -> Callable[..., tuple[Docket, list[pa.RecordBatch]]]:
    """`agreeing`, for tests that do not import this file."""
    return agreeing


@pytest.fixture(scope="session")
def blocks() -> Callable[..., tuple[Stamp, Kept]]:
    """`by_blocks`, for files that only the blocks are to read."""
    return by_blocks

"""Where the rows of a long docket go: cases on, the others to the quarantine file, with a bar."""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from json import dumps
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from habeas.adapters import csv_files
from habeas.adapters.importers import docket_blocks, docket_file
from habeas.cli import output
from habeas.cli.bar import Bar
from habeas.cli.screen import QUARANTINE
from habeas.service import intake_bulk
from habeas.service.agree import Library

SHOWN = 20
LONG = 64 << 20  # bytes, or rows, of a file whose reading is told by lines


class Out(Protocol):
    """Where the cases of a docket go."""

    def begin(self, form: intake_bulk.Form) -> None:
        """Start, or start again from nothing."""
        ...

    def chunk(self, cases: pa.RecordBatch) -> None:
        """A canonical batch."""
        ...

    def finish(self, stamp: intake_bulk.Stamp) -> None:
        """All rows have come."""
        ...

    def discard(self) -> None:
        """Leave nothing behind of a file that was refused."""
        ...


class Rows:
    """Where the rows of a docket go: cases to an `Out`, the others to the quarantine file."""

    def __init__(self, file: str, quarantine: Path, out: Out | None) -> None:
        self.codes: Counter[str] = Counter()
        self.first: list[str] = []
        self._file, self._out = file, out
        self._quarantine = csv_files.TextTable(quarantine, QUARANTINE)
        self.bar = Bar(file, None, LONG)

    def total(self, size: int) -> None:
        """Bytes or rows of the whole file."""
        self.bar.resize(size)

    def begin(self, form: intake_bulk.Form) -> None:
        """Start, or start again from nothing."""
        self.codes.clear()
        self.first.clear()
        self._quarantine.discard()
        self.bar.restart()
        if self._out is not None:
            self._out.begin(form)

    def chunk(self, cases: pa.RecordBatch) -> None:
        """A batch of cases."""
        if self._out is not None:
            self._out.chunk(cases)

    def aside(self, row: intake_bulk.Refused) -> None:
        """A row that was set aside."""
        self.codes[row.code] += 1
        if len(self.first) < SHOWN:
            told = f"{self._file}:{row.line}: {row.code} {row.what} (quarantined). {row.fix}"
            self.first.append(told)
        self._quarantine.add(
            {
                "line": str(row.line),
                "case": row.case,
                "code": row.code,
                "reason": f"{row.what}. {row.fix}",
                "cells": dumps(row.cells, ensure_ascii=False),
            }
        )

    def done(self, size: int) -> None:
        """The bar goes on."""
        self.bar.advance(size)

    def close(self, stamp: intake_bulk.Stamp) -> None:
        """Give the files their names."""
        self._quarantine.finish()
        if self._out is not None:
            self._out.finish(stamp)

    def discard(self) -> None:
        """Leave nothing behind of a file that was refused."""
        self._quarantine.discard()
        if self._out is not None:
            self._out.discard()


@contextmanager
def _on_disk(path: Path) -> Iterator[Path]:
    # A docket may be read more than once, so what comes through stdin is kept while it is.
    if str(path) != "-":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "stdin.csv"
        with kept.open("wb") as file:
            while data := sys.stdin.buffer.read(1 << 20):
                file.write(data)
        yield kept


def taken(
    docket: Path, law: Library, agreement: str | None, out: Out | None, beside: Path
) -> tuple[intake_bulk.Stamp, Rows]:
    """Every row of a docket file to where it goes, and what became of them.

    Args:
        docket: the file, or - for CSV from stdin.
        law: the library.
        agreement: the agreement of every row, where the call names one.
        out: where the cases go.
        beside: the file beside which the quarantine file lies.
    """
    name = "stdin" if str(docket) == "-" else str(docket)
    beside = Path("stdin") if str(beside) == "-" else beside
    with _on_disk(docket) as path:
        source = docket_blocks.opened(path)
        rows = Rows(name, beside.with_name(f"{beside.stem}.quarantine.csv"), out)
        rows.total(source.size)
        with ExitStack() as undone:
            undone.callback(rows.discard)
            with rows.bar, docket_file.readable(path, name):
                stamp = intake_bulk.take(source, law, name, agreement, rows)
            rows.close(stamp)
            undone.pop_all()
    for told in rows.first:
        output.note(told)
    if stamp.quarantined:
        kept = beside.with_name(f"{beside.stem}.quarantine.csv")
        what = f"{stamp.quarantined:,} of {stamp.rows:,} rows were set aside, not judged: {kept}"
        output.note(what)
    return stamp, rows

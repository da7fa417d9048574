"""habeas docket: check a docket file, make a snapshot of it, or make a synthetic one."""

import hashlib
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from json import dumps
from pathlib import Path
from typing import Annotated

import pyarrow as pa
from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress

from habeas.adapters import batch_files, snapshot_file, tables
from habeas.adapters.importers import docket_blocks, docket_file
from habeas.adapters.snapshot_file import SnapshotWriter
from habeas.cli import clock, output
from habeas.cli.screen import QUARANTINE
from habeas.errors import DocketError, Fault, SetupError
from habeas.service import SYNTHETIC, agree, cast, intake

SHOWN = 20


class SyntheticSource:
    """Chance that repeats: SHAKE-256 over a seed and a label. For synthetic dockets alone."""

    def __init__(self, seed: int) -> None:
        self._seed = f"habeas synthetic docket {seed}\n".encode()

    def bytes(self, count: int, label: str) -> bytes:
        """That many bytes for a label."""
        return hashlib.shake_256(self._seed + label.encode()).digest(count)


class Rows:
    """Where the rows of a docket go: cases to a snapshot, the others to the quarantine file."""

    def __init__(self, file: str, quarantine: Path, out: SnapshotWriter | None) -> None:
        self.codes: Counter[str] = Counter()
        self.first: list[str] = []
        self._file, self._out = file, out
        self._quarantine = tables.TextTable(quarantine, QUARANTINE)
        self.progress = Progress(
            console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True
        )
        self._task = self.progress.add_task(file, total=None)

    def total(self, size: int) -> None:
        """Bytes or rows of the whole file."""
        self.progress.update(self._task, total=size)

    def begin(self, form: intake.Form) -> None:
        """Start, or start again from nothing."""
        self.codes.clear()
        self.first.clear()
        self._quarantine.discard()
        self.progress.reset(self._task)
        if self._out is not None:
            self._out.begin(form)

    def chunk(self, cases: pa.RecordBatch) -> None:
        """A batch of cases."""
        if self._out is not None:
            self._out.chunk(cases)

    def aside(self, row: intake.Refused) -> None:
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
        self.progress.advance(self._task, size)

    def close(self, stamp: intake.Stamp) -> None:
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


def _taken(
    docket: Path, agreement: str | None, library: Path | None, out: Path | None
) -> tuple[intake.Stamp, Rows]:
    law = agree.library(library)
    name = "stdin" if str(docket) == "-" else str(docket)
    beside = out or Path("stdin" if name == "stdin" else name)
    writer = SnapshotWriter(out) if out is not None else None
    with _on_disk(docket) as path:
        source = docket_blocks.opened(path)
        rows = Rows(name, beside.with_name(f"{beside.stem}.quarantine.csv"), writer)
        rows.total(source.size)
        try:
            with rows.progress, docket_file.readable(path, name):
                stamp = intake.take(source, law, name, agreement, rows)
            rows.close(stamp)
        except BaseException:
            rows.discard()
            raise
    for told in rows.first:
        output.note(told)
    if stamp.quarantined:
        kept = beside.with_name(f"{beside.stem}.quarantine.csv")
        what = f"{stamp.quarantined:,} of {stamp.rows:,} rows were set aside, not judged: {kept}"
        output.note(what)
    return stamp, rows


def _tell(stamp: intake.Stamp, rows: Rows, *, json: bool, **more: str | bool) -> int:
    found: dict[str, object] = {
        "rows": stamp.rows,
        "cases": stamp.cases,
        "quarantined": stamp.quarantined,
        "codes": dict(sorted(rows.codes.items())),
        "docket_hash": stamp.hash,
        "schema_hash": stamp.schema_hash,
        "evidence_dated": stamp.dated,
        **more,
    }
    if json:
        output.document(found)
    else:
        told = [[name.replace("_", " "), _shown(value)] for name, value in found.items()]
        output.console().print(output.table("Docket", ("what", "found"), told))
    return output.DONE if stamp.cases else DocketError.status


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{code} {count:,}" for code, count in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def check(
    docket: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    agreement: str | None = None,
    library: Path | None = None,
    json: bool = False,
) -> int:
    """Read every row of a docket; count the cases, and say why the others were set aside.

    A snapshot is also checked against the hash that it states.

    Args:
        docket: a CSV, Parquet or Arrow file, or - for CSV from stdin.
        agreement: the agreement of every row.
        library: a folder of your own agreements and laws.
        json: print one JSON document.
    """
    stamp, rows = _taken(docket, agreement, library, None)
    stated = snapshot_file.opened(docket)
    if stated is None:
        return _tell(stamp, rows, json=json)
    holds = stated.hash() == stated.stamp.hash
    status = _tell(stamp, rows, json=json, states_its_hash=holds)
    if not holds:
        output.note(f"{docket} states the hash {stated.stamp.hash[:16]}, and holds another docket")
        return output.DOES_NOT_HOLD
    return status


def snapshot(
    docket: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    out: Path,
    agreement: str | None = None,
    verify: bool = False,
    library: Path | None = None,
    json: bool = False,
) -> int:
    """Write the cases of a docket as a memory-mapped Arrow file that is fast to screen.

    Args:
        docket: a CSV, Parquet or Arrow file, or - for CSV from stdin.
        out: the .arrow file to write; rows set aside go to a .quarantine.csv beside it.
        agreement: the agreement of every row.
        verify: read the snapshot again and compute its hash anew.
        library: a folder of your own agreements and laws.
        json: print one JSON document.
    """
    if out.suffix.lower() != ".arrow":
        raise SetupError(Fault("H902", f"'{out}' is no .arrow file", "Name one with --out."))
    if out.resolve() == docket.resolve():
        fix = "Name another file with --out."
        raise SetupError(Fault("H902", f"'{out}' is the docket itself", fix))
    stamp, rows = _taken(docket, agreement, library, out)
    if not verify:
        return _tell(stamp, rows, json=json, out=str(out))
    found = snapshot_file.opened(out)
    holds = found is not None and found.hash() == stamp.hash
    status = _tell(stamp, rows, json=json, out=str(out), states_its_hash=holds)
    return status if holds else output.DOES_NOT_HOLD


def synth(
    *,
    agreement: str,
    rows: int,
    seed: int,
    out: Path,
    as_of: str = "2026-11-21",
    library: Path | None = None,
) -> int:
    """Write a synthetic docket: register numbers only, and no person anywhere.

    Args:
        agreement: the agreement of every row.
        rows: how many.
        seed: the same seed gives the same rows.
        out: a CSV, Parquet or Arrow file.
        as_of: the day around which evidence and dates lie, YYYY-MM-DD.
        library: a folder of your own agreements and laws.
    """
    if rows < 1:
        raise SetupError(Fault("H901", f"{rows} rows are no docket", "Give at least one."))
    day = clock.day(as_of, "--as-of")
    batches = cast.synthetic(agree.library(library), agreement, rows, SyntheticSource(seed), day)
    first = next(batches)
    with Progress(
        console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True
    ) as progress:
        task = progress.add_task(str(out), total=rows)
        for written in batch_files.write(out, first.schema, chain([first], batches)):
            progress.advance(task, written)
    output.note(f"{rows:,} rows under {agreement}, seed {seed}: {out}")
    output.note(SYNTHETIC)
    return output.DONE

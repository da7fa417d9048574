"""habeas docket: check a docket file, make a snapshot of it, or make a synthetic one."""

import hashlib
from itertools import chain
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from habeas.adapters import batch_files, snapshot_file
from habeas.adapters.snapshot_file import SnapshotWriter
from habeas.cli import clock, output
from habeas.cli.bar import Bar
from habeas.cli.rows import Rows, taken
from habeas.errors import DocketError, Fault, SetupError
from habeas.service import SYNTHETIC, agree, cast, intake_bulk

LONG = 2_000_000  # rows whose writing is told by lines


class SyntheticSource:
    """Chance that repeats: SHAKE-256 over a seed and a label. For synthetic dockets alone."""

    def __init__(self, seed: int) -> None:
        self._seed = f"habeas synthetic docket {seed}\n".encode()

    def bytes(self, count: int, label: str) -> bytes:
        """That many bytes for a label."""
        return hashlib.shake_256(self._seed + label.encode()).digest(count)


def _taken(
    docket: Path, agreement: str | None, library: Path | None, out: Path | None
) -> tuple[intake_bulk.Stamp, Rows]:
    writer = SnapshotWriter(out) if out is not None else None
    return taken(docket, agree.library(library), agreement, writer, out or docket)


def _tell(stamp: intake_bulk.Stamp, rows: Rows, *, json: bool, **more: str | bool) -> int:
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
    with Bar(str(out), rows, LONG) as bar:
        for written in batch_files.write(out, first.schema, chain([first], batches)):
            bar.advance(written)
    output.note(f"{rows:,} rows under {agreement}, seed {seed}: {out}")
    output.note(SYNTHETIC)
    return output.DONE

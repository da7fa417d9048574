"""The folder of a projection: every file whole before it has its name, and how far a run is.

scenario.toml  projection.json  ranges.parquet  days.parquet  charts/*.svg  charts/*.csv
report.html  report.es.html  pages/ (the same for the web app)
manifest.json (SHA-256 of each)  run/ (the draws)
progress.json: how far a run is, while it runs and after it was stopped
"""

import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from habeas.errors import Fault, SetupError

MANIFEST, PROGRESS, RUN = "manifest.json", "progress.json", "run"


class Progress(msgspec.Struct, frozen=True):
    """How far a run is."""

    done: int
    draws: int


def parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as a Parquet file."""
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), out, compression="zstd")
    return out.getvalue()


def document(found: object) -> bytes:
    """Plain data as JSON that people can read too."""
    return msgspec.json.format(msgspec.json.encode(found)) + b"\n"


def ours(folder: Path) -> None:
    """Refuse a folder of other files: whatever of them has a name of ours would be written over.

    Raises:
        SetupError: H860.
    """
    begun = (folder / RUN / "run.json").exists() or (folder / PROGRESS).exists()
    if folder.is_dir() and any(folder.iterdir()) and not begun:
        fix = "Name a new folder, or one of a projection that goes on."
        raise SetupError(Fault("H860", "the folder holds something else", fix, str(folder)))


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files and then what they are: with a manifest the folder is whole."""
    for name, data in files.items():
        whole(folder / name, data)
    told = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    whole(folder / MANIFEST, document({"format": "habeas-projection-files/1", "sha256": told}))
    (folder / PROGRESS).unlink(missing_ok=True)


def whole(path: Path, data: bytes) -> None:
    """A file that has its name only when it is there as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{token_hex(8)}.part")
    try:
        with waiting.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)


def tell(folder: Path, done: int, draws: int) -> None:
    """Say how far a run is."""
    whole(folder / PROGRESS, msgspec.json.encode(Progress(done, draws)))


def progress(folder: Path) -> Progress | None:
    """How far a run is; None: nothing says it."""
    try:
        return msgspec.json.decode((folder / PROGRESS).read_bytes(), type=Progress)
    except (OSError, msgspec.MsgspecError):
        return None

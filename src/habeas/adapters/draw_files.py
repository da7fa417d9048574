"""The draws of a run in a folder: a Parquet file a part, whole before it has its name.

    run.json                      what is run: task, hash of what it reads, seed, draws, versions
    draws/000000-000049.parquet   draws 0 to 49: the column `draw`, and a column an array

A run that was stopped, however, is read as far as it came, and goes on from there. A part that
came twice is the same part.
"""

import hashlib
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from habeas.adapters import text_files
from habeas.errors import Fault, SetupError
from habeas.projection.parts import Arrays, Part, Range, Runner, Told, cut, merged

MANIFEST, DRAWS, DRAW = "run.json", "draws", "draw"
NAME = re.compile(r"(\d{6,})-(\d{6,})\.parquet")
FORM = b"habeas"  # key of what a column's metadata says: type and shape of a draw's row
BAD = (OSError, pa.ArrowException, msgspec.MsgspecError, KeyError, TypeError, ValueError)
OTHER = "Name another folder, or leave it as it is and read it."


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is run: equal stamps have equal draws, but for how many are wanted."""

    task: str
    payload: str  # SHA-256, hex
    seed: int
    draws: int  # wanted
    versions: Mapping[str, str]


def stamp(task: str, payload: bytes, seed: int, draws: int, versions: Mapping[str, str]) -> Stamp:
    """What is run."""
    return Stamp(task, hashlib.sha256(payload).hexdigest(), seed, draws, dict(versions))


class DrawFiles:
    """The folder of one run. Is not trusted: whoever can change a file can change a draw."""

    def __init__(self, folder: Path, stamp: Stamp) -> None:
        self._folder, self.stamp = folder / DRAWS, stamp

    def done(self) -> list[Range]:
        """The draws that are there, as ranges; two may overlap."""
        found = (NAME.fullmatch(one.name) for one in self._folder.glob("*.parquet"))
        return sorted((int(one[1]), int(one[2]) + 1) for one in found if one)

    def add(self, part: Part) -> None:
        """Keep a part; it is there as a whole or not at all."""
        lo, arrays = part
        made = _table(lo, arrays)
        path = self._folder / f"{lo:06}-{lo + made.num_rows - 1:06}.parquet"
        _whole(path, lambda file: pq.write_table(made, file, compression="zstd"))

    def parts(self) -> Iterator[Part]:
        """Every part that is there.

        Raises:
            SetupError: H902, for a file that cannot be read or holds other draws.
        """
        for lo, hi in self.done():
            path = self._folder / f"{lo:06}-{hi - 1:06}.parquet"
            try:
                made = pq.ParquetFile(path).read()
                whole = made.column(DRAW).to_pylist() == list(range(lo, hi))
                arrays = _arrays(made)
            except BAD as error:
                raise _unread(path) from error
            if not whole:
                raise _unread(path)
            yield lo, arrays

    def progress(self) -> str:
        """How far the run came, in words."""
        return f"{self.kept():,} of {self.stamp.draws:,} draws"

    def kept(self) -> int:
        """How many of the draws that are wanted are there."""
        wanted = self.stamp.draws
        left = sum(hi - lo for lo, hi in cut(wanted, max(wanted, 1), self.done()))
        return wanted - left


def begun(folder: Path, stamp: Stamp) -> DrawFiles:
    """The folder of a run: a new one, or one that goes on, perhaps to more draws.

    Raises:
        SetupError: H860, when it holds another run, or anything else; H902, for a description that
            cannot be read.
    """
    path = folder / MANIFEST
    if path.exists():
        differing = _differing(opened(folder).stamp, stamp)
        if differing:
            what = f"the draws there are of another {' and '.join(differing)}"
            raise SetupError(Fault("H860", what, OTHER, str(folder)))
    elif folder.exists() and any(folder.iterdir()):
        raise SetupError(Fault("H860", "the folder holds something else", OTHER, str(folder)))
    (folder / DRAWS).mkdir(parents=True, exist_ok=True)
    _whole(path, lambda file: file.write(msgspec.json.format(msgspec.json.encode(stamp))))
    return DrawFiles(folder, stamp)


def opened(folder: Path) -> DrawFiles:
    """The folder of a run that was stopped or is done, to be read.

    Raises:
        SetupError: H902, when it holds no run.
    """
    path = folder / MANIFEST
    try:
        found = msgspec.json.decode(text_files.text(path), type=Stamp)
    except msgspec.MsgspecError as error:
        what = f"'{path}' describes no run: {error}"
        raise SetupError(Fault("H902", what, "Name another folder.")) from error
    return DrawFiles(folder, found)


def drawn(files: DrawFiles, runner: Runner, payload: bytes, told: Told) -> Arrays:
    """Every draw of a run in order: what is not there yet is run, and kept part by part.

    Raises:
        SetupError: H870, for a part whose workers died; H902, for a file that cannot be read.
    """
    of = files.stamp
    for part in runner.run(of.task, payload, of.seed, of.draws, told, files.done()):
        files.add(part)
    return merged(files.parts(), of.draws)


def _differing(kept: Stamp, asked: Stamp) -> list[str]:
    """What of two runs is not the same, in words."""
    names = sorted({*kept.versions, *asked.versions})
    return [
        *(["task"] if kept.task != asked.task else []),
        *(["scenario"] if kept.payload != asked.payload else []),
        *(["seed"] if kept.seed != asked.seed else []),
        *(
            f"version of {name}"
            for name in names
            if kept.versions.get(name) != asked.versions.get(name)
        ),
    ]


def _whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """A file that is on disk as a whole before it has its name."""
    waiting = path.with_name(f".{token_hex(8)}.part")
    try:
        with waiting.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)


def _table(lo: int, arrays: Arrays) -> pa.Table:
    columns, fields, rows = list[pa.Array](), list[pa.Field](), 0
    for name, one in arrays.items():
        rows, width = len(one), math.prod(one.shape[1:])
        flat = pa.array(np.ascontiguousarray(one).reshape(-1))
        column = flat if one.ndim == 1 else pa.FixedSizeListArray.from_arrays(flat, width)
        form = msgspec.json.encode([one.dtype.str, list(one.shape[1:])])
        fields.append(pa.field(name, column.type, metadata={FORM: form}))
        columns.append(column)
    draws = pa.array(np.arange(lo, lo + rows))
    return pa.table([draws, *columns], pa.schema([pa.field(DRAW, draws.type), *fields]))


def _arrays(made: pa.Table) -> Arrays:
    return {field.name: _array(made, field) for field in made.schema if field.name != DRAW}


def _array(made: pa.Table, field: pa.Field) -> NDArray[np.generic]:
    kind, shape = msgspec.json.decode(field.metadata[FORM], type=tuple[str, list[int]])
    column = made.column(field.name).combine_chunks()
    flat = column.flatten() if pa.types.is_fixed_size_list(column.type) else column
    values = flat.to_numpy(zero_copy_only=False).astype(kind, copy=False)
    found: NDArray[np.generic] = values.reshape(made.num_rows, *shape)
    return found


def _unread(path: Path) -> SetupError:
    fix = "Remove it and run the same again: its draws are made anew."
    return SetupError(Fault("H902", f"'{path}' is no file of draws", fix))

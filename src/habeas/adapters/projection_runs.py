"""Projections that officers asked for: a folder each, named by what was asked; run one by one.

    asked.json     title, draws, seed, when, and what it is compared with
    scenario.toml  other.toml where two are compared
    result/        what `habeas project --out` writes
    failed.txt     why there is no result

What a run is at is read from the files alone, so that whoever serves pages and whoever runs share
nothing else. The name is the hash of what was asked: the same is never run twice.
"""

import hashlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from habeas.adapters import projection_folder
from habeas.adapters.projection_folder import Progress

KEPT = "projections"
ASKED, SCENARIO, OTHER = "asked.json", "scenario.toml", "other.toml"
RESULT, FAILED, LOG = "result", "failed.txt", "run.log"
MOST_KEPT, MOST_WAITING = 200, 10
AT_MOST_S = 1800  # of one run
LONGEST = 4000  # characters that are told of why one failed
State = Literal["waits", "runs", "done", "failed"]


class Asked(msgspec.Struct, frozen=True):
    """What somebody asked."""

    id: str  # of the scenario
    title: dict[str, str]
    draws: int
    seed: int
    at: str  # instant, UTC
    with_: str = ""  # the title of the other scenario; empty: none
    sobol: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """One of them, as its files say."""

    name: str
    folder: Path
    asked: Asked
    state: State
    progress: Progress | None
    failed: str

    @property
    def result(self) -> Path:
        """The folder of its result."""
        return self.folder / RESULT


def ask(folder: Path, texts: Sequence[str], asked: Asked) -> str | None:
    """Keep what is asked, for whoever runs it; returns its name.

    None where too many are kept or wait. What was asked before has its name already.
    """
    told = [*texts, str(asked.draws), str(asked.seed), str(asked.sobol)]
    name = hashlib.sha256("\0".join(told).encode()).hexdigest()
    own = folder / KEPT / name
    if own.joinpath(ASKED).exists():
        return name
    found = every(folder)
    waiting = sum(one.state in {"waits", "runs"} for one in found)
    if len(found) >= MOST_KEPT or waiting >= MOST_WAITING:
        return None
    own.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file, text in zip((SCENARIO, OTHER), texts, strict=False):
        projection_folder.whole(own / file, text.encode())
    projection_folder.whole(own / ASKED, msgspec.json.encode(asked))  # last: now it is asked
    return name


def every(folder: Path) -> list[Kept]:
    """All that are kept, the latest first."""
    found = [
        one
        for path in (folder / KEPT).glob("*/" + ASKED)
        if (one := read(folder, path.parent.name))
    ]
    return sorted(found, key=lambda one: (one.asked.at, one.name), reverse=True)


def read(folder: Path, name: str) -> Kept | None:
    """One of them; None: there is none."""
    if len(name) != hashlib.sha256().digest_size * 2 or not set(name) <= set("0123456789abcdef"):
        return None
    own = folder / KEPT / name
    try:
        asked = msgspec.json.decode(own.joinpath(ASKED).read_bytes(), type=Asked)
    except (OSError, msgspec.MsgspecError):
        return None
    failed = _text(own / FAILED)
    progress = projection_folder.progress(own / RESULT)
    state: State = "waits" if progress is None else "runs"
    if own.joinpath(RESULT, projection_folder.MANIFEST).exists() and _compared(own):
        state = "done"
    elif failed:
        state = "failed"
    return Kept(name, own, asked, state, progress, failed)


def _compared(own: Path) -> bool:
    return not own.joinpath(OTHER).exists() or own.joinpath(RESULT, "comparison.html").exists()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")[:LONGEST]
    except OSError:
        return ""


def files(one: Kept) -> Mapping[str, Path]:
    """The files of a result that may be given out, by name."""
    names = ("report.html", "report.es.html", "comparison.html", "comparison.es.html",
             "scenario.toml", "projection.json", "comparison.json", "ranges.parquet",
             "days.parquet", "manifest.json")  # fmt: skip
    charts = sorted(one.result.glob("charts/*.csv"))
    found = {name: one.result / name for name in names if (one.result / name).exists()}
    return found | {path.name: path for path in charts}


class Runs:
    """Runs what is asked, one at a time, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self._at: Kept | None = None

    def round(self) -> None:
        """Look after the one that runs, or begin the next."""
        if self._child is not None and self._at is not None:
            status = self._child.poll()
            if status is None:
                return
            if status:
                said = _text(self._at.folder / LOG).replace(f"{self._at.folder}/", "").strip()
                said = said or f"it ended with status {status}"
                projection_folder.whole(self._at.folder / FAILED, said.encode())
            self._child = self._at = None
        waiting = [one for one in every(self._folder) if one.state in {"waits", "runs"}]
        if waiting:
            self._begin(waiting[-1])

    def _begin(self, one: Kept) -> None:
        other = (
            ["--compare", str(one.folder / OTHER)] if one.folder.joinpath(OTHER).exists() else []
        )
        call = [
            sys.executable, "-m", "habeas", "project", str(one.folder / SCENARIO),
            "--draws", str(one.asked.draws), "--seed", str(one.asked.seed),
            "--out", str(one.result), "--at-most", str(AT_MOST_S), *other,
            *(["--sobol"] if one.asked.sobol else []),
        ]  # fmt: skip
        with one.folder.joinpath(LOG).open("wb") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own
                call, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log
            )
        self._at = one

    def close(self) -> None:
        """End the one that runs: its draws stay, and it goes on another time."""
        if self._child is not None:
            self._child.terminate()
            self._child.wait()

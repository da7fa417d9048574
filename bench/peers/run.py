"""Starts a peer's process, talks to it and ends it; makes the environment that peers run in."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict, cast

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).parent / "requirements.txt"
ONE_THREAD = {
    "POLARS_MAX_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONPATH": "",
}


class Measured(TypedDict):
    """What a peer says about one run; the counts are in the order of the rules."""

    cpu: float  # seconds of evaluation in all threads, loading and counting not among them
    wall: float
    true: list[int]
    false: list[int]
    rss_peak: int  # bytes, of the whole process since it began


class Peer:
    """One peer's process, for use in a with statement."""

    def __init__(self, python: Path, module: str, *arguments: str) -> None:
        call = [str(python), "-m", f"bench.peers.{module}", *arguments]
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            call,
            cwd=ROOT,
            env=os.environ | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def ask(self, **command: str | int) -> dict[str, object]:
        """One command's answer.

        Raises:
            RuntimeError: when the peer has ended; its own traceback is on stderr.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):  # the empty answer below says it
            self.process.stdin.write(json.dumps(command) + "\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.wait()}")
        return cast("dict[str, object]", json.loads(line))

    def version(self) -> str:
        return str(self.ask(version=1)["version"])

    def load(self, path: Path) -> None:
        self.ask(load=str(path))

    def planes(self, path: Path) -> None:
        """Have the last result written as an Arrow file of nullable booleans."""
        self.ask(planes=str(path))

    def run(self) -> Measured:
        """One timed evaluation of all rules."""
        return cast("Measured", self.ask(run=1))  # worker.py writes exactly this

    def cpu(self) -> float:
        """CPU seconds of one evaluation."""
        return self.run()["cpu"]

    def close(self) -> None:
        """End the process, also one that has already ended by a fault."""
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def environment(folder: Path) -> Path:
    """The python of the peers' virtual environment, made in the folder where it is missing.

    It is made again when the requirements have changed since.
    """
    python, stamp = folder / "bin" / "python", folder / "requirements.txt"
    wanted = REQUIREMENTS.read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        quiet = ["--quiet", "--disable-pip-version-check"]
        for call in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", *quiet, "-r", str(REQUIREMENTS)],
        ):
            subprocess.run(call, check=True)  # noqa: S603 - our own environment
        stamp.write_text(wanted)
    return python

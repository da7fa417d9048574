"""A run in a process of its own that is stopped midway, and what is left of it."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

MARK = "HABEAS_TEST_RUN"  # inherited by whatever a run starts
LIMIT = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a run said when it was stopped, and who went on after it had ended."""

    status: int
    said: str
    errors: str
    left: list[str]


def stopped(folder: Path, executor: str, number: signal.Signals, draws: int) -> Stopped:
    """Stop a run once two parts of it are there: as a terminal does, all of its group, twice."""
    mark = token_hex(8)
    paths = os.pathsep.join(filter(None, sys.path))
    run = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-m", "toy_run", str(folder), executor, str(draws)],
        env={**os.environ, MARK: mark, "PYTHONPATH": paths},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + LIMIT
    while len([*folder.glob("draws/*.parquet")]) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    if number is signal.SIGINT:
        os.killpg(run.pid, number)
        os.killpg(run.pid, number)
    else:
        os.kill(run.pid, number)
    said, errors = run.communicate(timeout=LIMIT)
    return Stopped(run.returncode, said, errors, _left(mark, 10.0 if run.returncode < 0 else 0.5))


def _left(mark: str, patience: float) -> list[str]:
    """Processes that the run started and that are still there after a moment."""
    end = time.monotonic() + patience
    while (found := _marked(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def _marked(mark: str) -> list[str]:
    found = list[str]()
    for one in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (one / "environ").read_bytes():
                found.append((one / "cmdline").read_text().replace("\0", " ")[:90])
        except OSError:
            continue
    return found

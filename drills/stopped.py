"""Runs that are stopped midway, on each executor, and taken up again on the next one.

The judge asks: is what the folder holds readable, are its draws those of an undisturbed run, does
no process live on, and are all draws together, half of them made elsewhere, the same to the bit.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from secrets import token_hex

from drills import draw_run
from drills.draws import draws as alone
from drills.rig import Result, ended
from habeas.adapters import draw_files, runners
from habeas.errors import HabeasError
from habeas.projection.parts import digest, found

RUNS = 48
DRAWS = 4000  # 4 ms each: nobody waits for the end
MORE = 60  # draws that are made after a stop
AHEAD = 5  # parts that are there, at most, before it is stopped
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
MARK = "HABEAS_DRILL_RUN"  # inherited by whatever a run starts
LIMIT = 300.0  # seconds: a guard against waiting for ever, not a measure
# After kill -9 nobody is there to end the rest: Ray's own helpers look after a minute.
PATIENCE = {signal.SIGINT: 1.0, signal.SIGTERM: 1.0, signal.SIGKILL: 90.0}


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a run said when it was stopped, and who went on after it had ended."""

    status: int
    said: str
    errors: str
    left: list[str]


def run(count: int, store: str) -> Result:
    """Stop as often as asked; no store has a part in it."""
    assert store
    broken, figures, done = list[str](), Counter[str](), 0
    while done < count and not ended():
        at = done % len(runners.NAMES)
        first, then = runners.NAMES[at], runners.NAMES[at - 1]
        number = SIGNALS[done // len(runners.NAMES) % len(SIGNALS)]
        with tempfile.TemporaryDirectory() as folder:
            found = taken_up(Path(folder), first, number, then, 1 + done % AHEAD)
        broken += [f"run {done}, {first}, {number.name}, then {then}: {one}" for one in found]
        figures[first] += 1
        done += 1
    return Result("runs stopped, and taken up on another executor", done, tuple(broken), figures)


def taken_up(
    folder: Path, executor: str, number: signal.Signals, then: str, parts: int
) -> list[str]:
    """Stop a run, read it, go on with it on another executor; what did not hold, as sentences."""
    told = stopped(folder, executor, number, parts)
    try:
        return [*_told(folder, number, told), *_went_on(folder, then)]
    except HabeasError as error:
        return [f"{error}"]


def stopped(folder: Path, executor: str, number: signal.Signals, parts: int) -> Stopped:
    """Stop a run once so many parts are there: as a terminal does, all of its group, twice."""
    mark = token_hex(8)
    paths = os.pathsep.join(filter(None, sys.path))
    run = subprocess.Popen(
        [sys.executable, "-m", "drills.draw_run", str(folder), executor, str(DRAWS)],
        env={**os.environ, MARK: mark, "PYTHONPATH": paths},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + LIMIT
    while len([*folder.glob("draws/*.parquet")]) < parts and time.monotonic() < end:
        time.sleep(0.01)
    if number is signal.SIGINT:
        os.killpg(run.pid, number)
        time.sleep(0.02)  # at once they would be one signal
        os.killpg(run.pid, number)
    else:
        os.kill(run.pid, number)
    said, errors = run.communicate(timeout=LIMIT)
    return Stopped(run.returncode, said, errors, _left(mark, PATIENCE[number]))


def _told(folder: Path, number: signal.Signals, told: Stopped) -> Iterator[str]:
    files = draw_files.opened(folder)
    if number is signal.SIGKILL:
        if told.status != -signal.SIGKILL:
            yield f"it ended with {told.status}"
    elif (told.status, told.said) != (draw_run.STOPPED, f"{files.progress()}\n") or told.errors:
        yield f"it ended with {told.status} and said {told.said!r} {told.errors[-500:]!r}"
    if told.left:
        yield f"these live on: {told.left}"
    numbers, some = found(files.parts(), DRAWS)
    whole = alone(draw_run.PAYLOAD, draw_run.SEED, 0, int(numbers[-1]) + 1)
    there = {name: rows[numbers] for name, rows in whole.items()}
    if not 0 < len(numbers) < DRAWS or digest(some) != digest(there):
        yield f"{len(numbers)} draws are there, or others than those of the run"


def _went_on(folder: Path, executor: str) -> Iterator[str]:
    before = draw_files.opened(folder).done()
    wanted = before[-1][1] + MORE
    files = draw_files.begun(folder, draw_run.stamp(wanted))
    with runners.opened(executor, draw_run.WORKERS) as runner:
        whole = draw_files.drawn(files, runner, draw_run.PAYLOAD, lambda *_: None)
    if digest(whole) != digest(alone(draw_run.PAYLOAD, draw_run.SEED, 0, wanted)):
        yield f"{wanted} draws, some of them made on {executor}, are others than those of one run"
    if not {*before} <= {*files.done()}:
        yield "what was done is not there any more"


def _left(mark: str, patience: float) -> list[str]:
    """Processes that the run started and that are still there after a moment."""
    end = time.monotonic() + patience
    while (found := _marked(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def _marked(mark: str) -> list[str]:
    return [(one / "cmdline").read_text().replace("\0", " ")[:90] for one in _alive(mark)]


def _alive(mark: str) -> Iterator[Path]:
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in (one / "environ").read_bytes():
                yield one


def listening(mark: str) -> list[IPv4Address | IPv6Address]:
    """Where this process, and whatever carries a mark, listens."""
    sockets = {held for one in [Path("/proc/self"), *_alive(mark)] for held in _open(one)}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return [_address(row[1]) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]


def _open(process: Path) -> list[str]:
    found = list[str]()
    for one in (process / "fd").iterdir():
        with contextlib.suppress(OSError):  # the folder itself was open while it was listed
            found.append(str(one.readlink()))
    return found


def _address(word: str) -> IPv4Address | IPv6Address:
    """An address as the kernel writes it: words of four bytes in this machine's order."""
    told = bytes.fromhex(word.partition(":")[0])
    whole = b"".join(
        int.from_bytes(told[at : at + 4], sys.byteorder).to_bytes(4, "big")
        for at in range(0, len(told), 4)
    )
    found = ip_address(whole)
    return getattr(found, "ipv4_mapped", None) or found

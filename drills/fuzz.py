"""Hostile bytes for every parser of the register: typed errors only, bounded time and memory.

    python -m drills fuzz [--target NAME] [--seconds N]

Each target runs in a process of its own (`fuzz_worker`), guided by atheris where it is installed.
What ends that process is a promise that did not hold: the input is kept in the folder `fuzz-found`
under the working directory, to become an example of tests/register/test_fuzz_parsers.py.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from drills import parsers
from drills.fuzz_worker import COUNTS, SHARED
from drills.rig import Result

SECONDS, SEED = 20, 1  # seconds of a target
FOUND = Path("fuzz-found")
MOST = 5  # findings of a target before it is left


def names() -> list[str]:
    """Every target."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        return list(parsers.targets(Path(folder) / "made", stack))


def run(target: str, seconds: int) -> Result:
    """Fuzz one target for some seconds of processor time; again after each finding."""
    way = "guided" if find_spec("atheris") else "blind"
    found, used, peak, seed = list[str](), 0.0, 0, SEED
    with tempfile.TemporaryDirectory(prefix="habeas-fuzz-") as name:
        tape = Path(name) / "tape"
        tape.write_bytes(bytes(SHARED))
        while used < seconds and len(found) < MOST:
            told, took, memory = _process(target, Path(name), seed, seconds - used, way)
            used, peak, seed = used + took, max(peak, memory), seed + 1
            if told is not None:
                found.append(f"{target}: {told}: {_kept(target, tape)}")
        inputs, read, slowest, _ = COUNTS.unpack_from(tape.read_bytes())
    figures = {
        "a second": round(inputs / max(used, 0.001)),
        "read": read,
        "refused": inputs - read - len(found),
        "slowest ms": slowest // 1_000_000,
        "MiB": peak // 1024,
    }
    return Result(f"fuzz {target} ({way})", inputs, tuple(found), figures)


def _process(
    target: str, folder: Path, seed: int, seconds: float, way: str
) -> tuple[str | None, float, int]:
    """How a worker broke (None: it did not), its processor seconds, and its peak in KiB."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        (Path(name) / "tape").symlink_to(folder / "tape")
        words = [sys.executable, "-m", "drills.fuzz_worker", target, name, str(seed)]
        log = Path(name) / "log"
        with log.open("wb") as file:
            process = subprocess.Popen([*words, str(seconds), way], stdout=file, stderr=file)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        lines = log.read_text(errors="replace").strip().split("\n")
    told = f"{lines[-1][:200]} (status {process.returncode})" if process.returncode else None
    return told, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def _kept(target: str, tape: Path) -> Path:
    whole = tape.read_bytes()
    length = COUNTS.unpack_from(whole)[3]
    data = whole[COUNTS.size : COUNTS.size + length]
    FOUND.mkdir(exist_ok=True)
    path = FOUND / f"{target}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    return path

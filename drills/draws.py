"""A task that takes no time and depends on (payload, seed, draw) alone; others that fail."""

import hashlib
import os
import signal
import time
from pathlib import Path

import numpy as np

from habeas.errors import Fault, SetupError
from habeas.projection.parts import Arrays

DAYS = 5
WARMED: list[int] = []


def warm() -> None:
    WARMED.append(os.getpid())


def draws(payload: bytes, seed: int, lo: int, hi: int) -> Arrays:
    """Some integers and floats of each draw."""
    rows = [_row(payload, seed, draw) for draw in range(lo, hi)]
    whole = np.array(rows, np.int64).reshape(-1, DAYS)
    return {
        "held": (whole % 1000).astype(np.int32),
        "share": (whole[:, 0] / 7.0).astype(np.float64),
        "first": whole[:, 1],
    }


def _row(payload: bytes, seed: int, draw: int) -> list[int]:
    found = hashlib.sha256(payload + f"{seed}:{draw}".encode()).digest()
    return [int.from_bytes(found[4 * day : 4 * day + 4], "little") for day in range(DAYS)]


def slow(payload: bytes, seed: int, lo: int, hi: int) -> Arrays:
    """The same draws, 4 ms each."""
    time.sleep(0.004 * (hi - lo))
    return draws(payload, seed, lo, hi)


def dies_once(payload: bytes, seed: int, lo: int, hi: int) -> Arrays:
    """Draw 7 ends its worker on the first try; the payload names a folder to remember it in."""
    mark = Path(payload.decode()) / "died"
    if lo <= 7 < hi and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return draws(b"", seed, lo, hi)


def dies(payload: bytes, seed: int, lo: int, hi: int) -> Arrays:
    """Draw 37 ends its worker each time."""
    if lo <= 37 < hi:
        os.kill(os.getpid(), signal.SIGKILL)
    return draws(payload, seed, lo, hi)


def refuses(payload: bytes, seed: int, lo: int, hi: int) -> Arrays:
    """Draw 7 is refused."""
    if lo <= 7 < hi:
        raise SetupError(Fault("H901", "draw 7", "Ask for another."))
    return draws(payload, seed, lo, hi)


def threads(_payload: bytes, _seed: int, lo: int, hi: int) -> Arrays:
    """On how many threads this process computes, and how often it was warmed."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
    found = [int(os.environ.get(name, "0")) for name in names] + [len(WARMED)]
    return {"found": np.array([found] * (hi - lo), np.int64)}

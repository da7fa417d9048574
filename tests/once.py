"""What several test files begin with, made once for all workers of a run; none may change it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name, made by whichever worker asks first.

    Where workers run side by side, each has a base folder of its own within that of the run.
    """
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    done = root / name
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            half = root / f"{name}.half"  # what a worker that failed leaves is no whole folder
            make(half)
            half.rename(done)
    return done

"""What several test files begin with, made once for all workers of a run; none may change it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from habeas.projection.plan import Deal, House, Plan, Stream, Uncertain


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


def compile_projections(folder: Path) -> None:
    """Run a small world, so that what a projection computes with is compiled and kept.

    Compiling takes many times as long as any run in the tests, and workers that begin at once would
    each do it.
    """
    from habeas.projection import simulate  # noqa: PLC0415 - few need what it imports

    none = Uncertain("none", "point", 0.0)
    stream = Stream(
        "s", 0, 7, referrals=Uncertain("s.referrals", "point", 10.0), growth=none,
        eligible=Uncertain("s.eligible", "point", 0.5), lawful=none,
        mean=Uncertain("s.mean", "point", 100.0), returned=none, died=none, late=none, log_sd=0.5,
    )  # fmt: skip
    plan = Plan(60, [0, 31, 60], [House("h", [(0, 9)])], [Deal("d", [0])], [stream], {})
    simulate.run(msgspec.json.encode(plan), 1, 0, 2)
    folder.mkdir()

"""A run that is stopped leaves its draws readable, no process behind it, and goes on elsewhere."""

import signal
from pathlib import Path

import pytest

from drills import stopped


@pytest.mark.parametrize(
    ("executor", "number", "then"),
    [
        ("serial", signal.SIGINT, "processes"),
        ("serial", signal.SIGTERM, "serial"),
        ("processes", signal.SIGINT, "serial"),
        ("processes", signal.SIGTERM, "serial"),
        ("processes", signal.SIGKILL, "processes"),
        ("dask", signal.SIGINT, "serial"),
        ("ray", signal.SIGINT, "serial"),
    ],
)
def test_a_stopped_run_is_read_and_taken_up_again(
    tmp_path: Path, executor: str, number: signal.Signals, then: str
) -> None:
    assert stopped.taken_up(tmp_path / "run", executor, number, then, 2) == []

"""A run that is stopped leaves its draws readable, no process behind it, and goes on later."""

import signal
from pathlib import Path

import pytest

import toy_run
from habeas.adapters import draw_files, runners
from habeas.projection import simulate
from stopped_runs import stopped
from toy_draws import draws as toy

DRAWS = 400  # 4 ms each: far more than a test waits for


@pytest.mark.parametrize(
    ("executor", "number"),
    [
        ("serial", signal.SIGINT),
        ("serial", signal.SIGTERM),
        ("processes", signal.SIGINT),
        ("processes", signal.SIGTERM),
        ("processes", signal.SIGKILL),
    ],
)
def test_a_stopped_run_is_read_and_taken_up_again(
    tmp_path: Path, executor: str, number: signal.Signals
) -> None:
    found = stopped(tmp_path / "run", executor, number, DRAWS)
    files = draw_files.opened(tmp_path / "run")
    if number is signal.SIGKILL:
        assert found.status == -signal.SIGKILL
    else:
        assert (found.status, found.errors) == (toy_run.STOPPED, "")
        assert found.said == f"{files.progress()}\n"
    assert found.left == []
    numbers, some = simulate.found(files.parts(), DRAWS)
    assert 0 < len(numbers) < DRAWS
    assert (
        some["first"][0] == toy(toy_run.PAYLOAD, toy_run.SEED, numbers[0], numbers[0] + 1)["first"]
    )
    wanted = int(numbers[-1]) + 3
    again = draw_files.begun(tmp_path / "run", toy_run.stamp(wanted))
    whole = draw_files.drawn(again, runners.Serial(), toy_run.PAYLOAD, lambda *_: None)
    alone = toy(toy_run.PAYLOAD, toy_run.SEED, 0, wanted)
    assert simulate.digest(whole) == simulate.digest(alone)

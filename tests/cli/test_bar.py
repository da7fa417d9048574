"""How far a long run has come is told by lines where there is no terminal."""

import pytest

from habeas.cli.bar import Bar


def lines(capsys: pytest.CaptureFixture[str], total: int, steps: list[int]) -> list[str]:
    with Bar("docket.csv", None, 100) as bar:
        bar.resize(total)
        for step in steps:
            bar.advance(step)
    return capsys.readouterr().err.splitlines()


def test_a_long_run_tells_each_tenth_once(capsys: pytest.CaptureFixture[str]) -> None:
    told = [f"docket.csv: {tenth * 10} %" for tenth in range(1, 11)]
    assert lines(capsys, 1_000, [50] * 20) == told


def test_a_long_run_of_few_steps_tells_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, 1_000, [340, 660]) == ["docket.csv: 30 %", "docket.csv: 100 %"]


def test_a_short_run_tells_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, 99, [99]) == []


def test_a_run_that_begins_again_tells_its_tenths_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Bar("docket.csv", 100, 100) as bar:
        bar.advance(100)
        bar.restart()
        bar.advance(50)
    assert capsys.readouterr().err.splitlines() == ["docket.csv: 100 %", "docket.csv: 50 %"]

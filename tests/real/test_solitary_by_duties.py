"""The clocks of solitary confinement of another system, through `habeas duties check` as it is."""

import json
from pathlib import Path

import pytest

from habeas.cli.main import run

pytestmark = pytest.mark.real


def counted(real_data: Path, capsys: pytest.CaptureFixture[str], *call: str) -> dict[str, int]:
    file = real_data / "segregation" / "srms_2017_2023.csv"
    capsys.readouterr()
    assert run(["duties", "check", str(file), *call, "--as-of", "2024-06-01", "--json"]) == 1
    counts: dict[str, int] = json.loads(capsys.readouterr().out)["counts"]
    return counts


def test_placements_that_lasted_longer_than_fifteen_days(
    real_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = counted(real_data, capsys, "--columns", "start=placed,answer=released", "--duty", "D-6")
    assert (found["rows"], found["met late"], found["overdue"]) == (14_264, 6_822, 155)


@pytest.mark.parametrize(
    ("kind", "days", "rows", "late"),
    [("14 Day", 14, 7_023, 2_536), ("72 Hour", 3, 5_205, 1_429)],
)
def test_reports_that_came_late(
    real_data: Path,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    days: int,
    rows: int,
    late: int,
) -> None:
    asked = ["--columns", "start=placed,answer=reported", "--days", str(days)]
    found = counted(real_data, capsys, *asked, "--where", f"report_type={kind}")
    assert (found["rows"], found["met late"]) == (rows, late)


def test_a_report_from_before_its_placement_answers_nothing(
    real_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = counted(real_data, capsys, "--columns", "start=placed,answer=reported", "--days", "14")
    assert (found["answered before it arose"], found["overdue"]) == (35, 35)

"""The demonstration's register projected from a past day."""

import json
from pathlib import Path

import pytest

from habeas.cli.main import run

EE = ["--agreement", "SE-EE"]


def asked(
    demo: Path, capsys: pytest.CaptureFixture[str], *call: str, status: int = 0
) -> tuple[str, str]:
    capsys.readouterr()
    register = str(demo / "se-ee/register.sqlite3")
    assert run(["backtest", register, *EE, "--draws", "100", *call]) == status
    told = capsys.readouterr()
    return told.out, told.err


def test_a_register_is_projected_from_a_day_and_held_against_what_followed(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = asked(demo, capsys, "--from", "2028-01-01", "--until", "2028-12-01", "--json")
    found = json.loads(out)
    assert found["known"]["log"] == "demo.habeas.example/se-ee"
    assert found["known"]["tree_size"] < found["register_size"]
    assert [row["day"] for row in found["points"]][::10] == ["2028-01-31", "2028-11-30"]
    assert found["score"]["points"] == 11
    counted = ["custody", "stock", str(demo / "se-ee/register.sqlite3"), *EE, "--json",
               "--from", "2028-06-30", "--to", "2028-07-01",
               "--as-of", "2028-12-01"]  # fmt: skip
    assert run(counted) == 0
    held = sum(int(row["persons"]) for row in json.loads(capsys.readouterr().out)["rows"])
    assert found["points"][5]["seen"] == str(held)
    again, _ = asked(demo, capsys, "--from", "2028-01-01", "--until", "2028-12-01", "--json")
    assert again == out


def test_what_was_recorded_after_the_day_is_not_known_on_it(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The story is recorded month by month: what happened since the first was not known."""
    span = ["--from", "2028-01-15", "--until", "2028-06-01", "--json"]
    then = json.loads(asked(demo, capsys, *span)[0])
    assert then["held"]["known_then"] != then["held"]["known_now"]
    size = str(then["known"]["tree_size"])
    assert json.loads(asked(demo, capsys, *span, "--size", size)[0]) == then
    later = json.loads(asked(demo, capsys, *span, "--size", str(then["register_size"]))[0])
    assert later["held"]["known_then"] == later["held"]["known_now"] == then["held"]["known_now"]
    assert later["measured"] != then["measured"]


def test_the_page_says_who_was_nearer(
    demo: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out, _ = asked(demo, capsys, "--from", "2028-01-01")
    for told in ("range of draws under the stated assumptions", "no change", "pinball loss",
                 "No lawyer has reviewed"):  # fmt: skip
        assert told in " ".join(out.split())
    points = tmp_path / "points.csv"
    asked(demo, capsys, "--from", "2028-01-01", "--out", str(points))
    assert points.read_text().startswith("day,p5,p25,p50,p75,p95,mean,seen,no_change,")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["--from", "2026-01-01"], "H839"),
        (["--from", "2028-01-01", "--until", "2028-01-01"], "H839"),
        (["--from", "2028-01-01", "--until", "2060-01-01"], "H839"),
        (["--from", "2027-02-01"], "H846"),
        (["--from", "soon"], "H903"),
        (["--from", "2028-01-01", "--draws", "0"], "H901"),
        (["--from", "2028-01-01", "--size", "99999999"], "H717"),
    ],
)
def test_what_cannot_be_projected_is_said(
    demo: Path, capsys: pytest.CaptureFixture[str], call: list[str], code: str
) -> None:
    out, err = asked(demo, capsys, *call, status=2)
    assert (out, err[:4]) == ("", code)

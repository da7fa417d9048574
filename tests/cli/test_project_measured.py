"""A scenario that starts from the demonstration's register."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from habeas.cli.main import run
from habeas.service import agree, scenario

EE = ["--agreement", "SE-EE"]
Text = pytest.CaptureFixture[str]
Found = dict[str, Any]  # Any: a document


@pytest.fixture
def lease(demo: Path) -> str:
    return str(demo / "se-ee/register.sqlite3")


def begins(folder: Path, first: str) -> str:
    """The library's scenario of the two states, begun on another day."""
    text = scenario.shipped_text("se-ee").replace("2026-10-01", first)
    path = folder / f"{first}.toml"
    path.write_text(text.replace("2031-10-01", "2029-06-01"), encoding="utf-8")
    return str(path)


def said(capsys: Text, *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = run(["project", *words])
    out, err = capsys.readouterr()
    return status, out, err


def written(capsys: Text, name: str, lease: str, path: Path, *more: str) -> Found:
    call = [name, "--register", lease, *EE, "--write", str(path), *more]
    status, out, err = said(capsys, *call)
    assert (status, out) == (0, f"{path}\n"), err
    (found,) = scenario.checked(path.read_text(), path.name, agree.library()).measured.stock
    return {
        "deal": found.deal, "facility": found.facility, "log": found.log, "size": found.tree_size,
        "first": found.as_of.isoformat(), "left": found.days_left, "unknown": found.end_unknown,
    }  # fmt: skip


def roll(capsys: Text, lease: str, instant: str, size: int) -> Found:
    capsys.readouterr()
    call = ["custody", "roll", lease, *EE, "--side", "receiving", "--as-of", instant]
    assert run([*call, "--size", str(size), "--json"]) == 0
    found: Found = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("first", ["2028-01-01", "2028-04-17"])
def test_the_measured_stock_is_the_roll_of_that_day(
    lease: str, tmp_path: Path, capsys: Text, first: str
) -> None:
    found = written(capsys, begins(tmp_path, first), lease, tmp_path / "made.toml")
    offset = "+03:00" if first[5:7] == "04" else "+02:00"
    there = roll(capsys, lease, f"{first}T00:00:00{offset}", found["size"])
    assert len(found["left"]) + found["unknown"] == there["roll_count"] > 20
    assert (found["first"], found["log"]) == (first, "demo.habeas.example/se-ee")
    assert (found["deal"], found["facility"]) == ("se-ee", "tartu")


def test_what_was_recorded_later_is_not_measured(lease: str, tmp_path: Path, capsys: Text) -> None:
    name, path = begins(tmp_path, "2028-01-15"), tmp_path / "made.toml"
    then = written(capsys, name, lease, path)
    size = str(then["size"])
    assert written(capsys, name, lease, path, "--size", size) == then
    whole = roll(capsys, lease, "2028-01-15T00:00:00+02:00", 5000)["register_size"]
    now = written(capsys, name, lease, path, "--size", str(whole))
    assert len(now["left"]) != len(then["left"])


def test_what_is_written_is_projected_alike_without_the_register(
    lease: str, tmp_path: Path, capsys: Text
) -> None:
    name, path = begins(tmp_path, "2028-01-01"), tmp_path / "made.toml"
    stock = written(capsys, name, lease, path)
    drawn = ["--draws", "3", "--json"]
    one = json.loads(said(capsys, name, "--register", lease, *EE, *drawn)[1])
    other = json.loads(said(capsys, str(path), *drawn)[1])
    actual = one.pop("actual")
    assert other.pop("actual") is None
    assert one == other
    assert one["measured"] == [{
        "deal": "se-ee", "facility": "tartu", "as_of": "2028-01-01", "tree_size": stock["size"],
        "log": "demo.habeas.example/se-ee", "persons": len(stock["left"]), "end_unknown": 0,
    }]  # fmt: skip
    people = next(one for one in other["sections"] if one["id"] == "people")["series"]
    mean = {one["key"]: [float(band["mean"]) for band in one["bands"]] for one in people}
    parts = zip(mean["people.of_the_stock"], mean["people.received_since"], strict=True)
    assert [sum(one) for one in parts] == pytest.approx(mean["people.held"], abs=0.02)
    # What followed is what the register counts of those days.
    capsys.readouterr()
    counted = ["custody", "stock", lease, *EE, "--json", "--as-of", "2028-12-01"]
    assert run([*counted, "--from", "2028-06-30", "--to", "2028-07-01"]) == 0
    held = sum(int(row["persons"]) for row in json.loads(capsys.readouterr().out)["rows"])
    assert actual["whole"][31 + 29 + 31 + 30 + 31 + 29] == held
    assert len(actual["whole"]) == len(actual["houses"]["tartu"]) < 366


def test_the_report_keeps_those_who_are_there_apart(
    lease: str, tmp_path: Path, capsys: Text
) -> None:
    out = tmp_path / "out"
    call = [begins(tmp_path, "2028-01-01"), "--register", lease, *EE, "--draws", "3"]
    status, told, err = said(capsys, *call, "--out", str(out))
    assert status == 0, err
    assert "of these, held when it begins" in told
    page = (out / "report.html").read_text()
    for words in ("of these, held when it begins", "Held under se-ee at tartu",
                  "demo.habeas.example/se-ee, ", "The line “Register”"):  # fmt: skip
        assert words in page
    rows = (out / "charts/persons-tartu.csv").read_text().splitlines()
    assert rows[0].endswith(",places,actual")
    assert not rows[1].endswith(",")
    assert rows[-1].endswith(",")
    assert "[[measured.stock]]" in (out / "scenario.toml").read_text()


def test_for_the_public_nothing_is_told_that_statistics_do_not_tell(
    lease: str, tmp_path: Path, capsys: Text
) -> None:
    issued = str(tmp_path / "issued")
    for month in ("2028-01", "2028-02"):
        call = ["statistics", "publish", lease, *EE, "--as-of", "2028-12-01", "--out", issued]
        assert run([*call, "--month", month]) == 0
    name, path = begins(tmp_path, "2028-01-01"), tmp_path / "made.toml"
    stock = written(capsys, name, lease, path, "--public", issued)
    assert min(Counter(stock["left"]).values()) >= 5
    public = ["--register", lease, *EE, "--public", issued, "--draws", "2", "--json"]
    actual = json.loads(said(capsys, name, *public)[1])["actual"]
    # The demonstration's tables withhold both months' ends.
    assert (actual["published"], actual["untold"], {*actual["whole"]}) == (True, 2, {None})
    status, out, err = said(capsys, begins(tmp_path, "2028-02-01"), *public)
    assert (status, out) == (2, "")
    assert "H848" in err


@pytest.mark.parametrize(
    ("first", "call", "code"),
    [
        ("2028-01-01", ["--agreement", "XX-YY"], "H215"),
        ("2028-01-01", ["--agreement", "NO-NL"], "H847"),
        ("2028-01-01", [*EE, "--deal", "nobody"], "H847"),
        ("2028-01-01", [], "H901"),
        ("2028-01-01", [*EE, "--size", "99999999"], "H717"),
        ("2028-01-01", [*EE, "--size", "0"], "H847"),
        ("2020-01-01", EE, "H847"),
        ("2028-12-20", EE, "H849"),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_sentence(
    lease: str, tmp_path: Path, capsys: Text, first: str, call: list[str], code: str
) -> None:
    path = tmp_path / "made.toml"
    words = [begins(tmp_path, first), "--register", lease, *call, "--write", str(path)]
    status, out, err = said(capsys, *words)
    assert (status, out, err[:4], err.count("\n")) == (2, "", code, 1)
    assert not path.exists()


def test_a_register_without_the_agreement_says_what_it_holds(
    demo: Path, tmp_path: Path, capsys: Text
) -> None:
    other = str(demo / "oas-a57/register.sqlite3")
    call = [begins(tmp_path, "2026-12-01"), "--register", other, *EE]
    status, out, err = said(capsys, *call, "--size", "100")
    assert (status, out, err[:4]) == (2, "", "H847")
    assert "hold nothing under SE-EE, but under " in err


def test_a_file_that_is_read_is_not_written_over(lease: str, tmp_path: Path, capsys: Text) -> None:
    name = begins(tmp_path, "2028-01-01")
    for over in (lease, name):
        before = Path(over).read_bytes()[:16]
        status, _, err = said(capsys, name, "--register", lease, *EE, "--write", over)
        assert (status, err.splitlines()[-1][:4]) == (2, "H902")
        assert Path(over).read_bytes()[:16] == before
    status, _, err = said(capsys, name, "--write", str(tmp_path / "x.toml"))
    assert (status, err[:4]) == (2, "H901")

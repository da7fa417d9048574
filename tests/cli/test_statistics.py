"""A month's statistics out of the demonstration's register, as a person at a terminal has them."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from habeas.cli.main import run

EE = ["--agreement", "SE-EE", "--as-of", "2027-07-01"]
Found = dict[str, Any]  # Any: a document


@pytest.fixture
def lease(demo: Path) -> str:
    return str(demo / "se-ee/register.sqlite3")


def published(
    capsys: pytest.CaptureFixture[str], lease: str, out: Path, month: str, *more: str
) -> Found:
    capsys.readouterr()
    call = ["statistics", "publish", lease, *EE, "--out", str(out), "--month", month, "--json"]
    assert run([*call, *more]) == 0, capsys.readouterr().err
    found: Found = json.loads(capsys.readouterr().out)
    return found


def rows(out: Path, issue: str, table: str = "stock-and-flow") -> list[dict[str, str]]:
    with (out / issue / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def held(capsys: pytest.CaptureFixture[str], lease: str, at: str) -> int:
    capsys.readouterr()
    assert run(["custody", "roll", lease, "--agreement", "SE-EE", "--as-of", at, "--json"]) == 0
    count: int = json.loads(capsys.readouterr().out)["roll_count"]
    return count


def test_the_stock_is_the_roll_in_the_last_second_of_the_month(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published(capsys, lease, tmp_path, "2027-01")
    whole = {
        row["measure"]: row["count"]
        for row in rows(tmp_path, "2027-01.1")
        if (row["custodian"], row["facility"]) == ("both", "all")
    }
    assert whole["stock_at_end"] == str(held(capsys, lease, "2027-01-31T21:59:59Z"))
    assert whole["stock_at_start"] == str(held(capsys, lease, "2026-12-31T21:59:59Z"))


def test_every_row_of_an_issue_adds_up_where_nothing_is_withheld(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published(capsys, lease, tmp_path, "2027-01")
    places: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows(tmp_path, "2027-01.1"):
        mine = places.setdefault((row["custodian"], row["facility"]), {})
        mine[row["measure"]] = int(row["count"])
    entries = ("opened", "from_other_state", "recaptured", "moved_in")
    exits = ("released", "died", "escaped", "to_other_state", "not_told", "moved_out")
    for one in places.values():
        came, went = sum(one[name] for name in entries), sum(one[name] for name in exits)
        assert one["stock_at_end"] == one["stock_at_start"] + came - went
        assert one["stock_at_end"] == one["past_date"] + one["not_past_date"]


def test_what_is_withheld_is_empty_with_a_note_in_every_format(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    months = ("2027-01", "2027-02", "2027-03")
    *_, told = (published(capsys, lease, tmp_path, month, "--threshold", "15") for month in months)
    assert 0 < told["withheld"] < told["counts"]
    read = rows(tmp_path, "2027-03.1")
    blank = [row for row in read if not row["count"]]
    assert blank
    assert all(row["note"].startswith("withheld") for row in blank)
    assert not any(row["note"] for row in read if row["count"])
    table = pq.read_table(tmp_path / "2027-03.1" / "stock-and-flow.parquet")
    assert table["count"].null_count == len(blank)
    document = json.loads((tmp_path / "2027-03.1" / "stock-and-flow.json").read_text())
    assert sum(row["count"] is None for row in document) == len(blank)


def test_the_package_names_every_file_with_its_hash_and_the_checkpoint(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = published(capsys, lease, tmp_path, "2027-01")
    folder = tmp_path / "2027-01.1"
    index = json.loads((folder / "datapackage.json").read_text())
    named = {one["path"]: one["hash"] for one in index["resources"]}
    assert set(named) | {"datapackage.json"} == {one.name for one in folder.iterdir()}
    for path, digest in named.items():
        assert digest.endswith(hashlib.sha256((folder / path).read_bytes()).hexdigest())
    root = told["checkpoint"].split("\n")[2]
    assert {row["register_root"] for row in rows(tmp_path, "2027-01.1")} == {root}
    assert "No lawyer" in index["description"]


def test_the_same_month_gives_the_same_bytes(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        published(capsys, lease, tmp_path / name, "2027-03")
    for file in (tmp_path / "a" / "2027-03.1").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / "2027-03.1" / file.name).read_bytes()


@pytest.mark.parametrize(
    ("before", "call", "code"),
    [
        ([], ["--month", "2027-07"], "H882"),
        (["2027-01"], ["--month", "2027-03"], "H883"),
        (["2027-01"], ["--month", "2027-01"], "H884"),
        ([], ["--month", "2027-01", "--revise", "late record"], "H884"),
        ([], ["--month", "2027-01", "--threshold", "1"], "H888"),
        ([], ["--month", "2027-01", "--size", "3"], "H886"),
        ([], ["--month", "January"], "H903"),
    ],
)
def test_what_may_not_be_published_is_one_sentence(
    lease: str,
    tmp_path: Path,
    before: list[str],
    call: list[str],
    code: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for month in before:
        published(capsys, lease, tmp_path, month)
    there = sorted(one.name for one in tmp_path.iterdir())
    assert run(["statistics", "publish", lease, *EE, "--out", str(tmp_path), *call]) == 2
    said = capsys.readouterr().err
    assert code in said
    assert "Traceback" not in said
    assert sorted(one.name for one in tmp_path.iterdir()) == there


def test_an_issue_that_somebody_changed_is_refused_before_anything_rests_on_it(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published(capsys, lease, tmp_path, "2027-01")
    file = tmp_path / "2027-01.1" / "stock-and-flow.csv"
    file.write_text(file.read_text().replace(",20,", ",21,", 1))
    call = ["statistics", "publish", lease, *EE, "--out", str(tmp_path), "--month", "2027-02"]
    assert run(call) == 2
    assert "H88" in capsys.readouterr().err


def test_the_page_says_how_many_are_withheld(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["statistics", "publish", lease, *EE, "--out", str(tmp_path), "--month", "2027-03"]
    assert run([*call, "--threshold", "30"]) == 0
    shown = capsys.readouterr()
    assert "withheld" in shown.out
    assert "counts withheld: " in shown.err
    assert "No lawyer" in shown.err

"""Duties, fees and floor area of a month, against what other commands say of the same register."""

import csv
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from habeas.cli.main import run
from habeas.service import synthetic_cells

EE = ["--agreement", "SE-EE"]
AS_OF = ["--as-of", "2027-09-01"]
START, END = datetime(2027, 1, 31, 22, tzinfo=UTC), datetime(2027, 2, 28, 22, tzinfo=UTC)
LATE = ("duties_met_late", "duties_not_met", "inquiries_unanswered", "visits_blocked")
Found = dict[str, Any]  # Any: a document


@pytest.fixture(scope="module")
def lease(demo: Path) -> str:
    return str(demo / "se-ee/register.sqlite3")


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """A facility file with certified cells for the facility of the demonstration."""
    path = tmp_path / "tartu.toml"
    path.write_text(synthetic_cells.facility("TARTU", "EE", (2024, 2025), 36))
    return path


def said(capsys: pytest.CaptureFixture[str], *call: str) -> Found:
    capsys.readouterr()
    assert run([*call, "--json"]) in (0, 1), capsys.readouterr().err
    found: Found = json.loads(capsys.readouterr().out)
    return found


def published(lease: str, out: Path, month: str, *more: str) -> int:
    call = ["statistics", "publish", lease, *EE, *AS_OF, "--out", str(out), "--month", month]
    return run([*call, *more])


def rows(out: Path, issue: str, table: str) -> list[dict[str, str]]:
    with (out / issue / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_late_duties_are_those_that_the_list_of_duties_has(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for month in ("2027-01", "2027-02"):
        assert published(lease, tmp_path, month) == 0
    at = (END - timedelta(seconds=1)).isoformat()
    listed = said(capsys, "duties", "list", lease, *EE, "--as-of", END.isoformat(), "--all")["rows"]
    apart = [one for one in listed if one["from"] != "inquiry.made"]  # counted by themselves
    fell = [one for one in apart if one["due"] and START.isoformat() <= one["due"] <= at]
    told = {
        (row["state"], row["measure"]): row["count"]
        for row in rows(tmp_path, "2027-02.1", "duties")
    }
    for state in ("sending", "receiving"):
        for measure, word in (("duties_not_met", "overdue"), ("duties_met_late", "met late")):
            mine = [one for one in fell if (one["owed_by"], one["state"]) == (state, word)]
            assert told[state, measure] == str(len(mine))
    assert told["all", "duties_not_met"] != "0"
    assert told["all", "duties_due"] in ("", str(len(fell)))


def test_lateness_is_shown_whatever_else_is_withheld(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert published(lease, tmp_path, "2027-01", "--threshold", "90") == 0
    told = rows(tmp_path, "2027-01.1", "duties")
    assert all(row["count"] for row in told if row["measure"] in LATE)
    hidden = [row for row in told if row["measure"] in ("duties_due", "duties_met_in_time")]
    assert len(hidden) == 8
    assert {row["count"] for row in hidden} == {""}
    assert all(row["note"].startswith("withheld") for row in hidden)
    capsys.readouterr()


def test_the_amount_due_is_the_statement_s(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert published(lease, tmp_path, "2027-01") == 0
    [row] = rows(tmp_path, "2027-01.1", "fees")
    found = said(capsys, "fees", "statement", lease, *EE, "--month", "2027-01")
    assert (row["amount_minor"], row["currency"]) == (str(found["total_minor"]), "EUR")
    assert Decimal(row["amount"]) * 100 == found["total_minor"]
    assert (row["standing"], row["note"]) == ("final", "")


def test_an_amount_is_blank_and_not_0_where_person_days_are_withheld(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert published(lease, tmp_path, "2027-01", "--threshold", "90") == 0
    [row] = rows(tmp_path, "2027-01.1", "fees")
    days = rows(tmp_path, "2027-01.1", "average-daily-population")
    assert any(not one["person_days"] for one in days if one["custodian"] == "receiving")
    assert (row["amount_minor"], row["amount"], row["standing"]) == ("", "", "")
    assert row["note"].startswith("withheld")
    capsys.readouterr()


def test_where_no_fee_is_owed_there_is_no_amount(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(demo / "oas-a57/register.sqlite3")
    call = ["statistics", "publish", register, "--agreement", "OAS-A57", *AS_OF]
    states = ["--sending", "US", "--receiving", "SV"]
    assert run([*call, *states, "--out", str(tmp_path), "--month", "2026-12"]) == 0
    [row] = rows(tmp_path, "2026-12.1", "fees")
    assert (row["amount_minor"], row["note"]) == ("", "no fee is owed")
    capsys.readouterr()


def test_floor_area_a_person_is_of_the_published_stock(
    lease: str, cells: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert published(lease, tmp_path, "2027-01", "--facility", str(cells)) == 0
    told = {row["measure"]: row for row in rows(tmp_path, "2027-01.1", "space")}
    [stock] = [
        int(row["count"])
        for row in rows(tmp_path, "2027-01.1", "stock-and-flow")
        if (row["facility"], row["measure"]) == ("TARTU", "stock_at_end")
    ]
    area = Decimal(told["floor_area"]["value"])
    assert told["places_certified_normal_accommodation"]["value"].isdigit()
    assert abs(Decimal(told["area_per_person"]["value"]) - area / stock) < Decimal("0.005")
    found = said(
        capsys, "space", "density", str(cells), "--persons", str(stock), "--as-of", "2027-01-31"
    )["densities"][0]["standards"]
    assert {one["measure"]: one["m2_per_person_at_most"] for one in found} == {
        name: row["value"]
        for name, row in told.items()
        if row["unit"] == "m2" and name not in ("floor_area", "area_per_person")
    }


def test_no_area_a_person_is_told_where_the_stock_is_withheld(
    lease: str, cells: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--facility", str(cells), "--threshold", "90"]
    assert published(lease, tmp_path, "2027-01", *more) == 0
    told = rows(tmp_path, "2027-01.1", "space")
    assert {row["measure"] for row in told if row["value"] and row["unit"] == "m2"} == {
        "floor_area"
    }
    assert [row["note"][:8] for row in told if not row["value"]] == ["withheld"]
    assert not any(row["finding"] for row in told)
    capsys.readouterr()


def test_a_facility_file_of_nowhere_is_refused(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.toml"
    path.write_text(synthetic_cells.facility("ELSEWHERE", "EE", (2024, 2025), 2))
    assert published(lease, tmp_path / "out", "2027-01", "--facility", str(path)) == 2
    assert "H864 nobody was ever held in 'ELSEWHERE'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_issue_of_before_these_tables_is_read(
    lease: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert published(lease, tmp_path, "2027-01") == 0
    folder = tmp_path / "2027-01.1"
    index = json.loads((folder / "datapackage.json").read_text())
    kept = [
        one
        for one in index["resources"]
        if one["path"].split(".")[0]
        in ("stock-and-flow", "average-daily-population", "length-of-stay")
    ]
    (folder / "datapackage.json").write_text(json.dumps(index | {"resources": kept}))
    assert published(lease, tmp_path, "2027-02") == 0
    capsys.readouterr()

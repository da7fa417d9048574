"""A fact counts from when it was established until it lapses, and not one second more."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from habeas.adapters.importers import docket_file
from habeas.cli.main import run
from habeas.docket.columns import instant
from habeas.law.library import Library
from habeas.screening.decision import Decision
from habeas.service import intake
from habeas.service.screen import screen

LIBRARY = Library()
KEYS = "case,agreement,sending,receiving,pathway"
CHECK = f"{KEYS},stay_in_force,stay_in_force__at,stay_in_force__until"


def decided(folder: Path, as_of: str, *cells: str, head: str = CHECK) -> Decision:
    """The decision on one case of SE-EE at an instant."""
    path = folder / "docket.csv"
    path.write_text(f"{head}\nC-1,SE-EE,SE,EE,lease,{','.join(cells)}\n")
    docket = intake.read(*docket_file.read(path), LIBRARY, str(path))
    at = instant(as_of, "as-of")
    assert at is not None
    (found,) = screen(docket, LIBRARY, at).decisions
    return found


def told(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, *options: str
) -> dict[str, Any]:
    path = folder / "docket.csv"
    path.write_text(text)
    assert run(["screen", str(path), "--json", "--explain", *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize(
    ("as_of", "lapsed"),
    [
        ("2026-11-18T12:00:00Z", {}),
        ("2026-11-21T11:59:00Z", {}),
        ("2026-11-21T11:59:59.999999Z", {}),
        ("2026-11-21T12:00:00Z", {"stay_in_force": "expired"}),
        ("2026-11-21T13:00:00+01:00", {"stay_in_force": "expired"}),
        ("2026-11-21T12:59:59+01:00", {}),
        ("2026-11-18T11:59:59Z", {"stay_in_force": "future"}),
    ],
)
def test_a_check_for_a_stay_counts_72_hours_and_not_at_their_end(
    tmp_path: Path, as_of: str, lapsed: dict[str, str]
) -> None:
    found = decided(tmp_path, as_of, "false", "2026-11-18T12:00:00Z", "")
    assert found.lapsed == lapsed
    assert ("B-STAY-1" in found.not_established) is ("stay_in_force" in lapsed)


def test_a_check_that_has_lapsed_is_missing_again(tmp_path: Path) -> None:
    found = decided(tmp_path, "2026-11-21T12:00:00Z", "false", "2026-11-18T12:00:00Z", "")
    assert found.missing["B-STAY-1"] == ("stay_in_force",)


def test_a_stay_that_was_seen_too_long_ago_neither_bars_nor_frees(tmp_path: Path) -> None:
    found = decided(tmp_path, "2026-11-21T12:00:00Z", "true", "2026-11-18T12:00:00Z", "")
    assert found.not_met == ()
    assert "B-STAY-1" in found.not_established


def test_a_check_without_a_date_does_not_count_in_a_dated_docket(tmp_path: Path) -> None:
    found = decided(tmp_path, "2026-11-21T12:00:00Z", "false", "", "")
    assert found.lapsed == {"stay_in_force": "undated"}
    assert "B-STAY-1" in found.not_established


def test_an_end_alone_does_not_date_a_check(tmp_path: Path) -> None:
    found = decided(tmp_path, "2026-11-21T12:00:00Z", "false", "", "2026-12-01")
    assert found.lapsed == {"stay_in_force": "undated"}


@pytest.mark.parametrize(
    ("as_of", "counts"), [("2026-11-19T23:59:59Z", True), ("2026-11-20T00:00:00Z", False)]
)
def test_an_end_that_the_authority_set_comes_before_the_72_hours(
    tmp_path: Path,
    as_of: str,
    counts: bool,  # noqa: FBT001
) -> None:
    found = decided(tmp_path, as_of, "false", "2026-11-18T12:00:00Z", "2026-11-20")
    assert ("B-STAY-1" not in found.not_established) is counts


def test_a_fact_that_holds_until_it_changes_needs_no_date(tmp_path: Path) -> None:
    head = f"{KEYS},convicted,judgment_final,judgment_final__at"
    found = decided(tmp_path, "2026-11-21", "true", "true", "1999-01-01", head=head)
    assert found.lapsed == {}
    assert {"B-CONV-1", "B-FIN-1"}.isdisjoint(found.not_established)


def test_a_judgment_of_tomorrow_is_no_judgment_today(tmp_path: Path) -> None:
    head = f"{KEYS},judgment_final,judgment_final__at"
    found = decided(tmp_path, "2026-11-21", "true", "2026-11-22", head=head)
    assert found.lapsed == {"judgment_final": "future"}
    assert "B-FIN-1" in found.not_established


def test_what_the_rules_do_not_ask_is_not_told_as_lapsed(tmp_path: Path) -> None:
    head = f"{KEYS},fit_to_travel,fit_to_travel__at,host_resident,host_resident__at"
    cells = ("true", "2026-01-01", "false", "2027-01-01")
    assert decided(tmp_path, "2026-11-21", *cells, head=head).lapsed == {"fit_to_travel": "expired"}


def test_a_decision_ends_at_the_first_instant_at_which_a_fact_of_it_lapses(tmp_path: Path) -> None:
    path, out = tmp_path / "docket.csv", tmp_path / "findings.csv"
    path.write_text(
        f"{CHECK},fit_to_travel,fit_to_travel__at\n"
        "C-1,SE-EE,SE,EE,lease,false,2026-11-20T12:00:00Z,,true,2026-11-01\n"
        "C-2,SE-EE,SE,EE,lease,false,2026-11-20T12:00:00Z,2026-11-22,true,2026-11-01\n"
        "C-3,SE-EE,SE,EE,lease,false,,,true,2026-11-01T10:00:00+01:00\n"
        "C-4,SE-EE,SE,EE,lease,,,,,\n"
    )
    assert run(["screen", str(path), "--as-of", "2026-11-21", "--out", str(out)]) == 0
    ends = [row["valid_until"] for row in csv.DictReader(out.read_text().splitlines())]
    assert ends == ["2026-11-23T12:00:00+00:00", "2026-11-22T00:00:00+00:00",
                    "2026-12-01T09:00:00+00:00", ""]  # fmt: skip


def test_a_docket_without_dates_is_taken_as_established_and_the_answer_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{KEYS},stay_in_force\nC-1,SE-EE,SE,EE,lease,false\n"
    found = told(tmp_path, capsys, text)
    run(["screen", str(tmp_path / "docket.csv")])
    assert found["evidence_dated"] is False
    assert "B-STAY-1" not in found["cases"][0]["not_established"]
    assert "The docket dates no evidence: " in capsys.readouterr().err


@pytest.mark.parametrize("mark", ["at", "until", "by", "doc"])
def test_one_column_of_marks_makes_a_docket_dated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mark: str
) -> None:
    text = f"{KEYS},stay_in_force,convicted__{mark}\nC-1,SE-EE,SE,EE,lease,false,\n"
    found = told(tmp_path, capsys, text)
    run(["screen", str(tmp_path / "docket.csv")])
    assert found["evidence_dated"] is True
    assert found["cases"][0]["lapsed"] == {"stay_in_force": "undated"}
    assert "The docket dates no evidence" not in capsys.readouterr().err


def test_a_day_of_screening_stands_for_its_last_second_and_a_day_of_evidence_for_its_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (f"C-{n},SE-EE,SE,EE,lease,false,2026-11-{day},\n" for n, day in ((1, 19), (2, 18)))
    text = f"{CHECK}\n{''.join(rows)}"
    found = told(tmp_path, capsys, text, "--as-of", "2026-11-21")
    assert (found["as_of"], found["instant"]) == ("2026-11-21", "2026-11-21T23:59:59+00:00")
    assert [case["lapsed"] for case in found["cases"]] == [{}, {"stay_in_force": "expired"}]

"""Versions of a rule: which wording is asked on which day, and what is said where none is."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.service.screen_bulk import Screening
from habeas.terms import Finding, Outcome
from own_law import OVER, Own, filled, own, rule

PAST, EVE, TURN, AFTER = (
    date(2025, 6, 30),
    date(2026, 11, 20),
    date(2026, 11, 21),
    date(2027, 6, 1),
)
NEWER = """
[[rules.P-1.version]]
from = 2026-11-21
require = "age_years >= 21"
KEYS
"""
OLDER = rule("P-1", "age_years >= 18", until="2026-11-21")


def versions(keys: str = "", older: str = OLDER) -> str:
    return older + NEWER.replace("KEYS", keys)


@pytest.mark.parametrize(
    ("older", "newer", "said"),
    [
        ({}, "", "2026-11-21.."),
        ({"until": "2026-11-22"}, "", "2026-11-21..2026-11-22"),
        ({"from_": "2027-01-01"}, "", "2027-01-01.."),
        ({"from_": "2027-01-01"}, "until = 2027-01-02", "2027-01-01..2027-01-02"),
    ],
)
def test_wordings_that_overlap_are_refused_with_the_days(
    tmp_path: Path, older: dict[str, str], newer: str, said: str
) -> None:
    made = own(tmp_path, versions(newer, rule("P-1", "age_years >= 18", **older)))
    (fault,) = made.faults()
    assert made.codes() == [("H202", "own.toml", made.line("[rules.P-1]"))]
    assert fault.what == f"versions of rule 'P-1' overlap {said}"
    assert "la regla 'P-1': sus versiones se solapan" in fault.told("es")


def test_a_wording_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    made = own(tmp_path, versions("until = 2026-11-21"))
    assert made.codes() == [("H202", "own.toml", made.line("[rules.P-1]"))]


def test_a_fault_in_a_later_wording_is_told_at_its_own_line(tmp_path: Path) -> None:
    made = own(tmp_path, versions().replace("age_years >= 21", "age_year >= 21"))
    (fault,) = made.faults()
    assert (fault.line, fault.column) == (made.line("age_year >= 21"), 12)
    assert fault.told().splitlines()[1:3] == [
        '  require = "age_year >= 21"',
        "             ^^^^^^^^",
    ]
    assert "hecho desconocido 'age_year' en la regla P-1" in fault.told("es")


def test_a_later_wording_cites_what_the_file_declares(tmp_path: Path) -> None:
    made = own(tmp_path, versions(f"cite = [{OVER}]"))
    assert made.codes() == [("H222", "own.toml", made.line("[rules.P-1]"))]


def test_each_day_asks_its_own_wording(tmp_path: Path) -> None:
    made = own(tmp_path, versions())
    assert made.faults() == []
    found = [made.finding("P-1", day, age_years=19) for day in (PAST, EVE, TURN, AFTER)]
    assert found == [Finding.MET, Finding.MET, Finding.NOT_MET, Finding.NOT_MET]
    hashes = [made.program(day).hash for day in (PAST, EVE, TURN, AFTER)]
    assert hashes[0] == hashes[1] != hashes[2] == hashes[3]


def test_a_wording_has_the_text_and_citation_of_its_rule_unless_it_has_its_own(
    tmp_path: Path,
) -> None:
    words = 'text = {en = "At 21.", es = "A los 21."}'
    cite = "cite = [{instrument = 'act', at = 's. 9', checked = 'text'}]"
    made = own(tmp_path, versions(f"{words}\n{cite}"))
    before, after = (
        next(one.source for one in made.program(day).rules if one.id == "P-1")
        for day in (EVE, TURN)
    )
    assert (before.text.en, before.cite[0].at) == ("One sentence.", "s. 1")
    assert (after.text.en, after.cite[0].at) == ("At 21.", "s. 9")


def test_a_rule_that_is_not_in_force_is_not_asked_and_is_named(tmp_path: Path) -> None:
    made = own(tmp_path, rule("P-1", "age_years >= 18", from_="2026-01-01", until="2027-01-01"))
    assert made.faults() == []
    asked = {
        day: "P-1" in [one.id for one in made.program(day).rules]
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    }
    assert list(asked.values()) == [False, True, True, False]
    assert made.program(date(2025, 12, 31)).not_in_force == ("P-1",)
    assert made.program(date(2026, 1, 1)).not_in_force == ()


def test_the_period_of_a_whole_file_leaves_no_rule_out(tmp_path: Path) -> None:
    made = own(tmp_path, rule("P-1", "age_years >= 18"))
    text = made.law.read_text().replace("from = 2025-01-01", "from = 2040-01-01")
    made.law.write_text(
        text.replace('title = {en = "Own', 'until = 2041-01-01\ntitle = {en = "Own')
    )
    assert made.finding("P-1", TURN, age_years=17) is Finding.NOT_MET
    assert made.program(TURN).not_in_force == ()


def screened(made: Own, day: str, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    docket = made.law.parents[1] / "docket.csv"
    docket.write_text("case,agreement,sending,receiving,pathway\nC-1,X-Y,SE,EE,lease\n")
    folder = str(made.law.parents[1])
    assert run(["screen", str(docket), "--library", folder, "--as-of", day, *words]) == 0
    told = capsys.readouterr()
    return told.out + told.err


def test_screening_says_which_rules_were_not_in_force_on_the_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = own(tmp_path, rule("P-1", "age_years >= 18", from_="2026-12-01"))
    told = screened(made, "2026-11-30", capsys)
    assert "X-Y: not in force on 2026-11-30, and not asked: P-1." in told
    assert "not asked" not in screened(made, "2026-12-01", capsys)
    found = json.loads(screened(made, "2026-11-30", capsys, "--json"))
    assert found["not_in_force"] == {"X-Y": ["P-1"]}


def test_a_given_day_is_the_law_day_in_every_zone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The last second of 20 November in UTC is already 21 November in Tallinn.
    made = own(tmp_path, versions())
    asked = [screened(made, day, capsys, "--json") for day in ("2026-11-20", "2026-11-21")]
    hashes = [json.loads(one)["programs"]["X-Y"] for one in asked]
    assert hashes == [made.program(day).hash for day in (EVE, TURN)]
    assert json.loads(asked[0])["instant"] == "2026-11-20T23:59:59+00:00"
    late = json.loads(screened(made, "2026-11-20T23:59:59Z", capsys, "--json"))
    assert late["programs"]["X-Y"] == hashes[1]  # an instant has its own day in each zone


def test_the_bulk_form_has_the_law_of_the_given_day(tmp_path: Path) -> None:
    made, last = own(tmp_path, versions()), datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)
    given = Screening(made.library, last, ["X-Y"], EVE).programs["X-Y"]
    instant = Screening(made.library, last, ["X-Y"]).programs["X-Y"]
    assert (given.day, instant.day) == (EVE, TURN)


def test_the_sql_text_has_the_law_of_the_given_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own(tmp_path, versions())
    newer = {"2026-11-20": False, "2026-11-21": True, "2026-11-20T23:59:59Z": True}
    for day, found in newer.items():
        assert run(["law", "sql", "X-Y", "--as-of", day, "--library", str(tmp_path)]) == 0
        assert ('"age_years" >= 21' in capsys.readouterr().out) is found


def test_the_sql_text_names_rules_that_are_not_in_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own(tmp_path, rule("P-1", "age_years >= 18", from_="2026-12-01"))
    words = ["law", "sql", "X-Y", "--library", str(tmp_path), "--as-of"]
    assert run([*words, "2026-11-30"]) == 0
    assert "\n-- Not in force on 2026-11-30, and not asked: P-1.\n" in capsys.readouterr().out
    assert run([*words, "2026-12-01"]) == 0
    assert "not asked" not in capsys.readouterr().out


def test_an_outcome_turns_with_the_wording_for_the_same_case(tmp_path: Path) -> None:
    made = own(tmp_path, versions(), filled(""))
    names = {Finding.MET: Outcome.ELIGIBLE, Finding.NOT_MET: Outcome.BARRED}
    found = [names[made.finding("P-1", day, age_years=20)] for day in (EVE, TURN)]
    assert found == [Outcome.ELIGIBLE, Outcome.BARRED]


def test_a_law_case_may_cite_what_a_later_wording_cites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own(tmp_path, versions("cite = [{instrument = 'act', at = 's. 9', checked = 'text'}]"))
    case = tmp_path / "case.toml"
    case.write_text("""
format = "habeas-cases/1"
day = 2026-11-21
[bases.one]
agreement = "X-Y"
sending = "SE"
receiving = "EE"
pathway = "lease"
age_years = 20
[[cases]]
name = "not yet 21"
base = "one"
expect = "barred"
not_met = ["P-1"]
citation = ["P-1: act s. 9"]
""")
    assert run(["law", "cases", str(case), "--library", str(tmp_path)]) == 0, capsys.readouterr()

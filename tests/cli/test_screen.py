"""`habeas screen`: one JSON document, tables for people, and a findings file."""

import csv
import json
from datetime import date
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from habeas.cli.main import run
from habeas.law.library import Library
from habeas.law.program import combined_hash

DAY = date(2026, 11, 21)

HEAD = "case,agreement,sending,receiving,pathway"
SWEDEN = "SE-EE,SE,EE,lease"
DENMARK = "DK-XK,DK,XK,lease"
KEYS = ["as_of", "cases", "counts", "docket_hash", "evidence_dated", "habeas", "instant",
        "not_in_force", "programs", "quarantine", "review", "rules_hash", "standing"]  # fmt: skip


def put(folder: Path, text: str) -> str:
    (folder / "docket.csv").write_text(text)
    return str(folder / "docket.csv")


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run(["screen", *words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_document_has_the_keys_of_its_contract_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, put(tmp_path, f"{HEAD}\nC-1,{SWEDEN}\n"), "--as-of", "2026-11-21")
    assert list(found) == KEYS
    assert list(found["cases"][0]) == ["agreement", "case", "not_established", "not_met", "outcome"]
    assert list(found["counts"]) == ["barred", "eligible", "not_established", "quarantined"]


def test_the_document_names_the_law_that_it_was_computed_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docket = put(tmp_path, f"{HEAD}\nC-1,{SWEDEN}\nC-2,{DENMARK}\n")
    found, library = told(capsys, docket), Library()
    programs = {name: library.program(name, DAY).hash for name in ("DK-XK", "SE-EE")}
    assert found["programs"] == programs
    assert found["rules_hash"] == combined_hash(programs)
    assert found["standing"] == {"DK-XK": "ratified", "SE-EE": "signed"}


def test_the_document_of_a_docket_is_the_same_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (put(tmp_path, f"{HEAD},sex\nC-1,{SWEDEN},male\n"), "--as-of", "2026-11-21")
    assert told(capsys, *words) == told(capsys, *words)


def test_the_counts_are_those_of_the_cases_and_of_the_rows_set_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = f"C-1,{SWEDEN},female\nC-2,{SWEDEN},male\nC-3,{SWEDEN},man\nC-4,{SWEDEN},other\n"
    found = told(capsys, put(tmp_path, f"{HEAD},sex\n{rows}"))
    outcomes = [(case["case"], case["outcome"]) for case in found["cases"]]
    assert outcomes == [("C-1", "barred"), ("C-2", "not_established"), ("C-4", "barred")]
    assert found["counts"] == {"barred": 2, "eligible": 0, "not_established": 1, "quarantined": 1}
    assert [(row["line"], row["case"], row["code"]) for row in found["quarantine"]] == [
        (4, "C-3", "H403")
    ]


def test_each_row_set_aside_is_told_with_its_reason_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = f"C-1,{SWEDEN},man\nC-2,{SWEDEN},male\n"
    found = told(capsys, put(tmp_path, f"{HEAD},sex\n{rows}"))
    reason = "'sex' has no value 'man'. Use one of male, female, other."
    assert found["quarantine"] == [{"line": 2, "case": "C-1", "code": "H403", "reason": reason}]


def test_explained_each_case_names_what_is_missing_what_fails_and_what_has_lapsed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = f"{HEAD},sex,age_years,stay_in_force,stay_in_force__at"
    docket = put(tmp_path, f"{head}\nC-1,{SWEDEN},female,17,false,2026-01-01\n")
    (case,) = told(capsys, docket, "--explain", "--as-of", "2026-11-21")["cases"]
    assert case["failing"] == {"B-AGE-1": ["age_years", "pathway"], "SEEE-1": ["sex", "age_years"]}
    assert list(case["missing"]) == sorted(case["not_established"])
    assert (case["missing"]["B-STAY-1"], case["lapsed"]) == (
        ["stay_in_force"], {"stay_in_force": "expired"})  # fmt: skip


def test_with_the_missing_facts_filled_in_a_waiting_rule_is_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docket = put(tmp_path, f"{HEAD}\nC-1,{SWEDEN}\n")
    (case,) = told(capsys, docket, "--explain")["cases"]
    facts = Library().vocabulary.facts
    names = sorted({name for missing in case["missing"].values() for name in missing})
    some = {"bool": "true", "int": "18", "sex": "male", "sentence_type": "life",
            "offence_category": "ordinary"}  # fmt: skip
    cells = [some.get(name) or some[facts[name].type] for name in names]
    filled = f"{HEAD},{','.join(names)}\nC-1,{SWEDEN},{','.join(cells)}\n"
    (again,) = told(capsys, put(tmp_path, filled), "--explain")["cases"]
    assert (again["not_established"], again["missing"]) == ([], {})


def test_more_than_1000_cases_are_listed_only_when_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"C-{n},{SWEDEN}\n" for n in range(1_001))
    docket = put(tmp_path, f"{HEAD}\n{rows}")
    short, full = told(capsys, docket), told(capsys, docket, "--cases")
    assert list(short) == [key for key in KEYS if key != "cases"]
    assert short["counts"]["not_established"] == len(full["cases"]) == 1_001


def test_exactly_1000_cases_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"C-{n},{SWEDEN}\n" for n in range(1_000))
    assert len(told(capsys, put(tmp_path, f"{HEAD}\n{rows}"))["cases"]) == 1_000


def test_people_read_the_outcomes_the_rules_and_what_eligible_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docket = put(tmp_path, f"{HEAD},sex\nC-1,{SWEDEN},female\nC-2,{SWEDEN},male\n")
    assert run(["screen", docket, "--as-of", "2026-11-21"]) == 0
    out, err = capsys.readouterr()
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert {"barred 1", "eligible 0", "not established 1", "quarantined 0"} <= set(rows)
    assert "Man, 18 or over, not an Estonian national." in next(
        row for row in rows if row.startswith("SEEE-1 ")
    )
    assert "'eligible' means: may go on to notice, consent or objection" in err
    assert "No lawyer has reviewed this library." in err


def explained(docket: str, capsys: pytest.CaptureFixture[str], lang: str) -> list[str]:
    assert run(["screen", docket, "--explain", "--as-of", "2026-11-21", "--lang", lang]) == 0
    return capsys.readouterr().out.splitlines()


def test_explained_people_read_by_layer_what_fails_what_is_missing_and_what_would_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = f"C-1,{SWEDEN},female,17,false,2026-01-01\n"
    head = f"{HEAD},sex,age_years,stay_in_force,stay_in_force__at"
    out = explained(put(tmp_path, f"{head}\n{cells}"), capsys, "en")
    assert [line.strip() for line in out if line[:3] == "  " + line.strip()[:1]] == [
        "Statute", "Treaty", "Policy"]  # fmt: skip
    assert "C-1: barred; SE-EE" in out
    assert "      age_years 17 years is less than 18 years" in out
    assert "      sex female is not male" in out
    assert any(
        line.startswith("      missing stay_in_force (has expired 2026-01-04") for line in out
    )
    assert any(line.startswith("      usc18 4100(c) [read in the text]") for line in out)


def test_explained_in_spanish_the_words_are_spanish_and_the_data_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docket = put(tmp_path, f"{HEAD},sex\nC-1,{SWEDEN},female\n")
    out = explained(docket, capsys, "es")
    assert "C-1: excluido; SE-EE" in out
    assert "      sex female no es male" in out
    as_of = ("--explain", "--as-of", "2026-11-21")
    assert told(capsys, docket, *as_of) == told(capsys, docket, *as_of, "--lang", "es")


def test_the_reasons_of_a_case_are_data_with_texts_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docket = put(tmp_path, f"{HEAD},sex,age_years\nC-1,{SWEDEN},female,17\n")
    (case,) = told(capsys, docket, "--explain", "--as-of", "2026-11-21")["cases"]
    unmet = next(one for one in case["reasons"] if one["rule"] == "B-AGE-1")
    assert (unmet["layer"], unmet["finding"]) == ("statute", "not met")
    assert unmet["cite"][0] == {"instrument": "usc18", "at": "4100(b), 4102(8)", "checked": "text"}
    assert unmet["leaves"][0] == {
        "text": "age_years >= 18", "left": "17", "right": "18", "unit": "years",
        "en": "age_years 17 years is less than 18 years",
        "es": "age_years 17 años es menor que 18 años", "sensitive": True,
    }  # fmt: skip
    waiting = next(one for one in case["reasons"] if one["rule"] == "B-APP-1")
    assert waiting["ways"] == [["appeal_pending", "collateral_attack_pending"]]
    assert [(one["fact"], one["why"]) for one in waiting["missing"]] == [
        ("appeal_pending", "absent"), ("collateral_attack_pending", "absent")]  # fmt: skip
    assert set(waiting["missing"][0]["ask"]) == {"en", "es"}
    assert [one["rule"] for one in case["reasons"] if one["finding"] == "not met"] == [
        "B-AGE-1", "SEEE-1"]  # fmt: skip
    layers = ["statute", "treaty", "contested", "policy"]
    places = [layers.index(one["layer"]) for one in case["reasons"]]
    assert (places, case["ways"]) == (sorted(places), [])
    assert "T-4" in case["not_applicable"]


def test_explained_a_docket_says_which_document_settles_most_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docket = put(tmp_path, f"{HEAD},sex\nC-1,{SWEDEN},male\nC-2,{SWEDEN},female\n")
    rows = told(capsys, docket, "--explain")["documents"]
    judgment = next(row for row in rows if row["facts"] == ["convicted"])
    assert judgment["evidence"]["en"] == "certified judgment"
    assert [judgment[key] for key in ("waiting", "decides", "eligible")] == [1, 0, 0]


NAMES = ["case", "agreement", "outcome", "not_met", "not_established", "missing", "lapsed",
         "citations", "valid_until", "program"]  # fmt: skip


def table(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".csv":
        return list(csv.DictReader(path.read_text().splitlines()))
    if path.suffix == ".parquet":
        found = pq.read_table(path)
    else:
        with pa.ipc.open_file(path) as file:
            found = file.read_all()
    return [dict(row) for row in found.to_pylist()]


@pytest.mark.parametrize("name", ["findings.csv", "findings.parquet", "findings.arrow"])
def test_the_findings_file_holds_one_row_a_case_with_its_citations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    docket = put(tmp_path, f"{HEAD},sex\nC-1,{SWEDEN},female\nC-2,{DENMARK},male\n")
    programs = told(capsys, docket, "--out", str(tmp_path / name))["programs"]
    rows = table(tmp_path / name)
    assert [list(row) for row in rows] == [NAMES, NAMES]
    assert [(row["case"], row["outcome"], row["not_met"], row["program"]) for row in rows] == [
        ("C-1", "barred", "SEEE-1", programs["SE-EE"]),
        ("C-2", "not_established", "", programs["DK-XK"]),
    ]
    assert rows[0]["citations"].startswith("se-gov men, 18 or over; se-ee not Estonian nationals")


def test_rows_set_aside_are_kept_beside_the_findings_where_they_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docket = put(tmp_path, f"{HEAD},sex\nC-1,{SWEDEN},man\nC-2,{SWEDEN},male\n")
    told(capsys, docket, "--out", str(tmp_path / "findings.csv"))
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"docket.csv", "findings.csv", "findings.quarantine.csv"}


def test_findings_in_an_unknown_form_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docket = put(tmp_path, f"{HEAD}\nC-1,{SWEDEN}\n")
    assert run(["screen", docket, "--out", str(tmp_path / "findings.xlsx")]) == 2
    assert capsys.readouterr().err.startswith("H902 '.xlsx' is no form of a table. ")


def test_findings_and_kept_rows_that_cannot_be_written_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docket, kept = put(tmp_path, f"{HEAD}\nC-1,{SWEDEN}\nC-2,,,,\n"), "docket.quarantine.csv"
    (tmp_path / kept).mkdir()
    for words, named in (([], kept), (["--out", str(tmp_path / "none" / "f.csv")], "f.csv")):
        assert run(["screen", docket, *words]) == 2
        err = capsys.readouterr().err
        assert (err[:5], named in err, "Traceback" in err) == ("H902 ", True, False)


def test_a_docket_can_come_by_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = f"{HEAD},sex\nC-1,{SWEDEN},female\nC-2,{SWEDEN},man\n".encode()
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(data)))
    (case,) = told(capsys, "-")["cases"]
    assert (case["case"], case["not_met"]) == ("C-1", ["SEEE-1"])
    assert [path.name for path in tmp_path.iterdir()] == ["stdin.quarantine.csv"]


@pytest.mark.parametrize(
    "words", [["screen"], ["screen", "a.csv", "b.csv"], ["screen", "a.csv", "--no"]]
)
def test_a_call_that_lacks_something_or_has_too_much_is_told(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert run(words) == 2
    assert capsys.readouterr().err.startswith("H901 ")


def test_an_agreement_of_ones_own_is_screened_beside_the_shipped_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Library().agreements["SE-EE"][0].text.replace("SE-EE", "X-Y").replace("SEEE-", "OWN-")
    (tmp_path / "agreements").mkdir()
    (tmp_path / "agreements" / "x.toml").write_text(text)
    docket = put(tmp_path, f"{HEAD},sex\nC-1,{SWEDEN},female\nC-2,X-Y,SE,EE,lease,female\n")
    cases = told(capsys, docket, "--library", str(tmp_path))["cases"]
    assert [case["not_met"] for case in cases] == [["SEEE-1"], ["OWN-1"]]

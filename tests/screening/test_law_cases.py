"""The law cases of tests/cases: what the law answers on the day, by the program and by hand."""

import csv
import json
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from habeas.cli.main import run
from habeas.docket.columns import Value, value
from habeas.law.agreement import Agreement, Law
from habeas.law.library import Library
from habeas.screening import evaluate
from habeas.screening.decision import outcome
from habeas.service.intake import columns
from habeas.terms import Finding

DAY = date(2026, 11, 21)

FOLDER = Path(__file__).parents[1] / "cases"
BASES_IN = ("vignettes.toml", "bases.toml")
LIBRARY = Library()
FILES = (
    "vignettes.toml",
    "one-rule-baseline.toml",
    "one-rule-pathways.toml",
    "one-rule-agreements.toml",
    "boundaries.toml",
)
Case = dict[str, Any]
CASES: dict[str, Case] = {
    f"{file[:-5]}: {case['base']}: {case['name']}": case
    for file in FILES
    for case in tomllib.loads((FOLDER / file).read_text(), parse_float=str)["cases"]
}
VIGNETTES = {name: case for name, case in CASES.items() if name.startswith("vignettes: ")}


@cache
def bases() -> dict[str, dict[str, object]]:
    read = (tomllib.loads((FOLDER / file).read_text(), parse_float=str) for file in BASES_IN)
    return {name: base for document in read for name, base in document["bases"].items()}


def cells(case: Case) -> dict[str, str]:
    told = bases()[case["base"]] | case["given"]
    return {
        name: str(cell).lower() if isinstance(cell, bool) else str(cell)
        for name, cell in told.items()
    }


def facts(case: Case) -> dict[str, Value]:
    contract = columns(LIBRARY.vocabulary)
    read = {name: value(cell, contract[name]) for name, cell in cells(case).items()}
    return {name: fact for name, fact in read.items() if fact is not None}


def answered(case: Case) -> tuple[str, set[str], set[str]]:
    told = facts(case)
    program = LIBRARY.program(case.get("program", told["agreement"]), DAY)
    found = evaluate.findings(program, told)
    barring = {rule for rule, one in found.items() if one is Finding.NOT_MET}
    waiting = {rule for rule, one in found.items() if one is Finding.NOT_ESTABLISHED}
    return outcome(found).value, barring, waiting


def expected(case: Case, waiting: set[str]) -> tuple[str, set[str], set[str]]:
    """What the case file says; where it leaves the unknown open, any set of rules will do."""
    return case["expect"], set(case["not_met"]), set(case.get("not_established", waiting))


def docket(path: Path, cases: list[Case]) -> Path:
    rows = [{"case": f"C-{n}"} | cells(case) for n, case in enumerate(cases, 1)]
    names = dict.fromkeys(name for row in rows for name in row)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def screened(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    status = run(["screen", str(path), "--json", "--explain", "--as-of", "2026-11-21"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_law_answers_each_case_as_written(case: Case) -> None:
    found = answered(case)
    assert found == expected(case, found[2])


@pytest.mark.parametrize("case", VIGNETTES.values(), ids=VIGNETTES)
def test_the_program_answers_each_vignette_as_written(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, document = screened(docket(tmp_path / "docket.csv", [case]), capsys)
    (row,) = document["cases"]
    waiting = set(row["not_established"])
    assert status == 0
    assert (row["outcome"], set(row["not_met"]), waiting) == expected(case, waiting)
    assert (set(row["failing"]), set(row["missing"])) == (set(row["not_met"]), waiting)


def test_all_cases_in_one_docket_are_answered_as_each_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [case for case in CASES.values() if "program" not in case]
    _, document = screened(docket(tmp_path / "docket.csv", cases), capsys)
    told = [
        (row["outcome"], set(row["not_met"]), set(row["not_established"]))
        for row in document["cases"]
    ]
    assert told == [answered(case) for case in cases]
    assert document["quarantine"] == []


def test_the_case_that_proves_nothing_waits_for_every_rule_that_binds_it() -> None:
    (nothing,) = (case for case in VIGNETTES.values() if case["id"] == "V13")
    _, _, waiting = answered(nothing)
    silent = {"B-CIT-1", "L-1", "L-2", "R-1", "R-2", "R-3", "R-4"}
    conventions = {"ETS112-1", "ETS167-1", "ETS167-2"}
    every = {rule.id for rule in LIBRARY.program("OAS-A57", DAY).rules}
    assert waiting == every - silent - conventions


def test_each_rule_of_the_library_has_a_case_that_it_bars() -> None:
    barred = {rule for case in CASES.values() for rule in case["not_met"]}
    assert barred == set(rules())


def rules() -> dict[str, set[str]]:
    """Every rule of the library with the places that it cites."""
    holders: list[Law | Agreement] = [law for _, law in LIBRARY.laws.values()]
    holders += [deal for _, deal in LIBRARY.agreements.values()]
    return {
        name: {f"{cite.instrument} {cite.at}" for cite in rule.cite}
        for holder in holders
        for name, rule in holder.rules.items()
    }


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_case_cites_the_law_that_bars_it(case: Case) -> None:
    cited = dict(line.split(": ", 1) for line in case["citation"])
    assert {rule for rule, place in cited.items() if place not in rules()[rule]} == set()
    assert set(case["not_met"]) <= set(cited)

"""The law cases of the library: what the law answers on the day, by the program and by hand."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from habeas.cli.main import run
from habeas.law.library import Library
from habeas.screening import cases
from habeas.screening.words import Measure, natural
from habeas.service.intake import columns
from habeas.terms import Finding

DAY = date(2026, 11, 21)
LIBRARY = Library()
PLACED = cases.placed(LIBRARY.case_files, LIBRARY, columns(LIBRARY.vocabulary))
CASES = {f"{one.file[14:-5]}: {one.case.base}: {one.case.told}": one for one in PLACED}
VIGNETTES = {name: one for name, one in CASES.items() if one.case.id}


def answered(one: cases.Placed) -> tuple[str, set[str], set[str]]:
    (found,) = cases.answers([one], LIBRARY)
    unmet, waiting = found.rules(Finding.NOT_MET), found.rules(Finding.NOT_ESTABLISHED)
    return found.outcome.value, set(unmet), set(waiting)


def expected(one: cases.Placed, waiting: set[str]) -> tuple[str, set[str], set[str]]:
    """What the case file says; where it leaves the unknown open, any set of rules will do."""
    said = one.case.not_established
    return one.case.expect, set(one.case.not_met), waiting if said is None else set(said)


def cells(one: cases.Placed) -> dict[str, str]:
    known = LIBRARY.vocabulary.facts
    measures = {name: Measure(known[name].type, known[name].scale) for name in one.facts}
    return {name: natural(fact, measures[name]) for name, fact in one.facts.items()}


def docket(path: Path, placed: list[cases.Placed]) -> Path:
    rows = [{"case": f"C-{n}"} | cells(one) for n, one in enumerate(placed, 1)]
    names = dict.fromkeys(name for row in rows for name in row)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def screened(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    status = run(["screen", str(path), "--json", "--explain", "--as-of", "2026-11-21"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_law_answers_each_case_as_written(case: cases.Placed) -> None:
    found = answered(case)
    assert found == expected(case, found[2])


@pytest.mark.parametrize("case", VIGNETTES.values(), ids=VIGNETTES)
def test_the_program_answers_each_vignette_as_written(
    case: cases.Placed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, document = screened(docket(tmp_path / "docket.csv", [case]), capsys)
    (row,) = document["cases"]
    waiting = set(row["not_established"])
    assert status == 0
    assert (row["outcome"], set(row["not_met"]), waiting) == expected(case, waiting)
    assert (set(row["failing"]), set(row["missing"])) == (set(row["not_met"]), waiting)


@pytest.mark.no_cover  # the same lines again and again
def test_all_cases_in_one_docket_are_answered_as_each_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    placed = [one for one in PLACED if one.case.program is None]
    _, document = screened(docket(tmp_path / "docket.csv", placed), capsys)
    told = [
        (row["outcome"], set(row["not_met"]), set(row["not_established"]))
        for row in document["cases"]
    ]
    assert told == [answered(one) for one in placed]
    assert document["quarantine"] == []


def test_the_case_that_proves_nothing_waits_for_every_rule_that_binds_it() -> None:
    (nothing,) = (one for one in PLACED if one.case.id == "V13")
    _, _, waiting = answered(nothing)
    silent = {"B-CIT-1", "L-1", "L-2", "R-1", "R-2", "R-3", "R-4"}
    conventions = {"ETS112-1", "ETS167-1", "ETS167-2"}
    every = {rule.id for rule in LIBRARY.program("OAS-A57", DAY).rules}
    assert waiting == every - silent - conventions


def test_all_eleven_vignettes_are_kept() -> None:
    assert sorted(one.case.id for one in VIGNETTES.values()) == [
        "V01", "V03", "V03b", "V04", "V05", "V08", "V09", "V12", "V13", "V14", "V18"]  # fmt: skip


def test_each_rule_of_the_library_is_seen_met_not_met_and_not_established() -> None:
    assert len(LIBRARY.rules) == 62
    found = cases.answers(PLACED, LIBRARY)
    assert {name for one in found for name in one.findings} == set(LIBRARY.rules)
    assert [one for one in cases.unseen(found) if not one.leaf] == []


def test_each_leaf_of_each_rule_is_seen_true_false_and_not_established() -> None:
    assert cases.unseen(cases.answers(PLACED, LIBRARY)) == []


@pytest.mark.parametrize("one", CASES.values(), ids=CASES)
def test_each_case_cites_the_law_that_bars_it(one: cases.Placed) -> None:
    assert set(one.case.not_met) <= {line.partition(": ")[0] for line in one.case.citation}

"""Rows that are set aside: counted, told with their line, kept whole, and never judged."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from habeas.adapters.importers import docket_file
from habeas.cli.main import run
from habeas.docket.check import Docket
from habeas.law.library import Library
from habeas.service import intake

LIBRARY = Library()
HEAD = "case,agreement,sending,receiving,pathway"
KEYS = "SE-EE,SE,EE,lease"
GOOD = "G-1," + KEYS


class Screened(NamedTuple):
    """What a run gave: exit status, the document, the lines to people, and the rows kept."""

    status: int
    document: dict[str, Any]
    notes: list[str]
    kept: list[dict[str, str]]

    @property
    def codes(self) -> list[tuple[int, str, str]]:
        return [(row["line"], row["case"], row["code"]) for row in self.document["quarantine"]]

    @property
    def judged(self) -> list[str]:
        return [row["case"] for row in self.document["cases"]]


def read(folder: Path, text: str) -> Docket:
    """The rows of a docket file, checked."""
    path = folder / "docket.csv"
    path.write_bytes(text.encode())
    return intake.read(*docket_file.read(path), LIBRARY, str(path))


def screened(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> Screened:
    path = folder / "docket.csv"
    path.write_bytes(text.encode())
    status = run(["screen", str(path), "--json", "--as-of", "2026-11-21"])
    told = capsys.readouterr()
    kept = folder / "docket.quarantine.csv"
    rows = list(csv.DictReader(StringIO(kept.read_text()))) if kept.exists() else []
    return Screened(status, json.loads(told.out), told.err.splitlines(), rows)


CELLS = [
    ("convicted", "yes", "H402"),
    ("convicted", "1", "H402"),
    ("convicted", "True", "H402"),
    ("convicted", " true", "H402"),
    ("age_years", "thirty", "H402"),
    ("age_years", "34.5", "H402"),
    ("age_years", "1e2", "H402"),
    ("age_years", "0x22", "H402"),
    ("age_years", "3 4", "H402"),
    ("age_years", "inf", "H402"),
    ("age_years", "1234567890123", "H402"),
    ("months_remaining", "4.505", "H402"),
    ("months_remaining", '"4,5"', "H402"),
    ("planned_m2", "4.00005", "H402"),
    ("planned_m2", ".5", "H402"),
    ("sex", "man", "H403"),
    ("sex", "MALE", "H403"),
    ("pathway__by", "Jane Doe", "H403"),
    ("pathway__doc", "abc", "H403"),
    ("pathway__doc", "A" * 64, "H403"),
    ("age_years", "-1", "H405"),
    ("age_years", "121", "H405"),
    ("months_remaining", "1200.01", "H405"),
    ("convicted", "unknown", "H406"),
    ("convicted", "Unknown", "H406"),
    ("age_years", "NULL", "H406"),
    ("age_years", "NaN", "H406"),
    ("sex", "n/a", "H406"),
    ("sex", "none", "H406"),
    ("sex", "-", "H406"),
    ("sex", "?", "H406"),
    ("sex", "NA", "H406"),
    ("sex", " null ", "H406"),
    ("sex__at", "unknown", "H406"),
    ("sex", "ma\x00le", "H409"),
    ("sex", "male\t", "H409"),
    ("sex", "\x1b[31mmale", "H409"),
    ("sex", "ma\u202ele", "H409"),
    ("convicted", "=1+1", "H411"),
    ("sex", "@male", "H411"),
    ("age_years", "+34", "H411"),
    ("sex", '"=HYPERLINK(""x"")"', "H411"),
    ("stay_in_force__at", "26-11-20", "H413"),
    ("stay_in_force__at", "20/11/26", "H413"),
    ("stay_in_force__at", "20.11.2026", "H413"),
    ("stay_in_force__at", "2026-11-20T10:00:00", "H413"),
    ("stay_in_force__at", "2026-02-30", "H413"),
    ("stay_in_force__at", "20261120", "H413"),
    ("stay_in_force__at", "0026-11-20", "H413"),
    ("stay_in_force__until", "soon", "H413"),
]


@pytest.mark.parametrize(("column", "cell", "code"), CELLS)
def test_a_cell_that_says_nothing_clear_sets_its_row_aside_and_the_others_go_on(
    tmp_path: Path, column: str, cell: str, code: str
) -> None:
    found = read(tmp_path, f"{HEAD},{column}\nB-1,{KEYS},{cell}\n{GOOD},\n")
    assert [(row.line, row.case, row.code) for row in found.refused] == [(2, "B-1", code)]
    assert [case.id for case in found.cases] == ["G-1"]


def test_each_row_that_is_set_aside_is_told_to_people_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [(cell, code) for column, cell, code in CELLS if column == "sex"]
    rows = "".join(f"B-{n},{KEYS},{cell}\n" for n, (cell, _) in enumerate(cells))
    found = screened(tmp_path, capsys, f"{HEAD},sex\n{rows}{GOOD},male\n")
    codes = [(n + 2, f"B-{n}", code) for n, (_, code) in enumerate(cells)]
    told = [f"{tmp_path / 'docket.csv'}:{line}: {code}" for line, _, code in codes]
    assert (found.status, found.codes, found.judged) == (0, codes, ["G-1"])
    assert [note[: len(start)] for note, start in zip(found.notes, told, strict=False)] == told
    assert found.notes[len(told)].startswith(f"{len(told)} of {len(told) + 1} rows were set aside")


ROWS = [
    ("B-1,SE-XX,SE,EE,lease", "H415"),
    ("B-1,se-ee,SE,EE,lease", "H415"),
    ("B-1,,SE,EE,lease", "H414"),
    ("B-1,SE-EE,SE,FI,lease", "H416"),
    ("B-1,SE-EE,EE,SE,lease", "H416"),
    ("B-1,SE-EE,,EE,lease", "H416"),
    ("B-1,OAS-A57,US,US,treaty_transfer", "H416"),
    ("B-1,SE-EE,SE,EE,removal", "H417"),
    ("B-1,SE-EE,SE,EE,", "H417"),
    ("B-1,SE-EE,SE,EE,rent", "H403"),
    ("B-1,SE-EE,SE,EE", "H412"),
    ("B-1,SE-EE,SE,EE,lease,", "H412"),
    ("B-1,SE-EE,SE,EE,lease,surplus", "H412"),
]


@pytest.mark.parametrize(("row", "code"), ROWS)
def test_a_row_that_its_agreement_does_not_bind_is_set_aside(
    tmp_path: Path, row: str, code: str
) -> None:
    found = read(tmp_path, f"{HEAD}\n{GOOD}\n{row}\n")
    assert [(one.line, one.case, one.code) for one in found.refused] == [(3, "B-1", code)]
    assert [case.id for case in found.cases] == ["G-1"]


@pytest.mark.parametrize("case", ["", "Jane Doe", "C;1", "=1+1", "C" * 65])
def test_a_case_id_that_is_none_sets_its_row_aside(tmp_path: Path, case: str) -> None:
    found = read(tmp_path, f"{HEAD}\n{case},{KEYS}\n{GOOD}\n")
    assert [(one.line, one.code) for one in found.refused] == [(2, "H403")]
    assert [case.id for case in found.cases] == ["G-1"]


def test_of_two_rows_with_one_case_id_neither_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = f"B-1,{KEYS},true\n{GOOD},\nB-1,{KEYS},false\nB-1,{KEYS},unknown\n"
    found = screened(tmp_path, capsys, f"{HEAD},convicted\n{rows}")
    twice = [(line, "B-1", "H404") for line in (2, 4, 5)]
    assert (found.status, found.codes, found.judged) == (0, twice, ["G-1"])


def test_of_a_row_with_several_faults_the_first_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{HEAD},age_years,sex\nB-1,{KEYS},130,man\n{GOOD},,\n"
    assert screened(tmp_path, capsys, text).codes == [(2, "B-1", "H405")]


def test_a_row_that_is_set_aside_is_kept_whole_with_line_code_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = screened(tmp_path, capsys, f'{HEAD},sex\nB-1,{KEYS},"=x ""y"", z"\n{GOOD},\n')
    assert found.kept == [{
        "line": "2",
        "case": "B-1",
        "code": "H411",
        "reason": "the cell starts like a formula and was not read. Write the value itself.",
        "cells": '["B-1", "SE-EE", "SE", "EE", "lease", "=x \\"y\\", z"]',
    }]  # fmt: skip
    assert found.notes[-1].endswith(str(tmp_path / "docket.quarantine.csv"))


def test_no_cell_of_the_kept_rows_starts_like_a_formula(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{start}cmd,{KEYS}\n" for start in ("=", "+", "-", "@"))
    found = screened(tmp_path, capsys, f"{HEAD}\n{rows}{GOOD}\n")
    starts = {cell[:1] for row in found.kept for cell in row.values()}
    assert starts & {"=", "+", "-", "@"} == set()


def test_accepted_and_set_aside_are_all_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "".join(f"B-{n},{KEYS},man\n" for n in range(25))
    good = "".join(f"G-{n},{KEYS},male\n" for n in range(7))
    found = screened(tmp_path, capsys, f"{HEAD},sex\n{bad}{good}\n")
    counts = found.document["counts"]
    assert counts == {"barred": 0, "eligible": 0, "not_established": 7, "quarantined": 25}
    assert (len(found.kept), len(found.codes), len(found.judged)) == (25, 25, 7)
    assert (len(found.notes), found.notes[-1][:35]) == (21, "25 of 32 rows were set aside, not j")


def test_a_docket_of_which_no_row_can_be_used_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = screened(tmp_path, capsys, f"{HEAD},sex\nB-1,{KEYS},man\nB-2,{KEYS},woman\n")
    assert (found.status, found.judged) == (2, [])
    assert [line for line, _, _ in found.codes] == [2, 3]
    assert len(found.kept) == 2


def test_an_empty_line_is_no_row_and_the_lines_are_those_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"\ufeff{HEAD},sex\r\n\r\n{GOOD},male\r\n\r\nB-1,{KEYS},man\r\n\r\n"
    found = screened(tmp_path, capsys, text)
    assert (found.status, found.codes, found.judged) == (0, [(5, "B-1", "H403")], ["G-1"])


def test_a_cell_of_several_lines_sets_each_of_its_lines_aside(tmp_path: Path) -> None:
    text = f'{HEAD},sex\nB-1,{KEYS},"ma\n\nle"\n{GOOD},male\nB-2,{KEYS},man\n'
    found = read(tmp_path, text)
    assert [(row.line, row.code) for row in found.refused] == [
        (2, "H412"), (4, "H412"), (6, "H403")]  # fmt: skip
    assert [case.id for case in found.cases] == ["G-1"]


def test_an_open_quote_sets_its_own_row_aside_and_no_other(tmp_path: Path) -> None:
    rows = "".join(f"C-{n},{KEYS},{quote}male\n" for n, quote in enumerate(["", '"', "", '"', ""]))
    found = read(tmp_path, f"{HEAD},sex\n{rows}")
    assert [(row.line, row.code) for row in found.refused] == [(3, "H412"), (5, "H412")]
    assert [case.id for case in found.cases] == ["C-0", "C-2", "C-4"]
    assert found.refused[0].cells == (f'C-1,{KEYS},"male\n',)


@pytest.mark.parametrize("cell", ['"ma"le', "x" * 140_000])
def test_a_row_that_no_reader_can_split_is_kept_as_it_stands(tmp_path: Path, cell: str) -> None:
    found = read(tmp_path, f"{HEAD},sex\nB-1,{KEYS},{cell}\n{GOOD},male\n")
    assert [(one.line, one.code) for one in found.refused] == [(2, "H412")]
    assert found.refused[0].cells == (f"B-1,{KEYS},{cell}\n",)
    assert [case.id for case in found.cases] == ["G-1"]


def test_a_declared_code_is_read_although_it_is_elsewhere_no_value(tmp_path: Path) -> None:
    (case,) = read(tmp_path, f"{HEAD},no_consent_basis\nG-1,{KEYS},none\n").cases
    assert case.facts["no_consent_basis"] == "none"

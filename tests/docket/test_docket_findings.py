"""Faults found in the reading of dockets by these tests; each states what should be."""

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from habeas.adapters.importers import docket_file
from habeas.cli.main import run
from habeas.docket.check import Docket
from habeas.law.library import Library
from habeas.service import intake

LIBRARY = Library()
HEAD = "case,agreement,sending,receiving,pathway"
KEYS = "SE-EE,SE,EE,lease"
TABLE = {"case": ["C-1"], "agreement": ["SE-EE"], "sending": ["SE"], "receiving": ["EE"],
         "pathway": ["lease"]}  # fmt: skip
BROKEN = pa.StringArray.from_buffers(
    1, pa.array([0, 2], pa.int32()).buffers()[1], pa.py_buffer(b"\xff\xfe")
)


def put(folder: Path, text: str) -> Path:
    path = folder / "docket.csv"
    path.write_text(text)
    return path


def read(path: Path) -> Docket:
    return intake.read(*docket_file.read(path), LIBRARY, str(path))


def parquet(folder: Path, name: str, column: pa.Array) -> Path:
    path = folder / "docket.parquet"
    pq.write_table(pa.table({**TABLE, name: column}), path)
    return path


def test_a_case_id_that_stands_again_in_a_row_of_other_width_is_not_judged(tmp_path: Path) -> None:
    rows = f"C-1,{KEYS},false\nC-1,{KEYS}\nG-1,{KEYS},false\n"
    found = read(put(tmp_path, f"{HEAD},stay_in_force\n{rows}"))
    assert [case.id for case in found.cases] == ["G-1"]
    assert [row.line for row in found.refused] == [2, 3]


@pytest.mark.parametrize("cell", ["３４", "٣٤", "3४"])  # noqa: RUF001
def test_a_number_is_written_in_the_digits_of_the_format(tmp_path: Path, cell: str) -> None:
    found = read(put(tmp_path, f"{HEAD},age_years\nC-1,{KEYS},{cell}\n"))
    assert [row.code for row in found.refused] == ["H402"]


def test_a_decimal_of_nought_is_nought_however_many_places_its_column_keeps(tmp_path: Path) -> None:
    nought = pa.array([Decimal(0)], pa.decimal128(18, 9))
    (case,) = read(parquet(tmp_path, "months_remaining", nought)).cases
    assert case.facts["months_remaining"] == 0


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1_793_232_000_000_000_001], pa.timestamp("ns")),
        pa.array([2**62], pa.timestamp("us", "UTC")),
        pa.array([2**30], pa.date32()),
        BROKEN,
    ],
    ids=["nanoseconds", "an instant beyond all years", "a day beyond all years", "not UTF-8"],
)
def test_a_parquet_value_that_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], column: pa.Array
) -> None:
    path = parquet(tmp_path, "convicted__at", column)
    assert run(["screen", str(path), "--json"]) == 2
    assert f"{path}" in capsys.readouterr().err


def test_rows_between_two_open_quotes_are_counted_or_the_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = f'C-1,{KEYS},"male\nC-2,{KEYS},male\nC-3,{KEYS},"male\nC-4,{KEYS},male\n'
    status = run(["screen", str(put(tmp_path, f"{HEAD},sex\n{rows}")), "--json"])
    told = json.loads(capsys.readouterr().out or '{"counts": {}}')["counts"]
    assert status == 2 or sum(told.values()) == 4


def test_a_text_that_is_no_case_id_is_not_told_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = f'Jane Doe,{KEYS},male\nB-1,{KEYS},"male\nC-1,{KEYS},male\n'
    assert run(["screen", str(put(tmp_path, f"{HEAD},sex\n{rows}")), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["quarantine"]
    assert [(row["case"], row["code"]) for row in told] == [("", "H403"), ("", "H412")]


def test_no_control_character_of_a_header_reaches_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["screen", str(put(tmp_path, f"{HEAD},\x1b[31msex\nC-1,{KEYS},male\n"))])
    told = capsys.readouterr().err.splitlines()
    assert [line for line in told if not line.isprintable()] == []


def test_findings_are_never_written_over_the_docket(tmp_path: Path) -> None:
    path = put(tmp_path, f"{HEAD}\nC-1,{KEYS}\n")
    before = path.read_bytes()
    status = run(["screen", str(path), "--out", str(path)])
    assert (status, path.read_bytes()) == (2, before)


def test_an_instant_before_the_first_year_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, f"{HEAD}\nC-1,{KEYS}\n")
    assert run(["screen", str(path), "--as-of", "0001-01-01T00:00:00+14:00"]) == 2
    assert capsys.readouterr().err.startswith("H903 ")

"""Files of stays whose columns are of every type, and whose days are of no calendar in use."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from habeas.cli.main import run

Printed = pytest.CaptureFixture[str]
CALLS = [
    ["custody", "stock"],
    ["custody", "person-days"],
    ["custody", "person-days", "--monthly", "--zone", "UTC"],
]
NAMES = {
    "numbers": pa.array([7]),
    "dictionary": pa.array(["A"]).dictionary_encode(),
    "days": pa.array([date(2026, 1, 1)]),
    "yes": pa.array([True]),
    "large": pa.array(["A"], pa.large_string()),
}
NO_NAMES = {
    "struct": pa.array([{"birth_year": 1980}]),
    "list": pa.array([["A"]]),
    "bytes": pa.array([b"\xff"]),
}
NO_TIMES = {
    "number": pa.array([20_000]),
    "double": pa.array([1.5]),
    "half": pa.array([1.5], pa.float16()),
    "clock": pa.array([60], pa.time32("s")),
    "struct": pa.array([{"a": 1}]),
    "list": pa.array([[date(2026, 1, 1)]]),
}


def called(folder: Path, call: list[str], facility: pa.Array, first: pa.Array) -> int:
    table = pa.table(
        {"facility": facility, "in_date": first, "out_date": [date(2026, 2, 9)] * len(first)}
    )
    pq.write_table(table, folder / "s.parquet")
    return run([*call, "--stays", str(folder / "s.parquet"), "--json"])


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", list(NAMES))
def test_a_name_of_a_facility_may_be_of_any_single_type(
    tmp_path: Path, capsys: Printed, call: list[str], kind: str
) -> None:
    assert called(tmp_path, call, NAMES[kind], pa.array([date(2026, 2, 1)])) == 0
    json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", [*NO_NAMES, *(f"in {kind}" for kind in NO_TIMES)])
def test_a_column_of_another_type_is_one_sentence(
    tmp_path: Path, capsys: Printed, call: list[str], kind: str
) -> None:
    first = NO_TIMES.get(kind.removeprefix("in "), pa.array([date(2026, 2, 1)]))
    names = NO_NAMES.get(kind, pa.array(["A"]))
    assert called(tmp_path, call, names, first if "in " in kind else first.slice(0, 1)) == 2
    assert "H422" in capsys.readouterr().err


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("kind", ["date32", "timestamp[us]", "string"])
def test_a_day_of_no_calendar_in_use_is_none_and_nothing_counts_up_to_it(
    tmp_path: Path, capsys: Printed, call: list[str], kind: str, *, last: bool
) -> None:
    days = pa.array([date(2026, 2, 1), date(9999, 12, 31) if last else date(1, 1, 1)])
    cells = days.cast("string" if kind == "string" else pa.type_for_alias(kind))
    assert called(tmp_path, call, pa.array(["A", "B"]), cells) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["incomplete"] == 1
    assert "1 rows lack a facility or a day" in printed.err


@pytest.mark.parametrize("call", CALLS)
def test_a_file_without_a_whole_row_holds_no_stays(
    tmp_path: Path, capsys: Printed, call: list[str]
) -> None:
    assert called(tmp_path, call, pa.array(["A"]), pa.array(["soon"])) == 2
    assert "H410" in capsys.readouterr().err


def test_an_instant_of_no_calendar_in_use_is_none(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "s.csv"
    good = "A,2026-02-01T00:00:00Z,2026-02-09T00:00:00Z\n"
    path.write_text(f"facility,in_date,out_date\n{good}A,2026-02-01T00:00:00Z,9999-12-31T00:00Z\n")
    assert run(["custody", "stock", "--stays", str(path), "--zone", "UTC", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["incomplete"] == 1


@pytest.mark.parametrize(
    ("end", "told"), [("", {"open": 1, "refused": 0}), ("2026-01-01", {"open": 0, "refused": 1})]
)
def test_stays_that_are_all_open_or_end_before_they_start_are_counted_and_hold_no_day(
    tmp_path: Path, capsys: Printed, end: str, told: dict[str, int]
) -> None:
    path = tmp_path / "s.csv"
    path.write_text(f"facility,in_date,out_date\nA,2026-02-01,{end}\n")
    assert run(["custody", "person-days", "--stays", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {key: found[key] for key in (*told, "stays", "person_days")} == {
        **told, "stays": 1, "person_days": 0,
    }  # fmt: skip

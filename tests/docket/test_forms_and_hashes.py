"""One docket in three forms: the same hash, the same answers. And what its hash depends on."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from habeas.adapters.importers import docket_file
from habeas.cli.main import run
from habeas.docket.check import Docket
from habeas.law.library import Library
from habeas.service import intake

LIBRARY = Library()
DAY, NOON = date(2026, 11, 1), datetime(2026, 11, 20, 12, tzinfo=UTC)
TYPED: Mapping[str, pa.Array] = {
    "case": pa.array(["C-1", "C-2", "C-3"]),
    "agreement": pa.array(["SE-EE", "SE-EE", "OAS-A57"]).dictionary_encode(),
    "sending": pa.array(["SE", "SE", "US"]),
    "receiving": pa.array(["EE", "EE", "SV"], pa.large_string()),
    "pathway": pa.array(["lease", "lease", "treaty_transfer"]),
    "convicted": pa.array([True, False, None]),
    "judgment_final": pa.array([None, None, None], pa.null()),
    "age_years": pa.array([34, None, 17], pa.int16()),
    "months_remaining": pa.array([Decimal("6.25"), None, Decimal("5.99")], pa.decimal128(8, 2)),
    "planned_m2": pa.array([4.0, float("nan"), 5.0]),
    "identity_confirmed": pa.array([True, True, True]),
    "identity_confirmed__at": pa.array([DAY, None, DAY]),
    "stay_in_force": pa.array([False, False, False]),
    "stay_in_force__at": pa.array([NOON, NOON, None], pa.timestamp("us", "UTC")),
}
TEXT = """\
case,agreement,sending,receiving,pathway,convicted,judgment_final,age_years,months_remaining,\
planned_m2,identity_confirmed,identity_confirmed__at,stay_in_force,stay_in_force__at
C-1,SE-EE,SE,EE,lease,true,,34,6.25,4,true,2026-11-01,false,2026-11-20T12:00:00+00:00
C-2,SE-EE,SE,EE,lease,false,,,,,true,,false,2026-11-20T12:00:00+00:00
C-3,OAS-A57,US,SV,treaty_transfer,,,17,5.99,5,true,2026-11-01,false,
"""
FORMS = ["docket.csv", "docket.parquet", "docket.arrow", "docket.ipc", "docket.feather"]


def put(folder: Path, name: str) -> Path:
    path = folder / name
    table = pa.table(dict(TYPED))
    if path.suffix == ".csv":
        path.write_text(TEXT)
    elif path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table, max_chunksize=2)
    return path


def answered(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run(["screen", str(path), "--json", "--explain", "--as-of", "2026-11-21"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def read(path: Path, text: str) -> Docket:
    path.write_text(text)
    return intake.read(*docket_file.read(path), LIBRARY, str(path))


@pytest.mark.parametrize("name", FORMS[1:])
def test_a_docket_is_answered_alike_in_each_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    told = answered(put(tmp_path, name), capsys)
    assert told == answered(put(tmp_path, "docket.csv"), capsys)
    assert (told["evidence_dated"], len(told["cases"]), told["quarantine"]) == (True, 3, [])


def test_a_refused_row_is_in_the_hash_too_and_in_each_form(tmp_path: Path) -> None:
    path, text = tmp_path / "docket.parquet", TEXT.replace("C-2,SE-EE,SE", "C-2,SE-EE,FI")
    sending = {"sending": pa.array(["SE", "FI", "US"])}
    pq.write_table(pa.table({**TYPED, **sending}), path)
    one = read(tmp_path / "docket.csv", text)
    other = intake.read(*docket_file.read(path), LIBRARY, str(path))
    assert [row.code for row in one.refused + other.refused] == ["H416", "H416"]
    assert [row.line for row in one.refused + other.refused] == [3, 2]
    assert one.hash == other.hash != read(tmp_path / "docket.csv", TEXT).hash


def test_the_hash_depends_on_the_order_of_rows_and_not_on_that_of_columns(tmp_path: Path) -> None:
    lines = [line.split(",") for line in TEXT.splitlines()]
    turned = "\n".join(",".join(reversed(line)) for line in lines)
    upended = "\n".join(",".join(line) for line in (lines[0], *reversed(lines[1:])))
    first = read(tmp_path / "docket.csv", TEXT)
    assert read(tmp_path / "turned.csv", turned).hash == first.hash
    assert read(tmp_path / "upended.csv", upended).hash != first.hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("true,,34", "true,true,34"),
        ("6.25", "6.26"),
        ("2026-11-01,false,2026", "2026-11-02,false,2026"),
        ("C-2", "C-9"),
        ("C-2,SE-EE,SE,EE,lease,false", "C-2,SE-EE,SE,EE,lease,"),
    ],
)
def test_the_hash_depends_on_every_cell(tmp_path: Path, old: str, new: str) -> None:
    assert old in TEXT
    changed = read(tmp_path / "changed.csv", TEXT.replace(old, new))
    assert changed.hash != read(tmp_path / "docket.csv", TEXT).hash


def test_a_byte_order_mark_and_the_ends_of_lines_are_not_in_the_hash(tmp_path: Path) -> None:
    marked = tmp_path / "marked.csv"
    marked.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    found = intake.read(*docket_file.read(marked), LIBRARY, str(marked))
    assert found.hash == read(tmp_path / "docket.csv", TEXT).hash


def test_what_the_call_names_may_be_left_out_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "docket.csv"
    path.write_text("case_id,sex\nC-1,female\n")
    assert run(["screen", str(path), "--agreement", "SE-EE", "--json"]) == 0
    (case,) = json.loads(capsys.readouterr().out)["cases"]
    assert (case["agreement"], case["not_met"]) == ("SE-EE", ["SEEE-1"])


def test_a_cell_takes_the_place_of_what_the_call_states(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "docket.csv"
    path.write_text("case,agreement,sending,receiving\nC-1,DK-XK,DK,XK\nC-2,,,\nC-3,DK-XK,,\n")
    assert run(["screen", str(path), "--agreement", "SE-EE", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [case["agreement"] for case in document["cases"]] == ["DK-XK", "SE-EE"]
    assert [(row["case"], row["code"]) for row in document["quarantine"]] == [("C-3", "H416")]


def test_a_pathway_that_the_call_leaves_open_must_be_a_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "docket.csv"
    path.write_text("case\nC-1\n")
    assert run(["screen", str(path), "--agreement", "US-SV-2025", "--json"]) == 2
    assert "H407 column 'pathway' is missing" in capsys.readouterr().err

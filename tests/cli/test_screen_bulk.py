"""A long docket screened by column says what the same docket says row by row."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from habeas.cli import screen as face
from habeas.cli.main import run
from habeas.law.library import Library

LIBRARY = Library()
AS_OF = ["--as-of", "2026-11-21"]
MEANT = {"true": True, "false": False, "": None}


def synthetic(folder: Path, name: str, rows: int = 400) -> Path:
    path = folder / f"{name}.csv"
    words = ["--agreement", name, "--rows", str(rows), "--seed", "7", "--out", str(path)]
    assert run(["docket", "synth", *words]) == 0
    return path


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One docket under every agreement, some of its rows spoiled."""
    folder = tmp_path_factory.mktemp("dockets")
    tables = []
    for name in LIBRARY.agreements:
        lines = synthetic(folder, name).read_text().splitlines()
        tables.append([dict(zip(lines[0].split(","), row.split(","), strict=True))
                       for row in lines[1:]])  # fmt: skip
    rows = [row for group in zip(*tables, strict=True) for row in group]
    rows[3]["pathway"], rows[10]["convicted"] = "none", "yes"
    names = sorted({name for row in rows for name in row} - {"case"})
    path = folder / "mixed.csv"
    told = [",".join(["case", *names])]
    told += [",".join([row["case"], *(row.get(name, "") for name in names)]) for row in rows]
    path.write_text("\n".join(told) + "\n")
    return path


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["screen", *words, *AS_OF, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("form", ["csv", "arrow"])
def test_a_docket_of_every_agreement_is_judged_by_column_as_row_by_row(
    mixed: Path,
    form: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = told(capsys, str(mixed), "--cases")
    docket = mixed
    if form == "arrow":
        docket = tmp_path / "mixed.arrow"
        assert run(["docket", "snapshot", str(mixed), "--out", str(docket)]) == 0
    monkeypatch.setattr(face, "LONG", 0)
    monkeypatch.setattr(face, "LONG_CSV", 0)
    out = tmp_path / "findings.arrow"
    found = told(capsys, str(docket), "--out", str(out))
    same = ("as_of", "instant", "rules_hash", "programs", "standing", "docket_hash", "counts",
            "evidence_dated", "not_in_force", "review")  # fmt: skip
    assert {key: found[key] for key in same} == {key: alone[key] for key in same}
    rows = pa.ipc.open_file(out).read_all().to_pylist()
    listed = {
        row["case"]: (
            row["outcome"],
            {rule for rule, one in row.items() if one is False},
        )
        for row in rows
    }
    assert listed == {one["case"]: (one["outcome"], set(one["not_met"])) for one in alone["cases"]}
    own = {name: [rule.id for rule in program.rules] for name, program in programs().items()}
    for row, one in zip(rows, alone["cases"], strict=True):
        open_ = {rule for rule in own[row["agreement"]] if row[rule] is None}
        assert open_ == set(one["not_established"])


def programs() -> dict[str, Any]:
    return {name: LIBRARY.program(name, date(2026, 11, 21)) for name in LIBRARY.agreements}


def test_what_cases_wait_for_is_counted_as_one_by_one(
    mixed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = told(capsys, str(mixed), "--cases", "--explain")
    monkeypatch.setattr(face, "LONG_CSV", 0)
    found = told(capsys, str(mixed))["waiting"]
    expected: dict[str, dict[str, int]] = {}
    for one in alone["cases"]:
        if one["outcome"] != "not_established":
            continue
        facts = {name for names in one["missing"].values() for name in names}
        for name in facts:
            count = expected.setdefault(name, {"waiting": 0, "alone": 0})
            count["waiting"] += 1
            count["alone"] += len(facts) == 1
    assert found == expected


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_findings_by_column_are_written_in_each_form(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "LONG_CSV", 0)
    out = tmp_path / f"findings.{form}"
    docket = synthetic(tmp_path, "SE-EE", 50)
    assert run(["screen", str(docket), *AS_OF, "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert "Facts that cases wait for" in shown.out
    assert "No lawyer has reviewed" in shown.err
    if form == "csv":
        assert len(out.read_text().splitlines()) == 51
    elif form == "parquet":
        assert pq.read_table(out).num_rows == 50
    else:
        assert pa.ipc.open_file(out).read_all().num_rows == 50


def forged(snapshot: Path, name: str, column: pa.Array) -> None:
    with pa.ipc.open_file(pa.py_buffer(snapshot.read_bytes())) as file:
        schema, batch = file.schema, file.get_batch(0)
    place = schema.get_field_index(name)
    columns = [column if n == place else old for n, old in enumerate(batch.columns)]
    with pa.ipc.new_file(snapshot, schema) as out:
        out.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


@pytest.mark.parametrize(
    ("name", "value"), [("age_years", 121), ("sex", 3), ("sending", 5), ("planned_m2", -1)]
)
def test_a_snapshot_that_another_hand_changed_is_refused(
    name: str,
    value: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(face, "LONG", 0)
    snapshot = tmp_path / "docket.arrow"
    docket = synthetic(tmp_path, "SE-EE", 20)
    assert run(["docket", "snapshot", str(docket), "--out", str(snapshot)]) == 0
    old = pa.ipc.open_file(pa.py_buffer(snapshot.read_bytes())).get_batch(0).column(name)
    if isinstance(old, pa.DictionaryArray):
        wrong = pa.array([value] * 20, old.indices.type)
        new = pa.DictionaryArray.from_arrays(wrong, old.dictionary, safe=False)
    else:
        new = pa.array([value] * 20, old.type)
    forged(snapshot, name, new)
    capsys.readouterr()
    out = tmp_path / "findings.arrow"
    assert run(["screen", str(snapshot), *AS_OF, "--out", str(out)]) == 2
    assert "H408 column" in capsys.readouterr().err
    assert not out.exists()
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(("told", "status"), [("2", 0), ("0", 2), ("many", 2), ("65", 2)])
def test_the_number_of_threads_is_told_by_the_environment(
    told: str,
    status: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(face, "LONG", 0)
    monkeypatch.setenv("HABEAS_THREADS", told)
    snapshot = tmp_path / "docket.arrow"
    docket = synthetic(tmp_path, "SE-EE", 20)
    assert run(["docket", "snapshot", str(docket), "--out", str(snapshot)]) == 0
    capsys.readouterr()
    assert run(["screen", str(snapshot), *AS_OF]) == status
    assert ("H903" in capsys.readouterr().err) == (status == 2)


def test_a_docket_in_which_no_row_is_a_case_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "LONG_CSV", 0)
    docket = tmp_path / "bad.csv"
    docket.write_text("case,agreement,sending,receiving,pathway\nC-1,XX-1,SE,EE,lease\n")
    assert run(["screen", str(docket), *AS_OF]) == 2
    assert "H415" in capsys.readouterr().err


def test_one_case_of_a_csv_is_screened_without_numpy_or_arrow() -> None:
    text = (
        "import sys; from habeas.cli.main import run; run(sys.argv[1:]);"
        "sys.exit(bool({'numpy', 'pyarrow', 'duckdb', 'z3'} & set(sys.modules)))"
    )
    row = "case,agreement,sending,receiving,pathway\nC-1,SE-EE,SE,EE,lease\n"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", text, "screen", "-", *AS_OF],
        input=row.encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, b"not established" in done.stdout) == (0, True)

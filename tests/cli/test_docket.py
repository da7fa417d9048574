"""habeas docket: check, snapshot and synth, and files of findings."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from habeas.adapters import batch_files, snapshot_file
from habeas.cli.main import run
from habeas.errors import SetupError

HEAD = "case,agreement,sending,receiving,pathway"
KEYS = "SE-EE,SE,EE,lease"


def put(folder: Path, *rows: str, head: str = f"{HEAD},convicted,age_years") -> Path:
    path = folder / "docket.csv"
    path.write_text("\n".join([head, *rows, ""]))
    return path


def told(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> dict[str, Any]:
    assert run([*words, "--json"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


GOOD, BAD = f"C-1,{KEYS},true,34", f"C-2,{KEYS},yes,34"


def test_a_check_counts_cases_and_keeps_the_rows_that_it_sets_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, GOOD, BAD, f"C-3,{KEYS},true,121")
    found = told(capsys, "docket", "check", str(path))
    counts = {name: found[name] for name in ("rows", "cases", "quarantined", "codes")}
    assert counts == {"rows": 3, "cases": 1, "quarantined": 2, "codes": {"H402": 1, "H405": 1}}
    kept = list(csv.DictReader((tmp_path / "docket.quarantine.csv").read_text().splitlines()))
    assert [(row["line"], row["code"]) for row in kept] == [("3", "H402"), ("4", "H405")]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["docket.csv", "docket.quarantine.csv"]


def test_screening_and_checking_tell_the_same_hash_and_the_same_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, GOOD, BAD)
    found = told(capsys, "docket", "check", str(path))
    kept = (tmp_path / "docket.quarantine.csv").read_bytes()
    screened = told(capsys, "screen", str(path))
    assert found["docket_hash"] == screened["docket_hash"]
    assert kept == (tmp_path / "docket.quarantine.csv").read_bytes()


def test_a_docket_of_which_no_row_can_be_used_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, "docket", "check", str(put(tmp_path, BAD)), status=2)
    assert (found["cases"], found["quarantined"]) == (0, 1)


@pytest.mark.parametrize("data", ["", HEAD, f"{HEAD},surname\n", "PK\x03\x04"])
def test_a_file_that_is_no_docket_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str
) -> None:
    path = tmp_path / "docket.csv"
    path.write_text(data)
    assert run(["docket", "snapshot", str(path), "--out", str(tmp_path / "s.arrow")]) == 2
    assert "H4" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["docket.csv"]


def snapshot(folder: Path, capsys: pytest.CaptureFixture[str], *rows: str) -> dict[str, Any]:
    path, out = put(folder, *rows), folder / "s.arrow"
    return told(capsys, "docket", "snapshot", str(path), "--out", str(out), "--verify")


def test_a_snapshot_states_what_it_came_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = snapshot(tmp_path, capsys, GOOD, BAD)
    with pa.ipc.open_file(tmp_path / "s.arrow") as file:
        held, rows = file.schema.metadata, file.read_all().num_rows
    assert found["states_its_hash"] is True
    assert held[b"habeas.docket_hash"].decode() == found["docket_hash"]
    assert held[b"habeas.schema_hash"].decode() == found["schema_hash"]
    assert (int(held[b"habeas.rows"]), int(held[b"habeas.quarantined"]), rows) == (2, 1, 1)


def test_a_snapshot_is_the_same_docket_when_it_is_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = f"{HEAD},months_remaining,release_date,release_date__at,request_received_on"
    rows = [f"C-1,{KEYS},6.25,,,", f"C-2,{KEYS},,2027-01-31,,2026-11-01", f"C-3,{KEYS},x,,,",
            f"C-4,{KEYS},,2027-01-31,2026-11-20,2026-11-01"]  # fmt: skip
    path, out = put(tmp_path, *rows, head=head), tmp_path / "s.arrow"
    first = told(capsys, "docket", "snapshot", str(path), "--out", str(out))
    again = told(capsys, "docket", "check", str(out))
    screened = told(capsys, "screen", str(out))
    assert first["docket_hash"] == again["docket_hash"] == screened["docket_hash"]
    assert (again["states_its_hash"], again["cases"]) == (True, 3)


def test_a_snapshot_that_was_changed_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot(tmp_path, capsys, GOOD, BAD)
    path = tmp_path / "s.arrow"
    data = bytearray(path.read_bytes())
    place = data.index(b"C-1")
    data[place : place + 3] = b"C-9"
    path.write_bytes(bytes(data))
    found = told(capsys, "docket", "check", str(path), status=1)
    assert found["states_its_hash"] is False


def test_a_snapshot_is_mapped_and_not_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot(tmp_path, capsys, GOOD)
    found = snapshot_file.opened(tmp_path / "s.arrow")
    assert found is not None
    before = pa.total_allocated_bytes()
    held = list(found.batches())
    assert (pa.total_allocated_bytes() - before, held[0].num_rows) == (0, 1)


def test_only_a_snapshot_is_opened_as_one(tmp_path: Path) -> None:
    path = tmp_path / "other.arrow"
    table = pa.table({"case": ["C-1"]})
    with pa.ipc.new_file(path, table.schema) as file:
        file.write_table(table)
    assert snapshot_file.opened(path) is None
    assert snapshot_file.opened(put(tmp_path, GOOD)) is None


def test_a_case_id_that_repeats_far_away_sets_all_its_rows_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"C-{number},{KEYS},true,34" for number in range(500)]
    found = told(capsys, "docket", "check", str(put(tmp_path, *rows, rows[3], f"C-3,{KEYS}")))
    assert (found["cases"], found["codes"]) == (499, {"H404": 2, "H412": 1})


@pytest.mark.parametrize("out", ["s.parquet", "docket.arrow"])
def test_a_snapshot_is_an_arrow_file_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    (tmp_path / "docket.arrow").write_bytes(b"x")
    assert run(["docket", "snapshot", str(tmp_path / "docket.arrow"),
                "--out", str(tmp_path / out)]) == 2  # fmt: skip
    assert capsys.readouterr().err.startswith("H902 ")


AGREEMENTS = ["US-SV-2025", "OAS-A57", "SE-EE", "DK-XK"]


@pytest.mark.parametrize("agreement", AGREEMENTS)
def test_a_synthetic_docket_is_one_docket_in_each_form_and_each_row_is_a_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], agreement: str
) -> None:
    hashes = set()
    for form in ("csv", "parquet", "arrow"):
        path = tmp_path / f"docket.{form}"
        words = ["--agreement", agreement, "--rows", "300", "--seed", "7", "--out", str(path)]
        assert run(["docket", "synth", *words]) == 0
        assert "no real person" in capsys.readouterr().err
        found = told(capsys, "docket", "check", str(path))
        hashes.add(found["docket_hash"])
        assert (found["cases"], found["evidence_dated"]) == (300, True)
    assert len(hashes) == 1


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.csv" for name in "abc"]
    for path, seed in zip(paths, "778", strict=True):
        words = ["--agreement", "SE-EE", "--rows", "50", "--seed", seed, "--out", str(path)]
        assert run(["docket", "synth", *words]) == 0
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again != other
    assert (tmp_path / "a.csv").read_text().splitlines()[1].startswith("SE-EE-SYN-00000001,SE-EE,")


def test_a_synthetic_docket_holds_a_row_at_least(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--agreement", "SE-EE", "--rows", "0", "--seed", "1", "--out", "none.csv"]
    assert run(["docket", "synth", *words]) == 2
    assert capsys.readouterr().err.startswith("H901 ")


FINDINGS = pa.schema(
    [
        pa.field("case", pa.utf8(), nullable=False),
        pa.field("agreement", pa.dictionary(pa.int16(), pa.utf8())),
        pa.field("outcome", pa.dictionary(pa.int8(), pa.utf8())),
        pa.field("B-ID-1", pa.bool_()),
        pa.field("L-1", pa.bool_()),
    ]
)


def findings(*cases: str) -> pa.RecordBatch:
    count = len(cases)
    agreement = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int16()), ["SE-EE"])
    outcome = pa.DictionaryArray.from_arrays(
        pa.array([2] * count, pa.int8()), ["eligible", "barred", "not_established"]
    )
    columns = [pa.array(cases), agreement, outcome, pa.array([True] * count),
               pa.array([None] * count, pa.bool_())]  # fmt: skip
    return pa.RecordBatch.from_arrays(columns, schema=FINDINGS)


def test_findings_are_written_batch_by_batch_in_each_form(tmp_path: Path) -> None:
    for form in ("csv", "parquet", "arrow"):
        path = tmp_path / f"findings.{form}"
        batches = (findings(f"C-{n}", f"C-{n + 1}") for n in (1, 3, 5))
        assert list(batch_files.write(path, FINDINGS, batches)) == [2, 2, 2]
    table = pq.read_table(tmp_path / "findings.parquet")
    assert table.column("case").to_pylist() == [f"C-{n}" for n in range(1, 7)]
    assert table.column("L-1").to_pylist() == [None] * 6
    with pa.ipc.open_file(tmp_path / "findings.arrow") as file:
        assert (file.schema, file.num_record_batches) == (FINDINGS, 3)
    lines = (tmp_path / "findings.csv").read_text().splitlines()
    assert lines[:2] == ["case,agreement,outcome,B-ID-1,L-1", "C-1,SE-EE,not_established,true,"]


def test_no_case_of_a_findings_file_starts_like_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    assert list(batch_files.write(path, FINDINGS, [findings("-1+1")])) == [1]
    assert path.read_text().splitlines()[1].startswith("'-1+1,")


def test_a_findings_file_of_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError):
        list(batch_files.write(tmp_path / "findings.xlsx", FINDINGS, []))
    assert list(tmp_path.iterdir()) == []


def test_a_findings_file_that_is_cut_short_has_no_name(tmp_path: Path) -> None:
    written = batch_files.write(tmp_path / "f.arrow", FINDINGS, iter([findings("C-1")] * 2))
    assert next(written) == 1
    written.close()  # type: ignore[attr-defined] # a generator
    assert list(tmp_path.iterdir()) == []

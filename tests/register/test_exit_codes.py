"""What the command line says of a register or a receipt that somebody brings: 0, 1 or 2."""

# ruff: noqa: S608 - table and column names come from these tests

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from habeas.cli.main import run
from habeas.register.checkpoint import COSIGNATURE, NoteKey
from habeas.register.keys import Trust, write_trust
from habeas.register.signing import SeedSigner

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def receipt(brought: Path, capsys: Captured) -> Path:
    """The receipt of the handover."""
    assert run(["register", "receipt", str(brought), "7"]) == 0
    capsys.readouterr()
    return brought.with_name("receipt.json")


def _tampered(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER content_update")
        raw.execute("UPDATE content SET sealed = zeroblob(400) WHERE idx = 3")


def _verify(path: object, *more: object) -> int:
    return run(["register", "verify", str(path), *map(str, more)])


def _check(path: Path, *more: object) -> int:
    return run(["register", "receipt", "--check", str(path), *map(str, more)])


def test_a_good_register_has_exit_status_0(brought: Path, capsys: Captured) -> None:
    assert _verify(brought) == 0
    told = capsys.readouterr()
    assert "holds. 12 leaves, 12 under 2 checkpoints, NOT WITNESSED." in " ".join(told.out.split())
    assert "compare it with what the authorities publish" in told.err


def test_a_changed_register_has_exit_status_1_and_names_the_index(
    brought: Path, capsys: Captured
) -> None:
    _tampered(brought)
    assert _verify(brought) == 1
    told = capsys.readouterr()
    assert "does not hold" in told.out
    assert told.err.startswith("H591 the sealed content does not open under its key (index 3).")


def test_a_verdict_as_one_json_document(brought: Path, trust: Trust, capsys: Captured) -> None:
    _tampered(brought)
    other = brought.with_name("other trust")
    other.write_text(trust.text)
    assert _verify(brought, "--json", "--trust", other) == 1
    told = capsys.readouterr()
    found: dict[str, Any] = json.loads(told.out)
    assert (found["verdict"], found["leaves"], found["trust_file"]) == (
        "does not hold",
        12,
        str(other),
    )
    assert [found["faults"][0][name] for name in ("code", "where")] == ["H591", "index 3"]


def test_no_more_than_ten_faults_are_told_and_the_rest_counted(
    brought: Path, trust: Trust, capsys: Captured
) -> None:
    stranger = write_trust(json.loads(trust.text)["policy"], {}, demonstration=True)
    brought.with_name("trust.json").write_text(stranger)
    assert _verify(brought) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line[:4] for line in told[:10]] == ["H515"] * 10
    assert told[10] == "and 2 more"


def test_a_shortened_register_is_found_by_a_kept_checkpoint(
    brought: Path, opened_notes: dict[int, str], capsys: Captured
) -> None:
    kept = brought.with_name("kept")
    kept.write_text(opened_notes[12], "utf-8")
    assert _verify(brought, "--kept", kept) == 0
    with closing(sqlite3.connect(brought, isolation_level=None)) as raw:
        raw.executescript(
            "DROP TRIGGER leaf_delete; DROP TRIGGER event_delete; DROP TRIGGER content_delete;"
        )
        raw.executescript("DROP TRIGGER checkpoint_delete; DELETE FROM checkpoint WHERE size = 12;")
        for table in ("leaf", "event", "content"):
            raw.execute(f"DELETE FROM {table} WHERE idx > 8")
    assert (_verify(brought), _verify(brought, "--kept", kept)) == (0, 1)
    assert "its leaves are not all there (checkpoint of size 12)" in capsys.readouterr().err


@pytest.fixture
def opened_notes(good_register: Path) -> dict[int, str]:
    """The good register's checkpoints by size."""
    with closing(sqlite3.connect(good_register)) as raw:
        return dict(raw.execute("SELECT size, note FROM checkpoint").fetchall())


@pytest.mark.parametrize("option", ["path", "--trust", "--kept"])
def test_a_missing_file_has_exit_status_2(brought: Path, capsys: Captured, option: str) -> None:
    missing = brought.with_name("missing")
    words = (missing,) if option == "path" else (brought, option, missing)
    assert _verify(*words) == 2
    assert capsys.readouterr().err.startswith(("H902", f"{missing}: H562"))


@pytest.mark.parametrize("text", ["", "{}", "[" * 10, "not a register", "{" * 3])
def test_a_file_of_another_kind_has_exit_status_2(brought: Path, text: str) -> None:
    other, trust = brought.with_name("other"), brought.with_name("trust.json")
    other.write_text(text)
    for words in (
        (other, "--trust", trust),
        (brought, "--trust", other),
        (brought, "--kept", other),
    ):
        assert _verify(*words) == 2


def test_a_register_without_its_trust_file_has_exit_status_2(brought: Path) -> None:
    brought.with_name("trust.json").unlink()
    assert _verify(brought) == 2
    assert run(["register", "receipt", str(brought), "7"]) == 2
    assert not brought.with_name("receipt.json").exists()


def test_a_valid_receipt_has_exit_status_0(receipt: Path, capsys: Captured) -> None:
    assert _check(receipt) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith(
        "DEMONSTRATION on synthetic people VALID, NOT WITNESSED custody.handed_over"
    )
    assert "signed by A, B; index 7 of a tree of 12" in told


@pytest.mark.parametrize(("old", "new"), [("index 7", "index 6"), ("{", "["), ("body", "bodx")])
def test_a_changed_receipt_has_exit_status_1_and_shows_nothing_of_the_event(
    receipt: Path, capsys: Captured, old: str, new: str
) -> None:
    receipt.write_text(receipt.read_text().replace(old, new))
    assert _check(receipt) == 1
    told = capsys.readouterr().out
    assert "INVALID (" in told
    assert "handed_over" not in told


def test_a_receipt_under_another_trust_file_has_exit_status_1(
    receipt: Path, trust: Trust, key: Callable[[str], SeedSigner]
) -> None:
    roots = {name: key(f"other {name}").public() for name in "ABC"}
    other = receipt.with_name("other")
    other.write_text(write_trust(json.loads(trust.text)["policy"], roots, demonstration=True))
    assert _check(receipt, "--trust", other) == 1


def test_a_missing_receipt_or_trust_file_has_exit_status_2(receipt: Path) -> None:
    assert _check(receipt.with_name("missing")) == 2
    assert _check(receipt, "--trust", receipt.with_name("missing")) == 2
    assert _check(receipt, "--trust", receipt) == 2


@pytest.mark.parametrize("index", ["12", "-1", "99999999999999999999", "x"])
def test_a_receipt_of_no_such_index_has_exit_status_2(brought: Path, index: str) -> None:
    assert run(["register", "receipt", str(brought), index]) == 2
    assert not brought.with_name("receipt.json").exists()


def test_a_receipt_is_checked_far_from_its_register(receipt: Path, tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    for name in ("receipt.json", "trust.json"):
        shutil.move(receipt.with_name(name), far / name)
    receipt.with_name("copy.sqlite3").unlink()
    assert _check(far / "receipt.json") == 0


def test_a_register_below_its_quorum_is_told_so(
    brought: Path, trusted: Callable[..., Trust], key: Callable[[str], SeedSigner], capsys: Captured
) -> None:
    vkey = NoteKey("w.example", COSIGNATURE, key("witness").public()).vkey()
    brought.with_name("trust.json").write_text(trusted(f"witness w {vkey}", "quorum w").text)
    assert _verify(brought) == 0
    assert "BELOW ITS QUORUM" in capsys.readouterr().out


def test_an_output_that_cannot_be_written_has_exit_status_2(brought: Path) -> None:
    missing = brought.with_name("missing") / "receipt.json"
    assert run(["register", "receipt", str(brought), "7", "--out", str(missing)]) == 2


def test_the_sheet_and_the_page_go_beside_the_receipt(brought: Path) -> None:
    assert run(["register", "receipt", str(brought), "7", "--pdf", "--html"]) == 0
    assert brought.with_name("receipt.pdf").read_bytes().startswith(b"%PDF-")
    page = brought.with_name("receipt.html").read_text("utf-8")
    assert "custody.handed_over" in page
    assert json.dumps(brought.with_name("trust.json").read_text()).replace("<", "\\u003c") in page

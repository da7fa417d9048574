"""Receipts on the command line: each form checked, the sheet and the page written."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from habeas.cli.main import run
from habeas.register import checkpoint, receipt
from habeas.register.checkpoint import Checkpoint
from receipt_cases import SIZE, case, signer

Captured = pytest.CaptureFixture[str]
Check = Callable[..., int]


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    path = tmp_path / "trust.json"
    path.write_text(case().trust.text)
    return path


@pytest.fixture
def codes(tmp_path: Path) -> list[Path]:
    """The printed codes of the case, each in a file."""
    paths = [tmp_path / f"code-{n}.cbor" for n, _ in enumerate(case().codes())]
    for path, data in zip(paths, case().codes(), strict=True):
        path.write_bytes(data)
    return paths


@pytest.fixture
def check(trust: Path) -> Check:
    def _check(path: Path, *more: object) -> int:
        words = ["register", "receipt", "--check", str(path), "--trust", str(trust)]
        return run([*words, *map(str, more)])

    return _check


def _kept(path: Path, size: int = SIZE, root: bytes | None = None) -> Path:
    point = receipt.read_proof(case().receipt.proof).note.checkpoint
    made = Checkpoint(point.origin, size, root or point.root)
    path.write_text(checkpoint.signed(made, signer(point.origin)))
    return path


def test_scanned_codes_are_checked_with_the_enrolments_beside_them(
    codes: list[Path], check: Check, capsys: Captured
) -> None:
    first, one, other = codes
    assert check(first, "--beside", one, "--beside", other) == 0
    printed = capsys.readouterr().out
    assert "\nVALID\n" in printed
    assert "custody.handed_over of p_7q3k9x2m4v8t1z5w0r6y3b8c9d" in printed


def test_a_code_alone_says_what_it_lacks_and_where_that_is(
    codes: list[Path], check: Check, capsys: Captured
) -> None:
    assert check(codes[0]) == 1
    said = capsys.readouterr()
    assert "INVALID (signatures: H515 key a18983194cfc0481" in said.out
    assert "custody.handed_over" not in said.out
    assert "--beside: they are printed on the same page" in said.err


def test_the_text_of_a_scanner_is_a_receipt(tmp_path: Path, check: Check) -> None:
    path = tmp_path / "codes.txt"
    path.write_text(case().scanned().replace("\n", "\r\n"))
    assert check(path) == 0


def test_a_proof_needs_its_event(
    tmp_path: Path, codes: list[Path], check: Check, capsys: Captured
) -> None:
    proof, event = tmp_path / "receipt.tlog-proof", tmp_path / "event.json"
    proof.write_text(case().receipt.proof)
    held = json.loads(case().text())
    event.write_text(json.dumps({"body": held["body"], "sigblock": held["sigblock"], "salt": ""}))
    assert check(proof) == 1
    assert "INVALID (container: H549" in capsys.readouterr().out
    assert check(proof, "--beside", event, "--beside", codes[1], "--beside", codes[2]) == 0


def test_the_checkpoint_that_a_reader_kept_is_held_against_the_receipt(
    tmp_path: Path, check: Check, capsys: Captured
) -> None:
    path, kept = tmp_path / "receipt.json", tmp_path / "kept"
    path.write_text(case().text())
    for size, root, status, words in (
        (SIZE, None, 0, "and that of the receipt tell one history"),
        (SIZE, bytes(32), 1, "INVALID (consistency: H548 the log has signed two histories"),
        (SIZE + 9, bytes(32), 0, "It cannot be compared with the checkpoint that you kept"),
    ):
        assert check(path, "--kept", _kept(kept, size, root)) == status
        said = capsys.readouterr()
        assert words in said.out + said.err


def test_a_proof_that_fails_is_told_with_what_to_do(
    tmp_path: Path, check: Check, capsys: Captured
) -> None:
    path, kept, grown = tmp_path / "receipt.json", tmp_path / "kept", tmp_path / "grown"
    path.write_text(case().text())
    grown.write_text(base64.b64encode(bytes(32)).decode() + "\n")
    assert check(path, "--kept", _kept(kept, SIZE - 1), "--consistency", grown) == 1
    said = capsys.readouterr()
    assert "INVALID (consistency: H542 the proof does not show that the tree of 6" in said.out
    assert "custody.handed_over" not in said.out
    assert "Have it made again for the smaller size" in said.err
    grown.write_text("no hash")
    assert check(path, "--kept", kept, "--consistency", grown) == 2


def test_a_kept_checkpoint_that_is_none_is_a_wrong_call(
    tmp_path: Path, check: Check, capsys: Captured
) -> None:
    path, kept = tmp_path / "receipt.json", tmp_path / "kept"
    path.write_text(case().text())
    kept.write_text("none")
    assert check(path, "--kept", kept) == 2
    assert capsys.readouterr().err.startswith("H521")
    other = replace(case().trust.policy.log, name="log.example/other")
    kept.write_text(checkpoint.signed(Checkpoint(other.name, 1, bytes(32)), signer("other")))
    assert check(path, "--kept", kept) == 2

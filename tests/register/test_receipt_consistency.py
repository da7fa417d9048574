"""A kept checkpoint of another size: a proof holds it against the receipt, or nothing does."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from fakes import VAULT
from habeas.adapters.sqlite_store import SqliteStore
from habeas.cli.main import run
from habeas.register import checkpoint, merkle, receipt, signing, verify
from habeas.register.checkpoint import Checkpoint
from habeas.register.signing import SeedSigner
from habeas.register.tiles import TileTree
from habeas.service import record
from receipt_cases import SIZE, Case, case, leaves

Captured = pytest.CaptureFixture[str]
Code = Callable[..., str]
Key = Callable[[str], SeedSigner]


@pytest.fixture
def good() -> Case:
    return case()


def _note(point: Checkpoint, key: Key) -> str:
    return checkpoint.signed(point, key(point.origin))


def _kept(found: Case) -> Checkpoint:
    return receipt.read_proof(found.receipt.proof).note.checkpoint


@cache
def _grown() -> tuple[list[Case], merkle.Tree]:
    """The case in logs of 3 to 40 leaves, and the tree of the largest."""
    cases = [case(size) for size in range(3, 41)]
    entries = [signing.entry(one.salt, one.body, one.block) for one in leaves()]
    entries += [hashlib.sha256(b"other leaf %d" % n).digest() for n in range(37)]
    return cases, merkle.Tree([merkle.leaf_hash(entry) for entry in entries])


def _lines(proof: Sequence[bytes]) -> str:
    return "".join(f"{base64.b64encode(part).decode()}\n" for part in proof)


@pytest.mark.parametrize("size", [3, 4, 5, 7, 8, 16, 21, 33])
def test_a_proof_holds_a_kept_checkpoint_of_another_size_against_a_receipt(
    key: Key, size: int
) -> None:
    cases, tree = _grown()
    found, last = cases[size - 3], cases[-1]
    proof = _lines(tree.consistency(size, 40))
    for one, other in ((found, last), (last, found)):
        note = _note(_kept(other), key)
        shown = verify.receipt_verdict(one.text(), one.trust, kept=note, consistency=proof)
        assert (shown.text, shown.compared) == ("VALID", True)
        forked = _note(replace(_kept(other), root=bytes(32)), key)
        shown = verify.receipt_verdict(one.text(), one.trust, kept=forked, consistency=proof)
        assert shown.text.startswith("INVALID (consistency: H542")
        assert (shown.event, shown.compared) == (None, None)


def test_a_proof_between_other_sizes_or_altered_is_invalid(key: Key) -> None:
    cases, tree = _grown()
    one, note = cases[-1], _note(_kept(cases[4]), key)
    proof = tree.consistency(7, 40)
    others = [tree.consistency(size, 40) for size in range(3, 40) if size != 7]
    others += [[*proof, bytes(32)], proof[1:], proof[:-1], proof[::-1], [bytes(32)]]
    found = {
        verify.receipt_verdict(one.text(), one.trust, kept=note, consistency=_lines(other)).text[
            :26
        ]
        for other in others
    }
    assert found == {"INVALID (consistency: H542"}


def test_every_log_begins_with_the_empty_one(good: Case, key: Key) -> None:
    for root, text in ((merkle.EMPTY, "VALID"), (bytes(32), "INVALID (consistency: H542")):
        note = _note(replace(_kept(good), size=0, root=root), key)
        for proof in (None, ""):
            found = verify.receipt_verdict(good.text(), good.trust, kept=note, consistency=proof)
            assert found.text.startswith(text)


def test_a_consistency_proof_that_is_none_is_a_wrong_call(good: Case, key: Key, code: Code) -> None:
    note = _note(_kept(good), key)

    def asked(kept: str | None, proof: str) -> object:
        return verify.receipt_verdict(good.text(), good.trust, kept=kept, consistency=proof)

    assert code(asked, None, "") == "H541"
    assert code(asked, note, _lines([bytes(31)])) == "H541"
    assert code(asked, note, _lines([bytes(32)] * 64)) == "H541"
    assert code(asked, note, "=") == "H521"
    empty = _note(replace(_kept(good), size=SIZE - 1), key)
    found = verify.receipt_verdict(good.text(), good.trust, kept=empty, consistency="\n")
    assert (found.text, found.compared) == ("VALID", False)


def test_what_prove_prints_holds_a_kept_checkpoint_of_another_size_against_a_receipt(
    brought: Path, tmp_path: Path, capsys: Captured
) -> None:
    """A real register grows; its own command gives the proof that the reader's check takes."""
    trusted, grown = brought.with_name("trust.json"), tmp_path / "grown"
    with closing(SqliteStore(brought)) as store:
        notes = dict(store.checkpoints())
        last = record.make_receipt(store, VAULT, 0)
        early = replace(last, proof=_early(store, notes[6]))
    for name, found in (("last", last), ("early", early)):
        (tmp_path / name).write_text(receipt.write(found))
    assert run(["register", "prove", str(brought), "--since", "6"]) == 0
    grown.write_text(capsys.readouterr().out)
    for name, kept in (("last", 6), ("early", 12)):
        (tmp_path / "kept").write_text(notes[kept])
        words = ["register", "receipt", "--check", str(tmp_path / name), "--trust", str(trusted)]
        held = ["--kept", str(tmp_path / "kept")]
        assert run([*words, *held]) == 0
        assert "It cannot be compared" in capsys.readouterr().err
        assert run([*words, *held, "--consistency", str(grown)]) == 0
        assert "tell one history" in capsys.readouterr().err
        assert run([*words, "--consistency", str(grown)]) == 2
        assert capsys.readouterr().err.startswith("H541")


def _early(store: SqliteStore, note: str) -> str:
    tree, first = TileTree(store), next(iter(VAULT.records(store.rows(0, 1))))
    return receipt.proof_text(first.salt, 0, tree.inclusion(0, 6), note)

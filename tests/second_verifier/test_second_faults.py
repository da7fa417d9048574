"""What the pages refuse and habeas does not: each is signed, and the second verifier refuses it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from second_verifier import craft
from second_verifier.craft import actor, fields, person, public, signed
from second_verifier.first import First
from second_verifier.policy import read_trust
from second_verifier.printed import printed_verdict
from second_verifier.sealing import Signed
from second_verifier.verdict import BrokenError
from second_verifier.whole import check_register

A = actor("AA", "custodian", "a")
BASE = craft.Log().with_leaves(signed(craft.enrolment(1, "AA", "a"), ["root AA"]))
GOOD: dict[str, object] = fields(100, "custody.opened", [A], subject=person(1), seq=0)
SPACED = public("n").hex()[:2] + " " + public("n").hex()[2:]
CHANGES: dict[str, dict[str, object]] = {
    "a kind that is none": {"type": "custody.eaten"},
    "corrects that is no id": {"corrects": "x"},
    "head that is no hash": {"head": "x"},
    "facility empty": {"facility": ""},
    "prev that is no hash": {"seq": 1, "prev": "x"},
    "an offset of 60 minutes": {"occurred_at": "2027-01-02T03:04:05+01:60"},
    "a section's digest that is none": {"sections": [{"name": "x", "digest": "x"}]},
}


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    path = tmp_path / "trust.json"
    path.write_bytes(craft.trust_text())
    return path


def both(first: First, trust: Path, event: Signed) -> tuple[bool, bool]:
    """Whether the first and the second find that a receipt of the event holds."""
    path = trust.with_name("receipt.json")
    path.write_bytes(BASE.with_leaves(event).receipt(1, [0]))
    read = printed_verdict(path.read_bytes(), read_trust(trust.read_bytes()))
    return first.receipt(path, trust).holds, read.holds


@pytest.mark.parametrize("name", CHANGES)
def test_a_receipt_of_a_malformed_field_does_not_hold(first: First, trust: Path, name: str) -> None:
    assert both(first, trust, signed({**GOOD, **CHANGES[name]}, ["a"])) == (False, False)


def test_an_event_of_a_person_names_the_person(first: First, trust: Path) -> None:
    event = fields(100, "custody.opened", [A])
    assert both(first, trust, signed(event, ["a"])) == (False, False)


def test_an_enrolment_inside_a_receipt_has_no_keys(first: First, trust: Path) -> None:
    told = json.loads(BASE.with_leaves(signed(GOOD, ["a"])).receipt(1, [0]))
    told["keys"][0]["keys"] = []
    path = trust.with_name("receipt.json")
    path.write_text(json.dumps(told), encoding="utf-8")
    read = printed_verdict(path.read_bytes(), read_trust(trust.read_bytes()))
    assert (first.receipt(path, trust).holds, read.holds) == (False, False)


def whole(first: First, trust: Path, *leaves: Signed) -> tuple[bool, bool]:
    folder = trust.with_name("export")
    BASE.with_leaves(*leaves).export(folder)
    read = check_register(folder, read_trust(trust.read_bytes()))
    return first.register(folder, trust).holds, read.holds


def test_content_of_a_batched_event_holds_a_batch_block(first: First, trust: Path) -> None:
    plain = signed(GOOD, ["a"])
    junk = replace(plain, path=b"anything at all", manifest=b"and more of it")
    assert whole(first, trust, junk) == (False, False)


def test_a_key_is_hexadecimal_without_blanks(first: First, trust: Path) -> None:
    body = {"authority": "AA", "public": SPACED}
    event = fields(100, "key.enrolled", [actor("AA", "root", "root AA")], body=body)
    assert whole(first, trust, signed(event, ["root AA"])) == (False, False)


def test_a_root_key_is_hexadecimal_without_blanks(first: First, trust: Path) -> None:
    told = json.loads(trust.read_bytes())
    told["roots"] = {name: f"{key[:2]} {key[2:]}" for name, key in told["roots"].items()}
    trust.write_text(json.dumps(told), encoding="utf-8")
    path = trust.with_name("receipt.json")
    path.write_bytes(BASE.receipt(0, []))
    with pytest.raises(BrokenError, match="H526"):
        read_trust(trust.read_bytes())
    assert not first.receipt(path, trust).holds

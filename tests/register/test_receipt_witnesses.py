"""Receipts whose checkpoint was cosigned; and receipts of which any one character was changed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from habeas.register import checkpoint, receipt, verify
from habeas.register.checkpoint import COSIGNATURE, NoteKey
from habeas.register.keys import Trust
from habeas.register.log import Signed
from habeas.register.receipt import Receipt
from habeas.register.signing import SeedSigner

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
Make = Callable[..., Signed]


def _verdict(found: Receipt, trust: Trust) -> str:
    return verify.receipt_verdict(receipt.write(found), trust).text


def _code(found: Receipt, trust: Trust) -> str:
    fault = verify.receipt_verdict(receipt.write(found), trust).fault
    return fault.code if fault else ""


@pytest.fixture
def asked(trusted: Callable[..., Trust], key: Key) -> Trust:
    """A trust file whose policy asks for one of two witnesses."""
    vkeys = [NoteKey(f"w{n}.example", COSIGNATURE, key(f"w{n}").public()).vkey() for n in (1, 2)]
    return trusted(f"witness a {vkeys[0]}", f"witness b {vkeys[1]}", "group g any a b", "quorum g")


@pytest.fixture
def witnessed(handover: Receipt, key: Key) -> Receipt:
    """The handover's receipt, cosigned by the first witness."""
    point = receipt.read_proof(handover.proof).note.checkpoint
    line = checkpoint.cosigned(point, "w1.example", key("w1"), 1772482000)
    return replace(handover, proof=handover.proof + line)


def test_a_quorum_of_witnesses_makes_it_valid(
    witnessed: Receipt, handover: Receipt, asked: Trust, trust: Trust
) -> None:
    assert _verdict(witnessed, asked) == "VALID"
    assert _verdict(handover, asked) == "VALID, NOT WITNESSED"
    assert _verdict(witnessed, trust) == "VALID, NOT WITNESSED"


def test_a_witness_outside_the_policy_counts_for_nothing(
    handover: Receipt, asked: Trust, key: Key
) -> None:
    point = receipt.read_proof(handover.proof).note.checkpoint
    line = checkpoint.cosigned(point, "w3.example", key("w3"), 1772482000)
    assert _verdict(replace(handover, proof=handover.proof + line), asked) == "VALID, NOT WITNESSED"


def test_a_false_cosignature_of_a_known_witness_makes_it_invalid(
    witnessed: Receipt, asked: Trust, key: Key
) -> None:
    point = replace(receipt.read_proof(witnessed.proof).note.checkpoint, size=11)
    line = checkpoint.cosigned(point, "w2.example", key("w2"), 1772482000)
    assert _code(replace(witnessed, proof=witnessed.proof + line), asked) == "H524"


def _watched(text: str, changes: Iterable[str], trust: Trust) -> Iterator[bool]:
    """Whether each change makes the receipt invalid, or touches white space only."""
    before = verify.receipt_verdict(text, trust)
    for changed in changes:
        found = verify.receipt_verdict(changed, trust)
        same = found == before and "".join(changed.split()) == "".join(text.split())
        yield same or found.text.startswith("INVALID")


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize(("mask", "stride"), [(1, 1), (32, 7)])
def test_every_changed_character_makes_it_invalid_or_is_white_space(
    handover: Receipt, trust: Trust, mask: int, stride: int
) -> None:
    text = receipt.write(handover)
    places = range(0, len(text), stride)
    changes = (text[:n] + chr(ord(text[n]) ^ mask) + text[n + 1 :] for n in places)
    watched = zip(places, _watched(text, changes, trust), strict=True)
    assert [place for place, good in watched if not good] == []


@pytest.mark.parametrize("count", [0, 2])
def test_every_dropped_or_doubled_character_makes_it_invalid_or_is_white_space(
    handover: Receipt, trust: Trust, count: int
) -> None:
    text = receipt.write(handover)
    places = range(0, len(text), 3)
    changes = (text[:n] + text[n] * count + text[n + 1 :] for n in places)
    watched = zip(places, _watched(text, changes, trust), strict=True)
    assert [place for place, good in watched if not good] == []


@pytest.mark.no_cover  # the same lines again and again
def test_a_changed_character_of_a_witnessed_receipt_never_shows_another_event(
    witnessed: Receipt, asked: Trust
) -> None:
    text = receipt.write(witnessed)
    before = replace(verify.receipt_verdict(text, asked), text="")
    for place in range(0, len(text), 3):
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        found = verify.receipt_verdict(changed, asked)
        assert found.text.startswith("INVALID") or replace(found, text="") == before, place

"""The nine alterations of the worked example that must be refused, each by its own function."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from habeas.errors import RegisterError
from habeas.register import checkpoint, events, merkle, receipt, signing
from habeas.register.policy import Policy, read_policy

Vectors = dict[str, Any]
Code = Callable[..., str]


@pytest.fixture
def policy(example: Vectors) -> Policy:
    return read_policy(example["policy_utf8"])


@pytest.fixture
def body(example: Vectors) -> bytes:
    return bytes(example["body"]["utf8"].encode())


@pytest.fixture
def block(example: Vectors) -> bytes:
    return bytes.fromhex(example["sigblock"]["hex"])


@pytest.fixture
def actors(example: Vectors) -> dict[str, bytes]:
    rows = [row for row in example["keys"] if row["use"] == "event"]
    return {row["keyid8_hex"]: bytes.fromhex(row["public_hex"]) for row in rows}


def _included(
    example: Vectors, entry: bytes, index: int = 1, hashes: Sequence[bytes] | None = None
) -> bool:
    proof = receipt.read_proof(example["receipt_tlog_proof_utf8"])
    root, size = proof.note.checkpoint.root, proof.note.checkpoint.size
    given = proof.hashes if hashes is None else hashes
    return merkle.included(merkle.leaf_hash(entry), index, size, given, root)


def _entry(example: Vectors) -> bytes:
    return bytes.fromhex(example["commitment"]["entry_hex"])


def _verified(text: str, policy: Policy) -> frozenset[str]:
    witnesses = tuple(policy.witnesses.values())
    return checkpoint.verified(checkpoint.read_note(text), policy.log, witnesses)


def test_the_list_has_nine_alterations_and_the_unaltered_example_passes(
    example: Vectors, policy: Policy, body: bytes, block: bytes, actors: dict[str, bytes]
) -> None:
    signing.check_sigblock(body, block, actors)
    assert len(example["must_reject"]) == 9
    assert _included(example, _entry(example))
    assert len(_verified(example["checkpoint"]["note_utf8"], policy)) == 2


def test_a_body_whose_custody_number_was_changed_is_not_what_was_signed(
    code: Code, body: bytes, block: bytes, actors: dict[str, bytes]
) -> None:
    changed = body.replace(b'"seq":4', b'"seq":5')
    assert events.parse(changed)["seq"] == 5
    assert code(signing.check_sigblock, changed, block, actors) == "H514"


def test_a_space_after_the_first_colon_is_not_canonicalised_away(code: Code, body: bytes) -> None:
    assert code(events.parse, body.replace(b":", b": ", 1)) == "H502"


def test_another_salt_leads_to_another_leaf(example: Vectors, body: bytes, block: bytes) -> None:
    salt = bytearray.fromhex(example["commitment"]["salt_hex"])
    salt[-1] ^= 1
    entry = signing.entry(bytes(salt), body, block)
    assert entry != _entry(example)
    assert not _included(example, entry)


def test_signatures_in_the_other_order_are_refused(
    code: Code, body: bytes, block: bytes, actors: dict[str, bytes]
) -> None:
    assert code(signing.check_sigblock, body, block[72:] + block[:72], actors) == "H512"


def test_a_handover_without_its_second_signature_is_refused(
    code: Code, body: bytes, block: bytes, actors: dict[str, bytes]
) -> None:
    assert code(signing.check_sigblock, body, block[:72], actors) == "H513"


@pytest.mark.parametrize("index", [0, 2])
def test_the_event_is_at_no_other_index(example: Vectors, index: int) -> None:
    assert not _included(example, _entry(example), index=index)


def test_the_hashes_of_a_proof_have_an_order(example: Vectors) -> None:
    hashes = [bytes.fromhex(one) for one in example["tree"]["inclusion_of_1_in_3_hex"]]
    assert _included(example, _entry(example), hashes=hashes)
    assert not _included(example, _entry(example), hashes=hashes[::-1])


def test_a_checkpoint_of_another_size_is_not_what_the_log_signed(
    example: Vectors, code: Code, policy: Policy
) -> None:
    text = example["checkpoint"]["note_utf8"].replace("\n3\n", "\n4\n")
    assert checkpoint.read_note(text).checkpoint.size == 4
    assert code(_verified, text, policy) == "H523"


@pytest.mark.parametrize("witness", [0, 1])
def test_a_cosignature_holds_for_its_own_second_only(
    example: Vectors, code: Code, policy: Policy, witness: int
) -> None:
    row = example["checkpoint"]["witnesses"][witness]
    head, _, packed = row["line"].strip().rpartition(" ")
    data = base64.b64decode(packed)
    later = data[:4] + (row["time"] + 1).to_bytes(8, "big") + data[12:]
    line = f"{head} {base64.b64encode(later).decode()}\n"
    note = example["checkpoint"]["note_utf8"].replace(row["line"], line)
    assert code(_verified, note, policy) == "H524"


def _blocks(block: bytes) -> list[tuple[str, bytes]]:
    one, other = block[:72], block[72:]
    flipped = block[:-1] + bytes([block[-1] ^ 1])
    return [
        ("H511", b""),
        ("H511", block[:-1]),
        ("H511", block + b"\0"),
        ("H512", one + one),
        ("H513", other),
        ("H513", block + b"\xff" * 72),
        ("H514", flipped),
    ]


def test_each_malformed_signature_block_has_its_code(
    code: Code, body: bytes, block: bytes, actors: dict[str, bytes]
) -> None:
    for expected, given in _blocks(block):
        assert code(signing.check_sigblock, body, given, actors) == expected


def test_a_signature_of_another_key_under_the_right_key_id_is_refused(
    body: bytes, block: bytes, actors: dict[str, bytes]
) -> None:
    one, other = sorted(actors)
    swapped = {one: actors[other], other: actors[one]}
    with pytest.raises(RegisterError, match=one):
        signing.check_sigblock(body, block, swapped)


def test_a_malformed_public_key_verifies_nothing() -> None:
    assert [signing.good(key, bytes(64), b"") for key in (b"", bytes(31), bytes(33))] == [False] * 3
    assert not signing.good(b"\xff" * 32, bytes(64), b"")
    assert not signing.good(bytes(32), b"", b"")

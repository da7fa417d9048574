"""The worked example of the specification, byte for byte; every value of the vectors is a fact."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from habeas.register import checkpoint, events, merkle, receipt, signing, tiles
from habeas.register.checkpoint import COSIGNATURE, LOG, Checkpoint, Note, NoteKey
from habeas.register.policy import Policy, read_policy
from habeas.register.signing import SeedSigner
from shelves import shelved

SPEC = Path(__file__).parents[2] / "docs" / "spec"
ORIGIN = "log.sv.example/us-sv-2025/2026"


@pytest.fixture
def signers(example: dict[str, Any]) -> dict[str, SeedSigner]:
    return {row["name"]: SeedSigner(bytes.fromhex(row["seed_hex"])) for row in example["keys"]}


@pytest.fixture
def body(example: dict[str, Any]) -> bytes:
    return events.canonical(example["event"])


@pytest.fixture
def block(body: bytes, signers: dict[str, SeedSigner]) -> bytes:
    return signing.sigblock(body, [signers["sv-dgcp-1"], signers["us-bop-1"]])


@pytest.fixture
def leaves(example: dict[str, Any]) -> list[bytes]:
    return [merkle.leaf_hash(bytes.fromhex(one)) for one in example["tree"]["entries_hex"]]


@pytest.fixture
def point(leaves: list[bytes]) -> Checkpoint:
    return Checkpoint(ORIGIN, 3, merkle.root(leaves))


@pytest.fixture
def policy(example: dict[str, Any]) -> Policy:
    return read_policy(example["policy_utf8"])


def _cosigners(note: str, policy: Policy) -> frozenset[str]:
    read = checkpoint.read_note(note)
    return checkpoint.verified(read, policy.log, tuple(policy.witnesses.values()))


def test_a_test_key_is_the_hash_of_its_name(example: dict[str, Any]) -> None:
    for row in example["keys"]:
        seed = hashlib.sha256(row["name"].encode()).digest()
        assert (seed.hex(), SeedSigner(seed).public().hex()) == (row["seed_hex"], row["public_hex"])


def test_event_keys_have_their_key_ids(example: dict[str, Any]) -> None:
    rows = [row for row in example["keys"] if row["use"] == "event"]
    found = [signing.keyid8(bytes.fromhex(row["public_hex"])).hex() for row in rows]
    assert found == ["a18983194cfc0481", "fb51ea06b8989f55"]
    assert found == [row["keyid8_hex"] for row in rows]


def test_note_keys_have_their_ids_and_vkeys(example: dict[str, Any]) -> None:
    kinds = {"log": LOG, "witness": COSIGNATURE}
    for row in example["keys"][2:]:
        key = NoteKey(row["name"], kinds[row["use"]], bytes.fromhex(row["public_hex"]))
        assert (key.type, key.id.hex()) == (row["signature_type"], row["note_key_id_hex"])
        assert (key.vkey(), checkpoint.read_vkey(row["vkey"])) == (row["vkey"], key)


def test_the_section_digest_is_salted(example: dict[str, Any]) -> None:
    row = example["section"]
    digest = signing.section_digest(bytes.fromhex(row["salt_hex"]), row["bytes_utf8"].encode())
    assert base64.b64encode(digest).decode() == row["digest_base64"]
    assert row["digest_base64"] == example["event"]["sections"][0]["digest"]


def test_the_body_has_one_spelling(example: dict[str, Any], body: bytes) -> None:
    assert body == example["body"]["utf8"].encode()
    assert (len(body), hashlib.sha256(body).hexdigest()) == (744, example["body"]["sha256_hex"])
    assert events.parse(body) == example["event"]


def test_the_body_is_an_event(example: dict[str, Any]) -> None:
    event = events.event(example["event"], 1)
    assert (event.kind, event.seq, event.index) == ("custody.handed_over", 4, 1)
    assert event.occurred_at.isoformat() == "2026-03-02T20:05:00+00:00"
    assert [actor.role for actor in event.actors] == ["releasing", "receiving"]


def test_the_signed_message_is_the_pae_of_the_body(example: dict[str, Any], body: bytes) -> None:
    row, message = example["pae"], signing.pae(body)
    assert message == row["prefix_utf8"].encode() + body
    assert (len(message), hashlib.sha256(message).hexdigest()) == (795, row["sha256_hex"])
    assert (signing.PAYLOAD_TYPE, len(signing.PAYLOAD_TYPE)) == (row["payload_type"], 36)


def test_both_custodians_sign(
    example: dict[str, Any], body: bytes, signers: dict[str, SeedSigner]
) -> None:
    for row in example["signatures"]:
        signer, signature = signers[row["signer"]], bytes.fromhex(row["signature_hex"])
        assert signer.sign(signing.pae(body)) == signature
        assert signing.good(signer.public(), signature, signing.pae(body))


def test_the_signature_block_ascends_by_key_id(example: dict[str, Any], block: bytes) -> None:
    assert block.hex() == example["sigblock"]["hex"]
    assert (len(block), hashlib.sha256(block).hexdigest()) == (
        144,
        example["sigblock"]["sha256_hex"],
    )


def test_the_entry_commits_to_salt_body_and_signatures(
    example: dict[str, Any], body: bytes, block: bytes
) -> None:
    row = example["commitment"]
    entry = signing.entry(bytes.fromhex(row["salt_hex"]), body, block)
    assert entry.hex() == row["entry_hex"]
    assert base64.b64encode(entry).decode() == row["entry_base64"]
    assert merkle.leaf_hash(entry).hex() == row["leaf_hash_hex"]


def test_the_tree_of_three_leaves(example: dict[str, Any], leaves: list[bytes]) -> None:
    row, tree = example["tree"], merkle.Tree(leaves)
    assert [leaf.hex() for leaf in leaves] == row["leaf_hashes_hex"]
    assert [tree.root(size).hex() for size in range(4)] == row["roots_hex"]
    assert merkle.node_hash(leaves[0], leaves[1]).hex() == row["node_0_2_hex"]


def test_the_proofs_of_three_leaves(example: dict[str, Any], leaves: list[bytes]) -> None:
    row, tree = example["tree"], merkle.Tree(leaves)
    assert [part.hex() for part in tree.inclusion(1)] == row["inclusion_of_1_in_3_hex"]
    assert [part.hex() for part in tree.consistency(1)] == row["consistency_1_to_3_hex"]
    assert [part.hex() for part in tree.consistency(2)] == row["consistency_2_to_3_hex"]


def test_the_checkpoint_note_with_its_cosignatures(
    example: dict[str, Any], point: Checkpoint, signers: dict[str, SeedSigner]
) -> None:
    row = example["checkpoint"]
    note = checkpoint.signed(point, signers[ORIGIN])
    assert (point.text(), note) == (
        row["body_utf8"],
        f"{row['body_utf8']}\n{row['log_signature_line']}",
    )
    for one in row["witnesses"]:
        line = checkpoint.cosigned(point, one["name"], signers[one["name"]], one["time"])
        assert line == one["line"]
        note += line
    assert note == row["note_utf8"]


def test_a_witness_signs_the_time_and_the_checkpoint(
    example: dict[str, Any], point: Checkpoint
) -> None:
    rows = example["checkpoint"]["witnesses"]
    found = [checkpoint.cosignature_message(point, row["time"]).decode() for row in rows]
    assert found == [row["signed_message_utf8"] for row in rows]


def test_the_note_reads_back(example: dict[str, Any], point: Checkpoint, policy: Policy) -> None:
    note: Note = checkpoint.read_note(example["checkpoint"]["note_utf8"])
    names = [ORIGIN, *(row["name"] for row in example["checkpoint"]["witnesses"])]
    assert (note.checkpoint, [line.name for line in note.lines]) == (point, names)
    assert _cosigners(example["checkpoint"]["note_utf8"], policy) == frozenset(names[1:])


def test_the_quorum_is_met_by_both_witnesses_and_not_by_one(
    example: dict[str, Any], policy: Policy
) -> None:
    row = example["checkpoint"]
    head = f"{row['body_utf8']}\n{row['log_signature_line']}"
    lines = [one["line"] for one in row["witnesses"]]
    for given, met in ((lines, True), (lines[:1], False), (lines[1:], False), ([], False)):
        assert policy.met(_cosigners(head + "".join(given), policy)) is met


def test_the_entry_bundle_and_the_tile(example: dict[str, Any]) -> None:
    entries = [bytes.fromhex(one) for one in example["tree"]["entries_hex"]]
    bundle, tile = example["entry_bundle"], example["tile"]
    wanted = {one["path"]: bytes.fromhex(one["hex"]) for one in (bundle, tile)}
    assert dict(tiles.files(*shelved(entries))) == wanted


def test_the_tlog_proof(example: dict[str, Any], leaves: list[bytes]) -> None:
    salt = bytes.fromhex(example["commitment"]["salt_hex"])
    hashes, note = merkle.Tree(leaves).inclusion(1), example["checkpoint"]["note_utf8"]
    text = receipt.proof_text(salt, 1, hashes, note)
    assert text == example["receipt_tlog_proof_utf8"]
    read = receipt.read_proof(text)
    assert read == receipt.Proof(salt, 1, tuple(hashes), checkpoint.read_note(note))


def test_the_specification_shows_the_body_of_the_vectors(example: dict[str, Any]) -> None:
    block = re.findall(r"```\n(\{.*?)```", (SPEC / "event.md").read_text("utf-8"), re.DOTALL)
    assert block[0].replace("\n", "") == example["body"]["utf8"]


def test_the_specification_shows_the_proof_of_the_vectors(example: dict[str, Any]) -> None:
    block = re.findall(r"```\n(c2sp.*?)```", (SPEC / "receipt.md").read_text("utf-8"), re.DOTALL)
    assert block == [example["receipt_tlog_proof_utf8"]]

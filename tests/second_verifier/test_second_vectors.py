"""The second verifier against the vectors: what holds there holds, what must be refused is."""

import ast
import base64
import dataclasses
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from second_verifier import cbor, keystore, note, policy, roll, sealing, spelling, tree
from second_verifier.content import read_content
from second_verifier.event import read_body
from second_verifier.keys import KeyBook, Known
from second_verifier.printed import printed_verdict, read_any
from second_verifier.receipt import Part, check_part, read_proof
from second_verifier.verdict import BrokenError

HERE = Path(__file__).parent
VECTORS = HERE.parent / "vectors"
# Any: the vectors are nested JSON, read by their keys.
EXAMPLE: Any = json.loads((VECTORS / "register-example.json").read_text(encoding="utf-8"))
MERKLE: Any = json.loads((VECTORS / "merkle.json").read_text(encoding="utf-8"))
PROOF = EXAMPLE["receipt_tlog_proof_utf8"]
SEALED = EXAMPLE["sealed_content"]


def hexed(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def example() -> sealing.Signed:
    salt = bytes.fromhex(EXAMPLE["commitment"]["salt_hex"])
    return sealing.Signed(
        salt, EXAMPLE["body"]["utf8"].encode(), bytes.fromhex(EXAMPLE["sigblock"]["hex"])
    )


def book() -> KeyBook:
    """The two officers' keys, as if enrolled before everything."""
    found = KeyBook({})
    officers = {"us-bop-1": "US-BOP", "sv-dgcp-1": "SV-DGCP"}
    for key in EXAMPLE["keys"]:
        if key["name"] in officers:
            public = bytes.fromhex(key["public_hex"])
            found.know(Known(officers[key["name"]], public, -1))
    return found


def trust() -> policy.Trust:
    return policy.Trust(policy.read_policy(EXAMPLE["policy_utf8"]), {}, demonstration=False)


def show(signed: sealing.Signed, proof: str) -> str:
    return check_part(Part(signed, read_proof(proof)), trust(), book()).event.id


def test_the_second_verifier_shares_no_code_with_the_first() -> None:
    allowed = {*sys.stdlib_module_names, "cryptography", "second_verifier"}
    for file in HERE.glob("*.py"):
        if file.name == "conftest.py" or file.name.startswith("test_"):
            continue
        for part in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [part.module or ""] if isinstance(part, ast.ImportFrom) else []
            names += [alias.name for alias in part.names] if isinstance(part, ast.Import) else []
            assert {name.split(".")[0] for name in names} <= allowed, file.name


def test_no_file_of_the_second_verifier_is_long() -> None:
    lengths = {file.name: len(file.read_bytes().splitlines()) for file in HERE.glob("*.py")}
    assert all(n < (400 if name.startswith("test_") else 300) for name, n in lengths.items())


def test_the_worked_example_is_computed_byte_by_byte() -> None:
    signed = example()
    assert (
        sealing.pae(signed.body).hex()
        == (EXAMPLE["pae"]["prefix_utf8"].encode() + signed.body).hex()
    )
    assert sealing.entry_of(signed).hex() == EXAMPLE["commitment"]["entry_hex"]
    hashed = tree.leaf_hash(sealing.entry_of(signed))
    assert hashed.hex() == EXAMPLE["commitment"]["leaf_hash_hex"]
    section = EXAMPLE["section"]
    digest = sealing.section_digest(
        bytes.fromhex(section["salt_hex"]), section["bytes_utf8"].encode()
    )
    assert spelling.base64_text(digest) == section["digest_base64"]


def test_the_worked_receipt_holds_and_is_witnessed() -> None:
    shown = check_part(Part(example(), read_proof(PROOF)), trust(), book())
    assert shown.event.id == EXAMPLE["event"]["id"]
    assert shown.witnessed
    assert shown.note.root.hex() == EXAMPLE["tree"]["roots_hex"][3]


def swapped(proof: str) -> str:
    rows = proof.split("\n")
    rows[3], rows[4] = rows[4], rows[3]
    return "\n".join(rows)


def later(proof: str) -> str:
    rows = proof.split("\n")
    words = rows[-3].split(" ")
    data = bytearray(base64.b64decode(words[2]))
    data[11] += 1
    rows[-3] = " ".join([*words[:2], base64.b64encode(data).decode()])
    return "\n".join(rows)


Change = Callable[[bytes, bytes, bytes, str], tuple[bytes, bytes, bytes, str]]
FORBIDDEN: dict[str, tuple[Change, str]] = {
    "body: seq 4 changed to 5": (
        lambda b, k, s, p: (b.replace(b'"seq":4', b'"seq":5'), k, s, p),
        "signatures H514",
    ),
    "body: a space added after the first colon (never re-canonicalised)": (
        lambda b, k, s, p: (b.replace(b":", b": ", 1), k, s, p),
        "body H502",
    ),
    "salt: last byte changed": (
        lambda b, k, s, p: (b, k, s[:-1] + bytes([s[-1] ^ 1]), p),
        "inclusion H542",
    ),
    "sigblock: the two signatures in the other order": (
        lambda b, k, s, p: (b, k[72:] + k[:72], s, p),
        "signatures H512",
    ),
    "sigblock: second signature removed": (
        lambda b, k, s, p: (b, k[:72], s, p),
        "signatures H513",
    ),
    "index 0 or 2 instead of 1": (
        lambda b, k, s, p: (b, k, s, p.replace("index 1", "index 2")),
        "inclusion H542",
    ),
    "proof: hashes swapped": (lambda b, k, s, p: (b, k, s, swapped(p)), "inclusion H542"),
    "checkpoint: size 4 instead of 3": (
        lambda b, k, s, p: (b, k, s, p.replace("\n3\n", "\n4\n")),
        "checkpoint H523",
    ),
    "cosignature: time raised by one second": (
        lambda b, k, s, p: (b, k, s, later(p)),
        "checkpoint H524",
    ),
}


def test_every_forbidden_way_of_the_vectors_has_a_case() -> None:
    assert list(FORBIDDEN) == EXAMPLE["must_reject"]


@pytest.mark.parametrize("way", EXAMPLE["must_reject"])
def test_each_forbidden_way_is_refused_at_its_step(way: str) -> None:
    change, expected = FORBIDDEN[way]
    signed = example()
    body, block, salt, proof = change(signed.body, signed.block, signed.salt, PROOF)
    with pytest.raises(BrokenError) as refused:
        show(sealing.Signed(salt, body, block), proof)
    assert f"{refused.value.place} {refused.value.code}" == expected


def test_index_0_is_refused_as_index_2_is() -> None:
    with pytest.raises(BrokenError):
        show(example(), PROOF.replace("index 1", "index 0"))
    assert show(example(), PROOF) == EXAMPLE["event"]["id"]


def test_the_printed_receipt_is_the_file_in_other_bytes() -> None:
    data = bytes.fromhex(EXAMPLE["receipt_cbor"]["hex"])
    part, enrolments = read_any(data, trust().policy)
    assert enrolments == ()
    assert part.signed == example()
    assert check_part(part, trust(), book()).witnessed
    assert cbor.encode(cbor.decode(data, 8192)) == data
    assert printed_verdict(data, trust()).codes == ("H515",)


@pytest.mark.parametrize("proof", [*MERKLE["inclusion"], *MERKLE["inclusion_large"]])
def test_every_inclusion_proof_of_the_vectors_holds(proof: dict[str, Any]) -> None:
    leaf = bytes.fromhex(proof["leaf_hash"])
    root = tree.inclusion_root(proof["index"], proof["size"], leaf, hexed(proof["proof"]))
    assert root == bytes.fromhex(proof["root"])


def extends(proof: dict[str, Any]) -> bool:
    old = (proof["old"], bytes.fromhex(proof["old_root"]))
    new = (proof["new"], bytes.fromhex(proof["new_root"]))
    return tree.extends(old, new, hexed(proof["proof"]))


def test_every_consistency_proof_of_the_vectors_holds() -> None:
    assert all(extends(proof) for proof in MERKLE["consistency"])
    assert all(extends(proof) for proof in MERKLE["consistency_large"])


def test_every_false_proof_of_the_vectors_is_refused() -> None:
    for proof in MERKLE["reject"]:
        if proof["kind"] == "inclusion":
            leaf = bytes.fromhex(proof["leaf_hash"])
            found = tree.inclusion_root(proof["index"], proof["size"], leaf, hexed(proof["proof"]))
            assert found != bytes.fromhex(proof["root"]), proof["why"]
        else:
            assert not extends(proof), proof["why"]


def test_roots_and_tiles_of_the_vectors_are_computed() -> None:
    hashes = [tree.leaf_hash(hashlib.sha256(b"leaf %d" % i).digest()) for i in range(70_000)]
    for row in MERKLE["roots"]:
        if row["size"] <= len(hashes):
            assert tree.root_of(hashes[: row["size"]]).hex() == row["root"]
    tiles = tree.full_tiles(hashes)
    for tile in MERKLE["tiles_of_size_70000"]:
        if tile["width"] == tree.WIDTH:
            found = hashlib.sha256(tiles[tile["level"], tile["n"]]).hexdigest()
            assert found == tile["sha256"]
    for row in MERKLE["tile_paths"]:
        assert row["path"].endswith(tree.spelled(row["n"]))


def test_the_batch_of_the_vectors_holds_and_no_other_place_does() -> None:
    batch = EXAMPLE["batch_manifest"]
    own = batch["event_1"]
    bodies = [text.encode() for text in batch["bodies_utf8"]]
    block, salt = bytes.fromhex(own["batchblock_hex"]), bytes.fromhex(own["salt_hex"])
    manifest = bytes.fromhex(batch["signature_hex"])
    paths = [b"".join(hexed(path)) for path in batch["paths_hex"]]
    signed = sealing.Signed(salt, bodies[1], block, paths[1], manifest)
    event = read_body(bodies[1])
    sealing.check_block(event, signed)
    sealing.check_signatures(signed, book().publics(event, 0))
    assert sealing.entry_of(signed).hex() == own["entry_hex"]
    for place in (0, 2, 3, 4):
        other = sealing.Signed(salt, bodies[place], block, paths[place], manifest)
        with pytest.raises(BrokenError, match="H519"):
            sealing.check_block(read_body(bodies[place]), other)


def test_the_pad_of_the_vectors_is_computed() -> None:
    pad = EXAMPLE["pad"]
    assert sealing.pad_entry(bytes.fromhex(pad["salt_hex"])).hex() == pad["entry_hex"]


def test_the_sealed_content_of_the_vectors_opens_and_an_altered_one_does_not() -> None:
    person, signed = bytes.fromhex(SEALED["person_key_hex"]), example()
    entry = sealing.entry_of(signed)
    plain = cbor.encode([1, signed.salt, signed.body, signed.block])
    assert hashlib.sha256(plain).hexdigest() == SEALED["plaintext_cbor_sha256_hex"]
    key = keystore.content_key(person, EXAMPLE["event"]["id"])
    assert key.hex() == SEALED["content_key_hex"]
    label = bytes.fromhex(SEALED["aad_hex"])
    nonce = bytes.fromhex(SEALED["nonce_hex"])
    sealed = nonce + AESGCM(key).encrypt(nonce, plain, label)
    assert hashlib.sha256(sealed).hexdigest() == SEALED["sealed_sha256_hex"]
    opened = keystore.unseal_content(person, EXAMPLE["event"]["id"], sealed, entry)
    assert read_content(opened) == signed
    with pytest.raises(BrokenError, match="H591"):
        keystore.unseal_content(person, EXAMPLE["event"]["id"], sealed, bytes(32))


def test_the_roll_of_the_vectors_shows_who_stands_in_it_and_who_does_not() -> None:
    told = EXAMPLE["roll"]
    rows = roll.read_rows(b"".join(hexed(told["rows_sorted_hex"])))
    root, day = roll.roll_root(rows), told["date"]
    assert root.hex() == told["root_hex"]
    proofs = [hexed(proof) for proof in told["all_inclusion_hex"]]
    for person in told["tokens"]:
        token, row = bytes.fromhex(person["token_hex"]), bytes.fromhex(person["row_hex"])
        index = rows.index(row)
        assert roll.label_of(token, day, 1) == row[:16]
        assert roll.open_row(token, row, day, 1) == person["status"]
        assert roll.present(row, index, 5, proofs[index], root)
    for person in told["absent"]:
        label = roll.label_of(bytes.fromhex(person["token_hex"]), day, 1)
        assert label.hex() == person["label_hex"]
        places = [
            place for place in (person["row_below"], person["row_above"]) if place is not None
        ]
        found = [(place, rows[place], proofs[place]) for place in places]
        assert roll.absent(label, found, 5, root)
        assert not roll.absent(rows[places[0]][:16], found, 5, root)
    second = told["second_issue"]["token_0_label_hex"]
    token = bytes.fromhex(told["tokens"][0]["token_hex"])
    assert roll.label_of(token, day, 2).hex() == second
    assert roll.token_of("4B09-39V3-87FH-J4JH-P0R4-WD9P-SG41") == token


def test_a_logs_ml_dsa_signature_holds_and_an_altered_one_does_not() -> None:
    text = (VECTORS / "litewitness-mldsa.txt").read_text(encoding="utf-8")
    vkey, _, signed = text.partition("\n\n")
    key, read = note.read_vkey(vkey), note.read_note(signed)
    good = [line for line in read.lines if line.key_id == key.id]
    assert all(note.signed_by(key, line, read, zero_time=True) for line in good)
    assert len(good) == 1
    other = dataclasses.replace(read, size=2)
    assert not note.signed_by(key, good[0], other, zero_time=True)

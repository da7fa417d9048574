"""Receipts of batched events and of events by rotated keys, from a log and from the vectors."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from fakes import VAULT
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register import cbor, printed, receipt, signing, verify
from habeas.register.events import Body, canonical
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.receipt import Receipt
from habeas.register.signing import SeedSigner
from habeas.service import record
from receipt_cases import (
    EXAMPLE,
    Case,
    batched_case,
    case,
    rotated_case,
    rotated_out,
    rotated_with,
    rotation,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
Draft = Callable[..., Body]
Key = Callable[[str], SeedSigner]
Make = Callable[..., Signed]
HASH = 32


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _verdict(found: Receipt | str | bytes, trust: Trust, *beside: bytes) -> str:
    given = receipt.write(found) if isinstance(found, Receipt) else found
    return verify.receipt_verdict(given, trust, beside).text


@pytest.fixture
def good() -> Case:
    return batched_case()


# Batched events


def test_the_batched_event_of_the_vectors_has_a_receipt_in_each_form(good: Case) -> None:
    first, *keys = good.codes()
    forms = (good.text(), good.scanned(), good.texts())
    assert [_verdict(one, good.trust) for one in forms] == ["VALID"] * 3
    assert _verdict(first, good.trust, *keys) == "VALID"
    assert receipt.read(good.text()) == good.receipt


def test_the_printed_batched_event_is_worked_out_from_the_vectors(
    good: Case, example: dict[str, Any]
) -> None:
    batch, found = example["batch_manifest"], cbor.decode(good.codes()[0], printed.CAP)
    assert isinstance(found, tuple)
    assert found[:6] == (
        2,
        batch["bodies_utf8"][1].encode(),
        bytes.fromhex(batch["event_1"]["batchblock_hex"]),
        bytes.fromhex("".join(batch["paths_hex"][1])),
        bytes.fromhex(batch["signature_hex"]),
        bytes.fromhex(batch["event_1"]["salt_hex"]),
    )
    salt, body, block = (part for part in (found[5], *found[1:3]) if isinstance(part, bytes))
    entry = signing.entry(salt, body, block)
    assert entry.hex() == batch["event_1"]["entry_hex"]
    assert len(found) == 12


def test_path_and_manifest_stand_in_the_file_of_a_batched_event_alone(good: Case) -> None:
    own, batched = json.loads(case().text()), json.loads(good.text())
    assert set(batched) == {"body", "sigblock", "proof", "keys", "path", "manifest"}
    assert set(own) == {"body", "sigblock", "proof", "keys"}
    changes: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
        (batched, ("path",)),
        (batched, ("manifest",)),
        (batched, ("path", "manifest")),
    )
    for found, gone in changes:
        text = json.dumps({key: value for key, value in found.items() if key not in gone})
        assert _verdict(text, good.trust).startswith("INVALID (container: H541"), gone
    for more in ({"path": ""}, {"path": "", "manifest": ""}, {"manifest": "AA=="}):
        assert _verdict(json.dumps(own | more), good.trust).startswith("INVALID (container: H541")
    for wrong, code in ((1, "H541"), (None, "H541"), ("=", "H521"), ([], "H541")):
        text = json.dumps(batched | {"path": wrong})
        assert _verdict(text, good.trust).startswith(f"INVALID (container: {code}"), wrong


def test_no_changed_byte_of_path_or_manifest_is_valid(good: Case) -> None:
    one = good.receipt
    paths = [replace(one, path=_flipped(one.path, n)) for n in range(len(one.path))]
    manifests = [replace(one, manifest=_flipped(one.manifest, n)) for n in range(len(one.manifest))]
    assert {_verdict(other, good.trust)[:25] for other in paths} == {"INVALID (signatures: H519"}
    assert {_verdict(other, good.trust)[:25] for other in manifests} == {
        "INVALID (signatures: H514"
    }


def test_a_path_of_another_length_or_order_is_invalid(good: Case) -> None:
    one = good.receipt
    path = one.path
    turned = path[HASH : 2 * HASH] + path[:HASH] + path[2 * HASH :]
    others = (b"", path[:-1], path[HASH:], path[:-HASH], path + bytes(HASH), path + b"\0", turned)
    for other in others:
        text = _verdict(replace(one, path=other), good.trust)
        assert text.startswith("INVALID (signatures: H519"), other
    for other in (b"", one.manifest[:-1], one.manifest + b"\0", bytes(64)):
        text = _verdict(replace(one, manifest=other), good.trust)
        assert text.startswith("INVALID (signatures: H514"), other


@pytest.mark.no_cover  # the same lines again and again
def test_no_changed_byte_of_a_printed_batched_receipt_is_valid(good: Case) -> None:
    first, *keys = good.codes()
    found = {
        place: _verdict(
            first[:place] + bytes([first[place] ^ 1]) + first[place + 1 :], good.trust, *keys
        )
        for place in range(len(first))
    }
    assert [place for place, text in found.items() if text == "VALID"] == []
    left = [text for text in found.values() if not text.startswith("INVALID")]
    assert left == ["VALID, NOT WITNESSED"] * len(left)  # the ids of keys that cosigned
    assert len(left) <= 10


def test_a_printed_version_goes_with_its_block(good: Case) -> None:
    batched = cbor.decode(good.codes()[0], printed.CAP)
    own = cbor.decode(case().codes()[0], printed.CAP)
    assert isinstance(batched, tuple)
    assert isinstance(own, tuple)
    arrays: list[list[cbor.Value]] = [
        [1, *batched[1:]],
        [1, *batched[1:3], *batched[5:]],
        [2, *own[1:]],
        [2, *own[1:3], b"", bytes(64), *own[3:]],
        [2, *batched[1:4], *batched[5:]],
        [3, *batched[1:]],
    ]
    for array in arrays:
        text = _verdict(cbor.encode(array), good.trust)
        assert text.startswith("INVALID (container: H546"), array[0]
    shapes: list[tuple[int, cbor.Value]] = [(3, bytes(33)), (3, ""), (4, bytes(63)), (4, bytes(65))]
    for place, part in shapes:
        array = [*batched[:place], part, *batched[place + 1 :]]
        text = _verdict(cbor.encode(array), good.trust)
        assert text.startswith("INVALID (container: H546"), place


def test_a_kind_that_moves_a_person_has_no_receipt_by_manifest(good: Case) -> None:
    """The first body of the vectors' batch is a handover by two; its path is a good one."""
    batch = EXAMPLE["batch_manifest"]
    block = good.receipt.sigblock[:-8] + (0).to_bytes(4, "big") + good.receipt.sigblock[-4:]
    path = b"".join(map(bytes.fromhex, batch["paths_hex"][0]))
    forged = replace(
        good.receipt, body=batch["bodies_utf8"][0].encode(), sigblock=block, path=path, keys=()
    )
    keys = case().receipt.keys
    text = _verdict(replace(forged, keys=keys), good.trust)
    assert text.startswith("INVALID (signatures: H519 'custody.handed_over' needs a signature")


def test_a_batched_proof_is_valid_with_the_line_of_the_event(good: Case) -> None:
    parts = {name: getattr(good.receipt, name) for name in ("body", "sigblock", "path", "manifest")}
    line = {name: base64.b64encode(data).decode() for name, data in parts.items()} | {"salt": ""}
    beside = good.codes()[1]
    proof = good.receipt.proof
    assert _verdict(proof, good.trust, json.dumps(line).encode(), beside) == "VALID"
    with_sections = json.dumps(line)[:-1] + ', "sections": []}'
    assert _verdict(proof, good.trust, with_sections.encode(), beside) == "VALID"
    del line["path"]
    text = _verdict(proof, good.trust, json.dumps(line).encode(), beside)
    assert text.startswith("INVALID (container: H541")


@pytest.mark.parametrize("count", [1, 2, 5, 64])
def test_every_event_of_a_batch_in_a_log_has_a_valid_receipt(
    log: Log, store: SqliteStore, draft: Draft, key: Key, trust: Trust, count: int
) -> None:
    bodies = [canonical(draft("evidence.recorded", "A", number=100 + n)) for n in range(count)]
    made = signing.manifest(bodies, key("A officer"))
    salts = [bytes([n]) * 32 for n in range(count)]
    rows = zip(bodies, made.blocks, salts, made.paths, strict=True)
    log.append([Signed(*row, made.signature) for row in rows], AT, publish=True)
    for index in range(2, 2 + count):
        found = record.receipt_of(store, VAULT, index, trust)
        assert (found.path, found.manifest) == (made.paths[index - 2], made.signature)
        assert _verdict(found, trust) == "VALID, NOT WITNESSED"
        assert _verdict(printed.text(printed.packed(found, trust.policy)), trust).startswith(
            "INVALID (signatures: H515"
        )
        assert receipt.read(receipt.write(found)) == found


# Keys that a rotation brought


def test_a_key_that_a_rotation_brought_is_carried_and_good_in_each_form() -> None:
    good = rotated_case()
    assert len(good.receipt.keys) == 2
    forms = (good.text(), good.scanned(), good.texts())
    assert [_verdict(one, good.trust) for one in forms] == ["VALID"] * 3


def test_a_log_hands_out_the_rotation_with_the_receipt(
    log: Log, store: SqliteStore, make: Make, key: Key, trust: Trust
) -> None:
    body = {
        "authority": "A",
        "public": key("new").public().hex(),
        "replaces": key("A officer").public().hex(),
        "overlap": 2,
    }
    turned = make("key.rotated", "A", number=50, keys=("A root",), body=body)
    actor = {
        "authority": "A",
        "role": "custodian",
        "key": signing.keyid8(key("new").public()).hex(),
    }
    later = make("visit.made", "A", number=51, keys=("new",), actors=[actor])
    still = make("visit.made", "A", number=52)
    log.append([turned], AT)
    log.append([later, still], AT, publish=True)
    by_new, by_old = (record.receipt_of(store, VAULT, index, trust) for index in (3, 4))
    assert [receipt.read_proof(one.proof).index for one in by_new.keys] == [2]
    assert [receipt.read_proof(one.proof).index for one in by_old.keys] == [0]
    assert _verdict(by_new, trust) == _verdict(by_old, trust) == "VALID, NOT WITNESSED"
    missing = replace(by_new, keys=())
    assert _verdict(missing, trust).startswith("INVALID (signatures: H515")


def test_a_rotation_in_hand_ends_the_key_that_it_replaces() -> None:
    """A receipt that itself shows the rotation cannot pass for one by a key in good standing."""
    good = rotated_with(rotation())
    old = replace(good.receipt.keys[0], keys=())
    for keys in (good.receipt.keys, good.receipt.keys[::-1]):
        assert _verdict(replace(good.receipt, keys=keys), good.trust) == "VALID"
    again = replace(good.receipt, keys=(*good.receipt.keys, old))
    assert _verdict(again, good.trust).startswith("INVALID (key enrolment: H516")


@pytest.mark.parametrize(
    "change",
    [
        {"overlap": -1},
        {"overlap": 65_537},
        {"overlap": True},
        {"overlap": "1"},
        {"replaces": "00"},
        {"replaces": ""},
        {"public": "00" * 31},
        {"authority": "SV-DGCP"},
    ],
)
def test_a_rotation_that_is_none_brings_no_key(change: dict[str, Any]) -> None:
    good = rotated_with(rotation(**change))
    for keys in (good.receipt.keys, good.receipt.keys[1:]):
        text = _verdict(replace(good.receipt, keys=keys), good.trust)
        lacking = change == {"replaces": ""}
        code = "H518" if lacking else "H516"
        assert text.startswith(f"INVALID (key enrolment: {code}")


def test_a_rotation_is_signed_by_the_root_of_its_authority() -> None:
    good = rotated_case()
    turned = good.receipt.keys[1]
    block = signing.sigblock(turned.body, [SeedSigner(bytes(32))])
    forged = replace(turned, sigblock=turned.sigblock[:8] + block[8:])
    text = _verdict(replace(good.receipt, keys=(good.receipt.keys[0], forged)), good.trust)
    assert text.startswith("INVALID (key enrolment: H514")


def test_a_rotated_key_signs_nothing_past_its_overlap_where_the_receipt_shows_it(
    good: Case,
) -> None:
    """The same event by the replaced key: good without the rotation in hand, refused with it."""
    for overlap, text in ((0, "INVALID (signatures: H515"), (1, "VALID")):
        found = rotated_out(overlap)
        assert _verdict(found.receipt, good.trust).startswith(text), overlap
    shown = rotated_out(0).receipt
    turned = replace(shown, keys=shown.keys[::-1])  # they are read in the order of the log
    assert _verdict(turned, good.trust).startswith("INVALID (signatures: H515")
    unseen = replace(shown, keys=shown.keys[:2])
    assert _verdict(unseen, good.trust) == "VALID"

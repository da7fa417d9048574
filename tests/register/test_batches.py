"""Batches: one signature for many events that move nobody, and none for any other."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes import bundled, changed, opened, verified
from habeas.adapters.sqlite_store import bundle
from habeas.errors import RegisterError
from habeas.register import merkle, signing
from habeas.register.events import Body, canonical
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.signing import SeedSigner
from habeas.terms import EventKind

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
Code = Callable[..., str]
Draft = Callable[..., Body]
Key = Callable[[str], SeedSigner]
Named = Mapping[str, Any]
BATCHED = ("custody.counted", "evidence.recorded", "case.screened", "duty.met")


@pytest.fixture
def batch(draft: Draft, key: Key) -> Callable[..., list[Signed]]:
    """Events of one actor under one manifest."""

    def made(
        count: int, kind: str = "evidence.recorded", by: str = "A", start: int = 100
    ) -> list[Signed]:
        bodies = [canonical(draft(kind, by, number=start + n)) for n in range(count)]
        made = signing.manifest(bodies, key(f"{by} officer"))
        salts = [hashlib.sha256(b"salt %d" % n).digest() for n in range(count)]
        rows = zip(bodies, made.blocks, salts, made.paths, strict=True)
        return [Signed(*row, made.signature) for row in rows]

    return made


@pytest.fixture
def five(batch: Callable[..., list[Signed]]) -> list[Signed]:
    return batch(5)


@pytest.fixture
def counted(log: Log, five: list[Signed], tmp_path: Path) -> Path:
    """A register with a batch of five."""
    log.append(five, AT, publish=True)
    return tmp_path / "register.sqlite3"


@pytest.fixture
def refused(log: Log, code: Code) -> Callable[[Signed], str]:
    return lambda one: code(log.append, [one], AT)


# Forbidden


@pytest.mark.parametrize("kind", sorted(set(EventKind) - set(BATCHED)))
def test_a_kind_that_moves_a_person_or_a_key_needs_its_own_signature(
    log: Log, key: Key, draft: Draft, code: Code, kind: str
) -> None:
    body = draft(kind, "A", number=100, actors=draft("visit.made", "A", number=1)["actors"])
    body |= {"body": {"authority": "A"}}
    data = canonical(body)
    one = signing.manifest([data], key("A officer"))
    signed = Signed(data, one.blocks[0], bytes(32), one.paths[0], one.signature)
    assert code(log.append, [signed], AT) in {"H519", "H518", "H515", "H503"}
    assert code(signing.batch_claim, kind, data, one.blocks[0], (b"", one.signature), {}) == "H519"
    assert log.size == 2


@pytest.mark.parametrize("count", [0, 1025, 2000])
def test_a_batch_has_1_to_1024_events(key: Key, code: Code, count: int) -> None:
    assert code(signing.manifest, [b"%d" % n for n in range(count)], key("A officer")) == "H519"


def test_a_larger_batch_that_somebody_made_by_hand_is_refused(
    draft: Draft, key: Key, refused: Callable[[Signed], str]
) -> None:
    bodies = [canonical(draft("duty.met", "A", number=n)) for n in range(1025)]
    leaves = [merkle.leaf_hash(hashlib.sha256(body).digest()) for body in bodies]
    tree, signer = merkle.Tree(leaves), key("A officer")
    block = signing.BATCH_HEAD + signing.keyid8(signer.public()) + tree.root()
    block += (7).to_bytes(4, "big") + (1025).to_bytes(4, "big")
    signature = signer.sign(b"habeas/batch/v1\n" + tree.root())
    one = Signed(bodies[7], block, bytes(32), b"".join(tree.inclusion(7)), signature)
    assert refused(one) == "H519"


def _changes(one: Signed, other: Signed) -> dict[str, tuple[dict[str, bytes], str]]:
    block, end = one.sigblock, other.sigblock[-8:-4]
    return {
        "another body": ({"body": other.body}, "H519"),
        "another index": ({"sigblock": block[:-8] + end + block[-4:]}, "H519"),
        "another count": ({"sigblock": block[:-1] + b"\x04"}, "H519"),
        "no count": ({"sigblock": block[:-4] + bytes(4)}, "H519"),
        "another key": ({"sigblock": block[:20] + bytes(8) + block[28:]}, "H513"),
        "another root": ({"sigblock": block[:28] + bytes(32) + block[60:]}, "H519"),
        "another path": ({"path": other.path}, "H519"),
        "no path": ({"path": b""}, "H519"),
        "a path too long": ({"path": one.path + bytes(32)}, "H519"),
        "a path without end": ({"path": bytes(3_200_000)}, "H519"),
        "a broken path": ({"path": one.path[:-1]}, "H519"),
        "no signature": ({"manifest": b""}, "H514"),
        "a long signature": ({"manifest": one.manifest + b"\0"}, "H514"),
        "another signature": ({"manifest": bytes(64)}, "H514"),
        "a shorter block": ({"sigblock": block[:-1]}, "H519"),
        "a longer block": ({"sigblock": block + b"\0"}, "H519"),
        "another head": ({"sigblock": b"H" + block[1:]}, "H519"),
    }


NAMES = sorted(_changes(Signed(b"", b"", b""), Signed(b"", b"", b"")))


@pytest.mark.parametrize("spoilt", NAMES)
def test_whatever_is_not_the_manifests_own_is_refused(
    five: list[Signed], refused: Callable[[Signed], str], log: Log, spoilt: str
) -> None:
    change, expected = _changes(five[1], five[3])[spoilt]
    assert refused(changed(five[1], **change)) == expected
    assert log.append([five[1]], AT) == [2]


def test_a_manifest_of_another_authority_does_not_sign(
    batch: Callable[..., list[Signed]], refused: Callable[[Signed], str]
) -> None:
    one, other = batch(2)[0], batch(2, by="B")[0]
    assert refused(replace(one, sigblock=other.sigblock, manifest=other.manifest)) == "H513"
    assert refused(batch(2, by="C")[0]) == "H515"


def test_an_event_of_two_actors_is_in_no_batch(
    log: Log, key: Key, draft: Draft, code: Code
) -> None:
    data = canonical(draft("duty.met", "A", "B", number=100))
    one = signing.manifest([data], key("A officer"))
    signed = Signed(data, one.blocks[0], bytes(32), one.paths[0], one.signature)
    assert code(log.append, [signed], AT) == "H513"


def test_a_signature_of_the_body_is_none_of_a_manifest(
    five: list[Signed], key: Key, refused: Callable[[Signed], str]
) -> None:
    own = key("A officer").sign(signing.pae(five[0].body))
    assert refused(replace(five[0], manifest=own)) == "H514"


@pytest.mark.no_cover  # the same lines again and again
def test_every_mutation_of_a_batched_event_is_found(counted: Path, trust: Trust) -> None:
    good, notes = opened(counted), bundle(counted).checkpoints
    assert verified(bundled(good, notes), trust).faults == ()
    for part in ("salt", "body", "sigblock", "path", "manifest"):
        for place in range(len(getattr(good[4], part))):
            data = bytearray(getattr(good[4], part))
            data[place] ^= 1 << place % 8
            spoilt = changed(good[4], **{part: bytes(data)})
            report = verified(bundled([*good[:4], spoilt, *good[5:]], notes), trust)
            assert [fault.where for fault in report.faults] == ["index 4"], (part, place)


def test_a_batched_event_in_place_of_another_is_found(counted: Path, trust: Trust) -> None:
    good, notes = opened(counted), bundle(counted).checkpoints
    for change in ({"path": good[5].path}, {"path": b""}, {"manifest": b""}, {"path": b"x" * 32}):
        spoilt = changed(good[4], **change)
        report = verified(bundled([*good[:4], spoilt, *good[5:]], notes), trust)
        assert [fault.where for fault in report.faults] == ["index 4"]


# Allowed


@pytest.mark.parametrize("kind", sorted({*BATCHED} - {"custody.counted"}))
def test_bulk_kinds_may_share_a_signature(
    log: Log, batch: Callable[..., list[Signed]], kind: str
) -> None:
    assert log.append(batch(3, kind), AT) == [2, 3, 4]


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 1024])
def test_a_batch_of_any_size_is_admitted_and_verifies(
    log: Log, batch: Callable[..., list[Signed]], trust: Trust, tmp_path: Path, count: int
) -> None:
    assert log.append(batch(count), AT, publish=True) == list(range(2, count + 2))
    report = verified(tmp_path / "register.sqlite3", trust)
    assert (report.faults, report.opened) == ((), count + 2)


def test_a_batch_may_come_in_parts_and_with_other_events(
    log: Log, five: list[Signed], make: Callable[..., Signed]
) -> None:
    visit = make("visit.made", "B", number=50)
    assert log.append([five[3], visit, five[0]], AT) == [2, 3, 4]
    assert log.append(five, AT) == [4, 5, 6, 2, 7]


def test_a_bad_event_of_a_batch_is_refused_alone(log: Log, five: list[Signed]) -> None:
    spoilt = replace(five[2], path=five[1].path)
    found = log.append_each([*five[:2], spoilt, *five[3:]], AT)
    codes = [one.code if isinstance(one, RegisterError) else one for one in found]
    assert codes == [2, 3, "H519", 4, 5]


# The worked example


def test_the_worked_example_of_a_batch_byte_for_byte(example: Named) -> None:
    told = example["batch_manifest"]
    bodies = [text.encode() for text in told["bodies_utf8"]]
    signer = SeedSigner(hashlib.sha256(told["signer"].encode()).digest())
    made = signing.manifest(bodies, signer)
    one = told["event_1"]
    assert made.signature.hex() == told["signature_hex"]
    assert [path.hex() for path in made.paths] == ["".join(path) for path in told["paths_hex"]]
    assert made.blocks[1].hex() == one["batchblock_hex"]
    assert len(made.blocks[1]) == one["batchblock_bytes"] == signing.BATCH_BLOCK
    entry = signing.entry(bytes.fromhex(one["salt_hex"]), bodies[1], made.blocks[1])
    assert (entry.hex(), merkle.leaf_hash(entry).hex()) == (one["entry_hex"], one["leaf_hash_hex"])
    keys = {signing.keyid8(signer.public()).hex(): signer.public()}
    proof = (made.paths[1], made.signature)
    claim = signing.batch_claim("custody.counted", bodies[1], made.blocks[1], proof, keys)
    assert claim.message.hex() == told["signed_message_hex"]
    assert claim.fault() is None

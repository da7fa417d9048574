"""What makes the verifier quick leaves nothing out: it answers as the plain way does."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import VAULT, bundled, opened
from habeas.adapters.sqlite_store import bundle
from habeas.errors import RegisterError
from habeas.register import cbor, content, events, merkle, quick, signing, verify
from habeas.register.checkpoint import Checkpoint, signed
from habeas.register.events import Record
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.signing import Claim, SeedSigner, Shown
from habeas.register.tiles import Grower
from habeas.register.verify import Bundle, Report

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARTS = ("salt", "body", "sigblock", "path", "manifest")
LENGTHS = st.sampled_from([0, 1, 23, 24, 25, 32, 64, 68, 255, 256, 257, 1000, 65_535, 65_536])


def _bodies(count: int) -> list[bytes]:
    return [b"body %d" % n for n in range(count)]


def _claimed(way: Callable[[], Claim]) -> Claim | str:
    try:
        return way()
    except RegisterError as error:
        return error.code


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 64, 100, 1024])
def test_every_event_of_a_manifest_is_shown_in_any_order(
    key: Callable[[str], SeedSigner], count: int
) -> None:
    made, signer = signing.manifest(_bodies(count), key("A officer")), key("A officer")
    keys = {signing.keyid8(signer.public()).hex(): signer.public()}
    forwards = list(range(count))
    for order in (forwards, forwards[::-1], forwards[::3] + forwards[1::2], [0, 0, *forwards]):
        shown, claims = Shown(), set[Claim]()
        for n in order:
            proof = (made.paths[n], made.signature)
            block, body = made.blocks[n], b"body %d" % n
            claims.add(signing.batch_claim("custody.counted", body, block, proof, keys, shown))
        assert len(claims) == 1


@given(st.data())
def test_what_came_before_changes_no_answer(
    key: Callable[[str], SeedSigner], data: st.DataObject
) -> None:
    count, signer = data.draw(st.sampled_from([1, 2, 4, 7, 8, 16, 33])), key("A officer")
    made, keys = (
        signing.manifest(_bodies(count), signer),
        {signing.keyid8(signer.public()).hex(): signer.public()},
    )
    shown = Shown()
    for n in [n % count for n in range(2 * count)]:
        body, block, path = b"body %d" % n, bytearray(made.blocks[n]), bytearray(made.paths[n])
        match data.draw(st.sampled_from(["good", "good", "path", "block", "body", "cut", "long"])):
            case "path" if path:
                path[data.draw(st.integers(0, len(path) - 1))] ^= data.draw(st.integers(1, 255))
            case "block":
                block[data.draw(st.integers(20, 67))] ^= data.draw(st.integers(1, 255))
            case "body":
                body = b"body %d" % data.draw(st.integers(0, count))
            case "cut":
                del path[data.draw(st.integers(0, len(path))) :]
            case "long":
                path += data.draw(st.binary(min_size=1, max_size=64))
            case _:
                pass
        given = partial(
            signing.batch_claim,
            "custody.counted",
            body,
            bytes(block),
            (bytes(path), made.signature),
            keys,
        )
        alone = _claimed(given)
        assert _claimed(partial(given, shown)) == alone
        at = int.from_bytes(block[60:64], "big")
        hashes = [bytes(path[n : n + 32]) for n in range(0, len(path), 32)]
        leaf, size = merkle.leaf_hash(hashlib.sha256(body).digest()), int.from_bytes(block[64:])
        held = size <= 1024 and merkle.included(leaf, at, size, hashes, bytes(block[28:60]))
        assert (alone == "H519") == (not held) or alone == "H513"


@given(st.lists(LENGTHS, min_size=3, max_size=5), st.data())
def test_content_is_spelled_and_read_as_cbor_is(lengths: list[int], data: st.DataObject) -> None:
    parts = [bytes([n]) * length for n, length in enumerate(lengths)]
    if data.draw(st.booleans()):
        parts[2] = signing.BATCH_HEAD + bytes(48)
    parts += [b""] * (5 - len(parts))
    record = Record(0, b"", "", "", None, None, *parts)
    batched = bool(record.path or record.manifest)
    plain = content.content(record)
    assert plain == cbor.encode([2, *parts] if batched else [1, *parts[:3]])
    changed = bytearray(plain)
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.integers(0, min(len(changed), 64) - 1))
        changed[place] = data.draw(st.integers(0, 255))
    changed = changed[: data.draw(st.integers(1, len(changed)) | st.just(len(changed)))]
    assert _read(content.read_parts, bytes(changed)) == _read(_by_cbor, bytes(changed))


def _by_cbor(plain: bytes) -> Sequence[bytes]:
    match cbor.decode(plain, content.CAP):
        case (1, bytes(salt), bytes(body), bytes(block)):
            return [salt, body, block]
        case (2, bytes(salt), bytes(body), bytes(block), bytes(path), bytes(manifest)):
            if signing.batched(block):
                return [salt, body, block, path, manifest]
            raise content.fault("the content has a path without a batch block")
        case _:
            raise content.fault("the content is not that of an event")


def _read(way: Callable[[bytes], Sequence[bytes]], plain: bytes) -> object:
    try:
        return way(plain)
    except RegisterError as error:
        return [(fault.code, fault.what) for fault in error.faults]


def _both(found: Bundle, trust: Trust) -> Report:
    plain = verify.register(found, trust, None, VAULT.open)
    assert verify.register(found, trust, None, VAULT.open, quick.seen) == plain
    return plain


@pytest.fixture
def batched(
    log: Log,
    draft: Callable[..., events.Body],
    key: Callable[[str], SeedSigner],
) -> list[Record]:
    """Events in two manifests, of five and of eight, behind the enrolments and one other event."""
    for start, count in ((10, 5), (20, 8)):
        bodies = [
            events.canonical(draft("evidence.recorded", "A", number=n))
            for n in range(start, start + count)
        ]
        made = signing.manifest(bodies, key("A officer"))
        salts = [hashlib.sha256(body).digest() for body in bodies]
        rows = zip(bodies, made.blocks, salts, made.paths, strict=True)
        log.append([Signed(*row, made.signature) for row in rows], AT, publish=True)
    return list(log.records())


def _noted(records: list[Record], key: Callable[[str], SeedSigner]) -> Bundle:
    tree = Grower()
    for one in records:
        tree.append(one.entry)
    note = signed(Checkpoint("log.example/test", tree.size, tree.root()), key("log"))
    return bundled(records, [(tree.size, note)])


def test_a_good_register_is_good_to_both_readers(good_register: Path, trust: Trust) -> None:
    report = _both(replace(bundle(good_register), rows=list(bundle(good_register).rows)), trust)
    assert (report.faults, report.opened) == ((), 12)


@pytest.mark.parametrize("part", PARTS)
def test_every_byte_of_a_batched_event_is_watched_by_both_readers(
    batched: list[Record], trust: Trust, key: Callable[[str], SeedSigner], part: str
) -> None:
    assert _both(_noted(batched, key), trust).faults == ()
    longest = max(len(getattr(one, part)) for one in batched)
    for place in range(0, longest, 7):
        changed = [
            replace(one, **{part: value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]})
            if len(value := getattr(one, part)) > place
            else one
            for one in batched
        ]
        watched = {
            f"index {one.index}" for one, was in zip(changed, batched, strict=True) if one != was
        }
        named = {fault.where for fault in _both(_noted(changed, key), trust).faults}
        assert watched <= named, place


@given(st.data())
def test_both_readers_name_the_same_faults_of_a_changed_register(
    good_register: Path, trust: Trust, key: Callable[[str], SeedSigner], data: st.DataObject
) -> None:
    records = opened(good_register)
    for _ in range(data.draw(st.integers(1, 3))):
        n = data.draw(st.integers(0, len(records) - 1))
        body = bytearray(records[n].body)
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
        entry = signing.entry(records[n].salt, bytes(body), records[n].sigblock)
        records[n] = replace(records[n], body=bytes(body), entry=entry)
    assert _both(_noted(records, key), trust).size == 12


def test_keys_that_are_read_by_the_page_open_what_each_alone_opens(good_register: Path) -> None:
    rows = list(bundle(good_register).rows)
    assert list(VAULT.ready(rows)) == rows
    assert [VAULT.open(row) for row in VAULT.ready(rows)] == opened(good_register)

"""What is forbidden though it is signed: both verifiers refuse it, and say the same rule."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from second_verifier import craft
from second_verifier.craft import actor, fields, person, public, signed
from second_verifier.first import First
from second_verifier.policy import read_trust
from second_verifier.printed import printed_verdict
from second_verifier.sealing import Signed, entry_of
from second_verifier.spelling import base64_text, canonical
from second_verifier.whole import check_register

A = actor("AA", "custodian", "a")
ZERO = base64_text(bytes(32))
PAD = bytes(range(32))
OFFICERS = (("AA", "a"), ("BB", "b"), ("AA", "a2"), ("CC", "c"))
BASE = craft.Log().with_leaves(
    *(
        signed(craft.enrolment(number, name, key), [f"root {name}"])
        for number, (name, key) in enumerate(OFFICERS, 1)
    ),
    PAD,
)
HOLDS = ""


def told(kind: str = "custody.opened", number: int = 100, **more: object) -> dict[str, object]:
    return {**fields(number, kind, [A], subject=person(1)), **more}


OWNER = {key: name for name, key in OFFICERS}


def by(key: str, kind: str, role: str, body: dict[str, object], number: int = 100) -> Signed:
    name = key.removeprefix("root ") if key.startswith("root ") else OWNER[key]
    return signed(fields(number, kind, [actor(name, role, key)], body=body), [key])


def opened(number: int = 100) -> Signed:
    return signed(told(number=number, seq=0), ["a"])


def nested(levels: int) -> object:
    return {"a": nested(levels - 1)} if levels else 1


def together(*actors: tuple[str, str, str]) -> Signed:
    body = {"ground": "x", "indexes": [4], "what": "y"}
    rows = [actor(*row) for row in actors]
    return signed(fields(100, "erased", rows, body=body), [key for _, _, key in actors])


# The body's fields that differ from a good one, and the code; an empty code holds.
BODIES: dict[str, tuple[dict[str, object], str]] = {
    "good": ({"seq": 0}, HOLDS),
    "version 2": ({"v": 2}, "H503"),
    "version true": ({"v": True}, "H503"),
    "id above 128 bits": ({"id": "8" + "0" * 25}, "H503"),
    "id with U": ({"id": "0" + "U" * 25}, "H503"),
    "id with I": ({"id": "0" + "I" * 25}, "H503"),
    "id short": ({"id": "0" * 25}, "H503"),
    "id in lower case": ({"id": "0" + "z" * 25}, "H503"),
    "agreement empty": ({"agreement": ""}, "H503"),
    "agreement with a space": ({"agreement": "a b"}, HOLDS),
    "subject with i": ({"subject": "p_" + "i" * 26}, "H503"),
    "subject in upper case": ({"subject": "p_" + "A" * 26}, "H503"),
    "seq 1 without prev": ({"seq": 1}, "H503"),
    "seq 0 with prev": ({"seq": 0, "prev": ZERO}, "H503"),
    "prev without seq": ({"prev": ZERO}, "H503"),
    "seq below 0": ({"seq": -1, "prev": ZERO}, "H503"),
    "seq true": ({"seq": True, "prev": ZERO}, "H503"),
    "head": ({"head": ZERO}, HOLDS),
    "head a number": ({"head": 1}, "H503"),
    "facility a number": ({"facility": 1}, "H503"),
    "time without offset": ({"occurred_at": "2027-01-02T03:04:05"}, "H503"),
    "time with a fraction": ({"occurred_at": "2027-01-02T03:04:05.0Z"}, "H503"),
    "time with a small t": ({"occurred_at": "2027-01-02t03:04:05Z"}, "H503"),
    "time with a small z": ({"occurred_at": "2027-01-02T03:04:05z"}, "H503"),
    "time of a leap second": ({"occurred_at": "2027-01-02T03:04:60Z"}, "H503"),
    "time of hour 24": ({"occurred_at": "2027-01-02T24:00:00Z"}, "H503"),
    "time of year 0": ({"occurred_at": "0000-01-02T03:04:05Z"}, "H503"),
    "time of 30 February": ({"occurred_at": "2027-02-30T03:04:05Z"}, "H503"),
    "offset of 24 hours": ({"occurred_at": "2027-01-02T03:04:05+24:00"}, "H503"),
    "offset below 24 hours": ({"occurred_at": "2027-01-02T03:04:05+23:59"}, HOLDS),
    "offset unknown": ({"occurred_at": "2027-01-02T03:04:05-00:00"}, HOLDS),
    "offset with seconds": ({"occurred_at": "2027-01-02T03:04:05+01:00:30"}, "H503"),
    "before year 1 in UTC": ({"occurred_at": "0001-01-01T00:00:00+23:00"}, "H503"),
    "after 9999 in UTC": ({"occurred_at": "9999-12-31T23:59:59-23:00"}, "H503"),
    "time basis": ({"time_basis": "guess"}, "H503"),
    "basis no list": ({"basis": {}}, "H501"),
    "basis of texts": ({"basis": ["x"]}, HOLDS),
    "basis of 64": ({"basis": [1] * 64}, HOLDS),
    "basis of 65": ({"basis": [1] * 65}, "H501"),
    "body a list": ({"body": []}, "H503"),
    "sections": ({"sections": [{"name": "x", "digest": ZERO}]}, HOLDS),
    "sections twice": ({"sections": [{"name": "x", "digest": ZERO}] * 2}, "H503"),
    "sections with more": ({"sections": [{"name": "x", "digest": ZERO, "z": 1}]}, "H503"),
    "sections without digest": ({"sections": [{"name": "x"}]}, "H503"),
    "sections without name": ({"sections": [{"name": "", "digest": ZERO}]}, "H503"),
    "sections of 33": (
        {"sections": [{"name": f"x{i}", "digest": ZERO} for i in range(33)]},
        "H501",
    ),
    "unknown field": ({"zzz": 1}, "H503"),
    "null": ({"facility": None}, "H502"),
    "long": ({"body": {"x": "a" * 16_384}}, "H501"),
    "a number of 2^53": ({"body": {"x": 2**53}}, "H502"),
    "a number below 2^53": ({"body": {"x": 2**53 - 1}}, HOLDS),
    "a float": ({"body": {"x": 1.5}}, "H502"),
    "not NFC": ({"body": {"x": "e\u0301"}}, "H502"),
    "NFC": ({"body": {"x": "\u00e9"}}, HOLDS),
    "a newline": ({"body": {"x": "\n"}}, "H502"),
    "delete": ({"body": {"x": "\x7f"}}, HOLDS),
    "beyond 16 bits": ({"body": {"x": "\U0001f600"}}, HOLDS),
    "a key not ASCII": ({"body": {"\u00e9": 1}}, "H502"),
    "an empty key": ({"body": {"": 1}}, HOLDS),
    "eight levels": ({"body": nested(7)}, HOLDS),
    "nine levels": ({"body": nested(8)}, "H501"),
    "nobody acts": ({"actors": []}, "H503"),
    "an actor with more": ({"actors": [{**A, "z": 1}]}, "H503"),
    "an actor without role": ({"actors": [{**A, "role": ""}]}, "H503"),
    "a role of one's own": ({"actors": [{**A, "role": "cook"}]}, HOLDS),
    "an actor twice": ({"actors": [A, {**A, "role": "releasing"}]}, "H503"),
    "another's key": ({"actors": [{**A, "authority": "BB"}]}, "H515"),
}

GOOD = opened()
CHAINED = signed(told("custody.placed", 101, seq=1, prev=base64_text(entry_of(GOOD))), ["a"])
UNLINKED = signed(told("custody.placed", 101, seq=1, prev=ZERO), ["a"])
GAP = signed(told("custody.placed", 101, seq=2, prev=base64_text(entry_of(GOOD))), ["a"])
SIZE: dict[str, object] = {"origin": "x", "size": 0, "root": ZERO}
ERASE: dict[str, object] = {"ground": "x", "indexes": [4], "what": "y"}
NEW: dict[str, object] = {"authority": "AA", "public": public("n").hex()}
OLD: dict[str, object] = {"authority": "AA", "public": public("a").hex()}


def rotated(overlap: object, old: str = "a", new: str = "n", number: int = 99) -> Signed:
    body = {"authority": "AA", "public": public(new).hex(), "replaces": public(old).hex()}
    return by("root AA", "key.rotated", "root", {**body, "overlap": overlap}, number)


def by_new() -> Signed:
    row = actor("AA", "custodian", "n")
    return signed({**told(), "actors": [row]}, ["n"])


BATCH = craft.batch([canonical(told("evidence.recorded", n)) for n in (100, 101, 102)], "a")
LOST = craft.batch([canonical(told("case.proposed"))], "a")
LEAVES: dict[str, tuple[Sequence[Signed | bytes], str]] = {
    "the next custody number": ([GOOD, CHAINED], HOLDS),
    "another link": ([GOOD, UNLINKED], "H555"),
    "a gap": ([GOOD, GAP], "H555"),
    "number 0 twice": ([GOOD, opened(101)], "H555"),
    "an id twice": ([GOOD, signed(told("case.proposed"), ["a"])], "H554"),
    "an audit": ([by("a", "audit.checkpoint", "registrar", SIZE)], HOLDS),
    "an audit in another role": ([by("a", "audit.checkpoint", "custodian", SIZE)], "H518"),
    "an audit of no origin": (
        [by("a", "audit.checkpoint", "registrar", {**SIZE, "origin": ""})],
        "H518",
    ),
    "an audit by a root key": ([by("root AA", "audit.checkpoint", "registrar", SIZE)], "H515"),
    "an erasure by a court": ([by("a", "erased", "court", ERASE)], HOLDS),
    "an erasure by one authority": ([by("a", "erased", "data_protection", ERASE)], "H518"),
    "an erasure of nothing": ([by("a", "erased", "court", {**ERASE, "indexes": []})], "H518"),
    "an erasure by two authorities": (
        [together(("AA", "data_protection", "a"), ("BB", "data_protection", "b"))],
        HOLDS,
    ),
    "an erasure by two keys of one": (
        [together(("AA", "data_protection", "a"), ("AA", "data_protection", "a2"))],
        "H518",
    ),
    "an erasure by court and authority": (
        [together(("AA", "data_protection", "a"), ("BB", "court", "b"))],
        "H518",
    ),
    "an enrolment": ([by("root AA", "key.enrolled", "any", NEW)], HOLDS),
    "an enrolment for another": ([by("root BB", "key.enrolled", "root", NEW)], "H516"),
    "an enrolment again": ([by("root AA", "key.enrolled", "root", OLD)], "H516"),
    "an enrolment by an officer": ([by("a", "key.enrolled", "root", NEW)], "H515"),
    "an enrolment of 31 bytes": (
        [by("root AA", "key.enrolled", "root", {**NEW, "public": "00" * 31})],
        "H516",
    ),
    "an enrolment in upper case": (
        [by("root AA", "key.enrolled", "root", {**NEW, "public": public("n").hex().upper()})],
        HOLDS,
    ),
    "a custody event by a root key": (
        [signed({**told(), "actors": [actor("AA", "custodian", "root AA")]}, ["root AA"])],
        "H515",
    ),
    "a revoked key": ([by("root AA", "key.revoked", "root", OLD, 99), GOOD], "H515"),
    "a key revoked twice": (
        [by("root AA", "key.revoked", "root", OLD, number) for number in (98, 99)],
        "H516",
    ),
    "a key of nobody revoked": ([by("root AA", "key.revoked", "root", NEW, 99)], "H516"),
    "a rotation, then the old key": ([rotated(0), GOOD], "H515"),
    "a rotation, then the new key": ([rotated(0), by_new()], HOLDS),
    "the last leaf of the overlap": ([rotated(2), PAD, GOOD], HOLDS),
    "behind the overlap": ([rotated(1), PAD, GOOD], "H515"),
    "an overlap ended early": (
        [rotated(50), by("root AA", "key.revoked", "root", OLD, 98), GOOD],
        "H515",
    ),
    "the longest overlap": ([rotated(65_536)], HOLDS),
    "a longer overlap": ([rotated(65_537)], "H516"),
    "an overlap of true": ([rotated(True)], "H516"),
    "a key rotated twice": ([rotated(5), rotated(5, new="n2", number=98)], "H516"),
    "another's key rotated": ([rotated(5, old="b")], "H516"),
    "a batch": (BATCH, HOLDS),
    "a batch of what moves a person": (LOST, "H519"),
    "a batch by another key": (
        craft.batch([canonical(told("evidence.recorded"))], "b"),
        "H513",
    ),
    "a longer path": ([replace(BATCH[0], path=(BATCH[0].path or b"") + bytes(32))], "H519"),
    "another manifest": ([replace(BATCH[0], manifest=bytes(64))], "H514"),
    "a batch block without a path": ([replace(BATCH[0], path=None)], "H519"),
    "a short salt": ([replace(GOOD, salt=b"x" * 31)], "H534"),
    "no signatures": ([replace(GOOD, block=b"")], "H511"),
    "a signature twice": ([replace(GOOD, block=GOOD.block * 2)], "H512"),
    "one signature too many": ([craft.sign(GOOD.body, ["a", "b"])], "H513"),
    "another's signature": (
        [replace(GOOD, block=GOOD.block[:8] + craft.sign(GOOD.body, ["b"]).block[8:])],
        "H514",
    ),
    "a pad": ([bytes(32)], HOLDS),
    "a short pad": ([bytes(31)], "H552"),
}


def raw(told_fields: dict[str, object]) -> Signed:
    """Signed bytes of a body that may break a rule of form."""
    text = json.dumps(told_fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return craft.sign(text.encode(), ["a"])


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("craft") / "trust.json"
    path.write_bytes(craft.trust_text())
    return path


def first_code(codes: Sequence[str]) -> str:
    return codes[0] if codes else HOLDS


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_judged_alike_in_an_export_and_in_a_receipt(
    first: First, trust: Path, tmp_path: Path, name: str
) -> None:
    changes, code = BODIES[name]
    log = BASE.with_leaves(raw({**told(), **changes}))
    log.export(tmp_path / "export")
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(log.receipt(len(BASE.leaves), range(4)))
    read = read_trust(trust.read_bytes())
    assert first_code(check_register(tmp_path / "export", read).codes) == code
    assert first_code(printed_verdict(receipt.read_bytes(), read).codes) == code
    assert first_code(first.register(tmp_path / "export", trust).codes) == code
    assert first_code(first.receipt(receipt, trust).codes) == code


@pytest.mark.parametrize("name", LEAVES)
def test_leaves_are_judged_alike_in_an_export(
    first: First, trust: Path, tmp_path: Path, name: str
) -> None:
    leaves, code = LEAVES[name]
    BASE.with_leaves(*leaves).export(tmp_path / "export")
    read = check_register(tmp_path / "export", read_trust(trust.read_bytes()))
    assert first_code(read.codes) == code
    assert first_code(first.register(tmp_path / "export", trust).codes) == code


POLICIES: dict[str, tuple[str, str]] = {
    "in order": ("{log}{court}quorum court\n", HOLDS),
    "the quorum first": ("{log}quorum court\n{court}", "H525"),
    "two quorums": ("{log}{court}quorum court\nquorum court\n", "H525"),
    "no quorum": ("{log}{court}", "H525"),
    "no log": ("{court}quorum court\n", "H525"),
    "words behind": ("{log}{court}quorum court # x\n", "H525"),
    "a group": ("{log}{court}group g 1 court\nquorum g\n", HOLDS),
    "a group of 01": ("{log}{court}group g 01 court\nquorum g\n", "H525"),
    "a group of more than it has": ("{log}{court}group g 2 court\nquorum g\n", "H525"),
    "a group of nobody": ("{log}{court}group g all\nquorum g\n", "H525"),
    "a group called none": ("{log}{court}group none all court\nquorum none\n", "H525"),
    "a group called all": ("{log}{court}group all all court\nquorum all\n", HOLDS),
    "a member twice": ("{log}{court}group g all court court\nquorum g\n", "H525"),
    "a later member": ("{log}group g all court\n{court}quorum g\n", "H525"),
    "a carriage return": ("{log}{court}quorum court\r\n", "H525"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_policies_are_read_alike(first: First, tmp_path: Path, name: str) -> None:
    form, code = POLICIES[name]
    log = f"log {craft.vkey(craft.log_key())}\n"
    court = f"witness court {craft.vkey(craft.witness_key())}\n"
    trust, receipt = tmp_path / "trust.json", tmp_path / "receipt.json"
    trust.write_bytes(craft.trust_text(form.format(log=log, court=court)))
    receipt.write_bytes(BASE.receipt(0, []))
    answer = first.receipt(receipt, trust)
    assert first_code(answer.codes) == code
    if code == HOLDS:
        assert printed_verdict(receipt.read_bytes(), read_trust(trust.read_bytes())).witnessed
        assert answer.witnessed
    else:
        with pytest.raises(Exception, match=code):
            read_trust(trust.read_bytes())

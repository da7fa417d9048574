"""Receipts: what one proves with the trust file alone, and what it cannot pass for."""

import base64
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import VAULT, sealed
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register import checkpoint, merkle, receipt, verify
from habeas.register.checkpoint import Checkpoint
from habeas.register.events import Record
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.receipt import Receipt
from habeas.register.signing import SeedSigner
from habeas.register.store import Batch
from habeas.service import record

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
Code = Callable[..., str]
Key = Callable[[str], SeedSigner]
Make = Callable[..., Signed]


def _verdict(found: Receipt, trust: Trust) -> str:
    return verify.receipt_verdict(receipt.write(found), trust).text


def _code(found: Receipt, trust: Trust) -> str:
    fault = verify.receipt_verdict(receipt.write(found), trust).fault
    return fault.code if fault else ""


@pytest.mark.parametrize("index", range(12))
def test_every_event_of_a_good_register_has_a_valid_receipt(
    held: SqliteStore, trust: Trust, index: int
) -> None:
    verdict = verify.receipt_verdict(receipt.write(record.make_receipt(held, VAULT, index)), trust)
    assert (verdict.text, verdict.fault) == ("VALID, NOT WITNESSED", None)
    assert (verdict.index, verdict.size, verdict.demonstration) == (index, 12, True)
    assert verdict.event is not None and verdict.event.index == index  # noqa: PT018 - one thing


def test_a_receipt_reads_back(handover: Receipt) -> None:
    assert receipt.read(receipt.write(handover)) == handover
    assert set(json.loads(receipt.write(handover))) == {"body", "sigblock", "proof", "keys"}


def test_a_receipt_carries_the_enrolments_of_its_signers(held: SqliteStore) -> None:
    carried = {n: len(record.make_receipt(held, VAULT, n).keys) for n in range(12)}
    assert carried == {0: 0, 1: 0, 2: 0, 10: 0, 7: 2} | dict.fromkeys((3, 4, 5, 6, 8, 9, 11), 1)


def test_a_receipt_without_carried_keys_has_no_such_field(held: SqliteStore) -> None:
    assert "keys" not in json.loads(receipt.write(record.make_receipt(held, VAULT, 0)))


def test_a_receipt_is_under_the_latest_checkpoint(held: SqliteStore) -> None:
    proof = receipt.read_proof(record.make_receipt(held, VAULT, 0).proof)
    assert (proof.index, proof.note.checkpoint.size, len(proof.hashes)) == (0, 12, 4)


@pytest.mark.parametrize("index", [-1, 12, 10**6])
def test_there_is_no_receipt_of_an_index_that_no_checkpoint_covers(
    held: SqliteStore, code: Code, index: int
) -> None:
    assert code(record.make_receipt, held, VAULT, index) == "H543"


def test_an_event_above_the_last_checkpoint_has_no_receipt_yet(
    log: Log, store: SqliteStore, make: Make, code: Code
) -> None:
    assert code(record.make_receipt, store, VAULT, 0) == "H543"
    log.publish(AT)
    log.append([make("visit.made", "A", number=2)], AT)
    assert code(record.make_receipt, store, VAULT, 2) == "H543"
    assert record.make_receipt(store, VAULT, 1).keys == ()


def test_another_trust_file_makes_it_invalid(handover: Receipt, trust: Trust, key: Key) -> None:
    roots = {name: key(f"other {name}").public() for name in "ABC"}
    verdict = verify.receipt_verdict(receipt.write(handover), replace(trust, roots=roots))
    assert verdict.text.startswith("INVALID (key enrolment: H515")
    assert verdict.event is None


def test_another_log_key_makes_it_invalid(handover: Receipt, trust: Trust, key: Key) -> None:
    renamed = replace(trust.policy.log, name="log.example/other")
    rekeyed = replace(trust.policy.log, public=key("other").public())
    for log, expected in ((renamed, "H522"), (rekeyed, "H523")):
        assert _code(handover, replace(trust, policy=replace(trust.policy, log=log))) == expected


def test_a_receipt_needs_the_enrolments_of_all_its_signers(handover: Receipt, trust: Trust) -> None:
    for keys in ((), handover.keys[:1], handover.keys[1:]):
        text = _verdict(replace(handover, keys=keys), trust)
        assert text.startswith("INVALID (signatures: H515")


def test_more_enrolments_than_needed_do_no_harm(held: SqliteStore, trust: Trust) -> None:
    more = tuple(record.make_receipt(held, VAULT, index) for index in (0, 1, 2))
    one = replace(record.make_receipt(held, VAULT, 3), keys=more)
    assert _verdict(one, trust) == "VALID, NOT WITNESSED"


def test_a_carried_key_event_is_an_enrolment(held: SqliteStore, trust: Trust) -> None:
    revoked, visit = record.make_receipt(held, VAULT, 10), record.make_receipt(held, VAULT, 9)
    assert _code(replace(visit, keys=(*visit.keys, revoked)), trust) == "H541"
    text = _verdict(replace(visit, keys=(*visit.keys, replace(visit, keys=()))), trust)
    assert text.startswith("INVALID (key enrolment: H541")


def test_a_carried_enrolment_carries_nothing_itself(held: SqliteStore, trust: Trust) -> None:
    one, other = record.make_receipt(held, VAULT, 3), record.make_receipt(held, VAULT, 1)
    nested = replace(one.keys[0], keys=(other,))
    assert _verdict(one, trust) == "VALID, NOT WITNESSED"
    assert _code(replace(one, keys=(nested,)), trust) == "H541"


def test_the_log_cannot_forge_an_authoritys_event(
    store: SqliteStore, trust: Trust, key: Key, make: Make, enrol: Make
) -> None:
    good = make("visit.made", "A", number=1)
    forged = replace(good, sigblock=good.sigblock[:8] + bytes(64))
    rows = [
        Record(n, one.entry, f"{n}", kind, None, None, one.salt, one.body, one.sigblock)
        for n, (one, kind) in enumerate([(enrol("A", 0), "key.enrolled"), (forged, "visit.made")])
    ]
    point = Checkpoint(
        trust.policy.log.name, 2, merkle.root([merkle.leaf_hash(r.entry) for r in rows])
    )
    note = (2, checkpoint.signed(point, key("log")))
    store.write(Batch(0, [sealed(row) for row in rows], AT, checkpoint=note))
    assert _code(record.make_receipt(store, VAULT, 1), trust) == "H514"


def test_an_enrolment_is_carried_once(held: SqliteStore, trust: Trust) -> None:
    one = record.make_receipt(held, VAULT, 3)
    assert _code(replace(one, keys=one.keys * 2), trust) == "H516"


def test_an_enrolment_above_the_event_does_not_count(
    log: Log, store: SqliteStore, make: Make, enrol: Make, trust: Trust
) -> None:
    log.append([enrol("C", 2), make("visit.made", "C", number=3)], AT, publish=True)
    visit, key_event = record.make_receipt(store, VAULT, 3), record.make_receipt(store, VAULT, 2)
    moved = replace(visit, proof=visit.proof.replace("index 3", "index 2"), keys=(key_event,))
    assert _code(moved, trust) == "H515"


@pytest.mark.parametrize("part", ["body", "sigblock", "proof"])
def test_a_part_of_another_receipt_makes_it_invalid(
    held: SqliteStore, handover: Receipt, trust: Trust, part: str
) -> None:
    other = record.make_receipt(held, VAULT, 6)
    mixed = replace(handover, **{part: getattr(other, part)})
    assert _verdict(mixed, trust).startswith(("INVALID (signatures: ", "INVALID (inclusion: "))


def test_another_salt_or_index_or_hash_places_the_event_nowhere(
    handover: Receipt, trust: Trust
) -> None:
    proof = receipt.read_proof(handover.proof)
    note = handover.proof.partition("\n\n")[2]
    altered = [
        receipt.proof_text(bytes(32), 7, proof.hashes, note),
        receipt.proof_text(proof.salt, 8, proof.hashes, note),
        receipt.proof_text(proof.salt, 7, proof.hashes[::-1], note),
        receipt.proof_text(proof.salt, 7, proof.hashes[1:], note),
        receipt.proof_text(proof.salt, 7, [*proof.hashes, bytes(32)], note),
    ]
    assert [_code(replace(handover, proof=text), trust) for text in altered] == ["H542"] * 5


def test_a_proof_under_an_earlier_checkpoint_is_as_good(
    held: SqliteStore, register: Path, trust: Trust
) -> None:
    early = held.checkpoints()[0]
    with closing(SqliteStore(register.with_name("early"), create=True)) as store:
        store.write(Batch(0, list(held.rows(0, 6)), AT, checkpoint=early))
        found = verify.receipt_verdict(receipt.write(record.make_receipt(store, VAULT, 3)), trust)
    assert (found.text, found.size) == ("VALID, NOT WITNESSED", 6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"body":"","sigblock":""}',
        '{"body":"","sigblock":"","proof":1}',
        '{"body":null,"sigblock":"","proof":""}',
        '{"body":"","sigblock":"","proof":"","keys":{}}',
        '{"body":"","sigblock":"","proof":"","keys":[1]}',
        '{"body":"","sigblock":"","proof":"","more":1}',
        '{"body":"","sigblock":"","proof":"","keys":[{"body":"","sigblock":"","proof":"","keys":[{}]}]}',
        '{"body":"","sigblock":"","proof":""}x',
        '{"body":"\\ud800","sigblock":"","proof":"\\ud800"}',
        "[" * 100_000,
        "9" * 10_000,
    ],
)
def test_a_text_that_is_no_receipt_is_invalid(trust: Trust, text: str) -> None:
    verdict = verify.receipt_verdict(text, trust)
    assert verdict.fault is not None
    assert verdict.fault.code in {"H541", "H521", "H545"}
    assert verdict.text.startswith("INVALID (container: ")


def _proof_changes(text: str) -> list[tuple[str, str]]:
    hashed = base64.b64encode(bytes(32)).decode()
    return [
        ("H541", text.replace("@v1", "@v2")),
        ("H521", text.replace("\n\n", "\n", 1)),
        ("H541", text.replace("extra ", "Extra ")),
        ("H541", text.replace("index 7", "index 07")),
        ("H541", text.replace("index 7", "index -7")),
        ("H541", text.replace("index 7", "index " + "7" * 5_000)),
        ("H541", text.replace("index 7", "at 7")),
        ("H541", text.replace("index 7", "index 7" + f"\n{hashed}" * 64)),
        ("H541", text.replace("index 7", "index 7\nAAAA")),
        ("H521", text.replace("index 7", "index 7\nx")),
        ("H521", text.replace("extra ", "extra  ")),
        ("H521", text.partition("\n\n")[0] + "\n\n"),
    ]


def test_a_malformed_proof_has_its_code(handover: Receipt, trust: Trust) -> None:
    for expected, text in _proof_changes(handover.proof):
        assert text != handover.proof
        assert _code(replace(handover, proof=text), trust) == expected


def test_a_receipt_says_nothing_of_a_later_revocation(
    log: Log, store: SqliteStore, make: Make, enrol: Make, trust: Trust
) -> None:
    batch = [make("visit.made", "B", number=2), enrol("B", 3, "key.revoked")]
    log.append(batch, AT, publish=True)
    assert _verdict(record.make_receipt(store, VAULT, 2), trust) == "VALID, NOT WITNESSED"

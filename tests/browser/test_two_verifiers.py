"""Two verifiers, written apart, on the same inputs: the page in a browser, and the Python one."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace

from chromium import needed
from habeas.register import cbor, checkpoint, events, receipt, signing, verify
from habeas.register.keys import read_trust
from habeas.register.signing import MlDsaSigner
from receipt_cases import SIZE, altered, case, must_reject, mutated, python, signer

pytestmark = needed
Judge = Callable[..., list[str]]


def test_both_verifiers_agree_on_good_receipts_in_each_form(judge: Judge) -> None:
    good = case()
    texts = [good.text(), good.scanned(), "\n".join(code.hex() for code in good.codes())]
    big = case(300)
    assert judge([*texts, big.text(), big.scanned()]) == ["VALID"] * 5
    lone = [case().scanned(one) for one in good.codes()] + [
        good.receipt.proof,
        good.scanned().split()[0],
    ]
    assert judge(lone) == [python(text) for text in lone]


def test_both_verifiers_agree_on_the_alterations(judge: Judge) -> None:
    texts = [case().scanned(code) for _, code in must_reject().values()]
    assert judge(texts) == [python(text) for text in texts]


def test_both_verifiers_agree_on_five_hundred_changed_codes_and_none_is_valid(
    judge: Judge,
) -> None:
    texts = [case().scanned(mutated(f"code {n}", case().codes()[0])) for n in range(500)]
    found = judge(texts)
    assert found == [python(text) for text in texts]
    assert "VALID" not in found


def test_both_verifiers_agree_on_five_hundred_changed_files(judge: Judge) -> None:
    data = case().text().encode()
    texts = [mutated(f"file {n}", data).decode("latin-1") for n in range(500)]
    found = judge(texts)
    assert found == [python(text) for text in texts]
    # White space, a doubled key or an uncounted cosignature may change; what is shown may not.
    held = [verify.receipt_verdict(text, case().trust).event for text in texts]
    good = verify.receipt_verdict(data, case().trust).event
    assert [event for event in held if event not in (None, good)] == []


def test_both_verifiers_agree_on_changed_enrolments(judge: Judge) -> None:
    first, one, other = case().codes()
    rows = [[first, mutated(f"key {n}", one), other] for n in range(150)]
    rows += [[first, one], [first, other], [first, one, one, other], [first, one, other, first]]
    texts = ["\n".join(base64.b64encode(code).decode() for code in row) for row in rows]
    assert judge(texts) == [python(text) for text in texts]


def _signed(body: bytes) -> str:
    """The case's event with another body, well signed but in no tree."""
    block = signing.sigblock(body, [signer("us-bop-1"), signer("sv-dgcp-1")])
    return receipt.write(replace(case().receipt, body=body, sigblock=block))


def _bodies() -> list[bytes]:
    good = case().receipt.body
    event = json.loads(good)
    changes: tuple[dict[str, object], ...] = (
        {"v": 2}, {"v": True}, {"seq": -1}, {"seq": 0}, {"prev": 1}, {"subject": "p_"},
        {"facility": "Centro \u00e9"}, {"facility": "e\u0301"}, {"facility": "a\nb"},
        {"facility": 7}, {"body": []}, {"body": {"a": {"b": {"c": {"d": {"e": {"f": {}}}}}}}},
        {"body": {"a": [[[[[[[[1]]]]]]]]}}, {"body": {"a": 2**53}}, {"body": {"a": 2**53 - 1}},
        {"body": {"a": None}}, {"body": {"\u00e9": 1}}, {"body": {"10": 1, "9": 2}},
        {"body": {"a": "\x7f\u2028\U0001f600"}}, {"body": {"__proto__": 1}},
        {"actors": []}, {"actors": event["actors"] * 2}, {"actors": event["actors"] * 9},
        {"actors": [{**event["actors"][0], "role": ""}]}, {"basis": {}}, {"basis": [0] * 65},
        {"basis": [0] * 64}, {"time_basis": "guess"}, {"id": "x"}, {"more": 1},
        {"type": "key.enrolled"}, {"type": "erased"}, {"type": "key.unheard_of"},
        {"sections": [{"name": "a"}]}, {"sections": [{"name": "a", "digest": ""}]},
        {"sections": [1]}, {"type": ""}, {"type": "custody.unheard_of"},
        {"sections": [{"name": "a", "digest": "b"}] * 2}, {"sections": []},
        {"occurred_at": "2026-02-29T00:00:00Z"}, {"occurred_at": "2028-02-29T23:59:59+23:59"},
        {"occurred_at": "2026-03-02T14:05:00+05:99"}, {"occurred_at": "2026-03-02T14:05:00"},
        {"occurred_at": "2026-03-02T24:00:00Z"}, {"occurred_at": "0001-01-01T00:00:00+00:01"},
        {"occurred_at": "9999-12-31T23:59:59-00:01"}, {"occurred_at": "0099-12-31T23:59:59Z"},
        {"occurred_at": "2026-03-02T14:05:00+24:00"}, {"occurred_at": "2026-13-02T14:05:00Z"},
    )  # fmt: skip
    odd = [{**event, **change} for change in changes]
    texts = [
        json.dumps(one, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for one in odd
    ]
    raw = [text.encode() for text in texts]
    less = [
        events.canonical({key: value for key, value in event.items() if key != gone})
        for gone in event
    ]
    spelled = [
        good.replace(b'"v":1', b'"v":1.0'), good.replace(b'"v":1', b'"v":1e0'),
        good.replace(b'"v":1', b'"v":-0'), good.replace(b'"v":1', b'"v":NaN'),
        good.replace(b'"v":1', b'"v":1,"v":1'), good.replace(b"BOP", b"\xff"),
        b"\xef\xbb\xbf" + good,
        good.replace(b"BOP", b"\\ud800"), good.replace(b"BOP", b"\\u0041"), good + b" ", b"", b"[]",
        b"null", b"7", b"{}", good.replace(b"BOP", b"B" * 17_000), good.replace(b"ALX", b"\\/"),
    ]  # fmt: skip
    return [*raw, *less, *spelled]


def test_both_verifiers_read_an_event_alike(judge: Judge) -> None:
    texts = [_signed(body) for body in _bodies()]
    assert judge(texts) == [python(text) for text in texts]


def test_both_verifiers_read_numbers_and_lengths_in_their_shortest_form_alone(judge: Judge) -> None:
    good = case().codes()[0]
    assert good.startswith(b"\x8a\x01\x59")
    heads = ("8a1801", "8a190001", "8a1a00000001", "8a1b0000000000000001", "980a01", "99000a01",
             "9f01", "8a01c0", "8aa0", "8af5", "8a20", "8af90000", "8b01", "8901",
             "8a1c" + "ff" * 16, "8a818181818100")  # fmt: skip
    texts = [case().scanned(bytes.fromhex(head) + good[2:]) for head in heads]
    texts.append(case().scanned(good.replace(b"\x78\x1e", b"\x79\x00\x1e")))
    texts += ["8181818100", "81818100", "1c" + "ff" * 16, "811f", "5f4161ff"]
    found = judge(texts)
    assert found == [python(text) for text in texts]
    assert set(found) <= {"INVALID (container: H545", "INVALID (container: H546"}


def test_both_verifiers_agree_on_shapes_of_arrays_and_texts(judge: Judge) -> None:
    changes: list[dict[int, Callable[[cbor.Item], cbor.Value]]] = [
        {0: lambda _: 2}, {1: lambda _: ""}, {2: lambda _: b""}, {3: lambda _: b""},
        {4: lambda _: 10**18}, {4: lambda _: 2**64 - 1}, {5: lambda _: 10**18}, {5: lambda _: 0},
        {6: lambda _: bytes(33)}, {6: lambda _: bytes(32 * 63)}, {6: lambda _: bytes(32 * 64)},
        {7: lambda _: ""}, {7: lambda _: "a b"}, {7: lambda _: "\u00e9"}, {7: lambda _: "\u00a0"},
        {8: lambda _: bytes(67)}, {8: lambda _: bytes(68)}, {9: lambda _: []}, {9: lambda _: [[]]},
        {9: lambda _: [[0, bytes(76)]]}, {9: lambda _: [[40, bytes(76)]]}, {9: lambda _: b""},
        {9: lambda _: [[1, bytes(76)], [0, bytes(76)]]}, {1: lambda _: bytes(8100)},
    ]  # fmt: skip
    texts = [case().scanned(altered(change)) for change in changes]
    texts += ["", " ", "x", "null", "[]", "{}", "{", "\ufeff{}", "é", "9" * 999, "8a", "a=", "\x1c"]
    assert judge(texts) == [python(text) for text in texts]


def test_a_logs_ml_dsa_key_is_asked_of_a_file_and_neither_of_a_print_nor_by_the_page(
    judge: Judge,
) -> None:
    good = case()
    log = good.trust.policy.log
    second = checkpoint.cosignature_key(log.name, MlDsaSigner(bytes(32)).public())
    line = f"log {log.vkey()}\n"
    text = good.trust.text.replace(
        json.dumps(line)[1:-1], json.dumps(f"{line}log {second.vkey()}\n")[1:-1]
    )
    trust = read_trust(text)
    assert trust.policy.also == (second,)
    told = [verify.receipt_verdict(one, trust).text[:28] for one in (good.text(), good.scanned())]
    assert told == ["INVALID (key enrolment: H523", "VALID"]
    assert judge([good.text(), good.scanned()], trust=text) == ["VALID", "VALID"]


def test_an_enrolment_under_another_history_convicts_the_log(judge: Judge) -> None:
    good = case()
    point = receipt.read_proof(good.receipt.proof).note.checkpoint
    other = replace(point, root=bytes(32))
    note = checkpoint.signed(other, signer(point.origin))
    head = good.receipt.proof.partition("\n\n")[0]
    forked = receipt.write(replace(good.receipt, proof=f"{head}\n\n{note}"))
    assert judge([forked]) == [python(forked)] == ["INVALID (inclusion: H542"]
    assert judge([good.text()], SIZE) == ["INVALID (consistency: H548"]

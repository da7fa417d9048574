"""Both verifiers on batched events, rotated keys, codes as text, and proofs of growth."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from selenium.webdriver import Chrome

from chromium import needed
from habeas.register import cbor, checkpoint, merkle, printed, receipt, signing, verify
from habeas.service import receipts
from receipt_cases import (
    Case,
    batched_case,
    case,
    leaves,
    mutated,
    python,
    rotated_case,
    rotated_out,
    rotated_with,
    rotation,
    signer,
)

pytestmark = needed
Judge = Callable[..., list[str]]
COMPARED = """
const [rows, trust, done] = arguments;
(async () => {
  const found = [];
  for (const [text, size, root, grown] of rows) {
    const bytes = Uint8Array.from(atob(root), one => one.charCodeAt(0));
    const one = await habeasVerify(text, trust, { size: BigInt(size), root: bytes }, grown);
    found.push([one.text, one.compared]);
  }
  done(found);
})().catch(error => done([String(error)]));
"""


@pytest.mark.parametrize("made", [batched_case, rotated_case])
def test_both_verifiers_agree_on_good_receipts_in_each_form(
    judge: Judge, made: Callable[..., Case]
) -> None:
    good, big = made(), made(300)
    texts = [good.text(), good.scanned(), good.texts(), big.text(), big.texts()]
    assert judge(texts) == [python(text) for text in texts] == ["VALID"] * 5


@pytest.mark.parametrize("made", [batched_case, rotated_case])
def test_both_verifiers_agree_on_changed_files_and_codes(
    judge: Judge, made: Callable[..., Case]
) -> None:
    good = made()
    texts = [good.scanned(mutated(f"{n} code", good.codes()[0])) for n in range(250)]
    data = good.text().encode()
    texts += [mutated(f"{n} file", data).decode("latin-1") for n in range(250)]
    last = good.codes()[-1]
    for n in range(80):
        changed = [*good.codes()[:-1], mutated(f"{n} key", last)]
        texts.append("".join(f"{printed.text(one)}\n" for one in changed))
    found = judge(texts)
    assert found == [python(text) for text in texts]
    assert "VALID" not in found[:250]


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _files() -> list[str]:
    """Batched receipts of which path, manifest or block are others, or there where none may be."""
    good = batched_case().receipt
    path, root = good.path, good.sigblock
    turned = path[32:64] + path[:32] + path[64:]
    changed: list[dict[str, Any]] = [
        {"path": one} for one in (b"", path[:-1], path[32:], path + bytes(32), path + b"0", turned)
    ]
    changed += [{"manifest": one} for one in (b"", bytes(64), good.manifest[1:], good.manifest * 2)]
    changed += [{"path": _flipped(path, n)} for n in range(0, 96, 7)]
    changed += [{"manifest": _flipped(good.manifest, n)} for n in range(64)]
    for tail in ("0000000000000005", "0000000500000005", "0000000100000004", "0000000100000000",
                 "0000000100000401", "ffffffffffffffff", "00000001ffffffff"):  # fmt: skip
        changed.append({"sigblock": root[:-8] + bytes.fromhex(tail)})
    changed += [{"sigblock": _flipped(root, n)} for n in range(68)]
    return [receipt.write(replace(good, **one)) for one in changed]


def test_both_verifiers_agree_on_paths_manifests_and_blocks(judge: Judge) -> None:
    texts = _files()
    own, batched = json.loads(case().text()), json.loads(batched_case().text())
    for more in ({"path": ""}, {"path": "", "manifest": ""}, {"path": 1, "manifest": 1}):
        texts.append(json.dumps(own | more))
    for gone in ("path", "manifest"):
        texts.append(json.dumps({key: value for key, value in batched.items() if key != gone}))
        wrong: tuple[object, ...] = (None, 1, "=", [], "AA")
        texts += [json.dumps(batched | {gone: value}) for value in wrong]
    found = judge(texts)
    assert found == [python(text) for text in texts]
    assert {text[:8] for text in found} == {"INVALID "}
    assert {text[-4:] for text in found} >= {"H519", "H514", "H513", "H511", "H541", "H521"}


def test_both_verifiers_agree_on_batches_of_every_small_size_and_kind(judge: Judge) -> None:
    good, texts = batched_case().receipt, list[str]()
    body = json.loads(good.body)
    for count in (1, 2, 3, 4, 7, 8, 1024):
        for kind in ("custody.counted", "duty.met", "custody.placed"):
            other = json.dumps(body | {"type": kind}, sort_keys=True, separators=(",", ":"))
            bodies = [b"%d" % n for n in range(count - 1)]
            made = signing.manifest([*bodies, other.encode()], signer("sv-dgcp-1"))
            one = replace(good, body=other.encode(), sigblock=made.blocks[-1], path=made.paths[-1])
            texts.append(receipt.write(replace(one, manifest=made.signature)))
    found = judge(texts)
    assert found == [python(text) for text in texts]
    assert set(found) == {"INVALID (inclusion: H542", "INVALID (signatures: H519"}


def test_both_verifiers_agree_on_versions_of_the_array(judge: Judge) -> None:
    batched = cbor.decode(batched_case().codes()[0], printed.CAP)
    own = cbor.decode(case().codes()[0], printed.CAP)
    assert isinstance(batched, tuple)
    assert isinstance(own, tuple)
    arrays: list[list[cbor.Value]] = [
        [1, *batched[1:]], [1, *batched[1:3], *batched[5:]], [2, *own[1:]], [0, *own[1:]],
        [2, *own[1:3], b"", bytes(64), *own[3:]], [2, *batched[1:4], *batched[5:]],
        [3, *batched[1:]], [*batched, 0], [*batched[:-1]], [2], [2, b"", b""], [2, b"", b"", b""],
        [2, *batched[1:3]], [2, *batched[1:4]], [2, *batched[1:5]],
    ]  # fmt: skip
    codes = [cbor.encode(array) for array in arrays]
    changes: tuple[tuple[int, cbor.Value], ...] = (
        (3, bytes(33)), (3, ""), (3, b""), (3, bytes(64 * 32)), (4, bytes(63)), (4, 0), (5, b""),
        (6, 10**18), (7, 0), (8, bytes(31)), (9, ""), (10, b""), (11, b""),
    )  # fmt: skip
    codes += [cbor.encode([*batched[:n], part, *batched[n + 1 :]]) for n, part in changes]
    texts = [batched_case().scanned(code) for code in codes]
    assert judge(texts) == [python(text) for text in texts]


def test_both_verifiers_agree_on_rotations(judge: Judge) -> None:
    changes: tuple[dict[str, Any], ...] = (
        {}, {"overlap": -1}, {"overlap": 65_536}, {"overlap": 65_537}, {"overlap": True},
        {"overlap": "1"}, {"overlap": []}, {"replaces": "00"}, {"replaces": ""},
        {"replaces": signer("sv-dgcp-1").public().hex()}, {"public": "00" * 31},
        {"replaces": signer("us-bop-1").public().hex()}, {"authority": "SV-DGCP"},
    )  # fmt: skip
    made = [rotated_with(rotation(**change)) for change in changes]
    made += [rotated_out(overlap) for overlap in (0, 1, 2)]
    texts = list[str]()
    for one in made:
        keys = one.receipt.keys
        for carried in (keys, keys[::-1], keys[1:], keys[:2], (*keys, keys[0]), (*keys, keys[2])):
            texts.append(receipt.write(replace(one.receipt, keys=carried)))
    found = judge(texts)
    assert found == [python(text) for text in texts]
    assert {"VALID", "INVALID (key enrolment: H516", "INVALID (signatures: H515"} <= set(found)


def test_both_verifiers_read_the_text_of_codes_alike(judge: Judge) -> None:
    text, _, rest = case().texts().partition("\n")
    changed = [mutated(f"{n} text", text.encode()).decode("latin-1") for n in range(300)]
    changed += [
        f" \t{text} \r", text.replace(" ", "", 1), text.replace(" ", "  ", 1), text[:-1],
        text + "0", text.lower(), text.replace(" ", "\n", 1), printed.MARK, f"{text} {text}",
        text.removeprefix(printed.MARK), printed.MARK + ":::", printed.MARK + "GGW", "HABEAS* BB8",
        f"{printed.MARK}\u00e9", f"\ufeff{text}", f"\u00a0{text}",
    ]  # fmt: skip
    texts = [f"{one}\n{rest}" for one in changed]
    assert judge(texts) == [python(one) for one in texts]


def _lines(proof: Sequence[bytes]) -> str:
    return "".join(f"{base64.b64encode(part).decode()}\n" for part in proof)


def test_both_verifiers_hold_a_kept_checkpoint_of_another_size_alike(
    opened: Callable[[str], Chrome],
) -> None:
    cases = {size: case(size) for size in (3, 4, 6, 7, 8, 13, 16)}
    entries = [signing.entry(one.salt, one.body, one.block) for one in leaves()]
    entries += [hashlib.sha256(b"other leaf %d" % n).digest() for n in range(13)]
    tree = merkle.Tree([merkle.leaf_hash(entry) for entry in entries])
    last, rows, expected = cases[16], list[tuple[str, str, str, str]](), list[tuple[str, object]]()
    point = receipt.read_proof(last.receipt.proof).note.checkpoint
    for size, one in cases.items():
        held = receipt.read_proof(one.receipt.proof).note.checkpoint
        good = tree.consistency(size, 16)
        proofs: tuple[list[bytes], ...] = (
            good,
            good[:-1],
            [*good, bytes(32)],
            good[::-1],
            [],
            tree.consistency(5, 16),
        )
        for shown, kept in ((last, held), (one, point), (last, replace(held, root=bytes(32)))):
            for proof in proofs:
                root = base64.b64encode(kept.root).decode()
                rows.append((shown.text(), str(kept.size), root, _lines(proof)))
                note = checkpoint.signed(kept, signer(kept.origin))
                told = verify.receipt_verdict(
                    shown.text(), shown.trust, kept=note, consistency=_lines(proof)
                )
                expected.append((python("", told.text), told.compared))
    page = opened(receipts.verifier(case().trust, None))
    found = page.execute_async_script(COMPARED, rows, case().trust.text)
    assert [tuple(row) for row in found] == expected
    assert {("VALID", True), ("VALID", False), ("INVALID (consistency: H542", None)} <= set(
        expected
    )

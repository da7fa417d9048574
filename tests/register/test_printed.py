"""Printed receipts: the vector byte for byte, and every alteration refused with its step."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import RegisterError
from habeas.register import cbor, checkpoint, forms, merkle, printed, receipt, signing, verify
from habeas.register.checkpoint import Checkpoint
from habeas.register.policy import Policy, read_policy
from habeas.register.receipt import Receipt
from habeas.register.signing import SeedSigner
from receipt_cases import EXAMPLE, SIZE, Case, altered, case, must_reject, trust

Code = Callable[..., str]
Key = Callable[[str], SeedSigner]


@pytest.fixture
def policy() -> Policy:
    return read_policy(EXAMPLE["policy_utf8"])


@pytest.fixture
def worked(example: dict[str, Any]) -> Receipt:
    """The receipt of the worked example."""
    block = bytes.fromhex(example["sigblock"]["hex"])
    return Receipt(example["body"]["utf8"].encode(), block, example["receipt_tlog_proof_utf8"])


@pytest.fixture
def good() -> Case:
    return case()


def _verdict(data: str | bytes, beside: list[bytes] | None = None) -> str:
    return verify.receipt_verdict(data, trust(), beside or []).text


def test_the_worked_example_comes_out_byte_for_byte(worked: Receipt, policy: Policy) -> None:
    data = printed.packed(worked, policy)
    assert data.hex() == EXAMPLE["receipt_cbor"]["hex"]
    assert len(data) == EXAMPLE["receipt_cbor"]["bytes"] == 1260


def test_the_same_receipt_comes_back(worked: Receipt, policy: Policy) -> None:
    data = bytes.fromhex(EXAMPLE["receipt_cbor"]["hex"])
    assert printed.unpacked(data, policy) == worked


def test_a_receipt_is_valid_in_each_of_its_forms(good: Case) -> None:
    first, *keys = good.codes()
    assert _verdict(good.text()) == "VALID"
    assert _verdict(first, keys) == "VALID"
    assert _verdict(good.scanned()) == "VALID"
    assert _verdict("\n".join(code.hex() for code in good.codes())) == "VALID"
    assert _verdict(good.text(), []) == "VALID"


def test_a_proof_is_valid_with_the_event_that_it_is_of(good: Case) -> None:
    event = b'{"body":"%b","salt":"","sigblock":"%b"}' % (
        base64.b64encode(good.receipt.body),
        base64.b64encode(good.receipt.sigblock),
    )
    assert _verdict(good.receipt.proof, [event, *good.codes()[1:]]) == "VALID"
    assert _verdict(good.receipt.proof).startswith("INVALID (container: H549")
    other = event.replace(b'"body":"', b'"body":"AAAA')
    assert _verdict(good.receipt.proof, [other, *good.codes()[1:]]).startswith("INVALID (body: ")


def test_a_printed_receipt_without_enrolments_says_which_key_it_lacks(good: Case) -> None:
    text = _verdict(good.codes()[0])
    assert text.startswith("INVALID (signatures: H515 key a18983194cfc0481 was not enrolled")
    text = _verdict(good.codes()[0], good.codes()[1:2])
    assert text.startswith("INVALID (signatures: H515 key fb51ea06b8989f55 was not enrolled")


def test_only_an_enrolment_may_stand_beside_a_receipt(good: Case) -> None:
    text = _verdict(good.codes()[0], [*good.codes()[1:], good.codes()[0]])
    assert text.startswith("INVALID (key enrolment: H541")


def test_the_list_of_alterations_is_the_specifications() -> None:
    assert len(EXAMPLE["must_reject"]) == 9
    assert len(must_reject()) == 10  # two other indexes are one line of the list


@pytest.mark.parametrize("name", must_reject())
def test_an_alteration_is_refused_at_its_step(good: Case, name: str) -> None:
    step, data = must_reject()[name]
    assert data != good.codes()[0]
    assert _verdict(data, good.codes()[1:]).startswith(f"INVALID ({step}: ")


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("mask", [1, 128])
def test_no_changed_byte_of_a_printed_receipt_is_valid(good: Case, mask: int) -> None:
    first, *keys = good.codes()
    found = {
        place: _verdict(first[:place] + bytes([first[place] ^ mask]) + first[place + 1 :], keys)
        for place in range(len(first))
    }
    assert [place for place, text in found.items() if text == "VALID"] == []
    left = [text for text in found.values() if not text.startswith("INVALID")]
    # A cosignature whose key id is unknown is ignored: its four bytes, twice, and no others.
    assert left == ["VALID, NOT WITNESSED"] * len(left)
    assert len(left) <= 10


@pytest.mark.no_cover  # the same lines again and again
def test_no_shortened_or_lengthened_printed_receipt_is_read(good: Case) -> None:
    first, *keys = good.codes()
    cut = {_verdict(first[:size], keys)[:25] for size in range(1, len(first))}
    assert cut == {"INVALID (container: H545 "}
    assert _verdict(first + b"\0", keys).startswith("INVALID (container: H545")


def test_a_witness_beyond_the_readers_policy_is_left_out(good: Case) -> None:
    def later(rows: cbor.Item) -> cbor.Value:
        assert isinstance(rows, tuple)
        return [*rows, [7, bytes(76)]]

    assert _verdict(altered({9: later}), good.codes()[1:]) == "VALID"
    assert _verdict(altered({9: lambda _: []}), good.codes()[1:]) == "VALID, NOT WITNESSED"


MALFORMED: dict[str, dict[int, Callable[[cbor.Item], cbor.Value]]] = {
    "another version": {0: lambda _: 3},
    "a body that is text": {1: lambda _: "{}"},
    "a short salt": {3: lambda _: bytes(31)},
    "an index that is text": {4: lambda _: "2"},
    "half a hash": {6: lambda _: bytes(48)},
    "an origin that is bytes": {7: lambda _: b"log"},
    "a short log signature": {8: lambda _: bytes(67)},
    "cosignatures that are bytes": {9: lambda _: b""},
    "a short cosignature": {9: lambda _: [[0, bytes(75)]]},
    "a row of three": {9: lambda _: [[0, bytes(76), 0]]},
    "a witness twice": {9: lambda _: [[0, bytes(76)], [0, bytes(76)]]},
    "witnesses that descend": {9: lambda _: [[1, bytes(76)], [0, bytes(76)]]},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_an_array_of_another_shape_is_no_printed_receipt(name: str) -> None:
    assert _verdict(altered(MALFORMED[name])).startswith("INVALID (container: H546")


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "a\n\n\N{EM DASH} b"])
def test_an_origin_cannot_bring_lines_of_its_own(origin: str) -> None:
    assert _verdict(altered({7: lambda _: origin})).startswith("INVALID (container: H521")


@pytest.mark.parametrize("hashes", [0, 1, 2, 4, 63, 64, 200])
def test_a_proof_of_another_length_leads_nowhere(good: Case, hashes: int) -> None:
    data = altered({6: lambda _: bytes(32 * hashes)})
    text = _verdict(data, good.codes()[1:])
    assert text.startswith(("INVALID (inclusion: H542", "INVALID (container: H541"))


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_at_all_has_a_verdict(data: bytes | str) -> None:
    assert _verdict(data).startswith("INVALID (container: H54")


def test_a_receipt_that_the_log_did_not_sign_has_no_printed_form(
    good: Case, policy: Policy, code: Code
) -> None:
    head, _, tail = good.receipt.proof.partition("\N{EM DASH}")
    unsigned = replace(good.receipt, proof=head + "\N{EM DASH}" + tail.split("\n", 1)[1][1:])
    assert code(printed.packed, unsigned, policy) == "H547"
    other = replace(policy, log=replace(policy.log, name="log.example/other"))
    assert code(printed.packed, good.receipt, other) == "H547"
    long = replace(good.receipt, body=bytes(9000))
    assert code(printed.packed, long, policy) == "H547"


def test_a_file_and_its_print_say_the_same(good: Case) -> None:
    file = verify.receipt_verdict(good.text(), good.trust)
    scan = verify.receipt_verdict(good.scanned(), good.trust)
    assert file == scan
    assert (file.index, file.size) == (2, SIZE)


# The last checkpoint that a reader kept


def _note(point: Checkpoint, key: Key) -> str:
    return checkpoint.signed(point, key(point.origin))


def _kept(good: Case) -> Checkpoint:
    return receipt.read_proof(good.receipt.proof).note.checkpoint


def test_a_kept_checkpoint_of_the_same_size_has_the_same_root(good: Case, key: Key) -> None:
    point = _kept(good)
    found = verify.receipt_verdict(good.text(), good.trust, kept=_note(point, key))
    assert (found.text, found.compared) == ("VALID", True)
    forked = _note(replace(point, root=bytes(32)), key)
    found = verify.receipt_verdict(good.text(), good.trust, kept=forked)
    assert found.text.startswith("INVALID (consistency: H548 the log has signed two histories")
    assert found.event is None


def test_a_kept_checkpoint_of_another_size_is_not_compared(good: Case, key: Key) -> None:
    for size in (SIZE - 1, SIZE + 1):
        note = _note(replace(_kept(good), size=size, root=bytes(32)), key)
        found = verify.receipt_verdict(good.text(), good.trust, kept=note)
        assert (found.text, found.compared) == ("VALID", False)


def test_a_kept_checkpoint_must_be_one_of_the_same_log(good: Case, key: Key) -> None:
    other = replace(_kept(good), origin="log.example/other")
    with pytest.raises(RegisterError, match="H522"):
        verify.receipt_verdict(good.text(), good.trust, kept=_note(other, key))
    with pytest.raises(RegisterError, match="H523"):
        verify.receipt_verdict(
            good.text(), good.trust, kept=checkpoint.signed(_kept(good), key("thief"))
        )


def test_the_enrolments_checkpoints_are_held_against_the_receipts(good: Case, key: Key) -> None:
    """A log that shows two histories of one size in one receipt convicts itself."""
    one = good.receipt.keys[0]
    proof = receipt.read_proof(one.proof)
    leaf = merkle.leaf_hash(signing.entry(proof.salt, one.body, one.sigblock))
    path = [bytes(32)] * 3
    root = merkle.included_root(leaf, 0, SIZE, path)
    assert root is not None
    note = _note(replace(_kept(good), root=root), key)
    forked = replace(one, proof=receipt.proof_text(proof.salt, 0, path, note))
    both = replace(good.receipt, keys=(forked, good.receipt.keys[1]))
    assert _verdict(receipt.write(both)).startswith("INVALID (consistency: H548")


def test_the_text_of_a_code_is_whole_or_no_receipt(good: Case) -> None:
    text, _, rest = good.texts().partition("\n")
    assert " " in text.rstrip()
    assert _verdict(f"\n \t{text} \r\n\r\n{rest}") == "VALID"
    codes = good.codes()
    mixed = f"{text}\n{codes[1].hex()} \t{base64.b64encode(codes[2]).decode()}\n"
    assert _verdict(mixed) == "VALID"
    broken = (
        text.replace(" ", "", 1), text.replace(" ", "  ", 1), text[:-1], text + "0",
        text.lower(), text.replace("*", "", 1), text.replace(" ", "\n", 1), printed.MARK,
        text.replace(printed.MARK, printed.MARK + " ", 1), text + text, f"{text} {codes[1].hex()}",
    )  # fmt: skip
    for one in broken:
        assert _verdict(f"{one}\n{rest}").startswith("INVALID (container: H54"), one[:20]


def test_only_what_a_printer_made_is_in_print(good: Case) -> None:
    file = good.text().encode()
    assert not forms.in_print(file)
    assert not forms.in_print(b" \t\r\n" + file)
    assert not forms.in_print(good.receipt.proof.encode())
    assert forms.in_print(good.scanned().encode())
    assert forms.in_print(good.codes()[0])


def test_a_proof_alone_is_asked_for_its_event(good: Case, policy: Policy) -> None:
    for beside in ((), (good.text().encode(),)):  # a receipt is no signed event
        with pytest.raises(RegisterError) as caught:
            forms.read(good.receipt.proof.encode(), policy, beside)
        assert [one.code for one in caught.value.faults] == ["H549"]


@pytest.mark.parametrize("beside", [b"[" * 100_000, b'{"a":' * 100_000, b"[]", b"1"])
def test_what_is_brought_beside_a_receipt_and_is_none_is_malformed(
    good: Case, policy: Policy, beside: bytes
) -> None:
    with pytest.raises(RegisterError) as caught:
        forms.read(good.text().encode(), policy, (beside,))
    assert {one.code for one in caught.value.faults} <= {"H541", "H545", "H546", "H521"}


def test_the_forms_agree_on_what_is_carried(good: Case, policy: Policy) -> None:
    read = forms.read(good.scanned().encode(), policy)
    assert read == forms.read(good.text().encode(), policy) == good.receipt

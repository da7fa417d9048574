"""Printed receipts, and the other forms that a verifier reads (receipt.md)."""

import binascii
from collections.abc import Sequence

from second_verifier import cbor
from second_verifier.note import Checkpoint, read_note
from second_verifier.policy import Policy, Trust
from second_verifier.receipt import (
    FIRST,
    Part,
    Proof,
    check_receipt,
    read_proof,
    read_receipt,
    step,
)
from second_verifier.sealing import Signed
from second_verifier.spelling import base64_text, unbase64, unhex, unjson
from second_verifier.verdict import BrokenError, Verdict, need

BAD = "H546"
LONGEST = 8_192


def read_printed(data: bytes, policy: Policy) -> Part:
    """One printed receipt."""
    found = cbor.decode(data, LONGEST)
    row = found if isinstance(found, list) else []
    need(len(row) == 10 and row[0] == 1 and isinstance(row[0], int), BAD, "an array of ten")
    body, block, salt = (byte_string(item) for item in row[1:4])
    index, size = (number(item) for item in row[4:6])
    hashes, origin, log = byte_string(row[6]), row[7], byte_string(row[8])
    need(len(salt) == 32 and len(log) == 68 and len(hashes) % 32 == 0, BAD, "a length")
    need(isinstance(origin, str), BAD, "the origin is a text")
    lines = [f"\N{EM DASH} {origin} {base64_text(log)}\n", *cosignatures(row[9], policy)]
    parts = tuple(hashes[at : at + 32] for at in range(0, len(hashes), 32))
    proof = Proof(salt, index, parts, None, (str(origin), size, tuple(lines)))
    return Part(Signed(salt, body, block), proof)


def byte_string(item: object) -> bytes:
    if not isinstance(item, bytes):
        raise BrokenError(BAD, "a byte string was expected")
    return item


def number(item: object) -> int:
    if not isinstance(item, int):
        raise BrokenError(BAD, "a number was expected")
    return item


def cosignatures(rows: object, policy: Policy) -> list[str]:
    need(isinstance(rows, list), BAD, "the witnesses are an array")
    witnesses, last, lines = list(policy.witnesses.values()), -1, list[str]()
    for row in rows if isinstance(rows, list) else []:
        need(isinstance(row, list) and len(row) == 2, BAD, "a witness's row has two values")
        place, signature = number(row[0]), byte_string(row[1])
        need(place > last and len(signature) == 76, BAD, "a witness's place or length")
        last = place
        if place < len(witnesses):
            name = witnesses[place].name
            lines.append(f"\N{EM DASH} {name} {base64_text(signature)}\n")
    return lines


def read_signed_line(data: bytes) -> Signed:
    """One line of a file of signed events."""
    found = unjson(data, "H538")
    fields: dict[str, object] = found if isinstance(found, dict) else {}
    need(fields.keys() >= {"body", "sigblock", "salt"}, "H538", "a line of signed events")
    body, block, salt = (unbase64(fields[name], "H538") for name in ("body", "sigblock", "salt"))
    return Signed(salt, body, block)


def read_any(
    data: bytes, policy: Policy, beside: bytes | None = None
) -> tuple[Part, Sequence[Part]]:
    """A receipt in any form, told apart by content."""
    if data[:1] and 0x80 <= data[0] <= 0x9F:
        more = read_any(beside, policy) if beside else None
        return read_printed(data, policy), (more[0], *more[1]) if more else ()
    if data.startswith(FIRST.encode()):
        need(beside is not None, "H549", "the event is given beside a proof")
        proof = read_proof(data.decode("utf-8", errors="replace"))
        return Part(read_signed_line(beside or b""), proof), ()
    if data.lstrip().startswith(b"{"):
        return read_receipt(data)
    parts = [read_printed(uncoded(row), policy) for row in data.split()]
    need(parts, "H541", "this is no receipt")
    return parts[0], parts[1:]


def uncoded(row: bytes) -> bytes:
    text = row.decode("ascii", errors="replace")
    try:
        return unhex(text.lower(), "H541", len(text) // 2)
    except (BrokenError, binascii.Error):
        return unbase64(text, "H541")


def printed_verdict(
    data: bytes, trust: Trust, beside: bytes | None = None, kept: bytes | None = None
) -> Verdict:
    """The verdict on a receipt in any form."""
    try:
        held: Checkpoint | None = read_note(kept) if kept is not None else None
        with step("container"):
            parts = read_any(data, trust.policy, beside)
        shown = check_receipt(parts, trust, held)
    except BrokenError as error:
        return Verdict((error,))
    return Verdict((), shown.witnessed, shown.note.size)

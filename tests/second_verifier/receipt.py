"""Receipts: one event in a log, by the trust file alone (receipt.md)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from second_verifier.event import Event, read_body
from second_verifier.keys import KeyBook
from second_verifier.note import Checkpoint, read_note
from second_verifier.policy import Trust, check_signatures
from second_verifier.sealing import Signed, check_block, entry_of
from second_verifier.sealing import check_signatures as check_event_signatures
from second_verifier.spelling import base64_text, unbase64, unjson
from second_verifier.tree import LONGEST, inclusion_root, leaf_hash
from second_verifier.verdict import BrokenError, Verdict, need

BAD = "H541"
FIRST = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an entry stands under which checkpoint; `salt` is the line `extra`."""

    salt: bytes
    index: int
    hashes: tuple[bytes, ...]
    note: Checkpoint | None
    printed: tuple[str, int, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One event with its proof: a receipt, or an enrolment that it carries."""

    signed: Signed
    proof: Proof


@dataclass(frozen=True, slots=True)
class Shown:
    """What one part shows once it holds."""

    event: Event
    index: int
    note: Checkpoint
    witnessed: bool


def read_proof(text: str) -> Proof:
    head, parted, note = text.partition("\n\n")
    need(parted, BAD, "a proof has an empty line before its checkpoint")
    rows = head.split("\n")
    need(len(rows) >= 3 and rows[0] == FIRST, BAD, "a proof's first lines")
    need(rows[1].startswith("extra "), BAD, "a proof's line of the salt")
    need(re.fullmatch("index (0|[1-9][0-9]{0,17})", rows[2]), BAD, "a proof's index")
    need(len(rows) - 3 <= LONGEST, BAD, "a proof of too many hashes")
    hashes = tuple(unbase64(row, "H521", 32) for row in rows[3:])
    salt = unbase64(rows[1].removeprefix("extra "), "H521")
    return Proof(salt, int(rows[2].removeprefix("index ")), hashes, read_note(note))


def read_receipt(data: bytes) -> tuple[Part, tuple[Part, ...]]:
    """The event's part of a receipt.json, and those of its enrolments."""
    return read_object(unjson(data, BAD, twice=True))


def read_object(found: object) -> tuple[Part, tuple[Part, ...]]:
    need(isinstance(found, dict), BAD, "a receipt is an object")
    fields: dict[str, object] = dict(found) if isinstance(found, dict) else {}
    rows = fields.pop("keys", [])
    need(isinstance(rows, list), BAD, "keys is a list of receipts")
    carried = tuple(read_part(row) for row in (rows if isinstance(rows, list) else []))
    return read_part(fields), carried


def read_part(found: object) -> Part:
    fields: dict[str, object] = found if isinstance(found, dict) else {}
    need(fields.keys() == {"body", "sigblock", "proof"}, BAD, "a receipt's keys")
    proof = fields["proof"]
    need(isinstance(proof, str), BAD, "a proof is a text")
    read = read_proof(str(proof))
    need(isinstance(fields["body"], str), BAD, "a body is a text")
    need(isinstance(fields["sigblock"], str), BAD, "a signature block is a text")
    body, block = (unbase64(fields[name], "H521") for name in ("body", "sigblock"))
    return Part(Signed(read.salt, body, block), read)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Names the step at which a rule does not hold."""
    try:
        yield
    except BrokenError as error:
        raise BrokenError(error.code, error.reason, error.place or name) from error


def check_part(part: Part, trust: Trust, book: KeyBook) -> Shown:
    """Steps 3 to 7 for one event."""
    signed, proof = part.signed, part.proof
    with step("body"):
        event = read_body(signed.body)
    with step("signatures"):
        publics = book.publics(event, proof.index)
        need(not signed.batched, "H511", "no receipt of a batched event")
        check_block(event, signed)
        check_event_signatures(signed, publics)
    with step("commitment"):
        need(len(signed.salt) == 32, "H534", "a salt has 32 bytes")
        hashed = leaf_hash(entry_of(signed))
    with step("inclusion"):
        note = proof.note or printed_note(proof, hashed)
        root = inclusion_root(proof.index, note.size, hashed, proof.hashes)
        need(root == note.root, "H542", "the proof does not lead to the checkpoint's root")
    with step("checkpoint"):
        witnessed = check_signatures(note, trust.policy)
    return Shown(event, proof.index, note, witnessed)


def printed_note(proof: Proof, hashed: bytes) -> Checkpoint:
    """The checkpoint whose root follows from the leaf (receipt.md "Printed receipt", 4)."""
    if proof.printed is None:
        raise BrokenError(BAD, "a proof without a checkpoint")
    origin, size, lines = proof.printed
    root = inclusion_root(proof.index, size, hashed, proof.hashes)
    if root is None:
        raise BrokenError("H542", "the proof leads nowhere")
    return read_note(f"{origin}\n{size}\n{base64_text(root)}\n\n" + "".join(lines))


def check_enrolment(part: Part, trust: Trust) -> Shown:
    with step("key enrolment"):
        kind = read_body(part.signed.body).kind
        need(kind == "key.enrolled", BAD, "an enrolment is no enrolment")
        return check_part(part, trust, KeyBook(trust.roots))


def check_receipt(
    parts: tuple[Part, Sequence[Part]], trust: Trust, kept: Checkpoint | None = None
) -> Shown:
    """All steps after the container; raises the first rule that does not hold."""
    event, carried = parts
    if kept is not None:
        check_signatures(kept, trust.policy)
    book, notes = KeyBook(trust.roots), [kept] if kept else []
    for shown in [check_enrolment(part, trust) for part in carried]:
        with step("key enrolment"):
            book.take(shown.event, shown.index)
        notes.append(shown.note)
    own = check_part(event, trust, book)
    with step("consistency"):
        roots: dict[int, bytes] = {}
        for note in [*notes, own.note]:
            same = roots.setdefault(note.size, note.root) == note.root
            need(same, "H548", f"two roots of the size {note.size}")
    return own


def receipt_verdict(data: bytes, trust: Trust, kept: bytes | None = None) -> Verdict:
    """The verdict on a receipt.json."""
    try:
        held = read_note(kept) if kept is not None else None
        with step("container"):
            parts = read_receipt(data)
        shown = check_receipt(parts, trust, held)
    except BrokenError as error:
        return Verdict((error,))
    return Verdict((), shown.witnessed, shown.note.size)

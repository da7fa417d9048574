"""C2SP tlog-proof: the proof that one person can carry.

A receipt file holds the event's body and signatures (base64), the tlog-proof text, and the
receipts of the enrolments of the keys that signed, so that it verifies with the trust file alone.
It cannot show that a key was not revoked later than its checkpoint.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass

from habeas.errors import Fault, RegisterError
from habeas.register.checkpoint import Note, base64_strict, number, read_note
from habeas.register.merkle import HASH, LONGEST

HEADERS = 3  # version, salt, index
HEAD = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proof:
    """A tlog-proof, read but not verified."""

    salt: bytes
    index: int
    hashes: tuple[bytes, ...]
    note: Note


@dataclass(frozen=True, slots=True)
class Receipt:
    """One event with its proof, and the enrolments of its signers."""

    body: bytes
    sigblock: bytes
    proof: str
    keys: tuple["Receipt", ...] = ()


def proof_text(salt: bytes, index: int, hashes: Sequence[bytes], note: str) -> str:
    """The text of a tlog-proof; the salt stands in its unauthenticated `extra` line."""
    lines = [
        HEAD,
        f"extra {base64.b64encode(salt).decode()}",
        f"index {index}",
        *(base64.b64encode(part).decode() for part in hashes),
    ]
    return "\n".join(lines) + "\n\n" + note


def read_proof(text: str) -> Proof:
    """A tlog-proof out of its text.

    Raises:
        RegisterError: H541 for the proof, H521 for its checkpoint.
    """
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[:1] != [HEAD] or not HEADERS <= len(lines) <= HEADERS + LONGEST:
        raise _fault("the proof is not a tlog-proof")
    extra, index = lines[1].removeprefix("extra "), number(lines[2].removeprefix("index "))
    if extra == lines[1] or not lines[2].startswith("index ") or index is None:
        raise _fault("the proof lacks its salt or its index")
    hashes = tuple(map(base64_strict, lines[HEADERS:]))
    if any(len(part) != HASH for part in hashes):
        raise _fault("a hash of the proof is not 32 bytes")
    return Proof(base64_strict(extra), index, hashes, read_note(note))


def _document(receipt: Receipt) -> dict[str, object]:
    found: dict[str, object] = {
        "body": base64.b64encode(receipt.body).decode(),
        "sigblock": base64.b64encode(receipt.sigblock).decode(),
        "proof": receipt.proof,
    }
    if receipt.keys:
        found["keys"] = [_document(key) for key in receipt.keys]
    return found


def write(receipt: Receipt) -> str:
    """The receipt file's text."""
    return json.dumps(_document(receipt), indent=1, sort_keys=True) + "\n"


def _receipt(found: object, *, nested: bool) -> Receipt:
    if not isinstance(found, dict) or not set(found) <= {"body", "sigblock", "proof", "keys"}:
        raise _fault("the receipt is not one")
    texts = [found.get(key) for key in ("body", "sigblock", "proof")]
    keys = found.get("keys", [])
    if (
        not isinstance(keys, list)
        or (nested and keys)
        or not all(isinstance(text, str) for text in texts)
    ):
        raise _fault("the receipt lacks body, signatures or proof")
    body, sigblock, proof = map(str, texts)
    return Receipt(
        base64_strict(body),
        base64_strict(sigblock),
        proof,
        tuple(_receipt(key, nested=True) for key in keys),
    )


def read(text: str) -> Receipt:
    """A receipt out of its file's text.

    Raises:
        RegisterError: H541, H521.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _fault("the receipt is not JSON") from error
    return _receipt(found, nested=False)


def _fault(what: str) -> RegisterError:
    return RegisterError(Fault("H541", what, "Ask for the receipt again."))

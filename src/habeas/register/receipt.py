"""C2SP tlog-proof: the proof that one person can carry.

A receipt file holds the event's body and signatures (base64), the tlog-proof text, and the
receipts of the events that brought the keys that signed, so that it verifies with the trust file
alone. A batched event has no signature of its own: it brings its path and its manifest's signature.
It cannot show that a key was not revoked, or rotated out, before the event or after it.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from habeas.errors import Fault, RegisterError
from habeas.register import signing
from habeas.register.checkpoint import Note, base64_strict, number, read_note
from habeas.register.events import Body
from habeas.register.merkle import HASH, LONGEST

HEADERS = 3  # version, salt, index
HEAD = "c2sp.org/tlog-proof@v1"
SPACE = re.compile(r"[ \t\r\n]+")
BATCH = ("path", "manifest")
KNOWN = {"body", "sigblock", "proof", "keys", *BATCH}


@dataclass(frozen=True, slots=True)
class Proof:
    """A tlog-proof, read but not verified."""

    salt: bytes
    index: int
    hashes: tuple[bytes, ...]
    note: Note


@dataclass(frozen=True, slots=True)
class Receipt:
    """One event with its proof, and the events that brought its signers' keys."""

    body: bytes
    sigblock: bytes  # of a batched event: the batch block
    proof: str
    keys: tuple["Receipt", ...] = ()
    path: bytes = b""  # of a batched event: the hashes that lead to its manifest's root
    manifest: bytes = b""  # of a batched event: the signature over that root


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


def document(receipt: Receipt) -> Body:
    """The receipt as the JSON object of its file."""
    found: Body = {
        "body": base64.b64encode(receipt.body).decode(),
        "sigblock": base64.b64encode(receipt.sigblock).decode(),
        "proof": receipt.proof,
    }
    if signing.batched(receipt.sigblock):
        found["path"] = base64.b64encode(receipt.path).decode()
        found["manifest"] = base64.b64encode(receipt.manifest).decode()
    if receipt.keys:
        found["keys"] = [document(key) for key in receipt.keys]
    return found


def write(receipt: Receipt) -> str:
    """The receipt file's text."""
    return json.dumps(document(receipt), indent=1, sort_keys=True) + "\n"


def batch_proof(found: Mapping[str, object], block: bytes) -> tuple[bytes, bytes]:
    """Path and manifest out of a JSON object; both empty for an event with its own signatures.

    Raises:
        RegisterError: H541, where they are there and the block is no batch block, or the other way
            round; H521.
    """
    held = [found[key] for key in BATCH if key in found]
    if len(held) != (len(BATCH) if signing.batched(block) else 0):
        raise _fault("a path and a manifest come with a batched event, and with no other")
    if not all(isinstance(one, str) for one in held):
        raise _fault("the path or the manifest is no text")
    path, manifest = [base64_strict(str(one)) for one in held] or (b"", b"")
    return path, manifest


def of(found: object, *, nested: bool) -> Receipt:
    """A receipt out of a JSON object; a nested one has no keys of its own.

    Raises:
        RegisterError: H541, H521.
    """
    if not isinstance(found, dict) or not set(found) <= KNOWN:
        raise _fault("the receipt is not one")
    texts = [found.get(key) for key in ("body", "sigblock", "proof")]
    keys = found.get("keys", [])
    if (
        not isinstance(keys, list)
        or (nested and "keys" in found)
        or not all(isinstance(text, str) for text in texts)
    ):
        raise _fault("the receipt lacks body, signatures or proof")
    body, block = base64_strict(str(texts[0])), base64_strict(str(texts[1]))
    path, manifest = batch_proof(found, block)
    carried = tuple(of(key, nested=True) for key in keys)
    return Receipt(body, block, str(texts[2]), carried, path, manifest)


def read(text: str) -> Receipt:
    """A receipt out of its file's text.

    Raises:
        RegisterError: H541, H521.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _fault("the receipt is not JSON") from error
    return of(found, nested=False)


def read_consistency(text: str) -> tuple[bytes, ...]:
    """The hashes of a consistency proof, one in base64 a line, as `habeas register prove` prints.

    Raises:
        RegisterError: H541, H521.
    """
    hashes = tuple(base64_strict(line) for line in SPACE.split(text) if line)
    if len(hashes) > LONGEST or any(len(part) != HASH for part in hashes):
        raise _fault("the consistency proof is no list of hashes")
    return hashes


def _fault(what: str) -> RegisterError:
    return RegisterError(Fault("H541", what, "Ask for the receipt again."))

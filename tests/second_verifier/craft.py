"""Registers and receipts made by hand: properly signed, whatever they say.

A change at random is mostly refused for its signature. What is forbidden but signed shows whether
two verifiers ask the same rules.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from second_verifier.cbor import encode
from second_verifier.note import LOG, WITNESS, NoteKey
from second_verifier.sealing import Signed, entry_of, key_id, pad_entry, pae
from second_verifier.spelling import base64_text, canonical
from second_verifier.tree import WIDTH, full_tiles, leaf_hash, root_of, spelled

ORIGIN = "craft.example/log"
COURT = "craft.example/court"
AUTHORITIES = ("AA", "BB", "CC")
Fields = Mapping[str, object]


def private(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def public(name: str) -> bytes:
    return private(name).public_key().public_bytes_raw()


def named(name: str) -> str:
    """The key id of a test key, as an actor says it."""
    return key_id(public(name)).hex()


def ulid(number: int) -> str:
    return f"01{number:024d}"


def person(number: int) -> str:
    return f"p_{number:026d}"


def actor(authority: str, role: str, key: str) -> dict[str, object]:
    return {"authority": authority, "role": role, "key": named(key)}


def fields(number: int, kind: str, actors: Sequence[Fields], **more: object) -> dict[str, object]:
    """The fields of a body that lacks nothing; `more` are further or other ones."""
    found: dict[str, object] = {
        "v": 1,
        "id": ulid(number),
        "type": kind,
        "agreement": "craft",
        "occurred_at": "2027-01-02T03:04:05Z",
        "time_basis": "observed",
        "actors": list(actors),
        "body": {},
    }
    return {**found, **more}


def enrolment(number: int, authority: str, key: str) -> dict[str, object]:
    body = {"authority": authority, "public": public(key).hex()}
    root = actor(authority, "root", f"root {authority}")
    return fields(number, "key.enrolled", [root], body=body)


def salt_of(number: int) -> bytes:
    return hashlib.sha256(b"salt %d" % number).digest()


def sign(body: bytes, keys: Sequence[str], number: int = 0) -> Signed:
    rows = sorted(key_id(public(key)) + private(key).sign(pae(body)) for key in keys)
    return Signed(salt_of(number), body, b"".join(rows))


def signed(told: Fields, keys: Sequence[str]) -> Signed:
    return sign(canonical(told), keys, int(hashlib.sha256(canonical(told)).hexdigest()[:8], 16))


def proof_of(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The inclusion proof of a leaf among these leaf hashes."""
    if len(hashes) == 1:
        return []
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    left, right = hashes[:half], hashes[half:]
    if index < half:
        return [*proof_of(left, index), root_of(right)]
    return [*proof_of(right, index - half), root_of(left)]


def batch(bodies: Sequence[bytes], key: str) -> list[Signed]:
    """Events under one signature."""
    hashes = [leaf_hash(hashlib.sha256(body).digest()) for body in bodies]
    root = root_of(hashes)
    manifest = private(key).sign(b"habeas/batch/v1\n" + root)
    found = []
    for index, body in enumerate(bodies):
        numbers = index.to_bytes(4) + len(bodies).to_bytes(4)
        block = b"habeas/batch-ref/v1\n" + key_id(public(key)) + root + numbers
        path = b"".join(proof_of(hashes, index))
        found.append(Signed(salt_of(index), body, block, path, manifest))
    return found


def content_of(event: Signed) -> bytes:
    parts = [event.salt, event.body, event.block]
    return encode([1, *parts] if event.path is None else [2, *parts, event.path, event.manifest])


def log_key() -> NoteKey:
    return NoteKey(ORIGIN, LOG, public("log"))


def witness_key() -> NoteKey:
    return NoteKey(COURT, WITNESS, public("witness"))


def vkey(key: NoteKey) -> str:
    return f"{key.name}+{key.id.hex()}+{base64_text(bytes([key.kind]) + key.public)}"


def policy_text() -> str:
    return f"log {vkey(log_key())}\nwitness court {vkey(witness_key())}\nquorum court\n"


def trust_text(policy: str | None = None) -> bytes:
    roots = {name: public(f"root {name}").hex() for name in AUTHORITIES}
    told = {"policy": policy or policy_text(), "roots": roots, "demonstration": True}
    return json.dumps(told).encode()


def note_text(size: int, root: bytes, origin: str = ORIGIN, time: int = 1_800_000_000) -> str:
    text = f"{origin}\n{size}\n{base64_text(root)}\n"
    own = log_key().id + private("log").sign(text.encode())
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    seen = witness_key().id + time.to_bytes(8) + private("witness").sign(message)
    lines = (f"\u2014 {origin} {base64_text(own)}\n", f"\u2014 {COURT} {base64_text(seen)}\n")
    return text + "\n" + "".join(lines)


@dataclass(frozen=True, slots=True)
class Log:
    """A log of events and pads, in order; a pad is its salt."""

    leaves: tuple[Signed | bytes, ...] = ()

    def with_leaves(self, *more: Signed | bytes) -> "Log":
        return replace(self, leaves=(*self.leaves, *more))

    @property
    def entries(self) -> list[bytes]:
        return [pad_entry(x) if isinstance(x, bytes) else entry_of(x) for x in self.leaves]

    @property
    def hashes(self) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries]

    def note(self) -> str:
        return note_text(len(self.leaves), root_of(self.hashes))

    def part(self, index: int) -> dict[str, object]:
        """One part of a receipt.json."""
        event = self.leaves[index]
        if isinstance(event, bytes):
            raise TypeError(index)
        rows = ["c2sp.org/tlog-proof@v1", f"extra {base64_text(event.salt)}", f"index {index}"]
        rows += [base64_text(hashed) for hashed in proof_of(self.hashes, index)]
        proof = "\n".join(rows) + "\n\n" + self.note()
        body, block = base64_text(event.body), base64_text(event.block)
        return {"body": body, "sigblock": block, "proof": proof}

    def receipt(self, index: int, enrolments: Sequence[int]) -> bytes:
        keys = [self.part(place) for place in enrolments]
        return json.dumps({**self.part(index), **({"keys": keys} if keys else {})}).encode()

    def export(self, path: Path) -> None:
        """Write the folder of an export, with content in the clear."""
        note = self.note().encode()
        write(path / "checkpoint", note)
        write(path / "checkpoints" / str(len(self.leaves)), note)
        for (level, number), hashes in full_tiles(self.hashes).items():
            write(path / "tile" / str(level) / spelled(number), hashes)
        for number in range(0, len(self.leaves), WIDTH):
            self.bundle(path, number // WIDTH)

    def bundle(self, path: Path, number: int) -> None:
        part = slice(number * WIDTH, (number + 1) * WIDTH)
        entries = [b"\x00\x20" + entry for entry in self.entries[part]]
        name = spelled(number) + ("" if len(entries) == WIDTH else f".p/{len(entries)}")
        write(path / "tile" / "entries" / name, b"".join(entries))
        rows = []
        for leaf in self.leaves[part]:
            data = leaf if isinstance(leaf, bytes) else content_of(leaf)
            rows.append(bytes([2 if isinstance(leaf, bytes) else 1]) + len(data).to_bytes(4) + data)
        write(path / "content" / spelled(number), b"".join(rows))


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)

"""Signature blocks, batches and commitments (event.md "Signature and commitment", "Batches")."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from second_verifier import kinds
from second_verifier.event import Event
from second_verifier.note import ed25519
from second_verifier.tree import inclusion_root, leaf_hash
from second_verifier.verdict import BrokenError, need

BATCH = b"habeas/batch-ref/v1\n"
ROW = 72
BATCH_BYTES = 68
MOST_BODIES = 1024


@dataclass(frozen=True, slots=True)
class Signed:
    """An event as it is kept; `path` is None where none came with it."""

    salt: bytes
    body: bytes
    block: bytes
    path: bytes | None = None
    manifest: bytes = b""

    @property
    def batched(self) -> bool:
        """Whether the block is a batch block, which its length and its text tell."""
        return len(self.block) == BATCH_BYTES and self.block.startswith(BATCH)


def key_id(public: bytes) -> bytes:
    return hashlib.sha256(b"habeas/key/v1\n" + public).digest()[:8]


def pae(body: bytes) -> bytes:
    return b"DSSEv1 36 application/vnd.habeas.event.v1+json %d %s" % (len(body), body)


def entry_of(signed: Signed) -> bytes:
    digests = [hashlib.sha256(part).digest() for part in (pae(signed.body), signed.block)]
    return hashlib.sha256(b"habeas/commit/v1\n" + signed.salt + b"".join(digests)).digest()


def pad_entry(salt: bytes) -> bytes:
    return hashlib.sha256(b"habeas/pad/v1\n" + salt).digest()


def section_digest(salt: bytes, data: bytes) -> bytes:
    return hashlib.sha256(b"habeas/section/v1\n" + salt + data).digest()


def check_block(event: Event, signed: Signed) -> None:
    """The block's form, and that it names the actors' keys."""
    block = signed.block
    named = {actor.key for actor in event.actors}
    if signed.batched:
        check_batch(event, signed)
        return
    need(block and len(block) % ROW == 0, "H511", "a signature block is rows of 72 bytes")
    ids = [block[at : at + 8] for at in range(0, len(block), ROW)]
    need(all(a < b for a, b in pairwise(ids)), "H512", "rows do not ascend")
    need(set(ids) == named, "H513", "those who signed are not the actors")


def check_batch(event: Event, signed: Signed) -> None:
    block = signed.block
    need(event.kind in kinds.BATCHED, "H519", f"{event.kind} is signed by itself")
    ids = {actor.key for actor in event.actors}
    need(ids == {block[20:28]}, "H513", "the batch's signer is not the one actor")
    index, count = int.from_bytes(block[60:64]), int.from_bytes(block[64:68])
    joined = signed.path
    if joined is None or len(joined) % 32 or not 1 <= count <= MOST_BODIES:
        raise BrokenError("H519", "a batch's path or numbers")
    path = [joined[at : at + 32] for at in range(0, len(joined), 32)]
    leaf = leaf_hash(hashlib.sha256(signed.body).digest())
    need(inclusion_root(index, count, leaf, path) == block[28:60], "H519", "a batch's path")


def check_signatures(signed: Signed, publics: Mapping[bytes, bytes]) -> None:
    """Every signature, by the public keys of the actors' key ids."""
    if signed.batched:
        message = b"habeas/batch/v1\n" + signed.block[28:60]
        good = ed25519(publics[signed.block[20:28]], signed.manifest, message)
        need(good, "H514", "the batch's signature")
        return
    message = pae(signed.body)
    for at in range(0, len(signed.block), ROW):
        row = signed.block[at : at + ROW]
        need(ed25519(publics[row[:8]], row[8:], message), "H514", f"signature {row[:8].hex()}")

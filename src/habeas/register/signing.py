r"""Signed messages: DSSE pre-authentication bytes, the salted commitment; Ed25519 and ML-DSA-44.

    PAE      "DSSEv1 36 application/vnd.habeas.event.v1+json <len> <body>"
    keyid8   SHA-256("habeas/key/v1\n" || public key)[:8]
    sigblock keyid8 || signature for each actor, ascending by keyid8 (72 bytes each)
    entry    SHA-256("habeas/commit/v1\n" || salt || SHA-256(PAE) || SHA-256(sigblock))

Bulk events that move nobody may share one signature: an Ed25519 signature over
"habeas/batch/v1\n" || the tree root over SHA-256(body) of at most 1,024 bodies. In place of its
sigblock each then has a batch block of 68 bytes, which binds it to one manifest and position:
"habeas/batch-ref/v1\n" || keyid8 || root || index || count (32 bits each, big-endian).

Events are signed with Ed25519 alone; ML-DSA-44 stands only under checkpoints.
Source: secure-systems-lab DSSE v1; RFC 8032; FIPS 204.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from habeas.errors import Fault, RegisterError
from habeas.register import merkle
from habeas.terms import EventKind

PAYLOAD_TYPE = "application/vnd.habeas.event.v1+json"
_PAE_HEAD = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} ".encode()
KEYID, SIGNATURE, SALT = 8, 64, 32
BLOCK = KEYID + SIGNATURE
BATCH_HEAD, BATCH_BLOCK, LARGEST_BATCH = b"habeas/batch-ref/v1\n", 68, 1024
BATCHED = frozenset(
    {EventKind.COUNTED, EventKind.EVIDENCE_RECORDED, EventKind.SCREENED, EventKind.DUTY_MET}
)  # no kind that moves a person or passes custody
CHUNK = 64  # signatures that a thread takes at a time


class Signer(Protocol):
    """Whatever holds a private key and signs with it: a file, an agent, a device."""

    def public(self) -> bytes:
        """The public key: 32 bytes of Ed25519, or 1,312 of ML-DSA-44 for checkpoints."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature over the message: 64 bytes of Ed25519, or 2,420 of ML-DSA-44."""
        ...


class SeedSigner:
    """An Ed25519 key from a 32-byte seed: for tests, demonstrations and offline files."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key().public_bytes_raw()

    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """The signature; RFC 8032 signatures are deterministic."""
        return self._key.sign(message)


class MlDsaSigner:
    """An ML-DSA-44 key from a 32-byte seed: signs checkpoints beside Ed25519, never events."""

    def __init__(self, seed: bytes) -> None:
        self._key = MLDSA44PrivateKey.from_seed_bytes(seed)
        self._public = self._key.public_key().public_bytes_raw()

    def public(self) -> bytes:
        """The 1,312 bytes of the public key."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """The 2,420 bytes of a signature under the empty context; each call gives others."""
        return self._key.sign(message)


_ed25519 = lru_cache(maxsize=1024)(Ed25519PublicKey.from_public_bytes)


def good(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature verifies; malformed keys and signatures do not."""
    try:
        _ed25519(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def good_ml_dsa(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an ML-DSA-44 signature verifies; malformed keys and signatures do not."""
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def keyid8(public: bytes) -> bytes:
    """The 8 bytes by which events name a key."""
    return hashlib.sha256(b"habeas/key/v1\n" + public).digest()[:KEYID]


def pae(body: bytes) -> bytes:
    """The bytes that are signed for a body."""
    return _PAE_HEAD + b"%d " % len(body) + body


def sigblock(body: bytes, signers: list[Signer]) -> bytes:
    """The signatures of all actors over a body, ascending by key id."""
    message = pae(body)
    return b"".join(sorted(keyid8(signer.public()) + signer.sign(message) for signer in signers))


def entry(salt: bytes, body: bytes, block: bytes) -> bytes:
    """The salted commitment: the whole public leaf, 32 bytes."""
    sha256 = hashlib.sha256
    inner = sha256(pae(body)).digest() + sha256(block).digest()
    return sha256(b"habeas/commit/v1\n" + salt + inner).digest()


def section_digest(salt: bytes, data: bytes) -> bytes:
    """The digest of a section of detail that is kept and erased apart."""
    return hashlib.sha256(b"habeas/section/v1\n" + salt + data).digest()


@dataclass(frozen=True, slots=True)
class Claim:
    """One signature that must verify."""

    key: str  # keyid8 in hexadecimal
    public: bytes
    signature: bytes
    message: bytes

    def fault(self) -> Fault | None:
        """What is wrong with it; None where it verifies."""
        if good(self.public, self.signature, self.message):
            return None
        return _fault("H514", f"the signature of key {self.key} does not verify").faults[0]


def claims(body: bytes, block: bytes, keys: Mapping[str, bytes]) -> list[Claim]:
    """The signatures of a block, which must be exactly those of the named keys, in order.

    Args:
        body: canonical event bytes.
        block: concatenated keyid8 and signature.
        keys: public key by keyid8 in hexadecimal: exactly the event's actors.

    Raises:
        RegisterError: H511 length, H512 order, H513 set of keys.
    """
    if not block or len(block) % BLOCK:
        raise _fault("H511", f"the signature block has {len(block)} bytes, no multiple of {BLOCK}")
    parts = [block[start : start + BLOCK] for start in range(0, len(block), BLOCK)]
    ids = [part[:KEYID].hex() for part in parts]
    if any(one >= other for one, other in pairwise(ids)):
        raise _fault("H512", "the key ids of the signature block do not ascend")
    if set(ids) != set(keys):
        raise _fault("H513", "the signatures are not those of the named actors")
    message = pae(body)
    return [
        Claim(key, keys[key], part[KEYID:], message) for key, part in zip(ids, parts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One signature over many bodies, and what each event keeps of it."""

    signature: bytes
    blocks: tuple[bytes, ...]  # 68 bytes each, in the order of the bodies
    paths: tuple[bytes, ...]  # the hashes that lead from each body to the root


def manifest(bodies: Sequence[bytes], signer: Signer) -> Manifest:
    """Sign up to 1,024 bodies of one actor at once.

    Raises:
        RegisterError: H519 for more, or none.
    """
    if not 1 <= len(bodies) <= LARGEST_BATCH:
        raise _fault("H519", f"a batch has 1 to {LARGEST_BATCH} events, not {len(bodies)}")
    tree = merkle.Tree([merkle.leaf_hash(hashlib.sha256(body).digest()) for body in bodies])
    root, count = tree.root(), len(bodies).to_bytes(4, "big")
    head = BATCH_HEAD + keyid8(signer.public()) + root
    return Manifest(
        signer.sign(_batch_message(root)),
        tuple(head + n.to_bytes(4, "big") + count for n in range(len(bodies))),
        tuple(b"".join(tree.inclusion(n)) for n in range(len(bodies))),
    )


def _batch_message(root: bytes) -> bytes:
    return b"habeas/batch/v1\n" + root


def batched(block: bytes) -> bool:
    """Whether a block is a batch block; a sigblock's length is never 68."""
    return len(block) == BATCH_BLOCK and block.startswith(BATCH_HEAD)


class _Nodes:
    """Nodes of one manifest's tree that lead to its root, each with the path above it."""

    def __init__(self, root: bytes, count: int) -> None:
        self._count = count
        # By level * LARGEST_BATCH + place in it: the hash, and the path from there to the root.
        self._known = {(count - 1).bit_length() * LARGEST_BATCH: (root, b"")}

    def lead(self, leaf: bytes, index: int, path: bytes) -> bool:
        """Whether a path, and no other, leads from a leaf to the root."""
        if not 0 <= index < self._count <= LARGEST_BATCH:
            return False
        level, n, last, place, found = 0, index, self._count - 1, 0, leaf
        fresh = list[tuple[int, bytes, bytes, int]]()
        while (kept := self._known.get(level + n)) is None:
            if n & 1 or n != last:  # else it has no sibling, and stands a level higher as it is
                part = path[place : place + merkle.HASH]
                if len(part) < merkle.HASH:
                    return False
                place += merkle.HASH
                fresh.append((level + (n ^ 1), part, found, place))
                both = part + found if n & 1 else found + part
                found = hashlib.sha256(b"\x01" + both).digest()
            level, n, last = level + LARGEST_BATCH, n >> 1, last >> 1
        if kept != (found, path[place:] if place else path):
            return False
        for node, part, beside, above in fresh:
            self._known[node] = (part, beside + path[above:])
        return True


class Shown:
    """What was already shown to lead to the roots of some manifests, so that it is not again.

    Every byte of a path is still looked at: those above a node that was shown before are compared
    with those that were shown with it.
    """

    def __init__(self) -> None:
        self._manifests: dict[tuple[bytes, bytes, bytes], tuple[Claim, _Nodes]] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._manifests.clear()

    def manifest(self, block: bytes, signature: bytes, public: bytes) -> tuple[Claim, _Nodes]:
        """The claim of a batch block's manifest, and what is known of its tree."""
        named = (block[:-8], block[-4:] + signature, public)
        found = self._manifests.get(named)
        if found is None:
            at = len(BATCH_HEAD)
            key, root = block[at : at + KEYID].hex(), block[at + KEYID : -8]
            count = int.from_bytes(block[-4:], "big")
            claim = Claim(key, public, signature, _batch_message(root))
            found = self._manifests[named] = (claim, _Nodes(root, count))
        return found


def batch_claim(
    kind: str,
    body: bytes,
    block: bytes,
    proof: tuple[bytes, bytes],
    keys: Mapping[str, bytes],
    shown: Shown | None = None,
) -> Claim:
    """The one signature on which a batched event rests, once its body is shown to be under it.

    Args:
        kind: the event's kind.
        body: canonical event bytes.
        block: its batch block.
        proof: the path's hashes in one piece, and the manifest's signature.
        keys: the public key of the event's only actor, by keyid8 in hexadecimal.
        shown: what other events have shown of their manifests, and this one adds to.

    Raises:
        RegisterError: H519, when the kind may not be batched or the path leads elsewhere; H513 for
            another actor.
    """
    at = len(BATCH_HEAD)
    key = block[at : at + KEYID].hex()
    if kind not in BATCHED:
        raise _fault("H519", f"'{kind}' needs a signature of its own")
    if len(keys) != 1 or key not in keys:
        raise _fault("H513", "the signatures are not those of the named actors")
    path, signature = proof
    claim, nodes = (Shown() if shown is None else shown).manifest(block, signature, keys[key])
    leaf = hashlib.sha256(b"\x00" + hashlib.sha256(body).digest()).digest()
    if not nodes.lead(leaf, int.from_bytes(block[-8:-4], "big"), path):
        raise _fault("H519", "the event is not under its manifest's root")
    return claim


def failures(claimed: Sequence[tuple[int, Claim]]) -> list[tuple[int, Fault]]:
    """The claims that do not verify, each with the number it came with; checked in threads."""
    distinct: dict[Claim, list[int]] = {}  # the events of a manifest share one
    same, numbers = None, list[int]()
    for number, claim in claimed:
        if claim is not same:
            same, numbers = claim, distinct.setdefault(claim, [])
        numbers.append(number)
    asked = list(distinct)
    chunks = [asked[n : n + CHUNK] for n in range(0, len(asked), CHUNK)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [one for found in pool.map(_failures, chunks) for one in found]
    return sorted(
        ((number, fault) for claim, fault in wrong for number in distinct[claim]),
        key=lambda one: one[0],
    )


def _failures(claimed: Sequence[Claim]) -> list[tuple[Claim, Fault]]:
    found = ((claim, claim.fault()) for claim in claimed)
    return [(claim, fault) for claim, fault in found if fault is not None]


def check_sigblock(body: bytes, block: bytes, keys: Mapping[str, bytes]) -> None:
    """Check that a signature block holds exactly the good signatures of the named keys.

    Raises:
        RegisterError: H511 to H513 as `claims`, H514 for a signature that fails.
    """
    for claim in claims(body, block, keys):
        fault = claim.fault()
        if fault is not None:
            raise RegisterError(fault)


def _fault(code: str, what: str) -> RegisterError:
    return RegisterError(Fault(code, what, "Have every named actor sign the stored bytes."))

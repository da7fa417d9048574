"""A log that can lie, and a witness over a real file: for the tests of witnessing."""

import hashlib
from functools import cache

from habeas.register import checkpoint, merkle
from habeas.register.checkpoint import COSIGNATURE, LOG, ML_DSA, Checkpoint, NoteKey
from habeas.register.signing import MlDsaSigner, SeedSigner
from habeas.register.witness import Witness, WitnessStore, write_request

ORIGIN, NAME = "log.example/test", "court.example/witness"
NOW = 1_772_482_000


@cache
def seed_key(name: str) -> SeedSigner:
    return SeedSigner(hashlib.sha256(name.encode()).digest())


@cache
def ml_dsa_key(name: str) -> MlDsaSigner:
    return MlDsaSigner(hashlib.sha256(name.encode()).digest())


LOG_KEY = NoteKey(ORIGIN, LOG, seed_key("log").public())
LOG_SECOND = NoteKey(ORIGIN, ML_DSA, ml_dsa_key("log").public())
WITNESS_KEY = NoteKey(NAME, COSIGNATURE, seed_key("witness").public())


def leaves(size: int, lie: int = -1) -> list[bytes]:
    """Leaf hashes of a log; the leaf `lie` is another one than in the true log."""
    texts = (b"leaf %d%s" % (n, b" rewritten" if n == lie else b"") for n in range(size))
    return [merkle.leaf_hash(text) for text in texts]


def point(size: int, lie: int = -1) -> Checkpoint:
    return Checkpoint(ORIGIN, size, merkle.root(leaves(size, lie)))


def note(size: int, lie: int = -1) -> str:
    """A checkpoint that the log's key signs, true or not."""
    return checkpoint.signed(point(size, lie), seed_key("log"))


def proof(old: int, new: int, lie: int = -1) -> list[bytes]:
    return merkle.Tree(leaves(new, lie)).consistency(old, new)


def request(old: int, new: int, lie: int = -1) -> bytes:
    """What the log sends, with the proof that its own leaves give."""
    return write_request(old, proof(old, new, lie), note(new, lie)).encode()


def witness(store: WitnessStore, *keys: NoteKey) -> Witness:
    return Witness(NAME, (seed_key("witness"),), {ORIGIN: keys or (LOG_KEY,)}, store)

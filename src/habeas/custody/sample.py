"""Whom a visitor asks to see: a sample of the roll that nobody steers and anybody draws again.

Each person's place is SHA-256 of the seed, a line feed and the register number; the first ones
are the sample. A checkpoint fixes the roll before the seed is published, so neither the visitor nor
the custodian can choose. A larger sample begins with the smaller one.
"""

import hashlib
from collections.abc import Iterable

from habeas.custody.intervals import Interval


def place(seed: str, subject: str) -> bytes:
    """Where somebody stands in the order of a seed."""
    return hashlib.sha256(f"{seed}\n{subject}".encode()).digest()


def drawn(held: Iterable[Interval], seed: str, count: int) -> list[Interval]:
    """The first so many persons in the order of a seed, fewer where there are not so many.

    Args:
        held: who is on the roll, each once.
        seed: published words, drawn where neither side decides.
        count: how many.
    """
    return sorted(held, key=lambda one: place(seed, one.subject))[:count]

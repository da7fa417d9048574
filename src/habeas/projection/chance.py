"""Chance that can be named: four words of 32 bits for a place, the same on every machine.

Philox 4x32-10 (Salmon and others, 2011): a bijection of a counter under a key. The counter is the
place, (k, day, stream, purpose); the key is (seed, draw). So a person who is added changes nobody
else, and two scenarios meet the same chance. The layout is frozen: packed otherwise, it would make
other persons.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]
# Purposes, never used again for another: four words of a person; how many of a stream on a day; a
# parameter of the draw; how late a person leaves; how large a group is;
# of those who are there at the beginning.
PERSON, COUNT, PARAMETER, LATE, BATCH, STOCK = range(6)
ROUNDS = 10
MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
WEYL = (0x9E3779B9, 0xBB67AE85)
MASK, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
BELOW = 2.0**-32


def number_of(name: str) -> int:
    """A name as 32 bits."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def words(
    counter: tuple[Words, Words, Words, Words], key: tuple[int, int]
) -> tuple[Words, Words, Words, Words]:
    """Four words for each place.

    Args:
        counter: (k, day, stream, purpose) of each place; arrays of one shape.
        key: (seed, draw), each below 2**32.
    """
    one, two, three, four = (part.astype(np.uint64) for part in counter)
    left, right = key
    for _ in range(ROUNDS):
        low, high = one * MULTIPLIERS[0], three * MULTIPLIERS[1]
        one, two, three, four = (
            (high >> HALF) ^ two ^ np.uint64(left),
            high & MASK,
            (low >> HALF) ^ four ^ np.uint64(right),
            low & MASK,
        )
        left, right = (left + WEYL[0]) & 0xFFFFFFFF, (right + WEYL[1]) & 0xFFFFFFFF
    found = (part.astype(np.uint32) for part in (one, two, three, four))
    first, second, third, last = found
    return first, second, third, last


def share(word: Words) -> NDArray[np.float64]:
    """A word as a number between 0 and 1, never either of them."""
    return (word.astype(np.float64) + 0.5) * BELOW


def threshold(part: float) -> int:
    """Below which a word stands for yes, where yes has that share; a whole number is compared."""
    return min(max(int(np.ceil(part * 2.0**32 - 0.5)), 0), 2**32)

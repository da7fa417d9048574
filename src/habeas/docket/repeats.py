"""Case ids that stand more than once in a file, in 8 bytes a row, however long the file is.

Python's own hash of a text, which is keyed anew for each process, names the rows that may repeat.
For those alone a second reading keeps 16 bytes of BLAKE2b a row, and so confirms the repetition.
"""

import hashlib
from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.int64]
EXACT = 16


def hashes(ids: Iterable[str]) -> Hashes:
    """One number a case id."""
    return np.fromiter(map(hash, ids), np.int64)


def _exact(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=EXACT).digest()


class Suspects:
    """The ids of a first reading whose hash stands more than once."""

    def __init__(self, seen: "array[int]") -> None:
        found = np.frombuffer(seen, np.int64) if seen else np.empty(0, np.int64)
        found.sort()  # in place: the numbers are not needed in the order of the file
        self._hashes = np.unique(found[1:][found[1:] == found[:-1]])

    def __bool__(self) -> bool:
        return len(self._hashes) > 0

    def among(self, found: Hashes) -> NDArray[np.bool_]:
        """Which of these may repeat."""
        if not self:
            return np.zeros(len(found), np.bool_)
        places = np.searchsorted(self._hashes, found)
        same: NDArray[np.bool_] = self._hashes[np.minimum(places, len(self._hashes) - 1)] == found
        return same


class Repeated:
    """The ids that surely stand more than once."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        joined = b"".join(map(_exact, ids))
        words = np.frombuffer(joined, ">u8").reshape(-1, 2)
        order = np.lexsort((words[:, 1], words[:, 0]))
        words = words[order]
        again = np.flatnonzero((words[1:] == words[:-1]).all(axis=1))
        self._words = words[again].tobytes()

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str) or not self._words:
            return False
        wanted, low, high = _exact(name), 0, len(self._words) // EXACT
        while low < high:
            middle = (low + high) // 2
            if self._words[EXACT * middle : EXACT * (middle + 1)] < wanted:
                low = middle + 1
            else:
                high = middle
        return self._words[EXACT * low : EXACT * (low + 1)] == wanted

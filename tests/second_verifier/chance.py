"""Changes drawn from a seed: the same seed is the same change on every machine."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Numbers from SHA-256 of a seed and a counter."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def below(self, limit: int) -> int:
        self._count += 1
        digest = hashlib.sha256(f"{self._seed} {self._count}".encode()).digest()
        return int.from_bytes(digest[:8]) % limit

    def of(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def changed(self, data: bytes) -> bytes:
        """These bytes with one flipped, dropped, doubled, or two exchanged, or cut short."""
        if not data:
            return b"\x00"
        at, way = self.below(len(data)), self.below(8)
        if way == 0:
            return data[:at] + data[at + 1 :]
        if way == 1:
            return data[:at] + data[at : at + 1] + data[at:]
        if way == 2:
            return data[:at]
        if way == 3 and at + 1 < len(data) and data[at] != data[at + 1]:
            return data[:at] + data[at + 1 : at + 2] + data[at : at + 1] + data[at + 2 :]
        return data[:at] + bytes([data[at] ^ (1 + self.below(255))]) + data[at + 1 :]

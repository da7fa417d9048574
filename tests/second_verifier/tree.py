"""Merkle trees of RFC 9162 and their tiles (checkpoint.md "Trees", "Tiles")."""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
WIDTH = 256
LONGEST = 63


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Peaks:
    """The complete subtrees of a growing tree: enough for its root at any size."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, hashed: bytes) -> None:
        height, last = 0, hashed
        while self._peaks and self._peaks[-1][0] == height:
            last = node(self._peaks.pop()[1], last)
            height += 1
        self._peaks.append((height, last))
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY
        found = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            found = node(left, found)
        return found


def root_of(hashes: Iterable[bytes]) -> bytes:
    peaks = Peaks()
    for hashed in hashes:
        peaks.add(hashed)
    return peaks.root()


def well_formed(proof: Sequence[bytes]) -> bool:
    return len(proof) <= LONGEST and all(len(hashed) == len(EMPTY) for hashed in proof)


def inclusion_root(index: int, size: int, hashed: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The root to which a proof leads from a leaf; None where it leads nowhere."""
    if not 0 <= index < size or not well_formed(proof):
        return None
    first, second, found = index, size - 1, hashed
    for other in proof:
        if second == 0:
            return None
        if first % 2 or first == second:
            found = node(other, found)
            while first % 2 == 0 and first != 0:
                first, second = first // 2, second // 2
        else:
            found = node(found, other)
        first, second = first // 2, second // 2
    return found if second == 0 else None


def extends(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether the tree of (size, root) `new` begins with the tree `old`."""
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size > new_size or not well_formed(proof):
        return False
    if old_size in {0, new_size}:
        expected = new_root if old_size == new_size else EMPTY
        return not proof and old_root == expected
    hashes = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not hashes:
        return False
    first, second = old_size - 1, new_size - 1
    while first % 2:
        first, second = first // 2, second // 2
    return climb(first, second, hashes) == (old_root, new_root)


def climb(first: int, second: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    old = new = hashes[0]
    for other in hashes[1:]:
        if second == 0:
            return None
        if first % 2 or first == second:
            old, new = node(other, old), node(other, new)
            while first % 2 == 0 and first != 0:
                first, second = first // 2, second // 2
        else:
            new = node(new, other)
        first, second = first // 2, second // 2
    return (old, new) if second == 0 else None


def full_tiles(hashes: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """Every full tile over these leaf hashes, by level and number."""
    found: dict[tuple[int, int], bytes] = {}
    level, row = 0, list(hashes)
    while len(row) >= WIDTH:
        above: list[bytes] = []
        for number in range(len(row) // WIDTH):
            part = row[number * WIDTH : (number + 1) * WIDTH]
            found[level, number] = b"".join(part)
            above.append(root_of(part))
        level, row = level + 1, above
    return found


def spelled(number: int) -> str:
    """A tile's number in groups of three digits: 1234067 is x001/x234/067."""
    text = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        text = f"x{number % 1000:03}/{text}"
    return text

"""RFC 9162 tree hashes, inclusion and consistency proofs; bytes only.

    leaf hash  SHA-256(0x00 || entry)        node  SHA-256(0x01 || left || right)
    the root of no leaves is SHA-256 of the empty string

Rules: a proof runs from the leaf's sibling up to the child of the root. Verifiers are iterative
and total: any input gives True or False, never an exception, and a proof of more than 63 hashes is
refused. Source: RFC 9162 sections 2.1.1 to 2.1.4.
"""

import hashlib
from collections.abc import Callable, Sequence

HASH = 32
LONGEST = 63
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of a growing tree's full subtrees, largest first: enough to go on appending."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash; logarithmic at worst, constant on average."""
        carry, size = leaf, self.size
        while size & 1:
            carry = node_hash(self._peaks.pop(), carry)
            size >>= 1
        self._peaks.append(carry)
        self.size += 1

    def root(self, right: bytes | None = None) -> bytes:
        """The root over all leaves so far, and over a subtree to their right where there is one."""
        found = right
        for peak in reversed(self._peaks):
            found = peak if found is None else node_hash(peak, found)
        return EMPTY if found is None else found


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


Node = Callable[[int, int], bytes]  # the root of the full subtree `n` of 2^level leaves


def range_hash(node: Node, start: int, end: int) -> bytes:
    """The tree hash over the leaves [start, end); start is a multiple of a full subtree."""
    width = end - start
    if width == 0:
        return EMPTY
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, start >> level)
    split = _split(width)
    return node_hash(range_hash(node, start, start + split), range_hash(node, start + split, end))


def inclusion(node: Node, index: int, size: int) -> list[bytes]:
    """The proof that leaf `index` is in the tree of the first `size` leaves."""
    start, end, found = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append(range_hash(node, middle, end))
            end = middle
        else:
            found.append(range_hash(node, start, middle))
            start = middle
    return found[::-1]


def consistency(node: Node, old: int, new: int) -> list[bytes]:
    """The proof that the first `new` leaves begin with the first `old`."""
    start, end, found = 0, new, list[bytes]()
    if old in {0, end}:
        return []
    whole = True  # the old tree's root is itself a node of the new tree
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            found.append(range_hash(node, middle, end))
            end = middle
        else:
            found.append(range_hash(node, start, middle))
            start, whole = middle, False
    if not whole:
        found.append(range_hash(node, start, end))
    return found[::-1]


class Tree:
    """All full nodes over a list of leaf hashes: proofs in logarithmic time."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.levels: list[list[bytes]] = [list(leaves)]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = len(below) // 2
            self.levels.append([node_hash(below[2 * n], below[2 * n + 1]) for n in range(pairs)])

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self.levels[0])

    def node(self, level: int, n: int) -> bytes:
        """The root of a full subtree."""
        return self.levels[level][n]

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, all of them where None."""
        return range_hash(self.node, 0, self.size if size is None else size)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that leaf `index` is in the tree of the first `size` leaves."""
        return inclusion(self.node, index, self.size if size is None else size)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the first `new` leaves begin with the first `old`."""
        return consistency(self.node, old, self.size if new is None else new)


def _split(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


def _sound(proof: Sequence[bytes]) -> bool:
    return len(proof) <= LONGEST and all(len(part) == HASH for part in proof)


def included_root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its inclusion proof lead to; None where the proof is malformed."""
    if not 0 <= index < size or not _sound(proof) or len(leaf) != HASH:
        return None
    node, last, found = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = node_hash(part, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, part)
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the proof shows the leaf at the index of the tree with this root."""
    return included_root(leaf, index, size, proof) == root_hash


def consistent(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the new tree begins with the old one."""
    if not 0 <= old <= new or not _sound(proof):
        return False
    if old == new:
        return not proof and old_root == new_root and (old > 0 or old_root == EMPTY)
    if old == 0:
        return not proof and old_root == EMPTY
    parts = list(proof) if old & (old - 1) else [old_root, *proof]
    return bool(parts) and _walk(old - 1, new - 1, parts) == (old_root, new_root)


def _walk(node: int, last: int, parts: list[bytes]) -> tuple[bytes, bytes] | None:
    while node & 1:
        node, last = node >> 1, last >> 1
    one = other = parts[0]
    for part in parts[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            one, other = node_hash(part, one), node_hash(part, other)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            other = node_hash(other, part)
        node, last = node >> 1, last >> 1
    return (one, other) if last == 0 else None

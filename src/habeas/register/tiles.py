"""C2SP tlog-tiles: paths, hash tiles and entry bundles over a list of leaves.

A full tile holds 256 hashes. The partial tile at level l of a tree of size s holds
floor(s / 256^l) mod 256 hashes; empty tiles do not exist.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Protocol, Self

from habeas.errors import Fault, RegisterError
from habeas.register import merkle
from habeas.register.merkle import HASH, Frontier, leaf_hash

WIDTH = 256
STEP = 8  # a tile's level counts eight levels of the tree
KEPT = 512  # tiles that a reader keeps in memory: 4 MiB

Tile = tuple[int, int, bytes]  # level, number, 256 hashes


class Tiles(Protocol):
    """Where a log's entries and full tiles lie."""

    def entries(self, start: int, end: int) -> list[bytes]:
        """The entries [start, end)."""
        ...

    def tile(self, level: int, n: int) -> bytes | None:
        """A full tile, 8,192 bytes; None where it is not full yet."""
        ...


class TileTree:
    """Nodes of a log's tree, read from its full tiles and its last entries; proofs from them.

    A node that was complete once never changes, so that whatever was read stays good. Where the
    log's own frontier is at hand, the nodes of unfilled tiles come from it instead of being
    computed out of every tile below them. A node whose leaves are not there is refused (H558).
    """

    def __init__(self, source: Tiles, edge: "Grower | None" = None) -> None:
        self._source, self._edge = source, edge
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._unfilled: set[tuple[int, int]] = set()  # when last asked for: then asked below

    def node(self, level: int, n: int) -> bytes:
        """The root of the full subtree `n` of 2^level leaves; all of its leaves must be there."""
        kept = self._nodes.get((level, n))
        if kept is not None:
            return kept
        above, inside = divmod(level, STEP)
        known = None if inside or self._edge is None else self._edge.node(above, n)
        if known is not None:
            return known
        number = n >> STEP - inside
        tile = None if (above, number) in self._unfilled else self._tile(above, number)
        if tile is not None:
            place = (n << inside) % WIDTH * HASH
            found = _root(tile[place : place + (HASH << inside)])
        elif inside:
            found = merkle.node_hash(self.node(level - 1, 2 * n), self.node(level - 1, 2 * n + 1))
        elif level:
            found = _root(self._full(above - 1, n))
        else:
            found = self._leaf(n)
        return self._keep(level, n, found)

    def _keep(self, level: int, n: int, found: bytes) -> bytes:
        if len(self._nodes) >= KEPT * WIDTH:
            self._nodes.clear()
        self._nodes[level, n] = found
        return found

    def _leaf(self, n: int) -> bytes:
        # Past the last full tile, its neighbours are asked next: all of them are read at once.
        start = n - n % WIDTH
        for place, entry in enumerate(self._source.entries(start, start + WIDTH), start):
            self._keep(0, place, leaf_hash(entry))
        if (0, n) not in self._nodes:
            raise _missing(f"leaf {n}")
        return self._nodes[0, n]

    def _tile(self, level: int, n: int) -> bytes | None:
        kept = self._tiles.get((level, n))
        if kept is None:
            kept = self._source.tile(level, n)
            if kept is None or len(kept) != WIDTH * HASH:  # a damaged one is none
                self._unfilled.add((level, n))
                return None
            if len(self._tiles) >= KEPT:
                self._tiles.pop(next(iter(self._tiles)))
            self._tiles[level, n] = kept
            self._unfilled.discard((level, n))
        return kept

    def _full(self, level: int, n: int) -> bytes:
        found = self._tile(level, n)
        if found is None:
            raise _missing(f"tile {level}/{n}")
        return found

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves."""
        return merkle.range_hash(self.node, 0, size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that leaf `index` is in the tree of the first `size` leaves."""
        return merkle.inclusion(self.node, index, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first `new` leaves begin with the first `old`."""
        return merkle.consistency(self.node, old, new)


def _missing(what: str) -> RegisterError:
    fix = "Verify the register, and restore it."
    return RegisterError(Fault("H558", f"{what} of the log is not there", fix))


def _root(hashes: bytes) -> bytes:
    two = 2 * HASH
    while len(hashes) > HASH:
        pairs = range(0, len(hashes), two)
        hashes = b"".join([sha256(b"\x01" + hashes[n : n + two]).digest() for n in pairs])
    return hashes


class Grower:
    """The unfilled end of every row of tiles: enough to go on appending, and for the root.

    Costs one node hash a leaf, another where a root is asked for, and a few a root.
    """

    def __init__(self) -> None:
        self.size = 0
        self._rows: list[list[bytes]] = [[]]
        self._peaks: dict[int, Frontier] = {}  # of the rows, as far as a root was asked for
        self._filled: list[Tile] = []

    @classmethod
    def resumed(cls, source: Tiles, size: int) -> Self:
        """The same at the end of a log of some size; reads a tile or two of each level."""
        found, tree, width = cls(), TileTree(source), size
        while width:
            level, first = STEP * (len(found._rows) - 1), width - width % WIDTH
            found._rows[-1] += [tree.node(level, n) for n in range(first, width)]
            found._rows.append([])
            width //= WIDTH
        found.size = size
        return found

    def append(self, entry: bytes) -> None:
        """Add one entry."""
        level, row = 0, self._rows[0]
        self.size += 1
        row.append(sha256(b"\x00" + entry).digest())
        while len(row) == WIDTH:
            tile, level = b"".join(row), level + 1
            self._filled.append((level - 1, (self.size >> STEP * level) - 1, tile))
            row.clear()
            self._peaks.pop(level - 1, None)
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            row.append(_root(tile))

    def node(self, level: int, n: int) -> bytes | None:
        """A hash of the unfilled tile of a level; None where it holds no such hash."""
        if level >= len(self._rows):
            return None
        place = n - (self.size >> STEP * level) // WIDTH * WIDTH
        return self._rows[level][place] if 0 <= place < len(self._rows[level]) else None

    def root(self) -> bytes:
        """The root over all leaves so far."""
        found = None
        for level, row in enumerate(self._rows):
            if row:
                frontier = self._peaks.setdefault(level, Frontier())
                for node in row[frontier.size :]:
                    frontier.append(node)
                found = frontier.root(found)
        return merkle.EMPTY if found is None else found

    def filled(self) -> list[Tile]:
        """The tiles that have filled since this was last asked."""
        found, self._filled = self._filled, []
        return found


def tile_index(n: int) -> str:
    """A tile number in groups of three digits: 1234067 is x001/x234/067."""
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:  # noqa: PLR2004 - three decimal digits
        n //= 1000
        groups.append(f"x{n % 1000:03d}")
    return "/".join(reversed(groups))


def tile_path(level: int | str, n: int, width: int = WIDTH) -> str:
    """The path of a tile; level `entries` names an entry bundle."""
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{tile_index(n)}{partial}"


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries with their lengths, big-endian in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def files(source: Tiles, size: int) -> Iterator[tuple[str, bytes]]:
    """Every entry bundle and hash tile of a log of some size, full and partial, by path."""
    for start in range(0, size, WIDTH):
        found = source.entries(start, min(size, start + WIDTH))
        yield tile_path("entries", start // WIDTH, len(found)), entry_bundle(found)
    tree, level, width = TileTree(source), 0, size
    while width:
        for n in range(width // WIDTH):
            yield tile_path(level, n), source.tile(level, n) or b""
        rest = width % WIDTH
        if rest:
            nodes = [tree.node(STEP * level, n) for n in range(width - rest, width)]
            yield tile_path(level, width // WIDTH, rest), b"".join(nodes)
        level, width = level + 1, width // WIDTH

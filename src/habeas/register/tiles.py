"""C2SP tlog-tiles: paths, hash tiles and entry bundles over a list of leaves.

A full tile holds 256 hashes. The partial tile at level l of a tree of size s holds
floor(s / 256^l) mod 256 hashes; empty tiles do not exist.
"""

from collections.abc import Sequence

from habeas.register.merkle import Tree

WIDTH = 256
STEP = 8  # a tile's level counts eight levels of the tree


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


def tiles(tree: Tree) -> dict[str, bytes]:
    """Every hash tile of a tree by path, full and partial."""
    found = {}
    for level, hashes in enumerate(tree.levels[::STEP]):
        for n in range(0, len(hashes), WIDTH):
            part = hashes[n : n + WIDTH]
            found[tile_path(level, n // WIDTH, len(part))] = b"".join(part)
    return found


def entry_bundles(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Every entry bundle of a log by path."""
    return {
        tile_path("entries", n // WIDTH, len(part)): entry_bundle(part)
        for n in range(0, len(entries), WIDTH)
        if (part := entries[n : n + WIDTH])
    }

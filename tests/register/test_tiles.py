"""Tiles: a tree read from full tiles and last entries is the tree over all leaves."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection, connect
from typing import Any

import pytest

from fakes import verified
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register import merkle, tiles
from habeas.register.keys import Trust
from habeas.register.log import Log
from habeas.register.tiles import WIDTH, Grower, TileTree
from shelves import Shelf

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
LARGEST = 70_000
EDGES = (*range(6), 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_792, LARGEST)
Code = Callable[..., str]
Named = Mapping[str, Any]


@pytest.fixture(scope="module")
def entries() -> list[bytes]:
    return [hashlib.sha256(b"leaf %d" % n).digest() for n in range(LARGEST)]


@pytest.fixture(scope="module")
def tree(entries: list[bytes]) -> merkle.Tree:
    return merkle.Tree([merkle.leaf_hash(entry) for entry in entries])


@pytest.fixture(scope="module")
def full(tree: merkle.Tree) -> dict[tuple[int, int], bytes]:
    """The full tiles, cut out of the whole tree."""
    found = dict[tuple[int, int], bytes]()
    for level, hashes in enumerate(tree.levels[:: tiles.STEP]):
        for n in range(len(hashes) // WIDTH):
            found[level, n] = b"".join(hashes[n * WIDTH : (n + 1) * WIDTH])
    return found


@pytest.fixture(scope="module")
def shelf(entries: list[bytes], full: dict[tuple[int, int], bytes]) -> Callable[[int], Shelf]:
    return lambda size: Shelf(entries, full, size)


def _drawn(seed: str, count: int, below: int = LARGEST) -> list[int]:
    """Numbers that nobody has chosen, the same in every run."""
    draws = (hashlib.sha256(b"%s %d" % (seed.encode(), n)).digest() for n in range(count))
    return sorted({int.from_bytes(draw, "big") % below for draw in draws})


# The tree


def test_no_tile_is_asked_for_twice_and_one_that_fills_later_is_found(
    entries: list[bytes], full: dict[tuple[int, int], bytes], tree: merkle.Tree
) -> None:
    source = Shelf(entries, full, 65_000)
    read = TileTree(source)
    for old in (64_990, 64_000, 3):
        assert read.inclusion(old, 65_000) == tree.inclusion(old, 65_000)
    assert len(source.tiles) == len({*source.tiles})
    source.size = LARGEST  # the tile of the last leaves, and the first of the third row, are full
    assert read.root(LARGEST) == tree.root(LARGEST)
    assert read.inclusion(64_990, LARGEST) == tree.inclusion(64_990, LARGEST)


@pytest.mark.parametrize("size", [*EDGES, *_drawn("sizes 1", 12)])
def test_roots_and_proofs_out_of_tiles_are_those_of_the_whole_tree(
    shelf: Callable[[int], Shelf], tree: merkle.Tree, size: int
) -> None:
    read = TileTree(shelf(size))
    assert read.root(size) == tree.root(size)
    smaller = {0, 1, size // 2, size - 1, size, *_drawn(f"old {size}", 12, size + 1)}
    for old in sorted(one for one in smaller if 0 <= one <= size):
        assert read.root(old) == tree.root(old)
        assert read.consistency(old, size) == tree.consistency(old, size)
        if old < size:
            assert read.inclusion(old, size) == tree.inclusion(old, size)


@pytest.mark.parametrize("size", [256, 65_536, 65_537, LARGEST])
def test_a_log_reads_only_the_entries_of_its_last_tile(
    shelf: Callable[[int], Shelf], size: int
) -> None:
    source = shelf(size)
    read = TileTree(source)
    read.root(size)
    for index in (0, size // 3, size - 1):
        read.inclusion(index, size)
    assert set(source.asked) <= {size - size % WIDTH}


def test_a_proof_of_every_leaf_verifies(
    shelf: Callable[[int], Shelf], entries: list[bytes]
) -> None:
    size = 777
    read = TileTree(shelf(size))
    root = read.root(size)
    for index in range(size):
        proof = read.inclusion(index, size)
        assert merkle.included(merkle.leaf_hash(entries[index]), index, size, proof, root)


@pytest.mark.parametrize("size", [1, 255, 256, 300, 65_536])
def test_leaves_that_are_not_there_are_refused(
    shelf: Callable[[int], Shelf], code: Code, size: int
) -> None:
    read = TileTree(shelf(size))
    assert code(read.root, size + 1) == "H558"
    assert code(read.inclusion, 0, 2 * size) == "H558"
    assert code(read.node, 0, size) == "H558"


@pytest.mark.parametrize("length", [0, 31, 32, 8191, 8193])
def test_a_tile_of_another_length_is_none(
    entries: list[bytes], full: dict[tuple[int, int], bytes], code: Code, length: int
) -> None:
    short = Shelf(entries, full | {(0, 1): bytes(length)}, 600)
    assert code(TileTree(short).root, 600) == "H558"
    assert code(TileTree(short).inclusion, 3, 600) == "H558"


# The frontier


@pytest.fixture(scope="module")
def grown(entries: list[bytes]) -> tuple[dict[int, bytes], dict[tuple[int, int], bytes]]:
    """The roots at many sizes and all tiles of a log that grew entry by entry."""
    grower, roots = Grower(), {0: merkle.EMPTY}
    found = dict[tuple[int, int], bytes]()
    wanted = {*EDGES, *_drawn("sizes 2", 60)}
    for entry in entries:
        grower.append(entry)
        if grower.size in wanted:
            roots[grower.size] = grower.root()
            found |= {tile[:2]: tile[2] for tile in grower.filled()}
    return roots, found


def test_a_growing_log_has_the_root_of_the_whole_tree(
    grown: tuple[dict[int, bytes], Named], tree: merkle.Tree
) -> None:
    roots, _ = grown
    assert len(roots) > 70
    assert {size: tree.root(size) for size in roots} == roots


def test_a_growing_log_fills_the_tiles_of_the_whole_tree(
    grown: tuple[dict[int, bytes], dict[tuple[int, int], bytes]], full: dict[tuple[int, int], bytes]
) -> None:
    assert grown[1] == full
    assert (len([one for one in full if one[0] == 0]), (1, 0) in full, (1, 1) in full) == (
        273,
        True,
        False,
    )


@pytest.mark.parametrize("size", [*EDGES[:-1], *_drawn("sizes 3", 8)])
def test_a_resumed_log_goes_on_as_one_that_never_stopped(
    shelf: Callable[[int], Shelf],
    entries: list[bytes],
    tree: merkle.Tree,
    full: dict[tuple[int, int], bytes],
    size: int,
) -> None:
    grower = Grower.resumed(shelf(size), size)
    assert (grower.size, grower.root(), grower.filled()) == (size, tree.root(size), [])
    for entry in entries[size : size + 520]:
        grower.append(entry)
        if grower.size % 64 in {0, 1, 63}:
            assert grower.root() == tree.root(grower.size)
    assert grower.root() == tree.root(grower.size)
    filled = grower.filled()
    assert all(full[level, n] == hashes for level, n, hashes in filled)
    assert {tile[:2] for tile in filled} == {
        (level, n) for level, n in full if size < (n + 1) * WIDTH ** (level + 1) <= grower.size
    }


@pytest.mark.parametrize("size", [*EDGES, *_drawn("sizes 4", 8)])
def test_a_tree_at_the_edge_of_its_log_reads_the_same(
    shelf: Callable[[int], Shelf], tree: merkle.Tree, size: int
) -> None:
    source = shelf(size)
    read = TileTree(source, Grower.resumed(source, size))
    assert read.root(size) == tree.root(size)
    for index in {0, size // 2, size - 1} if size else ():
        assert read.inclusion(index, size) == tree.inclusion(index, size)
        assert read.consistency(index, size) == tree.consistency(index, size)


# The vectors


@pytest.fixture(scope="module")
def vectors() -> Named:
    path = Path(__file__).parents[1] / "vectors" / "merkle.json"
    found: Named = json.loads(path.read_text("utf-8"))
    return found


def test_the_tiles_of_the_vectors_come_out_of_a_growing_log(
    vectors: Named, grown: tuple[Named, dict[tuple[int, int], bytes]]
) -> None:
    whole = [row for row in vectors["tiles_of_size_70000"] if row["width"] == WIDTH]
    assert whole
    for row in whole:
        hashes = grown[1][row["level"], row["n"]]
        assert (len(hashes), hashlib.sha256(hashes).hexdigest()) == (row["bytes"], row["sha256"])
        assert (hashes[:32].hex(), hashes[-32:].hex()) == (row["first"], row["last"])
        assert tiles.tile_path(row["level"], row["n"]) == row["path"]


def test_the_roots_of_the_vectors_come_out_of_tiles(
    vectors: Named, shelf: Callable[[int], Shelf]
) -> None:
    rows = [row for row in vectors["roots"] if row["size"] <= LARGEST]
    assert len(rows) > 30
    assert all(TileTree(shelf(r["size"])).root(r["size"]).hex() == r["root"] for r in rows)


@pytest.mark.no_cover  # the same lines again and again
def test_the_proofs_of_the_vectors_come_out_of_tiles(
    vectors: Named, shelf: Callable[[int], Shelf]
) -> None:
    for row in vectors["inclusion"] + vectors["inclusion_large"]:
        found = TileTree(shelf(row["size"])).inclusion(row["index"], row["size"])
        assert [one.hex() for one in found] == row["proof"]
    for row in vectors["consistency"] + vectors["consistency_large"]:
        found = TileTree(shelf(row["new"])).consistency(row["old"], row["new"])
        assert [one.hex() for one in found] == row["proof"]


# A register with tiles


@pytest.fixture
def tiled(log: Log, store: SqliteStore, tmp_path: Path) -> Path:
    """A register of 512 leaves and two tiles."""
    log.publish(AT, pads=True)
    log.publish(AT, pads=True)
    assert (log.size, store.tile(0, 2)) == (512, None)
    return tmp_path / "register.sqlite3"


@pytest.fixture
def raw(tiled: Path) -> Iterator[Connection]:
    with closing(connect(tiled, isolation_level=None)) as found:
        for name in ("tile_update", "tile_delete"):
            found.execute(f"DROP TRIGGER {name}")
        yield found


@pytest.mark.no_cover  # the same lines again and again
def test_a_tile_of_which_any_byte_was_changed_is_named(
    tiled: Path, raw: Connection, trust: Trust
) -> None:
    assert verified(tiled, trust).faults == ()
    (good,) = raw.execute("SELECT hashes FROM tile WHERE n = 1").fetchone()
    for place in range(0, len(good), 97):
        spoilt = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        raw.execute("UPDATE tile SET hashes = ? WHERE n = 1", (spoilt,))
        named = [(one.code, one.where) for one in verified(tiled, trust).faults]
        assert named == [("H559", "tile 0/1")]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DELETE FROM tile WHERE n = 0", ["tile 0/0"]),
        ("DELETE FROM tile", ["tile 0/0", "tile 0/1"]),
        ("INSERT INTO tile VALUES (0, 2, x'00')", ["tile 0/2"]),
        ("INSERT INTO tile VALUES (7, 0, zeroblob(8192))", ["tile 7/0"]),
        ("INSERT INTO tile VALUES (-1, -1, x'')", ["tile -1/-1"]),
        ("UPDATE tile SET hashes = x'' WHERE n = 1", ["tile 0/1"]),
        ("UPDATE tile SET level = 1 WHERE n = 1", ["tile 0/1", "tile 1/1"]),
    ],
)
def test_a_tile_that_lacks_or_that_no_leaves_fill_is_named(
    tiled: Path, raw: Connection, trust: Trust, change: str, named: list[str]
) -> None:
    raw.execute(change)
    faults = [(one.code, one.where) for one in verified(tiled, trust).faults]
    assert faults == [("H559", where) for where in named]


def test_a_log_signs_nothing_over_a_damaged_tile(
    tiled: Path, raw: Connection, opened: Callable[[SqliteStore], Log], code: Code
) -> None:
    raw.execute("UPDATE tile SET hashes = zeroblob(8192) WHERE n = 0")
    with closing(SqliteStore(tiled)) as other:
        assert code(opened, other) == "H558"

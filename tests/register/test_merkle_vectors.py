"""Roots, proofs, tiles and bundles against vectors that another prover made."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from habeas.register import merkle, tiles
from shelves import shelved

Files = dict[str, bytes]  # by path
VECTORS = Path(__file__).parents[1] / "vectors" / "merkle.json"
SIZE = 70_000


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def entries() -> list[bytes]:
    return [hashlib.sha256(b"leaf %d" % number).digest() for number in range(SIZE)]


@pytest.fixture(scope="module")
def tree(entries: list[bytes]) -> merkle.Tree:
    return merkle.Tree([merkle.leaf_hash(entry) for entry in entries])


def _hashes(row: list[str]) -> list[bytes]:
    return [bytes.fromhex(part) for part in row]


def _holds(row: dict[str, Any]) -> bool:
    proof = _hashes(row["proof"])
    if "leaf_hash" in row:
        leaf, root = _hashes([row["leaf_hash"], row["root"]])
        return merkle.included(leaf, row["index"], row["size"], proof, root)
    old, new = _hashes([row["old_root"], row["new_root"]])
    return merkle.consistent(row["old"], row["new"], old, new, proof)


def test_the_first_entries_and_leaves(
    vectors: dict[str, Any], entries: list[bytes], tree: merkle.Tree
) -> None:
    assert [entry.hex() for entry in entries[:17]] == vectors["entries_0_to_16"]
    assert [leaf.hex() for leaf in tree.levels[0][:17]] == vectors["leaf_hashes_0_to_16"]


def test_every_root(vectors: dict[str, Any], tree: merkle.Tree) -> None:
    found = [
        {"size": row["size"], "root": tree.root(row["size"]).hex()} for row in vectors["roots"]
    ]
    assert found == vectors["roots"]
    assert max(row["size"] for row in found) == SIZE


def test_a_growing_frontier_has_every_root(vectors: dict[str, Any], tree: merkle.Tree) -> None:
    roots = {row["size"]: row["root"] for row in vectors["roots"]}
    frontier, found = merkle.Frontier(), {0: merkle.EMPTY.hex()}
    for leaf in tree.levels[0]:
        frontier.append(leaf)
        if frontier.size in roots:
            found[frontier.size] = frontier.root().hex()
    assert found == roots


def test_the_root_over_leaves(vectors: dict[str, Any], tree: merkle.Tree) -> None:
    for row in vectors["roots"]:
        if row["size"] <= 1000:
            assert merkle.root(tree.levels[0][: row["size"]]).hex() == row["root"]


@pytest.mark.parametrize(("part", "count"), [("inclusion", 136), ("inclusion_large", 151)])
def test_every_inclusion_proof(
    vectors: dict[str, Any], tree: merkle.Tree, part: str, count: int
) -> None:
    assert len(vectors[part]) == count
    for row in vectors[part]:
        assert tree.inclusion(row["index"], row["size"]) == _hashes(row["proof"])
        assert _holds(row), row


@pytest.fixture(scope="module")
def found(entries: list[bytes]) -> Files:
    """What an export of a log of these entries holds."""
    return dict(tiles.files(*shelved(entries)))


@pytest.mark.parametrize(("part", "count"), [("consistency", 153), ("consistency_large", 262)])
def test_every_consistency_proof(
    vectors: dict[str, Any], tree: merkle.Tree, part: str, count: int
) -> None:
    assert len(vectors[part]) == count
    for row in vectors[part]:
        assert tree.consistency(row["old"], row["new"]) == _hashes(row["proof"])
        assert _holds(row), row


def test_every_altered_proof_is_rejected(vectors: dict[str, Any]) -> None:
    assert len(vectors["reject"]) == 105
    assert {row["expect"] for row in vectors["reject"]} == {"reject"}
    assert [row["why"] for row in vectors["reject"] if _holds(row)] == []


def test_every_tile_of_a_large_tree(vectors: dict[str, Any], found: Files) -> None:
    for row in vectors["tiles_of_size_70000"]:
        data = found[row["path"]]
        assert tiles.tile_path(row["level"], row["n"], row["width"]) == row["path"]
        assert (len(data), hashlib.sha256(data).hexdigest()) == (row["bytes"], row["sha256"])
        assert (data[:32].hex(), data[-32:].hex()) == (row["first"], row["last"])


def test_a_large_tree_has_no_more_tiles_than_it_must(found: Files) -> None:
    # 70,000 = 273 * 256 + 112 leaves; 273 = 256 + 17 hashes above; 1 above those.
    hashes = {path: data for path, data in found.items() if "entries" not in path}
    assert len(hashes) == 274 + 2 + 1
    assert sum(map(len, hashes.values())) == 32 * (70_000 + 273 + 1)


def test_every_entry_bundle_of_a_large_log(vectors: dict[str, Any], found: Files) -> None:
    assert sum("entries" in path for path in found) == 274
    for row in vectors["entry_bundles_of_size_70000"]:
        data = found[row["path"]]
        assert tiles.tile_path("entries", row["n"], row["width"]) == row["path"]
        assert (len(data), hashlib.sha256(data).hexdigest()) == (row["bytes"], row["sha256"])


def test_tile_numbers_have_groups_of_three_digits(vectors: dict[str, Any]) -> None:
    found = [{"n": row["n"], "path": tiles.tile_path(0, row["n"])} for row in vectors["tile_paths"]]
    assert found == vectors["tile_paths"]
    assert tiles.tile_index(1_234_067) == "x001/x234/067"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512])
def test_a_partial_tile_holds_the_rest_and_an_empty_one_does_not_exist(
    entries: list[bytes], size: int
) -> None:
    found = dict(tiles.files(*shelved(entries[:size])))
    widths = [len(data) // 32 for path, data in found.items() if path.startswith("tile/0/")]
    assert widths == [256] * (size // 256) + [size % 256] * (size % 256 > 0)
    assert sum("entries" in path for path in found) == len(widths)
    assert sum(path.startswith("tile/1/") for path in found) == (size >= 256)

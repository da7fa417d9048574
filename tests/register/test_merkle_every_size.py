"""Every proof of every tree of up to 64 leaves, and every way in which one can be wrong.

The verdicts are compared with a second verifier, written from the recursive definitions of
RFC 9162 sections 2.1.3.1 and 2.1.4.1, where the code under test is iterative.
"""

import hashlib
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.register import merkle

# Every size with every index: the vectors and the log count these lines.
pytestmark = pytest.mark.no_cover

MOST = 64
Proof = Sequence[bytes]


@pytest.fixture(scope="module")
def tree() -> merkle.Tree:
    return merkle.Tree([merkle.leaf_hash(hashlib.sha256(b"%d" % n).digest()) for n in range(MOST)])


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(width: int) -> int:
    k = 1
    while 2 * k < width:
        k *= 2
    return k


def _path(index: int, size: int) -> str:
    """The sides on which the proof's hashes stand, from the leaf up."""
    if size == 1:
        return ""
    k = _split(size)
    return _path(index, k) + "r" if index < k else _path(index - k, size - k) + "l"


def _leads_to(leaf: bytes, index: int, size: int, proof: Proof) -> bytes | None:
    sides, found = _path(index, size), leaf
    if len(sides) != len(proof):
        return None
    for side, part in zip(sides, proof, strict=True):
        found = _node(found, part) if side == "r" else _node(part, found)
    return found


def _both(old: int, new: int, whole: bytes | None, proof: list[bytes]) -> tuple[bytes, bytes]:
    if old == new:
        found = proof.pop() if whole is None else whole
        return found, found
    k, last = _split(new), proof.pop()
    if old <= k:
        one, other = _both(old, k, whole, proof)
        return one, _node(other, last)
    one, other = _both(old - k, new - k, None, proof)
    return _node(last, one), _node(last, other)


def _agrees(old: int, new: int, roots: tuple[bytes, bytes], proof: Proof) -> bool:
    if old in {0, new}:
        return not proof and (old != new or roots[0] == roots[1])
    rest = list(proof)
    try:
        return _both(old, new, roots[0], rest) == roots and not rest
    except IndexError:
        return False


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _altered(proof: list[bytes]) -> Iterator[list[bytes]]:
    for n, part in enumerate(proof):
        yield [*proof[:n], *proof[n + 1 :]]
        yield [*proof[:n], part[:-1], *proof[n + 1 :]]
        for bit in (37 * n % 256, 255 - n):
            yield [*proof[:n], _flipped(part, bit), *proof[n + 1 :]]
    for n in range(len(proof) + 1):
        yield [*proof[:n], bytes(32), *proof[n:]]
        yield [*proof[:n], *(proof[n - 1 : n] or [bytes(32)]), *proof[n:]]


def _leaves() -> Iterator[tuple[int, int]]:
    return ((index, size) for size in range(MOST + 1) for index in range(size))


def _pairs() -> Iterator[tuple[int, int]]:
    return ((old, new) for new in range(MOST + 1) for old in range(new + 1))


def test_the_frontier_has_the_root_of_the_tree_at_every_size(tree: merkle.Tree) -> None:
    frontier, found = merkle.Frontier(), [merkle.EMPTY]
    for leaf in tree.levels[0]:
        frontier.append(leaf)
        found.append(frontier.root())
    assert found == [tree.root(size) for size in range(MOST + 1)]
    assert found == [merkle.Tree(tree.levels[0][:size]).root() for size in range(MOST + 1)]


def test_every_inclusion_proof_verifies(tree: merkle.Tree) -> None:
    for index, size in _leaves():
        leaf, proof = tree.levels[0][index], tree.inclusion(index, size)
        assert merkle.included(leaf, index, size, proof, tree.root(size)), (index, size)
        assert _leads_to(leaf, index, size, proof) == tree.root(size)


def test_every_consistency_proof_verifies(tree: merkle.Tree) -> None:
    for old, new in _pairs():
        roots, proof = (tree.root(old), tree.root(new)), tree.consistency(old, new)
        assert merkle.consistent(old, new, *roots, proof), (old, new)
        assert _agrees(old, new, roots, proof)


def test_no_altered_inclusion_proof_verifies(tree: merkle.Tree) -> None:
    for index, size in _leaves():
        leaf, root = tree.levels[0][index], tree.root(size)
        for proof in _altered(tree.inclusion(index, size)):
            assert not merkle.included(leaf, index, size, proof, root), (index, size)


def test_no_altered_consistency_proof_verifies(tree: merkle.Tree) -> None:
    for old, new in _pairs():
        for proof in _altered(tree.consistency(old, new)):
            given = (old, new, tree.root(old), tree.root(new), proof)
            assert not merkle.consistent(*given), (old, new)


@pytest.mark.parametrize(("index", "size"), [(0, 1), (4, 7), (12, 13), (63, 64)])
def test_no_bit_of_leaf_proof_or_root_can_be_flipped(
    tree: merkle.Tree, index: int, size: int
) -> None:
    leaf, proof, root = tree.levels[0][index], tree.inclusion(index, size), tree.root(size)
    for bit in range(256):
        assert not merkle.included(_flipped(leaf, bit), index, size, proof, root)
        assert not merkle.included(leaf, index, size, proof, _flipped(root, bit))
        for n, part in enumerate(proof):
            changed = [*proof[:n], _flipped(part, bit), *proof[n + 1 :]]
            assert not merkle.included(leaf, index, size, changed, root)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (8, 13), (33, 64)])
def test_no_bit_of_roots_or_consistency_proof_can_be_flipped(
    tree: merkle.Tree, old: int, new: int
) -> None:
    one, other, proof = tree.root(old), tree.root(new), tree.consistency(old, new)
    for bit in range(256):
        assert not merkle.consistent(old, new, _flipped(one, bit), other, proof)
        assert not merkle.consistent(old, new, one, _flipped(other, bit), proof)
        for n, part in enumerate(proof):
            changed = [*proof[:n], _flipped(part, bit), *proof[n + 1 :]]
            assert not merkle.consistent(old, new, one, other, changed)


def test_no_proof_holds_at_another_index(tree: merkle.Tree) -> None:
    for index, size in _leaves():
        leaf, proof, root = tree.levels[0][index], tree.inclusion(index, size), tree.root(size)
        others = [-1, *range(index), *range(index + 1, size + 2), index + 2**64]
        assert not any(merkle.included(leaf, other, size, proof, root) for other in others)


def test_no_inclusion_proof_holds_under_the_root_of_another_size(tree: merkle.Tree) -> None:
    roots = [tree.root(size) for size in range(MOST + 1)]
    for index, size in _leaves():
        leaf, proof = tree.levels[0][index], tree.inclusion(index, size)
        held = [n for n, root in enumerate(roots) if merkle.included(leaf, index, n, proof, root)]
        assert held == [size]


def test_an_inclusion_proof_binds_no_more_of_the_size_than_its_path(tree: merkle.Tree) -> None:
    for index, size in _leaves():
        leaf, proof, root = tree.levels[0][index], tree.inclusion(index, size), tree.root(size)
        for other in range(index + 1, MOST + 1):
            same = _path(index, other) == _path(index, size)
            assert merkle.included(leaf, index, other, proof, root) is same


def test_no_consistency_proof_holds_between_the_roots_of_other_sizes(tree: merkle.Tree) -> None:
    roots = [tree.root(size) for size in range(MOST + 1)]
    for old, new in _pairs():
        proof = tree.consistency(old, new)
        if 0 < old < new:
            for other in {*range(1, MOST + 1)} - {old}:
                assert not merkle.consistent(other, new, roots[other], roots[new], proof)
            for other in {*range(old, MOST + 1)} - {new}:
                assert not merkle.consistent(old, other, roots[old], roots[other], proof)


def test_both_verifiers_agree_on_every_consistency_proof_under_wrong_sizes(
    tree: merkle.Tree,
) -> None:
    for old, new in ((o, n) for n in range(21) for o in range(n + 1)):
        roots, proof = (tree.root(old), tree.root(new)), tree.consistency(old, new)
        for one, other in ((o, n) for n in range(1, 21) for o in range(1, n + 1)):
            held = merkle.consistent(one, other, *roots, proof)
            assert held is _agrees(one, other, roots, proof), (old, new, one, other)


def test_the_empty_tree_has_one_root(tree: merkle.Tree) -> None:
    assert merkle.consistent(0, 5, merkle.EMPTY, tree.root(5), [])
    assert not merkle.consistent(0, 5, bytes(32), tree.root(5), [])
    assert not merkle.consistent(0, 0, bytes(32), bytes(32), [])


def test_no_hash_lends_a_byte_to_its_neighbour(tree: merkle.Tree) -> None:
    leaf, root = tree.levels[0][0], tree.root(2)
    (other,) = tree.inclusion(0, 2)
    assert not merkle.included(leaf[:-1], 0, 2, [leaf[-1:] + other], root)
    assert not merkle.included(leaf + other[:1], 0, 2, [other[1:]], root)
    assert not merkle.consistent(1, 2, leaf[:-1], root, [leaf[-1:] + other])


def test_a_leaf_hash_has_32_bytes() -> None:
    assert merkle.included(bytes(32), 0, 1, [], bytes(32))
    assert not merkle.included(b"x", 0, 1, [], b"x")


def test_a_proof_of_more_than_63_hashes_is_refused() -> None:
    leaf, proof = bytes(32), [bytes(32)] * 64
    root = leaf
    for part in proof:
        root = merkle.node_hash(root, part)
    assert not merkle.included(leaf, 0, 2**64, proof, root)
    assert merkle.included(
        leaf, 0, 2**63, proof[:63], merkle.included_root(leaf, 0, 2**63, proof[:63]) or b""
    )


_NUMBER = st.one_of(st.integers(-2, 70), st.integers(-(2**80), 2**80))
_HASH = st.one_of(st.binary(min_size=32, max_size=32), st.binary(max_size=40))
_PROOF = st.lists(_HASH, max_size=70)


@given(leaf=_HASH, index=_NUMBER, size=_NUMBER, proof=_PROOF, root=_HASH)
def test_inclusion_of_anything_is_answered_without_an_exception(
    leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes
) -> None:
    assert merkle.included(leaf, index, size, proof, root) in {True, False}


@given(old=_NUMBER, new=_NUMBER, one=_HASH, other=_HASH, proof=_PROOF)
def test_consistency_of_anything_is_answered_without_an_exception(
    old: int, new: int, one: bytes, other: bytes, proof: list[bytes]
) -> None:
    assert merkle.consistent(old, new, one, other, proof) in {True, False}


@given(count=st.integers(1, 300), data=st.data())
def test_what_a_tree_proves_its_verifiers_accept(count: int, data: st.DataObject) -> None:
    tree = merkle.Tree([merkle.leaf_hash(b"%d" % n) for n in range(count)])
    index, old = data.draw(st.integers(0, count - 1)), data.draw(st.integers(0, count))
    leaf, root = tree.levels[0][index], tree.root()
    assert merkle.included(leaf, index, count, tree.inclusion(index), root)
    assert merkle.consistent(old, count, tree.root(old), root, tree.consistency(old))

"""Parts of a run become one result, however it was cut."""

import hashlib
import itertools
from collections.abc import Callable

import numpy as np
import pytest
from drills.draws import draws as toy
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import SetupError
from habeas.projection.parts import Arrays, Range, Task, cut, digest, found, merged, seconds

SEED, DRAWS = 7, 23


def part(lo: int, hi: int) -> tuple[int, Arrays]:
    return lo, toy(b"", SEED, lo, hi)


def test_a_run_with_a_draw_missing_is_not_whole() -> None:
    with pytest.raises(SetupError, match="H870 22 of 23 draws are there"):
        merged([part(0, 9), part(10, 23)], DRAWS)


def test_arrays_of_several_lengths_are_no_part() -> None:
    with pytest.raises(ValueError, match=r"\[1, 2\] rows"):
        merged([(0, {"a": np.zeros(1), "b": np.zeros(2)})], 2)


def test_what_is_there_of_a_stopped_run_is_told_draw_by_draw() -> None:
    numbers, whole = found([part(10, 12), part(0, 3)], DRAWS)
    assert numbers.tolist() == [0, 1, 2, 10, 11]
    assert whole["first"].tolist() == [
        *toy(b"", SEED, 0, 3)["first"].tolist(),
        *toy(b"", SEED, 10, 12)["first"].tolist(),
    ]


def test_of_no_draws_there_is_nothing() -> None:
    assert merged([], 0) == {}


@given(
    cuts=st.sets(st.integers(1, DRAWS - 1)),
    twice=st.lists(st.tuples(st.integers(0, DRAWS - 1), st.integers(1, DRAWS + 5))),
    data=st.data(),
)
def test_neither_cuts_nor_order_nor_repeats_are_seen(
    cuts: set[int], twice: list[Range], data: st.DataObject
) -> None:
    edges = [0, *sorted(cuts), DRAWS]
    ranges = [*itertools.pairwise(edges), *((lo, hi) for lo, hi in twice if lo < hi)]
    whole = merged([part(*one) for one in data.draw(st.permutations(ranges))], DRAWS)
    assert digest(whole) == digest(toy(b"", SEED, 0, DRAWS))


@given(
    draws=st.integers(0, 60),
    size=st.integers(1, 20),
    done=st.lists(st.tuples(st.integers(0, 70), st.integers(1, 20)), max_size=5),
)
def test_what_is_left_and_what_is_done_are_every_draw_once(
    draws: int, size: int, done: list[Range]
) -> None:
    there = [(lo, lo + long) for lo, long in done]
    left = cut(draws, size, there)
    run = [one for lo, hi in left for one in range(lo, hi)]
    known = {one for lo, hi in there for one in range(lo, hi)}
    assert run == [one for one in range(draws) if one not in known]
    assert all(0 < hi - lo <= size for lo, hi in left)


def test_the_hash_is_of_names_types_shapes_and_little_endian_bytes() -> None:
    one = {"b": np.array([[1, 2]], ">i4"), "a": np.array([True])}
    said = b'["a", "|b1", [1]]\n\x01["b", "<i4", [1, 2]]\n\x01\0\0\0\x02\0\0\0'
    assert digest(one) == hashlib.sha256(said).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        {"held": np.array([1, 2], np.int64)},
        {"held": np.array([1, 3], np.int32)},
        {"held": np.array([[1], [2]], np.int32)},
        {"kept": np.array([1, 2], np.int32)},
        {"held": np.array([2, 1], np.int32)},
    ],
)
def test_another_name_type_shape_value_or_order_is_another_hash(other: Arrays) -> None:
    one = {"held": np.array([1, 2], np.int32)}
    assert digest(other) != digest(one)


def ticking(a_draw: float) -> tuple[Task, Callable[[], float], list[int]]:
    """A task of which each draw takes so long, but the first of all 100 s; and its clock."""
    now, asked = [0.0], list[int]()

    def task(payload: bytes, seed: int, lo: int, hi: int) -> Arrays:
        now[0] += a_draw * (hi - lo) if asked else 100
        asked.append(hi - lo)
        return toy(payload, seed, lo, hi)

    return task, lambda: now[0], asked


def test_a_long_draw_is_timed_once_after_one_that_warms_up() -> None:
    task, clock, asked = ticking(3.0)
    assert seconds(task, b"", SEED, 1000, clock) == pytest.approx(3000)
    assert asked == [1, 1]


def test_short_draws_are_timed_together() -> None:
    task, clock, asked = ticking(0.01)
    assert seconds(task, b"", SEED, 1000, clock) == pytest.approx(10)
    assert asked == [1, 1, 4, 16, 64]


def test_no_more_draws_are_timed_than_are_wanted() -> None:
    task, clock, asked = ticking(0.0001)
    assert seconds(task, b"", SEED, 6, clock) == pytest.approx(0.0006)
    assert asked == [1, 1, 4, 6]

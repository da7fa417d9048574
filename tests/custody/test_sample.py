"""A sample of the roll: drawn again by anybody, steered by nobody."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from habeas.custody.intervals import Interval
from habeas.custody.sample import drawn
from habeas.terms import Side, Status

START = datetime(2027, 1, 1, tzinfo=UTC)
ONE = Interval("p", "X", Side.RECEIVING, "B-1", "c", Status.HELD, START, None, 0, "", 0, -1)
NAMES = st.sets(st.text("abcdef0123", min_size=1), max_size=20)


def roll(names: list[str]) -> list[Interval]:
    return [replace(ONE, subject=name) for name in names]


def test_a_sample_by_hand() -> None:
    order = sorted("abcdef", key=lambda name: hashlib.sha256(f"lot 7\n{name}".encode()).hexdigest())
    assert [one.subject for one in drawn(roll(list("fbdace")), "lot 7", 3)] == order[:3]


@given(NAMES, st.text(max_size=8), st.integers(0, 25))
def test_a_larger_sample_begins_with_the_smaller_and_order_does_not_matter(
    names: set[str], seed: str, count: int
) -> None:
    whole = drawn(roll(sorted(names)), seed, len(names))
    assert drawn(roll(sorted(names, reverse=True)), seed, count) == whole[:count]
    assert len(drawn(roll(sorted(names)), seed, count)) == min(count, len(names))


def test_every_person_is_drawn_as_often_as_another() -> None:
    names = [f"p_{n}" for n in range(10)]
    times = dict.fromkeys(names, 0)
    for seed in range(3_000):
        for one in drawn(roll(names), str(seed), 2):
            times[one.subject] += 1
    # 600 each is expected, with a deviation of 22: five deviations are seen once in a million.
    assert all(abs(count - 600) < 110 for count in times.values())

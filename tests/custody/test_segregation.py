"""Segregation as intervals: a placement that is ended and begun anew does not begin anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import K, Telling
from habeas.custody.intervals import intervals
from habeas.custody.segregation import GAP, Placement, placements, stretches
from habeas.register.events import Json
from habeas.terms import EventKind

START = datetime(2027, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def add(told: Telling, kind: EventKind, days: float, /, **body: Json) -> str:
    plain = told.event(kind, at=told.at + days * DAY)
    event = replace(plain, body={**plain.body, **body})
    told.add(event, days=0)
    return event.id


def found(told: Telling) -> list[tuple[float, float | None]]:
    """Each placement: days from the first to its start and to its end."""
    read = placements(told.events, intervals(told.events, told.terms))
    first = read[0].start
    return [
        ((one.start - first) / DAY, None if one.end is None else (one.end - first) / DAY)
        for one in read
    ]


def test_a_placement_ends_with_the_event_that_names_it(held: Telling) -> None:
    one = add(held, K.SEGREGATION_STARTED, 0, reason="r")
    add(held, K.SEGREGATION_ENDED, 3, segregation="another")
    add(held, K.SEGREGATION_ENDED, 2, segregation=one)
    assert found(held) == [(0, 5)]


def test_a_second_end_of_a_placement_makes_it_neither_longer_nor_shorter(held: Telling) -> None:
    one = add(held, K.SEGREGATION_STARTED, 0, reason="r")
    for days in (4, 3, -5):
        add(held, K.SEGREGATION_ENDED, days, segregation=one)
    assert found(held) == [(0, 4)]


@pytest.mark.parametrize("kind", [K.RELEASED, K.DIED, K.ESCAPED])
def test_whoever_leaves_custody_is_no_longer_held_apart(held: Telling, kind: EventKind) -> None:
    add(held, K.SEGREGATION_STARTED, 0, reason="r")
    add(held, kind, 4)
    assert found(held) == [(0, 4)]


def test_a_move_to_another_cell_ends_nothing(held: Telling) -> None:
    add(held, K.SEGREGATION_STARTED, 0, reason="r")
    add(held, K.MOVED, 4, cell="c9")
    assert found(held) == [(0, None)]


def placed(*spans: tuple[float, float | None]) -> list[Placement]:
    return [
        Placement("p", START + a * DAY, None if b is None else START + b * DAY, "r", str(n), n)
        for n, (a, b) in enumerate(spans)
    ]


def test_ended_and_begun_anew_within_a_day_is_one_stretch() -> None:
    (one,) = stretches(placed((0, 10), (10.5, 20)))
    assert (one.lasted(START + 99 * DAY), one.prolonged(START + 99 * DAY)) == (20 * DAY, True)
    assert not one.prolonged(START + 15 * DAY)
    assert one.prolonged(START + 15 * DAY + timedelta(seconds=1))


def test_a_whole_day_between_them_makes_two() -> None:
    two = stretches(placed((0, 10), (11, 20)))
    assert [one.lasted(START + 99 * DAY) for one in two] == [10 * DAY, 9 * DAY]
    assert not any(one.prolonged(START + 99 * DAY) for one in two)


def test_nothing_follows_a_placement_that_lasts() -> None:
    (one,) = stretches(placed((0, None), (30, 31)))
    assert one.placements[0].end is None


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30)), min_size=1, max_size=12))
def test_no_stretch_is_shorter_than_its_placements_and_none_lie_close(
    spans: list[tuple[int, int]],
) -> None:
    every = placed(*[(a / 2, (a + b) / 2) for a, b in spans])
    joined = stretches(every)
    assert sorted(one.event for held in joined for one in held.placements) == sorted(
        one.event for one in every
    )
    for before, after in pairwise(joined):
        assert before.end is not None
        assert after.start - before.end >= GAP

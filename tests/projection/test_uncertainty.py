"""Differences, bars and indices: under one chance, and nothing that does nothing has a part."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from habeas.errors import SetupError
from habeas.projection import chance
from habeas.projection.bands import Outcome
from habeas.projection.plan import Uncertain
from habeas.projection.sobol import indices
from habeas.projection.uncertainty import (
    Units,
    free,
    gain,
    paired,
    parted,
    tornado,
    under_one_chance,
)  # fmt: skip

NAMES = ("one", "two", "three", "idle")
PAIRS = st.lists(st.tuples(*[st.integers(-1000, 1000)] * 2), min_size=2, max_size=40)


def outcome(values: list[int] | None, known: list[bool] | None = None) -> Outcome:
    numbers = None if values is None else np.array(values, np.int64)
    return Outcome("a.b", "", "persons", numbers, None if known is None else np.array(known), "w")


def whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.round(values), np.int64)


def ishigami(rows: Units) -> NDArray[np.int64]:
    one, two, three = (np.pi * (2 * rows[:, place] - 1) for place in range(3))
    found = np.sin(one) + 7 * np.sin(two) ** 2 + 0.1 * three**4 * np.sin(one)
    return whole(found * 10**6)


def weighed(rows: Units) -> NDArray[np.int64]:
    return whole(1000 * rows @ np.array([5.0, -1.0, 2.0, 0.0]))


def test_a_difference_is_taken_draw_by_draw() -> None:
    found = paired(outcome([5, 1, 7, 7]), outcome([3, 2, 7, 0]))
    assert found.difference.tolist() == [2, -1, 0, 7]
    assert (found.more, found.less) == (2, 1)


def test_a_difference_is_known_where_both_numbers_are() -> None:
    one = outcome([5, 1, 7], [True, True, False])
    assert paired(one, outcome([3, 2, 7], [False, True, True])).difference.tolist() == [-1]
    assert paired(outcome(None), outcome([1])).why == "w"
    assert paired(one, outcome([1, 1, 1], [False, False, True])).why == "in_no_draw"


def test_runs_of_other_lengths_are_not_compared() -> None:
    with pytest.raises(SetupError) as refused:
        paired(outcome([1, 2]), outcome([1]))
    assert refused.value.code == "H828"


def test_the_first_day_on_which_two_courses_part() -> None:
    one, other = np.zeros((2, 5), np.int32), np.zeros((2, 4), np.int32)
    other[1, 3] = 1
    day, known = parted(one, other)
    assert (day[known].tolist(), known.tolist()) == ([3], [False, True])


@given(PAIRS)
def test_what_pairing_is_worth_is_the_ratio_of_the_variances(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(each, np.int64) for each in zip(*pairs, strict=True))
    found, left = gain(one, other), float(np.var(one - other))
    assert (found is None) == ((one - other) == (one - other)[0]).all()
    if found is not None:
        assert float(found) == pytest.approx((np.var(one) + np.var(other)) / left)


def test_pairing_the_uncertain_number_takes_its_variance_out_of_the_difference() -> None:
    k = np.arange(2000, dtype=np.uint32)
    words = chance.words((k, k * 0, k * 0, k * 0), (7, 1))
    rate, luck = (chance.share(word) for word in words[:2])
    less, more = (np.floor(1000 * rate * part + 20 * luck).astype(np.int64) for part in (1.0, 1.05))
    found = gain(more, less)
    assert found is not None
    assert found > 100


def test_a_number_at_a_point_has_no_bar() -> None:
    assert free([Uncertain("a", "point", 1.0), Uncertain("b", "uniform", 0.0, 1.0)]) == [1]


def test_bars_are_low_and_high_one_at_a_time_the_longest_first() -> None:
    found = tornado(weighed, NAMES, [0, 1, 2, 3], {"term": lambda rows: weighed(rows) + 9})
    assert found.middle == 3000
    assert [(bar.name, bar.low, bar.high) for bar in found.world] == [
        ("one", 750, 5250), ("three", 2100, 3900), ("two", 3450, 2550), ("idle", 3000, 3000),
    ]  # fmt: skip


def test_a_term_of_the_deal_is_a_bar_apart_from_the_world() -> None:
    found = tornado(weighed, NAMES, [0], {"term": lambda rows: weighed(rows) + 9})
    assert [(bar.kind, bar.name, bar.low, bar.high) for bar in found.deal] == [
        ("deal", "term", 3000, 3009)
    ]
    assert {bar.kind for bar in found.world} == {"world"}


def test_every_row_meets_the_chance_of_the_same_draws() -> None:
    """Persons of a draw are keyed by its number: three draws, whose luck is 1, 10 and 100."""

    def number(draws: int, units: Units) -> NDArray[np.int64]:
        luck = np.array([1, 10, 100])[:draws]
        return luck + whole(1000 * units[:, 0])

    model = under_one_chance(number, 3)
    assert model(np.array([[0.0], [0.5], [0.0]])).tolist() == [111, 1611, 111]


def test_the_indices_of_ishigami() -> None:
    """Known in closed form: S1 0.3139 0.4424 0, ST 0.5576 0.4424 0.2437 (Ishigami, Homma 1990)."""
    found = indices(ishigami, NAMES, [0, 1, 2, 3], seed=1, rows=1024)
    for one, alone, total in zip(found, (314, 442, 0, 0), (558, 442, 244, 0), strict=True):
        assert abs(one.alone - alone) < 50, one
        assert abs(one.total - total) < 50, one


def test_what_does_nothing_has_an_index_of_exactly_nothing() -> None:
    idle = indices(ishigami, NAMES, [0, 1, 2, 3], seed=0, rows=64)[-1]
    assert (idle.name, idle.alone, idle.total, idle.total_interval) == ("idle", 0, 0, 0)


def test_indices_are_the_same_each_time_whatever_the_seed() -> None:
    for seed in (0, 5):
        assert indices(weighed, NAMES, [0, 2], seed, 32) == indices(
            weighed, NAMES, [0, 2], seed, 32
        )


def test_what_is_not_asked_stays_in_the_middle() -> None:
    seen: list[Units] = []

    def kept(rows: Units) -> NDArray[np.int64]:
        seen.append(rows)
        return weighed(rows)

    assert [one.name for one in indices(kept, NAMES, [0, 2], 1, 16)] == ["one", "three"]
    assert seen[0].shape == (16 * 4, 4)
    assert (seen[0][:, [1, 3]] == 0.5).all()


def test_a_number_that_nothing_moves_has_no_parts() -> None:
    found = indices(lambda rows: np.ones(len(rows), np.int64), NAMES, [0, 1], 1, 16)
    assert {(one.alone, one.total) for one in found} == {(0, 0)}
    assert indices(weighed, NAMES, [], 1, 16) == []


@pytest.mark.parametrize("rows", [0, 1, 100])
def test_a_sample_that_is_no_power_of_two_is_refused(rows: int) -> None:
    with pytest.raises(SetupError) as refused:
        indices(weighed, NAMES, [0], 1, rows)
    assert refused.value.code == "H829"


def test_a_gain_over_a_difference_that_never_changes_is_without_end() -> None:
    same = np.array([1, 2, 3])
    assert gain(same + 5, same) is None
    assert gain(np.array([0, 2]), np.array([0, 1])) == Fraction(5)

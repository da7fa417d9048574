"""A band is one of the draws: counted, never interpolated."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.projection.bands import SHARES, Outcome, bands, by_month, first, month_ends, weekly
from habeas.projection.result import row

DRAWS = st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=60)


@given(DRAWS)
def test_a_quantile_is_the_smallest_draw_that_so_many_do_not_exceed(draws: list[int]) -> None:
    found = bands(np.array(draws, np.int64)).shares[0].tolist()
    for share, value in zip(SHARES, found, strict=True):
        reach = [
            one for one in draws if 100 * sum(each <= one for each in draws) >= share * len(draws)
        ]
        assert value == min(reach)


@given(DRAWS, st.randoms(use_true_random=False))
def test_the_order_of_draws_is_never_seen(draws: list[int], order: object) -> None:
    mixed = draws.copy()
    order.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = (bands(np.array(each, np.int64)) for each in (draws, mixed))
    assert (one.shares == other.shares).all()
    assert one.mean(0) == other.mean(0)


@given(DRAWS)
def test_a_mean_is_exact_to_two_decimals(draws: list[int]) -> None:
    told = Fraction(bands(np.array(draws, np.int64)).mean(0))
    assert abs(told - Fraction(sum(draws), len(draws))) <= Fraction(1, 200)


def test_of_a_thousand_draws_the_fiftieth_is_the_lowest_band() -> None:
    found = bands(np.arange(1, 1001)[::-1])
    assert found.shares.tolist() == [[50, 250, 500, 750, 950]]
    assert found.mean(0) == "500.50"


def test_columns_have_their_own_bands() -> None:
    table = np.array([[3, 30], [1, 10], [2, 20]], np.int32)
    assert bands(table).shares.tolist() == [[1, 1, 2, 3, 3], [10, 10, 20, 30, 30]]
    assert [bands(table).mean(column) for column in (0, 1)] == ["2.00", "20.00"]
    assert table.tolist() == [[3, 30], [1, 10], [2, 20]]


def test_a_year_is_cut_at_the_ends_of_its_months() -> None:
    assert month_ends([0, 31, 59]) == (30, 58)
    assert weekly(16) == (6, 13, 15)
    assert by_month(np.ones((2, 59), np.int32), [0, 31, 59]).tolist() == [[31, 28], [31, 28]]


def test_the_first_column_that_holds_and_in_which_draws_there_is_none() -> None:
    day, known = first(np.array([[False, True, True], [False, False, False]]))
    assert day[known].tolist() == [1]
    assert known.tolist() == [True, False]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (Outcome("a.b", "", "days", None, why="not_priced"), "not_priced"),
        (Outcome("a.b", "", "days", np.ones(2, np.int64), np.zeros(2, np.bool_)), "in_no_draw"),
    ],
)
def test_what_is_not_established_has_no_band_and_says_why(one: Outcome, why: str) -> None:
    assert (row(one).band, row(one).draws, row(one).why) == (None, 0, why)

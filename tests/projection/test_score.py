"""Scores beside no change: who wins is said, and so is a band that promised too much."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from habeas.projection.bands import bands
from habeas.projection.score import score


def row(*numbers: int) -> np.ndarray:
    return np.array([numbers])


def test_bands_are_draws_by_nearest_rank() -> None:
    draws = np.arange(1, 101)[::-1, None]
    assert bands(draws).shares.tolist() == [[5, 25, 50, 75, 95]]
    assert bands(draws[:1]).shares.tolist() == [[100] * 5]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_a_band_leaves_no_more_outside_than_it_says(draws: list[int]) -> None:
    low, quarter, _, three, high = bands(np.array(draws)[:, None]).shares[0].tolist()
    many = len(draws)
    assert sum(one < low for one in draws) * 100 < 5 * many
    assert sum(one > high for one in draws) * 100 <= 5 * many
    assert sum(quarter <= one <= three for one in draws) * 2 >= many


def test_by_hand() -> None:
    found = np.array([[90, 95, 100, 105, 110], [80, 90, 100, 110, 120]])
    told = score(found, np.array([110, 125]), np.array([100, 100]))
    assert (told.points, told.in_half, told.in_nine) == (2, 0, 1)
    assert told.error is not None
    assert round(told.error, 4) == round((10 / 110 + 25 / 125) / 2 * 100, 4)
    # Of the first: 20, 15, 10, 5, 0 below; of the second: 45, 35, 25, 15, 5.
    by_hand = sum(
        share * below
        for share, below in zip([0.05, 0.25, 0.5, 0.75, 0.95] * 2,
                                [20, 15, 10, 5, 0, 45, 35, 25, 15, 5], strict=True)
    )  # fmt: skip
    assert round(told.pinball, 9) == round(by_hand / 10, 9)
    assert round(told.unchanged_pinball, 9) == round((10 + 25) * 2.5 / 10, 9)


def test_it_is_said_that_no_change_wins_and_by_what() -> None:
    told = score(row(90, 95, 110, 120, 130), np.array([101]), np.array([100]))
    assert told.wins_of_no_change() == [
        "median error 0.99 %, not 8.91 %", "pinball loss 0.50, not 2.55 persons",
    ]  # fmt: skip
    (said,) = told.said()
    assert said.startswith("No change at all was at least as near: median error 0.99 %, not 8.91 %")
    won = score(row(98, 99, 101, 102, 103), np.array([101]), np.array([90]))
    assert won.said() == []
    assert won.row()["unchanged_wins"] is False


def test_a_band_that_misses_is_called_too_narrow() -> None:
    found = np.repeat(row(98, 99, 100, 101, 102), 10, axis=0)
    seen = np.array([100] * 8 + [120] * 2)
    told = score(found, seen, np.full(10, 50))
    assert told.too_narrow()
    assert told.said() == [
        "The band was too narrow: 8 of 10 points within nine in ten draws, 8 within half of them."
    ]
    assert not score(found, np.array([100] * 9 + [120]), np.full(10, 50)).too_narrow()
    assert score(found, np.array([98] * 6 + [100] * 4), np.full(10, 50)).too_narrow()


def test_where_nobody_was_held_there_is_no_percentage() -> None:
    told = score(row(0, 0, 0, 1, 2), np.array([0]), np.array([3]))
    assert (told.error, told.unchanged_error) == (None, None)
    assert told.row()["median_error_percent"] is None
    assert told.said() == []

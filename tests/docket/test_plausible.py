"""What a host's figures must pass before anybody reconciles with them."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.docket.plausible import (
    Agreement,
    Coverage,
    Implausible,
    Monthly,
    compared,
    implausible,
    parts,
    series,
    worst,
)

COUNTS = st.dictionaries(st.sampled_from("ABCDE"), st.fractions(0, 500, max_denominator=9))


def test_a_year_has_no_more_days_in_use_than_days() -> None:
    found = implausible({"B": 372, "A": 365, "C": -1, "D": 0}, 0, 365)
    assert found == [Implausible("B", 372, 0, 365), Implausible("C", -1, 0, 365)]


def test_what_no_part_holds_is_a_class_and_parts_above_the_whole_are_a_fault() -> None:
    found = parts([10, 5, 7], [4, 5, 4], [3, 0, 4])
    assert (found.not_recorded, found.above) == (3, (2,))
    with pytest.raises(ValueError, match="shorter"):
        parts([1, 2], [1])


def month(name: str, year: int, number: int, value: int, *, inferred: bool = False) -> Monthly:
    return Monthly(name, date(year, number, 1), Fraction(value), inferred)


def test_a_month_that_repeats_the_one_before_is_told_but_not_across_a_gap() -> None:
    rows = [
        month("A", 2020, 1, 9), month("A", 2019, 12, 9), month("A", 2020, 3, 9),
        month("B", 2020, 4, 9, inferred=True),
    ]  # fmt: skip
    found = series(rows)
    assert (found.rows, found.inferred, found.gaps) == (4, 1, 1)
    assert found.repeated == (month("A", 2020, 1, 9),)


def test_outside_its_window_a_series_is_unknown() -> None:
    window = Coverage(date(2020, 1, 1), date(2020, 2, 1))
    counts = {date(2019, 12, 31): 2, date(2020, 1, 5): 7}
    asked = [date(2019, 12, 31), date(2020, 1, 5), date(2020, 1, 6), date(2020, 2, 1)]
    assert [window.known(counts, day) for day in asked] == [None, 7, 0, None]


def test_each_place_has_its_class() -> None:
    claimed = {
        name: Fraction(value) for name, value in zip("ABCDF", (100, 100, 100, 5, 0), strict=True)
    }
    ours = {name: Fraction(value) for name, value in zip("ABCE", (99, 90, 89, 4), strict=True)}
    found = compared(claimed, ours)
    assert [(row.place, row.agreement) for row in found] == [
        ("A", Agreement.SAME), ("B", Agreement.NEAR), ("C", Agreement.FAR),
        ("D", Agreement.CLAIM_ALONE), ("E", Agreement.OURS_ALONE),
    ]  # fmt: skip
    assert [row.place for row in worst(found, 2)] == ["C", "B"]


@given(COUNTS, COUNTS)
def test_no_place_is_dropped_and_none_is_netted(
    claimed: dict[str, Fraction], ours: dict[str, Fraction]
) -> None:
    found = compared(claimed, ours)
    assert sum((row.claimed for row in found), Fraction()) == sum(claimed.values())
    assert sum((row.ours for row in found), Fraction()) == sum(ours.values())
    net = sum((row.difference for row in found), Fraction())
    gross = sum((abs(row.difference) for row in found), Fraction())
    assert abs(net) <= gross

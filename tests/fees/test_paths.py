"""What a scenario assumes of prices and rates, in exact numbers."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from habeas.errors import FeeError
from habeas.fees.paths import at_rates, compounded
from habeas.fees.rate import converted, factor
from habeas.law.cited import Cite, Text
from habeas.law.library import Library
from habeas.law.schedule import Fees, Indexation, PerDiem, Step

T, CITE = Text("t", "t"), (Cite("i", "1", "text"),)
FEES = Fees("USD", 2, "half_up", (PerDiem("held", T, 5479, CITE),))


def level(fees: Fees, day: date) -> Fraction:
    assert fees.indexation is not None
    return factor(fees.indexation, day)


@given(st.integers(1, 2000), st.integers(0, 12))
def test_prices_rise_by_a_factor_to_the_power_of_the_years(per_mille: int, years: int) -> None:
    found = compounded(FEES, per_mille, 2027, 12)
    scaled = Fraction(per_mille, 1000) ** years * 10**6
    half_up = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    assert level(found, date(2026 + years, 12, 31)) == Fraction(half_up, 10**6)
    assert found.items == FEES.items


def test_a_rise_begins_on_the_first_of_january_and_ends_after_its_years() -> None:
    found = compounded(FEES, Fraction(2051, 2), 2027, 2)
    days = [(2026, 12, 31), (2027, 1, 1), (2027, 12, 31), (2028, 1, 1), (2040, 1, 1)]
    levels = [level(found, date(*day)) for day in days]
    assert [str(one * 10**6) for one in levels] == [
        "1000000", "1025500", "1025500", "1051650", "1051650",
    ]  # fmt: skip


def test_steps_on_file_stay_and_assumed_ones_follow() -> None:
    read = Step(date(2027, 7, 1), "1.031", CITE)
    index = Indexation(2026, T, CITE, ("held",), None, (read,))
    found = compounded(structs.replace(FEES, indexation=index), 1010, 2028, 1).indexation
    assert found == structs.replace(index, steps=(read, Step(date(2028, 1, 1), "1.01", ())))


def test_an_index_without_a_step_keeps_its_text_and_is_rounded_to_six_places() -> None:
    schedule = Library().agreement("NO-NL").fees
    assert schedule is not None
    assert schedule.indexation is not None
    found = compounded(schedule, 1010, 2027, 3).indexation
    assert found is not None
    assert (found.text, found.decimals, len(found.steps)) == (schedule.indexation.text, 6, 3)


@pytest.mark.parametrize("factor_", [0, -1, 1_000_000, Fraction(1000, 3)])
def test_a_factor_that_no_step_can_state_is_refused(factor_: int | Fraction) -> None:
    with pytest.raises(FeeError, match="H707"):
        compounded(FEES, factor_, 2027, 1)


def test_nothing_is_assumed_of_years_that_are_on_file() -> None:
    once = compounded(FEES, 1010, 2027, 2)
    with pytest.raises(FeeError, match=r"H707.*2028.*Begin in 2029"):
        compounded(once, 1010, 2028, 1)


AMOUNTS = st.one_of(st.integers(-(10**6), 10**6), st.integers(-(10**17), 10**17))
RATES = st.integers(1, 10**10) | st.integers(1, 10**14) | st.sampled_from([5 * 10**8, 10**9])


@given(
    st.lists(st.tuples(AMOUNTS, RATES), min_size=1, max_size=6),
    st.sampled_from([(2, 2), (2, 0), (0, 2), (2, 3), (3, 2)]),
)
def test_each_amount_is_converted_and_rounded_by_itself(
    pairs: list[tuple[int, int]], exponents: tuple[int, int]
) -> None:
    amounts, rates = (np.array([column]) for column in zip(*pairs, strict=True))
    plain = [converted([one], exponents, Fraction(rate, 10**9))[0] for one, rate in pairs]
    assert at_rates(amounts, exponents, rates)[0].tolist() == plain


def test_months_have_a_rate_each_in_every_draw() -> None:
    amounts = np.array([[100, 100], [-5, 5]])
    found = at_rates(amounts, (2, 2), np.array([10**9, 11 * 10**8]))
    assert found.tolist() == [[100, 110], [-5, 6]]  # 5.5 is away from zero

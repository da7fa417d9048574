"""The rate of a day is one that was published for it, or for the last day quoted before it."""

from datetime import date
from fractions import Fraction

import pytest

from habeas.errors import FeeError
from habeas.fees.rate import Rates, converted, fixing

FRIDAY = date(2026, 10, 30)  # the last day of the copy
GONE = date(2026, 10, 28)  # the last day on which one currency was quoted
RATES = Rates(
    "copy",
    {
        "USD": {date(2026, 10, day): Fraction(day, 20) for day in range(26, 31)},
        "KUN": {GONE: Fraction(15, 2)},
        "NEW": {},
    },
)


@pytest.mark.parametrize(
    ("wanted", "day"), [(30, FRIDAY), (31, FRIDAY), (29, date(2026, 10, 29)), (28, GONE)]
)
def test_a_weekend_after_the_copy_ends_has_the_rate_of_its_friday(wanted: int, day: date) -> None:
    found = fixing(RATES, ("EUR", "USD"), date(2026, 10, wanted))
    assert (found.day, found.rate) == (day, Fraction(day.day, 20))
    assert fixing(RATES, ("USD", "EUR"), date(2026, 10, wanted)).rate == 1 / found.rate


@pytest.mark.parametrize(
    ("pair", "wanted"),
    [
        (("EUR", "USD"), date(2026, 11, 2)),  # a Monday that the copy does not reach
        (("EUR", "USD"), date(2026, 11, 7)),  # the Saturday after it
        (("EUR", "USD"), date(2099, 1, 1)),
        (("EUR", "USD"), date(2026, 10, 25)),  # the Sunday before the series begins
        (("USD", "KUN"), FRIDAY),
        (("EUR", "NEW"), FRIDAY),
    ],
)
def test_a_day_that_the_copy_cannot_know_has_no_rate(pair: tuple[str, str], wanted: date) -> None:
    with pytest.raises(FeeError, match="H727"):
        fixing(RATES, pair, wanted)


def test_one_currency_is_itself_on_any_day() -> None:
    for name in ("EUR", "USD"):
        assert fixing(RATES, (name, name), FRIDAY).rate == 1


def test_a_credit_converts_to_the_exact_negative() -> None:
    assert converted([5, -5, 15], (2, 0), Fraction(10)) == [1, -1, 2]

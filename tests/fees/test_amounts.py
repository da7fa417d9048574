"""Amounts are written exactly, however long and whatever the minor unit."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.units import amount, money


@given(st.integers(-(10**40), 10**40), st.integers(0, 4))
def test_an_amount_is_the_exact_decimal_of_its_minor_units(minor: int, exponent: int) -> None:
    with localcontext(prec=60):
        assert Decimal(amount(minor, exponent)).scaleb(exponent) == minor
    assert money(minor, "XXX", exponent).replace(",", "") == f"XXX {amount(minor, exponent)}"


@pytest.mark.parametrize(
    ("minor", "exponent", "said"),
    [
        (255_000_000, 2, "2,550,000.00"),
        (-5, 2, "-0.05"),
        (0, 3, "0.000"),
        (1_234_567, 0, "1,234,567"),
        (-1_234_567, 3, "-1,234.567"),
        (10**30 + 1, 2, "10,000,000,000,000,000,000,000,000,000.01"),
    ],
)
def test_amounts_for_people(minor: int, exponent: int, said: str) -> None:
    assert money(minor, "EUR", exponent) == f"EUR {said}"

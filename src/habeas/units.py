"""Money in minor units and square metres in square centimetres; the only rounding.

No float touches either. A half-up rounding is taken on the magnitude and the sign put back, so a
credit line is the exact negative of the line that it reverses.
"""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

Rounding = Literal["half_up", "half_even"]
CM2_PER_M2 = 10_000


def rounded(amount: Fraction, rule: Rounding) -> int:
    """The amount as a whole number of minor units, by the agreement's declared rule."""
    if rule == "half_even":
        return round(amount)
    magnitude = abs(amount) + Fraction(1, 2)
    whole = magnitude.numerator // magnitude.denominator
    return whole if amount >= 0 else -whole


def money(minor: int, currency: str, exponent: int = 2) -> str:
    """An amount for people: `EUR 2,550,000.00`."""
    return f"{currency} {grouped(amount(minor, exponent))}"


def amount(minor: int, exponent: int) -> str:
    """An amount for machines: the exact decimal of its minor units, such as `-2550000.00`."""
    digits = str(abs(minor)).rjust(exponent + 1, "0")
    whole = digits if not exponent else f"{digits[:-exponent]}.{digits[-exponent:]}"
    return f"-{whole}" if minor < 0 else whole


def grouped(number: str) -> str:
    """A decimal number with its thousands set apart by commas; exact, however long."""
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}" if int(whole) else number


def two_places(value: Fraction) -> str:
    """A number for people, two decimals rounded half up."""
    return f"{Decimal(rounded(value * 100, 'half_up')).scaleb(-2):,.2f}"


@lru_cache(maxsize=4096)  # many cells are alike
def square_metres(cm2: int | Fraction) -> str:
    """An area for people; comparisons use the exact area."""
    return two_places(Fraction(cm2) / CM2_PER_M2)

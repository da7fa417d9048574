"""Index and exchange: the factor of a day, the published rate, the day that it falls back to.

A compounded factor and a cross rate are exact fractions; they meet an amount once, and only that
product is rounded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from habeas.errors import Fault, FeeError
from habeas.fees.quantity import DAY, Period
from habeas.law.schedule import Indexation
from habeas.units import rounded

EURO = "EUR"
SATURDAY = 5
FALLBACK_DAYS = 10  # the longest gap that the rates of the bank have is five days


def factor(indexation: Indexation, day: date) -> Fraction:
    """By what a price is multiplied on a day: all steps until then, rounded as declared."""
    found = Fraction(1)
    for step in indexation.steps:
        if step.from_ <= day:
            found *= Fraction(step.factor)
    if indexation.decimals is None:
        return found
    scale = 10**indexation.decimals
    return Fraction(rounded(found * scale, "half_up"), scale)


def parts(indexation: Indexation | None, period: Period) -> list[Period]:
    """A period cut where prices step, so that each part has one price level."""
    steps = indexation.steps if indexation else ()
    inside = sorted({one.from_ for one in steps if period.first < one.from_ < period.after})
    ends = [period.first, *inside, period.after]
    return [Period(first, after) for first, after in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class Rates:
    """Published rates of one euro in other currencies, by day; a day without a rate has none."""

    source: str  # who published them, and the last day that the copy holds
    per_euro: Mapping[str, Mapping[date, Fraction]]


@dataclass(frozen=True, slots=True)
class Fixing:
    """The rate at which one currency is turned into another."""

    source: str
    wanted: date  # the day that the agreement names
    day: date  # the day whose rate it is: the same, or the last one before it that was quoted
    rate: Fraction  # units of the second currency for one of the first


def fixing(rates: Rates, pair: tuple[str, str], day: date) -> Fixing:
    """The rate of a day, or of the last day before it on which both currencies were quoted.

    Raises:
        FeeError: H726 for a currency that is not quoted, H727 for a day that the rates do not hold.
    """
    here, there = pair
    for currency in pair:
        if currency != EURO and currency not in rates.per_euro:
            what = f"{rates.source} quotes no rate of {currency}"
            raise FeeError(Fault("H726", what, "Settle in a currency that it quotes."))
    quoted = [rates.per_euro[currency] for currency in pair if currency != EURO]
    last = min((max(one, default=date.min) for one in quoted), default=day)
    # After a copy's last day only a weekend is known to have no rate: a later copy may hold one.
    waited = (day - n * DAY for n in range(min((day - last).days, FALLBACK_DAYS)))
    known = all(one.weekday() >= SATURDAY for one in waited)
    for back in range(FALLBACK_DAYS if known else 0):
        found = day - back * DAY
        one, other = _euro(rates, here, found), _euro(rates, there, found)
        if one is not None and other is not None:
            return Fixing(rates.source, day, found, other / one)
    what = f"{rates.source} holds no rate of {here} in {there} for {day} or the days before it"
    raise FeeError(Fault("H727", what, "Take a newer copy of the rates, or another day."))


def _euro(rates: Rates, currency: str, day: date) -> Fraction | None:
    return Fraction(1) if currency == EURO else rates.per_euro[currency].get(day)


def converted(amounts: Iterable[int], exponents: tuple[int, int], rate: Fraction) -> list[int]:
    """Amounts of one currency in another, each rounded by itself, half up.

    Args:
        amounts: minor units.
        exponents: decimal places of both currencies.
        rate: units of the second for one of the first.
    """
    scale = rate * Fraction(10) ** (exponents[1] - exponents[0])
    return [rounded(amount * scale, "half_up") for amount in amounts]

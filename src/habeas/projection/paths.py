"""How prices and exchange go over the months: steps on 1 January, and a rate for each month.

A growth is whole per mille a year. Prices step on each 1 January after the first day, compounded
and rounded to six decimals. A rate of exchange is compounded by whole years from the first month,
and grows in equal steps between them.
"""

from datetime import date
from fractions import Fraction
from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from habeas.fees.quantity import Period, months
from habeas.fees.rate import converted, factor
from habeas.law.cited import Text
from habeas.law.schedule import Fees, Indexation, Step
from habeas.projection.bands import Ints
from habeas.units import amount, rounded

DECIMALS, MILLION = 6, 1_000_000
PER_MILLE, THIRD = 1_000, 3
YEAR = 12  # months
ASSUMED = Text("Assumed: the same growth each year.", "Supuesto: el mismo crecimiento cada año.")


@lru_cache(maxsize=1024)
def index(growth: int, first: date, after: date) -> Indexation:
    """An index that grows by so much per mille on each 1 January after the first day."""
    days = (date(year, 1, 1) for year in range(first.year + 1, after.year + 1))
    told = amount(PER_MILLE + growth, THIRD)
    steps = tuple(Step(day, told, ()) for day in days if day < after)
    return Indexation(first.year, ASSUMED, (), decimals=DECIMALS, steps=steps)


def rising(fees: Fees, growth: int, period: Period) -> Fees:
    """A schedule whose prices follow the assumed index after the last step that it states."""
    found, own = index(growth, period.first, period.after), fees.indexation
    if own is None:
        return replace(fees, indexation=found)
    last = max((one.from_ for one in own.steps), default=date.min)
    more = tuple(one for one in found.steps if one.from_ > last)
    return replace(fees, indexation=replace(own, steps=own.steps + more))


def prices(unit: Ints, growth: Ints, period: Period) -> Ints:
    """(draws, months): a cost of one unit in each month, rounded once.

    Args:
        unit: (draws,): minor units on the first day.
        growth: (draws,): per mille a year.
        period: whose months.
    """
    exact = unit[:, None] * factors(growth, period)
    return (exact + MILLION // 2) // MILLION


def factors(growth: Ints, period: Period) -> Ints:
    """(draws, months): by what prices are multiplied, in parts of a million."""
    each = {one: _factors(one, period.first, period.after) for one in set(growth.tolist())}
    return np.array([each[one] for one in growth.tolist()], np.int64)


@lru_cache(maxsize=1024)
def _factors(growth: int, first: date, after: date) -> tuple[int, ...]:
    found = index(growth, first, after)
    years = {year: max(first, date(year, 1, 1)) for year in range(first.year, after.year + 1)}
    of_year = {year: int(factor(found, day) * MILLION) for year, day in years.items()}
    return tuple(of_year[one.first.year] for one in months(Period(first, after)))


def exchange(growth: Ints, count: int) -> Ints:
    """(draws, months): what a rate of exchange has grown to, in parts of a million, half up."""
    each = {
        one: [rounded(rate * MILLION, "half_up") for rate in rates(one, count)]
        for one in set(growth.tolist())
    }
    return np.array([each[one] for one in growth.tolist()], np.int64)


@lru_cache(maxsize=1024)
def rates(growth: int, count: int) -> tuple[Fraction, ...]:
    """By what a rate of exchange has grown in each of so many months; 1 in the first."""
    year = Fraction(PER_MILLE + growth, PER_MILLE)
    inside = Fraction(growth, PER_MILLE * YEAR)
    return tuple(year ** (n // YEAR) * (1 + inside * (n % YEAR)) for n in range(count))


def exchanged(amounts: Ints, growth: Ints, rate: Fraction, exponents: tuple[int, int]) -> Ints:
    """(draws, months): sums of one currency in another, each rounded half up by itself.

    Args:
        amounts: (draws, months): minor units.
        growth: (draws,): per mille a year, of what a unit of the first is worth in the second.
        rate: units of the second for one of the first, in the first month.
        exponents: decimal places of both.
    """
    count = amounts.shape[1]
    return np.array(
        [
            [
                converted([one], exponents, rate * grown)[0]
                for one, grown in zip(row, rates(each, count), strict=True)
            ]
            for row, each in zip(amounts.tolist(), growth.tolist(), strict=True)
        ],
        np.int64,
    ).reshape(amounts.shape)

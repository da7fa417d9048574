"""What a scenario assumes of money: how prices rise each year, and at which rates sums are paid.

Nothing here is read in a text. The steps of an index that are on file stay as they are.
"""

from datetime import date
from fractions import Fraction

import numpy as np
from msgspec import structs

from habeas.errors import Fault, FeeError
from habeas.fees.quantity import Ints
from habeas.fees.whole import narrow, plus, share, times, whole
from habeas.law.cited import Text
from habeas.law.schedule import Fees, Indexation, Step

DECIMALS = 6  # to which a compounded factor is rounded where no text says
PLACES = 9  # decimals of the factor of one step
RATE = 10**9  # a rate of 1
PER_MILLE = 1000
ASSUMED = Text(
    "Assumed by a scenario: prices are multiplied on each 1 January.",
    "Supuesto de un escenario: los precios se multiplican cada 1 de enero.",
)


def compounded(start: Fees, yearly_per_mille: int | Fraction, first: int, years: int) -> Fees:
    """The schedule with prices that rise by the same factor on each 1 January.

    Args:
        start: the schedule; the items that its index moves, and the steps on file, stay.
        yearly_per_mille: by what a price is multiplied each year; 1025 is 2.5 % more.
        first: calendar year of the first step.
        years: number of steps.

    Raises:
        FeeError: H707, for a factor that no step can state, or steps before those on file.
    """
    index = start.indexation or Indexation(first - 1, ASSUMED, ())
    before = index.steps[-1].from_ if index.steps else date.min
    if before >= date(first, 1, 1):
        what = f"the index has a step on {before}, and assumed ones begin on 1 January {first}"
        raise FeeError(Fault("H707", what, f"Begin in {before.year + 1}."))
    factor = _decimal(Fraction(yearly_per_mille) / PER_MILLE)
    steps = tuple(Step(date(first + n, 1, 1), factor, ()) for n in range(years))
    stated = index.steps or index.decimals is not None
    decimals = index.decimals if stated else DECIMALS
    moved = structs.replace(index, decimals=decimals, steps=(*index.steps, *steps))
    return structs.replace(start, indexation=moved)


def _decimal(factor: Fraction) -> str:
    scaled = factor * 10**PLACES
    if scaled.denominator != 1 or not 0 < factor < PER_MILLE:
        what = f"a yearly factor of {factor} is no decimal number above zero with nine places"
        raise FeeError(Fault("H707", what, "Round it to one, and say so."))
    units, rest = divmod(scaled.numerator, 10**PLACES)
    return f"{units}.{rest:0{PLACES}}".rstrip("0").rstrip(".")


def at_rates(amounts: Ints, exponents: tuple[int, int], rates: Ints) -> Ints:
    """`rate.converted` over arrays: each amount in another currency, rounded half up by itself.

    Args:
        amounts: (draws, months): minor units.
        exponents: decimal places of both currencies.
        rates: (months,) or (draws, months): units of the second for one of the first, in
            thousand-millionths.
    """
    shift = exponents[1] - exponents[0]
    size, rates = np.abs(amounts), times(rates, whole([10 ** max(0, shift)]))
    base = whole([RATE * 10 ** max(0, -shift)])
    # Both are divided first, so that no product leaves 64 bits where the outcome does not.
    parts, rest = size // base, size % base
    units, part = rates // base, rates % base
    found = plus(times(size, units), times(parts, part))
    found = plus(found, share(times(rest, part), base, "half_up"))
    return narrow(np.where(amounts < 0, -found, found))

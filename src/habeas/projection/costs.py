"""The assumed numbers that no draw of people needs: costs, growth, rates and hours.

Each draw takes them anew from a word of their name, as whole numbers: a sum in minor units, a
growth per mille, a rate in parts of a million, hours in thousandths. So no float meets money.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from habeas.errors import Fault, LawError
from habeas.projection import chance
from habeas.projection.bands import Ints
from habeas.projection.chance import number_of
from habeas.projection.scenario import Costs, Range, Scenario, Work
from habeas.units import rounded

PER_MILLE, MILLION = 1_000, 1_000_000
WORD = 1 << 32
DIGITS = 9  # to which a standard normal is rounded, so that every machine has the same


@dataclass(frozen=True, slots=True)
class Assumed:
    """One of these numbers: its range, and how many parts a whole has."""

    range: Range
    parts: int


def assumed(given: Scenario) -> dict[str, Assumed]:
    """Those that a scenario states, by name."""
    return dict(_costs(given.assumed.costs, 10**given.exponent)) | dict(_work(given.assumed.work))


def _costs(costs: Costs, minor: int) -> Iterator[tuple[str, Assumed]]:
    for name in Costs.__struct_fields__:
        stated: Range | None = getattr(costs, name)
        if stated is not None:
            parts = PER_MILLE if name in ("index_a_year", "exchange_a_year") else minor
            yield f"costs.{name}", Assumed(stated, parts)


def _work(work: Work) -> Iterator[tuple[str, Assumed]]:
    for name in Work.__struct_fields__:
        stated: Range | None = getattr(work, name)
        if stated is not None:
            parts = PER_MILLE if name.startswith("hours_") else MILLION
            yield f"work.{name}", Assumed(stated, parts)


def drawn(given: Scenario, seed: int, draws: range) -> dict[str, Ints]:
    """Each number in each draw, (draws,), by name.

    Raises:
        LawError: H826, when a range is a share, which none of these is.
    """
    found = assumed(given)
    words = _words(list(found), seed, draws)
    return {name: at(name, found[name], words[name]) for name in found}


def at_quantiles(given: Scenario, units: NDArray[np.float64]) -> dict[str, Ints]:
    """Each number at given quantiles, for a sample or a bar.

    Args:
        given: the scenario.
        units: (rows, numbers): from 0 to 1; a column for each name of `assumed`, in its order.

    Raises:
        LawError: H826, when a range is a share.
    """
    found = assumed(given)
    words = np.array([[word(share) for share in row] for row in units.tolist()], np.int64)
    columns = words.reshape(len(units), len(found)).T
    return {
        name: at(name, found[name], column) for name, column in zip(found, columns, strict=True)
    }


def at(name: str, one: Assumed, words: Ints) -> Ints:
    """A number at words of 32 bits: 0 is its lowest, 2**32 - 1 its highest.

    Raises:
        LawError: H826, when its range is a share.
    """
    stated = one.range
    if stated.low is not None and stated.high is not None:
        low, high = (_whole(value, one.parts) for value in (stated.low, stated.high))
        return np.array(
            [low + ((high - low + 1) * word >> 32) for word in words.tolist()], np.int64
        )
    if stated.about is None or stated.spread is None:
        what = f"'assumed.{name}' is stated as a share of persons, and it is none"
        fix = "State it by low and high, or by about and spread."
        raise LawError(Fault("H826", what, fix))
    middle, spread = Decimal(str(stated.about)), Decimal(str(stated.spread))
    normal = NormalDist()
    shares = (normal.inv_cdf((word + 0.5) / WORD) for word in words.tolist())
    found = ((spread * Decimal(f"{share:.{DIGITS}f}")).exp() * middle for share in shares)
    return np.array([rounded(Fraction(each) * one.parts, "half_up") for each in found], np.int64)


def word(share: float) -> int:
    """The word at a quantile from 0 to 1."""
    return min(max(math.ceil(share * WORD) - 1, 0), WORD - 1)


def _whole(value: float, parts: int) -> int:
    return rounded(Fraction(str(value)) * parts, "half_up")


def _words(names: list[str], seed: int, draws: range) -> Mapping[str, Ints]:
    """A word for each name and draw; a name has its own, whichever others there are."""
    number = np.array([number_of(name) for name in names], np.uint32)
    zero = np.zeros_like(number)
    place = (zero, zero, number, np.full_like(number, chance.PARAMETER))
    table = np.zeros((len(names), len(draws)), np.int64)
    for column, draw in enumerate(draws):
        table[:, column] = chance.words(place, (seed, draw))[0]
    return dict(zip(names, table, strict=True))

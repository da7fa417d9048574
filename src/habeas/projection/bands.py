"""Bands: what so many in a hundred draws stay below, and never a probability.

A quantile is by nearest rank: of n draws in order, p in a hundred is the one at place ceil(n p /
100). It is one of the draws and a whole number, so that every machine and executor has the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from habeas.units import amount, rounded

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
SHARES = (5, 25, 50, 75, 95)  # in a hundred
WEEK = 7
HUNDREDTHS = 2  # decimal places of a mean


@dataclass(frozen=True, slots=True)
class Outcome:
    """One number of every draw, or why there is none."""

    key: str  # a section and a word: `money.occupied`
    of: str  # the agreement, facility or measure that it is about; empty: all of them
    unit: str
    values: Ints | None  # (draws,); None: not established
    known: Bools | None = None  # (draws,): where there is such a number; None: in every draw
    why: str = ""  # it is not established

    @property
    def numbers(self) -> Ints:
        """Those of the draws in which there is one."""
        if self.values is None:
            return np.zeros(0, np.int64)
        return self.values if self.known is None else self.values[self.known]


@dataclass(frozen=True, slots=True)
class Course:
    """One number of every draw over time."""

    key: str
    of: str
    unit: str
    days: tuple[int, ...]  # from the first day, in order: of each column
    values: Ints  # (draws, columns)


@dataclass(frozen=True, slots=True)
class Bands:
    """The five bands of every column, and the sums of which the means are made."""

    shares: Ints  # (columns, 5)
    sums: Ints  # (columns,)
    draws: int

    def mean(self, column: int) -> str:
        """The mean with two decimals, rounded half up."""
        exact = Fraction(int(self.sums[column]) * 10**HUNDREDTHS, self.draws)
        return amount(rounded(exact, "half_up"), HUNDREDTHS)


def ranks(draws: int) -> list[int]:
    """The places of the five quantiles among so many draws in order, from 0."""
    return [max(-(-draws * share // 100), 1) - 1 for share in SHARES]


def bands(values: NDArray[np.integer]) -> Bands:
    """Bands over draws.

    Args:
        values: whole numbers, (draws,) or (draws, columns); at least one draw.
    """
    columns = np.ascontiguousarray(values.reshape(values.shape[0], -1).T)
    columns.sort(axis=1)
    sums = columns.sum(axis=1, dtype=np.int64)
    return Bands(columns[:, ranks(columns.shape[1])].astype(np.int64), sums, columns.shape[1])


def month_ends(months: Sequence[int]) -> tuple[int, ...]:
    """The last day of each month, by the day on which each begins and the day after the last."""
    return tuple(after - 1 for after in months[1:])


def weekly(days: int) -> tuple[int, ...]:
    """Every seventh day, and the last."""
    return tuple(sorted({*range(WEEK - 1, days, WEEK), days - 1}))


def by_month(daily: NDArray[np.integer], months: Sequence[int]) -> Ints:
    """Sums of each month, (draws, months)."""
    return np.add.reduceat(daily, np.array(months[:-1]), axis=1, dtype=np.int64)


def first(met: Bools) -> tuple[Ints, Bools]:
    """The first column that holds in each draw, and in which draws there is one."""
    known: Bools = np.asarray(met.any(axis=1))
    return met.argmax(axis=1).astype(np.int64), known

"""What one number of two scenarios, or one assumption, does to another number: draw by draw.

Two scenarios are compared under the same chance (seed and draw), so that a difference is one of
their terms and never of luck. Counts of draws are told as counts: "in 930 of 1,000 draws".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from habeas.errors import Fault, SetupError
from habeas.projection.bands import Bools, Ints, Outcome
from habeas.projection.plan import Uncertain

Units = NDArray[np.float64]
Model = Callable[[Units], Ints]  # (rows, numbers) of quantiles -> (rows,), under one chance
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95


@dataclass(frozen=True, slots=True)
class Paired:
    """One number of two scenarios in the draws in which both have it: the first less the second."""

    difference: Ints
    more: int  # draws in which the first has more
    less: int
    why: str = ""  # there is none in any


def paired(one: Outcome, other: Outcome) -> Paired:
    """The difference in each draw.

    Raises:
        SetupError: H828, when the two have not the same draws.
    """
    if one.values is None or other.values is None:
        return Paired(np.zeros(0, np.int64), 0, 0, one.why or other.why)
    same_draws(one.values.size, other.values.size)
    both = _known(one) & _known(other)
    found = (one.values - other.values)[both]
    more, less = (int(np.count_nonzero(side)) for side in (found > 0, found < 0))
    return Paired(found, more, less, "" if found.size else "in_no_draw")


def same_draws(one: int, other: int) -> None:
    """Refuse to compare runs of other lengths.

    Raises:
        SetupError: H828.
    """
    if one != other:
        what = f"one scenario has {one:,} draws and the other {other:,}"
        raise SetupError(Fault("H828", what, "Run both with one seed and as many draws."))


def _known(one: Outcome) -> Bools:
    size = 0 if one.values is None else one.values.size
    return np.ones(size, np.bool_) if one.known is None else one.known


def parted(one: NDArray[np.integer], other: NDArray[np.integer]) -> tuple[Ints, Bools]:
    """The first column in which two courses are not the same in each draw, and where there is one.

    Raises:
        SetupError: H828, when they have not the same draws.
    """
    same_draws(len(one), len(other))
    columns = min(one.shape[1], other.shape[1])
    apart = one[:, :columns] != other[:, :columns]
    return apart.argmax(axis=1).astype(np.int64), apart.any(axis=1)


def gain(one: Ints, other: Ints) -> Fraction | None:
    """How many times the variance of a difference is larger where the draws are not paired.

    None: the paired difference is the same in every draw.
    """
    same_draws(one.size, other.size)
    left = _spread(one - other)
    return None if not left else Fraction(_spread(one) + _spread(other), left)


def _spread(values: Ints) -> int:
    """The squared number of draws times the variance, exact."""
    numbers = [int(each) for each in values]
    return len(numbers) * sum(each * each for each in numbers) - sum(numbers) ** 2


@dataclass(frozen=True, slots=True)
class Bar:
    """What becomes of a number when one thing is otherwise and all else stays."""

    name: str
    kind: str  # `world`: an uncertain number; `deal`: a term of the agreement
    low: int  # at the low end of the number; of a term, without the change
    high: int  # at its high end; of a term, with it


@dataclass(frozen=True, slots=True)
class Tornado:
    """One at a time: the number with everything in the middle, and the bars by their length."""

    middle: int
    world: tuple[Bar, ...]
    deal: tuple[Bar, ...]


def free(numbers: Sequence[Uncertain]) -> list[int]:
    """The places of the numbers that are uncertain; one that is a point has no bar."""
    return [place for place, one in enumerate(numbers) if one.form != "point"]


def tornado(
    model: Model, names: Sequence[str], kept: Sequence[int], changed: Mapping[str, Model]
) -> Tornado:
    """One number with each uncertain one low and high, and with each term of the deal changed.

    Args:
        model: of all uncertain numbers, by their quantiles.
        names: of all of them.
        kept: the places of those that are asked.
        changed: the model with one term otherwise, by the id of the change.
    """
    rows = np.full((1 + 2 * len(kept), len(names)), MIDDLE)
    for number, place in enumerate(kept):
        rows[1 + 2 * number, place], rows[2 + 2 * number, place] = LOW, HIGH
    middle, *ends = model(rows).tolist()
    world = [
        Bar(names[place], "world", ends[2 * number], ends[2 * number + 1])
        for number, place in enumerate(kept)
    ]
    deal = [Bar(name, "deal", middle, int(other(rows[:1])[0])) for name, other in changed.items()]
    return Tornado(middle, _longest(world), _longest(deal))


def _longest(bars: list[Bar]) -> tuple[Bar, ...]:
    return tuple(sorted(bars, key=lambda one: (-abs(one.high - one.low), one.name)))


def under_one_chance(number: Callable[[int, Units], Ints], draws: int) -> Model:
    """A model whose every row meets the chance of the same draws: the sum over them.

    Args:
        number: of the first so many draws, each at a row of quantiles: (draws,).
        draws: how many there are for each row.
    """

    def model(rows: Units) -> Ints:
        found = (number(draws, np.repeat(row[None, :], draws, axis=0)) for row in rows)
        return np.array([int(one.sum()) for one in found], np.int64)

    return model

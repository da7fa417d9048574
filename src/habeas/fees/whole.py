"""Exact whole numbers over arrays: 64 bits where they suffice, whole numbers of Python else.

No float is ever made. Whoever adds or multiplies asks first how large the outcome can be.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from habeas.fees.quantity import Ints
from habeas.units import Rounding

LIMIT = 1 << 62  # half of what 64 bits hold, so that a doubling is still safe
Bools = NDArray[np.bool_]


def whole(values: Sequence[int]) -> Ints:
    """Numbers of Python as an array."""
    if all(-LIMIT < one < LIMIT for one in values):
        return np.array(values, dtype=np.int64)
    return _wide(np.array(values, dtype=object))


def most(values: NDArray[np.int32 | np.int64]) -> int:
    """The largest magnitude; 0 where there is none."""
    return max(int(values.max()), -int(values.min())) if values.size else 0


def _wide(values: NDArray[np.int64] | NDArray[np.object_]) -> Ints:
    # An array of whole numbers of Python answers every operation used here as one of int64 does.
    return cast(Ints, values.astype(object))


def narrow(values: Ints) -> Ints:
    """The same in 64 bits, where they suffice."""
    return values.astype(np.int64) if most(values) < LIMIT else values


def times(one: Ints, other: Ints) -> Ints:
    """The product, cell by cell."""
    if most(one) * most(other) < LIMIT:
        return one * other
    return _wide(one) * _wide(other)


def plus(one: Ints, other: Ints) -> Ints:
    """The sum, cell by cell."""
    if most(one) + most(other) < LIMIT:
        return one + other
    return _wide(one) + _wide(other)


def total(values: Ints, axis: int) -> Ints:
    """The sum along an axis."""
    wide = most(values) * values.shape[axis] >= LIMIT
    found: Ints = (_wide(values) if wide else values).sum(axis=axis)
    return found


def share(numerator: Ints, denominator: Ints, rule: Rounding) -> Ints:
    """`units.rounded` of a quotient: on the magnitude, with the sign put back.

    Args:
        numerator: of any sign.
        denominator: above zero everywhere.
        rule: the agreement's.
    """
    if 2 * most(numerator) + most(denominator) >= LIMIT:
        numerator, denominator = _wide(numerator), _wide(denominator)
    size: Ints = np.abs(numerator)
    quotient = size // denominator
    twice = 2 * (size - quotient * denominator)
    up = twice >= denominator
    if rule == "half_even":
        up = (twice > denominator) | ((twice == denominator) & (quotient % 2 == 1))
    found: Ints = quotient + up
    return np.where(numerator < 0, -found, found)

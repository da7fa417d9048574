"""The cheapest way to meet linear equations with bounded numbers: the simplex method, two phases.

Floats, elementwise and in a fixed order, so that the same question has the same answer. What comes
out is a proposal: whoever asks rounds it and checks it in whole numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TINY = 1e-7
PATIENCE = 60  # times the number of equations: steps after which there is no answer


@dataclass(slots=True)
class _Tableau:
    rows: Floats  # of the columns that may enter; what is basic is a unit column
    right: Floats  # value of each basic column
    upper: Floats  # of each column, then of each equation's artificial one
    basis: NDArray[np.intp]
    turned: NDArray[np.bool_]  # columns counted down from their upper bound

    def turn(self, column: int) -> None:
        """Count a column that is not basic down from its upper bound."""
        self.right -= self.rows[:, column] * self.upper[column]
        self.rows[:, column] *= -1
        self.turned[column] ^= True

    def leave_at_upper(self, row: int) -> None:
        """Count the basic column of a row down from its upper bound."""
        column = self.basis[row]
        self.rows[row] *= -1
        self.right[row] = self.upper[column] - self.right[row]
        self.turned[column] ^= True
        if column < self.rows.shape[1]:
            self.rows[row, column] = 1.0

    def pivot(self, row: int, column: int, prices: list[Floats]) -> None:
        """Make a column basic in a row."""
        scale = self.rows[row, column]
        self.rows[row] /= scale
        self.right[row] /= scale
        factor = self.rows[:, column].copy()
        factor[row] = 0.0
        touched = np.flatnonzero(factor)
        self.rows[touched] -= factor[touched, None] * self.rows[row]
        self.right[touched] -= factor[touched] * self.right[row]
        for price in prices:
            np.subtract(price, price[column] * self.rows[row], out=price)
        self.basis[row] = column
        np.clip(self.right, 0.0, None, out=self.right)


def cheapest(rows: Floats, right: Floats, cost: Floats, upper: Floats) -> Floats | None:
    """Numbers x with rows @ x = right and 0 <= x <= upper, of least cost; None: none were found.

    Args:
        rows: the equations' coefficients.
        right: what each equation sums to.
        cost: of one unit of each number, 0 or more.
        upper: of each number; may be infinite.
    """
    equations, numbers = rows.shape
    if not numbers or not equations:
        return None if np.abs(right).sum() > TINY else np.zeros(numbers)
    sign = np.where(right < 0, -1.0, 1.0)
    made = _Tableau(
        rows * sign[:, None],
        right * sign,
        np.concatenate([upper, np.full(equations, np.inf)]),
        np.arange(numbers, numbers + equations),
        np.zeros(numbers + equations, np.bool_),
    )
    first, second = -made.rows.sum(axis=0), cost.astype(np.float64)
    if not _improved(made, first, [first, second]):
        return None
    if made.right[made.basis >= numbers].sum() > TINY:
        return None
    made.upper[numbers:] = 0.0
    if not _improved(made, second, [second]):
        return None
    found = np.zeros(numbers + equations)
    found[made.basis] = made.right
    turned = np.flatnonzero(made.turned)
    found[turned] = made.upper[turned] - found[turned]
    return found[:numbers]


def _improved(made: _Tableau, price: Floats, prices: list[Floats]) -> bool:
    """Step until nothing gets cheaper; False when that took too long."""
    equations = len(made.right)
    for step in range(PATIENCE * equations + PATIENCE):
        price[made.basis[made.basis < price.size]] = 0.0
        if step < PATIENCE + equations:
            column = int(np.argmin(price))
        else:  # the first that helps: slower, and never in a circle
            better = np.flatnonzero(price < -TINY)
            column = int(better[0]) if better.size else int(np.argmin(price))
        if price[column] >= -TINY:
            return True
        _step(made, column, prices)
    return False


def _step(made: _Tableau, column: int, prices: list[Floats]) -> None:
    along = made.rows[:, column]
    room = np.full(along.size, np.inf)
    falls, rises = along > TINY, along < -TINY
    room[falls] = made.right[falls] / along[falls]
    room[rises] = (made.upper[made.basis[rises]] - made.right[rises]) / -along[rises]
    row = int(np.argmin(np.where(room > room.min() + TINY, np.inf, made.basis)))
    if made.upper[column] <= room[row]:
        made.turn(column)
        for price in prices:
            price[column] *= -1
        return
    if along[row] < 0:
        made.leave_at_upper(row)
    made.pivot(row, column, prices)

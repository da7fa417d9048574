"""What is due in many draws, line by line and month by month; what has no price stays apart."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from habeas.fees.line import Line
from habeas.fees.quantity import Ints, Period, days_in_month
from habeas.fees.whole import Bools, narrow, plus, times, total, whole

EMPTY = "paid_for_empty"
PERSON_DAYS, PERSON_MONTHS = "person-days", "person-months"


@dataclass(frozen=True, slots=True)
class Row:
    """The lines of one item, kind and band in every draw and month; all arrays (draws, months)."""

    item: str
    kind: str
    tier: int  # number of the band, from 1; 0 where there are none
    unit: str
    there: Bools  # whether a line stands there; where none does, quantity and amount are 0
    quantity: Ints  # in parts of the unit
    parts: Ints  # (months,): parts that a unit has in each month; 1 where it is counted whole
    amount: Ints | None  # minor units; None: not priced

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What a line is told apart by."""
        return self.item, self.kind, self.tier, self.unit

    def in_every(self, draws: int) -> "Row":
        """The row of one draw, the same in so many."""
        shape = (draws, self.there.shape[1])
        there, quantity = np.broadcast_to(self.there, shape), np.broadcast_to(self.quantity, shape)
        amount = None if self.amount is None else np.broadcast_to(self.amount, shape)
        return replace(self, there=there, quantity=quantity, amount=amount)

    def where(self, mask: Bools) -> "Row":
        """The same with lines in some draws and months alone."""
        amount = None if self.amount is None else np.where(mask, self.amount, 0)
        return replace(
            self,
            there=self.there & mask,
            quantity=np.where(mask, self.quantity, 0),
            amount=amount,
        )


def merged(rows: Iterable[Row]) -> list[Row]:
    """Rows of one key added to one; those with no line in any draw left out."""
    found = dict[tuple[str, str, int, str], Row]()
    for row in rows:
        if row.there.any():
            found[row.key] = _both(found[row.key], row) if row.key in found else row
    return list(found.values())


def _both(one: Row, other: Row) -> Row:
    pairs = zip(one.parts.tolist(), other.parts.tolist(), strict=True)
    parts = whole([math.lcm(*pair) for pair in pairs])
    first, second = (times(row.quantity, parts // row.parts) for row in (one, other))
    amount = None
    if one.amount is not None and other.amount is not None:
        amount = plus(one.amount, other.amount)
    there = one.there | other.there
    return replace(one, there=there, quantity=plus(first, second), parts=parts, amount=amount)


def rows_of(lines: Iterable[tuple[int, int, Line]], shape: tuple[int, int]) -> list[Row]:
    """Rows of single lines, each with the numbers of its draw and month."""
    found = dict[tuple[str, str, int, str], list[tuple[int, int, Line]]]()
    for draw, month, line in lines:
        key = (line.item, line.kind, line.tier, line.unit)
        found.setdefault(key, []).append((draw, month, line))
    return [_row(key, told, shape) for key, told in found.items()]


def _row(
    key: tuple[str, str, int, str], told: list[tuple[int, int, Line]], shape: tuple[int, int]
) -> Row:
    draws, months = shape
    there, parts = np.zeros(shape, np.bool_), [1] * months
    for draw, month, line in told:
        there[draw, month] = True
        parts[month] = math.lcm(parts[month], line.quantity.denominator)
    quantity, amount = ([[0] * months for _ in range(draws)] for _ in range(2))
    for draw, month, line in told:
        quantity[draw][month] += int(line.quantity * parts[month])
        amount[draw][month] += line.amount_minor or 0
    priced = all(line.amount_minor is not None for _, _, line in told)
    item, kind, tier, unit = key
    return Row(
        item, kind, tier, unit, there, _table(quantity, shape), whole(parts),
        _table(amount, shape) if priced else None,
    )  # fmt: skip


def _table(rows: list[list[int]], shape: tuple[int, int]) -> Ints:
    return whole([one for row in rows for one in row]).reshape(shape)


@dataclass(frozen=True, slots=True)
class Dues:
    """What is due under a schedule in each draw and month of a period."""

    months: tuple[Period, ...]
    draws: int
    rows: tuple[Row, ...]
    not_stated: tuple[str, ...]  # items priced by what was done or spent, of which nobody said

    def amounts(self, *kinds: str) -> Ints:
        """(draws, months): sum of the lines of these kinds that have a price; none: of all."""
        rows = (row.amount for row in self.rows if not kinds or row.kind in kinds)
        return self._sum(amount for amount in rows if amount is not None)

    @property
    def occupied(self) -> Ints:
        """(draws, months): sums for the persons held."""
        return self.amounts("occupied")

    @property
    def paid_for_empty(self) -> Ints:
        """(draws, months): sums for places that are paid for though empty."""
        return self.amounts(EMPTY)

    @property
    def other(self) -> Ints:
        """(draws, months): all other sums, such as lumps and things done; credits are negative."""
        kinds = {row.kind for row in self.rows} - {"occupied", EMPTY}
        return self.amounts(*kinds) if kinds else self._sum(())

    @property
    def not_priced(self) -> Ints:
        """(draws, months): number of lines without a price."""
        return self._sum(row.there.astype(np.int64) for row in self.rows if row.amount is None)

    @property
    def unpriced_days(self) -> Ints:
        """(draws, months): person-days that no text prices, once for each item they fall to."""
        length = whole([days_in_month(month.first) for month in self.months])
        rows = [row for row in self.rows if row.amount is None]
        days = [row.quantity // row.parts for row in rows if row.unit.startswith(PERSON_DAYS)]
        months = [
            times(row.quantity, length) // row.parts for row in rows if row.unit == PERSON_MONTHS
        ]
        return self._sum([*days, *months])

    @property
    def priced(self) -> Ints:
        """(draws,): sum of the lines that have a price, whatever the others may come to."""
        return narrow(total(self.amounts(), 1))

    @property
    def complete(self) -> Bools:
        """(draws,): whether every line of a draw has a price."""
        without: Bools = self.not_priced.sum(axis=1) == 0
        return without

    def totals(self) -> list[int | None]:
        """What each draw comes to; None where a line of it has no price."""
        pairs = zip(self.priced.tolist(), self.complete.tolist(), strict=True)
        return [priced if complete else None for priced, complete in pairs]

    def _sum(self, parts: Iterable[Ints]) -> Ints:
        return narrow(reduce(plus, parts, np.zeros((self.draws, len(self.months)), np.int64)))

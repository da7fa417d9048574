"""Each kind of item over many draws; the twin of its function in `charge` and `minimum`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import methodcaller

import numpy as np
from numpy.typing import NDArray

from habeas.fees.dues import EMPTY, PERSON_DAYS, PERSON_MONTHS, Row
from habeas.fees.line import PER_MILLE, Pricing
from habeas.fees.many import Given
from habeas.fees.quantity import Ints, days_in_month
from habeas.fees.whole import Bools, narrow, plus, share, times, whole
from habeas.law.schedule import (
    AtCost,
    Credit,
    Deduction,
    FeeItem,
    Milestone,
    MinimumGuarantee,
    PerDiem,
    PerDiemByCategory,
    PerUnit,
    Withheld,
)


@dataclass(frozen=True, slots=True)
class Levels:
    """The price levels of one item, and which of them holds when."""

    each: tuple[Pricing, ...]
    of_month: NDArray[np.intp]  # (draws, months), or (1, months) where draws are alike

    def prices(self, price: Callable[[Pricing], int]) -> Ints:
        """As `of_month`: a price at the level of each month, rounded once."""
        return whole([price(one) for one in self.each])[self.of_month]


def row(
    item: FeeItem,
    kind: str,
    unit: str,
    there: Bools,
    counted: Ints,
    amount: Ints | None,
) -> Row:
    """A row of whole units; nothing is counted where no line stands."""
    parts = np.ones(there.shape[1], np.int64)
    return Row(
        item.id, kind, 0, unit, there, np.where(there, counted, 0), parts,
        None if amount is None else narrow(np.where(there, amount, 0)),
    )  # fmt: skip


def _all(given: Given) -> Bools:
    return np.ones(given.shape, np.bool_)


def per_diem(item: PerDiem, given: Given, levels: Levels) -> list[Row]:
    """A price a person-day."""
    days, price = given.many.days, levels.prices(lambda one: one.price(item.minor_per_person_day))
    return [row(item, "occupied", PERSON_DAYS, _all(given), days, times(days, price))]


def by_category(item: PerDiemByCategory, given: Given, levels: Levels) -> list[Row]:
    """A price a person-day by category; whose category nobody stated has none."""
    found, rest = list[Row](), given.of(item.facilities).days
    for rate in item.rates:
        heads = given.many.by_category.get(rate.category)
        if heads is not None:
            price = levels.prices(methodcaller("price", rate.minor_per_person_day))
            unit, owed = f"{PERSON_DAYS} of {rate.category}", times(heads.days, price)
            found.append(row(item, "occupied", unit, heads.days != 0, heads.days, owed))
            rest = rest - heads.days
    unit = f"{PERSON_DAYS} of no stated category"
    return [*found, row(item, "not_priced", unit, rest > 0, rest, None)]


def withheld(item: Withheld, given: Given) -> list[Row]:
    """Person-days whose price was not published."""
    days, unit = given.of(item.facilities).days, f"{PERSON_DAYS}, price withheld"
    return [row(item, "not_priced", unit, _all(given), days, None)]


def per_unit(item: PerUnit | Deduction, given: Given, levels: Levels) -> list[Row]:
    """A price for each thing done, or taken off for each that went wrong, up to a cap."""
    done = given.many.units.get(item.unit)
    if done is None:
        return []
    owed = times(done, levels.prices(lambda one: one.price(item.minor_per_unit)))
    if isinstance(item, PerUnit):
        return [row(item, "per_unit", item.unit, done != 0, done, owed)]
    if item.cap_minor is not None:
        owed = np.minimum(owed, whole([item.cap_minor]))
    return [row(item, "deduction", item.unit, done != 0, done, -owed)]


def at_cost(item: AtCost, given: Given) -> list[Row]:
    """What was spent, as it was."""
    spent = given.many.spent.get(item.id)
    if spent is None:
        return []
    return [row(item, "at_cost", "as spent", _all(given), np.ones_like(spent), spent)]


def milestone(item: Milestone, given: Given, levels: Levels) -> list[Row]:
    """A sum due in the month in which so many persons have been received in all."""
    received = given.many.received
    if received is None:
        return []
    after = given.many.received_before + np.cumsum(received, axis=1)
    there = (after - received < item.persons) & (item.persons <= after)
    counted, owed = whole([item.persons]), levels.prices(lambda one: one.amount(item.minor))
    return [row(item, "milestone", "persons received", there, counted, owed)]


def guarantee(item: MinimumGuarantee, given: Given, levels: Levels) -> list[Row]:
    """A price a person-month with a number of persons that is paid for in any case."""
    days, cells = given.many.days, given.cells
    length = whole([days_in_month(one.first) for one in cells])
    price = levels.prices(lambda one: one.price(item.minor_per_person_month))
    rule = levels.each[0].rounding
    least = whole([item.minimum_persons * one.days for one in cells])
    priced = _all(given)
    if item.maximum_persons is not None:
        priced = days <= whole([item.maximum_persons * one.days for one in cells])
    empty = np.where(priced, np.maximum(plus(least, -days), 0), 0)
    used = share(times(np.where(priced, days, 0), price), length, rule)
    in_all = share(times(least, price), length, rule)
    top_up = np.where(empty > 0, plus(in_all, -used), 0)
    return [
        _of_months(row(item, "occupied", PERSON_MONTHS, priced, days, used), length),
        _of_months(row(item, EMPTY, PERSON_MONTHS, priced, empty, top_up), length),
        _of_months(row(item, "not_priced", PERSON_MONTHS, ~priced, days, None), length),
    ]


def _of_months(found: Row, length: Ints) -> Row:
    return replace(found, parts=length)


def credit(item: Credit, before: Sequence[Row], given: Given, levels: Levels) -> list[Row]:
    """Given back for each person-day below a measure, out of what an item before it came to."""
    heads = given.many.below.get(item.measure)
    if heads is None:
        unit = f"days on which {item.measure} was not measured"
        return [row(item, "not_priced", unit, _all(given), _lengths(given), None)]
    below, days = heads.days, given.many.days
    known, paid = days != 0, np.zeros(given.shape, np.int64)
    anything = np.zeros(given.shape, np.bool_)
    for one in before:
        if one.item == item.of:
            anything = anything | one.there
            known = known & ~one.there if one.amount is None else known
            paid = paid if one.amount is None else plus(paid, one.amount)
    known, there = known & anything, below != 0
    due = times(times(below, paid), whole([item.per_mille]))
    if item.cap_per_mille is not None:
        due = np.minimum(due, times(times(days, paid), whole([item.cap_per_mille])))
    base = np.where(known, times(days, whole([PER_MILLE])), 1)
    owed = -share(due, base, levels.each[0].rounding)
    return [
        row(item, "credit", f"{PERSON_DAYS} below {item.measure}", there & known, below, owed),
        row(item, "not_priced", PERSON_DAYS, there & ~known, below, None),
    ]


def _lengths(given: Given) -> Ints:
    return whole([one.days for one in given.cells])

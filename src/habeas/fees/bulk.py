"""The fee schedule for many draws at once: the twin of `charge.charges`, month by month.

What depends on who is held or what is done is computed over arrays. What is the same in every draw
is charged by `charges` itself, once a month; so is every draw of a month inside which the prices
of an item step. Where twins disagree the plain form holds.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

import numpy as np
from msgspec import structs

from habeas.fees.bulk_bands import banded
from habeas.fees.bulk_kinds import (
    Levels,
    at_cost,
    by_category,
    credit,
    guarantee,
    milestone,
    per_diem,
    per_unit,
    row,
    withheld,
)
from habeas.fees.charge import charges, index_of
from habeas.fees.dues import Dues, Row, merged, rows_of
from habeas.fees.line import Line, Pricing
from habeas.fees.many import Given, Many, given
from habeas.fees.quantity import Ints, Period, Quantities, months
from habeas.fees.rate import factor, parts
from habeas.law.schedule import (
    AdvanceGrant,
    AnnualLump,
    AtCost,
    BandedPerDiem,
    Credit,
    Deduction,
    FeeItem,
    Fees,
    Indexation,
    Lump,
    Milestone,
    MinimumGuarantee,
    PerDiem,
    PerDiemByCategory,
    PerUnit,
    TakeOrPay,
    TieredAvailability,
    Withheld,
)
from habeas.units import Rounding


def due(fees: Fees, period: Period, many: Many) -> Dues:
    """What is due in each draw and month: the lines of `charges` for each month by itself.

    A sum paid ahead is due once in the period, as when the whole period is asked for; it stands
    in the month of its day, or in the first where no day is stated.

    Args:
        fees: the agreement's schedule.
        period: civil days; its first and last month may be cut.
        many: what was held and done in each draw.

    Raises:
        FeeError: H704, H722, H723, H728, as `charges`; H790 for arrays that do not fit; H791 where
            a price needs the headcount of each day and nobody gives it.
    """
    told, found = given(period, many), list[Row]()
    for item in fees.items:
        rows = _item(item, fees, told, found)
        stepped = _stepped(item, fees, told)
        if stepped:
            whole = ~np.isin(np.arange(told.shape[1]), stepped)
            rows = [one.where(whole) for one in rows] + _one_by_one(item, fees, told, stepped)
        found += merged(rows)
    silent = (item.id for item in fees.items if _silent(item, many))
    return Dues(tuple(told.cells), told.shape[0], tuple(merged(found)), tuple(silent))


def _item(item: FeeItem, fees: Fees, told: Given, before: Sequence[Row]) -> list[Row]:  # noqa: C901, PLR0911, PLR0912 - one table
    levels = _levels(index_of(item, fees), fees.rounding, told.period)
    match item:
        case TakeOrPay() | AnnualLump():
            return _capped(item, fees, told)
        case TieredAvailability() | Lump():
            return _fixed(_only(item, fees), told)
        case AdvanceGrant():
            return _ahead(item, fees, told)
        case PerDiem():
            return per_diem(item, told, levels)
        case MinimumGuarantee():
            return guarantee(item, told, levels)
        case BandedPerDiem():
            return banded(item, told, levels)
        case PerDiemByCategory():
            return by_category(item, told, levels)
        case PerUnit() | Deduction():
            return per_unit(item, told, levels)
        case Milestone():
            return milestone(item, told, levels)
        case AtCost():
            return at_cost(item, told)
        case Withheld():
            return withheld(item, told)
        case Credit():
            return credit(item, before, told, levels)
        case _:
            assert_never(item)


@lru_cache(maxsize=256)  # each chunk of draws asks for the same
def _levels(index: Indexation | None, rounding: Rounding, period: Period) -> Levels:
    """The price level on the first day of each month."""
    cells, steps = months(period), index.steps if index else ()
    passed = [sum(step.from_ <= cell.first for step in steps) for cell in cells]
    each, of_month = list[Pricing](), list[int]()
    for number, cell in enumerate(cells):
        if not number or passed[number] != passed[number - 1]:
            each.append(Pricing(rounding, factor(index, cell.first) if index else Fraction(1)))
        of_month.append(len(each) - 1)
    return Levels(tuple(each), np.array(of_month, dtype=np.intp))


def _stepped(item: FeeItem, fees: Fees, told: Given) -> list[int]:
    """Numbers of the months that are charged draw by draw: the price of the item steps inside."""
    index = index_of(item, fees)
    if index is None or isinstance(item, Withheld) or _is_fixed(item, told.many):
        return []
    return [n for n, cell in enumerate(told.cells) if len(parts(index, cell)) > 1]


def _is_fixed(item: FeeItem, many: Many) -> bool:
    """Whether an item is the same in every draw, whoever is held and whatever is done."""
    if isinstance(item, TakeOrPay | AnnualLump):
        return item.up_to_places is None or many.places is not None
    if isinstance(item, Credit):
        return item.measure not in many.below
    return isinstance(item, TieredAvailability | Lump)


def _only(item: FeeItem, fees: Fees) -> Fees:
    """The schedule with one item alone, and what it gives back a part of."""
    kept = {item.id, item.of} if isinstance(item, Credit) else {item.id}
    return structs.replace(fees, items=tuple(one for one in fees.items if one.id in kept))


@lru_cache(maxsize=4096)  # each chunk of draws asks for the same
def _charged(fees: Fees, period: Period, places: int | None) -> tuple[Line, ...]:
    return tuple(charges(fees, Quantities(period, {}, places=places)))


def _fixed(only: Fees, told: Given) -> list[Row]:
    """What is the same in every draw, whoever is held."""
    lines = (
        (0, month, line)
        for month, cell in enumerate(told.cells)
        for line in _charged(only, cell, told.places(month))
    )
    return _in_every(lines, told)


def _in_every(lines: Iterable[tuple[int, int, Line]], told: Given) -> list[Row]:
    draws, months = told.shape
    return [one.in_every(draws) for one in rows_of(lines, (1, months))]


def _ahead(item: AdvanceGrant, fees: Fees, told: Given) -> list[Row]:
    """A sum paid ahead: asked for the whole period, so that it is due once or refused."""
    paid = [n for n, cell in enumerate(told.cells) if item.due and item.due < cell.after]
    lines = [
        (0, paid[0] if paid else 0, one) for one in _charged(_only(item, fees), told.period, None)
    ]
    return _in_every(lines, told)


def _capped(item: TakeOrPay | AnnualLump, fees: Fees, told: Given) -> list[Row]:
    """A sum a year up to a number of places; who states none has used the most of any day."""
    if item.up_to_places is None or told.many.places is not None:
        return _fixed(_only(item, fees), told)
    daily = told.by_day(told.many.heads, item.id)
    most: Ints = np.maximum.reduceat(daily, told.edges[:-1], axis=1).astype(np.int64)
    beyond = most > item.up_to_places
    endless = structs.replace(fees, items=(structs.replace(item, up_to_places=None),))
    priced = [one.where(~beyond) for one in _fixed(endless, told)]
    return [*priced, row(item, "not_priced", "persons on one day", beyond, most, None)]


def _one_by_one(item: FeeItem, fees: Fees, told: Given, stepped: list[int]) -> list[Row]:
    """Each draw of some months by the plain form."""
    averaged = isinstance(item, BandedPerDiem) and item.basis == "period"
    by_day = not (averaged or isinstance(item, MinimumGuarantee | PerUnit | Deduction | Milestone))
    only = _only(item, fees)
    lines = (
        (draw, month, line)
        for month in stepped
        for draw in range(told.shape[0])
        for line in charges(only, told.one(draw, month, item.id, by_day=by_day))
        if line.item == item.id
    )
    return rows_of(lines, told.shape)


def _silent(item: FeeItem, many: Many) -> bool:
    """Whether an item is priced by what was done or spent, and nobody said anything of it."""
    if isinstance(item, PerUnit | Deduction):
        return item.unit not in many.units
    if isinstance(item, AtCost):
        return item.id not in many.spent
    return isinstance(item, Milestone) and many.received is None

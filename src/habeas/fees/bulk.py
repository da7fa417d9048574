"""The fee schedule for many draws at once: the twin of `charge.charges`, month by month.

What depends on who is held or what is done is computed over arrays. What is the same in every draw
is charged by `charges` itself, once a month; so is every draw of a month inside which the prices
of an item step. Where twins disagree the plain form holds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

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
from habeas.fees.rate import factor
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


def due(fees: Fees, period: Period, many: Many, indices: Sequence[Indexation | None] = ()) -> Dues:
    """What is due in each draw and month: the lines of `charges` for each month by itself.

    A sum paid ahead is due once in the period, as when the whole period is asked for; it stands
    in the month of its day, or in the first where no day is stated.

    Args:
        fees: the agreement's schedule.
        period: civil days; its first and last month may be cut.
        many: what was held and done in each draw.
        indices: how prices move in each draw; none: as the schedule says, in every one.

    Raises:
        FeeError: H704, H722, H723, H728, as `charges`; H790 for arrays that do not fit; H791 where
            a price needs the headcount of each day and nobody gives it.
    """
    told, found = given(period, many, len(indices)), list[Row]()
    asked = _asked(fees, told, indices)
    for number in range(len(fees.items)):
        rows, stepped = _item(number, asked, found), _stepped(number, asked)
        if stepped:
            unstepped = ~np.isin(np.arange(told.shape[1]), stepped)
            rows = [one.where(unstepped) for one in rows] + _one_by_one(number, asked, stepped)
        found += merged(rows)
    silent = (item.id for item in fees.items if _silent(item, many))
    return Dues(tuple(told.cells), told.shape[0], tuple(merged(found)), tuple(silent))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Schedules that differ in their index alone, and which of them holds in each draw."""

    told: Given
    schedules: tuple[Fees, ...]
    of_draw: NDArray[np.intp]  # (draws,)

    def levels(self, number: int) -> Levels:
        """Price levels of an item: by month, or by draw and month where an index is drawn."""
        found, rows = dict[Pricing, int](), list[list[int]]()
        for fees in self.schedules:
            index = index_of(fees.items[number], fees)
            each, of_month = _levels(index, fees.rounding, self.told.period)
            places = [found.setdefault(one, len(found)) for one in each]
            rows.append([places[one] for one in of_month])
        table = np.array(rows, dtype=np.intp)
        return Levels(tuple(found), table[self.of_draw] if len(rows) > 1 else table)

    def same(self, lines: Callable[[Fees], Iterable[tuple[int, Line]]]) -> list[Row]:
        """Rows of lines that do not depend on the draw, but on how its prices move."""
        draws, months = self.told.shape
        found = list[Row]()
        for number, fees in enumerate(self.schedules):
            told = ((0, month, line) for month, line in lines(fees))
            rows = [one.in_every(draws) for one in rows_of(told, (1, months))]
            mine = (self.of_draw == number)[:, np.newaxis]
            found += rows if len(self.schedules) == 1 else [one.where(mine) for one in rows]
        return merged(found)


def _asked(fees: Fees, told: Given, indices: Sequence[Indexation | None]) -> _Asked:
    number = dict[Indexation | None, int]()
    of_draw = [number.setdefault(index, len(number)) for index in indices]
    each = tuple(structs.replace(fees, indexation=index) for index in number) or (fees,)
    return _Asked(told, each, np.array(of_draw or [0] * told.shape[0], dtype=np.intp))


def _item(number: int, asked: _Asked, before: Sequence[Row]) -> list[Row]:  # noqa: C901, PLR0911, PLR0912 - one table
    item, told, levels = asked.schedules[0].items[number], asked.told, asked.levels(number)
    match item:
        case TakeOrPay() | AnnualLump():
            return _capped(item, asked)
        case TieredAvailability() | Lump():
            return asked.same(lambda fees: _by_month(_only(item, fees), told))
        case AdvanceGrant():
            return asked.same(lambda fees: _ahead(item, fees, told))
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


@lru_cache(maxsize=4096)  # each chunk of draws asks for the same
def _levels(
    index: Indexation | None, rounding: Rounding, period: Period
) -> tuple[tuple[Pricing, ...], tuple[int, ...]]:
    """The price levels, and the number of the one that holds on the first day of each month."""
    cells, steps = months(period), index.steps if index else ()
    passed = [sum(step.from_ <= cell.first for step in steps) for cell in cells]
    each, place = list[Pricing](), dict[int, int]()
    for count, cell in zip(passed, cells, strict=True):
        if count not in place:
            place[count] = len(each)
            each.append(Pricing(rounding, factor(index, cell.first) if index else Fraction(1)))
    return tuple(each), tuple(place[count] for count in passed)


def _stepped(number: int, asked: _Asked) -> list[int]:
    """Numbers of the months that are charged draw by draw: the price of the item steps inside."""
    item, cells = asked.schedules[0].items[number], asked.told.cells
    if isinstance(item, Withheld) or _is_fixed(item, asked.told.many):
        return []
    found = {index_of(fees.items[number], fees) for fees in asked.schedules}
    days = {step.from_ for index in found if index is not None for step in index.steps}
    inside = sorted(day for day in days if day.day > 1)
    return [
        n for n, cell in enumerate(cells) if any(cell.first < day < cell.after for day in inside)
    ]


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


def _by_month(fees: Fees, told: Given) -> Iterator[tuple[int, Line]]:
    """What is due in each month, whoever is held."""
    for month, cell in enumerate(told.cells):
        for line in _charged(fees, cell, told.places(month)):
            yield month, line


def _ahead(item: AdvanceGrant, fees: Fees, told: Given) -> list[tuple[int, Line]]:
    """A sum paid ahead: asked for the whole period, so that it is due once or refused."""
    paid = [n for n, cell in enumerate(told.cells) if item.due and item.due < cell.after]
    lines = _charged(_only(item, fees), told.period, None)
    return [(paid[0] if paid else 0, line) for line in lines]


def _capped(item: TakeOrPay | AnnualLump, asked: _Asked) -> list[Row]:
    """A sum a year up to a number of places; who states none has used the most of any day."""
    told = asked.told
    if item.up_to_places is None or told.many.places is not None:
        return asked.same(lambda fees: _by_month(_only(item, fees), told))
    daily = told.by_day(told.many.heads, item.id)
    most: Ints = np.maximum.reduceat(daily, told.edges[:-1], axis=1).astype(np.int64)
    beyond, endless = most > item.up_to_places, (structs.replace(item, up_to_places=None),)
    priced = asked.same(lambda fees: _by_month(structs.replace(fees, items=endless), told))
    lacking = row(item, "not_priced", "persons on one day", beyond, most, None)
    return [*(one.where(~beyond) for one in priced), lacking]


def _one_by_one(number: int, asked: _Asked, stepped: list[int]) -> list[Row]:
    """Each draw of some months by the plain form."""
    item, told = asked.schedules[0].items[number], asked.told
    averaged = isinstance(item, BandedPerDiem) and item.basis == "period"
    by_day = not (averaged or isinstance(item, MinimumGuarantee | PerUnit | Deduction | Milestone))
    only = [_only(item, fees) for fees in asked.schedules]
    lines = (
        (draw, month, line)
        for draw, which in enumerate(asked.of_draw.tolist())
        for month in stepped
        for line in charges(only[which], told.one(draw, month, item.id, by_day=by_day))
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

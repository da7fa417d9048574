"""Bands of persons held, with their guarantee, over many draws; the twin of `bands.banded`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from habeas.fees.bands import band_price, least_persons, open_days, share_of_places
from habeas.fees.bulk_kinds import Levels, row
from habeas.fees.dues import EMPTY, PERSON_DAYS, Row
from habeas.fees.many import Daily, Given, Heads
from habeas.fees.quantity import Ints
from habeas.fees.whole import plus, times, whole
from habeas.law.schedule import BandedPerDiem

Price = Callable[[int], Ints]  # of a band, by its place


def banded(item: BandedPerDiem, given: Given, levels: Levels) -> list[Row]:
    """Occupied person-days by band, those paid for though empty, and those without a price."""
    bands, heads = _Bands(item, given, levels), given.of(item.facilities)
    return bands.by_day(heads) if item.basis == "day" else bands.by_month(heads.days)


@dataclass(frozen=True, slots=True)
class _Bands:
    """One item in every draw and month; days by band end with those beyond all bands."""

    item: BandedPerDiem
    given: Given
    levels: Levels

    def by_day(self, heads: Heads) -> list[Row]:
        daily, floor = self.given.by_day(heads, self.item.id), self._floor()
        occupied = self._split(daily, heads.days)
        if self.item.guarantee_basis == "money":
            short = self.given.by_month(np.maximum(floor - daily, 0))
            return self._rows(occupied, occupied, short)
        if not floor.any():
            return self._rows(occupied, occupied)
        if floor.max() <= np.iinfo(daily.dtype).max:
            floor = floor.astype(daily.dtype)
        paid = np.maximum(daily, floor)
        return self._rows(occupied, self._split(paid, self.given.by_month(paid)))

    def by_month(self, days: Ints) -> list[Row]:
        least, occupied = self._least(), self._average(days)
        if self.item.guarantee_basis == "money":
            return self._rows(occupied, occupied, np.maximum(least - days, 0))
        return self._rows(occupied, self._average(np.maximum(days, least)))

    def _rows(self, occupied: list[Ints], paid: list[Ints], short: Ints | None = None) -> list[Row]:
        price = cache(self._price)
        # What is short in money has its price: only who is held can then be beyond a band.
        found = [self._band(n, "occupied", days, price) for n, days in enumerate(occupied[:-1])]
        if short is not None:
            found.append(self._band(0, EMPTY, short, price))
        elif self.item.allocation == "whole":
            found.append(self._top_up(occupied, paid, price))
        else:
            empty = (most - used for most, used in zip(paid[:-1], occupied, strict=False))
            found += [self._band(n, EMPTY, days, price) for n, days in enumerate(empty)]
        beyond = row(self.item, "not_priced", PERSON_DAYS, paid[-1] != 0, paid[-1], None)
        return [*(one for one in found if one is not None), beyond]

    def _split(self, daily: Daily, days: Ints) -> list[Ints]:
        """Person-days in each band by the headcount of each day."""
        found, top = list[Ints](), int(daily.max(initial=0))
        lengths = whole([cell.days for cell in self.given.cells])
        for first, last in self._edges(top):
            if self.item.allocation == "whole":
                inside = np.where((daily > first) & (daily <= last), daily, 0)
                found.append(self.given.by_month(inside))
            elif first == 0 and last == top:
                found.append(days)
            elif first >= top:
                found.append(np.zeros_like(days))
            else:
                inside = self.given.by_month(np.clip(daily, first, last))
                found.append(inside - first * lengths)
        return [*found, days - sum(found)]

    def _average(self, days: Ints) -> list[Ints]:
        """The same by the average of each month."""
        found, top = list[Ints](), int(days.max(initial=0))
        lengths = whole([cell.days for cell in self.given.cells])
        for edges in self._edges(top):
            first, last = (np.minimum(lengths * edge, top) for edge in edges)
            if self.item.allocation == "whole":
                found.append(np.where((days > first) & (days <= last), days, 0))
            else:
                found.append(np.clip(days, first, last) - first)
        return [*found, days - sum(found)]

    def _edges(self, top: int) -> list[tuple[int, int]]:
        """Persons below each band and up to its end, as far as there are any."""
        return [
            (
                min(band.from_person - 1, top),
                top if band.to_person is None else min(band.to_person, top),
            )
            for band in self.item.bands
        ]

    def _band(self, number: int, kind: str, days: Ints, price: Price) -> Row | None:
        if not days.any():  # a band that nobody reaches is asked for no price
            return None
        owed = times(days, price(number))
        return replace(row(self.item, kind, PERSON_DAYS, days != 0, days, owed), tier=number + 1)

    def _top_up(self, occupied: list[Ints], paid: list[Ints], price: Price) -> Row:
        # All persons move into one band: what the guarantee adds is a sum, not days of that band.
        empty = paid[-1] - occupied[-1]
        due = np.zeros_like(empty)
        for number, (used, most) in enumerate(zip(occupied[:-1], paid[:-1], strict=True)):
            due = plus(due, times(most - used, price(number)))
            empty = empty + most - used
        return row(self.item, EMPTY, PERSON_DAYS, empty != 0, empty, due)

    def _price(self, number: int) -> Ints:
        band = self.item.bands[number]
        return self.levels.prices(lambda one: band_price(self.item, band, one))

    def _persons(self) -> Ints:
        """(months,): persons paid for in any case on an open day."""
        months = range(len(self.given.cells))
        return whole([least_persons(self.item, self.given.alone(month)) for month in months])

    def _floor(self) -> Ints:
        """(days,): persons paid for in any case on each day."""
        floor = np.repeat(self._persons(), [cell.days for cell in self.given.cells])
        floor[: len(floor) - open_days(self.item, self.given.period)] = 0
        return floor

    def _least(self) -> Ints:
        """(months,): person-days paid for in any case; a share of places is floored as a whole."""
        cells = self.given.cells
        if self.item.guaranteed_per_mille is not None:
            alone = (self.given.alone(month) for month in range(len(cells)))
            return whole([share_of_places(self.item, one) for one in alone])
        return self._persons() * whole([open_days(self.item, cell) for cell in cells])

"""At how many persons what one state is paid, or saves, reaches what it costs.

Asked of one year with the same number of persons on every day, at the prices of the first day, and
only where something is due with nobody held: else a price a day decides alone.
"""

from datetime import date

import numpy as np

from habeas.errors import FeeError
from habeas.fees.quantity import Period, months
from habeas.law.schedule import Fees
from habeas.projection.bands import Bools, Ints, Outcome
from habeas.projection.dues import Dues, Many, due
from habeas.projection.money import NO_COST, NO_PRICE, Money
from habeas.projection.scenario import Deal


def occupancy(one: Money) -> list[Outcome]:
    """The fewest persons who save the sending state what it pays, and the most whose cost is paid.

    In a draw in which no number of persons is the one, there is none.
    """
    year = _year(one.run.period)
    fixed = _constant(one.fees, year, one.deal, np.zeros(1, np.int64))
    if fixed is None or not fixed.priced.any():
        return []
    if not fixed.complete.all():
        keys = ("break_even.occupancy", "break_even.receiving_occupancy")
        return [Outcome(key, one.deal.id, "persons", None, why=NO_PRICE) for key in keys]
    return [_fewest(one, year), _most(one, year)]


def _fewest(one: Money, year: Period) -> Outcome:
    key, saved = "break_even.occupancy", _unit(one, "sending_marginal_a_day")
    if saved is None:
        return Outcome(key, one.deal.id, "persons", None, why=NO_COST)
    found, reached = _first(one, year, saved, over=False)
    return Outcome(key, one.deal.id, "persons", found, reached)


def _most(one: Money, year: Period) -> Outcome:
    key, cost = "break_even.receiving_occupancy", _unit(one, "receiving_a_day")
    if cost is None:
        return Outcome(key, one.deal.id, "persons", None, why=NO_COST)
    found, reached = _first(one, year, cost, over=True)
    return Outcome(key, one.deal.id, "persons", found - 1, reached)


def _unit(one: Money, name: str) -> Ints | None:
    return one.run.numbers.get(f"costs.{name}") if one.same else None


def _first(one: Money, year: Period, unit: Ints, *, over: bool) -> tuple[Ints, Bools]:
    """The fewest persons whose cost reaches, or is over, what is due; and where there are any."""
    most = max(int(one.run.of("by", one.deal.id).max(initial=1)), _places(one), 1)
    low, high = np.zeros(one.run.draws, np.int64), np.full(one.run.draws, most, np.int64)
    reached = _reached(one, year, unit, (high, over))
    while (high - low > 1).any():
        middle = (low + high) // 2
        enough = _reached(one, year, unit, (middle, over))
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high, reached


def _year(period: Period) -> Period:
    first = period.first
    try:
        after = first.replace(year=first.year + 1)
    except ValueError:
        after = date(first.year + 1, 3, 1)
    return Period(first, min(after, period.after))


def _places(one: Money) -> int:
    names = ("places", "up_to_places", "minimum_persons", "guaranteed_persons")
    stated = [getattr(item, name, None) for item in one.fees.items for name in names]
    return max((number for number in (*stated, one.deal.places) if number is not None), default=0)


def _reached(one: Money, year: Period, unit: Ints, asked: tuple[Ints, bool]) -> Bools:
    """Whether that many persons all year cost what is due; not where it is not priced."""
    persons, over = asked
    numbers, back = np.unique(persons, return_inverse=True)
    dues = _constant(one.fees, year, one.deal, numbers)
    if dues is None:
        return np.zeros(persons.size, np.bool_)
    left = unit * persons * year.days - dues.priced.sum(axis=1)[back]
    enough: Bools = dues.complete[back] & (left > 0 if over else left >= 0)
    return enough


def _constant(fees: Fees, year: Period, deal: Deal, persons: Ints) -> Dues | None:
    lengths = np.array([one.days for one in months(year)], np.int64)
    each = np.repeat(persons[:, None], year.days, axis=1)
    nobody = np.zeros((persons.size, lengths.size), np.int64)
    facility = deal.facilities[0] if len(deal.facilities) == 1 else ""
    try:
        return due(
            fees, year, Many(persons[:, None] * lengths, each, nobody, facility, deal.places)
        )
    except FeeError:
        return None

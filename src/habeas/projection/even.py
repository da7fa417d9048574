"""How many persons must be held before what the sending state saves reaches what it pays.

Asked of one year with the same number of persons on every day, at the prices of the first day:
only where something is due with nobody held.
"""

from datetime import date

import numpy as np

from habeas.errors import FeeError
from habeas.fees.quantity import Period, months
from habeas.law.schedule import Fees
from habeas.projection.bands import Bools, Ints, Outcome
from habeas.projection.dues import Dues, Many, due
from habeas.projection.money import NO_COST, Money
from habeas.projection.scenario import Deal


def occupancy(one: Money) -> list[Outcome]:
    """The smallest number of persons in each draw; none where no number of them is enough."""
    run, key, unit = one.run, "break_even.occupancy", "persons"
    saved = run.numbers.get("costs.sending_marginal_a_day")
    year = _year(run.period)
    fixed = _constant(one.fees, year, one.deal, np.zeros(1, np.int64))
    if fixed is None or not fixed.priced.any():
        return []
    if saved is None or one.home is not one.dues.priced:
        return [Outcome(key, one.deal.id, unit, None, why=NO_COST)]
    most = max(int(run.of("by", one.deal.id).max(initial=1)), _places(one), 1)
    low, high = np.zeros(run.draws, np.int64), np.full(run.draws, most, np.int64)
    reached = _enough(one, year, saved, high)
    while (high - low > 1).any():
        middle = (low + high) // 2
        enough = _enough(one, year, saved, middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return [Outcome(key, one.deal.id, unit, high, reached)]


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


def _enough(one: Money, year: Period, saved: Ints, persons: Ints) -> Bools:
    """Whether that many persons, held all year, save what they cost; not where it is not priced."""
    asked, back = np.unique(persons, return_inverse=True)
    dues = _constant(one.fees, year, one.deal, asked)
    if dues is None:
        return np.zeros(persons.size, np.bool_)
    fee = dues.priced.sum(axis=1)[back]
    enough: Bools = dues.complete[back] & (saved * persons * year.days >= fee)
    return enough


def _constant(fees: Fees, year: Period, deal: Deal, persons: Ints) -> Dues | None:
    lengths = np.array([one.days for one in months(year)], np.int64)
    each = np.repeat(persons[:, None], year.days, axis=1)
    nobody = np.zeros((persons.size, lengths.size), np.int64)
    facility = deal.facilities[0] if len(deal.facilities) == 1 else ""
    try:
        return due(fees, year, Many(persons[:, None] * lengths, each, nobody, facility))
    except FeeError:
        return None

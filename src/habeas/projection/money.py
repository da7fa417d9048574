"""What an agreement would cost and bring, for either state: whole minor units of every draw.

Fees come out of the functions that charge. What a state spends or saves itself is an assumed sum a
person-day, rounded to minor units before it meets a number of days. The published average cost of a
place at home stands apart: it is not saved by one person fewer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from habeas.errors import FeeError
from habeas.fees.line import Pricing
from habeas.fees.minimum import of_year
from habeas.fees.quantity import Period, months
from habeas.law.schedule import Fees, Indexation
from habeas.projection import paths
from habeas.projection.bands import Course, Ints, Outcome, by_month, first, month_ends
from habeas.projection.dues import Dues, Many, due
from habeas.projection.run import Run
from habeas.projection.scenario import Deal
from habeas.units import rounded

NO_PRICE, NO_COST, NO_RATE = "not_priced", "not_assumed", "no_exchange_rate"
OVER = "past_release_date"
PER_MILLE = 1_000
DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Money:
    """The fees of one agreement in every draw and month, and what they are held against."""

    run: Run
    deal: Deal
    fees: Fees
    billed: Ints  # (draws, months): person-days
    unbilled: Ints  # person-days past the release date that are not billed
    dues: Dues

    @property
    def unit(self) -> str:
        """Of its sums."""
        return f"minor {self.fees.currency}"

    @property
    def held(self) -> Ints:
        """(draws, months): every person-day, billed or not."""
        return self.billed + self.unbilled

    @property
    def same(self) -> bool:
        """Whether its sums are in the scenario's currency."""
        given = self.run.scenario
        return (self.fees.currency, self.fees.exponent) == (given.currency, given.exponent)

    @property
    def home(self) -> Ints | None:
        """(draws, months): the priced sums in the scenario's currency; None: at no known rate."""
        if self.same:
            return self.dues.priced
        rate = self.run.rates.get(self.fees.currency)
        return None if rate is None else self.exchanged(rate)

    def exchanged(self, rate: Fraction) -> Ints:
        """(draws, months): the priced sums in the scenario's currency, by a first day's rate."""
        exponents = (self.fees.exponent, self.run.scenario.exponent)
        growth = _growth(self.run, "exchange_a_year")
        return paths.exchanged(self.dues.priced, growth, rate, exponents)

    def cost(self, name: str) -> Ints | None:
        """(draws,): person-days at an assumed sum a day, which follows the assumed index."""
        unit = self.run.numbers.get(f"costs.{name}")
        if unit is None:
            return None
        price = paths.prices(unit, _growth(self.run, "index_a_year"), self.run.period)
        total: Ints = (price * self.held).sum(axis=1)
        return total

    def transport(self) -> Ints | None:
        """(draws,): an assumed sum for each person received."""
        unit = self.run.numbers.get("costs.transport_a_person")
        if unit is None:
            return None
        price = paths.prices(unit, _growth(self.run, "index_a_year"), self.run.period)
        total: Ints = (price * self.run.flow(self.deal.id, "received")).sum(axis=1)
        return total


def _growth(run: Run, name: str) -> Ints:
    """(draws,): per mille a year; nothing where none is assumed."""
    found = run.numbers.get(f"costs.{name}")
    return np.zeros(run.draws, np.int64) if found is None else found


def billed(run: Run, deal: Deal, fees: Fees) -> tuple[Ints, Ints]:
    """Person-days billed, and those past the release date that are not, (draws, months).

    A day past the release date is billed only where the schedule says so.
    """
    days, over = (run.of(name, deal.id).astype(np.int64) for name in ("days", "over"))
    treat = next((one.treat for one in fees.counting if one.status == OVER), "undecided")
    return (days + over, np.zeros_like(over)) if treat == "billed" else (days, over)


def daily(run: Run, deal: Deal, days: Ints) -> Ints:
    """(draws, days): persons billed on each day, whose months sum to the days that are billed.

    Where some of those held are not billed, each day of a month has its share of those who are.
    """
    held, months = run.of("by", deal.id).astype(np.int64), run.plan.months
    if np.array_equal(by_month(held, months), days):
        return held
    found = np.zeros_like(held)
    for number, (start, after) in enumerate(pairwise(months)):
        upto = np.cumsum(held[:, start:after], axis=1)
        whole = np.maximum(upto[:, -1:], 1)
        share = upto * days[:, number : number + 1] // whole
        found[:, start:after] = np.diff(share, axis=1, prepend=0)
    return found


def money(run: Run, deal: Deal, fees: Fees) -> Money:
    """The fees of one agreement.

    Raises:
        FeeError: when its schedule cannot answer.
    """
    days, over = billed(run, deal, fees)
    facility = deal.facilities[0] if len(deal.facilities) == 1 else ""
    received = run.flow(deal.id, "received")
    many = Many(days, daily(run, deal, days), received, facility, deal.places)
    before, period = _term(run, deal)
    if before:
        gone = run.plan.days - period.days
        many = replace(
            many, days=days[:, before:], daily=many.daily[:, gone:], received=received[:, before:]
        )
    growth = _growth(run, "index_a_year")
    indices = list[Indexation | None]()
    if deal.prices_rise and growth.any():
        each = {one: paths.rising(fees, one, run.period).indexation for one in set(growth.tolist())}
        indices = [each[one] for one in growth.tolist()]
    dues = due(fees, period, many, indices)
    return Money(run, deal, fees, days, over, dues.after(before) if before else dues)


def _term(run: Run, deal: Deal) -> tuple[int, Period]:
    """Months before a deal begins, in which nothing is due, and the days from then on.

    Where somebody is held under it before, it has begun.
    """
    begins = deal.from_
    if begins is None or begins <= run.scenario.first:
        return 0, run.period
    if run.of("by", deal.id)[:, : (begins - run.scenario.first).days].any():
        return 0, run.period
    period = Period(begins, run.scenario.after)
    return len(run.cells) - len(months(period)), period


def outcomes(one: Money) -> Iterator[Outcome]:
    """What is due, what is paid for empty, and what either state is left with."""
    dues, of, unit = one.dues, one.deal.id, one.unit
    yield Outcome("money.person_days_billed", of, "person-days", one.billed.sum(axis=1))
    yield Outcome("money.person_days_not_billed", of, "person-days", one.unbilled.sum(axis=1))
    yield Outcome("money.occupied", of, unit, dues.occupied.sum(axis=1))
    yield Outcome("money.paid_for_empty", of, unit, dues.paid_for_empty.sum(axis=1))
    yield Outcome("money.other", of, unit, dues.other.sum(axis=1))
    whole = bool(dues.complete.all())
    total = dues.priced.sum(axis=1)
    yield Outcome("money.total", of, unit, total if whole else None, why="" if whole else NO_PRICE)
    if not whole:
        yield Outcome("money.known_part", of, unit, total)
        yield Outcome("money.months_not_priced", of, "months", (dues.not_priced > 0).sum(axis=1))
    if whole:
        days = one.billed.sum(axis=1)
        each = (2 * total + days) // np.maximum(2 * days, 1)  # half up: fees are not below zero
        yield _a_day("money.each", of, unit, each, days)
    for item in dues.not_stated:
        yield Outcome("money.not_stated", f"{of}/{item}", unit, None, why="not_stated")
    yield Outcome("guarantee.empty_days", of, "person-days", dues.empty_days.sum(axis=1))
    empty = dues.empty_days > 0
    yield Outcome("guarantee.months", of, "months", empty.sum(axis=1))
    month, known = first(empty)
    begins = np.array(one.run.plan.months[:-1], np.int64)[month]
    yield Outcome("guarantee.first_month", of, "day", begins, known)
    yield from _states(one, whole=whole)


def _states(one: Money, *, whole: bool) -> Iterator[Outcome]:
    """Each state's own account; a total that is not priced is held against nothing."""
    of, unit = one.deal.id, f"minor {one.run.scenario.currency}"
    home = one.home
    fee = home.sum(axis=1) if home is not None and whole else None
    why = NO_PRICE if not whole else NO_RATE if fee is None else ""
    if fee is not None and one.same and "costs.exchange_a_year" in one.run.numbers:
        moved = one.exchanged(Fraction(1)).sum(axis=1)
        yield Outcome("money.total_exchanged", of, unit, moved)
    cost, transport = one.cost("receiving_a_day"), one.transport()
    yield _sum("receiving.revenue", of, unit, fee, why)
    yield _sum("receiving.cost", of, unit, cost, NO_COST)
    yield _less("receiving.left", of, unit, (fee, why), (cost, NO_COST))
    marginal, average = one.cost("sending_marginal_a_day"), one.cost("sending_average_a_day")
    paid = fee if transport is None or fee is None else fee + transport
    yield _sum("sending.transport", of, unit, transport, NO_COST)
    yield _sum("sending.pays", of, unit, paid, why)
    yield _sum("sending.saves", of, unit, marginal, NO_COST)
    yield _less("sending.left", of, unit, (marginal, NO_COST), (paid, why))
    yield _sum("sending.average_cost", of, unit, average, NO_COST)
    yield _less("sending.average_cost_less_paid", of, unit, (average, NO_COST), (paid, why))
    days = one.billed.sum(axis=1) + one.dues.empty_days.sum(axis=1)
    if cost is not None:
        yield _a_day("break_even.receiving_fee", of, unit, -(-cost // np.maximum(days, 1)), days)
    if marginal is not None:
        left = marginal - (0 if transport is None else transport)
        yield _a_day("break_even.sending_fee", of, unit, left // np.maximum(days, 1), days)


def _a_day(key: str, of: str, unit: str, price: Ints, days: Ints) -> Outcome:
    return Outcome(key, of, f"{unit} a person-day", price, days > 0)


def _sum(key: str, of: str, unit: str, values: Ints | None, why: str) -> Outcome:
    return Outcome(key, of, unit, values, why="" if values is not None else why)


def _less(
    key: str, of: str, unit: str, one: tuple[Ints | None, str], other: tuple[Ints | None, str]
) -> Outcome:
    if one[0] is None or other[0] is None:
        return Outcome(key, of, unit, None, why=one[1] if one[0] is None else other[1])
    return Outcome(key, of, unit, one[0] - other[0])


def sums(run: Run, all_: list[Money]) -> Iterator[Outcome]:
    """Fees, and what the receiving state is left with, per mille of a sum such as a budget."""
    fees, costs = [one.home for one in all_], [one.cost("receiving_a_day") for one in all_]
    priced = all(one.dues.complete.all() for one in all_)
    whole = priced and len(all_) == len(run.scenario.given.deals)
    why = NO_PRICE if not whole else NO_RATE if any(one is None for one in fees) else ""
    nothing = np.zeros(run.draws, np.int64)
    paid = sum((one.sum(axis=1) for one in fees if one is not None), nothing)
    spent = sum((one for one in costs if one is not None), nothing)
    no_cost = NO_COST if any(one is None for one in costs) else ""
    for one in run.scenario.given.sums:
        amount = of_year(one.minor_per_year, run.period, Pricing("half_up"))
        of, unit = f"{one.of}/{one.id}", f"minor {run.scenario.currency}"
        yield Outcome("against.sum", of, unit, np.full(run.draws, amount, np.int64))
        yield _share("against.fees_per_mille", of, paid, amount, why)
        if one.of == "receiving":
            yield _share("against.left_per_mille", of, paid - spent, amount, why or no_cost)


def told_prices(run: Run) -> Iterator[Outcome]:
    """What a text says that one person costs a day, to hold `money.each` against."""
    for one in run.scenario.given.prices:
        exact = Fraction(one.minor, DAYS_A_YEAR if one.per == "person_year" else 1)
        price = np.full(run.draws, rounded(exact, "half_up"), np.int64)
        unit = f"minor {run.scenario.currency} a person-day"
        yield Outcome("against.price", f"{one.of}/{one.id}", unit, price)


def _share(key: str, of: str, values: Ints, amount: int, why: str) -> Outcome:
    if why or not amount:
        return Outcome(key, of, "per mille", None, why=why or "no_sum")
    exact = (Fraction(one * PER_MILLE, amount) for one in values.tolist())
    shares = np.array([rounded(one, "half_up") for one in exact], np.int64)
    return Outcome(key, of, "per mille", shares)


def courses(one: Money) -> Iterator[Course]:
    """What is due in each month, and of it for empty places."""
    ends, of = month_ends(one.run.plan.months), one.deal.id
    yield Course("money.occupied", of, one.unit, ends, one.dues.occupied)
    yield Course("money.paid_for_empty", of, one.unit, ends, one.dues.paid_for_empty)
    yield Course("money.other", of, one.unit, ends, one.dues.other)


def roads(run: Run) -> Iterator[Course]:
    """The assumed index and rate of exchange of each month, in parts of a million."""
    ends, many = month_ends(run.plan.months), len(run.plan.months) - 1
    if "costs.index_a_year" in run.numbers:
        values = paths.factors(_growth(run, "index_a_year"), run.period)
        yield Course("path.index", "", "millionths", ends, values)
    if "costs.exchange_a_year" in run.numbers:
        values = paths.exchange(_growth(run, "exchange_a_year"), many)
        yield Course("path.exchange", "", "millionths", ends, values)


def every(run: Run) -> tuple[list[Money], list[Outcome]]:
    """The money of every agreement that has prices; and why there is none for the others."""
    found, without = list[Money](), list[Outcome]()
    for deal in run.scenario.given.deals:
        fees = run.fees.get(deal.id)
        if fees is None:
            without.append(Outcome("money.total", deal.id, "minor", None, why=NO_PRICE))
            continue
        try:
            found.append(money(run, deal, fees))
        except FeeError as error:
            unit = f"minor {fees.currency}"
            without.append(Outcome("money.total", deal.id, unit, None, why=error.code))
    return found, without

"""Sums that are due whatever the number of persons: take-or-pay, lumps, guarantees, advances.

A sum a year falls on a part of a year by days, one a month on its months and their days, both
cumulatively: whatever a year is cut into adds up to it exactly.
"""

from datetime import date
from fractions import Fraction
from itertools import pairwise

from habeas.errors import Fault, FeeError
from habeas.fees.line import Line, Pricing
from habeas.fees.quantity import (
    DAY,
    DAYS_A_MONTH_AT_MOST,
    Period,
    Quantities,
    days_in_month,
    in_months,
    months,
)
from habeas.law.schedule import (
    AdvanceGrant,
    AnnualLump,
    Lump,
    Milestone,
    MinimumGuarantee,
    TakeOrPay,
)


def of_year(minor_per_year: int, period: Period, pricing: Pricing) -> int:
    """The share of a yearly sum that falls on a period, by days of each calendar year."""
    total = 0
    for year in _years(period):
        start, end = date(year.first.year, 1, 1), date(year.first.year + 1, 1, 1)
        upto = [
            pricing.amount(Fraction(minor_per_year * (day - start).days, (end - start).days))
            for day in (year.first, year.after)
        ]
        total += upto[1] - upto[0]
    return total


def of_months(minor_per_month: int, period: Period, pricing: Pricing) -> int:
    """The share of a monthly sum that falls on a period, by months of each calendar year."""
    total = 0
    for year in _years(period):
        start = date(year.first.year, 1, 1)
        upto = [
            pricing.amount(minor_per_month * in_months(Period(start, day)))
            for day in (year.first, year.after)
        ]
        total += upto[1] - upto[0]
    return total


def _years(period: Period) -> list[Period]:
    """The calendar years of a period, the first and last cut to it."""
    starts = [date(year, 1, 1) for year in range(period.first.year + 1, period.after.year + 1)]
    ends = [period.first, *(day for day in starts if day < period.after), period.after]
    return [Period(first, after) for first, after in pairwise(ends)]


def take_or_pay(item: TakeOrPay, given: Quantities, pricing: Pricing) -> list[Line]:
    """A sum a year for places, used or not."""
    amount = of_year(item.minor_per_year, given.period, pricing)
    return [_capped(item, given, pricing, pricing.sum(item, "take_or_pay", given.period, amount))]


def annual_lump(item: AnnualLump, given: Quantities, pricing: Pricing) -> list[Line]:
    """A sum a year, by the month in the stated part years."""
    amount = 0
    for year in _years(given.period):
        if item.minor_per_month is not None and year.first.year in item.part_years:
            amount += of_months(item.minor_per_month, year, pricing)
        else:
            amount += of_year(item.minor_per_year, year, pricing)
    return [_capped(item, given, pricing, pricing.sum(item, "annual_lump", given.period, amount))]


def _capped(item: TakeOrPay | AnnualLump, given: Quantities, pricing: Pricing, line: Line) -> Line:
    # Whoever states no places has used at least as many as there were persons on some day.
    counted, unit = given.places, "places"
    if counted is None:
        counted, unit = given.most(), "persons on one day"
    if item.up_to_places is None or counted <= item.up_to_places:
        return line
    return pricing.unpriced(item, given.period, (Fraction(counted), unit))


def guarantee(item: MinimumGuarantee, given: Quantities, pricing: Pricing) -> list[Line]:
    """A price a person-month with a number of persons that is paid for in any case."""
    return [
        line
        for month in months(given.period)
        for line in _guaranteed(item, month, given.part(month).person_days(), pricing)
    ]


def _guaranteed(
    item: MinimumGuarantee, month: Period, days: Fraction, pricing: Pricing
) -> list[Line]:
    # n is person-days over the days of the month: a declared choice, since no text read defines it.
    length, price = days_in_month(month.first), pricing.price(item.minor_per_person_month)
    unit, occupied = "person-months", Fraction(days, length)
    least = Fraction(item.minimum_persons * month.days, length)
    if item.maximum_persons is not None and days > item.maximum_persons * month.days:
        return [pricing.unpriced(item, month, (occupied, unit))]
    empty = max(Fraction(0), least - occupied)
    used = pricing.product(item, "occupied", month, (occupied, unit), price)
    # The guarantee is one sum: its empty part is what is left of it, so that both add up to it.
    top_up = pricing.times(least, price) - (used.amount_minor or 0) if empty else 0
    return [used, pricing.line(item, "paid_for_empty", month, (empty, unit), price, top_up)]


def grant(item: AdvanceGrant, given: Quantities, pricing: Pricing) -> list[Line]:
    """A sum paid ahead; no clause read gives any of it back for fewer people or less time."""
    period = given.period
    if len(months(period)) > item.months + 1 or period.days > DAYS_A_MONTH_AT_MOST * item.months:
        what = f"'{item.id}' was paid ahead for {item.months} months only"
        raise FeeError(Fault("H722", what, "Ask for a period that it covers."))
    if item.due is not None and not period.first <= item.due < period.after:
        return []
    stated = (Fraction(item.persons), "persons stated")
    return [pricing.line(item, "advance_grant", period, stated, None, item.minor)]


def lump(item: Lump, given: Quantities, pricing: Pricing) -> list[Line]:
    """A sum due once on its day, or each month; unknown where no text says for what time it is."""
    period = given.period
    if item.per == "not_stated" or (item.per == "once" and item.due is None):
        stated = (Fraction(item.minor), "minor units, period not stated")
        return [pricing.unpriced(item, period, stated)]
    if item.per == "once" and item.due is not None:
        due = Period(item.due, item.due + DAY)
        if not period.first <= item.due < period.after:
            return []
        return [pricing.sum(item, "lump", due, pricing.amount(item.minor))]
    return [pricing.sum(item, "lump", period, of_months(item.minor, period, pricing))]


def milestone(item: Milestone, given: Quantities, pricing: Pricing) -> list[Line]:
    """A sum due in the period in which so many persons have been received in all."""
    reached = given.received_before < item.persons <= given.received_before + given.received
    if not reached:
        return []
    counted = (Fraction(item.persons), "persons received")
    amount = pricing.amount(item.minor)
    return [pricing.line(item, "milestone", given.period, counted, None, amount)]

"""Quantities and schedule to charge lines, each with its clause, its quantity and its price.

Order of operations: days by the agreement's convention; exclusions; guarantee top-up on a line of
its own; rounding of each line by the agreement's rule. A sum a year falls on a part of a year by
days, cumulatively, so that the parts of a year add up to it exactly. What the agreement does not
price is unknown: the amount is None, never an extrapolation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from typing import assert_never

from habeas.errors import Fault, FeeError
from habeas.law import schedule
from habeas.law.cited import Cite, Text
from habeas.law.schedule import (
    AdvanceGrant,
    AnnualLump,
    MinimumGuarantee,
    PerDiem,
    PerUnit,
    TakeOrPay,
    TieredAvailability,
)
from habeas.units import Rounding, rounded

DAYS_A_MONTH_AT_MOST = 31


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days [first, after) in the agreement's zone."""

    first: date
    after: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.after - self.first).days


@dataclass(frozen=True, slots=True)
class Quantities:
    """What was held and put at disposal in one period, whoever says so."""

    by_month: tuple[tuple[Period, int], ...]  # billed person-days of each calendar month
    places: int | None = None  # put at disposal; None: not stated
    units: Mapping[str, int] | None = None  # things done, such as round trips

    @property
    def person_days(self) -> int:
        """Billed person-days of the whole period."""
        return sum(days for _, days in self.by_month)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement; its amount is None where the agreement gives no price."""

    item: str
    kind: str
    period: Period
    text: Text
    quantity: Fraction
    unit: str
    price_minor: int | None  # for one unit; None where the line is no product
    amount_minor: int | None
    cite: tuple[Cite, ...]


def months(period: Period) -> list[Period]:
    """The calendar months of a period, the first and last cut to it."""
    found, first = list[Period](), period.first
    while first < period.after:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        found.append(Period(first, min(following, period.after)))
        first = following
    return found


def days_in_month(day: date) -> int:
    """Number of days of the month that a day lies in."""
    return (date(day.year + day.month // 12, day.month % 12 + 1, 1) - day.replace(day=1)).days


def of_year(minor_per_year: int, period: Period, rule: Rounding) -> int:
    """The share of a yearly sum that falls on a period, by days of each calendar year."""
    total = 0
    for year in range(period.first.year, period.after.year + 1):
        start, end = date(year, 1, 1), date(year + 1, 1, 1)
        length = (end - start).days
        first, after = max(period.first, start), min(period.after, end)
        if first >= after:
            continue
        upto = [
            rounded(Fraction(minor_per_year * (day - start).days, length), rule)
            for day in (first, after)
        ]
        total += upto[1] - upto[0]
    return total


def _sum_a_year(item: TakeOrPay, period: Period, given: Quantities, rule: Rounding) -> list[Line]:
    amount = of_year(item.minor_per_year, period, rule)
    return [
        _capped(
            item,
            given,
            Line(
                item.id,
                "take_or_pay",
                period,
                item.text,
                Fraction(period.days),
                "days",
                None,
                amount,
                item.cite,
            ),
        )
    ]


def _lump(item: AnnualLump, period: Period, given: Quantities, rule: Rounding) -> list[Line]:
    found = []
    for month in months(period):
        whole = month.days == days_in_month(month.first)
        if item.minor_per_month is not None and month.first.year in item.part_years:
            share = Fraction(item.minor_per_month * month.days, days_in_month(month.first))
            amount = item.minor_per_month if whole else rounded(share, rule)
        else:
            amount = of_year(item.minor_per_year, month, rule)
        found.append(amount)
    return [
        _capped(
            item,
            given,
            Line(
                item.id,
                "annual_lump",
                period,
                item.text,
                Fraction(period.days),
                "days",
                None,
                sum(found),
                item.cite,
            ),
        )
    ]


def _capped(item: TakeOrPay | AnnualLump, given: Quantities, line: Line) -> Line:
    if item.up_to_places is None or given.places is None or given.places <= item.up_to_places:
        return line
    return Line(
        line.item,
        "not_priced",
        line.period,
        line.text,
        Fraction(given.places),
        "places",
        None,
        None,
        line.cite,
    )


def _guarantee(
    item: MinimumGuarantee, _period: Period, given: Quantities, rule: Rounding
) -> list[Line]:
    return [line for month, days in given.by_month for line in _guaranteed(item, month, days, rule)]


def _guaranteed(item: MinimumGuarantee, month: Period, days: int, rule: Rounding) -> list[Line]:
    # n is person-days over the days of the month: a declared choice, since no text read defines it.
    length, price = days_in_month(month.first), item.minor_per_person_month
    occupied, least = Fraction(days, length), Fraction(item.minimum_persons * month.days, length)
    if item.maximum_persons is not None and days > item.maximum_persons * month.days:
        return [
            Line(
                item.id,
                "not_priced",
                month,
                item.text,
                occupied,
                "person-months",
                None,
                None,
                item.cite,
            )
        ]
    used, empty = rounded(occupied * price, rule), max(Fraction(0), least - occupied)
    # The guarantee is one sum: its empty part is what is left of it, so that both add up to it.
    top_up = rounded(least * price, rule) - used if empty else 0
    return [
        Line(
            item.id, "occupied", month, item.text, occupied, "person-months", price, used, item.cite
        ),
        Line(
            item.id,
            "paid_for_empty",
            month,
            item.text,
            empty,
            "person-months",
            price,
            top_up,
            item.cite,
        ),
    ]


def _grant(item: AdvanceGrant, period: Period, _given: Quantities, _rule: Rounding) -> list[Line]:
    if len(months(period)) > item.months + 1 or period.days > DAYS_A_MONTH_AT_MOST * item.months:
        raise FeeError(
            Fault(
                "H722",
                f"'{item.id}' was paid ahead for {item.months} months only",
                "Ask for a period that it covers.",
            )
        )
    # Paid once and ahead: no clause read gives any of it back for fewer people or less time.
    return [
        Line(
            item.id,
            "advance_grant",
            period,
            item.text,
            Fraction(item.persons),
            "persons stated",
            None,
            item.minor,
            item.cite,
        )
    ]


def _per_diem(item: PerDiem, period: Period, given: Quantities, _rule: Rounding) -> list[Line]:
    price = item.minor_per_person_day
    return [
        Line(
            item.id,
            "occupied",
            period,
            item.text,
            Fraction(given.person_days),
            "person-days",
            price,
            given.person_days * price,
            item.cite,
        )
    ]


def _per_unit(item: PerUnit, period: Period, given: Quantities, _rule: Rounding) -> list[Line]:
    done = (given.units or {}).get(item.unit, 0)
    return (
        [
            Line(
                item.id,
                "per_unit",
                period,
                item.text,
                Fraction(done),
                item.unit,
                item.minor_per_unit,
                done * item.minor_per_unit,
                item.cite,
            )
        ]
        if done
        else []
    )


def _availability(
    item: TieredAvailability, period: Period, given: Quantities, rule: Rounding
) -> list[Line]:
    if given.places is None:
        raise FeeError(
            Fault(
                "H723",
                f"'{item.id}' is priced by places put at disposal, which are not stated",
                "Give them with --places.",
            )
        )
    found = []
    for tier in item.tiers:
        if tier.minor_per_year is not None:  # a flat band is due whatever its use
            found.append(
                Line(
                    item.id,
                    "flat",
                    period,
                    item.text,
                    Fraction(period.days),
                    "days",
                    None,
                    of_year(tier.minor_per_year, period, rule),
                    tier.cite,
                )
            )
            continue
        inside = min(given.places, tier.to_place) - tier.from_place + 1
        if inside > 0:
            found.append(_band(item, tier, inside, period, rule))
    if item.tiers and given.places > item.tiers[-1].to_place:
        found.append(
            Line(
                item.id,
                "not_priced",
                period,
                item.text,
                Fraction(given.places - item.tiers[-1].to_place),
                "places",
                None,
                None,
                item.cite,
            )
        )
    return found


def _band(
    item: TieredAvailability, tier: schedule.Tier, inside: int, period: Period, rule: Rounding
) -> Line:
    if tier.minor_per_place_day is not None:
        days = inside * period.days
        return Line(
            item.id,
            "place_days",
            period,
            item.text,
            Fraction(days),
            "place-days",
            tier.minor_per_place_day,
            days * tier.minor_per_place_day,
            tier.cite,
        )
    if tier.minor_per_block_month is None or not tier.block_places:
        raise FeeError(
            Fault("H704", f"tier {tier.from_place} of '{item.id}' states no price", "Give it one.")
        )
    blocks = Fraction(inside, tier.block_places)
    if item.part_block == "full":
        blocks = Fraction(-(-blocks.numerator // blocks.denominator))
    share = sum(
        (Fraction(month.days, days_in_month(month.first)) for month in months(period)), Fraction(0)
    )
    return Line(
        item.id,
        "blocks",
        period,
        item.text,
        blocks * share,
        "block-months",
        tier.minor_per_block_month,
        rounded(blocks * share * tier.minor_per_block_month, rule),
        tier.cite,
    )


def charges(fees: schedule.Fees, period: Period, given: Quantities) -> list[Line]:
    """The lines due for a period under a schedule.

    Args:
        fees: the agreement's schedule.
        period: any whole days; an item priced by the month falls on the months of `given`.
        given: what was held and put at disposal.

    Raises:
        FeeError: H704, H722, H723, when the schedule cannot answer for this period.
    """
    found: list[Line] = []
    for item in fees.items:
        found += _lines(item)(period, given, fees.rounding)
    return found


def _lines(item: schedule.FeeItem) -> Callable[[Period, Quantities, Rounding], list[Line]]:
    due: Callable[[Period, Quantities, Rounding], list[Line]]
    match item:
        case TakeOrPay():
            due = partial(_sum_a_year, item)
        case AnnualLump():
            due = partial(_lump, item)
        case MinimumGuarantee():
            due = partial(_guarantee, item)
        case AdvanceGrant():
            due = partial(_grant, item)
        case PerDiem():
            due = partial(_per_diem, item)
        case TieredAvailability():
            due = partial(_availability, item)
        case PerUnit():
            due = partial(_per_unit, item)
        case _:
            assert_never(item)
    return due

"""Quantities and schedule to charge lines, each with its clause, its quantity and its price.

Order of operations: days by the agreement's convention; exclusions; bands; index; guarantee top-up
on lines of its own; credits and deductions; rounding of each line by the agreement's rule. What the
agreement does not price is unknown: the amount is None, never an extrapolation.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import assert_never

from habeas.errors import Fault, FeeError
from habeas.fees.bands import availability, banded
from habeas.fees.line import PER_MILLE, Line, Pricing
from habeas.fees.minimum import annual_lump, grant, guarantee, lump, milestone, take_or_pay
from habeas.fees.quantity import Period, Quantities
from habeas.fees.rate import factor, parts
from habeas.law import schedule
from habeas.law.schedule import (
    AdvanceGrant,
    AnnualLump,
    AtCost,
    BandedPerDiem,
    Credit,
    Deduction,
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
from habeas.units import rounded

Due = Callable[[Quantities, Pricing], list[Line]]
PERSON_DAYS = "person-days"


def _per_diem(item: PerDiem, given: Quantities, pricing: Pricing) -> list[Line]:
    price, days = pricing.price(item.minor_per_person_day), (given.person_days(), PERSON_DAYS)
    return [pricing.product(item, "occupied", given.period, days, price)]


def _by_category(item: PerDiemByCategory, given: Quantities, pricing: Pricing) -> list[Line]:
    found, told = list[Line](), 0
    for rate in item.rates:
        units = (
            int(given.by_category[rate.category].sum()) if rate.category in given.by_category else 0
        )
        told += units
        days = (given.in_days(units), f"{PERSON_DAYS} of {rate.category}")
        price = pricing.price(rate.minor_per_person_day)
        if units:
            line = pricing.product(item, "occupied", given.period, days, price)
            found.append(line)
    # Whose category nobody stated has no price: none of the rates is taken for them.
    rest = int(given.of(item.facilities).sum()) - told
    unknown = (given.in_days(rest), f"{PERSON_DAYS} of no stated category")
    return found + [pricing.unpriced(item, given.period, unknown)] * (rest > 0)


def _per_unit(item: PerUnit, given: Quantities, pricing: Pricing) -> list[Line]:
    done = given.units.get(item.unit, 0)
    counted, price = (Fraction(done), item.unit), pricing.price(item.minor_per_unit)
    return [pricing.product(item, "per_unit", given.period, counted, price)] if done else []


def _at_cost(item: AtCost, given: Quantities, pricing: Pricing) -> list[Line]:
    spent = given.spent.get(item.id)
    if spent is None:
        return []
    counted = (Fraction(1), "as spent")
    return [pricing.line(item, "at_cost", given.period, counted, None, spent)]


def _withheld(item: Withheld, given: Quantities, pricing: Pricing) -> list[Line]:
    days = (given.person_days(item.facilities), f"{PERSON_DAYS}, price withheld")
    return [pricing.unpriced(item, given.period, days)]


def _credit(item: Credit, lines: Sequence[Line], given: Quantities, pricing: Pricing) -> list[Line]:
    below = given.below.get(item.measure)
    if below is None:
        counted = (Fraction(given.period.days), f"days on which {item.measure} was not measured")
        return [pricing.unpriced(item, given.period, counted)]
    days, all_days = Fraction(int(below.sum())), given.person_days()
    if not days:
        return []
    inside = [line for line in lines if line.item == item.of and line.period in given.period]
    amounts = [line.amount_minor for line in inside]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts) or not known or not all_days:
        return [pricing.unpriced(item, given.period, (days, PERSON_DAYS))]
    paid = sum(known)
    due = days * item.per_mille * paid / (PER_MILLE * all_days)
    if item.cap_per_mille is not None:
        due = min(due, Fraction(paid * item.cap_per_mille, PER_MILLE))
    amount = -rounded(due, pricing.rounding)
    counted = (days, f"{PERSON_DAYS} below {item.measure}")
    return [pricing.line(item, "credit", given.period, counted, None, amount)]


def _deduction(item: Deduction, given: Quantities, pricing: Pricing) -> list[Line]:
    done = given.units.get(item.unit, 0)
    price = pricing.price(item.minor_per_unit)
    owed = done * price if item.cap_minor is None else min(done * price, item.cap_minor)
    counted = (Fraction(done), item.unit)
    return [pricing.line(item, "deduction", given.period, counted, -price, -owed)] if done else []


def charges(fees: schedule.Fees, given: Quantities) -> list[Line]:
    """The lines due for a period under a schedule.

    Args:
        fees: the agreement's schedule.
        given: what was held and put at disposal in the period.

    Raises:
        FeeError: H704, H705, H722, H723, H728, when the schedule cannot answer for this period.
    """
    found = list[Line]()
    for item in fees.items:
        index = index_of(item, fees)
        for part in _cut(item, index, given):
            level = factor(index, part.first) if index is not None else Fraction(1)
            found += _due(item, found)(given.part(part), Pricing(fees.rounding, level))
    return found


def index_of(item: schedule.FeeItem, fees: schedule.Fees) -> schedule.Indexation | None:
    """The index that moves an item; a credit follows the item whose price it gives back."""
    index, priced = fees.indexation, item
    if isinstance(item, Credit):
        priced = next((one for one in fees.items if one.id == item.of), item)
    if index is None or isinstance(priced, AdvanceGrant | AtCost):
        return None
    return index if not index.items or priced.id in index.items else None


def _cut(
    item: schedule.FeeItem, index: schedule.Indexation | None, given: Quantities
) -> list[Period]:
    cut = parts(index, given.period)
    steps = [part.first for part in cut[1:]]
    if steps and _done(item, given):
        what = f"prices step on {steps[0]}, and what was done is not stated by day"
        raise FeeError(Fault("H728", what, "Ask for the time before and after it apart."))
    averaged = isinstance(item, MinimumGuarantee) or (
        isinstance(item, BandedPerDiem) and item.basis == "period"
    )
    inside = [step for step in steps if step.day > 1]
    if averaged and inside:
        what = f"prices step on {inside[0]}, in a month that '{item.id}' averages as one"
        raise FeeError(Fault("H728", what, "Let the step begin on the first of a month."))
    return cut


def _done(item: schedule.FeeItem, given: Quantities) -> int:
    """How much of what an item prices was done in the period, on days that nobody states."""
    if isinstance(item, PerUnit | Deduction):
        return given.units.get(item.unit, 0)
    return given.received if isinstance(item, Milestone) else 0


def _due(item: schedule.FeeItem, before: Sequence[Line]) -> Due:  # noqa: C901, PLR0912 - one table
    due: Due
    match item:
        case TakeOrPay():
            due = partial(take_or_pay, item)
        case AnnualLump():
            due = partial(annual_lump, item)
        case MinimumGuarantee():
            due = partial(guarantee, item)
        case AdvanceGrant():
            due = partial(grant, item)
        case PerDiem():
            due = partial(_per_diem, item)
        case BandedPerDiem():
            due = partial(banded, item)
        case PerDiemByCategory():
            due = partial(_by_category, item)
        case TieredAvailability():
            due = partial(availability, item)
        case PerUnit():
            due = partial(_per_unit, item)
        case Lump():
            due = partial(lump, item)
        case Milestone():
            due = partial(milestone, item)
        case AtCost():
            due = partial(_at_cost, item)
        case Withheld():
            due = partial(_withheld, item)
        case Credit():
            due = partial(_credit, item, before)
        case Deduction():
            due = partial(_deduction, item)
        case _:
            assert_never(item)
    return due

"""A statement from a register's intervals or from stated quantities, as documents."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from habeas.custody.intervals import Interval
from habeas.errors import Fault, FeeError
from habeas.fees.charge import Line, Period, Quantities, months
from habeas.fees.invoice import Statement, bill, statement
from habeas.law.agreement import Agreement
from habeas.law.calendar import ZONES
from habeas.law.schedule import Fees
from habeas.service import NOT_REVIEWED
from habeas.units import money, two_places


def schedule(deal: Agreement) -> Fees:
    """The fee schedule of an agreement.

    Raises:
        FeeError: H724, when no fee is owed under it.
    """
    if deal.fees is None:
        raise FeeError(Fault("H724", f"no fee is owed under {deal.id}", "Name a lease or a grant."))
    return deal.fees


def period(first: date, after: date) -> Period:
    """Civil days [first, after).

    Raises:
        FeeError: H725, when the period holds no day.
    """
    if after <= first:
        raise FeeError(
            Fault("H725", f"the period {first} to {after} holds no day", "The end is exclusive.")
        )
    return Period(first, after)


def from_quantities(
    deal: Agreement, days: Period, persons: int, places: int | None, units: Mapping[str, int]
) -> Statement:
    """What a constant number of persons held, or places at disposal, would come to."""
    by_month = tuple((month, persons * month.days) for month in months(days))
    return statement(deal, schedule(deal), days, Quantities(by_month, places, units))


def from_intervals(
    deal: Agreement, days: Period, received: list[Interval], past_release: Mapping[str, datetime]
) -> Statement:
    """What the custody in a register comes to."""
    return bill(deal, schedule(deal), days, received, past_release)


def _number(value: Fraction) -> str:
    return (
        str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    )


def _line(line: Line) -> dict[str, object]:
    return {
        "item": line.item,
        "kind": line.kind,
        "from": line.period.first.isoformat(),
        "to": line.period.after.isoformat(),
        "quantity": _number(line.quantity),
        "unit": line.unit,
        "unit_price_minor": line.price_minor,
        "amount_minor": line.amount_minor,
        "text": line.text.en,
        "citation": "; ".join(f"{cite.instrument} {cite.at}" for cite in line.cite),
    }


def document(found: Statement, deal: Agreement, basis: Mapping[str, object]) -> dict[str, object]:
    """The statement as one JSON document.

    Args:
        found: the statement.
        deal: its agreement.
        basis: what it was computed from: register size and root, or "stated quantities".
    """
    fees, all_days = schedule(deal), sum(row.days for row in found.treated)
    each = found.per_person_day()
    return {
        "agreement": found.agreement,
        "agreement_version": deal.version,
        "standing": deal.standing,
        "from": found.period.first.isoformat(),
        "to": found.period.after.isoformat(),
        "currency": found.currency,
        "exponent": found.exponent,
        "convention": found.convention,
        "zone": found.zone,
        "tzdata": ZONES,
        "lines": [_line(line) for line in found.lines],
        "total_minor": found.total_minor,
        "total": "UNKNOWN: the agreement gives no price"
        if found.total_minor is None
        else money(found.total_minor, found.currency, found.exponent),
        "per_person_day": None if each is None else f"{found.currency} {two_places(each / 100)}",
        "person_days": {
            "all": all_days,
            **{treat: found.days(treat) for treat in ("billed", "not_billed", "undecided")},
            "by_status": [
                {
                    "status": row.status,
                    "person_days": row.days,
                    "treated": row.counting.treat,
                    "reason": row.counting.reason.en,
                }
                for row in found.treated
            ],
        },
        "open": [text.en for text in fees.open],
        "basis": dict(basis),
        "review": NOT_REVIEWED,
    }


ROW = ("month", "billed", "not billed", "undecided", "paid for empty", "total")


def row(found: Statement) -> list[str]:
    """A statement in one row of numbers: person-days by treatment, empty person-months, total."""
    empty = sum(
        (line.quantity for line in found.lines if line.kind == "paid_for_empty"), Fraction(0)
    )
    total = found.total_minor
    return [
        f"{found.period.first:%Y-%m}",
        *(f"{found.days(treat):,}" for treat in ("billed", "not_billed", "undecided")),
        two_places(empty),
        "unknown" if total is None else money(total, found.currency, found.exponent),
    ]


def page(found: Mapping[str, Any]) -> str:  # Any: a document of this module
    """The statement as a page of text."""
    rows = [
        f"  {line['from']}  {line['kind']:<15} {line['quantity']:>12} {line['unit']:<14} "
        + (
            "not priced"
            if line["amount_minor"] is None
            else money(line["amount_minor"], found["currency"], found["exponent"])
        ).rjust(20)
        for line in found["lines"]
    ]
    days = found["person_days"]
    counted = [
        f"  {row['person_days']:>8,} {row['status']:<18} {row['treated']}: {row['reason']}"
        for row in days["by_status"]
    ]
    period = f"{found['from']} to {found['to']} (exclusive)"
    head = [
        f"STATEMENT under {found['agreement']} ({found['standing']}), {period}",
        f"Days by '{found['convention']}' in {found['zone']} (tzdata {found['tzdata']})",
        "",
    ]
    tail = [
        "",
        f"  TOTAL  {found['total']}",
        "",
        (
            f"Person-days: {days['all']:,} in all = {days['billed']:,} billed + "
            f"{days['not_billed']:,} not billed "
            f"+ {days['undecided']:,} undecided"
        ),
        *counted,
        "",
        *(f"Open: {text}" for text in found["open"]),
        found["review"],
    ]
    return "\n".join([*head, *rows, *tail]) + "\n"

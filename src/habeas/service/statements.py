"""A statement as one JSON document, as a row of numbers and as a page of text."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from habeas.fees import rate
from habeas.fees.invoice import Statement, invoice_hash, line_hash
from habeas.fees.line import Line
from habeas.fees.quantity import DAY
from habeas.law.agreement import Agreement
from habeas.law.calendar import ZONES
from habeas.law.program import Json
from habeas.law.schedule import AtCost, Deduction, Fees, PerUnit
from habeas.service import NOT_REVIEWED
from habeas.service.bill import schedule
from habeas.units import money, two_places

Rates = rate.Rates  # what a face hands over


def _number(value: Fraction) -> str:
    return (
        str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    )


def _line(line: Line) -> dict[str, Json]:
    return {
        "item": line.item,
        "kind": line.kind,
        "tier": line.tier,
        "from": line.period.first.isoformat(),
        "to": line.period.after.isoformat(),
        "quantity": _number(line.quantity),
        "unit": line.unit,
        "unit_price_minor": line.price_minor,
        "index": _number(line.index),
        "amount_minor": line.amount_minor,
        "text": line.text.en,
        "citation": "; ".join(f"{cite.instrument} {cite.at}" for cite in line.cite),
    }


def _count(value: Fraction) -> int | str:
    return value.numerator if value.denominator == 1 else _number(value)


def _days(found: Statement) -> dict[str, Json]:
    return {
        "all": _count(sum((row.days for row in found.treated), Fraction(0))),
        **{treat: _count(found.days(treat)) for treat in ("billed", "not_billed", "undecided")},
        "by_status": [
            {
                "status": row.status,
                "person_days": _count(row.days),
                "treated": row.counting.treat,
                "reason": row.counting.reason.en,
            }
            for row in found.treated
        ],
    }


def document(
    found: Statement,
    deal: Agreement,
    basis: Mapping[str, Any],  # Any: JSON of a face
    rates: rate.Rates | None = None,
    because: Sequence[str] | None = (),
) -> dict[str, Any]:
    """The statement as one JSON document, with the hash of each line and of the whole.

    Args:
        found: the statement.
        deal: its agreement.
        basis: what it was computed from: register size and root, or "stated quantities".
        rates: published exchange rates, where it is settled in another currency.
        because: why it is provisional; empty: it is final; None: its quantities were only stated.

    Raises:
        FeeError: H726, H727, when it cannot be settled in the agreement's currency.
    """
    fees, each = schedule(deal), found.per_person_day()
    head: dict[str, Json] = {
        "agreement": found.agreement,
        "agreement_version": deal.version,
        "standing": deal.standing,
        "from": found.period.first.isoformat(),
        "to": found.period.after.isoformat(),
        "currency": found.currency,
        "exponent": found.exponent,
        "rounding": fees.rounding,
        "convention": found.convention,
        "zone": found.zone,
        "tzdata": ZONES,
        "state": "stated" if because is None else "provisional" if because else "final",
        "provisional_because": list(because or ()),
        "price_level": _price_level(fees),
        "basis": dict(basis),
        "person_days": _days(found),
        "settlement": _settled(found, fees, rates),
    }
    lines = [_line(line) for line in found.lines]
    return {
        **head,
        "lines": [{**line, "hash": line_hash(line).hex()} for line in lines],
        "hash": invoice_hash(head, lines),
        "total_minor": found.total_minor,
        "priced_minor": found.priced_minor,
        "total": "UNKNOWN: the agreement gives no price"
        if found.total_minor is None
        else money(found.total_minor, found.currency, found.exponent),
        "per_person_day": None
        if each is None
        else f"{found.currency} {two_places(each / 10**found.exponent)}",
        "not_stated": _not_stated(fees, found),
        "open": [text.en for text in fees.open],
        "review": NOT_REVIEWED,
    }


def _not_stated(fees: Fees, found: Statement) -> list[str]:
    """Items priced by what was done or spent, of which nobody said anything: not in the total."""
    told = {line.item for line in found.lines}
    by_deed = (item for item in fees.items if isinstance(item, PerUnit | AtCost | Deduction))
    return [item.text.en for item in by_deed if item.id not in told]


def _price_level(fees: Fees) -> Json:
    """The year of the stated prices, and the steps of the index that are on file."""
    if fees.indexation is None:
        return None
    steps: list[Json] = [
        {"from": step.from_.isoformat(), "factor": step.factor} for step in fees.indexation.steps
    ]
    return {
        "year": fees.indexation.price_level,
        "steps": steps,
        "text": fees.indexation.text.en,
        "indexed": bool(steps),
    }


def _settled(found: Statement, fees: Fees, rates: rate.Rates | None) -> Json:
    terms = fees.settlement
    if terms is None or rates is None or found.total_minor is None:
        return None
    last, pair = found.period.after - DAY, (found.currency, terms.currency)
    fixing = rate.fixing(rates, pair, last)
    scales = (found.exponent, terms.exponent)
    amounts = [line.amount_minor or 0 for line in found.lines]
    each = rate.converted(amounts, scales, fixing.rate)
    whole = rate.converted([found.total_minor], scales, fixing.rate)[0]
    return {
        "currency": terms.currency,
        "exponent": terms.exponent,
        "source": fixing.source,
        "fixing_wanted": fixing.wanted.isoformat(),
        "fixing": fixing.day.isoformat(),
        "rate": _number(fixing.rate),
        "lines_minor": list(each),
        "total_minor": sum(each),
        "total": money(sum(each), terms.currency, terms.exponent),
        # Each line rounds by itself: what the whole would have come to stands beside their sum.
        "rounding_difference_minor": sum(each) - whole,
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
        *(_grouped(found.days(treat)) for treat in ("billed", "not_billed", "undecided")),
        two_places(empty),
        "unknown" if total is None else money(total, found.currency, found.exponent),
    ]


def _grouped(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else two_places(value)


def page(found: Mapping[str, Any]) -> str:  # Any: a document of this module
    """The statement as a page of text."""
    days, level, settled = found["person_days"], found["price_level"], found["settlement"]
    period = f"{found['from']} to {found['to']} (exclusive)"
    head = [
        f"STATEMENT under {found['agreement']} ({found['standing']}), {period}",
        f"Days by '{found['convention']}' in {found['zone']} (tzdata {found['tzdata']})",
        *([] if level is None else [_level(level)]),
        *(f"PROVISIONAL: {reason}" for reason in found["provisional_because"]),
        "",
    ]
    tail = [
        "",
        f"  TOTAL  {found['total']}",
        *([] if settled is None else [_paid(settled)]),
        "",
        *(_accounted(days) if days["by_status"] else ["Quantities were stated, not counted."]),
        "",
        *(f"Not stated, so not in the total: {text}" for text in found["not_stated"]),
        *(f"Open: {text}" for text in found["open"]),
        f"Hash of the lines: {found['hash']}",
        found["review"],
    ]
    return "\n".join([*head, *(_row(line, found) for line in found["lines"]), *tail]) + "\n"


def _accounted(days: Mapping[str, Any]) -> list[str]:
    return [
        (
            f"Person-days: {_told(days['all'])} in all = {_told(days['billed'])} billed + "
            f"{_told(days['not_billed'])} not billed + {_told(days['undecided'])} undecided"
        ),
        *(
            f"  {_told(one['person_days']):>8} {one['status']:<18} "
            f"{one['treated']}: {one['reason']}"
            for one in days["by_status"]
        ),
    ]


def _told(value: int | str) -> str:
    return _grouped(Fraction(value))


def _row(line: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    amount = line["amount_minor"]
    told = "not priced" if amount is None else money(amount, found["currency"], found["exponent"])
    band = f"{line['kind']} {line['tier']}" if line["tier"] else line["kind"]
    return (
        f"  {line['from']}  {band:<17} {_told(line['quantity']):>12} {line['unit']:<14} {told:>20}"
    )


def _level(level: Mapping[str, Any]) -> str:
    told = ", ".join(f"{step['factor']} from {step['from']}" for step in level["steps"])
    steps = f"indexed: {told}" if told else "NOT INDEXED: no step of the index is on file"
    return f"Prices at the level of {level['year']}; {steps}"


def _paid(settled: Mapping[str, Any]) -> str:
    back = "" if settled["fixing"] == settled["fixing_wanted"] else ", the last day quoted"
    return f"  PAID AS  {settled['total']} ({settled['source']}, rate of {settled['fixing']}{back})"

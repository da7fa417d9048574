"""A statement from a register's intervals or from stated quantities, as documents."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from msgspec import structs

from habeas.custody.civil import OPEN
from habeas.custody.days import midnight_before
from habeas.custody.intervals import Interval
from habeas.custody.pieces import Names
from habeas.errors import Fault, FeeError, SetupError
from habeas.fees import rate
from habeas.fees.currencies import exponent_of
from habeas.fees.held import Held, bill, held
from habeas.fees.invoice import Statement, invoice_hash, line_hash, statement
from habeas.fees.line import Line
from habeas.fees.quantity import DAY, Period, Quantities, constant
from habeas.law.agreement import Agreement
from habeas.law.calendar import ZONES
from habeas.law.library import Library
from habeas.law.program import Json
from habeas.law.schedule import (
    AtCost,
    Deduction,
    Fees,
    Milestone,
    PerUnit,
    Settlement,
    Step,
)
from habeas.service import NOT_REVIEWED
from habeas.service.count import Columns, Counting, prepared
from habeas.service.credits import below
from habeas.terms import Convention, Status
from habeas.units import money, two_places


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call says of a period beside who was held."""

    period: Period
    persons: int = 0  # a constant number, where no register says
    places: int | None = None
    units: Mapping[str, int] = field(default_factory=dict)
    spent: Mapping[str, int] = field(default_factory=dict)
    received_before: int = 0
    received: int = 0
    steps: tuple[Step, ...] = ()  # of the index, where the call states them
    settle_in: str = ""  # a currency; empty: as the schedule has it
    as_of: datetime | None = None  # UTC; None: quantities were only stated

    def told(self) -> dict[str, object]:
        """What the call states beside who was held: its statement is computed from it too."""
        each = {
            "places": self.places,
            "units": dict(self.units),
            "spent": dict(self.spent),
            "received": self.received,
            "received_before": self.received_before,
        }
        return {name: value for name, value in each.items() if value or name == "places"}


class Computed(NamedTuple):
    """A statement, what it was computed from, and why it is provisional."""

    deal: Agreement
    made: Statement
    basis: dict[str, object]
    because: list[str] | None  # empty: it is final; None: its quantities were only stated


def schedule(deal: Agreement) -> Fees:
    """The fee schedule of an agreement.

    Raises:
        FeeError: H724, when no fee is owed under it; H763, when a currency of it has another
            minor unit.
    """
    if deal.fees is None:
        raise FeeError(Fault("H724", f"no fee is owed under {deal.id}", "Name a lease or a grant."))
    for one in (deal.fees, deal.fees.settlement):
        if one is not None and exponent_of(one.currency) != one.exponent:
            what = f"{one.currency} has not {one.exponent} decimal places, as {deal.id} says"
            raise FeeError(Fault("H763", what, "Correct the schedule by ISO 4217."))
    return deal.fees


def asked_of(deal: Agreement, asked: Asked) -> Agreement:
    """The agreement with what a call declares of its index and its settlement.

    Raises:
        FeeError: H707, for steps that do not follow one another; H724; H729, when steps are stated
            and the agreement has no index.
        SetupError: H901, for things done, spent or reached that the schedule does not price.
    """
    fees = schedule(deal)
    _priced(fees, asked)
    if any(two.from_ <= one.from_ for one, two in pairwise(asked.steps)):
        what = "the steps of the index do not follow one another"
        raise FeeError(Fault("H707", what, "Order them by day, one a day."))
    if asked.steps:
        if fees.indexation is None:
            what = f"{deal.id} states no index, and steps of one were given"
            raise FeeError(Fault("H729", what, "Leave --index out."))
        index = structs.replace(fees.indexation, steps=asked.steps)
        fees = structs.replace(fees, indexation=index)
    if asked.settle_in:
        exponent = exponent_of(asked.settle_in)
        if exponent is None:
            what = f"'{asked.settle_in}' is no currency with a minor unit"
            raise FeeError(Fault("H763", what, "Name one of ISO 4217."))
        paid = Settlement(asked.settle_in, exponent, "ECB", "period_end")
        fees = structs.replace(fees, settlement=paid)
    return structs.replace(deal, fees=fees)


def _priced(fees: Fees, asked: Asked) -> None:
    """Refuse what no item would charge: a name that was mistyped must not be lost."""
    units = {item.unit for item in fees.items if isinstance(item, PerUnit | Deduction)}
    costs = {item.id for item in fees.items if isinstance(item, AtCost)}
    reached = any(isinstance(item, Milestone) for item in fees.items)
    unknown = [name for name in asked.units if name not in units]
    unknown += [name for name in asked.spent if name not in costs]
    if (asked.received or asked.received_before) and not reached:
        unknown.append("persons received")
    if unknown:
        what = f"the schedule prices no {', '.join(sorted(unknown))}"
        known = ", ".join(sorted(units | costs)) or "nothing of the kind"
        raise SetupError(Fault("H901", what, f"It knows {known}."))


def step(day: date, factor: str) -> Step:
    """A step of an index that a call declares; its place in a text is not known.

    Raises:
        SetupError: H903, when the factor is no decimal.
    """
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,9})?", factor) or not Fraction(factor):
        raise SetupError(Fault("H903", f"'{factor}' is no factor of an index", "Write 1.025."))
    return Step(from_=day, factor=factor, cite=())


def unsettled(deal: Agreement, asked: Asked, held: Iterable[Interval]) -> list[str]:
    """Why a statement is provisional: its period is not over, or someone has not arrived."""
    end = midnight_before(asked.period.after, deal.calendar.zone)
    found = list[str]()
    if asked.as_of is not None and asked.as_of < end:
        found.append(f"the period ends at {end.isoformat()}, after the instant of the statement")
    away = {
        one.subject
        for one in held
        if one.status is Status.IN_TRANSIT and one.end is None and one.start < end
    }
    if away:
        found.append(f"{len(away)} persons have departed and not been received")
    return found


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


def _quantities(deal: Agreement, asked: Asked) -> Quantities:
    seconds = Convention(deal.calendar.convention) is Convention.HOURS
    daily = constant(asked.period, asked.persons * (86_400 if seconds else 1))
    return Quantities(
        asked.period,
        daily,
        seconds,
        asked.places,
        asked.units,
        spent=asked.spent,
        received_before=asked.received_before,
        received=asked.received,
    )


def from_quantities(deal: Agreement, asked: Asked) -> Statement:
    """What a constant number of persons held, or places at disposal, would come to."""
    return statement(deal, schedule(deal), _quantities(deal, asked))


def from_intervals(
    deal: Agreement,
    asked: Asked,
    received: list[Interval],
    past_release: Mapping[str, datetime],
    library: Library | None = None,
) -> Statement:
    """What the custody in a register comes to.

    Args:
        deal: the agreement.
        asked: the period, and what the register does not hold.
        received: the intervals under the receiving state's custody.
        past_release: for a person, the instant from which there was no basis to hold.
        library: its facilities and standards, for the credits of a schedule; None: not measured.
    """
    given = _quantities(deal, _reached(deal, asked, received))
    if library is not None:
        given = replace(given, below=below(library, deal, asked.period, received))
    return bill(deal, schedule(deal), given, held(received, past_release))


def _reached(deal: Agreement, asked: Asked, received: Sequence[Interval]) -> Asked:
    """The same with how many persons were received before the period and in it, from a register."""
    if not any(isinstance(item, Milestone) for item in schedule(deal).items):
        return asked
    first = dict[str, datetime]()
    for one in received:
        first[one.subject] = min(one.start, first.get(one.subject, one.start))
    edges = (asked.period.first, asked.period.after)
    before, upto = (
        sum(at < midnight_before(day, deal.calendar.zone) for at in first.values()) for day in edges
    )
    return replace(asked, received_before=before, received=upto - before)


def from_stays(
    deal: Agreement, asked: Asked, found: Columns
) -> tuple[Statement, dict[str, object], list[str]]:
    """What a file of stays comes to, all of it held under the receiving state.

    Returns:
        The statement; what its reader must know of the file; why it is provisional.

    Raises:
        FeeError: H712, for a convention that civil days cannot give.
    """
    zone = "UTC" if found.days_only else deal.calendar.zone
    as_of = int(asked.as_of.timestamp()) + 1 if asked.as_of is not None else None
    terms = Counting(Convention(deal.calendar.convention), zone, as_of=as_of)
    rows, facts = prepared(found, terms)
    keys = {(name, Status.HELD): place for place, name in enumerate(found.facilities)}
    until = np.full(int(rows.person.max(initial=-1)) + 1, OPEN)
    there = Held(Names({}, {}, keys), rows, until, zone)
    because = unsettled(deal, asked, ())
    if facts["open"]:
        because.append(f"{facts['open']} stays of the file have no end as of the instant")
    if facts["censored"]:
        because.append(f"{facts['censored']} stays end where the file was cut")
    return bill(deal, schedule(deal), _quantities(deal, asked), there), facts, because


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
        "open": [text.en for text in fees.open],
        "review": NOT_REVIEWED,
    }


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

"""A statement from a register's intervals or from stated quantities, as documents."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from msgspec import structs

from habeas.custody.civil import OPEN
from habeas.custody.days import midnight_before
from habeas.custody.intervals import Interval
from habeas.custody.pieces import Names
from habeas.errors import Fault, FeeError, SetupError
from habeas.fees.currencies import exponent_of
from habeas.fees.held import Held, bill, held
from habeas.fees.invoice import Statement, statement
from habeas.fees.quantity import Period, Quantities, constant
from habeas.law.agreement import Agreement
from habeas.law.library import Library
from habeas.law.schedule import (
    AtCost,
    Deduction,
    Fees,
    Milestone,
    PerUnit,
    Settlement,
    Step,
)
from habeas.service.count import Columns, Counting, prepared
from habeas.service.credits import below
from habeas.service.hold import Register
from habeas.terms import Convention, Status


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
    until: datetime | None = None  # UTC: nothing after it is counted; None: all that is recorded

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
    received = _until(received, asked.until)
    given = _quantities(deal, _reached(deal, asked, received))
    if library is not None:
        given = replace(given, below=below(library, deal, asked.period, received))
    return bill(deal, schedule(deal), given, held(received, past_release))


def of_register(found: Register, asked: Asked, library: Library) -> Computed:
    """What the custody in a register comes to, with what it was computed from.

    Args:
        found: the register's intervals and agreement.
        asked: the period, and what the register does not hold.
        library: its facilities and standards, for the credits of a schedule.

    Raises:
        FeeError: H707, H724, H729.
    """
    deal, there = asked_of(found.deal, asked), found.held
    made = from_intervals(deal, asked, there.received(), there.release_dates, library)
    return Computed(
        deal, made, found.basis() | stated(asked), unsettled(deal, asked, there.intervals)
    )


def stated(asked: Asked) -> dict[str, object]:
    """What of a basis a call states itself."""
    told = {name: value for name, value in asked.told().items() if value is not None}
    return {"stated": told} if told else {}


def _until(received: list[Interval], instant: datetime | None) -> list[Interval]:
    """Custody as far as an instant: what comes later, or goes on, is not counted beyond it."""
    if instant is None:
        return received
    return [
        one if one.end is not None and one.end <= instant else replace(one, end=instant)
        for one in received
        if one.start < instant
    ]


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

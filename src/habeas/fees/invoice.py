"""A statement: lines that sum to it, every person-day accounted for, and its hash.

A statement is a function of what it was computed from and of nothing else: the same slice of a
register, schedule and time-zone data give the same bytes. A closed period stays closed: what comes
to be known later makes a note of credit or debit beside it, line by line.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from habeas.fees.charge import PERSON_DAYS, charges
from habeas.fees.line import Line, Pricing
from habeas.fees.quantity import Period, Quantities
from habeas.law.agreement import Agreement
from habeas.law.cited import Text
from habeas.law.program import Json, canonical
from habeas.law.schedule import (
    BandedPerDiem,
    Counting,
    Fees,
    MinimumGuarantee,
    PerDiem,
    PerDiemByCategory,
    Withheld,
)
from habeas.terms import Status


@dataclass(frozen=True, slots=True)
class Treated:
    """Person-days of one status and what becomes of them."""

    status: str
    days: Fraction
    counting: Counting


@dataclass(frozen=True, slots=True)
class Statement:
    """What is owed for one period; the total is None where a part of it has no price."""

    agreement: str
    period: Period
    currency: str
    exponent: int
    convention: str
    zone: str
    lines: tuple[Line, ...]
    treated: tuple[Treated, ...]  # billed, not billed and undecided person-days; they sum to all
    person_days: Fraction  # held, whatever becomes of them

    @property
    def total_minor(self) -> int | None:
        """Sum of the lines; None where one has no price."""
        amounts = [line.amount_minor for line in self.lines]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if len(known) == len(amounts) else None

    @property
    def priced_minor(self) -> int:
        """Sum of the lines that have a price, whatever the others may come to."""
        return sum(line.amount_minor or 0 for line in self.lines)

    def per_person_day(self) -> Fraction | None:
        """What each person-day held came to, in minor units; None where that is not known."""
        total = self.total_minor
        return (
            Fraction(total) / self.person_days if total is not None and self.person_days else None
        )

    def days(self, treat: str) -> Fraction:
        """Person-days of one treatment: billed, not_billed or undecided."""
        return sum((one.days for one in self.treated if one.counting.treat == treat), Fraction(0))


def counting(fees: Fees, status: str) -> Counting:
    """How the schedule treats the person-days of a status; undecided where it does not say."""
    declared = {one.status: one for one in fees.counting}
    if status in declared:
        return declared[status]
    silent = Text("the schedule does not say", "el baremo no lo dice")
    return Counting(
        status="held", treat="billed" if status == Status.HELD else "undecided", reason=silent
    )


def treated(fees: Fees, counts: Mapping[str, Fraction]) -> tuple[Treated, ...]:
    """Every status of person-days with the treatment that the schedule declares for it."""
    return tuple(
        Treated(status, days, counting(fees, status))
        for status, days in sorted(counts.items())
        if days
    )


def statement(
    deal: Agreement, fees: Fees, given: Quantities, rows: tuple[Treated, ...] = ()
) -> Statement:
    """The statement of a period.

    Args:
        deal: the agreement.
        fees: its schedule.
        given: what is charged for.
        rows: what became of every person-day; none where quantities were only stated.
    """
    return Statement(
        deal.id,
        given.period,
        fees.currency,
        fees.exponent,
        deal.calendar.convention,
        deal.calendar.zone,
        (*charges(fees, given), *_elsewhere(fees, given)),
        rows,
        sum((row.days for row in rows), Fraction(0)) or given.person_days(),
    )


def _elsewhere(fees: Fees, given: Quantities) -> list[Line]:
    """Persons in facilities that no item names, where each price of a person names some."""
    by_person = (PerDiem, MinimumGuarantee, BandedPerDiem, PerDiemByCategory, Withheld)
    priced = [item for item in fees.items if isinstance(item, by_person)]
    scopes = [getattr(item, "facilities", ()) for item in priced]
    if not all(scopes):
        return []
    named = {name for scope in scopes for name in scope}
    there = tuple(name for name in given.daily if name not in named)
    units = given.in_days(int(given.of(there).sum())) if priced and there else Fraction(0)
    unnamed = (units, f"{PERSON_DAYS} where no price is stated")
    return [Pricing(fees.rounding).unpriced(priced[-1], given.period, unnamed)] if units else []


def line_hash(line: Mapping[str, Json]) -> bytes:
    """SHA-256 of a line's canonical bytes (RFC 8785): sorted keys, no float."""
    return hashlib.sha256(canonical(line)).digest()


def invoice_hash(head: Mapping[str, Json], lines: Iterable[Mapping[str, Json]]) -> str:
    """SHA-256, in hexadecimal, over the hash of the head and the hashes of the lines in order."""
    found = hashlib.sha256(line_hash(head))
    for line in lines:
        found.update(line_hash(line))
    return found.hexdigest()


HEAD = (
    "agreement", "agreement_version", "standing", "from", "to", "currency", "exponent", "rounding",
    "convention", "zone", "tzdata", "state", "provisional_because", "price_level", "basis",
    "person_days", "settlement",
)  # fmt: skip


def intact(document: Mapping[str, Any]) -> bool:  # Any: what someone saved
    """Whether a statement's hash is that of its head and its lines."""
    try:
        lines = [{k: v for k, v in line.items() if k != "hash"} for line in document["lines"]]
        found = invoice_hash({key: document[key] for key in HEAD}, lines)
    except (KeyError, TypeError, AttributeError, ValueError):
        return False
    return found == document.get("hash")


Key = tuple[str, ...]
IDENTITY = ("item", "kind", "tier", "from", "to", "unit")


def differences(
    closed: Iterable[Mapping[str, Json]], now: Iterable[Mapping[str, Json]]
) -> list[dict[str, Json]]:
    """What a later computation of a closed period changes, line by line.

    Args:
        closed: the lines of the statement that was sent, as its document has them.
        now: those computed from what is known now.

    Returns:
        One line for each that changed: its identity, what it was, what it is, and the amount of the
        note: negative in favour of the payer. The amount is None where either side has no price.
    """
    tables: list[dict[Key, tuple[int | None, str]]] = [{}, {}]
    for table, lines in zip(tables, (closed, now), strict=True):
        seen = Counter[Key]()
        for line in lines:
            key = tuple(str(line.get(name, "")) for name in IDENTITY)
            seen[key] += 1
            amount = line["amount_minor"]
            known = amount if isinstance(amount, int) else None
            table[*key, str(seen[key])] = known, str(line["quantity"])
    before, after = tables
    found = list[dict[str, Json]]()
    for key in sorted({*before, *after}):
        was, becomes = before.get(key, (0, "0")), after.get(key, (0, "0"))
        if was == becomes:
            continue
        amount = None if was[0] is None or becomes[0] is None else becomes[0] - was[0]
        note: dict[str, Json] = dict(zip(IDENTITY, key[:-1], strict=True))
        note |= {"quantity_was": was[1], "quantity": becomes[1], "amount_minor": amount}
        found.append(note | {"amount_was_minor": was[0], "amount_is_minor": becomes[0]})
    return found

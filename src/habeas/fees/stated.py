"""A statement document as typed values: what is checked before it is exported or booked.

A document is checked against itself alone: its lines sum to its total, its person-days are all
accounted for, and its currency is one of ISO 4217 with the minor unit that it states. What a later
version adds to a document is kept word for word (`more`), never dropped and never guessed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from habeas.errors import Fault, FeeError
from habeas.fees.currencies import exponent_of
from habeas.fees.invoice import intact

Words = Annotated[str, Meta(max_length=4_000)]
DIGITS = 24  # of the largest amount and quantity: every program that reads them stays exact
QUANTITY = rf"^-?[0-9]{{1,{DIGITS}}}(/[1-9][0-9]{{0,{DIGITS - 1}}})?\Z"


Days = (
    Annotated[int, Meta(ge=0, le=10**18)] | Annotated[str, Meta(pattern=QUANTITY.replace("-?", ""))]
)


class _Line(Struct, frozen=True):
    item: Words
    kind: Annotated[str, Meta(min_length=1, max_length=64)]
    first: date = field(name="from")
    after: date = field(name="to")
    quantity: Annotated[str, Meta(pattern=QUANTITY)]
    unit: Words
    text: Words
    citation: Words
    unit_price_minor: int | None = None
    amount_minor: int | None = None


class _Status(Struct, frozen=True):
    status: Words
    person_days: Days  # a fraction in a string under `hours`
    treated: Words
    reason: Words


class _Days(Struct, frozen=True):
    all: Days
    billed: Days
    not_billed: Days
    undecided: Days
    by_status: tuple[_Status, ...]


class _Document(Struct, frozen=True):
    agreement: Annotated[str, Meta(min_length=1, max_length=64)]
    agreement_version: Words
    standing: Words
    first: date = field(name="from")
    after: date = field(name="to")
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    exponent: Annotated[int, Meta(ge=0, le=4)]
    convention: Words
    zone: Words
    tzdata: Words
    lines: tuple[_Line, ...]
    total_minor: int | None
    person_days: _Days
    open: tuple[Words, ...]
    basis: dict[str, Any]  # whatever it was computed from; shown, never computed with
    review: Words
    demonstration: Words = ""


class _Step(Struct, frozen=True):
    first: date = field(name="from")
    factor: Words


class _Level(Struct, frozen=True):
    year: int
    steps: tuple[_Step, ...]


class _Paid(Struct, frozen=True):
    total: Words
    source: Words
    fixing: Words


class _Told(Struct, frozen=True):
    """What a page says of a statement's state, prices and payment, where the document has it."""

    state: Words = ""
    provisional_because: tuple[Words, ...] | None = None
    price_level: _Level | None = None
    settlement: _Paid | None = None


KNOWN = frozenset(_Document.__struct_encode_fields__) | {"total", "per_person_day", "habeas"}
KNOWN_OF_LINE = frozenset(_Line.__struct_encode_fields__)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a statement; no amount where the agreement gives no price."""

    number: int  # from 1, in the statement's order
    item: str
    kind: str
    first: date
    after: date
    quantity: Fraction
    unit: str
    price_minor: int | None
    amount_minor: int | None
    text: str
    citation: str
    more: Mapping[str, str]  # what else the line says, such as an index or a hash


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement whose figures agree with one another."""

    agreement: str
    version: str
    standing: str
    first: date
    after: date  # the day after the last
    currency: str
    exponent: int
    convention: str
    zone: str
    tzdata: str
    rows: tuple[Row, ...]
    total_minor: int | None  # None: a line is not priced
    days: _Days
    open: tuple[str, ...]
    basis: Mapping[str, Any]  # Any: shown, never computed with
    review: str
    demonstration: str
    more: Mapping[str, str]
    digest: str  # SHA-256 of the document's canonical bytes, without the version that printed it
    document: Mapping[str, Any]  # Any: as it was given, to be handed on

    @property
    def known_minor(self) -> int:
        """Sum of the lines that are priced."""
        return sum(row.amount_minor for row in self.rows if row.amount_minor is not None)

    @property
    def unpriced(self) -> tuple[Row, ...]:
        """The lines without an amount."""
        return tuple(row for row in self.rows if row.amount_minor is None)


def canonical(document: Mapping[str, Any]) -> bytes:  # Any: a document for a face
    """The bytes over which a statement's hash is taken: sorted keys, no space, UTF-8."""
    kept = {name: value for name, value in document.items() if name != "habeas"}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _told(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _more(document: Mapping[str, object], known: frozenset[str]) -> dict[str, str]:
    return {
        name: _told(value)
        for name, value in sorted(document.items())
        if name not in known and value is not None
    }


def read(document: Mapping[str, Any], where: str = "") -> Stated:  # Any: a document for a face
    """A statement document, checked.

    Args:
        document: as `habeas fees statement --json` prints it.
        where: the file it is from, for its faults.

    Raises:
        FeeError: H730 for one that was changed; H761, H762, H763, H764, with every fault.
    """
    try:
        found = msgspec.convert(document, _Document)
        digest = hashlib.sha256(canonical(document)).hexdigest()
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise _shapeless(error, where) from error
    faults = [Fault(*one, file=where) for one in _faults(found)]
    if not faults and "hash" in document and not intact(document):
        what = "the statement was changed after it was made: its hash is not that of its lines"
        faults.append(Fault("H730", what, "Give what was printed, unchanged.", file=where))
    if faults:
        raise FeeError(*faults)
    try:
        msgspec.convert(document, _Told)
    except msgspec.ValidationError as error:
        raise _shapeless(error, where) from error
    return Stated(
        agreement=found.agreement,
        version=found.agreement_version,
        standing=found.standing,
        first=found.first,
        after=found.after,
        currency=found.currency,
        exponent=found.exponent,
        convention=found.convention,
        zone=found.zone,
        tzdata=found.tzdata,
        rows=tuple(_rows(found, document)),
        total_minor=found.total_minor,
        days=found.person_days,
        open=found.open,
        basis=found.basis,
        review=found.review,
        demonstration=found.demonstration,
        more=_more(document, KNOWN),
        digest=digest,
        document=document,
    )


def _shapeless(error: Exception, where: str) -> FeeError:
    what = f"this is no statement: {_plainly(str(error))}"
    return FeeError(Fault("H761", what, "Give what 'habeas fees statement --json' prints.", where))


def _plainly(error: str) -> str:
    return error[:1].lower() + error[1:].replace("`", "'").replace("$.", "")


def _rows(found: _Document, document: Mapping[str, Any]) -> Iterator[Row]:
    for number, (line, raw) in enumerate(zip(found.lines, document["lines"], strict=True), start=1):
        yield Row(
            number,
            line.item,
            line.kind,
            line.first,
            line.after,
            Fraction(line.quantity),
            line.unit,
            line.unit_price_minor,
            line.amount_minor,
            line.text,
            line.citation,
            _more(raw, KNOWN_OF_LINE),
        )


def _faults(found: _Document) -> Iterator[tuple[str, str, str]]:
    yield from _of_shape(found)
    yield from _of_money(found)
    days = found.person_days
    treated = sum(Fraction(one) for one in (days.billed, days.not_billed, days.undecided))
    told = sum(Fraction(row.person_days) for row in days.by_status)
    if not treated == told == Fraction(days.all):
        what = (
            f"person-days do not add up: {days.all} in all, {treated} billed, not billed and "
            f"undecided, {told} by status"
        )
        yield "H764", what, "Make the statement again from its register."


def _of_shape(found: _Document) -> Iterator[tuple[str, str, str]]:
    fix = "Give what 'habeas fees statement --json' prints."
    if found.after <= found.first:
        yield "H761", f"the period {found.first} to {found.after} holds no day", fix
    for number, line in enumerate(found.lines, start=1):
        if line.after <= line.first:
            yield "H761", f"line {number}: {line.first} to {line.after} holds no day", fix
    amounts = [found.total_minor, *(line.amount_minor for line in found.lines)]
    amounts += [line.unit_price_minor for line in found.lines]
    if any(abs(one) >= 10**DIGITS for one in amounts if one is not None):
        yield "H761", f"an amount has more than {DIGITS} digits", fix


def _of_money(found: _Document) -> Iterator[tuple[str, str, str]]:
    exponent = exponent_of(found.currency)
    if exponent is None:
        fix = "Name one of ISO 4217 in the agreement's schedule."
        yield "H763", f"'{found.currency}' is no currency with a minor unit", fix
    elif exponent != found.exponent:
        what = f"{found.currency} has {exponent} decimal places, not {found.exponent}"
        yield "H763", what, "Correct the exponent in the agreement's schedule."
    amounts = [line.amount_minor for line in found.lines]
    known = [amount for amount in amounts if amount is not None]
    expected = sum(known) if len(known) == len(amounts) else None
    if expected != found.total_minor:
        what = (
            f"the lines sum to {_amount(expected)} and the total says {_amount(found.total_minor)}"
        )
        yield "H762", what, "Make the statement again; pay nothing by this one."


def _amount(minor: int | None) -> str:
    return "unknown" if minor is None else f"{minor} minor units"

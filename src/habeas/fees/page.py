"""A statement as a page of paper says it: every figure as text, nothing left out, UNKNOWN in words.

Amounts are grouped exact decimals; a quantity that is no whole number stands with its fraction.
"""

import base64
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, TypedDict

from habeas.errors import UNPRINTABLE
from habeas.fees import words
from habeas.fees.stated import Row, Stated
from habeas.units import amount, grouped, money, two_places

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
HASH = 64  # hexadecimal digits, shown in groups that a person can compare
ROOT = 32  # bytes
NOTE_LINES = 3  # of a checkpoint, before its signatures
STANDING = {
    "reported": "reported; no text was located",
    "draft": "draft",
    "signed": "signed, not ratified",
    "ratified": "ratified",
    "in_force": "in force",
    "suspended": "suspended",
    "ended": "ended",
}
TREATED = {"billed": "billed", "not_billed": "not billed", "undecided": "undecided"}


class Line(TypedDict):
    """One line as it is set."""

    number: str
    kind: str
    text: str
    cite: str
    period: str
    quantity: str
    exact: str  # the fraction, where the quantity is rounded
    unit: str
    price: str
    amount: str
    empty: bool  # paid for places that nobody is in
    more: list[list[str]]


PLAIN = {"tier": "0", "index": "1"}  # of a line without bands, at the stated prices
TOLD = frozenset(
    {"state", "provisional_because", "price_level", "settlement", "priced_minor", "rounding"}
)


class Page(TypedDict):
    """Everything that the page says."""

    mark: str
    agreement: str
    title: str
    currency: str
    particulars: list[list[str]]
    total: str  # with the currency
    sum: str  # without it
    sentence: str
    lines: list[Line]
    days: list[list[str]]
    accounted: str
    open: list[str]
    basis: list[list[str]]
    hashes: list[list[str]]
    notes: list[str]
    reference: str


def day(value: date) -> str:
    """A day for people: `1 March 2027`."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def span(first: date, after: date) -> str:
    """Civil days [first, after) for people, the last day included."""
    last = after - timedelta(days=1)
    return day(first) if last == first else f"{day(first)} to {day(last)}"


def short_span(first: date, after: date) -> str:
    """The same in the width of a column."""
    last = after - timedelta(days=1)
    return first.isoformat() if last == first else f"{first.isoformat()} to {last.isoformat()}"


def _set(minor: int, exponent: int) -> str:
    return grouped(amount(minor, exponent)).replace("-", "\N{MINUS SIGN}")


def quantity(value: Fraction) -> str:
    """A quantity for people, two decimals where it is no whole number."""
    told = f"{value.numerator:,}" if value.denominator == 1 else two_places(value)
    return told.replace("-", "\N{MINUS SIGN}")


def page(
    found: Stated, agreement: Mapping[str, str], payer: list[str], payee: list[str], mark: str
) -> Page:
    """A statement's page.

    Args:
        found: the statement.
        agreement: its `title` and `note` on its standing, where the library holds it.
        payer: who owes: state, authority.
        payee: who is owed: state, authority.
        mark: what stands at the head of each page of a demonstration; empty elsewhere.
    """
    return {
        "mark": mark,
        "agreement": found.agreement,
        "title": agreement["title"],
        "currency": found.currency,
        "particulars": list(_particulars(found, agreement, payer, payee)),
        "total": "UNKNOWN"
        if found.total_minor is None
        else f"{found.currency} {_set(found.total_minor, found.exponent)}",
        "sum": "UNKNOWN" if found.total_minor is None else _set(found.total_minor, found.exponent),
        "sentence": _sentence(found),
        "lines": [_line(row, found.exponent) for row in found.rows],
        "days": _days(found),
        "accounted": _accounted(found),
        "open": list(found.open),
        "basis": list(_basis(found)),
        "hashes": [["Statement, SHA-256", grouped_hash(found.digest)]],
        "notes": list(_notes(found, agreement)),
        "reference": f"{found.agreement} · {short_span(found.first, found.after)} · "
        f"{found.digest[:16]}",
    }


def grouped_hash(text: str) -> str:
    """A hash in groups of eight, so that two can be compared by eye; another text as it is."""
    plain = len(text) == HASH and all(char in "0123456789abcdef" for char in text)
    return " ".join(text[at : at + 8] for at in range(0, HASH, 8)) if plain else text


def _particulars(
    found: Stated, agreement: Mapping[str, str], payer: list[str], payee: list[str]
) -> Iterator[list[str]]:
    standing = STANDING.get(found.standing, found.standing)
    days = (found.after - found.first).days
    convention = words.CONVENTIONS.get(found.convention, "as the agreement has it")
    yield ["Owed by", "; ".join(payer)]
    yield ["Owed to", "; ".join(payee)]
    yield ["Agreement", f"{agreement['title']} ({found.agreement}, library file {found.version})"]
    yield ["Its standing", f"{standing}. {agreement['note']}".strip()]
    yield ["Period", f"{span(found.first, found.after)}: {days} days, civil days in {found.zone}"]
    yield ["Counting rule", f"'{found.convention}': {convention}"]
    yield ["Time zone", f"{found.zone}, by the time-zone data {found.tzdata}"]
    yield ["Currency", f"{found.currency}; amounts are exact, each line rounded once"]


def _sentence(found: Stated) -> str:
    if found.total_minor is None:
        missing, all_ = len(found.unpriced), len(found.rows)
        known = money(found.known_minor, found.currency, found.exponent)
        return (
            f"Of {all_} lines {missing} {'is' if missing == 1 else 'are'} not priced by the "
            f"agreement. What is priced comes to {known}; that is not the total."
        )
    places = [row.amount_minor or 0 for row in found.rows if row.kind == "paid_for_empty"]
    if not any(places):
        tail = " Nothing of it is paid for empty places." if places else ""
        return f"The sum of the lines below.{tail}"
    empty = sum(places)
    rest = money(found.total_minor - empty, found.currency, found.exponent)
    said = money(empty, found.currency, found.exponent)
    return f"Of it {said} is paid for empty places, and {rest} for everything else."


def _line(row: Row, exponent: int) -> Line:
    return {
        "number": str(row.number),
        "kind": words.kind(row.kind),
        "text": row.text,
        "cite": row.citation,
        "period": short_span(row.first, row.after),
        "quantity": quantity(row.quantity),
        "exact": _exact(row),
        "unit": row.unit,
        "price": "" if row.price_minor is None else _set(row.price_minor, exponent),
        "amount": "UNKNOWN" if row.amount_minor is None else _set(row.amount_minor, exponent),
        "empty": row.kind == "paid_for_empty",
        "more": [
            [name.replace("_", " "), grouped_hash(value)]
            for name, value in row.more.items()
            if PLAIN.get(name) != value
        ],
    }


def _exact(row: Row) -> str:
    """A quantity that is no whole number, without rounding; of person-months, in person-days."""
    month = monthrange(row.first.year, row.first.month)[1]
    days = row.quantity * month
    if row.quantity.denominator == 1:
        return ""
    if row.unit == "person-months" and days.denominator == 1:
        return f"{days.numerator:,} days / {month}"
    return str(row.quantity)


def _days(found: Stated) -> list[list[str]]:
    return [
        [
            row.status.replace("_", " "),
            quantity(Fraction(row.person_days)),
            TREATED.get(row.treated, row.treated),
            row.reason,
        ]
        for row in found.days.by_status
    ]


def _many(value: int | str) -> str:
    return quantity(Fraction(value))


def _accounted(found: Stated) -> str:
    days = found.days
    if not days.all:
        return "No person-day was counted: the quantities are stated, not taken from a register."
    return (
        f"{_many(days.all)} person-days in all = {_many(days.billed)} billed + "
        f"{_many(days.not_billed)} not billed + {_many(days.undecided)} undecided."
    )


def _basis(found: Stated) -> Iterator[list[str]]:
    for name, value in sorted(found.basis.items()):
        if name == "checkpoint" and isinstance(value, str) and value:
            yield from _checkpoint(value)
        elif name not in {"agreement", "tzdata"} and value not in (None, "", {}):
            yield [_label(name), _told(value)]
    yield from _terms(found.document)
    for name, value in found.more.items():
        if name not in TOLD:
            yield [_label(name), grouped_hash(value)]


def _terms(document: Mapping[str, Any]) -> Iterator[list[str]]:  # Any: a statement's document
    """What a statement of this version says of its state, its prices and how it is paid."""
    if "state" in document:
        because = "; ".join(document.get("provisional_because") or ())
        yield ["State", f"{document['state']}: {because}" if because else document["state"]]
    level, paid = document.get("price_level"), document.get("settlement")
    if level:
        steps = ", ".join(f"{one['factor']} from {one['from']}" for one in level["steps"])
        yield ["Prices of", f"{level['year']}, {f'times {steps}' if steps else 'not indexed'}"]
    if paid:
        yield ["Paid as", f"{paid['total']} ({paid['source']}, rate of {paid['fixing']})"]


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _told(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {one}" for name, one in value.items() if one is not None)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _checkpoint(note: str) -> Iterator[list[str]]:
    head, _, signatures = note.partition("\n\n")
    lines = head.split("\n")
    if len(lines) < NOTE_LINES:
        yield ["Checkpoint", note]
        return
    origin, size, root = lines[:NOTE_LINES]
    yield ["Register's log", origin]
    yield ["Checkpoint", f"of {int(size):,} leaves" if size.isdecimal() else size]
    yield ["Its root hash", _root(root)]
    signers = [line.split(" ")[1] for line in signatures.split("\n") if line.count(" ") > 1]
    others = [name for name in signers if name != origin]
    yield ["Cosigned by", ", ".join(others) if others else "no witness: NOT WITNESSED"]


def _root(text: str) -> str:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        return text
    return f"{grouped_hash(found.hex())} (in base64: {text})" if len(found) == ROOT else text


def _notes(found: Stated, agreement: Mapping[str, str]) -> Iterator[str]:
    yield found.review
    if agreement["reviewed"]:
        yield f"The agreement's file was reviewed by {agreement['reviewed']}."
    yield (
        "Whoever holds the register can make this statement again: the same register, agreement, "
        "period and time-zone data give the same lines and the same hash."
    )
    if found.standing != "in_force":
        yield (
            "The agreement is not in force: this is a computation under its reported terms, not a "
            "claim for payment."
        )
    if UNPRINTABLE in "".join(row.text for row in found.rows):
        yield f"{UNPRINTABLE} stands for a character that cannot be printed."

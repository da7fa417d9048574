"""Statement lines to double-entry postings: balanced by whole minor units, or not at all.

One statement is one transaction. In the payer's books the custody is a cost and the sum is owed to
the payee; in the payee's books it is income and the sum is owed by the payer: the same amounts with
the other sign. A line that is not priced is no posting of zero: it is a note, and the transaction
is marked as incomplete. What is paid for empty places, credits, differences of exchange and
rounding have accounts of their own, never merged into the cost of persons held.

Names of accounts are letters, digits and hyphens; a name that had to be changed for that carries
eight digits of its hash, so that two names never fall together.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from habeas.fees.stated import Row, Stated
from habeas.units import amount

View = Literal["payer", "payee"]
PART = re.compile(r"[A-Z0-9][A-Za-z0-9-]*\Z")
WORD = 32  # characters of a part of an account's name
PLACES = {
    "occupied": "Custody:Occupied",
    "paid_for_empty": "Custody:PaidForEmpty",
    "credit": "Credits",
    "deduction": "Deductions",
    "fx_difference": "FxDifference",
    "rounding": "Rounding",
}
ROOTS: dict[View, tuple[str, str]] = {
    "payer": ("Expenses", "Liabilities:Payable"),
    "payee": ("Income", "Assets:Receivable"),
}


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount on an account; debits are positive."""

    account: str
    minor: int
    row: Row | None  # None: the other side, what is owed


@dataclass(frozen=True, slots=True)
class Transaction:
    """One statement booked: its postings sum to zero."""

    day: date  # the period's last
    other: str  # the other side
    owed: str  # the account of what is owed to it, or by it
    narration: str
    currency: str
    exponent: int
    postings: tuple[Posting, ...]  # none where no line is priced
    notes: tuple[str, ...]  # words, one for each line that is not priced
    statement: Stated


def part(name: str) -> str:
    """A name as one part of an account's name."""
    if PART.match(name) and len(name) <= WORD:
        return name
    kept = re.sub(r"[^A-Za-z0-9]+", "-", name)[:WORD].strip("-")
    return f"{kept[:1].upper()}{kept[1:]}-{_short(name)}" if kept else f"X-{_short(name)}"


def _short(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def place(kind: str) -> str:
    """The account of a kind of line, below its root."""
    if kind in PLACES:
        return PLACES[kind]
    words = kind.split("_")
    plain = all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
    return f"Custody:{''.join(map(str.capitalize, words))}" if plain else f"Custody:{part(kind)}"


def booked(found: Stated, view: View, other: str) -> Transaction:
    """A statement as one balanced transaction in the books of one side.

    Args:
        found: the statement.
        view: whose books.
        other: the name of the other side: the payee in the payer's books, the payer in the payee's.
    """
    costs, owed = ROOTS[view]
    sign = 1 if view == "payer" else -1
    account = f"{owed}:{part(other)}"
    lines = [
        Posting(f"{costs}:{place(row.kind)}", sign * row.amount_minor, row)
        for row in found.rows
        if row.amount_minor is not None
    ]
    period = f"{found.first} to {found.after} (exclusive)"
    return Transaction(
        found.after - timedelta(days=1),
        other,
        account,
        f"Statement under {found.agreement}, {period}",
        found.currency,
        found.exponent,
        (*lines, Posting(account, -sum(one.minor for one in lines), None)) if lines else (),
        tuple(_unpriced(row, found) for row in found.unpriced),
        found,
    )


def _unpriced(row: Row, found: Stated) -> str:
    return (
        f"Line {row.number} of {found.agreement} {found.first} ({row.kind}, {row.quantity} "
        f"{row.unit}) is not priced: UNKNOWN, and no part of what is owed here"
    )


JOURNAL = (
    "date", "entry", "statement", "account", "amount_minor", "amount", "currency", "other_side",
    "narration", "line", "kind", "quantity", "unit", "text", "citation", "statement_sha256",
)  # fmt: skip


def journal(found: Iterable[Transaction]) -> Iterator[dict[str, str]]:
    """Postings as rows of text; a line that is not priced is a row `note` without an amount."""
    for one in found:
        head = {
            "date": one.day.isoformat(),
            "statement": f"{one.statement.agreement} {one.statement.first}",
            "currency": one.currency,
            "other_side": one.other,
            "narration": one.narration,
            "statement_sha256": one.statement.digest,
        }
        for posting in one.postings:
            yield head | {
                "entry": "posting",
                "account": posting.account,
                "amount_minor": str(posting.minor),
                "amount": amount(posting.minor, one.exponent),
                **_of_row(posting.row),
            }
        for words, row in zip(one.notes, one.statement.unpriced, strict=True):
            yield head | {"entry": "note", "account": one.owed, **_of_row(row), "text": words}


def _of_row(row: Row | None) -> dict[str, str]:
    if row is None:
        return {"kind": "owed"}
    return {
        "line": str(row.number),
        "kind": row.kind,
        "quantity": str(row.quantity),
        "unit": row.unit,
        "text": row.text,
        "citation": row.citation,
    }


def quoted(text: str) -> str:
    """A text as a string of beancount: one line, quotes and backslashes escaped."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _comment(text: str) -> str:
    return "; " + "".join(char if char.isprintable() else " " for char in text)


def beancount(found: Sequence[Transaction], title: str, said: Sequence[str]) -> str:
    """Transactions as a ledger that beancount reads.

    Args:
        found: those of one currency or several, in any order.
        title: of the ledger.
        said: what it was computed from and what it is not, as comments at its head.
    """
    ordered = sorted(found, key=lambda one: (one.day, one.statement.agreement, one.statement.first))
    opened = {posting.account for one in ordered for posting in one.postings}
    opened |= {one.owed for one in ordered}
    currencies = sorted({one.currency for one in ordered})
    first = min((one.statement.first for one in ordered), default=date(1970, 1, 1))
    head = [
        *(_comment(line) for line in said),
        "",
        f'option "title" {quoted(title)}',
        *(f'option "operating_currency" "{currency}"' for currency in currencies),
        "",
        *(f"{first} commodity {currency}" for currency in currencies),
        *(f"{first} open {account}" for account in sorted(opened)),
    ]
    body = [line for one in ordered for line in ["", *_entry(one)]]
    return "\n".join([*head, *body]) + "\n"


def _entry(one: Transaction) -> Iterator[str]:
    found = one.statement
    mark = "!" if one.notes else "*"  # beancount's own mark of what somebody must look at
    for words in one.notes:
        yield _comment(f"NOT PRICED. {words}")
        yield f"{one.day} note {one.owed} {quoted(words)}"
    if not one.postings:
        return
    yield f"{one.day} {mark} {quoted(one.other)} {quoted(one.narration)}"
    yield f"  agreement: {quoted(found.agreement)}"
    yield f"  statement-sha256: {quoted(found.digest)}"
    for posting in one.postings:
        yield f"  {posting.account}  {amount(posting.minor, one.exponent)} {one.currency}"
        if posting.row is not None:
            yield f"    line: {quoted(str(posting.row.number))}"
            yield f"    quantity: {quoted(f'{posting.row.quantity} {posting.row.unit}')}"
            yield f"    clause: {quoted(posting.row.citation)}"

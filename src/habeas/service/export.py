"""What people use of a statement: rows, books, a page and an invoice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from habeas.custody.days import midnight_before
from habeas.errors import Fault, FeeError
from habeas.fees import business_terms, ledger, stated
from habeas.fees.business_terms import Particulars, Party, Terms
from habeas.fees.page import Page, span
from habeas.fees.page import page as of_statement
from habeas.fees.quantity import Period, months
from habeas.fees.stated import Stated
from habeas.law.agreement import Agreement
from habeas.law.library import Library
from habeas.service import NOT_REVIEWED, SYNTHETIC
from habeas.service.bill import period
from habeas.service.transfer import pair
from habeas.units import amount

JOURNAL = ledger.JOURNAL
COLUMNS = (
    "agreement", "from", "to", "line", "kind", "item", "quantity", "quantity_numerator",
    "quantity_denominator", "unit", "unit_price_minor", "amount_minor", "amount", "currency",
    "exponent", "priced", "text", "citation", "convention", "zone", "tzdata", "standing",
    "computed_from", "statement_sha256", "mark", "review",
)  # fmt: skip
PLACES = 6  # decimals of a quantity that is no whole number; its fraction stands beside it
CORRECTIONS = frozenset({"credit", "debit", "deduction", "fx_difference", "rounding"})
DEMO = "demo."  # the origin of a demonstration's log begins so
NOTE_LINES = 3  # of a checkpoint, before its signatures


@dataclass(frozen=True, slots=True)
class Work:
    """Statements of one agreement, and who owes whom under it."""

    found: tuple[Stated, ...]
    deal: Agreement
    payer: Party
    payee: Party

    def only(self, form: str) -> Stated:
        """The one statement that a form is made of.

        Raises:
            FeeError: H768, when there are several.
        """
        if len(self.found) != 1:
            what = f"a {form} is made of one statement, not of {len(self.found)}"
            raise FeeError(Fault("H768", what, "Name one, or one month."))
        return self.found[0]


def work(
    documents: Iterable[tuple[str, Mapping[str, Any]]],  # Any: documents for a face
    library: Library,
    sending: str | None = None,
    receiving: str | None = None,
) -> Work:
    """Statement documents, checked, in the order of their periods.

    Raises:
        FeeError: H761 to H764, with every fault of every document; H768, when they are of several
            agreements or two are of one period.
        LawError: H203, H217, when the library does not know the agreement or its pair of states.
    """
    found, faults = list[Stated](), list[Fault]()
    for where, document in documents:
        try:
            found.append(_marked(stated.read(document, where)))
        except FeeError as error:
            faults += error.faults
    if faults:
        raise FeeError(*faults)
    kept = sorted(found, key=lambda one: (one.first, one.after))
    if len({one.agreement for one in kept}) != 1:
        what = "the statements are of several agreements" if kept else "there is no statement"
        raise FeeError(Fault("H768", what, "Name those of one agreement."))
    for one, two in pairwise(one for one in kept if _charges(one)):
        if one.after > two.first:
            what = f"two statements hold {two.first}: what is owed would stand twice"
            raise FeeError(Fault("H768", what, "Name each period once; credits may stand beside."))
    deal = library.agreement(kept[0].agreement)
    states = pair(deal, sending, receiving)
    return Work(tuple(kept), deal, *(_party(deal, state) for state in states))


def _marked(found: Stated) -> Stated:
    """A statement of a demonstration's register says so, whoever made it."""
    demo = str(found.basis.get("checkpoint", "")).startswith(DEMO)
    return replace(found, demonstration=SYNTHETIC) if demo and not found.demonstration else found


def _charges(found: Stated) -> bool:
    """Whether it holds more than corrections of earlier statements."""
    return any(row.kind not in CORRECTIONS for row in found.rows)


def _party(deal: Agreement, state: str) -> Party:
    """The authority of a state that has custody, else its first, else the state itself."""
    names = {party.code: party.name.en for party in deal.parties}
    bodies = [one for one in deal.authorities if one.state == state]
    bodies.sort(key=lambda one: "custodian" not in one.roles)
    if not bodies:
        return Party(state, names.get(state, state), state)
    return Party(state, bodies[0].name.en, bodies[0].id)


def _state(deal: Agreement, party: Party) -> str:
    return next((one.name.en for one in deal.parties if one.code == party.state), party.state)


def basis(found: Stated) -> str:
    """In one line, what a statement was computed from."""
    note = found.basis.get("checkpoint")
    if isinstance(note, str) and note.count("\n") >= NOTE_LINES:
        origin, size, root = note.split("\n")[:NOTE_LINES]
        return f"register {origin}, {size} leaves, root {root}"
    return "; ".join(f"{name}: {value}" for name, value in sorted(found.basis.items()))


def rows(found: Sequence[Stated]) -> tuple[list[str], list[dict[str, str]]]:
    """The lines of statements as a table of text: its columns, and what later versions add."""
    made = [row for one in found for row in _rows(one)]
    added = sorted({name for row in made for name in row} - set(COLUMNS))
    return [*COLUMNS, *added], made


def _rows(found: Stated) -> Iterator[dict[str, str]]:
    head = {
        "agreement": found.agreement,
        "currency": found.currency,
        "exponent": str(found.exponent),
        "convention": found.convention,
        "zone": found.zone,
        "tzdata": found.tzdata,
        "standing": found.standing,
        "computed_from": basis(found),
        "statement_sha256": found.digest,
        "mark": found.demonstration,
        "review": found.review,
    }
    for row in found.rows:
        minor, price = row.amount_minor, row.price_minor
        yield (
            {f"line_{name}": value for name, value in row.more.items()}
            | head
            | {
                "from": row.first.isoformat(),
                "to": row.after.isoformat(),
                "line": str(row.number),
                "kind": row.kind,
                "item": row.item,
                "quantity": _decimal(row),
                "quantity_numerator": str(row.quantity.numerator),
                "quantity_denominator": str(row.quantity.denominator),
                "unit": row.unit,
                "unit_price_minor": "" if price is None else str(price),
                "amount_minor": "" if minor is None else str(minor),
                "amount": "" if minor is None else amount(minor, found.exponent),
                "priced": "not priced" if minor is None else "priced",
                "text": row.text,
                "citation": row.citation,
            }
        )


def _decimal(row: stated.Row) -> str:
    if row.quantity.denominator == 1:
        return str(row.quantity.numerator)
    return amount(round(row.quantity * 10**PLACES), PLACES)


def booked(task: Work, view: ledger.View) -> list[ledger.Transaction]:
    """Statements in the books of one side."""
    other = task.payee if view == "payer" else task.payer
    return [ledger.booked(one, view, f"{other.state} {other.name}") for one in task.found]


def journal(task: Work, view: ledger.View) -> list[dict[str, str]]:
    """Postings as rows of text."""
    return list(ledger.journal(booked(task, view)))


def beancount(task: Work, view: ledger.View) -> str:
    """Statements as a ledger that beancount reads."""
    side = task.payer if view == "payer" else task.payee
    title = f"{task.deal.id}: books of the {view}, {side.state} {side.name}"
    marks = sorted({one.demonstration for one in task.found if one.demonstration})
    said = [*marks, f"Agreement {task.deal.id} {task.deal.version}: {task.deal.standing}."]
    for one in task.found:
        said.append(f"{span(one.first, one.after)}: statement SHA-256 {one.digest}")
        said.append(f"  computed from {basis(one)}; time-zone data {one.tzdata}")
    return ledger.beancount(booked(task, view), title, [*said, NOT_REVIEWED])


def page(task: Work) -> Page:
    """The page of the one statement."""
    deal = task.deal
    agreement = {
        "title": deal.title.en,
        "note": deal.standing_note.en,
        "reviewed": deal.meta.reviewed_by,
    }
    payer, payee = ([_state(deal, one), one.name] for one in (task.payer, task.payee))
    found = task.only("page")
    return of_statement(found, agreement, payer, payee, found.demonstration)


def invoice(task: Work, given: Particulars | None) -> Terms:
    """The business terms of the one statement's invoice.

    Args:
        task: the statement and its sides.
        given: what neither holds; None: nothing more is known.

    Raises:
        FeeError: H765, H766, H768.
    """
    found = task.only("single invoice")
    return business_terms.terms(found, task.payee, task.payer, given or Particulars())


def each_month(first: date, after: date) -> list[Period]:
    """The calendar months of [first, after), the first and last cut to it.

    Raises:
        FeeError: H725, when it holds no day.
    """
    return months(period(first, after))


def edges(deal: Agreement, first: date, after: date) -> tuple[datetime, datetime]:
    """The instants between which the civil days [first, after) of an agreement lie, UTC.

    Raises:
        LawError: H711.
    """
    where = deal.calendar.zone
    return midnight_before(first, where), midnight_before(after, where)

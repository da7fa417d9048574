"""Statement documents for tests: those of real schedules, and synthetic ones of any shape."""

import json
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from habeas.fees.currencies import DECIMALS
from habeas.law.library import Library
from habeas.service import bill, statements

LIBRARY = Library()
Document = dict[str, Any]


def stated(agreement: str = "SE-EE", persons: int = 120, places: int | None = None) -> Document:
    """A month of a real schedule at a constant number of persons, as JSON gives it back."""
    deal = LIBRARY.agreement(agreement)
    year = 2025 if agreement == "US-SV-2025" else 2027  # that of its one payment
    days = bill.period(date(year, 3, 1), date(year, 4, 1))
    made = bill.from_quantities(deal, bill.Asked(days, persons, places))
    document = statements.document(made, deal, {"stated": {"persons": persons, "places": places}})
    found: Document = json.loads(json.dumps(document))
    return found


def line(kind: str = "occupied", amount: int | None = 100, **other: object) -> Document:
    """One line, of a quantity that is no product."""
    return {
        "item": "i", "kind": kind, "from": "2027-03-01", "to": "2027-04-01", "quantity": "1",
        "unit": "days", "unit_price_minor": None, "amount_minor": amount, "text": "t",
        "citation": "treaty art. 1",
    } | other  # fmt: skip


def document(*lines: Document, currency: str = "EUR", **other: object) -> Document:
    """A statement of these lines, whose figures agree with one another."""
    amounts = [one["amount_minor"] for one in lines]
    made = stated() | {
        "lines": deepcopy(list(lines)),
        "currency": currency,
        "exponent": DECIMALS[currency],
        "total_minor": None if None in amounts else sum(amounts),
    }
    del made["hash"]  # it is that of other lines
    return made | other


KINDS = [
    "occupied", "paid_for_empty", "credit", "deduction", "transport", "lump", "not_priced",
    "rounding", "fx_difference", "annual_lump", "x", "odd kind:\u00e9 \"'; \\",
]  # fmt: skip
TEXTS = st.text(max_size=40).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)


@st.composite
def lines(draw: st.DrawFn, *, priced: bool = False) -> Document:
    """Any line that a statement may hold."""
    first = draw(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
    days = draw(st.integers(1, 400))
    amounts = st.integers(-(10**22), 10**22) | st.integers(-(10**4), 10**4)
    n, d = draw(st.integers(-(10**9), 10**9)), draw(st.integers(1, 400))
    return line(
        draw(st.sampled_from(KINDS)),
        draw(amounts if priced else st.none() | amounts),
        quantity=str(n) if d == 1 else f"{n}/{d}",
        unit=draw(st.sampled_from(["person-months", "person-days", "days"]) | TEXTS),
        unit_price_minor=draw(st.none() | st.integers(0, 10**9)),
        text=draw(TEXTS),
        citation=draw(TEXTS),
        **{"from": first.isoformat(), "to": (first + timedelta(days)).isoformat()},
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any statement whose figures agree with one another."""
    currency = draw(st.sampled_from(["EUR", "USD", "JPY", "BHD", "CLF"]))
    return document(*draw(st.lists(lines(), max_size=6)), currency=currency)


@st.composite
def priced_documents(draw: st.DrawFn) -> Document:
    """Any statement of which an invoice can be made."""
    currency = draw(st.sampled_from(["EUR", "USD", "JPY"]))
    return document(*draw(st.lists(lines(priced=True), min_size=1, max_size=6)), currency=currency)

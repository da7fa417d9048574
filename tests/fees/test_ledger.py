"""Statements in the books of both sides: balanced, read by the real beancount, never a guess."""

import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from beancount.core import data
from beancount.ops import validation
from beancount.parser import booking, parser
from hypothesis import example, given, settings
from hypothesis import strategies as st

from habeas.fees import ledger, stated
from habeas.fees.ledger import View
from statements import Document, document, documents, line
from statements import stated as of_schedule

VIEWS = st.sampled_from(["payer", "payee"])
BOOK: Callable[..., tuple[list[data.Directive], list[object]]] = booking.book
VALIDATE: Callable[..., list[object]] = validation.validate
ACCOUNT = re.compile(r"(Assets|Liabilities|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+\Z")


def book(found: Document, view: View = "payer", other: str = "Estonia") -> ledger.Transaction:
    return ledger.booked(stated.read(found), view, other)


def text(*found: ledger.Transaction) -> str:
    return ledger.beancount(found, "t", ["said"])


def checked(ledger_text: str) -> list[data.Directive]:
    """The directives as beancount itself reads, books and validates them, without an error."""
    read, errors, options = parser.parse_string(ledger_text)
    assert errors == []
    entries, unbooked = BOOK(read, options)
    assert unbooked == []
    assert VALIDATE(entries, options, None) == []
    return entries


def read_postings(entries: list[data.Directive]) -> list[tuple[str, Decimal, str]]:
    found = []
    for entry in entries:
        for posting in entry.postings if isinstance(entry, data.Transaction) else ():
            assert posting.units is not None
            assert posting.units.number is not None
            found.append((posting.account, posting.units.number, posting.units.currency))
    return found


@given(documents(), VIEWS, st.text(max_size=60))
@settings(max_examples=150)
@example(document(), "payer", "")
@example(document(line(amount=None)), "payee", '"; \\ \n{}')
def test_any_statement_balances_and_beancount_reads_what_was_booked(
    found: Document, view: View, other: str
) -> None:
    one = book(found, view, other)
    assert sum(posting.minor for posting in one.postings) == 0
    assert read_postings(checked(text(one))) == [
        (told.account, Decimal(told.minor).scaleb(-one.exponent), one.currency)
        for told in one.postings
    ]


@given(documents())
def test_both_sides_book_the_same_amounts_with_the_other_sign(found: Document) -> None:
    payer, payee = book(found, "payer"), book(found, "payee", "Sweden")
    assert [one.minor for one in payer.postings] == [-one.minor for one in payee.postings]


@given(documents(), VIEWS)
def test_a_line_that_is_not_priced_is_a_note_and_never_a_posting(
    found: Document, view: View
) -> None:
    one = book(found, view)
    unpriced = [row["amount_minor"] is None for row in found["lines"]].count(True)
    entries = checked(text(one))
    notes = [entry for entry in entries if isinstance(entry, data.Note)]
    assert (len(one.notes), len(notes)) == (unpriced, unpriced)
    assert all("UNKNOWN" in note.comment for note in notes)
    lines = {posting.row.number for posting in one.postings if posting.row}
    assert lines == {
        place for place, row in enumerate(found["lines"], 1) if row["amount_minor"] is not None
    }
    flags = {entry.flag for entry in entries if isinstance(entry, data.Transaction)}
    assert flags <= {"!" if unpriced else "*"}


@given(st.text(max_size=80), st.text(max_size=80))
@example("a b", "a-b")
@example("Ünited", "-nited")
@example("x" * 40, "x" * 41)
def test_any_name_is_an_account_and_two_names_are_never_one(name: str, other: str) -> None:
    accounts = [f"Assets:{ledger.part(one)}" for one in (name, other)]
    assert all(ACCOUNT.match(account) for account in accounts)
    assert (accounts[0] == accounts[1]) is (name == other)


@given(st.text(max_size=40))
def test_any_kind_has_an_account(kind: str) -> None:
    assert ACCOUNT.match(f"Expenses:{ledger.place(kind)}")


def test_what_is_paid_for_empty_places_is_never_merged_into_persons_held() -> None:
    one = book(of_schedule())
    assert [(posting.account, posting.minor) for posting in one.postings] == [
        ("Expenses:Custody:Occupied", 102_000_000),
        ("Expenses:Custody:PaidForEmpty", 153_000_000),
        ("Liabilities:Payable:Estonia", -255_000_000),
    ]


def test_credits_exchange_and_rounding_have_accounts_of_their_own() -> None:
    kinds = ["credit", "deduction", "fx_difference", "rounding", "transport", "annual_lump"]
    one = book(document(*(line(kind, -5) for kind in kinds)), "payee")
    assert [posting.account for posting in one.postings] == [
        "Income:Credits", "Income:Deductions", "Income:FxDifference", "Income:Rounding",
        "Income:Custody:Transport", "Income:Custody:AnnualLump", "Assets:Receivable:Estonia",
    ]  # fmt: skip
    assert sum(posting.minor for posting in one.postings) == 0


def test_a_currency_without_or_with_three_decimals_is_written_exactly() -> None:
    for currency, expected in (("JPY", "123456789"), ("BHD", "123456.789"), ("CLF", "12345.6789")):
        assert f"  {expected} {currency}\n" in text(
            book(document(line(amount=123_456_789), currency=currency))
        )


def test_the_journal_has_a_row_for_each_posting_and_each_note() -> None:
    one = book(document(line(), line(amount=None, kind="not_priced"), line("credit", -30)))
    rows = list(ledger.journal([one]))
    assert [(row["entry"], row.get("amount_minor", "")) for row in rows] == [
        ("posting", "100"), ("posting", "-30"), ("posting", "-70"), ("note", ""),
    ]  # fmt: skip
    assert {key for row in rows for key in row} <= set(ledger.JOURNAL)


def bean_check(path: Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(path)]
    return subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603


def test_the_program_bean_check_accepts_the_ledger_and_refuses_one_cent_more(
    tmp_path: Path,
) -> None:
    odd = document(line("odd \u00e9\"'\\ kind", 7), line(amount=None), currency="BHD")
    whole = text(book(of_schedule()), book(odd, other='A "B" \\ C;'))
    good, bad = tmp_path / "good.beancount", tmp_path / "bad.beancount"
    good.write_text(whole, encoding="utf-8")
    bad.write_text(whole.replace("1020000.00", "1020000.01"), encoding="utf-8")
    assert (bean_check(good).returncode, bean_check(good).stderr) == (0, "")
    assert bean_check(bad).returncode == 1
    assert "does not balance: (0.01 EUR)" in bean_check(bad).stderr


def test_each_posting_says_its_line_its_quantity_and_its_clause() -> None:
    told = text(book(document(line(quantity="3/2", citation="art. 7")), "payer", ""))
    for said in ('line: "1"', 'quantity: "3/2 days"', 'clause: "art. 7"'):
        assert f"    {said}\n" in told

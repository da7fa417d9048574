"""What an invoice says of a statement, term by term, without the file that carries it."""

from datetime import date
from typing import Any

import msgspec
import pytest

from habeas.errors import FeeError
from habeas.fees import business_terms, stated
from habeas.fees.business_terms import Particulars, Party
from statements import Document, document, line

SELLER, BUYER = Party("EE", "Prison service", "EE-VANGLA"), Party("SE", "Service", "SE-KVV")
Terms = dict[str, Any]


def said(found: Document, **given: object) -> Terms:
    particulars = msgspec.convert({"terms": "Within 30 days."} | given, Particulars)
    made: Terms = business_terms.terms(stated.read(found), SELLER, BUYER, particulars)
    return made


def lines(*rows: Document, **given: object) -> list[Terms]:
    found: list[Terms] = said(document(*rows), **given)["BG-25"]
    return found


def product(quantity: str, unit: str, price: int, amount: int) -> Document:
    return line(amount=amount, quantity=quantity, unit=unit, unit_price_minor=price)


def test_a_line_says_its_row() -> None:
    first, second = lines(line(amount=100), line("credit", -30, citation="art. 2", text="less"))
    assert first["BT-127-00"] == [{"BT-127": "treaty art. 1"}]
    assert (first["BT-126"], second["BT-126"], second["BT-154"]) == ("1", "2", "less")
    assert (first["BT-134"], first["BT-135"]) == (date(2027, 3, 1), date(2027, 3, 31))
    assert (first["BT-131"], second["BT-131"]) == ("1.00", "-0.30")
    assert second["BG-32"] == [{"BT-160": "Quantity", "BT-161": "1 days"}]
    assert second["BT-127-00"] == [{"BT-127": "art. 2"}]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (product("3", "person-days", 100, 300), ("3", "DAY", "1.00", None)),
        (product("3", "person-days stated", 100, 300), ("3", "DAY", "1.00", None)),
        (product("3", "trips", 100, 300), ("3", "C62", "1.00", None)),
        (product("3/2", "person-days", 100, 150), ("3", "C62", "1.00", "2")),
        # 62 person-days of a month of 31 are two person-months; half a day of them is none.
        (product("2", "person-months", 100, 200), ("62", "DAY", "1.00", "31")),
        (product("1/31", "person-months", 310, 10), ("1", "DAY", "3.10", "31")),
        (product("1/62", "person-months", 620, 10), ("1", "C62", "6.20", "62")),
        (product("-3", "person-days", 100, -300), ("-3", "DAY", "1.00", None)),
        # What is no product of quantity and price is a lump.
        (product("3", "person-days", 100, 301), ("1", "LS", "3.01", None)),
        (product("3", "person-days", 100, -301), ("-1", "LS", "3.01", None)),
        (product("1", "person-days", 1, 0), ("1", "LS", "0.00", None)),
        (product("0", "person-days", 100, 0), ("0", "DAY", "1.00", None)),
        (line(amount=0), ("1", "LS", "0.00", None)),
    ],
)
def test_quantity_unit_and_price_stand_where_the_amount_is_their_product(
    row: Document, told: tuple[str | None, ...]
) -> None:
    # A note that credits turns every sign; a second line keeps this one an invoice.
    other = line(amount=1000)
    only = lines(row, other)[0]
    assert tuple(only.get(name) for name in ("BT-129", "BT-130", "BT-146", "BT-149")) == told


def test_less_than_nothing_is_a_note_that_credits_with_every_sign_turned() -> None:
    credit = {"credit": {"number": "EE-7", "issued": "2027-04-02"}}
    found = said(document(line("credit", -250), line(amount=50)), **credit)
    assert (found["BT-3"], found["BT-115"], found["BG-3"]) == (
        "381", "2.00", [{"BT-25": "EE-7", "BT-26": date(2027, 4, 2)}],
    )  # fmt: skip
    assert [one["BT-131"] for one in found["BG-25"]] == ["2.50", "-0.50"]
    assert said(document(line("credit", -250)), credit={"number": "x"})["BG-3"] == [{"BT-25": "x"}]


def test_an_invoice_says_its_statement() -> None:
    found = said(document(line(amount=100)))
    assert (found["BT-3"], found["BT-5"], found["BT-109"], found["BT-110"]) == (
        "380", "EUR", "1.00", "0.00",
    )  # fmt: skip
    assert (found["BT-73"], found["BT-74"]) == (date(2027, 3, 1), date(2027, 3, 31))
    assert (found["BT-2"], found["BT-10"]) == (date(2027, 4, 1), "SE-EE")
    assert str(found["BT-1"]).startswith("SE-EE-20270301-")
    assert found["BG-4"] == {
        "name": "Prison service", "identifiers": {None: "EE-VANGLA"}, "country_code": "EE",
    }  # fmt: skip
    (vat,) = found["BG-23"]
    assert (vat["BT-116"], vat["BT-117"], vat["BT-118"], vat["BT-121"]) == (
        "1.00", "0.00", "O", "VATEX-EU-O",
    )  # fmt: skip
    assert any("Person-days: " in one["BT-22"] for one in found["BG-1"])
    assert all(one["BT-22"] for one in found["BG-1"])
    given = said(document(line(amount=100)), issued="2027-04-05", number="7", buyer_reference="r")
    assert (given["BT-1"], given["BT-2"], given["BT-10"]) == ("7", date(2027, 4, 5), "r")


def test_three_decimals_are_written_with_two_and_never_cut() -> None:
    (only,) = said(document(line(amount=123_450), currency="BHD"))["BG-25"]
    assert only["BT-131"] == "123.45"
    with pytest.raises(FeeError) as caught:
        said(document(line(amount=123_451), currency="BHD"))
    assert [one.code for one in caught.value.faults] == ["H766"]
    (yen,) = said(document(line(amount=123), currency="JPY"))["BG-25"]
    assert yen["BT-131"] == "123"


@pytest.mark.parametrize(
    ("rows", "given", "codes"),
    [
        ([line(amount=None)], {}, ["H765"]),
        ([], {}, ["H766"]),
        ([line("tax", 5)], {}, ["H766"]),
        ([line(amount=5)], {"tax": {"category": "S"}}, ["H766"]),
        ([line(amount=5)], {"terms": None}, ["H766"]),
        ([line(amount=-5)], {}, ["H766"]),
        ([line(amount=0)], {"terms": None}, []),
        ([line(amount=5)], {"bic": "HABAEE2X"}, ["H766"]),
        ([line(amount=5)], {"account_name": "x"}, ["H766"]),
        ([line(amount=5)], {"seller": {"endpoint": "x"}}, ["H766"]),
        ([line(amount=5)], {"buyer": {"endpoint": "x", "endpoint_scheme": "0007"}}, []),
    ],
)
def test_what_an_invoice_cannot_say_is_refused_and_all_of_it_is_told(
    rows: list[Document], given: dict[str, object], codes: list[str]
) -> None:
    if not codes:
        assert said(document(*rows), **given)["BT-3"] == "380"
        return
    with pytest.raises(FeeError) as caught:
        said(document(*rows), **given)
    assert [one.code for one in caught.value.faults] == codes

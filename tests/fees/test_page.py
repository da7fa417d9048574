"""What the page of a statement says, part by part, without the program that sets it."""

import base64

import pytest

from habeas.fees import page, stated
from habeas.fees.page import Page
from statements import Document, document, line

AGREEMENT = {"title": "A lease", "note": "Example.", "reviewed": "By nobody."}
ROOT = base64.b64encode(bytes(range(32))).decode()
NOTE = f"log.example\n1234\n{ROOT}\n\n\u2014 log.example AAAA\n"


def paged(found: Document) -> Page:
    return page.page(stated.read(found), AGREEMENT, ["SE", "KVV"], ["EE", "VANGLA"], "")


@pytest.mark.parametrize(
    ("quantity", "unit", "told", "exact"),
    [
        ("1234", "person-days", "1,234", ""),
        ("-3", "person-days", "\N{MINUS SIGN}3", ""),
        ("3/2", "person-days", "1.50", "3/2"),
        ("3/2", "person-months", "1.50", "3/2"),
        ("1250/31", "person-months", "40.32", "1,250 days / 31"),
        ("40", "person-months", "40", ""),
    ],
)
def test_a_quantity_is_rounded_for_the_eye_and_exact_beside_it(
    quantity: str, unit: str, told: str, exact: str
) -> None:
    (only,) = paged(document(line(quantity=quantity, unit=unit)))["lines"]
    assert (only["quantity"], only["exact"], only["unit"]) == (told, exact, unit)


def test_a_line_says_its_row_and_what_has_no_price_is_unknown() -> None:
    priced, none = paged(
        document(
            line("paid_for_empty", -123456, unit_price_minor=100), line("transport", None, text="x")
        )
    )["lines"]
    assert (priced["number"], priced["price"], priced["amount"], priced["empty"]) == (
        "1", "1.00", "\N{MINUS SIGN}1,234.56", True,
    )  # fmt: skip
    assert (none["number"], none["price"], none["amount"], none["empty"]) == (
        "2", "", "UNKNOWN", False,
    )  # fmt: skip
    assert (none["kind"], none["cite"], none["period"]) == (
        "Transport", "treaty art. 1", "2027-03-01 to 2027-03-31",
    )  # fmt: skip


def test_the_sum_and_its_sentence() -> None:
    plain = paged(document(line(amount=12345)))
    assert (plain["total"], plain["sum"]) == ("EUR 123.45", "123.45")
    assert plain["sentence"] == "The sum of the lines below."
    empty = paged(document(line(amount=12345), line("paid_for_empty", 55)))
    assert "0.55 is paid for empty places" in empty["sentence"]
    assert "123.45 for everything else" in empty["sentence"]
    nothing = paged(document(line(amount=1), line("paid_for_empty", 0)))
    assert nothing["sentence"].endswith("Nothing of it is paid for empty places.")
    for rows, told in (([line(amount=None)], "1 is not"), ([line(amount=None)] * 2, "2 are not")):
        unknown = paged(document(line(amount=700), *rows))
        assert (unknown["total"], unknown["sum"]) == ("UNKNOWN", "UNKNOWN")
        assert f"lines {told} priced" in unknown["sentence"]
        assert "7.00" in unknown["sentence"]


def test_the_particulars_name_both_sides_and_how_days_are_counted() -> None:
    told = dict(paged(document(line()))["particulars"])
    assert (told["Owed by"], told["Owed to"]) == ("SE; KVV", "EE; VANGLA")
    assert told["Agreement"].startswith("A lease (SE-EE, library file ")
    assert told["Its standing"].endswith("Example.")
    assert told["Period"].startswith("1 March 2027 to 31 March 2027: 31 days, civil days in ")
    assert told["Currency"].startswith("EUR;")


def basis(**more: object) -> dict[str, str]:
    made = document(line())
    made["basis"] = more
    return dict(paged(made)["basis"])


def test_the_checkpoint_that_a_statement_rests_on_is_told_in_its_parts() -> None:
    told = basis(checkpoint=NOTE)
    grouped = page.grouped_hash(bytes(range(32)).hex())
    assert told["Register's log"] == "log.example"
    assert told["Checkpoint"] == "of 1,234 leaves"
    assert told["Its root hash"] == f"{grouped} (in base64: {ROOT})"
    assert told["Cosigned by"] == "no witness: NOT WITNESSED"
    seen = basis(checkpoint=f"{NOTE}\u2014 court.example BBBB\n\u2014 press.example CCCC\n")
    assert seen["Cosigned by"] == "court.example, press.example"
    odd = basis(checkpoint="log.example\nmany\nAAAA\n\n")
    assert (odd["Checkpoint"], odd["Its root hash"]) == ("many", "AAAA")
    assert basis(checkpoint="log.example\n7\n?\n\n")["Its root hash"] == "?"
    assert basis(checkpoint="only this")["Checkpoint"] == "only this"


def test_whatever_else_it_rests_on_is_told_in_words() -> None:
    told = basis(persons=12345, places=None, at="x", events={}, stated={"a": 1, "b": None, "c": 2})
    assert told["Persons"] == "12,345"
    assert (told["At"], told["Stated"]) == ("x", "a: 1; c: 2")
    assert {"Places", "Events"} & set(told) == set()
    assert "Agreement" not in basis(agreement="y", tzdata="z")


def test_the_notes_say_who_reviewed_it_and_whether_it_is_in_force() -> None:
    notes = paged(document(line(text="a\ufffdb")))["notes"]
    assert any("reviewed by By nobody." in one for one in notes)
    assert [one for one in notes if "not in force" in one]
    assert notes[-1].endswith("stands for a character that cannot be printed.")
    standing = stated.read(document(line(), standing="in_force"))
    found = page.page(standing, AGREEMENT | {"reviewed": ""}, [], [], "")["notes"]
    assert [one for one in found if "reviewed by" in one or "not in force" in one] == []


def test_what_is_provisional_says_why() -> None:
    made = document(line(), state="provisional", provisional_because=["one", "two"])
    assert ["State", "provisional: one; two"] in paged(made)["basis"]
    assert ["State", "final"] in paged(document(line(), state="final"))["basis"]

"""A statement document is checked against itself before anybody pays by it."""

import json

import iso4217
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import FeeError
from habeas.fees import stated
from habeas.fees.currencies import DECIMALS
from statements import Document, document, documents, line
from statements import stated as of_schedule


def refused(found: object) -> list[str]:
    with pytest.raises(FeeError) as caught:
        stated.read(found, "s.json")  # type: ignore[arg-type]
    return [fault.sentence() for fault in caught.value.faults]


def test_a_statement_of_a_real_schedule_is_read_whole() -> None:
    found = stated.read(of_schedule())
    assert (found.agreement, found.total_minor, len(found.rows)) == ("SE-EE", 255_000_000, 2)
    assert [(row.number, row.kind, str(row.quantity)) for row in found.rows] == [
        (1, "occupied", "120"),
        (2, "paid_for_empty", "180"),
    ]


def test_a_total_that_is_not_the_sum_of_its_lines_is_refused() -> None:
    (said,) = refused(of_schedule() | {"total_minor": 255_000_001})
    assert said == (
        "s.json: H762 the lines sum to 255000000 minor units and the total says 255000001 minor "
        "units. Make the statement again; pay nothing by this one."
    )


def test_a_line_without_a_price_leaves_no_total() -> None:
    found = document(line(amount=None), line())
    assert stated.read(found).total_minor is None
    assert "H762" in refused(found | {"total_minor": 100})[0]
    assert "H762" in refused(document(line()) | {"total_minor": None})[0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "XYZ"}, "H763"),
        ({"currency": "EUR", "exponent": 3}, "H763"),
        ({"currency": "eur"}, "H761"),
        ({"lines": [line(amount=1) | {"amount_minor": 1.0}]}, "H761"),
        ({"lines": [line(amount=1) | {"amount_minor": "1"}]}, "H761"),
        ({"lines": [line(amount=1) | {"amount_minor": True}]}, "H761"),
        ({"lines": [line(quantity="1/0")]}, "H761"),
        ({"lines": [line(quantity="1.5")]}, "H761"),
        ({"lines": [line(amount=10**24)], "total_minor": 10**24}, "H761"),
        ({"lines": [line(to="2027-03-01")]}, "H761"),
        ({"lines": {}}, "H761"),
        ({"to": "2027-03-01"}, "H761"),
        ({"from": "soon"}, "H761"),
        ({"zone": "\ud800"}, "H761"),
    ],
)
def test_a_broken_statement_is_refused_with_its_place(change: Document, code: str) -> None:
    said = refused(of_schedule() | change)
    assert said
    assert said[0].startswith(f"s.json: {code} ")


@pytest.mark.parametrize("found", [[], None, 3, "x", {}, {"lines": []}])
def test_what_is_no_statement_is_one_sentence(found: object) -> None:
    assert [said.partition("H761 this is no statement: ")[1] for said in refused(found)] == [
        "H761 this is no statement: "
    ]


@pytest.mark.parametrize("key", sorted(of_schedule()))
def test_what_a_statement_lacks_is_named(key: str) -> None:
    found = of_schedule()
    del found[key]
    if key in {"total", "per_person_day", "priced_minor", "hash", "not_stated"}:
        stated.read(found)
        return
    by_hash = key in {"rounding", "state", "provisional_because", "price_level", "settlement"}
    assert ("H730" if by_hash else f"'{key}'") in refused(found)[0]


@pytest.mark.parametrize("key", ["zone", "convention", "tzdata", "basis", "price_level"])
def test_a_statement_whose_head_was_changed_is_refused(key: str) -> None:
    found = of_schedule()
    found[key] = {"stated": {}} if key in {"basis", "price_level"} else "UTC"
    assert "H730" in refused(found)[0]


def test_person_days_that_do_not_add_up_are_refused() -> None:
    days = {"all": 3, "billed": 1, "not_billed": 1, "undecided": 0, "by_status": []}
    assert (
        "3 in all, 2 billed, not billed and undecided, 0 by status"
        in (refused(of_schedule() | {"person_days": days})[0])
    )


def test_all_that_is_wrong_is_told_in_one_run() -> None:
    days = {"all": 1, "billed": 0, "not_billed": 0, "undecided": 0, "by_status": []}
    change = {"person_days": days, "total_minor": 1, "currency": "ABC"}
    codes = [said.split()[1] for said in refused(of_schedule() | change)]
    assert codes == ["H763", "H762", "H764"]


def test_what_a_later_version_adds_is_kept_word_for_word() -> None:
    found = stated.read(
        document(line(hash="ab", index={"factor": 1_025_000}), invoice_hash="cd", state="final")
    )
    assert {"invoice_hash": "cd", "state": "final"}.items() <= found.more.items()
    assert found.rows[0].more == {"hash": "ab", "index": '{"factor": 1025000}'}


@given(documents())
def test_the_hash_is_that_of_the_content_and_not_of_its_spelling(found: Document) -> None:
    other = json.loads(json.dumps(dict(reversed(found.items())), indent=3)) | {"habeas": "9.9"}
    assert stated.read(found).digest == stated.read(other).digest


@given(documents(), st.integers(1, 10**6))
def test_no_statement_with_another_total_is_ever_read(found: Document, more: int) -> None:
    if found["total_minor"] is None:
        found["total_minor"] = more
    else:
        found["total_minor"] += more
    with pytest.raises(FeeError):
        stated.read(found)


def test_minor_units_are_those_of_iso_4217() -> None:
    listed = {one.code: one.exponent for one in iso4217.Currency if one.exponent is not None}
    assert listed == DECIMALS

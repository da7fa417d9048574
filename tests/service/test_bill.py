"""A statement under hours, settled, and split at a release date: every figure by another count."""

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from habeas.custody.intervals import Interval
from habeas.errors import FeeError
from habeas.fees import stated
from habeas.fees.page import page
from habeas.fees.rate import Rates
from habeas.law.agreement import Agreement
from habeas.law.cited import Cite, Text
from habeas.law.library import Library
from habeas.law.schedule import (
    Counting,
    FeeItem,
    Fees,
    Milestone,
    MinimumGuarantee,
    PerDiem,
    Settlement,
)
from habeas.service import bill, statements
from habeas.service.note import note
from habeas.terms import Convention, Side, Status
from habeas.units import rounded

T, CITE = Text("t", "t"), (Cite("i", "1", "text"),)
SE_EE = Library().agreement("SE-EE")
JANUARY = bill.period(date(2027, 1, 1), date(2027, 2, 1))
ASKED = bill.Asked(JANUARY, as_of=datetime(2027, 3, 1, tzinfo=UTC))
PRICE = PerDiem("held", T, 10_000, CITE)
PAST = Counting("past_release_date", "not_billed", T)


def deal(convention: str, *items: FeeItem, settlement: Settlement | None = None) -> Agreement:
    fees = Fees("EUR", 2, "half_up", items, counting=(PAST,), settlement=settlement)
    calendar = structs.replace(SE_EE.calendar, convention=convention)
    return structs.replace(SE_EE, fees=fees, calendar=calendar)


def piece(start: datetime, seconds: int, subject: str = "p") -> Interval:
    end = start + timedelta(seconds=seconds)
    return Interval(
        subject, "SE-EE", Side.RECEIVING, "TARTU", "", Status.HELD, start, end, 0, "", 0, 0
    )


def document(under: Agreement, *held: Interval, rates: Rates | None = None) -> dict[str, Any]:
    made = bill.from_intervals(under, ASKED, list(held), {})
    found: dict[str, Any] = json.loads(json.dumps(statements.document(made, under, {}, rates)))
    return found


NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def test_a_statement_under_hours_is_read_noted_and_shown() -> None:
    under = deal("hours", PRICE, MinimumGuarantee("least", T, 310_000, 1, CITE))
    one, two = (document(under, piece(NOON, 86_400 + more)) for more in (1, 2))
    assert one["person_days"]["all"] == "86401/86400"
    held = [line for line in one["lines"] if line["item"] == "held"]
    assert [(line["quantity"], line["amount_minor"]) for line in held] == [("86401/86400", 10_000)]
    assert sum(line["amount_minor"] for line in one["lines"]) == 10_000 + 310_000
    told = stated.read(one)
    assert [told.days.all, told.days.billed, told.days.undecided] == ["86401/86400"] * 2 + [0]
    assert note(one, two)["amount_minor"] == 0
    assert (
        page(told, {"title": "t", "note": "", "reviewed": ""}, [], [], "")["days"][0][1] == "1.00"
    )
    one["person_days"]["billed"] = 1
    with pytest.raises(FeeError, match="H764"):
        stated.read({key: one[key] for key in one if key != "hash"})


SEK = Settlement("SEK", 2, "ECB", "period_end")
RATES = Rates("bank", {"SEK": {date(2027, 1, 29): Fraction(11)}})


def test_a_settlement_is_part_of_what_the_hash_covers() -> None:
    under = deal("midnight", PRICE, settlement=SEK)
    found = document(under, piece(NOON, 86_400), rates=RATES)
    assert found["settlement"]["total_minor"] == 110_000
    stated.read(found)
    found["settlement"]["total_minor"] = 1
    with pytest.raises(FeeError, match="H730"):
        stated.read(found)


STARTS = st.integers(-5 * 86_400, 35 * 86_400)


@given(
    st.sampled_from(list(Convention)),
    st.lists(st.tuples(STARTS, st.integers(1, 20 * 86_400), STARTS), min_size=1, max_size=4),
)
def test_a_release_date_moves_days_and_never_makes_or_loses_one(
    convention: Convention, stays: list[tuple[int, int, int]]
) -> None:
    under = deal(convention.value, PRICE)
    zero = datetime(2027, 1, 1, tzinfo=UTC)
    held = [piece(zero + timedelta(seconds=at), s, f"p{n}") for n, (at, s, _) in enumerate(stays)]
    past = {f"p{n}": zero + timedelta(seconds=until) for n, (_, _, until) in enumerate(stays)}
    whole = bill.from_intervals(under, ASKED, held, {})
    split = bill.from_intervals(under, ASKED, held, past)
    assert split.person_days == whole.person_days
    assert split.days("billed") + split.days("not_billed") == split.person_days
    assert split.total_minor == rounded(split.days("billed") * 10_000, "half_up")


def test_a_register_says_itself_when_a_number_of_persons_has_been_received() -> None:
    step = Milestone("at-3", T, 12_000, 3, CITE)
    under = deal("midnight", PRICE, step)
    before = piece(datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), 86_400, "p0")  # EET: 2027
    again = piece(NOON, 86_400, "p0")
    for more, due in ((0, 0), (1, 0), (2, 12_000), (3, 12_000)):
        held = [before, again, *(piece(NOON, 86_400, f"q{n}") for n in range(more))]
        made = bill.from_intervals(under, ASKED, held, {})
        assert sum(line.amount_minor or 0 for line in made.lines if line.item == "at-3") == due
    early = [piece(NOON - timedelta(days=40), 86_400, f"e{n}") for n in range(3)]
    assert len(bill.from_intervals(under, ASKED, early, {}).lines) == 1


@pytest.mark.parametrize(
    ("exponent", "settlement"), [(0, None), (2, Settlement("JPY", 2, "ECB", "period_end"))]
)
def test_a_minor_unit_that_the_currency_has_not_moves_no_amount(
    exponent: int, settlement: Settlement | None
) -> None:
    under = deal("midnight", PRICE, settlement=settlement)
    assert under.fees is not None
    wrong = structs.replace(under, fees=structs.replace(under.fees, exponent=exponent))
    with pytest.raises(FeeError, match="H763"):
        bill.from_intervals(wrong, ASKED, [], {})

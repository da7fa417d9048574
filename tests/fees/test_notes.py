"""A later computation of a closed period, line by line; what is due for places and has no price."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from fee_cases import CITE, T
from habeas.errors import FeeError
from habeas.fees import page
from habeas.fees.charge import charges
from habeas.fees.invoice import IDENTITY, differences
from habeas.fees.line import Line
from habeas.fees.quantity import Period, Quantities, constant
from habeas.law.program import Json
from habeas.law.schedule import (
    AnnualLump,
    CategoryRate,
    FeeItem,
    Fees,
    PerDiemByCategory,
    TakeOrPay,
    Tier,
    TieredAvailability,
)

JANUARY = Period(date(2027, 1, 1), date(2027, 2, 1))


def due(item: FeeItem, persons: int = 0, places: int | None = None) -> list[Line]:
    schedule = Fees(currency="EUR", exponent=2, rounding="half_up", items=(item,))
    return list(charges(schedule, Quantities(JANUARY, constant(JANUARY, persons), places=places)))


@pytest.mark.parametrize(
    "item", [TakeOrPay("t", T, 365_00, CITE, 9), AnnualLump("a", T, 365_00, CITE, 9)]
)
def test_a_sum_for_so_many_places_has_no_price_above_them(item: FeeItem) -> None:
    told = [
        [(one.quantity, one.unit, one.amount_minor) for one in due(item, **counted)]
        for counted in ({"places": 9}, {"places": 10}, {"persons": 9}, {"persons": 10})
    ]
    assert [one[0][2] for one in told] == [31_00, None, 31_00, None]
    assert told[1][0][:2] == (Fraction(10), "places")
    assert told[3][0][:2] == (Fraction(10), "persons on one day")


def test_places_above_the_last_tier_have_no_price_and_a_tier_must_have_one() -> None:
    def tiered(*tiers: Tier) -> TieredAvailability:
        return TieredAvailability("a", T, tiers, "full", CITE)

    assert due(tiered(), places=0) == []
    one = tiered(Tier(1, 9, CITE, minor_per_place_day=5))
    assert [line.amount_minor for line in due(one, places=9)] == [9 * 31 * 5]
    above = due(one, places=11)
    assert [(line.quantity, line.amount_minor) for line in above][1:] == [(Fraction(2), None)]
    for nothing in (Tier(1, 9, CITE), Tier(1, 9, CITE, None, 50)):
        with pytest.raises(FeeError) as caught:
            due(tiered(nothing), places=1)
        assert caught.value.code == "H704"


def line(item: str, amount: int | None, quantity: str = "1") -> dict[str, Json]:
    same: dict[str, Json] = dict.fromkeys(IDENTITY, "x")
    return {**same, "item": item, "amount_minor": amount, "quantity": quantity}


def test_a_note_has_a_line_for_each_that_changed_and_none_for_the_others() -> None:
    closed = [line("a", 10), line("b", 20), line("c", 30), line("d", None), line("a", 11)]
    now = [line("a", 10), line("b", 25, "2"), line("d", 40), line("e", 5), line("a", 11)]
    found = differences(closed, now)
    assert [
        (one["item"], one["quantity_was"], one["quantity"], one["amount_minor"]) for one in found
    ] == [("b", "1", "2", 5), ("c", "1", "0", -30), ("d", "1", "1", None), ("e", "0", "1", 5)]
    assert [(one["amount_was_minor"], one["amount_is_minor"]) for one in found] == [
        (20, 25), (30, 0), (None, 40), (0, 5),
    ]  # fmt: skip
    assert differences(closed, closed) == []


def test_a_hash_is_shown_in_groups_and_any_other_text_as_it_is() -> None:
    assert page.grouped_hash("0123456789abcdef" * 4) == " ".join(["01234567", "89abcdef"] * 4)
    for other in ("0123456789abcdef" * 3, "0123456789abcdeg" * 4, ""):
        assert page.grouped_hash(other) == other


def test_the_span_of_a_period_ends_on_its_last_day() -> None:
    days = JANUARY.first, JANUARY.after
    assert page.span(*days) == "1 January 2027 to 31 January 2027"
    assert page.short_span(*days) == "2027-01-01 to 2027-01-31"
    one = date(2027, 1, 31), date(2027, 2, 1)
    assert (page.span(*one), page.short_span(*one)) == ("31 January 2027", "2027-01-31")


def test_a_yearly_sum_is_shared_by_the_days_of_each_calendar_year() -> None:
    # 184 days of 365, and 182 of the 366 of a leap year.
    period = Period(date(2027, 7, 1), date(2028, 7, 1))
    item = TakeOrPay("t", T, 365 * 366, CITE)
    schedule = Fees(currency="EUR", exponent=2, rounding="half_up", items=(item,))
    (only,) = charges(schedule, Quantities(period, constant(period, 0)))
    assert only.amount_minor == 184 * 366 + 182 * 365


def test_a_category_that_nobody_is_of_has_no_line() -> None:
    rates = (CategoryRate("adult", 100), CategoryRate("child", 200))
    item = PerDiemByCategory("c", T, rates, CITE)
    schedule = Fees(currency="EUR", exponent=2, rounding="half_up", items=(item,))
    adults = np.full(JANUARY.days, 2, np.int64)
    heads = Quantities(JANUARY, constant(JANUARY, 2), by_category={"adult": adults})
    assert [one.amount_minor for one in charges(schedule, heads)] == [2 * 31 * 100]

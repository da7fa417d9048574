"""Where prices step: each item is cut by its own index, and a sum that is due once stays one."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from habeas.errors import FeeError
from habeas.fees.charge import charges
from habeas.fees.quantity import Ints, Period, Quantities
from habeas.law.cited import Cite, Text
from habeas.law.schedule import (
    AdvanceGrant,
    Band,
    BandedPerDiem,
    Credit,
    FeeItem,
    Fees,
    Indexation,
    Lump,
    MinimumGuarantee,
    PerDiem,
    PerUnit,
    Step,
)

T, CITE = Text("t", "t"), (Cite("i", "1", "text"),)
JUNE = Period(date(2027, 6, 1), date(2027, 7, 1))
SUMMER = Period(date(2027, 6, 1), date(2027, 8, 1))
MIDDLE, FIRST = date(2027, 6, 16), date(2027, 7, 1)


def fees(step: date, *items: FeeItem, of: tuple[str, ...] = ()) -> Fees:
    index = Indexation(2026, T, CITE, of, None, (Step(step, "2", CITE),))
    return Fees(currency="USD", exponent=2, rounding="half_up", items=items, indexation=index)


def held(row: Ints, period: Period = JUNE) -> Quantities:
    return Quantities(period, {"F": row}, below={"CPT-2": row // 2})


PRICE = PerDiem("held", T, 100, CITE)
GRANT = AdvanceGrant("grant", T, 476_000_000, 238, 12, CITE)
SWINGS = np.array([400] * 15 + [200] * 15)


@pytest.mark.parametrize("of", [(), ("held",)])
def test_a_sum_paid_ahead_is_due_once_wherever_prices_step(of: tuple[str, ...]) -> None:
    lines = charges(fees(MIDDLE, PRICE, GRANT, of=of), held(SWINGS))
    assert [line.amount_minor for line in lines if line.item == "grant"] == [476_000_000]
    assert [line.amount_minor for line in lines if line.item == "held"] == [600_000, 600_000]


def test_an_item_that_no_index_moves_is_not_cut() -> None:
    lump = Lump("lump", T, 1, "month", CITE)
    least = MinimumGuarantee("least", T, 30, 300, CITE)
    lines = charges(fees(MIDDLE, PRICE, lump, least, of=("held",)), held(SWINGS))
    told = [(line.item, line.period.days, line.amount_minor) for line in lines]
    assert told == [
        ("held", 15, 600_000),
        ("held", 15, 600_000),
        ("lump", 30, 1),  # a half of it twice would be two
        ("least", 30, 9_000),  # 300 on average, though fewer in the second half
        ("least", 30, 0),
    ]


AVERAGED: list[FeeItem] = [
    MinimumGuarantee("item", T, 30, 300, CITE),
    BandedPerDiem("item", T, (Band(1, CITE, None, 100),), "period", CITE, guaranteed_persons=300),
]


@pytest.mark.parametrize("item", AVERAGED)
def test_a_month_that_is_averaged_as_one_has_one_price(item: FeeItem) -> None:
    with pytest.raises(FeeError, match="H728"):
        charges(fees(MIDDLE, item), held(SWINGS))
    months = charges(fees(FIRST, item), held(np.full(61, 300), SUMMER))
    prices = [line.price_minor for line in months if line.kind == "occupied"]
    assert prices in ([30, 60], [100, 200])


def test_a_credit_gives_back_at_the_price_of_each_part() -> None:
    credit = Credit("space", T, "CPT-2", "held", 100, CITE)
    for of in ((), ("held",)):
        lines = charges(fees(MIDDLE, PRICE, credit, of=of), held(SWINGS))
        given_back = [line for line in lines if line.kind == "credit"]
        assert [(one.quantity, one.amount_minor) for one in given_back] == [
            (Fraction(3_000), -30_000),
            (Fraction(1_500), -30_000),
        ]


def test_what_was_done_is_priced_where_its_own_price_does_not_step() -> None:
    trip = PerUnit("trip", T, "trip", 5, CITE)
    given = with_units(held(SWINGS), {"trip": 3})
    lines = charges(fees(MIDDLE, PRICE, trip, of=("held",)), given)
    assert [line.amount_minor for line in lines if line.item == "trip"] == [15]
    with pytest.raises(FeeError, match="H728"):
        charges(fees(MIDDLE, PRICE, trip), given)


def with_units(given: Quantities, units: dict[str, int]) -> Quantities:
    return Quantities(given.period, given.daily, units=units, below=given.below)

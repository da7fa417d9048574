"""What stands at the edge of a schedule: nobody held, nobody named, nothing measured, no cap."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from habeas.errors import FeeError
from habeas.fees.charge import charges
from habeas.fees.invoice import statement
from habeas.fees.line import Line
from habeas.fees.quantity import Period, Quantities, constant
from habeas.law.cited import Cite, Text
from habeas.law.library import Library
from habeas.law.schedule import (
    Band,
    BandedPerDiem,
    CategoryRate,
    Credit,
    FeeItem,
    Fees,
    Lump,
    PerDiem,
    PerDiemByCategory,
    Withheld,
)

T, CITE = Text("t", "t"), (Cite("i", "1", "text"),)
JUNE = Period(date(2027, 6, 1), date(2027, 7, 1))
BANDS = (Band(1, CITE, 100, 5_000), Band(101, CITE, 200, 3_000))
DEAL = Library().agreement("SE-EE")


def fees(*items: FeeItem) -> Fees:
    return Fees(currency="USD", exponent=2, rounding="half_up", items=items)


def persons(count: int, facility: str = "F") -> dict[str, np.ndarray]:
    return {facility: np.full(30, count)}


def told(lines: list[Line]) -> list[tuple[str, int, int | None]]:
    return [(line.kind, int(line.quantity), line.amount_minor) for line in lines]


def test_nobody_held_is_a_credit_of_nothing_and_not_an_unknown_one() -> None:
    held = BandedPerDiem("held", T, BANDS, "day", CITE)
    credit = Credit("space", T, "CPT-2", "held", 100, CITE)
    below = {"CPT-2": np.zeros(30, np.int64)}
    assert charges(fees(held, credit), Quantities(JUNE, persons(0), below=below)) == []


def test_persons_below_a_standard_of_whom_nobody_is_billed_leave_the_credit_unknown() -> None:
    lump = Lump("held", T, 9_000, "month", CITE)
    credit = Credit("space", T, "CPT-2", "held", 100, CITE)
    given = Quantities(JUNE, persons(0), below={"CPT-2": np.full(30, 2)})
    assert told(charges(fees(lump, credit), given)) == [
        ("lump", 30, 9_000),
        ("not_priced", 60, None),
    ]


@pytest.mark.parametrize(("held", "beyond"), [(150, 0), (230, 30)])
def test_a_shortfall_in_money_has_a_price_beyond_the_last_band(held: int, beyond: int) -> None:
    item = BandedPerDiem(
        "held", T, BANDS, "day", CITE, guarantee_basis="money", guaranteed_persons=250
    )
    lines = charges(fees(item), Quantities(JUNE, persons(held)))
    empty = [line for line in lines if line.kind == "paid_for_empty"]
    assert [line.amount_minor for line in empty] == [30 * (250 - held) * 5_000]
    assert sum(line.quantity for line in lines if line.kind == "not_priced") == 30 * beyond


def test_a_monthly_sum_stays_monthly_whatever_day_it_names() -> None:
    item = Lump("rent", T, 3_000, "month", CITE, due=date(2027, 6, 3))
    two = Period(date(2027, 6, 1), date(2027, 8, 1))
    assert told(charges(fees(item), Quantities(two, {}))) == [("lump", 61, 6_000)]


SCOPED: list[FeeItem] = [
    BandedPerDiem("held", T, BANDS, "day", CITE, facilities=("F",)),
    PerDiemByCategory("held", T, (CategoryRate("adult", 5),), CITE, facilities=("F",)),
    Withheld("held", T, "x", "y", CITE, facilities=("F",)),
]


@pytest.mark.parametrize("item", SCOPED)
def test_persons_of_no_named_facility_are_never_billed_as_nobody(item: FeeItem) -> None:
    with pytest.raises(FeeError, match="H723"):
        charges(fees(item), Quantities(JUNE, constant(JUNE, 100)))
    charges(fees(item), Quantities(JUNE, constant(JUNE, 0)))


@pytest.mark.parametrize("item", SCOPED)
def test_persons_in_a_facility_that_no_item_names_have_no_price(item: FeeItem) -> None:
    given = Quantities(JUNE, {**persons(10), **persons(7, "G")})
    lines = statement(DEAL, fees(item), given).lines
    assert ("not_priced", 210, None) in told(list(lines))
    everyone = PerDiem("all", T, 1, CITE)
    lines = statement(DEAL, fees(item, everyone), given).lines
    assert ("not_priced", 210, None) not in told(list(lines))


def test_each_category_is_a_line_of_its_own_name() -> None:
    rates = (CategoryRate("adult", 5_000), CategoryRate("juvenile", 9_000))
    given = Quantities(
        JUNE, persons(3), by_category={"adult": np.full(30, 2), "juvenile": np.full(30, 1)}
    )
    lines = charges(fees(PerDiemByCategory("held", T, rates, CITE)), given)
    assert [(line.unit, line.quantity) for line in lines] == [
        ("person-days of adult", Fraction(60)),
        ("person-days of juvenile", Fraction(30)),
    ]

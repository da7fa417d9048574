"""Worked fixtures, computed by hand: one word of a text that is not defined, in money."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from habeas.errors import FeeError
from habeas.fees.charge import charges
from habeas.fees.line import Line, Pricing
from habeas.fees.quantity import Ints, Period, Quantities, constant, months
from habeas.fees.rate import factor
from habeas.law.cited import Cite, Text
from habeas.law.library import Library
from habeas.law.schedule import (
    AdvanceGrant,
    AtCost,
    Band,
    BandedPerDiem,
    Credit,
    Deduction,
    FeeItem,
    Fees,
    Indexation,
    Lump,
    Milestone,
    PerDiem,
    PerUnit,
    Step,
    TakeOrPay,
)

T, CITE = Text("t", "t"), (Cite("i", "1", "text"),)
MAY = Period(date(2027, 5, 1), date(2027, 6, 1))
YEAR = Period(date(2027, 1, 1), date(2028, 1, 1))
JUNE = Period(date(2027, 6, 1), date(2027, 7, 1))


def fees(*items: FeeItem, indexation: Indexation | None = None) -> Fees:
    return Fees(currency="USD", exponent=2, rounding="half_up", items=items, indexation=indexation)


def owed(lines: list[Line], *kinds: str) -> int:
    return sum(line.amount_minor or 0 for line in lines if not kinds or line.kind in kinds)


def days(lines: list[Line], kind: str) -> Fraction:
    return sum((line.quantity for line in lines if line.kind == kind), Fraction(0))


def held(period: Period, row: Ints) -> Quantities:
    return Quantities(period, {"F": row})


# W1: a guarantee of 80 % of 1,000 places, the second band from place 601 at 95 %


def w1(basis: str) -> BandedPerDiem:
    bands = (
        Band(from_person=1, to_person=600, per_mille=1000, cite=CITE),
        Band(from_person=601, to_person=1000, per_mille=950, cite=CITE),
    )
    item = BandedPerDiem(
        id="w1",
        text=T,
        bands=bands,
        basis="period",
        cite=CITE,
        base_minor=5479,
        guaranteed_per_mille=800,
        places=1000,
    )
    return structs.replace(item, guarantee_basis=basis)


@pytest.mark.parametrize(
    ("basis", "total", "top_up"),
    [("days", 134_180_400, 49_255_900), ("money", 135_879_200, 50_954_700)],
)
def test_w1_whether_a_guarantee_runs_through_the_bands_is_16_988_dollars_a_month(
    basis: str, total: int, top_up: int
) -> None:
    lines = charges(fees(w1(basis)), held(MAY, np.full(31, 500)))
    assert (owed(lines, "occupied"), owed(lines, "paid_for_empty")) == (84_924_500, top_up)
    assert [owed(lines), int(days(lines, "paid_for_empty"))] == [total, 9_300]


# W2: unit prices under an index, rounded once

W2 = [
    (5479, 5205, 4931), (5616, 5335, 5054), (5756, 5469, 5181), (5900, 5605, 5310),
    (6048, 5745, 5443), (6199, 5889, 5579), (6354, 6036, 5719), (6513, 6187, 5862),
    (6676, 6342, 6008), (6843, 6500, 6158),
]  # fmt: skip


@pytest.mark.parametrize(("year", "prices"), list(enumerate(W2)))
def test_w2_a_price_is_rounded_once(year: int, prices: tuple[int, int, int]) -> None:
    steps = tuple(Step(from_=date(2027 + n, 1, 1), factor="1.025", cite=CITE) for n in range(1, 10))
    index = Indexation(price_level=2027, text=T, cite=CITE, decimals=6, steps=steps)
    level = factor(index, date(2027 + year, 3, 1))
    found = tuple(Pricing("half_up", level).price(5479, share) for share in (1000, 950, 900))
    assert found == prices


# W3: a real schedule, headcounts made up

ADELANTO = BandedPerDiem(
    id="w3",
    text=T,
    bands=(
        Band(from_person=1, to_person=1455, minor_per_person_day=11_192, cite=CITE),
        Band(from_person=1456, to_person=1940, minor_per_person_day=4_236, cite=CITE),
    ),
    basis="day",
    cite=CITE,
    guaranteed_persons=1455,
)
SWINGS = np.array([1400] * 15 + [1600] * 15)


@pytest.mark.parametrize(
    ("basis", "row", "total"),
    [
        ("day", np.full(30, 1119), 488_530_800),
        ("day", np.full(30, 1600), 506_957_400),
        ("day", SWINGS, 497_744_100),
        ("period", SWINGS, 494_249_400),
    ],
)
def test_w3_bands_by_the_day_are_not_bands_by_the_month(basis: str, row: Ints, total: int) -> None:
    item = structs.replace(ADELANTO, basis=basis)
    assert owed(charges(fees(item), held(JUNE, row))) == total


# W4: a closed cohort


def test_w4_a_cohort_that_leaves_pays_for_empty_places() -> None:
    row = np.array([400 * (d < 100) + 350 * (d < 200) + 250 for d in range(365)])
    flat = structs.replace(
        ADELANTO,
        bands=(Band(from_person=1, minor_per_person_day=5479, cite=CITE),),
        basis="period",
        guaranteed_persons=None,
    )
    by_month = [int(row[(m.first - YEAR.first).days :][: m.days].sum()) for m in months(YEAR)]
    assert by_month == [
        31_000, 28_000, 31_000, 22_000, 18_600, 18_000, 14_400, 7_750, 7_500, 7_750, 7_500, 7_750,
    ]  # fmt: skip
    assert owed(charges(fees(flat), held(YEAR, row))) == 1_102_648_750
    least = structs.replace(flat, guaranteed_per_mille=800, places=1000)
    lines = charges(fees(least), held(YEAR, row))
    assert [int(days(lines, "paid_for_empty")), owed(lines)] == [108_750, 1_698_490_000]


# Agreements of the library


def nl_no(first: date, after: date, steps: Mapping[int, str]) -> int:
    deal = Library().agreement("NO-NL")
    assert deal.fees is not None
    assert deal.fees.indexation is not None
    index = structs.replace(
        deal.fees.indexation,
        steps=tuple(Step(from_=date(y, 1, 1), factor=f, cite=CITE) for y, f in steps.items()),
    )
    schedule = structs.replace(deal.fees, indexation=index)
    period = Period(first, after)
    return owed(charges(schedule, Quantities(period, constant(period, 0))))


@pytest.mark.parametrize(
    ("first", "after", "total"),
    [
        (date(2015, 9, 1), date(2016, 1, 1), 850_000_000),
        (date(2016, 1, 1), date(2017, 1, 1), 2_601_000_000),
        (date(2017, 1, 1), date(2018, 1, 1), 2_627_010_000),
        (date(2018, 1, 1), date(2018, 9, 1), 1_777_610_100),
        (date(2015, 9, 1), date(2018, 9, 1), 7_855_620_100),
    ],
)
def test_each_step_of_an_index_carries_into_all_later_years(
    first: date, after: date, total: int
) -> None:
    assert nl_no(first, after, {2016: "1.020", 2017: "1.010", 2018: "1.015"}) == total


def test_a_lump_a_milestone_and_units_make_the_sum_of_the_asylum_comparator() -> None:
    items = (
        Lump(id="fixed", text=T, minor=37_000_000_000, per="once", cite=CITE, due=YEAR.first),
        PerUnit(id="person", text=T, unit="person received", minor_per_unit=2_000_000, cite=CITE),
        Milestone(id="at-300", text=T, minor=12_000_000_000, persons=300, cite=CITE),
        PerUnit(id="care", text=T, unit="processing", minor_per_unit=15_087_400, cite=CITE),
    )
    given_ = Quantities(YEAR, {}, units={"person received": 300, "processing": 300}, received=300)
    assert owed(charges(fees(*items), given_)) == 54_126_220_000
    fewer = structs_quantities(given_, received=299)
    assert [line.kind for line in charges(fees(*items), fewer)] == ["lump", "per_unit", "per_unit"]


def structs_quantities(given_: Quantities, received: int) -> Quantities:
    return Quantities(given_.period, {}, units=given_.units, received=received)


# Credits and deductions

PRICE = PerDiem(id="held", text=T, minor_per_person_day=5_000, cite=CITE)


def below(count: int) -> Quantities:
    return Quantities(JUNE, constant(JUNE, 100), below={"CPT-2": np.full(30, count)})


def test_days_below_an_agreed_standard_are_credited_up_to_the_cap() -> None:
    credit = Credit(id="space", text=T, measure="CPT-2", of="held", per_mille=200, cite=CITE)
    lines = charges(fees(PRICE, credit), below(40))
    assert (owed(lines, "occupied"), owed(lines, "credit")) == (15_000_000, -40 * 30 * 1_000)
    capped = structs.replace(credit, cap_per_mille=50)
    assert owed(charges(fees(PRICE, capped), below(40)), "credit") == -750_000


def test_a_standard_that_nobody_measured_leaves_the_credit_without_a_price() -> None:
    credit = Credit(id="space", text=T, measure="CPT-2", of="held", per_mille=200, cite=CITE)
    lines = charges(fees(PRICE, credit), Quantities(JUNE, constant(JUNE, 100)))
    assert [(line.kind, line.amount_minor) for line in lines] == [
        ("occupied", 15_000_000),
        ("not_priced", None),
    ]


def test_a_deduction_is_taken_for_each_thing_and_no_more_than_its_cap() -> None:
    item = Deduction(
        id="posts",
        text=T,
        unit="post not filled",
        minor_per_unit=9_000,
        cite=CITE,
        cap_minor=20_000,
    )
    for done, amount in ((0, 0), (2, -18_000), (3, -20_000)):
        given_ = Quantities(JUNE, constant(JUNE, 1), units={"post not filled": done})
        assert owed(charges(fees(PRICE, item), given_), "deduction") == amount


def test_what_was_spent_is_charged_as_it_was() -> None:
    item = AtCost(id="care", text=T, cite=CITE)
    given_ = Quantities(JUNE, {}, spent={"care": 123_45})
    assert owed(charges(fees(item), given_)) == 12_345
    assert charges(fees(item), Quantities(JUNE, {})) == []


# Properties


@given(
    st.lists(st.integers(0, 60), min_size=30, max_size=30),
    st.lists(st.integers(1, 20), min_size=1, max_size=4),
    st.integers(0, 50),
)
def test_persons_in_bands_are_counted_as_one_by_one(
    row: list[int], widths: list[int], least: int
) -> None:
    ends = np.cumsum(widths).tolist()
    bands = tuple(
        Band(from_person=end - width + 1, to_person=end, minor_per_person_day=7 * end, cite=CITE)
        for width, end in zip(widths, ends, strict=True)
    )
    item = BandedPerDiem(
        id="b", text=T, bands=bands, basis="day", cite=CITE, guaranteed_persons=least
    )
    lines = charges(fees(item), held(JUNE, np.array(row)))
    price = {n: 7 * next(end for end in ends if n <= end) for n in range(1, ends[-1] + 1)}
    billed = [max(n, least) for n in row]
    assert owed(lines) == sum(price.get(n, 0) for most in billed for n in range(1, most + 1))
    assert days(lines, "not_priced") == sum(max(0, most - ends[-1]) for most in billed)


@given(
    st.dates(date(2024, 1, 1), date(2029, 12, 31)), st.dates(date(2024, 1, 1), date(2029, 12, 31))
)
def test_an_index_cuts_a_period_without_gap_or_overlap(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    steps = tuple(Step(from_=date(y, 7, 1), factor="1.5", cite=CITE) for y in range(2024, 2030))
    index = Indexation(price_level=2024, text=T, cite=CITE, steps=steps)
    item = PerDiem(id="d", text=T, minor_per_person_day=100, cite=CITE)
    lines = charges(fees(item, indexation=index), Quantities(period, constant(period, 1)))
    assert sum(line.period.days for line in lines) in {period.days, 0}
    for line in lines:
        assert {factor(index, line.period.first)} == {line.index}


def test_prices_that_step_inside_a_period_ask_for_two() -> None:
    index = Indexation(
        price_level=2027, text=T, cite=CITE, steps=(Step(date(2027, 6, 10), "1.1", CITE),)
    )
    schedule = fees(PerUnit("p", T, "trip", 5, CITE), indexation=index)
    with pytest.raises(FeeError, match="H728"):
        charges(schedule, Quantities(JUNE, {}, units={"trip": 1}))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda item: structs.replace(item, guaranteed_per_mille=900), "H723"),
        (lambda item: structs.replace(item, bands=(Band(1, CITE),)), "H704"),
    ],
)
def test_bands_that_cannot_be_priced_say_why(
    change: Callable[[BandedPerDiem], BandedPerDiem], code: str
) -> None:
    with pytest.raises(FeeError, match=code):
        charges(fees(change(ADELANTO)), held(JUNE, SWINGS))


def test_hours_have_no_bands() -> None:
    with pytest.raises(FeeError, match="H705"):
        charges(fees(ADELANTO), Quantities(JUNE, {"F": SWINGS}, seconds=True))


def test_places_out_of_use_lower_the_guarantee() -> None:
    given_ = Quantities(JUNE, {"F": np.full(30, 1000)}, out_of_use={"F": np.full(30, 255)})
    assert days(charges(fees(ADELANTO), given_), "paid_for_empty") == 200 * 30


def test_take_or_pay_moves_with_its_index_alone() -> None:
    index = Indexation(
        price_level=2026,
        text=T,
        cite=CITE,
        items=("t",),
        steps=(Step(date(2027, 1, 1), "1.1", CITE),),
    )
    schedule = fees(TakeOrPay("t", T, 100_000, CITE), PRICE, indexation=index)
    lines = charges(schedule, Quantities(YEAR, constant(YEAR, 1)))
    assert [line.amount_minor for line in lines] == [110_000, 365 * 5_000]


def test_a_share_of_places_is_floored_once_over_a_month() -> None:
    item = structs.replace(w1("days"), guaranteed_per_mille=805, places=1001)
    lines = charges(fees(item), held(MAY, np.zeros(31, np.int64)))
    assert days(lines, "paid_for_empty") == 805 * 1001 * 31 // 1000
    by_day = structs.replace(item, basis="day")
    lines = charges(fees(by_day), held(MAY, np.zeros(31, np.int64)))
    assert days(lines, "paid_for_empty") == 805 * 31


def test_a_sum_paid_ahead_stands_in_the_period_of_its_day_alone() -> None:
    item = AdvanceGrant("grant", T, 476_000_000, 238, 12, CITE, date(2027, 6, 22))
    owed_in = [owed(charges(fees(item), Quantities(one, {}))) for one in (MAY, JUNE)]
    assert owed_in == [0, 476_000_000]

"""Charge lines: cut anywhere, they add up; what has no price stays unknown."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.custody.intervals import Interval
from habeas.errors import FeeError
from habeas.fees.charge import charges
from habeas.fees.held import bill as billed
from habeas.fees.held import held as columns
from habeas.fees.invoice import Statement
from habeas.fees.line import Pricing
from habeas.fees.minimum import annual_lump, of_year
from habeas.fees.minimum import lump as due_lump
from habeas.fees.quantity import Period, Quantities, constant, days_in_month, months
from habeas.law.agreement import Agreement
from habeas.law.cited import Cite, Text
from habeas.law.library import Library
from habeas.law.schedule import (
    AdvanceGrant,
    AnnualLump,
    Fees,
    Lump,
    MinimumGuarantee,
    PerDiem,
    TakeOrPay,
    Tier,
    TieredAvailability,
)
from habeas.terms import Side, Status
from habeas.units import rounded

PRICING = Pricing("half_up")
T, CITE = Text("t", "t"), (Cite("i", "1", "text"),)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
SE_EE = Library().agreement("SE-EE")
ESTONIA = timedelta(hours=2)


def fees(
    *items: TakeOrPay | AnnualLump | MinimumGuarantee | PerDiem | AdvanceGrant | TieredAvailability,
) -> Fees:
    return Fees(currency="EUR", exponent=2, rounding="half_up", items=items)


def total(
    schedule: Fees, first: date, after: date, persons: int = 0, places: int | None = None
) -> int:
    period = Period(first, after)
    given_ = Quantities(period, constant(period, persons), places=places)
    return sum(line.amount_minor or 0 for line in charges(schedule, given_))


def bill(
    deal: Agreement,
    schedule: Fees,
    period: Period,
    held: list[Interval],
    past: dict[str, datetime],
) -> Statement:
    return billed(deal, schedule, Quantities(period, {}), columns(held, past))


def on_the_first(period: Period, days: int) -> Quantities:
    row = np.zeros(period.days, dtype=np.int64)
    row[0] = days
    return Quantities(period, {"": row})


@given(st.integers(1, 10**12), st.lists(DAYS, min_size=2, max_size=6, unique=True).map(sorted))
def test_a_yearly_sum_is_the_same_however_the_time_is_cut(minor: int, cuts: list[date]) -> None:
    parts = sum(of_year(minor, Period(a, b), PRICING) for a, b in pairwise(cuts))
    assert parts == of_year(minor, Period(cuts[0], cuts[-1]), PRICING)


@given(
    st.integers(1, 10**7),
    st.lists(DAYS, min_size=2, max_size=6, unique=True).map(sorted),
    st.sampled_from([Fraction(1), Fraction(1_045_653, 1_000_000)]),
)
def test_a_monthly_sum_is_the_same_however_the_time_is_cut(
    minor: int, cuts: list[date], level: Fraction
) -> None:
    pricing = Pricing("half_up", level)
    lump = Lump("l", T, minor, "month", CITE)
    part = AnnualLump("a", T, 12 * minor, CITE, None, minor, (2025, 2027))
    for charge in (partial(due_lump, lump), partial(annual_lump, part)):
        whole, *parts = (
            charge(Quantities(Period(a, b), {}), pricing)[0].amount_minor or 0
            for a, b in [(cuts[0], cuts[-1]), *pairwise(cuts)]
        )
        assert sum(parts) == whole


def test_eight_months_billed_one_by_one_come_to_the_eight_months() -> None:
    pricing = Pricing("half_up", Fraction(1_045_653, 1_000_000))
    lump, year = (
        Lump("l", T, 212_500_000, "month", CITE),
        Period(date(2018, 1, 1), date(2018, 9, 1)),
    )
    each = [
        due_lump(lump, Quantities(month, {}), pricing)[0].amount_minor for month in months(year)
    ]
    assert sum(one or 0 for one in each) == 1_777_610_100


@given(st.integers(1, 10**12), st.integers(2024, 2028))
def test_a_whole_year_is_the_yearly_sum(minor: int, year: int) -> None:
    assert of_year(minor, Period(date(year, 1, 1), date(year + 1, 1, 1)), PRICING) == minor


@given(DAYS, DAYS)
def test_months_cut_a_period_without_gap_or_overlap(one: date, other: date) -> None:
    found = months(Period(min(one, other), max(one, other)))
    assert sum(month.days for month in found) == abs((other - one).days)
    assert all(a.after == b.first and month_of(a) != month_of(b) for a, b in pairwise(found))


def month_of(period: Period) -> tuple[int, int]:
    return period.first.year, period.first.month


@given(st.integers(0, 700 * 31), st.integers(1, 10**7), st.sampled_from([1, 2, 4]))
def test_a_guarantee_is_never_paid_short_nor_twice(days: int, price: int, month: int) -> None:
    item = MinimumGuarantee(
        id="g", text=T, minor_per_person_month=price, minimum_persons=300, cite=CITE
    )
    first = date(2027, month, 1)
    period = Period(first, date(2027, month + 1, 1))
    lines = charges(fees(item), on_the_first(period, days))
    owed = max(Fraction(300), Fraction(days, days_in_month(first))) * price
    assert sum(line.amount_minor or 0 for line in lines) == rounded(owed, "half_up")
    assert [line.kind for line in lines] == ["occupied", "paid_for_empty"]


def test_a_per_diem_is_price_times_person_days() -> None:
    item = PerDiem(id="d", text=T, minor_per_person_day=12_080, cite=CITE)
    assert total(fees(item), date(2027, 1, 1), date(2027, 2, 1), persons=100) == 100 * 31 * 12_080


def test_take_or_pay_is_due_for_nobody() -> None:
    item = TakeOrPay(id="t", text=T, minor_per_year=1_500_000_000, cite=CITE)
    assert total(fees(item), date(2027, 1, 1), date(2028, 1, 1)) == 1_500_000_000


def test_a_part_block_is_full_or_by_share_as_the_file_declares() -> None:
    tiers = (
        Tier(from_place=1, to_place=100, cite=CITE, minor_per_block_month=1000, block_places=50),
    )
    owed = []
    for choice in ("full", "pro_rata"):
        item = TieredAvailability(id="a", text=T, tiers=tiers, part_block=choice, cite=CITE)
        owed.append(total(fees(item), date(2027, 1, 1), date(2027, 2, 1), places=60))
    assert owed == [2000, 1200]


def test_places_that_nobody_stated_are_not_priced() -> None:
    item = TieredAvailability(id="a", text=T, tiers=(), part_block="full", cite=CITE)
    with pytest.raises(FeeError, match="H723"):
        total(fees(item), date(2027, 1, 1), date(2027, 2, 1))


@pytest.mark.parametrize(
    ("value", "up", "even"), [("1/2", 1, 0), ("-1/2", -1, 0), ("3/2", 2, 2), ("-5/2", -3, -2)]
)
def test_a_credit_is_the_exact_negative_of_its_line(value: str, up: int, even: int) -> None:
    assert (rounded(Fraction(value), "half_up"), rounded(Fraction(value), "half_even")) == (
        up,
        even,
    )


def piece(
    start: datetime, end: datetime | None, subject: str = "p", status: Status = Status.HELD
) -> Interval:
    return Interval(subject, "SE-EE", Side.RECEIVING, "TARTU", "", status, start, end, 0, "", 0, 0)


def noon(day: int, month: int = 1) -> datetime:
    return datetime(2027, month, day, 12, tzinfo=UTC)


JANUARY = Period(date(2027, 1, 1), date(2027, 2, 1))


def test_days_past_the_release_date_are_never_billed() -> None:
    found = bill(SE_EE, SE_EE.fees or fees(), JANUARY, [piece(noon(1), noon(20))], {"p": noon(11)})
    said = [int(found.days(treat)) for treat in ("billed", "not_billed", "undecided")]
    assert said == [10, 9, 0]


def test_hospital_days_are_undecided_where_no_text_decides() -> None:
    stay = [
        piece(noon(1), noon(5)),
        piece(noon(5), noon(9), status=Status.HOSPITAL),
        piece(noon(9), None),
    ]
    found = bill(SE_EE, SE_EE.fees or fees(), JANUARY, stay, {})
    assert [int(found.days("billed")), int(found.days("undecided"))] == [27, 4]


INSTANTS = st.integers(0, 90 * 86_400).map(
    lambda seconds: datetime(2026, 12, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(
    st.lists(st.tuples(INSTANTS, st.integers(1, 900), st.sampled_from(list(Status))), max_size=20),
    INSTANTS,
)
def test_every_person_day_is_billed_not_billed_or_undecided(
    stays: list[tuple[datetime, int, Status]], until: datetime
) -> None:
    held = [
        piece(at, at + timedelta(hours=hours), f"p{n}", status)
        for n, (at, hours, status) in enumerate(stays)
    ]
    past = {f"p{n}": until for n in range(0, len(stays), 2)}
    found = bill(SE_EE, SE_EE.fees or fees(), JANUARY, held, past)
    nights = sum(overlap(one) for one in held)
    assert sum(found.days(treat) for treat in ("billed", "not_billed", "undecided")) == nights


def overlap(one: Interval) -> int:
    # An oracle of its own: nights in Estonia's winter time, counted one by one.
    start, end = one.start + ESTONIA, (one.end or one.start) + ESTONIA
    midnights = (datetime(2027, 1, day, tzinfo=UTC) + timedelta(days=1) for day in range(1, 32))
    return sum(start < midnight <= end and start.date() < midnight.date() for midnight in midnights)

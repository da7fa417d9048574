"""The twin by itself: worked fixtures, agreements of the library, and what it refuses to guess."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from msgspec import structs

from fee_cases import CITE, Case, T, assert_equal, by_month, plain_lines, twin_lines
from habeas.errors import FeeError
from habeas.fees.bulk import due
from habeas.fees.charge import charges
from habeas.fees.dues import Dues
from habeas.fees.many import Heads, Many
from habeas.fees.quantity import Ints, Period, Quantities, months
from habeas.law.library import Library
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
    TakeOrPay,
    Tier,
    TieredAvailability,
)

MAY = Period(date(2027, 5, 1), date(2027, 6, 1))
JUNE = Period(date(2027, 6, 1), date(2027, 7, 1))
YEAR = Period(date(2027, 1, 1), date(2028, 1, 1))
TEN = Period(date(2026, 1, 1), date(2036, 1, 1))


def fees(*items: FeeItem, index: Indexation | None = None) -> Fees:
    return Fees("USD", 2, "half_up", items, indexation=index)


def held(period: Period, *rows: Ints, places: int | None = None) -> Many:
    daily, cells = np.array(rows, dtype=np.int32), months(period)
    at = None if places is None else np.full(len(cells), places)
    return Many(by_month(daily, cells), daily, places=at)


def alike(schedule: Fees, period: Period, many: Many) -> Dues:
    """What is due, after each line was found to be that of the plain form."""
    assert many.daily is not None
    plain = tuple(
        tuple(
            Quantities(
                cell,
                {"": row[(cell.first - period.first).days :][: cell.days].astype(np.int64)},
                places=None if many.places is None else int(many.places[month]),
                units={name: int(done[draw, month]) for name, done in many.units.items()},
            )
            for month, cell in enumerate(months(period))
        )
        for draw, row in enumerate(many.daily)
    )
    found = due(schedule, period, many)
    assert_equal([schedule] * len(plain), Case(period, many, plain), found)
    return found


def days(found: Dues, kind: str) -> int:
    return sum(int(row.quantity.sum()) for row in found.rows if row.kind == kind)


# W1: a guarantee of 80 % of 1,000 places, the second band from place 601 at 95 %


W1 = BandedPerDiem(
    "w1",
    T,
    (Band(1, CITE, 600, per_mille=1000), Band(601, CITE, 1000, per_mille=950)),
    "period",
    CITE,
    5479,
    guaranteed_per_mille=800,
    places=1000,
)


@pytest.mark.parametrize(
    ("item", "total"),
    [(W1, 134_180_400), (structs.replace(W1, guarantee_basis="money"), 135_879_200)],
)
def test_w1_a_guarantee_runs_through_the_bands_or_does_not(item: BandedPerDiem, total: int) -> None:
    found = alike(fees(item), MAY, held(MAY, np.full(31, 500)))
    assert (int(found.occupied[0, 0]), found.totals()) == (84_924_500, [total])
    assert int(found.paid_for_empty[0, 0]) == total - 84_924_500
    assert days(found, "paid_for_empty") == 9_300


# W2: unit prices under an index; one person in each band shows its price

W2 = [
    (5479, 5205, 4931), (5616, 5335, 5054), (5756, 5469, 5181), (5900, 5605, 5310),
    (6048, 5745, 5443), (6199, 5889, 5579), (6354, 6036, 5719), (6513, 6187, 5862),
    (6676, 6342, 6008), (6843, 6500, 6158),
]  # fmt: skip


def test_w2_a_price_is_rounded_once_in_each_of_ten_years() -> None:
    shares = enumerate((1000, 950, 900), 1)
    bands = tuple(Band(n, CITE, n, per_mille=share) for n, share in shares)
    steps = tuple(Step(date(2026 + n, 1, 1), "1.025", CITE) for n in range(1, 10))
    index = Indexation(2026, T, CITE, (), 6, steps)
    item = BandedPerDiem("w2", T, bands, "day", CITE, 5479)
    found = alike(fees(item, index=index), TEN, held(TEN, np.full(TEN.days, 3)))
    rows = sorted(found.rows, key=lambda row: row.tier)
    for year, prices in enumerate(W2):
        sums = [int(one[0, 12 * year]) for one in (row.amount for row in rows) if one is not None]
        assert tuple(one // 31 for one in sums) == prices


# W3: a real schedule, headcounts made up

W3 = BandedPerDiem(
    "w3",
    T,
    (
        Band(1, CITE, 1455, minor_per_person_day=11_192),
        Band(1456, CITE, 1940, minor_per_person_day=4_236),
    ),
    "day",
    CITE,
    guaranteed_persons=1455,
)
SWINGS = np.array([1400] * 15 + [1600] * 15)


def test_w3_bands_by_the_day_are_not_bands_by_the_month() -> None:
    many = held(JUNE, np.full(30, 1119), np.full(30, 1600), SWINGS)
    by_day = alike(fees(W3), JUNE, many)
    assert by_day.totals() == [488_530_800, 506_957_400, 497_744_100]
    by_average = alike(fees(structs.replace(W3, basis="period")), JUNE, many)
    assert by_average.totals()[2] == 494_249_400


@pytest.mark.parametrize("basis", ["day", "period"])
@pytest.mark.parametrize("allocation", ["marginal", "whole"])
@pytest.mark.parametrize("guarantee", ["days", "money"])
@pytest.mark.parametrize("opened", [None, date(2027, 6, 11)])
def test_w3_in_every_reading_of_its_words(
    basis: str, allocation: str, guarantee: str, opened: date | None
) -> None:
    item = structs.replace(
        W3,
        basis=basis,
        allocation=allocation,
        guarantee_basis=guarantee,
        guaranteed_from=opened,
        guaranteed_persons=1700,
    )
    rows = (SWINGS, SWINGS + 55, SWINGS + 56, SWINGS + 340, SWINGS + 341, SWINGS - 1400)
    found = alike(fees(item), JUNE, held(JUNE, *rows))
    assert found.occupied.all()
    assert found.paid_for_empty.any()


# W4: a closed cohort


def test_w4_a_cohort_that_leaves_pays_for_empty_places() -> None:
    row = np.array([400 * (d < 100) + 350 * (d < 200) + 250 for d in range(365)])
    bands = (Band(1, CITE, minor_per_person_day=5479),)
    flat = BandedPerDiem("w4", T, bands, "period", CITE)
    assert alike(fees(flat), YEAR, held(YEAR, row)).totals() == [1_102_648_750]
    least = structs.replace(flat, guaranteed_per_mille=800, places=1000)
    found = alike(fees(least), YEAR, held(YEAR, row))
    assert (days(found, "paid_for_empty"), found.totals()) == (108_750, [1_698_490_000])


# Agreements of the library


@pytest.mark.parametrize(
    ("agreement", "places", "totals"),
    [
        ("DK-XK", 300, [1_500_000_000] * 3),
        ("DK-XK", None, [1_500_000_000, 1_500_000_000, None]),  # 700 persons on one day
        ("NO-NL", 242, [2_550_000_000] * 3),
        ("NO-NL", 243, [None] * 3),
        ("BE-NL", 500, [3_000_000_000] * 3),
        ("SE-EE", None, [3_060_000_000, 3_060_000_000, None]),
    ],
)
def test_the_agreements_of_the_library_come_to_the_same(
    agreement: str, places: int | None, totals: list[int | None]
) -> None:
    schedule = Library().agreement(agreement).fees
    assert schedule is not None
    many = held(YEAR, *(np.full(365, persons) for persons in (0, 300, 700)), places=places)
    found = alike(schedule, YEAR, many)
    assert found.totals() == totals
    trips = {item.unit: np.full((3, 12), 2) for item in schedule.items if isinstance(item, PerUnit)}
    assert len(found.not_stated) == len(trips)
    assert alike(schedule, YEAR, replace(many, units=trips)).not_stated == ()


def test_a_grant_is_due_in_its_month_alone_and_for_no_longer_than_it_was_paid() -> None:
    schedule = Library().agreement("US-SV-2025").fees
    assert schedule is not None
    year = Period(date(2025, 3, 1), date(2026, 3, 1))
    found = alike(schedule, year, held(year, np.full(365, 238)))
    assert found.other[0].tolist() == [476_000_000] + [0] * 11
    with pytest.raises(FeeError, match="H722"):
        due(schedule, TEN, held(TEN, np.zeros(TEN.days, np.int64)))


def test_a_grant_of_no_stated_day_is_due_once_as_for_the_whole_period() -> None:
    grant = AdvanceGrant("grant", T, 476_000_000, 238, 12, CITE)
    plain = charges(fees(grant), Quantities(YEAR, {}))
    assert [line.amount_minor for line in plain] == [476_000_000]
    nobody = held(YEAR, np.zeros(365, np.int64))
    assert due(fees(grant), YEAR, nobody).totals() == [476_000_000]
    on_a_first = structs.replace(grant, due=date(2027, 6, 1))
    assert alike(fees(on_a_first), YEAR, nobody).other[0].tolist() == [0] * 5 + [
        476_000_000, *[0] * 6,
    ]  # fmt: skip


# What nobody said is not guessed


def test_what_has_no_price_leaves_a_draw_without_a_total() -> None:
    item = structs.replace(W3, id="held", guaranteed_persons=None)
    found = alike(fees(item), JUNE, held(JUNE, np.full(30, 1_940), np.full(30, 1_941)))
    priced = 43_650 * 11_192 + 14_550 * 4_236
    assert found.totals() == [priced, None]
    assert found.priced.tolist() == [priced, priced]
    assert (found.not_priced.tolist(), found.unpriced_days.tolist()) == ([[0], [1]], [[0], [30]])


def test_persons_above_a_maximum_are_counted_as_not_priced() -> None:
    item = MinimumGuarantee("g", T, 850_000, 300, CITE, 600)
    found = alike(fees(item), YEAR, held(YEAR, np.full(365, 601)))
    assert int(found.unpriced_days.sum()) == 365 * 601


def test_an_average_of_a_month_needs_no_headcount_of_a_day() -> None:
    many, item = held(YEAR, SWINGS.repeat(13)[:365]), structs.replace(W3, basis="period")
    by_month = due(fees(item), YEAR, replace(many, daily=None))
    assert by_month.totals() == alike(fees(item), YEAR, many).totals()


STEP = Indexation(2026, T, CITE, (), None, (Step(date(2027, 6, 16), "2", CITE),))


@pytest.mark.parametrize(
    ("schedule", "code"),
    [
        (fees(W3), "H791"),
        (fees(TakeOrPay("t", T, 1, CITE, 300)), "H791"),
        (fees(PerDiem("p", T, 1, CITE), index=STEP), "H791"),
        (fees(structs.replace(W1, places=None)), "H723"),
        (fees(structs.replace(W1, facilities=("F",))), "H723"),
        (fees(structs.replace(W1, bands=(Band(1, CITE),))), "H704"),
        (fees(W1, index=STEP), "H728"),
        (fees(MinimumGuarantee("g", T, 1, 1, CITE), index=STEP), "H728"),
        (fees(PerUnit("u", T, "trip", 1, CITE), index=STEP), "H728"),
    ],
)
def test_months_alone_do_not_say_who_was_held_on_a_day(schedule: Fees, code: str) -> None:
    trips = {"trip": np.array([[0], [1]])}
    many = Many(np.array([[900], [0]]), units=trips)
    with pytest.raises(FeeError, match=code):
        due(schedule, JUNE, many)


def test_what_is_the_same_for_everybody_needs_no_headcount_though_prices_step() -> None:
    lump, credit = Lump("l", T, 100, "month", CITE), Credit("c", T, "CPT-2", "l", 10, CITE)
    schedule = fees(TakeOrPay("t", T, 365, CITE, 300), lump, credit, index=STEP)
    many = Many(np.array([[900]]), places=np.array([300]))
    found = due(schedule, JUNE, many)
    assert found.other.tolist() == [[15 + 30 + 150]]
    assert found.totals() == [None]  # the credit: nobody measured


ONE = np.array([[900]])
WRONG: list[Many] = [
    Many(np.array([[900, 0]])),
    Many(np.array([[900.0]])),
    Many(ONE, np.full((1, 31), 30)),
    Many(ONE, np.full((1, 30), 31)),
    Many(ONE, units={"trip": np.array([1])}),
    Many(ONE, spent={"care": np.array([[0.5]])}),
    Many(ONE, received=np.array([[1], [2]])),
    Many(ONE, places=np.array([[300]])),
    Many(ONE, by_facility={"A": Heads(np.array([[901]]))}),
    Many(ONE, by_category={"A": Heads(ONE, np.full((1, 30), 31))}),
    Many(ONE, below={"A": Heads(ONE[0])}),
]


@pytest.mark.parametrize("many", WRONG)
def test_headcounts_that_do_not_fit_are_refused(many: Many) -> None:
    with pytest.raises(FeeError, match="H790"):
        due(fees(PerDiem("p", T, 1, CITE)), JUNE, many)


def test_prices_that_move_in_another_number_of_draws_are_refused() -> None:
    with pytest.raises(FeeError, match="H790"):
        due(fees(W1), JUNE, held(JUNE, SWINGS, SWINGS), [None])


def test_a_period_without_a_day_is_refused() -> None:
    with pytest.raises(FeeError, match="H790"):
        due(fees(W1), Period(JUNE.first, JUNE.first), Many(np.zeros((1, 0), np.int64)))


def test_a_price_beyond_64_bits_is_exact() -> None:
    item = PerDiem("p", T, 10**17 + 1, CITE)
    found = alike(fees(item), YEAR, held(YEAR, np.full(365, 40_000)))
    assert found.totals() == [365 * 40_000 * (10**17 + 1)]


def test_sums_beyond_64_bits_are_exact() -> None:
    items = [PerDiem(str(n), T, 2 * 10**9, CITE) for n in range(3)]
    found = alike(fees(*items), JUNE, held(JUNE, np.full(30, 2 * 10**9)))  # 3.6 x 10^20
    assert found.totals() == [3 * 30 * 4 * 10**18]
    each = PerDiem("p", T, 4 * 10**18, CITE)
    items = [structs.replace(each, id=str(n)) for n in range(3)]
    row = np.array([1] + [0] * 29)
    assert alike(fees(*items), JUNE, held(JUNE, row)).totals() == [12 * 10**18]
    firsts = np.zeros(365, np.int64)
    firsts[[(month.first - YEAR.first).days for month in months(YEAR)]] = 1
    assert alike(fees(each), YEAR, held(YEAR, firsts)).totals() == [48 * 10**18]


def test_draws_whose_prices_move_alike_need_not_stand_together() -> None:
    rows = [SWINGS.repeat(13)[:365] + n for n in range(4)]
    rise = structs.replace(STEP, steps=(Step(date(2027, 7, 1), "2", CITE),))
    item = structs.replace(W3, basis="period", guaranteed_persons=None)
    found = due(fees(item), YEAR, held(YEAR, *rows), [rise, None, rise, None])
    each = [
        alike(fees(item, index=index), YEAR, held(YEAR, row)).totals()[0]
        for index, row in zip([rise, None, rise, None], rows, strict=True)
    ]
    assert found.totals() == each


def test_shares_of_blocks_are_exact_where_prices_move_in_some_draws() -> None:
    tier = Tier(1, 20, CITE, minor_per_block_month=7_001, block_places=7)
    item = TieredAvailability("a", T, (tier,), "pro_rata", CITE)
    many = held(JUNE, SWINGS, SWINGS, places=20)
    dues = due(fees(item), JUNE, many, [None, STEP])
    for draw, index in enumerate((None, STEP)):
        only = Quantities(JUNE, {}, places=20)
        assert twin_lines(dues, draw, 0) == plain_lines(charges(fees(item, index=index), only))


def test_each_line_is_told_of_the_month_that_it_is_of() -> None:
    lump = Lump("l", T, 100, "once", CITE, date(2027, 5, 5))
    found = alike(fees(lump), YEAR, held(YEAR, np.zeros(365, np.int64)))
    assert found.other[0].tolist() == [100 * (month.first.month == 5) for month in found.months]

"""Money of hand-computed cases: the closed cohort, and what either state is left with."""

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import LawError
from habeas.fees.quantity import Period
from habeas.fees.rate import factor
from habeas.projection import costs, paths
from habeas.projection.money import daily
from habeas.projection.plan import Deal, House, Plan
from habeas.projection.queue import FLOWS
from habeas.projection.run import Run
from habeas.projection.scenario import Range
from projection_cases import (
    CITE,
    FLAT,
    GUARANTEED,
    MONTHS,
    PER_DIEM,
    arrays,
    cohort,
    drawn,
    fees,
    monthly,
    plan,
    scenario,
    values,
)  # fmt: skip

GOLDEN = [1249, 1036, 1129, 1168, 1197]
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
TEXT = {"en": "t", "es": "t"}


def exactly(value: float) -> dict[str, Any]:
    return {"source": "assumption", "low": value, "high": value}


def assume(**named: float) -> dict[str, Any]:
    return {"streams": [], "costs": {name: exactly(value) for name, value in named.items()}}


def test_the_closed_cohort_at_a_flat_price() -> None:
    found = drawn(scenario(fees(FLAT)), arrays(cohort(3)))
    assert values(found, "money.person_days_billed") == [201_250] * 3
    assert values(found, "money.total") == [1_102_648_750] * 3
    assert values(found, "guarantee.empty_days") == [0] * 3


def test_the_closed_cohort_with_four_fifths_of_the_places_guaranteed() -> None:
    found = drawn(scenario(fees(GUARANTEED)), arrays(cohort()))
    assert values(found, "guarantee.empty_days") == [108_750]
    assert values(found, "money.total") == [1_698_490_000]
    assert values(found, "money.paid_for_empty") == [1_698_490_000 - 1_102_648_750]
    # 31,000 28,000 31,000 are over four fifths of the days; from April on the floor is 24,000.
    assert values(found, "guarantee.first_month") == [90]
    assert values(found, "guarantee.months") == [9]


def test_what_has_no_price_is_not_priced_and_stands_against_nothing() -> None:
    short = FLAT | {"bands": [FLAT["bands"][0] | {"to_person": 500}]}
    found = drawn(scenario(fees(short), assumed=assume(receiving_a_day=1)), arrays(cohort()))
    assert values(found, "money.total") is None
    assert values(found, "receiving.left") is None
    assert values(found, "sending.pays") is None
    assert values(found, "money.months_not_priced") == [6]  # of more than 500 on average
    assert values(found, "money.known_part") != [0]


def test_an_agreement_without_prices_has_no_total() -> None:
    assert values(drawn(scenario(None), arrays(cohort())), "money.total") is None


def test_what_is_priced_by_things_done_is_named_as_not_stated() -> None:
    flight = {"kind": "per_unit", "id": "flight", "text": TEXT, "unit": "round trip",
              "minor_per_unit": 5, "cite": CITE}  # fmt: skip
    found = drawn(scenario(fees(FLAT, flight)), arrays(cohort()))
    assert values(found, "money.not_stated", "d/flight") is None
    assert values(found, "money.total") is None
    assert values(found, "money.known_part") == [1_102_648_750]
    assert values(found, "money.months_not_priced") == [0]


def test_a_price_for_each_person_received_is_that_of_the_draws() -> None:
    each = {"kind": "per_unit", "id": "each", "text": TEXT, "unit": "person received",
            "minor_per_unit": 2_000, "cite": CITE}  # fmt: skip
    flow = np.zeros((1, 12, len(FLOWS)), np.int64)
    flow[0, :4, FLOWS.index("received")] = 8
    found = drawn(scenario(fees(each)), arrays(cohort(), flow_d=flow))
    assert values(found, "money.total") == [32 * 2_000]


def test_each_state_is_left_with_what_it_is_paid_or_saves_less_what_it_spends() -> None:
    assumed = assume(
        receiving_a_day=41, sending_marginal_a_day=50, sending_average_a_day=125,
        transport_a_person=2000,
    )  # fmt: skip
    flow = np.zeros((1, 12, len(FLOWS)), np.int64)
    flow[0, 0, FLOWS.index("received")] = 1000
    found = drawn(scenario(fees(GUARANTEED), assumed=assumed), arrays(cohort(), flow_d=flow))
    fee, days, transport = 1_698_490_000, 201_250, 1000 * 200_000
    assert values(found, "receiving.cost") == [days * 4_100]
    assert values(found, "receiving.left") == [fee - days * 4_100]
    assert values(found, "sending.pays") == [fee + transport]
    assert values(found, "sending.saves") == [days * 5_000]
    assert values(found, "sending.left") == [days * 5_000 - fee - transport]
    assert values(found, "sending.average_cost_less_paid") == [days * 12_500 - fee - transport]
    paid_days = days + 108_750
    assert values(found, "break_even.receiving_fee") == [-(-days * 4_100 // paid_days)]
    assert values(found, "break_even.sending_fee") == [(days * 5_000 - transport) // paid_days]


def test_a_guarantee_is_saved_back_at_the_persons_whose_place_at_home_costs_as_much() -> None:
    found = drawn(
        scenario(fees(GUARANTEED), assumed=assume(sending_marginal_a_day=100)), arrays(cohort())
    )
    # 800 places a day at 54.79 are saved by 439 persons at 100.00, not by 438.
    assert values(found, "break_even.occupancy") == [439]
    assert 438 * 10_000 < 800 * 5_479 <= 439 * 10_000


def test_a_cost_that_is_just_met_is_saved_and_is_covered() -> None:
    assumed = assume(sending_marginal_a_day=109.58, receiving_a_day=109.58)
    found = drawn(scenario(fees(GUARANTEED), assumed=assumed), arrays(cohort()))
    assert 800 * 5_479 == 400 * 10_958
    assert values(found, "break_even.occupancy") == [400]
    assert values(found, "break_even.receiving_occupancy") == [400]


def test_persons_beyond_the_last_price_save_nothing_that_is_known() -> None:
    short = GUARANTEED | {
        "bands": [FLAT["bands"][0] | {"to_person": 500}], "guaranteed_per_mille": 300,
    }  # fmt: skip
    found = drawn(
        scenario(fees(short), assumed=assume(sending_marginal_a_day=50)), arrays(cohort())
    )
    assert values(found, "break_even.occupancy") == []


def test_no_number_of_persons_saves_a_price_that_is_above_what_is_saved() -> None:
    found = drawn(
        scenario(fees(GUARANTEED), assumed=assume(sending_marginal_a_day=50)), arrays(cohort())
    )
    assert values(found, "break_even.occupancy") == []


def test_a_guarantee_covers_the_receiving_state_up_to_the_persons_whom_it_costs_as_much() -> None:
    found = drawn(scenario(fees(GUARANTEED), assumed=assume(receiving_a_day=100)), arrays(cohort()))
    assert values(found, "break_even.receiving_occupancy") == [438]
    cheap = drawn(scenario(fees(GUARANTEED), assumed=assume(receiving_a_day=50)), arrays(cohort()))
    assert values(cheap, "break_even.receiving_occupancy") == []


def test_the_assumed_paths_are_shown_by_month() -> None:
    assumed = assume(index_a_year=0.025, exchange_a_year=0.12)
    found = drawn(scenario(fees(FLAT), assumed=assumed), arrays(cohort())).found
    told = {one.key: one.values.tolist() for one in found.courses if one.key.startswith("path.")}
    assert told["path.index"] == [[1_000_000] * 12]
    assert told["path.exchange"] == [[1_000_000 + 10_000 * n for n in range(12)]]
    months = [31, 28, 31, 22, 18.6, 18, 14.4, 7.75, 7.5, 7.75, 7.5, 7.75]
    exact = [Fraction(str(one)) * 1000 * 5_479 * (100 + n) / 100 for n, one in enumerate(months)]
    total = next(one for one in found.outcomes if one.key == "money.total_exchanged")
    assert total.numbers.tolist() == [sum(int(one + Fraction(1, 2)) for one in exact)]


def test_a_budget_is_compared_by_the_days_of_its_years() -> None:
    sums = [
        {
            "id": "b",
            "title": TEXT,
            "minor_per_year": 11_026_487_500,
            "of": "receiving",
            "source": "s",
        }
    ]
    found = drawn(
        scenario(fees(FLAT), given={"sums": sums}, assumed=assume(receiving_a_day=41)),
        arrays(cohort()),
    )
    assert values(found, "against.left_per_mille", "receiving/b") == [25]  # 277.5 of 11,026 million
    assert values(found, "against.sum", "receiving/b") == [11_026_487_500]
    assert values(found, "against.fees_per_mille", "receiving/b") == [100]


def test_what_a_person_day_comes_to_stands_beside_what_a_text_says_that_it_costs() -> None:
    price = {"id": "p", "title": TEXT, "minor": 2_000_000, "per": "person_year", "of": "sending"}
    found = drawn(scenario(fees(GUARANTEED), given={"prices": [price]}), arrays(cohort()))
    assert values(found, "money.each") == [8_440]  # 1,698,490,000 / 201,250 = 8,439.70
    assert values(found, "against.price", "sending/p") == [5_479]  # 20,000.00 / 365 = 54.79
    empty = drawn(scenario(fees(GUARANTEED)), arrays(cohort() * 0))
    assert values(empty, "money.each") == []


@pytest.mark.parametrize(("rises", "price"), [(True, 5_616), (False, 5_479)])
def test_prices_follow_the_assumed_index_only_where_the_deal_says_so(
    *, rises: bool, price: int
) -> None:
    ends = [0, 31, 62, 92, 123, 153, 184, 215, 243, 274, 304, 335, 365]  # from July to June
    year: dict[str, Any] = {
        "first": "2025-07-01",
        "after": "2026-07-01",
        "deal": {"prices_rise": rises},
    }
    assumed = assume(index_a_year=0.025, receiving_a_day=41)
    days = np.diff(ends)[None, :] * 100
    found = drawn(
        scenario(fees(PER_DIEM), assumed=assumed, **year),
        arrays(np.full((1, 365), 100), days_d=days, over_d=days * 0),
        how=Plan(365, ends, [House("h", [(0, 1000)])], [Deal("d", [0])], [], {}),
    )
    assert values(found, "money.total") == [18_400 * 5_479 + 18_100 * price]
    # What a state spends itself always follows it: 41.00 times 1.025 is 42.025, rounded to 42.03.
    assert values(found, "receiving.cost") == [18_400 * 4_100 + 18_100 * 4_203]


def test_the_prices_of_ten_years_are_rounded_once_each() -> None:
    """Fixture W2 of the design: compounded, then rounded once."""
    period = Period(date(2026, 1, 1), date(2036, 1, 1))
    table = paths.prices(np.array([5_479]), np.array([25]), period)[0]
    assert table[::12].tolist() == [
        5_479, 5_616, 5_756, 5_900, 6_048, 6_199, 6_354, 6_513, 6_676, 6_843,
    ]  # fmt: skip
    index = paths.index(25, period.first, period.after)
    assert factor(index, date(2031, 12, 31)) == Fraction(1_131_408, 10**6)


def test_a_schedule_that_steps_by_itself_follows_the_index_after_its_last_step() -> None:
    steps = [{"from": "2027-01-01", "factor": "2", "cite": []}]
    index = {"price_level": 2026, "text": TEXT, "cite": [], "steps": steps}
    own = scenario(fees(PER_DIEM, indexation=index)).given.deals[0].fees
    assert own is not None
    found = paths.rising(own, 100, Period(date(2026, 1, 1), date(2029, 1, 1))).indexation
    assert found is not None
    assert [(one.from_.year, one.factor) for one in found.steps] == [(2027, "2"), (2028, "1.100")]


def test_another_currency_without_a_rate_is_held_against_nothing() -> None:
    found = drawn(
        scenario(fees(FLAT), assumed=assume(receiving_a_day=1), currency="EUR"), arrays(cohort())
    )
    assert values(found, "money.total") == [1_102_648_750]
    assert values(found, "receiving.revenue") is None
    assert values(found, "receiving.left") is None


def test_a_rate_of_exchange_grows_by_the_month() -> None:
    amounts = np.full((1, 24), 1_200)
    told = paths.exchanged(amounts, np.array([120]), Fraction(2), (2, 2))[0].tolist()
    assert told[:3] == [2_400, 2_424, 2_448]
    assert told[12:14] == [2_688, 2_715]  # 2,688 times 1.01 is 2,714.88


@given(st.lists(st.integers(0, 900), min_size=1, max_size=30), st.integers(0, 5))
def test_days_past_the_date_are_not_billed_and_take_no_day_from_others(
    row: list[int], past: int
) -> None:
    held = np.resize(np.array(row, np.int64), (1, 365))
    over = np.minimum(monthly(held), past)
    found = arrays(held, days_d=monthly(held) - over, over_d=over)
    given_ = scenario(fees(PER_DIEM))
    run = Run(given_, plan(), found, {}, {}, {})
    billed = daily(run, given_.given.deals[0], monthly(held) - over)
    assert np.array_equal(monthly(billed), monthly(held) - over)
    assert (billed >= 0).all()
    assert (billed <= held).all()


def test_days_past_the_date_are_billed_where_the_schedule_says_so() -> None:
    over = np.zeros((1, 12), np.int64)
    over[0, 11] = 100
    found = arrays(cohort(), days_d=monthly(cohort()) - over, over_d=over)
    silent = drawn(scenario(fees(PER_DIEM), assumed=assume(receiving_a_day=41)), found)
    assert values(silent, "money.total") == [(201_250 - 100) * 5_479]
    assert values(silent, "money.person_days_not_billed") == [100]
    assert values(silent, "receiving.cost") == [201_250 * 4_100]  # whoever is held costs
    counting = [{"status": "past_release_date", "treat": "billed", "reason": TEXT}]
    told = drawn(scenario(fees(PER_DIEM, counting=counting)), found)
    assert values(told, "money.total") == [201_250 * 5_479]


def test_a_sum_is_due_once_when_so_many_have_been_received_in_all() -> None:
    sum_ = {"kind": "milestone", "id": "m", "text": TEXT, "minor": 7, "persons": 15, "cite": CITE}
    flow = np.zeros((1, 12, len(FLOWS)), np.int64)
    flow[0, :4, FLOWS.index("received")] = 8
    found = drawn(scenario(fees(sum_)), arrays(cohort(), flow_d=flow))
    month = next(one for one in found.found.courses if one.key == "money.other")
    assert month.values[0].tolist() == [0, 7, *[0] * 10]


def test_a_share_of_the_places_that_are_kept_is_guaranteed() -> None:
    share = {name: one for name, one in GUARANTEED.items() if name != "places"}
    found = drawn(scenario(fees(share), deal={"places": 1000}), arrays(cohort()))
    assert values(found, "money.total") == [1_698_490_000]
    silent = drawn(scenario(fees(share)), arrays(cohort()))
    assert values(silent, "money.total") is None
    assert silent.found.of("money.total", "d").why == "H723"  # type: ignore[union-attr]


def grant(**more: object) -> dict[str, Any]:
    return {"kind": "advance_grant", "id": "g", "text": TEXT, "minor": 476_000_000, "persons": 238,
            "months": 12, "cite": CITE} | more  # fmt: skip


def test_a_grant_paid_ahead_is_paid_once() -> None:
    found = drawn(scenario(fees(grant())), arrays(cohort()))
    assert values(found, "money.other") == [476_000_000]
    assert values(found, "money.total") == [476_000_000]


def test_whoever_is_held_after_the_months_of_a_grant_has_no_price() -> None:
    short = scenario(fees(grant(months=4, due="2026-02-10")))
    found = drawn(short, arrays(cohort()))
    assert values(found, "money.total") is None
    assert values(found, "money.known_part") == [476_000_000]
    assert values(found, "money.months_not_priced") == [7]  # from June, in which it ends
    gone = cohort()
    gone[:, 140:] = 0
    assert values(drawn(short, arrays(gone)), "money.total") == [476_000_000]


def test_a_cost_is_drawn_between_its_ends_and_the_same_whichever_others_there_are() -> None:
    def of(**named: dict[str, Any]) -> list[int]:
        given_ = scenario(None, assumed={"streams": [], "costs": named})
        found: list[int] = costs.drawn(given_, 7, range(50))["costs.place"].tolist()
        return found

    place = {"source": "assumption", "low": 10, "high": 12.5}
    alone = of(place=place)
    assert alone == of(place=place, receiving_a_day=place)
    assert 1_000 <= min(alone) < max(alone) <= 1_250
    assert len(set(alone)) > 30
    assert alone[:5] == GOLDEN  # the place of a cost in chance is frozen


def test_the_ends_of_a_range_are_met_at_its_first_and_last_word() -> None:
    one = costs.Assumed(Range(source="s", low=10, high=12.5), 100)
    words = np.array([0, costs.word(0.0), costs.word(0.5), costs.word(1.0), 2**32 - 1])
    assert costs.at("costs.place", one, words).tolist() == [1_000, 1_000, 1_125, 1_250, 1_250]
    about = costs.Assumed(Range(source="s", about=40.0, spread=0.2), 100)
    assert costs.at("costs.place", about, words[2:3]).tolist() == [4_000]


def test_costs_may_be_taken_at_quantiles_for_a_bar() -> None:
    place = {"source": "assumption", "low": 10, "high": 12.5}
    named = {"costs": {"place": place, "receiving_a_day": place}, "streams": []}
    found = costs.at_quantiles(scenario(None, assumed=named), np.array([[0.0, 1.0], [1.0, 0.5]]))
    assert found["costs.receiving_a_day"].tolist() == [1_000, 1_250]
    assert found["costs.place"].tolist() == [1_250, 1_125]


def test_a_cost_that_is_stated_as_a_share_of_persons_is_refused() -> None:
    place = {"source": "assumption", "about": 0.5, "like": 40}
    with pytest.raises(LawError) as refused:
        drawn(scenario(None, assumed={"streams": [], "costs": {"place": place}}), arrays(cohort()))
    assert refused.value.code == "H826"
    assert MONTHS[-1] == YEAR.days

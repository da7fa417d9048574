"""A scenario in numbers: days, places, ranges, and who may be sent."""

from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from habeas.projection import changes
from habeas.projection.compile import compiled, moments, months, uncertain
from habeas.projection.floor import Floor, floor
from habeas.projection.plan import Plan, Uncertain
from habeas.projection.scenario import Range, Scenario
from scenario_cases import SMALL, instead, library, scenario

LAWFUL = {("deal", "rate"): Uncertain("", "share", 0.25, 60.0)}
NEVER = 1 << 30


def floors(found: Scenario) -> dict[str, Floor]:
    known = {name: one for name, (_, one) in library().facilities.items()}
    return {one.id: floor(one, known, found.first) for one in found.given.facilities}


def plan(text: str = SMALL) -> Plan:
    found = scenario(text)
    return compiled(found, floors(found), LAWFUL)


def test_days_are_counted_from_the_first_of_the_scenario() -> None:
    deal = plan().deals[0]
    assert plan().days == 730
    assert (deal.first, deal.every, deal.until, deal.most, deal.batch) == (5, 7, 699, 500, -1)
    assert deal.recalls == [485, 516]


def test_nobody_is_received_before_a_deal_begins_nor_while_it_pauses() -> None:
    assert plan().deals[0].pauses == [(0, 4, False), (120, 151, False), (151, 212, False)]
    stopped = instead("from = 2026-05-01", 'referrals = "stop"\nfrom = 2026-05-01')
    assert plan(stopped).deals[0].pauses[1] == (120, 151, True)


def test_a_facility_opens_grows_and_closes_by_its_places() -> None:
    text = instead("from = 2026-03-01\nplaces = 200", "from = 2026-03-01\nplaces = 0")
    house, wing = plan(text).houses
    assert (house.cells, house.beds, house.places) == (16, 80, [(0, 400)])
    assert wing.places == [(31, 100), (59, 0)]
    assert wing.cells == 256


def test_where_the_places_are_more_than_the_beds_no_bed_is_kept_to() -> None:
    text = instead('rules = "applied"', 'rules = "set_aside"')
    assert plan(instead("places = 400", "places = 1281", text)).houses[0].beds == 0
    assert plan(instead("places = 400", "places = 1280", text)).houses[0].beds == 80


def test_the_stock_has_fewer_days_left_the_older_it_is() -> None:
    assert plan().stock[0].days_left == [2, 399]
    older = plan(instead("as_of = 2025-12-31", "as_of = 2025-01-01"))
    assert older.stock[0].days_left == [35]  # the other has left before it begins


def test_who_was_not_screened_is_not_counted_as_lawful() -> None:
    rate, cohort = plan().streams
    assert (cohort.lawful.form, cohort.lawful.a) == ("point", 0.0)
    assert cohort.eligible == cohort.lawful  # rules are applied: nobody goes whom they do not let
    assert (cohort.persons, cohort.first, cohort.law) == (100, 14, "table")
    assert (rate.batch, rate.after, rate.log_sd) == (5.0, 365, 0.7)


def test_where_rules_are_applied_practice_takes_a_part_of_who_may_go() -> None:
    rate = plan().streams[0]
    assert rate.lawful == Uncertain("streams.deal.rate.lawful", "share", 0.25, 60.0)
    assert rate.eligible == Uncertain("streams.deal.rate.eligible", "share", 0.5, 40.0)
    assert rate.of_lawful


def test_where_rules_are_set_aside_who_goes_is_what_is_stated() -> None:
    rate = plan(instead('rules = "applied"', 'rules = "set_aside"')).streams[0]
    assert rate.eligible == Uncertain("streams.deal.rate.eligible", "share", 0.5, 40.0)
    assert rate.lawful.a == 0.25
    assert not rate.of_lawful


@pytest.mark.parametrize(
    ("one", "form", "a", "b"),
    [
        (Range(low=1.0, high=3.0), "uniform", 1.0, 3.0),
        (Range(about=2.0, spread=0.3), "lognormal", 2.0, 0.3),
        (Range(about=0.2, like=40.0), "share", 0.2, 40.0),
        (2.5, "point", 2.5, 0.0),
        (None, "point", 1.0, 0.0),
    ],
)
def test_a_range_keeps_its_form(one: Range | float | None, form: str, a: float, b: float) -> None:
    assert uncertain("x", one, without=1.0) == Uncertain("x", form, a, b)


Weighted = tuple[NDArray[np.float64], NDArray[np.float64]]


def spread(one: Uncertain) -> Weighted:
    """Values all over the law of an uncertain number, each with its weight."""
    steps = (np.arange(2000) + 0.5) / 2000
    even = np.full(2000, 1 / 2000)
    if one.form == "uniform":
        return one.a + (one.b - one.a) * steps, even
    if one.form == "lognormal":
        normal = np.array([NormalDist().inv_cdf(step) for step in steps.tolist()])
        return one.a * np.exp(one.b * normal), even
    up, down = one.a * one.b, (1 - one.a) * one.b
    density = steps ** (up - 1) * (1 - steps) ** (down - 1)
    return steps, density / density.sum()


def summed(values: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and variance of weighted values."""
    mean = float((values * weights).sum())
    return mean, float(((values - mean) ** 2 * weights).sum())


FORMS = (
    Uncertain("", "uniform", 0.2, 0.7),
    Uncertain("", "lognormal", 0.4, 0.2),
    Uncertain("", "share", 0.3, 25.0),
)


@pytest.mark.parametrize("one", FORMS)
def test_mean_and_variance_are_those_of_the_law(one: Uncertain) -> None:
    assert moments(one) == pytest.approx(summed(*spread(one)), rel=0.01)


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(1, 4000))
def test_months_are_those_of_the_calendar(first: date, days: int) -> None:
    after = first + timedelta(days=days)
    found = list(months(first, after))
    every = [first + timedelta(days=n) for n in range(days)]
    assert found == [first, *(day for day in every[1:] if day.day == 1), after]


def test_a_change_is_made_in_one_deal_and_in_nothing_else() -> None:
    found = scenario()
    other = changes.applied(found, found.changes[0], library())
    fees = other.given.deals[0].fees
    assert fees is not None
    assert fees.items[0].minor_per_person_day == 4000  # type: ignore[union-attr]
    back = instead("minor_per_person_day = 5479", "minor_per_person_day = 4000")
    assert other == scenario(back)

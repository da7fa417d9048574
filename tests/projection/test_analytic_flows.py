"""Whole draws against what is exact where nobody waits for a place: Poisson on every day.

Who is put forward on day u and stays L days is there at the census of day t where L >= t - u, so
that the number there is Poisson of the sum of rates by survival, with no error of the day grid.
"""

import math
from statistics import NormalDist

import numpy as np
import pytest
from bench.p1 import Rates, stream
from msgspec import structs
from scipy.stats import chi2, poisson

from bench import p1
from habeas.projection import draw, exact, simulate
from habeas.projection.plan import Deal, Plan, Uncertain
from habeas.projection.queue import FLOWS
from queue_cases import Floats, variance_within, within

SEED = 8
RATE, MEAN, DAYS = 5.0, 300.0, 704
EXPONENTIAL = stream(0, Rates(RATE, mean=MEAN), "exponential")
CASE_4 = p1.plan([EXPONENTIAL], DAYS)


def held(plan: Plan, draws: int) -> Floats:
    return simulate.run(p1.payload(plan), SEED, 0, draws)["held.house"].astype(np.float64)


def survival(days: int) -> Floats:
    """That a stay of the exponential law is of so many days at least."""
    return np.exp(-np.arange(days) / MEAN)


def errors_for(many: int, alone: float = 4.0) -> float:
    """How many standard errors all of `many` keep as surely as one keeps `alone` (Bonferroni)."""
    return -NormalDist().inv_cdf(NormalDist().cdf(-alone) / many)


def is_poisson(found: Floats, mean: Floats | float) -> None:
    """Mean, dispersion and shape of independent draws of one day or of several (draws, days)."""
    told = found.reshape(len(found), -1)
    means = np.broadcast_to(mean, told.shape[1])
    away = (told.mean(axis=0) - means) / np.sqrt(means / len(told))
    assert np.abs(away).max() < errors_for(told.shape[1])
    for at in range(0, told.shape[1], 100):
        dispersion = told[:, at].var(ddof=1) / means[at]
        assert abs(dispersion - 1.0) < 4.5 * math.sqrt(2.0 / (len(told) - 1))


def test_case_4_who_is_there_is_poisson_whatever_the_law_of_stays() -> None:
    found, mean = held(CASE_4, 400), RATE * np.cumsum(survival(DAYS))
    assert math.isclose(mean[700], 1357.285732, abs_tol=5e-7)
    is_poisson(found, mean)
    # The shape: twenty classes of equal chance, on one day of each draw.
    edges = poisson.ppf(np.arange(1, 20) / 20, mean[700])
    counts = np.bincount(np.searchsorted(edges, found[:, 700]), minlength=20)
    chance = np.diff(np.concatenate(([0.0], poisson.cdf(edges, mean[700]), [1.0])))
    wanted = chance * len(found)
    assert chi2.sf(((counts - wanted) ** 2 / wanted).sum(), 19) > 1e-4


def test_case_4_with_stays_that_are_lognormal() -> None:
    plan = p1.plan([stream(1, Rates(RATE, mean=MEAN, log_sd=0.6))], DAYS)
    normal, middle = NormalDist(), math.log(MEAN) - 0.18
    longer = [normal.cdf((middle - math.log(n)) / 0.6) for n in range(1, DAYS)]
    mean = RATE * np.cumsum([1.0, *longer])
    # The limited mean of the law in closed form, and half of the day on which somebody leaves.
    beyond = (math.log(DAYS) - middle) / 0.6
    limited = MEAN * normal.cdf(beyond - 0.6) + DAYS * (1 - normal.cdf(beyond))
    assert math.isclose(mean[-1], RATE * (limited + 0.5), rel_tol=0.001)
    is_poisson(held(plan, 200), mean)


def test_case_5_groups_raise_the_variance_as_a_compound_process_does() -> None:
    """Groups of 50 on average, one in five days; stays of 100 days; exact on the grid of days."""
    size, groups, days = 50.0, 0.2, 500
    known = stream(2, Rates(size * groups, mean=100.0), "exponential", batch=size)
    found = held(p1.plan([known], days), 1500)[:, -1]
    there = np.exp(-np.arange(days) / 100.0)
    mean = groups * size * there.sum()
    extra = groups * 2.0 * size * (size - 1.0) * (there**2).sum()
    within(found, mean)
    variance_within(found, mean + extra)
    # In continuous time and without an end: 1000, and 50,000.
    assert math.isclose(mean, 1000.0, rel_tol=0.01)
    assert math.isclose(mean + extra, 50_000.0, rel_tol=0.011)


def test_case_6_a_rate_that_is_not_known_adds_its_own_variance() -> None:
    s = 0.3
    rate = Uncertain("streams.0.referrals", "lognormal", RATE * math.exp(-s * s / 2), s)
    plan = p1.plan([structs.replace(EXPONENTIAL, referrals=rate)], 701)
    found, mean = held(plan, 3000)[:, 700], 1357.285732
    exact_variance = mean + mean**2 * (math.exp(s * s) - 1.0)
    assert math.isclose(exact_variance, 174_847.464, abs_tol=5e-3)
    within(found, mean)
    variance_within(found, exact_variance)


# Case 9: more put forward


def roomy(more: float = 1.0, eligible: float = 1.0) -> Plan:
    """P1 with room for everybody and on every flight."""
    plan = p1.p1(more=more)
    world = plan.world | {"eligible": p1.point("world.eligible", eligible)}
    houses = [structs.replace(plan.houses[0], places=[(0, 1 << 29)], cells=0)]
    deals = [structs.replace(plan.deals[0], batch=-1)]
    return structs.replace(plan, houses=houses, deals=deals, world=world)


@pytest.mark.parametrize("plan", [roomy(more=1.05), roomy(eligible=1.05)])
def test_case_9_more_referrals_or_more_of_them_eligible_lower_no_day(plan: Plan) -> None:
    few, many = held(roomy(), 12), held(plan, 12)
    assert (few <= many).all()
    assert few.sum() * 1.03 < many.sum()


# Case 10: who is there is not who comes


def drawn_law(mean: float, log_sd: float, days: int) -> Floats:
    """P(stay >= n days) for n = 0, 1, ..., from the quantiles that are shipped."""
    quantiles = mean * exact.exp(log_sd * exact.normal_table() - 0.5 * log_sd * log_sd)
    at = np.interp(np.arange(days) - 1.0, quantiles, np.arange(exact.POINTS), left=0.0)
    longer: Floats = 1.0 - at / exact.STEPS
    return longer


def test_case_10_those_who_are_there_have_long_sentences() -> None:
    """E[L^2]/E[L] days in all, of which half a day more than half is to come."""
    begin, after, mean = 7000, 7000, 900.0
    longer = drawn_law(mean, 0.6, after + 1)[1:]
    first, second = longer.sum(), (longer * (2 * np.arange(1, after + 1) - 1)).sum()
    # A table of 4,097 points ends a little before the law does.
    assert first == pytest.approx(900.5, rel=3e-4)
    assert second / first == pytest.approx(1290.28, rel=2.5e-3)
    residual = np.cumsum(longer[::-1])[::-1] / first
    plan = p1.plan([stream(3, Rates(2.0, mean=mean, log_sd=0.6), after=begin + 1)], begin + after)
    payload = p1.payload(plan)
    whole, left, more = list[float](), list[float](), list[list[float]]()
    for number in range(60):
        stays = simulate.stays(payload, SEED, number)
        there = (stays.t_in <= begin) & (stays.t_out > begin)
        # Each draw weighs what it holds, so that the ratio of sums is what is compared.
        whole.append(float((stays.t_out - stays.t_in - second / first)[there].sum()))
        rest = (stays.t_out - begin)[there]
        left.append(float((rest - (second / first + 1.0) / 2.0).sum()))
        more.append([float(((rest >= n) - residual[n - 1]).sum()) for n in (200, 600, 1500, 3000)])
    for deviations in (whole, left, *zip(*more, strict=True)):
        within(deviations, 0.0)


# Case 12: a flight a week


def test_case_12_flights_keep_it_poisson_and_waiting_is_time_served() -> None:
    weekly, day = Deal("deal", [0], every=7), np.arange(DAYS)
    flight = -(-day // 7) * 7
    wanted = {False: (1357.285732, 1343.780514), True: (1370.891354, 1357.250757)}
    for from_arrival, (on_a_flight, later) in wanted.items():
        known = structs.replace(EXPONENTIAL, from_arrival=from_arrival)
        begin = flight if from_arrival else day
        mean = np.array(
            [RATE * np.exp(-(t - begin[flight <= t]) / MEAN).sum() for t in range(DAYS)]
        )
        assert mean[700] == pytest.approx(on_a_flight, abs=5e-7)
        assert mean[703] == pytest.approx(later, abs=5e-7)
        is_poisson(held(p1.plan([known], DAYS, deal=weekly), 300), mean)


# Case 14: a table of cohorts in fractions of persons


def cohorts(plan: Plan, days: int) -> Floats:
    """Of the streams of P1, all known: the mean of each day, with deaths and early returns."""
    day = np.arange(days)
    flight = -(-day // 7) * 7
    total = np.zeros(days)
    for row, one in zip(p1.STREAMS, plan.streams, strict=True):
        rate, share, mean, log_sd, returned, died = row
        longer = drawn_law(mean, log_sd, days) * np.exp(-died / draw.YEAR * day)
        longer[one.at_most + 1 :] = 0.0
        for first in range(days):
            here = np.arange(flight[first], days)
            stayed = np.exp(-returned / draw.YEAR * (here - flight[first]))
            total[here] += rate * share * longer[here - first] * stayed
    return total


def test_case_14_the_mean_of_draws_is_that_of_a_table_of_cohorts_on_all_days() -> None:
    streams = [stream(n, Rates(*row)) for n, row in enumerate(p1.STREAMS)]
    plan = p1.plan(streams, p1.DAYS, deal=Deal("deal", [0], every=7))
    found, mean = held(plan, 60), cohorts(plan, p1.DAYS)
    away = (found.mean(axis=0) - mean) / np.sqrt(mean / len(found))
    assert np.abs(away).max() < errors_for(p1.DAYS)


def test_what_is_put_forward_is_counted_by_month() -> None:
    flow = simulate.run(p1.payload(CASE_4), SEED, 0, 400)["flow.deal"][:, 0]
    told = dict(zip(FLOWS, flow.T, strict=True))
    within(told["referred"], RATE * DAYS)
    assert (told["referred"] == told["received"]).all()

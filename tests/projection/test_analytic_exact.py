"""What holds to the last person and day: balance, a closed cohort, and a queue of fifteen lines."""

import heapq
from collections import deque
from datetime import date

import numpy as np
import pytest
from bench.p1 import Rates, stream
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from numpy.typing import NDArray

from bench import p1
from habeas.fees.charge import charges
from habeas.fees.quantity import Period, Quantities
from habeas.law.cited import Text
from habeas.law.schedule import Band, BandedPerDiem, Fees
from habeas.projection import simulate
from habeas.projection.people import FAR
from habeas.projection.plan import Deal, Held, House, Plan
from habeas.projection.queue import FLOWS, MOVED
from queue_cases import NEVER, Line, chance, served

SMALL = p1.p1(part=0.004, years=4)


# Case 7: Little, of one path


@pytest.mark.parametrize("plan", [p1.p1(years=6), SMALL])
def test_case_7_days_of_persons_are_counted_alike_by_day_and_by_stay(plan: Plan) -> None:
    for number in range(3):
        found = simulate.run(p1.payload(plan), 5, number, number + 1)
        stays = simulate.stays(p1.payload(plan), 5, number)
        assert int(found["held.house"].sum(dtype=np.int64)) == int((stays.t_out - stays.t_in).sum())
        assert found["held.house"].any()


# Case 8: nobody is lost


@st.composite
def worlds(draw: st.DrawFn) -> Plan:
    """Two agreements that share two houses, with people there, flights, pauses and a closing."""
    days, some = 200, st.integers(0, 40)
    shapes = st.sampled_from(["lognormal", "exponential", "fixed"])
    streams = [
        stream(
            n,
            Rates(draw(st.floats(0.1, 3.0)), draw(st.floats(0.1, 1.0)), draw(st.floats(1.0, 90.0)),
                  0.7, draw(st.floats(0.0, 2.0)), draw(st.floats(0.0, 2.0))),
            draw(shapes), deal=n % 2, from_arrival=draw(st.booleans()),
            late=p1.point("late", draw(st.sampled_from([0.0, 3.0]))),
            batch=draw(st.sampled_from([1.0, 4.0])), persons=draw(st.sampled_from([0, 0, 25])),
        )
        for n in range(3)
    ]  # fmt: skip
    first = [(0, draw(some)), *draw(st.sampled_from([(), ((90, 0),), ((50, 30), (120, 0))]))]
    houses = [House("a", first, draw(st.integers(0, 5))), House("b", [(20, draw(some))])]
    deals = [
        Deal(
            f"d{n}", [[0, 1], [1, 0], [1]][draw(st.integers(0, 2))],
            draw(st.sampled_from([-1, 20])), draw(st.integers(1, 9)),
            batch=draw(st.sampled_from([-1, 5])),
            pauses=[(60, 80, draw(st.booleans()))] * draw(st.booleans()),
            recalls=[150] * draw(st.booleans()),
        )
        for n in range(2)
    ]  # fmt: skip
    left = draw(st.lists(st.integers(1, 120), max_size=12))
    stock = [Held(0, 0, left, draw(st.sampled_from([-1, 0])))] if left else []
    plain = p1.plan(streams, days, months=[0, 31, 59, 90, 120, 151, 181, days])
    return structs.replace(plain, houses=houses, deals=deals, stock=stock)


@settings(max_examples=60)
@given(worlds(), st.integers(0, 2**32 - 1))
def test_case_8_in_less_out_is_there_and_nobody_eligible_is_lost(plan: Plan, seed: int) -> None:
    found = simulate.run(p1.payload(plan), seed, 4, 5)
    stays = simulate.stays(p1.payload(plan), seed, 4)
    day = np.arange(plan.days)

    def present(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        came, went = np.sort(stays.t_in[rows]), np.sort(stays.t_out[rows])
        return np.searchsorted(came, day, "right") - np.searchsorted(went, day, "right")

    ends = np.array(plan.months[1:]) - 1
    for n, house in enumerate(plan.houses):
        assert (present(stays.house == n) == found[f"held.{house.id}"][0]).all()
    if plan.houses[0].cells:
        cells = [
            present((stays.house == 0) & (stays.cell == n)) for n in range(plan.houses[0].cells)
        ]
        assert (np.max(cells, axis=0) == found["cell.a"][0]).all()
    for n, deal in enumerate(plan.deals):
        by = found[f"by.{deal.id}"][0]
        assert (present(stays.deal == n) == by).all()
        flow = dict(zip(FLOWS, found[f"flow.{deal.id}"][0].cumsum(axis=0).T, strict=True))
        waiting = found[f"waiting.{deal.id}"][0]
        assert (flow["eligible"] == flow["received"] + flow["expired"] + waiting).all()
        began = sum(len(one.days_left) for one in plan.stock if one.deal == n)
        assert (began + flow["received"] - sum(flow[name] for name in FLOWS[5:]) == by[ends]).all()
        # By reason: who left before the end, each once, is who the months say.
        gone = (stays.deal == n) & (stays.t_out < plan.days) & (stays.reason != MOVED)
        for place, name in enumerate(FLOWS[5:], 5):
            assert (gone & (stays.reason == place)).sum() == flow[name][-1], name


# Case 11: a cohort that is put forward on one day


def test_case_11_a_closed_cohort_leaves_in_steps_and_is_billed_so() -> None:
    streams = [
        stream(n, Rates(mean=stay - 0.5), "fixed", persons=many)
        for n, (many, stay) in enumerate([(400, 100), (350, 200), (250, 365)])
    ]
    held = simulate.run(p1.payload(p1.plan(streams, 365)), 1, 0, 1)["held.house"][0]
    day = np.arange(365)
    assert (held == 400 * (day < 100) + 350 * (day < 200) + 250).all()
    assert held.sum() == 201_250
    year = Quantities(Period(date(2027, 1, 1), date(2028, 1, 1)), {"F": held.astype(np.int64)})
    per_day = Band(from_person=1, minor_per_person_day=5479, cite=())
    text = Text("t", "t")
    flat = BandedPerDiem("held", text, (per_day,), "period", ())
    least = structs.replace(flat, guaranteed_per_mille=800, places=1000)
    fees = [Fees("USD", 2, "half_up", (one,)) for one in (flat, least)]
    lines = [charges(one, year) for one in fees]
    assert [sum(line.amount_minor or 0 for line in one) for one in lines] == [
        1_102_648_750, 1_698_490_000,
    ]  # fmt: skip
    empty = [line.quantity for line in lines[1] if line.kind == "paid_for_empty"]
    assert sum(empty) == 108_750


# Case 13: the same people in a plain queue


def plain(line: Line, places: list[int], allowed: list[int]) -> tuple[list[int], list[int]]:
    people = [*zip(*(row.tolist() for row in line), strict=True)]
    t_in, t_out = [NEVER] * len(people), [NEVER] * len(people)
    there, queue, come = list[int](), deque[int](), 0
    for day, seats in enumerate(allowed):
        flown = 0
        while there and there[0] <= day:
            heapq.heappop(there)
        while come < len(people) and people[come][0] <= day:
            queue.append(come)
            come += 1
        while queue and flown < seats and len(there) < places[day]:
            one = queue.popleft()
            _, patience, end, hold = people[one]
            if patience >= day:
                t_in[one], t_out[one] = day, min(end if end >= 0 else day - end, day + hold)
                heapq.heappush(there, t_out[one])
                flown += 1
    return t_in, t_out


@settings(max_examples=300)
@given(st.data())
def test_case_13_every_stay_is_that_of_a_plain_queue(data: st.DataObject) -> None:
    days, number = 60, data.draw(st.integers(0, 2**32 - 1))
    rng = chance(number)
    line = people(number, days, data.draw(st.integers(0, 150)), data.draw(st.integers(1, 60)))
    most, every = data.draw(st.integers(0, 20)), data.draw(st.integers(1, 8))
    places = rng.integers(0, most + 1, days).tolist() if data.draw(st.booleans()) else [most] * days
    batch = data.draw(st.sampled_from([1, 3, 1000]))
    allowed = [batch * (day % every == 0) for day in range(days)]
    assert same(line, places, allowed) <= line.ready.size


def people(number: int, days: int, many: int, long: int) -> Line:
    """People of random rules: ends fixed or counted from arrival, patience of any length."""
    rng = chance(number)
    ready = np.sort(rng.integers(0, days, many))
    stay, fixed = rng.integers(1, long + 1, many), rng.random(many) < 0.5
    end = np.where(fixed, ready + stay, -stay)
    short = ready + rng.integers(0, long, many)
    patience = np.minimum(
        np.where(rng.random(many) < 0.3, FAR, short), np.where(fixed, end - 1, FAR)
    )
    hold = np.where(rng.random(many) < 0.3, rng.integers(1, long + 1, many), FAR)
    return Line(ready, patience, end, hold)


def same(line: Line, places: list[int], allowed: list[int]) -> int:
    """How many are received, after everything was found to be that of the plain queue."""
    seen = served(line, len(places), places, allowed)
    t_in, t_out = plain(line, places, allowed)
    assert seen.t_in.tolist() == t_in
    assert seen.t_out.tolist() == t_out
    steps = np.zeros(len(places) + 1, np.int64)
    for first, after in zip(t_in, t_out, strict=True):
        if first != NEVER:
            steps[first] += 1
            steps[min(after, len(places))] -= 1
    assert seen.held.tolist() == np.cumsum(steps[:-1]).tolist()
    come, gone = np.array(t_in), line.patience
    for end, received, expired, waiting in zip(
        seen.ends, seen.received.cumsum(), seen.expired.cumsum(), seen.waiting, strict=True
    ):
        here = (come != NEVER) & (come <= end)
        assert received == here.sum()
        # Whose patience was over the day before is no more in the queue, and never flew.
        assert expired == ((come == NEVER) & (gone < end) & (line.ready <= end)).sum()
        assert waiting == ((line.ready <= end) & ~here & (gone >= end)).sum()
    return int((come != NEVER).sum())


def test_case_13_over_ten_years_and_a_hundred_thousand_people() -> None:
    line = people(13, p1.DAYS, 100_000, 1500)
    allowed = [600 * (day % 7 == 0) for day in range(p1.DAYS)]
    assert same(line, [8_000] * p1.DAYS, allowed) > 10_000

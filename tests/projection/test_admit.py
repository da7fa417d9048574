"""The queue against a list of events that knows nothing of it; and what can be counted by hand."""

import heapq

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from habeas.projection.admit import NEVER, House, People, admitted, headcount

DAYS = 60


def days(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[People, House]:
    count = draw(st.integers(0, 40))
    ready = sorted(draw(st.integers(0, DAYS - 1)) for _ in range(count))
    end = [one + draw(st.integers(1, 40)) for one in ready]
    patience = [draw(st.integers(one, last - 1)) for one, last in zip(ready, end, strict=True)]
    hold = [draw(st.integers(1, 40)) for _ in ready]
    capacity = [draw(st.integers(0, 12))] * DAYS
    every = draw(st.integers(1, 9))
    flights = np.arange(DAYS) % every == 0
    most = [draw(st.integers(1, 8))] * DAYS
    people = People(days(*ready), days(*patience), days(*end), days(*hold))
    return people, House(days(*capacity), flights, days(*most))


def oracle(people: People, house: House) -> list[tuple[int, int]]:
    """Day by day with a heap of those inside, and a list of those who wait."""
    inside, waiting = list[int](), list[int]()
    told = [(NEVER, NEVER)] * people.ready.size
    for day in range(house.capacity.size):
        while inside and inside[0] <= day:
            heapq.heappop(inside)
        waiting += [n for n, at in enumerate(people.ready) if at == day]
        waiting = [n for n in waiting if people.patience[n] >= day]
        if not house.flights[day]:
            continue
        room = max(min(int(house.capacity[day]) - len(inside), int(house.most[day])), 0)
        for n in waiting[:room]:
            out = max(min(int(people.end[n]), day + int(people.hold[n])), day + 1)
            told[n] = (day, out)
            heapq.heappush(inside, out)
        waiting = waiting[room:]
    return told


@given(worlds())
def test_every_stay_is_that_of_a_list_of_events(world: tuple[People, House]) -> None:
    people, house = world
    stays = admitted(people, house)
    assert list(zip(stays.t_in.tolist(), stays.t_out.tolist(), strict=True)) == oracle(*world)
    held = headcount(stays, DAYS)
    inside = [
        sum(a <= day < b for a, b in zip(stays.t_in, stays.t_out, strict=True) if a != NEVER)
        for day in range(DAYS)
    ]
    assert held.tolist() == inside
    assert (held <= house.capacity).all()


def test_a_closed_cohort_leaves_in_steps() -> None:
    """400, 350 and 250 persons in on day 0 for 100, 200 and 365 days: 201,250 person-days."""
    hold = np.repeat(days(100, 200, 365), (400, 350, 250))
    zero = np.zeros(1000, np.int32)
    far = np.full(1000, 10_000, np.int32)
    most = np.full(365, 1000, np.int32)
    stays = admitted(People(zero, far, far, hold), House(most, np.ones(365, bool), most))
    held = headcount(stays, 365)
    assert [held[day] for day in (0, 99, 100, 199, 200, 364)] == [1000, 1000, 600, 600, 250, 250]
    assert held.sum() == 201_250

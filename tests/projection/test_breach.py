"""Below a standard is what the rules of space call so, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.law.records import Measure
from habeas.projection.breach import (
    BELOW,
    MET,
    OPEN,
    Premises,
    chosen,
    findings,
    least_below,
    premises,
    space,
)  # fmt: skip
from habeas.projection.scenario import Facility, Given
from habeas.space.certified import Cell
from habeas.space.method import judged
from habeas.terms import Finding
from projection_cases import FIRST, LIBRARY, arrays, drawn, scenario, values

CECOT = premises(Facility(id="CECOT", places=(), source="s", library="CECOT"), LIBRARY, FIRST)
MEASURES = chosen(Given(facilities=(), deals=()), LIBRARY)


def of(cm2: int | None, measured: str = "net", cells: int = 2) -> Premises:
    where = {"cells": cells, "cell_cm2": cm2, "measured": measured}
    given = scenario(None, house=where).given.facilities[0]
    return premises(given, LIBRARY, FIRST)


def measure(name: str) -> Measure:
    return next(one for one in MEASURES if one.id == name)


@pytest.mark.parametrize("one", MEASURES, ids=lambda one: one.id)
def test_every_number_of_persons_stands_as_the_rules_of_space_say(one: Measure) -> None:
    codes = findings(CECOT, one, 160)
    for persons in range(1, 161):
        told = judged(CECOT.cells[0], one, persons, CECOT.hours)
        assert (codes[persons] == BELOW) == (told is Finding.NOT_MET)
        assert codes[persons] != MET or told in {Finding.MET, None}


def test_from_the_smallest_number_that_is_below_on_every_larger_one_is() -> None:
    for one in MEASURES:
        codes = findings(CECOT, one, 400)
        least = least_below(codes)
        assert least is None or (codes[least:] == BELOW).all(), one.id


def test_a_hundred_square_metres_are_below_four_each_for_the_twenty_sixth_person() -> None:
    four = [
        one
        for one in MEASURES
        if one.space and (one.space.cm2, one.space.per) == (40_000, "person")
    ]
    assert four
    assert {least_below(findings(CECOT, one, 160)) for one in four} == {26}


def test_an_area_that_is_not_known_is_never_met_and_never_below() -> None:
    for one in MEASURES:
        codes = findings(of(None), one, 20)
        assert BELOW not in codes
        assert (codes[2:] == OPEN).all() or one.space is None or not one.space.cm2


def test_a_gross_area_is_never_shown_to_meet_a_standard() -> None:
    echr = next(one for one in MEASURES if one.space and one.space.cm2 == 30_000)
    assert MET not in findings(of(1_000_000, "gross"), echr, 40)[2:]


@given(st.lists(st.lists(st.integers(0, 60), min_size=5, max_size=5), min_size=1, max_size=6))
def test_days_below_are_those_of_a_count_day_by_day(rows: list[list[int]]) -> None:
    one = next(one for one in MEASURES if one.space and one.space.cm2 == 40_000)
    where, fullest = of(1_000_000), np.array(rows, np.int32)
    found = {each.key: each for each in space(where, fullest, [one])}
    bad = [[judged(where.cells[0], one, n, None) is Finding.NOT_MET for n in row] for row in rows]
    days, begun = found["space.days_below"].values, found["space.first_day_below"]
    assert days is not None
    assert begun.known is not None
    assert days.tolist() == [sum(row) for row in bad]
    assert begun.known.tolist() == [any(row) for row in bad]
    assert begun.numbers.tolist() == [row.index(True) for row in bad if any(row)]


def test_cells_of_other_kinds_are_below_only_where_all_of_them_are() -> None:
    one = next(one for one in MEASURES if one.space and one.space.cm2 == 40_000)
    small, large = of(400_000), of(1_000_000)
    both = Premises("h", small.cells + large.cells, None)
    assert least_below(findings(both, one, 40)) == least_below(findings(large, one, 40))
    assert findings(both, one, 40)[11] == OPEN
    sure = Cell("m", "c", 1_000_000, net=True, sanitary_cm2=0, furniture_cm2=0)
    assert findings(Premises("h", (sure,), None), one, 40)[5] == MET
    assert findings(Premises("h", (sure, *large.cells), None), one, 40)[5] == OPEN


def test_full_is_the_day_on_which_no_place_is_free() -> None:
    held = np.full((2, 365), 10)
    held[1, 40:50] = 1000
    found = drawn(scenario(None), arrays(held))
    assert values(found, "capacity.first_day_full", "h") == [40]
    assert values(found, "capacity.days_full", "h") == [0, 10]
    assert values(found, "capacity.most_held", "h") == [10, 1000]


def test_a_facility_of_the_library_is_held_against_each_number_that_somebody_states() -> None:
    held = np.full((1, 365), 10)
    held[0, 5] = 20_480  # as many as there are bunks
    held[0, 7:] = 20_481
    found = drawn(scenario(None, house={"library": "CECOT"}), arrays(held))
    over = {one.of: one.numbers.tolist() for one in found.found.outcomes
            if one.key == "capacity.first_day_over"}  # fmt: skip
    assert [days for name, days in over.items() if "/bunks:" in name] == [[7]] * len(
        [name for name in over if "/bunks:" in name]
    )
    assert all("planned" not in name for name in over)
    assert [days for name, days in over.items() if "/declared" in name] == [[]]


def test_room_for_everybody_counts_places_and_who_has_none_on_the_worst_day() -> None:
    held = np.full((2, 365), 30)
    held[1, 3] = 70
    costs = {"place": {"source": "assumption", "low": 100, "high": 100}}
    given = scenario(None, house={"cells": 2, "cell_cm2": 1_030_000, "measured": "net"},
                     assumed={"streams": [], "costs": costs})  # fmt: skip
    found = drawn(given, arrays(held))
    places = {
        one.of: one.numbers.tolist() for one in found.found.outcomes if one.key == "room.places"
    }
    name = next(name for name, each in places.items() if each == [50, 50])  # 4 m2 a person
    assert values(found, "room.most_persons", name) == [51, 51]
    assert len(set(map(tuple, places.values()))) == len(places)
    assert values(found, "room.persons_without", name) == [0, 20]
    assert values(found, "room.cost", name) == [0, 20 * 10_000]


def test_a_place_whose_cost_nobody_assumes_costs_nothing_known() -> None:
    found = drawn(
        scenario(None, house={"cells": 2, "cell_cm2": 1_000_000}), arrays(np.full((1, 365), 70))
    )
    prices = [one for one in found.found.outcomes if one.key == "room.cost"]
    assert prices
    assert all(one.values is None and one.why == "not_assumed" for one in prices)


def test_a_facility_without_cells_says_nothing_of_its_floor() -> None:
    found = drawn(scenario(None), arrays(np.full((1, 365), 70)))
    assert not [one.key for one in found.found.outcomes if one.key.startswith(("space.", "room."))]

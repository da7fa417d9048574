"""Why people do not fit: each planted fault has the sentence that is due, and no other."""

from itertools import chain, combinations

import numpy as np
import pytest
from bench.shortfalls import FAULTS, NAMES, WOMAN, Fault, base, planted, room
from hypothesis import given
from hypothesis import strategies as st

from habeas.space import flow, place_exact
from habeas.space.certified import Cell
from habeas.space.place import place
from habeas.space.place_rows import places
from habeas.space.placing import problem
from habeas.space.shortfall import least, shortfalls
from habeas.space.shortfall_words import refused, sentences

SOUND = base(600, 12)


def told(fault: Fault) -> tuple[list[str], int]:
    asked = problem(*planted(*SOUND, fault))
    found = shortfalls(asked)
    return sentences(found, asked, NAMES), least(found)


def test_a_facility_in_which_everybody_fits_has_no_certificate() -> None:
    assert shortfalls(problem(*SOUND)) == []
    enough = Fault("enough", (), 0, [WOMAN] * 72, [room(WOMAN, 12)] * 6)
    assert told(enough) == ([], 0)


@pytest.mark.parametrize("fault", FAULTS, ids=[one.name for one in FAULTS])
def test_each_planted_fault_is_explained_in_its_sentence(fault: Fault) -> None:
    """S2: at least 20 kinds; at 40,000 persons, with times, in docs/performance.md."""
    found, number = told(fault)
    assert sorted(found) == sorted(fault.due)
    assert number == fault.refused


@pytest.mark.parametrize("fault", FAULTS, ids=[one.name for one in FAULTS])
def test_as_many_as_the_certificate_says_find_no_place(fault: Fault) -> None:
    who, where = planted(*SOUND, fault)
    assert len(place(who, where, place_exact.solve).unplaced) == fault.refused


def test_there_are_twenty_kinds() -> None:
    assert len({one.name for one in FAULTS}) >= 20


def test_one_person_is_not_told_as_several() -> None:
    assert refused(1) == "Do not receive 1 person."
    assert refused(1_200) == "Do not receive 1,200 persons."


NUMBERS = st.lists(st.integers(0, 4), min_size=1, max_size=4)


@given(NUMBERS, NUMBERS, st.data())
def test_a_cut_is_the_smallest_that_is_short_of_the_most(
    persons: list[int], room: list[int], data: st.DataObject
) -> None:
    kinds = range(len(persons))
    row = st.lists(st.booleans(), min_size=len(room), max_size=len(room))
    may = np.array([data.draw(row) for _ in kinds])

    def lacks(some: tuple[int, ...]) -> int:
        cells = may[list(some)].any(axis=0) if some else np.zeros(len(room), bool)
        return sum(persons[one] for one in some) - int(np.array(room)[cells].sum())

    every = chain.from_iterable(combinations(kinds, size) for size in range(len(persons) + 1))
    most = max(lacks(some) for some in every)
    found = tuple(flow.short(persons, room, may))
    assert lacks(found) == most
    for size in range(len(found)):
        assert all(lacks(some) < most for some in combinations(found, size))


def test_no_cell_has_more_places_than_its_certificate_allows() -> None:
    cell = Cell("M", "M-1", 400_000, net=True, beds=6, maximum=3)
    assert places(cell, ()) == 3
    assert places(Cell("M", "M-1", 400_000, net=True), ()) == 0  # beds are not established

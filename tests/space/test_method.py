"""Each standard by its own method: the same cell stands otherwise against each."""

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.law.library import Library
from habeas.law.records import Measure, Space
from habeas.space.certified import Cell
from habeas.space.method import applies, areas, asked, judged, measured, unmeasured
from habeas.terms import Finding

STANDARDS = [standard for _, standard in Library().standards.values()]
MEASURES = {one.id: one for one in measured(STANDARDS)}
# 14 m2 of floor, 2 m2 of it a partitioned annexe, 3 m2 of it under beds and a table
CELL = Cell("A", "A-01", 140_000, True, 20_000, True, 30_000, beds=4, toilets=1)
MET, BELOW, OPEN = Finding.MET, Finding.NOT_MET, Finding.NOT_ESTABLISHED


def findings(cell: Cell, persons: int, hours: int | None = None) -> dict[str, Finding]:
    found = {name: judged(cell, one, persons, hours) for name, one in MEASURES.items()}
    return {name: one for name, one in found.items() if one is not None}


def test_one_cell_of_four_persons_by_every_method() -> None:
    assert findings(CELL, 4, 8) == {
        "ACA-1": OPEN,  # 11 / 4 = 2.75 without furniture, 9 / 4 = 2.25 if the annexe is out too
        "CPT-2": BELOW,  # 12 / 4 = 3
        "CPT-4": BELOW,  # 18 asked of the whole cell
        "ECHR-1": MET,  # 12 / 4 = 3, furniture in
        "ECHR-2": BELOW,
        "IACHR-1": OPEN,  # a bed each is one part of it
        "ICRC-2": BELOW,
        "ICRC-4": MET,  # 9 / 4 = 2.25, whatever may be left out
        "ICRC-5": MET,
        "ICRC-6": MET,
        "UN-4": BELOW,  # 14 / 4 = 3.5 with nothing left out
    }


def test_one_person_alone_by_every_method() -> None:
    assert findings(CELL, 1, 8) == {
        "ACA-2": MET,
        "ACA-3": MET,
        "CPT-1": MET,
        "IACHR-1": OPEN,
        "ICRC-1": MET,
        "ICRC-5": MET,
        "ICRC-6": MET,
        "UN-4": MET,
    }


def test_the_sanitary_annexe_is_no_floor_for_cpt_and_echr() -> None:
    edge = replace(CELL, floor_cm2=60_000, sanitary_cm2=1, furniture_cm2=0)
    assert findings(edge, 2)["ECHR-1"] is BELOW
    assert findings(replace(edge, sanitary_cm2=0), 2)["ECHR-1"] is MET


@pytest.mark.parametrize(("partitioned", "wanted"), [(True, MET), (False, OPEN), (None, OPEN)])
def test_an_annexe_that_is_not_fully_partitioned_never_meets_the_shared_figure(
    partitioned: object, wanted: Finding
) -> None:
    cell = replace(
        CELL, floor_cm2=100_000, partitioned=None if partitioned is None else partitioned is True
    )
    assert findings(cell, 2)["CPT-2"] is wanted
    assert findings(cell, 2)["ECHR-1"] is MET


@pytest.mark.parametrize(
    ("persons", "most"), [(2, 100_000), (3, 140_000), (4, 180_000), (5, 220_000)]
)
def test_the_desirable_size_is_six_and_four_for_each_further_person(
    persons: int, most: int
) -> None:
    space = MEASURES["CPT-4"].space
    assert space is not None
    assert asked(space, persons, None).least == most


@pytest.mark.parametrize(
    ("hours", "wanted"), [(8, MET), (10, MET), (11, BELOW), (24, BELOW), (None, OPEN)]
)
def test_unencumbered_space_depends_on_the_hours_locked_in(
    hours: int | None, wanted: Finding
) -> None:
    cell = Cell("A", "A-01", 60_000, True, 0, None, 0)
    assert findings(cell, 2, hours)["ACA-1"] is wanted


def test_the_total_for_long_confinement_says_nothing_of_short() -> None:
    small = replace(CELL, floor_cm2=70_000)
    found = [findings(small, 1, hours).get("ACA-4") for hours in (10, 11, None)]
    assert found == [None, BELOW, OPEN]


def test_square_feet_are_rounded_up_to_whole_square_centimetres() -> None:
    foot = Fraction(9_290_304, 10_000)  # cm2 of a square foot, by definition
    for name, feet in (("ACA-1", 25), ("ACA-2", 35), ("ACA-3", 70)):
        space = MEASURES[name].space
        assert space is not None
        assert (
            space.cm2 == -((-feet * foot).__floor__() // 1) or space.cm2 == (feet * foot).__ceil__()
        )
    total, one = MEASURES["ACA-4"].space, MEASURES["ACA-1"].space
    assert total is not None
    assert one is not None
    assert total.over_cm2 == ceil(80 * foot)
    assert one.over_cm2 == ceil(35 * foot)


def test_a_gross_area_is_below_for_certain_and_never_met() -> None:
    gross = Cell("M1", "M1-001", 1_000_000, net=False)
    assert {findings(gross, 2)[name] for name in ("ECHR-1", "CPT-2", "UN-4")} == {OPEN}
    assert findings(gross, 34)["ECHR-1"] is BELOW


def test_an_annexe_or_furniture_that_nobody_measured_leaves_the_standard_open() -> None:
    large = replace(CELL, floor_cm2=400_000)
    assert findings(large, 2)["ECHR-1"] is MET
    assert findings(replace(large, sanitary_cm2=None), 2)["ECHR-1"] is OPEN
    assert findings(replace(large, furniture_cm2=None), 2)["ACA-1"] is OPEN
    assert findings(replace(large, net=False), 2)["ECHR-1"] is OPEN


def test_an_unknown_area_is_never_below_and_never_met() -> None:
    found = findings(Cell("A", "A-09", None, net=False), 3)
    assert set(found.values()) == {OPEN}


def test_persons_of_whom_no_cell_is_recorded_are_in_no_kind_of_cell() -> None:
    assert findings(Cell("", "", None, net=False), 1) == dict.fromkeys(MEASURES, OPEN)


@pytest.mark.parametrize(("persons", "beds"), [(4, OPEN), (5, BELOW)])
def test_a_person_without_a_bed_is_below_and_a_bed_alone_is_not_enough(
    persons: int, beds: Finding
) -> None:
    assert findings(CELL, persons)["IACHR-1"] is beds


def test_more_than_25_for_a_toilet_is_below() -> None:
    found = [findings(CELL, persons)["ICRC-5"] for persons in (25, 26)]
    assert found == [MET, BELOW]


def test_every_measure_is_either_held_against_cells_or_shown_without_a_number() -> None:
    apart = {one.id for one in unmeasured(STANDARDS)}
    assert apart == {
        "ACA-5", "CPT-3", "CPT-5", "ECHR-3", "ICRC-3", "ICRC-7", "ICRC-8", "UN-1", "UN-2", "UN-3",
        "UN-5", "UN-6", "UN-7", "UN-8",
    }  # fmt: skip
    assert len(apart) + len(MEASURES) == 30


AREAS = st.none() | st.integers(0, 40_000)
CELLS = st.builds(
    Cell,
    module=st.just("A"),
    name=st.just("A-01"),
    floor_cm2=st.none() | st.integers(80_000, 400_000),
    net=st.booleans(),
    sanitary_cm2=AREAS,
    partitioned=st.none() | st.booleans(),
    furniture_cm2=AREAS,
)
SPACES = [one for one in MEASURES.values() if one.space is not None]


def known(cell: Cell, sanitary: int, furniture: int, walls: int = 0) -> Cell:
    """The cell with what is not established put in; of a gross area, the walls are taken off."""
    floor = 200_000 if cell.floor_cm2 is None else cell.floor_cm2
    return replace(
        cell,
        net=True,
        floor_cm2=floor if cell.net else floor - walls,
        sanitary_cm2=sanitary if cell.sanitary_cm2 is None else cell.sanitary_cm2,
        furniture_cm2=furniture if cell.furniture_cm2 is None else cell.furniture_cm2,
        partitioned=True if cell.partitioned is None else cell.partitioned,
    )


@given(
    cell=CELLS,
    measure=st.sampled_from(SPACES),
    persons=st.integers(1, 12),
    parts=st.tuples(*[st.integers(0, 40_000)] * 3),
)
def test_what_is_established_stays_so_whatever_the_unknown_turns_out_to_be(
    cell: Cell, measure: Measure, persons: int, parts: tuple[int, int, int]
) -> None:
    now = judged(cell, measure, persons, 12)
    later = judged(known(cell, *parts), measure, persons, 12)
    assert now in (OPEN, later)


@given(cell=CELLS, measure=st.sampled_from(SPACES), persons=st.integers(2, 12))
def test_one_person_more_never_helps(cell: Cell, measure: Measure, persons: int) -> None:
    order = [BELOW, OPEN, MET]
    fewer, more = (judged(cell, measure, number, 12) for number in (persons, persons + 1))
    if fewer is not None and more is not None:
        assert order.index(more) <= order.index(fewer)


def by_hand(cell: Cell, space: Space, persons: int) -> Finding:
    """The method again for a net cell of which everything is known, in exact fractions."""
    assert cell.floor_cm2 is not None
    readings = [
        cell.floor_cm2 - (out[0] * (cell.sanitary_cm2 or 0)) - (out[1] * (cell.furniture_cm2 or 0))
        for out in ((0, 0), (0, 1), (1, 0), (1, 1))
        if all(
            said == "not_stated" or (said == "out") == bool(left)
            for said, left in zip((space.sanitary, space.furniture), out, strict=True)
        )
    ]
    each = space.cm2 if space.over_cm2 is None else space.over_cm2
    wanted = (
        each * persons if space.per == "person" else each + (space.more_cm2 or 0) * (persons - 1)
    )
    enough = {Fraction(area, persons) >= Fraction(wanted, persons) for area in readings}
    if enough == {False}:
        return BELOW
    parted = not space.partitioned or cell.partitioned or cell.sanitary_cm2 == 0
    return MET if enough == {True} and parted else OPEN


@given(cell=CELLS, measure=st.sampled_from(SPACES), persons=st.integers(1, 12))
def test_a_known_cell_stands_as_the_method_worked_by_hand(
    cell: Cell, measure: Measure, persons: int
) -> None:
    whole, space = known(cell, 15_000, 25_000), measure.space
    assert space is not None
    if applies(space, persons):
        assert judged(whole, measure, persons, 12) is by_hand(whole, space, persons)
        assert areas(whole, space).least <= (areas(whole, space).most or 0)

"""A lawful place for each person: what each rule forbids first, then against trying every way."""

import math
from dataclasses import replace

import numpy as np
import pytest
from bench.place import Made, made
from hypothesis import given, settings

from cell_places import Case, Person, Room, best, column, people, problems, rooms
from habeas.space import place_exact
from habeas.space.place import Allocation, Proof, place
from habeas.space.place_check import checked
from habeas.space.placing import Cells, People
from habeas.space.shortfall import least, shortfalls

WHO: Person = (1, 1, 1, 1, 0, -1)
ROOM: Room = (1, 1, 1, 1, 0, 2, 2)
FORBIDDEN: dict[str, tuple[Person, Room]] = {
    "the other sex": ((2, 1, 1, 1, 0, -1), ROOM),
    "a child with adults": ((1, 2, 1, 1, 0, -1), ROOM),
    "another security class": ((1, 1, 2, 1, 0, -1), ROOM),
    "a need and a cell without access": ((1, 1, 1, 2, 0, -1), ROOM),
    "a rival group's cell": ((1, 1, 1, 1, 1, -1), (1, 1, 1, 1, 2, 2, 2)),
    "a group and a cell of none": ((1, 1, 1, 1, 1, -1), ROOM),
    "no place by the standard": (WHO, (1, 1, 1, 1, 0, 2, 0)),
    "a cell of which the sex is not established": (WHO, (0, 1, 1, 1, 0, 2, 2)),
    "a cell of which the age band is not established": (WHO, (1, 0, 1, 1, 0, 2, 2)),
    "a cell of which the class is not established": (WHO, (1, 1, 0, 1, 0, 2, 2)),
    "a cell of which access is not established": (WHO, (1, 1, 1, 0, 0, 2, 2)),
    "a person whose sex is not established": ((0, 1, 1, 1, 0, -1), ROOM),
    "a person whose age band is not established": ((1, 0, 1, 1, 0, -1), ROOM),
    "a person whose class is not established": ((1, 1, 0, 1, 0, -1), ROOM),
    "a person whose need is not established": ((1, 1, 1, 0, 0, -1), ROOM),
}


def holds(found: Allocation, who: People, where: Cells) -> None:
    """The proposal breaks no rule, and its numbers are those that other code counts."""
    told = checked(who, where, found.cell, found.witness)
    assert told.holds, told.broken
    assert (told.moves, told.unplaced) == (found.moves, len(found.unplaced))
    assert told.bound == found.counted <= found.bound <= found.moves


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_nobody_is_put_where_a_rule_forbids_it(rule: str) -> None:
    person, room = FORBIDDEN[rule]
    who, where = people([person]), rooms([room])
    for exact in (None, place_exact.solve):
        found = place(who, where, exact)
        assert found.cell.tolist() == [-1]
        holds(found, who, where)
        assert not checked(who, where, column([0]), found.witness).holds


@pytest.mark.parametrize("rule", [one for one, row in FORBIDDEN.items() if 0 not in row[0][:4]])
def test_nobody_stays_where_a_rule_forbids_it(rule: str) -> None:
    """Who is set aside stays, until it is established."""
    person, room = FORBIDDEN[rule]
    who, where = people([(*person[:5], 0)]), rooms([room])
    found = place(who, where)
    assert (found.cell.tolist(), found.moves, found.bound) == ([-1], 1, 1)


def test_a_cell_never_holds_more_than_its_places() -> None:
    who, where = people([WHO] * 3), rooms([ROOM])
    found = place(who, where)
    assert sorted(found.cell.tolist()) == [-1, 0, 0]
    assert len(found.unplaced) == 1
    assert not checked(who, where, column([0, 0, 0]), found.witness).holds


def test_two_who_are_kept_apart_are_never_in_one_cell() -> None:
    who, where = people([(*WHO[:5], 0)] * 2, [(0, 1)]), rooms([ROOM, ROOM])
    found = place(who, where)
    assert sorted(found.cell.tolist()) == [0, 1]
    assert (found.moves, found.bound, found.proof) == (1, 1, Proof.COUNT)
    assert not checked(who, where, column([0, 0]), found.witness).holds


def test_who_is_set_aside_keeps_the_place_and_nobody_new_comes_beside() -> None:
    unknown: Person = (0, 1, 1, 1, 0, 0)
    who, where = people([unknown, WHO, (*WHO[:5], 0)]), rooms([ROOM, ROOM])
    found = place(who, where)
    assert found.cell.tolist() == [0, 1, 0]
    holds(found, who, where)
    assert not checked(who, where, column([0, 0, 0]), found.witness).holds
    assert not checked(who, where, column([1, 1, 0]), found.witness).holds


def test_room_is_passed_on_where_every_lawful_cell_is_full() -> None:
    needs: Person = (1, 1, 1, 2, 0, -1)
    accessible: Room = (1, 1, 1, 2, 0, 1, 1)
    who = people([needs, (*WHO[:5], 1)])
    found = place(who, rooms([ROOM, accessible]))
    assert (found.cell.tolist(), found.moves) == ([1, 0], 1)


def test_who_is_held_comes_before_who_is_to_be_received() -> None:
    who, where = people([WHO, (*WHO[:5], 0)]), rooms([(1, 1, 1, 2, 0, 1, 0), (*ROOM[:5], 1, 1)])
    assert place(who, where).cell.tolist() == [-1, 1]
    assert place(who, where, place_exact.solve).cell.tolist() == [-1, 1]


def test_a_row_that_names_what_is_not_there_is_the_callers_mistake() -> None:
    for who in (people([(*WHO[:5], 7)]), people([WHO], [(0, 3)])):
        with pytest.raises(ValueError, match="not there"):
            place(who, rooms([ROOM]))
    with pytest.raises(ValueError, match="lengths"):
        place(replace(people([WHO]), age=column([])), rooms([ROOM]))


@settings(max_examples=150)
@given(problems())
def test_the_exact_answer_is_the_best_of_all(case: Case) -> None:
    persons, cells, pairs = case
    who, where = people(persons, pairs), rooms(cells)
    unplaced, moves = best(persons, cells, pairs)
    found = place(who, where, place_exact.solve)
    holds(found, who, where)
    assert (len(found.unplaced), found.moves) == (unplaced, moves)
    assert found.proof is not Proof.NONE
    assert least(shortfalls(found.problem)) <= unplaced


@settings(max_examples=150)
@given(problems())
def test_the_bound_is_never_above_the_best(case: Case) -> None:
    persons, cells, pairs = case
    who, where = people(persons, pairs), rooms(cells)
    found = place(who, where)
    holds(found, who, where)
    unplaced, moves = best(persons, cells, pairs)
    assert len(found.unplaced) >= unplaced
    assert found.counted <= moves
    if found.proof is Proof.COUNT:
        assert (len(found.unplaced), found.moves) == (unplaced, moves)


@pytest.mark.parametrize("seed", range(3))
def test_five_thousand_persons_are_placed_with_no_gap(seed: int) -> None:
    """A small S1; the table of docs/performance.md is `python -m bench.place`."""
    who, where = made(Made(5_000, 60, 420, seed=seed))
    found = place(who, where)
    assert (found.gap, found.proof, found.unplaced) == (0, Proof.COUNT, ())
    holds(found, who, where)


def test_of_those_who_are_all_kept_apart_all_but_one_go() -> None:
    who = people([(*WHO[:5], 0)] * 3, [(0, 1), (1, 2), (0, 2)])
    where = rooms([(*ROOM[:5], 4, 4)] * 3)
    found = place(who, where)
    assert (found.moves, found.bound, found.proof) == (2, 2, Proof.COUNT)
    false = ((0, 1, 2), (0, 1)), ((0, 0),), ((0, 1), (1, 2))
    for witness in false:  # what is not so of a witness counts for nothing
        told = checked(who, where, found.cell, witness)
        assert told.bound <= 2
    assert checked(who, where, found.cell, ()).bound == 0


def test_the_solver_closes_the_gap_that_the_count_leaves() -> None:
    """Five around a ring: three must go, and groups without a person in common show two."""
    ring = [(n, (n + 1) % 5) for n in range(5)]
    who, where = people([(*WHO[:5], 0)] * 5, ring), rooms([(*ROOM[:5], 6, 6)] * 3)
    counted = place(who, where)
    assert (counted.moves, counted.bound, counted.gap, counted.proof) == (3, 2, 1, Proof.NONE)
    found = place(who, where, place_exact.solve)
    assert (found.moves, found.bound, found.proof) == (3, 3, Proof.SOLVER)
    assert found.counted == 2


def test_who_is_over_the_places_and_apart_goes_once() -> None:
    who = people([(*WHO[:5], 0)] * 3, [(0, 1)])
    found = place(who, rooms([ROOM, ROOM]))
    assert (found.moves, found.bound, found.proof) == (1, 1, Proof.COUNT)


def test_the_solver_proves_that_somebody_has_no_place() -> None:
    who = people([(*WHO[:5], 0)] * 2, [(0, 1)])
    found = place(who, rooms([ROOM]), place_exact.solve)
    assert (len(found.unplaced), found.proof) == (1, Proof.SOLVER)
    assert found.solved is not None
    assert (found.solved.unplaced, found.solved.closed) == (1, True)


def test_a_relaxed_round_is_no_answer_while_somebody_has_no_place() -> None:
    who = people([(*WHO[:5], 0)] * 2, [(0, 1)])
    found = place(who, rooms([(*ROOM[:5], 2, 0), ROOM]), place_exact.solve)
    assert (len(found.unplaced), found.moves, found.proof) == (1, 2, Proof.SOLVER)


def test_nobody_moves_for_somebody_who_still_finds_no_place() -> None:
    """Two close the only accessible cell; there is another place for one of them alone."""
    needs: Person = (1, 1, 1, 2, 0, -1)
    who = people([(*WHO[:5], 0), (*WHO[:5], 0), needs], [(0, 2), (1, 2)])
    found = place(who, rooms([(1, 1, 1, 2, 0, 3, 3), (*ROOM[:5], 1, 1)]))
    assert (found.cell.tolist(), found.moves) == ([0, 0, -1], 0)


def test_conflicts_that_a_round_brings_are_solved_in_the_next() -> None:
    """Full to the last place: a sound answer takes rounds, and none is better."""
    who, where = made(Made(300, 36, 300, 1.0, 0.3, seed=0))
    found = place(who, where, place_exact.solve)
    holds(found, who, where)
    assert (found.gap, found.unplaced, found.proof) == (0, (), Proof.SOLVER)
    assert found.solved is not None
    assert found.solved.rounds > 1


def test_a_solver_without_time_leaves_the_gap_open_and_the_proposal_sound() -> None:
    who, where = made(Made(500, 40, 400, 0.97, 0.2))
    found = place(who, where, place_exact.within(1e-6))
    holds(found, who, where)
    assert found.proof is not Proof.SOLVER
    assert math.isfinite(found.gap)
    assert np.array_equal(found.cell, place(who, where).cell)

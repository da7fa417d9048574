"""A lawful place for each person: every rule first by what it forbids, then against trying all."""

import numpy as np
import pytest
from cell_places import ANYONE, Case, best, people, problems, rooms
from hypothesis import given, settings

from bench.place import Made, made
from habeas.space import place_exact
from habeas.space.place import Allocation, Proof, place
from habeas.space.place_check import checked
from habeas.space.placing import Cells, People, problem
from habeas.space.shortfall import least, shortfalls

ROOM = (1, 1, 1, 1, 0, 2, 2)


def holds(found: Allocation, who: People, where: Cells) -> None:
    told = checked(who, where, found.cell, found.witness)
    assert told.holds, told.broken
    assert (told.moves, told.unplaced) == (found.moves, len(found.unplaced))
    assert told.bound == found.counted <= found.bound <= found.moves


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

"""A lawful place for each person with few moves, and proof of how few there can be.

Keep everybody who may stay; take out whoever must go; put them, the most constrained first, into
the emptiest cell that is lawful; where none is, make room by moving somebody else. The moves are
then held against a count that needs no solver (`bound`): equal is optimal. Else an exact solver may
be handed in. No rule has slack. What is found is a proposal: a named officer decides.

Source: the method of section 7 of the project's design of projections.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum, unique

import numpy as np

from habeas.space.board import Board
from habeas.space.bound import Bound, bound
from habeas.space.placing import NOWHERE, Cells, Ints, People, Problem, problem


@unique
class Proof(StrEnum):
    """How it is known that no fewer moves would do."""

    COUNT = "count"  # the moves are as many as the bound that needs no solver
    SOLVER = "solver"  # an exact solver says so
    NONE = "none"  # the gap is open


@dataclass(frozen=True, slots=True)
class Solved:
    """What an exact solver says."""

    cell: Ints | None  # of each person; None: it found none
    bound: int  # moves, at least; of a problem without an answer, 0
    unplaced: int  # persons without a place, at least
    rounds: int
    closed: bool  # nothing better can be
    variables: int


Groups = tuple[tuple[int, ...], ...]
Exact = Callable[[Problem], Solved]


@dataclass(frozen=True, slots=True)
class Allocation:
    """A proposal: a cell for each person."""

    problem: Problem
    cell: Ints  # -1: set aside without a cell, or without a place
    moves: int
    bound: int  # of the moves of everybody placed
    counted: int  # the bound that needs no solver
    proof: Proof
    witness: Groups  # groups by which the conflicts were counted
    unplaced: tuple[int, ...]  # for whom no lawful place was found
    solved: Solved | None = None

    @property
    def gap(self) -> int:
        """How many moves fewer there could be, at most."""
        return self.moves - self.bound


def place(people: People, cells: Cells, exact: Exact | None = None) -> Allocation:
    """Each person in one cell, by every rule, with as few moves as are found.

    Args:
        people: who is held or to be received.
        cells: with their places by the standard that was named.
        exact: asked only where the count leaves a gap or somebody has no place.
    """
    asked = problem(people, cells)
    least = bound(asked)
    board = Board(asked, kept(asked, least))
    board.fill()
    found = _allocation(asked, board.cell, least.moves, least.groups)
    if exact is None or found.proof is Proof.COUNT:
        return found
    return _better(found, exact(asked))


def kept(asked: Problem, least: Bound) -> Ints:
    """The present cells of those who stay; -1 for those who must go or be received."""
    cell = np.where(asked.stays, asked.people.cell, NOWHERE)
    cell[np.array(least.cover, np.int64)] = NOWHERE
    ease = asked.legal[:, asked.room > 0].sum(axis=1)  # of a kind: in how many cells it fits
    for full in np.flatnonzero(least.over).tolist():
        there = np.flatnonzero(cell == full)
        tied = np.array([person in asked.apart for person in there.tolist()])
        order = np.lexsort((there, -ease[asked.kind[there]], tied))
        cell[there[order[: least.over[full]]]] = NOWHERE
    return cell


def _allocation(asked: Problem, cell: Ints, least: int, witness: Groups) -> Allocation:
    movable = asked.kind >= 0
    unplaced = tuple(np.flatnonzero(movable & (cell < 0)).tolist())
    moved = moves(asked, cell)
    proved = not unplaced and moved == least
    proof = Proof.COUNT if proved else Proof.NONE
    told = np.where(movable, cell, asked.people.cell)
    return Allocation(asked, told, moved, least, least, proof, witness, unplaced)


def moves(asked: Problem, cell: Ints) -> int:
    """How many persons leave their present cell; who is received moves nowhere."""
    held = (asked.kind >= 0) & (asked.people.cell >= 0)
    return int(np.count_nonzero(held & (cell != asked.people.cell)))


def _better(found: Allocation, solved: Solved) -> Allocation:
    """What the solver found where it is better, and what it proves of either."""
    asked = found.problem
    best = found
    if solved.cell is not None:
        other = _allocation(asked, solved.cell, found.counted, found.witness)
        best = min(found, other, key=lambda one: (len(one.unplaced), one.moves))
    least = max(found.counted, solved.bound)
    met = best.moves <= least and len(best.unplaced) <= solved.unplaced
    proof = Proof.COUNT if best.proof is Proof.COUNT else Proof.NONE
    if proof is Proof.NONE and met and solved.closed:
        proof = Proof.SOLVER
    return replace(best, bound=min(least, best.moves), proof=proof, solved=solved)

"""How many persons must move at least, counted without a solver; and whom to take out.

Nobody stays who may not be where they are. Of the others in a cell, at least so many leave as are
over its places. Of two who are kept apart at least one leaves, of three who are all kept apart from
one another two, and so on: groups without a person in common add up (most of them are pairs: a
matching). The larger of the two numbers of each cell is certain. Taking out whoever resolves every
conflict (a cover) needs at least as many; where conflicts are a forest, exactly as many.
"""

from collections import defaultdict
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from habeas.space.placing import Ints, Problem

Edges = dict[int, set[int]]


@dataclass(frozen=True, slots=True)
class Bound:
    """The least number of moves, and persons whose going resolves every conflict where they are."""

    moves: int
    wrongly: int  # persons who may not be where they are
    cover: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]  # the witness: all in conflict; no person stands in two
    over: Ints  # by cell: how many more leave than the cover takes out


def bound(problem: Problem) -> Bound:
    """The least number of moves."""
    cell, stays = problem.people.cell, problem.stays
    movable = (problem.kind >= 0) & (cell >= 0)
    wrongly = int(np.count_nonzero(movable & ~stays))
    size = problem.room.size
    overflow = np.maximum(np.bincount(cell[stays], minlength=size) - problem.room, 0)
    cover, groups = resolved(conflicts(problem))
    apart = np.zeros(size, np.int64)
    for group in groups:
        apart[cell[group[0]]] += len(group) - 1
    gone = np.bincount(cell[np.array(cover, np.int64)], minlength=size)
    least = wrongly + int(np.maximum(overflow, apart).sum())
    return Bound(least, wrongly, cover, groups, np.maximum(overflow - gone, 0))


def conflicts(problem: Problem) -> Edges:
    """Who may not stay beside whom in the present cell."""
    one, other = problem.pairs.T if problem.pairs.size else (np.empty(0, np.int64),) * 2
    cell, stays = problem.people.cell, problem.stays
    met = np.flatnonzero(stays[one] & stays[other] & (cell[one] == cell[other]) & (one != other))
    found: Edges = defaultdict(set)
    for a, b in zip(one[met].tolist(), other[met].tolist(), strict=True):
        found[a].add(b)
        found[b].add(a)
    return found


def resolved(edges: Edges) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """A cover of all conflicts, and groups of persons who are all in conflict, each in one."""
    cover = _cover(_copy(edges))
    return tuple(_needed(cover, edges)), tuple(_groups(_copy(edges)))


def _copy(edges: Edges) -> Edges:
    return {person: set(others) for person, others in edges.items()}


def _cover(edges: Edges) -> list[int]:
    """Beside whoever has one conflict left, the other goes; else whoever has the most."""
    found: list[int] = []
    leaves = [person for person, others in edges.items() if len(others) == 1]
    most = [(-len(others), person) for person, others in edges.items()]
    heapify(most)
    while leaves or most:
        if leaves:
            others = edges.get(leaves.pop())
            goes = min(others) if others else None
        else:
            goes = _most(most, edges)
        if goes is not None:
            found.append(goes)
            leaves += _without(edges, goes)
    return found


def _most(heap: list[tuple[int, int]], edges: Edges) -> int | None:
    """Who has the most conflicts left; None: the one that was told last has fewer than it said."""
    told, person = heappop(heap)
    number = len(edges.get(person, ()))
    if number and number != -told:
        heappush(heap, (-number, person))
    return person if number and number == -told else None


def _needed(cover: list[int], edges: Edges) -> list[int]:
    """A cover without those beside whom everybody else goes anyway."""
    kept = set(cover)
    for person in reversed(cover):
        if edges[person] <= kept:
            kept.discard(person)
    return sorted(kept)


def _groups(edges: Edges) -> list[tuple[int, ...]]:
    """Groups that are found one after another, from whoever has the fewest conflicts left."""
    found: list[tuple[int, ...]] = []
    leaves = [person for person, others in edges.items() if len(others) == 1]
    fewest = [(len(others), person) for person, others in edges.items()]
    heapify(fewest)
    while leaves or fewest:
        person = leaves.pop() if leaves else heappop(fewest)[1]
        if edges.get(person):
            found.append(group := _group(edges, person))
            for one in group:
                leaves += _without(edges, one)
    return found


def _group(edges: Edges, person: int) -> tuple[int, ...]:
    """A person with others, so that all are in conflict: those with the fewest conflicts first."""
    group, others = [person], edges[person]
    while others:
        mate = min(others, key=lambda one: (-len(others & edges[one]), len(edges[one]), one))
        group.append(mate)
        others = others & edges[mate]
    return tuple(group)


def _without(edges: Edges, person: int) -> list[int]:
    """Take a person out of the conflicts; who has one conflict left then."""
    left = []
    for other in edges.pop(person, ()):
        edges[other].discard(person)
        if len(edges[other]) == 1:
            left.append(other)
    return left

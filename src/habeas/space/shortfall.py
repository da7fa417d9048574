"""Why people do not fit, in a sentence with its numbers; found without a solver.

Two certificates. *Places*: some kinds of persons together need more places than the cells have that
may hold any of them; they are found as a smallest cut between kinds and cells. *Apart*: persons who
are all kept apart from one another, or by turns around a ring, need more cells than there are.
No rule has slack: what is short is told as "do not receive so many persons".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

import numpy as np

from habeas.space import flow
from habeas.space.placing import Ints, Mask, Problem

FEW = 12  # cells: with more of them persons in a ring or a clique are not looked for


@unique
class Why(StrEnum):
    """What is short."""

    PLACES = "places"
    CLIQUE = "clique"
    RING = "ring"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Persons who do not fit in the cells that may hold them, with the numbers that show it."""

    why: Why
    kinds: tuple[int, ...]  # rows of the problem's table of kinds
    persons: int
    places: int  # places, or cells where persons are kept apart
    cells: tuple[int, ...]  # that may hold any of them
    beds: int = 0  # of those cells, where more than places
    closed: int = 0  # cells that take nobody new: somebody in them is set aside
    rows: tuple[int, ...] = ()  # the persons, where they are few

    @property
    def short(self) -> int:
        """For how many persons there is no place, at least."""
        return 1 if self.why is Why.RING else self.persons - self.places


def shortfalls(asked: Problem) -> list[Shortfall]:
    """Every certificate that is found; empty: none is, which does not prove that all fit."""
    return [*_places(asked), *_beside(asked), *_apart(asked)]


def least(found: Sequence[Shortfall]) -> int:
    """How many have no place for certain: by certificates that have no kind in common."""
    taken, total = set[int](), 0
    for one in sorted(found, key=lambda one: -one.short):
        if not taken & set(one.kinds):
            taken |= set(one.kinds)
            total += one.short
    return total


# Places


def _places(asked: Problem) -> Iterator[Shortfall]:
    """Kinds that together need more places than their cells have; each group apart.

    The cut is a smallest one: without any of its kinds it would be short of fewer.
    """
    if not len(asked.kinds):
        return
    persons = np.bincount(asked.kind[asked.kind >= 0], minlength=len(asked.kinds))
    masks, alike = np.unique(asked.may(), axis=1, return_inverse=True)
    room = np.bincount(alike.ravel(), weights=asked.room, minlength=masks.shape[1])
    cut = flow.short(persons.tolist(), room.astype(np.int64).tolist(), masks)
    for group in _groups(cut, masks):
        yield _told(asked, group, persons)


def _groups(cut: Sequence[int], masks: Mask) -> Iterator[list[int]]:
    """Kinds of a cut that share cells, directly or through others."""
    left = set(cut)
    while left:
        group = [left.pop()]
        while True:
            cells = masks[group].any(axis=0)
            more = [kind for kind in left if (masks[kind] & cells).any()]
            if not more:
                break
            group += more
            left -= set(more)
        yield sorted(group)


def _told(asked: Problem, kinds: list[int], persons: Ints) -> Shortfall:
    cells = asked.cells
    fit = asked.by_word[kinds].any(axis=0)  # also where the standard leaves no place
    there = asked.may()[kinds].any(axis=0)
    held = asked.people.cell[(asked.kind < 0) & (asked.people.cell >= 0)]
    taken = np.bincount(held, minlength=asked.room.size) > 0
    return Shortfall(
        Why.PLACES,
        tuple(kinds),
        int(persons[kinds].sum()),
        int(asked.room[there].sum()),
        tuple(np.flatnonzero(there).tolist()),
        int(cells.beds[fit].sum()),
        int(np.count_nonzero(fit & taken)),
    )


# Persons kept apart


def _beside(asked: Problem) -> Iterator[Shortfall]:
    """Persons kept apart from somebody set aside in the same cell, who have no other."""
    usable = asked.by_word & (asked.cells.places > 0)
    here = np.flatnonzero((asked.kind >= 0) & (asked.people.cell >= 0) & ~asked.stays)
    others = asked.may().sum(axis=1) > 0  # else it is told as places already
    for person in here.tolist():
        kind, cell = int(asked.kind[person]), int(asked.people.cell[person])
        if usable[kind, cell] and others[kind] and not asked.legal[kind].any():
            yield Shortfall(Why.BESIDE, (kind,), 1, 0, (cell,), rows=(person,))


def _apart(asked: Problem) -> Iterator[Shortfall]:
    """Persons who are kept apart and have fewer cells than that takes."""
    found = set[tuple[int, ...]]()
    usable = asked.may() & (asked.room > 0)
    for cells in _few(usable):
        inside = {
            kind for kind in range(len(usable)) if set(np.flatnonzero(usable[kind])) <= set(cells)
        }
        one = _in_few(asked, cells, inside)
        if one is not None and one.rows not in found:
            found.add(one.rows)
            yield one


def _few(usable: Mask) -> list[tuple[int, ...]]:
    """Each set of few cells that is all that one kind, or two kinds together, can use."""
    rows = {tuple(np.flatnonzero(row).tolist()) for row in usable}
    small = [row for row in rows if 0 < len(row) <= FEW]
    both = {tuple(sorted({*one, *other})) for one in small for other in small}
    return sorted((one for one in both if len(one) <= FEW), key=lambda one: (len(one), one))


def _in_few(asked: Problem, cells: tuple[int, ...], inside: set[int]) -> Shortfall | None:
    """Persons of some kinds who, kept apart, need more than these cells."""
    members = {person for person in asked.apart if int(asked.kind[person]) in inside}
    edges = {person: members & set(asked.apart[person]) for person in members}
    _peel(edges, len(cells))
    clique = _clique(edges, len(cells) + 1)
    why = Why.CLIQUE
    if clique is None and len(cells) == 2:  # noqa: PLR2004 - two cells: two sides
        clique, why = _ring(edges), Why.RING
    if clique is None:
        return None
    kinds = tuple(sorted({int(asked.kind[person]) for person in clique}))
    return Shortfall(why, kinds, len(clique), len(cells), cells, rows=tuple(sorted(clique)))


def _peel(edges: dict[int, set[int]], least: int) -> None:
    """Leave out, again and again, whoever is kept apart from fewer than so many of the rest."""
    gone = [person for person, others in edges.items() if len(others) < least]
    while gone:
        person = gone.pop()
        for other in edges.pop(person, ()):
            edges[other].discard(person)
            if len(edges[other]) == least - 1:
                gone.append(other)


def _clique(edges: dict[int, set[int]], size: int) -> list[int] | None:
    """So many persons, or more, who are all kept apart from one another; None: there are none."""

    def grown(clique: list[int], others: set[int]) -> list[int] | None:
        if len(clique) == size:
            return clique
        if len(clique) + len(others) < size:
            return None
        for person in sorted(others, key=lambda one: (-len(edges[one] & others), one)):
            if found := grown([*clique, person], others & edges[person]):
                return found
            others = others - {person}
        return None

    found = grown([], set(edges))
    if found is not None:
        others = set[int].intersection(*(edges[person] for person in found))
        while others:
            found.append(person := min(others))
            others = others & edges[person]
    return found


def _ring(edges: dict[int, set[int]]) -> list[int] | None:
    """An odd number of persons, each kept apart from the next around a ring; of the shortest."""
    best: list[int] | None = None
    for start in sorted(edges):
        came, side, queue = {start: start}, {start: 0}, [start]
        for person in queue:
            for other in sorted(edges[person]):
                if other not in side:
                    came[other], side[other] = person, 1 - side[person]
                    queue.append(other)
                elif side[other] == side[person]:
                    ring = _around(came, person, other)
                    best = ring if best is None or len(ring) < len(best) else best
        if best is not None:
            return best
    return None


def _around(came: dict[int, int], one: int, other: int) -> list[int]:
    """The ring that two neighbours close, without the way that leads to it."""
    ways: list[list[int]] = []
    for person in (one, other):
        way = [person]
        while came[way[-1]] != way[-1]:
            way.append(came[way[-1]])
        ways.append(way)
    meet = next(person for person in ways[0] if person in ways[1])
    first, second = (way[: way.index(meet)] for way in ways)
    return [*first, meet, *reversed(second)]

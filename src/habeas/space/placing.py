"""People and cells as columns, and which cell each person may lawfully be in.

Codes are whole numbers; 0 is "not established" and fits nowhere. A person whose sex, age band,
security class or need is not established is set aside and keeps the place in the present cell.
That cell then holds one fewer of the others, nobody who is kept apart from that person, and nobody
new: beside whom they would be is not established. Only registered facts enter: no score, no
forecast of conduct.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
NOWHERE = -1  # of a person to be received, or without a place
FEMALE, MALE = 1, 2
ADULT, CHILD = 1, 2
NO, YES = 1, 2


@dataclass(frozen=True, slots=True)
class People:
    """One row a person; of every column but `group` and `cell`, 0 is not established."""

    sex: Ints  # 1 female, 2 male
    age: Ints  # 1 adult, 2 child
    security: Ints  # class, from 1
    need: Ints  # of an accessible cell: 1 no, 2 yes
    group: Ints  # among rival groups, from 1; 0: no group is registered
    cell: Ints  # present cell; -1: to be received
    pairs: Ints  # two columns: rows of persons who are never in one cell


@dataclass(frozen=True, slots=True)
class Cells:
    """One row a cell; of every column but `label`, 0 is not established, and nobody fits."""

    sex: Ints
    age: Ints
    security: Ints
    accessible: Ints  # 1 no, 2 yes
    label: Ints  # the rival group that is kept here; 0: none of any
    beds: Ints
    places: Ints  # beds, or fewer where the named standard asks for more floor


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be solved: kinds of persons, where each may be, and who is kept apart."""

    people: People
    cells: Cells
    kind: Ints  # of each person; -1: set aside
    kinds: Ints  # one row a kind: sex, age, security, need, group
    by_word: Mask  # kind by cell: where it would fit, were there a place
    legal: Mask  # the same: where there is one, and no one in the cell is set aside
    stays: Mask  # by person: may stay in the present cell
    room: Ints  # places of each cell, less those of persons set aside
    apart: Mapping[int, tuple[int, ...]]  # by person: who is never in the same cell
    pairs: Ints  # both to be placed

    def open_to(self, person: int) -> Mask:
        """The cells in which a person may be, whoever else is to be there."""
        found: Mask = self.legal[self.kind[person]].copy()
        if self.stays[person]:
            found[self.people.cell[person]] = True
        return found

    def may(self) -> Mask:
        """Kind by cell: where anybody of the kind may be, who is there already or is new."""
        found = self.legal.copy()
        here = np.flatnonzero(self.stays)
        found[self.kind[here], self.people.cell[here]] = True
        return found


def aside(people: People) -> Mask:
    """Whose sex, age band, security class or need is not established."""
    return (people.sex < 1) | (people.age < 1) | (people.security < 1) | (people.need < 1)


def problem(people: People, cells: Cells) -> Problem:
    """People and cells as the question that is solved, explained and checked.

    Raises:
        ValueError: where a row names a cell or a person that is not there.
    """
    _sound(people, cells)
    out = aside(people)
    table = np.column_stack([people.sex, people.age, people.security, people.need, people.group])
    kinds, kind = _kinds(table, ~out)
    by_word = _legal(kinds, cells)
    held = people.cell[out & (people.cell >= 0)]
    room = np.maximum(cells.places - np.bincount(held, minlength=cells.sex.size), 0)
    pairs = np.unique(np.sort(people.pairs.reshape(-1, 2), axis=1), axis=0)
    both = ~out[pairs].any(axis=1)
    usable = by_word & (cells.places > 0)
    legal = usable & (np.bincount(held, minlength=cells.sex.size) == 0)
    stays = _stays(people, kind, usable)
    stays[_beside(people, out, pairs[~both])] = False
    return Problem(
        people, cells, kind, kinds, by_word, legal, stays, room, _apart(pairs[both]), pairs[both]
    )


def _stays(people: People, kind: Ints, usable: Mask) -> Mask:
    """Who may stay in the present cell, as far as that person and the cell go."""
    found = np.zeros(kind.size, np.bool_)
    here = np.flatnonzero((kind >= 0) & (people.cell >= 0))
    found[here] = usable[kind[here], people.cell[here]]
    return found


def _sound(people: People, cells: Cells) -> None:
    number = people.sex.size
    columns = (people.age, people.security, people.need, people.group, people.cell)
    if any(one.size != number for one in columns):
        msg = "the columns of people are of different lengths"
        raise ValueError(msg)
    if number and not NOWHERE <= people.cell.min() <= people.cell.max() < cells.sex.size:
        msg = "a person is in a cell that is not there"
        raise ValueError(msg)
    if people.pairs.size and not 0 <= people.pairs.min() <= people.pairs.max() < number:
        msg = "a pair names a person who is not there"
        raise ValueError(msg)


def _kinds(table: Ints, kept: Mask) -> tuple[Ints, Ints]:
    """The kinds of persons that there are, and the kind of each; -1 for who is set aside."""
    spans = table.max(axis=0, initial=0) + 1
    key = np.zeros(len(table), np.int64)
    for column, span in zip(table.T, spans, strict=True):
        key = key * span + column
    kind = np.full(len(table), -1, np.int64)
    rows = np.flatnonzero(kept)
    _, first, kind[rows] = np.unique(key[rows], return_index=True, return_inverse=True)
    return table[rows[first]].reshape(-1, table.shape[1]), kind


def _legal(kinds: Ints, cells: Cells) -> Mask:
    sex, age, security, need, group = (kinds[:, [place]] for place in range(5))
    found: Mask = (
        (sex == cells.sex)
        & (age == cells.age)
        & (security == cells.security)
        & ((cells.accessible == YES) | ((need == NO) & (cells.accessible == NO)))
        & ((group == 0) | (group == cells.label))
    )
    return found


def _apart(pairs: Ints) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for one, other in pairs.tolist():
        if one != other:
            found[one].append(other)
            found[other].append(one)
    return {person: tuple(others) for person, others in found.items()}


def _beside(people: People, out: Mask, pairs: Ints) -> Ints:
    """Who is in one cell with somebody set aside from whom they are kept apart."""
    one, other = pairs.T
    met = (people.cell[one] == people.cell[other]) & (people.cell[one] >= 0)
    both = pairs[met].ravel()
    found: Ints = both[~out[both]]
    return found

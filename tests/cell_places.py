"""Small problems of placement, and every answer to them by trying all: the oracle."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from hypothesis import strategies as st

from habeas.space.placing import Cells, Ints, People

Person = tuple[int, int, int, int, int, int]  # sex, age, security, need, group, cell
Room = tuple[int, int, int, int, int, int, int]  # sex, age, ..., label, beds, places
Case = tuple[list[Person], list[Room], list[tuple[int, int]]]
ANYONE: Person = (1, 1, 1, 1, 0, -1)


def column(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)


def people(rows: Sequence[Person], pairs: Sequence[tuple[int, int]] = ()) -> People:
    sex, age, security, need, group, cell = (
        column([row[place] for row in rows]) for place in range(6)
    )
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return People(sex, age, security, need, group, cell, both)


def rooms(rows: Sequence[Room]) -> Cells:
    return Cells(*(column([row[place] for row in rows]) for place in range(7)))


def lawful(person: Person, room: Room) -> bool:
    sex, age, security, need, group, _ = person
    fits = (sex, age, security) == room[:3] and 0 not in room[:4] and room[6] > 0
    return fits and not (need == 2 and room[3] != 2) and group in (0, room[4])


def best(
    persons: Sequence[Person], cells: Sequence[Room], pairs: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """The fewest persons without a place and then the fewest moves, by trying every way."""
    out = [n for n, one in enumerate(persons) if 0 in one[:4]]
    free = [n for n in range(len(persons)) if n not in out]
    fixed = {n: persons[n][5] for n in out}
    kept = [sum(at == cell for at in fixed.values()) for cell in range(len(cells))]
    closed = set(fixed.values())
    choices = [
        [-1, *(c for c, room in enumerate(cells) if lawful(persons[n], room)
               and (c not in closed or persons[n][5] == c))]
        for n in free
    ]  # fmt: skip
    found = (len(free), len(persons))
    for way in product(*choices):
        at = fixed | dict(zip(free, way, strict=True))
        if any(at[a] == at[b] >= 0 and not {a, b} <= set(out) for a, b in pairs if a != b):
            continue
        if any(way.count(c) > max(room[6] - kept[c], 0) for c, room in enumerate(cells)):
            continue
        moves = sum(persons[n][5] not in (-1, at[n]) for n in free)
        found = min(found, (way.count(-1), moves))
    return found


@st.composite
def problems(draw: st.DrawFn) -> Case:
    """Up to six persons and four cells, many of them short, wrongly placed or kept apart."""
    of = st.sampled_from
    room = st.tuples(
        of([1, 1, 1, 2]), of([1, 1, 2]), of([1, 1, 2, 0]), of([1, 2, 2, 0]), of([0, 1, 2]),
        st.just(3), of([0, 1, 2, 3]),
    )  # fmt: skip
    cells = draw(st.lists(room, min_size=1, max_size=4))
    person = st.tuples(
        of([1, 1, 1, 2, 0]), of([1, 1, 2]), of([1, 1, 1, 2]), of([1, 1, 2]), of([0, 0, 1, 2]),
        st.integers(-1, len(cells) - 1),
    )  # fmt: skip
    persons = draw(st.lists(person, max_size=6))
    one = st.integers(0, max(len(persons) - 1, 0))
    pairs = draw(st.lists(st.tuples(one, one), max_size=6)) if persons else []
    return persons, cells, pairs

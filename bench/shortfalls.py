"""Faults planted in a facility that is sound without them, each with the sentence that is due."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from habeas.space.placing import Cells, Ints, People
from habeas.space.shortfall_words import Names

NAMES = Names(("not established", "low", "high", "closed"), ("", "A", "B"), "CPT-2")
Person = tuple[int, int, int, int, int, int]  # sex, age, security, need, group, cell
Room = tuple[int, int, int, int, int, int, int]  # sex, age, security, accessible, label, beds, ...
WOMAN, MAN, GIRL, BOY = (1, 1, 1, 1, 0, -1), (2, 1, 1, 1, 0, -1), (1, 2, 1, 1, 0, -1), (
    2, 2, 1, 1, 0, -1)  # fmt: skip
FULL = 0.85


@dataclass(frozen=True, slots=True)
class Fault:
    """Persons, cells and pairs that are added, and what is due; rows count from those added."""

    name: str
    due: tuple[str, ...]
    refused: int
    persons: Sequence[Person] = ()
    rooms: Sequence[Room] = ()
    pairs: Sequence[tuple[int, int]] = ()
    held: Sequence[tuple[int, int]] = ()  # a person added and the cell added in which they are


def _of(person: Person, **other: int) -> Person:
    sex, age, security, need, group, cell = person
    security, need = other.get("security", security), other.get("need", need)
    return sex, age, security, need, other.get("group", group), cell


def room(person: Person, beds: int, places: int | None = None, **other: int) -> Room:
    """A cell for persons like one."""
    sex, age, security, _need, _group, _cell = person
    accessible, label = other.get("accessible", 1), other.get("label", 0)
    return (sex, age, security, accessible, label, beds, beds if places is None else places)


def every(number: int) -> list[tuple[int, int]]:
    """So many persons, all kept apart from one another."""
    return [(one, other) for one in range(number) for other in range(one)]


NEEDS = {"need": 2}
HIGH, CLOSED = _of(MAN, security=2), _of(MAN, security=3)
UNKNOWN = _of(WOMAN, security=0)
FAULTS = (
    Fault("women", ("78 women, 72 places",), 6, [WOMAN] * 78, [room(WOMAN, 12)] * 6),
    Fault("boys", ("14 boys, 12 places",), 2, [BOY] * 14, [room(BOY, 6)] * 2),
    Fault("no cell for girls", ("3 girls, no place",), 3, [GIRL] * 3),
    Fault("security", ("40 men of security class high, 36 places",), 4, [HIGH] * 40,
          [room(HIGH, 12)] * 3),
    Fault("security without a cell", ("2 men of security class closed, no place",), 2,
          [CLOSED] * 2),
    Fault("accessible", ("9 men who need an accessible cell, 8 places",), 1,
          [_of(MAN, **NEEDS)] * 9, [room(MAN, 4, accessible=2)] * 2),
    Fault("accessible women", ("5 women who need an accessible cell, 4 places",), 1,
          [WOMAN] * 8 + [_of(WOMAN, **NEEDS)] * 5,
          [room(WOMAN, 12), room(WOMAN, 4, accessible=2)]),
    Fault("no accessible cell", ("1 woman who needs an accessible cell, no place",), 1,
          [_of(WOMAN, **NEEDS)], [room(WOMAN, 4)]),
    Fault("group", ("30 men of group A, 24 places",), 6, [_of(MAN, group=1)] * 30,
          [room(MAN, 12, label=1)] * 2),
    Fault("group without a cell", ("4 men of group B, no place",), 4, [_of(MAN, group=2)] * 4,
          [room(MAN, 12, label=1)]),
    Fault("group and security", ("13 men of security class high and group A, 10 places",), 3,
          [_of(HIGH, group=1)] * 13 + [HIGH] * 5, [room(HIGH, 10, label=1), room(HIGH, 9)]),
    Fault("the standard", ("78 women, 72 places by CPT-2 (96 beds)",), 6, [WOMAN] * 78,
          [room(WOMAN, 16, 12)] * 6),
    Fault("the standard leaves none", ("3 women, no place by CPT-2 (6 beds)",), 3, [WOMAN] * 3,
          [room(WOMAN, 3, 0)] * 2),
    Fault("clique", ("5 women, all kept apart from one another, 4 cells",), 1, [WOMAN] * 9,
          [room(WOMAN, 12)] * 4, every(5)),
    Fault("a larger clique", ("7 women, all kept apart from one another, 4 cells",), 3,
          [WOMAN] * 9, [room(WOMAN, 12)] * 4, every(7)),
    Fault("pair and one cell", ("2 girls, all kept apart from one another, 1 cell",), 1, [GIRL] * 4,
          [room(GIRL, 12)], [(0, 2)]),
    Fault("ring", ("5 boys, each kept apart from the next around a ring, 2 cells",), 1, [BOY] * 6,
          [room(BOY, 8)] * 2, [(n, (n + 1) % 5) for n in range(5)]),
    Fault("accessible clique",
          ("3 men who need an accessible cell, all kept apart from one another, 2 cells",), 1,
          [_of(MAN, **NEEDS)] * 3, [room(MAN, 4, accessible=2)] * 2, every(3)),
    Fault("group clique", ("3 men of group A, all kept apart from one another, 2 cells",), 1,
          [_of(MAN, group=1)] * 6, [room(MAN, 8, label=1)] * 2, every(3)),
    Fault("kinds together", ("78 women, 72 places",), 6,
          [WOMAN] * 68 + [_of(WOMAN, **NEEDS)] * 10,
          [room(WOMAN, 12)] * 5 + [room(WOMAN, 12, accessible=2)]),
    Fault("places of persons set aside",
          ("10 women, 9 places; 2 cells hold somebody set aside and take nobody new",), 1,
          [WOMAN] * 10 + [UNKNOWN] * 3, [room(WOMAN, 6)] * 2, (),
          [*((n, n % 2) for n in range(10)), (10, 0), (11, 0), (12, 1)]),
    Fault("beside a person set aside",
          ("1 woman kept apart from somebody set aside in the same cell, no other place",), 1,
          [WOMAN, UNKNOWN, UNKNOWN, WOMAN], [room(WOMAN, 6)] * 2, [(0, 1)],
          [(0, 0), (1, 0), (2, 1), (3, 0)]),
    Fault("cells that take nobody new",
          ("2 women, no place; 1 cell holds somebody set aside and takes nobody new",), 2,
          [WOMAN, WOMAN, UNKNOWN], [room(WOMAN, 6)], (), [(2, 0)]),
    Fault("two at once", ("14 boys, 12 places", "1 girl, no place"), 3, [BOY] * 14 + [GIRL],
          [room(BOY, 6)] * 2),
)  # fmt: skip


def base(persons: int, cells: int, seed: int = 7) -> tuple[People, Cells]:
    """Men of one class, all lawfully placed, some of them kept apart; there is room left."""
    rng = np.random.default_rng(seed)
    beds = int(np.ceil(persons / FULL / cells))
    at = np.arange(persons) % cells
    pairs = rng.integers(0, persons, (persons // 12, 2))
    pairs = pairs[at[pairs[:, 0]] != at[pairs[:, 1]]]
    one, room = np.ones(persons, np.int64), np.ones(cells, np.int64)
    who = People(one * 2, one, one, one, one * 0, at, pairs)
    return who, Cells(room * 2, room, room, room, room * 0, room * beds, room * beds)


def planted(people: People, cells: Cells, fault: Fault) -> tuple[People, Cells]:
    """A sound facility with one fault in it."""
    first, there = people.sex.size, cells.sex.size
    rows = [list(one) for one in fault.persons]
    for person, cell in fault.held:
        rows[person][5] = there + cell
    names = ("sex", "age", "security", "need", "group", "cell")
    sex, age, security, need, group, at = (
        _after(getattr(people, name), rows, n) for n, name in enumerate(names)
    )
    added = np.array(fault.pairs, np.int64).reshape(-1, 2) + first
    rooms = ("sex", "age", "security", "accessible", "label", "beds", "places")
    more = [_after(getattr(cells, name), fault.rooms, n) for n, name in enumerate(rooms)]
    pairs = np.concatenate([people.pairs, added])
    return People(sex, age, security, need, group, at, pairs), Cells(*more)


def _after(column: Ints, rows: Sequence[Sequence[int]], place: int) -> Ints:
    return np.concatenate([column, np.array([row[place] for row in rows], np.int64)])

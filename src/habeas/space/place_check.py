"""A proposal held against every rule, and its bound counted again, by other code than made it.

Person by person and pair by pair, from the columns alone: no kind, no class, no matrix of the
solver is used. What is found is told; nothing is repaired.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from habeas.space.placing import ADULT, CHILD, FEMALE, MALE, NO, YES, Cells, Ints, People

Row = dict[str, int]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of a proposal."""

    broken: tuple[str, ...]  # rules that it breaks, each with person and cell
    moves: int
    bound: int  # of the moves, counted here
    unplaced: int
    aside: int

    @property
    def holds(self) -> bool:
        """Whether no rule is broken."""
        return not self.broken


def checked(people: People, cells: Cells, cell: Ints, witness: Sequence[Sequence[int]]) -> Checked:
    """A proposal against every rule.

    Args:
        people: who is held or to be received.
        cells: with places by the standard.
        cell: proposed for each person; -1: without a place.
        witness: groups of persons who are said to be all kept apart from one another in their
            present cell, no person in two. A group of which that is not so counts for nothing.
    """
    persons, rooms = _rows(people, "cell"), _rows(cells)
    known = [one["sex"] in (FEMALE, MALE) and one["age"] in (ADULT, CHILD)
             and one["security"] > 0 and one["need"] in (NO, YES) for one in persons]  # fmt: skip
    told = cell.tolist()
    pairs = [(int(one), int(other)) for one, other in people.pairs.tolist() if one != other]
    broken = [
        *_persons(persons, rooms, told, known),
        *_rooms(persons, rooms, told, known),
        *_new(persons, told, known),
        *_pairs(pairs, told, known),
    ]
    movers = [n for n, one in enumerate(persons) if known[n] and one["cell"] >= 0]
    return Checked(
        tuple(broken),
        sum(told[n] != persons[n]["cell"] for n in movers),
        _least(persons, rooms, known, (pairs, witness)),
        sum(known[n] and told[n] < 0 for n in range(len(persons))),
        known.count(False),
    )


def reasons(people: People, cells: Cells) -> list[str]:
    """The first rule by which each may not be in the present cell; empty: none, or in no cell."""
    rooms = _rows(cells)
    return [
        wrong(one, rooms[one["cell"]]) if one["cell"] >= 0 else "" for one in _rows(people, "cell")
    ]


def _rows(found: People | Cells, *more: str) -> list[Row]:
    people = ("sex", "age", "security", "need", "group")
    rooms = ("sex", "age", "security", "accessible", "label", "places")
    names = (*(people if isinstance(found, People) else rooms), *more)
    columns = [getattr(found, name).tolist() for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def wrong(person: Row, room: Row) -> str:
    """The first rule by which a person may not be in a cell; empty: none."""
    for name in ("sex", "age", "security"):
        if room[name] < 1 or person[name] != room[name]:
            return name
    if person["need"] == YES and room["accessible"] != YES:
        return "accessible"
    if room["accessible"] not in (NO, YES):
        return "accessible"
    if person["group"] and person["group"] != room["label"]:
        return "label"
    return "places" if room["places"] < 1 else ""


def _persons(
    persons: list[Row], rooms: list[Row], told: list[int], known: list[bool]
) -> Iterator[str]:
    if len(told) != len(persons):
        yield f"{len(told)} cells for {len(persons)} persons"
        return
    for number, person in enumerate(persons):
        at = told[number]
        if not -1 <= at < len(rooms):
            yield f"person {number} is in cell {at}, which is not there"
        elif not known[number] and at != person["cell"]:
            yield f"person {number} is set aside and moves"
        elif known[number] and at >= 0 and (rule := wrong(person, rooms[at])):
            yield f"person {number} may not be in cell {at}: {rule}"


def _rooms(
    persons: list[Row], rooms: list[Row], told: list[int], known: list[bool]
) -> Iterator[str]:
    """Over its places a cell may only be by those who are set aside in it."""
    held = Counter(at for at in told[: len(persons)] if at >= 0)
    placed = Counter(at for at, here in zip(told, known, strict=False) if here and at >= 0)
    for at, number in sorted(held.items()):
        if at < len(rooms) and placed[at] and number > rooms[at]["places"]:
            yield f"cell {at} has {rooms[at]['places']} places for {number} persons"


def _new(persons: list[Row], told: list[int], known: list[bool]) -> Iterator[str]:
    """Beside whom somebody would be, of whom something is not established, nobody knows."""
    closed = {one["cell"] for one, here in zip(persons, known, strict=True) if not here} - {-1}
    for number, (one, at) in enumerate(zip(persons, told, strict=False)):
        if known[number] and at in closed and at != one["cell"]:
            yield f"person {number} is new in cell {at}, where somebody is set aside"


def _pairs(pairs: Sequence[tuple[int, int]], told: list[int], known: list[bool]) -> Iterator[str]:
    """Two who are set aside together are not told: nobody proposes that they stay."""
    for one, other in pairs:
        together = told[one] >= 0 and told[one] == told[other]
        if together and (known[one] or known[other]):
            yield f"persons {one} and {other} are kept apart and in cell {told[one]}"


def _least(
    persons: list[Row],
    rooms: list[Row],
    known: list[bool],
    told: tuple[Sequence[tuple[int, int]], Sequence[Sequence[int]]],
) -> int:
    """Moves at least: who is wrongly placed, and by cell who is too many or one of two apart."""
    pairs, groups = told
    closed = {
        (one, persons[other]["cell"])
        for pair in pairs
        for one, other in (pair, pair[::-1])
        if known[one] and not known[other] and persons[other]["cell"] >= 0
    }
    right: dict[int, set[int]] = defaultdict(set)
    kept: Counter[int] = Counter()
    total = 0
    for number, person in enumerate(persons):
        at = person["cell"]
        if at < 0:
            continue
        if not known[number]:
            kept[at] += 1
        elif wrong(person, rooms[at]) or (number, at) in closed:
            total += 1
        else:
            right[at].add(number)
    gone = _apart(persons, right, pairs, groups)
    for at, here in right.items():
        over = len(here) - max(rooms[at]["places"] - kept[at], 0)
        total += max(over, gone[at], 0)
    return total


def _apart(
    persons: list[Row],
    right: dict[int, set[int]],
    pairs: Sequence[tuple[int, int]],
    groups: Sequence[Sequence[int]],
) -> Counter[int]:
    """By cell: how many leave of those who are kept apart; of each group all but one."""
    kept_apart = {frozenset(pair) for pair in pairs}
    used = set[int]()
    gone: Counter[int] = Counter()
    for group in groups:
        at = persons[group[0]]["cell"]
        all_ = all(frozenset(two) in kept_apart for two in combinations(group, 2))
        if all_ and set(group) <= right[at] - used:
            used |= set(group)
            gone[at] += len(group) - 1
    return gone

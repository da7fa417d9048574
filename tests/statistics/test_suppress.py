"""No withheld count of a table can be found out: by elimination, nor by bounds of whole numbers."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from attackers import Attacker, Name, Sum, summed
from habeas.errors import StatisticsError
from habeas.statistics.suppress import Demand, System, Withheld, agrees, withhold

THRESHOLD = 5
CELLS = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 40])
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=4)
)


def flat(table: Sequence[Sequence[int]]) -> tuple[dict[Name, int], list[Sum]]:
    """A table with its sums, and its equations."""
    wide, high = range(len(table[0])), range(len(table))
    counts: dict[Name, int] = {(str(r), str(c)): table[r][c] for r in high for c in wide}
    counts |= {(str(r), "all"): sum(table[r]) for r in high}
    counts |= {("all", str(c)): sum(row[c] for row in table) for c in wide}
    counts["all", "all"] = sum(map(sum, table))
    lines = [str(r) for r in high], [str(c) for c in wide]
    sums = [summed((r, "all"), [(r, c) for c in lines[1]]) for r in (*lines[0], "all")]
    sums += [summed(("all", c), [(r, c) for r in lines[0]]) for c in (*lines[1], "all")]
    return counts, sums


def done(table: Sequence[Sequence[int]]) -> tuple[System, Withheld, list[Name]]:
    counts, sums = flat(table)
    names = list(counts)
    place = {name: n for n, name in enumerate(names)}
    system = System(
        list(counts.values()), [{place[name]: times for name, times in one.items()} for one in sums]
    )
    small = {n: THRESHOLD for n, value in enumerate(counts.values()) if 0 < value < THRESHOLD}
    units = dict.fromkeys(range(len(names)), THRESHOLD)
    return system, withhold(system, Demand(small, {}, units, {})), names


def test_a_table_without_small_counts_withholds_nothing() -> None:
    assert done([[0, 5], [6, 0]])[1] == Withheld(frozenset(), ())


def test_a_small_count_is_not_withheld_alone() -> None:
    _, found, names = done([[3, 20], [20, 20]])
    hidden = {names[n] for n in found.counts}
    assert ("0", "0") in hidden
    assert len(hidden) >= 4


@settings(deadline=None, max_examples=60)
@given(TABLES)
@example([[1, 1], [1, 1]])
@example([[4, 0], [0, 4]])
def test_nobody_finds_out_a_withheld_count(table: list[list[int]]) -> None:
    _, found, names = done(table)
    counts, sums = flat(table)
    hidden = {names[n] for n in found.counts}
    assert {name for name, value in counts.items() if 0 < value < THRESHOLD} <= hidden
    attacker = Attacker(sums, {n: None if n in hidden else v for n, v in counts.items()})
    assert attacker.determined() == set()
    for name in hidden:
        low, high = attacker.least_and_most(name, counts[name], THRESHOLD)
        if 0 < counts[name] < THRESHOLD:
            assert (low, high >= THRESHOLD) == (0, True)
        assert high - low >= THRESHOLD


@settings(deadline=None, max_examples=40)
@given(TABLES)
def test_every_proof_is_a_table_that_agrees_with_what_is_published(table: list[list[int]]) -> None:
    system, found, _ = done(table)
    assert all(agrees(system, move) for move in found.moves)
    assert all(move.keys() <= found.counts for move in found.moves)


def test_a_count_whose_sums_are_known_already_cannot_be_hidden() -> None:
    system = System([2, 7, 9], [{0: 1, 1: 1, 2: -1}], known=frozenset({1, 2}))
    with pytest.raises(StatisticsError, match="H881"):
        withhold(system, Demand({0: THRESHOLD}, {}, dict.fromkeys(range(3), THRESHOLD), {}))


@pytest.mark.parametrize(
    ("table", "where"),
    [([[2, 40], [3, 3]], ("1", "1")), ([[4, 0, 40], [4, 40, 1]], ("0", "0"))],
)
def test_a_small_count_may_be_nobody_where_the_other_tables_only_have_more(
    table: list[list[int]], where: Name
) -> None:
    counts, sums = flat(table)
    _, found, names = done(table)
    hidden = {names[n] for n in found.counts}
    attacker = Attacker(sums, {n: None if n in hidden else v for n, v in counts.items()})
    assert attacker.least_and_most(where, counts[where], THRESHOLD)[0] == 0

"""What the solver says of random trees never contradicts the cases that the closures run."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.law import agreement, calendar, cited
from habeas.law.analyse import Ground, inexact
from habeas.law.calendar import day
from habeas.law.program import ProgramRule
from habeas.law.tree import (
    AllOf,
    AnyOf,
    AsOf,
    Choose,
    Code,
    Compare,
    Day,
    DaysBetween,
    Extreme,
    Fact,
    In,
    Minus,
    Node,
    Not,
    Number,
    Shift,
    Sum,
    Times,
    Truth,
    facts,
    walk,
)
from habeas.law.world import Case, Found, Reading, World, offsets
from habeas.service import replay

TEXT = cited.Text("x", "x")
FIRST, LAST = date(2023, 12, 28), date(2024, 3, 2)  # a leap day and two ends of months
PERIOD = (date(2025, 2, 26), date(2025, 3, 2))


def fact(kind: str, **said: object) -> agreement.Fact:
    return agreement.Fact(kind, TEXT, TEXT, TEXT, **said)  # type: ignore[arg-type]


VOCABULARY = agreement.Vocabulary(
    "habeas-facts/1",
    "0",
    {"colour": ("red", "green", "blue")},
    {
        "p": fact("bool"),
        "q": fact("bool"),
        "n": fact("int", min=-2, max=3),
        "m": fact("int", min=0, max=4),
        "c": fact("code", codes="colour"),
        "d": fact("code", codes="colour"),
        "x": fact("date", earliest=FIRST, latest=LAST),
        "y": fact("date", earliest=FIRST, latest=LAST),
    },
    agreement.Meta(("x",), TEXT),
)
BY_TYPE = {"bool": ("p", "q"), "int": ("n", "m"), "code": ("c", "d"), "date": ("x", "y")}
DAYS = st.integers(day(FIRST) - 40, day(LAST) + 800)
ROUNDINGS = st.sampled_from(("down", "up"))


def number(value: int) -> Node:
    return Number(value)  # type: ignore[arg-type]  # an int is as good as its Decimal


def terms(kind: str, depth: int) -> st.SearchStrategy[Node]:
    leaf: st.SearchStrategy[Node] = st.sampled_from([Fact(name) for name in BY_TYPE[kind]])
    if kind == "code":
        return leaf | st.sampled_from([Code(word) for word in VOCABULARY.codes["colour"]])
    if kind == "int":
        leaf |= st.integers(-3, 5).map(number)
    else:
        leaf |= st.just(AsOf()) | DAYS.map(Day)
    if depth == 0:
        return leaf
    return leaf | st.deferred(lambda: _deeper(kind, depth - 1))


def _deeper(kind: str, depth: int) -> st.SearchStrategy[Node]:
    one, other = terms(kind, depth), terms(kind, depth)
    found: st.SearchStrategy[Node] = st.builds(Choose, trees(depth), one, other)
    found |= st.builds(Extreme, st.booleans(), st.tuples(one, other))
    if kind == "int":
        dates = terms("date", depth)
        found |= st.builds(Sum, st.sampled_from("+-"), one, other)
        found |= st.builds(Times, one, other) | st.builds(Minus, one)
        found |= st.builds(DaysBetween, dates, dates)
    else:
        unit, count = st.sampled_from(("days", "months", "years")), st.integers(-14, 14)
        found |= st.builds(Shift, unit, one, count.map(number), st.just(0), ROUNDINGS)
    return found


def trees(depth: int) -> st.SearchStrategy[Node]:
    yes: st.SearchStrategy[Node] = st.sampled_from([Fact("p"), Fact("q")])
    order = st.sampled_from(("=", "<>", "<", "<=", ">", ">="))
    for kind in ("int", "date"):
        yes |= st.builds(Compare, order, terms(kind, depth), terms(kind, depth))
    yes |= st.builds(Compare, st.sampled_from(("=", "<>")), terms("code", 0), terms("code", 0))
    words = st.lists(st.sampled_from(VOCABULARY.codes["colour"]), min_size=1, max_size=2)
    yes |= st.builds(In, st.just(Fact("c")), words.map(lambda found: tuple(map(Code, found))))
    if depth == 0:
        return yes
    inner = st.deferred(lambda: trees(depth - 1))
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    yes |= st.builds(Not, inner) | st.builds(AllOf, several) | st.builds(AnyOf, several)
    yes |= st.builds(Choose, inner, inner, inner)
    same = st.builds(Compare, st.sampled_from(("=", "<>")), inner, inner | st.just(Truth(True)))
    return yes | same


POOLS: dict[str, list[int | str | bool]] = {
    "p": [True, False],
    "q": [True, False],
    "n": list(range(-2, 4)),
    "m": list(range(5)),
    "c": ["red", "green", "blue"],
    "d": ["red", "green", "blue"],
    "x": list(range(day(FIRST), day(LAST) + 1)),
    "y": list(range(day(FIRST), day(LAST) + 1)),
}


def draw(text: str, below: int) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:4]) % below


def sampled(number: int) -> Case:
    found = {
        name: pool[draw(f"{number} {name}", len(pool))]
        for name, pool in POOLS.items()
        if draw(f"{number} {name} known", 8)
    }
    first, last = map(day, PERIOD)
    return Case(found, first + draw(f"{number}", last - first + 1))


SAMPLE = [sampled(number) for number in range(250)]


def asked(tree: Node) -> dict[bool, Found]:
    world = World([VOCABULARY], PERIOD)
    for name in VOCABULARY.facts:
        world.fact(name)
    sides = Reading(world, world.as_of).sides(tree)
    return {
        True: world.ask(sides.true, lambda case: replay.value(tree, case) is True),
        False: world.ask(sides.false, lambda case: replay.value(tree, case) is False),
    }


@pytest.mark.counted
@settings(max_examples=200)
@given(trees(3))
def test_no_sampled_case_contradicts_a_proof_and_every_model_replays(tree: Node) -> None:
    for side, found in asked(tree).items():
        if found.case is not None:
            assert replay.value(tree, found.case) is side
        elif found.decided:
            assert [one for one in SAMPLE if replay.value(tree, one) is side] == []


@settings(max_examples=60)
@given(ROUNDINGS, st.integers(-30, 30), st.integers(-900, 900))
def test_a_question_about_moved_days_is_decided_as_every_single_day_answers(
    rounding: calendar.Rounding, months: int, gap: int
) -> None:
    moved = Shift("months", Fact("x"), number(months), 0, rounding)
    tree = Compare("=", DaysBetween(Fact("x"), moved), number(gap))
    all_days = [Case({"x": one}, day(PERIOD[0])) for one in range(day(FIRST), day(LAST) + 1)]
    found = asked(tree)[True]
    assert found.decided
    assert (found.case is not None) == any(replay.value(tree, one) for one in all_days)


@pytest.mark.parametrize("rounding", ["down", "up"])
@pytest.mark.parametrize("months", [-13, -1, 1, 6, 12, 216])
def test_the_bounds_of_a_move_are_reached_and_never_passed(
    rounding: calendar.Rounding, months: int
) -> None:
    first, last = day(date(2000, 1, 17)), day(date(2005, 3, 5))
    moves = {calendar.shifted(one, months, rounding) - one for one in range(first, last + 1)}
    assert offsets(first, last, months, rounding) == (min(moves), max(moves))


def test_whoever_attains_eighteen_by_the_day_was_born_by_a_day_of_the_calendar() -> None:
    attained = Shift("years", Fact("x"), number(1), 0, "up")
    tree = AllOf(
        (Compare("=", attained, Day(day(date(2025, 3, 1)))), Compare("=", Fact("x"), Fact("y")))
    )
    days = {
        value
        for one in range(day(FIRST), day(LAST) + 1)
        if replay.value(tree, Case({"x": one, "y": one}, 0)) and (value := one)
    }
    assert days == {day(date(2024, 2, 29)), day(date(2024, 3, 1))}
    found = asked(tree)[True].case
    assert found is not None
    assert found.facts["x"] in days


def small(depth: int) -> st.SearchStrategy[Node]:
    """Trees over few facts, so that every completion can be gone through."""
    leaf: st.SearchStrategy[Node] = st.sampled_from([Fact("p"), Fact("q")])
    leaf |= st.builds(
        Compare, st.sampled_from((">=", "<")), st.just(Fact("m")), st.integers(0, 4).map(number)
    )
    if depth == 0:
        return leaf
    inner = st.deferred(lambda: small(depth - 1))
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    found = leaf | st.builds(Not, inner) | st.builds(AllOf, several) | st.builds(AnyOf, several)
    return found | st.builds(Choose, inner, inner, inner)


def completions(case: Case, names: frozenset[str]) -> Iterator[Case]:
    left = sorted(names - case.facts.keys())
    for values in product(*(POOLS[name] for name in left)):
        yield Case({**case.facts, **dict(zip(left, values, strict=True))}, case.as_of)


def stuck(tree: Node, case: Case) -> bool:
    """Whether the tree is open in a case although every completion answers alike."""
    ends = {replay.value(tree, one) for one in completions(case, facts(tree))}
    return replay.value(tree, case) is None and len(ends) == 1


@pytest.mark.no_cover  # the same lines again and again
@settings(max_examples=150)
@given(small(3))
def test_a_rule_waits_for_nothing_in_exactly_the_cases_that_going_through_all_finds(
    tree: Node,
) -> None:
    world = World([VOCABULARY], PERIOD)
    rule = ProgramRule("R", "policy", agreement.Rule(TEXT, "x"), Truth(value=True), tree)
    found = inexact(Ground(Reading(world, world.as_of), replay), rule)
    names = sorted(facts(tree))
    partial = product(*([None, *POOLS[name]] for name in names))
    cases = (
        Case({k: v for k, v in zip(names, one, strict=True) if v is not None}, day(PERIOD[0]))
        for one in partial
    )
    repeats = len([one for one in walk(tree) if isinstance(one, Fact)]) > len(names)
    assert (found is not None) == (repeats and any(stuck(tree, one) for one in cases))
    if found is not None:
        assert stuck(tree, found)

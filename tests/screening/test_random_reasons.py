"""Reasons of random rules, with CASE, sums and dates, against every way of filling the facts in."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import combinations, product

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.docket.columns import Value
from habeas.law.agreement import Fact, Rule
from habeas.law.check import checked
from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.program import ProgramRule
from habeas.law.resolve import settled
from habeas.law.tree import Fact as Named
from habeas.law.tree import Node, walk
from habeas.screening import evaluate, explain
from habeas.terms import Finding

DAY = date(2026, 11, 21)
TEXT = Text("-", "-")
DAYS = ("d1", "d2", "d3")
NUMBERS = ("n1", "n2", "n3")
TRUTHS = ("convicted", "judgment_final", "counsel_available", "fit_to_travel", "appeal_pending")
DOMAINS: Mapping[str, tuple[Value, ...]] = {
    **dict.fromkeys(DAYS, (16_130, 20_000, 20_500)),
    **dict.fromkeys(NUMBERS, (0, 1, 7)),
    **dict.fromkeys(TRUTHS, (False, True)),
}
Facts = Mapping[str, Value]
Draw = Callable[[st.SearchStrategy[int]], int]


def fact(kind: str) -> Fact:
    row = {"type": kind, "ask": TEXT, "established_by": TEXT, "evidence": TEXT}
    return msgspec.convert(row | {"min": 0, "max": 1000}, Fact)


KNOWN = Library().vocabulary
VOCABULARY = msgspec.structs.replace(
    KNOWN,
    facts={
        **KNOWN.facts,
        **{name: fact("date") for name in DAYS},
        **{name: fact("int") for name in NUMBERS},
    },
)


class Writer:
    """Writes a random rule; each fact at most once where `once` is set."""

    def __init__(self, draw: Draw, *, once: bool, kinds: int) -> None:
        self.draw, self.once, self.kinds = draw, once, kinds
        self.left = {"day": list(DAYS), "number": list(NUMBERS), "truth": list(TRUTHS)}

    def pick(self, most: int) -> int:
        return self.draw(st.integers(0, most))

    def name(self, kind: str) -> str | None:
        left = self.left[kind]
        if not left:
            return None
        name = left[self.pick(len(left) - 1)]
        if self.once:
            left.remove(name)
        return name

    def number(self, depth: int) -> str:
        form = self.pick(5) if depth else 0
        if form == 1:
            return f"{self.number(depth - 1)} + {self.number(depth - 1)}"
        if form == 2:
            return f"3 * ({self.number(depth - 1)})"
        if form == 3:
            then, other = self.number(depth - 1), self.number(depth - 1)
            return f"CASE WHEN {self.rule(depth - 1)} THEN {then} ELSE {other} END"
        if form == 4:
            return f"GREATEST({self.number(depth - 1)}, {self.number(depth - 1)})"
        return self.name("number") or "2"

    def day(self, depth: int) -> str:
        form = self.pick(2) if depth else 0
        if form == 1:
            return f"ADD_MONTHS({self.day(depth - 1)}, 6)"
        return self.name("day") or "as_of"

    def comparison(self, depth: int) -> str:
        sign = (">", "<=", "=")[self.pick(2)]
        if self.pick(1) and (name := self.name("day")):
            return f"{name} {sign} {self.day(depth)}"
        name = self.name("number")
        return f"{name} {sign} {self.number(depth)}" if name else self.truth()

    def truth(self) -> str:
        return self.name("truth") or "convicted"

    def rule(self, depth: int) -> str:
        form = self.pick(self.kinds) if depth else 0
        if form in {1, 2}:
            word = (" AND ", " OR ")[form - 1]
            return "(" + word.join(self.rule(depth - 1) for _ in range(2 + self.pick(1))) + ")"
        if form == 3:
            return f"NOT ({self.rule(depth - 1)})"
        if form == 4:
            parts = [self.rule(depth - 1) for _ in range(3)]
            return "(CASE WHEN {} THEN {} ELSE {} END)".format(*parts)
        return self.comparison(depth) if form == 5 else self.truth()


def tree(text: str) -> Node:
    return settled(checked(text, VOCABULARY), DAY, "down")


@st.composite
def rules(draw: st.DrawFn, *, once: bool = False, kinds: int = 5) -> ProgramRule:
    writer = Writer(draw, once=once, kinds=kinds)
    texts = [writer.rule(3), writer.rule(1)]
    source = Rule(TEXT, texts[0], applies=texts[1])
    return ProgramRule("X-1", "policy", source, tree(texts[1]), tree(texts[0]))


CASES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(domain) for name, domain in DOMAINS.items()}
)
COMPLETE = st.fixed_dictionaries(
    {name: st.sampled_from(domain) for name, domain in DOMAINS.items()}
)


def repeats(one: ProgramRule) -> bool:
    names = [
        node.name
        for side in (one.applies, one.require)
        for node in walk(side)
        if isinstance(node, Named)
    ]
    return len(names) != len(set(names))


@settings(max_examples=300)
@given(one=rules(), facts=CASES, rest=COMPLETE)
def test_with_every_missing_fact_filled_in_a_rule_is_decided(
    one: ProgramRule, facts: Facts, rest: Facts
) -> None:
    missing = explain.missing(one, facts)
    open_ = evaluate.finding(one, facts) is Finding.NOT_ESTABLISHED
    filled = {**facts, **{name: rest[name] for name in missing}}
    assert evaluate.finding(one, filled) is not Finding.NOT_ESTABLISHED
    assert set(missing).isdisjoint(facts)
    assert open_ is bool(missing)


@settings(max_examples=300)
@given(one=rules(once=True), facts=CASES, rest=COMPLETE)
def test_a_fact_that_is_not_listed_changes_nothing_where_no_fact_repeats(
    one: ProgramRule, facts: Facts, rest: Facts
) -> None:
    if repeats(one):
        return
    missing = explain.missing(one, facts)
    others = {name: value for name, value in rest.items() if name not in missing}
    assert evaluate.finding(one, {**others, **facts}) is evaluate.finding(one, facts)
    filled = {**facts, **{name: rest[name] for name in missing}}
    assert evaluate.finding(one, {**others, **filled}) is evaluate.finding(one, filled)


@settings(max_examples=300)
@given(one=rules(), facts=COMPLETE)
def test_the_failing_facts_alone_make_a_rule_not_met(one: ProgramRule, facts: Facts) -> None:
    if evaluate.finding(one, facts) is not Finding.NOT_MET:
        return
    alone = {name: facts[name] for name in explain.failing(one, facts)}
    assert evaluate.compiled(one.require).test(alone) is False


def able(one: ProgramRule, facts: Facts, names: tuple[str, ...]) -> bool:
    values = product(*(DOMAINS[name] for name in names))
    return any(
        evaluate.finding(one, {**facts, **dict(zip(names, told, strict=True))}) is Finding.MET
        for told in values
    )


def smallest(one: ProgramRule, facts: Facts, missing: list[str]) -> Iterator[frozenset[str]]:
    """Every set of missing facts that can make the rule met, and holds no smaller such set."""
    found: list[frozenset[str]] = []
    for size in range(1, len(missing) + 1):
        for names in combinations(missing, size):
            if not any(way <= set(names) for way in found) and able(one, facts, names):
                found.append(frozenset(names))
                yield found[-1]


@settings(max_examples=300)
@given(one=rules(once=True, kinds=4), facts=CASES)
def test_the_ways_of_a_rule_are_the_smallest_sets_that_can_make_it_met(
    one: ProgramRule, facts: Facts
) -> None:
    if repeats(one) or evaluate.finding(one, facts) is not Finding.NOT_ESTABLISHED:
        return
    told = explain.explained(explain.planned(one), facts)
    found = list(smallest(one, facts, list(told.missing)))
    assert {frozenset(way) for way in told.ways} <= set(found)
    assert len(told.ways) == min(explain.MOST, len(found))
    assert [len(way) for way in told.ways] == sorted(map(len, found))[: explain.MOST]

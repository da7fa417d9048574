"""Random typed rules against two other ways of reading them: arithmetic, and every completion.

Kleene's logic is arithmetic on 0 (false), 1 (unknown), 2 (true): NOT is 2 - x, AND the least, OR
the greatest. And what is said with facts missing must stay so however the missing facts are filled.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.docket.columns import Value
from habeas.law.agreement import Rule
from habeas.law.check import checked
from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.program import ProgramRule
from habeas.screening import evaluate, explain
from habeas.terms import Finding

VOCABULARY = Library().vocabulary
DOMAINS: Mapping[str, tuple[Value, ...]] = {
    "convicted": (False, True),
    "judgment_final": (False, True),
    "sex": ("male", "female", "other"),
    "months_remaining": (100, 250, 400),
    "sentence_months_imposed": (100, 400),
}
Facts = Mapping[str, Value]
Score = Callable[[Facts], int]


class Told(NamedTuple):
    """A rule as text, and its meaning as arithmetic."""

    text: str
    score: Score


def known(test: Callable[..., bool], *names: str) -> Score:
    def score(facts: Facts) -> int:
        values = [facts.get(name) for name in names]
        return 1 if None in values else 2 * test(*values)

    return score


def yes_no(name: str) -> Told:
    return Told(name, known(bool, name))


def listed(negated: bool, codes: list[str]) -> Told:  # noqa: FBT001
    text = "sex " + "NOT " * negated + f"IN ({', '.join(map(repr, codes))})"
    return Told(text, known(lambda sex: (sex in codes) is not negated, "sex"))


SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MONTHS = ["months_remaining", "sentence_months_imposed"]


def measured(name: str, sign: str, units: int, *, turned: bool) -> Told:
    number, test = f"{units // 100}.{units % 100:02}", SIGNS[sign]
    if turned:
        return Told(f"{number} {sign} {name}", known(lambda found: test(units, found), name))
    return Told(f"{name} {sign} {number}", known(lambda found: test(found, units), name))


def between(name: str, low: int, high: int) -> Told:
    text = f"{name} BETWEEN {low / 100} AND {high / 100}"
    return Told(text, known(lambda found: low <= found <= high, name))


def compared(sign: str) -> Told:
    return Told(f"{MONTHS[0]} {sign} {MONTHS[1]}", known(SIGNS[sign], *MONTHS))


def negation(one: Told) -> Told:
    return Told(f"NOT ({one.text})", lambda facts: 2 - one.score(facts))


def joined(word: str, parts: list[Told]) -> Told:
    pick = min if word == "AND" else max
    text = f" {word} ".join(f"({part.text})" for part in parts)
    return Told(text, lambda facts: pick(part.score(facts) for part in parts))


UNITS = st.sampled_from([0, 100, 250, 333, 400])
LEAVES = st.one_of(
    st.builds(yes_no, st.sampled_from(["convicted", "judgment_final"])),
    st.builds(listed, st.booleans(), st.lists(st.sampled_from(DOMAINS["sex"]), min_size=1)),
    st.builds(
        measured, st.sampled_from(MONTHS), st.sampled_from(list(SIGNS)), UNITS, turned=st.booleans()
    ),
    st.builds(between, st.sampled_from(MONTHS), UNITS, UNITS),
    st.builds(compared, st.sampled_from(list(SIGNS))),
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(negation, inner),
        st.builds(joined, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=8,
)
CASES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(domain) for name, domain in DOMAINS.items()}
)
COMPLETE = st.fixed_dictionaries(
    {name: st.sampled_from(domain) for name, domain in DOMAINS.items()}
)


def completions(facts: Facts) -> Iterator[Facts]:
    missing = [name for name in DOMAINS if name not in facts]
    for values in product(*(DOMAINS[name] for name in missing)):
        yield {**facts, **dict(zip(missing, values, strict=True))}


def rule(applies: Told, require: Told) -> ProgramRule:
    text = Text(en="-", es="-")
    source = Rule(text=text, require=require.text, cite=(), applies=applies.text)
    trees = (checked(applies.text, VOCABULARY), checked(require.text, VOCABULARY))
    return ProgramRule("X-1", "policy", source, *trees)


def three(found: bool | None) -> int:  # noqa: FBT001
    return {False: 0, None: 1, True: 2}[found]


FINDINGS = {0: Finding.NOT_MET, 1: Finding.NOT_ESTABLISHED, 2: Finding.MET}


@settings(max_examples=150)
@given(told=RULES, facts=CASES)
def test_a_rule_reads_as_the_arithmetic_of_three_values(told: Told, facts: Facts) -> None:
    test = evaluate.compiled(checked(told.text, VOCABULARY)).test
    assert three(test(facts)) == told.score(facts)


@settings(max_examples=150)
@given(told=RULES, facts=CASES)
def test_what_is_said_with_facts_missing_stays_so_in_every_completion(
    told: Told, facts: Facts
) -> None:
    test = evaluate.compiled(checked(told.text, VOCABULARY)).test
    said = test(facts)
    later = {test(whole) for whole in completions(facts)}
    assert None not in later
    assert said is None or later == {said}


@settings(max_examples=100)
@given(applies=RULES, require=RULES, facts=CASES)
def test_a_rule_holds_where_it_does_not_apply_or_what_it_requires_is_so(
    applies: Told, require: Told, facts: Facts
) -> None:
    told = max(2 - applies.score(facts), require.score(facts))
    assert evaluate.finding(rule(applies, require), facts) is FINDINGS[told]


@settings(max_examples=100)
@given(applies=RULES, require=RULES, facts=COMPLETE, hidden=st.sets(st.sampled_from([*DOMAINS])))
def test_a_fact_that_is_filled_in_never_turns_an_established_finding(
    applies: Told, require: Told, facts: Facts, hidden: set[str]
) -> None:
    one = rule(applies, require)
    before = {name: fact for name, fact in facts.items() if name not in hidden}
    said, full = evaluate.finding(one, before), evaluate.finding(one, facts)
    assert full is not Finding.NOT_ESTABLISHED
    assert said in {full, Finding.NOT_ESTABLISHED}


@settings(max_examples=100)
@given(applies=RULES, require=RULES, facts=CASES, rest=COMPLETE)
def test_the_missing_facts_decide_the_rule_whatever_they_turn_out_to_be(
    applies: Told, require: Told, facts: Facts, rest: Facts
) -> None:
    one = rule(applies, require)
    missing = explain.missing(one, facts)
    filled = {**facts, **{name: rest[name] for name in missing}}
    assert evaluate.finding(one, filled) is not Finding.NOT_ESTABLISHED
    assert set(missing).isdisjoint(facts)


@settings(max_examples=100)
@given(applies=RULES, require=RULES, facts=CASES)
def test_the_failing_facts_alone_make_a_rule_not_met(
    applies: Told, require: Told, facts: Facts
) -> None:
    one = rule(applies, require)
    failing = explain.failing(one, facts)
    alone = {name: facts[name] for name in failing}
    unmet = evaluate.finding(one, facts) is Finding.NOT_MET
    assert not unmet or evaluate.compiled(one.require).test(alone) is False

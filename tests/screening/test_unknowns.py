"""An unknown is never taken for a yes: not by a rule, not by an agreement, not by a case."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.docket.check import Case
from habeas.docket.columns import Value
from habeas.law.agreement import Rule, Vocabulary
from habeas.law.check import checked
from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule, program
from habeas.law.read import decoded
from habeas.screening import evaluate, explain
from habeas.screening.decision import Decision, decide, outcome
from habeas.service.intake import bounds, columns
from habeas.terms import Finding, Outcome

DAY = date(2026, 11, 21)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIBRARY = Library()
AGREEMENTS = sorted(LIBRARY.agreements)
SAID = '= {en = "-", es = "-"}'
FACT = f'type = "bool"\nask {SAID}\nestablished_by {SAID}\nevidence {SAID}\n'
TWO_FACTS = f"""
format = "habeas-facts/1"
version = "1"
codes = {{}}
meta = {{authors = ["test"], source_texts = {{en = "-", es = "-"}}}}
[facts.sentenced]
{FACT}
[facts.is_citizen]
{FACT}
"""
TINY = decoded(TWO_FACTS, Vocabulary, "facts.toml")


def rule(name: str, require: str, applies: str = "TRUE") -> ProgramRule:
    source = Rule(text=Text(en="-", es="-"), require=require, cite=(), applies=applies)
    return ProgramRule(name, "policy", source, checked(applies, TINY), checked(require, TINY))


def tiny(*rules: ProgramRule) -> Program:
    return program(LIBRARY.agreement("SE-EE"), rules, TINY, DAY, (DAY, DAY), {})


def decided(by: Program, **facts: Value) -> Decision:
    case = Case("C-1", 2, "SE-EE", facts, {})
    return decide(case, by, columns(TINY), NOON, dated=False)


def test_a_citizenship_that_nobody_established_is_not_established_and_is_named() -> None:
    found = decided(tiny(rule("T0", "sentenced AND NOT is_citizen")), sentenced=True)
    assert found.outcome is Outcome.NOT_ESTABLISHED
    assert (found.not_met, found.not_established) == ((), ("T0",))
    assert found.missing == {"T0": ("is_citizen",)}


@pytest.mark.parametrize(("citizen", "told"), [(True, Outcome.BARRED), (False, Outcome.ELIGIBLE)])
def test_a_citizenship_that_is_established_decides(citizen: bool, told: Outcome) -> None:  # noqa: FBT001
    by = tiny(rule("T0", "sentenced AND NOT is_citizen"))
    assert decided(by, sentenced=True, is_citizen=citizen).outcome is told


def test_a_rule_of_which_nobody_knows_whether_it_applies_waits_for_that() -> None:
    found = decided(tiny(rule("X-1", "sentenced", applies="is_citizen")), sentenced=False)
    assert found.not_established == ("X-1",)
    assert found.missing == {"X-1": ("is_citizen",)}


def test_a_rule_that_is_fulfilled_need_not_know_whether_it_applies() -> None:
    found = decided(tiny(rule("X-1", "sentenced", applies="is_citizen")), sentenced=True)
    assert found.outcome is Outcome.ELIGIBLE


def test_a_program_without_rules_establishes_nothing() -> None:
    assert decided(tiny(), sentenced=True).outcome is Outcome.NOT_ESTABLISHED
    assert outcome({}) is Outcome.NOT_ESTABLISHED


def test_barred_beats_not_established_and_both_lists_are_complete() -> None:
    by = tiny(rule("X-1", "sentenced"), rule("X-2", "is_citizen"), rule("X-3", "NOT sentenced"))
    found = decided(by, sentenced=True)
    assert found.outcome is Outcome.BARRED
    assert (found.not_met, found.not_established) == (("X-3",), ("X-2",))


@pytest.mark.parametrize("word", [*Finding, *Outcome])
def test_no_word_of_an_answer_has_a_truth_value(word: Finding | Outcome) -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(word)


@pytest.mark.parametrize("name", AGREEMENTS)
def test_with_every_fact_missing_no_rule_of_any_agreement_is_met_or_fails(name: str) -> None:
    found = evaluate.findings(LIBRARY.program(name, DAY), {})
    assert set(found.values()) == {Finding.NOT_ESTABLISHED}


PROPOSALS = [
    (name, sending, receiving, pathway)
    for name in AGREEMENTS
    for terms in [bounds(LIBRARY.agreement(name))]
    for sending in sorted(terms.sending)[:3]
    for receiving in sorted(terms.receiving - {sending})[:3]
    for pathway in sorted(terms.pathways)
]


@pytest.mark.parametrize("proposal", PROPOSALS, ids="-".join)
def test_a_proposal_without_facts_is_met_only_where_a_rule_does_not_apply_to_it(
    proposal: tuple[str, str, str, str],
) -> None:
    keys = ("agreement", "sending", "receiving", "pathway")
    facts: dict[str, Value] = dict(zip(keys, proposal, strict=True))
    by = LIBRARY.program(proposal[0], DAY)
    silent = {one.id for one in by.rules if evaluate.tests(one)[0].test(facts) is False}
    told = {
        name: Finding.MET if name in silent else Finding.NOT_ESTABLISHED
        for name in (one.id for one in by.rules)
    }
    assert evaluate.findings(by, facts) == told
    assert outcome(told) is Outcome.NOT_ESTABLISHED


VALUES = {
    name: st.booleans()
    if column.type == "bool"
    else st.sampled_from(column.codes or ("SE", "US"))
    if column.type == "code"
    else st.sampled_from((0, 17, 18, 600, 1_200, 40_000))
    for name, column in columns(LIBRARY.vocabulary).items()
}
CASES = st.fixed_dictionaries(VALUES | {"agreement": st.sampled_from([*AGREEMENTS, "ETS-167"])})


@settings(max_examples=60)
@given(
    name=st.sampled_from(AGREEMENTS),
    facts=CASES,
    kept=st.sets(st.sampled_from(sorted(VALUES)), min_size=20),
)
def test_hiding_facts_of_a_case_never_turns_a_finding_of_any_agreement(
    name: str, facts: dict[str, Value], kept: set[str]
) -> None:
    by = LIBRARY.program(name, DAY)
    full = evaluate.findings(by, facts)
    part = evaluate.findings(by, {fact: one for fact, one in facts.items() if fact in kept})
    turned = {
        rule for rule, one in part.items() if one not in {full[rule], Finding.NOT_ESTABLISHED}
    }
    assert turned == set()
    assert Finding.NOT_ESTABLISHED not in full.values()


@settings(max_examples=60)
@given(
    name=st.sampled_from(AGREEMENTS),
    facts=CASES,
    kept=st.sets(st.sampled_from(sorted(VALUES)), min_size=20),
)
def test_the_missing_facts_of_a_case_decide_every_rule_that_waits(
    name: str, facts: dict[str, Value], kept: set[str]
) -> None:
    by = LIBRARY.program(name, DAY)
    part = {fact: one for fact, one in facts.items() if fact in kept}
    waiting = [one for one in by.rules if evaluate.finding(one, part) is Finding.NOT_ESTABLISHED]
    filled = {
        one: part | {fact: facts[fact] for fact in explain.missing(one, part)} for one in waiting
    }
    still = [
        one.id for one in waiting if evaluate.finding(one, filled[one]) is Finding.NOT_ESTABLISHED
    ]
    assert still == []

"""Why a rule waits and why it fails: the facts by name, all of them and no others."""

from datetime import date

import pytest

from habeas.docket.columns import Value
from habeas.law.agreement import Rule
from habeas.law.check import checked
from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.program import ProgramRule
from habeas.screening import explain

DAY = date(2026, 11, 21)

LIBRARY = Library()


def rule(require: str, applies: str = "TRUE") -> ProgramRule:
    source = Rule(text=Text(en="-", es="-"), require=require, cite=(), applies=applies)
    trees = (checked(applies, LIBRARY.vocabulary), checked(require, LIBRARY.vocabulary))
    return ProgramRule("X-1", "policy", source, *trees)


def shipped(name: str) -> ProgramRule:
    programs = (LIBRARY.program(deal, DAY) for deal in sorted(LIBRARY.agreements))
    return next(one for program in programs for one in program.rules if one.id == name)


@pytest.mark.parametrize(
    ("require", "facts", "missing"),
    [
        ("convicted", {}, ["convicted"]),
        ("convicted AND judgment_final", {}, ["convicted", "judgment_final"]),
        ("judgment_final AND convicted", {}, ["judgment_final", "convicted"]),
        ("convicted AND judgment_final", {"convicted": True}, ["judgment_final"]),
        ("convicted AND convicted", {}, ["convicted"]),
        ("(convicted OR judgment_final) AND sex = 'male'", {"convicted": True}, ["sex"]),
        ("(convicted AND judgment_final) OR sex = 'male'", {"convicted": False}, ["sex"]),
        ("NOT (convicted AND judgment_final)", {"convicted": True}, ["judgment_final"]),
        ("months_remaining < sentence_months_imposed", {"months_remaining": 1},
         ["sentence_months_imposed"]),
        ("months_remaining < sentence_months_imposed", {},
         ["months_remaining", "sentence_months_imposed"]),
        ("age_years BETWEEN 18 AND 20", {}, ["age_years"]),
        ("sex IN ('male')", {}, ["sex"]),
    ],
)  # fmt: skip
def test_the_missing_facts_are_those_that_may_still_decide(
    require: str, facts: dict[str, Value], missing: list[str]
) -> None:
    assert explain.missing(rule(require), facts) == missing


def test_what_makes_a_rule_apply_is_missing_before_what_it_requires() -> None:
    one = rule("judgment_final", applies="convicted")
    assert explain.missing(one, {}) == ["convicted", "judgment_final"]
    assert explain.missing(one, {"convicted": True}) == ["judgment_final"]
    assert explain.missing(one, {"judgment_final": False}) == ["convicted"]


def test_nothing_is_missing_where_the_rule_is_decided() -> None:
    assert explain.missing(rule("convicted AND judgment_final"), {"convicted": False}) == []


@pytest.mark.parametrize(
    ("require", "facts", "failing"),
    [
        ("convicted", {"convicted": False}, ["convicted"]),
        ("NOT appeal_pending AND NOT collateral_attack_pending",
         {"appeal_pending": True, "collateral_attack_pending": True},
         ["appeal_pending", "collateral_attack_pending"]),
        ("NOT appeal_pending AND NOT collateral_attack_pending",
         {"appeal_pending": False, "collateral_attack_pending": True},
         ["collateral_attack_pending"]),
        ("convicted OR judgment_final", {"convicted": False, "judgment_final": False},
         ["convicted", "judgment_final"]),
        ("NOT (convicted OR judgment_final)", {"convicted": True, "judgment_final": False},
         ["convicted"]),
        ("NOT (convicted AND judgment_final)", {"convicted": True, "judgment_final": True},
         ["convicted", "judgment_final"]),
        ("age_years BETWEEN 18 AND 20", {"age_years": 17}, ["age_years"]),
        ("months_remaining < sentence_months_imposed",
         {"months_remaining": 3, "sentence_months_imposed": 2},
         ["months_remaining", "sentence_months_imposed"]),
        ("convicted AND judgment_final", {"convicted": False}, ["convicted"]),
    ],
)  # fmt: skip
def test_the_failing_facts_are_those_that_make_it_so(
    require: str, facts: dict[str, Value], failing: list[str]
) -> None:
    assert explain.failing(rule(require), facts) == failing


def test_a_minor_without_a_guardians_consent_fails_by_age_and_by_consent() -> None:
    told: dict[str, Value] = {
        "age_years": 17,
        "pathway": "treaty_transfer",
        "guardian_or_court_consent": False,
    }
    assert explain.failing(shipped("B-AGE-1"), told) == ["age_years", "guardian_or_court_consent"]


def test_a_consent_that_no_one_gave_fails_by_the_facts_of_each_way_to_give_it() -> None:
    told: dict[str, Value] = {
        "pathway": "treaty_transfer",
        "agreement": "OAS-A57",
        "consent_given": False,
        "competent_to_consent": True,
        "age_years": 34,
        "guardian_or_court_consent": False,
    }
    failing = ["consent_given", "guardian_or_court_consent", "age_years", "competent_to_consent",
               "agreement"]  # fmt: skip
    assert explain.failing(shipped("T-4"), told) == failing


def test_a_months_rule_waits_for_the_months_or_the_type_of_sentence() -> None:
    told: dict[str, Value] = {"pathway": "treaty_transfer"}
    assert explain.missing(shipped("T-6"), told) == ["months_remaining", "sentence_type"]
    assert explain.missing(shipped("T-6"), told | {"sentence_type": "determinate"}) == [
        "months_remaining"
    ]

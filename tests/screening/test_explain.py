"""Reasons of a case: what is missing and why, what fails with its values, and the ways out."""

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec
import pytest

from habeas.docket.columns import Value
from habeas.law import agreement, calendar
from habeas.law.agreement import Fact, Param, ParamValue, Rule
from habeas.law.check import checked
from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule, program
from habeas.law.resolve import Draft, Law, Wording, resolved
from habeas.screening import evaluate, explain, words
from habeas.terms import Finding

DAY = date(2026, 11, 21)
TEXT = Text("-", "-")
LIBRARY = Library()


def fact(kind: str, scale: int = 1, unit: str | None = None) -> Fact:
    row = {"type": kind, "ask": TEXT, "established_by": TEXT, "evidence": TEXT, "scale": scale}
    return msgspec.convert(row | {"unit": unit, "min": 0, "max": 1000}, Fact)


VOCABULARY = msgspec.structs.replace(
    LIBRARY.vocabulary,
    facts={
        **LIBRARY.vocabulary.facts,
        **{name: fact("date") for name in ("release", "received", "birth", "planned")},
        "area": fact("int", 100, "m2"),
        "people": fact("int"),
    },
)
PARAMS = {"min_months": Param("months", (ParamValue(6, ()),))}


def rules(*texts: str, applies: str = "TRUE") -> Program:
    drafts = []
    for number, text in enumerate(texts):
        source = Rule(TEXT, text, applies=applies)
        trees = [checked(one, VOCABULARY, PARAMS) for one in (applies, text)]
        wording = Wording(None, None, source, trees[0], trees[1])
        drafts.append(Draft(f"X-{number}", "policy", (wording,)))
    found = resolved(Law(tuple(drafts), PARAMS, (), "down"), DAY)
    deal = LIBRARY.agreement("OAS-A57")
    return program(deal, found.rules, VOCABULARY, DAY, (DAY, DAY), found.params)


def rule(text: str, applies: str = "TRUE") -> ProgramRule:
    return rules(text, applies=applies).rules[0]


def day(text: str) -> int:
    return calendar.day(date.fromisoformat(text))


SPACE = "area >= CASE WHEN people = 1 THEN 6 ELSE 4 * people END"
ANSWER = "CASE WHEN convicted THEN judgment_final ELSE appeal_pending END"
MONTHS = "release >= ADD_MONTHS(received, :min_months)"


@pytest.mark.parametrize(
    ("require", "facts", "missing"),
    [
        (SPACE, {}, ["area", "people"]),
        (SPACE, {"area": 600}, ["people"]),
        (SPACE, {"people": 1}, ["area"]),
        (ANSWER, {}, ["convicted", "judgment_final", "appeal_pending"]),
        (ANSWER, {"judgment_final": True}, ["convicted", "appeal_pending"]),
        (ANSWER, {"convicted": True}, ["judgment_final"]),
        (ANSWER, {"convicted": False}, ["appeal_pending"]),
        (ANSWER, {"judgment_final": True, "appeal_pending": True}, ["convicted"]),
        (MONTHS, {}, ["release", "received"]),
        (MONTHS, {"received": 20_000}, ["release"]),
        ("LEAST(release, planned, received) > birth", {"planned": 1},
         ["release", "received", "birth"]),
        ("months_remaining + people * 2 > sentence_months_imposed", {"people": 1},
         ["months_remaining", "sentence_months_imposed"]),
        ("DAYS_BETWEEN(received, planned) > 30", {}, ["received", "planned"]),
    ],
)  # fmt: skip
def test_what_a_value_needs_is_missing_and_of_a_case_what_may_be_chosen(
    require: str, facts: dict[str, Value], missing: list[str]
) -> None:
    assert explain.missing(rule(require), facts) == missing


def ways(one: ProgramRule, facts: Mapping[str, Value]) -> list[tuple[str, ...]]:
    return list(explain.explained(explain.planned(one), facts).ways)


@pytest.mark.parametrize(
    ("require", "facts", "found"),
    [
        ("convicted", {}, [("convicted",)]),
        ("convicted AND judgment_final", {}, [("convicted", "judgment_final")]),
        ("convicted OR judgment_final", {}, [("convicted",), ("judgment_final",)]),
        ("(convicted AND judgment_final) OR counsel_available", {},
         [("counsel_available",), ("convicted", "judgment_final")]),
        ("convicted AND judgment_final", {"convicted": True}, [("judgment_final",)]),
        ("(convicted OR judgment_final) AND (convicted OR counsel_available)", {},
         [("convicted",), ("judgment_final", "counsel_available")]),
        ("NOT (convicted OR judgment_final)", {}, [("convicted", "judgment_final")]),
        ("NOT (convicted AND judgment_final)", {}, [("convicted",), ("judgment_final",)]),
        ("convicted OR judgment_final OR counsel_available OR fit_to_travel", {},
         [("convicted",), ("judgment_final",), ("counsel_available",)]),
        (ANSWER, {"judgment_final": True}, [("convicted",)]),
        (ANSWER, {}, [("convicted", "judgment_final"), ("convicted", "appeal_pending")]),
        (ANSWER, {"judgment_final": False}, [("convicted", "appeal_pending")]),
        (ANSWER, {"judgment_final": False, "appeal_pending": False}, []),
        (SPACE, {}, [("area", "people")]),
        (MONTHS, {}, [("release", "received")]),
        ("(convicted = judgment_final) OR sex = 'male'", {}, [("sex",),
         ("convicted", "judgment_final")]),
    ],
)  # fmt: skip
def test_the_ways_are_the_smallest_sets_of_facts_that_may_make_a_rule_met(
    require: str, facts: dict[str, Value], found: list[tuple[str, ...]]
) -> None:
    assert ways(rule(require), facts) == found


def test_a_rule_is_also_met_where_it_turns_out_not_to_apply() -> None:
    one = rule("judgment_final AND counsel_available", applies="convicted")
    assert ways(one, {}) == [("convicted",), ("judgment_final", "counsel_available")]
    assert ways(one, {"convicted": True}) == [("judgment_final", "counsel_available")]


def reasons(found: Program, facts: Mapping[str, Value]) -> explain.Reasons:
    findings = evaluate.findings(found, facts)
    unmet, waiting = (
        [name for name, one in findings.items() if one is kind]
        for kind in (Finding.NOT_MET, Finding.NOT_ESTABLISHED)
    )
    return explain.reasons(found, facts, unmet, waiting)


def test_the_ways_of_a_case_join_those_of_its_rules_and_use_a_fact_for_several() -> None:
    found = rules("convicted OR sex = 'male'", "judgment_final", "judgment_final OR convicted")
    told = [("judgment_final", "convicted"), ("judgment_final", "sex")]
    assert [sorted(way) for way in reasons(found, {}).ways] == [sorted(way) for way in told]
    assert [sorted(way) for way in reasons(found, {"judgment_final": True}).ways] == [
        ["convicted"],
        ["sex"],
    ]


def test_no_fact_that_is_missing_can_help_a_case_that_is_barred() -> None:
    told = reasons(rules("convicted", "judgment_final"), {"convicted": False})
    assert ([one.rule.id for one in told.not_met], told.ways) == (["X-0"], ())
    assert [one.missing for one in told.open] == [("judgment_final",)]


FACTS: Mapping[str, Value] = {
    "release": day("2026-12-10"), "received": day("2026-11-01"), "birth": day("2010-01-01"),
    "planned": day("2027-01-01"), "people": 8, "area": 1000, "months_remaining": 250,
    "planned_m2": 39_000, "sex": "female", "convicted": False, "appeal_pending": True,
    "age_years": 17, "sentence_months_imposed": 100,
}  # fmt: skip


def said(require: str, facts: Mapping[str, Value] = FACTS) -> list[words.Said]:
    found = rules(require)
    wording = words.Wording(found.vocabulary.facts, found.params)
    told = explain.explained(explain.planned(found.rules[0]), facts).failing
    return [wording.said(one.part, facts, holds=one.holds) for one in told]


@pytest.mark.parametrize(
    ("require", "values", "en", "es"),
    [
        (MONTHS, ("2026-12-10", "2027-05-01", ""),
         "release 2026-12-10 is before 2027-05-01 (received 2026-11-01 + 6 months)",
         "release 2026-12-10 es anterior a 2027-05-01 (received 2026-11-01 + 6 meses)"),
        (SPACE, ("10", "32", "m2"), "area 10 m² is less than 32 m² (4 × people 8)",  # noqa: RUF001
         "area 10 m² es menor que 32 m² (4 × people 8)"),  # noqa: RUF001
        ("months_remaining >= 6", ("2.5", "6", "months"),
         "months_remaining 2.5 months is less than 6 months",
         "months_remaining 2.5 meses es menor que 6 meses"),
        ("planned_m2 >= 4.0", ("3.9", "4", "m2"), "planned_m2 3.9 m² is less than 4 m²",
         "planned_m2 3.9 m² es menor que 4 m²"),
        ("months_remaining > :min_months", ("2.5", "6", "months"),
         "months_remaining 2.5 months is at most 6 months",
         "months_remaining 2.5 meses es como máximo 6 meses"),
        ("months_remaining > sentence_months_imposed + 2", ("2.5", "3", "months"),
         "months_remaining 2.5 months is at most 3 months (sentence_months_imposed 1 + 2)",
         "months_remaining 2.5 meses es como máximo 3 meses (sentence_months_imposed 1 + 2)"),
        ("sex = 'male'", ("female", "male", ""), "sex female is not male", "sex female no es male"),
        ("sex IN ('male', 'other')", ("female", "male, other", ""),
         "sex female is none of male, other", "sex female no es ninguno de male, other"),
        ("sex NOT IN ('female')", ("female", "female", ""),
         "sex female is one of female", "sex female es uno de female"),
        ("convicted", ("false", "true", ""), "convicted is false", "convicted es falso"),
        ("NOT appeal_pending", ("true", "false", ""), "appeal_pending is true",
         "appeal_pending es verdadero"),
        ("convicted = appeal_pending", ("false", "true", ""),
         "convicted false is not appeal_pending true",
         "convicted falso no es appeal_pending verdadero"),
        ("YEARS_OLD(birth, planned) >= 18", ("2028-01-01", "2027-01-01", ""),
         "2028-01-01 (birth 2010-01-01 + 18 years) is after planned 2027-01-01",
         "2028-01-01 (birth 2010-01-01 + 18 años) es posterior a planned 2027-01-01"),
        ("DAYS_BETWEEN(as_of, release) >= 180", ("19", "180", "days"),
         "19 days (days from 2026-11-21 to release 2026-12-10) is less than 180 days",
         "19 días (días de 2026-11-21 a release 2026-12-10) es menor que 180 días"),
        ("LEAST(release, planned) > DATE '2028-01-01'", ("2026-12-10", "2028-01-01", ""),
         ("2026-12-10 (the earliest of release 2026-12-10, planned 2027-01-01) "
         "is not after 2028-01-01"),
         ("2026-12-10 (la más temprana de release 2026-12-10, planned 2027-01-01) "
         "no es posterior a 2028-01-01")),
        ("ADD_DAYS(as_of, -1) > release", ("2026-11-20", "2026-12-10", ""),
         "2026-11-20 (2026-11-21 - 1 day) is not after release 2026-12-10",
         "2026-11-20 (2026-11-21 - 1 día) no es posterior a release 2026-12-10"),
        ("NOT age_years < 18", ("17", "18", "years"), "age_years 17 years is less than 18 years",
         "age_years 17 años es menor que 18 años"),
    ],
)  # fmt: skip
def test_a_failing_leaf_is_told_with_both_values_put_in(
    require: str, values: tuple[str, str, str], en: str, es: str
) -> None:
    (one,) = said(require)
    assert ((one.left, one.right, one.unit), one.en, one.es) == (values, en, es)


def test_a_leaf_is_quoted_as_the_rule_has_it_without_the_factors_of_two_scales() -> None:
    (one,) = said("planned_m2 < area", {"planned_m2": 39_000, "area": 250})
    assert (one.text, one.left, one.right) == ("planned_m2 < area", "3.9", "2.5")
    assert said(MONTHS)[0].text == "release >= ADD_MONTHS(received, :min_months)"


def test_of_a_case_that_fails_the_condition_and_the_chosen_answer_are_told() -> None:
    told = said(ANSWER, {"convicted": False, "judgment_final": True, "appeal_pending": False})
    assert [one.en for one in told] == ["convicted is false", "appeal_pending is false"]


def test_a_comparison_fails_by_the_facts_that_were_read_and_no_others() -> None:
    one = rule(
        "sentence_months_imposed > CASE WHEN convicted THEN people * 1 ELSE months_remaining END"
    )
    assert explain.failing(one, {"sentence_months_imposed": 1, "convicted": True, "people": 2}) == [
        "sentence_months_imposed", "convicted", "people"]  # fmt: skip


@pytest.mark.parametrize(
    ("sets", "en", "es"),
    [
        ([], "", ""),
        ([["a"]], "a", "a"),
        ([["a"], ["b", "c"]], "either a, or b and c", "o bien a, o bien b y c"),
        ([["a", "b", "c"], ["d"], ["e"]], "either a, b and c, or d, or e",
         "o bien a, b y c, o bien d, o bien e"),
    ],
)  # fmt: skip
def test_the_ways_are_read_out(sets: list[list[str]], en: str, es: str) -> None:
    assert (words.ways(sets, "en"), words.ways(sets, "es")) == (en, es)


def test_a_day_after_the_epoch_is_told_as_a_date() -> None:
    known = agreement.EARLIEST + timedelta(days=1)
    assert words.natural(calendar.day(known), words.Measure("date")) == "1900-01-02"

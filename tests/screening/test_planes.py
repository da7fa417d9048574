"""Bit planes say of every rule and case what the plain evaluation says."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

import random_rules as random
from arrow_cases import batch
from habeas.docket.columns import Value
from habeas.law import calendar
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule
from habeas.law.tree import Shift, walk
from habeas.screening import evaluate, explain
from habeas.screening.bulk import Bulk, Found, screened
from habeas.screening.decision import outcome
from habeas.screening.lower import shifted
from habeas.screening.planes import Bits, Plane
from habeas.terms import Finding

RULES = int(os.environ.get("HABEAS_RULES", "600"))  # the full form: 5000
AT_ONCE = 20
LIBRARY = Library()
BASE = replace(LIBRARY.program("OAS-A57", random.DAY), vocabulary=random.VOCABULARY)
Case = Mapping[str, Value]


def over(*rules: ProgramRule) -> Program:
    return replace(BASE, rules=rules)


def told(plane: Plane, rows: int) -> list[Finding]:
    true, false = (np.unpackbits(one, bitorder="little") for one in (plane.true, plane.false))
    assert not true[rows:].any()
    assert not false[rows:].any()
    assert not (true & false).any()
    words = (Finding.NOT_ESTABLISHED, Finding.MET, Finding.NOT_MET)
    return [words[a + 2 * b] for a, b in zip(true[:rows], false[:rows], strict=True)]


def agrees(program: Program, cases: Sequence[Case], rows: pa.RecordBatch) -> Found:
    found = Bulk(program).run(rows, {})
    for rule, plane in zip(program.rules, found.rules, strict=True):
        assert told(plane, len(cases)) == [evaluate.finding(rule, case) for case in cases], rule.id
    outcomes = [outcome(evaluate.findings(program, case)).value for case in cases]
    assert found.outcome().to_pylist() == outcomes
    return found


@pytest.mark.parametrize("first", range(0, RULES, AT_ONCE))
def test_random_rules_say_the_same_in_bulk_as_one_by_one(first: int) -> None:
    chance = random.seeded(f"planes {first}")
    rules = [random.random_rule(f"R-{n}", chance) for n in range(first, first + AT_ONCE)]
    rows, before = chance.choice((1, 7, 8, 9, 100, 201)), chance.choice((0, 0, 3, 8))
    cases = [random.facts(chance) for _ in range(before + rows)]
    names = [name for name in random.FACTS if chance.random() < 0.97]  # some are in no column
    known = [{name: case[name] for name in names if name in case} for case in cases[before:]]
    made = batch(cases, names, random.VOCABULARY, chance).slice(before)
    found = agrees(over(*rules), known, made)
    assert {one for plane in found.rules for one in told(plane, rows)} == {*Finding}


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("name", list(LIBRARY.agreements))
def test_every_agreement_says_the_same_in_bulk_as_one_by_one(name: str) -> None:
    program, chance = LIBRARY.program(name, random.DAY), random.seeded(name)
    cases = [random.of(program, chance) for _ in range(500)]
    rows = batch(cases, sorted(program.facts), program.vocabulary, chance)
    found = agrees(program, cases, rows)
    assert {one for plane in found.rules for one in told(plane, len(cases))} == {*Finding}


def test_without_citizenship_a_rule_on_it_is_not_established_in_bulk() -> None:
    rule = random.rule("T0", random.tree("is_a AND NOT is_b"))
    cases: list[Case] = [{"is_a": True}]
    rows = batch(cases, ["is_a", "is_b"], random.VOCABULARY, random.seeded(0))
    found = agrees(over(rule), cases, rows)
    assert told(found.rules[0], 1) == [Finding.NOT_ESTABLISHED]


@pytest.mark.parametrize(
    "text",
    [
        # more CASEs than are drawn out, one within another, in numbers, days and codes
        (
            "CASE WHEN is_a THEN units ELSE 3 END + CASE WHEN is_b THEN units ELSE 4 END"
            " > CASE WHEN is_c THEN signed ELSE CASE WHEN is_a THEN 1 ELSE units END END"
        ),
        (
            "CASE WHEN is_a THEN code_a ELSE 'red' END = CASE WHEN is_b THEN code_b ELSE"
            " CASE WHEN is_c THEN 'Blue' ELSE code_a END END"
        ),
        (
            "LEAST(CASE WHEN is_a THEN born ELSE due END, CASE WHEN is_b THEN due ELSE asked END,"
            " CASE WHEN is_c THEN asked ELSE ever END) < as_of"
        ),
        # a CASE below an AND is not strict for the whole
        (
            "(NOT (LEAST(as_of, due) >= CASE WHEN is_c THEN as_of ELSE asked END AND due <= ever))"
            " = FALSE"
        ),
        # facts that cancel out still have to be known
        "units - units = 0",
        "0 * units + signed > 2",
        "0 * CASE WHEN is_a THEN units ELSE signed END = 0",
        # a shifted day against a number, a day and a constant
        "large <= DAYS_BETWEEN(ADD_MONTHS(as_of, 0), ADD_YEARS(asked, 18))",
        "ADD_MONTHS(born, 1) <= asked AND ADD_MONTHS(born, -13) >= due",
        "ADD_YEARS(born, 18) = DATE '2022-02-28'",
        "3 * units <> 21 AND -2 * units < -13 AND large * 2 > 5",
        "units IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) OR units IN (61, 62)",
    ],
)
@pytest.mark.parametrize("rounding", ["down", "up"])
def test_what_is_rewritten_for_columns_says_the_same(
    text: str, rounding: calendar.Rounding
) -> None:
    chance = random.seeded(text)
    cases = [random.facts(chance) for _ in range(400)]
    rows = batch(cases, list(random.FACTS), random.VOCABULARY, chance)
    found = agrees(over(random.rule("R", random.tree(text, rounding))), cases, rows)
    assert told(found.rules[0], len(cases)).count(Finding.MET) > 0


@pytest.mark.parametrize("rounding", ["down", "up"])
@pytest.mark.parametrize("months", [1, -1, 6, -6, 12, -12, 216, -13])
def test_days_are_shifted_in_columns_as_one_by_one(
    months: int, rounding: calendar.Rounding
) -> None:
    first, last = calendar.day(date(1999, 12, 1)), calendar.day(date(2009, 1, 1))
    days = np.arange(first, last, dtype=np.int32)
    alone = [calendar.shifted(int(day), months, rounding) for day in days]
    assert shifted(days, months, rounding).tolist() == alone


def waiting(program: Program, cases: Sequence[Case]) -> tuple[dict[str, int], dict[str, int]]:
    """By fact, the open cases that wait for it, and those that wait for nothing else."""
    each: dict[str, int] = {}
    alone: dict[str, int] = {}
    for case in cases:
        found = evaluate.findings(program, case)
        facts = {
            name
            for rule in program.rules
            if found[rule.id] is Finding.NOT_ESTABLISHED
            for name in explain.missing(rule, case)
        }
        if outcome(found).value == "not_established":
            for name in facts:
                each[name] = each.get(name, 0) + 1
                alone[name] = alone.get(name, 0) + (len(facts) == 1)
    return each, {name: number for name, number in alone.items() if number}


@pytest.mark.parametrize("name", list(LIBRARY.agreements))
def test_what_a_docket_waits_for_is_counted_in_bulk_as_one_by_one(name: str) -> None:
    program, chance = LIBRARY.program(name, random.DAY), random.seeded(f"{name} waits")
    full = [random.of(program, chance) for _ in range(300)]
    bases = [case for case in full if outcome(evaluate.findings(program, case)).value != "barred"]
    rows = batch(full, sorted(program.facts), program.vocabulary, chance)
    bulk = Bulk(program)
    counted = bulk.waiting(bulk.run(rows, {}))
    each, alone = waiting(program, full)
    assert (dict(counted.open), dict(counted.alone)) == (each, alone)
    assert len(bases) < len(full)


def test_missing_facts_are_counted_by_rule_in_bulk_as_one_by_one() -> None:
    chance = random.seeded("missing")
    rules = [random.random_rule(f"R-{n}", chance) for n in range(60)]
    program = over(*rules)
    cases = [random.facts(chance) for _ in range(120)]
    bulk = Bulk(program)
    rows = batch(cases, list(random.FACTS), random.VOCABULARY, chance)
    counted = bulk.waiting(bulk.run(rows, {})).missing
    alone: dict[tuple[str, str], int] = {}
    for rule in rules:
        for case in cases:
            if evaluate.finding(rule, case) is Finding.NOT_ESTABLISHED:
                for name in explain.missing(rule, case):
                    alone[rule.id, name] = alone.get((rule.id, name), 0) + 1
    assert dict(counted) == alone


def test_a_fact_that_has_lapsed_is_not_established_where_its_mask_says_so() -> None:
    rule = random.rule("R", random.tree("is_a AND units > 3"))
    cases: list[Case] = [{"is_a": True, "units": 5}] * 3
    rows = batch(cases, ["is_a", "units"], random.VOCABULARY, random.seeded(0))
    found = Bulk(over(rule)).run(rows, {"units": np.array([0b101], np.uint8)})
    met, open_ = Finding.MET, Finding.NOT_ESTABLISHED
    assert told(found.rules[0], 3) == [met, open_, met]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_batches_come_in_order_whatever_the_number_of_threads(threads: int) -> None:
    chance = random.seeded("threads")
    program = LIBRARY.program("SE-EE", random.DAY)
    dockets = [[random.of(program, chance) for _ in range(n)] for n in (5, 1, 64, 9, 30, 2)]
    work: list[tuple[pa.RecordBatch, dict[str, Bits]]] = [
        (batch(one, sorted(program.facts), program.vocabulary, chance), {}) for one in dockets
    ]
    found = [one.outcome().to_pylist() for one in screened(program, work, threads)]
    alone = [[outcome(evaluate.findings(program, c)).value for c in one] for one in dockets]
    assert found == alone


def test_a_result_is_two_bits_a_rule_and_case() -> None:
    program, chance = LIBRARY.program("SE-EE", random.DAY), random.seeded("bits")
    cases = [random.of(program, chance) for _ in range(800)]
    found = Bulk(program).run(batch(cases, sorted(program.facts), program.vocabulary, chance), {})
    columns = found.columns()
    bits = sum(buffer.size * 8 for one in columns for buffer in one.buffers())
    assert bits == 2 * len(cases) * len(program.rules)
    told_ = [[one[n].as_py() for one in columns] for n in range(len(cases))]
    meaning = {Finding.MET: True, Finding.NOT_MET: False, Finding.NOT_ESTABLISHED: None}
    alone = [[meaning[f] for f in evaluate.findings(program, case).values()] for case in cases]
    assert told_ == alone


def test_the_random_rules_hold_shifted_days() -> None:
    chance = random.seeded("kinds")
    rules = [random.random_rule(f"R-{n}", chance) for n in range(200)]
    assert any(isinstance(part, Shift) for rule in rules for part in walk(rule.require))

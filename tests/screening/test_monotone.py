"""More evidence never turns an answer, and none is never an answer: random rules, both ways."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

import random_rules as random
from arrow_cases import batch
from habeas.docket.columns import Value
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule
from habeas.law.tree import Choose, walk
from habeas.screening import evaluate
from habeas.screening.bulk import Bulk
from habeas.screening.planes import Plane
from habeas.service.intake import bounds
from habeas.terms import Finding

RULES = int(os.environ.get("HABEAS_RULES", "600"))
AT_ONCE = 30
LIBRARY = Library()
BASE = replace(LIBRARY.program("OAS-A57", random.DAY), vocabulary=random.VOCABULARY)
OPEN = Finding.NOT_ESTABLISHED
Case = Mapping[str, Value]


def rules(first: int) -> list[ProgramRule]:
    chance = random.seeded(f"monotone {first}")
    return [random.random_rule(f"R-{n}", chance) for n in range(first, first + AT_ONCE)]


def told(plane: Plane, rows: int) -> list[Finding]:
    true, false = (np.unpackbits(one, count=rows, bitorder="little") for one in
                   (plane.true, plane.false))  # fmt: skip
    words = (OPEN, Finding.MET, Finding.NOT_MET)
    return [words[a + 2 * b] for a, b in zip(true, false, strict=True)]


def in_bulk(program: Program, rows: pa.RecordBatch) -> list[list[Finding]]:
    found = Bulk(program).run(rows, {})
    return [told(plane, rows.num_rows) for plane in found.rules]


def filled(seed: str) -> list[Case]:
    """A case that is given one fact more in each row, from none to all, in any order."""
    chance = random.seeded(seed)
    names = list(random.FACTS)
    chance.shuffle(names)
    whole = {name: random.drawn(name, chance) for name in names}
    return [{name: whole[name] for name in names[:count]} for count in range(len(names) + 1)]


def holds_on(findings: Sequence[Finding]) -> bool:
    """Open until it is decided, and then the same for good."""
    known = [one for one in findings if one is not OPEN]
    return list(findings) == [OPEN] * (len(findings) - len(known)) + [known[0]] * len(known)


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("first", range(0, RULES, AT_ONCE))
def test_one_fact_more_never_turns_a_finding_nor_opens_it_again(first: int) -> None:
    chance = random.seeded(f"garbage {first}")
    program = replace(BASE, rules=tuple(rules(first)))
    for turn in range(6):
        cases = filled(f"{first} {turn}")
        rows = batch(cases, list(random.FACTS), random.VOCABULARY, chance)
        for rule, bulk in zip(program.rules, in_bulk(program, rows), strict=True):
            alone = [evaluate.finding(rule, case) for case in cases]
            assert holds_on(alone), rule.require
            assert holds_on(bulk), rule.require
            assert alone[0] is bulk[0] is OPEN, rule.require
            assert alone[-1] is not OPEN, rule.require


def test_the_rules_that_were_filled_hold_conditions() -> None:
    assert any(isinstance(part, Choose) for rule in rules(0) for part in walk(rule.require))


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 63, 64, 65])
def test_without_any_column_nothing_is_established_in_bulk(rows: int) -> None:
    program = replace(BASE, rules=tuple(rules(0)))
    nothing = pa.RecordBatch.from_arrays([pa.array([True] * rows)], ["none_of_ours"])
    assert in_bulk(program, nothing) == [[OPEN] * rows] * len(program.rules)
    cases: list[Case] = [{}] * rows
    absent = batch(cases, list(random.FACTS), random.VOCABULARY, random.seeded("absent"))
    assert in_bulk(program, absent) == [[OPEN] * rows] * len(program.rules)


@pytest.mark.parametrize("name", list(LIBRARY.agreements))
def test_a_case_without_facts_is_never_eligible_in_bulk(name: str) -> None:
    program, terms = LIBRARY.program(name, random.DAY), bounds(LIBRARY.agreement(name))
    cases: list[Case] = [
        {"agreement": name, "pathway": pathway, "sending": sending, "receiving": receiving}
        for pathway in sorted(terms.pathways)
        for sending in sorted(terms.sending)
        for receiving in sorted(terms.receiving - {sending})
    ]
    names = sorted({*program.facts, *random.KEYS})
    rows = batch([*cases, {}], names, program.vocabulary, random.seeded(name))
    found = Bulk(program).run(rows, {})
    assert not found.eligible.any()
    assert found.outcome().to_pylist() == ["not_established"] * (len(cases) + 1)

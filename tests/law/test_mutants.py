"""A rule left out is noticed: by a guarantee, by a law case, or by what may then be missing."""

import tomllib
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from habeas.docket.columns import Value, value
from habeas.law import analyse
from habeas.law.library import Library
from habeas.law.program import Program
from habeas.law.prove import Eligible
from habeas.screening import evaluate
from habeas.service import replay
from habeas.service.intake import columns
from habeas.terms import Finding, Verdict

DAY = date(2026, 11, 21)
LIBRARY = Library()
CASES = Path(str(LIBRARY.root)) / "cases"
PROGRAMS = {name: LIBRARY.program(name, DAY) for name in LIBRARY.agreements}
RULES = sorted({rule.id for program in PROGRAMS.values() for rule in program.rules})


def without(program: Program, rule: str) -> Program:
    return replace(program, rules=tuple(one for one in program.rules if one.id != rule))


@cache
def found_in(*files: str) -> frozenset[str]:
    """Rules that some law case of the files finds not met or not established."""
    read = {
        path.name: tomllib.loads(path.read_text(), parse_float=str)
        for path in sorted(CASES.glob("*.toml"))
    }
    bases = {name: base for one in read.values() for name, base in one.get("bases", {}).items()}
    contract, found = columns(LIBRARY.vocabulary), set[str]()
    for case in (case for file in files for case in read[file]["cases"]):
        cells = bases[case["base"]] | case["given"]
        texts = {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in cells.items()}
        facts: dict[str, Value] = {}
        for name, cell in texts.items():
            one = value(cell, contract[name])
            facts |= {} if one is None else {name: one}
        program = PROGRAMS.get(str(case.get("program", facts["agreement"])))
        if program is not None:
            judged = evaluate.findings(program, facts)
            found |= {rule for rule, one in judged.items() if one is not Finding.MET}
    return frozenset(found)


def breaks_a_guarantee(rule: str) -> bool:
    """Whether a guarantee other than `baseline` fails where the rule is in no file at all."""
    for name, program in PROGRAMS.items():
        if any(one.id == rule for one in program.rules):
            eligible = Eligible(without(program, rule), replay)
            promises = (one for one in LIBRARY.guarantees(name, DAY) if one.id != "baseline")
            if any(eligible.proof(one).verdict is Verdict.REFUTED for one in promises):
                return True
    return False


def changes_the_missing(rule: str) -> bool:
    """Whether the list of facts that may be missing is another without the rule."""
    for program in PROGRAMS.values():
        if any(one.id == rule for one in program.rules):
            eligible = Eligible(without(program, rule), replay)
            for pathway in program.deal.pathways:
                listed = {
                    fact
                    for one in program.deal.may_be_missing
                    if pathway in one.pathways
                    for fact in one.facts
                }
                if {*analyse.missing(eligible, pathway).cases} != listed:
                    return True
    return False


ALL = ("vignettes.toml", "one-rule-baseline.toml", "one-rule-pathways.toml",
       "one-rule-agreements.toml", "boundaries.toml")  # fmt: skip


def test_no_rule_can_be_left_out_unnoticed() -> None:
    assert [rule for rule in RULES if rule not in found_in(*ALL)] == []


@pytest.mark.parametrize("rule", ["B-CONV-1", "B-STAY-1", "B-CAT-1", "B-CIT-1", "T-5"])
def test_a_rule_on_which_a_guarantee_rests_breaks_it_when_left_out(rule: str) -> None:
    assert breaks_a_guarantee(rule)


@pytest.mark.parametrize("rule", ["B-FIN-1", "B-NOT-1", "L-1", "T-4", "R-2"])
def test_a_rule_of_baseline_law_left_out_changes_what_may_be_missing(rule: str) -> None:
    assert changes_the_missing(rule) or rule in found_in("vignettes.toml")

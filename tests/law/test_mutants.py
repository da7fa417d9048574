"""A rule left out is noticed: by a guarantee, by a law case, or by what may then be missing."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from habeas.law import analyse
from habeas.law.library import Library
from habeas.law.program import Program
from habeas.law.prove import Eligible
from habeas.screening import cases
from habeas.service import replay
from habeas.service.intake import columns
from habeas.terms import Finding, Verdict

# The whole library again and again: others count its lines.
pytestmark = pytest.mark.no_cover

DAY = date(2026, 11, 21)
LIBRARY = Library()
PROGRAMS = {name: LIBRARY.program(name, DAY) for name in LIBRARY.agreements}
RULES = sorted({rule.id for program in PROGRAMS.values() for rule in program.rules})


def without(program: Program, rule: str) -> Program:
    return replace(program, rules=tuple(one for one in program.rules if one.id != rule))


@cache
def found_in(*files: str) -> frozenset[str]:
    """Rules that some law case of the files finds not met or not established."""
    contract = columns(LIBRARY.vocabulary)
    placed = cases.placed(LIBRARY.case_files, LIBRARY, contract)
    named = [one for one in placed if not files or one.file.endswith(files)]
    return frozenset(
        rule
        for one in cases.answers(named, LIBRARY)
        for finding in (Finding.NOT_MET, Finding.NOT_ESTABLISHED)
        for rule in one.rules(finding)
    )


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


def test_no_rule_can_be_left_out_unnoticed() -> None:
    assert [rule for rule in RULES if rule not in found_in()] == []


@pytest.mark.parametrize("rule", ["B-CONV-1", "B-STAY-1", "B-CAT-1", "B-CIT-1", "T-5"])
def test_a_rule_on_which_a_guarantee_rests_breaks_it_when_left_out(rule: str) -> None:
    assert breaks_a_guarantee(rule)


@pytest.mark.parametrize("rule", ["B-FIN-1", "B-NOT-1", "L-1", "T-4", "R-2"])
def test_a_rule_of_baseline_law_left_out_changes_what_may_be_missing(rule: str) -> None:
    assert changes_the_missing(rule) or rule in found_in("vignettes.toml")

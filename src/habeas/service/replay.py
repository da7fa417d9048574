"""The reference of proofs: a case as screening judges it, on the day that the case is put on."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from habeas.law import calendar
from habeas.law.program import Program, ProgramRule
from habeas.law.resolve import moved
from habeas.law.tree import Node
from habeas.law.world import Case
from habeas.screening import decision, evaluate
from habeas.terms import Finding, Outcome


def value(node: Node, case: Case) -> bool | None:
    """A yes-or-no tree in a case; None: not established."""
    found: bool | None = _compiled(node, case.as_of).test(case.facts)
    return found


@lru_cache(maxsize=4096)
def _compiled(node: Node, as_of: int) -> evaluate.Part:
    return evaluate.compiled(moved(node, calendar.civil(as_of)))


@lru_cache(maxsize=4096)
def _on(rule: ProgramRule, as_of: int) -> ProgramRule:
    if not rule.dated:
        return rule
    day = calendar.civil(as_of)
    return replace(rule, applies=moved(rule.applies, day), require=moved(rule.require, day))


def findings(program: Program, case: Case) -> Mapping[str, Finding]:
    """Every rule of a program in a case."""
    return {rule.id: evaluate.finding(_on(rule, case.as_of), case.facts) for rule in program.rules}


def outcome(program: Program, case: Case) -> Outcome:
    """All findings of a program in a case together."""
    return decision.outcome(findings(program, case))

"""Findings to a decision: the outcome, the reasons, what is missing, and the hashes it rests on.

`barred` beats `not_established`, and both lists are always complete. `eligible` needs every rule
met: no rule failing is not enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from habeas.docket.check import Case
from habeas.docket.columns import Column
from habeas.docket.evidence import Established, Lapse, established, holds_until
from habeas.law.program import Program
from habeas.screening import evaluate, explain
from habeas.terms import Finding, Outcome


@dataclass(frozen=True, slots=True)
class Decision:
    """What the evidence establishes about one case; never an order to transfer."""

    case: str
    agreement: str
    outcome: Outcome
    not_met: tuple[str, ...]  # rule ids, in the program's order
    not_established: tuple[str, ...]
    missing: Mapping[str, tuple[str, ...]]  # rule not established: facts that may decide it
    failing: Mapping[str, tuple[str, ...]]  # rule not met: facts that make it so
    lapsed: Mapping[str, Lapse]  # facts given but not counting at the instant
    valid_until: datetime | None  # UTC; None: no fact that it rests on ever lapses
    program: str  # hash


def outcome(findings: Mapping[str, Finding]) -> Outcome:
    """All findings together."""
    values = set(findings.values())
    if Finding.NOT_MET in values:
        return Outcome.BARRED
    return Outcome.ELIGIBLE if values == {Finding.MET} else Outcome.NOT_ESTABLISHED


def decide(
    case: Case, program: Program, columns: Mapping[str, Column], instant: datetime, *, dated: bool
) -> Decision:
    """Judge one case at an instant.

    Args:
        case: the docket row.
        program: the rules that bind it.
        columns: the fact contract, for validity.
        instant: UTC; facts established later or lapsed by then do not count.
        dated: whether the docket says when facts were established; an undated docket is taken as
            established at the instant, and the output says so.
    """
    counted = (
        established(case.facts, case.evidence, columns, instant)
        if dated
        else Established(case.facts, {})
    )
    facts = counted.facts
    found = evaluate.findings(program, facts)
    rules = {rule.id: rule for rule in program.rules}
    not_met = tuple(name for name, one in found.items() if one is Finding.NOT_MET)
    open_rules = tuple(name for name, one in found.items() if one is Finding.NOT_ESTABLISHED)
    asked = program.facts
    resting = {name: fact for name, fact in facts.items() if name in asked}
    return Decision(
        case.id,
        case.agreement,
        outcome(found),
        not_met,
        open_rules,
        {name: tuple(explain.missing(rules[name], facts)) for name in open_rules},
        {name: tuple(explain.failing(rules[name], facts)) for name in not_met},
        {name: why for name, why in counted.lapsed.items() if name in asked},
        holds_until(resting, case.evidence, columns) if dated else None,
        program.hash,
    )

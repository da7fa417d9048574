"""Findings to a decision: the outcome, the reasons, what is missing, and the hashes it rests on.

`barred` beats `not_established`, and both lists are always complete. `eligible` needs every rule
met: no rule failing is not enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from habeas.docket.check import Case
from habeas.docket.columns import Column, Value
from habeas.docket.evidence import Established, Lapse, established, holds_until
from habeas.law.program import Program
from habeas.screening import evaluate
from habeas.screening.explain import Reasons, reasons
from habeas.terms import Finding, Outcome


@dataclass(frozen=True, slots=True)
class Decision:
    """What the evidence establishes about one case; never an order to transfer."""

    case: str
    agreement: str
    outcome: Outcome
    not_met: tuple[str, ...]  # rule ids, in the program's order
    not_established: tuple[str, ...]
    reasons: Reasons
    facts: Mapping[str, Value]  # that count at the instant
    lapsed: Mapping[str, Lapse]  # facts given but not counting at the instant
    ended: Mapping[
        str, datetime
    ]  # facts that have expired: the instant from which they do not hold
    valid_until: datetime | None  # UTC; None: no fact that it rests on ever lapses
    program: str  # hash

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """Rule not established: facts that may decide it."""
        return {one.rule.id: one.missing for one in self.reasons.open}

    @property
    def failing(self) -> dict[str, tuple[str, ...]]:
        """Rule not met: facts that make it so."""
        return {one.rule.id: one.failing_facts for one in self.reasons.not_met}


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
    facts, asked = counted.facts, program.facts
    found = evaluate.findings(program, facts)
    not_met = tuple([name for name, one in found.items() if one is Finding.NOT_MET])
    open_rules = tuple([name for name, one in found.items() if one is Finding.NOT_ESTABLISHED])
    resting = {name: fact for name, fact in facts.items() if name in asked}
    lapsed: dict[str, Lapse] = {name: why for name, why in counted.lapsed.items() if name in asked}
    ends = {name: holds_until([name], case.evidence, columns) for name in lapsed}
    return Decision(
        case.id,
        case.agreement,
        outcome(found),
        not_met,
        open_rules,
        reasons(program, facts, not_met, open_rules),
        facts,
        lapsed,
        {name: end for name, end in ends.items() if end is not None and end <= instant},
        holds_until(resting, case.evidence, columns) if dated else None,
        program.hash,
    )


def met(decision: Decision, program: Program) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of the rules that are met, and of those that do not apply, in the program's order."""
    unmet = {*decision.not_met, *decision.not_established}
    settled = [rule for rule in program.rules if rule.id not in unmet]
    silent = {rule.id for rule in settled if evaluate.tests(rule)[0].test(decision.facts) is False}
    kept = tuple(rule.id for rule in settled if rule.id not in silent)
    return kept, tuple(rule.id for rule in settled if rule.id in silent)

"""Guarantees of an agreement for all possible cases: proved, refuted by a case, or not decided.

The bounds of the vocabulary and the hard terms of the agreement (parties, direction, pathways)
close the world: rows outside them are set aside, never judged. A refutation is told only once the
reference has found its case eligible with the guarantee not established in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from habeas.law.program import Program, Promise
from habeas.law.tree import Node
from habeas.law.world import Case, Formula, Found, Reading, World, every, no
from habeas.terms import Finding, Outcome, Verdict


class Reference(Protocol):
    """What decides: the closures of screening, on the day of the case."""

    def value(self, node: Node, case: Case) -> bool | None:
        """A yes-or-no tree in a case; None: not established."""
        ...

    def findings(self, program: Program, case: Case) -> Mapping[str, Finding]:
        """Every rule of a program in a case."""
        ...

    def outcome(self, program: Program, case: Case) -> Outcome:
        """All findings of a program in a case together."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer on one question about all cases."""

    verdict: Verdict
    case: Case | None  # the case that refutes it; None: there is none


class Eligible:
    """Every case that a program finds eligible, ready to be asked about."""

    def __init__(self, program: Program, reference: Reference) -> None:
        self.program, self.reference = program, reference
        self.world = World([program.vocabulary], program.period, program.day)
        self.reading = Reading(self.world, self.world.as_of)
        self.world.assume(self.reading.bound(program.deal, program.deal.pathways))
        self.whole = every(
            self.reading.implied(rule.applies, rule.require).true for rule in program.rules
        )

    def holds(self, case: Case) -> bool:
        """Whether screening finds the case eligible."""
        return self.reference.outcome(self.program, case) is Outcome.ELIGIBLE

    def example(self, question: Formula | None = None) -> Found:
        """A case that the program finds eligible."""
        parts = [self.whole] if question is None else [self.whole, question]
        return self.world.ask(every(parts), self.holds)

    def proof(self, promise: Promise) -> Proof:
        """Whether a guarantee is established in every eligible case."""
        kept = self.reading.implied(promise.when, promise.then).true
        found = self.world.ask(
            every([self.whole, no(kept)]), lambda case: self.breaks(promise, case)
        )
        if found.case is not None:
            return Proof(Verdict.REFUTED, found.case)
        return Proof(Verdict.PROVED if found.decided else Verdict.NOT_DECIDED, None)

    def breaks(self, promise: Promise, case: Case) -> bool:
        """Whether the case is eligible while the guarantee is not established in it."""
        if not self.holds(case) or self.reference.value(promise.when, case) is False:
            return False
        return self.reference.value(promise.then, case) is not True

"""Prove what agreements guarantee; every refutation is run through screening before it is told."""

from dataclasses import dataclass

from habeas.law.library import Library
from habeas.law.program import Program, Promise
from habeas.law.prove import Given, Proof, example, prove
from habeas.screening.decision import outcome
from habeas.screening.evaluate import compiled, findings, kleene_not
from habeas.service import NOT_REVIEWED
from habeas.terms import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """One guarantee under one agreement."""

    agreement: str
    guarantee: Promise
    verdict: Verdict
    case: Given | None  # screening finds it eligible and the guarantee is not established in it


def breaks(program: Program, promise: Promise, case: Given) -> bool:
    """Whether screening finds the case eligible while the guarantee is not established in it."""
    if outcome(findings(program, case)) is not Outcome.ELIGIBLE:
        return False
    unless = kleene_not(compiled(promise.when).test(case))
    return unless is not True and compiled(promise.then).test(case) is not True


def answer(program: Program, promise: Promise) -> Answer:
    """Prove one guarantee; a refutation that screening does not confirm counts as not decided."""
    found = prove(program, promise)
    if found.case is not None and not breaks(program, promise, found.case):
        found = Proof(Verdict.NOT_DECIDED, None)
    return Answer(program.deal.id, promise, found.verdict, found.case)


def answers(library: Library, names: tuple[str, ...]) -> list[Answer]:
    """Every guarantee of the named agreements, or of all where none is named.

    Raises:
        LawError: H215 for an unknown id; every fault of the files.
    """
    found: list[Answer] = []
    for name in names or tuple(library.agreements):
        for day in library.days(name):
            program = library.program(name, day)
            found += [answer(program, promise) for promise in library.guarantees(name, day)]
    return found


def possible(library: Library, names: tuple[str, ...]) -> dict[str, bool]:
    """Whether any case at all can be eligible under each agreement, confirmed by screening."""
    found = {}
    for name in names or tuple(library.agreements):
        found[name] = all(_possible(library.program(name, day)) for day in library.days(name))
    return found


def _possible(program: Program) -> bool:
    case = example(program)
    return case is not None and outcome(findings(program, case)) is Outcome.ELIGIBLE


def document(found: list[Answer], possible: dict[str, bool]) -> dict[str, object]:
    """The one JSON document that `habeas law prove --json` prints."""
    return {
        "guarantees": [
            {
                "agreement": one.agreement,
                "guarantee": one.guarantee.id,
                "en": one.guarantee.source.text.en,
                "es": one.guarantee.source.text.es,
                "when": one.guarantee.source.when,
                "then": one.guarantee.source.then,
                "verdict": one.verdict.value,
                "case": None if one.case is None else dict(one.case),
            }
            for one in found
        ],
        "some_case_eligible": possible,
        "review": NOT_REVIEWED,
    }

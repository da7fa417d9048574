"""The reasons of a decision as data: what fails, what is missing, who establishes it, the ways.

Rules stand by layer (statute, treaty, contested, policy), then in the program's order. Every human
text is a table of both languages. The form is in docs/spec/decision.md.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NotRequired, TypedDict

from habeas.docket.evidence import Lapse
from habeas.law import agreement, cited
from habeas.law.program import Program, ProgramRule
from habeas.screening.decision import Decision, met
from habeas.screening.explain import REMEMBERED, Leaf, Reason
from habeas.screening.words import Wording
from habeas.terms import Finding

LAYERS: tuple[agreement.Layer, ...] = ("statute", "treaty", "contested", "policy")
Absence = Lapse | str
Texts = dict[str, str]  # by language


class Cited(TypedDict):
    """Where a rule is written, and how that was checked."""

    instrument: str
    at: str
    checked: str


class Left(TypedDict):
    """A fact or comparison that is the opposite of what the rule needs."""

    text: str
    left: str
    right: str
    unit: str
    en: str
    es: str
    sensitive: bool  # it shows a fact that may stand in no public list


class Missing(TypedDict):
    """A fact that may decide a rule, why it does not count, and how to establish it."""

    fact: str
    why: str  # absent, undated, expired, future
    ask: Texts
    established_by: Texts
    evidence: Texts
    valid_until: NotRequired[str]  # of an expired fact: from when it no longer holds


class Told(TypedDict):
    """Why one rule does not let a case go on."""

    rule: str
    layer: str
    finding: str
    text: Texts
    cite: list[Cited]
    remedy: NotRequired[Texts]
    leaves: NotRequired[list[Left]]  # of a rule not met
    missing: NotRequired[list[Missing]]  # of a rule not established
    ways: NotRequired[list[list[str]]]


class Reasoned(TypedDict):
    """All reasons of a case."""

    reasons: list[Told]
    ways: list[list[str]]  # sets of facts that may make the case eligible
    met: list[str]
    not_applicable: list[str]


def texts(text: cited.Text) -> Texts:
    """A human text by language."""
    return {"en": text.en, "es": text.es}


@lru_cache(maxsize=64)
def wording(program: Program) -> Wording:
    """The words of a program's facts and parameters."""
    return Wording(program.vocabulary.facts, program.params)


@lru_cache(maxsize=4096)
def _rule(rule: ProgramRule, finding: Finding) -> Told:
    found: Told = {
        "rule": rule.id,
        "layer": rule.layer,
        "finding": finding.value,
        "text": texts(rule.source.text),
        "cite": [
            {"instrument": one.instrument, "at": one.at, "checked": one.checked}
            for one in rule.source.cite
        ],
    }
    if finding is Finding.NOT_MET and rule.source.remedy is not None:
        found["remedy"] = texts(rule.source.remedy)
    return found


@lru_cache(maxsize=4096)
def _fact(program: Program, name: str, why: Absence) -> Missing:
    fact = program.vocabulary.facts[name]
    return {
        "fact": name,
        "why": why,
        "ask": texts(fact.ask),
        "established_by": texts(fact.established_by),
        "evidence": texts(fact.evidence),
    }


@lru_cache(maxsize=REMEMBERED)
def _not_met(program: Program, reason: Reason) -> Told:
    leaves = [_leaf(program, one, reason) for one in reason.failing]
    return {**_rule(reason.rule, Finding.NOT_MET), "leaves": leaves}


def _leaf(program: Program, leaf: Leaf, reason: Reason) -> Left:
    said = wording(program).said(leaf.part, reason.facts, holds=leaf.holds)
    return {
        "text": said.text,
        "left": said.left,
        "right": said.right,
        "unit": said.unit,
        "en": said.en,
        "es": said.es,
        "sensitive": any(program.vocabulary.facts[name].sensitive for name in leaf.facts),
    }


@lru_cache(maxsize=REMEMBERED)
def _absent(program: Program, reason: Reason) -> Told:
    """An open rule all of whose missing facts are absent from the row."""
    missing = [_fact(program, name, "absent") for name in reason.missing]
    found: Told = {**_rule(reason.rule, Finding.NOT_ESTABLISHED), "missing": missing}
    return {**found, "ways": [list(way) for way in reason.ways]}


def _open(program: Program, reason: Reason, decision: Decision) -> Told:
    found = _absent(program, reason)
    if decision.lapsed.keys().isdisjoint(reason.missing):
        return found
    return {**found, "missing": [_lapsed(program, name, decision) for name in reason.missing]}


def _lapsed(program: Program, name: str, decision: Decision) -> Missing:
    found = _fact(program, name, decision.lapsed.get(name, "absent"))
    ended = decision.ended.get(name)
    return found if ended is None else {**found, "valid_until": ended.isoformat()}


def _place(told: Told) -> int:
    return _PLACES[told["layer"]]


_PLACES: Mapping[str, int] = {layer: place for place, layer in enumerate(LAYERS)}


def document(decision: Decision, program: Program) -> Reasoned:
    """The reasons of one case, ready to be written as JSON."""
    found = [_not_met(program, one) for one in decision.reasons.not_met]
    found += [_open(program, one, decision) for one in decision.reasons.open]
    kept, silent = met(decision, program)
    return {
        "reasons": sorted(found, key=_place),
        "ways": [list(way) for way in decision.reasons.ways],
        "met": list(kept),
        "not_applicable": list(silent),
    }

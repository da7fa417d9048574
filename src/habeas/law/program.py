"""Checked rules to one program: canonical JSON and its hash.

One program feeds every way of running the law: one case in Python now; bit planes, SQL text and
proofs later. The hash covers what decides (rules, facts, calendar), not texts or translations.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import assert_never

from habeas.law import agreement, cited
from habeas.law.places import Place
from habeas.law.tree import (
    AllOf,
    AnyOf,
    AsOf,
    Choose,
    Code,
    Compare,
    Day,
    DaysBetween,
    Extreme,
    Fact,
    In,
    Minus,
    Node,
    Not,
    Number,
    Param,
    RuleRef,
    Shift,
    Sum,
    Times,
    Truth,
    YearsOld,
    children,
    facts,
    walk,
)

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


@dataclass(frozen=True, eq=False)
class ProgramRule:
    """One rule, parsed, typed and placed in its layer; two rules are the same only if one."""

    id: str
    layer: agreement.Layer
    source: agreement.Rule
    applies: Node
    require: Node
    rests: frozenset[str] = frozenset()  # params.<name> and rules.<id> that it names, however far

    @cached_property
    def facts(self) -> frozenset[str]:
        """Names of every fact that the rule may ask."""
        return facts(self.applies) | facts(self.require)

    @property
    def dated(self) -> bool:
        """Whether the rule asks for the day of screening."""
        return any(isinstance(one, AsOf) for tree in (self.applies, self.require)
                   for one in walk(tree))  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Promise:
    """One guarantee, parsed and typed; see `agreement.Guarantee` for what it says."""

    id: str
    source: agreement.Guarantee
    when: Node
    then: Node
    places: tuple[Place, Place] | None = None  # of the two texts


@dataclass(frozen=True, eq=False)
class Program:
    """All rules that bind a case under one agreement."""

    deal: agreement.Agreement
    rules: tuple[ProgramRule, ...]
    vocabulary: agreement.Vocabulary
    hash: str  # hexadecimal SHA-256 of the canonical JSON
    day: date  # of screening, in the agreement's zone
    period: tuple[date, date]  # first and last day on which the law is the same
    params: Mapping[str, int | str]  # in natural units, as the rules use them
    not_in_force: tuple[str, ...] = ()  # rules without a wording on the day: they are not asked

    @cached_property
    def facts(self) -> frozenset[str]:
        """Names of every fact that some rule may ask."""
        return frozenset().union(*(rule.facts for rule in self.rules))


_OPS = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def _op(node: Node) -> str:  # noqa: C901, PLR0911, PLR0912 - one case a node
    match node:
        case Compare():
            return _OPS[node.op]
        case Not():
            return "not"
        case AllOf():
            return "and"
        case AnyOf():
            return "or"
        case In():
            return "in"
        case Choose():
            return "if"
        case Sum():
            return "add" if node.op == "+" else "sub"
        case Times():
            return "mul"
        case Minus():
            return "neg"
        case DaysBetween():
            return "days_between"
        case Shift():
            return f"add_{node.unit}"
        case Extreme():
            return "greatest" if node.greatest else "least"
        case YearsOld():
            return "years_old"
        case Fact() | Number() | Code() | Truth() | Day() | AsOf() | Param() | RuleRef():
            return "leaf"
        case _:
            assert_never(node)


def ir(node: Node) -> Json:  # noqa: C901, PLR0911 - one case a node
    """The tree as JSON without floats; argument order is kept as written."""
    match node:
        case Fact():
            return {"op": "fact", "n": node.name}
        case Param():
            return {"op": "param", "n": node.name}
        case RuleRef():
            return {"op": "rule", "n": node.name}
        case Number():
            return {"op": "int", "v": int(node.value)}
        case Day():
            return {"op": "date", "v": node.value}
        case Code():
            return {"op": "code", "v": node.value}
        case Truth():
            return {"op": "bool", "v": node.value}
        case AsOf():
            return {"op": "as_of"}
        case _:
            return {"op": _op(node), "a": [ir(part) for part in children(node)]}


def fact_terms(fact: agreement.Fact, vocabulary: agreement.Vocabulary) -> Json:
    """What of a fact decides: its type, values, bounds and validity."""
    codes = list(vocabulary.codes[fact.codes]) if fact.codes else None
    return {
        "type": fact.type,
        "codes": codes,
        "min": fact.min,
        "max": fact.max,
        "earliest": fact.earliest.isoformat() if fact.type == "date" else None,
        "latest": fact.latest.isoformat() if fact.type == "date" else None,
        "scale": fact.scale,
        "valid_for_hours": fact.valid_for_hours,
    }


def canonical(document: Json) -> bytes:
    """Sorted keys, no spaces, UTF-8: the bytes that hashes are taken over."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def program(
    deal: agreement.Agreement,
    rules: tuple[ProgramRule, ...],
    vocabulary: agreement.Vocabulary,
    day: date,
    period: tuple[date, date],
    params: Mapping[str, int | str],
) -> Program:
    """The program of an agreement over the rules of a day, with its hash.

    The day enters the hash only where a rule asks for it: else the same law on another day is the
    same program.
    """
    asked = frozenset().union(*(rule.facts for rule in rules))
    document: Json = {
        "format": deal.format,
        "agreement": deal.id,
        "version": deal.version,
        "as_of": day.isoformat() if any(rule.dated for rule in rules) else None,
        "calendar": {"rounding": deal.calendar.rounding, "zone": deal.calendar.zone},
        "parties": [[party.code, party.role] for party in deal.parties],
        "pathways": list(deal.pathways),
        "facts": {name: fact_terms(vocabulary.facts[name], vocabulary) for name in sorted(asked)},
        "params": {name: str(value) for name, value in params.items()},
        "overrides": [
            [one.target, str(one.value), one.applies, one.require, one.cite.instrument, one.cite.at]
            for one in deal.overrides
        ],
        "rules": [
            {
                "id": rule.id,
                "layer": rule.layer,
                "applies": ir(rule.applies),
                "require": ir(rule.require),
                "cite": [[cite.instrument, cite.at] for cite in rule.source.cite],
            }
            for rule in rules
        ],
    }
    digest = hashlib.sha256(canonical(document)).hexdigest()
    return Program(deal, rules, vocabulary, digest, day, period, params)


def baseline_holds(baseline: tuple[ProgramRule, ...], departs: Sequence[str] = ()) -> Promise:
    """The guarantee of every agreement: none makes a case eligible that baseline law bars.

    Args:
        baseline: the rules that must hold, in the law's own terms.
        departs: rules that a treaty clause overrides, which are left out.
    """
    names = ", ".join(departs)
    but, salvo = (f", but for {names}", f", salvo {names}") if departs else ("", "")
    text = cited.Text(
        f"No case is eligible that any rule of baseline law{but} bars or leaves not established.",
        (
            f"Ningún caso es admisible si una regla del derecho base{salvo} lo excluye o no "
            "consta cumplida."
        ),
    )
    source = agreement.Guarantee(text, "every rule of every law file")
    rules = tuple(AnyOf((Not(rule.applies), rule.require)) for rule in baseline)
    return Promise("baseline", source, Truth(value=True), AllOf(rules))


def combined_hash(programs: dict[str, str]) -> str:
    """One hash over the map of agreement id to program hash, for a docket of several."""
    return hashlib.sha256(canonical(dict(programs))).hexdigest()

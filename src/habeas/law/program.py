"""Checked rules to one program: canonical JSON and its hash.

One program feeds every way of running the law: one case in Python now; bit planes, SQL text and
proofs later. The hash covers what decides (rules, facts, calendar), not texts or translations.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

from habeas.law import agreement
from habeas.law.check import facts
from habeas.law.grammar import (
    AllOf,
    AnyOf,
    Code,
    Compare,
    Fact,
    In,
    Node,
    Not,
    Number,
    Truth,
    Value,
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

    @cached_property
    def facts(self) -> frozenset[str]:
        """Names of every fact that the rule may ask."""
        return facts(self.applies) | facts(self.require)


@dataclass(frozen=True, slots=True, eq=False)
class Promise:
    """One guarantee, parsed and typed; see `agreement.Guarantee` for what it says."""

    id: str
    source: agreement.Guarantee
    when: Node
    then: Node


@dataclass(frozen=True, eq=False)
class Program:
    """All rules that bind a case under one agreement."""

    deal: agreement.Agreement
    rules: tuple[ProgramRule, ...]
    vocabulary: agreement.Vocabulary
    hash: str  # hexadecimal SHA-256 of the canonical JSON

    @cached_property
    def facts(self) -> frozenset[str]:
        """Names of every fact that some rule may ask."""
        return frozenset().union(*(rule.facts for rule in self.rules))


def _value(value: Value) -> Json:
    match value:
        case Fact():
            return {"op": "fact", "n": value.name}
        case Number():
            return {"op": "int", "v": int(value.value)}
        case Code():
            return {"op": "code", "v": value.value}
        case Truth():
            return {"op": "bool", "v": value.value}
        case _:
            assert_never(value)


_OPS = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def ir(node: Node) -> Json:
    """The tree as JSON without floats; argument order is kept as written."""
    match node:
        case Fact() | Truth():
            return _value(node)
        case Not():
            return {"op": "not", "a": [ir(node.arg)]}
        case AllOf():
            return {"op": "and", "a": [ir(arg) for arg in node.args]}
        case AnyOf():
            return {"op": "or", "a": [ir(arg) for arg in node.args]}
        case Compare():
            return {"op": _OPS[node.op], "a": [_value(node.left), _value(node.right)]}
        case In():
            return {"op": "in", "a": [_value(node.fact), *map(_value, node.values)]}
        case _:
            assert_never(node)


def _fact(fact: agreement.Fact, vocabulary: agreement.Vocabulary) -> Json:
    codes = list(vocabulary.codes[fact.codes]) if fact.codes else None
    return {
        "type": fact.type,
        "codes": codes,
        "min": fact.min,
        "max": fact.max,
        "scale": fact.scale,
        "valid_for_hours": fact.valid_for_hours,
    }


def canonical(document: Json) -> bytes:
    """Sorted keys, no spaces, UTF-8: the bytes that hashes are taken over."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def program(
    deal: agreement.Agreement, rules: tuple[ProgramRule, ...], vocabulary: agreement.Vocabulary
) -> Program:
    """The program of an agreement over the given rules, with its hash."""
    asked = frozenset().union(*(rule.facts for rule in rules))
    document: Json = {
        "format": deal.format,
        "agreement": deal.id,
        "version": deal.version,
        "calendar": {"rounding": deal.calendar.rounding, "zone": deal.calendar.zone},
        "parties": [[party.code, party.role] for party in deal.parties],
        "pathways": list(deal.pathways),
        "facts": {name: _fact(vocabulary.facts[name], vocabulary) for name in sorted(asked)},
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
    return Program(deal, rules, vocabulary, hashlib.sha256(canonical(document)).hexdigest())


def baseline_holds(baseline: tuple[ProgramRule, ...]) -> Promise:
    """The guarantee of every agreement: none makes a case eligible that baseline law bars."""
    text = agreement.Text(
        "No case is eligible that any rule of baseline law bars or leaves not established.",
        "Ningún caso es admisible si una regla del derecho base lo excluye o no consta cumplida.",
    )
    source = agreement.Guarantee(text, "every rule of every law file")
    rules = tuple(AnyOf((Not(rule.applies), rule.require)) for rule in baseline)
    return Promise("baseline", source, Truth(value=True, at=0), AllOf(rules))


def combined_hash(programs: dict[str, str]) -> str:
    """One hash over the map of agreement id to program hash, for a docket of several."""
    return hashlib.sha256(canonical(dict(programs))).hexdigest()

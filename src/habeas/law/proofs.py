"""What has been proved of which rules: claims by their hash, as `proofs.toml` records them."""

import hashlib
from collections.abc import Sequence
from typing import Literal

from habeas.law.cited import Strict
from habeas.law.program import Json, Program, Promise, canonical, fact_terms, ir
from habeas.law.tree import AsOf, facts, walk

FILE = "proofs.toml"


class Proofs(Strict, frozen=True):
    """The claims that a solver has proved, by agreement."""

    format: Literal["habeas-proofs/1"]
    solver: str
    proved: dict[str, tuple[str, ...]]


def claim(program: Program, promises: Sequence[Promise]) -> str:
    """The hash of what a proof of these guarantees is about; texts and citations are not in it.

    The period enters only where `as_of` does: else the same rules on other days are the same claim.
    """
    deal, known = program.deal, program.vocabulary
    trees = [tree for rule in program.rules for tree in (rule.applies, rule.require)]
    trees += [tree for one in promises for tree in (one.when, one.then)]
    asked = frozenset().union(*map(facts, trees))
    dated = any(isinstance(node, AsOf) for tree in trees for node in walk(tree))
    document: Json = {
        "agreement": deal.id,
        "rounding": deal.calendar.rounding,
        "parties": [[party.code, party.role] for party in deal.parties],
        "pathways": list(deal.pathways),
        "period": [day.isoformat() for day in program.period] if dated else None,
        "facts": {name: fact_terms(known.facts[name], known) for name in sorted(asked)},
        "rules": [[rule.id, ir(rule.applies), ir(rule.require)] for rule in program.rules],
        "guarantees": [[one.id, ir(one.when), ir(one.then)] for one in promises],
    }
    return hashlib.sha256(canonical(document)).hexdigest()

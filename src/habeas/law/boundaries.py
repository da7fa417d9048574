"""Cases on both sides of every boundary: a comparison just met, and just not met.

Every other rule is met, so that the case turns on this one as far as the law lets it. Integer
facts step by one of their units, dates by a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from habeas.law.agreement import Vocabulary
from habeas.law.program import ProgramRule
from habeas.law.prove import Eligible
from habeas.law.tree import (
    AsOf,
    Choose,
    Compare,
    Day,
    DaysBetween,
    Extreme,
    Fact,
    Node,
    Number,
    Shift,
    Sum,
    facts,
    walk,
)
from habeas.law.world import HARD, Case, every

# left minus right where a comparison is just met, and where it is just not met
EDGES = {">=": (0, -1), ">": (1, 0), "<=": (0, 1), "<": (-1, 0)}


@dataclass(frozen=True, slots=True)
class Edge:
    """One side of one comparison of a rule; `case` is None where no case is there."""

    rule: str
    leaf: Compare
    met: bool  # the comparison, not the rule
    case: Case | None
    decided: bool


def edges(eligible: Eligible) -> Iterator[Edge]:
    """Both sides of every ordered comparison, of each rule that can concern a case at all."""
    for rule in eligible.program.rules:
        if not _can_speak(eligible, rule):
            continue
        leaves = [node for tree in (rule.applies, rule.require) for node in walk(tree)
                  if isinstance(node, Compare) and node.op in EDGES]  # fmt: skip
        for leaf in dict.fromkeys(leaves):
            if facts(leaf) - {*HARD}:
                for met, margin in zip((True, False), EDGES[leaf.op], strict=True):
                    yield _edge(eligible, rule, leaf, met=met, margin=margin)


def _can_speak(eligible: Eligible, rule: ProgramRule) -> bool:
    """Whether some case under the agreement is one that the rule concerns."""
    speaks = eligible.reading.sides(rule.applies).true
    found = eligible.reading.world.ask(
        speaks, lambda case: eligible.reference.value(rule.applies, case) is True
    )
    return found.case is not None or not found.decided


def _edge(eligible: Eligible, rule: ProgramRule, leaf: Compare, *, met: bool, margin: int) -> Edge:
    vocabulary, reading = eligible.program.vocabulary, eligible.reading
    at = Compare("=", _apart(leaf, vocabulary), Number(Decimal(margin)))
    sides = reading.implied(rule.applies, rule.require)
    others = [reading.implied(one.applies, one.require).true
              for one in eligible.program.rules if one is not rule]  # fmt: skip
    base = [*others, reading.sides(at).true, reading.sides(leaf).true if met
            else reading.sides(leaf).false]  # fmt: skip

    def holds(case: Case) -> bool:
        value = eligible.reference.value
        return value(at, case) is True and value(leaf, case) is met

    # The rule turns with its comparison where it can; else any case at the boundary will do.
    found = reading.world.ask(every([*base, sides.true if met else sides.false]), holds)
    if found.case is None:
        found = reading.world.ask(every(base), holds)
    return Edge(rule.id, leaf, met, found.case, found.decided)


def _apart(leaf: Compare, vocabulary: Vocabulary) -> Node:
    """The left side less the right side, in units or days."""
    if _is_day(leaf.left, vocabulary):
        return DaysBetween(leaf.right, leaf.left)
    return Sum("-", leaf.left, leaf.right)


def _is_day(node: Node, vocabulary: Vocabulary) -> bool:
    match node:
        case Day() | AsOf() | Shift():
            return True
        case Fact():
            return vocabulary.facts[node.name].type == "date"
        case Extreme():
            return _is_day(node.args[0], vocabulary)
        case Choose():
            return _is_day(node.then, vocabulary)
        case _:
            return False

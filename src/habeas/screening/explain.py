"""Why a rule is not met or not established: the facts that are missing or that fail."""

from habeas.law.check import facts as facts_of
from habeas.law.grammar import AllOf, AnyOf, Compare, Fact, In, Node, Not, Truth
from habeas.law.program import ProgramRule
from habeas.screening.evaluate import Facts, compiled


def _undecided(node: Node, facts: Facts) -> list[str]:
    # Only a child that is itself not established can move its parent: a true child of an AND, or
    # a false child of an OR, cannot, whatever it is made of.
    if compiled(node)(facts) is not None:
        return []
    match node:
        case Not():
            return _undecided(node.arg, facts)
        case AllOf() | AnyOf():
            return [name for arg in node.args for name in _undecided(arg, facts)]
        case Fact():
            return [node.name]
        case Compare() | In():
            return sorted(name for name in facts_of(node) if name not in facts)
        case Truth():
            return []


def missing(rule: ProgramRule, facts: Facts) -> list[str]:
    """Facts which, once established, may decide a rule that is not established; in rule order.

    Source: the unknowns on the critical path; exact where no fact repeats in the rule.
    """
    applies, require = compiled(rule.applies)(facts), compiled(rule.require)(facts)
    names = _undecided(rule.applies, facts) if applies is None else []
    if require is None:
        names += _undecided(rule.require, facts)
    return list(dict.fromkeys(names))


def _failing(node: Node, facts: Facts, *, wanted: bool) -> list[str]:
    if compiled(node)(facts) is not (not wanted):
        return []
    match node:
        case Not():
            return _failing(node.arg, facts, wanted=not wanted)
        case AllOf() | AnyOf():
            return [name for arg in node.args for name in _failing(arg, facts, wanted=wanted)]
        case Fact():
            return [node.name]
        case Compare() | In():
            return sorted(facts_of(node))
        case Truth():
            return []


def failing(rule: ProgramRule, facts: Facts) -> list[str]:
    """Facts whose values make a rule not met; all of them, not the first."""
    return list(dict.fromkeys(_failing(rule.require, facts, wanted=True)))

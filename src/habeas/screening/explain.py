"""Why a rule is not met or not established: the facts that are missing or that fail."""

from habeas.law.program import ProgramRule
from habeas.law.tree import AllOf, AnyOf, Not
from habeas.law.tree import facts as facts_of
from habeas.screening.evaluate import Facts, Part, tests


def _undecided(part: Part, facts: Facts) -> list[str]:
    # Only a branch that is itself not established can move its parent: a true branch of an AND,
    # or a false branch of an OR, cannot, whatever it is made of.
    if part.test(facts) is not None:
        return []
    if isinstance(part.node, Not | AllOf | AnyOf):
        return [name for inner in part.parts for name in _undecided(inner, facts)]
    return sorted(name for name in facts_of(part.node) if name not in facts)


def missing(rule: ProgramRule, facts: Facts) -> list[str]:
    """Facts which, once established, may decide a rule that is not established; in rule order.

    Source: the unknowns on the critical path; exact where no fact repeats in the rule.
    """
    names = [name for part in tests(rule) for name in _undecided(part, facts)]
    return list(dict.fromkeys(names))


def _failing(part: Part, facts: Facts, *, wanted: bool) -> list[str]:
    if part.test(facts) is not (not wanted):
        return []
    if isinstance(part.node, Not | AllOf | AnyOf):
        turned = wanted is not isinstance(part.node, Not)
        return [name for inner in part.parts for name in _failing(inner, facts, wanted=turned)]
    return sorted(facts_of(part.node))


def failing(rule: ProgramRule, facts: Facts) -> list[str]:
    """Facts whose values make a rule not met; all of them, not the first."""
    return list(dict.fromkeys(_failing(tests(rule)[1], facts, wanted=True)))

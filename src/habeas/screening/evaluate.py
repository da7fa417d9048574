"""One case against the program in plain Python, three-valued (Kleene): the reference.

True and False are established; None is not established. A rule holds where NOT (applies) OR
(require) is true. No construct maps None to True or False.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, assert_never

from habeas.docket.columns import Value
from habeas.law.grammar import AllOf, AnyOf, Code, Compare, Fact, In, Node, Not, Number, Truth
from habeas.law.grammar import Value as Operand
from habeas.law.program import Program, ProgramRule
from habeas.terms import Finding

Facts = Mapping[str, Value]
Test = Callable[[Facts], bool | None]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {  # Any: the checker has settled the types
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def kleene_not(one: bool | None, /) -> bool | None:  # noqa: FBT001 - a truth value, no switch
    """Not established stays not established."""
    return None if one is None else not one


def constant(value: Operand) -> Value | None:
    """The value of a literal in the fact's units; None for a fact."""
    match value:
        case Number():
            return int(value.value)
        case Code() | Truth():
            return value.value
        case Fact():
            return None
        case _:
            assert_never(value)


def _operand(value: Operand) -> Callable[[Facts], Value | None]:
    if isinstance(value, Fact):
        name = value.name
        return lambda facts: facts.get(name)
    fixed = constant(value)
    return lambda _facts: fixed


def _fact(node: Fact) -> Test:
    name = node.name

    def test(facts: Facts) -> bool | None:
        found = facts.get(name)
        return found if isinstance(found, bool) else None

    return test


def _compare(node: Compare) -> Test:
    left, right, compare = _operand(node.left), _operand(node.right), _COMPARE[node.op]

    def test(facts: Facts) -> bool | None:
        one, other = left(facts), right(facts)
        return None if one is None or other is None else compare(one, other)

    return test


def _member(node: In) -> Test:
    name, values = node.fact.name, frozenset(map(constant, node.values))

    def test(facts: Facts) -> bool | None:
        found = facts.get(name)
        return None if found is None else found in values

    return test


def _joined(tests: tuple[Test, ...], *, dominant: bool) -> Test:
    def test(facts: Facts) -> bool | None:
        known = True
        for inner in tests:
            found = inner(facts)
            if found is dominant:
                return dominant
            known = known and found is not None
        return (not dominant) if known else None

    return test


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A tree with its function of the facts, and the same of its branches."""

    node: Node
    test: Test
    parts: tuple["Part", ...] = ()


def compiled(node: Node) -> Part:
    """A tree as one function of the facts, with that of every branch."""
    match node:
        case Fact():
            return Part(node, _fact(node))
        case Truth():
            value = node.value
            return Part(node, lambda _facts: value)
        case Not():
            inner = compiled(node.arg)
            test = inner.test
            return Part(node, lambda facts: kleene_not(test(facts)), (inner,))
        case AllOf() | AnyOf():
            parts = tuple(map(compiled, node.args))
            dominant = isinstance(node, AnyOf)
            return Part(node, _joined(tuple(p.test for p in parts), dominant=dominant), parts)
        case Compare():
            return Part(node, _compare(node))
        case In():
            return Part(node, _member(node))
        case _:
            assert_never(node)


@cache
def tests(rule: ProgramRule) -> tuple[Part, Part]:
    """A rule's `applies` and `require`, compiled once."""
    return compiled(rule.applies), compiled(rule.require)


def finding(rule: ProgramRule, facts: Facts) -> Finding:
    """What the facts establish about one rule; a rule that does not apply is met."""
    applies, require = tests(rule)
    speaks = applies.test(facts)
    if speaks is False:
        return Finding.MET
    holds = require.test(facts)
    if holds is True:
        return Finding.MET
    return Finding.NOT_MET if speaks is True and holds is False else Finding.NOT_ESTABLISHED


def findings(program: Program, facts: Facts) -> dict[str, Finding]:
    """Every rule of the program on one case, by rule id."""
    return {rule.id: finding(rule, facts) for rule in program.rules}

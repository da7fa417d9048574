"""One case against the program in plain Python, three-valued (Kleene): the reference.

True and False are established; None is not established. A rule holds where NOT (applies) OR
(require) is true. No construct maps None to True or False: AND, OR and NOT are Kleene's, and
everything else is strict, CASE included. Facts are in integer units, days since 1970-01-01.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, assert_never

from habeas.docket.columns import Value
from habeas.law import calendar
from habeas.law.program import Program, ProgramRule
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
)
from habeas.terms import Finding

Facts = Mapping[str, Value]
Function = Callable[[Facts], Any]  # bool, int, str or None: the checker has settled the types
MET, NOT_MET, NOT_ESTABLISHED = Finding.MET, Finding.NOT_MET, Finding.NOT_ESTABLISHED
PAIR = 2
_TWO: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def kleene_not(one: bool | None, /) -> bool | None:  # noqa: FBT001 - a truth value, no switch
    """Not established stays not established."""
    return None if one is None else not one


def constant(node: Node) -> Value | None:
    """The value of a literal in the fact's units; None for what is none."""
    match node:
        case Number():
            return int(node.value)
        case Code() | Truth() | Day() | AsOf():
            return node.value
        case _:
            return None


def _fixed(value: Value) -> Function:
    return lambda _facts: value


def _fact(node: Fact) -> Function:
    name = node.name
    return lambda facts: facts.get(name)


def _strict(left: Function, right: Function, apply: Callable[[Any, Any], Any]) -> Function:
    def found(facts: Facts) -> Value | None:
        one = left(facts)
        if one is None:
            return None
        other = right(facts)
        return None if other is None else apply(one, other)

    return found


def _against(left: Function, value: Value, apply: Callable[[Any, Any], Any]) -> Function:
    def found(facts: Facts) -> Value | None:
        one = left(facts)
        return None if one is None else apply(one, value)

    return found


def _fact_against(name: str, value: Value, apply: Callable[[Any, Any], Any]) -> Function:
    def found(facts: Facts) -> Value | None:
        one = facts.get(name)
        return None if one is None else apply(one, value)

    return found


def _two(op: str, left: Node, right: Node, parts: tuple["Part", ...]) -> Function:
    apply, value = _TWO[op], constant(right)
    if value is None or constant(left) is not None:
        return _strict(parts[0].test, parts[1].test, apply)
    if isinstance(left, Fact):
        return _fact_against(left.name, value, apply)
    return _against(parts[0].test, value, apply)


def _negated(inner: Function) -> Function:
    def found(facts: Facts) -> bool | None:
        one: bool | None = inner(facts)
        return None if one is None else not one

    return found


def _fact_negated(name: str) -> Function:
    def found(facts: Facts) -> bool | None:
        one = facts.get(name)
        return None if one is None else not one

    return found


def _member(node: In) -> Function:
    name, values = node.fact.name, frozenset(map(constant, node.values))

    def found(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else value in values

    return found


def _joined(tests: tuple[Function, ...], *, dominant: bool) -> Function:
    def found(facts: Facts) -> bool | None:
        known: bool | None = not dominant
        for test in tests:
            one: bool | None = test(facts)
            if one is dominant:
                return one
            if one is None:
                known = None
        return known

    return found


def _pair(tests: tuple[Function, ...], *, dominant: bool) -> Function:
    left, right = tests

    def found(facts: Facts) -> bool | None:
        one: bool | None = left(facts)
        if one is dominant:
            return one
        other: bool | None = right(facts)
        return other if other is dominant or one is not None else None

    return found


def _choice(when: Function, then: Function, other: Function) -> Function:
    def found(facts: Facts) -> Value | None:
        chosen = when(facts)
        if chosen is None:
            return None  # SQL would take the ELSE here: unknown would become an answer
        value: Value | None = then(facts) if chosen else other(facts)
        return value

    return found


def _extreme(node: Extreme, parts: tuple["Part", ...]) -> Function:
    pick = max if node.greatest else min

    def found(facts: Facts) -> int | None:
        values = [part.test(facts) for part in parts]
        return None if None in values else pick(values)

    return found


def _shift(node: Shift, day: Function) -> Function:
    count = constant(node.count)
    number = count if isinstance(count, int) else 0
    if node.unit == "days":
        return _against(day, number, operator.add)
    months, rounding = number * (calendar.MONTHS if node.unit == "years" else 1), node.rounding

    def found(facts: Facts) -> int | None:
        value = day(facts)
        return None if value is None else calendar.shifted(value, months, rounding)

    return found


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A tree with its function of the facts, and the same of its branches."""

    node: Node
    test: Function
    parts: tuple["Part", ...] = ()


def compiled(node: Node) -> Part:
    """A tree as one function of the facts, with that of every branch."""
    parts = tuple(map(compiled, children(node)))
    return Part(node, _function(node, parts), parts)


def _function(  # noqa: C901, PLR0911, PLR0912 - one case a node
    node: Node, parts: tuple[Part, ...]
) -> Function:
    match node:
        case Fact():
            return _fact(node)
        case Number():
            return _fixed(int(node.value))
        case Code() | Truth() | Day():
            return _fixed(node.value)
        case AsOf() if node.value is not None:
            return _fixed(node.value)
        case Not():
            # A fact is read here, not by a call of its own: most rules are one, or its negation.
            arg = node.arg
            return _fact_negated(arg.name) if isinstance(arg, Fact) else _negated(parts[0].test)
        case AllOf() | AnyOf():
            tests = tuple(part.test for part in parts)
            joined = _pair if len(tests) == PAIR else _joined
            return joined(tests, dominant=isinstance(node, AnyOf))
        case Compare() | Sum():
            return _two(node.op, node.left, node.right, parts)
        case Times():
            return _two("*", node.left, node.right, parts)
        case Minus():
            return _strict(parts[0].test, _fixed(-1), operator.mul)
        case In():
            return _member(node)
        case Choose():
            return _choice(parts[0].test, parts[1].test, parts[2].test)
        case DaysBetween():
            return _strict(parts[1].test, parts[0].test, operator.sub)
        case Shift():
            return _shift(node, parts[0].test)
        case Extreme():
            return _extreme(node, parts)
        case AsOf() | Param() | RuleRef() | YearsOld():
            msg = f"{node} stands in no program: law.resolve and law.check put it in its place"
            raise TypeError(msg)
        case _:
            assert_never(node)


@lru_cache(maxsize=4096)
def tests(rule: ProgramRule) -> tuple[Part, Part]:
    """A rule's `applies` and `require`, compiled once."""
    return compiled(rule.applies), compiled(rule.require)


Judge = Callable[[Facts], Finding]


def judge(rule: ProgramRule) -> Judge:
    """The finding of a rule as one function of the facts; a rule that does not apply is met."""
    applies, require = (part.test for part in tests(rule))
    always = rule.applies == Truth(value=True)

    def found(facts: Facts) -> Finding:
        speaks = True if always else applies(facts)
        if speaks is False:
            return MET
        holds = require(facts)
        if holds is True:
            return MET
        return NOT_MET if speaks is True and holds is False else NOT_ESTABLISHED

    return found


@lru_cache(maxsize=64)
def judges(program: Program) -> tuple[tuple[str, Judge], ...]:
    """Every rule of a program as a function, by its id; compiled once."""
    return tuple((rule.id, judge(rule)) for rule in program.rules)


def finding(rule: ProgramRule, facts: Facts) -> Finding:
    """What the facts establish about one rule."""
    return judge(rule)(facts)


def findings(program: Program, facts: Facts) -> dict[str, Finding]:
    """Every rule of the program on one case, by rule id."""
    return {name: found(facts) for name, found in judges(program)}

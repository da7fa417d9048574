"""Comparisons rewritten for columns: the same three values, fewer passes over the data.

A comparison is strict: unknown where any fact in it is unknown. So its arithmetic may be moved
about freely as long as every fact keeps its say in what is known. Numbers and days become one sum
of terms against a constant; one term against a constant becomes a range of the fact, a shifted
day included, because shifting keeps the order of days. CASE inside a comparison is drawn out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, assert_never

import numpy as np
import numpy.typing as npt

from habeas.law import calendar
from habeas.law.agreement import Vocabulary
from habeas.law.limits import MOST, Limits, limits
from habeas.law.tree import (
    AllOf,
    AnyOf,
    AsOf,
    Choose,
    Code,
    Compare,
    Day,
    DaysBetween,
    Fact,
    In,
    Minus,
    Node,
    Not,
    Number,
    Shift,
    Sum,
    Times,
    Truth,
    children,
    facts,
    walk,
    with_children,
)

FEW = 2  # CASEs drawn out of one comparison; each doubles it
INT32 = 2**31 - 1
Values = npt.NDArray[Any]  # whole numbers of some width
Terms = Mapping[Node, int]  # a term and its factor
Joint = Literal["not", "and", "or", "if", "same"]


@dataclass(frozen=True, slots=True)
class Within:
    """A fact from `low` to `high`, both inclusive; never where low is above high."""

    fact: str
    low: int | None  # None: no value of the fact is lower
    high: int | None


@dataclass(frozen=True, slots=True)
class Members:
    """A number or day among a few."""

    fact: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coded:
    """A code among a few."""

    fact: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtMost:
    """Terms of the left at most those of the right and a constant; no factor is negative."""

    left: tuple[tuple[Node, int], ...]
    right: tuple[tuple[Node, int], ...]
    constant: int
    asked: frozenset[str]  # facts that must be known, also where they cancel out
    wide: bool  # whether the sums need 64 bits


@dataclass(frozen=True, slots=True)
class Attained:
    """A day moved by months at most another day plus a constant: both are facts."""

    day: str
    months: int
    rounding: calendar.Rounding
    other: str
    constant: int
    by: Limits  # the fewest and the most days by which the months move it


@dataclass(frozen=True, slots=True)
class Known:
    """True or false wherever the facts are known, and unknown elsewhere."""

    value: bool
    asked: frozenset[str]


@dataclass(frozen=True, slots=True)
class SameCode:
    """Two codes that are one."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes/no fact."""

    fact: str


Leaf = Within | Members | Coded | AtMost | Attained | Known | SameCode | Flag


def asked(leaf: Leaf) -> frozenset[str]:
    """The facts of a leaf; those of its CASEs apart."""
    match leaf:
        case AtMost() | Known():
            return leaf.asked
        case Attained():
            return frozenset({leaf.day, leaf.other})
        case SameCode():
            return facts(leaf.left) | facts(leaf.right)
        case Within() | Members() | Coded() | Flag():
            return frozenset({leaf.fact})
        case _:
            assert_never(leaf)


@dataclass(frozen=True, slots=True)
class Plan:
    """One step over columns: a leaf, or how its parts are joined."""

    leaf: Leaf | Joint
    parts: tuple["Plan", ...] = ()


class Lowering:
    """Rewrites checked trees over one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def limits(self, node: Node) -> Limits:
        """Least and most of a number or day."""
        return limits(node, self.vocabulary, {})

    def test(self, node: Node) -> Plan:  # noqa: PLR0911 - one case a node
        """The plan of a yes/no tree."""
        match node:
            case Fact():
                return Plan(Flag(node.name))
            case Truth():
                return Plan(Known(node.value, frozenset()))
            case In():
                return self.member(node)
            case Not():
                return Plan("not", (self.test(node.arg),))
            case AllOf() | AnyOf():
                joint: Joint = "and" if isinstance(node, AllOf) else "or"
                return Plan(joint, tuple(map(self.test, node.args)))
            case Choose():
                parts = (node.when, node.then, node.other)
                return Plan("if", tuple(map(self.test, parts)))
            case Compare():
                return self.comparison(node)
            case _:
                msg = f"{node} is no yes or no: law.check refuses it"
                raise TypeError(msg)

    def member(self, node: In) -> Plan:
        """The plan of IN; a number that the fact never is falls away."""
        name = node.fact.name
        codes = tuple(one.value for one in node.values if isinstance(one, Code))
        if codes:
            return Plan(Coded(name, codes))
        low, high = self.limits(node.fact)
        numbers = {int(one.value) for one in node.values if isinstance(one, Number | Day)}
        return Plan(Members(name, tuple(sorted(n for n in numbers if low <= n <= high))))

    def comparison(self, node: Compare) -> Plan:
        """The plan of a comparison, of whatever type its sides are."""
        choice = _choice(node)
        if choice is not None:
            then, other = (_put(node, choice, one) for one in (choice.then, choice.other))
            if isinstance(then, Compare) and isinstance(other, Compare):
                plans = (self.test(choice.when), self.comparison(then), self.comparison(other))
                return Plan("if", plans)
        if self.coded(node.left):
            return self.negated(node, self.same_code(node))
        if self.yes_no(node.left):
            same = Plan("same", (self.test(node.left), self.test(node.right)))
            return self.negated(node, same)
        return self.ordered(node)

    def negated(self, node: Compare, same: Plan) -> Plan:
        """The plan of = or <> out of that of =."""
        return same if node.op == "=" else Plan("not", (same,))

    def same_code(self, node: Compare) -> Plan:
        """The plan of two codes that are one."""
        match node.left, node.right:
            case (Fact() as fact, Code() as code) | (Code() as code, Fact() as fact):
                return Plan(Coded(fact.name, (code.value,)))
            case Code() as one, Code() as other:
                return Plan(Known(one.value == other.value, frozenset()))
            case one, other:
                return Plan(SameCode(one, other))

    def yes_no(self, node: Node) -> bool:
        """Whether a tree is yes or no."""
        match node:
            case Fact():
                return self.vocabulary.facts[node.name].type == "bool"
            case Choose():
                return self.yes_no(node.then)
            case _:
                return isinstance(node, Truth | Not | AllOf | AnyOf | Compare | In)

    def coded(self, node: Node) -> bool:
        """Whether a tree is a code."""
        match node:
            case Code():
                return True
            case Fact():
                return self.vocabulary.facts[node.name].type == "code"
            case Choose():
                return self.coded(node.then) or self.coded(node.other)
            case _:
                return False

    def ordered(self, node: Compare) -> Plan:
        """A comparison of numbers or days, in terms of <= alone."""
        sides = linear(node.left), linear(node.right)
        if self.most_of(_added(*sides, 1)) >= MOST:  # as written it fits, as the checker has proved
            sides = ({node.left: 1}, 0), ({node.right: 1}, 0)
        terms, less = _added(*sides, -1)
        constant, asked = -less, _outside_case(node)
        match node.op:
            case "<=":
                return self.at_most(terms, constant, asked)
            case "<":
                return self.at_most(terms, constant - 1, asked)
            case ">":
                return Plan("not", (self.at_most(terms, constant, asked),))
            case ">=":
                return Plan("not", (self.at_most(terms, constant - 1, asked),))
            case "=" | "<>":
                return self.negated(node, self.equal(terms, constant, asked))
            case _:
                assert_never(node.op)

    def most_of(self, sides: tuple[Terms, int]) -> int:
        """No partial sum of the terms and the constant is further from zero."""
        ends = (abs(factor) * max(map(abs, self.limits(term))) for term, factor in sides[0].items())
        return abs(sides[1]) + sum(ends)

    def equal(self, terms: Terms, constant: int, asked: frozenset[str]) -> Plan:
        """Sum of factor x term = constant."""
        below = self.at_most(terms, constant, asked)
        under = self.at_most(terms, constant - 1, asked)
        match below.leaf, under.leaf:
            case Within(low=None) as one, Within(low=None, high=int(least)):
                return Plan(Within(one.fact, least + 1, one.high))
            case Within(high=None) as one, Within(high=None, low=int(most)):
                return Plan(Within(one.fact, one.low, most - 1))
            case _:
                return Plan("and", (below, Plan("not", (under,))))

    def at_most(self, terms: Terms, constant: int, asked: frozenset[str]) -> Plan:
        """Sum of factor x term <= constant."""
        kept = {term: factor for term, factor in terms.items() if factor or _has_case(term)}
        if not kept:
            return Plan(Known(constant >= 0, asked))
        if len(kept) == 1:
            ((term, factor),) = kept.items()
            single = self.single(term, factor, constant)
            if single is not None and asked == frozenset({single.fact}):
                return Plan(single)
        left = tuple((term, factor) for term, factor in kept.items() if factor >= 0)
        right = tuple((term, -factor) for term, factor in kept.items() if factor < 0)
        found = self.attained(left, right, constant)
        if found is not None and asked == _facts_of(kept):
            return found
        wide = self.most_of((kept, constant)) > INT32
        return Plan(AtMost(left, right, constant, asked, wide))

    def single(self, term: Node, factor: int, constant: int) -> Within | None:
        """One term against a constant as a range of its fact."""
        inner = term.day if isinstance(term, Shift) else term
        if not isinstance(inner, Fact) or factor == 0:
            return None
        low, high = self.limits(inner)
        if factor > 0:
            most = self.most(term, constant // factor, low, high)
            return Within(inner.name, None, most if most < high else None)
        least = self.most(term, -(constant // -factor) - 1, low, high) + 1
        return Within(inner.name, least if least > low else None, None)

    def most(self, term: Node, bound: int, low: int, high: int) -> int:
        """The greatest value of the fact, from low - 1 to high, whose term is at most a bound."""
        if not isinstance(term, Shift):
            return max(low - 1, min(bound, high))
        months, first, last = _months(term), low - 1, high
        while first < last:
            middle = (first + last + 1) // 2
            if calendar.shifted(middle, months, term.rounding) <= bound:
                first = middle
            else:
                last = middle - 1
        return first

    def attained(
        self,
        left: tuple[tuple[Node, int], ...],
        right: tuple[tuple[Node, int], ...],
        constant: int,
    ) -> Plan | None:
        """A shifted day against a day, of two facts, either way round."""
        match left, right:
            case ((Shift(day=Fact() as day) as term, 1),), ((Fact() as other, 1),):
                return self.moved(term, day, other, constant)
            case ((Fact() as other, 1),), ((Shift(day=Fact() as day) as term, 1),):
                # other <= shifted + constant is the opposite of shifted <= other - constant - 1
                found = self.moved(term, day, other, -constant - 1)
                return found and Plan("not", (found,))
            case _:
                return None

    def moved(self, term: Shift, day: Fact, other: Fact, constant: int) -> Plan | None:
        """A fact shifted by months, with the days by which they can move it."""
        if self.vocabulary.facts[other.name].type != "date":
            return None  # a number may need 64 bits
        months, rounding = _months(term), term.rounding
        by = shift_bounds(months, rounding, self.limits(day))
        return Plan(Attained(day.name, months, rounding, other.name, constant, by))


def _months(term: Shift) -> int:
    count = term.count
    number = int(count.value) if isinstance(count, Number) else 0
    return number * (calendar.MONTHS if term.unit == "years" else 1)


def _choice(node: Compare) -> Choose | None:
    """The first CASE within the values of a comparison, where there are few."""
    found = [*_choices(node.left), *_choices(node.right)]
    return found[0] if 0 < len(found) <= FEW else None


def _choices(node: Node) -> Iterator[Choose]:
    # AND and OR are not strict: a CASE below them does not make the whole unknown.
    if isinstance(node, Not | AllOf | AnyOf | Compare | In):
        return
    if isinstance(node, Choose):
        yield node
        parts: tuple[Node, ...] = (node.then, node.other)
    else:
        parts = children(node)
    for part in parts:
        yield from _choices(part)


def _put(node: Node, old: Node, new: Node) -> Node:
    if node == old:
        return new
    parts = children(node)
    return with_children(node, tuple(_put(part, old, new) for part in parts)) if parts else node


def _has_case(node: Node) -> bool:
    return any(isinstance(part, Choose) for part in walk(node))


def _facts_of(terms: Terms) -> frozenset[str]:
    return frozenset().union(*map(facts, terms))


def _outside_case(node: Node) -> frozenset[str]:
    """The facts that a comparison asks whatever its CASEs choose."""
    match node:
        case Choose():
            return frozenset()
        case Fact():
            return frozenset({node.name})
        case _:
            return frozenset().union(*map(_outside_case, children(node)))


def shifted(days: Values, months: int, rounding: calendar.Rounding) -> Values:
    """Days moved by months: the column form of `calendar.shifted`."""
    found = days.astype("datetime64[D]")
    month = found.astype("datetime64[M]")
    place = (found - month).astype(np.int64)  # days since the first of the month
    first = (month + months).astype("datetime64[D]").astype(np.int64)
    after = (month + (months + 1)).astype("datetime64[D]").astype(np.int64)
    last = after - 1 if rounding == "down" else after
    moved: Values = np.minimum(first + place, last)
    return moved


@cache
def shift_bounds(months: int, rounding: calendar.Rounding, span: Limits) -> Limits:
    """The fewest and the most days by which months move a day of a span."""
    days = np.arange(span[0], span[1] + 1, dtype=np.int64)
    by = shifted(days, months, rounding) - days
    return int(by.min()), int(by.max())


def linear(node: Node) -> tuple[Terms, int]:  # noqa: C901, PLR0911 - one case a node
    """A number or day as factors of terms and a constant."""
    match node:
        case Number():
            return {}, int(node.value)
        case Day():
            return {}, node.value
        case AsOf():
            return {}, node.value or 0
        case Sum():
            return _added(linear(node.left), linear(node.right), 1 if node.op == "+" else -1)
        case Minus():
            return _added(({}, 0), linear(node.arg), -1)
        case DaysBetween():
            return _added(linear(node.second), linear(node.first), -1)
        case Times():
            return _times(node)
        case Shift():
            return _shift(node)
        case _:
            return {node: 1}, 0


def _added(one: tuple[Terms, int], other: tuple[Terms, int], sign: int) -> tuple[Terms, int]:
    terms = dict(one[0])
    for term, factor in other[0].items():
        terms[term] = terms.get(term, 0) + sign * factor
    return terms, one[1] + sign * other[1]


def _times(node: Times) -> tuple[Terms, int]:
    one, other = linear(node.left), linear(node.right)
    if any(one[0].values()) and any(other[0].values()):
        return {node: 1}, 0
    if any(one[0].values()):
        one, other = other, one
    terms = dict.fromkeys(one[0], 0)  # what cancels out keeps its say in what is known
    terms |= {term: factor * one[1] for term, factor in other[0].items()}
    return terms, one[1] * other[1]


def _shift(node: Shift) -> tuple[Terms, int]:
    terms, constant = linear(node.day)
    if node.unit == "days":
        count = int(node.count.value) if isinstance(node.count, Number) else 0
        return terms, constant + count
    if not any(terms.values()):
        return {}, calendar.shifted(constant, _months(node), node.rounding)
    return {node: 1}, 0

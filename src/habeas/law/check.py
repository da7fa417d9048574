"""Which trees are rules: facts exist, types agree, numbers become the fact's integer units."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import assert_never

from habeas.errors import Fault, LawError
from habeas.law import agreement, grammar
from habeas.law.grammar import AllOf, AnyOf, Code, Compare, Fact, In, Node, Not, Number, Truth

_ORDER = {"<", "<=", ">", ">="}


def facts(node: Node) -> frozenset[str]:
    """Names of the facts that a tree asks."""
    match node:
        case Fact():
            return frozenset({node.name})
        case Truth():
            return frozenset()
        case Not():
            return facts(node.arg)
        case AllOf() | AnyOf():
            return frozenset().union(*map(facts, node.args))
        case Compare():
            return frozenset(
                side.name for side in (node.left, node.right) if isinstance(side, Fact)
            )
        case In():
            return frozenset({node.fact.name})
        case _:
            assert_never(node)


def suggestion(word: str, words: Iterable[str]) -> str:
    """`Did you mean 'x'?` where something near exists, else what may stand there."""
    near = get_close_matches(word, list(words), n=1)
    return f"Did you mean '{near[0]}'?" if near else "Use a name that is declared."


class _Checker:
    def __init__(self, vocabulary: agreement.Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.faults: list[Fault] = []

    def fault(self, code: str, what: str, fix: str, at: int) -> None:
        self.faults.append(Fault(code, what, fix, column=at + 1))

    def declared(self, fact: Fact) -> agreement.Fact | None:
        known = self.vocabulary.facts.get(fact.name)
        if known is None:
            self.fault(
                "H101",
                f"unknown fact '{fact.name}'",
                suggestion(fact.name, self.vocabulary.facts),
                fact.at,
            )
        return known

    def yes_no(self, node: Node) -> Node:
        match node:
            case Fact() | Truth():
                return self.bare(node)
            case Not():
                return Not(self.yes_no(node.arg))
            case AllOf() | AnyOf():
                return type(node)(tuple(map(self.yes_no, node.args)))
            case Compare():
                return self.comparison(node)
            case In():
                return replace(node, values=tuple(self.member(node.fact, v) for v in node.values))
            case _:
                assert_never(node)

    def bare(self, node: Fact | Truth) -> Fact | Truth:
        known = self.declared(node) if isinstance(node, Fact) else None
        if isinstance(node, Fact) and known is not None and known.type != "bool":
            what = f"a rule must be yes or no, but '{node.name}' is {known.type}"
            self.fault("H104", what, "Compare it with a value.", node.at)
        return node

    def comparison(self, node: Compare) -> Compare:
        left, right = node.left, node.right
        for side in (left, right):
            if isinstance(side, Fact):
                self.order(side, node)
        if isinstance(left, Fact) and isinstance(right, Fact):
            one, other = self.declared(left), self.declared(right)
            kinds = {(known.type, known.scale, known.codes) for known in (one, other) if known}
            if len(kinds) > 1:
                what = f"cannot compare '{left.name}' with '{right.name}': they are of other kinds"
                self.fault("H103", what, "Compare facts of one type, scale and list.", node.at)
            return node
        if isinstance(left, Fact) and not isinstance(right, Fact):
            return replace(node, right=self.literal(left, right))
        if isinstance(right, Fact) and not isinstance(left, Fact):
            return replace(node, left=self.literal(right, left))
        what = "the comparison holds constants only: no fact of the case is used"
        self.fault("H109", what, "Name a fact.", node.at)
        return node

    def order(self, fact: Fact, node: Compare) -> None:
        known = self.declared(fact)
        if known is not None and known.type != "int" and node.op in _ORDER:
            what = f"'{node.op}' needs numbers; '{fact.name}' is {known.type}"
            self.fault("H106", what, "Use =, <> or IN.", fact.at)

    def member(self, fact: Fact, value: Number | Code) -> Number | Code:
        found = self.literal(fact, value)
        return value if isinstance(found, Truth) else found

    def literal(self, fact: Fact, value: Number | Code | Truth) -> Number | Code | Truth:
        known = self.declared(fact)
        if known is None:
            return value
        wanted = {Number: "int", Code: "code", Truth: "bool"}[type(value)]
        if known.type != wanted:
            self.fault(
                "H103",
                f"cannot compare {known.type} '{fact.name}' with a {wanted} value",
                f"Give a value of type {known.type}.",
                value.at,
            )
        elif isinstance(value, Number):
            return self.scaled(fact.name, known, value)
        elif isinstance(value, Code) and known.codes is not None:
            declared = self.vocabulary.codes.get(known.codes, ())
            if value.value not in declared:
                self.fault(
                    "H102",
                    f"'{fact.name}' has no value '{value.value}'",
                    f"Declared values: {', '.join(declared)}.",
                    value.at,
                )
        return value

    def scaled(self, name: str, known: agreement.Fact, number: Number) -> Number:
        units = Fraction(number.value) * known.scale  # exact, however many digits it has
        if units.denominator != 1:
            what = f"{number.value} is finer than '{name}' is kept"
            self.fault("H107", what, f"Keep to steps of 1/{known.scale} {known.unit}.", number.at)
            return number
        return replace(number, value=Decimal(units.numerator))


def checked(text: str, vocabulary: agreement.Vocabulary) -> Node:
    """The typed tree of a rule text; its numbers are whole units of the facts they meet.

    Raises:
        LawError: every fault of the text in one go, each with its column.
    """
    checker = _Checker(vocabulary)
    tree = checker.yes_no(grammar.parse(text))
    if checker.faults:
        raise LawError(*dict.fromkeys(checker.faults))
    return tree

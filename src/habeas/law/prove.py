"""Guarantees of an agreement for all possible cases: proved, refuted by a case, or not decided.

Each fact is a pair (known, value); each tree gives two formulas, one for "established true" and
one for "established false". The bounds of the vocabulary and the hard terms of the agreement
(parties, direction, pathways) close the world: rows outside them are set aside, never judged.
A refutation is a claim of this encoding until the caller has run its case through screening.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from habeas.errors import Fault, SetupError
from habeas.law.agreement import Agreement
from habeas.law.program import Program, Promise
from habeas.law.tree import (
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
)
from habeas.terms import Verdict

try:
    import z3
except ModuleNotFoundError as error:
    raise SetupError(
        Fault("H906", "proofs need the solver z3", "Type: pip install 'habeas[analyse]'.")
    ) from error

LIMIT_MS = 3_000  # a guarantee; undecided after it
Formula = Any  # z3 publishes no types
Given = Mapping[str, bool | int | str]


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer on one question about all cases."""

    verdict: Verdict
    case: Given | None  # the case that refutes it, in the facts' integer units; None: there is none


@dataclass(frozen=True, slots=True)
class Sides:
    """When a tree is established true, and when established false; unknown is neither."""

    true: Formula
    false: Formula


@dataclass(slots=True)
class _World:
    """Every fact of the program as a known flag and a value, codes as numbers."""

    program: Program
    known: dict[str, Formula] = field(default_factory=dict)
    value: dict[str, Formula] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)  # of each code met, over all lists
    bounds: list[Formula] = field(default_factory=list)

    def number(self, code: str) -> int:
        return self.numbers.setdefault(code, len(self.numbers))

    def fact(self, name: str) -> tuple[Formula, Formula]:
        if name not in self.known:
            self.known[name] = z3.Bool(f"{name} is known")
            self.value[name] = self._value(name)
        return self.known[name], self.value[name]

    def _value(self, name: str) -> Formula:
        fact = self.program.vocabulary.facts[name]
        if fact.type == "bool":
            return z3.Bool(name)
        value = z3.Int(name)
        if fact.type == "int":
            if fact.min is not None:
                self.bounds.append(value >= fact.min * fact.scale)
            if fact.max is not None:
                self.bounds.append(value <= fact.max * fact.scale)
        elif fact.codes is not None:
            words = self.program.vocabulary.codes[fact.codes]
            self.bounds.append(z3.Or([value == self.number(word) for word in words]))
        else:  # any well-formed code may stand: numbers that no code has are other codes
            self.bounds.append(value >= 0)
        return value

    def operand(self, value: Node) -> tuple[Formula, Formula]:
        match value:
            case Fact():
                return self.fact(value.name)
            case Number():
                return z3.BoolVal(True), z3.IntVal(int(value.value))
            case Code():
                return z3.BoolVal(True), z3.IntVal(self.number(value.value))
            case Truth():
                return z3.BoolVal(True), z3.BoolVal(value.value)
            case _:
                assert_never(value)

    def sides(self, node: Node) -> Sides:
        match node:
            case Fact() | Truth():
                known, value = self.operand(node)
                return Sides(z3.And(known, value), z3.And(known, z3.Not(value)))
            case Not():
                inner = self.sides(node.arg)
                return Sides(inner.false, inner.true)
            case AllOf() | AnyOf():
                parts = [self.sides(arg) for arg in node.args]
                true, false = [part.true for part in parts], [part.false for part in parts]
                if isinstance(node, AllOf):
                    return Sides(z3.And(true), z3.Or(false))
                return Sides(z3.Or(true), z3.And(false))
            case Compare():
                return self.comparison(node)
            case In():
                known, value = self.fact(node.fact.name)
                test = z3.Or([value == self.operand(one)[1] for one in node.values])
                return Sides(z3.And(known, test), z3.And(known, z3.Not(test)))
            case _:
                assert_never(node)

    def comparison(self, node: Compare) -> Sides:
        (known, left), (also, right) = self.operand(node.left), self.operand(node.right)
        tests = {"=": "__eq__", "<>": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__"}
        test = getattr(left, tests.get(node.op, "__ge__"))(right)
        both = z3.And(known, also)
        return Sides(z3.And(both, test), z3.And(both, z3.Not(test)))

    def implied(self, when: Node, then: Node) -> Sides:
        one, other = self.sides(when), self.sides(then)
        return Sides(z3.Or(one.false, other.true), z3.And(one.true, other.false))

    def bound(self, deal: Agreement) -> list[Formula]:
        """The hard terms: what a row must say to be a case under the agreement at all."""
        allowed: dict[str, set[str]] = {
            "agreement": {deal.id},
            "pathway": {*deal.pathways},
            "sending": {one.code for one in deal.parties if one.role != "receiving"},
            "receiving": {one.code for one in deal.parties if one.role != "sending"},
        }
        found = []
        for name, words in allowed.items():
            known, value = self.fact(name)
            found += [known, z3.Or([value == self.number(word) for word in sorted(words)])]
        return [*found, self.value["sending"] != self.value["receiving"]]

    def case(self, model: Formula) -> dict[str, bool | int | str]:
        """The facts that a model establishes."""
        words = {number: word for word, number in self.numbers.items()}
        found: dict[str, bool | int | str] = {}
        for name in sorted(self.known):
            if not z3.is_true(model.eval(self.known[name], model_completion=True)):
                continue
            value = model.eval(self.value[name], model_completion=True)
            kind = self.program.vocabulary.facts[name].type
            if kind == "bool":
                found[name] = z3.is_true(value)
            else:
                number = value.as_long()
                found[name] = number if kind == "int" else words.get(number, f"other-{number}")
        return found


def _eligible(program: Program) -> tuple[_World, Formula]:
    world = _World(program)
    hard = world.bound(program.deal)
    rules = [world.implied(rule.applies, rule.require).true for rule in program.rules]
    return world, z3.And(hard + rules)


def _asked(world: _World, question: list[Formula]) -> tuple[Formula, Given | None]:
    solver = z3.Solver()
    solver.set("timeout", LIMIT_MS)
    solver.add(world.bounds + question)
    answer = solver.check()
    return answer, world.case(solver.model()) if answer == z3.sat else None


def prove(program: Program, promise: Promise) -> Proof:
    """Whether a guarantee is established in every case that the program finds eligible."""
    world, eligible = _eligible(program)
    broken = z3.Not(world.implied(promise.when, promise.then).true)
    answer, case = _asked(world, [eligible, broken])
    if answer == z3.unsat:
        return Proof(Verdict.PROVED, None)
    return Proof(Verdict.REFUTED if case is not None else Verdict.NOT_DECIDED, case)


def example(program: Program) -> Given | None:
    """A case that the program finds eligible; None where none was found.

    A guarantee over an agreement under which nobody can be eligible says nothing.
    """
    world, eligible = _eligible(program)
    return _asked(world, [eligible])[1]

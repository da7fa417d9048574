"""Which trees are rules: facts and parameters exist, types agree, numbers become integer units.

A number is written in natural units and takes the scale of what it meets; where two scales meet,
both sides are multiplied out, exactly. YEARS_OLD becomes a date comparison. The answer has the
shape of the text, so that an explanation can follow it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from math import lcm
from typing import Literal, assert_never

from habeas.errors import Fault, LawError
from habeas.law import agreement, grammar, limits, messages
from habeas.law.tree import (
    AllOf,
    AnyOf,
    AsOf,
    Choose,
    Code,
    Compare,
    CompareOp,
    Day,
    DaysBetween,
    Extreme,
    Fact,
    In,
    Literals,
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
    Unit,
    YearsOld,
    facts,
    start,
)

Type = Literal["bool", "code", "int", "date"]
Params = Mapping[str, agreement.Param]
NO_PARAMS: Params = {}
_ORDER = frozenset({"<", "<=", ">", ">="})
_TURNED: dict[CompareOp, CompareOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WORDS: dict[Type, tuple[str, str]] = {
    "bool": ("a yes/no", "un sí/no"),
    "code": ("a code", "un código"),
    "int": ("an integer", "un entero"),
    "date": ("a date", "una fecha"),
}

_UNITS: dict[Unit, str] = {"days": "días", "months": "meses", "years": "años"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a tree is: its type, the scale of an integer, the list of a code."""

    type: Type
    scale: int | None = None  # None: a constant, which takes the scale of what it meets
    unit: str | None = None  # None: none is declared, or a constant
    codes: str | None = None  # None: any code


@dataclass(frozen=True, slots=True)
class Typed:
    """A checked tree with what it is; `kind` is None where a fault is already told."""

    node: Node
    kind: Kind | None


def near(word: str, words: Iterable[str]) -> dict[str, str]:
    """What a message says of a name that is not declared."""
    return messages.near(word, nearest(word, words))


def suggestion(word: str, words: Iterable[str]) -> str:
    """`Did you mean 'x'?` where something near exists, else what may stand there."""
    return messages.near(word, nearest(word, words))["near"]


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The declared word that is most like another; None where none is."""
    return next(iter(get_close_matches(word, list(words), n=1)), None)


class _Checker:
    def __init__(
        self, vocabulary: agreement.Vocabulary, params: Params, rules: Collection[str] | None
    ) -> None:
        self.vocabulary = vocabulary
        self.params = params
        self.rules = rules
        self.faults: list[Fault] = []

    def fault(self, key: str, node: Node, **said: object) -> None:
        self.faults.append(messages.fault(key, start(node), **said))

    def unlike(self, key: str, typed: Typed, **said: object) -> None:
        """A fault that names what a tree is."""
        if typed.kind is not None:
            kind, clase = _WORDS[typed.kind.type]
            told = grammar.text(typed.node).strip("'")
            self.fault(key, typed.node, text=told, kind=kind, clase=clase, **said)

    # Yes or no

    def rule(self, node: Node) -> Node:
        """The checked tree of a whole rule text."""
        found = self.typed(node)
        if found.kind is not None and found.kind.type != "bool":
            self.unlike("H104", found)
        return found.node

    def side(self, node: Node, word: str) -> Node:
        if isinstance(node, Truth):  # x OR TRUE would be met in a case without any fact
            self.fault("H109.truth", node, text=grammar.text(node), word=word)
        found = self.typed(node)
        if found.kind is not None and found.kind.type != "bool":
            self.unlike("H105", found, word=word)
        return found.node

    # Every node

    def typed(self, node: Node) -> Typed:  # noqa: C901, PLR0911, PLR0912 - one case a node
        match node:
            case Fact():
                return self.fact(node)
            case Number():
                return Typed(node, Kind("int"))
            case Code():
                return Typed(node, Kind("code"))
            case Truth():
                return Typed(node, Kind("bool"))
            case RuleRef():
                if self.rules is not None and node.name not in self.rules:
                    self.fault("H124.unknown", node, **near(node.name, self.rules))
                return Typed(node, Kind("bool"))
            case Day() | AsOf():
                return Typed(node, Kind("date"))
            case Param():
                return self.param(node)
            case Not():
                return Typed(Not(self.side(node.arg, "NOT")), Kind("bool"))
            case AllOf():
                sides = tuple(self.side(arg, "AND") for arg in node.args)
                return Typed(AllOf(sides), Kind("bool"))
            case AnyOf():
                sides = tuple(self.side(arg, "OR") for arg in node.args)
                return Typed(AnyOf(sides), Kind("bool"))
            case Compare():
                return self.comparison(node)
            case In():
                return self.membership(node)
            case Choose():
                return self.choice(node)
            case Sum():
                return self.total(node)
            case Times():
                return self.product(node)
            case Minus():
                return self.minus(node)
            case DaysBetween():
                parts = self.need(node.first, "date", node), self.need(node.second, "date", node)
                return Typed(DaysBetween(parts[0], parts[1], node.at), Kind("int", 1, "days"))
            case Shift():
                day = self.need(node.day, "date", node)
                return Typed(Shift(node.unit, day, self.count(node), node.at), Kind("date"))
            case YearsOld():
                self.fault("H121.years", node)
                return Typed(node, None)
            case Extreme():
                return self.extreme(node)
            case _:
                assert_never(node)

    def fact(self, node: Fact) -> Typed:
        known = self.vocabulary.facts.get(node.name)
        if known is None:
            self.fault("H101", node, **near(node.name, self.vocabulary.facts))
            return Typed(node, None)
        if known.type == "int":
            return Typed(node, Kind("int", known.scale, known.unit))
        return Typed(node, Kind(known.type, codes=known.codes))

    def param(self, node: Param) -> Typed:
        if not node.name:  # what could not be read has been told
            return Typed(node, None)
        if node.name not in self.params:
            self.fault("H125", node, **near(node.name, self.params))
            return Typed(node, None)
        return Typed(node, Kind("int", unit=self.params[node.name].unit))

    def need(self, node: Node, wanted: Type, holder: Node) -> Node:
        """A part that must be of one type."""
        found = self.typed(node)
        if found.kind is not None and found.kind.type != wanted:
            (want, falta), what = _WORDS[wanted], grammar.text(holder).partition("(")[0]
            self.unlike("H103.kind", found, what=what, wanted=want, falta=falta)
        return found.node

    def count(self, node: Shift) -> Node:
        """The constant by which a day is moved."""
        found = self.typed(node.count)
        if isinstance(found.node, Number | Param):
            self.in_unit(found, node.unit, f"ADD_{node.unit.upper()}")
            return self.scaled(found.node, 1)
        self.fault("H121", node, name=f"ADD_{node.unit.upper()}")
        return found.node

    def in_unit(self, count: Typed, unit: Unit, name: str) -> None:
        """A parameter that counts days, months or years must be in that unit."""
        if count.kind is not None and count.kind.unit not in {None, unit}:
            told, uno = grammar.text(count.node), _UNITS[unit]
            self.fault("H121.unit", count.node, name=name, text=told, one=unit, uno=uno,
                       other=count.kind.unit)  # fmt: skip

    # Comparison

    def comparison(self, node: Compare) -> Typed:
        if isinstance(node.left, YearsOld) or isinstance(node.right, YearsOld):
            return Typed(self.age(node), Kind("bool"))
        if not facts(node):
            self.fault("H109", node, text=grammar.text(node))
            return Typed(node, Kind("bool"))
        left, right = self.typed(node.left), self.typed(node.right)
        if left.kind is None or right.kind is None:
            return Typed(node, Kind("bool"))
        unordered = left.kind.type == right.kind.type and left.kind.type in {"bool", "code"}
        if node.op in _ORDER and unordered:
            self.unlike("H106", left if facts(left.node) else right, op=node.op)
            return Typed(node, Kind("bool"))
        if not self.alike(left, right, node.op):
            return Typed(node, Kind("bool"))
        one, other = self.levelled(left, right)
        return Typed(Compare(node.op, one, other, node.at), Kind("bool"))

    def alike(self, left: Typed, right: Typed, op: CompareOp) -> bool:
        """Whether two trees can be compared; tells the fault where they cannot."""
        if left.kind is None or right.kind is None:
            return False
        if left.kind.type != right.kind.type:
            self.unlike_pair(left, right, op)
            return False
        for one, other in ((left, right), (right, left)):
            if isinstance(one.node, Code):
                self.declared(one.node, other)
        units = {left.kind.unit, right.kind.unit} - {None}
        if len(units) > 1:
            said = _pair(left.node, left.kind, right.node, right.kind)
            told = {"one": left.kind.unit, "other": right.kind.unit}
            self.fault("H103.unit", left.node, **said, **told)
            return False
        kinds = ((left.node, left.kind), (right.node, right.kind))
        lists = {kind.codes for node, kind in kinds if not isinstance(node, Code)}
        if left.kind.type == "code" and len(lists) > 1:
            self.unlike_pair(left, right, op)
            return False
        return True

    def unlike_pair(self, left: Typed, right: Typed, op: CompareOp) -> None:
        if left.kind is None or right.kind is None:
            return
        said = _pair(left.node, left.kind, right.node, right.kind)
        number = right.node if isinstance(right.node, Number) else None
        if left.kind.type == "date" and number is not None and isinstance(left.node, Fact):
            told = {"name": left.node.name, "op": op, "value": number.written}
            self.fault("H103.days", right.node, **said, **told)
        else:
            self.fault("H103", right.node if isinstance(left.node, Fact) else left.node, **said)

    def declared(self, code: Code, other: Typed) -> None:
        """A code must be of the list of what it is compared with."""
        name = grammar.text(other.node)
        listed = other.kind.codes if other.kind else None
        words = self.vocabulary.codes.get(listed, ()) if listed else None
        if words is not None and code.value not in words:
            self.fault("H102", code, name=name, value=code.value, values=", ".join(words))

    def age(self, node: Compare) -> Node:
        """YEARS_OLD(b, d) >= n is ADD_YEARS(b, n) <= d; `< n` is its opposite."""
        old, count, op = node.left, node.right, node.op
        if isinstance(count, YearsOld):
            old, count, op = count, old, _TURNED.get(op, op)
        if not isinstance(old, YearsOld) or not isinstance(count, Number | Param):
            self.fault("H121.years", node)
            return node
        if op not in {">=", "<"}:
            self.fault("H121.years", node)
            return node
        birth, on = self.need(old.birth, "date", old), self.need(old.on, "date", old)
        if not facts(old):
            self.fault("H109", node, text=grammar.text(node))
        years = self.typed(count)
        self.in_unit(years, "years", "YEARS_OLD")
        attained = Shift("years", birth, self.scaled(years.node, 1), old.at)
        return Compare("<=" if op == ">=" else ">", attained, on, node.at)

    def membership(self, node: In) -> Typed:
        fact = self.fact(node.fact)
        if fact.kind is None:
            return Typed(node, Kind("bool"))
        if fact.kind.type == "bool":
            self.unlike("H103.kind", fact, what="IN", wanted="codes, numbers or dates",
                        falta="códigos, números o fechas")  # fmt: skip
            return Typed(node, Kind("bool"))
        values = tuple(self.member(fact, value) for value in node.values)
        return Typed(replace(node, values=values), Kind("bool"))

    def member(self, fact: Typed, value: Literals) -> Literals:
        found = self.typed(value)
        if not self.alike(fact, found, "="):
            return value
        scaled = self.levelled(fact, found)[1]
        return scaled if isinstance(scaled, Number | Code | Day) else value

    # Numbers

    def levelled(self, left: Typed, right: Typed) -> tuple[Node, Node]:
        """Two integer trees brought to one scale; other trees as they are."""
        one = left.kind.scale if left.kind else None
        other = right.kind.scale if right.kind else None
        if {kind.type for kind in (left.kind, right.kind) if kind} != {"int"}:
            return left.node, right.node
        scale = lcm(one or 1, other or 1)
        return self.to(left.node, one, scale), self.to(right.node, other, scale)

    def to(self, node: Node, have: int | None, scale: int) -> Node:
        if have is None:
            return self.scaled(node, scale)
        if have == scale:
            return node
        return Times(node, Number(Decimal(scale // have), start(node)), start(node))

    def scaled(self, node: Node, scale: int) -> Node:  # noqa: C901, PLR0911 - one case a node
        """A constant tree in integer units of a scale."""
        match node:
            case Number():
                units = Fraction(node.value) * scale  # exact, however many digits it has
                if units.denominator != 1:
                    self.fault("H107", node, number=grammar.text(node), scale=scale)
                    return node
                return replace(node, value=Decimal(units.numerator))
            case Param():
                for value in self.params[node.name].values:
                    if (Fraction(value.value) * scale).denominator != 1:
                        self.fault("H107", node, number=value.value, scale=scale)
                return replace(node, scale=scale)
            case Minus():
                return Minus(self.scaled(node.arg, scale), node.at)
            case Sum():
                parts = self.scaled(node.left, scale), self.scaled(node.right, scale)
                return Sum(node.op, parts[0], parts[1], node.at)
            case Times():  # one factor takes the scale, the other must be whole
                return Times(self.scaled(node.left, 1), self.scaled(node.right, scale), node.at)
            case Choose():
                parts = self.scaled(node.then, scale), self.scaled(node.other, scale)
                return Choose(node.when, parts[0], parts[1], node.at)
            case Extreme():
                args = tuple(self.scaled(arg, scale) for arg in node.args)
                return Extreme(node.greatest, args, node.at)
            case _:
                return node

    def number(self, node: Node, holder: Node) -> Typed:
        found = self.typed(node)
        if found.kind is not None and found.kind.type == "date" and not isinstance(holder, Extreme):
            self.fault("H108", holder)
            return Typed(found.node, None)
        if found.kind is not None and found.kind.type != "int":
            word, falta = _WORDS["int"]
            self.unlike("H103.kind", found, what="+ - *", wanted=word, falta=falta)
            return Typed(found.node, None)
        return found

    def total(self, node: Sum) -> Typed:
        left, right = self.number(node.left, node), self.number(node.right, node)
        if not self.alike(left, right, "<"):
            return Typed(node, None)
        one, other = self.levelled(left, right) if _fixed(left, right) else (left.node, right.node)
        if left.kind is None or right.kind is None:
            return Typed(node, None)
        return Typed(Sum(node.op, one, other, node.at), _joint(left.kind, right.kind))

    def product(self, node: Times) -> Typed:
        left, right = self.number(node.left, node), self.number(node.right, node)
        if left.kind is None or right.kind is None:
            return Typed(node, None)
        one, other = left.kind.scale, right.kind.scale
        if one is None and other is None:
            return Typed(Times(left.node, right.node, node.at), Kind("int"))
        parts = [self.whole(side) for side in (left, right)]
        # A factor may carry a unit of its own, as in 4 (square metres a person) * persons.
        return Typed(Times(parts[0], parts[1], node.at), Kind("int", (one or 1) * (other or 1)))

    def whole(self, side: Typed) -> Node:
        if side.kind is None or side.kind.scale is not None:
            return side.node
        if isinstance(side.node, Number) and side.node.value != int(side.node.value):
            self.fault("H107.factor", side.node, number=grammar.text(side.node))
            return side.node
        return self.scaled(side.node, 1)

    def minus(self, node: Minus) -> Typed:
        found = self.number(node.arg, node)
        return Typed(Minus(found.node, node.at), found.kind)

    def choice(self, node: Choose) -> Typed:
        when = self.side(node.when, "CASE WHEN")
        then, other = self.typed(node.then), self.typed(node.other)
        if not self.alike(then, other, "="):
            return Typed(Choose(when, then.node, other.node, node.at), None)
        one, two = self.levelled(then, other) if _fixed(then, other) else (then.node, other.node)
        kind = _joint(then.kind, other.kind) if then.kind and other.kind else None
        return Typed(Choose(when, one, two, node.at), kind)

    def extreme(self, node: Extreme) -> Typed:
        found = [self.typed(arg) for arg in node.args]
        first = found[0]
        if any(not self.alike(first, other, "<") for other in found[1:]) or first.kind is None:
            return Typed(node, None)
        if first.kind.type in {"bool", "code"}:
            self.unlike("H106", first, op=grammar.text(node).partition("(")[0])
            return Typed(node, None)
        args, kind = [first.node], first.kind
        for other in found[1:]:
            before = Typed(args[0], kind)
            if other.kind is not None and _fixed(before, other):
                args = [self.levelled(Typed(arg, kind), other)[0] for arg in args]
                args.append(self.levelled(before, other)[1])
            else:
                args.append(other.node)
            kind = _joint(kind, other.kind) if other.kind else kind
        return Typed(Extreme(node.greatest, tuple(args), node.at), kind)


def _quoted(node: Node) -> str:
    return f"'{grammar.text(node).strip(chr(39))}'"


def _fixed(left: Typed, right: Typed) -> bool:
    """Whether either side has a scale, which the other must then meet."""
    return any(side.kind and side.kind.scale is not None for side in (left, right))


def _joint(left: Kind, right: Kind) -> Kind:
    if left.scale is None and right.scale is None:
        return left if left.codes else right
    return Kind(left.type, lcm(left.scale or 1, right.scale or 1), left.unit or right.unit)


def _pair(left: Node, one: Kind, right: Node, other: Kind) -> dict[str, str]:
    said = {}
    for en, es, node, kind in (("left", "izq", left, one), ("right", "der", right, other)):
        said[en] = f"{_WORDS[kind.type][0]} {_quoted(node)}"
        said[es] = f"{_WORDS[kind.type][1]} {_quoted(node)}"
    return said


def checked(
    source: str,
    vocabulary: agreement.Vocabulary,
    params: Params = NO_PARAMS,
    rules: Collection[str] | None = None,
) -> Node:
    """The typed tree of a rule text; its numbers are whole units of the facts they meet.

    Args:
        source: the text.
        vocabulary: the facts that it may name.
        params: the parameters that it may name.
        rules: the ids that it may name; None where any may stand.

    Raises:
        LawError: every fault of the text in one go, each with its column.
    """
    tree, faults_ = grammar.read(source)
    checker = _Checker(vocabulary, params, rules)
    done = checker.rule(tree)
    faults_ += checker.faults
    if not faults_:
        faults_ += limits.faults(done, vocabulary, params)
    if faults_:
        raise LawError(*sorted(dict.fromkeys(faults_), key=lambda fault: fault.column))
    return done

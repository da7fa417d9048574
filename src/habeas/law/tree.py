"""The nodes of a rule: what the parser makes and every way of running the law reads.

Where a node stands in the text (`at`, an offset) is kept for messages and takes no part in
equality, so that equal sub-trees are one. A node carries no meaning of its own: the three-valued
meaning is `screening.evaluate`, and every other form must agree with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, assert_never

CompareOp = Literal["=", "<>", "<", "<=", ">", ">="]
SumOp = Literal["+", "-"]
Unit = Literal["days", "months", "years"]


def _place() -> int:
    return field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the case, by its name in the vocabulary."""

    name: str
    at: int = _place()  # offset of the first character in the rule text


@dataclass(frozen=True, slots=True)
class Number:
    """A number: in natural units as written, in a fact's integer units once checked."""

    value: Decimal
    at: int = _place()
    written: str = field(default="", compare=False)  # as the text has it; a parameter with colon


@dataclass(frozen=True, slots=True)
class Code:
    """A quoted word of a code list."""

    value: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Truth:
    """TRUE or FALSE, which may stand alone only as `applies` or `when`."""

    value: bool
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    value: int  # days since 1970-01-01
    at: int = _place()


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day of screening, a constant of the run."""

    at: int = _place()
    value: int | None = None  # days since 1970-01-01, once the program of a day is made


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of the file; a number or day once the program of a day is made."""

    name: str
    at: int = _place()
    scale: int = 1  # integer units of one natural unit, set by the checker


@dataclass(frozen=True, slots=True)
class RuleRef:
    """The result of another rule; that rule's tree once the program is made."""

    name: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene negation."""

    arg: "Node"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Kleene conjunction, flattened."""

    args: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Kleene disjunction, flattened."""

    args: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values; unknown where either is unknown."""

    op: CompareOp
    left: "Node"
    right: "Node"
    at: int = _place()


@dataclass(frozen=True, slots=True)
class In:
    """A fact in a list of literals; unknown where the fact is unknown."""

    fact: Fact
    values: tuple["Literals", ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Choose:
    """CASE: strict, so that an unknown condition makes it unknown, never the ELSE."""

    when: "Node"
    then: "Node"
    other: "Node"
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Sum:
    """Two numbers added, or one taken from the other."""

    op: SumOp
    left: "Node"
    right: "Node"
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Times:
    """Two numbers multiplied."""

    left: "Node"
    right: "Node"
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Minus:
    """A number with its sign turned."""

    arg: "Node"
    at: int = _place()


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """Days from the first day to the second; negative where the second is earlier."""

    first: "Node"
    second: "Node"
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Shift:
    """A day moved by a constant number of days, months or years, by the declared rounding."""

    unit: Unit
    day: "Node"
    count: "Node"  # a Number or Param
    at: int = _place()
    rounding: Literal["down", "up"] = "down"  # the agreement's, once its program is made


@dataclass(frozen=True, slots=True)
class YearsOld:
    """Years attained on a day: only against a constant, and the checker turns it into a Shift."""

    birth: "Node"
    on: "Node"
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Extreme:
    """LEAST or GREATEST; strict: unknown where any argument is unknown."""

    greatest: bool
    args: tuple["Node", ...]
    at: int = _place()


Literals = Number | Code | Day
Node = (
    Fact
    | Number
    | Code
    | Truth
    | Day
    | AsOf
    | Param
    | RuleRef
    | Not
    | AllOf
    | AnyOf
    | Compare
    | In
    | Choose
    | Sum
    | Times
    | Minus
    | DaysBetween
    | Shift
    | YearsOld
    | Extreme
)
LEAVES = (Fact, Number, Code, Truth, Day, AsOf, Param, RuleRef)


def children(node: Node) -> tuple[Node, ...]:  # noqa: C901, PLR0911 - one case a node
    """The nodes right below a node, in the order of the text."""
    match node:
        case Fact() | Number() | Code() | Truth() | Day() | AsOf() | Param() | RuleRef():
            return ()
        case Not() | Minus():
            return (node.arg,)
        case AllOf() | AnyOf() | Extreme():
            return node.args
        case Compare() | Sum() | Times():
            return (node.left, node.right)
        case In():
            return (node.fact, *node.values)
        case Choose():
            return (node.when, node.then, node.other)
        case DaysBetween():
            return (node.first, node.second)
        case Shift():
            return (node.day, node.count)
        case YearsOld():
            return (node.birth, node.on)
        case _:
            assert_never(node)


def with_children(  # noqa: C901, PLR0911, PLR0912 - one case a node
    node: Node, parts: tuple[Node, ...]
) -> Node:
    """The same node over other children, as many as it has."""
    match node:
        case Fact() | Number() | Code() | Truth() | Day() | AsOf() | Param() | RuleRef() | In():
            return node
        case Not():
            return Not(parts[0])
        case Minus():
            return Minus(parts[0], node.at)
        case AllOf() | AnyOf():
            return type(node)(parts)
        case Extreme():
            return Extreme(node.greatest, parts, node.at)
        case Compare():
            return Compare(node.op, parts[0], parts[1], node.at)
        case Sum():
            return Sum(node.op, parts[0], parts[1], node.at)
        case Times():
            return Times(parts[0], parts[1], node.at)
        case Choose():
            return Choose(parts[0], parts[1], parts[2], node.at)
        case DaysBetween():
            return DaysBetween(parts[0], parts[1], node.at)
        case Shift():
            return Shift(node.unit, parts[0], parts[1], node.at, node.rounding)
        case YearsOld():
            return YearsOld(parts[0], parts[1], node.at)
        case _:
            assert_never(node)


def walk(node: Node) -> Iterator[Node]:
    """A node and every node below it, in the order of the text."""
    yield node
    for part in children(node):
        yield from walk(part)


def facts(node: Node) -> frozenset[str]:
    """Names of the facts that a tree asks."""
    return frozenset(part.name for part in walk(node) if isinstance(part, Fact))


def start(node: Node) -> int:
    """Offset of the first character of a tree in the rule text."""
    match node:
        case Not() | AllOf() | AnyOf():
            return start(children(node)[0])
        case _:
            return node.at

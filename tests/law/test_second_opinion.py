"""sqlglot reads what we accept, and reads it as the same tree: a second opinion, in tests alone."""

from typing import Any, assert_never

import pytest

import random_rules as random
from habeas.law import calendar
from habeas.law.grammar import parse
from habeas.law.grammar import text as printed
from habeas.law.library import Library
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

sqlglot = pytest.importorskip("sqlglot")
Tree = tuple[Any, ...]  # a word and what it joins
SHIPPED = sorted(
    {text for _, holder in Library().holders() for rule in holder.rules.values()
     for text in (rule.require, rule.applies)}
)  # fmt: skip
OPS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=", "Add": "+",
       "Sub": "-", "Mul": "*"}  # fmt: skip


def ours(node: Node) -> Tree:  # noqa: C901, PLR0911, PLR0912 - one case a node
    """Our tree in plain words."""
    parts = tuple(map(ours, children(node)))
    match node:
        case Fact() | Param() | RuleRef():
            return (type(node).__name__, node.name)
        case Number():
            return ("number", str(node.value + 0))
        case Code() | Truth():
            return ("literal", str(node.value))
        case Day():
            return ("day", calendar.civil(node.value).isoformat())
        case AsOf():
            return ("Fact", "as_of")
        case Not() | AllOf() | AnyOf() | Minus() | In():
            return (type(node).__name__, *parts)
        case Compare() | Sum():
            return (node.op, *parts)
        case Times():
            return ("*", *parts)
        case Choose():
            return ("case", *parts)
        case DaysBetween():
            return ("DAYS_BETWEEN", *parts)
        case YearsOld():
            return ("YEARS_OLD", *parts)
        case Shift():
            return (f"ADD_{node.unit.upper()}", *parts)
        case Extreme():
            return ("GREATEST" if node.greatest else "LEAST", *parts)
        case _:
            assert_never(node)


def flat(word: str, parts: list[Tree]) -> Tree:
    """AND within AND is one AND."""
    return (word, *(inner for one in parts for inner in (one[1:] if one[0] == word else (one,))))


def theirs(node: Any) -> Tree:  # noqa: ANN401, C901, PLR0911, PLR0912 - sqlglot has no types here
    """Their tree in the same words."""
    kind, left, right = type(node).__name__, node.args.get("this"), node.args.get("expression")
    match kind:
        case "Paren":
            return theirs(left)
        case "Column":
            return ("Fact", node.name)
        case "Placeholder":
            return ("Param", node.name)
        case "Boolean":
            return ("literal", str(left))
        case "Literal":
            return ("literal", left) if node.is_string else ("number", str(parsed(left)))
        case "Cast":
            return ("day", left.name)
        case "Not":
            return ("Not", theirs(left))
        case "Neg":
            inner = theirs(left)
            if inner[0] == "number" and parsed(inner[1]) > 0:
                return ("number", str(-parsed(inner[1])))
            return ("Minus", inner)
        case "And" | "Or":
            return flat("AllOf" if kind == "And" else "AnyOf", [theirs(left), theirs(right)])
        case "Between":
            low, high = (theirs(node.args[end]) for end in ("low", "high"))
            return ("AllOf", (">=", theirs(left), low), ("<=", theirs(left), high))
        case "In":
            return ("In", theirs(left), *dict.fromkeys(map(theirs, node.expressions)))
        case "Case":
            found = theirs(node.args["default"])
            for one in reversed(node.args["ifs"]):
                found = ("case", theirs(one.this), theirs(one.args["true"]), found)
            return found
        case "Least" | "Greatest":
            return (kind.upper(), theirs(left), *map(theirs, node.expressions))
        case "AddMonths":
            return ("ADD_MONTHS", theirs(left), theirs(right))
        case "Anonymous" if node.name.upper() == "RULE":
            return ("RuleRef", node.expressions[0].name)
        case "Anonymous":
            return (node.name.upper(), *map(theirs, node.expressions))
        case _:
            return (OPS[kind], theirs(left), theirs(right))


def parsed(number: str) -> Any:  # noqa: ANN401 - a Decimal
    """A number as our parser reads it."""
    found = parse(number)
    assert isinstance(found, Number)
    return found.value


def agrees(text: str) -> bool:
    return theirs(sqlglot.parse_one(text, dialect="duckdb")) == ours(parse(text))


@pytest.mark.parametrize("text", SHIPPED)
def test_a_rule_of_the_library_is_the_same_tree_to_sqlglot(text: str) -> None:
    assert agrees(text)
    assert agrees(printed(parse(text)))


@pytest.mark.parametrize("first", range(6))
def test_a_random_rule_is_the_same_tree_to_sqlglot(first: int) -> None:
    chance = random.seeded(f"second opinion {first}")
    texts = [random.Drawn(chance).truth(chance.randint(1, 5)) for _ in range(60)]
    read = [text for text in texts if len(text) <= 2_000]
    assert [text for text in read if not agrees(text) or not agrees(printed(parse(text)))] == []


@pytest.mark.parametrize(
    "text",
    [
        "NOT a = b AND NOT (c OR NOT d)",
        "a - b - c * -d + 1 < -(-2) OR -a * b > 3",
        "x NOT BETWEEN :p AND 2 AND y OR z NOT IN (-1, 2.50)",
        "RULE('R-1') = TRUE OR ADD_MONTHS(d, :m) <= LEAST(a, b, as_of)",
    ],
)
def test_what_binds_tighter_binds_tighter_to_sqlglot(text: str) -> None:
    assert agrees(text)
    assert agrees(printed(parse(text)))

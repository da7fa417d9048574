"""The least and the most that a number or day of a rule can be, by the declared bounds.

A rule whose numbers could leave 64 bits, or whose days could leave the calendar, is refused:
engines wrap, raise or widen there, each in its own way. The same bounds choose the width of a
column and close the world of a proof.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import assert_never

from habeas.errors import Fault
from habeas.law import agreement, calendar, grammar, messages
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
    facts,
    start,
)

Limits = tuple[int, int]  # both ends possible
MOST = 2**63 - 1
DAYS = (calendar.day(agreement.EARLIEST), calendar.day(agreement.LATEST))
_ANY: Limits = (0, 0)


def of_fact(fact: agreement.Fact) -> Limits:
    """The bounds of a whole-number or date fact, in integer units or days."""
    if fact.type == "date":
        return calendar.day(fact.earliest), calendar.day(fact.latest)
    if fact.min is None or fact.max is None:  # refused where it is declared
        return -MOST, MOST
    return fact.min * fact.scale, fact.max * fact.scale


def _shift(node: Shift, day: Limits, count: Limits) -> Limits:
    if node.unit == "days":
        return day[0] + count[0], day[1] + count[1]
    step = {"months": 1, "years": calendar.MONTHS}[node.unit]
    ends = []
    for value, months in ((day[0], count[0] * step), (day[1], count[1] * step)):
        try:
            ends.append(calendar.shifted(value, months, "up"))
        except (ValueError, OverflowError):
            ends.append(calendar.FIRST - 1 if months < 0 else calendar.LAST + 1)
    return ends[0] - 1, ends[1]  # one less: the other rounding


def limits(  # noqa: C901 - one case a node
    node: Node, vocabulary: agreement.Vocabulary, params: Mapping[str, agreement.Param]
) -> Limits:
    """The bounds of a checked number or day; (0, 0) for what is neither."""

    def of(part: Node) -> Limits:  # noqa: C901, PLR0911, PLR0912 - one case a node
        match part:
            case Fact():
                return of_fact(vocabulary.facts[part.name])
            case Number():
                return int(part.value), int(part.value)
            case Day():
                return part.value, part.value
            case AsOf():
                return DAYS
            case Param():
                units = [Fraction(one.value) * part.scale for one in params[part.name].values]
                return int(min(units)), int(max(units))
            case Sum():
                (a, b), (c, d) = of(part.left), of(part.right)
                return (a + c, b + d) if part.op == "+" else (a - d, b - c)
            case Times():
                (a, b), (c, d) = of(part.left), of(part.right)
                ends = (a * c, a * d, b * c, b * d)
                return min(ends), max(ends)
            case Minus():
                low, high = of(part.arg)
                return -high, -low
            case DaysBetween():
                (a, b), (c, d) = of(part.first), of(part.second)
                return c - b, d - a
            case Shift():
                return _shift(part, of(part.day), of(part.count))
            case Choose():
                (a, b), (c, d) = of(part.then), of(part.other)
                return min(a, c), max(b, d)
            case Extreme():
                ends_of = [of(arg) for arg in part.args]
                pick: Callable[[Iterator[int]], int] = max if part.greatest else min
                return pick(low for low, _ in ends_of), pick(high for _, high in ends_of)
            case Code() | Truth() | RuleRef() | Not() | AllOf() | AnyOf() | Compare() | In():
                return _ANY
            case YearsOld():
                return _ANY
            case _:
                assert_never(part)

    return of(node)


def faults(
    node: Node, vocabulary: agreement.Vocabulary, params: Mapping[str, agreement.Param]
) -> list[Fault]:
    """Every innermost node that may leave 64 bits or the calendar."""
    inner = [fault for part in children(node) for fault in faults(part, vocabulary, params)]
    if inner or not isinstance(node, Sum | Times | Minus | DaysBetween | Shift | Number | Param):
        return inner
    low, high = limits(node, vocabulary, params)
    first, last, key = -MOST, MOST, "H117"
    if isinstance(node, Shift):
        first, last, key = calendar.FIRST, calendar.LAST, "H117.date"
    elif isinstance(node, Number | Param):
        key = "H117.number"
    if first <= low and high <= last:
        return []
    names = ", ".join(f"'{name}'" for name in sorted(facts(node))) or "the facts"
    return [messages.fault(key, start(node), text=grammar.text(node), names=names)]

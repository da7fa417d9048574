"""Which law is in force on a day: versions of rules, parameters, and overrides by a cited clause.

Every period is half-open. What a rule text names (a parameter, another rule, `as_of`, the
calendar's rounding) is put in its place here, so that a program's trees stand by themselves.
The period of a whole file leaves no rule out: under an agreement that has ended, its rules are
still asked, and its standing is on every output.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from habeas.errors import Fault, LawError
from habeas.law import agreement, calendar, messages
from habeas.law.check import nearest
from habeas.law.program import ProgramRule, Promise
from habeas.law.tree import (
    AnyOf,
    AsOf,
    Node,
    Not,
    Number,
    Param,
    RuleRef,
    Shift,
    children,
    walk,
    with_children,
)

MAX_NODES = 10_000


@dataclass(frozen=True, slots=True)
class Wording:
    """A rule's trees for one period; half-open, None where there is no end."""

    first: date | None
    until: date | None
    source: agreement.Rule
    applies: Node
    require: Node

    def holds(self, day: date) -> bool:
        """Whether the wording is in force on a day."""
        return (self.first is None or self.first <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule with all its wordings, parsed and typed."""

    id: str
    layer: agreement.Layer
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Law:
    """What is in force on a day, before it is joined with an agreement's terms."""

    drafts: tuple[Draft, ...]
    params: Mapping[str, agreement.Param]
    overrides: tuple[agreement.Override, ...]
    rounding: calendar.Rounding

    def boundaries(self) -> list[date]:
        """The days on which some rule or parameter changes, in order."""
        found: set[date | None] = set()
        for draft in self.drafts:
            found |= {end for one in draft.wordings for end in (one.first, one.until)}
        for param in self.params.values():
            found |= {end for one in param.values for end in (one.from_, one.until)}
        return sorted(day for day in found if day is not None)

    def period(self, day: date) -> tuple[date, date]:
        """The first and the last day on which everything is as on a day, within the calendar."""
        ends = self.boundaries()
        first = max((end for end in ends if end <= day), default=agreement.EARLIEST)
        after = min((end for end in ends if end > day), default=None)
        return first, after - timedelta(days=1) if after else agreement.LATEST


def wordings(rule: agreement.Rule) -> Iterator[tuple[date | None, date | None, agreement.Rule]]:
    """Every wording of a rule as a rule of its own, with its period."""
    yield rule.from_, rule.until, rule
    for one in rule.version:
        own = msgspec.structs.replace(
            rule,
            require=one.require,
            applies=one.applies,
            text=one.text or rule.text,
            cite=one.cite or rule.cite,
        )
        yield one.from_, one.until, own


def overlaps(
    periods: Iterable[tuple[date | None, date | None]],
) -> Iterator[tuple[date, date]]:
    """Where half-open periods overlap: first day and day after the last."""
    ordered = sorted((first or date.min, until or date.max) for first, until in periods)
    for (_, end), (begin, other) in pairwise(ordered):
        if begin < end:
            yield begin, min(end, other)


def value_on(name: str, param: agreement.Param, day: date) -> int | str:
    """A parameter's value on a day, in natural units.

    Raises:
        LawError: H203, where none is in force.
    """
    for one in param.values:
        if one.from_ <= day and (one.until is None or day < one.until):
            return one.value
    raise LawError(messages.fault("H203", name=name, day=day.isoformat()))


class _Resolver:
    """Puts parameters, rules, the day and the rounding in the place of their names."""

    def __init__(self, law: Law, day: date) -> None:
        self.law = law
        self.day = day
        self.values = {
            one.target.removeprefix("params."): one.value
            for one in law.overrides
            if one.value is not None
        }
        self.wordings = {
            draft.id: wording
            for draft in law.drafts
            for wording in draft.wordings
            if wording.holds(day)
        }
        self.used: dict[str, int | str] = {}

    def number(self, node: Param) -> Number:
        found = self.values.get(node.name)
        if found is None:
            found = value_on(node.name, self.law.params[node.name], self.day)
        self.used[node.name] = found
        units = Fraction(found) * node.scale
        return Number(Decimal(units.numerator), node.at, f":{node.name}")

    def result(self, node: RuleRef, within: tuple[str, ...]) -> Node:
        chain = (*within, node.name)
        if node.name in within:
            raise LawError(messages.fault("H124", cycle=" -> ".join(chain)))
        found = self.wordings.get(node.name)
        if found is None:
            said = messages.near(node.name, nearest(node.name, self.wordings))
            raise LawError(messages.fault("H124.unknown", **said))
        applies = self.tree(found.applies, chain)
        return AnyOf((Not(applies), self.tree(found.require, chain)))

    def tree(self, node: Node, within: tuple[str, ...]) -> Node:
        match node:
            case Param():
                return self.number(node)
            case RuleRef():
                return self.result(node, within)
            case AsOf():
                return replace(node, value=calendar.day(self.day))
            case Shift():
                day, count = self.tree(node.day, within), self.tree(node.count, within)
                return Shift(node.unit, day, count, node.at, self.law.rounding)
            case _:
                parts = tuple(self.tree(part, within) for part in children(node))
                return with_children(node, parts) if parts else node

    def rule(self, draft: Draft) -> ProgramRule | None:
        """The rule as it stands on the day; None where it is not in force."""
        found = self.wordings.get(draft.id)
        if found is None:
            return None
        trees = [self.tree(one, (draft.id,)) for one in (found.applies, found.require)]
        if sum(1 for tree in trees for _ in walk(tree)) > MAX_NODES:
            raise LawError(messages.fault("H123.size", name=draft.id, limit=f"{MAX_NODES:,}"))
        return ProgramRule(draft.id, draft.layer, found.source, trees[0], trees[1])


def settled(node: Node, day: date, rounding: calendar.Rounding) -> Node:
    """A checked tree that names no parameter and no rule, on a day."""
    return _Resolver(Law((), {}, (), rounding), day).tree(node, ())


def moved(node: Node, day: date) -> Node:
    """A tree of a program as it stands on another day of the same law."""
    if isinstance(node, AsOf):
        return replace(node, value=calendar.day(day))
    parts = tuple(moved(part, day) for part in children(node))
    return with_children(node, parts) if parts else node


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rules of a day, with the parameters that they use and the promises about them."""

    rules: tuple[ProgramRule, ...]
    params: Mapping[str, int | str]
    promises: tuple[Promise, ...]


def resolved(law: Law, day: date, promises: Iterable[Promise] = ()) -> Resolved:
    """The rules in force on a day, and guarantees in the same terms.

    Raises:
        LawError: H123, H124, H203; every fault of every rule.
    """
    resolver, done, kept = _Resolver(law, day), list[ProgramRule](), list[Promise]()
    faults: list[Fault] = []
    for draft in law.drafts:
        try:
            rule = resolver.rule(draft)
        except LawError as error:
            faults += [replace(fault, rule=fault.rule or draft.id) for fault in error.faults]
            continue
        if rule is not None:
            done.append(rule)
    for one in promises:
        try:
            trees = [resolver.tree(part, ()) for part in (one.when, one.then)]
        except LawError as error:
            faults += [replace(fault, rule=one.id) for fault in error.faults]
            continue
        kept.append(replace(one, when=trees[0], then=trees[1]))
    if faults:
        raise LawError(*dict.fromkeys(faults))
    return Resolved(tuple(done), dict(sorted(resolver.used.items())), tuple(kept))

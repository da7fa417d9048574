"""Which law is in force on a day: versions of rules, parameters, and overrides by a cited clause.

Every period is half-open. What a rule text names (a parameter, another rule, `as_of`, the
calendar's rounding) is put in its place here, so that a program's trees stand by themselves.
The period of a whole file leaves no rule out: under an agreement that has ended, its rules are
still asked, and its standing is on every output. A rule that has no wording on the day is left
out, and named as such.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from itertools import chain

import msgspec

from habeas.errors import Fault, LawError
from habeas.law import agreement, calendar, cited, messages
from habeas.law.places import Place
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
MAX_DEPTH = 200  # of a tree with the rules that it names: every way of running it is recursive
Places = tuple[Place, Place]  # of a pair of rule texts


@dataclass(frozen=True, slots=True)
class Wording:
    """A rule's trees for one period; half-open, None where there is no end."""

    first: date | None
    until: date | None
    source: agreement.Rule
    applies: Node
    require: Node
    places: Places | None = None  # of the two texts

    def holds(self, day: date) -> bool:
        """Whether the wording is in force on a day."""
        return (self.first is None or self.first <= day) and (
            self.until is None or day < self.until
        )

    @property
    def texts(self) -> tuple[tuple[Node, Place | None], tuple[Node, Place | None]]:
        """Both trees, each with where its text stands."""
        applies, require = self.places or (None, None)
        return (self.applies, applies), (self.require, require)


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
    turns: tuple[date, ...] = ()  # from which an override is admitted

    def boundaries(self) -> list[date]:
        """The days on which some rule or parameter changes, in order."""
        found: set[date | None] = {*self.turns}
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
    """Where half-open periods overlap one before them: first day and day after the last."""
    latest = date.min
    for begin, end in sorted((first or date.min, until or date.max) for first, until in periods):
        if begin < latest:
            yield begin, min(end, latest)
        latest = max(latest, end)


def value_on(param: agreement.Param, day: date) -> agreement.ParamValue | None:
    """The value of a parameter that is in force on a day; None where none is."""
    return next((one for one in param.values if one.holds(day)), None)


class _Resolver:
    """Puts parameters, rules, the day and the rounding in the place of their names.

    Rules are resolved after those that they name, each once, so that the work grows with the texts
    and not with the trees that they stand for.
    """

    def __init__(self, law: Law, day: date) -> None:
        self.law, self.day = law, day
        self.overridden = {one.target: one for one in law.overrides}
        self.wordings = {
            draft.id: wording
            for draft in law.drafts
            for wording in draft.wordings
            if wording.holds(day)
        }
        self.used: dict[str, int | str] = {}
        self.done: dict[str, tuple[Node, Node]] = {}  # applies and require, settled
        self.measures: dict[str, tuple[int, int]] = {}  # nodes, and how deep they nest
        self.rests: dict[str, frozenset[str]] = {}  # the params and rules on which a rule rests
        self.faults: list[Fault] = []
        for name in self.ordered():
            self.settle(name)

    def tell(self, key: str, at: int, place: Place | None, **said: object) -> None:
        fault = messages.fault(key, at, **said)
        self.faults.append(place.placed(fault) if place else fault)

    # The order of the rules

    def references(self, name: str) -> dict[str, tuple[RuleRef, Place | None]]:
        """The rules in force that a rule names, each where it is named last."""
        return {
            node.name: (node, place)
            for tree, place in self.wordings[name].texts
            for node in walk(tree)
            if isinstance(node, RuleRef) and node.name in self.wordings
        }

    def ordered(self) -> list[str]:
        """The rules in force, each after those that it names; every cycle is told and cut."""
        graph = {name: [*self.references(name)] for name in self.wordings}
        while True:
            try:
                return [*TopologicalSorter(graph).static_order()]
            except CycleError as error:
                names: list[str] = error.args[1][:0:-1]  # in the direction of the references
                first = names.index(min(names))
                names = [*names[first:], *names[:first]]
                node, place = self.references(names[0])[[*names, names[0]][1]]
                self.tell("H124", node.at, place, cycle=" -> ".join([*names, names[0]]))
                graph[names[-1]].remove(names[0])

    def settle(self, name: str) -> None:
        """Resolve one rule, whose references have been resolved."""
        wording = self.wordings[name]
        applies, require = (self.tree(tree, place) for tree, place in wording.texts)
        nodes = [*chain.from_iterable(walk(tree) for tree, _ in wording.texts)]
        named = [one.name for one in nodes if isinstance(one, RuleRef)]
        rests = {f"params.{one.name}" for one in nodes if isinstance(one, Param)}
        rests |= {f"rules.{one}" for one in named}
        self.rests[name] = frozenset(rests).union(*(self.rests.get(one, ()) for one in named))
        size = len(nodes) + sum(1 + self.measures.get(one, (0, 0))[0] for one in named)
        depth = max(self.depth(tree) for tree, _ in wording.texts)
        place = wording.places[1] if wording.places else None
        if size > MAX_NODES:
            self.tell("H123.size", -1, place, name=name, limit=f"{MAX_NODES:,}")
        elif depth > MAX_DEPTH:
            self.tell("H123.deep", -1, place, name=name, limit=MAX_DEPTH)
        else:
            self.measures[name], self.done[name] = (size, depth), (applies, require)

    def depth(self, node: Node) -> int:
        """How deep a tree nests with the rules that it names."""
        if isinstance(node, RuleRef):
            return 2 + self.measures.get(node.name, (0, 0))[1]  # its OR, and its NOT
        return 1 + max((self.depth(part) for part in children(node)), default=0)

    # The nodes

    def number(self, node: Param, place: Place | None) -> Node:
        own, held = self.overridden.get(f"params.{node.name}"), None
        if own is None:
            held = value_on(self.law.params[node.name], self.day)
        found = own.value if own is not None else held.value if held is not None else None
        if found is None:
            self.tell("H203", node.at, place, name=node.name, day=self.day.isoformat())
            return node
        self.used[node.name] = found
        units = Fraction(found) * node.scale  # whole: the checker and the overrides see to it
        return Number(Decimal(units.numerator), node.at, f":{node.name}")

    def result(self, node: RuleRef, place: Place | None) -> Node:
        if node.name in self.done:
            applies, require = self.done[node.name]
            return AnyOf((Not(applies), require))
        if node.name not in self.wordings:
            self.tell("H124.day", node.at, place, name=node.name, day=self.day.isoformat())
        return node  # what is wrong with the rule it names has been told

    def tree(self, node: Node, place: Place | None = None) -> Node:
        match node:
            case Param():
                return self.number(node, place)
            case RuleRef():
                return self.result(node, place)
            case AsOf():
                return replace(node, value=calendar.day(self.day))
            case Shift():
                day, count = self.tree(node.day, place), self.tree(node.count, place)
                return Shift(node.unit, day, count, node.at, self.law.rounding)
            case _:
                parts = tuple(self.tree(part, place) for part in children(node))
                return with_children(node, parts) if parts else node

    # The rules

    def rule(self, draft: Draft) -> ProgramRule | None:
        """The rule as it stands on the day; None where it is not in force, or at fault."""
        if draft.id not in self.done:
            return None
        applies, require = self.done[draft.id]
        rests = self.rests[draft.id]
        source = self.cited(self.wordings[draft.id].source, {f"rules.{draft.id}", *rests})
        return ProgramRule(draft.id, draft.layer, source, applies, require, rests)

    def cited(self, rule: agreement.Rule, targets: set[str]) -> agreement.Rule:
        """A rule with the citations of the values in force, and what departs from the law."""
        cites, text = list(rule.cite), rule.text
        for target in sorted(targets):
            own = self.overridden.get(target)
            if own is not None:
                cites.append(own.cite)
                text = cited.Text(f"{text.en} {_said(own)}", f"{text.es} {_dicho(own)}")
            elif target.startswith("params."):
                held = value_on(self.law.params[target.removeprefix("params.")], self.day)
                cites += held.cite if held else ()
        kept: dict[tuple[str, str], cited.Cite] = {}
        for cite in cites:
            kept.setdefault((cite.instrument, cite.at), cite)
        return msgspec.structs.replace(rule, text=text, cite=tuple(kept.values()))


def _said(one: agreement.Override) -> str:
    what = f":{one.target.removeprefix('params.')} is {one.value}"
    how = "worded by the agreement" if one.value is None else what
    return f"(Override by {one.cite.instrument}, {one.cite.at}: {how}.)"


def _dicho(one: agreement.Override) -> str:
    what = f":{one.target.removeprefix('params.')} es {one.value}"
    how = "redactada por el acuerdo" if one.value is None else what
    return f"(Excepción por {one.cite.instrument}, {one.cite.at}: {how}.)"


def settled(node: Node, day: date, rounding: calendar.Rounding) -> Node:
    """A checked tree that names no parameter and no rule, on a day."""
    return _Resolver(Law((), {}, (), rounding), day).tree(node)


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
    not_in_force: tuple[str, ...]  # rules without a wording on the day, which are not asked


def resolved(law: Law, day: date, promises: Iterable[Promise] = ()) -> Resolved:
    """The rules in force on a day, and guarantees in the same terms.

    Raises:
        LawError: H123, H124, H203; every fault of every rule.
    """
    resolver, kept = _Resolver(law, day), list[Promise]()
    found = {draft.id: resolver.rule(draft) for draft in law.drafts}
    for one in promises:
        when, then = one.places or (None, None)
        trees = resolver.tree(one.when, when), resolver.tree(one.then, then)
        kept.append(replace(one, when=trees[0], then=trees[1]))
    if resolver.faults:
        raise LawError(*dict.fromkeys(resolver.faults))
    rules = tuple(rule for rule in found.values() if rule is not None)
    silent = tuple(name for name, rule in found.items() if rule is None)  # no fault: not in force
    return Resolved(rules, dict(sorted(resolver.used.items())), tuple(kept), silent)

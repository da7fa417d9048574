"""Why a rule is not met or not established, and what would settle it; for one case.

A rule is compiled once to branches, with the facts under each as bits in the order of the text.
On a case each branch is evaluated once, into a list; then the reasons are read from the top down:

- missing: only a branch that is itself not established can move its parent. Of a CASE whose
  condition is open: the condition and each open answer; else of the chosen answer alone.
- failing: every branch that is not what its parent needs, down to the comparisons.
- ways: sets of missing facts which, established favourably, make the rule met. Where all branches
  are needed their sets are joined; where one is enough the smaller sets are kept.

Exact where no fact repeats in the rule; where one does, a fact *may* decide.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from habeas.docket.columns import Value
from habeas.law.program import Program, ProgramRule
from habeas.law.tree import AllOf, AnyOf, Choose, Fact, Not, walk
from habeas.law.tree import facts as facts_of
from habeas.screening.evaluate import Facts, Function, Part, tests

MOST = 3  # ways told of one rule, and of one case
KEPT = 12  # ways kept on the way to them
REMEMBERED = 1 << 14  # reasons
LEAF, ALL, ANY, NOT, CASE, VALUE = range(6)
Values = list[Value | None]
Step = tuple[int, Function, tuple[int, ...]]  # kind, function, places of the branches under it
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A node of a rule, its place in the list of values, and the facts under it as bits.

    A LEAF is a fact, list or comparison without a CASE in it. A VALUE is a comparison or sum that
    holds a CASE: it needs all its parts, but of the CASE only what the condition chooses.
    """

    kind: int
    part: Part
    place: int
    bits: int
    branches: tuple["Branch", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A rule ready to be explained."""

    rule: ProgramRule
    steps: tuple[Step, ...]  # every branch behind those under it
    applies: Branch
    require: Branch
    names: tuple[tuple[int, str], ...]  # the bit of each fact, in the order of the text


@dataclass(frozen=True, slots=True)
class Leaf:
    """A fact, list or comparison of a rule that is the opposite of what the rule needs."""

    part: Part
    holds: bool  # what it is on the case
    facts: Names  # that make it so, in the order of the text


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """Why one rule does not let a case go on; what does not concern it is empty."""

    rule: ProgramRule
    missing: Names = ()  # of a rule not established
    ways: tuple[Names, ...] = ()  # at most MOST
    failing: tuple[Leaf, ...] = ()  # of a rule not met
    settling: tuple[int, ...] = ()  # the ways as bits, over all rules of the program
    facts: Facts = field(default_factory=dict)  # of the rule that count

    @property
    def failing_facts(self) -> Names:
        """Facts whose values make the rule not met, in the order of the text."""
        return tuple(dict.fromkeys(name for leaf in self.failing for name in leaf.facts))


# Plans


_KINDS: dict[type, int] = {AllOf: ALL, AnyOf: ANY, Not: NOT, Choose: CASE}


class _Planner:
    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers = numbers
        self.steps: list[Step] = []

    def branch(self, part: Part) -> Branch:
        node = part.node
        kind = _KINDS.get(type(node), LEAF)
        if kind == LEAF and any(isinstance(one, Choose) for one in walk(node)):
            kind = VALUE
        inner = tuple(self.branch(one) for one in part.parts) if kind != LEAF else ()
        bits = sum(self.numbers[name] for name in facts_of(node))
        self.steps.append((kind, part.test, tuple(one.place for one in inner)))
        return Branch(kind, part, len(self.steps) - 1, bits, inner)


def plan(rule: ProgramRule, numbers: dict[str, int]) -> Plan:
    """A rule ready to be explained; `numbers` takes the bit of each fact that it does not hold."""
    nodes = (one for tree in (rule.applies, rule.require) for one in walk(tree))
    names = dict.fromkeys(one.name for one in nodes if isinstance(one, Fact))
    for name in names:
        numbers.setdefault(name, 1 << len(numbers))
    planner, (applies, require) = _Planner(numbers), tests(rule)
    top = planner.branch(applies), planner.branch(require)
    order = tuple((numbers[name], name) for name in names)
    return Plan(rule, tuple(planner.steps), top[0], top[1], order)


@lru_cache(maxsize=4096)
def planned(rule: ProgramRule) -> Plan:
    """A rule by itself, ready to be explained; made once."""
    return plan(rule, {})


@lru_cache(maxsize=64)
def plans(program: Program) -> dict[str, Plan]:
    """Every rule of a program by id, over one numbering of its facts; made once."""
    numbers: dict[str, int] = {}
    return {rule.id: plan(rule, numbers) for rule in program.rules}


# A rule on a case


def _joined(values: Values, places: tuple[int, ...], *, dominant: bool) -> bool | None:
    found: bool | None = not dominant
    for place in places:
        value = values[place]
        if value is dominant:
            return dominant
        if value is None:
            found = None
    return found


def _values(one: Plan, facts: Facts) -> Values:
    values: Values = []
    for kind, test, places in one.steps:
        if kind in {LEAF, VALUE}:
            values.append(test(facts))
        elif kind == NOT:
            inner = values[places[0]]
            values.append(None if inner is None else not inner)
        elif kind == CASE:
            chosen = values[places[0]]
            values.append(None if chosen is None else values[places[1 if chosen else 2]])
        else:
            values.append(_joined(values, places, dominant=kind == ANY))
    return values


class _Read:
    """One rule on one case: the value of each branch, and the facts that are absent."""

    def __init__(self, one: Plan, facts: Facts) -> None:
        self.plan = one
        self.values = _values(one, facts)
        self.absent = sum(bit for bit, name in one.names if name not in facts)

    def names(self, bits: int) -> Names:
        return tuple(name for bit, name in self.plan.names if bit & bits)

    def missing(self, branch: Branch) -> int:
        """Absent facts that may move a branch, as bits; none where it is established."""
        values = self.values
        if values[branch.place] is not None:
            return 0
        if branch.kind == LEAF:
            return branch.bits & self.absent
        branches = branch.branches
        if branch.kind == CASE and (chosen := values[branches[0].place]) is not None:
            return self.missing(branches[1 if chosen else 2])
        found = 0
        for one in branches:
            found |= self.missing(one)
        return found

    def ways(self, branch: Branch, wanted: Value | None) -> list[int]:
        """Sets of absent facts that may make a branch what is wanted; None wants any value."""
        value, kind, branches = self.values[branch.place], branch.kind, branch.branches
        if value is not None:
            return [0] if wanted is None or value is wanted else []
        if kind == LEAF:
            return [branch.bits & self.absent]
        if kind == VALUE:
            return _product(self.ways(one, None) for one in branches)
        if kind == CASE:
            return self.choices(branches, wanted)
        return self.answers(branch, wanted)

    def answers(self, branch: Branch, wanted: Value | None) -> list[int]:
        """Ways of NOT, AND and OR."""
        kind, branches = branch.kind, branch.branches
        if wanted is None:
            return _least(self.ways(branch, True) + self.ways(branch, False))
        if kind == NOT:
            return self.ways(branches[0], not wanted)
        if (kind == ALL) is wanted:
            return _product(self.ways(one, wanted) for one in branches)
        return _least([way for one in branches for way in self.ways(one, wanted)])

    def choices(self, branches: tuple[Branch, ...], wanted: Value | None) -> list[int]:
        """Ways through the open condition of a CASE, or within the answer that it chooses."""
        when, then, other = branches
        pairs = ((self.ways(when, True), then), (self.ways(when, False), other))
        return _least(
            [way for lead, answer in pairs for way in _product((lead, self.ways(answer, wanted)))]
        )

    def failing(self, branch: Branch, wanted: Value | None) -> Iterator[Leaf]:
        """The leaves that make a branch the opposite of what is wanted."""
        value = self.values[branch.place]
        if value is None or value is wanted:
            return
        if branch.kind in {LEAF, VALUE}:
            names = dict.fromkeys(name for one in self.used(branch) for name in one)
            yield Leaf(branch.part, value is True, tuple(names))
        elif branch.kind == CASE:
            when, then, other = branch.branches
            chosen = self.values[when.place]
            yield from self.failing(when, not chosen)
            yield from self.failing(then if chosen else other, wanted)
        else:
            needed = not wanted if branch.kind == NOT else wanted
            for one in branch.branches:
                yield from self.failing(one, needed)

    def used(self, branch: Branch) -> Iterator[Names]:
        """Facts that give a comparison its value: of a CASE, those of what was chosen."""
        if branch.kind == CASE:
            when, then, other = branch.branches
            chosen = self.values[when.place]
            yield from (leaf.facts for leaf in self.failing(when, not chosen))
            yield from self.used(then if chosen else other)
        elif branch.kind == LEAF:
            yield self.names(branch.bits)
        else:
            for one in branch.branches:
                yield from self.used(one)


def _least(ways: list[int]) -> list[int]:
    """The smallest sets, none holding another; of equal size the earlier in the text first."""
    if len(ways) < len((0, 1)):
        return ways
    kept: list[int] = []
    for way in sorted(ways, key=lambda one: (one.bit_count(), one)):
        if not any(one & way == one for one in kept):
            kept.append(way)
    return kept[:KEPT]


def _product(sides: Iterable[list[int]]) -> list[int]:
    """Every way to take one set of each side, joined."""
    found = [0]
    for side in sides:
        if len(side) == 1:
            found = [one | side[0] for one in found]
        else:
            found = _least([one | way for one in found for way in side])
    return _least(found)


@lru_cache(maxsize=REMEMBERED)
def _reason(one: Plan, values: tuple[Value | None, ...]) -> Reason:
    """The reason of a rule; of many cases most give a rule one of a few sets of values."""
    told = zip(one.names, values, strict=True)
    facts = {name: value for (_, name), value in told if value is not None}
    read = _Read(one, facts)
    speaks, holds = read.values[one.applies.place], read.values[one.require.place]
    if speaks is False or holds is True:  # met, so that there is nothing to say
        return Reason(one.rule, facts=facts)
    if speaks is True and holds is False:
        failing = tuple(read.failing(one.require, True))
        return Reason(one.rule, failing=failing, facts=facts)
    settling = _least(read.ways(one.require, True) + read.ways(one.applies, False))
    missing = read.names(read.missing(one.applies) | read.missing(one.require))
    ways = tuple(read.names(way) for way in settling[:MOST])
    return Reason(one.rule, missing, ways, settling=tuple(settling), facts=facts)


def explained(one: Plan, facts: Facts) -> Reason:
    """Why a rule that is not met, or not established, is so on these facts."""
    return _reason(one, tuple([facts.get(name) for _, name in one.names]))


def leaf_values(one: Plan, facts: Facts) -> Iterator[tuple[Branch, bool | None]]:
    """Every fact, list and comparison of a rule, `applies` first, with what it is on the facts."""
    values = _values(one, facts)

    def under(branch: Branch) -> Iterator[Branch]:
        if branch.kind in {LEAF, VALUE}:
            yield branch
        for inner in branch.branches:
            yield from under(inner) if branch.kind != VALUE or inner.kind == CASE else ()

    for top in (one.applies, one.require):
        for branch in under(top):
            value = values[branch.place]
            yield branch, value if isinstance(value, bool) else None


def missing(rule: ProgramRule, facts: Facts) -> list[str]:
    """Facts which, once established, may decide a rule that is not established; in rule order."""
    return list(explained(planned(rule), facts).missing)


def failing(rule: ProgramRule, facts: Facts) -> list[str]:
    """Facts whose values make a rule not met, in the order of the text; all, not the first."""
    return list(explained(planned(rule), facts).failing_facts)


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a case does not go on: of each rule by itself, and of all together."""

    not_met: tuple[Reason, ...]  # in the program's order
    open: tuple[Reason, ...]
    ways: tuple[Names, ...]  # sets that may make the case eligible; empty where a rule is not met


def reasons(
    program: Program, facts: Facts, not_met: Iterable[str], open_rules: Iterable[str]
) -> Reasons:
    """The reasons of one case.

    Args:
        program: the rules.
        facts: the facts that count.
        not_met: ids of its rules that are not met on these facts.
        open_rules: ids of its rules that are not established.
    """
    made = plans(program)
    failed = tuple([explained(made[name], facts) for name in not_met])
    waiting = tuple([explained(made[name], facts) for name in open_rules])
    return Reasons(failed, waiting, _together(made, waiting) if waiting and not failed else ())


def _together(made: dict[str, Plan], waiting: tuple[Reason, ...]) -> tuple[Names, ...]:
    # Rules with a single way first: what they need anyway may settle others.
    sides = sorted((list(one.settling) for one in waiting), key=len)
    found = _product(sides)[:MOST]
    names = {bit: name for one in made.values() for bit, name in one.names}
    return tuple(tuple(name for bit, name in names.items() if bit & way) for way in found)

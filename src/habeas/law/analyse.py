"""What can be said of a file's rules over all cases: dead, trivial, implied, inexact, missing.

Every case that an answer shows has been run by the reference; "never" is a proof of the solver.
An answer that it did not give in time is told as such, and never taken for "never".
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from habeas.law.program import ProgramRule
from habeas.law.prove import Eligible, Reference
from habeas.law.tree import AnyOf, Code, Compare, Fact, Node, Not, walk
from habeas.law.world import HARD, Case, Formula, Reading, Sides, every, no, some

Kind = Literal["dead", "trivial", "undecided"]

TRIED = 2_000  # cases that are looked at before a rule is taken for exact


@dataclass(frozen=True, slots=True)
class Ground:
    """The cases that a question is about, and who confirms an answer."""

    reading: Reading
    reference: Reference

    def sides(self, rule: ProgramRule) -> Sides:
        """When a rule is met, and when it is not met."""
        return self.reading.implied(rule.applies, rule.require)

    def value(self, rule: ProgramRule, case: Case) -> bool | None:
        """What the reference says of a rule: met, not met, not established."""
        return self.reference.value(whole(rule), case)

    def is_so(self, rule: ProgramRule, *, value: bool | None) -> Callable[[Case], bool]:
        """Whether a rule is met (True), not met or not established (None) in a case."""
        return lambda case: self.value(rule, case) is value


def whole(rule: ProgramRule) -> Node:
    """A rule as one tree: it holds where it does not apply or what it requires is so."""
    return AnyOf((Not(rule.applies), rule.require))


def kinds(ground: Ground, rules: Iterable[ProgramRule]) -> dict[str, Kind]:
    """Rules that no case meets, or that every case meets or leaves open; or undecided."""
    found: dict[str, Kind] = {}
    ask = ground.reading.world.ask
    for rule in rules:
        sides = ground.sides(rule)
        met = ask(sides.true, ground.is_so(rule, value=True))
        unmet = ask(sides.false, ground.is_so(rule, value=False))
        if not (met.decided and unmet.decided):
            found[rule.id] = "undecided"
        elif met.case is None or unmet.case is None:
            found[rule.id] = "dead" if met.case is None else "trivial"
    return found


def implied(
    ground: Ground, rules: Sequence[ProgramRule], own: Iterable[ProgramRule]
) -> Iterator[tuple[str, str]]:
    """Pairs of rules of which the second adds nothing to the first; the second is of `own`."""
    ask = ground.reading.world.ask
    for other in own:
        asked = other.facts - {*HARD}
        for one in rules:
            if one is other or not asked & one.facts:
                continue
            question = every([ground.sides(one).true, no(ground.sides(other).true)])
            found = ask(question, _parts(ground, one, other))
            if found.case is None and found.decided:
                yield one.id, other.id


def _parts(ground: Ground, one: ProgramRule, other: ProgramRule) -> Callable[[Case], bool]:
    """Whether the first rule is met and the second is not."""
    met, kept = ground.is_so(one, value=True), ground.is_so(other, value=True)
    return lambda case: met(case) and not kept(case)


@dataclass(frozen=True, slots=True)
class Missing:
    """The facts that an eligible case by one pathway may lack, each with such a case."""

    cases: dict[str, Case]
    decided: bool  # the list is complete


def missing(eligible: Eligible, pathway: str) -> Missing:
    """Which facts an eligible case by a pathway may lack."""
    reading, left = eligible.reading, set(eligible.program.facts) - {*HARD}
    by = reading.sides(Compare("=", Fact("pathway"), Code(pathway))).true
    found: dict[str, Case] = {}
    while left:  # each case answers for all facts that it lacks
        lacks = some(no(reading.fact(name)[0]) for name in sorted(left))
        answer = eligible.example(every([by, lacks]))
        if answer.case is None:
            return Missing(found, answer.decided)
        lacking = left - answer.case.facts.keys()
        found |= dict.fromkeys(lacking, answer.case)
        left -= lacking
    return Missing(found, decided=True)


def inexact(ground: Ground, rule: ProgramRule) -> Case | None:
    """A case in which a rule is not established although every completion of it agrees.

    Only a rule that names a fact more than once, and one that can be missing, can have one. None
    where none was found.
    """
    trees = list(chain(walk(rule.applies), walk(rule.require)))
    named = Counter(node.name for node in trees if isinstance(node, Fact))
    if not any(count > 1 for name, count in named.items() if name not in HARD):
        return None
    world, sides = ground.reading.world, ground.sides(rule)
    left = [no(sides.true), no(sides.false)]
    for _ in range(TRIED):
        found = world.ask(every(left), ground.is_so(rule, value=None))
        if found.case is None:
            return None
        ends = _completions(ground, rule, found.case)
        if ends is None:
            return None
        if len(ends) == 1:
            return found.case
        # Both ends complete every case that agrees with both: none of those is inexact.
        left.append(no(every(_like(ground, rule, end) for end in ends)))
    return None


def _like(ground: Ground, rule: ProgramRule, case: Case) -> Formula:
    """What is known for a rule is as in a case, and so is the day if the rule asks for it."""
    world = ground.reading.world
    known = world.fits(case, rule.facts & case.facts.keys())
    return every([known, world.same_day(case)]) if rule.dated else known


def _completions(ground: Ground, rule: ProgramRule, case: Case) -> list[Case] | None:
    """A completion in which the rule is met, and one in which it is not, as far as there are."""
    world, sides = ground.reading.world, ground.sides(rule)
    full = every(ground.reading.fact(name)[0] for name in sorted(rule.facts))
    kept = _like(ground, rule, case)
    ends = []
    for side, formula in ((True, sides.true), (False, sides.false)):
        found = world.ask(every([formula, full, kept]), _ends(ground, rule, case, side=side))
        if not found.decided:
            return None
        ends += [found.case] if found.case else []
    return ends


def _ends(ground: Ground, rule: ProgramRule, case: Case, *, side: bool) -> Callable[[Case], bool]:
    """Whether a completion decides the rule so, on the day of the case if the rule asks for it."""
    is_so = ground.is_so(rule, value=side)
    return lambda end: is_so(end) and (not rule.dated or end.as_of == case.as_of)

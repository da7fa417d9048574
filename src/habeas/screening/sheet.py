"""Programs compiled to steps over columns; equal trees of any rule are one step.

A step finds two planes: where its tree is true, and where false. A plane is named by a number,
even for the first and odd for the second, so that NOT costs nothing: it is `^ 1`.
"""

from dataclasses import dataclass

import pyarrow as pa

from habeas.law.agreement import Vocabulary
from habeas.law.program import Program, ProgramRule
from habeas.law.tree import Choose, Node, Truth, walk
from habeas.screening.lower import AtMost, Joint, Leaf, Lowering, Plan, SameCode, asked

Ref = int  # of a plane


def values(leaf: Leaf) -> tuple[Node, ...]:
    """The numbers, days or codes that a leaf compares, where they are more than facts."""
    match leaf:
        case AtMost():
            return tuple(term for term, _ in leaf.left + leaf.right)
        case SameCode():
            return (leaf.left, leaf.right)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Step:
    """One tree to find, out of those of earlier steps."""

    leaf: Leaf | Joint
    parts: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class RuleSteps:
    """The plane in which a rule is met, and those of its two trees."""

    rule: ProgramRule
    met: Ref
    applies: Ref | None  # None: it always applies
    require: Ref


class Sheet:
    """Programs compiled to steps; equal trees of any rule are one step."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lowering = Lowering(vocabulary)
        self.steps: list[Step] = []
        self.conditions: dict[Node, Ref] = {}  # of CASEs within numbers
        self.lists: dict[str, tuple[pa.Array, tuple[str, ...]]] = {}  # declared codes, by fact
        self._found: dict[Plan, Ref] = {}
        self._places: dict[Step, Ref] = {}

    def add(self, node: Node) -> Ref:
        """The plane of a yes/no tree."""
        return self._plan(self.lowering.test(node))

    def rule(self, rule: ProgramRule) -> RuleSteps:
        """The planes of a rule."""
        require = self.add(rule.require)
        if rule.applies == Truth(value=True):
            return RuleSteps(rule, require, None, require)
        applies = self.add(rule.applies)
        return RuleSteps(rule, self._any((applies ^ 1, require)), applies, require)

    def program(self, program: Program) -> tuple[RuleSteps, ...]:
        """The planes of every rule of a program, in its order."""
        return tuple(map(self.rule, program.rules))

    def order(self) -> list[int]:
        """The steps so that each comes after its parts, and those of one column together.

        A column is then read while it is still near: the docket is larger than any cache.
        """
        columns: dict[str, list[int]] = {}
        for n, step in enumerate(self.steps):
            if not isinstance(step.leaf, str) and not self._chooses(step.leaf):
                columns.setdefault(min(asked(step.leaf), default=""), []).append(n)
        beside = {n: group for group in columns.values() for n in group}
        order: dict[int, None] = {}
        for n in range(len(self.steps)):  # parts come before what they are parts of
            order |= dict.fromkeys(beside.get(n, [n]))
        return list(order)

    def _chooses(self, leaf: Leaf) -> bool:
        return any(isinstance(part, Choose) for node in values(leaf) for part in walk(node))

    def codes(self, name: str) -> tuple[pa.Array, tuple[str, ...]] | None:
        """A fact's declared codes as the dictionary of a column, and in their order."""
        listed = self.vocabulary.facts[name].codes
        if listed is None:
            return None
        if name not in self.lists:
            words = self.vocabulary.codes[listed]
            self.lists[name] = pa.array(words, pa.utf8()), words
        return self.lists[name]

    def _plan(self, plan: Plan) -> Ref:
        if plan.leaf == "not":
            return self._plan(plan.parts[0]) ^ 1
        if plan not in self._found:
            self._found[plan] = self._step(plan)
        return self._found[plan]

    def _step(self, plan: Plan) -> Ref:
        self._conditions(plan.leaf)
        parts = tuple(map(self._plan, plan.parts))
        return self._any(parts) if plan.leaf == "or" else self._put(Step(plan.leaf, parts))

    def _any(self, parts: tuple[Ref, ...]) -> Ref:
        # By De Morgan: one kind of step less, and more of them are shared.
        return self._put(Step("and", tuple(part ^ 1 for part in parts))) ^ 1

    def _put(self, step: Step) -> Ref:
        if step not in self._places:
            self._places[step] = 2 * len(self.steps)
            self.steps.append(step)
        return self._places[step]

    def _conditions(self, leaf: Leaf | Joint) -> None:
        for node in () if isinstance(leaf, str) else values(leaf):
            for part in walk(node):
                if isinstance(part, Choose):
                    self.conditions[part.when] = self.add(part.when)

"""Programs compiled to steps over columns; equal trees of any rule are one step.

A step finds two planes: where its tree is true, and where false. A plane is named by a number,
even for the first and odd for the second, so that NOT costs nothing: it is `^ 1`.
"""

from dataclasses import dataclass

import pyarrow as pa

from habeas.law.agreement import Vocabulary
from habeas.law.program import Program, ProgramRule
from habeas.law.tree import Choose, Node, Truth, walk
from habeas.screening.lower import AtMost, Joint, Leaf, Lowering, Plan, SameCode

Ref = int  # of a plane


@dataclass(frozen=True, slots=True)
class Step:
    """One tree to find, out of those of earlier steps."""

    leaf: Leaf | Joint
    parts: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class RuleSteps:
    """The planes of a rule's two trees; a rule that always applies has none for `applies`."""

    rule: ProgramRule
    applies: Ref | None
    require: Ref


class Sheet:
    """Programs compiled to steps; equal trees of any rule are one step."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lowering = Lowering(vocabulary)
        self.steps: list[Step] = []
        self.conditions: dict[Node, Ref] = {}  # of CASEs within numbers
        self.lists: dict[str, tuple[pa.Array, dict[str, int]]] = {}  # declared codes, by fact
        self._found: dict[Plan, Ref] = {}

    def add(self, node: Node) -> Ref:
        """The plane of a yes/no tree."""
        return self._plan(self.lowering.test(node))

    def rule(self, rule: ProgramRule) -> RuleSteps:
        """The planes of a rule."""
        always = rule.applies == Truth(value=True)
        applies = None if always else self.add(rule.applies)
        return RuleSteps(rule, applies, self.add(rule.require))

    def program(self, program: Program) -> tuple[RuleSteps, ...]:
        """The planes of every rule of a program, in its order."""
        return tuple(map(self.rule, program.rules))

    def codes(self, name: str) -> tuple[pa.Array, dict[str, int]] | None:
        """A fact's declared codes as the dictionary of a column, and the number of each."""
        listed = self.vocabulary.facts[name].codes
        if listed is None:
            return None
        if name not in self.lists:
            words = self.vocabulary.codes[listed]
            numbers = {word: n for n, word in enumerate(words)}
            self.lists[name] = pa.array(words, pa.utf8()), numbers
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
        if plan.leaf == "or":  # by De Morgan: one kind of step less, and more of them are shared
            negated = tuple(part ^ 1 for part in parts)
            return self._put(Step("and", negated)) ^ 1
        return self._put(Step(plan.leaf, parts))

    def _put(self, step: Step) -> Ref:
        self.steps.append(step)
        return 2 * len(self.steps) - 2

    def _conditions(self, leaf: Leaf | Joint) -> None:
        nodes: tuple[Node, ...] = ()
        if isinstance(leaf, AtMost):
            nodes = tuple(term for term, _ in leaf.left + leaf.right)
        elif isinstance(leaf, SameCode):
            nodes = (leaf.left, leaf.right)
        for node in nodes:
            for part in walk(node):
                if isinstance(part, Choose):
                    self.conditions[part.when] = self.add(part.when)

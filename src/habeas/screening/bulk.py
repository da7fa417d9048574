"""A docket in bulk: findings and outcomes of every case as bits, and what the open ones wait for.

The twin of `decision.outcome` and `explain.missing` over bit planes. What is kept of a batch is
two bits a rule and case; counts are taken batch by batch, so that memory does not grow with the
docket.
"""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import local
from typing import TypeVar

import numpy as np
import pyarrow as pa

from habeas.law.program import Program
from habeas.law.tree import Choose, Fact, Node, children
from habeas.screening.lower import AtMost, SameCode, asked
from habeas.screening.planes import Bits, Frame, Plane, count, counts
from habeas.screening.sheet import Ref, RuleSteps, Sheet
from habeas.terms import Outcome

A = TypeVar("A")
B = TypeVar("B")
K = TypeVar("K", bound=Hashable)
OUTCOMES = tuple(outcome.value for outcome in Outcome)
Masks = Mapping[str, Bits]
Work = tuple[pa.RecordBatch, Masks]


@dataclass(frozen=True, slots=True)
class Found:
    """One batch under one program: a plane a rule, and the outcome of each case."""

    length: int  # of the batch
    rows: Bits  # the cases that were put to the program
    rules: tuple[Plane, ...]  # where met, where not met; in the program's order
    eligible: Bits
    barred: Bits

    def counts(self) -> dict[str, int]:
        """Cases by outcome."""
        eligible, barred = count(self.eligible), count(self.barred)
        rest = count(self.rows) - eligible - barred
        return dict(zip(OUTCOMES, (eligible, barred, rest), strict=True))

    def outcome(self) -> pa.DictionaryArray:
        """The outcome of each case."""
        bits = (np.unpackbits(one, count=self.length, bitorder="little")
                for one in (self.eligible, self.barred))  # fmt: skip
        eligible, barred = bits
        places = pa.array((2 - 2 * eligible - barred).astype(np.int8))
        return pa.DictionaryArray.from_arrays(places, pa.array(OUTCOMES, pa.utf8()))

    def columns(self) -> list[pa.BooleanArray]:
        """A nullable boolean a rule: true met, false not met, null not established."""
        return [
            pa.Array.from_buffers(
                pa.bool_(),
                self.length,
                [pa.py_buffer(rule.true | rule.false), pa.py_buffer(rule.true)],
            )
            for rule in self.rules
        ]


@dataclass(slots=True)
class Waiting:
    """What the open cases of a docket wait for."""

    missing: Counter[tuple[str, str]] = field(default_factory=Counter)  # (rule, fact): cases
    open: Counter[str] = field(default_factory=Counter)  # fact: not established cases that wait
    alone: Counter[str] = field(default_factory=Counter)  # fact: those that wait for it only

    def add(self, other: "Waiting") -> None:
        """Take in the counts of another batch."""
        self.missing.update(other.missing)
        self.open.update(other.open)
        self.alone.update(other.alone)


class Bulk:
    """A program ready to run over batches; one a thread."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.sheet = Sheet(program.vocabulary)
        self.steps = self.sheet.program(program)
        self.frame = Frame(self.sheet)
        refs = [steps.met for steps in self.steps]
        # A plane that two rules share, or that is another's opposite, is kept once.
        self._kept = list({ref >> 1: ref for ref in refs}.values())
        place = {ref >> 1: n for n, ref in enumerate(self._kept)}
        self._found = [(place[ref >> 1], ref ^ self._kept[place[ref >> 1]]) for ref in refs]

    def run(self, batch: pa.RecordBatch, masks: Masks, rows: Bits | None = None) -> Found:
        """Every rule on every case of a batch, or on those of some rows."""
        kept = self.frame.load(batch, masks, self._kept)
        every = self.frame.every.copy() if rows is None else rows
        if rows is not None:
            kept &= rows
        rules = tuple(Plane(kept[n, turned], kept[n, 1 - turned]) for n, turned in self._found)
        eligible, barred = every.copy(), np.zeros_like(every)
        for rule in rules:
            np.bitwise_and(eligible, rule.true, out=eligible)
            np.bitwise_or(barred, rule.false, out=barred)
        return Found(batch.num_rows, every, rules, eligible, barred)

    def waiting(self, found: Found) -> Waiting:
        """What the cases of the batch that was run last wait for."""
        reasons = _Reasons(self.frame, found.rows)
        pairs, rows = list[tuple[str, str]](), list[Bits]()
        facts: dict[str, Bits] = {}
        for steps, plane in zip(self.steps, found.rules, strict=True):
            for name, bits in reasons.rule(steps, plane).items():
                pairs.append((steps.rule.id, name))
                rows.append(bits)
                facts[name] = facts[name] | bits if name in facts else bits
        open_cases = found.rows & ~(found.eligible | found.barred)
        once, twice = np.zeros_like(open_cases), np.zeros_like(open_cases)
        for bits in facts.values():
            twice |= once & bits
            once |= bits
        short = open_cases & ~twice
        rows += [bits & open_cases for bits in facts.values()]
        rows += [bits & short for bits in facts.values()]
        numbers = counts(rows)
        last, names = len(pairs), list(facts)
        return Waiting(
            _some(pairs, numbers[:last]),
            _some(names, numbers[last : last + len(names)]),
            _some(names, numbers[last + len(names) :]),
        )


def _some(names: Sequence[K], numbers: Sequence[int]) -> Counter[K]:
    return Counter({name: number for name, number in zip(names, numbers, strict=True) if number})


class _Reasons:
    """The facts that may decide a rule, as bits of the cases in which they are missing."""

    def __init__(self, frame: Frame, rows: Bits) -> None:
        self.frame = frame
        self.rows = rows
        self.found: dict[str, Bits] = {}
        self.open: dict[int, Bits] = {}
        self.unknown: dict[str, Bits] = {}

    def rule(self, steps: RuleSteps, plane: Plane) -> dict[str, Bits]:
        """By fact, the cases in which the rule is open and waits for it."""
        self.found = {}
        mask = self.rows & ~(plane.true | plane.false)
        for ref in (steps.applies, steps.require):
            if ref is not None:
                self.tree(ref, mask)
        return self.found

    def undecided(self, ref: Ref) -> Bits:
        """Where a tree is established neither way."""
        slot = ref >> 1
        if slot not in self.open:
            self.open[slot] = ~(self.frame.sides[ref] | self.frame.sides[ref ^ 1])
        return self.open[slot]

    def tree(self, ref: Ref, mask: Bits) -> None:
        """The facts of a tree where it is open: only such a branch can move its parent."""
        step = self.frame.sheet.steps[ref >> 1]
        match step.leaf:
            case "if":
                self.choice(step.parts, mask & self.undecided(ref))
            case str():
                inner = mask & self.undecided(ref)
                for part in step.parts:
                    self.tree(part, inner)
            case AtMost() as leaf:
                inner = mask & self.undecided(ref)
                for term, _ in (*leaf.left, *leaf.right):
                    self.value(term, inner)
                self.facts(leaf.asked, inner)
            case SameCode() as leaf:
                inner = mask & self.undecided(ref)
                self.value(leaf.left, inner)
                self.value(leaf.right, inner)
            case leaf:  # what is missing makes it unknown: no other case is open
                self.facts(asked(leaf), mask)

    def choice(self, parts: tuple[Ref, ...], mask: Bits) -> None:
        """A CASE: its condition and both branches where that is open, else the branch chosen."""
        when, then, other = parts
        unsure = mask & self.undecided(when)
        self.tree(when, unsure)
        self.tree(then, unsure | mask & self.frame.sides[when])
        self.tree(other, unsure | mask & self.frame.sides[when ^ 1])

    def value(self, node: Node, mask: Bits) -> None:
        """A number, day or code: strict, so that every fact in it counts."""
        match node:
            case Fact():
                self.fact(node.name, mask)
            case Choose():
                ref = self.frame.sheet.conditions[node.when]
                unsure = mask & self.undecided(ref)
                self.tree(ref, unsure)
                self.value(node.then, unsure | mask & self.frame.sides[ref])
                self.value(node.other, unsure | mask & self.frame.sides[ref ^ 1])
            case _:
                for part in children(node):
                    self.value(part, mask)

    def facts(self, names: frozenset[str], mask: Bits) -> None:
        """Several facts."""
        for name in names:
            self.fact(name, mask)

    def fact(self, name: str, mask: Bits) -> None:
        """Note where a fact is missing."""
        if name not in self.unknown:
            self.unknown[name] = ~self.frame.fact(name).known
        missing = mask & self.unknown[name]
        kept = self.found.get(name)
        self.found[name] = missing if kept is None else kept | missing


def in_order(function: Callable[[A], B], work: Iterable[A], threads: int) -> Iterator[B]:
    """A function over work, in order.

    Args:
        function: safe to run in several threads.
        work: taken one by one.
        threads: how many run at once; no more results than that are held.
    """
    if threads == 1:
        yield from map(function, work)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[B]] = deque()
        for one in work:
            waiting.append(pool.submit(function, one))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def screened(program: Program, work: Iterable[Work], threads: int = 1) -> Iterator[Found]:
    """The findings of batch after batch, in order.

    Args:
        program: the rules of every case.
        work: batches with the masks of facts that lapse.
        threads: how many batches are worked on at once; no more than that are held.
    """
    own = local()  # a frame is used again, so each thread has its own

    def run(one: Work) -> Found:
        if not hasattr(own, "bulk"):
            own.bulk = Bulk(program)
        found: Found = own.bulk.run(*one)
        return found

    return in_order(run, work, threads)

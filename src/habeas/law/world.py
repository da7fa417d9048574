"""Every case that could ever be put forward, as formulas for z3: the one door to the solver.

Each fact is a pair (known, value), within the bounds of the vocabulary; `as_of` is any day of the
period in which the law is the same. Each tree gives two formulas, one for "established true" and
one for "established false"; unknown is neither. Whole months and years are bounded, not modelled:
a moved day lies between the least and the most days that so many months can last, and moving keeps
the order of days. So "no case" is a proof, and a case is a claim until the reference has run it:
one that the reference does not confirm is answered by the exact calendar of its months, then asked
again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, reduce
from operator import eq, ge, gt, le, lt, ne
from time import monotonic
from typing import Any, assert_never

from habeas.errors import Fault, SetupError
from habeas.law import agreement, calendar, limits
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
)

try:
    import z3
except ModuleNotFoundError as error:
    raise SetupError(
        Fault("H906", "proofs need the solver z3", "Type: pip install 'habeas[analyse]'.")
    ) from error

LIMIT_MS = 3_000  # a question; undecided after it
ROUNDS = 100  # of exact calendar, a question
Formula = Any  # z3 publishes no types
Given = Mapping[str, bool | int | str]
HARD = ("agreement", "pathway", "sending", "receiving")  # a row without them is set aside
_TESTS: dict[str, Callable[[Formula, Formula], Formula]] = {
    "=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """The facts that a case establishes, in integer units, and the day on which it is screened."""

    facts: Given
    as_of: int  # days since 1970-01-01


@dataclass(frozen=True, slots=True)
class Found:
    """The answer on a question about all cases."""

    case: Case | None
    decided: bool  # with no case: there is none


@dataclass(frozen=True, slots=True)
class Sides:
    """When a tree is established true, and when established false; unknown is neither."""

    true: Formula
    false: Formula


@dataclass(frozen=True, slots=True)
class _Moved:
    """One day moved by months: the formula of the day, and the variable that stands for it."""

    day: Formula
    months: int
    rounding: calendar.Rounding
    to: Formula


def every(parts: Iterable[Formula]) -> Formula:
    """All of the formulas."""
    return z3.And(list(parts))


def some(parts: Iterable[Formula]) -> Formula:
    """At least one of the formulas."""
    return z3.Or(list(parts))


def no(part: Formula) -> Formula:
    """Not the formula."""
    return z3.Not(part)


def _month(value: int) -> tuple[int, int]:
    """The first and the last day of a day's month."""
    on = calendar.civil(value)
    first = calendar.day(on.replace(day=1))
    return first, calendar.shifted(first, 1, "down") - 1


@lru_cache(maxsize=256)
def offsets(first: int, last: int, months: int, rounding: calendar.Rounding) -> tuple[int, int]:
    """The least and the most days by which days of a range move; both are reached."""
    low, high, day = limits.MOST, -limits.MOST, first
    while day <= last:
        end = min(_month(day)[1], last)
        # Within a month the offset never grows: only its ends matter.
        high = max(high, calendar.shifted(day, months, rounding) - day)
        low = min(low, calendar.shifted(end, months, rounding) - end)
        day = end + 1
    return low, high


class World:
    """The facts of a vocabulary, any of them known or not, and one solver over them.

    Args:
        vocabularies: of every program asked about; a fact keeps to the bounds of all of them.
        period: first and last day that `as_of` may be.
        day: of the period, on which a case is shown if that day confirms it too; None: any day.
    """

    def __init__(
        self,
        vocabularies: Sequence[agreement.Vocabulary],
        period: tuple[date, date],
        day: date | None = None,
    ) -> None:
        self._shown = day if day and period[0] <= day <= period[1] else None
        self.vocabularies = vocabularies
        self.known: dict[str, Formula] = {}
        self.value: dict[str, Formula] = {}
        self.numbers: dict[str, int] = {}  # of each code met, over all lists
        self._bounds: list[Formula] = []  # true of every case; not yet told to the solver
        self._moved: dict[tuple[int, int, str], _Moved] = {}
        self._solver = z3.Solver()
        first, last = map(calendar.day, period)
        self.as_of = z3.IntVal(first) if first == last else z3.Int("as_of")
        self._bounds += [self.as_of >= first, self.as_of <= last]

    def number(self, code: str) -> int:
        """The number that stands for a code."""
        return self.numbers.setdefault(code, len(self.numbers))

    def fact(self, name: str) -> tuple[Formula, Formula]:
        """Whether a fact is known, and its value."""
        if name not in self.known:
            self.known[name] = z3.Bool(f"{name} is known")
            kind = self.vocabularies[0].facts[name].type
            self.value[name] = z3.Bool(name) if kind == "bool" else z3.Int(name)
            self._bound(name, [one.facts[name] for one in self.vocabularies])
        return self.known[name], self.value[name]

    def _bound(self, name: str, facts: list[agreement.Fact]) -> None:
        value = self.value[name]
        if facts[0].type in {"int", "date"}:
            ranges = [limits.of_fact(one) for one in facts]
            low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
            if low > high:  # no value that all programs admit: such a fact is never known
                self._bounds.append(z3.Not(self.known[name]))
                low, high = ranges[0]
            self._bounds += [value >= low, value <= high]
        elif facts[0].type == "code":
            self._bound_code(name, facts)

    def _bound_code(self, name: str, facts: list[agreement.Fact]) -> None:
        listed = [
            vocabulary.codes[fact.codes]
            for vocabulary, fact in zip(self.vocabularies, facts, strict=True)
            if fact.codes is not None
        ]
        if not listed:  # any well-formed code may stand: a number that no code has is another code
            self._bounds.append(self.value[name] >= 0)
            return
        shared = [word for word in listed[0] if all(word in words for words in listed)]
        if not shared:
            self._bounds.append(z3.Not(self.known[name]))
        numbers = [self.number(word) for word in shared or listed[0]]
        self._bounds.append(some(self.value[name] == number for number in numbers))

    def moved(self, day: Formula, node: Shift, months: int) -> Formula:
        """A day moved by months: the constant, or a variable between bounds."""
        day = z3.simplify(day)
        if z3.is_int_value(day):
            return z3.IntVal(calendar.shifted(day.as_long(), months, node.rounding))
        key = (day.get_id(), months, node.rounding)
        if key not in self._moved:
            name = f"{day} moved {months} months {node.rounding}"
            found = _Moved(day, months, node.rounding, z3.Int(name))
            first, last = self._range(node.day)
            low, high = offsets(first, last, months, node.rounding)
            self._bounds += [found.to >= day + low, found.to <= day + high]
            for other in self._moved.values():
                self._bounds += _ordered(found, other)
            self._moved[key] = found
        return self._moved[key].to

    def _range(self, node: Node) -> limits.Limits:
        ranges = [limits.limits(node, one, {}) for one in self.vocabularies]
        first, last = max(low for low, _ in ranges), min(high for _, high in ranges)
        return max(first, calendar.FIRST), min(last, calendar.LAST)

    def ask(self, question: Formula, confirm: Callable[[Case], bool]) -> Found:
        """A case of which a formula is true and which the reference confirms."""
        end = monotonic() + LIMIT_MS / 1000
        for _ in range(ROUNDS):
            model, answer = self._check(question, end)
            if answer == z3.unsat:
                return Found(None, decided=True)
            if model is None:
                break
            for case in self._cases(model):
                if confirm(case):
                    return Found(case, decided=True)
            if not self._refined(model):
                break
        return Found(None, decided=False)

    def assume(self, formula: Formula) -> None:
        """Keep a formula true in every later question."""
        self._bounds.append(formula)

    def _check(self, question: Formula, end: float) -> tuple[Formula | None, Formula]:
        left = int((end - monotonic()) * 1000)
        if left <= 0:
            return None, z3.unknown
        self._solver.add(self._bounds)
        self._bounds = []
        self._solver.push()
        self._solver.set("timeout", left)
        self._solver.add(question)
        answer = self._solver.check()
        model = self._solver.model() if answer == z3.sat else None
        self._solver.pop()
        return model, answer

    def _refined(self, model: Formula) -> bool:
        """Whether the model moved some day wrongly; its month is exact from now on."""
        wrong = False
        for one in self._moved.values():
            day = _number(model, one.day)
            try:
                exact = calendar.shifted(day, one.months, one.rounding)
            except ValueError:  # a day that no bound holds: the fact is unknown in the model
                continue
            if _number(model, one.to) != exact:
                self._bounds += _exact(one, day)
                wrong = True
        return wrong

    def _cases(self, model: Formula) -> list[Case]:
        """The case of a model on the day that is preferred, then on the day of the model."""
        case = self._case(model)
        if self._shown is None:
            return [case]
        return [Case(case.facts, calendar.day(self._shown)), case]

    def _case(self, model: Formula) -> Case:
        words = {number: word for word, number in self.numbers.items()}
        found: dict[str, bool | int | str] = {}
        for name in sorted(self.known):
            if not z3.is_true(model.eval(self.known[name], model_completion=True)):
                continue
            kind = self.vocabularies[0].facts[name].type
            if kind == "bool":
                found[name] = z3.is_true(model.eval(self.value[name], model_completion=True))
            else:
                number = _number(model, self.value[name])
                found[name] = words.get(number, f"other-{number}") if kind == "code" else number
        return Case(found, _number(model, self.as_of))

    def placed(self) -> Formula:
        """A row names what a row must name, and no agreement or state by a word of another list."""
        lists = [words for one in self.vocabularies for words in one.codes.values()]
        listed = sorted({self.number(word) for words in lists for word in words})
        parts = [self.fact(name)[0] for name in HARD]
        for name in HARD:
            if self.vocabularies[0].facts[name].codes is None:
                parts += [self.fact(name)[1] != number for number in listed]
        return every([*parts, self.fact("sending")[1] != self.fact("receiving")[1]])

    def fits(self, case: Case, names: Iterable[str]) -> Formula:
        """Every named fact that is known has the value that it has in a case."""
        parts = []
        for name in sorted(names):
            known, value = self.fact(name)
            given = case.facts[name]
            exact = self.number(given) if isinstance(given, str) else given
            parts.append(z3.Or(z3.Not(known), value == exact))
        return z3.And(parts)

    def day(self, value: date) -> Formula:
        """A day that is given, in the place of any day."""
        return z3.IntVal(calendar.day(value))

    def same_day(self, case: Case) -> Formula:
        """Screened on the day of a case."""
        return self.as_of == case.as_of


def _number(model: Formula, term: Formula) -> int:
    return int(model.eval(term, model_completion=True).as_long())


def _ordered(one: _Moved, other: _Moved) -> list[Formula]:
    """Moving by as many months keeps the order of days; moving by more never comes earlier."""
    if one.rounding != other.rounding:
        return []
    pairs = [(one, other), (other, one)]
    return [
        z3.Implies(less.day <= more.day, less.to <= more.to)
        for less, more in pairs
        if less.months <= more.months
    ]


def _exact(one: _Moved, day: int) -> list[Formula]:
    """The calendar of one month: where each of its days is moved to."""
    first, last = _month(day)
    begins = calendar.shifted(first, one.months, one.rounding)
    over = _month(begins)[1] + (one.rounding == "up")  # of days that the target month lacks
    straight = one.day - first + begins
    within = z3.And(one.day >= first, one.day <= last)
    ends = calendar.shifted(last, one.months, one.rounding)
    return [
        z3.Implies(within, one.to == z3.If(straight <= over, straight, over)),
        z3.Implies(one.day < first, one.to <= begins),
        z3.Implies(one.day > last, one.to >= ends),
    ]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the trees of one program are read: on which day, and under which agreement."""

    world: World
    as_of: Formula
    put_under: str | None = None  # an agreement's id; None: as the case says
    _seen: dict[Node, Sides] = field(default_factory=dict)

    def fact(self, name: str) -> tuple[Formula, Formula]:
        """Whether a fact is known, and its value, as the program reads it."""
        if name == "agreement" and self.put_under is not None:
            return z3.BoolVal(True), z3.IntVal(self.world.number(self.put_under))
        return self.world.fact(name)

    def sides(self, node: Node) -> Sides:
        """When a yes-or-no tree is established true, and when false."""
        if node not in self._seen:
            self._seen[node] = self._sides(node)
        return self._seen[node]

    def _sides(self, node: Node) -> Sides:
        match node:
            case Not():
                inner = self.sides(node.arg)
                return Sides(inner.false, inner.true)
            case AllOf() | AnyOf():
                return self._joined(node)
            case Compare():
                (known, left), (also, right) = self.term(node.left), self.term(node.right)
                return _known(z3.And(known, also), _TESTS[node.op](left, right))
            case In():
                known, value = self.fact(node.fact.name)
                return _known(known, some(value == self.term(one)[1] for one in node.values))
            case Choose():
                when, then, other = map(self.sides, (node.when, node.then, node.other))
                return Sides(
                    z3.Or(z3.And(when.true, then.true), z3.And(when.false, other.true)),
                    z3.Or(z3.And(when.true, then.false), z3.And(when.false, other.false)),
                )
            case _:
                return _known(*self.term(node))

    def _joined(self, node: AllOf | AnyOf) -> Sides:
        parts = [self.sides(arg) for arg in node.args]
        true, false = [part.true for part in parts], [part.false for part in parts]
        if isinstance(node, AllOf):
            return Sides(z3.And(true), z3.Or(false))
        return Sides(z3.Or(true), z3.And(false))

    def term(self, node: Node) -> tuple[Formula, Formula]:  # noqa: C901, PLR0911, PLR0912 - one case a node
        """Whether a value is known, and what it is."""
        match node:
            case Fact():
                return self.fact(node.name)
            case Number():
                return z3.BoolVal(True), z3.IntVal(int(node.value))
            case Code():
                return z3.BoolVal(True), z3.IntVal(self.world.number(node.value))
            case Truth():
                return z3.BoolVal(True), z3.BoolVal(node.value)
            case Day():
                return z3.BoolVal(True), z3.IntVal(node.value)
            case AsOf():
                return z3.BoolVal(True), self.as_of
            case Sum():
                known, (left, right) = self._both(node.left, node.right)
                return known, left + right if node.op == "+" else left - right
            case Times():
                known, (left, right) = self._both(node.left, node.right)
                return known, left * right
            case Minus():
                known, (value,) = self._both(node.arg)
                return known, -value
            case DaysBetween():
                known, (first, second) = self._both(node.first, node.second)
                return known, second - first
            case Shift():
                return self._shift(node)
            case Extreme():
                known, values = self._both(*node.args)
                return known, reduce(_greater if node.greatest else _less, values)
            case Choose():
                return self._choice(node)
            case Not() | AllOf() | AnyOf() | Compare() | In():
                sides = self.sides(node)
                return z3.Or(sides.true, sides.false), sides.true
            case Param() | RuleRef() | YearsOld():
                msg = f"{node} stands in no program: law.resolve and law.check put it in its place"
                raise TypeError(msg)
            case _:
                assert_never(node)

    def _both(self, *nodes: Node) -> tuple[Formula, list[Formula]]:
        terms = [self.term(node) for node in nodes]
        return z3.And([known for known, _ in terms]), [value for _, value in terms]

    def _shift(self, node: Shift) -> tuple[Formula, Formula]:
        known, day = self.term(node.day)
        count = int(node.count.value) if isinstance(node.count, Number) else 0
        if node.unit == "days":
            return known, day + count
        months = count * (calendar.MONTHS if node.unit == "years" else 1)
        return known, self.world.moved(day, node, months)

    def _choice(self, node: Choose) -> tuple[Formula, Formula]:
        when = self.sides(node.when)
        (one, then), (two, other) = self.term(node.then), self.term(node.other)
        known = z3.Or(z3.And(when.true, one), z3.And(when.false, two))
        return known, z3.If(when.true, then, other)

    def implied(self, when: Node, then: Node) -> Sides:
        """When NOT (when) OR (then) is established true, and when false."""
        one, other = self.sides(when), self.sides(then)
        return Sides(z3.Or(one.false, other.true), z3.And(one.true, other.false))

    def bound(self, deal: agreement.Agreement, pathways: Iterable[str]) -> Formula:
        """The hard terms: what a row must say to be a case under the agreement at all."""
        allowed: dict[str, set[str]] = {
            "agreement": {deal.id},
            "pathway": {*pathways},
            "sending": {one.code for one in deal.parties if one.role != "receiving"},
            "receiving": {one.code for one in deal.parties if one.role != "sending"},
        }
        found = []
        for name, words in allowed.items():
            known, value = self.fact(name)
            found += [known, some(value == self.world.number(word) for word in sorted(words))]
        return z3.And([*found, self.fact("sending")[1] != self.fact("receiving")[1]])


def _known(known: Formula, value: Formula) -> Sides:
    return Sides(z3.And(known, value), z3.And(known, z3.Not(value)))


def _less(one: Formula, other: Formula) -> Formula:
    return z3.If(one <= other, one, other)


def _greater(one: Formula, other: Formula) -> Formula:
    return z3.If(one >= other, one, other)

"""Seeded random rules of every kind over every type of fact, and cases for them.

Rules are text that the checker has passed. Days are drawn near 29 February and month ends, numbers
at their declared bounds, and a quarter of all facts is not given.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from random import Random  # noqa: TID251 - seeded, for synthetic rules and rows

import msgspec

from habeas.docket.columns import Value
from habeas.errors import LawError
from habeas.law import calendar, limits
from habeas.law.agreement import Fact, Rule
from habeas.law.check import checked
from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule
from habeas.law.resolve import settled
from habeas.law.tree import Node, Truth

DAY = date(2026, 11, 21)
DEPTH = 6
ABSENT = 0.25
KEYS = ("agreement", "pathway", "sending", "receiving")
_SAID = Text("x", "x")
_LIBRARY = Library().vocabulary


def _fact(**said: object) -> Fact:
    shared = {"ask": _SAID, "established_by": _SAID, "evidence": _SAID}
    return msgspec.convert(shared | said, Fact)


BOOLS = ("is_a", "is_b", "is_c")
CODES = ("code_a", "code_b")
LIST = ("red", "green", "Blue", "light_blue")
WHOLE = ("units", "signed", "large")  # of scale 1
SCALED = ("area", "share")
NUMBERS = WHOLE + SCALED
DATES = ("born", "asked", "due", "ever")
FACTS: dict[str, Fact] = {
    **{name: _fact(type="bool", valid_for_hours=72 if name == "is_c" else None) for name in BOOLS},
    **{name: _fact(type="code", codes="colour") for name in CODES},
    "units": _fact(type="int", min=0, max=60),
    "signed": _fact(type="int", min=-50, max=50),
    "large": _fact(type="int", min=-(2**31), max=2**31),
    "area": _fact(type="int", min=0, max=120, scale=100),
    "share": _fact(type="int", min=-9, max=9, scale=10_000, valid_for_hours=720),
    "born": _fact(type="date", latest=date(2030, 12, 31)),
    "asked": _fact(type="date"),
    "due": _fact(type="date"),
    "ever": _fact(type="date", earliest=date.min, latest=date.max),
}
VOCABULARY = msgspec.structs.replace(
    _LIBRARY,
    codes=_LIBRARY.codes | {"colour": LIST},
    facts=_LIBRARY.facts | FACTS,
)
_EDGES = (
    *("2004-02-28", "2004-02-29", "2005-02-28", "2005-03-01", "2008-02-29", "2008-03-01"),
    *("1999-12-31", "2000-02-29", "2001-01-31", "2026-01-31", "2026-03-31", "2026-08-31"),
    *("2026-11-20", "2026-11-21", "2026-11-22", "2026-12-31", "2027-05-21", "2028-02-29"),
)
EDGES = tuple(calendar.day(date.fromisoformat(one)) for one in _EDGES)


def seeded(seed: int | str) -> Random:
    """The same draws for the same seed."""
    return Random(seed)  # noqa: S311 - synthetic rules and rows, nothing secret


# Rules


class Drawn:
    """Draws rule text, each part no deeper than it is told."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def pick(self, *draws: Callable[[int], str]) -> Callable[[int], str]:
        return self.chance.choice(draws)

    def truth(self, depth: int) -> str:
        """A yes or no."""
        if depth <= 0 or self.chance.random() < 0.1:
            return self.chance.choice(BOOLS)
        leaves = (self.numbers, self.days, self.codes, self.members, self.same, self.age)
        inner = (self.joined, self.joined, self.joined, self.turned, self.case(self.truth))
        return self.pick(*(inner if depth > 2 and self.chance.random() < 0.6 else leaves))(
            depth - 1
        )

    def joined(self, depth: int) -> str:
        word = self.chance.choice((" AND ", " OR "))
        return f"({word.join(self.truth(depth) for _ in range(self.chance.randint(2, 3)))})"

    def turned(self, depth: int) -> str:
        return f"NOT ({self.truth(depth)})"

    def case(self, part: Callable[[int], str]) -> Callable[[int], str]:
        def told(depth: int) -> str:
            whens = range(self.chance.randint(1, 2))
            branches = (f"WHEN {self.truth(depth)} THEN {part(depth)}" for _ in whens)
            return f"CASE {' '.join(branches)} ELSE {part(depth)} END"

        return told

    def order(self) -> str:
        return self.chance.choice(("=", "<>", "<", "<=", ">", ">="))

    def compared(self, part: Callable[[int], str], depth: int) -> str:
        if self.chance.random() < 0.3:
            word = self.chance.choice(("BETWEEN", "NOT BETWEEN"))
            return f"{part(depth)} {word} {part(depth)} AND {part(depth)}"
        return f"{part(depth)} {self.order()} {part(depth)}"

    def numbers(self, depth: int) -> str:
        return self.compared(self.number, depth)

    def days(self, depth: int) -> str:
        return self.compared(self.day, depth)

    def codes(self, depth: int) -> str:
        code = self.chance.choice((self.code, self.case(self.code)))(depth - 1)
        return f"{code} {self.chance.choice(('=', '<>'))} {self.chance.choice(CODES)}"

    def code(self, _depth: int) -> str:
        return self.chance.choice((*CODES, *(f"'{word}'" for word in LIST)))

    def same(self, depth: int) -> str:
        sides = (self.chance.choice((*BOOLS, "TRUE", "FALSE")), f"({self.truth(depth - 2)})")
        return f"{sides[1]} {self.chance.choice(('=', '<>'))} {sides[0]}"

    def age(self, depth: int) -> str:
        bound = self.chance.choice((0, 1, 14, 18, 65))
        years = f"YEARS_OLD({self.day(depth - 1)}, {self.day(depth - 1)})"
        return f"{years} {self.chance.choice(('>=', '<'))} {bound}"

    def members(self, _depth: int) -> str:
        name = self.chance.choice((*CODES, *NUMBERS, *DATES))
        count = range(self.chance.randint(1, 4))
        listed = ", ".join(dict.fromkeys(self.literal(name) for _ in count))
        return f"{name} {self.chance.choice(('', 'NOT '))}IN ({listed})"

    def literal(self, name: str) -> str:
        value = drawn(name, self.chance)
        if FACTS[name].type == "date":
            return f"DATE '{cell(name, value)}'"
        return f"'{value}'" if FACTS[name].type == "code" else cell(name, value)

    def number(self, depth: int) -> str:
        """A number of scale 1, or of the scale of a fact that stands alone."""
        if depth <= 0 or self.chance.random() < 0.2:
            return self.chance.choice((*NUMBERS, self.literal(self.chance.choice(WHOLE))))
        return self.pick(self.sum, self.minus, self.between, self.least(self.number),
                         self.case(self.number), self.times)(depth - 1)  # fmt: skip

    def sum(self, depth: int) -> str:
        return f"({self.number(depth)} {self.chance.choice('+-')} {self.number(depth)})"

    def times(self, depth: int) -> str:
        factor = self.chance.choice((str(self.chance.randint(0, 300)), self.number(depth - 2)))
        return f"({self.number(depth)}) * ({factor})"

    def minus(self, depth: int) -> str:
        return f"-({self.number(depth)})"

    def between(self, depth: int) -> str:
        return f"DAYS_BETWEEN({self.day(depth)}, {self.day(depth)})"

    def least(self, part: Callable[[int], str]) -> Callable[[int], str]:
        def told(depth: int) -> str:
            word, count = self.chance.choice(("LEAST", "GREATEST")), self.chance.randint(2, 3)
            return f"{word}({', '.join(part(depth) for _ in range(count))})"

        return told

    def day(self, depth: int) -> str:
        """A day."""
        if depth <= 0 or self.chance.random() < 0.25:
            literal = self.literal("asked")
            return self.chance.choice((*DATES, *DATES, "as_of", literal))
        return self.pick(self.shifted, self.shifted, self.least(self.day),
                         self.case(self.day))(depth - 1)  # fmt: skip

    def shifted(self, depth: int) -> str:
        unit, counts = self.chance.choice((
            ("DAYS", (-400, -1, 0, 1, 30, 72)),
            ("MONTHS", (-13, -6, -1, 0, 1, 6, 11, 216)),
            ("YEARS", (-18, -1, 0, 1, 18)),
        ))  # fmt: skip
        return f"ADD_{unit}({self.day(depth)}, {self.chance.choice(counts)})"


def tree(text: str, rounding: calendar.Rounding = "down") -> Node:
    """The tree of a rule text over our vocabulary, as it stands in a program."""
    return settled(checked(text, VOCABULARY), DAY, rounding)


def accepted(chance: Random, depth: int) -> Node:
    """The tree of a random rule that the checker lets pass, with either rounding."""
    while True:
        text = Drawn(chance).truth(depth)
        try:
            return tree(text, chance.choice(("down", "up")))
        except LawError:  # such as: too long, too large, or no fact in it
            continue


def rule(name: str, require: Node, applies: Node | None = None) -> ProgramRule:
    """A rule of a program out of its trees."""
    source = Rule(_SAID, "x")
    return ProgramRule(name, "policy", source, applies or Truth(value=True), require)


def random_rule(name: str, chance: Random) -> ProgramRule:
    """One random rule; half of them speak only where another condition holds."""
    depth = chance.randint(2, DEPTH)
    applies = accepted(chance, 2) if chance.random() < 0.5 else None
    return rule(name, accepted(chance, depth), applies)


# Cases


def drawn(name: str, chance: Random) -> Value:
    """A value of one of our facts, in integer units; often one on a boundary."""
    return any_value(FACTS[name], chance)


def any_value(fact: Fact, chance: Random) -> Value:
    """A value that a fact may have."""
    if fact.type == "bool":
        return chance.random() < 0.5
    if fact.type == "code":
        return chance.choice(VOCABULARY.codes[fact.codes or "colour"])
    least, most = limits.of_fact(fact)
    if chance.random() < 0.1:
        return chance.choice((least, most))
    if fact.type == "date":
        near = chance.choice(EDGES) + chance.choice((0, 0, 0, -1, 1, 365))
        return min(max(near, least), most)
    return min(max(chance.choice((0, 1, 29, 100, chance.randint(least, most))), least), most)


def facts(chance: Random) -> dict[str, Value]:
    """One case: every fact drawn, a quarter of them not given."""
    return {name: drawn(name, chance) for name in FACTS if chance.random() >= ABSENT}


def cell(name: str, value: Value) -> str:
    """A value as a docket's cell has it, in natural units."""
    fact = VOCABULARY.facts[name]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    if fact.type == "date":
        return calendar.civil(value).isoformat()
    return f"{Decimal(value) / fact.scale:f}"


def row(case: Mapping[str, Value]) -> dict[str, str]:
    """A case as a docket's cells, empty where it is not given."""
    return {name: cell(name, value) for name, value in case.items()}


def ends(name: str) -> tuple[int, int]:
    """The least and the most that a number or day may be."""
    return limits.of_fact(FACTS[name])


def of(program: Program, chance: Random) -> dict[str, Value]:
    """A case that an agreement of the library binds, a quarter of its other facts not given."""
    deal, case = program.deal, dict[str, Value]()
    senders = [one.code for one in deal.parties if one.role != "receiving"]
    sending = chance.choice(senders)
    others = [one.code for one in deal.parties if one.role != "sending" and one.code != sending]
    case |= {"agreement": deal.id, "pathway": chance.choice(deal.pathways)}
    case |= {"sending": sending, "receiving": chance.choice(others)}
    for name in sorted(program.facts.difference(KEYS)):
        if chance.random() >= ABSENT:
            fact = program.vocabulary.facts[name]
            case[name] = any_value(fact, chance)
    return case

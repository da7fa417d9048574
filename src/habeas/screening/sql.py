"""The program as SQL text that anyone can run on a docket table and get our findings: the audit.

Three values are SQL's own: NULL is not established. Where SQL itself would make an answer of an
unknown (CASE takes the ELSE, LEAST passes over a NULL), the text says otherwise. The first steps
read the docket's words as the facts' types and leave out the rows that screening sets aside; then,
for a docket with dated evidence, a fact that does not count at the instant becomes NULL. What an
engine does differently from the others is in `dialects`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from habeas.docket.columns import EARLIEST, LATEST
from habeas.errors import Fault, LawError
from habeas.law import agreement, calendar, limits
from habeas.law.program import Program, ProgramRule
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
    walk,
)
from habeas.screening import dialects
from habeas.screening.dialects import DIALECTS, Dialect

__all__ = ["DIALECTS", "Dialect", "Reading", "condition", "select"]

KEYS = ("agreement", "pathway", "sending", "receiving")
MARKS = ("at", "until")
MOST_NODES = 100_000  # of one rule's text


@dataclass(frozen=True, slots=True)
class Reading:
    """What the text is to find: the engine, its table, and whether evidence is dated."""

    dialect: Dialect
    table: str = "docket"
    instant: datetime | None = None  # at which facts count; None: every given fact does
    columns: Collection[str] | None = None  # that the table has; None: all that the rules ask


# A rule's tree


def condition(node: Node, dialect: Dialect, known: agreement.Vocabulary) -> str:
    """The text of a program's tree; NULL where it is not established."""
    return _Writer(dialect, known).told(node)


@dataclass(frozen=True, slots=True)
class _Writer:
    dialect: Dialect
    known: agreement.Vocabulary

    def told(self, node: Node) -> str:  # noqa: C901, PLR0911, PLR0912 - one case a node
        match node:
            case Fact():
                return dialects.name(node.name, self.dialect)
            case Number():
                return dialects.whole(int(node.value)) + _named(node)
            case Code():
                return dialects.text(node.value)
            case Truth():
                return "TRUE" if node.value else "FALSE"
            case Day():
                return dialects.day(node.value, self.dialect)
            case AsOf() if node.value is not None:
                return f"{dialects.day(node.value, self.dialect)} /* as_of */"
            case Not():
                return f"(NOT {self.told(node.arg)})"
            case AllOf():
                return "(" + " AND ".join(map(self.told, node.args)) + ")"
            case AnyOf():
                return "(" + " OR ".join(map(self.told, node.args)) + ")"
            case Compare():
                return f"({self.told(node.left)} {node.op} {self.told(node.right)})"
            case In():
                return f"({self.told(node.fact)} IN ({', '.join(map(self.told, node.values))}))"
            case Choose():
                return self.choice(node)
            case Sum():
                left, right = self.numbers(node.left, node.right)
                return f"({left} {node.op} {right})"
            case Times():
                left, right = self.numbers(node.left, node.right)
                return f"({left} * {right})"
            case Minus():
                return f"(-{self.numbers(node.arg)[0]})"
            case DaysBetween():
                first, second = self.told(node.first), self.told(node.second)
                return dialects.days_between(first, second, self.dialect)
            case Shift():
                return self.shift(node)
            case Extreme():
                return self.extreme(node)
            case AsOf() | Param() | RuleRef() | YearsOld():
                msg = f"{node} stands in no program: law.resolve and law.check put it in its place"
                raise TypeError(msg)
            case _:
                assert_never(node)

    def numbers(self, *parts: Node) -> list[str]:
        """Trees that are put together; where all are bare numbers, the first makes it 64 bits."""
        told = [self.told(part) for part in parts]
        if all(isinstance(part, Number) for part in parts):
            told[0] = dialects.wide(told[0], self.dialect)
        return told

    def choice(self, node: Choose) -> str:
        # Not CASE WHEN .. ELSE: that would take the ELSE where the condition is unknown.
        then, other = self.numbers(node.then, node.other)
        return f"CASE {self.told(node.when)} WHEN TRUE THEN {then} WHEN FALSE THEN {other} END"

    def shift(self, node: Shift) -> str:
        if not isinstance(node.count, Number):
            msg = f"{node.count} is no constant count: law.check refuses it"
            raise TypeError(msg)
        day, count = self.told(node.day), int(node.count.value)
        if node.unit == "days":
            return dialects.add_days(day, count, self.dialect) + _named(node.count)
        months = count * (calendar.MONTHS if node.unit == "years" else 1)
        last = limits.limits(node, self.known, {})[1] >= dialects.LAST_MONTH
        told = dialects.add_months(day, months, node.rounding, self.dialect, last=last)
        return told + _named(node.count)

    def extreme(self, node: Extreme) -> str:
        told, asked = self.numbers(*node.args), list[str]()
        for arg, one in zip(node.args, told, strict=True):
            if any(isinstance(part, Choose) for part in walk(arg)):
                asked.append(one)  # it may be known though a fact of it is not
            else:  # strict throughout: known where all its facts are
                asked += [dialects.name(name, self.dialect) for name in sorted(facts(arg))]
        known = list(dict.fromkeys(asked))
        return dialects.extreme(told, known, self.dialect, greatest=node.greatest)


def _named(number: Number) -> str:
    """The parameter that a number came from, as a comment."""
    return f" /* {number.written} */" if number.written.startswith(":") else ""


# The docket's rows


def _raw(name: str) -> str:
    return f"{name}__cell"


@dataclass(frozen=True, slots=True)
class _Reader:
    """The steps from the table's words to facts that count."""

    program: Program
    reading: Reading

    @property
    def asked(self) -> list[str]:
        return sorted({*self.program.facts, *KEYS})

    @property
    def marks(self) -> list[str]:
        dated = self.reading.instant is not None
        return [f"{name}__{mark}" for name in self.asked for mark in MARKS if dated]

    def fact(self, name: str) -> agreement.Fact:
        return self.program.vocabulary.facts[name]

    def name(self, word: str) -> str:
        return dialects.name(word, self.reading.dialect)

    def cells(self) -> list[str]:
        """Every cell as text, NULL where it is empty; of a column that the table lacks, NULL."""
        has, dialect = self.reading.columns, self.reading.dialect
        return [
            dialects.cell(
                f"d.{self.name(one)}" if has is None or one in has else "NULL", dialect
            ) + f" AS {self.name(_raw(one))}"
            for one in (*self.asked, *self.marks)
        ]  # fmt: skip

    def typed(self) -> list[str]:
        """Every cell as a value of its fact; NULL where it is none."""
        dialect = self.reading.dialect
        marks = [dialects.instant_cell(self.name(_raw(one)), dialect) for one in self.marks]
        told = zip((*self.asked, *self.marks), (*map(self.value, self.asked), *marks), strict=True)
        return [f"{value} AS {self.name(one)}" for one, value in told]

    def value(self, name: str) -> str:
        fact, told = self.fact(name), self.name(_raw(name))
        match fact.type:
            case "bool":
                return dialects.truth(told, self.reading.dialect)
            case "int":
                return dialects.number(told, fact.scale, self.reading.dialect)
            case "date":
                return dialects.date_cell(told, self.reading.dialect)
            case "code":
                return f"CASE WHEN {dialects.word(told, self.reading.dialect)} THEN {told} END"
            case _:
                assert_never(fact.type)

    def stands(self) -> list[str]:
        """What a row must meet, else screening sets it aside and so does the text."""
        return [
            f"({self.name(_raw(one))} IS NULL OR {self.good(one)})"
            for one in (*(name for name in self.asked if name not in KEYS), *self.marks)
        ]

    def good(self, name: str) -> str:
        told, fact = self.name(name), self.program.vocabulary.facts.get(name)
        if fact is None:
            ends = [dialects.instant(end, self.reading.dialect) for end in (EARLIEST, LATEST)]
            return f"{told} > {ends[0]} AND {told} < {ends[1]}"
        if fact.type == "bool" or (fact.type == "code" and fact.codes is None):
            return f"{told} IS NOT NULL"
        if fact.codes is not None:
            words = self.program.vocabulary.codes[fact.codes]
            return f"{told} IN ({', '.join(map(dialects.text, words))})"
        least, most = limits.of_fact(fact)
        if fact.type == "date":
            ends = [dialects.day(end, self.reading.dialect) for end in (least, most)]
            return f"{told} BETWEEN {ends[0]} AND {ends[1]}"
        whole = "" if self.reading.dialect == "sqlite" else f" AND {told} = FLOOR({told})"
        return f"{told} BETWEEN {dialects.whole(least)} AND {dialects.whole(most)}{whole}"

    def binds(self) -> list[str]:
        """The rows that the agreement binds."""
        deal = self.program.deal
        allowed = (
            (deal.id,),
            deal.pathways,
            tuple(one.code for one in deal.parties if one.role != "receiving"),
            tuple(one.code for one in deal.parties if one.role != "sending"),
        )
        terms = [
            f"{self.name(key)} IN ({', '.join(map(dialects.text, words))})"
            for key, words in zip(KEYS, allowed, strict=True)
        ]
        return [*terms, f"{self.name('sending')} <> {self.name('receiving')}"]

    def counted(self) -> list[str]:
        """Every fact in whole units; NULL where its evidence does not count at the instant."""
        told = ((self.fresh(one), self.name(one)) for one in self.asked)
        return [value if value == name else f"{value} AS {name}" for value, name in told]

    def fresh(self, name: str) -> str:
        fact, told, instant = self.fact(name), self.name(name), self.reading.instant
        if fact.type == "int":
            told = f"CAST({told} AS BIGINT)"
        if instant is None:
            return told
        at, until = (self.name(f"{name}__{mark}") for mark in MARKS)
        now = dialects.instant(instant, self.reading.dialect)
        begun = f"({at} IS NULL OR {at} <= {now})"
        if fact.valid_for_hours is not None:  # without a date such a fact does not count
            since = instant - timedelta(hours=fact.valid_for_hours)
            begun = f"{at} <= {now} AND {at} > {dialects.instant(since, self.reading.dialect)}"
        return f"CASE WHEN {begun} AND ({until} IS NULL OR {until} > {now}) THEN {told} END"

    def once(self) -> list[str]:
        """A case id that is one, and stands in one row only."""
        case = self.name("case")
        return [
            dialects.word(case, self.reading.dialect, ":/"),
            f"{case} IN (SELECT {case} FROM cells GROUP BY {case} HAVING COUNT(*) = 1)",  # noqa: S608 - quoted by name
        ]


# The whole text


def _mentions(node: Node) -> int:
    """How many nodes the text may have: a moved day is written up to four times."""
    inner = sum(map(_mentions, children(node)))
    return 1 + inner * (4 if isinstance(node, Shift) else 2 if isinstance(node, Extreme) else 1)


def _rule(rule: ProgramRule, program: Program, dialect: Dialect) -> str:
    cited = "; ".join(f"{one.instrument} {one.at}" for one in rule.source.cite)
    told = f"  -- {rule.id} ({rule.layer}): {cited}".replace("\n", " ")
    if _mentions(rule.applies) + _mentions(rule.require) > MOST_NODES:
        what = f"as SQL, rule '{rule.id}' would have more than {MOST_NODES:,} nodes"
        raise LawError(Fault("H123", what, "Move days fewer times one inside the other."))
    applies = condition(rule.applies, dialect, program.vocabulary)
    require = condition(rule.require, dialect, program.vocabulary)
    return f"{told}\n  (NOT {applies}) OR {require} AS {dialects.name(rule.id, dialect)}"


def _head(program: Program, reading: Reading, asked: Iterable[str]) -> list[str]:
    deal, instant = program.deal, reading.instant
    marks = " Each fact's __at and __until too." if instant else ""
    dated = (
        f"A fact counts as its evidence stands at {instant.isoformat()}; what has lapsed is NULL."
        if instant
        else "Every fact given is taken as established: evidence that is dated is not read."
    )
    return [
        f"-- {deal.id} ({deal.standing}); as of {program.day}; rules {program.hash}",
        f"-- Columns of {reading.table}: case, {', '.join(asked)}.{marks}",
        "-- An empty cell or NULL: not established. Load a CSV as text: DuckDB's own guess takes a",
        "-- column of NO (Norway) for false. A fact that screening derives from others (an age",
        "-- from two days) must stand in its own column here.",
        f"-- {dated}",
        "-- Rows that the agreement does not bind, or with a cell that is no value, are left out.",
        "-- CASE x WHEN TRUE .. WHEN FALSE ..: an unknown x stays unknown; ELSE would decide it.",
        *_silent(program),
        "-- No lawyer has reviewed this library. Rules and texts are research, not legal advice.",
    ]


def _silent(program: Program) -> list[str]:
    """Which rules have no column, for none of their wordings is in force on the day."""
    if not program.not_in_force:
        return []
    names = " ".join(", ".join(program.not_in_force).split())  # no name ends the comment's line
    return [f"-- Not in force on {program.day}, and not asked: {names}."]


def select(program: Program, reading: Reading) -> str:
    """One SELECT: a row a case that the agreement binds, a column a rule, and the outcome.

    A rule's column is true where it is met (also where it does not apply), false where it is not
    met, NULL where it is not established.

    Raises:
        LawError: H123, where a rule's text would be too long to run.
    """
    rows, dialect, between = _Reader(program, reading), reading.dialect, ",\n    "
    case, table = rows.name("case"), rows.name(reading.table)
    source = dialects.cell(f"d.{case}", dialect)
    columns = [rows.name(rule.id) for rule in program.rules]
    barred = " OR ".join(f"NOT {name}" for name in columns)
    kept = "\n    AND ".join([*rows.once(), *rows.binds(), *rows.stands()])
    step = dialects.step(dialect)
    lines = [
        *_head(program, reading, rows.asked),
        f"WITH cells {step} (\n  SELECT {source} AS {case},\n    " + between.join(rows.cells()),
        f"  FROM {table} d\n), given {step} (",
        "  SELECT *,\n    " + between.join(rows.typed()),
        f"  FROM cells\n), bound {step} (\n  SELECT * FROM given\n  WHERE {kept}",  # noqa: S608 - every name is quoted
        f"), facts {step} (\n  SELECT {case},\n    " + between.join(rows.counted()),
        f"  FROM bound\n), findings {step} (\n  SELECT {case},",
        ",\n".join(_rule(rule, program, dialect) for rule in program.rules),
        "  FROM facts\n)",
        f"SELECT {case}, {', '.join(columns)},",
        f"  CASE WHEN {barred} THEN 'barred'",
        f"    WHEN {' AND '.join(columns)} THEN 'eligible' ELSE 'not_established' END AS outcome",
        f"FROM findings ORDER BY {case};",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"

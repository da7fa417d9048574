"""Our engine over the bench docket: the program of its 32 rules, for every way of running it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import pyarrow as pa

from bench.docket import AS_OF, RULES, vocabulary
from habeas.docket.columns import Value
from habeas.law import calendar
from habeas.law.agreement import Rule
from habeas.law.check import checked
from habeas.law.cited import Text
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule
from habeas.law.resolve import settled
from habeas.law.tree import Truth
from habeas.screening.bulk import Bulk, Found
from habeas.screening.evaluate import findings
from habeas.screening.planes import count
from habeas.terms import Finding

FIRST = 5_000  # cases on which planes are compared with the plain evaluation before any timing
Counts = tuple[list[int], list[int]]


@cache
def program() -> Program:
    """The 32 rules as a program of our own; they are engine load, not law."""
    known, text = vocabulary(), Text("bench", "bench")
    rules = tuple(
        ProgramRule(
            name,
            "policy",
            Rule(text, told),
            Truth(value=True),
            settled(checked(told, known), AS_OF, "down"),
        )
        for name, told in RULES.items()
    )
    base = Library().program("OAS-A57", AS_OF)
    return replace(base, rules=rules, vocabulary=known)


def cases(batches: list[pa.RecordBatch], most: int) -> list[dict[str, Value]]:
    """The first cases as the plain evaluation takes them."""
    found = []
    for row in pa.Table.from_batches(batches).slice(0, most).to_pylist():
        given = {name: value for name, value in row.items() if value is not None}
        found.append(
            {name: calendar.day(v) if isinstance(v, date) else v for name, v in given.items()}
        )
    return found


def checked_first(batches: list[pa.RecordBatch]) -> None:
    """Planes equal the plain evaluation in every cell of the first cases."""
    rows = batches[0].slice(0, FIRST)
    found = Bulk(program()).run(rows, {})
    columns = [column.to_pylist() for column in found.columns()]
    meant = {Finding.MET: True, Finding.NOT_MET: False, Finding.NOT_ESTABLISHED: None}
    for n, case in enumerate(cases(batches, FIRST)):
        alone = [meant[one] for one in findings(program(), case).values()]
        assert alone == [column[n] for column in columns], f"case {n}"


class Planes:
    """Bit planes as a work: evaluation is timed, counting is not."""

    def __init__(self) -> None:
        self.bulk = Bulk(program())
        self.found: list[Found] = []

    def evaluate(self, batches: list[pa.RecordBatch]) -> None:
        """Two planes a rule of every batch, and the verdict of every case."""
        self.found = [self.bulk.run(batch, {}) for batch in batches]

    def explain(self, batches: list[pa.RecordBatch]) -> int:
        """The same, and what every open case waits for by rule and fact."""
        waiting = 0
        for batch in batches:
            waiting += len(self.bulk.waiting(self.bulk.run(batch, {})).missing)
        return waiting

    def counts(self) -> Counts:
        """Of each rule: cases established true, cases established false."""
        pairs = [
            (sum(count(found.rules[n].true) for found in self.found),
             sum(count(found.rules[n].false) for found in self.found))
            for n in range(len(RULES))
        ]  # fmt: skip
        return [true for true, _ in pairs], [false for _, false in pairs]


Evaluate = Callable[[list[pa.RecordBatch]], None]

"""A file of starts and answers, held against the rule by which a register's duties stand."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from habeas.duties import clocked_rows
from habeas.duties.clocked_rows import Columns, Table
from habeas.duties.deadline import Clocked, fixed
from habeas.errors import Fault, SetupError
from habeas.law.cited import Due
from habeas.law.library import Library
from habeas.service.duties import ORDER, Calendars


def clocked(zone: str, state: str | None, calendars: Calendars) -> Clocked:
    """One clock, with the public holidays of a state where one is named."""
    closed, name = (calendars(state) if state else None) or (None, "")
    return Clocked(zone, "down", closed, name)


def limit(
    library: Library, duty: str | None, numbers: tuple[int | None, int | None, int | None]
) -> Due:
    """The limit of a call: a duty's own number, or hours, days and working days.

    Raises:
        SetupError: H901, for a duty that the library does not know or that fixes no number, or
            for no limit at all.
    """
    if duty is None:
        by = Due(None, *numbers)
        if not fixed(by):
            what = "no limit is named"
            raise SetupError(Fault("H901", what, "Give --duty, --hours, --days or --working-days."))
        return by
    known = library.duties.duties.get(duty)
    if known is None or not fixed(known.by):
        what = f"'{duty}' is no duty whose text fixes a number"
        raise SetupError(Fault("H901", what, "Give --hours, --days or --working-days."))
    return known.by


def told_limit(by: Due) -> str:
    """A limit in words."""
    numbers = {
        "hours": by.hours,
        "days": by.days,
        "working days": by.working_days,
        "months": by.months,
    }
    return "within " + " and ".join(f"{n} {unit}" for unit, n in numbers.items() if n is not None)


def narrowed(
    names: Sequence[str],
    rows: Iterable[tuple[int, Mapping[str, str]]],
    columns: str,
    where: str | None,
) -> tuple[list[tuple[int, Mapping[str, str]]], Columns]:
    """The rows that a call asks about, and which of their cells are read.

    Raises:
        SetupError: H901, for a column that is not there.
    """
    parts = [part.partition("=") for part in columns.split(",")]
    said = {role: column for role, _, column in parts}
    column, _, value = (where or "").partition("=")
    asked = [said.get("start", ""), said.get("answer", ""), *([column] if where else [])]
    missing = next((one for one in asked if one not in names), None)
    if missing is not None:
        what = f"the file has no column '{missing}'"
        fix = f"Write --columns start=...,answer=... with two of: {', '.join(names)[:200]}."
        raise SetupError(Fault("H901", what, fix))
    kept = [(line, row) for line, row in rows if not where or row[column] == value]
    return kept, Columns(asked[0], asked[1])


def of_rows(
    rows: Iterable[tuple[int, Mapping[str, str]]], columns: Columns, by: Due, clock: Clocked
) -> Table:
    """Each row as one duty, by the rule of the register."""
    return clocked_rows.read(rows, columns, by, clock)


def counted(found: Table, at: datetime) -> dict[str, int]:
    """How many stand in each state; what was answered before it arose; what cannot be read."""
    sums = Counter(one.state(at).value for one in found.owed)
    return {
        "rows": len(found.owed) + len(found.refused),
        **{state.value: sums[state.value] for state in ORDER},
        "answered before it arose": len(found.early),
        "refused": len(found.refused),
    }

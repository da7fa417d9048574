"""A table of starts and answers as duties: published records read by the rule of the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from habeas.duties.deadline import Clocked
from habeas.duties.owed import Asked, Mark, Owed, owed
from habeas.errors import Fault
from habeas.law.calendar import zone
from habeas.law.cited import Due

STARTED, ANSWERED = "started", "answered"
DAY = len("YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what."""

    start: str
    answer: str  # an empty cell: nothing was answered


@dataclass(frozen=True, slots=True)
class Table:
    """The duties of a table, and what could not be read of it."""

    owed: tuple[Owed, ...]
    early: tuple[int, ...]  # lines whose answer stands before what it answers
    refused: tuple[tuple[int, Fault], ...]  # line and why


def read(
    rows: Iterable[tuple[int, Mapping[str, str]]], columns: Columns, by: Due, clocked: Clocked
) -> Table:
    """Each row as one duty that arose and, where its second cell says so, was answered.

    An answer from before the start answers nothing, and is told by its line.

    Args:
        rows: line and cells.
        columns: which cells are read.
        by: the limit.
        clocked: the zone in which days and instants without an offset lie.
    """
    marks, refused, early = list[Mark](), list[tuple[int, Fault]](), list[int]()
    there = zone(clocked.zone)
    for line, cells in rows:
        try:
            start = _instant(cells[columns.start], there)
            answer = _instant(cells[columns.answer], there) if cells[columns.answer] else None
        except ValueError as error:
            fix = "Write 2026-11-14, or 2026-11-14T15:02."
            refused.append(
                (line, Fault("H772", f"line {line}: '{error}' is no day or instant", fix))
            )
            continue
        subject = str(line)
        marks.append(Mark(start, 2 * line, STARTED, subject, f"{line}"))
        if answer is not None and answer < start:
            early.append(line)
        elif answer is not None:
            marks.append(Mark(answer, 2 * line + 1, ANSWERED, subject))
    asked = Asked("limit", "", {STARTED: ()}, frozenset({ANSWERED}), by, "given")
    found = owed([asked], marks, {}, {None: clocked})
    return Table(tuple(found), tuple(early), tuple(refused))


def _instant(text: str, there: ZoneInfo) -> datetime:
    try:
        if len(text) == DAY:
            at = datetime.combine(date.fromisoformat(text), time())
        else:
            at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(text[:40]) from error
    return (at if at.tzinfo else at.replace(tzinfo=there)).astimezone(UTC)

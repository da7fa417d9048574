"""Files of stays in cells, and of persons stated cell by cell. Are not trusted.

A row that cannot be read is set aside with its reason; the others go on.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

from habeas.adapters.importers import docket_file
from habeas.errors import DocketError, Fault
from habeas.space.occupancy import CellStay, Key
from habeas.space.stated import number

T = TypeVar("T")
STAYS = ("subject", "facility", "cell", "in", "out")
STATED = ("cell", "persons")
LONGEST = 128
QUARANTINE = ["line", "code", "reason"]


@dataclass(slots=True)
class Taken(Generic[T]):
    """What a file held: what was taken from each good row, and what was set aside."""

    rows: int = 0
    good: list[T] = field(default_factory=list)
    aside: list[Fault] = field(default_factory=list)

    def counts(self, path: Path) -> dict[str, object]:
        """The file, and its rows: all of them are taken or set aside."""
        return {
            "file": str(path),
            "rows_in": self.rows,
            "rows_taken": len(self.good),
            "rows_set_aside": len(self.aside),
        }

    def quarantine(self) -> list[dict[str, str]]:
        """The rows that were set aside, with their reasons."""
        return [
            {"line": str(one.line), "code": one.code, "reason": f"{one.what}. {one.fix}"}
            for one in self.aside
        ]


def cell_stays(path: Path) -> Taken[CellStay]:
    """Stays in cells: columns subject, facility, cell, in, out and, where it differs, counted_at.

    `in` and `out` are instants with an offset; an empty `out` lasts. An empty facility is a person
    who is counted and in no cell.

    Raises:
        SetupError: H902 for a file that is not there.
        DocketError: H421 for a column that lacks; as `docket_file.read` does.
    """
    return taken(path, STAYS, _stay)


def stated_cells(path: Path, facility: str) -> Taken[tuple[Key, int]]:
    """Persons stated for each cell: columns cell and persons, of one facility.

    Raises:
        SetupError: H902 for a file that is not there.
        DocketError: H421 for a column that lacks; as `docket_file.read` does.
    """
    seen: set[str] = set()

    def read(row: Mapping[str, str]) -> tuple[Key, int]:
        persons = number(row["persons"]).value
        if persons is None:
            what = f"'{row['persons'][:40]}' is no number of persons"
            raise DocketError(Fault("H739", what, "Write a whole number."))
        if row["cell"] in seen:
            what = f"cell '{row['cell'][:40]}' stands twice"
            raise DocketError(Fault("H739", what, "Give each cell one row."))
        seen.add(row["cell"])
        return (facility, row["cell"]), persons

    return taken(path, STATED, read)


def totals(found: Taken[tuple[Key, int]]) -> Counter[Key]:
    """The persons of each cell."""
    return Counter(dict(found.good))


def taken(
    path: Path,
    wanted: tuple[str, ...],
    read: Callable[[Mapping[str, str]], T],
    code: str = "H739",
) -> Taken[T]:
    """Each row of a file as what it says; what `read` refuses is set aside.

    Args:
        path: CSV, Parquet or Arrow.
        wanted: columns that must be there.
        read: a row's cells by column; raises DocketError.
        code: of a row whose cells cannot be told.

    Raises:
        SetupError: H902 for a file that is not there.
        DocketError: H421 for a column that lacks; as `docket_file.read` does.
    """
    columns, rows = docket_file.read(path)
    missing = [name for name in wanted if name not in columns]
    if missing:
        fix = f"The file has {', '.join(columns)[:200]}."
        raise DocketError(Fault("H421", f"no column {', '.join(missing)}", fix, str(path)))
    found: Taken[T] = Taken()
    for row in rows:
        found.rows += 1
        try:
            found.good.append(read(_row(columns, row.cells, code)))
        except DocketError as error:
            first = error.faults[0]
            found.aside.append(Fault(first.code, first.what, first.fix, str(path), row.line))
    return found


def _row(columns: list[str], told: tuple[str, ...], code: str) -> dict[str, str]:
    if len(told) != len(columns):
        what = f"{len(told)} cells under {len(columns)} columns"
        raise DocketError(Fault(code, what, "Give each column one cell."))
    if any(len(text) > LONGEST or not text.isprintable() for text in told):
        what = f"a cell is longer than {LONGEST} characters, or holds what cannot be printed"
        raise DocketError(Fault(code, what, "Keep to ids and instants."))
    return {name: text.strip() for name, text in zip(columns, told, strict=True)}


def _stay(row: Mapping[str, str]) -> CellStay:
    subject, place = row["subject"], row["facility"]
    counted = row.get("counted_at", "") or place
    if not subject or not counted:
        what = "the row names no person, or no facility"
        raise DocketError(Fault("H740", what, "Fill subject, and facility or counted_at."))
    start = _instant(row["in"], "in")
    end = _instant(row["out"], "out") if row["out"] else None
    if end is not None and end <= start:
        what = f"the stay ends at {row['out'][:40]}, not after it began"
        raise DocketError(Fault("H740", what, "Correct the two instants."))
    return CellStay(subject, counted, place, row["cell"], start, end)


def _instant(text: str, column: str) -> datetime:
    fix = "Write an instant with offset, such as 2027-01-31T12:00:00Z."
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise DocketError(Fault("H740", f"'{column}' holds '{text[:40]}', which is no instant", fix))

"""Published tables with report headers, footnotes and signs for what is missing, row by row.

A schema says where the header is, what each column holds and who published the table. Lines above
the header are kept as they are; of the lines after it, those with text in the first cell alone are
notes, legends or headings. Lines in = rows + headings + notes + quarantined.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal

import msgspec

from habeas.docket.columns import CellFault
from habeas.docket.denied import denied
from habeas.docket.odd_cells import Cell, Column, cell
from habeas.errors import DocketError, Fault, SetupError

LETTER = re.compile(r"([a-z])/(.+)", re.DOTALL)
SIGN = re.compile(r"(\.{3}|[^\w\s\"'(])\s*([A-Z].+)", re.DOTALL)
LEAD = ("Note:", "Source:", "Nota:", "Fuente:")
Line = tuple[int, Sequence[str] | None]  # its number; None where it cannot be split


class TableSchema(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One form of table.

    Attributes:
        header: first and last line of the header, from 1; its last line names the columns.
        rows_are: what a row is about; of `persons`, denied columns are never read, be they named
            by their name or by their position.
        report: after the header there are notes, legends and headings too.
    """

    name: str
    publisher: str
    columns: list[Column]
    encoding: str = "utf-8-sig"
    header: tuple[int, int] = (1, 1)
    rows_are: Literal["persons", "facilities", "jurisdictions"] = "persons"
    report: bool = False

    def checked(self) -> "TableSchema":
        """The same schema.

        Raises:
            SetupError: H460, for two columns of one name, a name that the output needs itself, or
                one about persons that is never read.
        """
        names = [column.name for column in self.columns]
        sources = [column.source for column in self.columns if isinstance(column.source, str)]
        twice = [name for name, count in Counter(names).items() if count > 1]
        twice += [name for name in names if name == "line" or "__" in name]
        never = denied([*names, *sources]) if self.rows_are == "persons" else []
        if twice or never or not names or not 1 <= self.header[0] <= self.header[1]:
            wrong = ", ".join(twice or never) or "no column, or no header"
            what = f"schema '{self.name[:64]}' cannot be used: {wrong}"
            fix = "Name each column once, none 'line' or with '__', none about a person."
            raise SetupError(Fault("H460", what, fix))
        return self


@dataclass(frozen=True, slots=True)
class OddRow:
    """One row."""

    line: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was set aside."""

    line: int
    code: str
    what: str
    fix: str


@dataclass(slots=True)
class Reading:
    """What became of the lines of a table after its header."""

    lines: int = 0
    above: list[str] = field(default_factory=list)  # lines before the header
    rows: list[OddRow] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)  # letter or word: text
    legend: dict[str, str] = field(default_factory=dict)  # sign: what the file says it means
    quarantined: list[RefusedRow] = field(default_factory=list)

    @property
    def noted(self) -> int:
        """Lines that are notes or legends."""
        return len(self.notes) + len(self.legend)

    def states(self, name: str) -> Counter[tuple[str, str]]:
        """How often a column has each state, with its reason."""
        return Counter((row.cells[name].state.value, row.cells[name].reason) for row in self.rows)


def read(lines: Iterable[Line], schema: TableSchema, file: str = "") -> Reading:
    """A table, line by line; lines without any cell are none.

    Raises:
        DocketError: H474, where the header is not what the schema says.
    """
    found, head, above = Reading(), list[str](), list[Sequence[str]]()
    first, last = schema.header
    places: list[tuple[Column, list[int]]] = []
    for number, cells in lines:
        filled = cells is not None and any(one.strip() for one in cells)
        if number < first:
            found.above.append(", ".join(filter(None, cells or [])))
        elif number <= last:
            head = list(cells or [])
            above.append(head)
            if number == last:
                places = _places(schema, head, file)
                _refuse_denied(schema, places, above, file)
        elif cells is None or filled:
            found.lines += 1
            _take(found, number, cells, schema, places, len(head))
    if not head:
        what = f"the table has no header in lines {first} to {last}"
        raise DocketError(Fault("H474", what, "Declare where it is.", file))
    return found


def _places(schema: TableSchema, head: Sequence[str], file: str) -> list[tuple[Column, list[int]]]:
    places, faults = [], []
    trimmed = [" ".join(name.split()) for name in head]
    for column in schema.columns:
        match column.source:
            case str(name):
                at = [place for place, found in enumerate(trimmed) if found == name]
                at = at if len(at) == 1 else [len(head)]
            case int(place):
                at = [place]
            case several:
                at = list(several)
        every = [*at, column.unit_at or 0]
        if not at or min(every) < 0 or max(every) >= len(head):
            what = f"the header has no single column '{column.source}'"
            faults.append(Fault("H474", what, "Declare what the file has.", file, schema.header[1]))
        places.append((column, at))
    if faults:
        raise DocketError(*faults)
    return places


def _refuse_denied(
    schema: TableSchema,
    places: Sequence[tuple[Column, list[int]]],
    header: Sequence[Sequence[str]],
    file: str,
) -> None:
    # A position says nothing of what stands there: the header does, in any of its lines.
    if schema.rows_are != "persons":
        return
    titles = list(zip_longest(*header, fillvalue=""))
    read = {place for column, at in places for place in (*at, column.unit_at or at[0])}
    if never := denied(text for place in sorted(read) for text in titles[place]):
        what = (
            f"schema '{schema.name[:64]}' reads the column '{never[0][:64]}', which is never read"
        )
        fix = "Leave it out: it is about a person beyond custody."
        raise DocketError(Fault("H460", what, fix, file, schema.header[1]))


def _take(
    found: Reading,
    number: int,
    cells: Sequence[str] | None,
    schema: TableSchema,
    places: Sequence[tuple[Column, list[int]]],
    width: int,
) -> None:
    if cells is None or len(cells) != width:
        what = "the line cannot be split" if cells is None else f"it has {len(cells)} cells"
        found.quarantined.append(RefusedRow(number, "H469", what, f"Give it {width} cells."))
    elif schema.report and cells[0].strip() and not any(one.strip() for one in cells[1:]):
        _note(found, " ".join(cells[0].split()))
    else:
        try:
            row = {column.name: _cell(cells, column, at, schema) for column, at in places}
        except CellFault as fault:
            refused = RefusedRow(number, fault.code, fault.what, fault.fix)
            found.quarantined.append(refused)
        else:
            found.rows.append(OddRow(number, row))


def _cell(cells: Sequence[str], column: Column, at: Sequence[int], schema: TableSchema) -> Cell:
    if column.unit_at is not None and cells[column.unit_at].strip() not in {"", column.unit}:
        what = f"{column.name} is in '{cells[column.unit_at][:20]}', not in {column.unit}"
        raise CellFault("H475", what, "Declare the unit that the table has.")
    text = next((cells[place] for place in at if cells[place].strip()), "")
    return cell(text, column, schema.publisher)


def _note(found: Reading, text: str) -> None:
    if lettered := LETTER.fullmatch(text):
        found.notes[_free(found.notes, lettered[1])] = lettered[2]
    elif text.startswith(LEAD):
        head, _, rest = text.partition(":")
        found.notes[_free(found.notes, head)] = rest.strip()
    elif sign := SIGN.fullmatch(text):
        found.legend[_free(found.legend, sign[1])] = sign[2]
    else:
        found.headings.append(text)


def _free(held: dict[str, str], key: str) -> str:
    # A letter that stands twice is kept twice: no line is lost.
    while key in held:
        key += "+"
    return key

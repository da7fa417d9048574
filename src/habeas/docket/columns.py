"""The column contract of a docket: type, bounds and scale of each fact, and what a cell says.

A docket holds natural units (months and square metres with decimals, ISO dates, true/false). An
empty cell means *not established*; a word for it ("NA", "unknown") is refused, because a reader
who takes words for values sooner or later takes one for a yes. A day is kept as whole days since
1970-01-01, as Arrow's date32 keeps it, so that every value is a bool, an int or a str.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal, assert_never

from habeas.errors import DocketError, Fault

Value = bool | int | str
CORRIJA = "Corrija la fecha."
MARKS = ("at", "until", "by", "doc")  # <fact>__at, <fact>__until, <fact>__by, <fact>__doc
KEYS = ("agreement", "sending", "receiving", "pathway")
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
MANY = 100  # faults of one header that are told
EPOCH = date(1970, 1, 1).toordinal()
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,9})?", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_CASE = re.compile(r"[A-Za-z0-9_.:/\-]{1,64}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d))?",
    re.ASCII,
)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}|\d{2}-\d\d-\d\d(T.*)?", re.ASCII)
_BOOLS = {"true": True, "false": False}
_NO_VALUE = {"null", "na", "n/a", "none", "unknown", "nan", "-", "?"}


@dataclass(frozen=True, slots=True)
class Column:
    """What one fact's column may hold."""

    name: str
    type: Literal["bool", "code", "int", "date"]
    codes: tuple[str, ...] | None = None  # None: any well-formed code
    least: int | None = None  # in natural units, or as days since 1970; inclusive
    most: int | None = None
    scale: int = 1
    unit: str = ""
    valid_for_hours: int | None = None  # None: holds until changed


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one docket file, checked."""

    case: int  # position of the id column
    facts: Mapping[int, Column]
    marks: Mapping[int, tuple[str, str]]  # position: (fact, mark)
    width: int

    @property
    def dated(self) -> bool:
        """Whether the docket says when its facts were established; then freshness applies."""
        return bool(self.marks)


class CellFault(ValueError):  # noqa: N818 - gathered as a fact about a cell
    """What is wrong with one cell; the row is set aside with it."""

    def __init__(self, code: str, what: str, fix: str, spanish: tuple[str, str] = ("", "")) -> None:
        super().__init__(what)
        self.code, self.what, self.fix, self.spanish = code, what, fix, spanish


def header(
    names: Sequence[str],
    columns: Mapping[str, Column],
    file: str,
    given: frozenset[str] = frozenset(),
) -> Header:
    """The header row against the contract.

    Args:
        names: the file's column names, in order.
        columns: the contract, by fact name.
        file: its name, for the faults.
        given: key columns that the call states for every row, and the file may leave out.

    Raises:
        DocketError: H401 for each unknown column, H404 for a repeated one, H407 for a missing one.
    """
    faults: list[Fault] = []
    facts: dict[int, Column] = {}
    marks: dict[int, tuple[str, str]] = {}
    case = -1
    seen: set[str] = set()
    for position, name in enumerate(names):
        if len(faults) > MANY:
            break
        fact, _, mark = name.partition("__")
        repeated = name in seen
        seen.add(name)
        if repeated:
            faults.append(
                Fault("H404", f"column '{name[:64]}' stands twice", "Remove one.", file, 1)
            )
        elif name in {"case", "case_id"} and case < 0:
            case = position
        elif name in columns:
            facts[position] = columns[name]
        elif fact in columns and mark in MARKS:
            marks[position] = (fact, mark)
        else:
            near = get_close_matches(name[:64], [*columns, "case"], n=1)
            fix = (
                f"Did you mean '{near[0]}'?"
                if near
                else "Remove it: names and free text never enter a docket."
            )
            faults.append(
                Fault("H401", f"docket column '{name[:64]}' is not a declared fact", fix, file, 1)
            )
    present = {column.name for column in facts.values()} | given
    missing = [key for key in KEYS if key not in present] + ([] if case >= 0 else ["case"])
    faults += [
        Fault("H407", f"column '{name}' is missing", "Add it: every row must name it.", file, 1)
        for name in missing
    ]
    if faults:
        raise DocketError(*faults)
    return Header(case, facts, marks, len(names))


def _refuse_noise(text: str) -> None:
    if not text.isprintable():
        raise CellFault(
            "H409",
            "the cell holds a control character",
            "Write it again as plain text.",
            ("el valor contiene un carácter de control", "Escríbalo de nuevo como texto simple."),
        )
    if text[0] in "=+@":
        raise CellFault(
            "H411",
            "the cell starts like a formula and was not read",
            "Write the value itself.",
            ("el valor empieza como una fórmula y no se leyó", "Escriba el propio valor."),
        )
    if text.strip().lower() in _NO_VALUE:
        raise CellFault(
            "H406",
            f"text '{text[:20]}' is no value",
            'Leave the cell empty for "not established".',
            (f"'{text[:20]}' no es un valor", "Deje en blanco lo que no esté establecido."),
        )


def value(text: str, column: Column) -> Value | None:
    """What a cell says about a fact; None where it is empty.

    Raises:
        CellFault: H402, H403, H405, H406, H409, H411, H413, with what to do.
    """
    if not text:
        return None
    if column.type == "bool" and text in _BOOLS:
        return _BOOLS[text]
    if column.codes is not None and text in column.codes:
        return text  # a declared code is a value, also where it reads "none"
    _refuse_noise(text)
    match column.type:
        case "bool":
            what = f"'{text[:20]}' in '{column.name}' is not true or false"
            que = f"'{text[:20]}' en '{column.name}' no es true ni false"
            raise CellFault("H402", what, "Write true or false.", (que, "Escriba true o false."))
        case "int":
            return _units(text, column)
        case "date":
            return _days(text, column)
        case "code":
            return _code(text, column)
        case _:
            assert_never(column.type)


def _code(text: str, column: Column) -> str:
    name = column.name
    if not _CODE.fullmatch(text):
        raise CellFault(
            "H403",
            f"'{text[:20]}' in '{name}' is not a code",
            "Use letters, digits, '.', '_', '-'.",
            (
                f"'{text[:20]}' en '{name}' no es un código",
                "Use letras, cifras, '.', '_', '-'.",
            ),
        )
    if column.codes is not None:
        raise CellFault(
            "H403",
            f"'{name}' has no value '{text[:20]}'",
            f"Use one of {', '.join(column.codes)}.",
            (
                f"'{name}' no tiene el valor '{text[:20]}'",
                f"Use uno de {', '.join(column.codes)}.",
            ),
        )
    return text


def _units(text: str, column: Column) -> int:
    name = column.name
    if not _NUMBER.fullmatch(text):
        raise CellFault(
            "H402",
            f"'{text[:20]}' in '{name}' is not a number",
            "Write digits and a decimal point.",
            (
                f"'{text[:20]}' en '{name}' no es un número",
                "Escriba cifras y un punto decimal.",
            ),
        )
    number = Decimal(text)
    units = number * column.scale
    if units != units.to_integral_value():
        raise CellFault(
            "H402",
            f"{text} in '{name}' is finer than it is kept",
            f"Give it in steps of 1/{column.scale} {column.unit}.",
            (
                f"{text} en '{name}' es más fino de lo que se guarda",
                f"Indíquelo en pasos de 1/{column.scale} {column.unit}.",
            ),
        )
    if not within(int(units), column):
        what, que = outside(int(units), column), outside_in_spanish(int(units), column)
        raise CellFault("H405", what, "Correct the value.", (que, "Corrija el valor."))
    return int(units)


def told(number: int, column: Column) -> str:
    """A value in the column's integer units as the shortest cell that says it."""
    if column.type == "date":
        return date.fromordinal(number + EPOCH).isoformat()
    return f"{(Decimal(number) / column.scale).normalize():f}"


def _days(text: str, column: Column) -> int:
    name = column.name
    if _SHORT_YEAR.fullmatch(text):
        what = f"'{text[:20]}' in '{name}' has a year of two digits"
        que = f"'{text[:20]}' en '{name}' tiene un año de dos cifras"
        raise CellFault("H413", what, "Write YYYY-MM-DD.", (que, "Escriba AAAA-MM-DD."))
    if not _DAY.fullmatch(text):
        what = f"'{text[:20]}' in '{name}' is no day"
        que = f"'{text[:20]}' en '{name}' no es un día"
        raise CellFault("H413", what, "Write YYYY-MM-DD.", (que, "Escriba AAAA-MM-DD."))
    try:
        days = date.fromisoformat(text).toordinal() - EPOCH
    except ValueError as error:
        what = f"'{text}' in '{name}' is no day of the calendar"
        que = f"'{text}' en '{name}' no es un día del calendario"
        raise CellFault("H413", what, "Correct the date.", (que, CORRIJA)) from error
    if not within(days, column):
        what, que = outside(days, column), outside_in_spanish(days, column)
        raise CellFault("H405", what, "Correct the date.", (que, CORRIJA))
    return days


def within(number: int, column: Column) -> bool:
    """Whether a value in integer units is within the column's bounds."""
    return (column.least is None or number >= column.least * column.scale) and (
        column.most is None or number <= column.most * column.scale
    )


def outside(number: int, column: Column) -> str:
    """The sentence for a value in integer units that is out of bounds."""
    return f"{column.name} {told(number, column)} is outside {_bounds(column)}"


def outside_in_spanish(number: int, column: Column) -> str:
    """The same sentence in Spanish."""
    return f"{column.name} {told(number, column)} está fuera de {_bounds(column)}"


def _bounds(column: Column) -> str:
    least, most = (
        f"{end}" if end is None or column.type == "int" else told(end, column)
        for end in (column.least, column.most)
    )
    return f"{least}..{most}"


def case_id(text: str) -> str:
    """A case id as it may stand in files and messages.

    Raises:
        CellFault: H403.
    """
    if not _CASE.fullmatch(text):
        raise CellFault(
            "H403",
            "the case id is empty or holds characters that an id may not",
            "Use letters, digits and . _ : / - only.",
        )
    return text


def instant(text: str, name: str) -> datetime | None:
    """An instant of evidence in UTC; a civil day stands for its first second, None for no cell.

    Raises:
        CellFault: H406, H409, H411, H413.
    """
    if not text:
        return None
    _refuse_noise(text)
    if _SHORT_YEAR.fullmatch(text):
        what = f"'{text[:20]}' in '{name}' has a year of two digits"
        raise CellFault("H413", what, "Write YYYY-MM-DD.")
    if not _INSTANT.fullmatch(text):
        what = f"'{text[:30]}' in '{name}' is no instant with offset"
        raise CellFault("H413", what, "Write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
    try:
        found = datetime.fromisoformat(text)
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # no such day
        found = LATEST
    if not EARLIEST <= found < LATEST:
        what = f"'{text[:30]}' in '{name}' is no day from {EARLIEST.year} to {LATEST.year}"
        raise CellFault("H413", what, "Correct the date.")
    return found


def authority(text: str | None, name: str) -> str | None:
    """The id of the authority that established a fact; None for no cell.

    Raises:
        CellFault: H403.
    """
    if text is None or _CODE.fullmatch(text):
        return text
    raise CellFault(
        "H403", f"'{name}' holds no authority id", "Write its id, never a name or free text."
    )


def document(text: str | None, name: str) -> str | None:
    """The SHA-256 of the document behind a fact, in hexadecimal; None for no cell.

    Raises:
        CellFault: H403.
    """
    if text is None or _SHA256.fullmatch(text):
        return text
    raise CellFault("H403", f"'{name}' holds no SHA-256", "Write 64 hexadecimal digits.")

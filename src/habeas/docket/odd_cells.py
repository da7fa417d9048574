"""Cells of published tables: a value, unknown, not applicable or withheld, with the text beside it.

What a column may hold is declared: its kind, the form of its days, its unit, and what each word or
sign that is no value means. A table says "AS NEEDED" where a number belongs, "/" where nothing was
reported and "~" where nothing could be: those are three facts, and none of them is zero.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, unique
from typing import Literal

import msgspec

from habeas.docket.columns import CellFault
from habeas.docket.withheld import withheld

Value = int | Decimal | date | datetime | str
Kind = Literal["text", "label", "whole", "decimal", "day", "instant", "month", "length"]
Form = Literal["iso", "mdy", "dmy"]
LONGEST = 4096  # characters of a cell
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.\d{1,30})?", re.ASCII)
_NOTES = re.compile(r"(.*\S)\s*/([a-z](?:,[a-z])*)", re.DOTALL)
_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?(second|minute|hour|day|week|month|year)s?")
_FORMS = {
    "iso": re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", re.ASCII),
    "mdy": re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})", re.ASCII),
    "dmy": re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})", re.ASCII),
}
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}|\d{2}-\d{1,2}-\d{1,2}", re.ASCII)


@unique
class State(StrEnum):
    """What a cell is."""

    VALUE = "value"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    WITHHELD = "withheld"


class Missing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a word or sign that is no value means."""

    state: Literal["unknown", "not_applicable", "withheld"]
    reason: str


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one column of a table holds.

    Attributes:
        name: in what is read out.
        source: the header's name; or the position from 0; or several, of which the first that is
            not empty is read.
        form: of days and instants.
        unit: of numbers; empty where the kind or the cell says it.
        unit_at: position of a column that shows the unit in some rows, such as a lone "%".
        missing: words and signs that are no value.
    """

    name: str
    source: str | int | list[int]
    kind: Kind = "text"
    form: Form = "iso"
    unit: str = ""
    unit_at: int | None = None
    missing: Mapping[str, Missing] = {}


class Cell(msgspec.Struct, frozen=True):
    """One cell.

    Attributes:
        value: None where the state is not `value`.
        text: as it stands in the file.
        reason: of a state that is not `value`; for withheld, under what.
        unit: of a number.
        notes: letters of the footnotes that a label carries.
    """

    state: State
    value: Value | None
    text: str
    reason: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()


def cell(text: str, column: Column, publisher: str = "") -> Cell:
    """What a cell says.

    Raises:
        CellFault: H462, H463 for a day; H475 for a number or a text too long; H476 for a length
            whose unit nobody says.
    """
    plain = " ".join(text.split())
    if len(text) > LONGEST:
        raise CellFault("H475", f"{column.name} is a long text", "Leave it out.")
    if (known := column.missing.get(plain)) is not None:
        return Cell(State(known.state), None, text, known.reason)
    if not plain:
        return Cell(State.UNKNOWN, None, text, "not stated")
    if (hidden := withheld(plain, publisher)) is not None:
        return Cell(State.WITHHELD, None, text, hidden.under or "no provision named")
    if column.kind == "length":
        return _length(plain, text, column)
    if column.kind == "label" and (noted := _NOTES.fullmatch(plain)):
        return Cell(State.VALUE, noted[1], text, notes=tuple(noted[2].split(",")))
    return Cell(State.VALUE, _READ[column.kind](plain, column), text, unit=column.unit)


def _text(text: str, _: Column) -> str:
    return text


def _decimal(text: str, column: Column) -> Decimal:
    if not _NUMBER.fullmatch(text):
        what = f"{column.name} '{text[:40]}' is no number"
        raise CellFault("H475", what, "Write digits, or declare what the word means.")
    return Decimal(text.replace(",", ""))


def _whole(text: str, column: Column) -> int:
    found = _decimal(text, column)
    if found != found.to_integral_value():
        what = f"{column.name} '{text[:40]}' is no whole number"
        raise CellFault("H475", what, "Correct it, or declare decimals.")
    return int(found)


def _day(text: str, column: Column) -> date:
    matched = _FORMS[column.form].fullmatch(text)
    if matched is None:
        short = _SHORT_YEAR.fullmatch(text) is not None
        what = f"{column.name} '{text[:40]}' " + (
            "has a year of two digits" if short else f"is no day of the form {column.form}"
        )
        raise CellFault("H463" if short else "H462", what, "Write it in the declared form.")
    try:
        return date(int(matched["y"]), int(matched["m"]), int(matched["d"]))
    except ValueError as error:
        what = f"{column.name} '{text[:40]}' is a day of no calendar"
        raise CellFault("H462", what, "Correct it.") from error


def _instant(text: str, column: Column) -> datetime:
    day, _, clock = text.replace("T", " ").partition(" ")
    found = _day(day, column)
    try:
        return datetime.fromisoformat(f"{found.isoformat()} {clock}" if clock else str(found))
    except ValueError as error:
        what = f"{column.name} '{text[:40]}' has no time of day"
        raise CellFault("H462", what, "Write hours and minutes.") from error


def _month(text: str, column: Column) -> date:
    found = _day(text, column)
    if found.day != 1:
        raise CellFault(
            "H462", f"{column.name} '{text[:40]}' is no first of a month", "Correct it."
        )
    return found


def _length(plain: str, text: str, column: Column) -> Cell:
    if column.unit:
        return Cell(State.VALUE, _decimal(plain, column), text, unit=column.unit)
    matched = _LENGTH.fullmatch(plain.lower())
    if matched is None:
        what = f"{column.name} '{plain[:40]}' is a length without a unit"
        raise CellFault("H476", what, "Write 3 years, or declare the column's unit.")
    return Cell(State.VALUE, Decimal(matched[1]), text, unit=matched[2])


_READ: dict[Kind, Callable[[str, Column], Value]] = {
    "text": _text,
    "label": _text,
    "whole": _whole,
    "decimal": _decimal,
    "day": _day,
    "instant": _instant,
    "month": _month,
}

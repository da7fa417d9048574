"""Cells of other people's files as value, unknown, or not applicable; the text always stays.

"AS NEEDED" is no number of places: neither none nor without end, but unknown. A day is read by the
form that its column declares and by no other, so that 4/6 is never guessed at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Generic, TypeVar

T = TypeVar("T")
DIGITS = 9
NOT_APPLICABLE = frozenset({"n/a", "not applicable", "~"})


@unique
class Known(StrEnum):
    """What a text establishes."""

    VALUE = "value"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A text of a file and what it establishes."""

    known: Known
    text: str
    value: T | None = None  # None: unknown or not applicable


def stated(text: str, read: Callable[[str], T]) -> Stated[T]:
    """A text as a value; what `read` refuses is unknown.

    Args:
        text: as it stands in the file.
        read: raises ValueError for a text that it cannot read.
    """
    plain = text.strip()
    if plain.casefold() in NOT_APPLICABLE:
        return Stated(Known.NOT_APPLICABLE, text)
    try:
        return Stated(Known.VALUE, text, read(plain))
    except ValueError:
        return Stated(Known.UNKNOWN, text)


def _whole(text: str) -> int:
    plain = text.replace(",", "") if _grouped(text) else text
    if not (plain.isascii() and plain.isdigit() and len(plain) <= DIGITS):
        raise ValueError(text)
    return int(plain)


def _grouped(text: str) -> bool:
    head, *rest = text.split(",")
    return (
        bool(rest) and 0 < len(head) <= len("000") and all(len(one) == len("000") for one in rest)
    )


def number(text: str) -> Stated[int]:
    """A whole number, with or without groups of three digits."""
    return stated(text, _whole)


def day(text: str, form: str) -> Stated[date]:
    """A day in the one form that its column declares, as `strptime` writes it."""
    return stated(text, lambda plain: datetime.strptime(plain, form).date())  # noqa: DTZ007 - a civil day has no zone


def word(text: str, allowed: frozenset[str]) -> Stated[str]:
    """One of the words that its column declares as answers; any other is unknown."""

    def read(plain: str) -> str:
        if plain not in allowed:
            raise ValueError(plain)
        return plain

    return stated(text, read)

"""What every file of the library is made of: texts in two languages, and where each is written.

An absent key is None and means *not established*; it never means zero, no, or "not applicable".
"""

from typing import Annotated, Literal

from msgspec import Meta as Bound
from msgspec import Struct

Checked = Literal["text", "secondary", "memory"]
Confidence = Literal["high", "medium", "low"]
Count = Annotated[int, Bound(ge=0)]


class Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a library file: an unknown key is an error, never ignored."""


class Text(Strict, frozen=True):
    """One human text; the Spanish is ours and unreviewed, quoted law stays in its language."""

    en: str
    es: str


class Cite(Strict, frozen=True):
    """Where a clause is written, and how far anyone has checked it."""

    instrument: str  # an id under [[instruments]] of the same file
    at: str  # article, section, paragraph
    checked: Checked  # text: read in the source; secondary: read in a carrier; memory: not read
    source: tuple[str, ...] = ()  # keys of library/sources.toml
    confidence: Confidence | None = None  # in the words that are from memory; None: not stated


class Due(Strict, frozen=True):
    """By when. Words alone where no text fixes a number; a number is never invented."""

    text: Text | None = None
    hours: Count | None = None
    days: Count | None = None
    working_days: Count | None = None
    months: Count | None = None

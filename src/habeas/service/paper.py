"""A report as data: what its page and its print say, and for each figure where it stands.

The words lie in documents/report_words.json, and nobody has reviewed the Spanish ones.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

from habeas.errors import Language
from habeas.units import grouped

NUMBER, WIDE = 0, 1  # a column as narrow as its numbers; a share of what is left
SHARED = -2  # a column of numbers under a long head, and its share
LONGEST = 60  # characters of a name that stays as it is
HASHED = re.compile(r"-[0-9a-f]{8}$")
PLAIN = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")  # a number as tables write it
SWAPPED = str.maketrans(",.", ".,")  # a number in Spanish, as the public tables write it


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    to: str = ""  # the id of what shows where it comes from
    id: str = ""  # where others point to
    quiet: bool = False  # no figure: withheld, or nothing to tell


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]  # of each column: NUMBER, or its share; below 0 of numbers


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody types to have figures again, or another text that is kept line by line."""

    id: str  # figures are linked to it
    about: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading, in this order."""

    title: str
    texts: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    items: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole report, in one language."""

    lang: Language
    name: str  # of its files
    kind: str  # over the title
    title: str
    marks: tuple[str, ...]  # on every page
    reference: str  # at the foot of every page
    page: tuple[str, str]  # the words around a page's number
    particulars: tuple[tuple[str, str], ...]
    boxed: tuple[str, ...]  # what most readers want
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    notes_title: str
    day: date  # the date that the documents carry

    def data(self) -> dict[str, Any]:  # Any: ready for JSON
        """All of it for a typesetter."""
        return {name: value for name, value in asdict(self).items() if name != "day"}


class Say:
    """The words of one language, by group and name, of the reports and of more files of words."""

    def __init__(self, lang: Language, *files: str) -> None:
        self.lang: Language = lang
        self._words = dict[str, str]()
        place = 1 if lang == "es" else 0
        for file in ("report_words.json", *files):
            text = (resources.files("habeas") / "documents" / file).read_text("utf-8")
            self._words |= {
                f"{group}.{name}": pair[place]
                for group, rows in json.loads(text).items()
                for name, pair in rows.items()
            }

    def __call__(self, name: str) -> str:
        """One text; its places are filled by `format`."""
        return self._words[name]

    def get(self, name: str, otherwise: str = "") -> str:
        """The same of a name that need not be there."""
        return self._words.get(name, otherwise)

    def month(self, name: str) -> str:
        """A month of the form YYYY-MM in words."""
        year, _, number = name.partition("-")
        return self("common.month").format(name=self(f"months.{number}"), year=year)

    def figure(self, value: object) -> str:
        """A number with its thousands set apart; any other text as it is."""
        told = str(value)
        if PLAIN.fullmatch(told) is None:
            return told
        return grouped(told).translate(SWAPPED) if self.lang == "es" else grouped(told)


def pick(said: Mapping[str, Any], name: str, lang: Language) -> str:
    """A text of a description of data: in Spanish where there is one."""
    found = said.get(f"{name}.es") if lang == "es" else None
    return str(found or said.get(name) or "")


def grid(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int]
) -> Grid:
    """A table out of any sequences."""
    return Grid(caption, tuple(heads), tuple(tuple(row) for row in rows), tuple(widths))


def safe(name: str) -> str:
    """A name as part of a file's name: none leaves its folder, or takes another's place."""
    kept = "".join(
        one if one.isascii() and (one.isalnum() or one in "-_.") else "_" for one in name
    )
    plain = kept == name and not name.startswith(".") and HASHED.search(name) is None
    if plain and 0 < len(name) <= LONGEST:
        return name
    return f"{kept[:LONGEST].lstrip('.')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def last_day(month: str) -> date:
    """The last day of a month of the form YYYY-MM."""
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return after - timedelta(days=1)

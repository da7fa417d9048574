"""What a view hands to the components: plain frozen values, shown by `templates/components`.

Words are given translated by the view; here stand only the words of findings and outcomes. A value
in a table, a summary list or a timeline may be text, a number, a day, an instant, a tag, a link, a
quotation, a finding or an outcome: `shown` writes each in its one way.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from habeas.terms import Finding, Outcome

Words = str | Promise
Shape = Literal["yes", "no", "unknown", ""]
Colour = Literal["green", "red", "yellow", "teal", "grey", "orange", "purple", ""]
FORBIDDEN = re.compile(
    r"<script|<style|<foreignObject|\sstyle\s*=|\son\w+\s*=|javascript:", re.IGNORECASE
)
# Square centimetres a person; a standard of 3.4 and one of 4 square metres part the bands.
BANDS = ((20_000, "under-2"), (34_000, "2-to-34"), (40_000, "34-to-4"))
WIDEST = "4-and-over"
NEIGHBOURS = 1  # pages shown on each side of the page that is open


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that stands out; the shape says it again to whoever sees no colour."""

    text: Words
    colour: Colour = ""
    shape: Shape = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere; `hidden` is read out after them where they say too little."""

    text: Words
    href: str
    hidden: Words = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source in its own language. `translation` is ours and never official."""

    text: str
    lang: str
    source: Words = ""
    href: str = ""
    translation: str = ""


@dataclass(frozen=True, slots=True)
class Local:
    """An instant on the clocks of a zone of the agreement."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units of a currency."""

    minor: int
    currency: str
    exponent: int = 2


@dataclass(frozen=True, slots=True)
class Digest:
    """A SHA-256 in hexadecimal: it is broken anywhere, where there is no room for it."""

    hex: str


Value = (
    str
    | int
    | Decimal
    | date
    | Promise
    | Tag
    | Link
    | Quote
    | Local
    | Money
    | Digest
    | Finding
    | Outcome
    | None
)

FINDINGS: Mapping[Finding, Tag] = {
    Finding.MET: Tag(gettext_lazy("Met"), "green", "yes"),
    Finding.NOT_MET: Tag(gettext_lazy("Not met"), "red", "no"),
    Finding.NOT_ESTABLISHED: Tag(gettext_lazy("Not established"), "yellow", "unknown"),
}
OUTCOMES: Mapping[Outcome, Tag] = {
    Outcome.ELIGIBLE: Tag(gettext_lazy("Eligible"), "green", "yes"),
    Outcome.BARRED: Tag(gettext_lazy("Barred"), "red", "no"),
    Outcome.NOT_ESTABLISHED: Tag(gettext_lazy("Not established"), "yellow", "unknown"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `sort` is which way its rows stand now; empty: by something else."""

    title: Words
    numeric: bool = False
    sort: Literal["ascending", "descending", ""] = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a table; `sort` is what it is sorted by where the value's own text would lie."""

    value: Value
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a caption; the first value of each row is its head.

    `sortable` lets the reader sort what stands on this page, and needs a script.
    """

    caption: Words
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value | Cell]]
    sortable: bool = False
    empty: Words = ""  # what is said where there is no row; empty: that there is nothing
    size: Literal["s", "m", "l", "hidden"] = "m"  # of the caption; hidden: a heading says it

    @property
    def body(self) -> list[list[tuple[Column, Cell]]]:
        """Each value with its column; a row that is too long or too short raises."""
        return [
            [(column, _cell(value)) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]


def _cell(value: Value | Cell) -> Cell:
    if isinstance(value, Cell):
        return value
    if isinstance(value, Money):
        return Cell(value, str(value.minor))
    if isinstance(value, Local):
        return Cell(value, value.at.isoformat())
    if isinstance(value, int | Decimal):
        return Cell(value, str(value))
    return Cell(value, value.isoformat() if isinstance(value, date) else "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a summary list."""

    key: Words
    value: Value | Sequence[Value]
    actions: Sequence[Link] = ()

    @property
    def values(self) -> Sequence[Value]:
        """The values, one below the other."""
        return self.value if isinstance(self.value, list | tuple) else [self.value]  # type: ignore[list-item]


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a timeline; `index` is its place in the register, None where it has none."""

    title: Words
    at: datetime
    by: Words = ""
    text: Value = ""
    index: int | None = None
    links: Sequence[Link] = ()
    zone: str = ""  # empty: the instant is not told on local clocks too


@dataclass(frozen=True, slots=True)
class Alert:
    """Something the page must say before anything else."""

    title: Words
    text: Words = ""
    kind: Literal["information", "success", "warning", "error"] = "information"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a page is about: a register number, never a name that could be somebody's."""

    reference: str
    facts: Sequence[Row] = ()
    tags: Sequence[Tag] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of how many; `query` is the address's filters without the page."""

    page: int
    last: int
    query: Mapping[str, str] = field(default_factory=dict)

    def href(self, page: int) -> str:
        """The address of a page, with the filters kept."""
        return f"?{urlencode({**self.query, 'page': str(page)})}"

    @property
    def items(self) -> list[tuple[int, str] | None]:
        """The pages to offer with their addresses; None stands for those left out."""
        near = range(self.page - NEIGHBOURS, self.page + NEIGHBOURS + 1)
        shown = sorted({1, self.last} | {n for n in near if 1 <= n <= self.last})
        found: list[tuple[int, str] | None] = []
        for before, n in zip([0, *shown], shown, strict=False):
            found += [None] if n - before > 1 else []
            found.append((n, self.href(n)))
        return found

    @property
    def previous(self) -> str:
        """The address of the page before; empty on the first."""
        return self.href(self.page - 1) if self.page > 1 else ""

    @property
    def next(self) -> str:
        """The address of the page after; empty on the last."""
        return self.href(self.page + 1) if self.page < self.last else ""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that must be established or done."""

    title: Words
    status: Tag | Finding | Words
    href: str = ""
    hint: Words = ""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell of a facility. `cm2` is the area a person has there; None: nobody is in it."""

    name: str
    href: str
    cm2: int | None
    people: int = 0

    @property
    def band(self) -> str:
        """Which of the five bands it is in."""
        if self.cm2 is None:
            return "empty"
        return next((name for limit, name in BANDS if self.cm2 < limit), WIDEST)


@dataclass(frozen=True, slots=True)
class Heat:
    """Cells by module; a module with fewer cells than columns has None for the others."""

    caption: Words
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[HeatCell | None]]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with the table behind it; without a drawing the table stands open.

    `narrow` is the same drawn for a phone. A drawing that the policy would break, or that could
    run anything, is refused.
    """

    title: Words
    summary: Words
    table: Table
    csv: str
    drawing: str = ""
    narrow: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no plain drawing.

        Raises:
            ValueError: when it holds a script, a style or anything that is run.
        """
        if any(FORBIDDEN.search(one) for one in (self.drawing, self.narrow)):
            raise ValueError("a drawing may hold neither styles nor anything that is run")


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab; its content is the template, with the page's own context."""

    id: str
    label: Words
    template: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is applied; the link takes it away."""

    text: Words
    remove: str


@dataclass(frozen=True, slots=True)
class Button:
    """A way on. With `href` it is a link that looks like a button; without, it sends the form."""

    text: Words
    href: str = ""
    kind: Literal["", "secondary", "warning"] = ""
    name: str = ""
    value: str = ""

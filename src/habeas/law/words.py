"""A thing of the library as a small document: headings, paragraphs, rows, points and tables.

Pages are built here and by `pages` and `record_pages`; a face lays them out. Markdown is written
here, because it is text. Nothing is read or printed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What must not be overlooked: nobody reviewed it, it is open, its sources disagree."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Rule text, exactly as the file has it."""

    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Names, each with what it says."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One thing of a list: its name, what it says, and what is said of it below."""

    name: str
    text: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells under columns; columns named in `right` hold numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[str, ...] = ()


Block = Heading | Paragraph | Notice | Code | Rows | Points | Table


@dataclass(frozen=True, slots=True)
class Page:
    """One thing of the library for reading."""

    id: str
    kind: str  # in the page's language
    blocks: tuple[Block, ...]


def part(title: str, *blocks: Block | None) -> list[Block]:
    """A heading with what stands under it; nothing at all where nothing does."""
    held = [block for block in blocks if block is not None and not _empty(block)]
    return [Heading(title), *held] if held else []


def _empty(block: Block) -> bool:
    match block:
        case Heading() | Paragraph() | Notice() | Code():
            return not block.text
        case Rows() | Table():
            return not block.rows
        case Points():
            return not block.points
        case _:
            assert_never(block)


_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")
_ADDRESS = re.compile(r"https?://[^<>]+$")
_LISTLIKE = re.compile(r"^(\s*)([-+]|\d+[.)])(\s)")


def escaped(text: str) -> str:
    """Text that Markdown shows as it is written; an address becomes a link."""
    found = " ".join(
        f"<{one}>" if _ADDRESS.match(one) else _SPECIAL.sub(r"\\\1", one) for one in text.split()
    )
    return _LISTLIKE.sub(r"\1\\\2\3", found)


def markdown(page: Page) -> str:
    """The page as Markdown."""
    parts = [f"# {escaped(page.id)}", f"*{escaped(page.kind)}*"]
    parts += [_block(block) for block in page.blocks]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            found = f"## {escaped(block.text)}"
        case Paragraph():
            found = escaped(block.text)
        case Notice():
            found = f"> {escaped(block.text)}"
        case Code():
            found = f"```sql\n{block.text}\n```"
        case Rows():
            rows = block.rows
            found = "\n".join(f"- **{escaped(name)}**: {escaped(what)}" for name, what in rows)
        case Points():
            found = "\n".join(_point(point) for point in block.points)
        case Table():
            ruler = "|".join("---:" if name in block.right else "---" for name in block.columns)
            found = "\n".join([_row(block.columns), f"|{ruler}|", *map(_row, block.rows)])
        case _:
            assert_never(block)
    return found


def _point(point: Point) -> str:
    text = f": {escaped(point.text)}" if point.text else ""
    lines = (f"  - {escaped(one)}" for one in point.lines)
    return "\n".join([f"- **{escaped(point.name)}**{text}", *lines])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"

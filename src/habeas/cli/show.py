"""habeas law show: a page of the library at the terminal, as Markdown or as JSON."""

import sys
from json import dumps
from pathlib import Path
from typing import assert_never

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from habeas.cli import clock, output
from habeas.service import agree, read

WIDEST = 100  # columns: a longer line is hard to read


def show(
    name: str,
    /,
    *,
    lang: str = "en",
    markdown: bool = False,
    as_of: str | None = None,
    library: Path | None = None,
    json: bool = False,
) -> int:
    """Show anything of the library that has an id, with its sources and what disagrees.

    Args:
        name: any id: an agreement, a rule, a duty, a standard, a fact, a source, a layer and more.
        lang: en or es.
        markdown: print Markdown.
        as_of: the day whose values are marked as in force, YYYY-MM-DD; today where absent.
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document, with the texts in both languages.
    """
    spoken, held = read.language(lang), agree.library(library)
    if json:
        output.document(read.document(held, name))
        return output.DONE
    found = read.pages(held, name, spoken, clock.today(as_of))
    if markdown:
        sys.stdout.write("\n".join(read.markdown(page) for page in found))
        return output.DONE
    console = output.console()
    console.width = min(console.width, WIDEST)
    for page in found:
        _print(page, console)
    return output.DONE


def schema(kind: str = "agreement", /) -> int:
    """Print the JSON Schema of a kind of library file, for editors that complete and check TOML.

    Args:
        kind: agreement, law, facts, standard or facility.
    """
    sys.stdout.write(f"{dumps(read.schema(kind), indent=2, ensure_ascii=False)}\n")
    return output.DONE


def _print(page: read.Page, console: Console) -> None:
    console.print(Text(page.id, style="bold"), Text(page.kind, style="dim"), sep="  ")
    for block in page.blocks:
        console.print()
        console.print(_laid(block))


def _laid(block: read.Block) -> RenderableType:
    found: RenderableType
    match block:
        case read.Heading():
            found = Text(block.text.upper(), style="bold")
        case read.Paragraph():
            found = _inset(Text(block.text))
        case read.Notice():
            found = _inset(Text(f"! {block.text}", style="yellow"))
        case read.Code():
            found = Padding(Text(block.text, style="cyan"), (0, 0, 0, 4))
        case read.Rows():
            found = _inset(_rows(block))
        case read.Points():
            found = _inset(Group(*map(_point, block.points)))
        case read.Table():
            found = _inset(output.table("", block.columns, block.rows, right=block.right))
        case _:
            assert_never(block)
    return found


def _inset(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, 2))


def _rows(block: read.Rows) -> Grid:
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", max_width=28)
    grid.add_column(overflow="fold")
    for name, what in block.rows:
        grid.add_row(Text(name), Text(what))
    return grid


def _point(point: read.Point) -> Grid:
    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    head = Text(point.name, style="bold" if point.text else "")
    grid.add_row("•", head.append(f": {point.text}", style="not bold") if point.text else head)
    for line in point.lines:
        grid.add_row("", Text(line, style="dim"))
    return grid

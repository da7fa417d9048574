"""One JSON document, tables, notes and errors as sentences; the only printer."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Literal

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from habeas.errors import UNPRINTABLE, HabeasError, Language

DONE, DOES_NOT_HOLD = 0, 1
SHORT = 10  # characters of a cell that stays on one line


def console() -> Console:
    """Where people read: stdout, at the terminal's width, 100 columns elsewhere."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 100)


def document(found: Mapping[str, object]) -> None:
    """Print exactly one JSON document to stdout, with the version that made it."""
    sys.stdout.write(text(found))


def text(found: Mapping[str, object]) -> str:
    """A JSON document as it is printed, with the version that made it."""
    made = {**found, "habeas": version("habeas")}
    told = json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return told.encode(errors="replace").decode()  # a file's name need not be UTF-8


def plain(_: str) -> str:
    """No style."""
    return ""


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[str] = (),
    style: Callable[[str], str] = plain,
) -> Table:
    """A table for people; columns named in `right` hold numbers, and a cell may have a style."""
    found = Table(
        title=escape(shown(title)),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        header_style="dim",
        pad_edge=False,
        collapse_padding=True,
    )
    kept = list(rows)
    for place, name in enumerate(columns):
        short = all(len(row[place]) <= SHORT for row in kept)  # a day is not cut in two
        side: Literal["left", "right"] = "right" if name in right else "left"
        found.add_column(name, justify=side, overflow="fold", no_wrap=short)
    for row in kept:
        found.add_row(*(Text(shown(cell), style=style(cell)) for cell in row))
    return found


def shown(text: str) -> str:
    """A text as a terminal may show it: what was read from a file never drives one."""
    if text.isprintable():  # nearly always, and many times as fast
        return text
    return "".join(char if char.isprintable() or char == "\n" else UNPRINTABLE for char in text)


def lines(found: Iterable[str]) -> None:
    """Lines of text to stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in found))


def note(text: str) -> None:
    """A line about the run, to stderr: stdout is for data."""
    sys.stderr.write(shown(text) + "\n")


def failure(error: HabeasError, lang: Language = "en") -> int:
    """Every fault of an error, with its line and a caret where it is in a text; the exit status."""
    for fault in error.faults:
        note(fault.told(lang))
    return error.status

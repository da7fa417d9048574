"""A report as one page for a browser: no script, no address, no font of its own.

Its content policy lets nothing in but its own style; every text is escaped.
"""

import base64
import hashlib
import html
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from habeas.errors import UNPRINTABLE

Data = Mapping[str, Any]  # Any: ready for JSON, as `documents.pdf` takes it
NUMBER = 0  # a column of numbers is this wide, or less: it is set to the right


def page(paper: Data) -> str:
    """The page of a report, out of the data that its print is set from."""
    look = style("report.css") + margin(paper["marks"])
    marks = "".join(f"<p>{text(one)}</p>" for one in paper["marks"])
    facts = "".join(
        f'<tr><th scope="row">{text(name)}</th><td>{text(value)}</td></tr>'
        for name, value in paper["particulars"]
    )
    boxed = "".join(f"<p>{text(one)}</p>" for one in paper["boxed"])
    return "".join(
        (
            head(paper["lang"], paper["title"], look),
            f'<header class="mark">{marks}</header>' if marks else "",
            f'<main><p class="kind">{text(paper["kind"])}</p><h1>{text(paper["title"])}</h1>',
            f'<table class="facts"><tbody>{facts}</tbody></table>',
            f'<div class="boxed">{boxed}</div>' if boxed else "",
            *(_part(one) for one in paper["parts"]),
            f"<h2>{text(paper['notes_title'])}</h2><ul>",
            *(f"<li>{text(one)}</li>" for one in paper["notes"]),
            f"</ul></main><footer><p>{text(paper['reference'])}</p></footer></body></html>\n",
        )
    )


def head(lang: str, title: str, look: str) -> str:
    """The beginning of a page, up to its body: nothing but its own style may come in."""
    digest = base64.b64encode(hashlib.sha256(look.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return "".join(
        (
            f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{text(title)}</title><style>{look}</style></head><body>",
        )
    )


def style(name: str) -> str:
    """A style of the package."""
    return (resources.files("habeas") / "documents" / name).read_text("utf-8")


def margin(marks: Sequence[str]) -> str:
    """On paper, what must stand on every page; the words are this project's own, never data."""
    told = " / ".join(marks).replace("\\", "").replace('"', "").replace("<", "")
    rule = f'@top-center{{content:"{told}";font:bold 8pt serif}}' if told else ""
    return f"\n@page{{size:A4;margin:2.2cm 2cm;{rule}}}"


def _part(part: Data) -> str:
    texts = "".join(f"<p>{text(one)}</p>" for one in part["texts"])
    grids = "".join(table(one) for one in part["grids"])
    items = "".join(f"<li>{text(one)}</li>" for one in part["items"])
    items = f"<ul>{items}</ul>" if items else ""
    calls = "".join(_call(one) for one in part["calls"])
    return f"<section><h2>{text(part['title'])}</h2>{texts}{grids}{items}{calls}</section>"


def table(grid: Data) -> str:
    """A table of a report."""
    sides = [' class="n"' if one <= NUMBER else "" for one in grid["widths"]]
    heads = "".join(
        f'<th scope="col"{side}>{text(head)}</th>'
        for head, side in zip(grid["heads"], sides, strict=True)
    )
    rows = "".join(f"<tr>{_row(row, grid['widths'])}</tr>" for row in grid["rows"])
    caption = f"<caption>{text(grid['caption'])}</caption>" if grid["caption"] else ""
    return (
        f'<div class="scroll" tabindex="0"><table>{caption}'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(row: Sequence[Data], widths: Sequence[int]) -> str:
    """The first cell names the row where it is no number."""
    return "".join(
        _cell(one, wide, "th" if place == 0 and wide > NUMBER else "td")
        for place, (one, wide) in enumerate(zip(row, widths, strict=True))
    )


def _cell(one: Data, wide: int, tag: str) -> str:
    names = " ".join(["n"] * (wide <= NUMBER) + ["q"] * one["quiet"])
    side = f' class="{names}"' if names else ""
    mark = f' id="{text(one["id"])}"' if one["id"] else ""
    scope = ' scope="row"' if tag == "th" else ""
    told = text(one["text"])
    linked = f'<a href="#{text(one["to"])}">{told}</a>' if one["to"] else told
    return f"<{tag}{scope}{side}{mark}>{linked}</{tag}>"


def _call(one: Data) -> str:
    lines = "\n".join(_printable(line) for line in one["lines"])
    return f'<p class="soft" id="{text(one["id"])}">{text(one["about"])}</p><pre>{lines}</pre>'


def text(value: str) -> str:
    """A text on one line, escaped."""
    return _printable(" ".join(value.split()))


def _printable(text: str) -> str:
    """Escaped, and with control characters made visible: none turns or hides what is read."""
    return html.escape("".join(one if one.isprintable() else UNPRINTABLE for one in text))

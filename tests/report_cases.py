"""Reports read back from what was written, and issues of statistics changed as nobody may."""

import hashlib
import io
import json
import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pypdf import PdfReader

HOSTILE = "<script>alert(1)</script>#panic() $x_1^2$ *a* [b](c) \\ \"q\" 'r' &amp; @page"
PAPER = 250  # of 255: whiter than any ink
PERSON = re.compile(r"p_[0-9a-z]{26}")
Document = dict[str, Any]  # Any: what a command prints


class Page(HTMLParser):
    """A page's tags and attributes, its tables, its texts as typed, and its style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags = set[str]()
        self.attributes = list[tuple[str, str]]()
        self.tables = list[list[list[str]]]()
        self.typed = list[str]()
        self.style = ""
        self.words = ""
        self._inside = list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in {"meta", "link", "br", "img"}:
            self._inside.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
        elif tag == "pre":
            self.typed.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._inside:
            self.style += data
            return
        self.words += data
        if "pre" in self._inside:
            self.typed[-1] += data
        elif {"td", "th"} & set(self._inside):
            self.tables[-1][-1][-1] += data

    def value(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value for key, value in self.attributes if key == name]


def page(folder: Path, name: str) -> Page:
    """A page that was written."""
    return Page((folder / f"{name}.html").read_text("utf-8"))


def printed(folder: Path, name: str) -> list[str]:
    """The text of each page of what is printed."""
    read = PdfReader(io.BytesIO((folder / f"{name}.pdf").read_bytes()))
    return [" ".join(one.extract_text().split()) for one in read.pages]


def inked(pdf: Path, pdftoppm: str, margin: float) -> list[int]:
    """The sheets on which something stands in the right margin, or beyond it.

    Args:
        pdf: a print on A4.
        pdftoppm: the program that draws it.
        margin: how wide it is, as a share of the sheet's width.
    """
    folder = pdf.parent / f"{pdf.name}.sheets"
    folder.mkdir()
    subprocess.run([pdftoppm, "-r", "40", "-gray", pdf, folder / "sheet"], check=True)  # noqa: S603 - found
    found = list[int]()
    for number, sheet in enumerate(sorted(folder.iterdir()), 1):
        _, size, _, pixels = sheet.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        first = int(width * (1 - margin))
        lines = (pixels[width * y + first : width * (y + 1)] for y in range(height))
        if any(min(line) < PAPER for line in lines):
            found.append(number)
    return found


def taken(document: Document, take: str) -> str:
    """What jq picks out of a document, for the forms that a pack uses."""
    counted = re.fullmatch(r"\[\.rows\[\] \| select\((.*)\)\] \| length", take)
    if counted:
        asks = [re.fullmatch(r"\.(\w+) (==|<=) (.*)", one) for one in counted[1].split(" and ")]
        holds: dict[str, Callable[[str, str], bool]] = {"==": str.__eq__, "<=": str.__le__}
        return str(
            sum(
                all(one and holds[one[2]](row[one[1]], json.loads(one[3])) for one in asks)
                for row in document["rows"]
            )
        )
    chosen = re.fullmatch(r"\.rows\[\] \| select\(\.(\w+) == (.*)\) \| \.(\w+)", take)
    if chosen:
        rows = [row for row in document["rows"] if row[chosen[1]] == json.loads(chosen[2])]
        (found,) = (row[chosen[3]] for row in rows)
        return str(found)
    path, _, length = take.partition(" | ")
    here: Any = document  # Any: inside a document
    for name, key, number in re.findall(r'\.(\w+)|\["(.*?)"\]|\[(\d+)\]', path):
        here = here[int(number)] if number else here[name or key]
    return str(len(here) if length else here)


def rewritten(place: Path, change: Callable[[str], str], **told: str | int) -> None:
    """Change the texts of an issue, and say other things of it, with hashes that fit."""
    index = json.loads((place / "datapackage.json").read_text("utf-8"))
    for one in index["resources"]:
        path = place / one["path"]
        if one["format"] != "parquet":
            path.write_text(change(path.read_text("utf-8")), "utf-8")
        one["hash"] = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        one["bytes"] = path.stat().st_size
    index["habeas"] |= told
    (place / "datapackage.json").write_text(json.dumps(index), "utf-8")

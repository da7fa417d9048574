"""Where a key or a part of a rule text stands in a file, by line and column."""

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf

from habeas.errors import Fault

_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-\"'.]+)\s*=")


Lines = dict[str, list[int]]  # of a name, rising


@lru_cache(maxsize=64)
def _lines(text: str) -> list[str]:
    return text.splitlines()


@lru_cache(maxsize=64)
def _marks(text: str) -> tuple[Lines, Lines]:
    """Where each header and each key of a file stands, by its name."""
    headers: Lines = {}
    keys: Lines = {}
    for number, line in enumerate(_lines(text), 1):
        if header := _HEADER.match(line):
            headers.setdefault(header.group(1).replace('"', ""), []).append(number)
        elif key := _KEY.match(line):
            for name in key.group(1).split("."):
                keys.setdefault(name.strip("\"'"), []).append(number)
    return headers, keys


def _from(lines: list[int], first: int, end: float) -> int | None:
    place = bisect_left(lines, first)
    return lines[place] if place < len(lines) and lines[place] < end else None


def line_of(text: str, *path: str) -> int:
    """Line (from 1) of the deepest part of a key path that the text shows; 1 where none does.

    A number in the path counts the tables of an array: ("fees", "items", "1", "tiers").
    """
    headers, keys = _marks(text)
    best, header, end = 1, list[str](), inf
    for part in path:
        if part.isdigit():
            tables = headers.get(".".join(header), [])
            place = bisect_left(tables, best) + int(part)
            if place < len(tables) and tables[place] < end:
                best = tables[place]
                end = min([end, *tables[place + 1 : place + 2]])
            continue
        header.append(part)
        found = (headers.get(".".join(header), []), keys.get(part, []))
        places = (_from(lines, best, end) for lines in found)
        best = min((line for line in places if line is not None), default=best)
    return best


@dataclass(frozen=True, slots=True)
class Place:
    """Where one rule text stands."""

    file: str  # its name
    text: str  # of the whole file
    line: int  # of the key
    rule: str  # or guarantee, or target of an override
    source: str  # the rule text itself

    def placed(self, fault: Fault) -> Fault:
        """A fault at a column of the rule text, at its line and column of the file."""
        # A text over several lines begins at the line of its key, or right behind its quotes.
        lines, source = _lines(self.text), self.source
        before = source[: max(fault.column - 1, 0)].split("\n")
        inner = self.line - 1 + len(before) - 1
        first = source.partition("\n")[0]
        if "\n" in source and inner < len(lines) and first not in lines[self.line - 1]:
            inner += 1
        written = lines[inner] if inner < len(lines) else ""
        here = source.split("\n")[len(before) - 1]
        begins = written.find(here) if here else -1
        found = begins >= 0
        return replace(
            fault,
            rule=self.rule,
            file=self.file,
            line=inner + 1 if found else self.line,
            column=begins + len(before[-1]) + 1 if found else 0,
            source=written if found else "",
        )

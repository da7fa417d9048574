"""Where a key or a part of a rule text stands in a file, by line and column."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf
from typing import NamedTuple

from habeas.errors import Fault

_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-\"'.]+)\s*=")


Lines = dict[str, list[int]]  # of a name, rising


class _Marks(NamedTuple):
    """Where the headers and keys of a file stand."""

    headers: Lines
    keys: Lines  # of a dotted key, each of its parts
    plain: frozenset[int]  # lines of keys that are not dotted
    every: list[int]  # lines of both


@lru_cache(maxsize=64)
def _lines(text: str) -> list[str]:
    return text.splitlines()


@lru_cache(maxsize=64)
def _marks(text: str) -> _Marks:
    """Where each header and each key of a file stands, by its name."""
    found = _Marks({}, {}, frozenset(), [])
    plain = set[int]()
    for number, line in enumerate(_lines(text), 1):
        if header := _HEADER.match(line):
            found.headers.setdefault(header.group(1).replace('"', ""), []).append(number)
        elif key := _KEY.match(line):
            names = key.group(1).split(".")
            for name in names:
                found.keys.setdefault(name.strip("\"'"), []).append(number)
            plain |= {number} if len(names) == 1 else set()
        else:
            continue
        found.every.append(number)
    return found._replace(plain=frozenset(plain))


def _from(lines: list[int], first: int, end: float) -> int | None:
    place = bisect_left(lines, first)
    return lines[place] if place < len(lines) and lines[place] < end else None


def line_of(text: str, *path: str) -> int:
    """Line (from 1) of the deepest part of a key path that the text shows; 1 where none does.

    A number in the path counts the tables of an array: ("fees", "items", "1", "tiers").
    """
    marks = _marks(text)
    best, header, end = 1, list[str](), inf
    for part in path:
        if part.isdigit():
            tables = marks.headers.get(".".join(header), [])
            place = bisect_left(tables, best) + int(part)
            if place < len(tables) and tables[place] < end:
                best = tables[place]
                end = min([end, *tables[place + 1 : place + 2]])
            continue
        header.append(part)
        found = (marks.headers.get(".".join(header), []), marks.keys.get(part, []))
        places = [_from(lines, best, end) for lines in found]
        here = min((line for line in places if line is not None), default=None)
        best = best if here is None else here
        if here in marks.plain:  # what is in its value is on no line of another key
            after = bisect_right(marks.every, best)
            end = min([end, *marks.every[after : after + 1]])
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

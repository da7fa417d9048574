"""Where a key or a part of a rule text stands in a file, by line and column."""

import re
from dataclasses import dataclass, replace

from habeas.errors import Fault

_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-\"']+)\s*=")


def line_of(text: str, *path: str) -> int:
    """Line (from 1) of the deepest part of a key path that the text shows; 1 where none does.

    A number in the path counts the tables of an array: ("fees", "items", "1", "tiers").
    """
    lines = text.splitlines()
    position, best, header = 0, 1, list[str]()
    for part in path:
        if part.isdigit():
            wanted = ".".join(header)
            starts = [
                n
                for n, line in enumerate(lines)
                if (found := _HEADER.match(line)) and found.group(1).replace('"', "") == wanted
            ]
            if int(part) < len(starts):
                position = starts[int(part)]
                best = position + 1
            continue
        header.append(part)
        for n in range(position, len(lines)):
            found, key = _HEADER.match(lines[n]), _KEY.match(lines[n])
            if found and found.group(1).replace('"', "") == ".".join(header):
                position, best = n, n + 1
                break
            if key and key.group(1).strip("\"'") == part:
                position, best = n, n + 1
                break
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
        lines, source = self.text.splitlines(), self.source
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

"""What each code of an error means and what to do: `docs/errors.md`, as the package carries it.

An installed package holds a copy beside its documents; in a checkout the page itself is read.
"""

import re
from functools import cache
from importlib import resources
from pathlib import Path

ROW = re.compile(r"^\| (H\d{3}) \| (.+?) \| (.+?) \|$", re.MULTILINE)
GROUP = re.compile(r"^\| \*\*(H\d+)\*\* \| \*\*(.+?)\*\* \| \|$", re.MULTILINE)


@cache
def pages() -> dict[str, tuple[str, str]]:
    """By code: what it means, and what to do; in the order of the page."""
    return {code: (what, fix) for code, what, fix in ROW.findall(_text())}


@cache
def groups() -> dict[str, str]:
    """What the codes that begin so are about."""
    return dict(GROUP.findall(_text()))


@cache
def _text() -> str:
    kept = resources.files("habeas") / "documents" / "errors.md"
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    return (Path(__file__).parents[3] / "docs" / "errors.md").read_text(encoding="utf-8")

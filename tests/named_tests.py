"""Tests that a document names, found in the sources without running any."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def _names(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(one.name for one in found if isinstance(one, ast.FunctionDef))


def missing(ids: list[str]) -> list[str]:
    """Those of some ids, as pytest writes them, of which no test stands in the file."""
    parts = [(one, *one.partition("::")[::2]) for one in ids]
    return [one for one, file, name in parts if name not in _names(ROOT / file)]

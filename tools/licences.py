"""Hold every locked package to a licence that may be where it is; the table is written by hand.

    python -m tools.licences           check; status 1 where anything is wrong
    python -m tools.licences --find    what the installed packages say, for a new row

requirements/licences.toml names for each locked package its licence as an SPDX expression. Whatever
is installed must say the same of itself; what says nothing, or is locked for another system, has a
row under [read] that says where somebody read it. No copyleft in what runs (decision 59): packages
under a weak one that is not spread by importing are named one by one, with a reason. Reads files
alone: no network.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tools.locked import FOLDER, ROOT, everything, files

TABLE = FOLDER / "licences.toml"
# What packages write of themselves where they write no SPDX expression, and what it may stand for.
CLASSIFIERS: Mapping[str, tuple[str, ...]] = {
    "MIT License": ("MIT",),
    "BSD License": ("BSD-2-Clause", "BSD-3-Clause"),
    "Apache Software License": ("Apache-2.0",),
    "Mozilla Public License 2.0 (MPL 2.0)": ("MPL-2.0",),
    "Python Software Foundation License": ("PSF-2.0",),
    "ISC License (ISCL)": ("ISC",),
    "Public Domain": ("LicenseRef-Public-Domain",),
    "GNU Lesser General Public License v2 or later (LGPLv2+)": ("LGPL-2.1-or-later",),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "mit": ("MIT",),
    "mit license": ("MIT",),
    "bsd": ("BSD-2-Clause", "BSD-3-Clause"),
    "bsd 2-clause license": ("BSD-2-Clause",),
    "3-clause bsd license": ("BSD-3-Clause",),
    "apache 2.0": ("Apache-2.0",),
    "lgpl": ("LGPL-2.1-or-later",),
    "public domain": ("LicenseRef-Public-Domain",),
    "dual license": (),
}
_SHORT = 60  # characters: what is longer is the text of a licence, not its name


def ids(expression: str) -> set[str]:
    """The licences that an SPDX expression names; an exception to one is not told apart."""
    plain = re.sub(r" WITH [\w.-]+", "", expression)
    return {one for one in re.findall(r"[\w.+-]+", plain) if one not in {"AND", "OR"}}


def choices(expression: str) -> list[set[str]]:
    """The ways to hold an expression: each is the set of licences that then apply."""
    return [ids(one) for one in expression.split(" OR ")]


def _first(found: PackageMetadata, name: str) -> str:
    return str((found.get_all(name) or [""])[0])


def said(found: PackageMetadata) -> set[str]:
    """The licences that a package may mean by what it says of itself; empty: it says nothing."""
    expression = _first(found, "License-Expression")
    if expression:
        return ids(expression)
    text = _first(found, "License").strip()
    short = text if len(text) <= _SHORT and "\n" not in text else ""
    named = set(WORDS.get(short.lower(), ids(short) if "-" in short else ()))
    told = (one.rpartition(":: ")[2] for one in found.get_all("Classifier") or ())
    return named | {one for name in told for one in CLASSIFIERS.get(name, ())}


def running(root: Path = ROOT) -> set[str]:
    """Every package that runs with habeas under any extra, as far as it is installed here."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    todo = [Requirement(line) for line in lines]
    done = set[tuple[str, frozenset[str]]]()
    while todo:
        one = todo.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key not in done:
            done.add(key)
            todo += _asked(one)
    return {name for name, _ in done}


def _asked(one: Requirement) -> Iterator[Requirement]:
    try:
        lines = requires(one.name) or []
    except PackageNotFoundError:
        return
    for line in lines:
        found = Requirement(line)
        extras = one.extras or {""}
        if found.marker is None or any(found.marker.evaluate({"extra": name}) for name in extras):
            yield found


def faults(table: Mapping[str, Mapping[str, object]], names: Iterable[str]) -> Iterator[str]:
    """Everything that is wrong with the licences of some locked packages."""
    permissive, rows = table["permissive"], table["packages"]
    weak, tests, read = table["weak"], table["tests"], table["read"]
    run = running()
    for name in names:
        expression = str(rows.get(name, ""))
        if not expression:
            yield f"{name}: no row in licences.toml"
            continue
        allowed = set(permissive) | ids(str(weak.get(name, "")).split(":")[0])
        if name not in run:
            allowed |= ids(str(tests.get(name, "")).split(":")[0])
        if not any(way <= allowed for way in choices(expression)):
            where = "what runs" if name in run else "tests"
            yield f"{name}: {expression} may not be in {where}"
        yield from _unlike(name, expression, read)


def _unlike(name: str, expression: str, read: Mapping[str, object]) -> Iterator[str]:
    try:
        found = said(metadata(name))
    except PackageNotFoundError:
        found = set()
    if name in read:
        return
    if not found:
        yield f"{name}: says no licence here; read it, and say where under [read]"
    elif not ids(expression) <= found:
        yield f"{name}: the row says {expression}, the package {' '.join(sorted(found))}"


def main(arguments: list[str]) -> int:
    """Check, or find."""
    names = sorted({one.name for one in everything(files())})
    if arguments == ["--find"]:
        for name in names:
            try:
                print(name, "=", sorted(said(metadata(name))))
            except PackageNotFoundError:
                print(name, "= not installed here")
        return 0
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    wrong = list(faults(table, names))
    for line in wrong:
        print(line)
    print(f"{len(names)} locked packages, {len(running())} of them run, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

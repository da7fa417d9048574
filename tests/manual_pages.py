"""The pages of the manual, and the commands that they print with what came of each."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for folder in ("manual", "es")
    for path in (DOCS / folder).rglob("*.md")
)
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RUN = "console"
SERVED = "{ .console .served }"  # asks a running installation
STATES = "{ .console .states }"  # reads what two installations have proved
ANY = "..."  # on a page: any lines, or the rest of one


@dataclass(frozen=True)
class Call:
    """One command of a page, and what the page says that it prints."""

    page: str
    words: str
    shown: str


def text(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def blocks(page: str) -> list[tuple[str, str]]:
    """The fenced blocks of a page: what stands beside the fence, and what it holds."""
    return FENCE.findall(text(page))


def calls(page: str, kind: str = RUN) -> list[Call]:
    """The commands in the blocks of one kind, in their order."""
    return [
        Call(page, words, shown)
        for found, block in blocks(page)
        if found == kind
        for words, shown in _parts(block)
    ]


def _parts(block: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        words = re.match(r"(?:.*\\\n)*.*", part)
        assert words is not None
        yield words[0], part[words.end() + 1 :]


def plain(printed: str) -> str:
    """What was printed without spaces at the ends of lines, nor empty lines at the end."""
    return "\n".join(line.rstrip() for line in printed.splitlines()).strip("\n")


def says(shown: str, printed: str) -> bool:
    """Whether that is what a page shows; what is elided may be anything, lines or part of one."""
    pattern = "\n".join(
        r"(?:.*\n)*?.*" if line == ANY else re.escape(line).replace(re.escape(ANY), ".*")
        for line in plain(shown).split("\n")
    )
    return re.fullmatch(pattern, plain(printed)) is not None


def run(call: Call, folder: Path) -> str:
    """Run a command in a folder as a shell does; returns what it printed, both streams in order.

    Exit status 1 is an answer: something that was checked does not hold, or is late. Any other but
    0 fails the test, unless the page shows it itself, as `command; echo "exit status $?"`.
    """
    bin_ = folder / ".bin"
    if not bin_.exists():
        bin_.mkdir()
        (bin_ / "habeas").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m habeas "$@"\n')
        (bin_ / "habeas").chmod(0o755)
    left_out = {"COLUMNS", "FORCE_COLOR", "HABEAS_LANG"}
    own = {name: value for name, value in os.environ.items() if name not in left_out}
    path = f"{bin_}{os.pathsep}{own.get('PATH', '')}"
    done = subprocess.run(  # noqa: S602 - the words of our own pages
        call.words, shell=True, cwd=folder, check=False, text=True,
        env=own | {"PATH": path, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    well = done.returncode in {0, 1} and "Traceback" not in done.stdout
    assert well, f"{call.page}: {call.words}\n{done.stdout}"
    return done.stdout

"""The verifier of habeas, asked through its command line in a child process."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE.parent.parent / "src"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command line said; `codes` are those of the faults, first the first."""

    holds: bool
    codes: tuple[str, ...]
    text: str
    witnessed: bool


class First:
    """One child process; every question is one run of the command line in it."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self._child = child

    def run(self, *arguments: str | Path) -> tuple[int, str]:
        if self._child.stdin is None or self._child.stdout is None:
            raise TypeError(self._child)
        self._child.stdin.write(json.dumps([str(argument) for argument in arguments]) + "\n")
        self._child.stdin.flush()
        code, text = json.loads(self._child.stdout.readline())
        assert code != 99, text  # a traceback
        return int(code), str(text)

    def receipt(self, path: Path, trust: Path, *more: str | Path) -> Answer:
        code, text = self.run("register", "receipt", path, "--check", "--trust", trust, *more)
        return answer(code, text, witnessed="NOT WITNESSED" not in text)

    def roll(self, path: Path, trust: Path) -> Answer:
        code, text = self.run("register", "public-roll", "check", path, "--trust", trust, "--json")
        return answer(code, text, witnessed='"witnessed": true' in text)

    def register(self, path: Path, trust: Path, *more: str | Path) -> Answer:
        code, text = self.run("register", "verify", path, "--trust", trust, "--json", *more)
        return answer(code, text, witnessed='"witnessed": true' in text)


def answer(code: int, text: str, *, witnessed: bool) -> Answer:
    codes = tuple(re.findall(r"\bH[0-9]{3}\b", text))
    return Answer(code == 0, codes, text, witnessed and code == 0)


@contextmanager
def first_verifier() -> Iterator[First]:
    """The command line of habeas, until the block ends."""
    child = subprocess.Popen(  # noqa: S603  this interpreter, a file of ours
        [sys.executable, str(HERE / "habeas_child.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    with child:
        yield First(child)
        if child.stdin:
            child.stdin.close()

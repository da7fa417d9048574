"""What an installation keeps for everybody: public rolls, and issues of public statistics.

Is trusted with nothing: whoever holds the folder can take a file away, or put another there. A roll
is checked under the trust file, a table under the hash that its description gives.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROLL = re.compile(r"(\d{4}-\d{2}-\d{2})\.([1-9]\d{0,2})\.(bin|json)")
ISSUE = re.compile(r"(\d{4}-\d{2})\.([1-9]\d{0,2})")
TABLE = re.compile(r"[a-z][a-z-]{0,60}\.(csv|parquet|json)")


@dataclass(frozen=True, slots=True)
class Roll:
    """The roll of a night: two files, `DAY.ISSUE.bin` and `.json`."""

    day: str
    issue: int
    size: int  # bytes of the rows

    @property
    def name(self) -> str:
        """Of both files, without their endings."""
        return f"{self.day}.{self.issue}"


@dataclass(frozen=True, slots=True)
class Issued:
    """One issue of a month's statistics: a folder."""

    month: str
    number: int

    @property
    def name(self) -> str:
        """Of the folder."""
        return f"{self.month}.{self.number}"


def rolls(folder: Path) -> list[Roll]:
    """The rolls of which both files are there, the latest first."""
    found = [_roll(path) for path in _in(folder)]
    return sorted((one for one in found if one), key=lambda one: (one.day, one.issue), reverse=True)


def _roll(path: Path) -> Roll | None:
    named = ROLL.fullmatch(path.name)
    if named is None or named[3] != "bin" or not path.with_suffix(".json").is_file():
        return None
    return Roll(named[1], int(named[2]), path.stat().st_size)


def issued(folder: Path) -> list[Issued]:
    """The issues of statistics, the latest first."""
    named = [ISSUE.fullmatch(path.name) for path in _in(folder) if path.is_dir()]
    found = [Issued(one[1], int(one[2])) for one in named if one]
    return sorted(found, key=lambda one: (one.month, one.number), reverse=True)


def _in(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def roll_file(folder: Path, name: str) -> Path | None:
    """A file of a roll; None for a name that is none, or where there is none."""
    return _there(folder / name) if ROLL.fullmatch(name) else None


def table_file(folder: Path, issue: str, name: str) -> Path | None:
    """A file of an issue of statistics; None for a name that is none, or where there is none."""
    named = ISSUE.fullmatch(issue) and (TABLE.fullmatch(name))
    return _there(folder / issue / name) if named else None


def _there(path: Path) -> Path | None:
    return path if path.is_file() and not path.is_symlink() else None

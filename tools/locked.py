"""What the locked files of requirements/ name: each package, its version, and in which sets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "requirements"


@dataclass(frozen=True, order=True, slots=True)
class Locked:
    """One package in one version; under whichever Python or system a marker asks for it."""

    name: str  # as PEP 503 spells it
    version: str


def of_file(path: Path) -> list[Locked]:
    """Every package that a locked file names, in its order; markers are not asked.

    Raises:
        ValueError: for a line that pins nothing, which no audit could look up.
    """
    return [_pinned(line, path) for line in _lines(path)]


def files(folder: Path = FOLDER) -> list[Path]:
    """The locked files."""
    return sorted(folder.glob("*.txt"))


def everything(paths: Iterable[Path]) -> list[Locked]:
    """Every package and version of some files, once."""
    return sorted({one for path in paths for one in of_file(path)})


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        said = line.split(" --hash")[0].rstrip("\\ ").strip()
        if said and not said.startswith(("#", "--hash")):
            yield said


def _pinned(line: str, path: Path) -> Locked:
    found = Requirement(line)
    pins = list(found.specifier)
    if len(pins) != 1 or pins[0].operator != "==" or "*" in pins[0].version:
        msg = f"{path.name}: '{line}' pins no version"
        raise ValueError(msg)
    return Locked(canonicalize_name(found.name), pins[0].version)

"""What of the law and the verifier anybody may have as files: each with its hash."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from habeas.law.library import Library

CASES = "cases"  # examples for tests, no rules


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file of the library, as it lies there."""

    name: str  # with its folder
    data: bytes
    reviewed_by: str  # empty: nobody

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def rule_files(library: Library) -> list[RuleFile]:
    """Every shipped file of the library, by name; whoever reviewed it stands in it."""
    return [_file(name, path) for name, path in sorted(_paths(library.root, ""))]


def _paths(folder: Traversable, inside: str) -> Iterator[tuple[str, Traversable]]:
    for path in folder.iterdir():
        if path.is_dir() and path.name != CASES:
            yield from _paths(path, f"{inside}{path.name}/")
        elif path.name.endswith(".toml"):
            yield f"{inside}{path.name}", path


def _file(name: str, path: Traversable) -> RuleFile:
    data = path.read_bytes()
    meta = tomllib.loads(data.decode()).get("meta", {})
    return RuleFile(name, data, str(meta.get("reviewed_by", "")))


def verifier() -> bytes:
    """The page that verifies receipts and bundles in a browser, without a network."""
    return (resources.files("habeas") / "documents" / "verifier.html").read_bytes()

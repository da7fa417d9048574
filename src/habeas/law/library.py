"""Finds the files of law under ``habeas/library`` and a user's own folder, by name and hash.

The one place that reads the library. Files of a folder named by the user are read by the same code
and show their own hash; none may take the id of a shipped file, so that nobody loosens baseline law
by leaving a rule out.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

from habeas.errors import Fault, LawError
from habeas.law import agreement, read
from habeas.law.check import suggestion
from habeas.law.program import Program, ProgramRule, program

S = TypeVar("S", agreement.Agreement, agreement.Law, agreement.Standard, agreement.Facility)


@dataclass(frozen=True, slots=True)
class File:
    """One library file as it was read."""

    name: str  # as shown to people
    text: str
    hash: str


def _file(path: Traversable, name: str) -> File:
    data = path.read_bytes()
    try:
        return File(name, data.decode(), hashlib.sha256(data).hexdigest())
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LawError(
            Fault("H213", "the file is not UTF-8", "Save it as UTF-8.", name, line)
        ) from error


class Library:
    """The law that this installation knows.

    Args:
        own: a folder of a user's files with the same sub-folders, read beside the shipped ones.
    """

    def __init__(self, own: Traversable | None = None) -> None:
        self.root: Traversable = resources.files("habeas") / "library"
        self.own = own

    def _folder(self, folder: str) -> Iterator[File]:
        for root, prefix in ((self.root, "library"), (self.own, str(self.own))):
            if root is not None and (root / folder).is_dir():
                for path in sorted((root / folder).iterdir(), key=lambda path: path.name):
                    if path.name.endswith(".toml"):
                        yield _file(path, f"{prefix}/{folder}/{path.name}")

    def _all(self, folder: str, shape: type[S]) -> dict[str, tuple[File, S]]:
        found: dict[str, tuple[File, S]] = {}
        for file in self._folder(folder):
            value = read.decoded(file.text, shape, file.name)
            if value.id in found:
                what = f"'{value.id}' already stands in {found[value.id][0].name}"
                line = read.line_of(file.text, "id")
                raise LawError(
                    Fault("H221", what, "Give the file an id of its own.", file.name, line)
                )
            found[value.id] = (file, value)
        return found

    @cached_property
    def vocabulary(self) -> agreement.Vocabulary:
        """The one vocabulary of facts."""
        file = _file(self.root / "facts.toml", "library/facts.toml")
        return read.decoded(file.text, agreement.Vocabulary, file.name)

    @cached_property
    def layers(self) -> agreement.Layers:
        """The layer of every rule id."""
        file = _file(self.root / "layers.toml", "library/layers.toml")
        return read.decoded(file.text, agreement.Layers, file.name)

    @cached_property
    def sources(self) -> dict[str, agreement.Source]:
        """Where each cited clause was checked, by source key."""
        file = _file(self.root / "sources.toml", "library/sources.toml")
        return read.decoded(file.text, agreement.Sources, file.name).sources

    @cached_property
    def laws(self) -> dict[str, tuple[File, agreement.Law]]:
        """Baseline law by id; all of it is always joined."""
        return self._all("laws", agreement.Law)

    @cached_property
    def agreements(self) -> dict[str, tuple[File, agreement.Agreement]]:
        """Agreements by id, case-sensitive."""
        return self._all("agreements", agreement.Agreement)

    @cached_property
    def standards(self) -> dict[str, tuple[File, agreement.Standard]]:
        """Standards of space and treatment by id."""
        return self._all("standards", agreement.Standard)

    @cached_property
    def facilities(self) -> dict[str, tuple[File, agreement.Facility]]:
        """Facilities by id."""
        return self._all("facilities", agreement.Facility)

    @cached_property
    def baseline(self) -> tuple[ProgramRule, ...]:
        """The rules of every law file, in the order of their ids."""
        found: dict[str, ProgramRule] = {}
        for file, law in self.laws.values():
            for rule in self._rules(file, law, frozenset(found)):
                found[rule.id] = rule
        return tuple(sorted(found.values(), key=lambda rule: rule.id))

    def _rules(
        self, file: File, holder: agreement.Law | agreement.Agreement, taken: frozenset[str]
    ) -> tuple[ProgramRule, ...]:
        faults = read.rule_faults(file.text, holder, taken, frozenset(self.sources), file.name)
        try:
            found = read.rules(file.text, holder.rules, self.vocabulary, self.layers, file.name)
        except LawError as error:
            raise LawError(*faults, *error.faults) from error
        if faults:
            raise LawError(*faults)
        return found

    def agreement(self, name: str) -> agreement.Agreement:
        """An agreement by its id.

        Raises:
            LawError: H215, when the library holds none of that id.
        """
        if name not in self.agreements:
            raise LawError(
                Fault(
                    "H215",
                    f"no agreement '{name}' in the library",
                    suggestion(name, self.agreements),
                )
            )
        return self.agreements[name][1]

    def program(self, name: str) -> Program:
        """Everything that binds a case under an agreement, ready to run."""
        deal = self.agreement(name)
        file = self.agreements[name][0]
        faults = read.tier_faults(file.text, deal, file.name)
        faults += [
            Fault(
                "H216",
                f"agreement '{name}' stands on law '{use.id}' {use.version}, which is "
                "not in the library",
                "Name a law file and its version.",
                file.name,
                read.line_of(file.text, "uses"),
            )
            for use in deal.uses
            if use.id not in self.laws or self.laws[use.id][1].version != use.version
        ]
        try:
            own = self._rules(file, deal, frozenset(rule.id for rule in self.baseline))
        except LawError as error:
            raise LawError(*faults, *error.faults) from error
        if faults:
            raise LawError(*faults)
        return program(deal, self.baseline + own, self.vocabulary)

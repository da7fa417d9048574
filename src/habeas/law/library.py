"""Finds the files of law under ``habeas/library`` and a user's own folder, by name and hash.

The one place that reads the library. Files of a folder named by the user are read by the same code
and show their own hash; none may take the id of a shipped file, so that nobody loosens baseline law
by leaving a rule out.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

from habeas.errors import Fault, LawError
from habeas.law import (
    agreement,
    cited,
    holdings,
    messages,
    override,
    places,
    proofs,
    read,
    records,
    tariff,
)
from habeas.law.check import near
from habeas.law.program import Program, ProgramRule, Promise, baseline_holds, program
from habeas.law.resolve import Draft, Law, resolved

MOST = 1024**2  # bytes of a library file
T = TypeVar("T", bound=cited.Strict)
S = TypeVar("S", agreement.Agreement, agreement.Law, records.Standard, records.Facility)


@dataclass(frozen=True, slots=True)
class File:
    """One library file as it was read."""

    name: str  # as shown to people
    text: str
    hash: str

    def placed(self, fault: Fault, *path: str) -> Fault:
        """A fault at a key of the file."""
        return replace(fault, file=self.name, line=places.line_of(self.text, *path))


def read_file(path: Traversable, name: str) -> File:
    """A file of law, or one written as such, under the name that people see.

    Raises:
        LawError: H230 for more than a mebibyte, H213 for what is not UTF-8.
    """
    with path.open("rb") as held:
        data = held.read(MOST + 1)
    if len(data) > MOST:
        raise LawError(messages.placed("H230", name, 0, most=f"{MOST:,}"))
    try:
        return File(name, data.decode(), hashlib.sha256(data).hexdigest())
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LawError(messages.placed("H213.utf8", name, line)) from error


class Library:
    """The law that this installation knows.

    Args:
        own: a folder of a user's files with the same sub-folders, read beside the shipped ones.
        alone: one agreement's file, read in the place of every other agreement.
    """

    def __init__(self, own: Traversable | None = None, alone: Traversable | None = None) -> None:
        self.root: Traversable = resources.files("habeas") / "library"
        self.own = own
        self.alone = alone

    def _folder(self, folder: str) -> Iterator[File]:
        if folder == "agreements" and self.alone is not None:
            yield read_file(self.alone, str(self.alone))
            return
        for root, prefix in ((self.root, "library"), (self.own, str(self.own))):
            if root is not None and (root / folder).is_dir():
                for path in sorted((root / folder).iterdir(), key=lambda path: path.name):
                    if path.name.endswith(".toml"):
                        yield read_file(path, f"{prefix}/{folder}/{path.name}")

    def _all(self, folder: str, shape: type[S]) -> dict[str, tuple[File, S]]:
        found: dict[str, tuple[File, S]] = {}
        faults: list[Fault] = []
        for file in self._folder(folder):
            try:
                value = read.decoded(file.text, shape, file.name)
            except LawError as error:
                faults += error.faults
                continue
            if value.id in found:
                line, said = places.line_of(file.text, "id"), found[value.id][0].name
                faults.append(messages.placed("H221", file.name, line, name=value.id, file=said))
            found.setdefault(value.id, (file, value))
        if faults:
            raise LawError(*faults)
        return found

    @cached_property
    def vocabulary(self) -> agreement.Vocabulary:
        """The one vocabulary of facts."""
        file = read_file(self.root / "facts.toml", "library/facts.toml")
        found = read.decoded(file.text, agreement.Vocabulary, file.name)
        faults = read.unbounded_faults(file.text, found, file.name)
        if faults:
            raise LawError(*faults)
        return found

    @cached_property
    def layers(self) -> agreement.Layers:
        """The layer of every rule id."""
        file = read_file(self.root / "layers.toml", "library/layers.toml")
        return read.decoded(file.text, agreement.Layers, file.name)

    @cached_property
    def proofs(self) -> dict[str, frozenset[str]]:
        """The claims recorded as proved, by agreement, of the package and of the user's folder."""
        found: dict[str, frozenset[str]] = {}
        for root, prefix in ((self.root, "library"), (self.own, str(self.own))):
            if root is not None and (root / proofs.FILE).is_file():
                file = read_file(root / proofs.FILE, f"{prefix}/{proofs.FILE}")
                for name, claims in read.decoded(
                    file.text, proofs.Proofs, file.name
                ).proved.items():
                    found[name] = found.get(name, frozenset()) | {*claims}
        return found

    @cached_property
    def sources(self) -> dict[str, agreement.Source]:
        """Where each cited clause was checked, by source key."""
        file = read_file(self.root / "sources.toml", "library/sources.toml")
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
    def standards(self) -> dict[str, tuple[File, records.Standard]]:
        """Standards of space and treatment by id."""
        return self._all("standards", records.Standard)

    @cached_property
    def facilities(self) -> dict[str, tuple[File, records.Facility]]:
        """Facilities by id."""
        return self._all("facilities", records.Facility)

    def file(self, name: str) -> File:
        """A file of the package that holds no id of its own, such as `duties.toml`."""
        return read_file(self.root / name, f"library/{name}")

    def _record(self, name: str, shape: type[T]) -> T:
        file = self.file(name)
        return read.decoded(file.text, shape, file.name)

    @cached_property
    def agreement_rules(self) -> records.AgreementRules:
        """What an agreement itself must answer for; never in a case's lists."""
        return self._record("agreement-rules.toml", records.AgreementRules)

    @cached_property
    def duties(self) -> records.Duties:
        """Duties, and the rule ids that they took the place of."""
        return self._record("duties.toml", records.Duties)

    @cached_property
    def register_minimum(self) -> records.RegisterMinimum:
        """What every custody record must hold."""
        return self._record("register-minimum.toml", records.RegisterMinimum)

    @cached_property
    def disclosure(self) -> records.Disclosures:
        """Who may read what of a person's events."""
        return self._record("disclosure.toml", records.Disclosures)

    @cached_property
    def access(self) -> records.Accesses:
        """Who may do which deeds, by office, side and relation to the person."""
        return self._record("access.toml", records.Accesses)

    @cached_property
    def consequences(self) -> records.Consequences:
        """What rulings and practice mean for the system."""
        return self._record("consequences.toml", records.Consequences)

    @cached_property
    def definitions(self) -> records.Definitions:
        """Words of the sources, and the three pathways."""
        return self._record("definitions.toml", records.Definitions)

    @cached_property
    def treaty_parties(self) -> records.TreatyParties:
        """Who is bound by which treaty, as far as the lists were read."""
        return self._record("treaty-parties.toml", records.TreatyParties)

    @cached_property
    def comparators(self) -> records.Comparators:
        """Deals of another kind, for their figures alone."""
        return self._record("comparators.toml", records.Comparators)

    @cached_property
    def statistics(self) -> records.Statistics:
        """National statistics, series by series."""
        return self._record("statistics.toml", records.Statistics)

    @cached_property
    def conflicts(self) -> records.Conflicts:
        """Sources that disagree on what belongs to no one agreement, law or facility."""
        return self._record("conflicts.toml", records.Conflicts)

    @cached_property
    def words(self) -> records.Words:
        """The words that pages put around the law."""
        return self._record("words.toml", records.Words)

    @property
    def case_files(self) -> tuple[File, ...]:
        """Files of law cases."""
        return tuple(self._folder("cases"))

    @cached_property
    def rules(self) -> dict[str, agreement.Rule]:
        """Every rule of every law and agreement, by id."""
        return {name: rule for _, one in self.holders() for name, rule in one.rules.items()}

    def holders(self) -> list[tuple[File, agreement.Law | agreement.Agreement]]:
        """Every file that holds rules, laws before agreements."""
        laws: list[tuple[File, agreement.Law | agreement.Agreement]] = list(self.laws.values())
        return laws + list(self.agreements.values())

    @cached_property
    def _owners(self) -> dict[str, str]:
        """The file in which each rule id stands first, laws before agreements."""
        found: dict[str, str] = {}
        for file, holder in self.holders():
            for rule in holder.rules:
                found.setdefault(rule, file.name)
        return found

    @cached_property
    def _law_params(self) -> dict[str, agreement.Param]:
        return {name: one for _, law in self.laws.values() for name, one in law.params.items()}

    def _params(self, holder: agreement.Law | agreement.Agreement) -> dict[str, agreement.Param]:
        """The parameters that a file's rules may name: those of every law, and its own."""
        return self._law_params | holder.params

    def _names(self, holder: agreement.Law | agreement.Agreement) -> read.Names:
        laws = {name for _, law in self.laws.values() for name in law.rules}
        return read.Names(self.vocabulary, self._params(holder), frozenset(laws | {*holder.rules}))

    def _drafts(self, file: File, holder: agreement.Law | agreement.Agreement) -> tuple[Draft, ...]:
        taken = {
            "rules": {rule: name for rule, name in self._owners.items() if name != file.name},
            "params": {
                name: other.name
                for other, law in self.laws.values()
                if other.name != file.name
                for name in law.params
            },
        }
        known = frozenset(self.sources)
        faults = holdings.faults(file.text, holder, taken, known, file.name)
        try:
            found = read.drafts(
                file.text, holder.rules, self._names(holder), self.layers, file.name
            )
        except LawError as error:
            raise LawError(*faults, *error.faults) from error
        if faults:
            raise LawError(*faults)
        return found

    def _promises(
        self, file: File, holder: agreement.Law | agreement.Agreement
    ) -> tuple[Promise, ...]:
        return read.guarantees(file.text, holder.guarantees, self._names(holder), file.name)

    def guarantees(self, name: str, day: date) -> tuple[Promise, ...]:
        """What must hold of every eligible case: baseline, every law's guarantees, its own.

        Baseline law and its guarantees are asked as the law files have them, without any override;
        left out of the baseline are the rules from which a treaty clause departs.

        Raises:
            LawError: H215 for an unknown id; every fault of a guarantee's text.
        """
        deal = self.agreement(name)
        laws = [one for file, law in self.laws.values() for one in self._promises(file, law)]
        own = self._promises(self.agreements[name][0], deal)
        ruled = resolved(self._law(name, day), day, own)
        plain = Law(self._baseline, self._law_params, (), deal.calendar.rounding)
        promised = resolved(plain, day, laws)
        departs = [one.id for one in ruled.rules if _departs(one, deal.overrides)]
        bound = tuple(one for one in promised.rules if one.id not in departs)
        return (baseline_holds(bound, departs), *promised.promises, *ruled.promises)

    @cached_property
    def _baseline(self) -> tuple[Draft, ...]:
        """The rules of every law file, in the order of their ids."""
        found = [rule for file, law in self.laws.values() for rule in self._drafts(file, law)]
        return tuple(sorted(found, key=lambda rule: rule.id))

    def _baseline_law(self) -> Law:
        return Law(self._baseline, self._law_params, (), "down")

    def baseline_days(self) -> list[date]:
        """A day of each period in which baseline law stays the same, in order."""
        begins = min(law.from_ for _, law in self.laws.values())
        law = self._baseline_law()
        return sorted({begins, *(day for day in law.boundaries() if day > begins)})

    def baseline(self, day: date) -> tuple[tuple[ProgramRule, ...], tuple[date, date]]:
        """The rules of every law file on a day, with the period in which they stay the same.

        Raises:
            LawError: every fault of the files.
        """
        law = self._baseline_law()
        return resolved(law, day).rules, law.period(day)

    @cached_property
    def _agreement_drafts(self) -> dict[str, tuple[Draft, ...]]:
        """The rules of each agreement that has been asked for."""
        return {}

    def faults(self) -> list[Fault]:
        """Everything that is wrong with any file of the library, in one run."""
        parts = ("vocabulary", "layers", "sources", "laws", "agreements", "standards", "facilities")
        found = [
            fault
            for part in (*parts, *records.PARTS, "words", "proofs")
            for fault in _faults(partial(getattr, self, part))
        ]
        if found:  # the rules cannot be read without them
            return found
        for file, law in self.laws.values():
            found += _faults(partial(self._drafts, file, law))
        for file, holder in self.holders():
            found += _faults(partial(self._promises, file, holder))
        for name in self.agreements:
            found += _faults(partial(self._own, name))
        return found or self._clashes()

    def _clashes(self) -> list[Fault]:
        """What shows only once rules and parameters are joined, on every day that changes them."""
        found: dict[tuple[object, ...], Fault] = {}  # the first of those that differ by their day
        for name, (file, deal) in self.agreements.items():
            told = [
                *(
                    one
                    for day in self.days(name)
                    for one in _faults(partial(self._all_of, name, day))
                ),
                *read.unused_faults(file.text, deal, self.vocabulary, file.name),
            ]
            line = places.line_of(file.text, "id")
            for fault in told:
                placed = fault if fault.file else replace(fault, file=file.name, line=line)
                key = (placed.code, placed.file, placed.line, placed.column, placed.rule)
                found.setdefault(key, placed)
        return [*found.values()]

    def _all_of(self, name: str, day: date) -> None:
        """The program of a day, and then its guarantees.

        Raises:
            LawError: every fault of the first of the two that has one.
        """
        self.program(name, day)
        self.guarantees(name, day)

    def agreement(self, name: str) -> agreement.Agreement:
        """An agreement by its id.

        Raises:
            LawError: H215, when the library holds none of that id.
        """
        if name not in self.agreements:
            raise LawError(messages.fault("H215", **near(name, self.agreements)))
        return self.agreements[name][1]

    def _own(self, name: str) -> tuple[Draft, ...]:
        if name in self._agreement_drafts:
            return self._agreement_drafts[name]
        file, deal = self.agreements[name]
        faults = tariff.faults(file.text, deal, file.name)
        for use in deal.uses:
            if use.id not in self.laws or self.laws[use.id][1].version != use.version:
                said = {"name": name, "law": use.id, "version": use.version}
                line = places.line_of(file.text, "uses")
                faults.append(messages.placed("H216", file.name, line, **said))
        for place in deal.facilities:
            if place not in self.facilities:
                line, said = places.line_of(file.text, "facilities"), {"name": name, "place": place}
                faults.append(messages.placed("H218.agreement", file.name, line, **said))
        try:
            own = self._drafts(file, deal)
        except LawError as error:
            raise LawError(*faults, *error.faults) from error
        if faults:
            raise LawError(*faults)
        self._agreement_drafts[name] = own
        return own

    def _law(self, name: str, day: date) -> Law:
        """Everything that binds a case under an agreement, with its overrides of the day put in."""
        file, deal = self.agreements[name]
        own, params = self._own(name), self._params(deal)
        drafts = {draft.id: draft for draft in self._baseline}
        baseline = override.Baseline(drafts, self._law_params, own, self._names(deal))
        found = override.applied(deal, baseline, day, (file.text, file.name))
        turns = override.turns(deal)
        return Law((*found, *own), params, deal.overrides, deal.calendar.rounding, turns)

    def days(self, name: str) -> list[date]:
        """A day of each period in which the law of an agreement stays the same, in order.

        Raises:
            LawError: H215 for an unknown id; every fault of the files.
        """
        deal = self.agreement(name)
        turns = override.turns(deal)
        law = Law((*self._baseline, *self._own(name)), self._params(deal), (), "down", turns)
        changes = {deal.from_, *(day for day in law.boundaries() if day > deal.from_)}
        return sorted(changes)

    def program(self, name: str, day: date) -> Program:
        """Everything that binds a case under an agreement on a day, ready to run.

        Args:
            name: the agreement's id.
            day: of screening, in the agreement's zone.

        Raises:
            LawError: H215 for an unknown id; every fault of the agreement's file, or of the laws.
        """
        deal, law = self.agreement(name), self._law(name, day)
        found = resolved(law, day)
        period, params = law.period(day), found.params
        done = program(deal, found.rules, self.vocabulary, day, period, params)
        return replace(done, not_in_force=found.not_in_force)


def _departs(rule: ProgramRule, overrides: tuple[agreement.Override, ...]) -> bool:
    """Whether a rule is overridden, or rests on a parameter that is."""
    own = {f"rules.{rule.id}", *(one for one in rule.rests if one.startswith(override.PARAMS))}
    return not own.isdisjoint(one.target for one in overrides)


def _faults(load: Callable[[], object]) -> list[Fault]:
    try:
        load()
    except LawError as error:
        return list(error.faults)
    return []

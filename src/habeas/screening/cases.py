"""The law cases of a file against what they expect, and what no case has shown yet.

A case is its base with what is `given` put over it: a synthetic person, the outcome that the law
gives, the rules not met and not established, and where the law says so. An empty text means that
the fact is not established. The form is in docs/spec/agreement.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import msgspec

from habeas.docket.columns import CellFault, Column, Value, value
from habeas.errors import Fault, LawError
from habeas.law import agreement, cited, grammar, messages, places, read
from habeas.law.check import nearest
from habeas.law.library import File, Library
from habeas.law.program import Program
from habeas.law.tree import Truth
from habeas.screening import evaluate, explain
from habeas.screening.decision import outcome
from habeas.screening.words import plain
from habeas.terms import Finding, Outcome

Cell = bool | int | str  # as a docket's cell would hold it: a day is a text
Cells = dict[str, Cell]


class LawCase(cited.Strict, frozen=True):
    """One synthetic person, and what the law answers."""

    name: str
    expect: Literal["eligible", "barred", "not_established"]
    not_met: tuple[str, ...]  # exactly these rules
    base: str = ""  # name of a base of this file, or of a shipped one; empty: none
    citation: tuple[str, ...] = ()  # "RULE: instrument place"; empty: none is claimed
    given: Cells = msgspec.field(default_factory=dict)
    not_established: tuple[str, ...] | None = None  # exactly these; None: any
    id: str = ""
    day: date | None = None  # of screening; None: that of the file
    program: str | None = None  # the agreement that is asked; None: that of the case

    @property
    def told(self) -> str:
        """The case as messages name it."""
        return f"{self.id} {self.name}".strip()


class CaseFile(cited.Strict, frozen=True, kw_only=True):
    """Law cases that a lawyer can read and write."""

    format: Literal["habeas-cases/1"]
    day: date
    bases: dict[str, Cells] = msgspec.field(default_factory=dict)
    cases: tuple[LawCase, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A case with where it stands and its facts."""

    case: LawCase
    file: str
    line: int
    day: date
    facts: Mapping[str, Value]

    @property
    def program(self) -> str:
        """Id of the agreement whose rules are asked."""
        return self.case.program or str(self.facts.get("agreement", ""))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the program says of a case."""

    placed: Placed
    program: Program
    findings: Mapping[str, Finding]

    def rules(self, finding: Finding) -> tuple[str, ...]:
        """Ids of the rules with one finding, in the program's order."""
        return tuple(name for name, one in self.findings.items() if one is finding)

    @property
    def outcome(self) -> Outcome:
        """The outcome of the case."""
        return outcome(self.findings)


# Reading


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)


@dataclass(slots=True)
class _Reader:
    """Reads case files and gathers every fault, each where it stands."""

    library: Library
    columns: Mapping[str, Column]
    bases: Mapping[str, tuple[File, Cells]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def tell(self, file: File, fault: Fault, *place: str) -> None:
        line = places.line_of(file.text, *place)
        self.faults.append(replace(fault, file=file.name, line=line))

    def unknown(self, key: str, file: File, word: str, words: Iterable[str], *place: str) -> None:
        """A name that is none, with the nearest that is one."""
        self.tell(file, messages.fault(key, **messages.near(word, nearest(word, words))), *place)

    def decoded(self, files: Iterable[File]) -> list[tuple[File, CaseFile]]:
        found = []
        for file in files:
            try:
                found.append((file, read.decoded(file.text, CaseFile, file.name, str)))
            except LawError as error:
                self.faults += error.faults
        return found

    def facts(self, cells: Cells, file: File, *place: str) -> dict[str, Value]:
        """The facts that cells establish, read as a docket's."""
        found = {}
        for name, cell in cells.items():
            column = self.columns.get(name)
            if column is None:
                self.unknown("H101", file, name, self.columns, *place, name)
                continue
            try:
                fact = value(_text(cell), column)
            except CellFault as fault:
                self.tell(file, Fault(fault.code, fault.what, fault.fix), *place, name)
                continue
            if fact is not None:
                found[name] = fact
        return found

    def case(self, file: File, made: CaseFile, number: int) -> Placed | None:
        case, place = made.cases[number], ("cases", str(number))
        self.expected(file, case, *place)
        given = self.facts(case.given, file, *place, "given")
        if case.base and case.base not in self.bases:
            self.unknown("H225", file, case.base, self.bases, *place, "base")
            return None
        origin, base = self.bases[case.base] if case.base else (file, Cells())
        rest = {name: cell for name, cell in base.items() if name not in case.given}
        facts = self.facts(rest, origin, "bases", case.base) | given
        line = places.line_of(file.text, *place)
        one = Placed(case, file.name, line, case.day or made.day, facts)
        if one.program not in self.library.agreements:
            self.unknown("H225.agreement", file, one.program, self.library.agreements, *place)
        return one

    def expected(self, file: File, case: LawCase, *place: str) -> None:
        """The rules that an expectation names, and the citation of each that bars."""
        known = self.library.rules
        split = (line.partition(": ") for line in case.citation)
        places_cited = {name: at for name, _, at in split}
        named = (("not_met", case.not_met), ("not_established", case.not_established or ()))
        for key, names in (*named, ("citation", tuple(places_cited))):
            for name in names:
                if name not in known:
                    self.unknown("H226", file, name, known, *place, key)
        for name, at in places_cited.items():
            if name in known and at not in _cited(known[name]):
                self.tell(file, messages.fault("H227", name=name, at=at), *place, "citation")
        for name in case.not_met if places_cited else ():
            if name not in places_cited:
                self.tell(file, messages.fault("H227.none", name=name), *place, "citation")


def _cited(rule: agreement.Rule) -> set[str]:
    """Every place that a rule cites in any of its wordings."""
    cites = (*rule.cite, *(cite for one in rule.version for cite in one.cite))
    return {f"{cite.instrument} {cite.at}" for cite in cites}


def placed(
    files: Sequence[File], library: Library, columns: Mapping[str, Column]
) -> tuple[Placed, ...]:
    """Every case of the files, read and placed.

    Args:
        files: case files; their bases come before shipped ones of the same name.
        library: the law, with the shipped bases.
        columns: the fact contract of a docket: cells are read as a docket's.

    Raises:
        LawError: every fault of every file in one run.
    """
    reader = _Reader(library, columns)
    shipped = reader.decoded(library.case_files)
    known = {name: (file, cells) for file, one in shipped for name, cells in one.bases.items()}
    found: list[Placed] = []
    for file, made in reader.decoded(files):
        reader.bases = {**known, **{name: (file, cells) for name, cells in made.bases.items()}}
        read_ = (reader.case(file, made, number) for number in range(len(made.cases)))
        found += [one for one in read_ if one is not None]
    if reader.faults:
        told = dict.fromkeys(reader.faults)
        raise LawError(*sorted(told, key=lambda fault: (fault.file, fault.line)))
    return tuple(found)


# Running


def answers(cases: Iterable[Placed], library: Library) -> list[Answer]:
    """Every case answered; a program is made once a day."""
    made: dict[tuple[str, date], Program] = {}
    found = []
    for one in cases:
        key = (one.program, one.day)
        if key not in made:
            made[key] = library.program(*key)
        found.append(Answer(one, made[key], evaluate.findings(made[key], one.facts)))
    return found


def difference(one: Answer) -> Fault | None:
    """Where the answer is not what the case expects, H207; None where it holds."""
    case = one.placed.case
    parts: list[tuple[str, str]] = []
    if one.outcome.value != case.expect:
        got = one.outcome.value
        parts.append((f"expected {case.expect}, got {got}", f"esperado {case.expect}, es {got}"))
    for en, es, finding, wanted in (
        ("not met", "no cumplidas", Finding.NOT_MET, case.not_met),
        ("not established", "no establecidas", Finding.NOT_ESTABLISHED, case.not_established),
    ):
        found = one.rules(finding)
        if wanted is not None and set(wanted) != set(found):
            both = f"[{', '.join(wanted)}]", f"[{', '.join(found)}]"
            parts.append(("{}: expected {}, got {}".format(en, *both),
                          "{}: esperado {}, es {}".format(es, *both)))  # fmt: skip
    if not parts:
        return None
    what, dicho = ("; ".join(side) for side in zip(*parts, strict=True))
    told = messages.fault("H207", name=case.told, what=what, dicho=dicho)
    return replace(told, file=one.placed.file, line=one.placed.line)


# Coverage


SEEN = {True: "true", False: "false", None: "not established"}


@dataclass(frozen=True, slots=True)
class Unseen:
    """What no case has shown: a rule's finding, or a value of one of its leaves."""

    rule: str
    leaf: str  # its text; empty: the rule itself
    values: tuple[str, ...]


def unseen(found: Iterable[Answer]) -> list[Unseen]:
    """Findings of rules, and values of leaves, that no answered case has shown."""
    rules: dict[str, set[str]] = {}
    leaves: dict[tuple[str, str], set[str]] = {}
    for one in found:
        for name, finding in one.findings.items():
            rules.setdefault(name, set()).add(finding.value)
        for key, seen in _leaves(one):
            leaves.setdefault(key, set()).add(SEEN[seen])
    wanted = tuple(finding.value for finding in Finding)
    missing = [Unseen(name, "", _without(wanted, seen)) for name, seen in rules.items()]
    missing += [
        Unseen(name, text, _without(tuple(SEEN.values()), seen))
        for (name, text), seen in leaves.items()
    ]
    return sorted((one for one in missing if one.values), key=lambda one: (one.rule, one.leaf))


def _leaves(one: Answer) -> Iterator[tuple[tuple[str, str], bool | None]]:
    for name, plan in explain.plans(one.program).items():
        for branch, seen in explain.leaf_values(plan, one.placed.facts):
            if not isinstance(branch.part.node, Truth):  # an `applies` that always speaks
                yield (name, grammar.text(plain(branch.part.node))), seen


def _without(values: tuple[str, ...], seen: set[str]) -> tuple[str, ...]:
    return tuple(one for one in values if one not in seen)


def gap(one: Unseen) -> Fault:
    """What no case has shown, as H208."""
    said = {"name": one.rule, "leaf": one.leaf, "values": ", ".join(one.values)}
    said["valores"] = ", ".join(_SPANISH[value] for value in one.values)
    return messages.fault("H208" if one.leaf else "H208.rule", **said)


_SPANISH = {"true": "verdadera", "false": "falsa", "not established": "no establecida",
            "met": "cumplida", "not met": "no cumplida"}  # fmt: skip

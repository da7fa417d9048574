"""Rows against columns: good rows become cases, bad rows are set aside with line and reason."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from habeas.docket import digest
from habeas.docket.columns import (
    CellFault,
    Column,
    Header,
    Value,
    authority,
    case_id,
    document,
    instant,
    value,
)
from habeas.docket.derive import Rounding, derive
from habeas.docket.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Row:
    """One row as text; `line` counts the lines (or rows) of the file from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The hard terms of one agreement: which states in which direction, by which pathways."""

    agreement: str
    sending: frozenset[str]
    receiving: frozenset[str]
    pathways: frozenset[str]
    rounding: Rounding  # of its calendar


@dataclass(frozen=True)
class Contract:
    """All that a row of one file is held against."""

    header: Header
    columns: Mapping[str, Column]  # every fact, also those without a column in this file
    bounds: Mapping[str, Bounds]  # the hard terms of every agreement, by id
    given: Mapping[str, str]  # key facts stated by the call for all rows

    @cached_property
    def names(self) -> Mapping[int, str]:
        """Position: the one name by which a column is known, whatever its header says."""
        marks = {place: f"{fact}__{mark}" for place, (fact, mark) in self.header.marks.items()}
        facts = {place: column.name for place, column in self.header.facts.items()}
        return {self.header.case: "case"} | facts | marks


@dataclass(frozen=True, slots=True)
class Case:
    """One row put forward for screening; an absent fact is not established."""

    id: str
    line: int
    agreement: str
    facts: Mapping[str, Value]  # in the facts' integer units
    evidence: Mapping[str, Evidence]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was set aside: nothing of it was judged, nothing of it is lost."""

    line: int
    case: str  # empty where the row gives no case id
    code: str
    what: str
    fix: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Docket:
    """All rows of a file, each either a case or set aside."""

    cases: tuple[Case, ...]
    refused: tuple[Refused, ...]
    dated: bool
    hash: str  # of `digest.py`: over every row, quarantined ones included

    @property
    def rows(self) -> int:
        """How many rows the file had."""
        return len(self.cases) + len(self.refused)


def _evidence(row: Row, header: Header) -> dict[str, Evidence]:
    marked: dict[str, dict[str, str]] = {}
    for position, (fact, mark) in header.marks.items():
        if row.cells[position]:
            marked.setdefault(fact, {})[mark] = row.cells[position]
    return {
        fact: Evidence(
            instant(marks.get("at", ""), f"{fact}__at"),
            instant(marks.get("until", ""), f"{fact}__until"),
            authority(marks.get("by"), f"{fact}__by"),
            document(marks.get("doc"), f"{fact}__doc"),
        )
        for fact, marks in marked.items()
    }


def bound(facts: Mapping[str, Value], bounds: Mapping[str, Bounds]) -> str:
    """The agreement whose hard terms a row is within.

    Raises:
        CellFault: H414, H415, H416, H417.
    """
    named = facts.get("agreement")
    if not isinstance(named, str):
        raise CellFault("H414", "the row names no agreement", "Name one of the library's.")
    if named not in bounds:
        raise CellFault(
            "H415",
            f"no agreement '{named}' in the library",
            "Ids are case-sensitive: see 'habeas law list'.",
        )
    terms = bounds[named]
    for key, allowed in (
        ("sending", terms.sending),
        ("receiving", terms.receiving),
        ("pathway", terms.pathways),
    ):
        if facts.get(key) not in allowed:
            code = "H417" if key == "pathway" else "H416"
            raise CellFault(
                code,
                f"{named} does not bind {key} '{facts.get(key, '')}'",
                f"It binds: {', '.join(sorted(allowed))}.",
            )
    if facts["sending"] == facts["receiving"]:
        raise CellFault("H416", f"{named} does not bind a state to itself", "Name two states.")
    return named


def _case(row: Row, contract: Contract, repeated: Container[str]) -> Case:
    header = contract.header
    if len(row.cells) != header.width:
        raise CellFault(
            "H412",
            f"the row has {len(row.cells)} cells, the header {header.width}",
            "Quote commas inside a cell.",
        )
    name = case_id(row.cells[header.case])
    if name in repeated:
        raise CellFault(
            "H404",
            f"case '{name}' stands more than once: none of its rows was judged",
            "Keep the row that is right.",
        )
    facts: dict[str, Value] = dict(contract.given)
    for position, column in header.facts.items():
        found = value(row.cells[position], column)
        if found is not None:
            facts[column.name] = found
    deal = bound(facts, contract.bounds)
    evidence = _evidence(row, header)
    rounding = contract.bounds[deal].rounding
    derive(facts, evidence, contract.columns, rounding, dated=header.dated)
    return Case(name, row.line, deal, facts, evidence)


def told_id(cells: Sequence[str], header: Header) -> str:
    """The case id of a row; empty where it gives none.

    What is no case id may be a name: it is not repeated in messages.
    """
    try:
        return case_id(cells[header.case]) if len(cells) > header.case else ""
    except CellFault:
        return ""


def judged(row: Row, contract: Contract, repeated: Container[str]) -> Case | Refused:
    """One row as a case, or as a refusal with the first reason.

    Args:
        row: as text.
        contract: what it is held against.
        repeated: case ids that stand more than once in the file.
    """
    try:
        return _case(row, contract, repeated)
    except CellFault as fault:
        name = told_id(row.cells, contract.header)
        return Refused(row.line, name, fault.code, fault.what, fault.fix, row.cells)


def named_cells(cells: Sequence[str], contract: Contract) -> Mapping[str, str] | Sequence[str]:
    """A row's cells by column name, empty ones left out; as they stand where they do not fit.

    So rows of equal content are equal in every form and order of columns.
    """
    if len(cells) != contract.header.width:
        return list(cells)
    return {contract.names[place]: text for place, text in enumerate(cells) if text}


def docket(rows: Iterable[Row], contract: Contract, earlier: bytes = b"") -> Docket:
    """Every row as a case or as a refusal with its reason.

    Args:
        rows: the file's rows as text.
        contract: what they are held against.
        earlier: hash of rows set aside when the file was made, where it is a snapshot.
    """
    kept, header = list(rows), contract.header
    ids = Counter(row.cells[header.case] for row in kept if len(row.cells) > header.case)
    repeated = frozenset(name for name, times in ids.items() if times > 1)
    cases: list[Case] = []
    refused: list[Refused] = []
    aside = digest.SetAside(earlier)
    for place, row in enumerate(kept):
        found = judged(row, contract, repeated)
        if isinstance(found, Case):
            cases.append(found)
        else:
            refused.append(found)
            aside.add(place, named_cells(row.cells, contract))
    hashed = digest.of_docket(cases, contract.columns, aside.digest())
    return Docket(tuple(cases), tuple(refused), header.dated, hashed)

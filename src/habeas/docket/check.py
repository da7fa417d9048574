"""Rows against columns: good rows become cases, bad rows are set aside with line and reason."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from habeas.docket.columns import (
    CellFault,
    Header,
    Value,
    authority,
    case_id,
    document,
    instant,
    value,
)
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
    hash: str  # SHA-256 over every row, quarantined ones included

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


def _bound(facts: Mapping[str, Value], bounds: Mapping[str, Bounds]) -> str:
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


def _case(
    row: Row,
    header: Header,
    given: Mapping[str, str],
    bounds: Mapping[str, Bounds],
    repeated: frozenset[str],
) -> Case:
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
    facts: dict[str, Value] = dict(given)
    for position, column in header.facts.items():
        found = value(row.cells[position], column)
        if found is not None:
            facts[column.name] = found
    return Case(name, row.line, _bound(facts, bounds), facts, _evidence(row, header))


def _told_id(row: Row, header: Header) -> str:
    # What is no case id may be a name: it is not repeated in messages.
    try:
        return case_id(row.cells[header.case]) if len(row.cells) > header.case else ""
    except CellFault:
        return ""


def docket(
    rows: Iterable[Row],
    header: Header,
    bounds: Mapping[str, Bounds],
    given: Mapping[str, str] | None = None,
) -> Docket:
    """Every row as a case or as a refusal with its reason.

    Args:
        rows: the file's rows as text.
        header: its checked columns.
        bounds: the hard terms of every agreement, by id.
        given: key facts stated by the call for all rows, such as the agreement.
    """
    kept = list(rows)
    ids = Counter(row.cells[header.case] for row in kept if len(row.cells) > header.case)
    repeated = frozenset(name for name, times in ids.items() if times > 1)
    cases: list[Case] = []
    refused: list[Refused] = []
    digest = hashlib.sha256()
    names = {position: column.name for position, column in header.facts.items()}
    names |= {position: f"{fact}__{mark}" for position, (fact, mark) in header.marks.items()}
    for row in kept:
        digest.update(_canonical(row, names, header))
        try:
            cases.append(_case(row, header, given or {}, bounds, repeated))
        except CellFault as fault:
            name = _told_id(row, header)
            refused.append(Refused(row.line, name, fault.code, fault.what, fault.fix, row.cells))
    return Docket(tuple(cases), tuple(refused), header.dated, digest.hexdigest())


def _canonical(row: Row, names: Mapping[int, str], header: Header) -> bytes:
    # One row's cells by name: CSV and Parquet of equal content hash alike in any column order.
    if len(row.cells) != header.width:
        return json.dumps(row.cells).encode()
    cells = {names.get(position, "case"): text for position, text in enumerate(row.cells) if text}
    return json.dumps(cells, sort_keys=True).encode()

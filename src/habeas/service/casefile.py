"""One case as it stands now: the docket's row, what was recorded since, and what follows from it.

The row of a docket is where facts begin; an `evidence.recorded` event of the register takes the
place of the row's fact, with its own dates. So the same screening judges both.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.metadata import version

from habeas.docket import check
from habeas.docket.check import Case, Refused, Row
from habeas.docket.columns import CellFault, Column, value
from habeas.docket.evidence import holds_until
from habeas.errors import DocketError, Fault, Language
from habeas.law.library import Library
from habeas.law.program import Program, canonical
from habeas.register.events import Event, Json
from habeas.screening import letter, words
from habeas.screening.decision import Decision, decide
from habeas.screening.letter import Letter, Ruled, Run
from habeas.service import intake, warrant
from habeas.service.screen import Screened, day_of
from habeas.service.transfer import Ground
from habeas.terms import EventKind
from habeas.transfer.machine import effective

__all__ = ["Cells", "Judged", "Letter", "Resting", "Ruled"]  # what a face names of it
AT_MOST = timedelta(days=30)  # a decision of which no fact lapses is looked at again all the same
MARKS = (("at", "established_at"), ("until", "valid_until"), ("doc", "document"))
Cells = Mapping[str, str]  # of a docket's row, by column; empty ones left out


@dataclass(frozen=True, slots=True)
class Judged:
    """One case and the decision about it at an instant."""

    case: Case
    decision: Decision
    program: Program
    instant: datetime  # UTC
    docket: str  # hash


def rows(
    screened: Screened, read: Iterable[Row], names: Sequence[str]
) -> Iterator[tuple[Cells, Decision]]:
    """Each case of a docket file with its row by column, and the decision about it."""
    decisions = {one.case: one for one in screened.decisions}
    place = [*names].index("case" if "case" in names else "case_id")
    for row in read:
        found = decisions.get(row.cells[place])
        if found is not None:
            yield {name: text for name, text in zip(names, row.cells, strict=True) if text}, found


def of_cells(library: Library, cells: Cells) -> Case:
    """A case out of its row.

    Raises:
        DocketError: with the code of what is wrong with a cell.
    """
    names = list(cells)
    found = check.judged(
        Row(2, tuple(cells.values())), intake.contract(names, library, "docket"), frozenset()
    )
    if isinstance(found, Refused):
        raise DocketError(Fault(found.code, found.what, found.fix, where=found.case))
    return found


def with_evidence(cells: Cells, events: Sequence[Event], ground: Ground, library: Library) -> Cells:
    """A row with the facts that were recorded since in the place of its own."""
    known, found = intake.columns(library.vocabulary), dict(cells)
    for event in effective(events, ground.terms):
        fact = str(event.body.get("fact", ""))
        if event.kind == EventKind.EVIDENCE_RECORDED and fact in known:
            for mark in ("at", "until", "by", "doc"):
                found.pop(f"{fact}__{mark}", None)
            found[fact] = cell(event.body.get("value"))
            found[f"{fact}__at"] = event.occurred_at.astimezone(UTC).isoformat()
            found |= {
                f"{fact}__{mark}": str(event.body[key])
                for mark, key in MARKS
                if isinstance(event.body.get(key), str) and event.body.get(key)
            }
    return {name: text for name, text in found.items() if text}


def cell(said: Json) -> str:
    """A value of an event as a docket's cell; empty for none."""
    if isinstance(said, bool):
        return "true" if said else "false"
    return "" if said is None else str(said)


def evidence(fact: str, text: str, columns: Mapping[str, Column]) -> str:
    """A value that somebody states of a fact, as it may stand in a docket.

    Raises:
        DocketError: H401 for an unknown fact; the code of what is wrong with the value.
    """
    column = columns.get(fact)
    if column is None:
        what = f"no fact '{fact[:40]}' is asked by any rule"
        que = f"ninguna regla pregunta por el hecho '{fact[:40]}'"
        spanish = (que, "Elija uno de los hechos que nombra la página.")
        fix = "Choose one of the facts that the page names."
        raise DocketError(Fault("H401", what, fix, spanish=spanish))
    try:
        value(text, column)
    except CellFault as fault:
        told = Fault(fault.code, fault.what, fault.fix, spanish=fault.spanish)
        raise DocketError(told) from fault
    return text


def stated(fact: str, text: str, columns: Mapping[str, Column]) -> Json:
    """A value that somebody states of a fact, as its event carries it: yes and no are no text.

    Raises:
        DocketError: as `evidence`.
    """
    said = evidence(fact, text, columns)
    read = value(said, columns[fact])
    return read if isinstance(read, bool) else said


@lru_cache(maxsize=16)  # a library is read once, and a day's law is asked case by case
def _warranted(library: Library, agreement: str, day: date) -> Program:
    program = library.program(agreement, day)
    warrant.require(library, [program])
    return program


def judge(case: Case, library: Library, instant: datetime, docket: str) -> Judged:
    """Decide a case as everything stands at an instant.

    Raises:
        LawError: H307 to H311, where the agreement's guarantees are not proved.
    """
    program = _warranted(library, case.agreement, day_of(library, case.agreement, instant))
    known = intake.columns(library.vocabulary)
    return Judged(case, decide(case, program, known, instant, dated=True), program, instant, docket)


def told(judged: Judged, library: Library, lang: Language, *, demonstration: bool) -> Letter:
    """Everything that a page says of a decision, in one language."""
    titles = {one.id: one.title for _, holder in library.holders() for one in holder.instruments}
    run = Run(judged.instant, judged.docket, True, version("habeas"), titles, demonstration)
    return letter.letter(judged.decision, judged.program, run, lang)


@dataclass(frozen=True, slots=True)
class Resting:
    """A fact that counts; `at` and `until` are None where the row does not date it, or it lasts."""

    fact: str
    value: str  # as a docket's cell would hold it
    at: datetime | None
    until: datetime | None  # UTC


def resting(judged: Judged, library: Library) -> list[Resting]:
    """The facts that some rule asks and that count at the instant, in the docket's order."""
    known, dated = library.vocabulary.facts, judged.case.evidence
    columns, asked = intake.columns(library.vocabulary), judged.program.facts
    return [
        Resting(
            name,
            words.natural(value, words.Measure(known[name].type, known[name].scale)),
            dated[name].at if name in dated else None,
            holds_until([name], dated, columns),
        )
        for name, value in judged.decision.facts.items()
        if name in asked
    ]


def decision_id(judged: Judged) -> str:
    """The id of a decision: the hash of what it is and what it was computed from."""
    found = judged.decision
    parts: list[Json] = [
        "habeas/decision/v1", found.case, found.agreement, found.program, judged.docket,
        judged.instant.isoformat(), found.outcome.value,
    ]  # fmt: skip
    return hashlib.sha256(canonical(parts)).hexdigest()


def screened(judged: Judged, decision: str) -> dict[str, Json]:
    """The body of the event that records a screening; `decision` is its id."""
    found = judged.decision
    return {
        "decision": decision,
        "rules_hash": found.program,
        "docket_hash": judged.docket,
        "outcome": found.outcome.value,
        "not_met": list(found.not_met),
        "not_established": list(found.not_established),
        "valid_until": (found.valid_until or judged.instant + AT_MOST).isoformat(),
    }


def missing(decision: Decision) -> list[str]:
    """The facts that may decide a case, each once."""
    return list(dict.fromkeys(name for names in decision.missing.values() for name in names))

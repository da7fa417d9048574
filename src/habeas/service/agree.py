"""Read, list and check the library: every agreement, law, standard and facility."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypedDict

from habeas.errors import Fault, LawError, SetupError
from habeas.law.calendar import ZONES, zone
from habeas.law.ids import entries
from habeas.law.library import File, Library
from habeas.law.references import reference_faults
from habeas.screening import cases as law_cases
from habeas.screening.cases import Answer
from habeas.screening.sql import DIALECTS, Reading, select
from habeas.service import NOT_REVIEWED, warrant
from habeas.service.intake import columns as contract
from habeas.service.library import library
from habeas.service.screen import day_of
from habeas.space import checks

__all__ = ["Library", "Tried", "cases", "check", "held", "in_force", "library", "listing", "sql"]


class Checked(TypedDict):
    """What a whole library holds."""

    programs: dict[str, dict[str, str | int]]
    facts: int
    laws: int
    standards: int
    facilities: int
    review: str


def listing(library: Library) -> list[dict[str, str]]:
    """Every file of the library: id, kind, standing or version, and hash."""
    found = [
        {
            "id": deal.id,
            "kind": "agreement",
            "standing": deal.standing,
            "title": deal.title.en,
            "hash": file.hash,
        }
        for file, deal in library.agreements.values()
    ]
    for kind, group in (
        ("law", library.laws),
        ("standard", library.standards),
        ("facility", library.facilities),
    ):
        found += [
            {"id": one.id, "kind": kind, "standing": "", "title": one.title.en, "hash": file.hash}
            for file, one in group.values()
        ]
    return found


def in_force(library: Library, name: str, day: date) -> dict[str, str]:
    """What every answer under an agreement rests on: the hashes of its text and of its rules.

    Raises:
        LawError: H215 for an unknown agreement.
    """
    deal, program = library.agreement(name), library.program(name, day)
    return {
        "agreement": deal.id,
        "version": deal.version,
        "standing": deal.standing,
        "file": library.agreements[name][0].hash,
        "rules": program.hash,
        "tzdata": ZONES,
    }


def held(library: Library) -> dict[str, int]:
    """How many things of each kind have an id that `law show` knows."""
    return dict(Counter(one.kind.value for one in entries(library)))


def check(library: Library, day: date) -> Checked:
    """Load everything; the number of rules by agreement, and each program's hash.

    Raises:
        LawError: all faults of all files in one run.
    """
    faults = library.faults() or [*reference_faults(library), *_certificates(library)]
    for file, deal in library.agreements.values() if not faults else ():
        try:
            zone(deal.calendar.zone)
        except LawError as error:
            faults += [replace(fault, file=file.name) for fault in error.faults]
    if faults:
        raise LawError(*dict.fromkeys(faults))
    programs: dict[str, dict[str, str | int]] = {}
    for name in library.agreements:
        program = library.program(name, day)
        programs[name] = {"rules": len(program.rules), "hash": program.hash}
    return {
        "programs": programs,
        "facts": len(library.vocabulary.facts),
        "laws": len(library.laws),
        "standards": len(library.standards),
        "facilities": len(library.facilities),
        "review": NOT_REVIEWED,
    }


def _certificates(library: Library) -> list[Fault]:
    """What is wrong with the cells and certificates of the facilities."""
    return [
        fault
        for file, facility in library.facilities.values()
        for fault in checks.faults(facility, file.text, file.name)
    ]


@dataclass(frozen=True, slots=True)
class Tried:
    """Law cases that were run, those that do not hold, and what none of them has shown."""

    answers: tuple[Answer, ...]
    faults: tuple[Fault, ...]  # H207
    gaps: tuple[Fault, ...]  # H208; empty where coverage was not asked for

    def document(self) -> dict[str, object]:
        """The one JSON document that `habeas law cases --json` prints."""
        return {
            "cases": len(self.answers),
            "do_not_hold": [_fault(one) for one in self.faults],
            "never_seen": [_fault(one) for one in self.gaps],
            "review": NOT_REVIEWED,
        }


def _fault(one: Fault) -> dict[str, object]:
    return {"code": one.code, "what": one.what, "file": one.file, "line": one.line}


def cases(library: Library, files: Iterable[tuple[str, str]], *, coverage: bool) -> Tried:
    """Run law cases against what they expect.

    Args:
        library: the law.
        files: name and text of each case file; the shipped ones where there are none.
        coverage: also say which finding of a rule and which value of a leaf no case has shown.

    Raises:
        LawError: every fault of the files.
    """
    own = tuple(File(name, text, "") for name, text in files)
    placed = law_cases.placed(own or library.case_files, library, contract(library.vocabulary))
    found = law_cases.answers(placed, library)
    told = (law_cases.difference(one) for one in found)
    gaps = map(law_cases.gap, law_cases.unseen(found)) if coverage else ()
    return Tried(tuple(found), tuple(one for one in told if one is not None), tuple(gaps))


def sql(  # noqa: PLR0913 - as many as the command has options
    library: Library,
    name: str,
    dialect: str,
    instant: datetime,
    *,
    day: date | None = None,
    columns: Collection[str] | None = None,
    dated: bool = False,
) -> str:
    """The rules of an agreement as one SQL query, at the instant at which `screen` would run.

    Args:
        library: the law.
        name: the id of an agreement.
        dialect: the engine.
        instant: UTC; its day in the agreement's zone is `as_of`, unless `day` is given.
        day: whose law is asked.
        columns: of the docket; None: one for every fact that the rules ask.
        dated: whether facts count by their evidence.

    Raises:
        LawError: H215 for an unknown agreement; H307 to H311 for guarantees that lack proof.
        SetupError: H903 for an unknown dialect.
    """
    for known in DIALECTS:
        if known == dialect:
            program = library.program(name, day_of(library, name, instant, day))
            warrant.require(library, [program])  # the text screens, only elsewhere
            reading = Reading(known, instant=instant if dated else None, columns=columns)
            return select(program, reading)
    fix = f"Use one of {', '.join(DIALECTS)}."
    raise SetupError(Fault("H903", f"no dialect '{dialect}'", fix))

"""Read, list and check the library: every agreement, law, standard and facility."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources.abc import Traversable
from typing import TypedDict

from habeas.custody.days import zone
from habeas.errors import Fault, FeeError, LawError, SetupError
from habeas.law.agreement import Cite, Rule
from habeas.law.check import suggestion
from habeas.law.library import File, Library
from habeas.screening import cases as law_cases
from habeas.screening.cases import Answer
from habeas.screening.sql import DIALECTS, select
from habeas.service import NOT_REVIEWED
from habeas.service.intake import columns

__all__ = ["Library", "Tried", "cases", "check", "library", "listing", "shown", "sql"]


class Checked(TypedDict):
    """What a whole library holds."""

    programs: dict[str, dict[str, str | int]]
    facts: int
    laws: int
    standards: int
    facilities: int
    review: str


def library(own: Traversable | None = None) -> Library:
    """The shipped library, with a user's own folder beside it where one is named.

    Raises:
        SetupError: H902, when the folder is not there.
    """
    if own is not None and not own.is_dir():
        raise SetupError(
            Fault("H902", f"no folder '{own}'", "Name a folder with agreements/*.toml.")
        )
    return Library(own)


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


def check(library: Library, day: date) -> Checked:
    """Load everything; the number of rules by agreement, and each program's hash.

    Raises:
        LawError: all faults of all files in one run.
    """
    faults = library.faults()
    for file, deal in library.agreements.values() if not faults else ():
        try:
            zone(deal.calendar.zone)
        except FeeError as error:
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
    placed = law_cases.placed(own or library.case_files, library, columns(library.vocabulary))
    found = law_cases.answers(placed, library)
    told = (law_cases.difference(one) for one in found)
    gaps = map(law_cases.gap, law_cases.unseen(found)) if coverage else ()
    return Tried(tuple(found), tuple(one for one in told if one is not None), tuple(gaps))


def sql(library: Library, name: str, dialect: str, day: date) -> str:
    """The rules of an agreement as one SQL query.

    Raises:
        LawError: H215 for an unknown agreement.
        SetupError: H903 for an unknown dialect.
    """
    for known in DIALECTS:
        if known == dialect:
            return select(library.program(name, day), known)
    fix = f"Use one of {', '.join(DIALECTS)}."
    raise SetupError(Fault("H903", f"no dialect '{dialect}'", fix))


def _cite(cite: Cite) -> dict[str, object]:
    return {
        "instrument": cite.instrument,
        "at": cite.at,
        "checked": cite.checked,
        "source": list(cite.source),
    }


def _rule(name: str, rule: Rule, layer: str) -> dict[str, object]:
    return {
        "id": name,
        "layer": layer,
        "en": rule.text.en,
        "es": rule.text.es,
        "applies": rule.applies,
        "require": rule.require,
        "cite": [_cite(cite) for cite in rule.cite],
        "remedy": rule.remedy.en if rule.remedy else "",
        "note": rule.note.en if rule.note else "",
    }


def shown(library: Library, name: str, day: date) -> dict[str, object]:
    """An agreement with its own rules, or one rule by its id, with layer, citations and facts.

    Raises:
        LawError: H219, when the library holds nothing of that id.
    """
    rules: dict[str, tuple[Rule, str]] = {}
    for file, holder in library.holders():
        for own, one in holder.rules.items():
            rules.setdefault(own, (one, file.name))
    if name in rules:
        rule, file_name = rules[name]
        return {
            **_rule(name, rule, library.layers.rules.get(name, "policy")),
            "file": file_name,
            "facts": _facts(library, name, day),
            "review": NOT_REVIEWED,
        }
    if name in library.agreements:
        file, deal = library.agreements[name]
        listed = [
            _rule(rule, one, library.layers.rules.get(rule, "policy"))
            for rule, one in deal.rules.items()
        ]
        return {
            "id": name,
            "title": deal.title.en,
            "standing": deal.standing,
            "note": deal.standing_note.en,
            "pathways": list(deal.pathways),
            "parties": [[one.code, one.role] for one in deal.parties],
            "rules": listed,
            "terms": [{"topic": one.topic, "text": one.text.en} for one in deal.terms],
            "conflicts": [
                {"question": one.question.en, "positions": one.positions.en}
                for one in deal.conflicts
            ],
            "hash": file.hash,
            "file": file.name,
            "review": NOT_REVIEWED,
        }
    raise LawError(
        Fault(
            "H219",
            f"nothing called '{name}' in the library",
            suggestion(name, [*rules, *library.agreements]),
        )
    )


def _facts(library: Library, name: str, day: date) -> list[dict[str, str]]:
    program = next(
        (
            rule
            for deal in library.agreements
            for rule in library.program(deal, day).rules
            if rule.id == name
        ),
        None,
    )
    facts = sorted(program.facts) if program else []
    known = library.vocabulary.facts
    return [
        {
            "fact": fact,
            "established_by": known[fact].established_by.en,
            "evidence": known[fact].evidence.en,
        }
        for fact in facts
    ]

"""Screen a docket: every case under its own agreement's program, at one instant."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from habeas.docket.check import Docket
from habeas.errors import Fault, Language, SetupError
from habeas.law.calendar import zone
from habeas.law.library import Library
from habeas.law.program import Program, combined_hash
from habeas.screening import letter, reasons, unblock, words
from habeas.screening.decision import Decision, decide
from habeas.screening.letter import Run
from habeas.screening.unblock import Document
from habeas.service import NOT_REVIEWED, warrant
from habeas.service.intake import columns
from habeas.terms import Outcome

__all__ = ["Decision", "Document", "Screened", "screen"]  # what a face names of it
DOCUMENT = ("document", "established by", "waiting", "decides", "eligible")
WIDE = 56  # characters of a document in a table; JSON has it whole
UNDATED = "The docket dates no evidence: every fact was taken as established at the instant."
ELIGIBLE = "'eligible' means: may go on to notice, consent or objection, and both states' officers."
RULE = ("rule", "layer", "cases", "what it asks")


@dataclass(frozen=True, slots=True)
class Screened:
    """A docket with a decision a case, and what it was computed from."""

    docket: Docket
    decisions: tuple[Decision, ...]
    programs: Mapping[str, Program]
    instant: datetime  # UTC

    @property
    def rules_hash(self) -> str:
        """One hash over the programs of all agreements that the docket names."""
        return combined_hash({name: program.hash for name, program in self.programs.items()})

    def counts(self) -> dict[str, int]:
        """Cases by outcome, and rows set aside."""
        found = Counter(decision.outcome.value for decision in self.decisions)
        return {outcome.value: found[outcome.value] for outcome in Outcome} | {
            "quarantined": len(self.docket.refused)
        }

    def rules(self, outcome: str) -> Counter[str]:
        """Cases by rule that is not met, or not established."""
        lists = (
            decision.not_met if outcome == "not_met" else decision.not_established
            for decision in self.decisions
        )
        return Counter(rule for rules in lists for rule in rules)

    def missing_facts(self) -> Counter[str]:
        """Cases that wait for each fact."""
        return Counter(
            fact
            for decision in self.decisions
            for fact in {name for names in decision.missing.values() for name in names}
        )

    def documents(self) -> list[Document]:
        """Every document that cases wait for, the most useful first."""
        known = {
            name: fact
            for program in self.programs.values()
            for name, fact in program.vocabulary.facts.items()
        }
        return unblock.documents(self.decisions, known)

    def program(self, decision: Decision) -> Program:
        """The rules that bind a case."""
        return self.programs[decision.agreement]

    def lapsed_facts(self) -> Counter[str]:
        """Cases in which a fact was given but does not count at the instant."""
        return Counter(fact for decision in self.decisions for fact in decision.lapsed)


def day_of(library: Library, name: str, instant: datetime, day: date | None = None) -> date:
    """The `as_of` of an agreement: the day that is given, else the instant's day in its zone."""
    return day or instant.astimezone(zone(library.agreement(name).calendar.zone)).date()


def not_in_force(programs: Mapping[str, Program]) -> dict[str, list[str]]:
    """Rules that were not asked, for no wording of them is in force on the day; by agreement."""
    found = {name: list(program.not_in_force) for name, program in programs.items()}
    return {name: rules for name, rules in found.items() if rules}


def screen(
    docket: Docket, library: Library, instant: datetime, day: date | None = None
) -> Screened:
    """Decide every case of a docket.

    Args:
        docket: the checked docket.
        library: the law.
        instant: UTC; facts count as they stand then.
        day: whose law is asked; None: the instant's, in each agreement's zone.

    Raises:
        LawError: H307, H308, H309, H311, where an agreement's guarantees are not proved.
    """
    programs = {
        name: library.program(name, day_of(library, name, instant, day))
        for name in sorted({case.agreement for case in docket.cases})
    }
    warrant.require(library, programs.values())
    contract = columns(library.vocabulary)
    decisions = tuple(
        decide(case, programs[case.agreement], contract, instant, dated=docket.dated)
        for case in docket.cases
    )
    return Screened(docket, decisions, programs, instant)


def wanted(decisions: Iterable[Decision], library: Library) -> list[Document]:
    """Every document that some cases wait for, the most useful first."""
    return unblock.documents(decisions, library.vocabulary.facts)


def cases_document(screened: Screened, *, explain: bool) -> list[dict[str, object]]:
    """The `cases` of the JSON contract, in docket order."""
    found = []
    for one in screened.decisions:
        row: dict[str, object] = {
            "case": one.case,
            "agreement": one.agreement,
            "outcome": one.outcome.value,
            "not_met": list(one.not_met),
            "not_established": list(one.not_established),
        }
        if explain:
            row["missing"] = {rule: list(names) for rule, names in one.missing.items()}
            row["failing"] = {rule: list(names) for rule, names in one.failing.items()}
            row["lapsed"] = dict(sorted(one.lapsed.items()))
            row |= reasons.document(one, screened.program(one))
            row["valid_until"] = one.valid_until.isoformat() if one.valid_until else None
        found.append(row)
    return found


def documents_document(screened: Screened) -> list[dict[str, object]]:
    """Which document, once obtained, settles most cases; the most useful first."""
    return [
        {
            "evidence": reasons.texts(one.evidence),
            "established_by": reasons.texts(one.established_by),
            "facts": list(one.facts),
            "waiting": one.waiting,
            "decides": one.decides,
            "eligible": one.eligible,
        }
        for one in screened.documents()
    ]


def document(screened: Screened, as_of: str, *, explain: bool, cases: bool) -> dict[str, object]:
    """The one JSON document that `habeas screen --json` prints."""
    found: dict[str, object] = {
        "as_of": as_of,
        "instant": screened.instant.isoformat(),
        "rules_hash": screened.rules_hash,
        "programs": {name: program.hash for name, program in screened.programs.items()},
        "not_in_force": not_in_force(screened.programs),
        "standing": {name: program.deal.standing for name, program in screened.programs.items()},
        "docket_hash": screened.docket.hash,
        "evidence_dated": screened.docket.dated,
        "counts": screened.counts(),
        "review": NOT_REVIEWED,
    }
    if explain:
        found["documents"] = documents_document(screened)
    if cases:
        found["cases"] = cases_document(screened, explain=explain)
    found["quarantine"] = [
        {"line": row.line, "case": row.case, "code": row.code, "reason": f"{row.what}. {row.fix}"}
        for row in screened.docket.refused
    ]
    return found


def rows(screened: Screened) -> Iterator[dict[str, str]]:
    """The findings file: one row a case, lists joined by a space, missing facts by rule."""
    layers = {rule.id: rule for program in screened.programs.values() for rule in program.rules}
    for one in screened.decisions:
        open_rules = "; ".join(f"{rule}: {' '.join(names)}" for rule, names in one.missing.items())
        cited = dict.fromkeys(
            f"{cite.instrument} {cite.at}"
            for rule in one.not_met
            for cite in layers[rule].source.cite
        )
        yield {
            "case": one.case,
            "agreement": one.agreement,
            "outcome": one.outcome.value,
            "not_met": " ".join(one.not_met),
            "not_established": " ".join(one.not_established),
            "missing": open_rules,
            "lapsed": "; ".join(f"{name}: {why}" for name, why in sorted(one.lapsed.items())),
            "citations": "; ".join(cited),
            "valid_until": one.valid_until.isoformat() if one.valid_until else "",
            "program": one.program,
        }


def standing_lines(programs: Mapping[str, Program], *, dated: bool) -> list[str]:
    """What every screening says of itself: the law's standing, its evidence, what a word means."""
    found = [
        f"{name}: {one.deal.standing}; rules {one.hash[:16]}" for name, one in programs.items()
    ]
    for name, rules in not_in_force(programs).items():
        day = programs[name].day
        found.append(f"{name}: not in force on {day}, and not asked: {', '.join(rules)}.")
    return [*found, *([] if dated else [UNDATED]), ELIGIBLE, NOT_REVIEWED]


def rule_row(screened: Screened, rule: str, cases: int, lang: Language = "en") -> list[str]:
    """A rule for people: id, layer, number of cases, plain text."""
    found = (one for program in screened.programs.values() for one in program.rules)
    named = next(one for one in found if one.id == rule)
    return [rule, named.layer, f"{cases:,}", getattr(named.source.text, lang)]


def document_row(one: Document, lang: Language) -> list[str]:
    """A document for people: what, by whom, cases waiting, decided, made eligible."""
    counts = (one.waiting, one.decides, one.eligible)
    texts: tuple[str, ...] = tuple(
        getattr(text, lang) for text in (one.evidence, one.established_by)
    )
    short = (text if len(text) <= WIDE else f"{text[: WIDE - 1]}…" for text in texts)
    return [*short, *(f"{count:,}" for count in counts)]


def explained(screened: Screened, decision: Decision, lang: Language) -> list[str]:
    """One case for people, line by line: each rule that stops it, by layer, and what settles it."""
    say, found = SAID[lang], reasons.document(decision, screened.program(decision))
    head = f"{decision.case}: {words.OUTCOMES[lang][decision.outcome.value]}"
    until = f" ({say['until']} {decision.valid_until.isoformat()})" if decision.valid_until else ""
    lines, layer = [f"{head}; {decision.agreement}{until}"], ""
    for one in found["reasons"]:
        if one["layer"] != layer:
            layer = one["layer"]
            lines.append(f"  {words.LAYER[lang][layer]}")
        lines += [f"    {line}" for line in _reason(one, lang)]
    if found["ways"]:
        lines.append(f"  {say['eligible by']}: {words.ways(found['ways'], lang)}")
    return lines


def _reason(one: reasons.Told, lang: Language) -> list[str]:
    say = SAID[lang]
    lines = [f"{one['rule']} {words.FINDINGS[lang][one['finding']]}: {one['text'][lang]}"]
    lines += [f"  {leaf[lang]}" for leaf in one.get("leaves", [])]
    for fact in one.get("missing", []):
        why = " ".join([words.WHY[lang][fact["why"]], *_ended(fact)])
        lines.append(f"  {say['missing']} {fact['fact']} ({why}): {fact['ask'][lang]}")
        lines.append(f"    {fact['established_by'][lang]}: {fact['evidence'][lang]}")
    if one.get("ways"):
        lines.append(f"  {say['met by']}: {words.ways(one.get('ways', []), lang)}")
    cited = (f"{cite['instrument']} {cite['at']} [{words.CHECKED[lang][cite['checked']]}]"
             for cite in one["cite"])  # fmt: skip
    lines.append(f"  {'; '.join(cited)}")
    if "remedy" in one:
        lines.append(f"  {say['next']}: {one['remedy'][lang]}")
    return lines


def _ended(fact: reasons.Missing) -> list[str]:
    return [fact["valid_until"]] if "valid_until" in fact else []


_PLAIN = re.compile(r"[A-Za-z0-9_\-]{1,48}")


def file_name(case: str) -> str:
    """A name for a file of a case; an id may hold dots, slashes and colons, a file name may not."""
    if _PLAIN.fullmatch(case):
        return case
    digest = hashlib.sha256(case.encode()).hexdigest()[:12]
    return f"{re.sub('[^A-Za-z0-9_-]+', '-', case)[:32].strip('-')}-{digest}"


def _chosen(screened: Screened, cases: Sequence[str]) -> list[Decision]:
    known = {one.case: one for one in screened.decisions}
    unknown = [name for name in cases if name not in known]
    if unknown:
        fix = "Name cases of the docket that were not set aside."
        raise SetupError(*(Fault("H903", f"no case '{name}'", fix) for name in unknown))
    return [known[name] for name in dict.fromkeys(cases)] if cases else list(screened.decisions)


@dataclass(frozen=True, slots=True)
class Edition:
    """How the letters of a docket are written."""

    lang: Language
    version: str  # of habeas
    cases: tuple[str, ...] = ()  # these alone; all where empty
    demonstration: bool = False  # printed on every page


def letters(
    screened: Screened, library: Library, edition: Edition
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """A file name and what the letter says, for each decision.

    Raises:
        SetupError: H903 for each named case that the docket does not hold.
    """
    titles = {one.id: one.title for _, holder in library.holders() for one in holder.instruments}
    docket, marked = screened.docket, edition.demonstration
    run = Run(screened.instant, docket.hash, docket.dated, edition.version, titles, marked)
    for one in _chosen(screened, edition.cases):
        name = f"{file_name(one.case)}.{edition.lang}"
        yield name, letter.letter(one, screened.program(one), run, edition.lang)


SAID = {
    "en": {"until": "holds until", "missing": "missing", "met by": "met if favourable",
           "eligible by": "eligible if favourable", "next": "next step"},
    "es": {"until": "vale hasta", "missing": "falta", "met by": "se cumple si es favorable",
           "eligible by": "admisible si es favorable", "next": "siguiente paso"},
}  # fmt: skip

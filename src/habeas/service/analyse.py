"""Analyse a whole library: what must be corrected, and what whoever drafts it should know."""

from collections.abc import Iterator

from habeas.errors import Fault
from habeas.law import agreement, messages
from habeas.law import analyse as law
from habeas.law.analyse import Ground, Kind, Missing
from habeas.law.library import Library
from habeas.law.program import Program, ProgramRule
from habeas.law.prove import Eligible
from habeas.law.scrutiny import Scrutiny
from habeas.law.world import HARD, Case, Reading, World
from habeas.service import prove, replay, vignette
from habeas.terms import Verdict

KEYS: dict[Kind, str] = {"dead": "H301", "trivial": "H306", "undecided": "H309.rule"}


def analyse(library: Library, done: Scrutiny) -> None:
    """Every law file by itself, then every agreement on what it stands on.

    Raises:
        LawError: every fault of the files.
    """
    _baseline(library, done)
    for name in library.agreements:
        _Deal(library, name, done).analyse()


def _rules(
    library: Library, ground: Ground, rules: tuple[ProgramRule, ...], own: list[ProgramRule]
) -> Iterator[tuple[str, Fault]]:
    """What is advised about some rules among others."""
    for one, other in law.implied(ground, rules, own):
        yield other, messages.fault("H302", name=one, other=other)
    for rule in own:
        case = law.inexact(ground, rule)
        if case is not None:
            told = _told(case, library.vocabulary, rule.facts)
            yield rule.id, messages.fault("H304", name=rule.id, case=told)


def _told(case: Case, vocabulary: agreement.Vocabulary, names: frozenset[str]) -> str:
    """The named facts of a case in words, those that it lacks last."""
    given = vignette.natural(case, vocabulary)
    parts = [f"{name} = {str(value).lower() if isinstance(value, bool) else value}"
             for name, value in given.items() if name in names]  # fmt: skip
    parts += [f"{name} missing" for name in sorted(names - given.keys() - {*HARD})]
    return ", ".join(parts)


def _in_all(periods: list[tuple[set[str], dict[str, Kind]]]) -> dict[str, Kind]:
    """What is so of a rule in every period in which it stands."""
    return {
        rule: kind
        for _, kinds in periods
        for rule, kind in kinds.items()
        if all(other.get(rule) == kind for ids, other in periods if rule in ids)
    }


def _baseline(library: Library, done: Scrutiny) -> None:
    owners = {rule: file for file, law in library.laws.values() for rule in law.rules}
    periods = []
    for day in library.baseline_days():
        rules, period = library.baseline(day)
        world = World([library.vocabulary], period)
        ground = Ground(Reading(world, world.as_of), replay)
        periods.append(({rule.id for rule in rules}, law.kinds(ground, rules)))
        world.assume(world.placed())
        sound = tuple(rule for rule in rules if rule.id not in periods[-1][1])
        found = _rules(library, ground, sound, list(sound))
        done.advice += [owners[rule].placed(fault, "rules", rule) for rule, fault in found]
    done.faults += [
        owners[rule].placed(_kind(rule, kind), "rules", rule)
        for rule, kind in _in_all(periods).items()
    ]


def _kind(rule: str, kind: Kind) -> Fault:
    said = {"what": "being met or failed", "que": "ser cumplida o incumplida"}
    return messages.fault(KEYS[kind], name=rule, **said)


class _Missed:
    """The facts that eligible cases may lack, by pathway, over all periods so far."""

    def __init__(self, pathways: tuple[str, ...]) -> None:
        self.cases: dict[str, dict[str, Case]] = {pathway: {} for pathway in pathways}
        self.complete = {*pathways}  # those of which the list is proved to be whole


class _Deal:
    """One agreement, over all its periods."""

    def __init__(self, library: Library, name: str, done: Scrutiny) -> None:
        self.library, self.done = library, done
        self.file, self.deal = library.agreements[name]

    def analyse(self) -> None:
        """Everything about the agreement, each period by itself, then all of them together."""
        periods, missed = [], _Missed(self.deal.pathways)
        for day in self.library.days(self.deal.id):
            program = self.library.program(self.deal.id, day)
            eligible = Eligible(program, replay)
            answers = prove.guaranteed(self.library, eligible, day)
            self.done.guarantees += sum(one.verdict is Verdict.PROVED for one in answers)
            possible = eligible.example()
            faults = prove.faults(prove.Proved(tuple(answers), {self.deal.id: possible}))
            self.done.faults += [self.file.placed(one, "id") for one in faults]
            if possible.case is None:  # then nothing can be said of what an eligible case lacks
                missed.complete.clear()
            else:
                self._missing(eligible, missed)
            periods.append(self._own(program, eligible))
        for rule, kind in _in_all(periods).items():
            self.done.faults.append(self.file.placed(_kind(rule, kind), "rules", rule))
        self._acknowledged(missed)

    def _own(self, program: Program, eligible: Eligible) -> tuple[set[str], dict[str, Kind]]:
        own = [rule for rule in program.rules if rule.id in self.deal.rules]
        ground = Ground(eligible.reading, replay)
        kinds = law.kinds(ground, own)
        sound = [rule for rule in own if rule.id not in kinds]
        for rule, fault in _rules(self.library, ground, program.rules, sound):
            self.done.advice.append(self.file.placed(fault, "rules", rule))
        return {rule.id for rule in own}, kinds

    def _missing(self, eligible: Eligible, missed: _Missed) -> None:
        for pathway in self.deal.pathways:
            found: Missing = law.missing(eligible, pathway)
            missed.cases[pathway] |= found.cases
            if not found.decided:
                missed.complete.discard(pathway)
                said = {"what": "facts that may be missing", "que": "hechos que pueden faltar"}
                fault = messages.fault("H309.rule", name=pathway, **said)
                self.done.faults.append(self.file.placed(fault, "pathways"))

    def _acknowledged(self, missed: _Missed) -> None:
        """The facts that may be missing are those that the file accepts, by pathway."""
        shown = {pathway: sorted(cases) for pathway, cases in missed.cases.items()}
        self.done.may_be_missing[self.deal.id] = shown
        accepted: dict[str, set[str]] = {pathway: set() for pathway in missed.cases}
        for number, one in enumerate(self.deal.may_be_missing):
            for pathway in map(str, one.pathways):
                fault = self._never(pathway, one.facts, missed)
                if fault is not None:
                    placed = self.file.placed(fault, "may_be_missing", str(number))
                    self.done.faults.append(placed)
                accepted.setdefault(pathway, set()).update(one.facts)
        for pathway, cases in missed.cases.items():
            names = sorted(cases.keys() - accepted[pathway])
            if names:
                case = cases[names[0]]
                told = _told(case, self.library.vocabulary, frozenset(case.facts))
                said = {"pathway": pathway, "names": ", ".join(names), "case": told}
                self.done.faults.append(
                    self.file.placed(messages.fault("H303", **said), "pathways")
                )

    def _never(self, pathway: str, names: tuple[str, ...], missed: _Missed) -> Fault | None:
        """Facts that are accepted as missing and never are; None where that is not so."""
        if pathway not in missed.cases:
            return messages.fault("H310.pathway", pathway=pathway)
        never = sorted({*names} - missed.cases[pathway].keys())
        if not never or pathway not in missed.complete:
            return None
        return messages.fault("H310", names=", ".join(never), pathway=pathway)

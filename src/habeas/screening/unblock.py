"""Which document, once obtained, settles most cases of a docket.

Facts that one body establishes by one kind of evidence are one document. It counts the cases that
wait for it, those that it decides whatever it says, and those that it can make eligible by itself.
Barred cases wait for nothing: they are decided. A form over bit planes must give these counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from habeas.law.agreement import Fact
from habeas.law.cited import Text
from habeas.screening.decision import Decision
from habeas.terms import Outcome

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of evidence of one body, and what it would do for the cases not established."""

    evidence: Text
    established_by: Text
    facts: tuple[str, ...]  # that some case waits for, in order of name
    waiting: int  # cases in which it may decide some rule
    decides: int  # of these, cases that wait for nothing else: decided whatever it says
    eligible: int  # of these, cases that it makes eligible where it is favourable


@dataclass(frozen=True, slots=True)
class Waiting:
    """The same of one fact; `decides` and `eligible` are the cases exactly one fact short."""

    fact: str
    waiting: int
    decides: int
    eligible: int


def waits_for(decision: Decision) -> Names:
    """Facts that may decide some rule of a case that is not established."""
    if decision.outcome is not Outcome.NOT_ESTABLISHED:
        return frozenset()
    return frozenset(name for one in decision.reasons.open for name in one.missing)


def _counts(
    decisions: Iterable[Decision], groups: Mapping[str, str]
) -> dict[str, tuple[int, int, int]]:
    """By group of facts: cases waiting, decided by it, made eligible by it alone."""
    waiting, decides, eligible = Counter[str](), Counter[str](), Counter[str]()
    for decision in decisions:
        asked = waits_for(decision)
        named = {groups[name] for name in asked}
        waiting.update(named)
        if len(named) == 1:
            decides.update(named)
        ways = ({groups[name] for name in way} for way in decision.reasons.ways)
        eligible.update(set().union(*(way for way in ways if len(way) == 1)))
    return {name: (count, decides[name], eligible[name]) for name, count in waiting.items()}


def facts(decisions: Iterable[Decision]) -> list[Waiting]:
    """Every fact that cases wait for, the most useful first."""
    kept = list(decisions)
    names = {name: name for one in kept for name in waits_for(one)}
    found = [Waiting(name, *counts) for name, counts in _counts(kept, names).items()]
    return sorted(found, key=lambda one: (-one.eligible, -one.decides, -one.waiting, one.fact))


def documents(decisions: Iterable[Decision], known: Mapping[str, Fact]) -> list[Document]:
    """Every document that cases wait for, the most useful first."""
    kept = list(decisions)
    asked = sorted({name for one in kept for name in waits_for(one)})
    groups: dict[tuple[str, str], list[str]] = {}
    for name in asked:
        fact = known[name]
        groups.setdefault((fact.evidence.en, fact.established_by.en), []).append(name)
    lead = {name: names[0] for names in groups.values() for name in names}
    counts = _counts(kept, lead)
    found = [
        Document(known[names[0]].evidence, known[names[0]].established_by, tuple(names),
                 *counts[names[0]])
        for names in groups.values()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.eligible, -one.decides, -one.waiting, one.facts))

"""Two programs on the same case: one that they judge differently, or a proof that there is none.

The question is asked within what both admit: the facts' bounds of both, the parties and pathways
of both. What stands outside is told in words, and so is every rule whose text or citation moved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from habeas.law import agreement, calendar
from habeas.law.program import Program, ProgramRule
from habeas.law.prove import Reference
from habeas.law.world import Case, Formula, Found, Reading, World, every, no, some
from habeas.terms import Finding, Outcome


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not the same in two programs."""

    kind: str  # rule, fact, parameter, party, pathway, calendar
    name: str
    before: str  # empty: it was not there
    after: str


@dataclass(frozen=True, slots=True)
class Judged:
    """How one program judges the case."""

    case: Case  # as it is put under this program: its agreement, and its day
    outcome: Outcome
    findings: Mapping[str, Finding]


@dataclass(frozen=True, slots=True)
class Difference:
    """What two programs make of the cases that both can be asked about."""

    changes: tuple[Change, ...]
    shared: Found  # a case that both can be asked about
    found: Found  # a case that they judge differently
    judged: tuple[Judged, Judged] | None  # of the case found

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that differ in the case: other findings, or only one program has them."""
        if self.judged is None:
            return ()
        one, other = (each.findings for each in self.judged)
        names = dict.fromkeys([*one, *other])
        return tuple(name for name in names if one.get(name) is not other.get(name))


class _Pair:
    """Both programs over one world.

    The day is the same for both, any that both periods hold, unless `days` names one for each.
    """

    def __init__(
        self,
        programs: tuple[Program, Program],
        reference: Reference,
        days: tuple[date, date] | None,
    ) -> None:
        self.programs, self.reference, self.days = programs, reference, days
        first = max(one.period[0] for one in programs)
        last = min(one.period[1] for one in programs)
        period = (days[0], days[0]) if days else (first, max(first, last))
        vocabularies = [one.vocabulary for one in programs]
        self.world = World(vocabularies, period, programs[1].day)
        if days is None and first > last:  # no day is in both periods
            self.world.assume(some([]))
        same = programs[0].deal.id == programs[1].deal.id
        self.readings = [
            Reading(
                self.world,
                self.world.as_of if days is None else self.world.day(days[side]),
                None if same else one.deal.id,
            )
            for side, one in enumerate(programs)
        ]
        for reading, one in zip(self.readings, programs, strict=True):
            self.world.assume(reading.bound(one.deal, one.deal.pathways))

    def case(self, side: int, case: Case) -> Case:
        """The case as it is put under one of the two."""
        facts = {**case.facts, "agreement": self.programs[side].deal.id}
        as_of = case.as_of if self.days is None else calendar.day(self.days[side])
        return Case(facts, as_of)

    def outcome(self, side: int, case: Case) -> Outcome:
        """How one of the two judges the case."""
        return self.reference.outcome(self.programs[side], self.case(side, case))

    def sides(self, side: int) -> tuple[Formula, Formula]:
        """When a case is eligible, and when it is barred."""
        sides = [
            self.readings[side].implied(rule.applies, rule.require)
            for rule in self.programs[side].rules
        ]
        return every(one.true for one in sides), some(one.false for one in sides)

    def differs(self, case: Case) -> bool:
        """Whether the two judge the case differently."""
        return self.outcome(0, case) is not self.outcome(1, case)

    def found(self) -> Found:
        """A case judged differently; one that is eligible under one of the two if there is one."""
        (able, barred), (able_, barred_) = self.sides(0), self.sides(1)
        first = self.world.ask(some([every([able, no(able_)]), every([able_, no(able)])]),
                               self.differs)  # fmt: skip
        if first.case is not None:
            return first
        both = some([every([barred, no(barred_)]), every([barred_, no(barred)])])
        other = self.world.ask(both, self.differs)
        return other if other.case is not None else Found(None, first.decided and other.decided)


def difference(
    before: Program,
    after: Program,
    reference: Reference,
    days: tuple[date, date] | None = None,
) -> Difference:
    """What changes from one program to another.

    Args:
        before: the one.
        after: the other.
        reference: confirms the case.
        days: on which each is asked; None: on any one day of both periods.
    """
    pair = _Pair((before, after), reference, days)
    told = tuple(changes(before, after))
    shared = pair.world.ask(every([]), lambda _: True)
    found = pair.found() if shared.case is not None else Found(None, shared.decided)
    if found.case is None:
        return Difference(told, shared, found, None)
    case = found.case
    judged = [
        Judged(
            pair.case(side, case),
            pair.outcome(side, case),
            reference.findings(one, pair.case(side, case)),
        )
        for side, one in enumerate((before, after))
    ]
    return Difference(told, shared, found, (judged[0], judged[1]))


def changes(before: Program, after: Program) -> Iterator[Change]:
    """Everything that is declared differently, whether or not any case shows it."""
    yield from _compared("rule", _rules(before), _rules(after))
    yield from _compared("fact", _facts(before), _facts(after))
    params = [{name: str(value) for name, value in one.params.items()} for one in (before, after)]
    yield from _compared("parameter", params[0], params[1])
    parties = [{one.code: one.role for one in each.deal.parties} for each in (before, after)]
    yield from _compared("party", parties[0], parties[1])
    paths = [dict.fromkeys(map(str, one.deal.pathways), "open") for one in (before, after)]
    yield from _compared("pathway", paths[0], paths[1])
    rounding = [{"rounding": one.deal.calendar.rounding} for one in (before, after)]
    yield from _compared("calendar", rounding[0], rounding[1])


def _compared(kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name, ""), after.get(name, "")
        if one != other:
            yield Change(kind, name, one, other)


def _rules(program: Program) -> dict[str, str]:
    return {rule.id: f"{_said(rule)} [{_cited(rule)}]" for rule in program.rules}


def _said(rule: ProgramRule) -> str:
    source = rule.source
    applies = "" if source.applies == "TRUE" else f"where {source.applies}: "
    return applies + source.require


def _cited(rule: ProgramRule) -> str:
    return "; ".join(f"{cite.instrument} {cite.at}" for cite in rule.source.cite)


def _facts(program: Program) -> dict[str, str]:
    """The bounds of every fact that the program asks."""
    vocabulary = program.vocabulary
    return {name: _bounds(vocabulary.facts[name], vocabulary) for name in sorted(program.facts)}


def _bounds(fact: agreement.Fact, vocabulary: agreement.Vocabulary) -> str:
    if fact.type == "int":
        return f"{fact.min} to {fact.max}"
    if fact.type == "date":
        return f"{fact.earliest} to {fact.latest}"
    return ", ".join(vocabulary.codes[fact.codes]) if fact.codes else fact.type

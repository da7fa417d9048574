"""Prove what agreements guarantee; every refutation is run through screening before it is told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from habeas.errors import Fault
from habeas.law import messages
from habeas.law.library import Library
from habeas.law.program import Program, Promise
from habeas.law.proofs import FILE, claim
from habeas.law.prove import Eligible, Proof
from habeas.law.world import Case, Found
from habeas.service import NOT_REVIEWED, replay, vignette
from habeas.terms import Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """One guarantee under one agreement, in one period in which its law is the same."""

    agreement: str
    guarantee: Promise
    verdict: Verdict
    case: Case | None  # screening finds it eligible and the guarantee is not established in it
    program: Program

    @property
    def vignette(self) -> str:
        """The case that refutes it as a law case; empty where there is none."""
        if self.case is None:
            return ""
        told = vignette.Vignette(
            f"{self.agreement}.{self.guarantee.id}",
            f"eligible, and this is not established: {self.guarantee.source.text.en}",
            self.case,
            self.program,
            replay.findings(self.program, self.case),
            replay.outcome(self.program, self.case),
        )
        return vignette.file([told])


@dataclass(frozen=True, slots=True)
class Proved:
    """Everything asked of the agreements named."""

    answers: tuple[Answer, ...]
    possible: dict[str, Found]  # by agreement: a case that is eligible; the first period without

    @property
    def holds(self) -> bool:
        """Whether every guarantee is proved, and of more than no case at all."""
        proved = all(one.verdict is Verdict.PROVED for one in self.answers)
        return proved and all(one.case is not None for one in self.possible.values())


def answer(program: Program, promise: Promise) -> Answer:
    """Prove one guarantee; a refutation that screening does not confirm counts as not decided."""
    return _answer(program, promise, Eligible(program, replay).proof(promise))


def _answer(program: Program, promise: Promise, found: Proof) -> Answer:
    return Answer(program.deal.id, promise, found.verdict, found.case, program)


def proved(library: Library, names: Iterable[str] = ()) -> Proved:
    """Every guarantee of the named agreements, or of all where none is named.

    Raises:
        LawError: H215 for an unknown id; every fault of the files.
    """
    found, possible = list[Answer](), dict[str, Found]()
    for name in tuple(names) or tuple(library.agreements):
        periods = [of_program(library, library.program(name, day)) for day in library.days(name)]
        found += [answer for one in periods for answer in one.answers]
        examples = [one.possible[name] for one in periods]
        possible[name] = next((one for one in examples if one.case is None), examples[0])
    return Proved(tuple(found), possible)


def of_program(library: Library, program: Program) -> Proved:
    """Every guarantee that speaks of one program's eligible cases."""
    eligible = Eligible(program, replay)
    answers = guaranteed(library, eligible, program.day)
    return Proved(tuple(answers), {program.deal.id: eligible.example()})


def record(library: Library, found: Proved) -> Path:
    """Write down which claims are proved, in the user's folder where there is one.

    Only agreements of that folder that hold in every period are written; one that was not asked
    about stays as it was.
    """
    root = Path(str(library.own or library.root))
    broken = {one.agreement for one in found.answers if one.verdict is not Verdict.PROVED}
    broken |= {name for name, one in found.possible.items() if one.case is None}
    proved: dict[str, frozenset[str]] = {}
    for name, (file, _) in library.agreements.items():
        if library.own is not None and file.name.startswith("library/"):
            continue
        if name not in found.possible:
            proved[name] = library.proofs.get(name, frozenset())
        elif name not in broken:
            proved[name] = frozenset(_claims(library, name))
    (root / FILE).write_text(_text({name: one for name, one in proved.items() if one}))
    return root / FILE


def _claims(library: Library, name: str) -> Iterator[str]:
    for day in library.days(name):
        yield claim(library.program(name, day), library.guarantees(name, day))


def _text(proved: Mapping[str, frozenset[str]]) -> str:
    rows = [
        f"{name} = [\n" + "".join(f'  "{one}",\n' for one in sorted(claims)) + "]\n"
        for name, claims in sorted(proved.items())
    ]
    solver = f"z3-solver {version('z3-solver')}"
    head = "# Written by `habeas law prove --write`, never by hand.\n\n"
    head += f'format = "habeas-proofs/1"\nsolver = "{solver}"\n\n[proved]\n'
    return head + "".join(rows)


def guaranteed(library: Library, eligible: Eligible, day: date) -> list[Answer]:
    """Every guarantee that speaks of a program's eligible cases."""
    program = eligible.program
    promises = library.guarantees(program.deal.id, day)
    return [_answer(program, promise, eligible.proof(promise)) for promise in promises]


def faults(found: Proved) -> list[Fault]:
    """What does not hold, or is not decided, as sentences."""
    told = []
    for one in found.answers:
        said = {"name": one.guarantee.id, "deal": one.agreement}
        if one.verdict is Verdict.NOT_DECIDED:
            told.append(messages.fault("H309", **said))
        elif one.case is not None:
            case = vignette.natural(one.case, one.program.vocabulary)
            facts = ", ".join(f"{name} = {value}" for name, value in case.items())
            told.append(messages.fault("H308", case=facts, **said))
    for name, example in found.possible.items():
        if example.case is None and example.decided:
            told.append(messages.fault("H307", name=name))
        elif example.case is None:
            said = {"what": "some case being eligible", "que": "que algún caso sea admisible"}
            told.append(messages.fault("H309.rule", name=name, **said))
    return told


def document(found: Proved) -> dict[str, object]:
    """The one JSON document that `habeas law prove --json` prints."""
    return {
        "guarantees": [
            {
                "agreement": one.agreement,
                "from": one.program.period[0].isoformat(),
                "until": one.program.period[1].isoformat(),
                "guarantee": one.guarantee.id,
                "en": one.guarantee.source.text.en,
                "es": one.guarantee.source.text.es,
                "when": one.guarantee.source.when,
                "then": one.guarantee.source.then,
                "verdict": one.verdict.value,
                "as_of": vignette.day(one.case) if one.case else None,
                "case": vignette.natural(one.case, one.program.vocabulary) if one.case else None,
                "vignette": one.vignette or None,
            }
            for one in found.answers
        ],
        "some_case_eligible": {name: one.case is not None for name, one in found.possible.items()},
        "review": NOT_REVIEWED,
    }

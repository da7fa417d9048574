"""A scenario to its plan: read, its streams screened by the rules themselves, and put in numbers.

How many of a stream could lawfully be sent is never typed where rules decide it. Synthetic cases
are drawn from its docket and put to the agreement's own program; the share that comes out, and the
rules that bar, are what is told. Nobody is a person; chance is named by deal and stream, so that
the same file gives the same share.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from importlib import resources
from importlib.resources.abc import Traversable
from statistics import fmean, pvariance

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from habeas.docket.check import Refused
from habeas.docket.ingest import Block
from habeas.docket.snapshot import Form
from habeas.docket.synth import TWO_BYTES
from habeas.errors import Fault, LawError, SetupError
from habeas.law.check import checked as rule_tree
from habeas.law.check import near
from habeas.law.cited import Cite, Text
from habeas.law.library import Library, read_file
from habeas.law.places import line_of
from habeas.law.program import Program
from habeas.law.references import agreement_vocabulary
from habeas.law.tree import facts
from habeas.projection import compile as plans
from habeas.projection import floor, messages, read
from habeas.projection.floor import Floor
from habeas.projection.plan import Plan, Uncertain
from habeas.projection.scenario import Deal, Range, Scenario, Stream
from habeas.screening.evaluate import compiled
from habeas.service import NOT_REVIEWED
from habeas.service.intake import columns
from habeas.service.intake_bulk import take
from habeas.service.screen_bulk import Screening
from habeas.terms import Finding

CASES = 4096  # of a stream
WORLDS = 32  # dockets, where shares of a docket are ranges: each draws them anew
EACH = 512  # cases of each of those
TRUE, FALSE = "true", "false"
Weights = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Bar:
    """A rule that some cases of a stream do not meet, or that is not established for them."""

    rule: str
    cases: int
    layer: str
    text: Text
    cite: tuple[Cite, ...]
    remedy: Text | None


@dataclass(frozen=True, slots=True)
class Screened:
    """What the rules say of a stream: of how many cases, and why."""

    deal: str
    stream: str
    agreement: str
    standing: str  # its real legal position
    not_in_force: tuple[str, ...]  # rules that were not asked, on the scenario's first day
    program: str  # hash of its rules
    cases: int
    outcomes: Mapping[str, int]
    not_met: tuple[Bar, ...]  # most cases first
    not_established: tuple[Bar, ...]
    missing: tuple[tuple[str, str, int], ...]  # rule, the fact it waits for, cases
    share: Uncertain


@dataclass(frozen=True, slots=True)
class OfDeal:
    """How an agreement itself stands against one of the rules that gate its acts."""

    deal: str
    rule: str
    finding: Finding
    missing: tuple[str, ...]  # facts that are not established
    text: Text
    cite: tuple[Cite, ...]
    remedy: Text | None


@dataclass(frozen=True, slots=True)
class Ready:
    """A scenario with all that its projection and report need."""

    scenario: Scenario
    plan: Plan
    screened: tuple[Screened, ...]
    unscreened: tuple[tuple[str, str], ...]  # (deal, stream) that no rules were asked about
    deals: tuple[OfDeal, ...]
    floors: Mapping[str, Floor]
    notes: tuple[Fault, ...]  # what rules that are set aside would have refused
    hash: str  # SHA-256 of the file


def checked(text: str, file: str, library: Library) -> Scenario:
    """A scenario file's text as its shapes.

    Raises:
        LawError: every fault of the file, each with its line.
    """
    return read.scenario(text, file, library, columns(library.vocabulary))


def ready(text: str, file: str, library: Library) -> Ready:
    """A scenario read, screened and put in numbers.

    Raises:
        LawError: every fault of the file; H820 for a docket that gives no case; H307 to H311
            where an agreement's guarantees are not proved.
    """
    found = checked(text, file, library)
    known = {name: one for name, (_, one) in library.facilities.items()}
    floors = {one.id: floor.floor(one, known, found.first) for one in found.given.facilities}
    screened = tuple(_each(found, library, (text, file)))
    shares = {(one.deal, one.stream): one.share for one in screened}
    named = [(one.deal, one.id) for one in found.assumed.streams]
    return Ready(
        found,
        plans.compiled(found, floors, shares),
        screened,
        tuple(name for name in named if name not in shares),
        tuple(agreement_findings(found, library)),
        floors,
        tuple(
            messages.placed(one.key, file, line_of(text, *one.path), **one.said)
            for one in read.notes(found, library)
        ),
        hashlib.sha256(text.encode()).hexdigest(),
    )


def shipped(library: Library) -> list[tuple[str, Text]]:
    """The scenarios that come with the package: id and title."""
    return [
        (found.id, found.title)
        for name in _names()
        for found in [checked(shipped_text(name), _file(name), library)]
    ]


def _names() -> list[str]:
    folder = resources.files("habeas") / "library" / "scenarios"
    return sorted(one.name.removesuffix(".toml") for one in folder.iterdir())


def _file(name: str) -> str:
    return f"library/scenarios/{name}.toml"


def opened(path: Traversable) -> tuple[str, str]:
    """The text of a scenario file, and its name for messages.

    Raises:
        SetupError: H902 where it is not there or is none.
        LawError: H230 for more than a mebibyte, H213 for what is not UTF-8.
    """
    if not path.is_file():
        raise SetupError(Fault("H902", f"no file '{path}'", "Name a scenario, or one shipped."))
    try:
        file = read_file(path, str(path))
    except OSError as error:
        what = f"'{path}' cannot be read: {error.strerror}"
        raise SetupError(Fault("H902", what, "Name another.")) from error
    return file.text, file.name


def shipped_text(name: str) -> str:
    """The text of a shipped scenario.

    Raises:
        LawError: H820, where none has that id.
    """
    if name not in (known := _names()):
        raise LawError(messages.placed("H820", "", 0, **near(name, known)))
    return (resources.files("habeas") / "library" / "scenarios" / f"{name}.toml").read_text("utf-8")


def agreement_findings(found: Scenario, library: Library) -> Iterator[OfDeal]:
    """Each deal against the rules about agreements themselves; what is not stated is unknown."""
    rules = library.agreement_rules
    vocabulary = agreement_vocabulary(rules)
    trees = {name: rule_tree(rule.require, vocabulary) for name, rule in rules.rules.items()}
    for deal in found.given.deals:
        known = deal.agreement is not None or deal.established
        for name, rule in rules.rules.items() if known else ():
            told = {True: Finding.MET, False: Finding.NOT_MET, None: Finding.NOT_ESTABLISHED}
            missing = tuple(
                fact for fact in sorted(facts(trees[name])) if fact not in deal.established
            )
            finding = told[compiled(trees[name]).test(deal.established)]
            yield OfDeal(deal.id, name, finding, missing, rule.text, rule.cite, rule.remedy)


def document(one: Ready) -> dict[str, object]:
    """What reading and screening a scenario found, as one JSON document."""
    found = one.scenario
    return {
        "scenario": found.id,
        "version": found.version,
        "title": _both(found.title),
        "hash": one.hash,
        "first": found.first.isoformat(),
        "after": found.after.isoformat(),
        "rules": found.rules,
        "screened": [_screened(row) for row in one.screened],
        "not_screened": [{"deal": deal, "stream": stream} for deal, stream in one.unscreened],
        "agreement_findings": [
            {
                "deal": row.deal,
                "rule": row.rule,
                "finding": row.finding.value,
                "missing": list(row.missing),
                "text": _both(row.text),
            }
            for row in one.deals
        ],
        "notes": [{"line": row.line, "code": row.code, "what": row.what} for row in one.notes],
        "review": NOT_REVIEWED,
    }


def _screened(row: Screened) -> dict[str, object]:
    return {
        "deal": row.deal,
        "stream": row.stream,
        "agreement": row.agreement,
        "standing": row.standing,
        "not_in_force": list(row.not_in_force),
        "program": row.program,
        "cases": row.cases,
        "outcomes": dict(row.outcomes),
        "share": {"form": row.share.form, "about": row.share.a, "like": row.share.b},
        "not_met": [_bar(bar) for bar in row.not_met],
        "not_established": [_bar(bar) for bar in row.not_established],
        "missing": [
            {"rule": rule, "fact": fact, "cases": cases} for rule, fact, cases in row.missing
        ],
    }


def _bar(bar: Bar) -> dict[str, object]:
    return {
        "rule": bar.rule,
        "cases": bar.cases,
        "layer": bar.layer,
        "text": _both(bar.text),
        "cite": [f"{one.instrument} {one.at} [{one.checked}]" for one in bar.cite],
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "es": text.es}


def _each(found: Scenario, library: Library, file: tuple[str, str]) -> Iterator[Screened]:
    deals = {one.id: one for one in found.given.deals}
    for number, stream in enumerate(found.assumed.streams):
        deal = deals[stream.deal]
        if deal.agreement is not None and (stream.docket or stream.yes):
            line = line_of(file[0], "assumed", "streams", str(number), "docket")
            one = _Screening(library, deal, stream, found.first, (file[1], line))
            yield one.screened(deal.agreement)


@dataclass(slots=True)
class _Sink:
    # Takes the cases of a docket, and says what was set aside.
    chunks: list[pa.RecordBatch] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def begin(self, form: Form) -> None:  # noqa: ARG002 - the door of a sink
        self.chunks.clear()

    def chunk(self, cases: pa.RecordBatch) -> None:
        self.chunks.append(cases)

    def aside(self, row: Refused) -> None:
        self.refused.append(row)

    def done(self, size: int) -> None:
        pass


@dataclass(frozen=True, slots=True)
class _Source:
    # A docket in memory: one column a fact, as text.
    held: Mapping[str, pa.Array]
    earlier: bytes = b""

    @property
    def names(self) -> Sequence[str]:
        return list(self.held)

    def blocks(self) -> Iterator[Block]:
        arrays = list(self.held.values())
        lines = np.arange(1, len(arrays[0]) + 1, dtype=np.int64)
        yield Block(arrays, lines, [], len(lines))


@dataclass(frozen=True, slots=True)
class _Screening:
    # One stream's synthetic cases under the rules of its deal.
    library: Library
    deal: Deal
    stream: Stream
    day: date
    place: tuple[str, int]  # file and line of the docket

    def _bytes(self, count: int, label: str) -> bytes:
        named = f"habeas scenario docket\n{self.deal.id}\n{self.stream.id}\n{label}"
        return hashlib.shake_256(named.encode()).digest(count)

    def screened(self, agreement: str) -> Screened:
        worlds, each = (WORLDS, EACH) if self.stream.yes else (1, CASES)
        instant = datetime.combine(self.day, time(), UTC)
        screening = Screening(self.library, instant, [agreement], self.day)
        program = screening.programs[agreement]
        eligible = list[NDArray[np.uint8]]()
        for batch in self._batches(agreement, worlds, each):
            done = screening.screen(batch)
            screening.add(done)
            eligible += [
                np.unpackbits(one.eligible, count=one.length, bitorder="little")
                for one in done.found
            ]
        shares = np.concatenate(eligible).reshape(worlds, each).mean(axis=1)
        totals = screening.totals
        return Screened(
            self.deal.id,
            self.stream.id,
            agreement,
            program.deal.standing,
            tuple(program.not_in_force),
            program.hash,
            totals.cases,
            dict(totals.outcomes),
            _bars(program, totals.not_met),
            _bars(program, totals.not_established),
            tuple((*pair, cases) for pair, cases in totals.waiting.missing.most_common()),
            _share(shares.tolist(), each),
        )

    def _batches(self, agreement: str, worlds: int, each: int) -> Sequence[pa.RecordBatch]:
        rows = worlds * each
        fixed = {
            "agreement": agreement,
            "sending": self.deal.sending,
            "receiving": self.deal.receiving,
            "pathway": self.deal.pathway,
        }
        held = {"case": pa.array([f"{n:06d}" for n in range(1, rows + 1)])}
        held |= {name: pa.array([text] * rows) for name, text in fixed.items()}
        for fact, options in (self.stream.docket or {}).items():
            held[fact] = _drawn(options, self._bytes(2 * rows, fact))
        for fact, share in self.stream.yes.items():
            chance = self._bytes(2 * rows, fact)
            drawn = [
                _drawn(_weights(share, quantile), chance[2 * each * n : 2 * each * (n + 1)])
                for n, quantile in enumerate(self._quantiles(fact, worlds))
            ]
            held[fact] = pa.concat_arrays(drawn)
        sink = _Sink()
        take(_Source(held), self.library, self.stream.id, agreement, sink)
        if sink.refused:
            one = sink.refused[0]
            said = {"name": self.stream.id, "told": one.what, "fix": one.fix}
            raise LawError(messages.placed("H820.case", *self.place, **said))
        return sink.chunks

    def _quantiles(self, fact: str, worlds: int) -> list[float]:
        """Where in its range a share stands in each world: every part of it in one of them."""
        chance = [self._bytes(8, f"world {number} {fact}") for number in range(worlds)]
        order = sorted(range(worlds), key=chance.__getitem__)
        return [(order.index(world) + 0.5) / worlds for world in range(worlds)]


def _weights(share: Range, quantile: float) -> Weights:
    low, high = _ends(share)
    true = round((low + (high - low) * quantile) * TWO_BYTES)
    return [(true, TRUE), (TWO_BYTES - true, FALSE)]


def _ends(share: Range) -> tuple[float, float]:
    """The ends of a share; of one that so many persons made as sure, two deviations each way."""
    if share.low is not None and share.high is not None:
        return share.low, share.high
    one = plans.uncertain("", share)
    mean, variance = plans.moments(one)
    return max(mean - 2 * variance**0.5, 0.0), min(mean + 2 * variance**0.5, 1.0)


def _drawn(options: Weights, chance: bytes) -> pa.Array:
    """The texts that two bytes each fall on, in proportion to the weights."""
    ends = np.cumsum([weight for weight, _ in options])
    places = np.frombuffer(chance, ">u2").astype(np.int64) * int(ends[-1]) // TWO_BYTES
    texts = pa.array([text for _, text in options], pa.utf8())
    return texts.take(pa.array(np.searchsorted(ends, places, side="right")))


def _share(shares: Sequence[float], each: int) -> Uncertain:
    """The share as sure as its cases make it, and less where the docket itself is a range."""
    mean = fmean(shares)
    if mean in {0.0, 1.0}:
        return Uncertain("", "point", mean)
    spread = max(pvariance(shares) - mean * (1 - mean) / each, 0.0)
    variance = spread + mean * (1 - mean) / (each * len(shares))
    return Uncertain("", "share", mean, max(round(mean * (1 - mean) / variance, 3), 1.0))


def _bars(program: Program, numbers: Counter[str]) -> tuple[Bar, ...]:
    known = {rule.id: rule for rule in program.rules}
    return tuple(
        Bar(
            name,
            cases,
            known[name].layer,
            known[name].source.text,
            known[name].source.cite,
            known[name].source.remedy,
        )
        for name, cases in numbers.most_common()
        if cases
    )

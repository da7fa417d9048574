"""Screen a docket of any length: canonical batches in, bits and counts out, nothing kept.

The bulk form of `service.screen`: the same programs, the same freshness, the same outcomes. A
docket of several agreements is screened batch by batch under each that the batch names.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from threading import local

import numpy as np
import pyarrow as pa

from habeas.docket import evidence_bulk, sound
from habeas.docket.columns import Column
from habeas.law.library import Library
from habeas.law.program import Program, combined_hash
from habeas.screening.bulk import OUTCOMES, Bulk, Found, Waiting, in_order
from habeas.screening.planes import Bits, Plane, counts, ones, packed
from habeas.service import NOT_REVIEWED, warrant
from habeas.service.intake import bounds, columns
from habeas.service.intake_bulk import Stamp
from habeas.service.screen import day_of, not_in_force

KEYS = ("case", "agreement")
FACT = ("fact", "waiting", "for it alone", "what it asks")


@dataclass(slots=True)
class Totals:
    """What has been counted so far, over all batches."""

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    not_met: Counter[str] = field(default_factory=Counter)  # by rule
    not_established: Counter[str] = field(default_factory=Counter)
    waiting: Waiting = field(default_factory=Waiting)

    def add(self, other: "Totals") -> None:
        """Take in the counts of another batch."""
        self.cases += other.cases
        self.outcomes.update(other.outcomes)
        self.not_met.update(other.not_met)
        self.not_established.update(other.not_established)
        self.waiting.add(other.waiting)


@dataclass(frozen=True, slots=True)
class Screened:
    """One batch with its findings under each agreement that it names, and their counts."""

    batch: pa.RecordBatch
    found: tuple[Found, ...]
    totals: Totals
    unsound: str | None = None  # the column for which it was not judged


class Screening:
    """A docket that is being screened, batch by batch.

    Args:
        library: the law.
        instant: UTC; facts count as they stand then.
        names: the agreements that the docket may name.
        day: whose law is asked; None: the instant's, in each agreement's zone.
    """

    def __init__(
        self,
        library: Library,
        instant: datetime,
        names: Sequence[str],
        day: date | None = None,
    ) -> None:
        self.instant, self.day = instant, day
        self.library = library
        self.known: Mapping[str, Column] = columns(library.vocabulary)
        self.names = tuple(sorted(names))
        self.totals = Totals()
        self.seen: set[str] = set()
        self._own = local()

    @cached_property
    def programs(self) -> dict[str, Program]:
        """The program of each agreement that the docket may name."""
        found = {
            name: self.library.program(name, day_of(self.library, name, self.instant, self.day))
            for name in self.names
        }
        warrant.require(self.library, found.values())
        return found

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Every rule of any of the programs: baseline law first, then each agreement's own."""
        return tuple(dict.fromkeys(rule.id for one in self.programs.values() for rule in one.rules))

    def screen(self, batch: pa.RecordBatch) -> "Screened":
        """Find and count one batch under each agreement that it names; safe in any thread."""
        masks, totals, found = self._masks(batch), Totals(cases=batch.num_rows), list[Found]()
        for name, rows in named(batch):
            bulk = self._bulk(name)
            one = bulk.run(batch, masks, rows)
            _count(bulk, one, totals)
            found.append(one)
        return Screened(batch, tuple(found), totals)

    def each(self, batches: Iterable[pa.RecordBatch], threads: int) -> Iterator["Screened"]:
        """Batches of a file that is not trusted, in order; one that is not sound is not judged."""
        terms = {name: bounds(deal) for name, (_, deal) in self.library.agreements.items()}

        def work(batch: pa.RecordBatch) -> Screened:
            unsound = sound.fault(batch, self.known, terms)
            if unsound is not None:
                return Screened(batch, (), Totals(), unsound)
            return self.screen(batch)

        return in_order(work, batches, threads)

    def add(self, done: "Screened") -> None:
        """Take a batch's counts into the whole."""
        self.seen |= {name for name, _ in named(done.batch)}
        self.totals.add(done.totals)

    def _bulk(self, name: str) -> Bulk:
        # The memory of a program over columns is used again, so each thread has its own.
        held: dict[str, Bulk] = self._own.__dict__.setdefault("bulks", {})
        if name not in held:
            held[name] = Bulk(self.programs[name])
        return held[name]

    def _masks(self, batch: pa.RecordBatch) -> dict[str, Bits]:
        if not evidence_bulk.dated(batch.schema):
            return {}
        return {
            name: packed(mask)
            for name, mask in evidence_bulk.mask(batch, self.known, self.instant).items()
        }

    def findings(self, done: "Screened") -> pa.RecordBatch:
        """A row a case: its outcome, and a nullable boolean for every rule of `rules`.

        A rule is null where it is not established, and where the case's agreement does not have it.
        """
        batch, found = done.batch, done.found
        nothing = np.zeros(-(-batch.num_rows // 8), np.uint8)
        planes = {rule: Plane(nothing, nothing) for rule in self.rules}
        eligible, barred = nothing, nothing
        for (name, _), one in zip(named(batch), found, strict=True):
            eligible, barred = eligible | one.eligible, barred | one.barred
            for rule, plane in zip(self.programs[name].rules, one.rules, strict=True):
                before = planes[rule.id]
                planes[rule.id] = Plane(before.true | plane.true, before.false | plane.false)
        whole = Found(
            batch.num_rows, ones(batch.num_rows), tuple(planes.values()), eligible, barred
        )
        case, agreement = (batch.column(key) for key in KEYS)
        return pa.RecordBatch.from_arrays(
            [case, agreement.cast(CODES), whole.outcome(), *whole.columns()],
            names=[*KEYS, "outcome", *self.rules],
        )

    def counts(self, stamp: Stamp) -> dict[str, int]:
        """Cases by outcome, and rows set aside."""
        found = {name: self.totals.outcomes[name] for name in OUTCOMES}
        return found | {"quarantined": stamp.quarantined}

    def rule_rows(self, key: str, most: int) -> list[list[str]]:
        """The rules of most cases not met, or not established: id, layer, cases, text."""
        numbers = {"not_met": self.totals.not_met}.get(key, self.totals.not_established)
        named_ = {rule.id: rule for one in self.programs.values() for rule in one.rules}
        return [
            [rule, named_[rule].layer, f"{cases:,}", named_[rule].source.text.en]
            for rule, cases in numbers.most_common(most)
            if cases
        ]

    def fact_rows(self, most: int) -> list[list[str]]:
        """The facts that open cases wait for: name, cases, cases for it alone, what it asks."""
        facts, alone = self.library.vocabulary.facts, self.totals.waiting.alone
        return [
            [name, f"{cases:,}", f"{alone[name]:,}", facts[name].ask.en]
            for name, cases in self.totals.waiting.open.most_common(most)
        ]

    def document(self, stamp: Stamp, as_of: str) -> dict[str, object]:
        """The one JSON document of a docket in bulk; its cases are in the file of `--out`."""
        programs = {name: self.programs[name] for name in sorted(self.seen)}
        totals = self.totals
        return {
            "as_of": as_of,
            "instant": self.instant.isoformat(),
            "rules_hash": combined_hash({name: one.hash for name, one in programs.items()}),
            "programs": {name: one.hash for name, one in programs.items()},
            "standing": {name: one.deal.standing for name, one in programs.items()},
            "docket_hash": stamp.hash,
            "evidence_dated": stamp.dated,
            "counts": self.counts(stamp),
            "not_in_force": not_in_force(programs),
            "not_met": _listed(totals.not_met),
            "not_established": _listed(totals.not_established),
            "waiting": {
                name: {"waiting": number, "alone": totals.waiting.alone[name]}
                for name, number in sorted(totals.waiting.open.items())
            },
            "review": NOT_REVIEWED,
        }


def _count(bulk: Bulk, found: Found, totals: Totals) -> None:
    ids = [rule.id for rule in bulk.program.rules]
    open_ = (found.rows & ~(rule.true | rule.false) for rule in found.rules)
    totals.outcomes.update(found.counts())
    failed, unsure = counts([rule.false for rule in found.rules]), counts(list(open_))
    totals.not_met.update(dict(zip(ids, failed, strict=True)))
    totals.not_established.update(dict(zip(ids, unsure, strict=True)))
    totals.waiting.add(bulk.waiting(found))


CODES = pa.dictionary(pa.int16(), pa.utf8())


def _listed(numbers: Counter[str]) -> dict[str, int]:
    return {name: number for name, number in sorted(numbers.items()) if number}


def named(batch: pa.RecordBatch) -> Iterator[tuple[str, Bits | None]]:
    """The agreements that a batch names, each with its rows; None where all rows are its."""
    column = batch.column(batch.schema.get_field_index("agreement"))
    places = column.indices.to_numpy(zero_copy_only=False)
    words: list[str] = column.dictionary.to_pylist()
    used = np.unique(places).tolist()
    for place in used:
        yield words[place], None if len(used) == 1 else packed(places == place)

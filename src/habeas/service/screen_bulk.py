"""Screen a docket of any length: canonical batches in, bits and counts out, nothing kept.

The bulk form of `service.screen`: the same programs, the same freshness, the same outcomes. A
docket of several agreements is screened batch by batch under each that the batch names.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import numpy as np
import pyarrow as pa

from habeas.docket import evidence_bulk
from habeas.docket.columns import Column
from habeas.law.library import Library
from habeas.law.program import Program, combined_hash
from habeas.screening.bulk import OUTCOMES, Bulk, Found, Waiting
from habeas.screening.planes import Bits, Plane, counts, ones, packed
from habeas.service import NOT_REVIEWED
from habeas.service.intake import Stamp, columns
from habeas.service.screen import day_of

KEYS = ("case", "agreement")


@dataclass(slots=True)
class Totals:
    """What has been counted so far, over all batches."""

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    not_met: Counter[str] = field(default_factory=Counter)  # by rule
    not_established: Counter[str] = field(default_factory=Counter)
    waiting: Waiting = field(default_factory=Waiting)
    lapsed: Counter[str] = field(default_factory=Counter)  # by fact


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
        self._bulks: dict[str, Bulk] = {}

    @cached_property
    def programs(self) -> dict[str, Program]:
        """The program of each agreement that the docket may name."""
        return {
            name: self.library.program(name, day_of(self.library, name, self.instant, self.day))
            for name in self.names
        }

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Every rule of any of the programs: baseline law first, then each agreement's own."""
        return tuple(dict.fromkeys(rule.id for one in self.programs.values() for rule in one.rules))

    def screen(self, batch: pa.RecordBatch) -> list[Found]:
        """Find and count one batch under each agreement that it names; in order of `named`."""
        masks = self._masks(batch)
        found = []
        for name, rows in named(batch):
            bulk = self._bulk(name)
            one = bulk.run(batch, masks, rows)
            self._count(bulk, one)
            found.append(one)
        self.totals.cases += batch.num_rows
        return found

    def _bulk(self, name: str) -> Bulk:
        self.seen.add(name)
        if name not in self._bulks:
            self._bulks[name] = Bulk(self.programs[name])
        return self._bulks[name]

    def _masks(self, batch: pa.RecordBatch) -> dict[str, Bits]:
        if not evidence_bulk.dated(batch.schema):
            return {}
        return {
            name: packed(mask)
            for name, mask in evidence_bulk.mask(batch, self.known, self.instant).items()
        }

    def _count(self, bulk: Bulk, found: Found) -> None:
        totals, ids = self.totals, [rule.id for rule in bulk.program.rules]
        totals.outcomes.update(found.counts())
        failed = counts([rule.false for rule in found.rules])
        open_ = (found.rows & ~(rule.true | rule.false) for rule in found.rules)
        unsure = counts(list(open_))
        totals.not_met.update(dict(zip(ids, failed, strict=True)))
        totals.not_established.update(dict(zip(ids, unsure, strict=True)))
        totals.waiting.add(bulk.waiting(found))

    def findings(self, batch: pa.RecordBatch, found: Sequence[Found]) -> pa.RecordBatch:
        """A row a case: its outcome, and a nullable boolean for every rule of `rules`.

        A rule is null where it is not established, and where the case's agreement does not have it.
        """
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

    def document(self, stamp: Stamp, as_of: str) -> dict[str, object]:
        """The one JSON document of a docket in bulk; its cases are in the file of `--out`."""
        programs = {name: self.programs[name] for name in sorted(self.seen)}
        totals = self.totals
        counted = {name: totals.outcomes[name] for name in OUTCOMES}
        return {
            "as_of": as_of,
            "instant": self.instant.isoformat(),
            "rules_hash": combined_hash({name: one.hash for name, one in programs.items()}),
            "programs": {name: one.hash for name, one in programs.items()},
            "standing": {name: one.deal.standing for name, one in programs.items()},
            "docket_hash": stamp.hash,
            "evidence_dated": stamp.dated,
            "counts": counted | {"quarantined": stamp.quarantined},
            "not_met": _listed(totals.not_met),
            "not_established": _listed(totals.not_established),
            "waiting": {
                name: {"waiting": number, "alone": totals.waiting.alone[name]}
                for name, number in sorted(totals.waiting.open.items())
            },
            "review": NOT_REVIEWED,
        }


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

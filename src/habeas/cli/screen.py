"""habeas screen."""

from json import dumps
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from habeas.adapters import tables
from habeas.adapters.importers import docket_file
from habeas.cli import clock, output
from habeas.errors import DocketError, Fault, Language, SetupError
from habeas.service import NOT_REVIEWED, agree, intake
from habeas.service import screen as use

MANY = 1000
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
    out: Path | None = None,
    library: Path | None = None,
    json: bool = False,
) -> int:
    """Screen a docket against the rules in force: who may go on, who is barred, what is missing.

    Args:
        docket: a CSV, Parquet or Arrow file, or - for CSV from stdin.
        agreement: the agreement of every row.
        as_of: YYYY-MM-DD (law of that day, evidence to its last second in UTC) or an instant.
        explain: say of every case what fails, what is missing, and who can establish it.
        lang: en or es, the language of explanations; JSON holds both.
        cases: list the cases also where there are more than 1,000.
        out: write one row a case to this CSV, Parquet or Arrow file.
        library: a folder of your own agreements and laws.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    law = agree.library(library)
    if out is not None and out.resolve() == docket.resolve():
        fix = "Name another file with --out."
        raise SetupError(Fault("H902", f"'{out}' is the docket itself", fix))
    names, rows = docket_file.read(docket)
    found = intake.read(names, rows, law, str(docket), agreement, docket_file.earlier(docket))
    if not found.rows:
        raise DocketError(
            Fault("H410", "the docket holds no rows", "Put forward at least one case.", str(docket))
        )
    screened = use.screen(found, law, instant, clock.law_day(as_of))
    if out is not None:
        tables.write(out, FINDINGS, use.rows(screened))
    kept = _quarantine(screened, out or docket)
    if json:
        listed = cases or len(found.cases) <= MANY
        output.document(use.document(screened, told, explain=explain, cases=listed))
    else:
        _show(screened, told, lang)
        if explain:
            _explain(screened, lang)
        _foot(screened)
    for row in found.refused[:20]:
        output.note(f"{docket}:{row.line}: {row.code} {row.what} (quarantined). {row.fix}")
    if found.refused:
        output.note(f"{len(found.refused)} of {found.rows} rows were set aside, not judged: {kept}")
    return output.DONE if found.cases else DocketError.status


def _quarantine(screened: use.Screened, beside: Path) -> Path | None:
    refused = screened.docket.refused
    if not refused:
        return None
    stem = "stdin" if str(beside) == "-" else beside.stem
    path = beside.with_name(f"{stem}.quarantine.csv")
    tables.write(
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


def _show(screened: use.Screened, told: str, lang: Language) -> None:
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
    for name, program in screened.programs.items():
        output.note(f"{name}: {program.deal.standing}; rules {program.hash[:16]}")
    for name, rules in use.not_in_force(screened.programs).items():
        day = screened.programs[name].day
        output.note(f"{name}: not in force on {day}, and not asked: {', '.join(rules)}.")
    if not screened.docket.dated:
        output.note(
            "The docket dates no evidence: every fact was taken as established at the instant."
        )
    output.note(
        "'eligible' means: may go on to notice, consent or objection, and both states' officers."
    )
    output.note(NOT_REVIEWED)

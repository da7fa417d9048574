"""habeas report: for the public, for a visiting body, and in reply to a question."""

import hashlib
from datetime import UTC, datetime, time
from importlib.metadata import version
from pathlib import Path

from habeas.adapters import register_files, report_page, statistics_files
from habeas.cli import clock, output
from habeas.cli.main import loaded
from habeas.errors import Language
from habeas.service import NOT_REVIEWED, published, report_monthly
from habeas.service.paper import Paper, Say
from habeas.service.published import Published


def monthly(
    register: Path,
    /,
    *,
    agreement: str,
    month: str,
    out: Path,
    statistics: Path = Path("statistics"),
    size: int | None = None,
    language: Language = "en",
    json: bool = False,
) -> int:
    """The report of a month for a parliament and the public, as PDF and as a page.

    Every figure is taken from an issue that is published; the register is asked for its checkpoint.

    Args:
        register: the register's file.
        agreement: the agreement.
        month: YYYY-MM, a month of which an issue is published.
        out: the folder that the report is written into.
        statistics: the folder of the issues of `habeas statistics publish`.
        size: the issue of a register of at most this many leaves; the latest where absent.
        language: en or es.
        json: print one JSON document.
    """
    clock.month(month)
    issue = published.of_month(_issues(statistics), agreement, month, size)
    with register_files.opened(register) as files:
        published.stands_in(issue, files.store)
    paper = report_monthly.monthly(issue, Say(language), register.name, version("habeas"))
    return _written(paper, out, {"issue": issue.folder, "issue_sha256": issue.digest}, json=json)


def _issues(folder: Path) -> list[Published]:
    return [published.published(*one) for one in statistics_files.issues(folder)]


def _written(paper: Paper, out: Path, told: dict[str, object], *, json: bool) -> int:
    """Write both forms, or neither."""
    pdf = loaded("habeas.adapters.documents:pdf")  # an extra, and needed here alone
    day = datetime.combine(paper.day, time(12), UTC)
    data = paper.data()
    forms = {
        f"{paper.name}.html": report_page.page(data).encode(),
        f"{paper.name}.pdf": pdf("report", data, day),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, data in forms.items():
        (out / name).write_bytes(data)
    if json:
        files = [
            {"file": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in forms.items()
        ]
        output.document({**told, "files": files, "review": NOT_REVIEWED})
        return output.DONE
    output.lines(str(out / name) for name in forms)
    output.note(NOT_REVIEWED)
    return output.DONE

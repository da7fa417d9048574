"""habeas report: for the public, for a visiting body, and in reply to a question."""

import hashlib
from datetime import UTC, datetime, time
from importlib.metadata import version
from pathlib import Path

from habeas.adapters import (
    public_holidays,
    register_files,
    report_page,
    statistics_files,
    text_files,
)
from habeas.cli import clock, output, registers
from habeas.cli.main import loaded
from habeas.errors import Fault, Language, SetupError
from habeas.service import (
    NOT_REVIEWED,
    SYNTHETIC,
    agree,
    measure,
    published,
    report_monthly,
    report_reply,
    report_visit,
)
from habeas.service import visit as visits
from habeas.service.export import DEMO
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


def visit(
    register: Path,
    /,
    *,
    agreement: str,
    facility: str,
    as_of: str,
    size: int,
    out: Path,
    seed: str | None = None,
    count: int | None = None,
    file: Path | None = None,
    sending: str | None = None,
    receiving: str | None = None,
    language: Language = "en",
    json: bool = False,
) -> int:
    """The pack of a visit to one facility, as PDF and as a page. It is confidential.

    Args:
        register: the register's file.
        agreement: the agreement whose terms, deadlines and zone hold.
        facility: its id, as the register names it.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset.
        size: what was known when the register had this many leaves.
        out: the folder that the pack is written into.
        seed: published words that draw a sample, as in `habeas custody sample`.
        count: how many persons the seed draws.
        file: the facility's file (.toml); the library's where absent and there is one.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        language: en or es.
        json: print one JSON document.
    """
    _, instant = clock.instant(as_of)
    read = registers.read(register, agreement, (sending, receiving), size)
    library, name = agree.library(), None if file is None else file.name
    place = None
    if file is not None:
        place = measure.of_text(text_files.text(file), file.name)
    elif facility in library.facilities:
        place = measure.of_library(library, facility)
    asks = visits.Asks(register.name, agreement, facility, as_of, instant, size,
                       (sending, receiving), seed, count, name)  # fmt: skip
    found = visits.visit(read, library, public_holidays.calendar, asks, place)
    mark = SYNTHETIC if read.found.checkpoint.startswith(DEMO) else ""
    paper = report_visit.pack(found, library, Say(language), mark, version("habeas"))
    status = registers.status(read.found.basis())
    told = read.found.basis() | {"as_of": as_of, "facility": facility, "figures": _figures(found)}
    return max(status, _written(paper, out, told, json=json))


def _figures(found: visits.Visit) -> list[dict[str, str]]:
    return [
        {"figure": one.name, "of": one.of, "value": one.value, "call": one.line}
        for one in found.figures
    ]


def reply(
    *,
    question: str,
    agreement: str,
    out: Path,
    statistics: Path = Path("statistics"),
    asked_by: str | None = None,
    reference: str | None = None,
    asked_on: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    figure: list[str] | None = None,
    language: Language = "en",
    json: bool = False,
) -> int:
    """A reply to a parliamentary question, from published figures alone.

    Args:
        question: a file (.toml) with everything about the question, or its text.
        agreement: the agreement.
        out: the folder that the reply is written into.
        statistics: the folder of the issues of `habeas statistics publish`.
        asked_by: who asked, with a text.
        reference: the reference of the question.
        asked_on: YYYY-MM-DD, when it was asked.
        from_: YYYY-MM, the first month.
        to: YYYY-MM, the last month.
        figure: NAME or NAME,column=value, such as died,facility=TARTU; once for each.
        language: en or es.
        json: print one JSON document.
    """
    options = {"asked_by": asked_by, "reference": reference, "asked_on": asked_on, "from": from_,
               "to": to}  # fmt: skip
    said = {name: value for name, value in options.items() if value is not None}
    file = Path(question) if question.lower().endswith(".toml") else None
    if file is not None:
        if said or figure:
            what = "a file of a question says all of it"
            raise SetupError(Fault("H901", what, "Leave the other options out, or the file."))
        asked = report_reply.of_file(text_files.text(file))
    else:
        wanted = [report_reply.of_option(one) for one in figure or ()]
        asked = report_reply.question({"question": question, **said}, wanted)
    every = _issues(statistics)
    issues = report_reply.answered(every, agreement, asked)
    call = report_reply.calling(asked, agreement, file.name if file else "", language)
    paper = report_reply.reply(issues, every, asked, Say(language), call)
    told = {"issues": [{"issue": one.folder, "sha256": one.digest} for one in issues]}
    return _written(paper, out, dict(told), json=json)


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

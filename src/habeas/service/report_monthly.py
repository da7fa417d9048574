"""The monthly report for a parliament and the public, from one published issue and nothing else."""

import shlex
from datetime import timedelta

from habeas.service.paper import Call, Paper, Part, Say, last_day, pick, safe
from habeas.service.published import Published, Table
from habeas.service.report_tables import Figures, definitions, shown, unknown

TOPICS = ("fees", "duties", "space", "visits", "inquiries")
BRIEF = ("stock_at_end", "stock_at_start", "released", "died", "escaped", "past_date")
STOCK, AVERAGE = "stock-and-flow", "average-daily-population"


def monthly(issue: Published, say: Say, register: str, version: str) -> Paper:
    """The report.

    Args:
        issue: of the month.
        say: the words of one language.
        register: the name of the register's file, as a call writes it.
        version: of habeas, now.
    """
    figures, month = Figures(issue, say), say.month(issue.month)
    boxed = _brief(issue, figures)
    tables = tuple(_table(one, figures) for one in issue.tables)
    stand = Part(say("where.title"), (say("where.text"),), tuple(figures.stand()))
    return Paper(
        say.lang,
        f"monthly-{safe(issue.told('agreement'))}-{issue.month}.{issue.number}.{say.lang}",
        say("monthly.kind"),
        say("monthly.title").format(agreement=issue.told("agreement"), month=month),
        (say("common.mark"),) if issue.told("mark") else (),
        f"{issue.folder} · {issue.digest[:16]}",
        (say("common.page"), say("common.of")),
        _particulars(issue, say),
        boxed,
        (*tables, _withheld(issue, say), stand, _again(issue, say, register)),
        _notes(say, version),
        say("common.notes"),
        last_day(issue.month),
    )


def _particulars(issue: Published, say: Say) -> tuple[tuple[str, str], ...]:
    checkpoint = say("common.checkpoint_is").format(
        size=say.figure(issue.size), root=issue.told("register_root")
    )
    title = pick(issue.index, "title", say.lang).rpartition(":")[0]
    rows = [
        (say("common.agreement"), f"{issue.told('agreement')}: {title}"),
        (
            say("monthly.as_of"),
            say("monthly.as_of_is").format(day=f"{last_day(issue.month)} ({issue.told('zone')})"),
        ),
        (say("common.register"), issue.told("register_origin")),
        (say("common.checkpoint"), checkpoint),
        (
            say("monthly.issue"),
            say("monthly.issue_is").format(folder=issue.folder, number=issue.number),
        ),
        (say("monthly.digest"), issue.digest),
    ]
    if issue.told("supersedes"):
        told = say("monthly.revises_is").format(
            digest=issue.told("supersedes"), reason=issue.told("reason")
        )
        rows.append((say("monthly.revises"), told))
    return tuple(rows)


def _brief(issue: Published, figures: Figures) -> tuple[str, ...]:
    """Two lines of the whole of the agreement; what is withheld is withheld here too."""
    say, found = figures.say, dict[str, str]()
    for table in issue.tables:
        for at, row in enumerate(table.rows):
            if (row.get("custodian"), row.get("facility")) != ("both", "all"):
                continue
            if table.name == STOCK and row["measure"] in BRIEF:
                found[row["measure"]] = figures.text(table, at, "count")
            elif table.name == AVERAGE:
                found["average"] = figures.text(table, at, "average_daily_population")
    missing = say("common.unknown")
    told = {name: found.get(name, missing) for name in (*BRIEF, "average")}
    held = say("monthly.held").format(
        end=told["stock_at_end"], start=told["stock_at_start"], average=told["average"]
    )
    return held, say("monthly.happened").format_map(told)


def _table(table: Table, figures: Figures) -> Part:
    say = figures.say
    about = say.get(f"tables.{table.name}")
    texts = (about,) if about else ()
    return Part(
        pick(table.titles, "title", say.lang) or table.name,
        texts,
        tuple(shown(table, figures)),
        (*definitions(table, figures.issue, say), *unknown(table, say)),
    )


def _withheld(issue: Published, say: Say) -> Part:
    kept, every = issue.withheld()
    name = "monthly.withheld_some" if kept else "monthly.withheld_none"
    told = [
        say(name).format(
            kept=say.figure(kept), every=say.figure(every), threshold=say.figure(issue.threshold)
        ),
        say("monthly.policy").format(threshold=say.figure(issue.threshold)),
    ]
    there = {one.name for one in issue.tables} | {
        str(row[key]).partition("_")[0]
        for one in issue.tables
        for row in one.rows
        for key in one.keys
        if key == "measure"
    }
    lacking = [say(f"topics.{name}") for name in TOPICS if name not in there]
    if lacking:
        told.append(say("monthly.not_there").format(names="; ".join(lacking)))
    return Part(say("monthly.withheld_title"), tuple(told))


def publishing(issue: Published, register: str) -> str:
    """The call that makes an issue; any instant after its month makes the same."""
    over = last_day(issue.month) + timedelta(days=2)
    words = [
        "habeas", "statistics", "publish", register, "--agreement", issue.told("agreement"),
        "--out", "statistics", "--month", issue.month, "--size", str(issue.size),
        "--threshold", str(issue.threshold), "--as-of", over.isoformat(),
    ]  # fmt: skip
    revise = ["--revise", issue.told("reason")] if issue.told("reason") else []
    files = issue.index["habeas"].get("facilities") or {}
    places = [word for name in files for word in ("--facility", f"{name}.toml")]
    return shlex.join([*words, *revise, *places])


def _again(issue: Published, say: Say, register: str) -> Part:
    report = [
        "habeas", "report", "monthly", register, "--agreement", issue.told("agreement"),
        "--month", issue.month, "--size", str(issue.size), "--statistics", "statistics",
        "--language", say.lang, "--out", "reports",
    ]  # fmt: skip
    index = ["sha256sum", f"statistics/{issue.folder}/datapackage.json"]
    return Part(
        say("monthly.again"),
        (say("monthly.again_text"),),
        calls=(
            Call("c1", say("monthly.publish"), (publishing(issue, register),)),
            Call("c2", say("monthly.index"), (shlex.join(index),)),
            Call("c3", say("monthly.report"), (shlex.join(report),)),
            Call("c4", say("monthly.checkpoint_text"), _lines(issue.told("checkpoint"))),
        ),
    )


def _lines(note: str) -> tuple[str, ...]:
    return tuple(line for line in note.split("\n") if line)


def _notes(say: Say, version: str) -> tuple[str, ...]:
    names = ("monthly.from_issue", "monthly.erased", "monthly.not_true", "common.bytes",
             "common.review", "common.spanish")  # fmt: skip
    return (*(say(name) for name in names), say("common.made").format(version=version))

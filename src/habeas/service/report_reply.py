"""A reply to a question of a parliament: named figures over months, from published issues alone."""

import re
import shlex
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from habeas.errors import Fault, StatisticsError
from habeas.service.paper import NUMBER, SHARED, Call, Cell, Grid, Paper, Part, Say, grid, safe
from habeas.service.published import Published, Row, Table, of_month
from habeas.service.report_monthly import publishing
from habeas.service.report_tables import PLACES, Figures, definitions, named, placed

WHOLE = {"custodian": "both", "state": "all", "facility": "all"}  # where a question names none
ACROSS, MOST = 4, 120  # figures beside each other; months
NAMED = re.compile(r"\b[pt]_[0-9a-z]{20,}")  # a register number or a token: somebody
REQUIRED = ("question", "asked_by", "reference", "asked_on", "from", "to")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure that a question asks for."""

    name: str  # a measure, or a column of figures
    where: tuple[tuple[str, str], ...] = ()  # columns and their values

    def told(self) -> str:
        """As a call writes it."""
        return ",".join([self.name, *(f"{name}={value}" for name, value in self.where)])


@dataclass(frozen=True, slots=True)
class Question:
    """A question, who asked it, and which published figures answer it."""

    text: str
    asked_by: str
    reference: str
    asked_on: date
    first: str  # YYYY-MM
    last: str
    figures: tuple[Wanted, ...]

    def months(self) -> list[str]:
        """Every month from the first to the last."""
        (year, month), found = _year(self.first), list[str]()
        while (year, month) <= _year(self.last):
            found.append(f"{year:04d}-{month:02d}")
            year, month = year + month // 12, month % 12 + 1
        return found


def _year(month: str) -> tuple[int, int]:
    return int(month[:4]), int(month[5:])


def _fault(what: str, fix: str = "Write it as docs/reports.md shows.") -> StatisticsError:
    return StatisticsError(Fault("H869", what, fix))


def of_file(text: str) -> Question:
    """A question out of its file.

    Raises:
        StatisticsError: H869.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _fault(f"the file of the question is no TOML: {error}") from error
    listed: object = said.pop("figures", [])
    if not isinstance(listed, list):
        raise _fault("'figures' is no list of tables")
    rows: list[object] = listed
    return question(said, [_wanted(one) for one in rows])


def _wanted(one: object) -> Wanted:
    if not isinstance(one, dict):
        raise _fault("one of the figures is no table")
    said: dict[str, object] = one
    told = {name: value for name, value in said.items() if isinstance(value, str)}
    if told.keys() != said.keys() or not told.get("figure"):
        raise _fault("one of the figures does not name its 'figure', or holds more than texts")
    name = told.pop("figure")
    return Wanted(name, tuple(told.items()))


def of_option(text: str) -> Wanted:
    """A figure out of an option: `NAME,column=value,...`.

    Raises:
        StatisticsError: H869.
    """
    name, *rest = text.split(",")
    pairs = [one.partition("=") for one in rest]
    if not name or not all(column and sign for column, sign, _ in pairs):
        raise _fault(f"'{text}' names no figure", "Write NAME, or NAME,facility=ID.")
    return Wanted(name, tuple((column, value) for column, _, value in pairs))


def question(said: Mapping[str, Any], figures: Sequence[Wanted]) -> Question:
    """A question out of what a file or a call says of it.

    Raises:
        StatisticsError: H869.
    """
    odd = sorted(said.keys() - set(REQUIRED))
    missing = [name for name in REQUIRED if not said.get(name)]
    if odd:
        raise _fault(f"a question has no '{odd[0]}'")
    if missing or not figures:
        raise _fault(f"the question lacks '{(*missing, 'figures')[0]}'")
    texts = {name: said[name] for name in REQUIRED if name != "asked_on"}
    if not all(isinstance(one, str) for one in texts.values()):
        raise _fault("what is said of the question is no text")
    made = Question(
        said["question"], said["asked_by"], said["reference"], _day(said["asked_on"]),
        _month(said["from"]), _month(said["to"]), tuple(figures),
    )  # fmt: skip
    if not 1 <= len(made.months()) <= MOST:
        raise _fault(f"'from' and 'to' span no month, or more than {MOST}")
    if any(NAMED.search(one) for one in (made.text, made.asked_by, made.reference)):
        what = "the question names a register number or a token: a public reply names nobody"
        raise _fault(what, "Leave it out, and answer about a person by `habeas inquiry`.")
    return made


def _day(said: object) -> date:
    try:
        return said if type(said) is date else date.fromisoformat(str(said))
    except ValueError as error:
        raise _fault(f"'{said}' is no day on which a question was asked") from error


def _month(said: str) -> str:
    try:
        return date.fromisoformat(f"{said}-01").strftime("%Y-%m")
    except ValueError as error:
        raise _fault(f"'{said}' is no month") from error


@dataclass(frozen=True, slots=True)
class At:
    """Where a figure stands in an issue."""

    table: Table
    row: int
    column: str


def find(issue: Published, wanted: Wanted) -> At | None:
    """A figure in an issue; None where it has no such row.

    Raises:
        StatisticsError: H868, where several rows answer.
    """
    found = [
        At(table, at, column)
        for table in issue.tables
        for at, row in enumerate(table.rows)
        for column in _columns(table, row, wanted.name)
        if _is(table, row, wanted)
    ]
    if len(found) > 1:
        names = ", ".join(dict.fromkeys(key for one in found for key in one.table.keys))
        what = f"{len(found)} rows of {issue.folder} answer to '{wanted.told()}'"
        raise StatisticsError(Fault("H868", what, f"Say which, by one of {names}."))
    return found[0] if found else None


def _columns(table: Table, row: Row, name: str) -> Iterable[str]:
    if name in table.values:
        return (name,)
    keys = [key for key in table.keys if key not in PLACES]
    return table.values if name in {str(row[key]) for key in keys} else ()


def _is(table: Table, row: Row, wanted: Wanted) -> bool:
    where = dict(wanted.where)
    if where.keys() - {*table.keys, *table.words}:
        return False
    whole = {name: value for name, value in WHOLE.items() if name in table.keys}
    return all(str(row[name]) == value for name, value in (whole | where).items())


def answered(found: Sequence[Published], agreement: str, asked: Question) -> list[Published]:
    """The issue of each month, once every figure is known to be published.

    Raises:
        StatisticsError: H866 and H867 as `of_month`; H868, for a figure that nobody published.
    """
    issues = [of_month(found, agreement, month) for month in asked.months()]
    for wanted in asked.figures:
        if all(find(one, wanted) is None for one in issues):
            names = sorted({name for one in issues for name in _names(one)})
            what = f"nobody published the figure '{wanted.told()}' of {asked.first} to {asked.last}"
            raise StatisticsError(Fault("H868", what, f"Ask for one of {', '.join(names)}."))
    return issues


def _names(issue: Published) -> set[str]:
    return {
        str(row[key])
        for table in issue.tables
        for row in table.rows
        for key in table.keys
        if key not in PLACES
    } | {name for table in issue.tables if len(table.values) > 1 for name in table.values}


def reply(
    issues: Sequence[Published], every: Sequence[Published], asked: Question, say: Say, call: str
) -> Paper:
    """The reply.

    Args:
        issues: of each month, in order.
        every: all that are published, for what was revised.
        asked: the question.
        say: the words of one language.
        call: that makes this reply.
    """
    figures = [Figures(one, say, f"m{n}f") for n, one in enumerate(issues, 1)]
    tables = _tables(issues, figures, asked, say)
    stand = tuple(table for one in figures for table in one.stand())
    first = issues[0]
    marks = (say("common.mark"),) if any(one.told("mark") for one in issues) else ()
    publish = [
        Call(f"c{n}", one.folder, (publishing(one, "REGISTER"),)) for n, one in enumerate(issues, 1)
    ]
    return Paper(
        say.lang,
        f"reply-{safe(asked.reference)}.{say.lang}",
        say("reply.kind"),
        say("reply.title").format(reference=asked.reference),
        marks,
        f"{asked.reference} · {first.told('agreement')}",
        (say("common.page"), say("common.of")),
        _particulars(issues, asked, say),
        (asked.text,),
        (
            Part(say("reply.answer"), (say("reply.answer_text"), *_withheld(tables, say)), tables,
                 items=_meanings(issues, asked, say)),
            _issues(issues, every, say),
            Part(say("where.title"), (say("where.text"),), stand),
            Part(say("common.commands"), (say("reply.again_text"),),
                 calls=(Call("c0", say("monthly.report"), (call,)), *publish)),
        ),
        (*(say(name) for name in NOTES), say("common.made").format(version=first.told("habeas"))),
        say("common.notes"),
        asked.asked_on,
    )  # fmt: skip


NOTES = ("reply.from_issues", "monthly.erased", "monthly.not_true", "common.bytes",
         "common.review", "common.spanish")  # fmt: skip


def calling(asked: Question, agreement: str, file: str, lang: str) -> str:
    """The call that makes a reply again."""
    words = ["habeas", "report", "reply", "--agreement", agreement, "--question"]
    if file:
        words.append(file)
    else:
        words += [
            asked.text, "--asked-by", asked.asked_by, "--reference", asked.reference,
            "--asked-on", asked.asked_on.isoformat(), "--from", asked.first, "--to", asked.last,
        ]  # fmt: skip
        words += [word for one in asked.figures for word in ("--figure", one.told())]
    return shlex.join(
        [*words, "--statistics", "statistics", "--language", lang, "--out", "reports"]
    )


def _particulars(
    issues: Sequence[Published], asked: Question, say: Say
) -> tuple[tuple[str, str], ...]:
    span = say("reply.span").format(first=say.month(asked.first), last=say.month(asked.last))
    origins = dict.fromkeys(one.told("register_origin") for one in issues)
    return (
        (say("reply.reference"), asked.reference),
        (say("reply.asked_by"), asked.asked_by),
        (say("reply.asked_on"), asked.asked_on.isoformat()),
        (say("common.agreement"), issues[0].told("agreement")),
        (say("reply.months"), span if asked.first != asked.last else say.month(asked.first)),
        (say("monthly.as_of"), say("reply.as_of")),
        (say("common.register"), ", ".join(origins)),
    )


def _tables(
    issues: Sequence[Published], figures: Sequence[Figures], asked: Question, say: Say
) -> tuple[Grid, ...]:
    """Months downwards, figures across."""
    made = list[Grid]()
    for start in range(0, len(asked.figures), ACROSS):
        some = asked.figures[start : start + ACROSS]
        rows = [
            (Cell(say.month(issue.month)), *(_cell(issue, shown, one, say) for one in some))
            for issue, shown in zip(issues, figures, strict=True)
        ]
        heads = [say("reply.month"), *(_head(issues, figures, one) for one in some)]
        made.append(grid("", heads, rows, (2, *(SHARED for _ in some))))
    return tuple(made)


def _cell(issue: Published, figures: Figures, wanted: Wanted, say: Say) -> Cell:
    at = find(issue, wanted)
    if at is None:
        return Cell(say("common.no_row"), quiet=True)
    return figures.cell(at.table, at.row, at.column)


def _head(issues: Sequence[Published], figures: Sequence[Figures], wanted: Wanted) -> str:
    """What a figure is called in the latest issue that has it, and where it is of."""
    for issue, shown in zip(issues[::-1], figures[::-1], strict=True):
        at = find(issue, wanted)
        if at is None:
            continue
        row, keys = at.table.rows[at.row], [key for key in at.table.keys if key in PLACES]
        others = [key for key in at.table.keys if key not in PLACES and row[key] != wanted.name]
        said = [named(shown, key, str(row[key])) for key in others]
        if any(row[key] != WHOLE[key] for key in keys):
            said.append(placed(shown, keys, tuple(str(row[key]) for key in keys)))
        return ", ".join([issue.measure(wanted.name, shown.say.lang), *said])
    return wanted.told()


def _withheld(tables: Iterable[Grid], say: Say) -> list[str]:
    cells = [cell for table in tables for row in table.rows for cell in row]
    kept = sum(cell.quiet and cell.text == say("common.withheld") for cell in cells)
    gone = any(cell.quiet and cell.text == say("common.no_row") for cell in cells)
    told = [say("reply.withheld").format(kept=say.figure(kept))] if kept else []
    return [*told, *([say("reply.no_row")] if gone else [])]


def _meanings(issues: Sequence[Published], asked: Question, say: Say) -> tuple[str, ...]:
    """What each figure counts, in the words of the latest issue that has it."""
    found = dict[str, None]()
    for wanted in asked.figures:
        issue = next(one for one in reversed(issues) if find(one, wanted) is not None)
        at = find(issue, wanted)
        if at is not None:
            found |= dict.fromkeys(definitions(_only(at), issue, say))
    return tuple(found)


def _only(at: At) -> Table:
    """A table of one row and one figure."""
    one = at.table
    return Table(one.name, one.file, one.digest, one.titles, one.fields, one.keys, (at.column,),
                 one.words, (one.rows[at.row],))  # fmt: skip


def _issues(issues: Sequence[Published], every: Sequence[Published], say: Say) -> Part:
    """Each issue by its number, checkpoint and hash, and what was revised."""
    rows = [
        (
            Cell(say.month(one.month)),
            Cell(one.folder),
            Cell(say.figure(one.size)),
            Cell(one.told("register_root")),
            Cell(one.digest),
        )
        for one in issues
    ]
    heads = [say(f"reply.{name}") for name in ("month", "issue", "size", "root", "digest")]
    thresholds = ", ".join(dict.fromkeys(say.figure(one.threshold) for one in issues))
    revised = [
        say("reply.revised").format(
            month=say.month(one.month), number=one.number, reason=one.told("reason")
        )
        for one in every
        if one.number > 1 and one.month in {shown.month for shown in issues}
    ]
    texts = (
        say("reply.issues_text"),
        say("monthly.policy").format(threshold=thresholds),
        *(revised or [say("reply.not_revised")]),
    )
    return Part(say("reply.issues"), texts, (grid("", heads, rows, (3, 2, NUMBER, 5, 7)),))

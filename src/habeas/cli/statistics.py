"""habeas statistics publish."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from habeas.adapters import public_holidays, register_files, statistics_files, text_files
from habeas.cli import clock, output
from habeas.service import (
    NOT_REVIEWED,
    agree,
    issue_more,
    issue_records,
    issue_tables,
    issues,
    measure,
    transfer,
)
from habeas.service.issues import Earlier

WITHHELD = "withheld"


def publish(
    register: Path,
    /,
    *,
    agreement: str,
    out: Path,
    month: str,
    as_of: str | None = None,
    size: int | None = None,
    revise: str = "",
    threshold: int = 5,
    sending: str | None = None,
    receiving: str | None = None,
    facility: list[Path] | None = None,
    json: bool = False,
) -> int:
    """Publish the tables of a month, with small counts and what would tell them withheld.

    Args:
        register: the register's file.
        agreement: the agreement whose workflow orders the events and whose zone gives the month.
        out: the folder of all issues; each is a folder in it, and is never written again.
        month: YYYY-MM, a month that is over.
        as_of: YYYY-MM-DD (its last second in UTC) or an instant with offset; now where absent.
        size: from the latest checkpoint of at most this many leaves; from the latest where absent.
        revise: why a month that is published gets another issue.
        threshold: counts behind which fewer persons stand are withheld.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
        facility: a facility file (.toml), or several, whose places and floor area are told too.
        json: print one JSON document.
    """
    told, instant = clock.instant(as_of)
    first, _ = clock.month(month)
    library = agree.library()
    deal = library.agreement(agreement)
    pair = transfer.pair(deal, sending, receiving)
    rules = transfer.terms(deal, *pair)
    places = [measure.of_text(text_files.text(one), one.name) for one in facility or ()]
    asks = issue_more.Asked(library, public_holidays.calendar, pair, places)
    earlier = _earlier(out)
    asked = issues.Asked(first, instant, issues.policy(threshold), revise)
    issues.ended(deal, asked)  # before a large register is read
    with register_files.opened(register) as files:
        found = issues.source(files.store, files.vault, deal, rules, size)
    made = issues.issue(found, asked, earlier)
    place, listed = written(made, earlier, asks, out)
    _told(made, place, {"as_of": told, "files": listed}, json=json)
    for later in made.stale:
        output.note(f"the stock at the start of {later} is another now: revise it too")
    return output.DONE


def _earlier(out: Path) -> list[Earlier]:
    return [issue_records.earlier(*one) for one in statistics_files.issues(out)]


def written(
    made: issues.Made, earlier: Sequence[Earlier], asks: issue_more.Asked, out: Path
) -> tuple[Path, list[dict[str, Any]]]:  # Any: of a description
    """Write an issue into the folder of all; its own folder, and what is told of each file."""
    more = issue_more.more(made, earlier, asks)
    tables = issue_tables.tables(made, version("habeas"), more)
    contents, listed = statistics_files.files(tables, issue_tables.columns)
    index = issue_tables.package(made, version("habeas"), more, listed)
    return statistics_files.keep(out, str(index["version"]), contents, index), listed


def _told(made: issues.Made, place: Path, more: dict[str, object], *, json: bool) -> None:
    kept = issues.hidden(made)
    shown = issue_tables.basis(made, version("habeas")) | {
        "month": made.issue.month.name,
        "folder": place.name,
        "counts": len(made.issue.counts),
        WITHHELD: len(kept),
        "threshold": made.asked.policy.threshold,
        "checkpoint": made.source.note,
    }
    if json:
        output.document(shown | more)
        return
    rows = [
        [str(row[name]) for name in ("facility", "custodian", "measure")]
        + [WITHHELD if row["count"] is None else f"{row['count']:,}"]
        for row in issue_tables.shown(made, "")
        if row["facility"] == "all" and row["custodian"] == "both"
    ]
    title = f"{made.source.deal.id} {made.issue.month.name}, issue {made.issue.number}"
    output.console().print(
        output.table(title, ("facility", "custodian", "measure", "count"), rows, right=("count",))
    )
    output.note(f"{len(kept)} of {len(made.issue.counts)} counts withheld: {place}")
    output.note(NOT_REVIEWED)

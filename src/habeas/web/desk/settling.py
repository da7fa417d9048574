"""How what both states share stands between their two logs, as pages show it; never of whom."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from habeas.errors import HabeasError
from habeas.service import between, feed_asks
from habeas.service.asking import Found
from habeas.terms import Deed, Settlement
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Row, Table, Tag, Value, Words
from habeas.web.desk import figures
from habeas.web.desk import person_words as words

LISTED = 1000  # events in a file
NAMES = ("event", "kind", "index", "state", "since", "due")
S = Settlement
STATES: Mapping[Settlement, tuple[Words, str]] = {
    S.DRAFT: (gettext_lazy("Waits for a signature"), "wait"),
    S.LOGGED: (gettext_lazy("Recorded here"), "wait"),
    S.PUBLISHED: (gettext_lazy("Published here"), "wait"),
    S.MIRRORED: (gettext_lazy("Held by the other state"), "wait"),
    S.SETTLED: (gettext_lazy("Settled in both logs"), "good"),
    S.OVERDUE: (gettext_lazy("Overdue: not settled in time"), "bad"),
    S.DISPUTED: (gettext_lazy("Disputed between both logs"), "bad"),
    S.NOT_APPLICABLE: (gettext_lazy("Not shared with the other state"), "none"),
}


def tag(state: Settlement) -> Tag:
    """A state in words and in a shape."""
    text, how = STATES[state]
    match how:
        case "good":
            return Tag(text, "green", "yes")
        case "bad":
            return Tag(text, "red", "no")
        case "wait":
            return Tag(text, "yellow", "unknown")
        case _:
            return Tag(text, "grey")


def tags(event_ids: Collection[str]) -> dict[str, Tag]:
    """How each of some events stands; empty where this installation mirrors no other log."""
    ledger = wiring.settlements()
    if ledger is None:
        return {}
    found = ledger.kept(event_ids)
    return {one: tag(found[one].state if one in found else S.NOT_APPLICABLE) for one in event_ids}


def told(most: int) -> Found | None:
    """What the gateway says of all of them, at most so many each; None: it mirrors none."""
    try:
        with wiring.gateway() as caller:
            stands = caller.ask(feed_asks.Feed())
            return {**stands, **caller.ask(feed_asks.Settlements(limit=most))}
    except HabeasError:
        return None


def logs(found: Found) -> list[Row]:
    """How far both logs are."""
    own, there = found["own"], found["mirror"]
    said = _("%(size)s entries, %(published)s published") % own
    held = _("%(size)s of %(known)s known entries held here") % there
    rows = [Row(_("Own log"), said), Row(_("The other state's log"), held)]
    if not found["witnessed"]:
        rows.append(Row(_("Witness"), _("NOT WITNESSED: nothing is settled without a witness.")))
    if there["split"]:
        rows.append(
            Row(_("Finding"), Tag(_("The other log has signed two histories"), "red", "no"))
        )
    return rows


def counts(found: Found) -> Table:
    """How many events stand in each state."""
    columns = [Column(_("State between both logs")), Column(_("Events"), numeric=True)]
    rows: list[list[Value]] = [
        [tag(one), int(found["counts"][one])] for one in STATES if one in found["counts"]
    ]
    return Table(_("What both states share"), columns, rows, empty=_("Nothing yet."))


def listed(found: Found) -> Table:
    """Those that are not settled; the overdue first."""
    columns = [
        Column(_("Event")), Column(_("Act")), Column(_("Register entry"), numeric=True),
        Column(_("State between both logs")), Column(_("Since")), Column(_("Due")),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            str(one["event"]), words.event(str(one["kind"])), int(one["index"]),
            tag(Settlement(str(one["state"]))), parse_datetime(str(one["since"])),
            parse_datetime(str(one["due"])),
        ]
        for one in found["events"]
    ]  # fmt: skip
    title = _("Not settled yet, overdue first; due after %(hours)s hours") % found
    return Table(title, columns, rows, empty=_("All is settled."))


def plain(found: Found) -> list[list[object]]:
    """The same as rows of a file."""
    return [[one[name] for name in NAMES] for one in found["events"]]


def rests(request: AskedRequest, start: datetime, end: datetime) -> tuple[Row, Table | None]:
    """On which state the custody of a period rests: a sentence, and the entries not settled.

    Raises:
        Http404: when the asker may see no statement.
    """
    who = doing.demand(request, Deed.SEE_STATEMENT)
    there = figures.received(who, Deed.SEE_STATEMENT).filter(start__lt=end)
    there = there.filter(Q(end__isnull=True) | Q(end__gt=start))
    found = between.rests_on(
        wiring.settlements(), _ends(there.values_list("event_in", "event_out"))
    )
    left = found["not_settled"]
    if not left:
        return Row(_("Between both logs"), Tag(_("Settled in both logs"), "green", "yes")), None
    payable = _("fees are payable on settled events only")
    if not found["mirrored"]:
        said = _("not known: this installation mirrors no other log; %(payable)s")
        return Row(_("Between both logs"), said % {"payable": payable}), None
    said = ngettext(
        "%(n)s of %(all)s register entries is not settled; %(payable)s",
        "%(n)s of %(all)s register entries are not settled; %(payable)s",
        len(left),
    ) % {"n": len(left), "all": found["events"], "payable": payable}
    return Row(_("Between both logs"), Tag(said, "yellow", "unknown")), _entries(left)


def _ends(found: Iterable[tuple[int, int]]) -> set[int]:
    return {index for both in found for index in both if index >= 0}


def _entries(left: Sequence[Mapping[str, Any]]) -> Table:
    columns = [
        Column(_("Register entry"), numeric=True), Column(_("State between both logs")),
        Column(_("Since")), Column(_("Due")),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            int(one["index"]), tag(Settlement(one["state"])),
            parse_datetime(one.get("since", "")), parse_datetime(one.get("due", "")),
        ]
        for one in left
    ]  # fmt: skip
    return Table(_("Entries of this statement that are not settled"), columns, rows)

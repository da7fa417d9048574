"""Duties on the home page: what one's own state owes; for who watches, what is late in either."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from habeas.access import Asker
from habeas.terms import Deed, DutyState, Office, Side
from habeas.web import told
from habeas.web.asked import AskedRequest
from habeas.web.components import Link, Table, Words
from habeas.web.desk import duties
from habeas.web.desk.ways import to
from habeas.web.readmodels import owing, visible
from habeas.web.readmodels.models import Obligation
from habeas.web.readmodels.remembered import remembered

SHOWN = 5
OWN = ("person", "duty", "state", "due", "answered")
BOTH = ("person", "duty", "state", "side", "due")
ANSWERS = frozenset({Office.SENDING_OFFICER, Office.RECEIVING_OFFICER, Office.FACILITY_OFFICER})
Counts = tuple[tuple[str, int, int], ...]  # side, overdue, due soon


@dataclass(frozen=True, slots=True)
class Owes:
    """What is owed, and how much of it."""

    title: Words
    ways: list[Link]  # with the counts
    table: Table


def _open(request: AskedRequest, asker: Asker) -> QuerySet[Obligation]:
    """Of who answers for a state: what is late or due soon there; of others: what is late."""
    now, mine = request.now, visible.obligations(asker)
    if asker.office in ANSWERS and asker.side:
        return owing.arisen(mine, now).filter(owing.falls_due(now), side=asker.side.value)
    return owing.arisen(mine, now).filter(owing.stands(DutyState.OVERDUE, now))


def first(request: AskedRequest, asker: Asker) -> list[Obligation]:
    """The first of them, late ones first; none for whom nobody's events are shown."""
    if not visible.ever(asker, Deed.SEE_EVENT):
        return []
    found = _open(request, asker).order_by(*owing.LISTED)
    return remembered(asker, "duties first", lambda: list(found[:SHOWN]))


def owes(request: AskedRequest, asker: Asker, rows: list[Obligation]) -> Owes | None:
    """The part of the home page; None for whom nobody's events are shown."""
    if not visible.ever(asker, Deed.SEE_EVENT):
        return None
    answers = asker.office in ANSWERS and asker.side is not None
    counts = remembered(asker, "duties counted", lambda: _counts(request, asker))
    title = _("What your state owes") if answers else _("Duties that are late, in both states")
    return Owes(
        title,
        _ways(counts, asker, answers=answers),
        duties.table(request, rows, OWN if answers else BOTH),
    )


def _counts(request: AskedRequest, asker: Asker) -> Counts:
    # Of a column that the index has: no row is looked at. What is late has a date.
    late = Count("due", filter=owing.stands(DutyState.OVERDUE, request.now))
    found = _open(request, asker).order_by().values("side").annotate(late=late, all=Count("*"))
    told = {str(row["side"]): (int(row["late"]), int(row["all"])) for row in found}
    return tuple((side, late, whole - late) for side, (late, whole) in sorted(told.items()))


def _ways(counts: Counts, asker: Asker, *, answers: bool) -> list[Link]:
    by_side = {side: (late, soon) for side, late, soon in counts}
    if answers and asker.side:
        late, soon = by_side.get(asker.side.value, (0, 0))
        side = asker.side.value
        return [
            _way(_overdue(late), state=DutyState.OVERDUE.value, side=side),
            _way(_soon(soon), state=owing.DUE, side=side),
        ]
    return [
        _way(_late_in(side, by_side.get(side, (0, 0))[0]), state=DutyState.OVERDUE.value, side=side)
        for side in (Side.SENDING, Side.RECEIVING)
    ]


def _late_in(side: Side, count: int) -> str:
    if side is Side.SENDING:
        said = ngettext(
            "The sending state owes %(n)s overdue duty",
            "The sending state owes %(n)s overdue duties",
            count,
        )
    else:
        said = ngettext(
            "The receiving state owes %(n)s overdue duty",
            "The receiving state owes %(n)s overdue duties",
            count,
        )
    return said % {"n": told.number(str(count))}


def _overdue(count: int) -> str:
    said = ngettext("%(n)s duty is overdue", "%(n)s duties are overdue", count)
    return said % {"n": told.number(str(count))}


def _soon(count: int) -> str:
    said = ngettext(
        "%(n)s duty falls due within 7 days", "%(n)s duties fall due within 7 days", count
    )
    return said % {"n": told.number(str(count))}


def _way(words: str, **query: str) -> Link:
    return Link(words, f"{to('duties')}?{urlencode(query)}")

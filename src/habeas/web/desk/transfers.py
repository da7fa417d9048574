"""Manifests: who was listed, boarded, arrived, was refused or came extra; and today's board.

What somebody is shown are the lines of the persons of whom they may see events. A list of
manifests names nobody; every page that names somebody is recorded first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from habeas.access import Asker
from habeas.service import boards, deeds
from habeas.service.boards import Fate, Line, Manifest
from habeas.terms import Deed, Stage, Status
from habeas.web import doing
from habeas.web.asked import AskedRequest
from habeas.web.components import Alert, Cell, Column, Link, Row, Table, Tag, Value, Words
from habeas.web.desk import person_parts as parts
from habeas.web.desk import person_words as words
from habeas.web.desk import ways
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import Interval
from habeas.web.readmodels.remembered import remembered

FATES: dict[Fate, Tag] = {
    Fate.LISTED: Tag(gettext_lazy("Listed"), "grey"),
    Fate.BOARDED: Tag(gettext_lazy("Boarded, not accounted for"), "yellow", "unknown"),
    Fate.ARRIVED: Tag(gettext_lazy("Arrived"), "green", "yes"),
    Fate.REFUSED: Tag(gettext_lazy("Reception refused"), "red", "no"),
    Fate.LOST: Tag(gettext_lazy("Died or escaped on the way"), "red", "no"),
}
AT_ONCE = 500  # manifests whose lines are read together
NAMES = (
    "manifest",
    "route",
    "listed",
    "boarded",
    "arrived",
    "refused",
    "extra",
    "open",
    "departed",
)


def _demand(request: AskedRequest) -> Asker:
    """Let those go on to whose office anybody's events may be shown.

    Raises:
        Http404: for everybody else.
    """
    who = doing.asker(request)
    if not visible.ever(who, Deed.SEE_EVENT):
        raise Http404
    return who


def _lines(who: Asker, *which: Q, **only: object) -> list[Line]:
    """The lines that an asker may see, with how the way of each ended."""
    rows = list(visible.lines(who, Deed.SEE_EVENT).filter(*which, **only))
    on_the_way = visible.intervals(who, Deed.SEE_EVENT).filter(
        status=Status.IN_TRANSIT, subject__in={one.subject for one in rows if one.boarded}
    )
    ways_of: dict[tuple[str, datetime | None], Interval] = {
        (one.subject, one.start): one for one in on_the_way
    }
    found = []
    for one in rows:
        way = ways_of.get((one.subject, one.boarded))
        found.append(
            Line(
                one.manifest, one.line, one.subject, one.route, one.listed, one.boarded,
                one.arrived, one.refused, one.arrived_line, way.custodian if way else "",
                way.reason_out if way else "",
            )
        )  # fmt: skip
    return found


def _manifests(who: Asker, numbers: Sequence[str]) -> list[Manifest]:
    """Some manifests, in the order in which they are named."""
    every = (
        one
        for start in range(0, len(numbers), AT_ONCE)
        for one in boards.manifests(_lines(who, manifest__in=numbers[start : start + AT_ONCE]))
    )
    known = {one.number: one for one in every}
    return [known[number] for number in numbers if number in known]


def _numbers(who: Asker, *, open_only: bool) -> list[str]:
    """Every manifest that an asker may see: open ones first, then the latest."""
    open_, others = remembered(who, "manifests", lambda: _sorted(who))
    return open_ if open_only else [*open_, *others]


def _sorted(who: Asker) -> tuple[list[str], list[str]]:
    every = visible.manifests(who, Deed.SEE_EVENT)
    doubtful = [number for number, maybe in every if maybe]
    open_ = [one.number for one in _manifests(who, doubtful) if one.open]
    first = set(open_)
    return open_, [number for number, _ in every if number not in first]


def _last(who: Asker) -> list[Manifest]:
    """The last manifests of both directions: no other keeps anybody from departing."""
    last = remembered(who, "departed", lambda: visible.departed_last(who, Deed.SEE_EVENT))
    return _manifests(who, sorted(last))


@require_safe
def manifests(request: AskedRequest) -> HttpResponse:
    """Every manifest, those with an open difference first."""
    who = _demand(request)
    doing.footing(request)
    wanted, open_only = request.GET.get("manifest", "").strip(), bool(request.GET.get("open"))
    found = [one for one in _numbers(who, open_only=open_only) if one.startswith(wanted)]
    form = ways.format_of(request)
    if form:
        shown = map(_plain, _manifests(who, found))
        return ways.exported(form, "manifests", NAMES, shown, {"count": len(found)})
    pages = ways.page_of(request, len(found))
    start = (pages.page - 1) * ways.ROWS
    context = {
        "alerts": _frozen(_last(who)),
        "table": _list(_manifests(who, found[start : start + ways.ROWS])),
        "pages": pages,
        "count": len(found),
        "forms": ways.other_forms(request),
        "wanted": wanted,
        "open_only": open_only,
    }
    return render(request, "desk/manifests.html", context)


def _plain(one: Manifest) -> tuple[object, ...]:
    return (
        one.number, one.route, one.listed, one.boarded, one.count(Fate.ARRIVED),
        one.count(Fate.REFUSED), len(one.extra), len(one.open), one.departed,
    )  # fmt: skip


def _list(found: Sequence[Manifest]) -> Table:
    columns = [
        Column(_("Manifest")), Column(_("Route")), Column(_("Listed"), numeric=True),
        Column(_("Boarded"), numeric=True), Column(_("Arrived"), numeric=True),
        Column(_("Refused"), numeric=True), Column(_("Extra"), numeric=True), Column(_("Open")),
        Column(_("Departed")),
    ]  # fmt: skip
    rows: list[list[Value | Cell]] = []
    for one in found:
        listed: list[Value | Cell] = [Link(one.number, reverse("manifest", args=[one.number]))]
        listed += [one.route or None, one.listed, one.boarded, one.count(Fate.ARRIVED)]
        listed += [one.count(Fate.REFUSED), len(one.extra), _state(one)]
        rows.append([*listed, one.departed or _("not yet")])
    return Table(_("Manifests"), columns, rows, empty=_("No manifest that you may see."))


def _state(one: Manifest) -> Tag:
    count = len(one.open)
    if count:
        said = ngettext("%(n)s open", "%(n)s open", count) % {"n": count}
        return Tag(said, "yellow", "unknown")
    return Tag(_("None"), "grey") if one.departed else Tag(_("Not departed"), "grey")


def _frozen(every: Sequence[Manifest]) -> list[Alert]:
    """What keeps a direction from its next departure."""
    found = []
    for side, one in boards.frozen(every).items():
        count = len(one.open)
        said = ngettext(
            "Manifest %(manifest)s has %(n)s open difference. Until both states have resolved it,"
            " the register refuses every other departure from this state (H608).",
            "Manifest %(manifest)s has %(n)s open differences. Until both states have resolved"
            " them, the register refuses every other departure from this state (H608).",
            count,
        ) % {"manifest": one.number, "n": count}
        titles: dict[str, Words] = {
            "sending": _("Departures from the sending state are frozen"),
            "receiving": _("Departures from the receiving state are frozen"),
        }
        found.append(Alert(titles[side], said, "warning"))
    return found


def _one(request: AskedRequest, number: str, what: str) -> tuple[Asker, Manifest]:
    """A manifest of which the asker may see somebody; the read is recorded first.

    Raises:
        Http404: for whoever may not, and where there is none of that number.
    """
    who = _demand(request)
    found = boards.manifests(_lines(who, manifest=number))
    if not found:
        raise Http404
    doing.seen(request, what, [one.subject for one in found[0].lines])
    doing.footing(request)
    return who, found[0]


@require_safe
def manifest(request: AskedRequest, number: str) -> HttpResponse:
    """Everybody on one manifest, what became of them, and what is open."""
    who, found = _one(request, number, "manifest")
    kept = list(boards.frozen(_last(who)).values())
    alerts = _frozen(kept) if any(one.number == number for one in kept) else []
    summary = [
        Row(_("Route"), found.route or None),
        Row(_("Listed"), found.listed),
        Row(_("Boarded"), found.boarded),
        Row(_("Arrived"), found.count(Fate.ARRIVED)),
        Row(_("Reception refused"), found.count(Fate.REFUSED)),
        Row(_("Extra"), len(found.extra)),
        Row(_("Open"), _state(found)),
    ]
    context = {
        "number": number,
        "alerts": alerts,
        "summary": summary,
        "table": _people(who, found),
    }
    return render(request, "desk/manifest.html", context)


def _people(who: Asker, found: Manifest) -> Table:
    columns = [
        Column(_("Line"), numeric=True), Column(_("Register number")),
        Column(_("What became of it")), Column(_("Listed")), Column(_("Boarded")),
        Column(_("Arrived or refused")), Column(_("Next")),
    ]  # fmt: skip
    zone = parts.zone()
    following = {
        one.subject: one.next_deed
        for one in visible.persons(who).filter(subject__in=[line.subject for line in found.lines])
    }
    may = {
        deed: visible.allowed(who, Deed(deed), following)
        for deed in set(following.values())
        if deed
    }
    following = {name: deed for name, deed in following.items() if name in may.get(deed, ())}
    rows = [
        _row(one, zone, following.get(one.subject, ""), extra=one.subject in found.extra)
        for one in found.lines
    ]
    return Table(_("Who is on it"), columns, rows)


def _row(one: Line, zone: str, following: str, *, extra: bool) -> list[Value | Cell]:
    fate: Value = FATES[one.fate]
    if extra:
        fate = Tag(_("Extra: boarded without being listed"), "orange")
    if one.moved:
        said = _("Arrived under line %(n)s") % {"n": one.arrived_line}
        fate = Tag(said, "yellow", "unknown")
    return [
        one.line,
        Link(one.subject, reverse("person", args=[one.subject])),
        fate,
        parts.at(one.listed, zone),
        parts.at(one.boarded, zone),
        parts.at(one.arrived or one.refused, zone),
        _next(one.subject, following),
    ]


def _next(subject: str, following: str) -> Value:
    """A way to the act that the person's case waits for; empty where the asker may not do it."""
    if not following:
        return ""
    href = ways.to("deed", subject, following)
    return Link(words.event(deeds.DOINGS[Deed(following)].kind), href, subject) if href else ""


@require_safe
def escort(request: AskedRequest, number: str) -> HttpResponse:
    """The list that goes with the escort: lines and register numbers, and room to sign."""
    _who, found = _one(request, number, "manifest list")
    columns = [
        Column(_("Line"), numeric=True), Column(_("Register number")), Column(_("Boarded")),
        Column(_("Handed over")),
    ]  # fmt: skip
    rows: list[list[Value | Cell]] = [[one.line, one.subject, "", ""] for one in found.lines]
    caption = _("Manifest %(manifest)s") % {"manifest": number}
    context = {"number": number, "route": found.route, "table": Table(caption, columns, rows)}
    return render(request, "desk/manifest_list.html", context)


def _of_late(now: datetime) -> Q:
    """What departed or arrived within a civil day of any zone, or departed and did neither."""
    since = now - timedelta(days=2)
    on_the_way = Q(boarded__isnull=False, arrived=None, refused=None)
    return Q(boarded__gte=since) | Q(arrived__gte=since) | on_the_way


@require_safe
def board(request: AskedRequest) -> HttpResponse:
    """Today: who waits to depart, who is on the way, who departed and who arrived."""
    who, zone = _demand(request), parts.zone()
    waiting = set(
        visible.persons(who, Deed.SEE_EVENT)
        .filter(stage=Stage.SCHEDULED)
        .values_list("subject", "manifest")
    )
    today = request.now.astimezone(ZoneInfo(zone)).date()
    lines = [
        *_lines(who, Q(boarded=None), subject__in={subject for subject, _ in waiting}),
        *_lines(who, _of_late(request.now)),
    ]

    def is_today(at: datetime | None) -> bool:
        return at is not None and at.astimezone(ZoneInfo(zone)).date() == today

    groups = [
        (_("Waiting to depart"), [one for one in lines if one.boarded is None
                                  and (one.subject, one.manifest) in waiting]),
        (_("On the way"), [one for one in lines if one.fate is Fate.BOARDED]),
        (_("Departed today"), [one for one in lines if is_today(one.boarded)]),
        (_("Arrived today"), [one for one in lines if is_today(one.arrived)]),
    ]  # fmt: skip
    doing.seen(request, "board", [one.subject for _title, group in groups for one in group])
    doing.footing(request)
    tables = [_group(title, group, zone) for title, group in groups]
    return render(request, "desk/board.html", {"tables": tables, "today": today, "zone": zone})


def _group(title: Words, group: Sequence[Line], zone: str) -> Table:
    columns = [
        Column(_("Register number")), Column(_("Manifest")), Column(_("Line"), numeric=True),
        Column(_("Route")), Column(_("Boarded")), Column(_("Arrived")),
    ]  # fmt: skip
    rows: list[list[Value | Cell]] = [
        [
            Link(one.subject, reverse("person", args=[one.subject])),
            Link(one.manifest, reverse("manifest", args=[one.manifest])),
            one.line,
            one.route or None,
            parts.at(one.boarded, zone),
            parts.at(one.arrived, zone),
        ]
        for one in sorted(group, key=lambda one: (one.manifest, one.line))
    ]
    return Table(title, columns, rows, empty=_("Nobody."))


urlpatterns: list[URLPattern] = [
    path("transfers/", manifests, name="transfers"),
    path("transfers/today/", board, name="board"),
    path("transfers/<str:number>/", manifest, name="manifest"),
    path("transfers/<str:number>/list/", escort, name="manifest_list"),
]

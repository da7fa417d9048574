"""What needs me today: what cases ask of my office, what waits for my signature, what came."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from habeas.access import Asker
from habeas.service import survey
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Cell, Column, Link, Table, Value, Words
from habeas.web.desk import drafting, duty_home, person_words
from habeas.web.desk.deed_words import DEEDS, OVERDUE
from habeas.web.desk.ways import ROWS, link, page_of, to
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import Person
from habeas.web.readmodels.remembered import remembered
from habeas.web.readmodels.visible import Todo

SHORT, LATEST = 5, 10  # rows of one deed, and of what came, on the home page
NOBODY = {"error": "this account works for no authority here"}


@dataclass(frozen=True, slots=True)
class Group:
    """One deed that is asked of me, and of how many persons."""

    deed: Deed
    count: int
    table: Table
    more: str  # the address of all of them; empty where all are shown


def home(request: AskedRequest) -> HttpResponse:
    """The page with which a day begins."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    asker = request.asker
    if asker is None:
        return render(request, "desk/nobody.html", status=403)
    doing.footing(request)
    waiting = drafting.of(request)
    counts = _counts(asker, request)
    firsts = remembered(asker, "asked first", lambda: visible.first(asker, request.now, SHORT))
    todo = {deed: firsts.get(deed, []) for deed in _in_order(counts)}
    came = list(visible.persons(asker, Deed.SEE_EVENT).order_by("-latest_index")[:LATEST])
    owed = duty_home.first(request, asker)
    shown = [one.subject for rows in todo.values() for one in rows]
    shown += [one.subject for one in owed]
    doing.seen(request, "home page", [*shown, *(one.subject for one in came)])
    groups = [
        Group(deed, counts[deed], table(request, deed, rows), _more(deed, counts[deed]))
        for deed, rows in todo.items()
    ]
    said = {
        "groups": groups,
        "count": sum(counts.values()),
        "waiting": waiting,
        "owes": duty_home.owes(request, asker, owed),
        "came": _came(came),
        "docket": to("docket") if visible.may(asker, Deed.SEE_DOCKET) else "",
    }
    return render(request, "desk/home.html", said)


def asked(request: AskedRequest, deed: str) -> HttpResponse:
    """Everybody whose case asks for one deed, page by page."""
    asker = doing.asker(request)
    doing.footing(request)
    one = next((found for found in DEEDS if found.value == deed), None)
    if one is None:
        raise Http404
    counts = _counts(asker, request)
    count = counts.get(one, 0)
    pages = page_of(request, count)
    rows = visible.todo(asker, request.now, one, (pages.page - 1) * ROWS, ROWS)
    doing.seen(request, "list of work", [row.subject for row in rows])
    said = {"title": DEEDS[one], "count": count, "pages": pages, "table": table(request, one, rows)}
    return render(request, "desk/asked.html", said)


def _counts(asker: Asker, request: AskedRequest) -> dict[Deed, int]:
    return remembered(asker, "asked", lambda: visible.asked(asker, request.now))


def _in_order(counts: dict[Deed, int]) -> list[Deed]:
    return [deed for deed in DEEDS if counts.get(deed)]


def _more(deed: Deed, count: int) -> str:
    return to("asked", deed.value) if count > SHORT else ""


def table(request: AskedRequest, deed: Deed, rows: Sequence[Todo]) -> Table:
    """Persons whose cases ask for a deed, what is most overdue first."""
    columns = [
        Column(_("Register number")),
        Column(_("Case")),
        Column(_("Stage")),
        Column(_("Due")),
    ]
    columns += [Column(_("Overdue")), Column(_("Act"))]
    cases = visible.ever(doing.asker(request), Deed.SEE_CASE)
    told = [_row(request, one, cases=cases) for one in rows]
    return Table(DEEDS[deed], columns, told, size="hidden")


def _row(request: AskedRequest, one: Todo, *, cases: bool) -> list[Value | Cell]:
    late = one.due is not None and one.due <= request.now
    act = to("deed", one.subject, one.deed.value)
    return [
        link(one.subject, "person", one.subject),
        link(one.case, "case", one.case) if one.case and cases else one.case,
        person_words.STAGES.get(one.stage, one.stage),
        one.due if one.due is not None else _("no date"),
        OVERDUE if late else _("no"),
        Link(_("Do it"), act, one.subject) if act else "",
    ]


def _came(found: Sequence[Person]) -> Table:
    kinds = survey.kinds(wiring.register().store, [one.latest_index for one in found])
    rows: list[list[Value | Cell]] = [
        [
            link(one.subject, "person", one.subject),
            person_words.event(kinds.get(one.latest_index, "")),
            one.latest_at,
            one.latest_index,
        ]
        for one in found
    ]
    columns = [Column(_("Register number")), Column(_("What was recorded last")), Column(_("When"))]
    columns.append(Column(_("Register entry"), numeric=True))
    empty: Words = _("Nothing has been recorded of anybody whom you may see.")
    return Table(_("What came last"), columns, rows, empty=empty, size="hidden")


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("today/<slug:deed>/", asked, name="asked"),
]

"""What stands beside the duties: contradictions, blocked visits, and what each duty says."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from habeas.service import arising
from habeas.service.arising import Said
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Cell, Column, Link, Row, Table, Value, Words
from habeas.web.desk import duty_words, person_words
from habeas.web.desk.duties import demand, tabs
from habeas.web.desk.ways import (
    ROWS,
    exported,
    format_of,
    language,
    link,
    other_forms,
    page_of,
    to,
)
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import BlockedVisit, Contradiction
from habeas.web.told import own

CONTRADICTION = ("register_number", "index", "event", "signed_by", "as_of", "what", "says",
                 "register_says")  # fmt: skip
BLOCKED = ("register_number", "at", "facility", "signed_by", "reason", "index")
WHAT: dict[str, Words] = {
    "status": _("Status"),
    "facility": _("Facility"),
    "custodian": _("Custodian"),
    "seen": _("Seen by the visitor"),
}


@require_safe
def contradictions(request: AskedRequest) -> HttpResponse:
    """Signed answers and visits that the register does not bear out, the latest first."""
    found = visible.contradictions(demand(request)).filter(at__lte=request.now)
    if wish := format_of(request):
        rows = list(found)
        doing.seen(request, "contradictions", [one.subject for one in rows])
        told = [
            (one.subject, one.index, one.event, one.signed_by, one.at, one.what, one.says,
             one.register_says)
            for one in rows
        ]  # fmt: skip
        return exported(wish, "contradictions", CONTRADICTION, told, _head(request))
    pages = page_of(request, found.count())
    rows = visible.some(found, (pages.page - 1) * ROWS, ROWS)
    doing.seen(request, "contradictions", [one.subject for one in rows])
    explains = _(
        "A signed answer that names another status, place or custodian than the register had then, "
        "and a visit that did not find somebody whom the register had there. One of the two is "
        "wrong; both stay signed and dated."
    )
    return _page(request, "duty_contradictions", explains, _against(rows),
                 {"pages": pages, "forms": other_forms(request)})  # fmt: skip


def _against(rows: Sequence[Contradiction]) -> Table:
    columns = [
        Column(_("Register number")), Column(_("Signed by")), Column(_("As of")),
        Column(_("What")), Column(_("It says")), Column(_("The register says")),
        Column(_("Register entry")),
    ]  # fmt: skip
    told: list[list[Value | Cell]] = [
        [
            link(one.subject, "person", one.subject),
            one.signed_by,
            one.at,
            WHAT.get(one.what, one.what),
            one.says,
            one.register_says,
            _entry(one.subject, one.index),
        ]
        for one in rows
    ]
    empty = _("The register bears out every answer and every visit of those whom you may see.")
    return Table(
        _("What the register does not bear out"), columns, told, empty=empty, size="hidden"
    )


@require_safe
def blocked(request: AskedRequest) -> HttpResponse:
    """Visits that somebody prevented, the latest first."""
    found = visible.blocked_visits(demand(request)).filter(at__lte=request.now)
    if wish := format_of(request):
        rows = list(found)
        doing.seen(request, "blocked visits", [one.subject for one in rows])
        told = [
            (one.subject, one.at, one.facility, one.signed_by, one.reason, one.index)
            for one in rows
        ]
        return exported(wish, "blocked-visits", BLOCKED, told, _head(request))
    pages = page_of(request, found.count())
    rows = visible.some(found, (pages.page - 1) * ROWS, ROWS)
    doing.seen(request, "blocked visits", [one.subject for one in rows])
    explains = _("As whoever was turned away signed it.")
    return _page(request, "duty_blocked", explains, _turned_away(rows),
                 {"pages": pages, "forms": other_forms(request)})  # fmt: skip


def _turned_away(rows: Sequence[BlockedVisit]) -> Table:
    columns = [
        Column(_("Register number")), Column(_("When")), Column(_("Facility")),
        Column(_("Signed by")), Column(_("Reason")), Column(_("Register entry")),
    ]  # fmt: skip
    told: list[list[Value | Cell]] = [
        [
            link(one.subject, "person", one.subject),
            one.at,
            one.facility or _("not recorded"),
            one.signed_by,
            own(one.reason),
            _entry(one.subject, one.index),
        ]
        for one in rows
    ]
    empty = _("No visit to anybody whom you may see was blocked.")
    return Table(_("Blocked visits"), columns, told, empty=empty, size="hidden")


def _entry(subject: str, index: int) -> Link:
    return Link(str(index), f"{to('person_timeline', subject)}?entry={index}#entry-{index}")


def _head(request: AskedRequest) -> dict[str, object]:
    here = wiring.installation()
    return {
        "agreement": here.agreement,
        "as_of": request.now.isoformat(),
        "demonstration": here.demonstration,
    }


@require_safe
def texts(request: AskedRequest) -> HttpResponse:
    """What each duty that falls due says, where it is written, who checked it, who fixes when."""
    demand(request)
    said = [
        (one.duty, _about(one))
        for one in arising.said(wiring.library(), wiring.duties(), language())
    ]
    explains = _(
        "The duties that fall due. Those that hold at all times, such as an hour in the open air, "
        "are asked of conditions and visits."
    )
    return _page(request, "duty_texts", explains, None, {"duties": said})


def _about(one: Said) -> list[Row]:
    limits: list[Value] = [
        f"{step}: {number} ({duty_words.LIMITS.get(fixes, fixes)})" if step
        else f"{number} ({duty_words.LIMITS.get(fixes, fixes)})"
        for step, number, fixes in one.limits
    ]  # fmt: skip
    return [
        Row(_("What it says"), one.text),
        Row(_("Owed by"), one.owed_by),
        Row(_("Owed to"), one.owed_to),
        Row(_("Arises from"), ", ".join(map(person_words.event, one.arises_from))),
        Row(_("Answered by"), ", ".join(map(person_words.event, one.answered_by))),
        Row(_("By when, and who fixes the number"), limits),
        Row(_("Where it is written, and how that was checked"), list[Value](one.cites)),
    ]


def _page(
    request: AskedRequest, name: str, explains: Words, table: Table | None, more: dict[str, object]
) -> HttpResponse:
    doing.footing(request)
    found = tabs(name)
    title = next(words for words, _href, here in found if here)
    said = {"tabs": found, "title": title, "explains": explains, "table": table, **more}
    return render(request, "desk/duty_findings.html", said)


urlpatterns: list[URLPattern] = [
    path("duties/contradictions/", contradictions, name="duty_contradictions"),
    path("duties/blocked/", blocked, name="duty_blocked"),
    path("duties/texts/", texts, name="duty_texts"),
]

"""Find somebody by a number: register number, case, manifest, or an event by its id or index.

Nobody is found by a name: none is kept. What is not there and what the asker may not see look the
same. Whoever is about to be shown in a result is recorded as read first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from habeas.access import Asker
from habeas.terms import Deed
from habeas.web import doing
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Link, Table, Value, Words
from habeas.web.desk import ways
from habeas.web.readmodels import visible

LEAST, MOST = 6, 80  # characters: of a beginning, of all
SHOWN = 25


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found; `subject` is empty where it names nobody."""

    kind: Words
    text: str
    href: str
    subject: str = ""


@require_safe
def search(request: AskedRequest) -> HttpResponse:
    """One result leads straight there; several are listed."""
    who, asked = doing.asker(request), request.GET.get("q", "").strip()[:MOST]
    found = list(dict.fromkeys(_found(who, asked))) if asked else []
    shown = found[:SHOWN]
    doing.seen(request, "search", [one.subject for one in shown])
    if len(found) == 1:
        return HttpResponseRedirect(found[0].href)
    doing.footing(request)
    rows: list[list[Value]] = [[Link(one.text, one.href), one.kind] for one in shown]
    table = Table(_("What was found"), [Column(_("Number")), Column(_("What it is"))], rows)
    context = {
        "asked": asked, "table": table if found else None, "more": len(found) > SHOWN,
    }  # fmt: skip
    return render(request, "desk/search.html", context)


def _found(who: Asker, asked: str) -> Iterable[Hit]:
    """Everything of that number, or that begins so where enough of it is given."""
    way = "__begins" if len(asked) >= LEAST else ""
    persons = visible.persons(who).filter(**{f"subject{way}": asked}).order_by("subject")
    for person in persons[: SHOWN + 1]:
        yield Hit(
            _("Person"), person.subject, reverse("person", args=[person.subject]), person.subject
        )
    yield from _cases(who, asked, way)
    if visible.ever(who, Deed.SEE_EVENT):
        lines = visible.lines(who, Deed.SEE_EVENT).filter(**{f"manifest{way}": asked})
        for number in lines.order_by("manifest").values_list("manifest", flat=True).distinct():
            yield Hit(_("Manifest"), number, reverse("manifest", args=[number]))
    event = visible.event(who, asked)
    if event is not None:
        subject, index = event
        href = f"{reverse('person_timeline', args=[subject])}?entry={index}#entry-{index}"
        yield Hit(_("Event"), str(index), href, subject)


def _cases(who: Asker, asked: str, way: str) -> Iterable[Hit]:
    for case in visible.cases(who).filter(**{f"case{way}": asked}).order_by("case")[: SHOWN + 1]:
        href = ways.to("case", case.case)
        if not href and case.subject and visible.may(who, Deed.SEE_PERSON, case.subject):
            href = reverse("person", args=[case.subject])
        if href:
            yield Hit(_("Case"), case.case, href, case.subject)


urlpatterns: list[URLPattern] = [path("search/", search, name="search")]

"""Facilities: which there are, and one at an instant with its cells, people and certificates."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habeas.access import Asker
from habeas.errors import HabeasError
from habeas.service import establishment, kept
from habeas.service.establishment import Look
from habeas.service.measure import Place
from habeas.terms import Deed, Status
from habeas.web import doing, told, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import (
    Column,
    Link,
    Row,
    Table,
)
from habeas.web.desk import drawings, figures, rolls
from habeas.web.desk import place_tables as tables
from habeas.web.desk.place_words import (
    STATUSES,
    Shown,
    word,
)
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import Interval
from habeas.web.readmodels.remembered import remembered
from habeas.web.told import refusal

LATELY, SHOWN = timedelta(days=7), 10


def facilities(request: AskedRequest) -> HttpResponse:
    """The agreement's facilities, the installation's own, and every one that holds somebody."""
    who = doing.demand(request, Deed.SEE_FACILITY)
    deal, own = wiring.ground().deal, wiring.facilities()
    instant = figures.now(request)
    figures.position(request)
    counts = figures.rolls(who, Deed.SEE_FACILITY, instant, "")
    names = sorted({*deal.facilities, *own, *counts})
    rows: list[list[Shown]] = [
        [
            Link(name, reverse("facility", args=[name])),
            tables.title(name) or _("no file names it"),
            counts.get(name, 0),
            tables.file_tag(name),
        ]
        for name in names
    ]
    columns = (
        Column(_("Facility")),
        Column(_("Name")),
        Column(_("Persons on its roll"), numeric=True),
        Column(_("Facility file")),
    )
    table = Table(_("Facilities under this agreement"), columns, rows)
    figures.as_of(request, instant)
    return render(request, "desk/facilities.html", {"table": table})


def facility(request: AskedRequest, name: str) -> HttpResponse:
    """A facility at an instant."""
    who = doing.demand(request, Deed.SEE_FACILITY)
    faults: tuple[str, ...] = ()
    try:
        instant = figures.asked_at(request)
    except HabeasError as error:
        instant, faults = figures.now(request), tuple(refusal(one) for one in error.faults)
    known = establishment.facility(wiring.library(), wiring.facilities(), name)
    there = visible.everybody(who, Deed.SEE_FACILITY).filter(facility=name)
    if known is None and not there.exists() and name not in wiring.ground().deal.facilities:
        raise Http404
    asked = request.GET.get("as_of", "")
    named, hidden = figures.twice(who, name, instant, asked)
    if request.GET.get("format") in {"json", "csv"}:
        return _file(request, name, figures.looked(who, name, instant, named))
    figures.as_of(request, instant)
    figures.position(request)

    def make() -> Part:
        found = figures.looked(who, name, instant, named)
        return _part(found, known, (name, asked), hidden)

    said = f"facility part {get_language()} {name} {asked} {sorted(named)} {hidden}"
    part = remembered(None, said, make)
    doing.seen(request, "facility", part.doubled)
    context = {
        "name": name,
        "title": tables.title(name),
        "faults": faults,
        "instant": instant,
        "as_of": asked,
        "zone": wiring.ground().deal.calendar.zone,
        "place": known,
        "no_file": _(
            "No facility file says anything of its cells: every floor is not established."
        ),
        "part": part,
        "chart": drawings.occupancy(request, name, instant),
        "roll": _roll(request, visible.intervals(who).filter(facility=name), instant),
        "movements": _movements(request, who, name, instant),
        "people": f"{reverse('roll')}?facility={name}" if visible.may(who, Deed.SEE_ROLL) else "",
    }
    return render(request, "desk/facility.html", context, status=422 if faults else 200)


def _file(request: AskedRequest, name: str, found: Look) -> HttpResponse:
    doing.seen(request, "facility", {one.subject for one in found.doubled})
    if request.GET.get("format") == "json":
        return figures.json_of(f"facility-{name}", found.document)
    columns, rows = tables.flat(found)
    return figures.csv(f"facility-{name}", columns, rows)


class Part(NamedTuple):
    """What a facility's page says to everybody alike: its findings, cells and places."""

    html: SafeString
    here: int  # physically in it
    doubled: frozenset[str]  # whom it names


def _part(found: Look, place: Place | None, about: tuple[str, str], hidden: int) -> Part:
    name, asked = about
    heat = tables.heat(found, name, asked)
    context = {
        "name": name,
        "as_of": asked,
        "place": place,
        "findings": tables.findings(found, name, asked, hidden),
        "heat": heat if heat.rows else None,
        "standards": tables.standards(found),
        "certificates": tables.certificates(found),
        "capacities": tables.capacities(found),
    }
    return Part(
        render_to_string("desk/facility_part.html", context),
        found.document["counts"]["physically_here"],
        frozenset(one.subject for one in found.doubled),
    )


def cell(request: AskedRequest, name: str, cell_name: str) -> HttpResponse:
    """One cell of a facility at an instant, against every standard."""
    who = doing.demand(request, Deed.SEE_FACILITY)
    try:
        instant = figures.asked_at(request)
    except HabeasError:
        return redirect("facility_cell", name, cell_name)
    found = figures.look(who, name, instant, request.GET.get("as_of", ""))
    one = next((each for each in found.cells if each.name == cell_name), None)
    if one is None:
        raise Http404
    figures.position(request)
    figures.as_of(request, instant)
    there = visible.intervals(who).filter(facility=name, cell=cell_name)
    rows = [
        Row(_("Persons"), one.persons),
        Row(
            _("Certified maximum"),
            [_("not certified") if one.maximum is None else one.maximum, tables.over(one)],
        ),
        Row(_("Floor"), _("not established") if one.floor_cm2 is None else told.m2(one.floor_cm2)),
        Row(_("Floor a person"), tables.floor(one)),
        Row(_("Certificate"), one.certificate or _("none names it")),
    ]
    context = {
        "name": name,
        "cell": one,
        "module": tables.module(one),
        "instant": instant,
        "rows": rows,
        "standards": tables.cell_standards(found, one),
        "roll": _roll(request, there, instant),
    }
    return render(request, "desk/facility_cell.html", context)


def _roll(request: AskedRequest, found: QuerySet[Interval], instant: datetime) -> Table:
    """Who is on the roll since when: numbers only of whom the asker may see."""
    there = figures.at(found, instant)
    shown = visible.some(there.order_by("-start", "subject"), 0, SHOWN)
    doing.seen(request, "facility roll", [one.subject for one in shown])
    columns = (
        Column(_("Register number")),
        Column(_("Cell")),
        Column(_("Status")),
        Column(_("Since")),
    )
    rows: list[list[Shown]] = [
        [
            Link(one.subject, rolls.person(one.subject)),
            one.cell or _("no cell recorded"),
            word(STATUSES, one.status),
            one.start,
        ]
        for one in shown
    ]
    return Table(_("Persons on its roll whom you may see"), columns, rows, empty=_("Nobody."))


def _movements(request: AskedRequest, who: Asker, name: str, instant: datetime) -> Table:
    """Who came and went in the last days."""
    since = instant - LATELY
    found: QuerySet[Interval] = visible.everybody(who, Deed.SEE_FACILITY).filter(facility=name)
    held = found.filter(status=Status.HELD.value).values_list(*kept.Row._fields)
    came = held.filter(start__gt=since, start__lte=instant).order_by("-start", "-event_in")
    left = held.filter(end__gt=since, end__lte=instant).order_by("-end", "-event_out")
    # Whoever is among the latest of both is among the latest of one.
    latest = {*came[:SHOWN], *left[:SHOWN]}
    told = establishment.movements(kept.intervals(latest, wiring.ground().deal), since, instant)[
        :SHOWN
    ]
    named = visible.named(who, {one.subject for one in told})
    doing.seen(request, "facility movements", named)
    columns = (
        Column(_("When")),
        Column(_("Who")),
        Column(_("Cell")),
        Column(_("What")),
        Column(_("Register entry"), numeric=True),
    )
    rows: list[list[Shown]] = [
        [
            one.at,
            Link(one.subject, rolls.person(one.subject)) if one.subject in named else _("somebody"),
            one.cell or _("no cell recorded"),
            tables.what(one),
            one.index,
        ]
        for one in told
    ]
    caption = _("Who came and went in the last seven days, latest first")
    return Table(caption, columns, rows, empty=_("Nobody came or went."))


urlpatterns = [
    path("facilities/", facilities, name="facilities"),
    path("facilities/<str:name>/", facility, name="facility"),
    path("facilities/<str:name>/cells/<str:cell_name>/", cell, name="facility_cell"),
    path("facilities/<str:name>/occupancy.csv", drawings.download, name="facility_occupancy"),
]

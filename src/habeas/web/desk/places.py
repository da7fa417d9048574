"""Facilities: which there are, and one at an instant with its cells, people and certificates."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habeas.access import Asker
from habeas.errors import HabeasError
from habeas.service import establishment, kept
from habeas.service.establishment import CellNow, Look, Movement
from habeas.service.premises import UNLISTED
from habeas.terms import Deed
from habeas.web import doing, told, wiring
from habeas.web.components import (
    Column,
    Heat,
    HeatCell,
    Link,
    Row,
    Table,
    Tag,
)
from habeas.web.desk import drawings, figures, rolls
from habeas.web.desk.place_words import (
    CERTIFICATES,
    DEFINITIONS,
    STANDARDS,
    STATUSES,
    WENT,
    WITHIN,
    word,
)
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import Interval

LATELY, SHOWN = timedelta(days=7), 25
WIDTH = 12  # cells in a row of the map


def facilities(request: HttpRequest) -> HttpResponse:
    """The agreement's facilities, the installation's own, and every one that holds somebody."""
    who = doing.demand(request, Deed.SEE_FACILITY)
    deal, own = wiring.ground().deal, wiring.facilities()
    instant = figures.now(request)
    figures.basis(request)
    counts = _persons(who, instant)
    names = sorted({*deal.facilities, *own, *counts})
    rows = [
        [
            Link(name, reverse("facility", args=[name])),
            title(name) or _("no file names it"),
            counts.get(name, 0),
            _file_tag(name),
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
    request.as_of = instant  # type: ignore[attr-defined] - read by the frame
    return render(request, "desk/facilities.html", {"table": table})


def _persons(who: Asker, instant: datetime) -> dict[str, int]:
    there = figures.at(visible.everybody(who, Deed.SEE_FACILITY), instant)
    sums = there.values_list("facility").annotate(n=Count("pk")).order_by()
    return {name: n for name, n in sums if name}


def title(name: str) -> str:
    """A facility's name in the page's language; empty where there is no file of it."""
    place = establishment.facility(wiring.library(), wiring.facilities(), name)
    if place is None:
        return ""
    text = place.facility.title
    return text.es if get_language() == "es" else text.en


def _file_tag(name: str) -> Tag:
    if name in wiring.facilities():
        return Tag(_("Own file"), "green", "yes")
    if name in wiring.library().facilities:
        return Tag(_("In the library"), "teal", "yes")
    return Tag(_("None"), "yellow", "unknown")


def facility(request: HttpRequest, name: str) -> HttpResponse:
    """A facility at an instant."""
    who = doing.demand(request, Deed.SEE_FACILITY)
    faults: tuple[str, ...] = ()
    try:
        instant = figures.asked_at(request)
    except HabeasError as error:
        instant, faults = figures.now(request), tuple(one.sentence() for one in error.faults)
    known = establishment.facility(wiring.library(), wiring.facilities(), name)
    there = visible.everybody(who, Deed.SEE_FACILITY).filter(facility=name)
    if known is None and not there.exists() and name not in wiring.ground().deal.facilities:
        raise Http404
    found, hidden = _look(who, name, instant)
    if request.GET.get("format") == "json":
        return figures.json_of(f"facility-{name}", found.document)
    if request.GET.get("format") == "csv":
        columns, rows = _flat(found)
        return figures.csv(f"facility-{name}", columns, rows)
    request.as_of = instant  # type: ignore[attr-defined] - read by the frame
    figures.basis(request)
    context = {
        "name": name,
        "title": title(name),
        "faults": faults,
        "instant": instant,
        "as_of": request.GET.get("as_of", ""),
        "zone": wiring.ground().deal.calendar.zone,
        "place": known,
        "own": name in wiring.facilities(),
        "found": found,
        "no_file": _(
            "No facility file says anything of its cells: every floor is not established."
        ),
        "over": [one for one in found.cells if one.over],
        "unlisted": [one for one in found.cells if one.floor_cm2 is None and one.persons],
        "hidden": hidden,
        "heat": heat(found, name, request.GET.get("as_of", "")),
        "standards": standards(found),
        "certificates": certificates(found),
        "capacities": capacities(found),
        "roll": _roll(request, visible.intervals(who).filter(facility=name), instant),
        "movements": _movements(request, who, name, instant),
        "chart": drawings.occupancy(request, name, instant),
        "people": f"{reverse('roll')}?facility={name}",
    }
    return render(request, "desk/facility.html", context, status=422 if faults else 200)


def _look(who: Asker, name: str, instant: datetime) -> tuple[Look, int]:
    """The facility, and how many persons in two places at once the asker may not see."""
    law, deal = wiring.library(), wiring.ground().deal
    place = establishment.facility(law, wiring.facilities(), name)
    received = figures.received(who, Deed.SEE_FACILITY)
    twice = figures.twice(received, instant)
    subjects = {one for (one,) in twice.filter(facility=name).values_list("subject")}
    named = visible.named(who, subjects)
    stays = kept.stays(figures.rows(twice.filter(subject__in=named)), deal)
    asked = establishment.Asked(name, place, deal, instant)
    counted = figures.counted(received.filter(facility=name))
    return establishment.look(law, asked, counted, stays), len(subjects - named)


def heat(found: Look, name: str, as_of: str) -> Heat:
    """The cells as a heat map, module by module; a long module takes several rows."""
    modules: dict[str, list[CellNow]] = {}
    for one in found.cells:
        modules.setdefault(_module(one), []).append(one)
    width = min(WIDTH, max((len(held) for held in modules.values()), default=0))
    rows = list[tuple[str, Sequence[HeatCell | None]]]()
    for module, held in modules.items():
        for start in range(0, len(held), WIDTH):
            part = [
                HeatCell(one.name, _cell_href(name, one.name, as_of), one.each_cm2, one.persons)
                for one in held[start : start + WIDTH]
            ]
            rows.append(
                (
                    f"{module} {start + 1}\N{EN DASH}{start + len(part)}",
                    [*part, *[None] * (width - len(part))],
                )
            )
    columns = [str(n) for n in range(1, width + 1)]
    return Heat(_("Square metres a person, cell by cell"), columns, rows)


def _cell_href(name: str, cell: str, as_of: str) -> str:
    href = reverse("facility_cell", args=[name, cell])
    return f"{href}?{urlencode({'as_of': as_of})}" if as_of else href


def _module(one: CellNow) -> str:
    return _("in no facility file") if one.module == UNLISTED else one.module


def _floor(one: CellNow) -> str:
    if not one.persons:
        return _("nobody is in it")
    return _("not established") if one.each_cm2 is None else told.m2(one.each_cm2)


def over(one: CellNow) -> Tag | str:
    """Whether a cell holds more than it is certified for, in words."""
    if one.maximum is None:
        return Tag(_("Not established"), "yellow", "unknown") if one.persons else ""
    if one.over:
        return Tag(_("Over the maximum"), "red", "no")
    return Tag(_("Within the maximum"), "green", "yes") if one.persons else ""


def cell(request: HttpRequest, name: str, cell_name: str) -> HttpResponse:
    """One cell of a facility at an instant, against every standard."""
    who = doing.demand(request, Deed.SEE_FACILITY)
    try:
        instant = figures.asked_at(request)
    except HabeasError:
        return redirect("facility_cell", name, cell_name)
    found, _hidden = _look(who, name, instant)
    one = next((each for each in found.cells if each.name == cell_name), None)
    if one is None:
        raise Http404
    figures.basis(request)
    request.as_of = instant  # type: ignore[attr-defined] - read by the frame
    there = visible.intervals(who).filter(facility=name, cell=cell_name)
    rows = [
        Row(_("Persons"), one.persons),
        Row(
            _("Certified maximum"),
            [_("not certified") if one.maximum is None else one.maximum, over(one)],
        ),
        Row(_("Floor"), _("not established") if one.floor_cm2 is None else told.m2(one.floor_cm2)),
        Row(_("Floor a person"), _floor(one)),
        Row(_("Certificate"), one.certificate or _("none names it")),
    ]
    context = {
        "name": name,
        "cell": one,
        "module": _module(one),
        "instant": instant,
        "rows": rows,
        "standards": _cell_standards(found, one),
        "roll": _roll(request, there, instant),
    }
    return render(request, "desk/facility_cell.html", context)


def _cell_standards(found: Look, one: CellNow) -> Table:
    columns = (
        Column(_("Standard")),
        Column(_("What it asks")),
        Column(_("How it counts the floor")),
        Column(_("Result")),
    )
    spanish = get_language() == "es"
    rows = [
        [
            Link(each.id, reverse("library", args=[each.id])),
            each.value.es if spanish else each.value.en,
            each.method.es if spanish else each.method.en,
            STANDARDS.get(one.standards.get(each.id, ""), Tag(_("Does not apply"), "grey"))
            if one.persons
            else Tag(_("Nobody is in it"), "grey"),
        ]
        for each in found.measures
    ]
    return Table(_("Against each standard, by its own method"), columns, rows)


def standards(found: Look) -> Table:
    """Persons by how their cells stand against each measure."""
    summed = found.summed()
    columns = (
        Column(_("Standard")),
        Column(_("What it asks")),
        Column(_("Persons where it is met"), numeric=True),
        Column(_("Persons below it"), numeric=True),
        Column(_("Persons where it is not established"), numeric=True),
    )
    rows = []
    for one in found.measures:
        counts = summed.get(one.id, {})
        text = one.value.es if get_language() == "es" else one.value.en
        link = Link(one.id, reverse("library", args=[one.id]))
        rows.append([link, text, *(counts.get(name, 0) for name in STANDARDS)])
    return Table(_("Against each standard"), columns, rows)


def certificates(found: Look) -> list[tuple[str, Tag, list[Row]]]:
    """Every certificate of the file: whether it is in force, who asked and who approved it."""
    return [
        (
            one.certificate.id,
            Tag(_("In force"), "green", "yes")
            if one.in_force
            else CERTIFICATES[one.certificate.status],
            [
                Row(_("Cells that stand on it"), one.cells),
                Row(_("Floor"), told.m2(one.floor_cm2)),
                Row(_("Certified normal accommodation"), one.cna),
                Row(_("Working places"), one.working),
                Row(_("Certified maximum"), one.maximum),
                Row(_("Requested by"), one.certificate.requested_by),
                Row(_("Requested on"), one.certificate.requested_on),
                Row(_("Approved by"), one.certificate.approved_by or _("nobody")),
                Row(_("Approved on"), one.certificate.approved_on),
                Row(_("In force from"), one.certificate.effective_from),
            ],
        )
        for one in found.certificates
    ]


def capacities(found: Look) -> Table:
    """Places by each definition, with the persons held set against them."""
    columns = (
        Column(_("Definition")),
        Column(_("Places"), numeric=True),
        Column(_("As stated")),
        Column(_("Persons"), numeric=True),
        Column(_("Result")),
    )
    rows = [
        [
            word(DEFINITIONS, one["definition"]),
            one["places"] or _("not a number"),
            one["stated"],
            one["persons"],
            WITHIN[one["finding"]],
        ]
        for one in found.capacities
    ]
    return Table(_("Places by definition"), columns, rows)


def _flat(found: Look) -> tuple[Sequence[str], list[dict[str, str]]]:
    rows = []
    for row in found.document["rows"]:
        flat = {key: str(value) for key, value in row.items() if not isinstance(value, dict)}
        rows.append(flat | {f"standard_{name}": said for name, said in row["standards"].items()})
    return list(dict.fromkeys(key for row in rows for key in row)), rows


def _roll(request: HttpRequest, found: QuerySet[Interval], instant: datetime) -> Table:
    """Who is on the roll since when: numbers only of whom the asker may see."""
    there = figures.at(found, instant)
    shown = list(there.order_by("cell", "subject")[:SHOWN])
    doing.seen(request, "facility roll", [one.subject for one in shown])
    columns = (
        Column(_("Register number")),
        Column(_("Cell")),
        Column(_("Status")),
        Column(_("Since")),
    )
    rows = [
        [
            Link(one.subject, rolls.person(one.subject)),
            one.cell or _("no cell recorded"),
            word(STATUSES, one.status),
            one.start,
        ]
        for one in shown
    ]
    return Table(_("Persons on its roll whom you may see"), columns, rows, empty=_("Nobody."))


def _movements(request: HttpRequest, who: Asker, name: str, instant: datetime) -> Table:
    """Who came and went in the last days."""
    since = instant - LATELY
    found: QuerySet[Interval] = visible.everybody(who, Deed.SEE_FACILITY).filter(facility=name)
    late = found.filter(Q(start__gt=since, start__lte=instant) | Q(end__gt=since, end__lte=instant))
    told = establishment.movements(
        kept.intervals(figures.rows(late), wiring.ground().deal), since, instant
    )[:SHOWN]
    named = visible.named(who, {one.subject for one in told})
    doing.seen(request, "facility movements", named)
    columns = (
        Column(_("When")),
        Column(_("Who")),
        Column(_("Cell")),
        Column(_("What")),
        Column(_("Register entry"), numeric=True),
    )
    rows = [
        [
            one.at,
            Link(one.subject, rolls.person(one.subject)) if one.subject in named else _("somebody"),
            one.cell or _("no cell recorded"),
            _what(one),
            one.index,
        ]
        for one in told
    ]
    caption = _("Who came and went in the last seven days, latest first")
    return Table(caption, columns, rows, empty=_("Nobody came or went."))


def _what(one: Movement) -> object:
    return _("came in") if one.came else word(WENT, one.why)


urlpatterns = [
    path("facilities/", facilities, name="facilities"),
    path("facilities/<str:name>/", facility, name="facility"),
    path("facilities/<str:name>/cells/<str:cell_name>/", cell, name="facility_cell"),
    path("facilities/<str:name>/occupancy.csv", drawings.download, name="facility_occupancy"),
]

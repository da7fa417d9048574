"""The roll: who is held at an instant, by whom and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _

from habeas.errors import HabeasError
from habeas.service import hold
from habeas.terms import Deed, Side, Status
from habeas.web import doing
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Link, Pages, Table
from habeas.web.desk import figures
from habeas.web.desk.place_words import SIDES, STATUSES, Shown, word
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import Interval
from habeas.web.readmodels.remembered import remembered
from habeas.web.told import refusal

PAGE = 25


def person(subject: str) -> str:
    """The address of a person's page; the search where there is none yet."""
    try:
        return reverse("person", args=[subject])
    except NoReverseMatch:
        return f"?q={subject}"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address narrows a roll to; empty: to nothing."""

    facility: str = ""
    custodian: str = ""
    status: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """Out of an address; a word that is no term narrows to nothing."""
        custodian, status = query.get("custodian", ""), query.get("status", "")
        return cls(
            query.get("facility", "")[:64],
            custodian if custodian in set(Side) else "",
            status if status in set(Status) else "",
        )

    def told(self) -> dict[str, str]:
        """As an address has them."""
        named = {"facility": self.facility, "custodian": self.custodian, "status": self.status}
        return {name: value for name, value in named.items() if value}


def roll(request: AskedRequest) -> HttpResponse:
    """Who is held at an instant: numbers of whom the asker may see, counts of everybody."""
    who = doing.demand(request, Deed.SEE_ROLL)
    faults: tuple[str, ...] = ()
    try:
        instant = figures.asked_at(request)
    except HabeasError as error:
        instant, faults = figures.now(request), tuple(refusal(one) for one in error.faults)
    filters = Filters.of(request.GET)
    whole = _narrowed(visible.everybody(who, Deed.SEE_ROLL), filters, instant)
    shown = _narrowed(visible.intervals(who), filters, instant)
    size, note = figures.position(request)
    if request.GET.get("format") in ("csv", "json"):
        rows = [_row(one) for one in shown.order_by("facility", "subject")]
        doing.seen(request, "roll download", [one["register_number"] for one in rows])
        if request.GET["format"] == "csv":
            return figures.csv("roll", hold.ROLL, rows)
        counts = [
            dict(zip(("facility", "custodian", "status", "persons"), one, strict=True))
            for one in _sums(whole)
        ]
        told = {
            "as_of": instant.isoformat(),
            "register_size": size,
            "checkpoint": note,
            "filters": filters.told(),
            "roll": rows,
            "counts": counts,
        }
        return figures.json_of("roll", told)
    asked = request.GET.get("as_of", "")
    named = f"{sorted(filters.told().items())} {asked}"
    there = figures.rolls(who, Deed.SEE_ROLL, instant, asked)
    sums = remembered(None, f"roll counts {named}", lambda: list(_sums(whole)))
    count = remembered(who, f"roll named {named}", shown.count)
    page = Paginator(range(count), PAGE).get_page(request.GET.get("page"))
    in_order = shown.order_by("facility", "-start", "subject")
    listed = visible.some(in_order, PAGE * (page.number - 1), PAGE)
    doing.seen(request, "roll", [one.subject for one in listed])
    figures.as_of(request, instant)
    query = filters.told() | ({"as_of": instant.isoformat()} if asked else {})
    context = {
        "faults": faults,
        "instant": instant,
        "as_of": asked,
        "filters": filters,
        # With somebody on their roll then, and the one that was asked for.
        "facilities": sorted({*there, filters.facility} - {""}),
        "sides": [(one.value, SIDES[one]) for one in Side],
        "statuses": [(one.value, word(STATUSES, one)) for one in Status],
        "counts": _counts(sums),
        "persons": sum(n for _facility, _custodian, _status, n in sums),
        "named": count,
        "roll": _table(listed),
        "pages": Pages(page.number, page.paginator.num_pages, query),
        "permalink": f"{request.path}?{urlencode(query | {'as_of': instant.isoformat()})}",
        "csv": f"?{urlencode(query | {'as_of': instant.isoformat(), 'format': 'csv'})}",
        "json": f"?{urlencode(query | {'as_of': instant.isoformat(), 'format': 'json'})}",
    }
    return render(request, "desk/roll.html", context, status=422 if faults else 200)


def _narrowed(found: QuerySet[Interval], filters: Filters, instant: datetime) -> QuerySet[Interval]:
    return figures.at(found.filter(**filters.told()), instant)


def _sums(found: QuerySet[Interval]) -> Iterable[tuple[str, str, str, int]]:
    keys = ("facility", "custodian", "status")
    return found.values_list(*keys).annotate(n=Count("pk")).order_by(*keys)


def _counts(found: Iterable[tuple[str, str, str, int]]) -> Table:
    columns = (
        Column(_("Facility")),
        Column(_("Custodian")),
        Column(_("Status")),
        Column(_("Persons"), numeric=True),
    )
    rows: list[list[Shown]] = [
        [facility or _("no facility recorded"), word(SIDES, side), word(STATUSES, status), n]
        for facility, side, status, n in found
    ]
    return Table(_("How many are held"), columns, rows, empty=_("Nobody was held."))


def _row(one: Interval) -> dict[str, str]:
    return {
        "register_number": one.subject,
        "custodian": one.custodian,
        "facility": one.facility,
        "cell": one.cell,
        "status": one.status,
        "since": one.start.isoformat(),
        "event_in": str(one.event_in),
    }


def _table(found: Iterable[Interval]) -> Table:
    columns = (
        Column(_("Register number")),
        Column(_("Custodian")),
        Column(_("Facility")),
        Column(_("Cell")),
        Column(_("Status")),
        Column(_("Since")),
        Column(_("Register entry"), numeric=True),
    )
    rows: list[list[Shown]] = [
        [
            Link(one.subject, person(one.subject)),
            word(SIDES, one.custodian),
            one.facility,
            one.cell or _("no cell recorded"),
            word(STATUSES, one.status),
            one.start,
            one.event_in,
        ]
        for one in found
    ]
    return Table(_("Persons whom you may see"), columns, rows, empty=_("Nobody whom you may see."))


urlpatterns = [path("roll/", roll, name="roll")]

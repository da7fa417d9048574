"""Statements: the months, one month to the line and the person-interval, and its files."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habeas.errors import HabeasError, SetupError
from habeas.service import export, itemised, kept
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Link, Money, Pages, Table, Tag
from habeas.web.desk import figures, settling, statement_files
from habeas.web.desk.place_words import LINES, STATUSES, TREATED, UNITS, Shown, word
from habeas.web.desk.statements_of import Books, Month, month, months, owed
from habeas.web.readmodels.models import Interval
from habeas.web.told import refusal

PERSONS = 25  # on a page
Document = Mapping[str, Any]  # Any: a document of a use case


def statements(request: AskedRequest) -> HttpResponse:
    """The months with their totals."""
    doing.demand(request, Deed.SEE_STATEMENT)
    if not owed():
        return render(request, "desk/no_fees.html", {"agreement": wiring.ground().deal.id})
    books = Books(request)
    figures.as_of(request, figures.now(request))
    rows = [_month_row(one, books.statement(one)["document"]) for one in months(request)]
    columns = (
        Column(_("Month")),
        Column(_("Person-days billed"), numeric=True),
        Column(_("Person-days not billed"), numeric=True),
        Column(_("Person-days undecided"), numeric=True),
        Column(_("Total"), numeric=True),
        Column(_("State")),
    )
    table = Table(_("Statements, latest first"), columns, rows, empty=_("Nobody was received yet."))
    return render(
        request, "desk/statements.html", {"table": table, "agreement": wiring.ground().deal.id}
    )


def _month_row(one: Month, found: Document) -> list[Shown]:
    days = found["person_days"]
    return [
        Link(one.name, reverse("statement", args=[one.name])),
        *(quantity(str(days[key])) for key in ("billed", "not_billed", "undecided")),
        total(found),
        state(found),
    ]


def total(found: Document) -> Money | str:
    """The total of a statement; in words where the agreement gives no price."""
    if found["total_minor"] is None:
        return _("unknown: the agreement gives no price")
    return Money(found["total_minor"], found["currency"], found["exponent"])


def state(found: Document) -> Tag:
    """Whether a statement is final, in words."""
    if found["state"] == "final":
        return Tag(_("Final"), "green", "yes")
    return Tag(_("Provisional"), "yellow", "unknown")


def statement(request: AskedRequest, name: str) -> HttpResponse:
    """The statement of a month."""
    doing.demand(request, Deed.SEE_STATEMENT)
    one = month_of(name)
    books = Books(request)
    until = figures.asked_at(request) if request.GET.get("as_of") else None
    found = books.statement(one, until)
    document: Document = found["document"]
    figures.as_of(request, until or figures.now(request))
    edges = export.edges(wiring.ground().deal, one.first, one.after)
    between, unsettled = settling.rests(request, *edges)
    context = {
        "between": [between],
        "unsettled": unsettled,
        "month": one,
        "last": document["to"],
        "document": document,
        "total": total(document),
        "state": state(document),
        "lines": _lines(document, found["es"]),
        "statuses": _statuses(document, found["es"]),
        "open": found["es"]["open"] if get_language() == "es" else document["open"],
        "files": statement_files.offered(one.name),
        **_persons(request, one),
    }
    return render(request, "desk/statement.html", context)


def month_of(name: str) -> Month:
    """The month of an address.

    Raises:
        Http404: when it is none, or no fee is owed under the agreement.
    """
    try:
        one = month(name)
    except SetupError as error:
        raise Http404 from error
    if not owed():
        raise Http404
    return one


def _texts(document: list[Document], spanish: list[str], key: str) -> list[str]:
    return spanish if get_language() == "es" else [one[key] for one in document]


def _lines(found: Document, spanish: Document) -> Table:
    columns = (
        Column(_("Line")),
        Column(_("From")),
        Column(_("Quantity"), numeric=True),
        Column(_("Unit")),
        Column(_("Amount"), numeric=True),
        Column(_("What it is")),
        Column(_("Where it is written")),
    )
    texts = _texts(found["lines"], spanish["lines"], "text")
    rows: list[list[Shown]] = [
        [
            word(LINES, line["kind"]),
            date.fromisoformat(line["from"]),
            quantity(line["quantity"]),
            word(UNITS, line["unit"]),
            _("not priced")
            if line["amount_minor"] is None
            else Money(line["amount_minor"], found["currency"], found["exponent"]),
            text,
            line["citation"],
        ]
        for line, text in zip(found["lines"], texts, strict=True)
    ]
    return Table(_("Lines"), columns, rows, empty=_("There is no line."))


def quantity(text: str) -> str:
    """An exact quantity as people read it; the file has the fraction."""
    whole, _mark, below = text.partition("/")
    return f"{int(whole):,}" if not below else f"{int(whole) / int(below):,.2f}"


def _statuses(found: Document, spanish: Document) -> Table:
    columns = (
        Column(_("Status")),
        Column(_("Person-days"), numeric=True),
        Column(_("Treated")),
        Column(_("Why")),
    )
    days = found["person_days"]["by_status"]
    rows: list[list[Shown]] = [
        [
            word(STATUSES, one["status"]),
            quantity(str(one["person_days"])),
            TREATED[one["treated"]],
            why,
        ]
        for one, why in zip(days, _texts(days, spanish["by_status"], "reason"), strict=True)
    ]
    return Table(_("Person-days by status"), columns, rows)


def _concerned(request: AskedRequest, one: Month) -> QuerySet[Interval]:
    who = doing.demand(request, Deed.SEE_STATEMENT)
    first, last = export.edges(wiring.ground().deal, one.first, one.after)
    found = figures.received(who, Deed.SEE_STATEMENT).filter(start__lt=last)
    return found.filter(Q(end__isnull=True) | Q(end__gt=first))


def _items(request: AskedRequest, one: Month, found: QuerySet[Interval]) -> list[itemised.Item]:
    deal = wiring.ground().deal
    there = kept.intervals(figures.rows(found), deal)
    ends = figures.releases(request, Deed.SEE_STATEMENT)
    return itemised.items(deal, export.each_month(one.first, one.after)[0], there, ends)


def _persons(request: AskedRequest, one: Month) -> dict[str, object]:
    """The person-intervals of a page; an account names a register number and nothing else."""
    found = _concerned(request, one)
    numbers = found.order_by("subject").values_list("subject", flat=True).distinct()
    page = Paginator(numbers, PERSONS).get_page(request.GET.get("page"))
    subjects = list(page.object_list)
    doing.seen(request, "statement persons", subjects)
    items = _items(request, one, found.filter(subject__in=subjects))
    columns = (
        Column(_("Register number")),
        Column(_("Facility")),
        Column(_("Status")),
        Column(_("From")),
        Column(_("Until")),
        Column(_("Person-days"), numeric=True),
        Column(_("Treated")),
    )
    rows: list[list[Shown]] = [
        [
            item.interval.subject,
            item.interval.facility or _("none recorded"),
            word(STATUSES, item.status),
            item.interval.start,
            item.interval.end or _("lasts"),
            item.days,
            TREATED[item.treated],
        ]
        for item in items
    ]
    query = {"as_of": request.GET["as_of"]} if request.GET.get("as_of") else {}
    return {
        "persons": Table(_("Person-intervals of this page"), columns, rows),
        "count": page.paginator.count,
        "pages": Pages(page.number, page.paginator.num_pages, query),
    }


def persons_csv(request: AskedRequest, name: str) -> HttpResponse:
    """Every person-interval of a month as CSV."""
    doing.demand(request, Deed.SEE_STATEMENT)
    one = month_of(name)
    items = _items(request, one, _concerned(request, one))
    doing.seen(request, "statement download", {item.interval.subject for item in items})
    rows = (item.row() for item in items)
    return figures.csv(f"persons-{one.name}", itemised.COLUMNS, rows)


def file(request: AskedRequest, name: str, form: str) -> HttpResponse:
    """A statement as one of the files that people use."""
    doing.demand(request, Deed.SEE_STATEMENT)
    one = month_of(name)
    make: Callable[[Document, datetime], HttpResponse] | None = statement_files.FORMS.get(form)
    if make is None:
        raise Http404
    document = Books(request).statement(one)["document"]
    at = datetime.combine(one.after, time(), UTC)  # the file is of its month, not of a clock
    try:
        return make(document, at)
    except HabeasError as error:
        faults = [refusal(one) for one in error.faults]
        context = {"faults": faults, "month": one, "form": form}
        return render(request, "desk/statement_refused.html", context, status=422)


urlpatterns = [
    path("money/", statements, name="money"),
    path("money/statements/<str:name>/", statement, name="statement"),
    path("money/statements/<str:name>/persons.csv", persons_csv, name="statement_persons"),
    path("money/statements/<str:name>/<slug:form>", file, name="statement_file"),
]

"""The open page, and what it leads to: the checkpoint, rolls, statistics and law, for everybody."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habeas.adapters import open_files, statistics_files
from habeas.adapters.installation_files import ROLLS, STATISTICS
from habeas.adapters.open_files import Issued, Roll
from habeas.errors import HabeasError
from habeas.web import wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Link, Table, Value
from habeas.web.desk import agreements, figures
from habeas.web.public import files, tables
from habeas.web.public.everybody import kept

FEW = 7  # rolls and issues on the first page
TOGETHER = ("who-may", "shown-to", "conflicts", "standards")
WAY = {"library_way": "open_thing"}  # where a text's own links lead


@kept()
def front(request: AskedRequest) -> HttpResponse:
    """What anybody may have of this register, and how to check it."""
    note, found = files.note(), wiring.installation()
    figures.footer(request, note)
    rolls, issued = _rolls(), _issued()
    context = {
        "name": found.name,
        "agreement": wiring.ground().deal.id,
        "note": note,
        "rolls": _roll_table(rolls[:FEW]),
        "more_rolls": len(rolls) > FEW,
        "issues": _issue_table(issued[:FEW]),
        "more_issues": len(issued) > FEW,
        "together": [_together(name) for name in TOGETHER],
    }
    return render(request, "public/front.html", context)


def _together(name: str) -> Link:
    return Link(
        agreements.HEADINGS[agreements.TOGETHER[name]], reverse("open_together", args=[name])
    )


def _rolls() -> list[Roll]:
    return open_files.rolls(wiring.folder() / ROLLS)


def _issued() -> list[Issued]:
    return open_files.issued(wiring.folder() / STATISTICS)


def _roll_table(found: Sequence[Roll]) -> Table:
    columns = [
        Column(_("Night")),
        Column(_("Issue"), numeric=True),
        Column(_("Bytes"), numeric=True),
        Column(_("Rows")),
        Column(_("Signed header")),
    ]
    rows: list[list[Value]] = [
        [
            one.day,
            one.issue,
            one.size,
            Link(f"{one.name}.bin", reverse("open_roll", args=[f"{one.name}.bin"])),
            Link(f"{one.name}.json", reverse("open_roll", args=[f"{one.name}.json"])),
        ]
        for one in found
    ]
    return Table(
        _("Nightly rolls"), columns, rows, size="hidden", empty=_("None was published here.")
    )


def _issue_table(found: Sequence[Issued]) -> Table:
    columns = [Column(_("Month")), Column(_("Issue"), numeric=True), Column(_("Description"))]
    rows: list[list[Value]] = [
        [
            Link(one.month, reverse("open_issue", args=[one.name]), _("issue %s") % one.number),
            one.number,
            Link(_("data package"), _file(one.name, statistics_files.INDEX), one.name),
        ]
        for one in found
    ]
    return Table(_("Statistics"), columns, rows, size="hidden", empty=_("None was published here."))


def _file(issue: str, name: str) -> str:
    return reverse("open_table", args=[issue, name])


@kept()
def rolls(request: AskedRequest) -> HttpResponse:
    """Every roll that is kept here."""
    return render(request, "public/rolls.html", {"rolls": _roll_table(_rolls())})


@kept()
def statistics(request: AskedRequest) -> HttpResponse:
    """Every issue of statistics that is kept here."""
    return render(request, "public/statistics.html", {"issues": _issue_table(_issued())})


@kept()
def issue(request: AskedRequest, name: str) -> HttpResponse:
    """One issue: its tables, and its files."""
    if name not in {one.name for one in _issued()}:
        raise Http404
    try:
        _where, digest, index, found = statistics_files.issue(wiring.folder() / STATISTICS / name)
        context = _context(name, digest, index, tables.tables(index, found))
        figures.footer(request, context["checkpoint"])
    except (HabeasError, KeyError) as error:  # it is not as it was published: then not shown
        raise Http404 from error
    return render(request, "public/issue.html", context)


def _context(
    name: str, digest: str, index: dict[str, Any], shown: list[tuple[str, Table]]
) -> dict[str, Any]:  # Any: of a JSON file
    told = index["habeas"]
    downloads = [
        (title, [(one["format"], _file(name, one["path"])) for one in index["resources"]
                 if one["path"].startswith(f"{table}.")], made)
        for table, made in shown
        for title in [made.caption]
    ]  # fmt: skip
    return {
        "title": index["title.es" if get_language() == "es" else "title"],
        "month": told["month"],
        "number": told["issue"],
        "reason": told["reason"],
        "threshold": told["withholding"]["threshold"],
        "checkpoint": told["checkpoint"],
        "digest": digest,
        "package": _file(name, statistics_files.INDEX),
        "tables": downloads,
    }


@kept()
def law(request: AskedRequest) -> HttpResponse:
    """The agreement, the rule files with their hashes, and who reviewed what."""
    deal = wiring.ground().deal.id
    columns = [Column(_("File")), Column("SHA-256"), Column(_("Reviewed by"))]
    rows: list[list[Value]] = [
        [
            Link(one.name, reverse("open_rule", args=[one.name])),
            one.digest,
            one.reviewed_by or _("nobody"),
        ]
        for one in files.rules().values()
    ]
    file = wiring.library().agreements[deal][0]
    context = {
        "agreement": deal,
        "text": reverse("open_rule", args=[file.name.removeprefix("library/")]),
        "digest": file.hash,
        "together": [_together(name) for name in TOGETHER],
        "rules": Table(_("Rule files"), columns, rows, size="hidden"),
        "groups": [
            (agreements.HEADINGS.get(kind, kind), found)
            for kind, found in agreements.linked().items()
        ],
    }
    return render(request, "public/law.html", context)


@kept()
def thing(request: AskedRequest, name: str) -> HttpResponse:
    """One thing of the library, to read."""
    if name not in agreements.ids():
        raise Http404
    context = {"name": name, "parts": agreements.parts(name)} | WAY
    return render(request, "public/thing.html", context)


@kept()
def together(request: AskedRequest, name: str) -> HttpResponse:
    """Every thing of a kind, one below the other."""
    if name not in TOGETHER:
        raise Http404
    kind = agreements.TOGETHER[name]
    found = [(one, agreements.lead(one)) for one in agreements.linked().get(kind, ())]
    context = {"title": agreements.HEADINGS[kind], "things": found} | WAY
    return render(request, "public/together.html", context)


urlpatterns = [
    path("open/", front, name="open"),
    path("open/rolls/", rolls, name="open_rolls"),
    path("open/statistics/", statistics, name="open_statistics"),
    path("open/statistics/<str:name>/", issue, name="open_issue"),
    path("open/law/", law, name="open_law"),
    path("open/law/all/<slug:name>/", together, name="open_together"),
    path("open/law/<str:name>/", thing, name="open_thing"),
]

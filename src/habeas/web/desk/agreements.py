"""The library of law to read: the agreement, its rules, what is proved of it, who may see what."""

from collections.abc import Iterator, Mapping
from functools import cache

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from habeas.errors import LawError
from habeas.service import agree, proved, read
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Link, Table, Tag, Words
from habeas.web.desk import figures
from habeas.web.desk.place_words import Shown
from habeas.web.told import refusal

HEADINGS: Mapping[str, Words] = {
    "agreement": gettext_lazy("Agreements"),
    "law": gettext_lazy("Laws"),
    "rule": gettext_lazy("Rules"),
    "agreement rule": gettext_lazy("Rules asked of an agreement itself"),
    "guarantee": gettext_lazy("Guarantees"),
    "parameter": gettext_lazy("Parameters"),
    "conflict": gettext_lazy("Where sources disagree"),
    "access": gettext_lazy("Who may do what"),
    "disclosure": gettext_lazy("Which parts of an event are shown to whom"),
    "fact": gettext_lazy("Facts that are asked"),
    "standard": gettext_lazy("Standards"),
    "measure": gettext_lazy("Measures of standards"),
    "facility": gettext_lazy("Facilities"),
    "duty": gettext_lazy("Duties"),
    "consequence": gettext_lazy("Consequences"),
    "definition": gettext_lazy("Definitions"),
    "register item": gettext_lazy("What a register must hold"),
    "treaty parties": gettext_lazy("Parties of treaties"),
    "comparator": gettext_lazy("Comparisons"),
    "statistic": gettext_lazy("Statistics"),
    "statistics note": gettext_lazy("Notes on statistics"),
    "layer": gettext_lazy("Layers of rules"),
    "source": gettext_lazy("Sources"),
    "reclassed id": gettext_lazy("Ids that moved"),
}
SOURCE = "source"  # the kind in English
TOGETHER = {  # shown one below the other on one page, for they are read as a whole
    "who-may": "access",
    "shown-to": "disclosure",
    "conflicts": "conflict",
    "facts": "fact",
    "standards": "standard",
}


@cache
def linked() -> dict[str, list[str]]:
    """Every id of the library by kind."""
    return read.known(wiring.library())


@cache
def ids() -> frozenset[str]:
    """Every id that has a page."""
    return frozenset(one for found in linked().values() for one in found)


def agreement(request: AskedRequest) -> HttpResponse:
    """The agreement of this installation, with what is on file of its guarantees."""
    doing.demand(request, Deed.SEE_AGREEMENT)
    deal = wiring.ground().deal
    rows: list[list[Shown]] = [
        [
            one.first,
            one.until,
            len(one.guarantees),
            _proved(one),
            one.claim,
        ]
        for one in _recorded(deal.id)
    ]
    columns = (
        Column(_("From")),
        Column(_("Until")),
        Column(_("Guarantees"), numeric=True),
        Column(_("Verdict")),
        Column(_("Hash of the claim")),
    )
    caption = _("What is proved of every case that could ever be put forward")
    context = {
        "parts": parts(deal.id),
        "proofs": Table(caption, columns, rows),
        "guarantees": _promises(deal.id),
        "together": [
            Link(HEADINGS[kind], reverse("library_together", args=[name]))
            for name, kind in TOGETHER.items()
        ],
        "sql": reverse("agreement_sql"),
        "agreement": deal.id,
    }
    return render(request, "desk/agreement.html", context)


@cache
def _recorded(name: str) -> list[proved.Recorded]:
    return proved.recorded(wiring.library(), name)


def _proved(one: proved.Recorded) -> Tag:
    if not one.guarantees:
        return Tag(_("None is stated"), "grey")
    if one.proved:
        return Tag(_("Proved, on file"), "green", "yes")
    return Tag(_("No proof on file"), "yellow", "unknown")


def _promises(name: str) -> list[tuple[str, str, bool]]:
    """Each guarantee with its words, once, and whether the library has a page of it."""
    found = {}
    for period in _recorded(name):
        for one in period.guarantees:
            text = one.source.text
            found[one.id] = text.es if get_language() == "es" else text.en
    return [(one, text, one in ids()) for one, text in found.items()]


def library(request: AskedRequest) -> HttpResponse:
    """Everything of the library that has an id, by kind."""
    doing.demand(request, Deed.SEE_AGREEMENT)
    groups = [(HEADINGS.get(kind, kind), found) for kind, found in linked().items()]
    return render(request, "desk/library.html", {"groups": groups})


def thing(request: AskedRequest, name: str) -> HttpResponse:
    """One thing of the library, as `habeas law show` has it."""
    doing.demand(request, Deed.SEE_AGREEMENT)
    if name not in ids():
        raise Http404
    if request.GET.get("format") == "json":
        return figures.json_of(f"library-{name}", read.document(wiring.library(), name))
    return render(request, "desk/library_thing.html", {"name": name, "parts": parts(name)})


def together(request: AskedRequest, name: str) -> HttpResponse:
    """Every thing of a kind, one below the other."""
    doing.demand(request, Deed.SEE_AGREEMENT)
    kind = TOGETHER.get(name)
    if kind is None:
        raise Http404
    found = [(one, lead(one)) for one in linked().get(kind, ())]
    return render(request, "desk/library_together.html", {"title": HEADINGS[kind], "things": found})


def parts(name: str) -> list[dict[str, object]]:
    """The pages of an id as a template reads them: each block with its kind.

    Where a source lies is told in English alone.
    """
    return [
        {
            "id": page.id,
            "kind": page.kind,
            "blocks": list(_blocks(page)),
            "rows_lang": "en" if english.kind == SOURCE else "",
        }
        for page, english in zip(_pages(name), _read(name, "en"), strict=True)
    ]


def lead(name: str) -> list[dict[str, object]]:
    """What stands on the pages of an id before the notes on the file that holds it."""
    found = parts(name)
    for part in found:
        blocks = part["blocks"]
        assert isinstance(blocks, list)  # noqa: S101 - made above
        foot = [place for place, (kind, _block) in enumerate(blocks) if kind == "heading"]
        last = foot[-1] if foot else len(blocks)
        part["blocks"] = blocks[:last]
    return found


@cache
def _read(name: str, lang: str) -> tuple[read.Page, ...]:
    return tuple(read.pages(wiring.library(), name, read.language(lang)))


def _pages(name: str) -> tuple[read.Page, ...]:
    return _read(name, "es" if get_language() == "es" else "en")


def _blocks(page: read.Page) -> Iterator[tuple[str, read.Block]]:
    for block in page.blocks:
        yield type(block).__name__.lower(), block


def sql(request: AskedRequest) -> HttpResponse:
    """The rules of the agreement as one query that anyone can run, as of now.

    Raises:
        Http404: when the asker may not.
    """
    doing.demand(request, Deed.SEE_AGREEMENT)
    deal = wiring.ground().deal
    try:
        text = agree.sql(wiring.library(), deal.id, "duckdb", figures.now(request))
    except LawError as error:  # its guarantees lack a proof: it screens nobody, here or there
        faults = [refusal(one) for one in error.faults]
        return render(request, "desk/agreement_sql_refused.html", {"faults": faults}, status=409)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{deal.id}.sql"'
    return response


urlpatterns = [
    path("agreement/", agreement, name="agreement"),
    path("agreement/rules.sql", sql, name="agreement_sql"),
    path("library/", library, name="library_index"),
    path("library/all/<slug:name>/", together, name="library_together"),
    path("library/<str:name>/", thing, name="library"),
]

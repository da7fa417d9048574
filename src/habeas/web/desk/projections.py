"""Projections: what was asked, how far it is, and what came out; nothing is run while one waits.

A scenario is read here, so that its faults are told beside the form; it is run by whoever runs
beside the web, one at a time, and a page reads its files alone.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habeas.adapters import projection_runs
from habeas.adapters.projection_runs import SCENARIO, Asked, Kept
from habeas.errors import HabeasError
from habeas.service import scenario
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Chart, Column, Link, Table, Tag, Value
from habeas.web.desk import drawings
from habeas.web.desk.claim_forms import refused
from habeas.web.desk.projection_forms import Against, Ask
from habeas.web.readmodels import visible
from habeas.web.told import refusal

KINDS = {".html": "text/html", ".json": "application/json", ".csv": "text/csv",
         ".toml": "application/toml", ".parquet": "application/vnd.apache.parquet"}  # fmt: skip
Report = Mapping[str, Any]  # Any: a report as plain data


def projections(request: AskedRequest) -> HttpResponse:
    """What was asked, with a form to ask more."""
    who = doing.demand(request, Deed.SEE_PROJECTION)
    may = visible.may(who, Deed.PROJECT) and drawings.possible()
    faults: list[str] = []
    form = Ask(_shipped())
    if request.method == "POST":
        doing.demand(request, Deed.PROJECT)
        form = Ask(_shipped(), request.POST, request.FILES)
        if form.is_valid():
            try:
                name = _asked(request, form.cleaned_data)
            except HabeasError as error:
                faults = [refusal(one) for one in error.faults]
            else:
                if name is not None:
                    return redirect("projection", name)
                form.add_error(None, _many())
    context = {"table": _table(), "form": form, "may": may, "faults": faults}
    status = 422 if faults or form.errors else 200
    return render(request, "desk/projections.html", context, status=status)


def _many() -> Any:  # noqa: ANN401 - a fault of a form
    return refused("H835", _("Too many projections are kept or wait. Ask again later."))


@cache
def _titles() -> Sequence[tuple[str, dict[str, str]]]:
    found = scenario.shipped(wiring.library())
    return [(name, {"en": title.en, "es": title.es}) for name, title in found]


def _shipped() -> list[tuple[str, str]]:
    return [(name, _said(title)) for name, title in _titles()]


def _said(title: Mapping[str, str]) -> str:
    return title.get((get_language() or "en")[:2]) or title.get("en", "")


def _asked(request: AskedRequest, said: Mapping[str, Any]) -> str | None:
    text = said["file"] or scenario.shipped_text(said["shipped"])
    found = scenario.checked(text, SCENARIO, wiring.library())
    title = {"en": found.title.en, "es": found.title.es}
    asked = Asked(found.id, title, said["draws"], said["seed"], request.now.isoformat())
    return projection_runs.ask(wiring.folder(), [text], asked)


def _table() -> Table:
    columns = (
        Column(_("Scenario")),
        Column(_("Against")),
        Column(_("Draws"), numeric=True),
        Column(_("Seed"), numeric=True),
        Column(_("State")),
    )
    rows: list[list[Value]] = [
        [
            Link(_said(one.asked.title), reverse("projection", args=[one.name])),
            one.asked.with_,
            one.asked.draws,
            str(one.asked.seed),
            _state(one),
        ]
        for one in projection_runs.every(wiring.folder())
    ]
    return Table(_("Projections, latest first"), columns, rows, empty=_("Nobody has asked yet."))


def _state(one: Kept) -> Tag:
    return {
        "waits": Tag(_("Waits"), "grey", ""),
        "runs": Tag(_("Runs"), "yellow", "unknown"),
        "done": Tag(_("Done"), "green", "yes"),
        "failed": Tag(_("Failed"), "red", "no"),
    }[one.state]


def _kept(name: str) -> Kept:
    found = projection_runs.read(wiring.folder(), name)
    if found is None:
        raise Http404
    return found


def projection(request: AskedRequest, name: str) -> HttpResponse:
    """One of them: how far it is, or what came out."""
    who = doing.demand(request, Deed.SEE_PROJECTION)
    one = _kept(name)
    others = _others(one)
    may = visible.may(who, Deed.PROJECT) and bool(others)
    form = Against(others)
    if request.method == "POST":
        doing.demand(request, Deed.PROJECT)
        form = Against(others, request.POST)
        if form.is_valid():
            made = _against(request, one, _kept(form.cleaned_data["other"]))
            if made is not None:
                return redirect("projection", made)
            form.add_error(None, _many())
    context: dict[str, object] = {
        "one": one,
        "title": _said(one.asked.title),
        "state": _state(one),
        "may": may,
        "form": form,
    }
    if one.state == "done":
        context |= _result(one)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "desk/projection.html", context, status=status)


def _others(one: Kept) -> list[tuple[str, str]]:
    """Those that were drawn with the same chance, and are no comparison themselves."""
    if one.state != "done" or one.asked.with_:
        return []
    return [
        (each.name, _said(each.asked.title))
        for each in projection_runs.every(wiring.folder())
        if each.name != one.name
        and not each.asked.with_
        and (each.asked.draws, each.asked.seed) == (one.asked.draws, one.asked.seed)
    ]


def _against(request: AskedRequest, one: Kept, other: Kept) -> str | None:
    texts = [each.folder.joinpath(SCENARIO).read_text("utf-8") for each in (one, other)]
    asked = msgspec.structs.replace(
        one.asked, at=request.now.isoformat(), with_=_said(other.asked.title)
    )
    return projection_runs.ask(wiring.folder(), texts, asked)


def _result(one: Kept) -> dict[str, object]:
    lang = "es" if (get_language() or "en").startswith("es") else "en"
    name = "comparison" if one.asked.with_ else "report"
    pages = one.result / "pages"
    found: Report = msgspec.json.decode(pages.joinpath(f"{name}.{lang}.json").read_bytes())
    files = projection_runs.files(one)
    return {
        "report": found,
        "sections": [
            {
                **section,
                "charts": [
                    _chart(picture, _drawing(pages / f"{picture['name']}.{lang}.svg"), one)
                    for picture in section["pictures"]
                ],
                "tables": [_grid(grid) for grid in section["grids"]],
            }
            for section in found["sections"]
        ],
        "files": [
            Link(each, reverse("projection_file", args=[one.name, each])) for each in files
            if not each.endswith(".csv")
        ],
    }  # fmt: skip


def _drawing(path_: Path) -> str:
    return path_.read_text(encoding="utf-8")


def _chart(picture: Report, drawing: str, one: Kept) -> Chart:
    columns = [Column(name, numeric=place > 0) for place, name in enumerate(picture["columns"])]
    caption = _("%(shown)s of %(every)s rows; the file holds all") % {
        "shown": len(picture["rows"]), "every": picture["every"],
    }  # fmt: skip
    return Chart(
        picture["title"],
        picture["about"],
        Table(caption, columns, [[str(cell) for cell in row] for row in picture["rows"]], size="s"),
        reverse("projection_file", args=[one.name, f"{picture['name']}.csv"]),
        drawing,
    )


def _grid(grid: Report) -> Table:
    columns = [
        Column(head, numeric=wide <= 0)
        for head, wide in zip(grid["heads"], grid["widths"], strict=True)
    ]
    rows = [[cell["text"] for cell in row] for row in grid["rows"]]
    return Table(grid["caption"], columns, rows, size="s")


def download(request: AskedRequest, name: str, file: str) -> HttpResponseBase:
    """A file of a result; a page among them is given out and never shown here."""
    doing.demand(request, Deed.SEE_PROJECTION)
    one = _kept(name)
    found = projection_runs.files(one).get(file) if one.state == "done" else None
    if found is None:
        raise Http404
    kind = KINDS.get(found.suffix, "application/octet-stream")
    return FileResponse(found.open("rb"), as_attachment=True, filename=file, content_type=kind)


urlpatterns = [
    path("projections/", projections, name="projections"),
    path("projections/<slug:name>/", projection, name="projection"),
    path("projections/<slug:name>/<str:file>", download, name="projection_file"),
]

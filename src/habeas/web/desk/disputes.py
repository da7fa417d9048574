"""Disputes: the lines of a claim between the two states, opened, answered and listed.

Each claim has one file in the installation, whose lines chain by hash; a page only lengthens it.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from habeas.access import Asker
from habeas.adapters import dispute_file
from habeas.adapters.importers import text_columns
from habeas.errors import DisputeRefused, HabeasError
from habeas.service import disputes as use
from habeas.service.reconcile_document import rows
from habeas.terms import Deed, Side
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Link, Money, Pages, Table, Tag
from habeas.web.desk import claims, figures
from habeas.web.desk.claim_forms import Answer, Compare, Why
from habeas.web.desk.place_words import CAUSES, SIDES, STATES, Shown, word
from habeas.web.desk.statements_of import owed
from habeas.web.readmodels import visible
from habeas.web.told import refusal

KEPT, PAGE = "disputes", 25
DONE = ("matched", "settled")
COLUMNS = (
    "line", "state", "days", "claimed_minor", "register_minor", "payable_minor", "cause", "detail",
    "by", "officer", "at", "why",
)  # fmt: skip
Document = Mapping[str, Any]  # Any: a document of a use case


def _path(name: str) -> Path:
    return wiring.folder() / KEPT / f"{name}.jsonl"


def _file(name: str) -> Path:
    """The file of a claim's disputes.

    Raises:
        Http404: when there is none.
    """
    found = _path(name)
    if not name.isalnum() or not found.is_file():
        raise Http404
    return found


def disputes(request: AskedRequest) -> HttpResponse:
    """The claims whose lines were opened, with how many wait."""
    doing.demand(request, Deed.SEE_STATEMENT)
    if not owed():
        raise Http404
    table = list[list[Shown]]()
    for one in sorted((wiring.folder() / KEPT).glob("*.jsonl")):
        found: Document = use.document(dispute_file.read(one), None)
        table.append(
            [
                Link(one.stem[:16], reverse("dispute", args=[one.stem])),
                found["moves"],
                found["waiting"],
                str(found["head"]),
            ]
        )
    columns = (
        Column(_("Claim")),
        Column(_("Moves"), numeric=True),
        Column(_("Lines that wait"), numeric=True),
        Column(_("Head of the chain")),
    )
    empty = _("No line of any claim was opened.")
    context = {"table": Table(_("Disputes by claim"), columns, table, empty=empty)}
    return render(request, "desk/disputes.html", context)


def side(who: Asker) -> Side:
    """For which state somebody speaks.

    Raises:
        Http404: for one of neither.
    """
    if who.side is None:
        raise Http404
    return who.side


def officer(request: AskedRequest) -> str:
    """Who speaks, as the file has it."""
    return f"{doing.asker(request).authority} {request.user.get_username()}"


@require_POST
def open_(request: AskedRequest, name: str) -> HttpResponse:
    """Open every line of a claim's reconciliation."""
    who = doing.demand(request, Deed.DISPUTE)
    if not owed():
        raise Http404
    claim = claims.claim_path(name)
    form, why = Compare(_columns(claim), request.GET.dict()), Why(request.POST)
    if not form.is_valid() or not why.is_valid():
        context = {"form": why, "name": name, "query": request.GET.urlencode()}
        return render(request, "desk/dispute_open.html", context, status=422)
    try:
        found = claims.compared(request, claim, form)
        said = (side(who), officer(request), figures.now(request), why.cleaned_data["why"])
        moves = use.openings(rows(found.outcome), *said)
        _path(name).parent.mkdir(mode=0o700, exist_ok=True)
        dispute_file.append(_path(name), lambda data: use.opened(data, moves))
    except HabeasError as error:
        context = {
            "form": why,
            "name": name,
            "faults": _sentences(error),
            "query": request.GET.urlencode(),
        }
        return render(request, "desk/dispute_open.html", context, status=_status(error))
    return redirect("dispute", name)


def _columns(claim: Path) -> list[str]:
    return list(text_columns.read(claim, None).names)


def _sentences(error: HabeasError) -> list[str]:
    return [refusal(replace(one, file="", line=0, column=0)) for one in error.faults]


def _status(error: HabeasError) -> int:
    return 409 if isinstance(error, DisputeRefused) else 422


def dispute(request: AskedRequest, name: str) -> HttpResponse:
    """How every line of a claim stands, with a form to answer some."""
    who = doing.demand(request, Deed.SEE_STATEMENT)
    path_ = _file(name)
    faults: list[str] = []
    form, status = Answer(), 200
    if request.method == "POST":
        doing.demand(request, Deed.DISPUTE)
        form = Answer(request.POST)
        if form.is_valid():
            try:
                _answer(request, path_, form)
                return redirect("dispute", name)
            except HabeasError as error:
                faults, status = _sentences(error), _status(error)
        else:
            status = 422
    found: Document = use.document(dispute_file.read(path_), None)
    lines: list[Document] = found["lines"]
    state = request.GET.get("state", "")
    kept = [one for one in lines if one["state"] == state] if state in STATES else lines
    kept.sort(key=lambda one: one["state"] in DONE)  # what waits comes first
    if request.GET.get("format") == "csv":
        texts = ({key: _text(one[key]) for key in COLUMNS} for one in kept)
        return figures.csv(f"disputes-{name[:16]}", COLUMNS, texts)
    page = Paginator(kept, PAGE).get_page(request.GET.get("page"))
    context = {
        "name": name,
        "form": form,
        "faults": faults,
        "found": found,
        "may": visible.may(who, Deed.DISPUTE) and who.side is not None,
        "states": [(key, tag, found["states"][key]) for key, tag in STATES.items()],
        "table": _lines(list(page)),
        "payable": _payable(found),
        "pages": Pages(page.number, page.paginator.num_pages, {"state": state} if state else {}),
        "state": state,
    }
    return render(request, "desk/dispute.html", context, status=status)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _answer(request: AskedRequest, path_: Path, form: Answer) -> None:
    who, told = doing.asker(request), form.cleaned_data
    said = (side(who), officer(request), figures.now(request), told["why"])
    to = use.state(told["to"])
    dispute_file.append(path_, lambda data: use.answered(data, told["lines"], to, said))


def _payable(found: Document) -> Money | int:
    fees = wiring.ground().deal.fees
    minor = found["payable_minor"]
    return minor if fees is None else Money(minor, fees.currency, fees.exponent)


def _lines(found: list[Document]) -> Table:
    columns = (
        Column(_("Line")),
        Column(_("State")),
        Column(_("Days"), numeric=True),
        Column(_("Cause")),
        Column(_("Last said by")),
        Column(_("On")),
        Column(_("Why")),
    )
    table: list[list[Shown]] = [
        [
            one["line"],
            STATES.get(one["state"], Tag(one["state"])),
            one["days"],
            word(CAUSES, one["cause"]) or _("none"),
            f"{word(SIDES, one['by'])}, {one['officer']}",
            one["day"],
            one["why"],
        ]
        for one in found
    ]
    return Table(_("Lines"), columns, table, empty=_("No line stands so."))


def chain(request: AskedRequest, name: str) -> HttpResponse:
    """The file itself, for the other side to keep and to check."""
    doing.demand(request, Deed.SEE_STATEMENT)
    response = HttpResponse(dispute_file.read(_file(name)), content_type="application/x-ndjson")
    response["Content-Disposition"] = f'attachment; filename="disputes-{name[:16]}.jsonl"'
    return response


urlpatterns = [
    path("money/disputes/", disputes, name="disputes"),
    path("money/disputes/<slug:name>/", dispute, name="dispute"),
    path("money/disputes/<slug:name>/chain.jsonl", chain, name="dispute_chain"),
    path("money/claims/<slug:name>/open/", open_, name="dispute_open"),
]

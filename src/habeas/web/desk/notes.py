"""A note of credit or debit: what is known now against a statement that was sent."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from habeas.errors import HabeasError
from habeas.service import note as use
from habeas.terms import Deed
from habeas.web import doing
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Money, Table, Value
from habeas.web.desk import figures, money
from habeas.web.desk.claim_forms import Note
from habeas.web.desk.place_words import LINES, Shown, word
from habeas.web.desk.statements_of import Books
from habeas.web.told import refusal

Document = Mapping[str, Any]  # Any: a document of a use case
KINDS = {
    "none": lambda: _("Nothing changes"),
    "not_priced": lambda: _("What changes has no price"),
    "credit_note": lambda: _("Credit note"),
    "debit_note": lambda: _("Debit note"),
}


def note(request: AskedRequest, name: str) -> HttpResponse:
    """The note against a statement that is uploaded; nothing of the file is kept."""
    doing.demand(request, Deed.SEE_STATEMENT)
    one = money.month_of(name)
    faults: list[str] = []
    found: Document | None = None
    form = Note(request.POST, request.FILES) if request.method == "POST" else Note()
    if request.method == "POST" and form.is_valid():
        try:
            sent = _parsed(form.cleaned_data["file"])
            now = Books(request).statement(one)["document"]
            found = use.note(sent, json.loads(json.dumps(now)))
        except HabeasError as error:
            faults = [refusal(one) for one in error.faults]
    if found is not None and request.POST.get("format") == "json":
        return figures.json_of(f"note-{name}", found)
    context = {"month": one, "form": form, "faults": faults}
    if found is not None:
        context |= {"found": found, "kind": KINDS[found["kind"]](), "table": _table(found)}
    status = 422 if faults or form.errors else 200
    return render(request, "desk/note.html", context, status=status)


def _parsed(data: bytes) -> Document:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}  # which is no statement, as the use case says
    return found if isinstance(found, dict) else {}


def _table(found: Document) -> Table:
    columns = (
        Column(_("From")),
        Column(_("Line")),
        Column(_("Quantity was"), numeric=True),
        Column(_("Quantity is"), numeric=True),
        Column(_("Amount was"), numeric=True),
        Column(_("Amount is"), numeric=True),
    )
    rows: list[list[Shown]] = [
        [
            date.fromisoformat(line["from"]),
            word(LINES, line["kind"]),
            money.quantity(str(line["quantity_was"])),
            money.quantity(str(line["quantity"])),
            _amount(line["amount_was_minor"], found),
            _amount(line["amount_is_minor"], found),
        ]
        for line in found["lines"]
    ]
    return Table(_("What changes, line by line"), columns, rows, empty=_("Nothing changes."))


def _amount(minor: int | None, found: Document) -> Value:
    return _("not priced") if minor is None else Money(minor, found["currency"], found["exponent"])


urlpatterns = [path("money/statements/<str:name>/note/", note, name="statement_note")]

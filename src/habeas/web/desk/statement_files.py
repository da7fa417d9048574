"""A statement as the files that people use; heavy libraries are loaded when one is asked for."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.util import find_spec
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from habeas.service import export
from habeas.web import wiring
from habeas.web.components import Link
from habeas.web.desk import figures

Document = Mapping[str, Any]  # Any: a statement's document
Make = Callable[[Document, datetime], HttpResponse]


def _work(found: Document) -> export.Work:
    pair = (wiring.installation().sending, wiring.installation().receiving)
    # Read as a file would be, so that a page and a file cannot differ.
    saved = json.loads(json.dumps(found))
    return export.work([("", saved)], wiring.library(), *pair)


def _name(found: Document) -> str:
    return f"statement-{found['agreement']}-{found['from'][:7]}"


def _sent(data: bytes | str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _json(found: Document, at: datetime) -> HttpResponse:
    del at
    return figures.json_of(_name(found), found)


def _lines(found: Document, at: datetime) -> HttpResponse:
    del at
    return figures.csv(_name(found), *export.rows(_work(found).found))


def _journal(found: Document, at: datetime) -> HttpResponse:
    del at
    rows = export.journal(_work(found), "payer")
    return figures.csv(f"journal-{found['from'][:7]}", export.JOURNAL, rows)


def _beancount(found: Document, at: datetime) -> HttpResponse:
    del at
    text = export.beancount(_work(found), "payer")
    return _sent(text, "text/plain; charset=utf-8", f"{_name(found)}.beancount")


def _pdf(found: Document, at: datetime) -> HttpResponse:
    from habeas.adapters import documents  # noqa: PLC0415 - not in every installation

    data = documents.pdf("statement", export.page(_work(found)), at)
    return _sent(data, "application/pdf", f"{_name(found)}.pdf")


def _ubl(found: Document, at: datetime) -> HttpResponse:
    del at
    from habeas.adapters import e_invoice  # noqa: PLC0415 - not in every installation

    data = e_invoice.ubl(export.invoice(_work(found), None))
    return _sent(data, "application/xml", f"{_name(found)}.xml")


FORMS: Mapping[str, Make] = {
    "json": _json,
    "lines": _lines,
    "journal": _journal,
    "beancount": _beancount,
    "pdf": _pdf,
    "ubl": _ubl,
}
NEEDS = {"pdf": "typst", "ubl": "facturx"}  # the library without which there is none


def offered(month: str) -> list[Link]:
    """The files of a month that this installation can make."""
    words = {
        "json": _("Statement (JSON)"),
        "lines": _("Lines (CSV)"),
        "journal": _("Journal of the payer (CSV)"),
        "beancount": _("Ledger of the payer (beancount)"),
        "pdf": _("Page (PDF)"),
        "ubl": _("Invoice (UBL)"),
    }
    found = [
        Link(said, reverse("statement_file", args=[month, form]))
        for form, said in words.items()
        if form not in NEEDS or find_spec(NEEDS[form]) is not None
    ]
    return [*found, Link(_("Person-intervals (CSV)"), reverse("statement_persons", args=[month]))]

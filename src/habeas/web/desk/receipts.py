"""Receipts of a person's events: as a file, as a sheet to print, as a page; and all in one file."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from habeas.errors import HabeasError, SetupError
from habeas.service import asking, personfile, receipts
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.accounts.step_up import stepped_up
from habeas.web.asked import AskedRequest
from habeas.web.components import Row
from habeas.web.desk import person, person_words

with suppress(SetupError):  # without the typesetter the page is the sheet
    from habeas.adapters import documents

NOT_COVERED = "H543"
SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


def typeset() -> bool:
    """Whether sheets can be made here."""
    return find_spec("typst") is not None and find_spec("segno") is not None


def _receipt(request: AskedRequest, subject: str, index: int) -> str:
    """The receipt of one event of a person, as its file's text.

    Raises:
        Http404: for whoever may not, and where the person has no such event.
    """
    doing.demand(request, Deed.SEE_RECEIPT, subject)
    try:
        found = doing.read(request, asking.OneReceipt(index))
    except HabeasError as error:
        if error.code == NOT_COVERED:
            raise Http404 from error
        raise
    text = str(found["receipt"])
    if not personfile.is_of(text, subject):
        raise Http404
    return text


@require_safe
def one_json(request: AskedRequest, subject: str, index: int) -> HttpResponse:
    """The file that proves one event, for whoever checks it."""
    return _download(_receipt(request, subject, index), "application/json", f"receipt-{index}.json")


@require_safe
def one_pdf(request: AskedRequest, subject: str, index: int) -> HttpResponse:
    """The printed sheet; where no typesetter is installed there is none, and the page is one."""
    if not typeset():
        raise Http404
    found = receipts.read(_receipt(request, subject, index))
    trust = wiring.trust()
    made = documents.receipt(
        receipts.page(found, trust), receipts.codes(found, trust), receipts.instant(found, trust)
    )
    return _download(made, "application/pdf", f"receipt-{index}.pdf")


def _drawn(code: Mapping[str, object]) -> str:
    """A code as large as a telephone needs it on paper."""
    side = f"{code['millimetres']}mm"
    size = rf'viewBox="0 0 \1 \2" width="{side}" height="{side}"'
    return SIZE.sub(size, str(code["svg"]), count=1)


@lru_cache(maxsize=64)
def _enrolment(text: str) -> str:
    """An officer's: the same beside each receipt of theirs, and nothing of a person in it."""
    return _drawn(documents.code(text))


@require_safe
def one_page(request: AskedRequest, subject: str, index: int) -> HttpResponse:
    """What the sheet says, in the page's language, with the code that holds the receipt."""
    found = receipts.read(_receipt(request, subject, index))
    trust = wiring.trust()
    codes = []
    if typeset():
        own, *enrolments = receipts.codes(found, trust)
        codes = [_drawn(documents.code(own)), *map(_enrolment, enrolments)]
    lang = person_words.language()
    doing.footing(request)
    context = {
        **receipts.sheet(found, trust, lang),
        "subject": subject,
        "index": index,
        "rows": [Row(label, value) for label, value in receipts.rows(found, trust, lang)],
        "codes": codes,
        "pdf": typeset(),
    }
    return render(request, "desk/person_receipt.html", context)


@require_safe
def whole(request: AskedRequest, subject: str) -> HttpResponse:
    """The signed record: the receipts of all events of somebody in one file."""
    found = person.opened(request, subject, Deed.SEE_RECEIPT)
    texts, not_covered = [], []
    for one in found.file.entries:
        try:
            texts.append(str(doing.read(request, asking.OneReceipt(one.index))["receipt"]))
        except HabeasError as error:
            if error.code != NOT_COVERED:
                raise
            not_covered.append(one.index)
    told = personfile.signed_record(found.file, texts, not_covered, wiring.ground())
    text = json.dumps(told, indent=1, sort_keys=True) + "\n"
    return _download(text, "application/json", f"record-{subject}.json")


def _download(content: str | bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def section(request: AskedRequest, subject: str, index: int, name: str) -> HttpResponseBase:
    """Open one section of an event, for whoever showed their second factor just now.

    Raises:
        Http404: for whoever may not, and where the person has no such section there.
    """
    doing.demand(request, Deed.SEE_EVENT, subject)
    return _section(request, subject, index, name)


@stepped_up
def _section(request: AskedRequest, subject: str, index: int, name: str) -> HttpResponse:
    found = person.opened(request, subject, Deed.SEE_EVENT)
    one = found.file.entry(index)
    role = doing.reader(request).role
    if one is None or name not in personfile.sections(wiring.library(), role, one):
        raise Http404
    told = doing.read(request, asking.OneSection(index, name))
    context = {
        "identity": person.identity(found),
        "subject": subject,
        "index": index,
        "name": person_words.SECTIONS.get(name, name),
        "text": personfile.section_text(told),
        "title": _("Opened section"),
    }
    return render(request, "desk/person_section.html", context)

"""Drafts: read in full what is to be signed, sign it, or withdraw it with a reason."""

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from habeas.errors import Fault, HabeasError, ImpossibleEvent
from habeas.web import doing
from habeas.web.accounts.step_up import stepped_up
from habeas.web.asked import AskedRequest
from habeas.web.components import Row, Value
from habeas.web.desk import drafting, person_words
from habeas.web.desk.deed_form import LONG, text
from habeas.web.desk.deed_words import DEEDS
from habeas.web.desk.deeds import CLOSED, ended
from habeas.web.desk.drafting import Draft
from habeas.web.desk.ways import language, link, to

MOST_REASON = LONG // 2


class DropForm(forms.Form):
    """Why a draft is withdrawn."""

    reason = text(_("Why it is withdrawn"), most=MOST_REASON)


def drafts(request: AskedRequest) -> HttpResponse:
    """Every draft that concerns whoever asks."""
    doing.footing(request)
    return render(request, "desk/drafts.html", {"waiting": drafting.of(request)})


@require_http_methods(["GET", "POST"])
def draft(request: AskedRequest, name: str) -> HttpResponseBase:
    """One draft: read, signed or withdrawn."""
    found = drafting.one_of(request, name)
    if found is None:
        raise Http404
    return _one(request, found)


@stepped_up
def _one(request: AskedRequest, found: Draft) -> HttpResponseBase:
    if request.method == "GET":
        return _shown(request, found, DropForm())
    try:
        if request.POST.get("step") == "withdraw":
            return _withdrawn(request, found)
        doing.demand(request, found.deed, found.subject)
        return ended(request, found.deed, found.subject, doing.sign(request, found.id))
    except HabeasError as error:
        if error.code in CLOSED:
            raise
        status = 409 if isinstance(error, ImpossibleEvent) else 422
        again = drafting.one_of(request, found.id) or found
        return _shown(request, again, DropForm(), status, error.faults)


def _withdrawn(request: AskedRequest, found: Draft) -> HttpResponse:
    form = DropForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form, 422)
    doing.drop(request, found.id, str(form.cleaned_data["reason"]))
    return redirect(to("drafts"))


def _shown(
    request: AskedRequest,
    found: Draft,
    form: DropForm,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
) -> HttpResponse:
    rows = [Row(person_words.field(key), _plain(value)) for key, value in found.body.items()]
    said = {
        "title": DEEDS[found.deed],
        "draft": found,
        "form": form,
        "faults": [one.sentence(language()) for one in faults],
        "mine": drafting.waits_for_me(request, found),
        "head": [
            Row(_("Register number"), link(found.subject, "person", found.subject)),
            Row(_("What it records"), person_words.event(found.kind)),
            Row(_("As of"), found.at),
            Row(_("Facility"), found.facility or _("none")),
            Row(_("Signed by"), drafting.named(found.signed)),
            Row(_("Waits for"), drafting.named(found.waits_for)),
        ],
        "rows": rows,
    }
    return render(request, "desk/draft.html", said, status=status)


def _plain(value: object) -> Value:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, int) else str(value)


urlpatterns: list[URLPattern] = [
    path("drafts/", drafts, name="drafts"),
    path("drafts/<slug:name>/", draft, name="draft"),
]

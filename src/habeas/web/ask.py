"""Where everybody asks, without signing in: a question goes in, and its answer is opened by token.

Nothing here knows whether a token was issued or a person exists: what is asked is sealed as it
comes, and taken by the gateway later. There is no cookie, no file and no search. A token stands in
the body of a request alone, and is never written back.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from secrets import token_bytes

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from habeas.errors import RegisterError
from habeas.service import letterbox, locate
from habeas.service.letterbox import Request
from habeas.terms import RollStatus
from habeas.web import wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Row, Words
from habeas.web.courtesy import HOUR, Courtesy
from habeas.web.forms import NamedFaults

CAP = 32 * 1024  # bytes of a request
FORM = "application/x-www-form-urlencoded"
ASKS, OPENS, LOOKS_UP = (Courtesy(most, token_bytes) for most in (10, 30, 60))
ONE_FORM = {"spellcheck": "false", "autocomplete": "off", "autocapitalize": "characters"}
STATUS: Mapping[str, Words] = {
    RollStatus.HELD: _("Held"),
    RollStatus.IN_TRANSFER: _("Being moved"),
    RollStatus.HOSPITAL: _("In a hospital, in custody"),
    RollStatus.RETURNED: _("Handed back to the other state"),
    RollStatus.RELEASED: _("Released"),
    RollStatus.DIED: _("Died"),
    RollStatus.DISPUTED: _("The register contradicts itself: ask the court"),
    RollStatus.ASK: _("Ask the court: the register does not say it here"),
}
TOLD: Mapping[str, Words] = {
    "asked": _("Asked"),
    "as_of": _("Answered as of"),
    "by": _("Authority that answered"),
    "place": _("Place"),
    "order": _("Order on which custody rests"),
    "ordered_by": _("Ordered by"),
    "until": _("There is a basis until"),
    "size": _("Entries of the register in the proof"),
    "root": _("Their hash"),
}


class Unrepeated(forms.TextInput):
    """A field whose typing is not written back."""

    def format_value(self, value: object) -> None:
        """Nothing."""
        del value


class TokenForm(NamedFaults):
    """A token from the paper."""

    token = forms.CharField(
        label=_("Token on the paper"),
        help_text=_("28 letters and digits, as they are printed, with or without hyphens."),
        max_length=500,  # what is longer than a token is told as any other that is mistyped
        widget=Unrepeated(ONE_FORM),
    )

    def clean_token(self) -> str:
        """A token whose check symbols fit.

        Raises:
            ValidationError: the same sentence for whatever is none.
        """
        typed = str(self.cleaned_data["token"])
        try:
            locate.question(typed)
        except RegisterError as error:
            said = gettext("This is no token: type it again from the paper, group by group.")
            raise forms.ValidationError(said, "mistyped") from error
        return typed


class RequestForm(NamedFaults):
    """A request that a person decides."""

    who = forms.CharField(label=_("Who asks"), max_length=letterbox.WHO)
    how = forms.CharField(
        label=_("How you can be answered"),
        help_text=_("A telephone number, an address, or a lawyer who takes the answer for you."),
        max_length=letterbox.HOW,
    )
    text = forms.CharField(
        label=_("About whom you ask, and what ties you to them"),
        max_length=letterbox.TEXT,
        widget=forms.Textarea({"rows": "6"}),
    )


@csrf_exempt  # no session gives anything here: whoever sends it for another asks as nobody
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: AskedRequest) -> HttpResponse:
    """Ask with a token, or without one."""
    if request.META.get("QUERY_STRING"):
        return _bare("ask")
    if request.method != "POST":
        return _page(request, TokenForm(), RequestForm())
    refused = _refused(request, ASKS)
    if refused is not None:
        return refused
    by_token = "token" in request.POST
    form = TokenForm(request.POST) if by_token else RequestForm(request.POST)
    if not form.is_valid():
        one, other = (form, RequestForm()) if by_token else (TokenForm(), form)
        return _page(request, one, other, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _put(request, form.cleaned_data, by_token=by_token)


def _put(request: AskedRequest, given: Mapping[str, str], *, by_token: bool) -> HttpResponse:
    """Seal what is asked and put it in; the page is the same whatever it was."""
    reference, public = letterbox.reference(token_bytes), wiring.letterbox_key()
    if by_token:
        sealed = letterbox.with_token(public, given["token"])
    else:
        day = request.now.date().isoformat()
        asked = Request(b"", reference, day, given["who"], given["how"], given["text"])
        sealed = letterbox.without_token(public, asked)
    if not wiring.letterbox().put(sealed, request.now.date()):
        return _full(request)
    context = {"reference": reference, **_promised()}
    return _kept_nowhere(render(request, "ask/received.html", context))


def _page(
    request: HttpRequest,
    by_token: forms.Form,
    without: forms.Form,
    wrong: forms.Form | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"by_token": by_token, "without": without, "form": wrong, **_promised()}
    return _kept_nowhere(render(request, "ask/ask.html", context, status=status))


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: AskedRequest) -> HttpResponse:
    """Open what is sealed to a token; the token is seen here while that is done, and not kept."""
    if request.META.get("QUERY_STRING"):
        return _bare("ask_answer")
    if request.method != "POST":
        return _kept_nowhere(render(request, "ask/answer.html", {"form": TokenForm()}))
    refused = _refused(request, OPENS)
    if refused is not None:
        return refused
    form = TokenForm(request.POST)
    if not form.is_valid():
        page = render(request, "ask/answer.html", {"form": form}, status=422)
        return _kept_nowhere(page)
    typed = str(form.cleaned_data["token"])
    day, sealed = _sealed(request, locate.question(typed))
    found = locate.opened(typed, day, sealed)
    context = {"form": TokenForm(), "day": day, "looked": True}
    if found is not None:
        context |= {"rows": _rows(found), **_promised()}
    return _kept_nowhere(render(request, "ask/answer.html", context))


def _rows(found: Mapping[str, object]) -> list[Row]:
    rows = [Row(_("Status"), STATUS[str(found["status"])])]
    rows += [Row(_("Facility"), str(found["facility"]))] if found["facility"] else []
    rows += [Row(_("Court to ask"), str(found["court"]))] if found["court"] else []
    told = found["inquiry"]
    if isinstance(told, Mapping):
        rows += [Row(words, str(told[name])) for name, words in TOLD.items() if name in told]
        if "as_of" not in told:
            rows.append(Row(_("Answer"), _("None is on the register yet.")))
    return rows


@csrf_exempt
@require_POST
def look_up(request: AskedRequest) -> HttpResponse:
    """The 560 bytes for a lookup key in the body: an answer that its bearer opens, or a dummy."""
    wait = LOOKS_UP.wait(request, request.now)
    if wait:
        return HttpResponse(status=429, headers={"Retry-After": str(wait)})
    short = _length(request) <= CAP  # what is longer is malformed, and a miss
    _day, sealed = _sealed(request, request.body if short else b"")
    return _kept_nowhere(HttpResponse(sealed, content_type="application/octet-stream"))


def _sealed(request: AskedRequest, key: bytes) -> tuple[date, bytes]:
    secret = hashlib.sha256(b"habeas/no-answers-yet\n" + settings.SECRET_KEY.encode()).digest()
    return wiring.sealed_answer(key, request.now.date(), secret)


def _refused(request: AskedRequest, limit: Courtesy) -> HttpResponse | None:
    """A refusal before anything is read; None where the request is one of ours."""
    if request.content_type != FORM or _length(request) > CAP:
        said = _("Only what the form asks can be sent: no file, and nothing longer.")
        page = render(request, "ask/refused.html", {"said": said}, status=413)
        return _kept_nowhere(page)
    wait = limit.wait(request, request.now)
    if not wait:
        return None
    page = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    page["Retry-After"] = str(wait)
    return _kept_nowhere(page)


def _length(request: HttpRequest) -> int:
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(said) if said.isascii() and said.isdigit() else CAP + 1


def _full(request: AskedRequest) -> HttpResponse:
    """One sentence to whoever comes when the box is full: what came before is kept."""
    said = _("Too many requests wait to be taken: none of them is lost, and yours was not put in.")
    page = render(request, "ask/refused.html", {"said": said}, status=503)
    page["Retry-After"] = str(HOUR - int(request.now.timestamp()) % HOUR)
    return _kept_nowhere(page)


def _bare(name: str) -> HttpResponse:
    """To the page without whatever somebody put into its address: nothing is asked by one."""
    return HttpResponseRedirect(reverse(name))


def _kept_nowhere(page: HttpResponse) -> HttpResponse:
    page["Cache-Control"] = "no-store"
    return page


def _promised() -> dict[str, object]:
    found, here = wiring.promise(), get_language()
    court = found.court
    named = "" if court is None else court.name.es if here == "es" else court.name.en
    return {"by": _by(found), "policy": found.limit == "policy", "court": named}


def _by(found: letterbox.Promise) -> str:
    """By when an answer is due; empty where nobody fixes it."""
    due = found.by
    spans = (
        (due.hours, ngettext("%(n)s hour", "%(n)s hours", due.hours or 0)),
        (due.days, ngettext("%(n)s day", "%(n)s days", due.days or 0)),
        (
            due.working_days,
            ngettext("%(n)s working day", "%(n)s working days", due.working_days or 0),
        ),
        (due.months, ngettext("%(n)s month", "%(n)s months", due.months or 0)),
    )
    return next((words % {"n": number} for number, words in spans if number is not None), "")


urlpatterns: list[URLPattern] = [
    path("ask/", ask, name="ask"),
    path("ask/answer/", answer, name="ask_answer"),
]
plain_urlpatterns: list[URLPattern] = [path("locate", look_up, name="look_up")]

"""The exchange with the other state: what waits, and messages carried as files.

Where both installations reach each other the courier carries them and nobody needs this page. Only
officers of the state whose installation it is carry its messages.
"""

from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from habeas.access import Asker
from habeas.errors import HabeasError
from habeas.service import asking, exchange
from habeas.service.asking import Found
from habeas.service.exchange import Outcome
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.accounts.step_up import stepped_up
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Link, Row, Table, Tag, Value
from habeas.web.desk import person_words as words
from habeas.web.desk import settling, ways
from habeas.web.readmodels import rebuild
from habeas.web.told import refusal


class MessageForm(forms.Form):
    """The file of a message."""

    message = forms.FileField(
        label=gettext_lazy("File of the other state's message"),
        help_text=gettext_lazy("As its installation wrote it, at most 3 megabytes."),
    )

    def clean_message(self) -> str:
        """The text of the file.

        Raises:
            ValidationError: when it is too large or no text.
        """
        found: UploadedFile[bytes] = self.cleaned_data["message"]
        try:
            return exchange.text(found.read(exchange.CAP + 1))
        except HabeasError as error:
            raise ValidationError(refusal(error.faults[0])) from error


def _demand(request: AskedRequest) -> Asker:
    """Let only officers of this installation's own state go on.

    Raises:
        Http404: for everybody else.
    """
    who = doing.demand(request, Deed.EXCHANGE)
    found = wiring.installation()
    if not exchange.own(who.side, found.state, (found.sending, found.receiving)):
        raise Http404
    return who


@require_safe
def overview(request: AskedRequest) -> HttpResponse:
    """What waits for a signature of either state, how both logs stand, and the ways of a file."""
    _demand(request)
    form = ways.format_of(request)
    if form:
        found = settling.told(settling.LISTED) or {"counts": {}, "events": []}
        head = {"counts": found["counts"]}
        return ways.exported(form, "settlement", settling.NAMES, settling.plain(found), head)
    return _page(request, MessageForm())


def _page(
    request: AskedRequest, form: forms.Form, *, status: int = 200, **context: object
) -> HttpResponse:
    doing.footing(request)
    found = wiring.installation()
    peer = found.peer
    rows = [
        Row(_("Other state"), peer.state if peer else None),
        Row(_("Its installation"), peer.address if peer else None),
        Row(_("Agreement"), found.agreement),
    ]
    both = settling.told(ways.ROWS * 4)
    shown: dict[str, object] = {
        "form": form, "rows": rows, "drafts": _drafts(doing.drafts(request)), "both": both,
    }  # fmt: skip
    if both is not None:
        shown |= {
            "logs": settling.logs(both), "counts": settling.counts(both),
            "unsettled": settling.listed(both), "forms": ways.other_forms(request),
        }  # fmt: skip
    return render(request, "desk/exchange.html", shown | context, status=status)


def _drafts(found: Sequence[Found]) -> Table:
    """Acts that lack a signature, the oldest first; whose signature stands and whose is missing."""
    columns = [
        Column(_("Act")), Column(_("Register number")), Column(_("Since")),
        Column(_("Signed by")), Column(_("Waits for")), Column(_("State")),
    ]  # fmt: skip
    rows = [_draft(one) for one in sorted(found, key=lambda one: str(one["since"]))]
    return Table(_("Acts of your authority that lack a signature"), columns, rows, empty=_("None."))


def _draft(one: Found) -> list[Value]:
    title = words.event(str(one["kind"]))
    href = ways.to("draft", str(one["draft"]))
    state: Value = Tag(_("Waiting"), "yellow", "unknown")
    if one["state"] != "waiting":
        state = _("Void: %(why)s") % {"why": one.get("why", "")}
    return [
        Link(title, href) if href else title,
        Link(str(one["subject"]), ways.to("person", str(one["subject"]))),
        parse_datetime(str(one["since"])),
        _authorities(one["signed"]),
        _authorities(one["waits_for"]),
        state,
    ]


def _authorities(found: list[Found]) -> str:
    return words.signers(tuple((str(one["authority"]), str(one["role"])) for one in found))


@require_POST
def write(request: AskedRequest) -> HttpResponseBase:
    """The next message as a file; whoever carries it away is recorded as having read it."""
    _demand(request)
    return _written(request)


@stepped_up
def _written(request: AskedRequest) -> HttpResponse:
    found = wiring.installation()
    with wiring.gateway() as caller:
        told = caller.ask(asking.Outgoing(found.agreement, found.sending, found.receiving))
    if "message" not in told:
        return _page(request, MessageForm(), nothing=True)
    text = str(told["message"])
    doing.seen(request, "message", exchange.subjects(text))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    name = f"message-{found.state}-{told['to']}-{request.now:%Y%m%dT%H%M%SZ}.txt".lower()
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def take(request: AskedRequest) -> HttpResponseBase:
    """Take in a message of the other state that came as a file."""
    _demand(request)
    return _taken(request)


@stepped_up
def _taken(request: AskedRequest) -> HttpResponse:
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        with wiring.gateway() as caller:
            answer = caller.ask(asking.Receive(form.cleaned_data["message"]))
    except HabeasError as error:
        form.add_error("message", refusal(error.faults[0]))
        return _page(request, form, status=422)
    rebuild.follow()
    return _page(request, MessageForm(), taken=_outcomes(exchange.outcomes(answer)))


def _outcomes(found: Sequence[Outcome]) -> Table:
    """What became of each event and draft of a message."""
    columns = [Column(_("Event")), Column(_("What it is")), Column(_("What became of it"))]
    rows: list[list[Value]] = []
    for one in found:
        kind = _("draft") if one.draft else _("signed event")
        rows.append([one.id or _("cannot be read"), kind, _became(one)])
    return Table(_("What was in the message"), columns, rows, empty=_("Nothing."))


def _became(one: Outcome) -> Value:
    if one.refused is not None:
        return refusal(one.refused)
    if one.index is None:
        return Tag(_("Waits for a signature"), "yellow", "unknown")
    return Tag(_("Register entry %(n)s") % {"n": one.index}, "green", "yes")


urlpatterns: list[URLPattern] = [
    path("exchange/", overview, name="exchange"),
    path("exchange/write/", write, name="exchange_write"),
    path("exchange/take/", take, name="exchange_take"),
]

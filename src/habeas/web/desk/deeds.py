"""Acts: which may be recorded about a person, and the pages from the question to the register.

The question, the answers checked, the act confirmed, and what became of it. Whatever refuses an
act is the gateway; its sentence stands on the page, and everything that was typed is kept.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from habeas.errors import Fault, HabeasError, ImpossibleEvent
from habeas.service import deeds
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.accounts.step_up import stepped_up
from habeas.web.asked import AskedRequest
from habeas.web.components import Link, Words
from habeas.web.desk import duty_form, person_words, report_forms, tickets
from habeas.web.desk.deed_form import DeedForm, Setting
from habeas.web.desk.deed_forms import FORMS
from habeas.web.desk.deed_words import DEEDS
from habeas.web.desk.evidence_form import FactForm, facts
from habeas.web.desk.opened import Opened, opened
from habeas.web.desk.tickets import Ticket
from habeas.web.desk.ways import language, to
from habeas.web.readmodels import visible

DONE, STEP, TICKET = "habeas.done", "step", "ticket"
CLOSED = frozenset({"H909", "H910", "H912", "H922"})  # what no form can mend


@dataclass(frozen=True, slots=True)
class Offer:
    """One act that somebody may record, and why it may not be done now; empty where it may."""

    title: Words
    href: str
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """One act on its pages."""

    request: AskedRequest
    deed: Deed
    ticket: Ticket
    opened: Opened | None

    def form(self, *, sent: bool) -> DeedForm:
        """The act's form, with what was sent where anything was."""
        request = self.request
        setting = Setting(
            request,
            doing.asker(request),
            self.deed,
            self.ticket.subject,
            self.opened,
            self.ticket.kept,
            self.ticket.instant,
            self.ticket.id,
        )
        given = (request.POST, request.FILES) if sent else (None, None)
        return FORMS[self.deed](setting, *given)

    def shown(
        self,
        form: DeedForm,
        *,
        check: bool = False,
        status: int = 200,
        faults: tuple[Fault, ...] = (),
    ) -> HttpResponse:
        """The question, or the answers to be checked."""
        template = "desk/check.html" if check else "desk/question.html"
        said = {
            "title": DEEDS[self.deed],
            "subject": self.ticket.subject if self.opened else "",
            "form": form,
            "explains": form.explains,
            "warning": form.warning() if check else "",
            "ticket": tickets.sealed(self.request, self.ticket),
            "carried": carried(self.request, form) if check else (),
            "rows": [*form.answers(), *form.computed()] if check else (),
            "bare": not form.visible_fields(),
            "two": form.second_of is not None,
            "faults": [fault.sentence(language()) for fault in faults],
            "back": to("deeds", self.ticket.subject) if self.opened else to("home"),
        }
        return render(self.request, template, said, status=status)


def carried(request: AskedRequest, form: DeedForm) -> list[tuple[str, str]]:
    """What was typed, to be sent again: of the form's own fields and of nothing else."""
    own = {name for name in form.fields if name not in form.papers}
    for name in [*own]:
        own |= {f"{name}{part}" for part in getattr(form.fields[name].widget, "widgets_names", ())}
    return [(name, request.POST[name]) for name in request.POST if name in own]


def offered(request: AskedRequest, subject: str) -> HttpResponse:
    """The acts that somebody may record about a person: what may be done now, and the others."""
    found = opened(request, subject, Deed.SEE_PERSON, "acts")
    state, terms = found.survey.state, wiring.ground().terms
    who, now, others = doing.asker(request), list[Offer](), list[Offer]()
    hand = (who.authority, who.side)
    for one in visible.offered(who, subject):
        if one is Deed.OPEN or not deeds.has_matter(one, state):
            continue
        if one in deeds.NEEDS_MATTER and not deeds.matters(
            one, found.events, found.survey.intervals, hand
        ):
            continue
        fault = deeds.hindrance(one, state, terms, request.now)
        why = fault.sentence(language()) if fault else ""
        (others if fault else now).append(Offer(DEEDS[one], to("deed", subject, one.value), why))
    stage = person_words.STAGES[state.stage]
    said = {"subject": subject, "now": now, "others": others, "stage": stage}
    return render(request, "desk/deeds.html", said)


def _has_duty(request: AskedRequest, one: Deed, subject: str) -> bool:
    """Whether a duty waits, where the act is to answer one."""
    if one is not Deed.ANSWER_DUTY:
        return True
    return bool(duty_form.waiting(doing.asker(request), subject, request.now))


@require_http_methods(["GET", "POST"])
def deed(request: AskedRequest, subject: str, deed: str) -> HttpResponseBase:
    """One act about a person on the register."""
    one = next((found for found in FORMS if found.value == deed and found is not Deed.OPEN), None)
    if one is None:
        raise Http404
    doing.demand(request, one, subject)  # before anything else: who may not, finds nothing here
    return _about(request, one, subject)


@stepped_up
def _about(request: AskedRequest, one: Deed, subject: str) -> HttpResponseBase:
    # Who reads of a person is told to others: that somebody complains is not.
    report = issubclass(FORMS[one], report_forms.ReportForm)
    what = "act report" if report else f"act {one.value.replace('_', ' ')}"
    found = opened(request, subject, one, what)
    return _page(request, one, found)


@require_http_methods(["GET", "POST"])
def open_case(request: AskedRequest) -> HttpResponseBase:
    """Write somebody on the register."""
    doing.demand(request, Deed.OPEN)
    return _new(request)


@stepped_up
def _new(request: AskedRequest) -> HttpResponseBase:
    return _page(request, Deed.OPEN, None)


def _page(request: AskedRequest, one: Deed, found: Opened | None) -> HttpResponse:
    subject = found.subject if found else ""
    if request.method == "GET":
        return _asked(Page(request, one, tickets.fresh(one, subject), found))
    try:
        ticket = tickets.opened(request, request.POST.get(TICKET, ""), one, subject)
    except HabeasError as error:
        page = Page(request, one, tickets.fresh(one, subject), found)
        return page.shown(page.form(sent=True), status=422, faults=error.faults)
    if request.POST.get(STEP) != "confirm":
        ticket = replace(ticket, id="", at="")
    return _sent(Page(request, one, ticket, found))


def _asked(page: Page) -> HttpResponse:
    """The question; the check at once, where there is nothing to ask."""
    request = page.request
    if page.deed is Deed.RECORD_EVIDENCE and request.GET.get("fact", "") not in facts():
        return _which(page)
    form = page.form(sent=False)
    return page.shown(form) if form.visible_fields() else _sent(page)


def _which(page: Page) -> HttpResponse:
    setting = page.form(sent=False).setting
    given = page.request.GET.dict() if "fact" in page.request.GET else None
    said = {
        "title": DEEDS[page.deed],
        "form": FactForm(setting, given),
        "back": to("deeds", page.ticket.subject),
    }
    return render(page.request, "desk/fact.html", said, status=422 if given else 200)


def _sent(page: Page) -> HttpResponse:
    request, step = page.request, page.request.POST.get(STEP)
    form = page.form(sent=True)
    if not form.is_valid():
        kept = {**page.ticket.kept, **form.documents}
        form.keeps(kept)
        again = replace(page, ticket=replace(page.ticket, kept=kept, id="", at=""))
        return again.shown(form, status=422)
    if step == "change":
        return page.shown(form)
    if step != "confirm":
        ticket = tickets.checked(page.ticket, form.documents, request.now)
        ready = replace(page, ticket=ticket)
        return ready.shown(form, check=True)
    try:
        tickets.in_time(page.ticket, request.now)
        done = doing.do(request, _wish(page, form))
    except HabeasError as error:
        if error.code in CLOSED:
            raise
        status = 409 if isinstance(error, ImpossibleEvent) else 422
        again = replace(page, ticket=replace(page.ticket, id="", at=""))
        return again.shown(form, status=status, faults=error.faults)
    return ended(request, page.deed, page.ticket.subject, done)


def _wish(page: Page, form: DeedForm) -> doing.Wish:
    return doing.Wish(
        page.deed,
        page.ticket.subject,
        form.at(),
        form.body(),
        form.facility(),
        form.second(),
        page.ticket.id,
        form.receives,
    )


def ended(request: AskedRequest, deed: Deed, subject: str, done: doing.Done) -> HttpResponse:
    """Send on to the page that says what became of an act."""
    told = [request.user.pk, deed.value, subject, done.index, done.id, list(done.waits_for)]
    case = request.GET.get("case", "")
    return redirect(
        f"{to('done')}?{urlencode({'of': signing.dumps(told, salt=DONE), 'case': case})}"
    )


def done(request: AskedRequest) -> HttpResponse:
    """What became of an act: recorded under an index, or waiting for another signature."""
    doing.asker(request)
    try:
        user, name, subject, index, draft, waits = signing.loads(
            request.GET.get("of", ""), salt=DONE
        )
        one = Deed(name)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Http404 from error
    if user != request.user.pk:
        raise Http404
    said = {
        "title": DEEDS[one],
        "subject": subject,
        "index": index,
        "draft": to("draft", draft) if index is None else "",
        "waits": ", ".join(waits),
        "links": _onward(request, one, subject, index),
    }
    return render(request, "desk/done.html", said)


def _onward(request: AskedRequest, one: Deed, subject: str, index: int | None) -> list[Link]:
    found: list[tuple[Words, str]] = [
        (
            _("The receipt of this entry"),
            to("person_receipt", subject, index) if index is not None else "",
        )
    ]
    if one is Deed.OPEN:
        case = urlencode({"case": request.GET.get("case", "")})
        found.append((DEEDS[Deed.PROPOSE], f"{to('deed', subject, Deed.PROPOSE.value)}?{case}"))
    found.append((_("What may be done next"), to("deeds", subject)))
    found.append((_("The person's record"), to("person", subject)))
    found.append((_("What needs you today"), to("home")))
    return [Link(text, href) for text, href in found if href]


urlpatterns: list[URLPattern] = [
    path("acts/open/", open_case, name="open_case"),
    path("acts/done/", done, name="done"),
    path("acts/<str:subject>/", offered, name="deeds"),
    path("acts/<str:subject>/<slug:deed>/", deed, name="deed"),
]

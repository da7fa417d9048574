"""Duties: what must be done by whom by when, of the persons whose events an asker may see."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from habeas.access import Asker
from habeas.service import NOT_REVIEWED, arising, deeds, duties
from habeas.terms import Deed, DutyState
from habeas.web import doing, told, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Cell, Column, Link, Table, Value, Words
from habeas.web.desk import duty_form, duty_words, person_words
from habeas.web.desk.deed_words import DEEDS
from habeas.web.desk.ways import ROWS, exported, format_of, link, other_forms, page_of, to
from habeas.web.readmodels import owing, visible
from habeas.web.readmodels.models import Obligation
from habeas.web.readmodels.remembered import remembered

INQUIRY = "D-16"
COLUMNS: Mapping[str, Words] = {
    "person": _("Register number"),
    "duty": _("Duty"),
    "state": _("How it stands"),
    "side": _("Owed by"),
    "from": _("Arose from"),
    "due": _("Due"),
    "limit": _("Number fixed by"),
    "answered": _("Answered"),
}
OF_ALL = ("person", "duty", "state", "side", "due", "limit", "answered")
OF_PERSON = ("duty", "state", "side", "from", "due", "limit", "answered")


class FilterForm(forms.Form):
    """Which duties are shown; whatever is no choice leaves everything in."""

    state = forms.ChoiceField(label=_("How it stands"), required=False)
    duty = forms.ChoiceField(label=_("Duty"), required=False)
    side = forms.ChoiceField(label=_("Owed by"), required=False)

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        states: list[tuple[str, Words]] = [(owing.DUE, _("Overdue, or due within 7 days"))]
        states += [(one.value, tag.text) for one, tag in duty_words.STATES.items()]
        sides = [*person_words.SIDES.items(), (owing.NOBODY, duty_words.NOBODY_HELD)]
        names = dict.fromkeys(one.duty for one in wiring.duties().asked)
        words = [(one, duty_words.short(one, "")) for one in names]
        for name, found in (("state", states), ("duty", words), ("side", sides)):
            cast("forms.ChoiceField", self.fields[name]).choices = [("", _("Any")), *found]

    def kept(self) -> dict[str, str]:
        """The filters that count."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def demand(request: AskedRequest) -> Asker:
    """Let those go on to whose office anybody's events may be shown.

    Raises:
        Http404: for everybody else.
    """
    who = doing.asker(request)
    if not visible.ever(who, Deed.SEE_EVENT):
        raise Http404
    return who


def tabs(here: str) -> list[tuple[Words, str, bool]]:
    """The pages of duties: words, address, and whether it is the one that is open."""
    found: list[tuple[str, Words, str]] = [
        ("duties", _("What is owed"), to("duties")),
        ("duty_inquiries", _("Inquiries"), f"{to('duties')}?{urlencode({'duty': INQUIRY})}"),
        (
            "duty_contradictions",
            _("What the register does not bear out"),
            to("duty_contradictions"),
        ),
        ("duty_blocked", _("Blocked visits"), to("duty_blocked")),
        ("duty_texts", _("What each duty says"), to("duty_texts")),
    ]
    return [(words, href, name == here) for name, words, href in found]


@require_safe
def listing(request: AskedRequest) -> HttpResponse:
    """What is owed, late ones first."""
    asker = demand(request)
    doing.footing(request)
    form = FilterForm(request.GET.dict())
    kept = form.kept()
    found = owing.filtered(visible.obligations(asker), owing.Chosen(**kept), request.now)
    if wish := format_of(request):
        return _exported(request, wish, found)
    count = remembered(asker, f"duties {sorted(kept.items())}", found.count)
    pages = page_of(request, count)
    rows = visible.some(found, (pages.page - 1) * ROWS, ROWS)
    doing.seen(request, "list of duties", [one.subject for one in rows])
    inquiries = kept.get("duty") == INQUIRY
    said = {
        "tabs": tabs("duty_inquiries" if inquiries else "duties"),
        "form": form,
        "narrowed": bool(kept),
        "count": count,
        "pages": pages,
        "forms": other_forms(request),
        "calendar": f"{to('duty_calendar')}?{urlencode(kept)}",
        "table": table(request, rows, OF_ALL),
        "sums": _sums(remembered(asker, "duties by duty", lambda: _counted(request, asker))),
        "policy": any(one.limit == "policy" for one in rows),
    }
    return render(request, "desk/duties.html", said)


Sums = dict[str, dict[DutyState, int]]


def _counted(request: AskedRequest, asker: Asker) -> Sums:
    return owing.counts(visible.obligations(asker), request.now)


def _sums(counts: Sums) -> Table:
    """By duty: how many stand in each state, each number leading to those."""
    columns = [Column(_("Duty"))]
    columns += [Column(tag.text, numeric=True) for tag in duty_words.STATES.values()]
    rows: list[list[Value | Cell]] = [
        [duty_words.short(name, ""), *(_sum(name, one, counts[name]) for one in duty_words.STATES)]
        for name in dict.fromkeys(one.duty for one in wiring.duties().asked)
        if name in counts
    ]
    return Table(_("How many stand how"), columns, rows, empty=_("No duty arose."))


def _sum(name: str, state: DutyState, counts: Mapping[DutyState, int]) -> Value:
    if state not in counts:
        return 0
    query = urlencode({"duty": name, "state": state.value})
    return Link(told.number(str(counts[state])), f"{to('duties')}?{query}")


def _exported(request: AskedRequest, form: str, found: QuerySet[Obligation]) -> HttpResponse:
    rows = [duties.row(arising.recalled(one), request.now) for one in found]
    doing.seen(request, "list of duties", [one["register_number"] for one in rows])
    installation, place = wiring.installation(), visible.position()
    head: dict[str, object] = {
        "agreement": installation.agreement,
        "as_of": request.now.isoformat(),
        "register_size": place.size if place else 0,
        "demonstration": installation.demonstration,
        "calendars": calendars(),
        "review": NOT_REVIEWED,
    }
    cells = [[one[name] for name in duties.LISTED] for one in rows]
    return exported(form, "duties", duties.LISTED, cells, head)


def calendars() -> list[str]:
    """The calendars of public holidays by which working days were counted."""
    return sorted({one.calendar for one in wiring.duties().clocks.values() if one.calendar})


@require_safe
def calendar(request: AskedRequest) -> HttpResponse:
    """What is due or overdue, as an iCalendar file; no register number stands in it."""
    from habeas.adapters import calendar_feed  # noqa: PLC0415 - an extra: H906 says so here alone

    asker, now = demand(request), request.now
    waits = owing.stands(DutyState.RUNNING, now) | owing.stands(DutyState.OVERDUE, now)
    kept = FilterForm(request.GET.dict()).kept()
    rows = list(owing.filtered(visible.obligations(asker), owing.Chosen(**kept), now).filter(waits))
    doing.seen(request, "calendar of duties", [one.subject for one in rows])
    deal = wiring.installation().agreement
    entries = duties.deadlines_of((arising.recalled(one) for one in rows), deal, now)
    answer = HttpResponse(
        calendar_feed.feed(entries, f"habeas {deal}"), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="duties.ics"'
    return answer


def table(request: AskedRequest, rows: Sequence[Obligation], shown: Sequence[str]) -> Table:
    """Duties with who owes them, until when, and the way to record that one was done.

    Args:
        request: by whom.
        rows: the duties.
        shown: the columns, of COLUMNS.
    """
    asker = doing.asker(request)
    open_ = [one for one in rows if one.answered_at is None or one.answered_at > request.now]
    wanted = {deed for one in open_ if (deed := _answers(one)) is not None}
    able = {deed: visible.allowed(asker, deed, {one.subject for one in open_}) for deed in wanted}
    cells = [_cells(request, one, able) for one in rows]
    return Table(
        _("Duties, late ones first"),
        [Column(COLUMNS[name]) for name in shown],
        [[each[name] for name in shown] for each in cells],
        empty=_("No duty of anybody whose events you may see."),
        size="hidden",
    )


Able = Mapping[Deed, frozenset[str]]  # about whom the asker may do each deed


def _answers(one: Obligation) -> Deed | None:
    """The deed that answers a duty: the reply to what it arose from, else a word that it was done.

    None where an event of the case answers it, and nothing else.
    """
    library = wiring.library()
    if (kind := arising.reply(library, one.duty, one.kind)) is not None:
        return deeds.OF_KIND[kind]
    return Deed.ANSWER_DUTY if arising.by_hand(library, one.duty) else None


def _cells(request: AskedRequest, one: Obligation, able: Able) -> dict[str, Value | Cell]:
    here = f"?entry={one.opened_index}#entry-{one.opened_index}"
    entry = f"{to('person_timeline', one.subject)}{here}"
    return {
        "person": link(one.subject, "person", one.subject),
        "duty": Link(duty_words.short(one.duty, one.step), to("library", one.duty)),
        "state": duty_words.standing(one, request.now),
        "side": duty_words.side(one.side),
        "from": Link(person_words.event(one.kind), entry, str(one.opened_index)),
        "due": one.due if one.due is not None else _("no number"),
        "limit": duty_words.LIMITS.get(one.limit, one.limit),
        "answered": _answered(request, one, able),
    }


def _answered(request: AskedRequest, one: Obligation, able: Able) -> Value:
    if one.answered_at is not None and one.answered_at <= request.now:
        return one.answered_at
    deed, mine = _answers(one), one.side in {"", doing.asker(request).side}
    if deed is None or not mine or one.subject not in able.get(deed, ()):
        return _("no")
    reply = deed is not Deed.ANSWER_DUTY
    of = one.event if reply else duty_form.key(one)
    return Link(
        DEEDS[deed] if reply else _("Record that it was done"),
        f"{to('deed', one.subject, deed.value)}?{urlencode({'of': of})}",
        f"{duty_words.name(one.duty, one.step)}, {one.subject}",
    )


urlpatterns: list[URLPattern] = [
    path("duties/", listing, name="duties"),
    path("duties/calendar.ics", calendar, name="duty_calendar"),
]

"""A case: what the evidence establishes of each rule, what is missing, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from habeas.service import casefile, procedure
from habeas.service.casefile import Judged
from habeas.service.procedure import Course, Open, Standing
from habeas.terms import Deed, Finding, Outcome, Stage
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import (
    Alert,
    Button,
    Cell,
    Column,
    Identity,
    Row,
    Table,
    Task,
    Value,
    Words,
)
from habeas.web.desk import person_words
from habeas.web.desk.deed_words import DEEDS, STANDINGS, STEPS
from habeas.web.desk.opened import Opened, judged, opened
from habeas.web.desk.ways import language, link, to
from habeas.web.readmodels import visible


@dataclass(frozen=True, slots=True)
class Section:
    """The rules of one finding."""

    finding: Finding
    title: Words
    rules: Sequence[casefile.Ruled]


def case(request: AskedRequest, case: str) -> HttpResponse:
    """One case of the docket, or of a person on the register."""
    asker = doing.asker(request)
    row = visible.row(asker, case)
    if row is not None and not row.subject:
        doing.demand(request, Deed.SEE_DOCKET)
        said = _said(judged(row, [], request.now)) | {"acts": _first(request, case)}
        return render(request, "desk/case.html", {"case": case, "row": row, **said})
    subject = row.subject if row is not None else visible.of_case(asker, case)
    if not subject:
        raise Http404
    found = opened(request, subject, Deed.SEE_CASE, "case")
    said = _said(found.judged) if found.judged is not None else {}
    said |= {"case": case, "row": row, "person": found, **_procedure(request, found)}
    return render(request, "desk/case.html", said)


def _said(found: Judged) -> dict[str, object]:
    lang = language()
    demonstration = wiring.installation().demonstration
    letter = casefile.told(found, wiring.library(), lang, demonstration=demonstration)
    return {
        "letter": letter,
        "outcome": found.decision.outcome,
        "alert": _alert(found),
        "instant": found.instant,
        "until": found.decision.valid_until,
        "sections": _sections(letter),
        "particulars": [Row(key, value) for key, value in letter["particulars"][:-1]],
        "hashes": [Row(key, value) for key, value in letter["hashes"]],
        "facts": _facts(found),
    }


def _alert(found: Judged) -> Alert | None:
    unmet, waiting = len(found.decision.not_met), len(found.decision.not_established)
    if found.decision.outcome is Outcome.ELIGIBLE:
        return None
    title = _("%(unmet)d not met, %(open)d not established") % {"unmet": unmet, "open": waiting}
    return Alert(title, kind="error" if unmet else "warning")


def _sections(letter: casefile.Letter) -> list[Section]:
    return [
        Section(Finding.NOT_MET, _("Rules not met"), letter["not_met"]),
        Section(Finding.NOT_ESTABLISHED, _("Rules not established"), letter["open"]),
        Section(Finding.MET, _("Rules met"), letter["met"]),
    ]


def _facts(found: Judged) -> Table:
    """The facts on which the decision rests, as they count at the instant."""
    rows: list[list[Value | Cell]] = [
        [one.fact, one.value, one.at, one.until or _("nothing that lapses")]
        for one in casefile.resting(found, wiring.library())
    ]
    columns = [Column(_("Fact")), Column(_("Value")), Column(_("Established at"))]
    columns.append(Column(_("Holds until")))
    return Table(_("Facts that count now"), columns, rows, empty=_("None."))


def _first(request: AskedRequest, case: str) -> list[Button]:
    """What may be done with a case that nobody has opened."""
    if not visible.may(doing.asker(request), Deed.OPEN):
        return []
    return [Button(DEEDS[Deed.OPEN], f"{to('open_case')}?{urlencode({'case': case})}")]


def _procedure(request: AskedRequest, found: Opened) -> dict[str, object]:
    state, course = found.survey.state, found.course
    acts = visible.offered(doing.asker(request), found.subject)
    return {
        "identity": Identity(
            found.subject,
            [Row(_("Stage"), person_words.STAGES[state.stage])],
            [person_words.CUSTODY[state.custody]],
        ),
        "tasks": _tasks(found, course, acts),
        "stays": _open(_("Stays in force"), course.stays),
        "objections": _open(_("Objections without an answer"), course.objections),
        "holds": state.eligible_until if state.stage is not Stage.ENDED else None,
        "acts": [Button(_("What may be done"), to("deeds", found.subject))] if acts else [],
        "links": _links(request, found),
    }


def _tasks(found: Opened, course: Course, acts: Sequence[Deed]) -> list[Task]:
    deed_of = dict(procedure.STEPS)
    tasks = []
    for step in course.steps:
        hint: Words = ""
        if step.at is not None:
            hint = _("Register entry %(index)d") % {"index": step.index or 0}
        deed = deed_of[step.kind]
        may = deed in acts and step.standing is Standing.NOW
        href = to("deed", found.subject, deed.value) if may else ""
        tasks.append(Task(STEPS[step.kind], STANDINGS[step.standing], href, hint))
    return tasks


def _open(caption: Words, found: Sequence[Open]) -> Table:
    columns = [Column(_("Register entry"), numeric=True), Column(_("By")), Column(_("When"))]
    rows: list[list[Value | Cell]] = [[one.index, one.authority, one.at] for one in found]
    return Table(caption, columns, rows, size="s")


def _links(request: AskedRequest, found: Opened) -> list[Value]:
    asker = doing.asker(request)
    if not visible.may(asker, Deed.SEE_PERSON, found.subject):
        return []
    return [link(_("The person's record"), "person", found.subject)]


urlpatterns: list[URLPattern] = [path("cases/<path:case>/", case, name="case")]

"""A person's record: where, by what right, until when, and everything that was written of it.

Whoever may see the person is shown who is held, where and since when. What events say, clocks and
receipts are shown to those to whom the table of access gives them, and read through the gateway,
which records it first; a person whose content was erased is nobody here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from habeas.access import Asker
from habeas.service import asking, personfile
from habeas.service.personfile import PersonRecord
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.asked import AskedRequest
from habeas.web.components import Identity, Link, Row, Tag
from habeas.web.desk import duties, settling, ways
from habeas.web.desk import person_parts as parts
from habeas.web.desk.person_words import CUSTODY
from habeas.web.readmodels import owing, visible
from habeas.web.readmodels.models import DocketCase, Person

PAGE = 25
# Beside seeing the person: what each tab needs. The tab of reads has an address of its own.
TABS = (
    ("person", Deed.SEE_PERSON),
    ("person_timeline", Deed.SEE_EVENT),
    ("person_duties", Deed.SEE_EVENT),
    ("person_sentence", Deed.SEE_CLOCKS),
    ("person_documents", Deed.SEE_RECEIPT),
    ("person_reads", Deed.SEE_READS),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """One person, opened for an asker."""

    asker: Asker
    row: Person
    file: PersonRecord
    case: DocketCase | None  # None: none that this asker may see

    def may(self, deed: Deed) -> bool:
        """Whether the asker may do a deed about this person."""
        return visible.may(self.asker, deed, self.row.subject)


def opened(request: AskedRequest, subject: str, deed: Deed = Deed.SEE_PERSON) -> Opened:
    """Open a person for whoever asks; the read is recorded before anything is known here.

    Raises:
        Http404: for whoever may not, for nobody of that number, and for somebody erased.
        HabeasError: where the read cannot be recorded.
    """
    who = doing.demand(request, deed, subject)
    row = visible.persons(who, deed).filter(subject=subject).first()
    if row is None:
        raise Http404
    answers: list[asking.Found] = []
    start: int | None = 0
    while start is not None:
        found = doing.read(request, asking.OnePerson(subject, start))
        answers.append(found)
        start = found.get("next")
    file = personfile.read(subject, answers, wiring.ground(), request.now)
    case = visible.cases(who).filter(subject=subject).first()
    return Opened(who, row, file, case)


def page(request: AskedRequest, found: Opened, tab: str, **context: object) -> HttpResponse:
    """One tab of a person's page."""
    doing.footing(request)
    labels = {
        "person": _("Overview"),
        "person_timeline": _("Timeline"),
        "person_duties": _("Duties"),
        "person_sentence": _("Sentence"),
        "person_documents": _("Documents and receipts"),
        "person_reads": _("Who saw this"),
    }
    subject = found.row.subject
    tabs = [
        (labels[name], reverse(name, args=[subject]), name == tab)
        for name, deed in TABS
        if (found.may(deed) if name != "person_reads" else visible.may(found.asker, deed))
    ]
    shown = {"identity": identity(found), "tabs": tabs, "title": labels[tab], "subject": subject}
    return render(request, f"desk/{tab}.html", shown | context)


def identity(found: Opened) -> Identity:
    """The bar over a person's pages: a number, never a name, a picture or a category of risk."""
    facts = []
    if found.may(Deed.SEE_CASE) and found.row.case:
        facts.append(Row(_("Case"), found.row.case))
    facts += parts.docket_facts(found.case.cells if found.case else {})
    tags = [CUSTODY[found.row.custody]]
    if wiring.installation().demonstration:
        tags.append(Tag(_("Synthetic person"), "orange"))
    return Identity(found.row.subject, facts, tags)


@require_safe
def overview(request: AskedRequest, subject: str) -> HttpResponse:
    """Where somebody is, by what right, until when."""
    found = opened(request, subject)
    row, ground, zone = found.row, wiring.ground(), parts.zone()
    events, clocked = found.may(Deed.SEE_EVENT), found.may(Deed.SEE_CLOCKS)
    known = found.file.clocks if clocked else None
    pieces = list(visible.intervals(found.asker).filter(subject=subject).order_by("start"))
    return page(
        request,
        found,
        "person",
        alerts=parts.alerts(row, known, case=found.may(Deed.SEE_CASE)),
        where=parts.where(row, ground, zone),
        right=parts.right(found.file) if events else (),
        clocks=parts.clocks_short(known) if known else (),
        clocked=clocked,
        intervals=parts.intervals(pieces, zone) if events else None,
        bar=parts.bar(pieces, request.now) if events else None,
        latest=_events(found, found.file.entries[:-6:-1], request) if events else (),
    )


@require_safe
def timeline(request: AskedRequest, subject: str) -> HttpResponse:
    """Everything that was written of somebody, newest first."""
    found = opened(request, subject, Deed.SEE_EVENT)
    entries = found.file.entries[::-1]
    pages, shown = parts.paged(request, entries, PAGE, _wanted(request, entries))
    events = _events(found, shown, request)
    return page(request, found, "person_timeline", pages=pages, events=events,
                count=len(found.file.entries))  # fmt: skip


def _wanted(request: AskedRequest, entries: Sequence[personfile.Entry]) -> int:
    """The place in a list of the register entry that the address names; 0 where it names none."""
    asked = request.GET.get("entry", "")
    return next((place for place, one in enumerate(entries) if str(one.index) == asked), 0)


def _event(found: Opened, one: personfile.Entry, request: AskedRequest) -> parts.Told:
    told = parts.told(found.file, one, parts.zone())
    links = []
    if found.may(Deed.SEE_RECEIPT) and one.body is not None:
        place = [found.row.subject, one.index]
        said = _("of register entry %(index)s") % {"index": one.index}
        point = visible.checkpoint()
        if point is not None and one.index < point.size:
            links = [Link(_("Receipt"), reverse("person_receipt", args=place), said)]
    open_here = personfile.sections(wiring.library(), doing.reader(request).role, one)
    return parts.with_proof(told, links, open_here)


def _events(
    found: Opened, entries: Sequence[personfile.Entry], request: AskedRequest
) -> list[parts.Told]:
    """Some events, each with how it stands between both logs."""
    stands = settling.tags([one.id for one in entries])
    return [replace(_event(found, one, request), settled=stands.get(one.id)) for one in entries]


@require_safe
def owed(request: AskedRequest, subject: str) -> HttpResponse:
    """The duties that arose for somebody, each with the way to record that it was done."""
    found = opened(request, subject, Deed.SEE_EVENT)
    every = owing.filtered(visible.obligations(found.asker), owing.Chosen(), request.now)
    mine = every.filter(subject=subject)
    count = mine.count()
    pages = ways.page_of(request, count)
    rows = visible.some(mine, (pages.page - 1) * ways.ROWS, ways.ROWS)
    table = duties.table(request, rows, duties.OF_PERSON)
    return page(request, found, "person_duties", table=table, pages=pages, count=count)


@require_safe
def sentence(request: AskedRequest, subject: str) -> HttpResponse:
    """Both clocks of somebody's sentence, with the steps of each date."""
    found = opened(request, subject, Deed.SEE_CLOCKS)
    known = found.file.clocks
    return page(
        request,
        found,
        "person_sentence",
        alerts=parts.clock_alerts(known) if known else (),
        short=parts.clocks_short(known) if known else (),
        tables=parts.clock_tables(known) if known else (),
        refused=parts.refused(known) if known else None,
    )


@require_safe
def documents(request: AskedRequest, subject: str) -> HttpResponse:
    """The documents that events name by their digests, and a receipt for each event."""
    found = opened(request, subject, Deed.SEE_RECEIPT)
    return page(
        request,
        found,
        "person_documents",
        table=parts.digests(found.file),
        receipts=parts.receipts(found.file),
    )


@require_safe
def reads(request: AskedRequest, subject: str) -> HttpResponse:
    """Who read of somebody; whoever asks is written there too."""
    who = doing.demand(request, Deed.SEE_READS)
    if not visible.on_register(who, subject):
        raise Http404
    found = doing.reads(request, subject)
    doing.footing(request)
    pages, shown = parts.paged(request, found[::-1], PAGE)
    context = {"subject": subject, "pages": pages, "table": parts.reads(shown), "count": len(found)}
    return render(request, "desk/person_reads.html", context)

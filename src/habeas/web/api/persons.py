"""Persons, their events and receipts, their clocks and intervals."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from habeas.service import asking, clocks, hold
from habeas.service.deeds import OF_KIND
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.api import asked
from habeas.web.api import schemas as s
from habeas.web.api.answers import basis, events_of, page
from habeas.web.api.bearer import TokenRequest, known, listing, may, permit
from habeas.web.asked import AskedRequest
from habeas.web.desk import figures
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import Person

router = Router(tags=["persons"])


@router.get("/persons", response=s.Persons)
def persons(
    request: HttpRequest, response: HttpResponse, wanted: Query[asked.OfPersons]
) -> s.Persons:
    """The persons whom the asker may see, the latest event first."""
    who = listing(request, Deed.SEE_PERSON, asked.OfPersons)
    found, names = visible.persons(who.asker), ("stage", "facility", "next_deed")
    if wanted.stage or wanted.next_deed:
        # Whoever may not see a case learns nothing of it from a filter either.
        found = found.filter(subject__in=visible.subjects(who.asker, Deed.SEE_CASE))
    chosen = {name: text for name in names if (text := getattr(wanted, name))}
    found = found.filter(**chosen).order_by("-latest_index")
    rows, count = page(request, response, found, wanted)
    doing.seen(request, "person list", [one.subject for one in rows])
    return s.Persons(basis=basis(who), count=count, items=[_row(request, one) for one in rows])


@router.get("/persons/{subject}", response=s.Person)
def person(request: HttpRequest, subject: asked.Subject) -> s.Person:
    """One person: who is held, where and since when; the case too for whoever may see it."""
    known(request)
    who = permit(request, Deed.SEE_PERSON, subject)
    found = visible.persons(who.asker).filter(subject=subject).first()
    if found is None:
        raise Http404
    doing.seen(request, "person", [subject])
    return s.Person(basis=basis(who), person=_row(request, found))


def _row(request: HttpRequest, one: Person) -> s.PersonRow:
    subject = one.subject
    whole = may(request, Deed.SEE_EVENT, subject)
    return s.PersonRow(
        subject=subject,
        held=s.Custody(
            custody=one.custody,
            custodian=one.custodian,
            facility=one.facility,
            cell=one.cell if whole else "",
            status=one.status,
            since=one.since,
        ),
        course=s.Course.from_orm(one) if may(request, Deed.SEE_CASE, subject) else None,
        release_on=one.release_on if may(request, Deed.SEE_CLOCKS, subject) else None,
        events=one.events if whole else None,
        latest_index=one.latest_index if whole else None,
    )


@router.get("/persons/{subject}/events", response=s.Events)
def events(
    request: HttpRequest,
    subject: asked.Subject,
    start: asked.Start = 0,
) -> s.Events:
    """A person's events in register order, each whole or by its header, as the asker may read."""
    known(request, "start")
    who = permit(request, Deed.SEE_EVENT, subject)
    found = doing.read(request, asking.OnePerson(subject, start))
    items = [s.Event(**one) for one in found["events"]]
    return s.Events(basis=basis(who), items=items, next=found.get("next"))


@router.get("/events/{index}", response=s.OneEvent)
def event(request: HttpRequest, index: asked.Index) -> s.OneEvent:
    """One event, whole or by its header, as the asker may read."""
    known(request)
    who = _of_event(request, index, Deed.SEE_EVENT)
    found = doing.read(request, asking.OneEvent(index))
    return s.OneEvent(basis=basis(who), event=s.Event(**found["events"][0]))


@router.get("/events/{index}/receipt", response=s.Receipt)
def receipt(request: HttpRequest, index: asked.Index) -> s.Receipt:
    """The proof of one event, for whoever may read all of it."""
    known(request)
    who = _of_event(request, index, Deed.SEE_RECEIPT)
    found = doing.read(request, asking.OneReceipt(index))
    return s.Receipt(basis=basis(who), receipt=str(found["receipt"]))


def _of_event(request: HttpRequest, index: int, deed: Deed) -> TokenRequest:
    """Let only those go on who may do a deed about whoever an event concerns.

    Raises:
        Http404: also for an event of nobody, and one that is not there.
    """
    row = next(iter(wiring.register().store.rows(index, index + 1)), None)
    if row is None or row.subject is None:
        raise Http404
    return permit(request, deed, row.subject)


@router.get("/persons/{subject}/clocks", response=s.Clocks)
def person_clocks(
    request: HttpRequest,
    subject: asked.Subject,
    as_of: asked.AsOf = "",
    known_: asked.Known = None,
) -> s.Clocks:
    """Both sentence clocks of a person at an instant, as they were known at a size."""
    known(request, "as_of", "known")
    who = permit(request, Deed.SEE_CLOCKS, subject)
    found, size = _held(who, subject, known_)
    at = figures.asked_at(cast(AskedRequest, request))
    there = clocks.known(hold.Register(wiring.ground().deal, found, ""), at)
    if not there:
        raise Http404
    del as_of  # read with the page's own words
    return s.Clocks(basis=basis(who), as_of=at, known=size, clocks=clocks.person(there[0]))


@router.get("/persons/{subject}/intervals", response=s.Intervals)
def intervals(
    request: HttpRequest,
    subject: asked.Subject,
    known_: asked.Known = None,
) -> s.Intervals:
    """The custody intervals of a person, as they were known at a size."""
    known(request, "known")
    who = permit(request, Deed.SEE_PERSON, subject)
    whole = may(request, Deed.SEE_EVENT, subject)
    found, size = _held(who, subject, known_)
    rows = [
        s.Interval.model_validate(
            row
            | {"end": row["end"] or None, "custody_period": row["stay"]}
            | ({} if whole else {"cell": ""})
        )
        for row in hold.interval_rows(found)
    ]
    return s.Intervals(basis=basis(who), known=size, items=rows)


def _held(request: TokenRequest, subject: str, size: int | None) -> tuple[hold.Held, int | None]:
    what = request.path.rpartition("/")[2]
    read = events_of(request, subject, what)
    if size is not None:
        read = [one for one in read if one.index < size]
    if not read:
        raise Http404
    ground = wiring.ground()
    return hold.of_events(read, ground.terms, ground.deal.calendar), size


@router.get("/persons/{subject}/reads", response=s.Reads)
def reads(request: HttpRequest, subject: asked.Subject) -> s.Reads:
    """Who read of a person; that this was asked is recorded too."""
    known(request)
    who = permit(request, Deed.SEE_READS)
    with wiring.gateway() as caller:
        told = caller.ask(asking.Reads(subject, doing.reader(request), doing.purpose(request)))
    items = [s.Read(**one | {"reader": one.get("reader")}) for one in told["reads"]]
    return s.Reads(basis=basis(who), items=items)


@router.get("/manifests", response=s.Lines)
def manifests(
    request: HttpRequest, response: HttpResponse, wanted: Query[asked.OfLines]
) -> s.Lines:
    """Lines of manifests: who was listed, boarded, arrived or was refused, as the asker may see."""
    who = listing(request, Deed.SEE_PERSON, asked.OfLines)
    found = visible.lines(who.asker).order_by("-manifest", "line", "subject")
    if wanted.manifest:
        found = found.filter(manifest=wanted.manifest)
    rows, count = page(request, response, found, wanted)
    doing.seen(request, "manifest lines", [one.subject for one in rows])
    return s.Lines(basis=basis(who), count=count, items=[s.Line.from_orm(one) for one in rows])


@router.get("/drafts", response=s.Drafts)
def drafts(request: HttpRequest) -> s.Drafts:
    """The drafts that wait for the asker's authority, or that it made."""
    known(request)
    who = cast(TokenRequest, request)
    found = doing.drafts(request)
    items = [s.Draft(**one) for one in found if _concerns(request, one)]
    return s.Drafts(basis=basis(who), items=items)


def _concerns(request: HttpRequest, draft: asking.Found) -> bool:
    deed = next((deed for kind, deed in OF_KIND.items() if kind == draft["kind"]), None)
    return deed is not None and may(request, deed, str(draft["subject"]))

"""The agreement, facilities, the roll and statements: everything that is about nobody by name."""

from typing import cast

from django.db.models import Count
from django.http import Http404, HttpRequest
from ninja import Router

from habeas.service import bill, establishment, read, statements
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.api import asked
from habeas.web.api import schemas as s
from habeas.web.api.answers import basis
from habeas.web.api.bearer import known, permit
from habeas.web.asked import AskedRequest
from habeas.web.desk import figures
from habeas.web.readmodels import visible

router = Router(tags=["agreement, places and money"])


@router.get("/agreement", response=s.Agreement)
def agreement(request: HttpRequest) -> s.Agreement:
    """The agreement's terms, rules and citations, in both languages."""
    known(request)
    who = permit(request, Deed.SEE_AGREEMENT)
    found = read.document(wiring.library(), wiring.ground().deal.id)
    return s.Agreement(basis=basis(who), agreement=found)


@router.get("/roll", response=s.Roll)
def roll(
    request: HttpRequest,
    as_of: asked.AsOf = "",
) -> s.Roll:
    """How many are held at an instant, by state, facility and status; no names."""
    known(request, "as_of")
    del as_of  # read in the page's own words
    who = permit(request, Deed.SEE_ROLL)
    at = figures.asked_at(cast(AskedRequest, request))
    there = figures.at(visible.everybody(who.asker, Deed.SEE_ROLL), at)
    names = ("custodian", "facility", "status")
    sums = there.order_by(*names).values(*names).annotate(persons=Count("subject", distinct=True))
    items = [s.Count(**one) for one in sums]
    return s.Roll(basis=basis(who), as_of=at, total=sum(one.persons for one in items), items=items)


@router.get("/facilities/{name}", response=s.Facility)
def facility(
    request: HttpRequest,
    name: asked.Name,
    as_of: asked.AsOf = "",
) -> s.Facility:
    """A facility at an instant: persons and floor of each cell, against every standard."""
    known(request, "as_of")
    who = permit(request, Deed.SEE_FACILITY)
    at, law = figures.asked_at(cast(AskedRequest, request)), wiring.library()
    place = establishment.facility(law, wiring.facilities(), name)
    there = visible.everybody(who.asker, Deed.SEE_FACILITY).filter(facility=name)
    if place is None and name not in wiring.ground().deal.facilities and not there.exists():
        raise Http404
    found = figures.look(who.asker, name, at, as_of)
    doing.seen(request, "facility", {one.subject for one in found.doubled})
    return s.Facility(basis=basis(who), as_of=at, facility=found.document)


@router.get("/statement", response=s.Statement)
def statement(
    request: HttpRequest,
    first: asked.First,
    after: asked.After,
) -> s.Statement:
    """What is owed for the civil days from one to before another, out of the register."""
    known(request, "from", "to")
    who = permit(request, Deed.SEE_STATEMENT)
    wanted = bill.Asked(bill.period(first, after), as_of=who.now, until=who.now)
    there = figures.register(cast(AskedRequest, request), Deed.SEE_STATEMENT)
    found = bill.of_register(there, wanted, wiring.library())
    told = statements.document(found.made, found.deal, found.basis, None, found.because)
    return s.Statement(basis=basis(who), statement=told)

"""Duties: what must be done by whom by when."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from habeas.service import arising
from habeas.service import duties as of_duties
from habeas.terms import Deed
from habeas.web import doing
from habeas.web.api import asked
from habeas.web.api import schemas as s
from habeas.web.api.answers import basis, page
from habeas.web.api.bearer import listing
from habeas.web.readmodels import owing, visible
from habeas.web.readmodels.models import Obligation

router = Router(tags=["duties"])


@router.get("/duties", response=s.Duties)
def duties(request: HttpRequest, response: HttpResponse, wanted: Query[asked.OfDuties]) -> s.Duties:
    """The duties of the persons whose events the asker may see, late ones first."""
    who = listing(request, Deed.SEE_EVENT, asked.OfDuties)
    chosen = owing.Chosen(wanted.state, wanted.duty, wanted.side)
    found = owing.filtered(visible.obligations(who.asker), chosen, who.now)
    rows, count = page(request, response, found, wanted)
    doing.seen(request, "list of duties", [one.subject for one in rows])
    items = [_row(one, who.now) for one in rows]
    return s.Duties(basis=basis(who), count=count, items=items)


def _row(one: Obligation, now: datetime) -> s.Owed:
    owed = arising.recalled(one)
    answered = one.answered_at is not None and one.answered_at <= now
    return s.Owed(
        state=owed.state(now).value,
        duty=one.duty,
        step=one.step,
        subject=one.subject,
        owed_by=one.side,
        kind=one.kind,
        event=one.event,
        index=one.opened_index,
        since=one.opened_at,
        due=one.due,
        limit=one.limit,
        answered=one.answered_at if answered else None,
        answer_index=one.answered_index if answered else None,
        days_late=of_duties.days_late(owed, now),
    )

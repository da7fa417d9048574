"""The docket, and a case as it stands now."""

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from habeas.service import casefile
from habeas.terms import Deed
from habeas.web import doing, wiring
from habeas.web.api import asked
from habeas.web.api import schemas as s
from habeas.web.api.answers import basis, events_of, page
from habeas.web.api.bearer import TokenRequest, known, listing, permit
from habeas.web.api.problems import language
from habeas.web.readmodels import visible
from habeas.web.readmodels.models import DocketCase

router = Router(tags=["cases"])


@router.get("/docket", response=s.Docket)
def docket(request: HttpRequest, response: HttpResponse, wanted: Query[asked.OfCases]) -> s.Docket:
    """The cases put forward, as they were screened last."""
    who = listing(request, Deed.SEE_DOCKET, asked.OfCases)
    found = visible.cases(who.asker).order_by("case")
    if wanted.outcome:
        found = found.filter(outcome=wanted.outcome)
    rows, count = page(request, response, found, wanted)
    doing.seen(request, "docket list", [one.subject for one in rows])
    return s.Docket(basis=basis(who), count=count, items=[s.Row.from_orm(one) for one in rows])


@router.get("/cases/{path:case}", response=s.Case)
def case(request: HttpRequest, case: asked.Case) -> s.Case:
    """A case as it stands now: the docket's row, what was recorded since, and what follows."""
    known(request)
    who, row = row_of(request, case)
    judged = judge(who, row)
    demonstration = wiring.ground().demonstration
    found = casefile.told(judged, wiring.library(), language(request), demonstration=demonstration)
    return s.Case(basis=basis(who), row=s.Row.from_orm(row), decision=dict(found))


def row_of(request: HttpRequest, case: str) -> tuple[TokenRequest, DocketCase]:
    """A row of the docket that the asker may see.

    Raises:
        Http404: for everybody else.
    """
    who = permit(request, Deed.SEE_DOCKET)
    row = visible.cases(who.asker).filter(case=case).first()
    if row is None:
        raise Http404
    if row.subject:
        permit(request, Deed.SEE_CASE, row.subject)
    return who, row


def judge(request: TokenRequest, row: DocketCase) -> casefile.Judged:
    """A case on all that is recorded; that it is read is recorded first.

    Raises:
        DocketError: with the code of what is wrong with a cell.
    """
    law, cells = wiring.library(), row.cells
    if row.subject:
        events = events_of(request, row.subject, "case")
        cells = casefile.with_evidence(cells, events, wiring.ground(), law)
    return casefile.judge(casefile.of_cells(law, cells), law, request.now, row.docket)

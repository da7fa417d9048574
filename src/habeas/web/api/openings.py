"""Opening a case of the docket: the custody record and the proposal, under one key."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes

from django.http import Http404, HttpRequest
from ninja import Router

from habeas.errors import Fault, RegisterError
from habeas.service import transfer
from habeas.terms import Deed, EventKind
from habeas.web import doing, wiring
from habeas.web.api import asked
from habeas.web.api import schemas as s
from habeas.web.api.acts import instant
from habeas.web.api.answers import basis
from habeas.web.api.bearer import TokenRequest, permit
from habeas.web.api.cases import row_of
from habeas.web.doing import Wish
from habeas.web.readmodels.models import DocketCase

router = Router(tags=["acts"])
NUMBER = 16  # bytes of chance in a register number
NEXT = timedelta(seconds=1)  # the proposal is after the opening


@router.post("/openings", response=s.Opened)
def opening(request: HttpRequest, payload: s.Opening, key: asked.Key) -> s.Opened:
    """Write somebody of the docket on the register, and propose the transfer.

    Where the first was recorded and the second was not, the same key again does the second.
    """
    who = permit(request, Deed.OPEN)
    _, row = row_of(request, payload.case)
    subject = _subject(row, key)
    at = instant(payload.at)
    order = {"order": payload.order, "ordered_by": payload.ordered_by}
    opened = doing.do(request, Wish(Deed.OPEN, subject, at, order, payload.facility, id=key))
    proposed = _propose(who, row, subject, key, payload)
    return s.Opened(basis=basis(who), subject=subject, opened=opened.index or 0, proposed=proposed)


def _propose(
    request: TokenRequest, row: DocketCase, subject: str, key: str, given: s.Opening
) -> int:
    permit(request, Deed.PROPOSE, subject)
    body = {"pathway": row.cells["pathway"], "case": row.case, "docket": row.docket}
    at = instant(given.at) + NEXT
    name = transfer.ulid(at, sha256(f"propose {key}".encode()).digest()[: doing.ULID_CHANCE])
    found = doing.do(request, Wish(Deed.PROPOSE, subject, at, body, id=name))
    return found.index or 0


def _subject(row: DocketCase, key: str) -> str:
    """A new register number; of a key that was used before, the one that was drawn then.

    Raises:
        RegisterError: H533, when the case is on the register under another key.
    """
    there = wiring.register().store.by_ids([key]).get(key)
    if there is not None and there.kind == EventKind.OPENED:
        if row.subject not in {"", str(there.subject)}:
            raise Http404
        return str(there.subject)
    if row.subject:
        what = f"case {row.case} is on the register already"
        raise RegisterError(Fault("H533", what, "Act on the person's own record.", where=row.case))
    return transfer.pseudonym(token_bytes(NUMBER))

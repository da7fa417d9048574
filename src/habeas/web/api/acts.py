"""Acts: one address for each deed, signing and dropping of drafts, opening of a case, documents.

Who writes states an `Idempotency-Key`: it is the id of the event. The same act under the same key
is answered as before; another one is refused. The key opens nothing: whose act it is, is asked
anew each time.
"""

from datetime import UTC, datetime
from keyword import iskeyword
from typing import Annotated, Any, Literal, cast

from django.http import Http404, HttpRequest
from ninja import Router
from pydantic import Field, create_model

from habeas.errors import Fault, ImpossibleEvent
from habeas.service import casefile, deed_fields, deeds, duties, intake
from habeas.service.asking import Officer
from habeas.service.deed_fields import Form
from habeas.terms import Deed
from habeas.web import answering, doing, wiring
from habeas.web.api import asked
from habeas.web.api import schemas as s
from habeas.web.api.answers import basis, events_of
from habeas.web.api.bearer import TokenRequest, may, permit
from habeas.web.api.cases import judge
from habeas.web.doing import Wish
from habeas.web.readmodels import visible

router = Router(tags=["acts"])
TEXT, TEXTS = 500, 50
DAY = r"\d{4}-\d\d-\d\d"
TIME = r"T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)"
INSTANT, WHEN = f"^{DAY}{TIME}$", f"^{DAY}({TIME})?$"
HOURS = r"^(\d|1\d|2[0-3])(\.\d{1,2})?$|^24(\.00?)?$"  # of a day
OWN = ("at", "facility", "second")  # of an act, whatever it states


_TYPES: dict[Form, Any] = {  # Any: pydantic's own
    Form.TEXT: Annotated[str, Field(min_length=1, max_length=TEXT)],
    Form.VALUE: Annotated[str, Field(min_length=1, max_length=TEXT)],
    Form.DIGEST: Annotated[str, Field(pattern="^[0-9a-f]{64}$")],
    Form.NUMBER: Annotated[int, Field(ge=1, le=10**6, strict=True)],
    Form.HOURS: Annotated[str, Field(pattern=HOURS)],
    Form.INSTANT: Annotated[str, Field(pattern=INSTANT, max_length=40)],
    Form.WHEN: Annotated[str, Field(pattern=WHEN, max_length=40)],
    Form.YES_OR_NO: Annotated[bool, Field(strict=True)],
    Form.TEXTS: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=TEXT)]],
        Field(min_length=1, max_length=TEXTS),
    ],
}


def _type(field: deed_fields.Field) -> Any:  # noqa: ANN401 - pydantic's own
    return Literal[field.choices] if field.choices else _TYPES[field.form]


def _form(deed: Deed) -> type[s.Given]:
    """The form of what is stated for a deed."""
    fields = deed_fields.of(deed)
    at, where = "When it happened, with its offset.", "Where; null: nowhere in particular."
    stated: dict[str, Any] = {"at": (datetime, s.said(deed_fields.SOME_INSTANT, at))}
    if "facility" not in {one.name for one in fields}:
        stated["facility"] = (s.Name | None, s.said("TARTU", where, default=None))
    if deeds.DOINGS[deed].second is not None:
        stated["second"] = (s.Officer, Field(description="Who must sign too."))
    for field in fields:
        more = {} if field.needed else {"default": None}
        kind = _type(field) if field.needed else _type(field) | None
        name = f"{field.name}_" if iskeyword(field.name) else field.name
        stated[name] = (kind, s.said(field.example, field.about, alias=field.name, **more))
    name = "".join(part.title() for part in deed.value.split("_"))
    return create_model(
        f"{name}Stated", __base__=s.Given, __doc__=f"What `{deed}` states.", **stated
    )


def _stated(deed: Deed, given: s.Given) -> dict[str, Any]:
    """What the event will carry."""
    names = {one.name for one in deed_fields.of(deed)}
    found = given.model_dump(by_alias=True, exclude_none=True)
    kept = {name: value for name, value in found.items() if name in names}
    if deed is Deed.RECORD_EVIDENCE:
        law = wiring.library()
        kept["value"] = casefile.stated(kept["fact"], kept["value"], intake.columns(law.vocabulary))
    if deed is Deed.ANSWER_DUTY:
        duties.step(wiring.library(), kept["duty"], kept.get("step", ""))
    return kept


def _address(deed: Deed) -> None:
    form = _form(deed)

    def act(
        request: HttpRequest,
        payload: s.Given,
        subject: asked.Subject,
        key: asked.Key,
    ) -> s.Done:
        who = permit(request, deed, subject)
        found = doing.do(request, _wish(request, deed, (subject, key), payload))
        return _done(who, found)

    act.__annotations__["payload"] = form
    act.__name__, act.__doc__ = deed.value, f"Record `{deeds.DOINGS[deed].kind}`."
    router.post(f"/persons/{{subject}}/deeds/{deed.value}", response=s.Done)(act)


def _wish(request: HttpRequest, deed: Deed, whose: tuple[str, str], given: Any) -> Wish:  # noqa: ANN401 - made above
    subject, key = whose
    second, body = getattr(given, "second", None), _stated(deed, given)
    if deed is Deed.ANSWER_INQUIRY:
        events = events_of(request, subject, "act report")
        body = answering.body(events, key, instant(given.at), body)
    return Wish(
        deed,
        subject,
        instant(given.at),
        body,
        None if "facility" in body else given.facility,
        None if second is None else Officer(second.authority, second.key),
        key,
    )


def instant(at: datetime) -> datetime:
    """An instant that somebody stated, in UTC.

    Raises:
        ImpossibleEvent: H503, for one without its offset.
    """
    if at.tzinfo is None:
        what = "the instant has no offset"
        raise ImpossibleEvent(Fault("H503", what, "Write 2026-11-21T09:00:00+01:00.", where="at"))
    return at.astimezone(UTC)


def _done(request: TokenRequest, found: doing.Done) -> s.Done:
    return s.Done(
        basis=basis(request), id=found.id, index=found.index, waits_for=list(found.waits_for)
    )


for _deed in deeds.DOINGS:
    if _deed not in {Deed.OPEN, Deed.SCREEN}:
        _address(_deed)


class Screening(s.Given):
    """A screening states an instant alone: what it says is computed."""

    at: datetime = s.said(deed_fields.SOME_INSTANT, "The instant of the decision.")


@router.post("/persons/{subject}/deeds/screen", response=s.Done)
def screen(
    request: HttpRequest,
    payload: Screening,
    subject: asked.Subject,
    key: asked.Key,
) -> s.Done:
    """Decide the case on all that is recorded, and record the decision."""
    who = permit(request, Deed.SCREEN, subject)
    there = wiring.register().store.by_ids([key]).get(key)
    if there is not None and (there.subject, there.kind) == (subject, "case.screened"):
        return _done(who, doing.Done(key, there.index))
    row = visible.cases(who.asker).filter(subject=subject).first()
    if row is None:
        raise Http404
    body = casefile.screened(judge(who, row), key)
    wish = Wish(Deed.SCREEN, subject, instant(payload.at), body, id=key)
    return _done(who, doing.do(request, wish))


@router.post("/drafts/{draft}/sign", response=s.Done)
def sign(request: HttpRequest, draft: asked.Draft, key: asked.Key) -> s.Done:
    """Sign a draft that waits for the asker; the last signature appends it.

    The key is the draft's own id: the act is the draft's.
    """
    who = _of_draft(request, draft, key)
    return _done(who, doing.sign(request, draft))


@router.post("/drafts/{draft}/drop", response={204: None})
def drop(
    request: HttpRequest,
    payload: s.Reason,
    draft: asked.Draft,
    key: asked.Key,
) -> None:
    """Withdraw a draft of which the asker is one of those who sign. The key is its own id."""
    _of_draft(request, draft, key)
    doing.drop(request, draft, payload.reason)


def _of_draft(request: HttpRequest, draft: str, key: str) -> TokenRequest:
    """Let only those go on who may do the deed of a draft.

    Raises:
        Http404: for everybody else.
        ImpossibleEvent: H533, where the key is another act's.
    """
    who = cast(TokenRequest, request)
    if key != draft:
        what = "a draft is signed or withdrawn under its own id"
        raise ImpossibleEvent(Fault("H533", what, "Send the draft's id as the key."))
    kinds = {kind.value: deed for kind, deed in deeds.OF_KIND.items()}
    there = wiring.register().store.by_ids([draft]).get(draft)
    if there is not None:  # signed by all before: whoever signed is told so again
        found = [(there.kind, str(there.subject))]
    else:
        found = [
            (str(one["kind"]), str(one["subject"]))
            for one in doing.drafts(request)
            if one["draft"] == draft
        ]
    deed = kinds.get(found[0][0]) if found else None
    if deed is None or not may(request, deed, found[0][1]):
        raise Http404
    return who

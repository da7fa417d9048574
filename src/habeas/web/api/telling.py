"""Webhooks, for whoever manages them: addresses that are told, and what was sent to them."""

from secrets import token_bytes

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from habeas.service import hooks
from habeas.terms import Deed
from habeas.web import wiring
from habeas.web.accounts import administer
from habeas.web.api import asked
from habeas.web.api import schemas as s
from habeas.web.api.answers import basis, page
from habeas.web.api.bearer import TokenRequest, known, permit
from habeas.web.hooks import enrolled, ledger
from habeas.web.hooks.models import Subscription

router = Router(tags=["webhooks"])


def _managing(request: HttpRequest) -> TokenRequest:
    """Only administrators of the installation's own state."""
    who = permit(request, Deed.MANAGE_WEBHOOKS)
    if not administer.may_manage(who.asker, who.installation, Deed.MANAGE_WEBHOOKS):
        raise Http404
    return who


def _known(number: int) -> Subscription:
    found = ledger.subscriptions().filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@router.get("/webhooks", response=s.Subscriptions)
def webhooks(request: HttpRequest) -> s.Subscriptions:
    """Every address that is or was told."""
    known(request)
    who = _managing(request)
    items = [s.Subscribed.from_orm(one) for one in ledger.subscriptions()]
    return s.Subscriptions(basis=basis(who), items=items)


@router.post("/webhooks", response={201: s.Secret})
def subscribe(request: HttpRequest, payload: s.Subscribing, key: asked.Key) -> s.Secret:
    """Tell an address, on an enrolled host, of what comes from now on.

    The secret is shown once. The same key again is answered by the same address without one.
    """
    who = _managing(request)
    enrolled.target(payload.address)
    made, new = ledger.subscribe_once(
        key, (payload.name, payload.address), who.user, who.now, _size(), token_bytes
    )
    words = hooks.in_words(enrolled.secret(made)) if new else ""
    return s.Secret(basis=basis(who), subscription=s.Subscribed.from_orm(made), secret=words)


@router.get("/webhooks/{number}/deliveries", response=s.Deliveries)
def deliveries(
    request: HttpRequest,
    response: HttpResponse,
    number: asked.Number,
    wanted: Query[asked.Paged],
) -> s.Deliveries:
    """What was sent to an address, latest first."""
    known(request, "page", "limit")
    who = _managing(request)
    rows, count = page(request, response, ledger.deliveries(_known(number)), wanted)
    items = [s.Delivery.from_orm(one) for one in rows]
    return s.Deliveries(basis=basis(who), count=count, items=items)


@router.post("/webhooks/{number}/replay", response=s.Replayed)
def replay(
    request: HttpRequest, payload: s.Replay, number: asked.Number, key: asked.Key
) -> s.Replayed:
    """Tell an address anew of everything from an index on. Twice the same tells it twice."""
    del key  # telling twice does no harm: a message names indexes alone
    who = _managing(request)
    made = ledger.replay(_known(number), payload.index, _size(), who.now, token_bytes)
    return s.Replayed(basis=basis(who), messages=made)


@router.post("/webhooks/{number}/disable", response={204: None})
def disable(request: HttpRequest, number: asked.Number, key: asked.Key) -> None:
    """Tell an address nothing more."""
    del key  # to disable twice is to disable
    who = _managing(request)
    ledger.disable(_known(number), who.now, Subscription.Why.BY_HAND)


@router.post("/webhooks/{number}/enable", response={204: None})
def enable(request: HttpRequest, number: asked.Number, key: asked.Key) -> None:
    """Tell an address again, of everything that came meanwhile too."""
    del key  # to enable twice is to enable
    _managing(request)
    ledger.enable(_known(number))


def _size() -> int:
    return wiring.register().store.size()

"""The pages of whoever manages webhooks: addresses, a new one, what was sent, replay, disable."""

from collections.abc import Callable
from functools import wraps
from secrets import token_bytes

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from habeas.errors import RegisterError
from habeas.service import hooks, transfer
from habeas.terms import Deed
from habeas.web import wiring
from habeas.web.accounts import administer
from habeas.web.accounts.models import User
from habeas.web.accounts.step_up import stepped_up
from habeas.web.asked import AskedRequest
from habeas.web.components import Column, Link, Pages, Table, Tag, Value
from habeas.web.hooks import enrolled, ledger
from habeas.web.hooks.forms import AddressForm, ReplayForm
from habeas.web.hooks.models import Delivery, Subscription

PAGE, CHANCE = 25, 10
View = Callable[..., HttpResponseBase]
STATES = {
    Delivery.State.PENDING: Tag(Delivery.State.PENDING.label, "teal"),
    Delivery.State.IN_PROGRESS: Tag(Delivery.State.IN_PROGRESS.label, "teal"),
    Delivery.State.SUCCESSFUL: Tag(Delivery.State.SUCCESSFUL.label, "green", "yes"),
    Delivery.State.RETRY: Tag(Delivery.State.RETRY.label, "yellow", "unknown"),
    Delivery.State.FAILED: Tag(Delivery.State.FAILED.label, "red", "no"),
}


class ManagedRequest(AskedRequest):
    """A request of an administrator."""

    user: User


def managed(view: View) -> View:
    """Let a view run only for whoever manages webhooks here; for others there is no such page."""

    @wraps(view)
    def guarded(request: AskedRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        asker, here = request.asker, request.installation
        if not administer.may_manage(asker, here, Deed.MANAGE_WEBHOOKS):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_GET
@managed
def addresses(request: AskedRequest) -> HttpResponse:
    """Every address that is or was told."""
    rows: list[list[Value]] = [
        [
            Link(one.name, reverse("webhook", args=[one.pk])),
            one.address,
            one.upto,
            _state(one),
            one.disabled_at,
        ]
        for one in ledger.subscriptions()
    ]
    columns = [
        Column(_("Name")),
        Column(_("Address")),
        Column(_("Told up to register size"), numeric=True),
        Column(_("State")),
        Column(_("Disabled")),
    ]
    empty = _("No address is told yet.")
    table = Table(_("Addresses that are told"), columns, rows, empty=empty)
    return render(request, "hooks/addresses.html", {"table": table})


def _state(one: Subscription) -> Tag:
    if one.disabled_at is None:
        return Tag(_("Told"), "green", "yes")
    return Tag(Subscription.Why(one.disabled_why).label, "red", "no")


@require_http_methods(["GET", "POST"])
@managed
@stepped_up
def add(request: ManagedRequest) -> HttpResponse:
    """Tell one more address; its secret is shown this one time."""
    drawn = transfer.ulid(request.now, token_bytes(CHANCE))
    form = AddressForm(request.POST or None, initial={"key": drawn})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        named = (said["name"], said["address"])
        size = wiring.register().store.size()
        try:
            made, new = ledger.subscribe_once(
                said["key"], named, request.user, request.now, size, token_bytes
            )
        except RegisterError as error:
            form.add_error(None, error.faults[0].sentence())
        else:
            words = hooks.in_words(enrolled.secret(made)) if new else ""
            return render(request, "hooks/secret.html", {"one": made, "words": words})
    return render(request, "hooks/add.html", {"form": form})


@require_GET
@managed
def address(request: AskedRequest, number: int) -> HttpResponse:
    """One address, and what was sent to it."""
    return _shown(request, _known(number), ReplayForm())


def _shown(
    request: AskedRequest, one: Subscription, form: ReplayForm, status: int = 200
) -> HttpResponse:
    pages = Paginator(ledger.deliveries(one), PAGE)
    page = pages.get_page(request.GET.get("page"))
    columns = [
        Column(_("Message")),
        Column(_("Entries")),
        Column(_("State")),
        Column(_("Tries"), numeric=True),
        Column(_("Next try, or last due")),
        Column(_("Last answer")),
    ]
    rows: list[list[Value]] = [
        [
            sent.message,
            _("%(first)s to %(last)s") % {"first": sent.first, "last": sent.last},
            STATES[Delivery.State(sent.state)],
            sent.tries,
            sent.due,
            sent.reason or (str(sent.status) if sent.status else _("none yet")),
        ]
        for sent in page
    ]
    empty = _("Nothing was sent yet.")
    context = {
        "one": one,
        "state": _state(one),
        "table": Table(_("Messages, latest first"), columns, rows, empty=empty),
        "pages": Pages(page.number, pages.num_pages),
        "form": form,
    }
    return render(request, "hooks/address.html", context, status=status)


@require_POST
@managed
@stepped_up
def replay(request: AskedRequest, number: int) -> HttpResponse:
    """Tell an address anew from an index on."""
    one, form = _known(number), ReplayForm(request.POST)
    if not form.is_valid():
        return _shown(request, one, form, status=422)
    size = wiring.register().store.size()
    ledger.replay(one, form.cleaned_data["index"], size, request.now, token_bytes)
    return HttpResponseRedirect(reverse("webhook", args=[number]))


@require_POST
@managed
@stepped_up
def disable(request: AskedRequest, number: int) -> HttpResponse:
    """Tell an address nothing more."""
    ledger.disable(_known(number), request.now, Subscription.Why.BY_HAND)
    return HttpResponseRedirect(reverse("webhook", args=[number]))


@require_POST
@managed
@stepped_up
def enable(request: AskedRequest, number: int) -> HttpResponse:
    """Tell an address again."""
    del request
    ledger.enable(_known(number))
    return HttpResponseRedirect(reverse("webhook", args=[number]))


@require_POST
@managed
@stepped_up
def renew(request: AskedRequest, number: int) -> HttpResponse:
    """Give an address another secret, shown this one time; the old one signs nothing more."""
    one = _known(number)
    ledger.renew_secret(one, token_bytes)
    words = hooks.in_words(enrolled.secret(one))
    return render(request, "hooks/secret.html", {"one": one, "words": words})


def _known(number: int) -> Subscription:
    found = ledger.subscriptions().filter(pk=number).first()
    if found is None:
        raise Http404
    return found


urlpatterns: list[URLPattern] = [
    path("webhooks/", addresses, name="webhooks"),
    path("webhooks/add/", add, name="webhooks_add"),
    path("webhooks/<int:number>/", address, name="webhook"),
    path("webhooks/<int:number>/replay/", replay, name="webhook_replay"),
    path("webhooks/<int:number>/disable/", disable, name="webhook_disable"),
    path("webhooks/<int:number>/enable/", enable, name="webhook_enable"),
    path("webhooks/<int:number>/secret/", renew, name="webhook_renew"),
]

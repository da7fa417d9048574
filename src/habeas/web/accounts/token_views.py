"""The pages of access tokens: everybody's own, and all of them for whoever manages them."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from habeas.terms import Deed, Office
from habeas.web.accounts import administer, listed, tokens
from habeas.web.accounts.forms import TokenForm
from habeas.web.accounts.models import AccessToken, User
from habeas.web.accounts.step_up import stepped_up
from habeas.web.asked import AskedRequest

PAGE = 50


@require_http_methods(["GET", "POST"])
@stepped_up
def own(request: AskedRequest) -> HttpResponse:
    """Somebody's own tokens, and a form for one more."""
    user, words = _owner(request), ""
    office = Office(user.office)
    form = TokenForm(office, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        until = request.now + timedelta(days=said["days"])
        _, words = tokens.make(user, said["name"], _deeds(said["deeds"]), until, request.now)
        form = TokenForm(office)
    found = AccessToken.objects.filter(user=user).select_related("user")
    return _listed(request, found, gettext("Your tokens"), {"form": form, "words": words})


@require_GET
def everybody(request: AskedRequest) -> HttpResponse:
    """The tokens of everybody."""
    _owner(request)
    if not _manages(request):
        raise Http404
    found = AccessToken.objects.select_related("user")
    return _listed(request, found, gettext("Tokens of everybody"), {})


@require_http_methods(["GET", "POST"])
def revoke(request: AskedRequest, number: int) -> HttpResponse:
    """End a token: one's own, or anybody's for whoever manages them."""
    user, manages = _owner(request), _manages(request)
    found = AccessToken.objects.all() if manages else AccessToken.objects.filter(user=user)
    token = get_object_or_404(found, pk=number)
    back = reverse("accounts_tokens" if token.user_id == user.pk else "accounts_all_tokens")
    if request.method == "POST":
        tokens.revoke(token, user, request.now)
        return HttpResponseRedirect(back)
    return render(request, "accounts/revoke.html", {"one": token, "back": back})


def _owner(request: AskedRequest) -> User:
    if request.asker is None or not isinstance(request.user, User):
        raise Http404
    return request.user


def _manages(request: AskedRequest) -> bool:
    asker, here = request.asker, request.installation
    return administer.may_manage(asker, here, Deed.MANAGE_ACCESS_TOKENS)


def _deeds(named: Sequence[str]) -> list[Deed] | None:
    return [Deed(one) for one in named] or None


def _listed(
    request: AskedRequest,
    found: QuerySet[AccessToken],
    caption: str,
    more: dict[str, object],
) -> HttpResponse:
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"table": listed.tokens(page, caption, request.now), "pages": listed.pages(page)}
    return render(request, "accounts/tokens.html", shown | more)

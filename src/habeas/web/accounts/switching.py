"""In a demonstration on this machine: be somebody else of it, by one click."""

from collections.abc import Mapping

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import logout
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.http import require_POST

from habeas.adapters.installation_files import loopback
from habeas.web.accounts import demo
from habeas.web.accounts.models import User

KEPT_S = 60  # every page asks for the same people


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Sign out and in as the person of the demonstration whose name was sent.

    Who is no such person themself, asks from another machine, or names somebody who is none, is
    told that there is no such page.
    """
    user = request.user
    here = loopback(request.META.get("REMOTE_ADDR"))
    if not (isinstance(user, User) and demo.may_sign_in_plainly(user) and here):
        raise Http404
    name = request.POST.get("username", "")
    found = User.objects.filter(username=name, demonstration=True, is_active=True).first()
    if found is None:
        raise Http404
    logout(request)
    record_authentication(request, found, demo.SWITCHED)
    get_adapter(request).login(request, found)
    return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL))


def people(request: HttpRequest) -> dict[str, object]:
    """For the bar on every page: whom one may switch to; nobody outside a demonstration."""
    user = getattr(request, "user", None)
    if not (isinstance(user, User) and demo.may_sign_in_plainly(user)):
        return {"demo_people": ()}
    found = caches["figures"].get_or_set("demo-people", _people, KEPT_S)
    return {"demo_people": found, "demo_self": user.pk}


def _people() -> list[Mapping[str, object]]:
    found = User.objects.filter(demonstration=True, is_active=True).values("pk", "username")
    return list[Mapping[str, object]](found.order_by("authority", "office", "username"))

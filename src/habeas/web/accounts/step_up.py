"""Before somebody signs, exports or reveals, they show their second factor once more."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from habeas.web.accounts.adapters import proved_lately

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponseBase]


def stepped_up(view: View[R, P]) -> View[R, P]:
    """Let a view run only for whoever showed their second factor within the window.

    Everybody else is sent to show it and comes back to the page they were on. What was sent is not
    kept meanwhile: a session holds nothing of what a form says.
    """

    @wraps(view)
    def guarded(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if proved_lately(request):
            return view(request, *args, **kwargs)
        methods = get_adapter(request).get_reauthentication_methods(request.user)
        page = methods[0]["url"] if methods else reverse("account_login")
        return HttpResponseRedirect(f"{page}?{urlencode({'next': _page(request)})}")

    return cast("View[R, P]", guarded)


def _page(request: HttpRequest) -> str:
    """The page to come back to: the one asked for, or the one with the form that was sent."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host():
        return request.path
    return came.path + (f"?{came.query}" if came.query else "")

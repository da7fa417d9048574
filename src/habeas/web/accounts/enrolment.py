"""Whoever has no second factor, or not yet a password of their own, may do nothing but see to that.

A password alone therefore opens no page of an installation but those on which a second factor is
set up; in a demonstration on this machine its own people are excepted.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse

from habeas.web.accounts import demo
from habeas.web.accounts.adapters import has_second_factor
from habeas.web.accounts.models import User

CHANGE, FACTORS = "account_change_password", "mfa_index"
_ALWAYS = frozenset({"account_login", "account_logout", "set_language"})
_OPEN = {
    CHANGE: _ALWAYS | {CHANGE},
    FACTORS: _ALWAYS
    | {CHANGE, FACTORS, "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"},
}


def lacking(user: User) -> str:
    """The page on which somebody must first complete their account; empty for a complete one."""
    if demo.may_sign_in_plainly(user):
        return ""
    if user.first_password_until is not None:
        return CHANGE
    return "" if has_second_factor(user) else FACTORS


class EnrolmentMiddleware:
    """Sends whoever has an account that is not complete to the page that completes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, or send on whoever may not ask it yet."""
        user = request.user
        page = lacking(user) if isinstance(user, User) else ""
        if page and _name(request.path_info) not in _OPEN[page]:
            return HttpResponseRedirect(reverse(page))
        return self._next(request)


def _name(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""

"""How long somebody stays signed in, and what ends it before.

Half an hour without a request ends a session, and eight hours end it whatever happens: NIST SP
800-63B-3 asks for at most half an hour and twelve (4.2.3). The count `User.sessions_ended` is part
of what a session is checked against at each request: to add one to it ends all that are open.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from habeas.web.accounts.models import User
from habeas.web.clock import now

BEGUN, SEEN = "begun", "seen"  # seconds since 1970
CLEARED = '"cache", "storage"'  # what a browser forgets when somebody is signed out
COARSE = 300  # seconds: a session is written again no sooner, since each time is a write


def end_all(user: User) -> None:
    """End every session of somebody."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)


def end_others(request: HttpRequest, user: User) -> None:
    """End every session of somebody but the one in which they ask, which gets a new key."""
    end_all(user)
    user.refresh_from_db(fields=["sessions_ended"])
    update_session_auth_hash(request, user)


class SessionAge:
    """Signs out whoever was away too long, or has been signed in for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, of nobody where the session is over."""
        came_signed_in = isinstance(request.user, User)
        if came_signed_in and _over(request):
            logout(request)
        response = self._next(request)
        if came_signed_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = CLEARED
        return response


def _over(request: HttpRequest) -> bool:
    at, session = int(now().timestamp()), request.session
    begun, seen = session.get(BEGUN, at), session.get(SEEN, at)
    if at - begun > settings.SESSION_COOKIE_AGE or at - seen > settings.SESSION_IDLE:
        return True
    if BEGUN not in session or at - seen >= COARSE:
        session[BEGUN], session[SEEN] = begun, at
    return False

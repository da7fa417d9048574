"""Who asks the API: the owner of a token, in the office of that owner, or in less of it.

A session opens nothing here, so that no page of another site can ask anything in somebody's name.
How often a token may ask is counted in a cache of the process that serves: several processes let
through as many times more. It is a courtesy to others, no fence.
"""

from typing import cast

from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpRequest
from ninja import Schema
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from habeas.access import Asker
from habeas.errors import Fault, SetupError
from habeas.terms import ABOUT_NO_PERSON, Deed
from habeas.web import doing
from habeas.web.accounts import tokens
from habeas.web.accounts.models import AccessToken, User
from habeas.web.asked import AskedRequest
from habeas.web.asker import asker_of
from habeas.web.readmodels import fenced

MINUTE = 60


class TokenRequest(AskedRequest):
    """A request of the API: somebody asks."""

    asker: Asker
    user: User
    token: AccessToken


class Bearer(HttpBearer):
    """Puts the token's owner on the request, as the one who asks."""

    def authenticate(self, request: HttpRequest, token: str) -> AccessToken | None:
        """The token that came; None where it is good for nothing."""
        del token
        asked = cast(TokenRequest, request)
        found = tokens.token_of(request, asked.now)
        asker = asker_of(found.user, asked.installation) if found else None
        if found is None or asker is None:
            return None
        asked.user, asked.asker, asked.token = found.user, asker, found
        fenced.tell(asker)  # the request came as nobody, to whom nothing is visible
        return found


class PerToken(BaseThrottle):
    """So many requests a minute for each token."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether this one may still be answered."""
        asked = cast(TokenRequest, request)
        minute = int(asked.now.timestamp()) // MINUTE
        self._left = MINUTE - int(asked.now.timestamp()) % MINUTE
        name, counts = f"{asked.token.pk}.{minute}", caches["counts"]
        counts.add(name, 0, 2 * MINUTE)
        return counts.incr(name) <= settings.API_A_MINUTE

    def wait(self) -> float:
        """Seconds until it may ask again."""
        return float(self._left)


def permit(request: HttpRequest, deed: Deed, subject: str = "") -> TokenRequest:
    """Let only those go on whose office may do a deed, and whose token is wide enough for it.

    Raises:
        Http404: for everybody else.
    """
    asked = cast(TokenRequest, request)
    if not tokens.covers(asked.token, deed):
        raise Http404
    doing.demand(request, deed, subject)
    return asked


def listing(request: HttpRequest, deed: Deed, by: type[Schema]) -> TokenRequest:
    """Let whoever's token is wide enough ask for a list: it shows whom they may see, maybe nobody.

    Raises:
        Http404: where the token is too narrow, or the deed is about nobody and not theirs.
        SetupError: H852, for a filter that the list does not know.
    """
    who = cast(TokenRequest, request)
    known(request, *by.model_fields)
    if deed in ABOUT_NO_PERSON:
        return permit(request, deed)
    if not tokens.covers(who.token, deed):
        raise Http404
    return who


def known(request: HttpRequest, *names: str) -> None:
    """Refuse what an address does not know: a filter that was mistyped would filter nothing.

    Raises:
        SetupError: H852.
    """
    odd = sorted(set(request.GET) - set(names))
    if odd:
        what = f"'{odd[0][:40]}' is nothing that this address is asked by"
        fix = f"Use {', '.join(names)}." if names else "Leave it out."
        raise SetupError(Fault("H852", what, fix, where=odd[0][:40]))


def may(request: HttpRequest, deed: Deed, subject: str = "") -> bool:
    """Whether `permit` would let the request go on."""
    try:
        permit(request, deed, subject)
    except Http404:
        return False
    return True

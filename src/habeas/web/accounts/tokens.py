"""Tokens with which programs act in somebody's office, or in less of it.

The words are shown once, when a token is made; what is kept is their digest. They are 256 random
bits, so a plain digest is enough: nothing can be tried against it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest

from habeas.terms import Deed
from habeas.web.accounts import ledger
from habeas.web.accounts.models import AccessToken, Change, User

BYTES, SHOWN, HEAD = 32, 8, "habeas_"
LONGEST = timedelta(days=90)
_TOO_LONG = 200  # characters of a header that can be no token of ours
_ONE_USE = timedelta(minutes=1)  # how exactly the last use is written down


def make(
    user: User, name: str, deeds: Collection[Deed] | None, expires_at: datetime, at: datetime
) -> tuple[AccessToken, str]:
    """A token of somebody's own, and its words, which nobody can show again.

    `deeds` narrows what it may do; None leaves all of the office. It ends after 90 days at most.
    """
    words = HEAD + token_urlsafe(BYTES)
    with transaction.atomic():
        made = AccessToken.objects.create(
            user=user,
            name=name,
            prefix=words[len(HEAD) : len(HEAD) + SHOWN],
            digest=_digest(words),
            authority=user.authority,
            office=user.office,
            deeds=None if deeds is None else sorted(one.value for one in deeds),
            made_at=at,
            expires_at=min(expires_at, at + LONGEST),
        )
        ledger.write(Change.Kind.TOKEN_MADE, user, user, at, {"name": name, "prefix": made.prefix})
    return made, words


def revoke(token: AccessToken, by: User, at: datetime) -> None:
    """End a token now; what was revoked before keeps its instant."""
    with transaction.atomic():
        ended = AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
        if ended:
            said = {"name": token.name, "prefix": token.prefix}
            ledger.write(Change.Kind.TOKEN_REVOKED, token.user, by, at, said)


def token_of(request: HttpRequest, at: datetime) -> AccessToken | None:
    """The token that a request bears.

    None where it bears none, or one that is unknown, over, revoked, of somebody deactivated, or of
    an office in which they work no longer.
    """
    scheme, _, words = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not words.startswith(HEAD) or len(words) > _TOO_LONG:
        return None
    living = Q(revoked_at=None, expires_at__gt=at, user__is_active=True)
    in_office = Q(user__authority=F("authority"), user__office=F("office"))
    held = AccessToken.objects.select_related("user").filter(living & in_office)
    found = held.filter(digest=_digest(words)).first()
    if found and (found.last_used_at is None or at - found.last_used_at >= _ONE_USE):
        AccessToken.objects.filter(pk=found.pk).update(last_used_at=at)
    return found


def bearer(request: HttpRequest, at: datetime) -> User | None:
    """Whose token a request bears; None as for `token_of`. Ask `covers` for each deed too."""
    found = token_of(request, at)
    return found.user if found else None


def covers(token: AccessToken, deed: Deed) -> bool:
    """Whether a token is wide enough for a deed, which its owner's office must allow besides."""
    return token.deeds is None or deed.value in token.deeds


def _digest(words: str) -> str:
    return sha256(words.encode()).hexdigest()

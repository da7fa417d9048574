"""What an administrator does to the accounts of others; each act is written down with it.

Nobody does any of it to their own account: whoever manages accounts cannot give themself an office
that acts on the register.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction

from habeas.access import Asker
from habeas.adapters.installation_files import Installation
from habeas.terms import Deed, Office, Side
from habeas.web.accounts import ledger, sessions
from habeas.web.accounts.models import Change, User
from habeas.web.readmodels import visible

FIRST_PASSWORD = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Work:
    """For whom somebody works, in which office, and the id of the key that signs for them."""

    authority: str
    office: Office
    key: str


def may_manage(asker: Asker | None, installation: Installation, deed: Deed) -> bool:
    """Whether somebody manages accounts here: only an administrator of the installation's state."""
    own = Side.SENDING if installation.state == installation.sending else Side.RECEIVING
    return asker is not None and asker.side is own and visible.may(asker, deed)


def add(user: User, work: Work, by: User, at: datetime) -> str:
    """Make the account of somebody new, not yet stored; answers the first password."""
    password = _first_password(user, at)
    user.authority, user.office, user.key = work.authority, work.office.value, work.key
    with transaction.atomic():
        user.save()
        if user.email:
            # An administrator vouches for it: a provider that verifies it too may sign them in.
            EmailAddress.objects.create(
                user=user, email=user.email.lower(), verified=True, primary=True
            )
        ledger.write(Change.Kind.ADDED, user, by, at, _said(work))
    return password


def change_work(user: User, work: Work, by: User, at: datetime) -> None:
    """Give somebody another authority, office or key, at once."""
    _not_oneself(user, by)
    before = Work(user.authority, Office(user.office), user.key) if user.office else None
    with transaction.atomic():
        stated = {"authority": work.authority, "office": work.office.value, "key": work.key}
        User.objects.filter(pk=user.pk).update(**stated)
        said = {f"before_{name}": text for name, text in _said(before).items()} if before else {}
        ledger.write(Change.Kind.OFFICE, user, by, at, _said(work) | said)


def deactivate(user: User, by: User, at: datetime) -> None:
    """Let somebody in no longer: their sessions and tokens end with their next request."""
    _set_active(user, by, at, active=False)


def reactivate(user: User, by: User, at: datetime) -> None:
    """Let somebody in again."""
    _set_active(user, by, at, active=True)


def reset_factors(user: User, by: User, at: datetime) -> str:
    """Take away every second factor and the password; answers a first password.

    With the password every session ends.
    """
    _not_oneself(user, by)
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        sessions.end_all(user)
        password = _first_password(user, at)
        user.save(update_fields=["password", "first_password_until"])
        ledger.write(Change.Kind.FACTORS_RESET, user, by, at)
    return password


def _set_active(user: User, by: User, at: datetime, *, active: bool) -> None:
    _not_oneself(user, by)
    kind = Change.Kind.REACTIVATED if active else Change.Kind.DEACTIVATED
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=active)
        sessions.end_all(user)
        ledger.write(kind, user, by, at)


def _first_password(user: User, at: datetime) -> str:
    password = "-".join(token_hex(2) for _ in range(5))
    user.set_password(password)
    user.first_password_until = at + FIRST_PASSWORD
    return password


def _said(work: Work) -> dict[str, str]:
    return {"authority": work.authority, "office": work.office.value, "key": work.key}


def _not_oneself(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise PermissionDenied("nobody changes their own account in this way")

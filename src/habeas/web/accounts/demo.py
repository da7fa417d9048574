"""The log-ins of a demonstration: without a second factor, and only on this machine itself.

They exist where the installation says that it is a demonstration and its address is loopback, and
nowhere else: there each of them is refused at sign-in, is nobody once signed in, and is a fault.
"""

from collections import Counter
from collections.abc import Iterable
from secrets import token_hex
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from habeas.adapters.installation_files import Installation, loopback
from habeas.errors import Fault, SetupError
from habeas.terms import Office
from habeas.web.accounts import ledger
from habeas.web.accounts.models import Change, User
from habeas.web.clock import now

SWITCHED = "demonstration"  # the way in which somebody signed in who was switched to
STRANGER = "QM-STRANGER"  # of no state: ISO 3166 leaves QM to its users


class Officer(NamedTuple):
    """Somebody that a demonstration has; `key` is the enrolled key that signs for them."""

    authority: str
    office: Office
    key: str = ""


class DemoUser(NamedTuple):
    """With what somebody of the demonstration signs in."""

    username: str
    password: str
    authority: str
    office: Office


def allowed(installation: Installation | None = None) -> bool:
    """Whether an installation, this one where none is named, may have these log-ins at all."""
    found = installation or settings.INSTALLATION
    return bool(found and found.demonstration and loopback(urlsplit(found.address).hostname))


def may_sign_in_plainly(user: User) -> bool:
    """Whether somebody needs no second factor here."""
    return user.demonstration and allowed()


def make_demo_users(installation: Installation, officers: Iterable[Officer]) -> list[DemoUser]:
    """A log-in for each officer, own and guest, and for a stranger; all with one new password.

    Who was there before keeps the account and gets the new password.

    Raises:
        SetupError: H813, when the installation is no demonstration on this machine.
    """
    if not allowed(installation):
        raise SetupError(_not_here())
    password = "-".join(token_hex(2) for _ in range(4))
    hashed = make_password(password)
    found, taken = [], Counter[str]()
    stranger = Officer(STRANGER, Office.SENDING_OFFICER)
    with transaction.atomic():
        for one in (*officers, stranger):
            plain = f"{one.office}.{one.authority}".replace("_", "-").lower()
            taken[plain] += 1
            name = plain if taken[plain] == 1 else f"{plain}.{taken[plain]}"
            _kept(name, one, hashed)
            found.append(DemoUser(name, password, one.authority, one.office))
    return found


def _kept(name: str, one: Officer, hashed: str) -> None:
    stated = {
        "authority": one.authority,
        "office": one.office.value,
        "key": one.key,
        "password": hashed,
        "is_active": True,
        "demonstration": True,
    }
    user, made = User.objects.update_or_create(username=name, defaults=stated)
    if made:
        ledger.write(Change.Kind.ADDED, user, None, now(), {"office": one.office.value})


def demo_faults(installation: Installation) -> list[Fault]:
    """What is wrong with the demonstration of an installation, for `habeas doctor`."""
    faults = []
    if installation.demonstration and not allowed(installation):
        faults.append(_not_here())
    left = [] if allowed(installation) else _usernames()
    if left:
        what = f"{len(left)} log-ins of a demonstration exist outside one: {', '.join(left[:5])}"
        faults.append(Fault("H814", what, "Deactivate them: they are refused until then too."))
    return faults


def _usernames() -> list[str]:
    found = User.objects.filter(demonstration=True, is_active=True)
    return [one.username for one in found.order_by("username")]


def _not_here() -> Fault:
    what = "log-ins without a second factor are asked for outside a demonstration on this machine"
    fix = "Give the installation an address of http://localhost, or make it no demonstration."
    return Fault("H813", what, fix)

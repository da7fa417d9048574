"""People with accounts, and how they sign in."""

import re
import struct
from base64 import b32decode
from collections.abc import Callable
from hashlib import sha1
from hmac import digest
from time import sleep
from time import time as clock  # noqa: TID251 - an app reads the clock
from typing import cast

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpResponse
from django.test import Client

from browsing import INDEX, LOGIN, PASSWORD, SECOND
from habeas.terms import Office
from habeas.web.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of an app that does not exist
__all__ = [
    "INDEX", "LOGIN", "PASSWORD", "SECOND", "SECRET", "NewClient", "code", "officer", "person",
    "send", "sign_in",
]  # fmt: skip
PERIOD, MARGIN = 30, 5  # seconds that a code stands, and that a test may need to send it
NewClient = Callable[[], Client]


def person(
    name: str = "ana", office: Office | None = Office.SENDING_OFFICER, authority: str = "US-BOP"
) -> User:
    """Somebody with a password and no second factor yet."""
    stated = {"authority": authority, "office": office.value if office else ""}
    return User.objects.create_user(name, f"{name}@us.example", PASSWORD, **stated)


def officer(
    name: str = "ana", office: Office | None = Office.SENDING_OFFICER, authority: str = "US-BOP"
) -> User:
    """Somebody with a password, an authenticator app and recovery codes."""
    user = person(name, office, authority)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def code(secret: str = SECRET, at: float | None = None) -> str:
    """What an authenticator app shows, computed as RFC 6238 says; one that is not about to end."""
    left = PERIOD - clock() % PERIOD
    if at is None and left < MARGIN:
        sleep(left)
    counter = struct.pack(">Q", int(clock() if at is None else at) // PERIOD)
    mac = digest(b32decode(secret), counter, sha1)
    offset = mac[-1] & 15
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def send(client: Client, address: str, given: dict[str, str], page: str = "") -> HttpResponse:
    """Send a form with the token that its page holds."""
    shown = client.get(page or address)
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.content.decode())
    token = found.group(1) if found else ""
    return cast(HttpResponse, client.post(address, given | {"csrfmiddlewaretoken": token}))


def sign_in(client: Client, name: str = "ana", secret: str = SECRET) -> Client:
    """Sign somebody in with both factors."""
    send(client, LOGIN, {"login": name, "password": PASSWORD})
    send(client, SECOND, {"code": code(secret)})
    return client

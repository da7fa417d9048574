"""The secrets of the public roll: one of the register for every person, one for each recipient.

They lie wrapped in the key store alone. A token is printed once, when it is issued; what the
register keeps of it is the hash of its lookup key, in a signed event. Revocation is another, with a
reason; the row then says whom to ask for a month, after which the token is destroyed.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from habeas.errors import Fault, RegisterError
from habeas.register.events import Body, Event
from habeas.register.locator import TOKEN, lookup_hash, lookup_key, printed
from habeas.register.sealed import KEY
from habeas.service.nightly import Holding, Token
from habeas.terms import EventKind

OWN, GIVEN = "roll/", "token/"  # beginnings of names in the key store
RECIPIENTS = ("family", "counsel", "consulate")


class SecretStore(Protocol):
    """Where the secrets lie. Is trusted with secrecy: whoever reads it reads every row."""

    def named(self, prefix: str) -> list[str]:
        """The names of all secrets that begin so, in order."""
        ...

    def keys(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Those of the named secrets that are there."""
        ...

    def keep(self, keys: Mapping[str, bytes]) -> None:
        """Keep new secrets."""
        ...


def hashed(token: bytes) -> str:
    """The hash by which the register names a token, in hexadecimal."""
    return lookup_hash(lookup_key(token)).hex()


def secret_name(subject: str, token: bytes) -> str:
    """The name under which a token is kept."""
    return f"{GIVEN}{subject}/{hashed(token)}"


def of_person(subject: str) -> tuple[str, str]:
    """The beginnings of the names of all secrets of a person."""
    return f"{OWN}{subject}", f"{GIVEN}{subject}/"


def issue(
    store: SecretStore, subject: str, recipient: str, chance: Callable[[int], bytes]
) -> tuple[str, Body]:
    """Draw a token, keep it, and say what the event of its issue carries.

    Returns:
        The token as it is printed, once, and the body of a `token.issued` event.

    Raises:
        RegisterError: H587 for a recipient that is none.
    """
    if recipient not in RECIPIENTS:
        what = f"'{recipient}' is no recipient of a token"
        raise RegisterError(Fault("H587", what, f"Name one of {', '.join(RECIPIENTS)}."))
    token = chance(TOKEN)
    store.keep({secret_name(subject, token): token})
    return printed(token), {"token": hashed(token), "recipient": recipient}


def revoke(store: SecretStore, subject: str, token: str, reason: str) -> Body:
    """What the event of a revocation carries; the token itself is kept for its last month.

    Raises:
        RegisterError: H587, where no such token was issued for that person.
    """
    if f"{GIVEN}{subject}/{token}" not in store.named(f"{GIVEN}{subject}/"):
        what = "no token of that hash was issued for that person"
        raise RegisterError(Fault("H587", what, "Copy it from the event of its issue."))
    return {"token": token, "reason": reason}


def holdings(
    store: SecretStore, events: Iterable[Event], chance: Callable[[int], bytes]
) -> dict[str, Holding]:
    """The secrets of every person of a register; one is drawn for whoever has none yet."""
    revoked: dict[str, datetime] = {}
    subjects: dict[str, None] = {}
    for event in events:
        if event.subject is not None:
            subjects[event.subject] = None
        if event.kind == EventKind.TOKEN_REVOKED:
            revoked.setdefault(str(event.body.get("token")), event.occurred_at)
    own = {name.removeprefix(OWN) for name in store.named(OWN)}
    drawn = {OWN + subject: chance(KEY) for subject in subjects if subject not in own}
    if drawn:
        store.keep(drawn)
    return _read(store, subjects, revoked)


def _read(
    store: SecretStore, subjects: Iterable[str], revoked: Mapping[str, datetime]
) -> dict[str, Holding]:
    secrets = store.keys([*store.named(OWN), *store.named(GIVEN)])
    given: dict[str, list[Token]] = {}
    for name, secret in secrets.items():
        if name.startswith(GIVEN):
            subject, _, digest = name.removeprefix(GIVEN).partition("/")
            given.setdefault(subject, []).append(Token(secret, revoked.get(digest)))
    return {
        subject: Holding(secrets[OWN + subject], tuple(given.get(subject, ())))
        for subject in subjects
        if OWN + subject in secrets
    }

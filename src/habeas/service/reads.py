"""What a gateway records of its own: who read whom, under pseudonyms, and the head of that log.

Rules
- The log of reads knows readers and persons by pseudonyms under the installation's secret, and
  never by index: who holds both logs and not the secret cannot join them.
- A record of a read is durable before anything of what was read is given out.

Source: docs/spec/gateway.md.
"""

import hmac
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product

import msgspec

from habeas.errors import Fault, RegisterError
from habeas.register import events, quick
from habeas.register.events import Body
from habeas.register.keys import Keyring
from habeas.register.log import Log, Signed
from habeas.register.signing import Signer, keyid8, sigblock
from habeas.service.asking import Asker
from habeas.service.transfer import ulid
from habeas.terms import EventKind, Role

LONGEST_PURPOSE = 200
SALT, ULID_CHANCE = 32, 10
NOBODY = "none"  # in place of a person, where what was read is about none
MOST = 1000  # reads of one person in an answer, the latest


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who signs what a gateway records of its own."""

    signer: Signer
    authority: str
    key: str  # keyid8 in hexadecimal
    agreement: str  # under which the key was enrolled
    chance: Callable[[int], bytes]

    def signed(self, kind: EventKind, at: datetime, inner: Body) -> Signed:
        """An event of the gateway's own."""
        actor: Body = {"authority": self.authority, "role": Role.REGISTRAR, "key": self.key}
        body: Body = {
            "v": 1,
            "id": ulid(at, self.chance(ULID_CHANCE)),
            "type": kind.value,
            "agreement": self.agreement,
            "occurred_at": at.isoformat(),
            "time_basis": "observed",
            "actors": [actor],
            "body": inner,
        }
        data = events.canonical(body)
        return Signed(data, sigblock(data, [self.signer]), self.chance(SALT))


def registrar(log: Log, keys: Keyring, signer: Signer, chance: Callable[[int], bytes]) -> Registrar:
    """The registrar of a register, by the key that was enrolled for it.

    Raises:
        RegisterError: H913, when the key is not good in the register.
    """
    key = keyid8(signer.public()).hex()
    found = keys.enrolled.get(key)
    if found is None or found.until is not None:
        fix = "Enrol it first: habeas keys enrol."
        raise RegisterError(Fault("H913", f"the registrar's key {key} is not good here", fix))
    enrolled = next(log.vault.records(log.store.rows(found.since, found.since + 1)))
    agreement = quick.event(enrolled.body).agreement
    return Registrar(signer, found.authority, key, agreement, chance)


class ReadLog:
    """The log of reads of one installation."""

    def __init__(self, log: Log, registrar: Registrar, secret: bytes) -> None:
        self.log, self._registrar, self._secret = log, registrar, secret

    def record(
        self, asker: Asker, purpose: str, what: str, persons: Collection[str], at: datetime
    ) -> int:
        """Record that somebody read of persons, or of nobody; durable on return.

        Returns:
            How many events were written: one a person, all at once.
        """
        inner: Body = {
            "reader": self._pseudonym("reader", asker.authority, asker.role, asker.key),
            "purpose": purpose,
            "what": what,
            "time": at.isoformat(),
        }
        named = sorted(self._pseudonym("person", one) for one in set(persons)) or [NOBODY]
        kind = EventKind.READ_RECORDED
        self.log.append(
            [self._registrar.signed(kind, at, {**inner, "person": n}) for n in named], at
        )
        return len(named)

    def _pseudonym(self, kind: str, *parts: str) -> str:
        data = msgspec.json.encode([f"habeas/{kind}/v1", self.log.origin, *parts])
        return hmac.digest(self._secret, data, "sha256").hex()

    def of_person(self, subject: str, keys: Keyring) -> list[dict[str, object]]:
        """Who read of a person, the latest last; `reader` is absent where no office explains it.

        Args:
            subject: the register number.
            keys: whose authorities and keys are tried.
        """
        person, known = self._pseudonym("person", subject), self._offices(keys)
        found = [_told(body, known) for body in self._bodies(person)]
        return found[-MOST:]

    def _bodies(self, person: str) -> Iterator[Mapping[str, object]]:
        wanted = person.encode()
        rows = self.log.store.administrative([EventKind.READ_RECORDED])
        for record in self.log.vault.records(row for row in rows if wanted in row.content):
            body = quick.event(record.body).body
            if body.get("person") == person:
                yield body

    def _offices(self, keys: Keyring) -> dict[str, tuple[str, str, str]]:
        """Every office that may have read, by its pseudonym: authority, role, key."""
        held = {(one.authority, key) for key, one in keys.enrolled.items()}
        held |= {(authority, "") for authority in keys.roots}
        return {
            self._pseudonym("reader", authority, role, key): (authority, role.value, key)
            for (authority, key), role in product(held, Role)
        }


def _told(
    body: Mapping[str, object], known: Mapping[str, tuple[str, str, str]]
) -> dict[str, object]:
    found = {name: body[name] for name in ("purpose", "what", "time") if name in body}
    office = known.get(str(body.get("reader")))
    if office is not None:
        named = zip(("authority", "role", "key"), office, strict=True)
        found["reader"] = {name: value for name, value in named if value}
    return found


def purposed(asker: Asker | None, purpose: str) -> tuple[Asker, str]:
    """Who asks, and what for.

    Raises:
        RegisterError: H911, when one of them is not stated.
    """
    said = unicodedata.normalize("NFC", purpose.strip())
    fits = said.isprintable() and 0 < len(said) <= LONGEST_PURPOSE
    if asker is None or not fits:
        what = f"a read without an asker, or without a purpose of up to {LONGEST_PURPOSE} letters"
        raise RegisterError(Fault("H911", what, "State both: they are recorded."))
    return asker, said

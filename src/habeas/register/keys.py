"""Which key of which authority was good at which log index.

A key is good for the events after its enrolment and before its revocation, by index and never by
clock. Enrolments, rotations and revocations are events signed by the authority's root key, and the
root keys are pinned outside the log, in the trust file.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from habeas.errors import Fault, RegisterError
from habeas.register import admin
from habeas.register.events import Seen
from habeas.register.policy import Policy, read_policy
from habeas.register.signing import keyid8
from habeas.terms import EventKind

KEY_KINDS = (EventKind.KEY_ENROLLED, EventKind.KEY_ROTATED, EventKind.KEY_REVOKED)
PUBLIC_KEY = 32
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*")
LONGEST_OVERLAP = 65_536  # leaves


@dataclass(frozen=True, slots=True)
class Trust:
    """What a verifier must have from outside the log: the policy and the authorities' root keys."""

    policy: Policy
    roots: Mapping[str, bytes]  # public root key by authority
    demonstration: bool
    text: str  # as it was read


def read_trust(text: str) -> Trust:
    """A trust file out of its text.

    Raises:
        RegisterError: H526 for a file that is not one, H521 and H525 for its policy.
    """
    try:
        found = json.loads(text)
        roots = {str(name): _hexadecimal(key) for name, key in found["roots"].items()}
        policy_text, demonstration = str(found["policy"]), found["demonstration"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _fault("H526", "the trust file is not one") from error
    if any(len(key) != PUBLIC_KEY for key in roots.values()) or not isinstance(demonstration, bool):
        raise _fault("H526", "the trust file holds a malformed key")
    return Trust(read_policy(policy_text), roots, demonstration, text)


def write_trust(policy: str, roots: Mapping[str, bytes], *, demonstration: bool) -> str:
    """The text of a trust file."""
    document = {
        "policy": policy,
        "roots": {name: key.hex() for name, key in sorted(roots.items())},
        "demonstration": demonstration,
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A key's time of good standing, in log indexes."""

    authority: str
    public: bytes
    since: int  # index of the enrolment; the key is good above it
    until: int | None = None  # index of the revocation; the key is good below it

    def stands(self, index: int) -> bool:
        """Whether the key is still good at an index, or would be: then it can be revoked."""
        return self.until is None or self.until > index


@dataclass(slots=True)
class Keyring:
    """All keys enrolled so far, by keyid8; grows with the log."""

    roots: Mapping[str, bytes]
    enrolled: dict[str, Enrolment] = field(default_factory=dict)

    def signers(self, event: Seen, index: int) -> dict[str, bytes]:
        """The public keys that must have signed an event at an index, by keyid8.

        Raises:
            RegisterError: H515, when a key is not good for its authority there.
        """
        if event.kind in admin.ROOT_SIGNED:
            return {actor.key: self._root(actor.authority, actor.key) for actor in event.actors}
        return {actor.key: self._good(actor.authority, actor.key, index) for actor in event.actors}

    def _root(self, authority: str, key: str) -> bytes:
        root = self.roots.get(authority)
        if root is None or keyid8(root).hex() != key:
            raise _fault("H515", f"key {key} is not the pinned root key of '{authority}'")
        return root

    def _good(self, authority: str, key: str, index: int) -> bytes:
        found = self.enrolled.get(key)
        if found is None or found.authority != authority or found.since >= index:
            raise _fault(
                "H515", f"key {key} was not enrolled for '{authority}' before index {index}"
            )
        if not found.stands(index):
            raise _fault("H515", f"key {key} of '{authority}' was revoked at index {found.until}")
        return found.public

    def learn(self, event: Seen, index: int, *, complete: bool = True) -> None:
        """Take in an enrolment, a rotation or a revocation; other events change nothing.

        A rotated key stays good for the stated overlap of leaves, so that what was signed with it
        before the rotation was published can still be admitted.

        Args:
            event: of any kind.
            index: where it stands.
            complete: every key event before it was learned; a receipt brings some of them only, and
                there a rotation may replace a key that is not known.

        Raises:
            RegisterError: H516, when the event names no key, or one of another authority.
        """
        if event.kind not in KEY_KINDS:
            return
        authority = event.actors[0].authority
        public, key = _named(event, "public")
        if event.body.get("authority") != authority or len(event.actors) != 1:
            raise _fault("H516", "the event names no key of its own authority")
        known = self.enrolled.get(key)
        good = known is not None and known.authority == authority and known.stands(index)
        if event.kind == EventKind.KEY_REVOKED and known and good:
            self.enrolled[key] = replace(known, until=index)
        elif event.kind == EventKind.KEY_ENROLLED and known is None:
            self.enrolled[key] = Enrolment(authority, public, index)
        elif event.kind == EventKind.KEY_ROTATED and known is None:
            self._retire(event, index, complete=complete)
            self.enrolled[key] = Enrolment(authority, public, index)
        else:
            raise _fault("H516", f"key {key} cannot be {event.kind.partition('.')[2]} here")

    def _retire(self, event: Seen, index: int, *, complete: bool) -> None:
        _, key = _named(event, "replaces")
        known, overlap = self.enrolled.get(key), event.body.get("overlap")
        whole = isinstance(overlap, int) and not isinstance(overlap, bool)
        if not whole or not 0 <= int(str(overlap)) <= LONGEST_OVERLAP:
            raise _fault("H516", f"'overlap' is no number of leaves up to {LONGEST_OVERLAP}")
        if known is None and not complete:
            return
        theirs = known is not None and known.authority == event.actors[0].authority
        if known is None or not theirs or known.until is not None:
            raise _fault("H516", f"key {key} is not one that can be replaced here")
        self.enrolled[key] = replace(known, until=index + int(str(overlap)) + 1)


def _hexadecimal(text: str) -> bytes:
    if not _HEX.fullmatch(text):  # `fromhex` would also take blanks between the digits
        raise ValueError(text)
    return bytes.fromhex(text)


def _named(event: Seen, field: str) -> tuple[bytes, str]:
    try:
        public = _hexadecimal(str(event.body.get(field, "")))
    except ValueError:
        public = b""
    if len(public) != PUBLIC_KEY:
        raise _fault("H516", f"'{field}' names no key of {PUBLIC_KEY} bytes")
    return public, keyid8(public).hex()


def _fault(code: str, what: str) -> RegisterError:
    return RegisterError(
        Fault(
            code,
            what,
            "Use a key that the authority has enrolled, and the trust file that it publishes.",
        )
    )

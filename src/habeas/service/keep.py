"""Keeping a register: which keys are good in it, and the events that make them so."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from habeas.register import events, signing
from habeas.register.events import Body
from habeas.register.keys import KEY_KINDS, Enrolment, Keyring, Trust, read_trust
from habeas.register.log import Signed
from habeas.register.policy import read_policy, write_policy
from habeas.register.sealed import Vault
from habeas.register.signing import Signer
from habeas.register.store import Store
from habeas.service import mirror
from habeas.service.transfer import ulid
from habeas.terms import EventKind, Role

SALT, ULID_CHANCE = 32, 10


@dataclass(frozen=True, slots=True)
class Root:
    """An authority's root key, and the agreement under which its events stand."""

    authority: str
    agreement: str
    signer: Signer


def enrolment(root: Root, public: bytes, at: datetime, chance: Callable[[int], bytes]) -> Signed:
    """An enrolment of an officer's key."""
    return _key_event(root, EventKind.KEY_ENROLLED, {"public": public.hex()}, at, chance)


def revocation(root: Root, public: bytes, at: datetime, chance: Callable[[int], bytes]) -> Signed:
    """A revocation of an officer's key."""
    return _key_event(root, EventKind.KEY_REVOKED, {"public": public.hex()}, at, chance)


def rotation(
    root: Root,
    keys: tuple[bytes, bytes],
    overlap: int,
    at: datetime,
    chance: Callable[[int], bytes],
) -> Signed:
    """A new key in the place of an old one.

    Args:
        root: whose keys they are.
        keys: the old one and the new one, public.
        overlap: for how many leaves after this event the old one stays good.
        at: UTC, whole seconds.
        chance: draws the id and the salt.
    """
    old, new = keys
    inner: Body = {"public": new.hex(), "replaces": old.hex(), "overlap": overlap}
    return _key_event(root, EventKind.KEY_ROTATED, inner, at, chance)


def peer(root: Root, policy: str, at: datetime, chance: Callable[[int], bytes]) -> Signed:
    """The enrolment of the other state's log: its name and its policy, without addresses.

    Args:
        root: who enrols it.
        policy: the policy's text, or that of a trust file which holds it.
        at: UTC, whole seconds.
        chance: draws the id and the salt.

    Raises:
        RegisterError: H521, H525, H526 for a text that is neither.
    """
    read = read_trust(policy).policy if policy.lstrip().startswith("{") else read_policy(policy)
    inner = mirror.enrolment(write_policy(replace(read, urls={})))
    return _key_event(root, EventKind.PEER_ENROLLED, inner, at, chance)


def _key_event(
    root: Root, kind: EventKind, inner: Body, at: datetime, chance: Callable[[int], bytes]
) -> Signed:
    key = signing.keyid8(root.signer.public()).hex()
    actor: Body = {"authority": root.authority, "role": Role.REGISTRAR, "key": key}
    body: Body = {
        "v": 1,
        "id": ulid(at, chance(ULID_CHANCE)),
        "type": kind.value,
        "agreement": root.agreement,
        "occurred_at": at.isoformat(),
        "time_basis": "observed",
        "actors": [actor],
        "body": {"authority": root.authority, **inner},
    }
    data = events.canonical(body)
    return Signed(data, signing.sigblock(data, [root.signer]), chance(SALT))


def keyring(store: Store, vault: Vault, trust: Trust) -> Keyring:
    """The keys of a register as its events have made them."""
    found = Keyring(trust.roots)
    for one in vault.records(store.administrative(KEY_KINDS)):
        found.learn(events.event(events.parse(one.body), one.index), one.index)
    return found


def keys_listed(store: Store, vault: Vault, trust: Trust) -> list[dict[str, object]]:
    """Every key that was ever enrolled, oldest first; `until` is absent while it is good."""
    found = sorted(keyring(store, vault, trust).enrolled.items(), key=lambda one: one[1].since)
    return [_listed(key, one) for key, one in found]


def _listed(key: str, one: Enrolment) -> dict[str, object]:
    until: dict[str, object] = {} if one.until is None else {"until": one.until}
    named = {"key": key, "authority": one.authority, "public": one.public.hex()}
    return {**named, "since": one.since, **until}

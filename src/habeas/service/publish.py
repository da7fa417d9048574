"""Publish a log: pads, checkpoint, witnesses; and what must be asked before anything is signed."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from habeas.errors import Fault, SigningRefused
from habeas.register.checkpoint import Checkpoint, read_note
from habeas.register.log import Log
from habeas.register.policy import Policy
from habeas.register.witness import WitnessClient
from habeas.service import witness
from habeas.service.witness import Asked

__all__ = ["Clients", "WitnessClient", "cosign", "publish", "start"]

Clients = Mapping[str, WitnessClient]  # by policy name


@dataclass(frozen=True, slots=True)
class Standing:
    """What the witnesses of a policy have seen of a log when it starts."""

    seen: Mapping[str, Checkpoint]  # by policy name; a witness that is away is not in it
    silent: tuple[str, ...]  # witnesses that did not answer


def start(log: Log, policy: Policy, clients: Clients) -> Standing:
    """Ask every witness what it has seen, and bind the log to it before it signs anything.

    Raises:
        SigningRefused: H539, when the log was rolled back or is another; H540, when the log has
            published before and those that answer do not make the quorum: it may then be read, and
            not written, because those that are away may have seen more.
    """
    found = witness.shown(policy, clients)
    seen = witness.points(policy, found)
    for point in seen.values():
        log.hold_to(point)
    silent = tuple(name for name, text in found.items() if text is None)
    answered = frozenset(policy.witnesses[name].name for name in found if name not in silent)
    if policy.met(answered) is False and log.store.latest() is not None:
        what = f"too few witnesses of '{log.origin}' answer with what they have seen: "
        what += f"{', '.join(silent)} did not"
        fix = "Reach them; until they have answered nothing is signed."
        raise SigningRefused(Fault("H540", what, fix))
    return Standing(seen, silent)


def publish(
    log: Log, policy: Policy, clients: Clients, at: datetime, *, pads: bool = True
) -> Asked:
    """Sign and keep a checkpoint, then ask the witnesses and keep what they sign.

    Nobody is asked before the checkpoint is committed. A witness that is away is told in the
    result; the next publication asks it again.

    Raises:
        SigningRefused: H536 or H539, when nothing may be signed; H570, when a witness is ahead.
    """
    note = log.publish(at, pads=pads)
    return cosign(log, policy, clients, note)


def cosign(
    log: Log,
    policy: Policy,
    clients: Clients,
    note: str,
    lock: AbstractContextManager[object] | None = None,
) -> Asked:
    """Ask the witnesses for a checkpoint that is committed, and keep what they sign.

    Args:
        log: whose checkpoint it is.
        policy: whose witnesses.
        clients: a way to each.
        note: the checkpoint.
        lock: held while the log is read or written, and not while a witness is waited for; None
            where nobody else uses the log.

    Raises:
        SigningRefused: H570, when a witness is ahead.
    """
    turn = lock or nullcontext()

    def consistency(old: int, new: int) -> list[bytes]:
        with turn:
            return log.tree.consistency(old, new)

    held = {name: point.size for name, point in witness.standing(policy, clients).items()}
    asked = witness.ask(policy, clients, note, held, consistency)
    fresh = [line for line in asked.note.splitlines(keepends=True) if line not in note]
    with turn:
        log.store.cosign(read_note(note).checkpoint.size, fresh)
    return asked

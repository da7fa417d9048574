"""Bring a restored register up to what its witnesses have seen, or refuse to sign.

Rules: the restored leaves lead to the checkpoint that lay beside the copy. Every witness is asked.
Where one has seen more, the missing leaves come from a mirror, and only leaves that lead to the
very root which the witness has seen are taken. Nothing is signed over fewer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from habeas.errors import Fault, SigningRefused
from habeas.register.checkpoint import Checkpoint, read_note
from habeas.register.events import Record, Row
from habeas.register.log import Log
from habeas.register.policy import Policy
from habeas.service import publish, witness
from habeas.service.publish import Clients

Leaf = tuple[Row, Record | None]  # an event in the clear; None: a pad, or not disclosed


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done to bring a register up to date."""

    before: int  # leaves in the copy
    after: int
    standing: publish.Standing


def agree(log: Log, note: str, policy: Policy) -> None:
    """Check that a restored log begins with the checkpoint that lay beside its copy.

    Raises:
        RegisterError: H521 to H524 for the note; H539, when the leaves do not lead to it.
    """
    read = read_note(note)
    policy.cosigners(read)
    log.hold_to(read.checkpoint)


def missing(policy: Policy, clients: Clients, size: int) -> Checkpoint | None:
    """The largest checkpoint that a witness has seen above a size; None where there is none."""
    seen = witness.standing(policy, clients).values()
    ahead = [point for point in seen if point.size > size]
    return max(ahead, key=lambda point: point.size, default=None)


def mend(
    log: Log,
    policy: Policy,
    clients: Clients,
    mirror: Iterable[Leaf] = (),
) -> Restored:
    """Take the leaves that a witness has seen and the copy lacks from a mirror, then start.

    Args:
        log: the restored log.
        policy: whose witnesses are asked.
        clients: ways to them.
        mirror: leaves of the same log in order from 0, as an export with content shows them.

    Raises:
        SigningRefused: H539, when a witness has seen more than the copy and the mirror have, or
            other leaves; H540, when no witness answers.
    """
    before, wanted = log.size, missing(policy, clients, log.size)
    if wanted is not None:
        log.adopt(_from(mirror, log.size, wanted), wanted)
    return Restored(before, log.size, publish.start(log, policy, clients))


def _from(mirror: Iterable[Leaf], size: int, wanted: Checkpoint) -> Sequence[Leaf]:
    found = [one for one in mirror if size <= one[0].index < wanted.size]
    if len(found) != wanted.size - size:
        what = f"a witness has seen {wanted.size} leaves of '{wanted.origin}'; the copy has {size}"
        what += f" and the mirror {len(found)} of the missing"
        fix = "Name a mirror of at least that size with --mirror; nothing is signed below it."
        raise SigningRefused(Fault("H539", what, fix))
    return found

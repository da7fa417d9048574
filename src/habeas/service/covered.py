"""Who has signed under the checkpoints of a log: quorums, single cosigners, lines that are kept.

Nothing is believed: every line is verified under the log's policy each time that it counts.
"""

from collections.abc import Sequence

from habeas.errors import Fault, RegisterError
from habeas.register import checkpoint
from habeas.register.checkpoint import Checkpoint, Note, SignatureLine, read_note
from habeas.register.policy import Policy, merged
from habeas.register.store import Store


def quorum(store: Store, policy: Policy, floor: int = -1) -> tuple[int, str] | None:
    """The largest checkpoint above a size that meets its log's quorum; None where none does.

    A policy that asks for no witness is never met.
    """
    latest = store.latest()
    if policy.quorum == "none" or latest is None or latest[0] <= floor:
        return None
    if _met(policy, latest[1]):
        return latest
    above = (one for one in store.checkpoints()[::-1] if one[0] > floor)
    return next((one for one in above if _met(policy, one[1])), None)


def _met(policy: Policy, note: str) -> bool:
    return policy.met(policy.cosigners(read_note(note))) is True


def lined(store: Store, policy: Policy, name: str, floor: int = -1) -> int:
    """The size of the largest checkpoint above one that a cosigner of the policy signed; else 0."""
    if name not in {key.name for key in policy.witnesses.values()}:
        return 0
    for size, note in store.checkpoints()[::-1]:
        if size <= floor:
            break
        if name in policy.cosigners(read_note(note)):
            return size
    return 0


def keep_lines(store: Store, policy: Policy, text: str) -> int:
    """Keep the good cosignatures of a checkpoint that a log has; one of each key is enough.

    Args:
        store: the log's, or its mirror's.
        policy: the log's; lines of keys that it does not name are dropped.
        text: the checkpoint with its lines, from wherever it came.

    Returns:
        How many were kept that were not there.

    Raises:
        RegisterError: H521 to H524 for the text; H935, when it is of another tree.
    """
    note = read_note(merged(policy, text, ""))
    held = note_of(store, note.checkpoint.size)
    if not held or read_note(held).checkpoint != note.checkpoint:
        what = f"no checkpoint of '{policy.log.name}' of size {note.checkpoint.size} has that root"
        fix = "Keep both: they may prove that the log has two histories."
        raise RegisterError(Fault("H935", what, fix))
    signed = {(line.name, line.id) for line in read_note(held).lines}
    fresh = [line for line in note.lines if (line.name, line.id) not in signed]
    if fresh:
        lines = below(note.checkpoint, fresh).splitlines(keepends=True)
        store.cosign(note.checkpoint.size, lines)
    return len(fresh)


def note_of(store: Store, size: int) -> str:
    """The checkpoint of some size; empty where there is none."""
    latest = store.latest()
    if latest is None or latest[0] < size:
        return ""
    return latest[1] if latest[0] == size else dict(store.checkpoints()).get(size, "")


def own_lines(policy: Policy, note: Note) -> str:
    """A note with the lines of its log's keys alone."""
    keys = {(key.name, key.id) for key in (policy.log, *policy.also)}
    lines = [line for line in note.lines if (line.name, line.id) in keys]
    return checkpoint.note_text(note, list(dict.fromkeys(lines)))


def below(point: Checkpoint, lines: Sequence[SignatureLine]) -> str:
    """Signature lines as they stand under a checkpoint."""
    return checkpoint.note_text(Note(point, ()), lines).removeprefix(point.text() + "\n")

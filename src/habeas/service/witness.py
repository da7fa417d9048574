"""Both sides of witnessing: run a witness; ask the witnesses of a policy for their cosignatures.

A log asks after its commit. A witness that does not answer, refuses, or signs wrongly is told in
the result and stops nothing. One that shows a checkpoint of more leaves than this log has, signed
by this log's key, stops the log: either leaves were lost, or two logs run under one name. A number
alone is believed of nobody: a false witness can neither stop a log nor make it sign below what
others hold.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain

from habeas.errors import Fault, RegisterError, SigningRefused
from habeas.register import checkpoint, witness
from habeas.register.checkpoint import LOG, ML_DSA, Checkpoint, Note, NoteKey
from habeas.register.policy import MOST, Policy, merged, read_policy
from habeas.register.signing import Signer
from habeas.register.witness import (
    Cosigned,
    Evidence,
    Refused,
    Reply,
    Stated,
    Witness,
    WitnessClient,
    WitnessStore,
)

Consistency = Callable[[int, int], list[bytes]]
TRIES = 2  # the second with the size that the witness stated


def open_witness(name: str, signers: tuple[Signer, ...], logs: str, store: WitnessStore) -> Witness:
    """A witness of the logs that a file names.

    Args:
        name: the witness's name, such as court.example/witness.
        signers: its keys: Ed25519, ML-DSA-44, or one of each.
        logs: a policy, or one vkey of a log a line; of each type given for an origin one must sign.
        store: its memory.

    Raises:
        RegisterError: H521 for a name or key; H525 for a policy; H577 for the file of logs.
    """
    found = Witness(checkpoint.origin(name), signers, read_logs(logs), store)
    own = {signer.public() for signer in signers}
    for key in chain.from_iterable(found.logs.values()):
        if key.name == name or key.public in own:
            raise _logs(f"the name or the key of the witness is that of the log '{key.name}'")
    return found


def read_logs(text: str) -> Mapping[str, tuple[NoteKey, ...]]:
    """The keys of each log by origin, out of a policy or of a file of one vkey a line.

    Raises:
        RegisterError: H521, H525, H577.
    """
    lines = [line.strip(" \t") for line in text.split("\n")]
    stated = [(place, line) for place, line in enumerate(lines, 1) if line and line[0] != "#"]
    if any(line.startswith("quorum ") for _, line in stated):
        policy = read_policy(text)
        return {policy.log.name: (policy.log, *policy.also)}
    found: dict[str, tuple[NoteKey, ...]] = {}
    for place, line in stated:
        key = _log_key(place, line.removeprefix("log "))
        if any(key.public == other.public for row in found.values() for other in row):
            raise _logs("the key stands twice", place)
        found[key.name] = (*found.get(key.name, ()), key)
    if not found or len(stated) > MOST:
        raise _logs(f"it names {len(stated)} logs; 1 to {MOST} may stand there")
    return found


def _log_key(line: int, text: str) -> NoteKey:
    try:
        key = checkpoint.read_vkey(text)
    except RegisterError as error:
        raise RegisterError(replace(error.faults[0], file="logs", line=line)) from error
    if key.type not in {LOG, ML_DSA}:
        raise _logs("the key is a witness's", line)
    return key


def _logs(what: str, line: int = 0) -> RegisterError:
    fix = "Write a policy, or one vkey of a log a line."
    return RegisterError(Fault("H577", what, fix, "logs", line))


def refused(evidence: Sequence[Evidence]) -> list[dict[str, object]]:
    """What a witness refused as plain documents, oldest first.

    Two notes of one size are proof by themselves that the log signed two histories. Of two sizes
    they are proof only if the log cannot show a proof from one to the other: anyone can send a true
    checkpoint with a false proof.
    """
    return [
        {
            "origin": one.origin,
            "size": one.size,
            "reason": one.reason,
            "time": one.time,
            "note": one.note,
            "held": one.held,
        }
        for one in evidence
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking the witnesses of a policy."""

    note: str  # with every good cosignature, in policy order
    sizes: Mapping[str, int]  # the size that each answering witness now holds, by policy name
    refused: Mapping[str, Refused]  # by policy name
    met: bool | None = None  # whether the quorum is met; None where the policy asks for none


def ask(
    policy: Policy,
    clients: Mapping[str, WitnessClient],
    note: str,
    held: Mapping[str, int],
    consistency: Consistency,
) -> Asked:
    """Ask every witness at hand to cosign a checkpoint, all at once; call it after the commit.

    Args:
        policy: whose witnesses; one without a client is passed over.
        clients: a way to each witness, by policy name.
        note: the checkpoint under the log's signatures, and cosignatures that are there already.
        held: the size that each witness held when last asked, by policy name; 0 where absent.
        consistency: the proof between two sizes of the log, `0 < old < new`.

    Raises:
        RegisterError: H570, when a witness shows that the log signed more leaves than the
            checkpoint has; H521 to H524 for a note that the log did not sign.
    """
    read = checkpoint.read_note(note)
    policy.cosigners(read)
    point, bare = read.checkpoint, _bare(read)
    olds = {name: held.get(name, 0) for name in policy.witnesses if name in clients}
    replies: dict[str, Reply] = {name: Stated(old) for name, old in olds.items()}
    for _ in range(TRIES):
        olds = {name: old for name, old in olds.items() if old <= point.size}
        found = _sent(
            clients,
            {name: _request(bare, old, point.size, consistency) for name, old in olds.items()},
        )
        replies |= found
        olds = {
            name: reply.size
            for name, reply in found.items()
            if isinstance(reply, Stated) and reply.size != olds[name]
        }
    _none_ahead(policy, clients, point, replies)
    return _gathered(policy, note, point.size, replies)


def _bare(note: Note) -> str:
    lines = [line for line in note.lines if line.name == note.checkpoint.origin]
    return checkpoint.note_text(note, lines)


def _request(note: str, old: int, size: int, consistency: Consistency) -> str:
    return witness.write_request(old, consistency(old, size) if 0 < old < size else [], note)


def _sent(clients: Mapping[str, WitnessClient], requests: Mapping[str, str]) -> dict[str, Reply]:
    if not requests:
        return {}
    with ThreadPoolExecutor(len(requests)) as pool:
        found = pool.map(lambda name: clients[name].add(requests[name]), requests)
        return dict(zip(requests, found, strict=True))


def _none_ahead(
    policy: Policy,
    clients: Mapping[str, WitnessClient],
    point: Checkpoint,
    replies: Mapping[str, Reply],
) -> None:
    said = [
        name for name, one in replies.items() if isinstance(one, Stated) and one.size > point.size
    ]
    shown = points(policy, {name: clients[name].latest(point.origin) for name in said})
    fix = "Sign nothing more: restore the leaves from the mirror, and look for a second log."
    ahead = [
        Fault(
            "H570",
            f"witness '{name}' is ahead of this log: it holds {seen.size} leaves, the checkpoint "
            f"of '{point.origin}' has {point.size}",
            fix,
        )
        for name, seen in shown.items()
        if seen.size > point.size
    ]
    if ahead:
        raise SigningRefused(*ahead)


def _gathered(policy: Policy, note: str, size: int, replies: Mapping[str, Reply]) -> Asked:
    sizes, refused = dict[str, int](), dict[str, Refused]()
    for name, reply in replies.items():
        match reply:
            case Refused():
                refused[name] = reply
            case Stated():
                sizes[name] = reply.size
                refused[name] = Refused(409, f"it holds {reply.size} leaves and does not go on")
            case Cosigned():
                try:
                    note = _with(policy, name, note, reply.lines)
                    sizes[name] = size
                except RegisterError as error:
                    refused[name] = Refused(200, error.faults[0].what)
    whole = merged(policy, note, "")
    met = policy.met(policy.cosigners(checkpoint.read_note(whole)))
    return Asked(whole, sizes, refused, met)


def _with(policy: Policy, name: str, note: str, lines: str) -> str:
    answer = merged(policy, _bare(checkpoint.read_note(note)), lines)
    if policy.witnesses[name].name not in policy.cosigners(checkpoint.read_note(answer)):
        raise RegisterError(Fault("H524", "its answer holds no line of its key", "Ask it why."))
    return merged(policy, note, lines)


def shown(policy: Policy, clients: Mapping[str, WitnessClient]) -> dict[str, str | None]:
    """What each witness of a policy shows of its log; empty: it knows none; None: it is away."""
    return {
        name: clients[name].latest(policy.log.name) if name in clients else None
        for name in policy.witnesses
    }


def points(policy: Policy, found: Mapping[str, str | None]) -> dict[str, Checkpoint]:
    """The checkpoints among what witnesses show, by policy name; what the log did not sign is none.

    The size is compared with the log's own before anything is signed: below it, leaves were lost.
    """
    seen: dict[str, Checkpoint] = {}
    for name, text in found.items():
        try:
            read = checkpoint.read_note(text or "")
            policy.cosigners(read)
        except RegisterError:
            continue
        seen[name] = read.checkpoint
    return seen


def standing(policy: Policy, clients: Mapping[str, WitnessClient]) -> Mapping[str, Checkpoint]:
    """What each witness shows as the log's latest checkpoint, by policy name."""
    return points(policy, shown(policy, clients))

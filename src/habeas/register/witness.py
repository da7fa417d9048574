r"""C2SP tlog-witness, the witness's side: it cosigns only a checkpoint that extends the last.

    old <size>              the size that the client believes was cosigned last
    <base64 hash>           0 to 63 lines: the consistency proof from that size
                            an empty line
    <signed checkpoint>

Decided in this order; the first that holds is the answer.
    400  the request is malformed
    404  the origin is unknown
    403  no good signature of a known key of the log, or one that fails
    400  old > size
    409  old is not the latest cosigned size; "<latest>\n" as text/x.tlog.size
    422  size 0 with a root other than the empty tree's
    422  old = 0 with a proof; a proof that fails; old = size with another root
    200  persisted; signature lines

Check and persistence are one step of the store. What fails consistency is never cosigned and is
kept: with the checkpoint held it may prove that the log lied. A known key's failed line is a 403
although another's is good: a note is refused as a whole. The time of a cosignature is the caller's;
it is never 0 and never before the last one of the log.

Protects from: a log that shows two histories, rewrites a leaf or rolls back, as long as this
witness and its memory are honest. Not from: a log that lies from its first checkpoint on; a witness
that lost its memory. Source: C2SP tlog-witness, tlog-cosignature; docs/spec/witness.md.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from habeas.errors import Fault, RegisterError
from habeas.register.checkpoint import (
    Checkpoint,
    Note,
    NoteKey,
    base64_strict,
    cosignature_key,
    cosigned,
    note_text,
    number,
    read_note,
    verified,
)
from habeas.register.merkle import EMPTY, HASH, LONGEST, consistent
from habeas.register.signing import Signer

PLAIN, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
PROOF_CAP = 64 + LONGEST * 45  # bytes of the old size's line and of 63 hashes
REQUEST_CAP = 64 * 1024 + PROOF_CAP
_OLD = "old "


@dataclass(frozen=True, slots=True)
class Request:
    """An add-checkpoint request, read but not verified."""

    old: int
    proof: tuple[bytes, ...]
    note: Note


@dataclass(frozen=True, slots=True)
class Latest:
    """What a witness remembers of one log."""

    size: int
    root: bytes
    time: int  # Unix seconds of the cosignature
    note: str  # with the log's lines and the witness's own


@dataclass(frozen=True, slots=True)
class Evidence:
    """A checkpoint that a log signed and that does not extend the one held."""

    origin: str
    size: int
    root: bytes
    note: str  # as the log signed it
    held: str  # the note held at that time; empty where none was
    reason: str
    time: int  # Unix seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client."""

    status: int
    body: str
    type: str = PLAIN


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer, and what must be kept before it is given."""

    answer: Answer
    latest: Latest | None = None  # None: what is held stays
    evidence: Evidence | None = None


Decide = Callable[[Latest | None], Decision]


class WitnessStore(Protocol):
    """What a witness remembers; one step at a time, whatever threads and processes use it."""

    def latest(self, origin: str) -> Latest | None:
        """The checkpoint of a log that was cosigned last; None where none was."""
        ...

    def step(self, origin: str, decide: Decide) -> Answer:
        """Read the latest, decide, and keep what was decided, in one transaction; then answer.

        No other step of the log runs in between; nothing is answered that is not durable.
        """
        ...


def write_request(old: int, proof: Sequence[bytes], note: str) -> str:
    """The text of an add-checkpoint request."""
    hashes = "".join(base64.b64encode(part).decode() + "\n" for part in proof)
    return f"{_OLD}{old}\n{hashes}\n{note}"


def read_request(data: bytes) -> Request:
    """An add-checkpoint request out of its bytes.

    Raises:
        RegisterError: H571 for the request, H521 for its checkpoint or a hash that is not base64.
    """
    if len(data) > REQUEST_CAP:
        raise _fault(f"the request is longer than {REQUEST_CAP:,} bytes")
    try:
        head, gap, note = data.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise _fault("the request is not UTF-8") from error
    first, *hashes = head.split("\n")
    old = number(first.removeprefix(_OLD))
    if not gap or not first.startswith(_OLD) or old is None:
        raise _fault("the request does not begin with 'old', a size and an empty line")
    if len(hashes) > LONGEST:
        raise _fault(f"the proof has more than {LONGEST} hashes")
    proof = tuple(map(base64_strict, hashes))
    if any(len(part) != HASH for part in proof):
        raise _fault("a hash of the proof is not 32 bytes")
    return Request(old, proof, read_note(note))


def _fault(what: str) -> RegisterError:
    return RegisterError(Fault("H571", what, "Send what C2SP tlog-witness asks."))


@dataclass(frozen=True, slots=True)
class Witness:
    """A cosigner: its name, its keys, the logs that it knows and its memory."""

    name: str
    signers: tuple[Signer, ...]
    logs: Mapping[str, tuple[NoteKey, ...]]  # keys by origin
    store: WitnessStore

    def add(self, data: bytes, time: int) -> Answer:
        """The answer to an add-checkpoint request; what it says is durable before it is returned.

        Args:
            data: the request's bytes.
            time: now, in Unix seconds.

        Raises:
            RegisterError: H572 for a time before 1970; what the store raises.
        """
        if time <= 0:
            what = "the clock says a time at which nothing can be cosigned"
            raise RegisterError(Fault("H572", what, "Set the clock of the witness."))
        try:
            request = read_request(data)
        except RegisterError as error:
            return Answer(400, error.faults[0].what + "\n")
        point = request.note.checkpoint
        keys = self.logs.get(point.origin)
        if keys is None:
            return Answer(404, "the origin is not known here\n")
        try:
            verified(request.note, keys[0], (), keys[1:])
        except RegisterError as error:
            return Answer(403, error.faults[0].what + "\n")
        if request.old > point.size:
            return Answer(400, "the old size is larger than the checkpoint's\n")
        return self.store.step(point.origin, lambda latest: _decision(self, request, latest, time))

    def latest(self, digest: str) -> str | None:
        """The latest cosigned note of a log by the digest of its origin; None where there is none.

        Raises:
            RegisterError: what the store raises.
        """
        for origin in self.logs:
            if origin_digest(origin) == digest:
                held = self.store.latest(origin)
                return held.note if held else None
        return None

    def vkeys(self) -> list[str]:
        """Its keys in the form that logs enter in their policies."""
        return [cosignature_key(self.name, one.public()).vkey() for one in self.signers]


def _decision(witness: Witness, request: Request, latest: Latest | None, time: int) -> Decision:
    size, root = (latest.size, latest.root) if latest else (0, EMPTY)
    if request.old != size:
        return Decision(Answer(409, f"{size}\n", SIZE))
    point = request.note.checkpoint
    now = max(time, latest.time if latest else 0)
    known = {(key.name, key.id) for key in witness.logs[point.origin]}
    own = [line for line in request.note.lines if (line.name, line.id) in known]
    note = note_text(request.note, list(dict.fromkeys(own)))
    reason = _inconsistent(request, root)
    if reason:
        held = latest.note if latest else ""
        kept = Evidence(point.origin, point.size, point.root, note, held, reason, now)
        return Decision(Answer(422, reason + "\n"), evidence=kept)
    lines = "".join(cosigned(point, witness.name, signer, now) for signer in witness.signers)
    return Decision(Answer(200, lines), Latest(point.size, point.root, now, note + lines))


def _inconsistent(request: Request, root: bytes) -> str:
    point: Checkpoint = request.note.checkpoint
    if point.size == 0 and point.root != EMPTY:
        return "the tree of size 0 has another root than the empty tree"
    if consistent(request.old, point.size, root, point.root, request.proof):
        return ""
    if request.old == point.size and root != point.root:
        return "another root of the same size was cosigned before"
    return "the proof does not show that the checkpoint extends the one cosigned before"


def origin_digest(origin: str) -> str:
    """The name of a log in a witness's addresses: hexadecimal SHA-256 of the origin."""
    return hashlib.sha256(origin.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness's answer: signature lines, not yet verified."""

    lines: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A witness's answer: the size that it says it cosigned last."""

    size: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A witness did not cosign, and why: its status, or 0 where it did not answer at all."""

    status: int
    reason: str


Reply = Cosigned | Stated | Refused


class WitnessClient(Protocol):
    """A way to one witness."""

    def add(self, request: str) -> Reply:
        """Send an add-checkpoint request."""
        ...

    def latest(self, origin: str) -> str | None:
        """The latest note of a log that the witness shows; empty: it has none; None: it is away."""
        ...

"""Documents that prove how a shared event stands between two logs; checked with two trust files.

    habeas-settlement/1   the receipt out of the own log, and the proof of its entry in the peer's
    habeas-overdue/1      the same receipt, the peer's latest checkpoint, its signed acknowledgement
                          where there is one, and the hours; with the peer's leaves, a checker sees
                          that none of them is the entry

A checker asks nobody. It takes the time of the cosignatures for the time: of the receipt's the
latest that its quorum needs, of the peer's checkpoint the latest. Source: docs/spec/feed.md.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from habeas.errors import Fault, RegisterError
from habeas.register import events, receipt, signing
from habeas.register.checkpoint import Checkpoint, Note, read_note, time_of
from habeas.register.events import Event
from habeas.register.exchange import canonical
from habeas.register.keys import Trust
from habeas.register.merkle import included, leaf_hash
from habeas.register.policy import Policy
from habeas.register.receipt import Receipt
from habeas.register.tiles import Grower
from habeas.register.verify import BRINGS_KEY, Verdict, receipt_verdict

SETTLED, OVERDUE = "habeas-settlement/1", "habeas-overdue/1"
CAP = 1024 * 1024  # characters of a document
MESSAGE = "habeas/message/v1"
LATEST = 253_402_300_799  # the last second of the year 9999
_LINE = re.compile(r"(\S+) ([0-9a-f]{16}) ([A-Za-z0-9+/=]+)")
_LINES = 4  # of a message: head, content, signature, and nothing


@dataclass(frozen=True, slots=True)
class Checked:
    """What a document proves, in one line; never a bare yes."""

    text: str  # SETTLED, OVERDUE, ...; INVALID with the reason
    proven: bool  # whether it proves all that it is for
    event: Event | None
    own: Checkpoint | None = None
    peer: Checkpoint | None = None
    notes: tuple[str, ...] = ()  # what it does not show


def settlement(own: Receipt, peer: str) -> str:
    """The document that an event is settled.

    Args:
        own: its receipt out of the own log, under a checkpoint with a quorum.
        peer: the tlog-proof of its entry in the other log, under a checkpoint with its quorum.
    """
    return canonical({"format": SETTLED, "peer": peer, "receipt": _written(own)})


def overdue(
    own: Receipt, peer: str, hours: int, acknowledged: tuple[str, Receipt] | None = None
) -> str:
    """The document that an event is overdue.

    Args:
        own: its receipt out of the own log.
        peer: the latest checkpoint of the other log, with its cosignatures.
        hours: in which it should have been settled.
        acknowledged: a message in which the peer says that it took the event in, and the receipt
            of the enrolment of the key that signed it; None where there is none.
    """
    found: dict[str, object] = {
        "format": OVERDUE,
        "hours": hours,
        "peer": peer,
        "receipt": _written(own),
    }
    if acknowledged is not None:
        message, key = acknowledged
        found |= {"acknowledgement": message, "key": _written(key)}
    return canonical(found)


def _written(found: Receipt) -> object:
    return json.loads(receipt.write(found))


def kind_of(text: str) -> str:
    """The format of a document; empty where it states none."""
    try:
        found = json.loads(text) if len(text) <= CAP else None
    except (ValueError, RecursionError):
        return ""
    return str(found.get("format", "")) if isinstance(found, dict) else ""


def _document(text: str, kind: str, keys: set[str], more: frozenset[str]) -> Mapping[str, object]:
    if kind_of(text) != kind:
        raise _fault(f"the text is no document of the form {kind}")
    found = json.loads(text)
    if not {"format", *keys} <= set(found) <= {"format", *keys, *more}:
        raise _fault("the document has other keys than it must")
    return dict(found)


# Settled


def check(text: str, own: Trust, peer: Trust) -> Checked:
    """Check the document of a settlement with both logs' trust files.

    Raises:
        RegisterError: H939, when it is no such document. What fails in it is told in the verdict.
    """
    found = _document(text, SETTLED, {"receipt", "peer"}, frozenset())
    verdict, event, held = _receipt(found["receipt"], own)
    if verdict.fault is not None:
        return Checked(verdict.text, proven=False, event=None)
    try:
        proof = receipt.read_proof(str(found["peer"]))
        entry = signing.entry(held.salt, *_opening(found["receipt"]))
        point = proof.note.checkpoint
        witnessed = peer.policy.met(peer.policy.cosigners(proof.note))
        if point.origin == held.note.checkpoint.origin:
            raise _fault("both proofs are of one log", "H941")
        if not included(leaf_hash(entry), proof.index, point.size, proof.hashes, point.root):
            raise _fault("the other log's proof is not of this event's entry", "H941")
    except RegisterError as error:
        return _invalid(error)
    good = verdict.text == "VALID" and witnessed is True
    said = "SETTLED" if good else "IN BOTH LOGS, NOT WITNESSED"
    return Checked(said, proven=good, event=event, own=held.note.checkpoint, peer=point)


def _receipt(found: object, trust: Trust) -> tuple[Verdict, Event | None, receipt.Proof]:
    text = json.dumps(found)
    verdict = receipt_verdict(text, trust)
    if verdict.fault is not None:
        none = receipt.Proof(b"", -1, (), Note(Checkpoint("", 0, b""), ()))
        return verdict, None, none
    return verdict, verdict.event, receipt.read_proof(receipt.read(text).proof)


def _opening(found: object) -> tuple[bytes, bytes]:
    read = receipt.read(json.dumps(found))
    return read.body, read.sigblock


def _invalid(error: RegisterError) -> Checked:
    fault = error.faults[0]
    return Checked(f"INVALID ({fault.code} {fault.what})", proven=False, event=None)


# Overdue


def check_overdue(
    text: str, own: Trust, peer: Trust, leaves: Iterable[bytes] | None = None
) -> Checked:
    """Check the document that an event is overdue.

    Args:
        text: the document.
        own: the trust file of the log that has the event.
        peer: the trust file of the other log.
        leaves: the other log's entries in order, from its tiles or an exported mirror; None where
            they are not at hand: it is then not shown that the entry is none of them.

    Raises:
        RegisterError: H939, when it is no such document. What fails in it is told in the verdict.
    """
    more = frozenset({"acknowledgement", "key"})
    found = _document(text, OVERDUE, {"receipt", "peer", "hours"}, more)
    hours = found["hours"]
    if not isinstance(hours, int) or isinstance(hours, bool) or not 0 < hours <= 24 * 366:
        raise _fault("the hours of the document are no number of hours")
    verdict, event, held = _receipt(found["receipt"], own)
    if verdict.fault is not None:
        return Checked(verdict.text, proven=False, event=None)
    try:
        note = read_note(str(found["peer"]))
        peer.policy.cosigners(note)
        entry = signing.entry(held.salt, *_opening(found["receipt"]))
        told = _acknowledged(found, own, (note.checkpoint.origin, held))
        seen = _among(leaves, note.checkpoint, entry)
    except RegisterError as error:
        return _invalid(error)
    since, until = _quorum_time(own.policy, held.note), _latest_time(peer.policy, note)
    good, notes = seen is False, [told]
    if seen is None:
        notes.append("that the entry is not in the other log was not looked at: give its leaves")
    if since is None:
        good = False
        notes.append("no witness says when the event was published: NOT WITNESSED")
    if until is None or (since is not None and until < since + timedelta(hours=hours)):
        good = False
        shown = "never" if until is None else f"{until:%Y-%m-%dT%H:%M:%SZ}"
        notes.append(f"the other log was last shown by a witness at: {shown}, before the deadline")
    said = "OVERDUE" if good else "NOT SHOWN TO BE OVERDUE"
    if seen:
        said = "NOT OVERDUE: the entry is in the other log"
    points = (held.note.checkpoint, note.checkpoint)
    return Checked(said, good, event, *points, tuple(notes))


def _among(leaves: Iterable[bytes] | None, point: Checkpoint, entry: bytes) -> bool | None:
    """Whether an entry is among the leaves that lead to a checkpoint; None without leaves.

    Raises:
        RegisterError: H941, when they do not lead there.
    """
    if leaves is None:
        return None
    edge, seen = Grower(), False
    for one in islice(leaves, point.size):
        edge.append(one)
        edge.filled()
        seen = seen or one == entry
    if (edge.size, edge.root()) != (point.size, point.root):
        raise _fault("the leaves do not lead to the other log's checkpoint", "H941")
    return seen


def _quorum_time(policy: Policy, note: Note) -> datetime | None:
    """When a quorum had cosigned a checkpoint; None where none did."""
    signed = set[str]()
    for at, name in sorted(_times(policy, note)):
        signed.add(name)
        if policy.met(frozenset(signed)):
            return _instant(at)
    return None


def _latest_time(policy: Policy, note: Note) -> datetime | None:
    times = [at for at, _ in _times(policy, note)]
    return _instant(max(times)) if times else None


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(min(at, LATEST), UTC)


def _times(policy: Policy, note: Note) -> Sequence[tuple[int, str]]:
    known = {(key.name, key.id) for key in policy.witnesses.values()}
    return [(time_of(one), one.name) for one in note.lines if (one.name, one.id) in known]


def _acknowledged(found: Mapping[str, object], own: Trust, logs: tuple[str, receipt.Proof]) -> str:
    """Whether the peer has said that it took the event in, as a sentence.

    Raises:
        RegisterError: H941, when the acknowledgement that is there proves nothing.
    """
    text, (origin, held) = found.get("acknowledgement"), logs
    if text is None:
        return "not acknowledged: the other state has not signed that it took the event in"
    said, authority, key, signature = _message(str(text))
    verdict, event, _ = _receipt(found.get("key"), own)
    if verdict.fault is not None or event is None or event.kind not in BRINGS_KEY:
        raise _fault("the key of the acknowledgement is not shown to be enrolled", "H941")
    public, whose = bytes.fromhex(str(event.body["public"])), event.body["authority"]
    if (signing.keyid8(public).hex(), whose) != (key, authority) or not signing.good(
        public, signature, said
    ):
        raise _fault("the acknowledgement is not signed by the key that is shown", "H941")
    body = events.body(said.decode().split("\n")[1])
    received = body.get("received")
    if body.get("from") != origin or not isinstance(received, int) or received <= held.index:
        raise _fault("the acknowledgement does not cover the event", "H941")
    return f"acknowledged: {whose} has signed that it took in {received} leaves"


def _message(text: str) -> tuple[bytes, str, str, bytes]:
    lines = text.split("\n")
    named = _LINE.fullmatch(lines[2]) if len(lines) == _LINES else None
    if named is None or lines[0] != MESSAGE or lines[3]:
        raise _fault("the acknowledgement is no message", "H941")
    try:
        signature = base64.b64decode(named[3], validate=True)
        said = f"{MESSAGE}\n{lines[1]}".encode()  # JSON can bring in half a surrogate pair
    except ValueError as error:
        raise _fault("the acknowledgement is no message", "H941") from error
    return said, named[1], named[2], signature


def _fault(what: str, code: str = "H939") -> RegisterError:
    return RegisterError(Fault(code, what, "Ask whoever says so for the document again."))

"""Offline check of a register or a receipt: no store, no network, no law.

The order of a receipt's steps: container, key enrolment, body, signatures, commitment, inclusion,
checkpoint with its cosignatures and quorum, consistency; only then is the event shown. The first
step that fails is named.
A register is checked entry by entry in log order, then checkpoint by checkpoint.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from habeas.errors import Fault, RegisterError
from habeas.register import checkpoint, events, forms, merkle, receipt, signing
from habeas.register.checkpoint import Checkpoint
from habeas.register.events import Event, Record
from habeas.register.keys import Keyring, Trust
from habeas.register.receipt import Proof, Receipt
from habeas.register.signing import Claim
from habeas.terms import EventKind

FIX = (
    "Do not rely on this register; ask its authority, and compare with a checkpoint kept elsewhere."
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A whole register as plain data."""

    entries: Sequence[Record]
    checkpoints: Sequence[tuple[int, str]]  # size, note


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and every fault with its index or checkpoint size, in that order."""

    size: int
    covered: int  # leaves under the last good checkpoint
    checkpoints: int
    witnessed: bool | None  # None: the policy asks for no witness
    faults: tuple[Fault, ...]


def _at(index: int, fault: Fault) -> Fault:
    return Fault(fault.code, fault.what, FIX, where=f"index {index}")


class _Walk:
    def __init__(self, trust: Trust) -> None:
        self.keys = Keyring(trust.roots)
        self.heads: dict[str, tuple[int, bytes]] = {}
        self.ids: set[str] = set()
        self.claims: list[tuple[int, Claim]] = []  # every signature that must verify, by index

    def entry(self, expected: int, found: Record) -> Iterator[Fault]:
        """Everything that is wrong with one record, before any checkpoint is asked."""
        if found.index != expected:
            yield Fault(
                "H551", f"index {expected} is missing: the next record is {found.index}", FIX
            )
            return
        if signing.entry(found.salt, found.body, found.sigblock) != found.entry:
            yield Fault("H552", "the leaf does not commit to the stored event", FIX)
            return
        if len(found.salt) != signing.SALT:
            yield Fault("H534", "the salt is not 32 bytes", FIX)
        try:
            event = events.event(events.parse(found.body), found.index)
            signers = self.keys.signers(event, found.index)
            stated = signing.claims(found.body, found.sigblock, signers)
            self.claims += [(found.index, claim) for claim in stated]
            self.keys.learn(event, found.index)
        except RegisterError as error:
            yield from error.faults
            return
        yield from self._columns(event, found)
        yield from self._chain(event, found.entry)

    def _columns(self, event: Event, found: Record) -> Iterator[Fault]:
        if (event.id, event.kind, event.subject, event.seq) != (
            found.event_id,
            found.kind,
            found.subject,
            found.seq,
        ):
            yield Fault("H553", "the columns of the record are not those of its event", FIX)
        if event.id in self.ids:
            yield Fault("H554", f"event id {event.id} stands twice", FIX)
        self.ids.add(event.id)

    def _chain(self, event: Event, entry: bytes) -> Iterator[Fault]:
        if event.subject is None or event.seq is None:
            return
        kept = self.heads.get(event.subject)
        expected = 0 if kept is None else kept[0] + 1
        prev = None if kept is None else base64.b64encode(kept[1]).decode()
        if (event.seq, event.prev) != (expected, prev):
            yield Fault(
                "H555",
                f"the person's custody number {event.seq} does not follow {expected - 1}",
                FIX,
            )
        self.heads[event.subject] = (event.seq, entry)


def register(bundle: Bundle, trust: Trust, kept: str | None = None) -> Report:
    """Check every entry and every checkpoint of a register.

    Args:
        bundle: the records and checkpoints.
        trust: keys and policy from outside the log.
        kept: a checkpoint that the reader kept from earlier; the register must begin with it.
    """
    walk, frontier, wrong = _Walk(trust), merkle.Frontier(), list[tuple[int, Fault]]()
    roots = {0: merkle.EMPTY}
    wanted = {size for size, _ in bundle.checkpoints}
    if kept is not None:
        wanted.add(checkpoint.read_note(kept).checkpoint.size)
    for expected, found in enumerate(bundle.entries):
        wrong += [(expected, fault) for fault in walk.entry(expected, found)]
        frontier.append(merkle.leaf_hash(found.entry))
        if frontier.size in wanted:
            roots[frontier.size] = frontier.root()
    wrong += signing.failures(walk.claims)
    faults = [_at(index, fault) for index, fault in sorted(wrong, key=lambda one: one[0])]
    covered, witnessed = 0, None
    notes = bundle.checkpoints
    for size, note in notes:
        amiss, quorum = _checkpoint(size, note, roots, trust)
        faults += amiss
        if not amiss:
            covered, witnessed = size, quorum
    if kept is not None:
        faults += _checkpoint(checkpoint.read_note(kept).checkpoint.size, kept, roots, trust)[0]
    sizes = [size for size, _ in notes]
    if sizes != sorted(set(sizes)) or not sizes:
        faults.append(Fault("H556", "the checkpoints are missing or out of order", FIX))
    return Report(len(bundle.entries), covered, len(notes), witnessed, tuple(faults))


def _checkpoint(
    size: int, note: str, roots: dict[int, bytes], trust: Trust
) -> tuple[list[Fault], bool | None]:
    where = f"checkpoint of size {size}"
    try:
        read = checkpoint.read_note(note)
        signers = checkpoint.verified(
            read, trust.policy.log, tuple(trust.policy.witnesses.values())
        )
    except RegisterError as error:
        return [Fault(fault.code, fault.what, FIX, where=where) for fault in error.faults], None
    if read.checkpoint.size != size:
        return [
            Fault(
                "H557",
                f"the checkpoint is stored under size {size} but says {read.checkpoint.size}",
                FIX,
                where=where,
            )
        ], None
    if roots.get(size) != read.checkpoint.root:
        what = (
            "its leaves are not all there"
            if size not in roots
            else "the leaves do not lead to its root"
        )
        return [Fault("H558", what, FIX, where=where)], None
    return [], trust.policy.met(signers)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receipt proves: VALID; VALID, NOT WITNESSED; or INVALID with the step that failed."""

    text: str
    fault: Fault | None
    event: Event | None  # parsed only after everything before it held
    index: int = -1
    size: int = -1  # of the checkpoint
    demonstration: bool = False
    compared: bool | None = None  # with the kept checkpoint; False: of another size; None: none


@dataclass(slots=True)
class _At:
    step: str = "container"


def receipt_verdict(
    given: str | bytes, trust: Trust, beside: Sequence[bytes] = (), kept: str | None = None
) -> Verdict:
    """Check a receipt in any of its forms with the trust file alone.

    Args:
        given: the receipt's file, or what a scanner read from its printed code.
        trust: keys and policy from outside the log.
        beside: the event of a proof; enrolments that the receipt does not carry.
        kept: the last checkpoint of this log that the reader saw.

    Raises:
        RegisterError: H521 to H524, when the kept checkpoint is itself none of this log.
    """
    points = [] if kept is None else [_kept(kept, trust)]
    at = _At()
    try:
        data = given.encode(errors="surrogatepass") if isinstance(given, str) else given
        read = forms.read(data, trust.policy, beside)
        proofs = [receipt.read_proof(one.proof) for one in (read, *read.keys)]
        points += [proof.note.checkpoint for proof in proofs]
        ring = Keyring(trust.roots)
        for key, proof in zip(read.keys, proofs[1:], strict=True):
            at.step = "key enrolment"
            _enrol(key, proof, ring, trust)
        event, quorum = _carried(read, proofs[0], ring, trust, at)
        at.step = "consistency"
        _agree(points)
    except RegisterError as error:
        fault = error.faults[0]
        told = f"INVALID ({at.step}: {fault.code} {fault.what})"
        return Verdict(told, fault, None, demonstration=trust.demonstration)
    text, size = (
        "VALID" if quorum is True else "VALID, NOT WITNESSED",
        proofs[0].note.checkpoint.size,
    )
    compared = None if kept is None else points[0].size == size
    return Verdict(text, None, event, proofs[0].index, size, trust.demonstration, compared)


def _kept(note: str, trust: Trust) -> Checkpoint:
    read = checkpoint.read_note(note)
    checkpoint.verified(read, trust.policy.log, tuple(trust.policy.witnesses.values()))
    return read.checkpoint


def _agree(points: Sequence[Checkpoint]) -> None:
    """Every checkpoint in hand tells one history, as far as equal sizes can show it."""
    roots: dict[int, bytes] = {}
    for point in points:
        if roots.setdefault(point.size, point.root) != point.root:
            what = f"the log has signed two histories of size {point.size}"
            fix = (
                "Keep both checkpoints: together they prove it. Give them to a witness or a court."
            )
            raise RegisterError(Fault("H548", what, fix))


def _enrol(key: Receipt, proof: Proof, ring: Keyring, trust: Trust) -> None:
    event, _ = _carried(key, proof, ring, trust, _At())
    if event.kind != EventKind.KEY_ENROLLED:
        raise RegisterError(Fault("H541", "a carried key event is not an enrolment", FIX))
    ring.learn(event, proof.index)


def _carried(
    carried: Receipt, proof: Proof, ring: Keyring, trust: Trust, at: _At
) -> tuple[Event, bool | None]:
    at.step = "body"
    event = events.event(events.parse(carried.body), proof.index)
    at.step = "signatures"
    signing.check_sigblock(carried.body, carried.sigblock, ring.signers(event, proof.index))
    at.step = "commitment"
    if len(proof.salt) != signing.SALT:
        raise RegisterError(Fault("H534", "the salt is not 32 bytes", FIX))
    leaf = merkle.leaf_hash(signing.entry(proof.salt, carried.body, carried.sigblock))
    at.step, point = "inclusion", proof.note.checkpoint
    if not merkle.included(leaf, proof.index, point.size, proof.hashes, point.root):
        what = f"the event is not in the tree of size {point.size} at index {proof.index}"
        raise RegisterError(Fault("H542", what, FIX))
    at.step = "checkpoint"
    signers = checkpoint.verified(
        proof.note, trust.policy.log, tuple(trust.policy.witnesses.values())
    )
    return event, trust.policy.met(signers)

"""Offline check of a register or a receipt: no store, no network, no law.

The order of a receipt's steps: container, key enrolment, body, signatures, commitment, inclusion,
checkpoint with its cosignatures and quorum, consistency; only then is the event shown. The first
step that fails is named.
A register is checked entry by entry in log order, then checkpoint by checkpoint.
"""

import base64
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from habeas.errors import Fault, RegisterError
from habeas.register import (
    admin,
    checkpoint,
    content,
    events,
    forms,
    merkle,
    printed,
    receipt,
    signing,
)
from habeas.register.checkpoint import Checkpoint
from habeas.register.events import PAD, Event, Record, Row, Seen
from habeas.register.keys import Keyring, Trust
from habeas.register.policy import Policy
from habeas.register.receipt import Proof, Receipt
from habeas.register.signing import Claim
from habeas.register.tiles import Grower, Tile
from habeas.terms import EventKind

FIX = (
    "Do not rely on this register; ask its authority, and compare with a checkpoint kept elsewhere."
)
GROWN = (
    "Have it made again for the smaller size; if it fails again, keep both checkpoints, and show "
    "them to a court."
)


Opener = Callable[[Row], Record | None]
Reader = Callable[[bytes, int], Seen]  # canonical bytes and the index at which they stand
BRINGS_KEY = (EventKind.KEY_ENROLLED, EventKind.KEY_ROTATED)
CLAIMS = 8192  # signatures that are collected before they are checked in threads


@dataclass(frozen=True, slots=True)
class Bundle:
    """A whole register as plain data."""

    rows: Iterable[Row]  # in order
    checkpoints: Sequence[tuple[int, str]]  # size, note
    tiles: Sequence[Tile] | None = None  # None: the bundle holds none
    columns: bool = True  # whether its rows have columns of their own to compare with


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and every fault with its index or checkpoint size, in that order."""

    size: int
    covered: int  # leaves under the last good checkpoint
    checkpoints: int
    witnessed: bool | None  # None: the policy asks for no witness
    opened: int  # events whose content was read
    pads: int
    erased: int  # events that an erasure names and that no key opens
    unopened: int  # other events that could not be read: no keys were at hand
    faults: tuple[Fault, ...]


def _at(index: int, fault: Fault) -> Fault:
    return Fault(fault.code, fault.what, FIX, where=f"index {index}")


def plain(data: bytes, index: int) -> Seen:
    """An event out of canonical bytes, with nothing but the standard library.

    Raises:
        RegisterError: H501 to H503.
    """
    return events.event(events.parse(data), index)


class _Walk:
    def __init__(self, trust: Trust, opened: Opener, read: Reader, *, columns: bool) -> None:
        self._keys = Keyring(trust.roots)
        self._open, self._read, self._compared = opened, read, columns
        self._heads: dict[str, tuple[int, bytes]] = {}
        self._ids: set[str] = set()
        self._claims: list[tuple[int, Claim]] = []
        self._shown = signing.Shown()
        self.opened = self.pads = 0
        self.unread: list[int] = []  # events without a key, or not disclosed
        self.sealed: list[int] = []  # those of them that are sealed
        self.erased: set[int] = set()  # indexes that an erasure after them names
        self.wrong: list[tuple[int, Fault]] = []

    def _amiss(self, index: int, code: str, what: str) -> None:
        self.wrong.append((index, Fault(code, what, FIX)))

    def settle(self) -> None:
        """Check the signatures collected so far."""
        self.wrong += signing.failures(self._claims)
        self._claims.clear()
        self._shown.clear()

    def row(self, expected: int, row: Row) -> None:
        """Check one row, before any checkpoint is asked."""
        if len(self._claims) >= CLAIMS:
            self.settle()
        if row.index != expected:
            what = f"index {expected} is missing: the next record is {row.index}"
            self._amiss(expected, "H551", what)
            return
        if row.kind == PAD and content.is_pad(row):
            self.pads += 1
            if content.pad(row.content) != row.entry or len(row.content) != signing.SALT:
                self._amiss(expected, "H552", "the leaf does not commit to the stored pad")
            return
        try:
            record = self._open(row)
            if record is None:
                self._closed(row)
            else:
                self.opened += 1
                self._record(record)
        except RegisterError as error:
            self.wrong += [(expected, fault) for fault in error.faults]

    def _closed(self, row: Row) -> None:
        self.unread.append(row.index)
        if row.subject is None:  # of an export that does not disclose it
            return
        self.sealed.append(row.index)
        self._ids.add(row.event_id)
        if row.seq is not None:
            self._heads[row.subject] = (row.seq, row.entry)

    def _record(self, found: Record) -> None:
        index, body, block = found.index, found.body, found.sigblock
        if signing.entry(found.salt, body, block) != found.entry:
            self._amiss(index, "H552", "the leaf does not commit to the stored event")
            return
        if len(found.salt) != signing.SALT:
            self._amiss(index, "H534", "the salt is not 32 bytes")
        event = self._read(body, index)
        formal = event.kind in admin.FORMS
        if formal:
            admin.check(event)
        self._claim(event, found)
        if formal:
            self._administer(event, index)
        if self._compared:
            self._columns(event, found)
        if event.id in self._ids:
            self._amiss(index, "H554", f"event id {event.id} stands twice")
        self._ids.add(event.id)
        if event.seq is not None and event.subject is not None:
            self._chain(event.prev, event.subject, event.seq, found)

    def _claim(self, event: Seen, found: Record) -> None:
        index, body, block = found.index, found.body, found.sigblock
        signers = self._keys.signers(event, index)
        if signing.batched(block):
            proof = (found.path, found.manifest)
            one = signing.batch_claim(event.kind, body, block, proof, signers, self._shown)
            self._claims.append((index, one))
        else:
            self._claims += [(index, one) for one in signing.claims(body, block, signers)]

    def _administer(self, event: Seen, index: int) -> None:
        self._keys.learn(event, index)
        if event.kind == EventKind.ERASED and event.body.get("what") == "content":
            named = event.body.get("indexes")
            rows = named if isinstance(named, list) else []
            self.erased |= {n for n in rows if type(n) is int and n < index}

    def _columns(self, event: Seen, found: Record) -> None:
        stated = (found.event_id, found.kind, found.subject, found.seq)
        if (event.id, event.kind, event.subject, event.seq) != stated:
            what = "the columns of the record are not those of its event"
            self._amiss(found.index, "H553", what)

    def _chain(self, stated: str | None, subject: str, seq: int, found: Record) -> None:
        kept = self._heads.get(subject)
        expected = 0 if kept is None else kept[0] + 1
        prev = None if kept is None else base64.b64encode(kept[1]).decode()
        if (seq, stated) != (expected, prev):
            what = f"the person's custody number {seq} does not follow {expected - 1}"
            self._amiss(found.index, "H555", what)
        self._heads[subject] = (seq, found.entry)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles: what is kept of an event has none, and it is all gone over."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def register(
    bundle: Bundle,
    trust: Trust,
    kept: str | None = None,
    opened: Opener | None = None,
    read: Reader = plain,
) -> Report:
    """Check every leaf, every event that can be read, and every checkpoint of a register.

    Args:
        bundle: the rows and checkpoints.
        trust: keys and policy from outside the log.
        kept: a checkpoint that the reader kept from earlier; the register must begin with it.
        opened: reads a person's event with the keys of its content, None where there is no key;
            where absent, only administrative events are read, and the others are counted.
        read: reads an event's bytes; a quicker one must answer and refuse as `plain` does.
    """
    walk = _Walk(trust, opened or content.unsealed, read, columns=bundle.columns)
    tree = Grower()
    stored = None if bundle.tiles is None else {tile[:2]: tile[2] for tile in bundle.tiles}
    roots = {0: merkle.EMPTY}
    wanted = {size for size, _ in bundle.checkpoints}
    if kept is not None:
        wanted.add(checkpoint.read_note(kept).checkpoint.size)
    check, append = walk.row, tree.append
    with _uncollected():
        for expected, row in enumerate(bundle.rows):
            check(expected, row)
            append(row.entry)
            if expected + 1 in wanted:
                roots[tree.size] = tree.root()
        walk.settle()
    erased = [index for index in walk.unread if index in walk.erased]
    lost = set() if opened is None else set(walk.sealed) - set(erased)
    gone = Fault("H594", "the key of the content is not there, and no erasure names it", FIX)
    walk.wrong += [(index, gone) for index in lost]
    faults = [_at(index, fault) for index, fault in sorted(walk.wrong, key=lambda one: one[0])]
    faults += [] if stored is None else list(_tiles(stored, tree.filled()))
    covered, witnessed, amiss = _covered(bundle.checkpoints, roots, trust)
    faults += amiss
    if kept is not None:
        faults += _checkpoint(checkpoint.read_note(kept).checkpoint.size, kept, roots, trust)[0]
    return Report(
        tree.size,
        covered,
        len(bundle.checkpoints),
        witnessed,
        walk.opened,
        walk.pads,
        len(erased),
        len(walk.unread) - len(erased),
        tuple(faults),
    )


def _tiles(stored: dict[tuple[int, int], bytes], filled: Sequence[Tile]) -> Iterator[Fault]:
    expected = {(level, n): hashes for level, n, hashes in filled}
    for level, n in sorted(expected.keys() | stored.keys()):
        if expected.get((level, n)) != stored.get((level, n)):
            where = f"tile {level}/{n}"
            yield Fault("H559", "the stored tile is not that of the leaves", FIX, where=where)


def _covered(
    notes: Sequence[tuple[int, str]], roots: dict[int, bytes], trust: Trust
) -> tuple[int, bool | None, list[Fault]]:
    covered, witnessed, faults = 0, None, list[Fault]()
    for size, note in notes:
        amiss, quorum = _checkpoint(size, note, roots, trust)
        faults += amiss
        if not amiss:
            covered, witnessed = size, quorum
    sizes = [size for size, _ in notes]
    if sizes != sorted(set(sizes)) or not sizes:
        faults.append(Fault("H556", "the checkpoints are missing or out of order", FIX))
    return covered, witnessed, faults


def _checkpoint(
    size: int, note: str, roots: dict[int, bytes], trust: Trust
) -> tuple[list[Fault], bool | None]:
    where = f"checkpoint of size {size}"
    try:
        read = checkpoint.read_note(note)
        signers = trust.policy.cosigners(read)
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
    compared: bool | None = None  # of one history with what was kept; False: not shown; None: none


@dataclass(slots=True)
class Check:
    """One receipt's steps under a policy; `step` is the one that is being made, or that failed."""

    policy: Policy
    ring: Keyring
    step: str = "container"

    def enrol(self, key: Receipt, proof: Proof) -> None:
        """Take in a carried enrolment or rotation.

        Raises:
            RegisterError: as `carried`; H541, when it is none; H516.
        """
        event, _ = Check(self.policy, self.ring).carried(key, proof)
        if event.kind not in BRINGS_KEY:
            raise RegisterError(Fault("H541", "a carried key event is not an enrolment", FIX))
        self.ring.learn(event, proof.index, complete=False)

    def carried(self, carried: Receipt, proof: Proof) -> tuple[Event, bool | None]:
        """The event of a receipt, and whether the quorum is met; None: the policy asks for none.

        Raises:
            RegisterError: H501 to H503, H511 to H519, H522 to H524, H534, H542.
        """
        self.step = "body"
        event = events.event(events.parse(carried.body), proof.index)
        admin.check(event)
        self.step = "signatures"
        keys = self.ring.signers(event, proof.index)
        check_signatures(carried, event, keys)
        self.step = "commitment"
        if len(proof.salt) != signing.SALT:
            raise RegisterError(Fault("H534", "the salt is not 32 bytes", FIX))
        leaf = merkle.leaf_hash(signing.entry(proof.salt, carried.body, carried.sigblock))
        self.step, point = "inclusion", proof.note.checkpoint
        if not merkle.included(leaf, proof.index, point.size, proof.hashes, point.root):
            what = f"the event is not in the tree of size {point.size} at index {proof.index}"
            raise RegisterError(Fault("H542", what, FIX))
        self.step = "checkpoint"
        return event, self.policy.met(self.policy.cosigners(proof.note))


def check_signatures(carried: Receipt, event: Event, keys: Mapping[str, bytes]) -> None:
    """Check the signatures of an event, or of the manifest that a batched one is under.

    Raises:
        RegisterError: H511 to H514, H519.
    """
    if not signing.batched(carried.sigblock):
        signing.check_sigblock(carried.body, carried.sigblock, keys)
        return
    proof = (carried.path, carried.manifest)
    claim = signing.batch_claim(event.kind, carried.body, carried.sigblock, proof, keys)
    fault = claim.fault()
    if fault is not None:
        raise RegisterError(fault)


def receipt_verdict(
    given: str | bytes,
    trust: Trust,
    beside: Sequence[bytes] = (),
    kept: str | None = None,
    consistency: str | None = None,
) -> Verdict:
    """Check a receipt in any of its forms with the trust file alone.

    A printed receipt has no place for ML-DSA signatures: of the log, Ed25519 alone is asked there.

    Args:
        given: the receipt's file, or what a scanner read from its printed code.
        trust: keys and policy from outside the log.
        beside: the event of a proof; enrolments that the receipt does not carry.
        kept: the last checkpoint of this log that the reader saw.
        consistency: the proof between it and the receipt's, where their sizes differ: a hash in
            base64 a line.

    Raises:
        RegisterError: H521 to H524, when the kept checkpoint is itself none of this log; H541, when
            the consistency proof is none, or there is no kept checkpoint.
    """
    points = [] if kept is None else [_kept(kept, trust)]
    grown = () if consistency is None else _grown(consistency, points)
    data = given.encode(errors="surrogatepass") if isinstance(given, str) else given
    policy = printed.policy(trust.policy) if forms.in_print(data) else trust.policy
    check = Check(policy, Keyring(trust.roots))
    try:
        read = forms.read(data, trust.policy, beside)
        own, *others = [receipt.read_proof(one.proof) for one in (read, *read.keys)]
        check.step = "key enrolment"
        brought = zip(read.keys, others, strict=True)
        for key, proof in sorted(brought, key=lambda one: one[1].index):
            check.enrol(key, proof)
        event, quorum = check.carried(read, own)
        check.step = "consistency"
        agree([*points, *(proof.note.checkpoint for proof in (own, *others))])
        compared = _compared(own.note.checkpoint, points, grown)
    except RegisterError as error:
        fault = error.faults[0]
        told = f"INVALID ({check.step}: {fault.code} {fault.what})"
        return Verdict(told, fault, None, demonstration=trust.demonstration)
    text, size = "VALID" if quorum is True else "VALID, NOT WITNESSED", own.note.checkpoint.size
    return Verdict(text, None, event, own.index, size, trust.demonstration, compared)


def _kept(note: str, trust: Trust) -> Checkpoint:
    read = checkpoint.read_note(note)
    trust.policy.cosigners(read)
    return read.checkpoint


def _grown(text: str, points: Sequence[Checkpoint]) -> Sequence[bytes]:
    if not points:
        what, fix = "a consistency proof leads from no kept checkpoint", "Give it with --kept."
        raise RegisterError(Fault("H541", what, fix))
    return receipt.read_consistency(text)


def _compared(own: Checkpoint, points: Sequence[Checkpoint], grown: Sequence[bytes]) -> bool | None:
    """Whether the kept checkpoint is shown to be of one history; roots of one size agree already.

    Raises:
        RegisterError: H542, when the proof does not lead from the smaller tree to the larger.
    """
    if not points or own.size == points[0].size:
        return True if points else None
    old, new = sorted((own, points[0]), key=lambda one: one.size)
    if old.size and not grown:
        return False
    if merkle.consistent(old.size, new.size, old.root, new.root, grown):
        return True
    what = f"the proof does not show that the tree of {new.size} begins with that of {old.size}"
    raise RegisterError(Fault("H542", what, GROWN))


def agree(points: Sequence[Checkpoint]) -> None:
    """Check that every checkpoint of a log tells one history, as far as equal sizes can show it.

    Raises:
        RegisterError: H548.
    """
    roots: dict[int, bytes] = {}
    for point in points:
        if roots.setdefault(point.size, point.root) != point.root:
            what = f"the log has signed two histories of size {point.size}"
            fix = "Keep both checkpoints: together they prove it. Show them to a court."
            raise RegisterError(Fault("H548", what, fix))

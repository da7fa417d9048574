"""Offline check of a register or a receipt: no store, no network, no law.

The order of a receipt's steps: container, key enrolment, body, signatures, commitment, inclusion,
checkpoint with its cosignatures and quorum, consistency; only then is the event shown. The first
step that fails is named.
A register is checked entry by entry in log order, then checkpoint by checkpoint.
"""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from habeas.register.events import Event, Record, Row
from habeas.register.keys import Keyring, Trust
from habeas.register.policy import Policy
from habeas.register.receipt import Proof, Receipt
from habeas.register.signing import Claim
from habeas.register.tiles import Grower, Tile
from habeas.terms import EventKind

FIX = (
    "Do not rely on this register; ask its authority, and compare with a checkpoint kept elsewhere."
)


Opener = Callable[[Row], Record | None]
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


class _Walk:
    def __init__(self, trust: Trust, opened: Opener, *, columns: bool) -> None:
        self._keys = Keyring(trust.roots)
        self._open, self._compared = opened, columns
        self._heads: dict[str, tuple[int, bytes]] = {}
        self._ids: set[str] = set()
        self._claims: list[tuple[int, Claim]] = []
        self.opened = self.pads = 0
        self.unread: list[int] = []  # events without a key, or not disclosed
        self.sealed: list[int] = []  # those of them that are sealed
        self.erased: set[int] = set()  # indexes that an erasure after them names
        self.wrong: list[tuple[int, Fault]] = []

    def row(self, expected: int, row: Row) -> None:
        """Check one row, before any checkpoint is asked."""
        self.wrong += [(expected, fault) for fault in self._row(expected, row)]
        if len(self._claims) >= CLAIMS:
            self.settle()

    def settle(self) -> None:
        """Check the signatures collected so far."""
        self.wrong += signing.failures(self._claims)
        self._claims.clear()

    def _row(self, expected: int, row: Row) -> Iterator[Fault]:
        if row.index != expected:
            yield Fault("H551", f"index {expected} is missing: the next record is {row.index}", FIX)
            return
        if content.is_pad(row):
            self.pads += 1
            if content.pad(row.content) != row.entry or len(row.content) != signing.SALT:
                yield Fault("H552", "the leaf does not commit to the stored pad", FIX)
            return
        try:
            record = self._open(row)
            if record is None:
                self._closed(row)
            else:
                self.opened += 1
                yield from self._record(record)
        except RegisterError as error:
            yield from error.faults

    def _closed(self, row: Row) -> None:
        self.unread.append(row.index)
        if row.subject is None:  # of an export that does not disclose it
            return
        self.sealed.append(row.index)
        self._ids.add(row.event_id)
        if row.seq is not None:
            self._heads[row.subject] = (row.seq, row.entry)

    def _record(self, found: Record) -> Iterator[Fault]:
        if signing.entry(found.salt, found.body, found.sigblock) != found.entry:
            yield Fault("H552", "the leaf does not commit to the stored event", FIX)
            return
        if len(found.salt) != signing.SALT:
            yield Fault("H534", "the salt is not 32 bytes", FIX)
        event = events.event(events.parse(found.body), found.index)
        admin.check(event)
        signers = self._keys.signers(event, found.index)
        self._claims += [(found.index, one) for one in claims_of(found, event, signers)]
        self._keys.learn(event, found.index)
        if event.kind == EventKind.ERASED and event.body.get("what") == "content":
            named = event.body.get("indexes")
            rows = named if isinstance(named, list) else []
            self.erased |= {n for n in rows if isinstance(n, int) and n < found.index}
        yield from self._columns(event, found)
        yield from self._chain(event, found.entry)

    def _columns(self, event: Event, found: Record) -> Iterator[Fault]:
        stated = (found.event_id, found.kind, found.subject, found.seq)
        if self._compared and (event.id, event.kind, event.subject, event.seq) != stated:
            yield Fault("H553", "the columns of the record are not those of its event", FIX)
        if event.id in self._ids:
            yield Fault("H554", f"event id {event.id} stands twice", FIX)
        self._ids.add(event.id)

    def _chain(self, event: Event, entry: bytes) -> Iterator[Fault]:
        if event.subject is None or event.seq is None:
            return
        kept = self._heads.get(event.subject)
        expected = 0 if kept is None else kept[0] + 1
        prev = None if kept is None else base64.b64encode(kept[1]).decode()
        if (event.seq, event.prev) != (expected, prev):
            what = f"the person's custody number {event.seq} does not follow {expected - 1}"
            yield Fault("H555", what, FIX)
        self._heads[event.subject] = (event.seq, entry)


def claims_of(found: Record, event: Event, signers: Mapping[str, bytes]) -> list[Claim]:
    """The signatures that must verify for a record: its own, or that of its manifest.

    Raises:
        RegisterError: H511 to H513, H519.
    """
    if signing.batched(found.sigblock):
        proof = (found.path, found.manifest)
        return [signing.batch_claim(event.kind, found.body, found.sigblock, proof, signers)]
    return signing.claims(found.body, found.sigblock, signers)


def register(
    bundle: Bundle, trust: Trust, kept: str | None = None, opened: Opener | None = None
) -> Report:
    """Check every leaf, every event that can be read, and every checkpoint of a register.

    Args:
        bundle: the rows and checkpoints.
        trust: keys and policy from outside the log.
        kept: a checkpoint that the reader kept from earlier; the register must begin with it.
        opened: reads a person's event with the keys of its content, None where there is no key;
            where absent, only administrative events are read, and the others are counted.
    """
    walk, tree = _Walk(trust, opened or content.unsealed, columns=bundle.columns), Grower()
    stored = None if bundle.tiles is None else {tile[:2]: tile[2] for tile in bundle.tiles}
    roots = {0: merkle.EMPTY}
    wanted = {size for size, _ in bundle.checkpoints}
    if kept is not None:
        wanted.add(checkpoint.read_note(kept).checkpoint.size)
    for expected, row in enumerate(bundle.rows):
        walk.row(expected, row)
        tree.append(row.entry)
        if tree.size in wanted:
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
    compared: bool | None = None  # with the kept checkpoint; False: of another size; None: none


@dataclass(slots=True)
class _Check:
    policy: Policy
    ring: Keyring
    step: str = "container"

    def enrol(self, key: Receipt, proof: Proof) -> None:
        event, _ = _Check(self.policy, self.ring).carried(key, proof)
        if event.kind != EventKind.KEY_ENROLLED:
            raise RegisterError(Fault("H541", "a carried key event is not an enrolment", FIX))
        self.ring.learn(event, proof.index)

    def carried(self, carried: Receipt, proof: Proof) -> tuple[Event, bool | None]:
        self.step = "body"
        event = events.event(events.parse(carried.body), proof.index)
        self.step = "signatures"
        keys = self.ring.signers(event, proof.index)
        signing.check_sigblock(carried.body, carried.sigblock, keys)
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


def receipt_verdict(
    given: str | bytes, trust: Trust, beside: Sequence[bytes] = (), kept: str | None = None
) -> Verdict:
    """Check a receipt in any of its forms with the trust file alone.

    A printed receipt has no place for ML-DSA signatures: of the log, Ed25519 alone is asked there.

    Args:
        given: the receipt's file, or what a scanner read from its printed code.
        trust: keys and policy from outside the log.
        beside: the event of a proof; enrolments that the receipt does not carry.
        kept: the last checkpoint of this log that the reader saw.

    Raises:
        RegisterError: H521 to H524, when the kept checkpoint is itself none of this log.
    """
    points = [] if kept is None else [_kept(kept, trust)]
    data = given.encode(errors="surrogatepass") if isinstance(given, str) else given
    policy = printed.policy(trust.policy) if forms.in_print(data) else trust.policy
    check = _Check(policy, Keyring(trust.roots))
    try:
        read = forms.read(data, trust.policy, beside)
        own, *others = [receipt.read_proof(one.proof) for one in (read, *read.keys)]
        for key, proof in zip(read.keys, others, strict=True):
            check.step = "key enrolment"
            check.enrol(key, proof)
        event, quorum = check.carried(read, own)
        check.step = "consistency"
        _agree([*points, *(proof.note.checkpoint for proof in (own, *others))])
    except RegisterError as error:
        fault = error.faults[0]
        told = f"INVALID ({check.step}: {fault.code} {fault.what})"
        return Verdict(told, fault, None, demonstration=trust.demonstration)
    text, size = "VALID" if quorum is True else "VALID, NOT WITNESSED", own.note.checkpoint.size
    compared = points[0].size == size if points else None
    return Verdict(text, None, event, own.index, size, trust.demonstration, compared)


def _kept(note: str, trust: Trust) -> Checkpoint:
    read = checkpoint.read_note(note)
    trust.policy.cosigners(read)
    return read.checkpoint


def _agree(points: Sequence[Checkpoint]) -> None:
    """Every checkpoint in hand tells one history, as far as equal sizes can show it."""
    roots: dict[int, bytes] = {}
    for point in points:
        if roots.setdefault(point.size, point.root) != point.root:
            what = f"the log has signed two histories of size {point.size}"
            fix = "Keep both checkpoints: together they prove it. Show them to a court."
            raise RegisterError(Fault("H548", what, fix))

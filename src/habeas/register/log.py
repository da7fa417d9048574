"""Append, publish and prove over a store; nothing is released before the commit.

Rules
- One writer. An entry gets the next index; indexes have no gaps.
- An event is validated outside the store's transaction: canonical bytes, good signatures by keys
  enrolled at a lower index, the person's next `seq` and the right `prev`, the sections that it
  names. What it means is not known here: that is the workflow's business.
- Content is sealed before it reaches the store. The key is kept before what it seals.
- Rows, tiles and the checkpoint over them are written in one transaction, and only then shown to
  anybody.
- The same event again is answered with its old index; the same id with other bytes is refused, and
  both are kept as evidence.
- After any exception the frontier and the keys are read again from the store before more is signed.
- A checkpoint is never signed over fewer leaves than one signed before, or than a witness has seen.

What a hostile store can do: stop the log, or lose content. What it cannot do unseen: alter,
reorder or drop an entry below a checkpoint that somebody keeps. What the other state's log shows
lies beside it (`service.mirror`), never in it. Source: docs/spec/event.md; RFC 9162; C2SP
tlog-checkpoint.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from habeas.errors import Fault, RegisterError, SigningRefused
from habeas.register import checkpoint, events
from habeas.register.checkpoint import Checkpoint
from habeas.register.content import commitment, pad
from habeas.register.events import PAD, Record, Row
from habeas.register.intake import Base, Intake, Signed
from habeas.register.keys import KEY_KINDS, Keyring
from habeas.register.sealed import Vault
from habeas.register.signing import MlDsaSigner, Signer
from habeas.register.store import Batch, Store
from habeas.register.tiles import WIDTH, Grower, TileTree

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # when a leaf taken back was first recorded is lost

__all__ = ["Log", "Pen", "Signed", "Store"]


@dataclass(frozen=True, slots=True)
class Pen:
    """What only the writer of a log holds: its name, its key, and the keys of its content."""

    origin: str
    signer: Signer
    vault: Vault
    post_quantum: MlDsaSigner | None = None  # ML-DSA-44, for a second line under every checkpoint
    writing: Callable[[int], AbstractContextManager[object]] = (
        nullcontext  # around a write of so many
    )


class Log:
    """One authority's log over a store."""

    def __init__(self, store: Store, pen: Pen, roots: dict[str, bytes]) -> None:
        self.store, self.vault, self.origin = store, pen.vault, pen.origin
        self._pen, self._roots = pen, roots
        self._floor: Checkpoint | None = None
        self._signed = 0  # size of the largest checkpoint
        self._signs = True
        self._stale = True  # what stands in memory is not what is stored
        self._load()

    def _load(self) -> None:
        keys = Keyring(self._roots)
        self.vault.forget()
        # In this order: what another writer publishes meanwhile is then not taken for a loss, nor a
        # key that is revoked meanwhile for a good one.
        latest = self.store.latest()
        size = self.store.size()
        for row in self.store.administrative(KEY_KINDS):
            record = self.vault.open(row)
            if record is not None:
                keys.learn(events.event(events.parse(record.body), row.index), row.index)
        self._base = Base(self.store, self.vault, keys, Grower.resumed(self.store, size))
        self.tree = TileTree(self.store, self._base.tree)
        # What this process has signed stays signed, also where the store went back meanwhile.
        self._signed = max(self._signed, latest[0] if latest else 0)
        if latest and latest[0] <= size:
            self._agrees(checkpoint.read_note(latest[1]).checkpoint)
        self._stale = False

    def _fresh(self) -> None:
        if self._stale:  # the store could not even be read after the last failure
            self._load()

    def _agrees(self, point: Checkpoint, rows: Sequence[Row] = ()) -> None:
        if self._root(point.size, rows) != point.root:
            what = f"the leaves do not lead to the checkpoint of size {point.size}"
            raise _fault("H558", what, "Restore the register; nothing is signed over it.")

    def _root(self, size: int, rows: Sequence[Row] = ()) -> bytes:
        """The root over the first leaves of the store, and those of rows not yet written."""
        stored = self.size - len(rows)
        if size <= stored:
            return self.tree.root(size)
        grown = Grower.resumed(self.store, stored)
        for row in rows[: size - stored]:
            grown.append(row.entry)
        return grown.root()

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._base.tree.size

    def head(self, subject: str) -> tuple[int, str] | None:
        """A person's latest custody number and the base64 of its entry; None before the first."""
        found = self._base.head(subject)
        return found and (found[0], base64.b64encode(found[1]).decode())

    def note(self) -> str:
        """The latest checkpoint with its cosignatures; empty before the first."""
        latest = self.store.latest()
        return latest[1] if latest else ""

    def records(self, start: int = 0) -> Iterator[Record]:
        """The events in the clear, without pads and without what was erased."""
        return self.vault.records(self.store.rows(start))

    def sign(self, *, on: bool) -> None:
        """Sign checkpoints, or record without signing any: nobody knows yet what witnesses saw."""
        self._signs = on

    def hold_to(self, seen: Checkpoint) -> None:
        """Sign nothing that does not begin with the most that a witness has seen.

        Raises:
            SigningRefused: H539, when the log has fewer leaves, or other ones: it was rolled back.
        """
        before, self._floor = self._floor, seen
        self._above_floor([])
        if before is not None and before.size > seen.size:
            self._floor = before
            self._above_floor([])

    def _above_floor(self, rows: Sequence[Row]) -> None:
        seen = self._floor
        if seen is None:
            return
        if seen.size > self.size or self._root(seen.size, rows) != seen.root:
            what = f"the log has {self.size} leaves, and a witness has seen {seen.size} of it"
            if seen.size <= self.size:
                what = f"a witness has seen other leaves below size {seen.size}"
            fix = "Restore the newer copy, or the missing leaves from a mirror; sign nothing."
            raise _refused("H539", what, fix)

    def adopt(self, leaves: Sequence[tuple[Row, Record | None]], seen: Checkpoint) -> None:
        """Take back leaves that this log had lost, as a mirror shows them.

        They were admitted once: that they lead to a root which this log signed and a witness has
        seen is the whole proof. Content is sealed anew.

        Args:
            leaves: the next ones, in order; a pad's row, or an event in the clear.
            seen: the checkpoint to which they must lead.

        Raises:
            RegisterError: H539, when they lead elsewhere or one is not disclosed; H592, when the
                key of a person in the copy is gone; nothing is kept.
        """
        self._fresh()
        start, self._stale = self.size, True
        try:
            rows = [self._adopted(row, record) for row, record in leaves]
            if (self.size, self._base.tree.root()) != (seen.size, seen.root):
                what = f"the mirror's leaves do not lead to the root seen at size {seen.size}"
                raise _refused("H539", what, "Use another mirror.")
            self.store.write(Batch(start, rows, LONG_AGO, (), self._base.tree.filled()))
        finally:
            self._load()

    def _adopted(self, row: Row, record: Record | None) -> Row:
        stated = pad(row.content) if record is None else commitment(record)
        if stated != row.entry:
            what = f"the mirror does not disclose what index {row.index} commits to"
            raise _refused("H539", what, "Use a mirror that discloses its content.")
        if record is not None:
            event = events.event(events.parse(record.body), row.index)
            if event.subject is not None and self.vault.without_key([event.subject]):
                if self.store.persons([event.subject]):  # another key would open nothing of theirs
                    what = "the key of a person in the copy is not there: erased, or lost"
                    raise _fault("H592", what, "Restore the key store, if it was not erased.")
                self.vault.draw([event.subject])
            whole = replace(
                record, event_id=event.id, kind=event.kind, subject=event.subject, seq=event.seq
            )
            row = self.vault.seal(whole)
        self._base.tree.append(row.entry)
        return row

    def append(
        self, batch: Sequence[Signed], recorded_at: datetime, *, publish: bool = False
    ) -> list[int]:
        """Admit a batch, all or nothing.

        Args:
            batch: signed events in the order in which they shall stand.
            recorded_at: UTC; kept beside the entries, not proven by them.
            publish: sign a checkpoint over the new size in the same transaction.

        Returns:
            The index of each event; an event that is already there keeps its old one.

        Raises:
            RegisterError: H501 to H503, H511 to H519, H531 to H536, H592 and H593; nothing was
                written.
        """
        outcomes = self._append(batch, recorded_at, each=False, publish=publish)
        return [one for one in outcomes if isinstance(one, int)]

    def append_each(
        self, batch: Sequence[Signed], recorded_at: datetime, *, publish: bool = False
    ) -> list[int | RegisterError]:
        """Admit what can be admitted of a batch, in one transaction.

        Returns:
            For each event its index, or why it was refused alone.
        """
        try:
            return self._append(batch, recorded_at, each=True, publish=publish)
        except RegisterError as error:
            if error.code != "H563" or len(batch) == 1:
                raise
        return [self._one(signed, recorded_at, publish=publish) for signed in batch]

    def _one(self, signed: Signed, recorded_at: datetime, *, publish: bool) -> int | RegisterError:
        try:
            return self._append([signed], recorded_at, each=True, publish=publish)[0]
        except RegisterError as error:
            return error

    def publish(self, recorded_at: datetime, *, pads: bool = False) -> str:
        """Sign and keep a checkpoint over all leaves; returns its note.

        Args:
            recorded_at: UTC.
            pads: fill up first to the next full tile, at least one: neither the size of the log
                nor its growth then tells how many events there were.
        """
        count = WIDTH - self.size % WIDTH if pads else 0
        self._append([], recorded_at, each=False, publish=True, pads=count)
        return self.note()

    def _append(
        self,
        batch: Sequence[Signed],
        recorded_at: datetime,
        *,
        each: bool,
        publish: bool,
        pads: int = 0,
    ) -> list[int | RegisterError]:
        self._fresh()
        start, self._stale = self.size, True
        intake = Intake(self._base, recorded_at, each=each)
        try:
            outcomes = intake.take(batch)
            rows = intake.rows + [self._pad(salt) for salt in self.vault.pads(pads)]
            self._restores(start, rows)
            point = self._checkpoint(recorded_at, rows) if publish else None
            if rows or point:
                filled = self._base.tree.filled()
                with self._pen.writing(len(rows)):
                    self.store.write(
                        Batch(start, rows, recorded_at, intake.sections, filled, point)
                    )
            self._stale = False
        finally:  # whatever stopped it: what stands in memory must again be what is stored
            if self._stale:
                self._load()
        if point:
            self._signed = point[0]
        return outcomes

    def _pad(self, salt: bytes) -> Row:
        row = Row(self.size, pad(salt), "", PAD, None, None, salt)
        self._base.tree.append(row.entry)
        return row

    def _restores(self, start: int, rows: Sequence[Row]) -> None:
        # Leaves that were lost below a signed checkpoint come back as they were, or not at all.
        latest = self.store.latest()
        if latest and start < latest[0] <= self.size:
            if self.store.size() != start:
                what = f"the log no longer has {start} leaves: somebody else wrote meanwhile"
                fix = "Let one process write a register; submit what is missing again."
                raise _fault("H565", what, fix)
            self._agrees(checkpoint.read_note(latest[1]).checkpoint, rows)

    def _checkpoint(self, recorded_at: datetime, rows: Sequence[Row]) -> tuple[int, str] | None:
        if not self._signs:
            return None
        if self._signed > self.size:
            what = f"the store holds {self.size} leaves, but a checkpoint of size "
            what += f"{self._signed} was signed"
            raise _refused("H536", what, "Restore the missing leaves; do not sign below it.")
        self._above_floor(rows)
        latest = self.store.latest()
        if latest and latest[0] == self.size:
            return None
        point = Checkpoint(self.origin, self.size, self._base.tree.root())
        note = checkpoint.signed(point, self._pen.signer)
        if self._pen.post_quantum is not None:
            time = max(0, int(recorded_at.timestamp()))  # 0: no time is stated
            note += checkpoint.cosigned(point, self.origin, self._pen.post_quantum, time)
        return point.size, note


def _fault(code: str, what: str, fix: str) -> RegisterError:
    return RegisterError(Fault(code, what, fix))


def _refused(code: str, what: str, fix: str) -> SigningRefused:
    return SigningRefused(Fault(code, what, fix))

"""Append, publish and prove over a store; nothing is released before the commit.

Rules
- One writer. An entry gets the next index; indexes have no gaps.
- An event is validated outside the store's transaction: canonical bytes, good signatures by keys
  enrolled at a lower index, the person's next `seq` and the right `prev`. What it means is not
  known here: that is the workflow's business.
- Entries, contents and the checkpoint over them are written in one transaction, and only then
  shown to anybody.
- The same event again is answered with its old index; the same id with other bytes is refused.
- After any exception the frontier and the keys are read again from the store before more is signed.
- A checkpoint is never signed over fewer leaves than one signed before.

What a hostile store can do: stop the log, or lose content. What it cannot do unseen: alter,
reorder or drop an entry below a checkpoint that somebody keeps. Left out in this version: pads,
witnesses, sealed content. Source: docs/spec/event.md; RFC 9162; C2SP tlog-checkpoint.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from habeas.errors import Fault, HabeasError, RegisterError
from habeas.register import checkpoint, events, merkle, signing
from habeas.register.events import Event, Record
from habeas.register.keys import Keyring
from habeas.register.signing import Claim, Signer

CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Signed:
    """An event as its drafter submits it."""

    body: bytes  # canonical
    sigblock: bytes
    salt: bytes  # 32 bytes, drawn once by the drafter

    @property
    def entry(self) -> bytes:
        """The salted commitment."""
        return signing.entry(self.salt, self.body, self.sigblock)


class Store(Protocol):
    """Where a log's records lie. Not trusted for history; trusted for availability."""

    def size(self) -> int:
        """Number of leaves committed."""
        ...

    def records(self, start: int = 0) -> Iterator[Record]:
        """Records in order from an index."""
        ...

    def by_id(self, event_id: str) -> Record | None:
        """The record of an event id."""
        ...

    def head(self, subject: str) -> Record | None:
        """A person's latest custody record."""
        ...

    def checkpoints(self) -> list[tuple[int, str]]:
        """Size and note of every checkpoint, smallest first."""
        ...

    def write(
        self, records: Sequence[Record], recorded_at: datetime, note: tuple[int, str] | None
    ) -> None:
        """Commit records and, where given, a checkpoint, in one transaction or not at all."""
        ...


class Log:
    """One authority's log over a store."""

    def __init__(self, store: Store, origin: str, signer: Signer, roots: dict[str, bytes]) -> None:
        self.store, self.origin = store, origin
        self._signer, self._roots = signer, roots
        self._load()

    def _load(self) -> None:
        self._frontier, self._keys = merkle.Frontier(), Keyring(self._roots)
        self._heads: dict[str, tuple[int, bytes]] = {}
        self._ids: set[str] = set()
        self._signed = dict(self.store.checkpoints())
        for record in self.store.records():
            self._grow(events.event(events.parse(record.body), record.index), record.entry)

    def _grow(self, event: Event, entry: bytes) -> None:
        self._frontier.append(merkle.leaf_hash(entry))
        self._note(event, entry)
        note = self._signed.get(self._frontier.size)
        if note and checkpoint.read_note(note).checkpoint.root != self._frontier.root():
            what = f"the leaves do not lead to the checkpoint of size {self._frontier.size}"
            raise _fault("H558", what, "Restore the register; nothing is signed over it.")

    def _note(self, event: Event, entry: bytes) -> None:
        self._ids.add(event.id)
        self._keys.learn(event, event.index)
        if event.subject is not None and event.seq is not None:
            self._heads[event.subject] = (event.seq, entry)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._frontier.size

    def head(self, subject: str) -> tuple[int, str] | None:
        """A person's latest custody number and the base64 of its entry; None before the first."""
        found = self._heads.get(subject)
        return found and (found[0], base64.b64encode(found[1]).decode())

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
            RegisterError: H501 to H503, H511 to H516, H531 to H535; nothing was written.
        """
        written = False
        try:
            records, indexes = self._admit(batch, recorded_at)
            note = self._checkpoint() if publish else None
            self.store.write(records, recorded_at, note)
            written = True
        finally:  # whatever stopped it: what stands in memory must again be what is stored
            if not written:
                self._load()
        self._signed |= [note] if note else []
        return indexes

    def publish(self, recorded_at: datetime) -> str:
        """Sign and keep a checkpoint over all leaves; returns its note."""
        self.append([], recorded_at, publish=True)
        return self._signed[self._frontier.size]

    def _checkpoint(self) -> tuple[int, str]:
        latest = max(self._signed, default=0)
        if latest > self._frontier.size:
            what = f"the store holds {self._frontier.size} leaves, but a checkpoint of size "
            what += f"{latest} was signed"
            raise _fault("H536", what, "Restore the missing leaves; do not sign below it.")
        point = checkpoint.Checkpoint(self.origin, self._frontier.size, self._frontier.root())
        return point.size, checkpoint.signed(point, self._signer)

    def _admit(
        self, batch: Sequence[Signed], recorded_at: datetime
    ) -> tuple[list[Record], list[int]]:
        records: list[Record] = []
        indexes: list[int] = []
        fresh: dict[str, tuple[Signed, int]] = {}
        claimed: list[tuple[int, Claim]] = []  # every signature of the batch, by its record
        for signed in batch:
            index = self._frontier.size
            event = events.event(events.parse(signed.body), index)
            known = self._known(event.id, signed, fresh)
            if known is not None:
                indexes.append(known)
                continue
            try:
                claims = self._check(event, signed, recorded_at)
            except HabeasError as error:
                raise type(error)(*(_placed(fault, event) for fault in error.faults)) from error
            claimed += [(len(records), claim) for claim in claims]
            entry = signed.entry
            records.append(
                Record(
                    index,
                    entry,
                    event.id,
                    event.kind,
                    event.subject,
                    event.seq,
                    signed.salt,
                    signed.body,
                    signed.sigblock,
                )
            )
            fresh[event.id] = (signed, index)
            indexes.append(index)
            self._grow(event, entry)
        wrong = signing.failures(claimed)
        if wrong:
            place = events.event(events.parse(records[wrong[0][0]].body))
            raise RegisterError(_placed(wrong[0][1], place))
        return records, indexes

    def _known(
        self, event_id: str, signed: Signed, fresh: dict[str, tuple[Signed, int]]
    ) -> int | None:
        kept = self.store.by_id(event_id) if event_id in self._ids else None
        if kept is not None:
            before, index = Signed(kept.body, kept.sigblock, kept.salt), kept.index
        elif event_id in fresh:
            before, index = fresh[event_id]
        elif event_id in self._ids:
            what = f"event {event_id} is in the log, but the store has lost its columns"
            raise _fault("H533", what, "Verify the register, and restore it.")
        else:
            return None
        if before != signed:
            what = f"event {event_id} is already there with other bytes"
            raise _fault("H533", what, "Draft a new event with an id of its own.")
        return index

    def _check(self, event: Event, signed: Signed, recorded_at: datetime) -> list[Claim]:
        if len(signed.salt) != signing.SALT:
            raise _fault("H534", "the salt is not 32 bytes", "Draw 32 bytes once, when drafting.")
        if event.occurred_at > recorded_at + CLOCK_SLACK:
            raise _fault(
                "H535",
                f"the event lies in the future: {event.occurred_at.isoformat()}",
                "Record it when it has happened.",
            )
        signers = self._keys.signers(event, event.index)
        claims = signing.claims(signed.body, signed.sigblock, signers)
        if event.seq is None or event.subject is None:
            return claims
        kept = self._heads.get(event.subject)
        expected = 0 if kept is None else kept[0] + 1
        if event.seq != expected:
            raise _fault(
                "H531",
                f"custody number {event.seq} where {expected} comes next",
                "Read the person's head again and draft anew.",
            )
        if kept is not None and event.prev != base64.b64encode(kept[1]).decode():
            raise _fault(
                "H532",
                "'prev' is not the entry of the custody event before",
                "Read the person's head again and draft anew.",
            )
        return claims


def _placed(fault: Fault, event: Event) -> Fault:
    return (
        fault
        if fault.where
        else Fault(fault.code, fault.what, fault.fix, where=f"event {event.id}, {event.kind}")
    )


def _fault(code: str, what: str, fix: str) -> RegisterError:
    return RegisterError(Fault(code, what, fix))

"""One batch on its way into a log: every check that needs no law, before the transaction.

Rules
- An event that stands in the log with the same entry is answered with its old index.
- Signatures are checked in threads, before the order is; an event about a key is admitted by
  itself, so that no signature is ever judged by a key whose own enrolment was not good.
- `seq` and `prev` follow the person's latest custody event, also within the batch.
- Every section that comes with an event is named by it, and no other may come.
- A refused event leaves no trace but evidence, where the same id came with other bytes: its entry
  and its content, sealed as that of an admitted one.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from habeas.errors import Fault, RegisterError
from habeas.register import admin, quick, signing
from habeas.register.events import Event, Record, Row
from habeas.register.keys import KEY_KINDS, Keyring
from habeas.register.sealed import LARGEST_SECTION, SealedSection, Section, Vault
from habeas.register.signing import Claim
from habeas.register.store import Store
from habeas.register.tiles import Grower

CLOCK_SLACK = timedelta(minutes=5)
HEADS = 100_000  # persons whose latest custody entry is kept in memory


@dataclass(frozen=True, slots=True)
class Signed:
    """An event as its drafter submits it."""

    body: bytes  # canonical
    sigblock: bytes  # of a batched event: its batch block
    salt: bytes  # 32 bytes, drawn once by the drafter
    path: bytes = b""  # of a batched event: the hashes that lead to the manifest's root
    manifest: bytes = b""  # of a batched event: the signature over that root
    sections: tuple[Section, ...] = ()  # detail that is kept and erased apart

    @property
    def entry(self) -> bytes:
        """The salted commitment."""
        return signing.entry(self.salt, self.body, self.sigblock)


@dataclass(slots=True)
class Base:
    """What a log keeps in memory while it is written; read again from its store after a failure."""

    store: Store
    vault: Vault
    keys: Keyring
    tree: Grower
    heads: dict[str, tuple[int, bytes] | None] = field(default_factory=dict)

    def head(self, subject: str) -> tuple[int, bytes] | None:
        """A person's latest custody number and its entry; None before the first."""
        self.fetch([subject])
        return self.heads[subject]

    def fetch(self, subjects: Sequence[str]) -> None:
        """Read the heads of some persons that are not in memory yet."""
        absent = {one for one in subjects if one not in self.heads}
        if len(self.heads) > HEADS:
            self.heads.clear()
            absent = set(subjects)
        if absent:
            self.heads |= dict.fromkeys(absent) | self.store.heads(absent)


@dataclass(frozen=True, slots=True)
class Draft:
    """An event on its way in, with what was read out of it."""

    place: int  # in the batch
    event: Event
    signed: Signed
    entry: bytes


Outcome = int | RegisterError


class Intake:
    """Admits one batch; what was admitted lies in `rows` and `sections`."""

    def __init__(self, base: Base, recorded_at: datetime, *, each: bool) -> None:
        self._base, self._at, self._each = base, recorded_at, each
        self._outcomes: dict[int, Outcome] = {}
        self._known: dict[str, tuple[bytes, int]] = {}  # entry and index by event id
        self._lost: set[str] = set()  # persons on the register whose key is not there
        self._shown = signing.Shown()
        self.rows: list[Row] = []
        self.sections: list[SealedSection] = []

    def take(self, batch: Sequence[Signed]) -> list[Outcome]:
        """Admit a batch in its order; returns the index of each event, or why it was refused.

        Raises:
            RegisterError: the first refusal, where each event is not judged alone.
        """
        drafts = list(self._drafts(batch))
        self._fetch(drafts)
        for segment in _segments(drafts):
            self._segment(segment)
        return [self._outcomes[place] for place in range(len(batch))]

    def _refuse(self, place: int, error: RegisterError, event: Event | None = None) -> None:
        if event is not None:
            error = type(error)(*(_placed(fault, event) for fault in error.faults))
        if not self._each:
            raise error
        self._outcomes[place] = error

    def _drafts(self, batch: Sequence[Signed]) -> Iterator[Draft]:
        for place, signed in enumerate(batch):
            try:
                event = quick.event(signed.body)
            except RegisterError as error:
                self._refuse(place, error)
                continue
            yield Draft(place, event, signed, signed.entry)

    def _fetch(self, drafts: Sequence[Draft]) -> None:
        found = self._base.store.by_ids({one.event.id for one in drafts})
        self._known = {name: (row.entry, row.index) for name, row in found.items()}
        self._base.fetch([one.event.subject for one in drafts if one.event.subject is not None])

    def _draw_keys(self, drafts: Sequence[Draft]) -> None:
        store, vault = self._base.store, self._base.vault
        without = vault.without_key(one.event.subject for one in drafts if one.event.subject)
        if without:
            self._lost |= store.persons(without)
            vault.draw(without - self._lost)

    def _segment(self, drafts: Sequence[Draft]) -> None:
        asked: list[tuple[int, Claim]] = []
        for draft in drafts:
            try:
                asked += [(draft.place, claim) for claim in self._claims(draft)]
            except RegisterError as error:
                self._refuse(draft.place, error, draft.event)
        events_by_place = {one.place: one.event for one in drafts}
        for place, fault in signing.failures(asked):
            self._refuse(place, RegisterError(fault), events_by_place[place])
        good = [draft for draft in drafts if draft.place not in self._outcomes]
        self._draw_keys(good)
        for draft in good:
            try:
                self._admit(draft)
            except RegisterError as error:
                self._refuse(draft.place, error, draft.event)

    def _claims(self, draft: Draft) -> list[Claim]:
        event, signed = draft.event, draft.signed
        known = self._known.get(event.id)
        if known is not None and known[0] == draft.entry:
            return []  # it is there: its signatures were good when it came
        if len(signed.salt) != signing.SALT:
            raise _fault("H534", "the salt is not 32 bytes", "Draw 32 bytes once, when drafting.")
        in_time(event, self._at)
        admin.check(event)
        signers = self._base.keys.signers(event, self._base.tree.size)
        if signing.batched(signed.sigblock):
            proof = (signed.path, signed.manifest)
            kind, body, block = event.kind, signed.body, signed.sigblock
            return [signing.batch_claim(kind, body, block, proof, signers, self._shown)]
        if signed.path or signed.manifest:  # the leaf does not commit to them: none may come along
            what = "a path or a manifest comes with an event that has signatures of its own"
            raise _fault("H519", what, "Leave them out.")
        return signing.claims(signed.body, signed.sigblock, signers)

    def _admit(self, draft: Draft) -> None:
        event, signed = draft.event, draft.signed
        known = self._known.get(event.id)
        if known is not None:
            if known[0] != draft.entry:
                self._keep(draft)
                what = f"event {event.id} is already there with other bytes"
                raise _fault("H533", what, "Draft a new event with an id of its own.")
            self._outcomes[draft.place] = known[1]
            return
        if event.subject in self._lost:
            what = "the key of this person's content is not there: erased, or lost"
            raise _fault("H592", what, "Restore the key store, if it was not erased.")
        self._follows(event)
        check_sections(event, signed)
        index = self._base.tree.size
        self._base.keys.learn(event, index)
        self._grow(draft, index)

    def _keep(self, draft: Draft) -> None:
        # Sealed under the key of its own person: what is kept as evidence is erased with the rest.
        event = draft.event
        if event.subject in self._lost:
            return
        what = f"event {event.id} of {event.subject or 'nobody'}"
        data = self._base.vault.evidence(_record(draft, -1))
        self._base.store.keep_evidence(self._at, what, data)

    def _grow(self, draft: Draft, index: int) -> None:
        event, signed, vault = draft.event, draft.signed, self._base.vault
        self.rows.append(vault.seal(_record(draft, index)))
        self.sections += vault.seal_sections(index, event.id, signed.sections)
        self._base.tree.append(draft.entry)
        if event.subject is not None and event.seq is not None:
            self._base.heads[event.subject] = (event.seq, draft.entry)
        self._known[event.id] = (draft.entry, index)
        self._outcomes[draft.place] = index

    def _follows(self, event: Event) -> None:
        if event.seq is None or event.subject is None:
            return
        kept = self._base.head(event.subject)
        expected = 0 if kept is None else kept[0] + 1
        fix = "Read the person's head again and draft anew."
        if event.seq != expected:
            what = f"custody number {event.seq} where {expected} comes next"
            raise _fault("H531", what, fix)
        if kept is not None and event.prev != base64.b64encode(kept[1]).decode():
            raise _fault("H532", "'prev' is not the entry of the custody event before", fix)


def _record(draft: Draft, index: int) -> Record:
    event, signed = draft.event, draft.signed
    return Record(
        index,
        draft.entry,
        event.id,
        event.kind,
        event.subject,
        event.seq,
        signed.salt,
        signed.body,
        signed.sigblock,
        signed.path,
        signed.manifest,
    )


def _segments(drafts: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    start = 0
    for place, draft in enumerate(drafts):
        if draft.event.kind in KEY_KINDS:
            if start < place:
                yield drafts[start:place]
            yield drafts[place : place + 1]
            start = place + 1
    if start < len(drafts):
        yield drafts[start:]


def in_time(event: Event, recorded_at: datetime) -> None:
    """Refuse an event that has not happened yet.

    Raises:
        RegisterError: H535.
    """
    if event.occurred_at > recorded_at + CLOCK_SLACK:
        what = f"the event lies in the future: {event.occurred_at.isoformat()}"
        que = f"el acto está en el futuro: {event.occurred_at.isoformat()}"
        spanish = (que, "Regístrelo cuando haya ocurrido.")
        raise RegisterError(Fault("H535", what, "Record it when it has happened.", spanish=spanish))


def check_sections(event: Event, signed: Signed) -> None:
    """Refuse sections that the event does not name, that are too large, or badly salted.

    Raises:
        RegisterError: H593, H501, H534.
    """
    found = [(one.name, base64.b64encode(one.digest).decode()) for one in signed.sections]
    if len(set(found)) < len(found) or not set(found) <= set(event.sections):
        what = "a section comes twice, or is not the one that the event names"
        raise _fault("H593", what, "Send the very bytes whose digest stands in the event.")
    if any(len(one.data) > LARGEST_SECTION for one in signed.sections):
        what = f"a section has more than {LARGEST_SECTION:,} bytes"
        raise _fault("H501", what, "Keep the document elsewhere, and its digest in the event.")
    if any(len(one.salt) != signing.SALT for one in signed.sections):
        raise _fault("H534", "the salt of a section is not 32 bytes", "Draw it once.")


def _placed(fault: Fault, event: Event) -> Fault:
    return fault if fault.where else replace(fault, where=f"event {event.id}, {event.kind}")


def _fault(code: str, what: str, fix: str) -> RegisterError:
    return RegisterError(Fault(code, what, fix))

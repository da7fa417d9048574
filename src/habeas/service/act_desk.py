"""Acts of officers: drafted, judged, signed with keys that lie here, appended when all have signed.

Rules
- The id that the caller draws is the act: the same stated content again is answered as before,
  another content under that id is refused (H533).
- An act is judged by the same table as everything that is appended, before anybody signs.
- One call signs with one key: that of whoever asks. Nobody signs for the second officer.
- When the last has signed, the act is judged again, at its own instant and as if it happened now.
  What may no longer follow is void, says why, and is never signed again.
- A draft is durable before it is answered; the last signature is, before the act is appended.
- An officer of whom a draft wants no signature is told what is told of a draft that is not there.

Source: docs/spec/gateway.md.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from habeas.errors import Fault, HabeasError, ImpossibleEvent, RegisterError
from habeas.register import events, intake, signing
from habeas.register.events import Actor, Event, Record, Row
from habeas.register.keys import Keyring
from habeas.register.log import Log, Signed
from habeas.register.sealed import Section
from habeas.register.signing import Signer, keyid8
from habeas.register.waiting import Draft, DraftState, Waiting
from habeas.service import asking, draft
from habeas.service.asking import Found
from habeas.service.draft import Stated
from habeas.service.judging import Bench
from habeas.terms import EventKind

SALT = 32
PLACED = frozenset({"seq", "prev", "head", "occurred_at"})  # not stated, or spelled otherwise
LOST = frozenset({"H531", "H532", "H533"})  # of a draft whose place in the custody is taken


@dataclass(frozen=True, slots=True)
class Room:
    """What officers' acts need of the gateway that holds them."""

    log: Log
    waiting: Waiting
    officers: Mapping[str, Sequence[Signer]]  # keys at hand, by authority
    clock: Callable[[], datetime]
    chance: Callable[[int], bytes]
    bench: Callable[[str, str | None, str | None], Bench]
    keys: Callable[[], Keyring]


@dataclass(frozen=True, slots=True)
class Open:
    """A draft in the clear."""

    kept: Draft
    record: Record
    event: Event

    @property
    def signed(self) -> set[str]:
        """Key ids of those who have signed."""
        block, step = self.record.sigblock, signing.BLOCK
        starts = range(0, len(block), step)
        return {block[start : start + signing.KEYID].hex() for start in starts}

    @property
    def waits_for(self) -> list[Actor]:
        """Whose signature is still wanted."""
        return [one for one in self.event.actors if one.key not in self.signed]


class ActDesk:
    """Answers officers who act, sign, and withdraw."""

    def __init__(self, room: Room) -> None:
        self._room, self._log = room, room.log
        self._at_hand = {
            keyid8(one.public()).hex(): one for group in room.officers.values() for one in group
        }

    # What an officer asks

    def act(self, asked: asking.Act) -> Found:
        """Draft, judge and sign for whoever asks; append where nobody else must sign.

        Raises:
            ImpossibleEvent: H601 to H617, when the act may not follow; H621, where it was drafted
                before and is void.
            RegisterError: H501 to H503 for its form, H515 and H517 for a key, H533 for an id that
                is taken, H535 for the future.
        """
        stated, sections = _stated(asked)
        there = self._recorded(asked.id)
        if there is not None:
            _same(stated, there)
            return self._stands(there)
        kept = self.opened(asked.id)
        if kept is not None:
            _same(stated, kept.record)
            return self._finish(kept)
        bench = self._room.bench(asked.agreement, asked.sending, asked.receiving)
        signed, event = self._drafted(bench, stated, sections)
        if len(event.actors) == 1:
            return self._append(signed)
        found = self.keep(signed, bench)
        return self._finish(found)

    def _drafted(
        self, bench: Bench, stated: Stated, sections: tuple[Section, ...]
    ) -> tuple[Signed, Event]:
        log, now = self._log, self._room.clock()
        moves = draft.moves_custody(stated.kind, stated.corrects, bench.known(stated.subject))
        body = draft.body(stated, log.head(stated.subject), moves_custody=moves)
        data = events.canonical(body)
        event = events.event(events.parse(data), log.size)
        intake.in_time(event, now)
        signer = self._signer(event, event.actors[0])
        bench.judge(event)
        block = signing.sigblock(data, [signer])
        signed = Signed(data, block, self._room.chance(SALT), sections=sections)
        intake.check_sections(event, signed)
        return signed, event

    def sign(self, asked: asking.Sign) -> Found:
        """Add an officer's signature to a draft that waits for it; the last one appends it.

        Raises:
            ImpossibleEvent: H620, when the officer has signed; H621, when the draft is void; H601
                to H617, when it becomes so now.
            RegisterError: H922, when no draft waits for this officer; H515 and H517 for the key.
        """
        there = self._recorded(asked.draft)
        if there is not None:
            event = events.event(events.parse(there.body))
            if event.actors[0] == _actor(event, asked.officer):
                raise _twice(event)
            return self._stands(there)
        kept, actor = self._of(asked.draft, asked.officer)
        signer = self._signer(kept.event, actor)
        if kept.kept.state is not DraftState.WAITING:
            raise _ended(kept)
        if actor.key in kept.signed:
            if kept.waits_for or actor == kept.event.actors[0]:
                raise _twice(kept.event)
        else:
            added = signing.sigblock(kept.record.body, [signer])
            kept = self.merged(kept, added)
        return self._finish(kept)

    def drop(self, asked: asking.Drop) -> Found:
        """Withdraw a draft, for one of those who sign it.

        Raises:
            ImpossibleEvent: H622, when it stands in the register.
            RegisterError: H922, when the officer is none of those who sign it.
        """
        there = self._recorded(asked.draft)
        if there is not None:
            _actor(events.event(events.parse(there.body)), asked.officer)
            fix = "Record a correction, or the withdrawal that the agreement knows."
            what = "the act stands in the register already"
            spanish = (
                "el acto ya consta en el registro",
                "Registre una corrección, o el desistimiento que prevé el acuerdo.",
            )
            where = f"event {asked.draft}"
            raise ImpossibleEvent(Fault("H622", what, fix, where=where, spanish=spanish))
        kept, actor = self._of(asked.draft, asked.officer)
        self._signer(kept.event, actor)
        self.end(kept, DraftState.DROPPED, asked.reason)
        return {"draft": asked.draft, "state": DraftState.DROPPED.value}

    def drafts(self, asker: asking.Asker) -> list[Open]:
        """The drafts that wait for, or were made by, an authority or one of its officers."""
        found = []
        for one in self._room.waiting.drafts():
            kept = self.opened(one.row.event_id)
            if kept is not None and one.state is not DraftState.DROPPED and _concerns(kept, asker):
                found.append(kept)
        return found

    # What a message of the other state brings

    def keep(self, signed: Signed, bench: Bench, since: str | None = None) -> Open:
        """Keep a draft with the signatures that it has; durable on return."""
        ground = bench.ground
        if ground is None:
            raise _nothing()
        sending, receiving = ground.states
        event = events.event(events.parse(signed.body))
        kept = Draft(
            self._sealed(_record(event, signed)),
            ground.deal.id,
            sending,
            receiving,
            since or self._room.clock().isoformat(),
            sections=tuple(self._log.vault.seal_sections(-1, event.id, signed.sections)),
        )
        self._room.waiting.keep(kept)
        return Open(kept, _record(event, signed), event)

    def opened(self, event_id: str) -> Open | None:
        """A draft in the clear; None where there is none any more: it is recorded, or erased."""
        kept = self._room.waiting.draft(event_id)
        if kept is None:
            return None
        record = self._log.vault.open(kept.row)
        if record is None or self._log.store.by_ids([event_id]):
            self._room.waiting.forget(event_id)
            return None
        return Open(kept, record, events.event(events.parse(record.body)))

    def sections(self, kept: Open) -> tuple[Section, ...]:
        """The sections of a draft whose keys are there."""
        vault, name = self._log.vault, kept.event.id
        found = (vault.section(name, one) for one in kept.kept.sections)
        return tuple(one for one in found if one is not None)

    def document(self, kept: Open) -> dict[str, object]:
        """A draft as it is shown to those who sign it."""
        event, why = kept.event, {"why": kept.kept.why} if kept.kept.why else {}
        waited = kept.waits_for
        return {
            "draft": event.id,
            "kind": event.kind,
            "subject": event.subject,
            "at": event.occurred_at.isoformat(),
            "body": dict(event.body),
            "facility": event.facility,
            "corrects": event.corrects,
            "agreement": event.agreement,
            "sending": kept.kept.sending,
            "receiving": kept.kept.receiving,
            "signed": [_told(one) for one in event.actors if one not in waited],
            "waits_for": [_told(one) for one in waited],
            "since": kept.kept.since,
            "state": kept.kept.state.value,
            **why,
        }

    # The way of one act

    def _recorded(self, event_id: str) -> Record | None:
        row = self._log.store.by_ids([event_id]).get(event_id)
        return None if row is None else self._log.vault.open(row)

    def _stands(self, record: Record) -> Found:
        entry = base64.b64encode(record.entry).decode()
        return {"index": record.index, "entry": entry, "size": self._log.size}

    def _append(self, signed: Signed) -> Found:
        index = self._log.append([signed], self._room.clock(), publish=True)[0]
        entry = base64.b64encode(signed.entry).decode()
        return {"index": index, "entry": entry, "size": self._log.size}

    def _finish(self, kept: Open) -> Found:
        """Append a draft that everybody has signed; tell whom another waits for."""
        if kept.kept.state is not DraftState.WAITING:
            raise _ended(kept)
        if kept.waits_for:
            return {"draft": kept.event.id, "waits_for": [_told(one) for one in kept.waits_for]}
        one, record = kept.kept, kept.record
        bench = self._room.bench(one.agreement, one.sending, one.receiving)
        signed = Signed(record.body, record.sigblock, record.salt, sections=self.sections(kept))
        try:
            self._judged(bench, kept.event)
            found = self._append(signed)
        except RegisterError as error:
            if isinstance(error, ImpossibleEvent) or error.code in LOST:
                self.end(kept, DraftState.VOID, error.faults[0].sentence())
            raise
        self._room.waiting.forget(kept.event.id)
        return found

    def _judged(self, bench: Bench, event: Event) -> None:
        here = replace(event, index=self._log.size)
        bench.judge(here)
        if event.kind != EventKind.CORRECTION:  # it says when something was, not when it is done
            bench.judge(replace(here, occurred_at=max(self._room.clock(), event.occurred_at)))

    def _of(self, event_id: str, officer: asking.Officer) -> tuple[Open, Actor]:
        kept = self.opened(event_id)
        if kept is None:
            raise _nothing()
        return kept, _actor(kept.event, officer)

    def _signer(self, event: Event, actor: Actor) -> Signer:
        """The key of one actor, when the keys of all are good at this index."""
        self._room.keys().signers(event, self._log.size)
        found = self._at_hand.get(actor.key)
        if found is None:
            what = f"the key {actor.key} of {actor.authority} is not at hand"
            fix = "Sign with 'habeas sign' where the key is, and append what was signed."
            raise RegisterError(Fault("H517", what, fix))
        return found

    def merged(self, kept: Open, added: bytes) -> Open:
        """A draft with the signatures of a block beside those that it has; durable on return."""
        record, step = kept.record, signing.BLOCK
        both = record.sigblock + added
        block = b"".join(sorted({both[n : n + step] for n in range(0, len(both), step)}))
        entry = signing.entry(record.salt, record.body, block)
        more = replace(record, sigblock=block, entry=entry)
        found = replace(kept.kept, row=self._sealed(more))
        self._room.waiting.keep(found)
        return Open(found, more, kept.event)

    def end(self, kept: Open, state: DraftState, why: str) -> None:
        """Keep a draft as one that nobody signs any more."""
        self._room.waiting.keep(replace(kept.kept, state=state, why=why))

    def _sealed(self, record: Record) -> Row:
        vault = self._log.vault
        if record.subject is None or vault.without_key([record.subject]):
            raise _nothing()  # erased meanwhile
        return vault.seal(record)


def _stated(asked: asking.Act) -> tuple[Stated, tuple[Section, ...]]:
    sections = tuple(Section(one.name, one.salt, one.data) for one in asked.sections)
    named = [(one.name, base64.b64encode(one.digest).decode()) for one in sections]
    stated = Stated(
        asked.id,
        asked.kind,
        asked.agreement,
        asked.subject,
        asked.at,
        [Actor(one.authority, one.role.value, one.key) for one in asked.signers],
        asked.body,
        asked.facility,
        asked.corrects,
        named,
    )
    return stated, sections


def _same(stated: Stated, record: Record) -> None:
    """Refuse another content under an id that is there already.

    Raises:
        RegisterError: H533.
    """
    there = events.parse(record.body)
    again = draft.body(stated, None, moves_custody=False)
    alike = [{key: one[key] for key in one if key not in PLACED} for one in (there, again)]
    at = events.instant(str(there["occurred_at"]))
    if alike[0] != alike[1] or at != events.instant(stated.at):
        what = f"event {stated.id} is already there with other content"
        raise RegisterError(Fault("H533", what, "Draft a new event with an id of its own."))


def _record(event: Event, signed: Signed) -> Record:
    return Record(
        -1, signed.entry, event.id, event.kind, event.subject, event.seq, signed.salt, signed.body,
        signed.sigblock,
    )  # fmt: skip


def _actor(event: Event, officer: asking.Officer) -> Actor:
    for one in event.actors:
        if (one.authority, one.key) == (officer.authority, officer.key):
            return one
    raise _nothing()


def _concerns(kept: Open, asker: asking.Asker) -> bool:
    return any(
        one.authority == asker.authority and asker.key in {"", one.key} for one in kept.event.actors
    )


def _told(actor: Actor) -> dict[str, object]:
    return {"authority": actor.authority, "role": actor.role, "key": actor.key}


def _nothing() -> HabeasError:
    fix = "Look at the drafts that wait for this officer."
    spanish = (
        "ningún acto pendiente con ese identificador espera a esta persona",
        "Mire los actos pendientes que esperan su firma.",
    )
    what = "no draft of that id waits for this officer"
    return RegisterError(Fault("H922", what, fix, spanish=spanish))


def _twice(event: Event) -> ImpossibleEvent:
    what = f"this officer has signed '{event.kind}' already: another one must sign too"
    spanish = (
        f"esta persona ya ha firmado '{event.kind}': también debe firmar otra",
        "Que firme la persona a la que espera.",
    )
    fix = "Have the officer sign for whom it waits."
    return ImpossibleEvent(Fault("H620", what, fix, spanish=spanish))


def _ended(kept: Open) -> ImpossibleEvent:
    what = f"the draft is {kept.kept.state.value}: {kept.kept.why}"
    fix = "Draft it anew under an id of its own, if it still shall be."
    spanish = (
        f"el acto pendiente ya no puede firmarse ({kept.kept.state.value}): {kept.kept.why}",
        "Prepárelo de nuevo con un identificador propio, si todavía procede.",
    )
    where = f"event {kept.event.id}"
    return ImpossibleEvent(Fault("H621", what, fix, where=where, spanish=spanish))

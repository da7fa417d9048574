"""Messages between the two states' installations: what one tells the other, and what it takes in.

Rules
- Only events of persons whose transfer was authorised leave, from the moment of the authorisation
  on, with everything before it. Where an agreement binds more than two states, the authorisation
  must name this pair's receiving state: unknown is never yes.
- Sections stay where they are. What came from the peer is not told it again.
- Everything that the peer has not acknowledged is told again: a message may be lost, come twice, or
  come in any order.
- What comes is judged like everything else that is appended. What is refused is kept as evidence,
  told, and tried again with the next message: its predecessor may come late.
- A draft is taken in when its signatures verify, its actors' keys are good and the table allows it.

Left out: mirrors, settlement, and forks between two logs. Source: docs/spec/message.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from habeas.errors import Fault, HabeasError, RegisterError
from habeas.register import events, intake, signing
from habeas.register.events import Body, Event, Record, Row
from habeas.register.log import Log, Signed
from habeas.register.waiting import Correspondence, DraftState
from habeas.service import asking, message
from habeas.service.act_desk import ActDesk, Open, Room
from habeas.service.asking import Found
from habeas.service.judging import Bench
from habeas.service.message import Letter, Waits, refused
from habeas.service.reads import Registrar
from habeas.service.submit import Outcome, submit
from habeas.service.transfer import Ground
from habeas.terms import EventKind

PAIR = 2  # states of an agreement that leaves no doubt for whom a person was authorised


@dataclass(frozen=True, slots=True)
class Line:
    """One exchange: under which agreement, from which state to which."""

    bench: Bench
    ground: Ground
    own: str
    peer: str

    @property
    def name(self) -> str:
        """Under which its state is kept."""
        return f"{self.ground.deal.id} {self.ground.states[0]} {self.ground.states[1]} {self.peer}"

    def of_peer(self, authority: str) -> bool:
        """Whether an authority is of the peer's state."""
        found = {one.id: one.state for one in self.ground.deal.authorities}
        return found.get(authority) == self.peer


@dataclass(frozen=True, slots=True)
class Told:
    """Events for the peer, and how far in the own log they reach."""

    records: list[Record]
    start: int  # nothing below it, from what the peer has on, concerns the peer
    upto: int


def shared(log: Log, ground: Ground, start: int, came: "Came") -> Told:
    """What the peer has not been told of persons whose transfer was authorised.

    Args:
        log: the own register.
        ground: the agreement, and the pair of states.
        start: the size up to which everything was told.
        came: tells which of some event ids came from the peer.
    """
    found, first, upto = list[Record](), start, start
    authorised = _Authorised(log, ground)
    size = 0
    for row in log.store.rows(start, log.size):
        news = _told_with(log, row, authorised)
        fresh = [one for one in log.vault.records(news) if one.event_id not in came([one.event_id])]
        size += sum(len(one.body) for one in fresh)
        if found and (len(found) + len(fresh) > message.MOST or size > message.BYTES):
            break
        found += fresh
        upto = row.index + 1
        first = first if found else upto
    return Told(found, first, upto)


def concerning(log: Log, ground: Ground) -> Callable[[Row], list[Row]]:
    """Which rows concern the peer, from the one on that is read: for reading a log in order."""
    authorised = _Authorised(log, ground)
    return lambda row: _told_with(log, row, authorised)


def _told_with(log: Log, row: Row, authorised: "_Authorised") -> list[Row]:
    """The rows that are told when the reading comes to one: it, or all before an authorisation."""
    since = None if row.subject is None else authorised.since(row.subject)
    if row.subject is None or since is None or row.index < since:
        return []
    if row.index > since:
        return [row]
    return [one for one in log.store.of_person(row.subject) if one.index <= since]


class _Authorised:
    """From which index on each person concerns the peer."""

    def __init__(self, log: Log, ground: Ground) -> None:
        self._log, self._ground = log, ground
        self._known: dict[str, int | None] = {}

    def since(self, subject: str) -> int | None:
        """The index of the first authorisation for this pair; None where there is none."""
        if subject not in self._known:
            rows = self._log.store.of_person(subject)
            decided = (one for one in rows if one.kind == EventKind.AUTHORISED)
            fitting = (one.index for one in self._log.vault.records(decided) if self._fits(one))
            self._known[subject] = next(fitting, None)
        return self._known[subject]

    def _fits(self, record: Record) -> bool:
        event, deal = events.event(events.parse(record.body)), self._ground.deal
        sending, receiving = self._ground.states
        states = {one.id: one.state for one in deal.authorities}
        signed = {states.get(one.authority) for one in event.actors}
        if event.agreement != deal.id or signed != {sending}:
            return False
        return len(deal.parties) == PAIR or event.body.get("receiving") == receiving


class Came:
    """Which events came from a peer."""

    def __init__(self, room: Room, peer: str) -> None:
        self._room, self._peer = room, peer

    def __call__(self, event_ids: Sequence[str]) -> set[str]:
        """Those of some ids."""
        return self._room.waiting.came(self._peer, event_ids)


class PostDesk:
    """Writes messages for the other state, and takes in what it writes."""

    def __init__(self, room: Room, acts: ActDesk, registrar: Registrar) -> None:
        self._room, self._acts, self._registrar = room, acts, registrar
        self._used: Line | None = None

    def outgoing(self, asked: asking.Outgoing) -> Found:
        """The next message for the peer; empty where there is nothing to tell.

        Raises:
            RegisterError: H926, when the registrar's authority is of neither state.
        """
        line = self.line(
            asked.agreement or self._registrar.agreement, asked.sending, asked.receiving
        )
        stands, log = self._room.waiting.correspondence(line.name), self._room.log
        start = max(stands.acked, stands.looked)
        told = shared(log, line.ground, start, Came(self._room, line.name))
        drafts, dropped = self._drafts(line)
        withdrawn = len(dropped) > stands.withdrawn
        if not (told.records or drafts or withdrawn or stands.owes):
            self._room.waiting.correspond(line.name, replace(stands, looked=told.start))
            return {"events": 0, "drafts": 0}
        sending, receiving = line.ground.states
        said: Body = {
            "v": 1,
            "from": log.origin,
            "to": line.peer,
            "agreement": line.ground.deal.id,
            "sending": sending,
            "receiving": receiving,
            "after": stands.acked,
            "upto": told.upto if told.records else stands.acked,
            "received": stands.received,
            "events": [message.item(one) for one in told.records],
            "drafts": [{**message.item(one.record), "since": one.kept.since} for one in drafts],
            "dropped": message.texts(dropped),
        }
        text = message.written(said, self._registrar)
        self._room.waiting.correspond(
            line.name, replace(stands, looked=told.start, owes=False, withdrawn=len(dropped))
        )
        more = told.upto < log.size
        counts = {"events": len(told.records), "drafts": len(drafts)}
        return {"message": text, "more": more, "to": line.peer, **counts}

    def _drafts(self, line: Line) -> tuple[list[Open], list[str]]:
        """Those that wait for the peer, and those of them that were dropped or are void."""
        authorised = _Authorised(self._room.log, line.ground)
        waiting, dropped = list[Open](), list[str]()
        for one in self._room.waiting.drafts():
            kept = self._acts.opened(one.row.event_id)
            if kept is None or kept.event.subject is None or not _under(kept, line):
                continue
            peers = any(line.of_peer(actor.authority) for actor in kept.waits_for)
            if not peers or authorised.since(kept.event.subject) is None:
                continue
            if one.state is DraftState.WAITING:
                waiting.append(kept)
            else:
                dropped.append(kept.event.id)
        return waiting[: message.DRAFTS], dropped[-message.DRAFTS :]

    def receive(self, asked: asking.Receive) -> Found:
        """Take in a message: append what may be appended, keep drafts, tell each outcome.

        Raises:
            RegisterError: H921 for a text that is none, H923 for its signature, H924 when it is not
                for this installation, or of another log than before; nothing was taken in.
        """
        letter = message.read(asked.message)
        line, stands = self._checked(letter)
        told, waiting = letter.message, self._room.waiting
        outcomes, came = self._take(line, [one.signed() for one in told.events])
        drafts = [self._draft(line, one) for one in told.drafts]
        for one in told.dropped:
            self._dropped(line, one)
        received = stands.received
        if told.after <= received:
            received = max(received, told.upto)
        acked = min(told.received, self._room.log.size)
        now = Correspondence(
            acked,
            stands.looked if acked >= stands.acked else 0,
            received,
            stands.owes or told.upto > told.after or told.after > received,
            told.origin,
            stands.withdrawn,
        )
        waiting.correspond(line.name, now, came)
        parked = len(waiting.parked(line.name))
        return {"events": outcomes, "drafts": drafts, "parked": parked, "received": received}

    def _checked(self, letter: Letter) -> tuple[Line, Correspondence]:
        told = letter.message
        line = self.line(told.agreement, told.sending, told.receiving)
        key = self._room.keys().enrolled.get(letter.key)
        good = key is not None and key.until is None and key.authority == letter.authority
        if key is None or not good or not line.of_peer(letter.authority):
            raise refused("H923", "the message is signed by no good key of the other state")
        letter.check(key.public)
        stands = self._room.waiting.correspondence(line.name)
        if told.to != line.own or told.origin == self._room.log.origin:
            raise refused("H924", "the message is for another installation")
        if stands.origin not in {"", told.origin}:
            raise refused("H924", "the message comes from another log than those before it")
        return line, stands

    def shared_line(self, under: asking.Under) -> Line | None:
        """The exchange of an agreement; where it has several pairs, the one that was used last.

        None where none was used since the start.
        """
        try:
            agreement = under.agreement or self._registrar.agreement
            return self.line(agreement, under.sending, under.receiving)
        except HabeasError:
            return self._used

    def line(self, agreement: str, sending: str | None, receiving: str | None) -> Line:
        """The exchange of an agreement with the other of its two states.

        Raises:
            RegisterError: H926, when the registrar's authority is of neither.
        """
        bench = self._room.bench(agreement, sending, receiving)
        ground = bench.ground
        if ground is not None:
            here = self._registrar.authority
            own = next((one.state for one in ground.deal.authorities if one.id == here), "")
            pair = ground.states
            if own in pair:
                self._used = Line(bench, ground, own, pair[1] if own == pair[0] else pair[0])
                return self._used
        what = f"the registrar's authority is of neither state of '{agreement}'"
        fix = "Name an agreement, and the two states, of which this register's authority is one."
        spanish = (
            f"la autoridad que lleva el registro no es de ninguno de los Estados de '{agreement}'",
            "Nombre un acuerdo, y los dos Estados, de uno de los cuales sea esta autoridad.",
        )
        raise RegisterError(Fault("H926", what, fix, spanish=spanish))

    # Events that come

    def _take(self, line: Line, fresh: Sequence[Signed]) -> tuple[list[Found], list[str]]:
        """Submit what came, and what was refused before; until no more can be appended."""
        outcomes: dict[bytes, tuple[str, Outcome]] = {}
        batch = [*self._parked(line), *(self._with_sections(one) for one in fresh)]
        while batch:
            found = self._submitted(line, batch)
            outcomes |= found
            left = [one for one in batch if not isinstance(found[one.entry][1], int)]
            batch = left if len(left) < len(batch) else []
        stand = [name for name, outcome in outcomes.values() if isinstance(outcome, int)]
        self._room.waiting.unpark(line.name, stand)
        for one in stand:
            self._room.waiting.forget(one)
        told = list[Found]()
        for signed in fresh:
            name, outcome = outcomes[signed.entry]
            if not isinstance(outcome, int):
                self._park(line, signed, outcome)
            told.append(_outcome(name, outcome))
        if stand:
            self._room.log.publish(self._room.clock())
        return told, stand

    def _submitted(self, line: Line, batch: Sequence[Signed]) -> dict[bytes, tuple[str, Outcome]]:
        found: dict[bytes, tuple[str, Outcome]] = {}
        good = list[tuple[str, Signed]]()
        for one in batch:
            try:
                event = events.event(events.parse(one.body))
            except RegisterError as error:
                found[one.entry] = ("", error)
                continue
            if event.subject is None:
                found[one.entry] = (event.id, refused("H927", "only events of persons travel"))
            else:
                good.append((event.id, one))
        log, clock = self._room.log, self._room.clock
        outcomes = submit(
            line.bench, [one for _, one in good], lambda some: log.append_each(some, clock())
        )
        for (name, one), outcome in zip(good, outcomes, strict=True):
            found[one.entry] = (name, outcome)
        return found

    def _with_sections(self, signed: Signed) -> Signed:
        """An event of which the own draft holds sections, with these."""
        try:
            name = events.event(events.parse(signed.body)).id
        except RegisterError:
            return signed
        kept = self._acts.opened(name)
        if kept is None or kept.record.body != signed.body:
            return signed
        return replace(signed, sections=self._acts.sections(kept))

    def _parked(self, line: Line) -> Iterator[Signed]:
        for record in self._room.log.vault.records(self._room.waiting.parked(line.name)):
            yield Signed(record.body, record.sigblock, record.salt, record.path, record.manifest)

    def _park(self, line: Line, signed: Signed, why: HabeasError) -> None:
        """Keep a refused event as evidence, sealed under its person's key, to be tried again."""
        try:
            event = events.event(events.parse(signed.body))
        except RegisterError:
            return  # it is told; of whom it speaks is not known
        vault, log = self._room.log.vault, self._room.log
        if event.subject is None:
            return
        if vault.without_key([event.subject]):
            if log.store.persons([event.subject]):
                return  # erased
            vault.draw([event.subject])
        record = _record(event, signed)
        if self._room.waiting.park(line.name, vault.seal(record)):
            what = f"event {event.id} of {event.subject}, told by {line.peer}: {why.code}"
            log.store.keep_evidence(self._room.clock(), what, vault.evidence(record))

    # Drafts that come

    def _draft(self, line: Line, waits: Waits) -> Found:
        name = ""
        try:
            event = events.event(events.parse(waits.body), self._room.log.size)
            name = event.id
            there = self._room.log.store.by_ids([name]).get(name)
            if there is not None:
                return {"id": name, "index": there.index}
            self._drafted(line, event, waits)
        except RegisterError as error:
            return _outcome(name, error)
        return {"id": name, "state": DraftState.WAITING.value}

    def _drafted(self, line: Line, event: Event, waits: Waits) -> None:
        keys = self._room.keys().signers(event, self._room.log.size)
        block = waits.sigblock
        ids = {block[n : n + signing.KEYID].hex() for n in range(0, len(block), signing.BLOCK)}
        theirs = {key: public for key, public in keys.items() if key in ids}
        signing.check_sigblock(waits.body, block, theirs)
        kept = self._acts.opened(event.id)
        if kept is not None and (kept.record.body, kept.record.salt) != (waits.body, waits.salt):
            raise refused("H533", f"draft {event.id} is already there with other content")
        if kept is not None:
            if kept.kept.state is DraftState.WAITING and not ids <= kept.signed:
                self._acts.merged(kept, block)
            return
        events.instant(waits.since)
        intake.in_time(event, self._room.clock())
        line.bench.judge(event)
        signed = Signed(waits.body, block, waits.salt)
        self._acts.keep(signed, line.bench, waits.since)

    def _dropped(self, line: Line, event_id: str) -> None:
        kept = self._acts.opened(event_id)
        if kept is None or kept.kept.state is not DraftState.WAITING or not _under(kept, line):
            return
        if line.of_peer(kept.event.actors[0].authority):
            self._acts.end(kept, DraftState.DROPPED, "the other state has withdrawn it")


def _under(kept: Open, line: Line) -> bool:
    states = (kept.kept.sending, kept.kept.receiving)
    return kept.kept.agreement == line.ground.deal.id and states == line.ground.states


def _record(event: Event, signed: Signed) -> Record:
    parts = (signed.salt, signed.body, signed.sigblock, signed.path, signed.manifest)
    return Record(-1, signed.entry, event.id, event.kind, event.subject, event.seq, *parts)


def _outcome(name: str, outcome: Outcome) -> Found:
    if isinstance(outcome, int):
        return {"id": name, "index": outcome}
    return {"id": name, **asking.refusal(outcome)}

"""The feed at the gateway: publications of the own log, the mirror of the peer's, and settlement.

Rules
- Nothing is taken of a peer that the register has not enrolled, nothing of another log than its.
- The mirror and the witness have locks of their own, and wait for nobody: a peer that asks for a
  cosignature while this register publishes is answered, so that two who publish at once never wait
  for each other. Whoever holds the mirror's lock never asks for the register's.
- What is cosigned as witness is held to the mirror first: one party shows one history.
- Only checkpoints that were published are given out, where the policy asks for a quorum: one that
  an act was recorded under would tell how many events came between.

Source: docs/spec/feed.md, docs/spec/gateway.md.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from habeas.errors import Fault, RegisterError
from habeas.register import checkpoint, exchange, witness
from habeas.register.checkpoint import read_note
from habeas.register.events import Row
from habeas.register.exchange import Shelf
from habeas.register.keys import Keyring
from habeas.register.log import Log
from habeas.register.policy import Policy
from habeas.register.receipt import Receipt
from habeas.register.settlement import HOURS, Change, SettlementLedger
from habeas.register.signing import Signer
from habeas.register.waiting import Waiting
from habeas.register.witness import Answer, Witness, WitnessStore
from habeas.service import feed_asks, forks, message, mirror, record, settle
from habeas.service.asking import Found, Under
from habeas.service.forks import Clash
from habeas.service.mirror import Cosigner, Mirror
from habeas.service.post import Line
from habeas.service.press import Press
from habeas.service.settle import Both, Sharing, Summary
from habeas.terms import Settlement

WITNESS = "witness"
CONTRADICTS = "H936"
STALE = timedelta(minutes=1)
S = Settlement
OPEN = (S.OVERDUE, S.DISPUTED, S.LOGGED, S.PUBLISHED, S.MIRRORED)  # in the order of telling


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an installation holds for the feed, beside its register."""

    shelf: Shelf  # of the mirror
    memory: WitnessStore
    ledger: SettlementLedger
    signers: Mapping[str, Signer]  # by role: two keys, each used for nothing else
    under: Under = field(default_factory=Under)  # empty: as the registrar's agreement has it


@dataclass(frozen=True, slots=True)
class House:
    """What the desk needs of the gateway that holds it."""

    log: Log
    policy: Policy  # of the own log
    waiting: Waiting
    clock: Callable[[], datetime]
    lock: threading.RLock  # of the register
    line: Callable[[], Line | None]  # between which states; None where it is not known
    press: Press
    keys: Callable[[], Keyring]


class FeedDesk:
    """Answers what is asked of the feed."""

    def __init__(self, house: House, holdings: Holdings | None) -> None:
        """Open for business; the mirror is opened when it is first asked for."""
        self._house, self._holdings = house, holdings
        self._mirror_lock = threading.Lock()
        self._mirror: Mirror | None = None
        self._peer: Policy | RegisterError | None = None  # or why it cannot be read
        self.learn()
        self._published: tuple[int, str] | None = None
        self._moved = True  # a checkpoint may have met its quorum since it was last looked for
        self._known = 0  # leaves of the peer's log under the largest checkpoint that it showed
        self._summary: Summary | None = None
        self._settled_at: datetime | None = None
        self._kept = set[tuple[int, str]]()  # size and name of lines that are known to be kept

    def answer(self, asked: feed_asks.Feeding) -> Found:
        """The answer to one request.

        Raises:
            RegisterError: H942 to H944, when nothing can be answered here; what the mirror, the
                witness and the log refuse.
        """
        match asked:
            case feed_asks.Publication() | feed_asks.TakeCosigned():
                return self._own(asked)
            case feed_asks.TakePublication() | feed_asks.Cosign() | feed_asks.Shown():
                return self._theirs(asked)
            case feed_asks.Accusation():
                return {"proof": self._accusation()}
            case feed_asks.Settlements():
                return self._settlements(asked)
            case feed_asks.Feed():
                return self._stands()

    def _own(self, asked: feed_asks.Publication | feed_asks.TakeCosigned) -> Found:
        match asked:
            case feed_asks.Publication(after, met):
                return self._publication(after, met=met)
            case feed_asks.TakeCosigned(note):
                return {"added": self._take_cosigned(note)}

    def _theirs(
        self, asked: feed_asks.TakePublication | feed_asks.Cosign | feed_asks.Shown
    ) -> Found:
        match asked:
            case feed_asks.TakePublication(text):
                return self._take(text)
            case feed_asks.Cosign(request, role):
                found = self._cosign(request.encode(), role)
                return {"status": found.status, "body": found.body, "type": found.type}
            case feed_asks.Shown(role, digest):
                return {"note": self._shown(role, digest)}

    def learn(self) -> None:
        """Read in the register who is enrolled as peer, under which policy."""
        with self._house.lock:
            try:
                peer: Policy | RegisterError | None = mirror.enrolled(self._house.log)
            except RegisterError as error:
                peer = error
            with self._mirror_lock:
                self._peer, self._mirror = peer, None

    # The own log

    def _publication(self, after: int, *, met: bool) -> Found:
        with self._house.lock:
            latest = self._met() if met else self._given_out()
            if latest is None:
                raise _absent("this log has published nothing yet")
            text, end = exchange.part(self._house.log.store, after, latest)
        return {"publication": text, "to": end, "size": latest[0], "more": end < latest[0]}

    def _given_out(self) -> tuple[int, str] | None:
        """The largest checkpoint that anybody may have; None before the first."""
        if self._house.policy.quorum == "none":
            return self._house.log.store.latest()
        both = [one for one in (self._house.press.latest, self._met()) if one is not None]
        return max(both, key=lambda one: one[0], default=None)

    def _met(self) -> tuple[int, str] | None:
        """The largest checkpoint that met the policy's quorum, with its lines; None before one."""
        if self._moved:  # to look through every checkpoint takes long where acts made many
            store, policy = self._house.log.store, self._house.policy
            floor = self._published[0] - 1 if self._published else -1
            self._published = mirror.quorum(store, policy, floor) or self._published
            self._moved = False
        return self._published

    def _take_cosigned(self, note: str) -> int:
        house, read = self._house, read_note(note)
        signed = house.policy.cosigners(read)
        size = read.checkpoint.size
        with house.lock:
            if size > house.log.size or house.log.tree.root(size) != read.checkpoint.root:
                house.log.hold_to(read.checkpoint)
            fresh = {
                line.name
                for line in read.lines
                if line.name in signed and (size, line.name) not in self._kept
            }
            house.log.store.cosign(size, checkpoint.lines_of(note, fresh))
            self._kept |= {(size, name) for name in fresh}
            self._moved = self._moved or bool(fresh)
        if fresh:
            self.settle()
        return len(fresh)

    # The peer's log

    def _take(self, text: str) -> Found:
        with self._mirror_lock:
            held = self._opened()
            found = held.take(text)
            if found.whole:
                self._countersign(held)
            self._known = max(self._known, found.size, found.covers)
        self.settle()
        return {"size": found.size, "added": found.added, "whole": found.whole}

    def _cosign(self, request: bytes, role: feed_asks.Cosigner) -> Answer:
        with self._mirror_lock:
            held = self._opened()
            if role != WITNESS:
                return held.add(request)
            against = _contradicts(held, request)
        time = int(self._house.clock().timestamp())
        return against or self._witness(held.policy).add(request, time)

    def _shown(self, role: feed_asks.Cosigner, digest: str) -> str:
        with self._mirror_lock:
            held = self._opened()
            found = held.latest(digest) if role != WITNESS else None
        if role == WITNESS:
            found = self._witness(held.policy).latest(digest)
        if not found:
            raise _absent("of that log nothing was cosigned here")
        return found

    def _accusation(self) -> str:
        with self._mirror_lock:
            found = self._opened().contradiction()
        if found is None:
            raise _absent("nothing shows that the other log has signed two histories")
        return found

    def _countersign(self, held: Mirror) -> None:
        """Cosign as witness what the mirror holds whole: also where the peer cannot ask for it.

        Under the mirror's lock.
        """
        note, own = read_note(held.note()), self._witness(held.policy)
        latest = own.store.latest(held.origin)
        old, size = (latest.size if latest else 0), note.checkpoint.size
        if old < size:
            proof = held.tree.consistency(old, size) if old else []
            text = checkpoint.note_text(
                note, [one for one in note.lines if one.name == held.origin]
            )
            request = witness.write_request(old, proof, text)
            own.add(request.encode(), int(self._house.clock().timestamp()))

    def _witness(self, peer: Policy) -> Witness:
        held = self._at_hand()
        name = mirror.name_of(self._house.log.origin, WITNESS)
        logs = {peer.log.name: (peer.log, *peer.also)}
        return Witness(name, (held.signers["witness"],), logs, held.memory)

    def _at_hand(self) -> Holdings:
        if self._holdings is None:
            what = "this gateway keeps no mirror: mirror.key and witness.key are not beside it"
            fix = "Draw them with 'habeas feed keys', and start the gateway again."
            raise RegisterError(Fault("H944", what, fix))
        return self._holdings

    def _opened(self) -> Mirror:
        """The mirror of whoever is enrolled; under the mirror's lock."""
        if self._mirror is None:
            held = self._at_hand()
            if isinstance(self._peer, RegisterError):
                raise self._peer
            if self._peer is None:
                what = "no peer is enrolled in this register"
                fix = "Enrol it with its policy: habeas feed enrol."
                raise RegisterError(Fault("H942", what, fix))
            name = mirror.name_of(self._house.log.origin)
            who = Cosigner(name, held.signers["mirror"])
            self._mirror = Mirror(held.shelf, self._peer, who, self._house.clock)
        return self._mirror

    # Both

    def settle(self) -> None:
        """Bring the settlement of every shared event up to what both logs show now.

        Nothing is done where there is no mirror, or no pair of states to share with.
        """
        with self._house.lock, self._mirror_lock:
            self._moved = True  # whoever has published settles next
            both, line = self._both(), self._house.line()
            if both is None or line is None:
                return
            now = self._house.clock()
            sharing, disputed = Sharing(both.log, line, self._house.waiting), self._clashes()
            ids = [one.own.event_id for one in disputed]
            self._summary = settle.run(both, sharing, now, disputed=ids)
            self._settled_at = now

    def _clashes(self) -> list[Clash]:
        """The events here whose place another event of the peer claims."""
        return list(forks.clashes(self._house.log, self._house.waiting.parked(None)))

    def _fresh(self) -> Summary | None:
        """How the shared events stand, at most a minute old: what is due may have passed."""
        if self._settled_at is None or self._house.clock() - self._settled_at >= STALE:
            self.settle()
        return self._summary

    def _both(self) -> Both | None:
        """Both logs; under both locks. None where nothing is mirrored."""
        if self._holdings is None or not isinstance(self._peer, Policy):
            return None
        return Both(self._house.log, self._house.policy, self._opened(), self._holdings.ledger)

    def proof(self, row: Row) -> Found | None:
        """The proof of how one event stands; None where it is not shared.

        Raises:
            RegisterError: H940, while it can be proven neither settled nor overdue; H543, when no
                checkpoint covers a disputed one yet.
        """
        self._fresh()
        with self._house.lock, self._mirror_lock:
            both = self._both()
            kept = None if both is None else both.ledger.kept([row.event_id]).get(row.event_id)
            if both is None or kept is None:
                return None
            fork = next((one for one in self._clashes() if one.own.event_id == row.event_id), None)
            if fork is not None:
                return {"proof": forks.document(both.log, fork, both.mirror.proof)}
            if kept.state is Settlement.OVERDUE:
                said = self._acknowledged(both, row.index)
                return {"proof": settle.overdue(both, row.event_id, HOURS, said)}
            return {"proof": settle.document(both, row.event_id)}

    def heard(self, text: str) -> None:
        """Keep the peer's word of how much it took in, out of a message that was believed.

        Only one that tells nothing else: a proof that holds it is handed to others.
        """
        letter = message.read(text)
        if self._holdings is None or letter.message.events or letter.message.drafts:
            return
        self._holdings.ledger.acknowledge(text)

    def _acknowledged(self, both: Both, index: int) -> tuple[str, Receipt] | None:
        """The peer's signed word that it took an entry in, and its key's enrolment.

        None where there is none, or no quorum stands over the enrolment yet.
        """
        text, under = both.ledger.acknowledgement(), self._met()
        if text is None or under is None:
            return None
        letter = message.read(text)
        key = self._house.keys().enrolled.get(letter.key)
        if letter.message.received <= index or key is None or key.since >= under[0]:
            return None
        return text, record.make_receipt(both.log.store, both.log.vault, key.since, under)

    def _settlements(self, asked: feed_asks.Settlements) -> Found:
        summary, ledger = self._fresh(), self._at_hand().ledger
        found = list[Change]()
        for state in OPEN if asked.only is None else (asked.only,):
            found += ledger.listed(state, asked.limit - len(found))
        with self._house.lock:
            rows = self._house.log.store.by_ids(one.event_id for one in found)
        return {
            "counts": dict(ledger.counts()),
            "hours": HOURS,
            "witnessed": summary is not None and summary.witnessed,
            "events": [_listed(one, rows[one.event_id].kind) for one in found],
        }

    def _stands(self) -> Found:
        summary = self._fresh()
        with self._house.lock:
            latest, met = self._given_out(), self._met()
            own = {
                "origin": self._house.log.origin,
                "size": self._house.log.size,
                "published": latest[0] if latest else 0,
                "witnessed": met[0] if met else 0,
            }
        with self._mirror_lock:
            held = self._opened()
            there = {
                "origin": held.origin,
                "size": held.size,
                "known": max(self._known, held.size),
                "published": (held.quorum() or (0, ""))[0],
                "split": held.contradiction() is not None,
            }
        counts = {} if summary is None else dict(summary.counts)
        witnessed = summary is not None and summary.witnessed
        return {"own": own, "mirror": there, "counts": counts, "witnessed": witnessed}


def _listed(one: Change, kind: str) -> Found:
    found: dict[str, object] = {
        "event": one.event_id,
        "kind": kind,
        "index": one.own_index,
        "state": one.state,
        "since": one.since.isoformat(),
        "due": one.due.isoformat(),
        "changed": one.at.isoformat(),
    }
    return found if one.peer_index is None else {**found, "peer_index": one.peer_index}


def _contradicts(held: Mirror, request: bytes) -> Answer | None:
    """Why a checkpoint may not be cosigned: the mirror holds another history; None: it may be."""
    try:
        note = witness.read_request(request).note
        held.compare(checkpoint.note_text(note, note.lines))
    except RegisterError as error:  # what else is wrong with it the witness tells in its own order
        if error.code == CONTRADICTS:
            return Answer(422, error.faults[0].what + "\n")
    return None


def _absent(what: str) -> RegisterError:
    return RegisterError(Fault("H943", what, "Ask again once there is."))

"""The one writer of an installation: the register, the log of reads, and the keys of both.

Rules
- Everything that touches a store goes through one lock: nobody reads what is not committed.
- A read is recorded, durably, before anything of it is given out. Where it cannot be recorded,
  nothing is given out. A read that finds nothing is recorded too.
- The log of reads knows readers and persons by pseudonyms under the installation's secret, and
  never by index: who holds both logs and not the secret cannot join them.
- Somebody who is not on the register, who was erased, and somebody of whom the asker is told
  nothing: the answer is the same (H912).
- An asker of whom the trust file, or the register's keys, know nothing is told nothing.
- The log of reads believes the same keys as the register: each enrolment, rotation and revocation
  is copied to it as it was signed.

What is left out: which field an authority may see (that is the access table's business), and who
the asker really is: whoever may open the socket may name any asker, and the record holds that name.
Source: docs/spec/gateway.md.
"""

import base64
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import islice

from habeas.errors import Fault, HabeasError, RegisterError, SigningRefused
from habeas.register import checkpoint, events
from habeas.register.content import is_pad
from habeas.register.events import Body, Row
from habeas.register.keys import KEY_KINDS, Trust
from habeas.register.log import Log, Signed
from habeas.register.signing import Signer
from habeas.register.waiting import Waiting
from habeas.service import (
    agree,
    asking,
    disclose,
    feed_asks,
    headed,
    keep,
    publish,
    reads,
    record,
    transfer,
)
from habeas.service.act_desk import ActDesk, Room
from habeas.service.asking import Found, Under
from habeas.service.disclose import May
from habeas.service.feed_desk import FeedDesk, Holdings, House
from habeas.service.judging import Bench
from habeas.service.letterbox import Door, LetterDesk, at_hand
from habeas.service.post import PostDesk
from habeas.service.press import Press
from habeas.service.sequencer import Sequencer
from habeas.service.submit import submit
from habeas.service.transfer import Ground
from habeas.terms import EventKind

ANSWERED = 1024 * 1024  # bytes of bodies in one answer; what follows is asked for anew


@dataclass(frozen=True, slots=True)
class Books:
    """The two logs, and what their readers believe."""

    log: Log
    reads: Log
    trust: Trust
    waiting: Waiting  # what lacks a signature, and what goes to the other state
    clients: publish.Clients = field(default_factory=dict[str, publish.WitnessClient])
    door: Door | None = None  # where strangers ask; None where nobody may
    feed: Holdings | None = None  # of the peer's log; None where nothing is mirrored


@dataclass(frozen=True, slots=True)
class Means:
    """What the gateway holds and what comes to it from outside."""

    registrar: Signer  # signs what the gateway itself records
    secret: bytes  # of the installation; pseudonyms in the log of reads hang on it
    clock: Callable[[], datetime]  # UTC, whole seconds
    chance: Callable[[int], bytes]
    library: agree.Library
    officers: Mapping[str, Sequence[Signer]] = field(default_factory=dict[str, Sequence[Signer]])
    alone: bool = False  # sign though too few witnesses answer at the start


class Gateway:
    """Answers requests; owns both logs as long as it lives."""

    def __init__(self, books: Books, means: Means) -> None:
        """Open for business.

        Raises:
            RegisterError: H913, when the registrar's key is not good in the register.
        """
        self._books, self._means, self._lock = books, means, threading.RLock()
        self._benches: dict[tuple[str, str | None, str | None], Bench] = {}
        self._started = means.clock()
        self._audited: date | None = None
        witnesses = (books.trust.policy, books.clients)
        self._press = Press(books.log, witnesses, means.clock, self._lock, alone=means.alone)
        self._follow_keys()
        self._registrar = reads.registrar(books.log, self._keys, means.registrar, means.chance)
        self._reads = reads.ReadLog(books.reads, self._registrar, means.secret)
        hands = (books.waiting, means.officers, means.clock, means.chance)
        room = Room(books.log, *hands, self._bench, lambda: self._keys)
        self._acts = ActDesk(room)
        self._post = PostDesk(room, self._acts, self._registrar)
        door, own = books.door, self._registrar
        self._letters = None if door is None else LetterDesk(door, room, own)
        line = partial(self._post.shared_line, books.feed.under if books.feed else Under())
        given = (means.clock, self._lock, line, self._press, lambda: self._keys)
        house = House(books.log, books.trust.policy, books.waiting, *given)
        self._feed = FeedDesk(house, books.feed)
        books.reads.publish(means.clock())
        self._sequencer = Sequencer[asking.Submit, Found](self, means.clock)

    @property
    def waits(self) -> SigningRefused | None:
        """Why nothing is signed yet; None where it is."""
        return self._press.waits

    def close(self) -> None:
        """Write what still waits, and sign the last head of the log of reads."""
        self._sequencer.stop()
        with self._lock:
            self._books.reads.publish(self._means.clock())

    def answer(self, data: bytes) -> bytes:
        """The answer to one request, a refusal included."""
        try:
            asked = asking.request(data)
            if isinstance(asked, asking.Submit):  # written together with what others submit
                return asking.answered(self._sequencer.submit(asked).result())
            if isinstance(asked, feed_asks.Feeding):  # it has locks of its own
                return asking.answered(self._fed(asked))
            if isinstance(asked, asking.Publish):
                return asking.answered(self._publish(pads=asked.pads))
            return asking.answered(self._answer(asked))
        except HabeasError as error:
            return asking.told(error)

    def _fed(self, asked: feed_asks.Feeding) -> Found:
        found = self._feed.answer(asked)
        if isinstance(asked, feed_asks.TakeCosigned) and self._press.catch_up():
            self._feed.settle()
        return found

    def _answer(self, asked: asking.Alone) -> Found:
        with self._lock:
            match asked:
                case asking.Append() | asking.Audit() | asking.Status():
                    return self._kept(asked)
                case asking.Act() | asking.Sign() | asking.Drop():
                    return self._acted(asked)
                case asking.Read():
                    return self._read(asked)
                case asking.Drafts() | asking.Seen() | asking.Reads():
                    return self._told(asked)
                case asking.Outgoing() | asking.Receive():
                    return self._posted(asked)
                case asking.Take() | asking.Requests() | asking.Decide():
                    return self._strange(asked)

    def _kept(self, asked: asking.Append | asking.Audit | asking.Status) -> Found:
        match asked:
            case asking.Append():
                return self._append(asked)
            case asking.Audit():
                return self._audit()
            case asking.Status():
                return self._status()

    def _posted(self, asked: asking.Post) -> Found:
        if isinstance(asked, asking.Outgoing):
            return self._post.outgoing(asked)
        found = self._post.receive(asked)
        self._feed.heard(asked.message)
        return found

    def _acted(self, asked: asking.Act | asking.Sign | asking.Drop) -> Found:
        match asked:
            case asking.Act():
                return self._acts.act(asked)
            case asking.Sign():
                return self._acts.sign(asked)
            case asking.Drop():
                return self._acts.drop(asked)

    # Writing

    def _append(self, asked: asking.Append) -> Found:
        bench = self._bench(asked.agreement, asked.sending, asked.receiving)
        batch, log = asking.signed(asked.events), self._books.log
        at = self._means.clock()
        indexes = record.append_under(bench, batch, at, publish=asked.publish)
        self._learn(batch)
        return {"indexes": indexes, "size": log.size}

    def append_each(
        self, batch: Sequence[asking.Submit], recorded_at: datetime
    ) -> Sequence[Found | HabeasError]:
        """Write what several callers have submitted in as few transactions as it takes."""
        del recorded_at  # each write takes its own instant
        with self._lock:
            return self._submitted(batch)

    def _submitted(self, asked: Sequence[asking.Submit]) -> list[Found | HabeasError]:
        by_ground: dict[tuple[str, str | None, str | None], list[int]] = {}
        for place, one in enumerate(asked):
            by_ground.setdefault((one.agreement, one.sending, one.receiving), []).append(place)
        found: dict[int, Found | HabeasError] = {}
        for under, places in by_ground.items():
            try:
                bench = self._bench(*under)
                batches = {place: asking.signed(asked[place].events) for place in places}
            except HabeasError as error:
                found |= dict.fromkeys(places, error)
                continue
            found |= self._written(bench, batches)
        return [found[place] for place in range(len(asked))]

    def _written(self, bench: Bench, batches: Mapping[int, Sequence[Signed]]) -> dict[int, Found]:
        whole = [signed for batch in batches.values() for signed in batch]
        outcomes = iter(submit(bench, whole, self._write))
        self._learn(whole)
        size = self._books.log.size
        return {
            place: {
                "outcomes": [
                    one if isinstance(one, int) else asking.refusal(one)
                    for one in islice(outcomes, len(batch))
                ],
                "size": size,
            }
            for place, batch in batches.items()
        }

    def _write(self, batch: Sequence[Signed]) -> Sequence[int | RegisterError]:
        return self._books.log.append_each(batch, self._means.clock())

    def publish(self, recorded_at: datetime, *, pads: bool = False) -> str:
        """Sign and keep a checkpoint under the policy's witnesses; returns its note."""
        del recorded_at
        return str(self._publish(pads=pads)["checkpoint"])

    def _publish(self, *, pads: bool) -> Found:
        """Sign a checkpoint under the witnesses, and settle what it covers; without the lock."""
        found = self._press.publish(pads=pads)
        self._feed.settle()
        return found

    def keep_time(self) -> None:
        """What the cadence asks for: a publication under the witnesses; once a day, an audit.

        Raises:
            SigningRefused: when a witness is ahead, or the log may not sign.
        """
        with self._lock:
            today = self._means.clock().date()
            if self._audited != today:
                self._audited = today
                self._audit()
        self._press.keep_time()
        self._feed.settle()

    def _bench(self, agreement: str, sending: str | None, receiving: str | None) -> Bench:
        key = (agreement, sending, receiving)
        if key not in self._benches:
            self._benches[key] = Bench(self._books.log, self._ground(*key))
        return self._benches[key]

    def _ground(self, agreement: str, sending: str | None, receiving: str | None) -> Ground | None:
        if not agreement:
            return None
        deal = self._means.library.agreement(agreement)
        rules = transfer.terms(deal, *transfer.pair(deal, sending, receiving))
        return Ground(deal, rules, self._books.trust.demonstration)

    def _learn(self, batch: Sequence[Signed]) -> None:
        # A body is spelled in one way only; an event that merely quotes this costs a look.
        if any(b'"type":"key.' in one.body for one in batch):
            self._follow_keys()
        if any(b'"type":"peer.' in one.body for one in batch):
            self._feed.learn()

    def _follow_keys(self) -> None:
        """Copy every event about keys into the log of reads, and read the keyring again."""
        log = self._books.log
        found = log.vault.records(log.store.administrative(KEY_KINDS))
        copies = [Signed(one.body, one.sigblock, one.salt, one.path, one.manifest) for one in found]
        self._books.reads.append(copies, self._means.clock())
        self._keys = keep.keyring(log.store, log.vault, self._books.trust)

    def _audit(self) -> Found:
        at, log = self._means.clock(), self._books.reads
        point = checkpoint.read_note(log.publish(at)).checkpoint
        root = base64.b64encode(point.root).decode()
        inner: Body = {"origin": log.origin, "size": point.size, "root": root}
        signed = self._registrar.signed(EventKind.AUDIT_CHECKPOINT, at, inner)
        return {"index": self._books.log.append([signed], at)[0], **inner}

    def _status(self) -> Found:
        log, kept = self._books.log, self._books.reads
        latest = log.store.latest()
        return {
            "origin": log.origin,
            "size": log.size,
            "checkpoint": latest[1] if latest else "",
            "signs": self.waits is None,
            "reads": {"origin": kept.origin, "size": kept.size},
            "uptime_s": int((self._means.clock() - self._started).total_seconds()),
        }

    # Reading

    def _read(self, asked: asking.Read) -> Found:
        asker, purpose = reads.purposed(asked.asker, asked.purpose)
        rows = self._rows(asked.of)
        self._record(asked, asker, purpose, rows)
        may = disclose.may(self._means.library.disclosure, asker.role)
        hidden = self._withheld(asker, rows)
        told = [row for row in rows if row.event_id not in hidden]
        found = self._found(asked.of, told, may) if self._may_be_told(asker) else None
        if found is None:
            raise _nothing()
        return found

    def _told(self, asked: asking.Drafts | asking.Told) -> Found:
        """What is answered of reads and of drafts; that it was asked is recorded first."""
        asker, purpose = reads.purposed(asked.asker, asked.purpose)
        may, at = self._may_be_told(asker), self._means.clock()
        match asked:
            case asking.Drafts():
                found = self._acts.drafts(asker) if may else []
                persons = {one.event.subject for one in found if one.event.subject is not None}
                self._reads.record(asker, purpose, "drafts", persons, at)
                return {"drafts": [self._acts.document(one) for one in found]}
            case asking.Seen(what, subjects):
                count = self._reads.record(asker, purpose, what, subjects, at)
                if may or self._signs_nothing(asker):
                    return {"recorded": count}
            case asking.Reads(subject):
                self._reads.record(asker, purpose, "reads", [subject], at)
                table = self._means.library.disclosure
                if may and disclose.may(table, asker.role).header:
                    return {"reads": self._reads.of_person(subject, self._keys)}
        raise _nothing()

    def _strange(self, asked: asking.Strange) -> Found:
        """What comes without a log-in: taken, or shown to those who decide it."""
        bench = self._bench(asked.agreement, asked.sending, asked.receiving)
        letters = at_hand(self._letters)
        if isinstance(asked, asking.Take):
            return letters.take(bench)
        asker, purpose = reads.purposed(asked.asker, asked.purpose)
        self._reads.record(asker, purpose, "requests", (), self._means.clock())
        found = letters.answer(asked, asker, bench) if self._may_be_told(asker) else None
        if found is None:
            raise _nothing()
        return found

    def _signs_nothing(self, asker: asking.Asker) -> bool:
        """Whether the agreement names a body that has no key here: finance, audit, a consulate.

        What a face shows it was judged by the table of access; here it is only recorded.
        """
        deal = self._means.library.agreement(self._registrar.agreement)
        return not asker.key and asker.authority in {one.id for one in deal.authorities}

    def _may_be_told(self, asker: asking.Asker) -> bool:
        if asker.authority not in self._books.trust.roots:
            return False
        key = self._keys.enrolled.get(asker.key)
        good = key is not None and key.until is None and key.authority == asker.authority
        return good or not asker.key

    def _record(
        self, asked: asking.Read, asker: asking.Asker, purpose: str, rows: Sequence[Row]
    ) -> None:
        """One event a person about whom something was asked, or one about nobody."""
        what = asked.of
        named = {row.subject for row in rows if row.subject is not None}
        if isinstance(what, asking.OnePerson | asking.Head):
            named = {what.subject}
        self._reads.record(asker, purpose, self._kind(what, rows), named, self._means.clock())

    def _kind(self, what: asking.What, rows: Sequence[Row]) -> str:
        """What kind of thing was read; a section by its name, where the event has one of it."""
        kind = type(what).__struct_config__.tag
        if isinstance(what, asking.OneSection) and rows:
            names = {one.name for one in self._books.log.store.sections(what.index)}
            return f"{kind} {what.name}" if what.name in names else str(kind)
        return str(kind)

    def _rows(self, what: asking.What) -> list[Row]:
        """The rows out of which the answer will be made."""
        store = self._books.log.store
        match what:
            case asking.OneEvent(index) | asking.OneSection(index) | asking.OneSettlement(index):
                return list(store.rows(index, index + 1))
            case asking.OneReceipt(index):
                place = record.last_index(store) if index is None else index
                return list(store.rows(place, place + 1)) if place >= 0 else []
            case asking.OnePerson(subject, start):
                return [row for row in store.of_person(subject) if row.index >= start]
            case asking.Latest(last, kind, subject):
                return record.latest(store, kind=kind, subject=subject, last=last)
            case asking.Head():
                return []

    def _withheld(self, asker: asking.Asker, rows: Sequence[Row]) -> frozenset[str]:
        """The ids of events in some rows of which a reader is told nothing, as if not there."""
        table, found = self._means.library.disclosure, set[str]()
        if disclose.may(table, asker.role).confidential:
            return frozenset()
        for subject in {row.subject for row in rows if row.kind in disclose.MAY_BE}:
            mine = [] if subject is None else list(self._books.log.store.of_person(subject))
            complaints = {row.event_id for row in mine if row.kind in disclose.COMPLAINTS}
            if not complaints:
                continue
            there = [
                events.event(events.parse(one.body), one.index)
                for one in self._books.log.vault.records(mine)
            ]
            found |= complaints - {one.id for one in there}  # not to be opened: not known
            found |= disclose.withheld(table, there, asker.authority, asker.role)
        return frozenset(found)

    def _found(self, what: asking.What, rows: Sequence[Row], may: May) -> Found | None:
        if isinstance(what, asking.OneSection):
            return self._section(rows, what.name) if what.name in may.sections else None
        if not may.header:
            return None
        match what:
            case asking.Head(subject):
                head = self._books.log.head(subject)
                return head and {"seq": head[0], "entry": head[1]}
            case asking.Latest():
                shown = [self._shown(row, may) for row in rows]
                return {"records": shown, "size": self._books.log.size}
            case asking.OneReceipt() | asking.OneSettlement():  # each holds the whole event
                whole = may.body or not headed.of_persons(rows)
                return self._proven(what, rows) if whole and rows else None
            case asking.OneEvent() | asking.OnePerson():
                return self._events(rows, may)

    def _shown(self, row: Row, may: May) -> Found:
        found = record.shown_row(row, self._books.log.vault)
        if may.body or row.subject is None or "event" not in found:
            return found
        opened = self._books.log.vault.open(row)
        return found | {"event": opened and headed.header(opened)}

    def _events(self, rows: Sequence[Row], may: May) -> Found | None:
        shown, size = list[dict[str, object]](), 0
        for row in rows:
            if size > ANSWERED:
                return {"events": shown, "next": row.index}
            found = self._books.log.vault.open(row)
            if found is not None:
                whole = may.body or row.subject is None
                shown.append(headed.told(found) if whole else headed.headed(found))
                size += len(found.body)
        return {"events": shown} if shown else None

    def _proven(
        self, what: asking.OneReceipt | asking.OneSettlement, rows: Sequence[Row]
    ) -> Found | None:
        log = self._books.log
        if is_pad(rows[0]) or log.vault.open(rows[0]) is None:
            return None
        if isinstance(what, asking.OneSettlement):
            return self._feed.proof(rows[0])
        found = record.receipt_of(log.store, log.vault, rows[0].index, self._books.trust)
        return {"receipt": record.receipt_text(found)}

    def _section(self, rows: Sequence[Row], name: str) -> Found | None:
        log = self._books.log
        for row in rows:
            for sealed in log.store.sections(row.index):
                found = log.vault.section(row.event_id, sealed) if sealed.name == name else None
                event = log.vault.open(row)
                if found is not None and event is not None:
                    headed.named(found, event)
                    return {"name": name, "salt": found.salt, "data": found.data}
        return None


def _nothing() -> RegisterError:
    fix = "Check the number, and whether the asker's authority may be told in that role."
    spanish = (
        "no hay nada que mostrar",
        "Compruebe el número, y si puede informarse a su autoridad en esa función.",
    )
    return RegisterError(Fault("H912", "there is nothing to show", fix, spanish=spanish))

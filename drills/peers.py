"""Two installations as the drills of settlement have them: logs, mirrors, a court's witness.

Each is real: a register in its folder, the mirror beside it, the file of settlement, the policy in
which the court makes the quorum and the other's mirror may cosign. What goes between the two is
text that the caller carries, or does not. Messages tell events with content as docs/spec/message.md
says it of acknowledgement and repetition, without its authorisations: here every event of a person
is shared.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from drills.commands import AT, AUTHORITIES, Drafter, key
from habeas.adapters import mirror_files, register_files
from habeas.adapters.register_files import TRUST
from habeas.adapters.settlement_file import SETTLEMENTS, SettlementFile
from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.register import exchange
from habeas.register.checkpoint import COSIGNATURE, LOG, NoteKey
from habeas.register.events import Row
from habeas.register.intake import Signed
from habeas.register.keys import Trust, read_trust
from habeas.register.settlement import HOURS
from habeas.register.witness import (
    Answer,
    Cosigned,
    Refused,
    Reply,
    Stated,
    Witness,
    origin_digest,
)
from habeas.service import mirror, publish, record, settle
from habeas.service.mirror import Cosigner, Mirror
from habeas.service.settle import Both, Summary

COURT = "court.example/witness"
SIDES = ("a", "b")
TOLD = 1000  # events of a message


def origin(side: str) -> str:
    return f"log.example/{side}"


def other(side: str) -> str:
    return SIDES[side == SIDES[0]]


def trust(side: str) -> Trust:
    """The trust file of one side: the court makes its quorum, the other's mirror may sign."""
    line = mirror.name_of(origin(other(side)))
    keys = {"court": (COURT, COURT), "mirror": (line, line)}
    vkeys = {
        name: NoteKey(whose, COSIGNATURE, key(seed).public()).vkey()
        for name, (whose, seed) in keys.items()
    }
    statements = f"witness court {vkeys['court']}\nwitness mirror {vkeys['mirror']}\nquorum court\n"
    roots = {name: key(f"{name} root").public() for name in AUTHORITIES}
    told = (key(origin(side)).public(), None)
    text = record.trust_text(origin(side), told, roots, statements, demonstration=True)
    return read_trust(text)


@dataclass(slots=True)
class Clock:
    """The time in the drill; nothing waits for it."""

    now: datetime = AT

    def __call__(self) -> datetime:
        return self.now


class Court:
    """The one witness of both logs."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        path = folder / "court.sqlite3"
        self._store, self._clock = SqliteWitnessStore(path, create=not path.exists()), clock
        logs = {
            origin(side): (NoteKey(origin(side), LOG, key(origin(side)).public()),)
            for side in SIDES
        }
        self.witness = Witness(COURT, (key(COURT),), logs, self._store)

    def add(self, data: bytes) -> Answer:
        return self.witness.add(data, int(self._clock().timestamp()))

    def close(self) -> None:
        self._store.close()


@dataclass(slots=True)
class Way:
    """A way to a cosigner that may be cut."""

    cosigner: "Court | Peer"
    side: str  # of whoever asks
    up: bool = True

    def add(self, request: str) -> Reply:
        if not self.up:
            return Refused(0, "it is away")
        answer = self.cosigner.add(request.encode())
        if answer.status == 200:
            return Cosigned(answer.body)
        if answer.status == 409:
            return Stated(int(answer.body))
        return Refused(answer.status, answer.body)

    def latest(self, origin: str) -> str | None:
        if not self.up:
            return None
        found = self.cosigner
        held = found.witness.latest if isinstance(found, Court) else found.mirror.latest
        return held(origin_digest(origin)) or ""


@dataclass(frozen=True, slots=True)
class Told:
    """A message: events from one size of the sender's log to another, and what it has taken in."""

    after: int
    upto: int
    received: int
    events: tuple[Signed, ...]


@dataclass(slots=True)
class Desk:
    """What a side remembers of its exchange; it lies on a disk, so that a restart keeps it."""

    acked: int = 0
    received: int = 0
    came: set[str] = field(default_factory=set)
    parked: dict[bytes, Signed] = field(default_factory=dict)


class Peer:
    """One installation."""

    def __init__(self, folder: Path, side: str, clock: Clock) -> None:
        self.side, self.folder, self.clock, self.desk = side, folder / side, clock, Desk()
        self.trust, self.path = trust(side), self.folder / "register.sqlite3"
        self.folder.mkdir()
        self.ways: dict[str, Way] = {}
        with register_files.made(self.path) as found:
            (self.folder / TRUST).write_text(self.trust.text)
            log = record.open_log(found.store, found.vault, self.trust, key(origin(side)))
            drafter = Drafter(f"enrolments {side}")
            log.append([*drafter.enrolments(), self._enrolment(drafter)], AT, publish=True)
        self.open()

    def _enrolment(self, drafter: Drafter) -> Signed:
        policy = str(json.loads(trust(other(self.side)).text)["policy"])
        told = mirror.enrolment(policy)
        return drafter.signed("peer.enrolled", {"A": key("A root")}, body=told)

    def open(self) -> None:
        """Open everything anew from what is stored."""
        with ExitStack() as stack:
            found = stack.enter_context(register_files.opened(self.path))
            shelf = stack.enter_context(mirror_files.opened(self.path))
            self.ledger = stack.enter_context(
                closing(SettlementFile(self.path.with_name(SETTLEMENTS)))
            )
            own = key(origin(self.side))
            self.log = record.open_log(found.store, found.vault, self.trust, own)
            policy = mirror.enrolled(self.log)
            assert policy is not None
            name = mirror.name_of(origin(self.side))
            self.mirror = Mirror(shelf, policy, Cosigner(name, key(name)), self.clock)
            self._stack = stack.pop_all()

    def close(self) -> None:
        self._stack.close()

    def restart(self) -> None:
        """End, and begin again from what is stored; the witnesses are asked as at every start."""
        self.close()
        self.open()

    def add(self, data: bytes) -> Answer:
        """What its mirror answers to whoever asks it to cosign."""
        return self.mirror.add(data)

    @property
    def both(self) -> Both:
        return Both(self.log, self.trust.policy, self.mirror, self.ledger)

    # What is done here

    def append(self, events: Sequence[Signed]) -> list[int]:
        return self.log.append(events, self.clock())

    def publish(self, *, pads: bool = False) -> str:
        """Publish, and ask whoever can be reached."""
        policy = self.trust.policy
        return publish.publish(self.log, policy, self.ways, self.clock(), pads=pads).note

    def settle(self, hours: int = HOURS) -> Summary:
        return settle.run(self.both, self.shared, self.clock(), hours)

    def shared(self, start: int, end: int) -> Iterator[Row]:
        """Every event of a person."""
        return (row for row in self.log.store.rows(start, end) if row.subject is not None)

    # What goes out

    def publication(self, after: int, most: int = exchange.MOST) -> str:
        return exchange.publication(self.log.store, after, most)

    def lines(self) -> str:
        """The other log's checkpoint under the line of the mirror here; empty where none is."""
        return self.mirror.latest(origin_digest(origin(other(self.side)))) or ""

    def message(self, most: int = TOLD) -> Told:
        """What the other side has not acknowledged, and what was taken in here."""
        found, upto = list[Signed](), self.desk.acked
        for row in self.log.store.rows(upto):
            if len(found) == most:
                break
            upto = row.index + 1
            if row.subject is not None and row.event_id not in self.desk.came:
                record_ = next(iter(self.log.vault.records([row])))
                found.append(Signed(record_.body, record_.sigblock, record_.salt))
        return Told(self.desk.acked, upto, self.desk.received, tuple(found))

    # What comes in

    def hear(self, told: Told) -> None:
        """Take a message in: append what can be, park the rest, remember what was acknowledged."""
        desk, batch = self.desk, [*self.desk.parked.values(), *told.events]
        while batch:
            answers = self.log.append_each(batch, self.clock())
            good = {
                one.entry for one, at in zip(batch, answers, strict=True) if isinstance(at, int)
            }
            desk.came |= {_id(one) for one in batch if one.entry in good}
            for entry in good:
                desk.parked.pop(entry, None)
            left = [one for one in batch if one.entry not in good]
            desk.parked |= {one.entry: one for one in left}
            batch = left if good else []
        if told.after <= desk.received:
            desk.received = max(desk.received, told.upto)
        desk.acked = max(desk.acked, min(told.received, self.log.size))

    def hear_lines(self, text: str) -> None:
        if text:
            mirror.keep_lines(self.log.store, self.trust.policy, text)


def _id(signed: Signed) -> str:
    return str(json.loads(signed.body)["id"])


@dataclass(slots=True)
class Pair:
    """Both, and the court."""

    peers: dict[str, Peer]
    court: Court
    clock: Clock

    @classmethod
    def made(cls, folder: Path) -> "Pair":
        clock = Clock()
        court = Court(folder, clock)
        pair = cls({side: Peer(folder, side, clock) for side in SIDES}, court, clock)
        for side, peer in pair.peers.items():
            peer.ways = {"court": Way(court, side), "mirror": Way(pair.peers[other(side)], side)}
        return pair

    def close(self) -> None:
        for peer in self.peers.values():
            peer.close()
        self.court.close()

    def cut(self, *, up: bool) -> None:
        """Part both sides, or join them again; the court stays."""
        for peer in self.peers.values():
            peer.ways["mirror"].up = up

    def sleep(self, time: timedelta) -> None:
        self.clock.now += time

    def round(self, most: int = exchange.MOST) -> None:
        """One round of the feed in both directions, with nothing lost."""
        for side, peer in self.peers.items():
            far = self.peers[other(side)]
            far.hear(peer.message())
            peer.publish()
            far.publish()
            while peer.mirror.take(far.publication(peer.mirror.size, most)).added:
                pass
            far.hear_lines(peer.lines())
            peer.settle()
            far.settle()

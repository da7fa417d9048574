"""Two installations apart for a second to seven days, each going on alone; then they speak again.

A run: both sides record events of their own persons, some while they speak, most while they cannot.
Every hour each publishes and settles. Publications that were sent before the cut come late and
twice. When it is healed, whatever was not acknowledged is told again. Then: both logs have every
shared event once; each is settled on both sides, and documents verify with the two trust files
alone; whatever was not settled in the hours agreed was listed as overdue; nothing was called
settled while the two could not speak.
"""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from drills.commands import Chance, Drafter
from drills.peers import SIDES, Pair, Peer, other
from drills.rig import Result, person
from habeas.register import settled
from habeas.register.intake import Signed
from habeas.service import settle
from habeas.terms import Settlement

RUNS = 100_000  # events a side
SPANS = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(hours=30),
    timedelta(days=7),
)
EACH = 10  # events of a person
BATCH = 256
ROUNDS = 200  # of a thousand events, after which they must agree
STEPS = 168  # publications during a cut, at most: one an hour
PADDED = 24  # every so many publications fill up with pads
PROVEN = 200  # documents that are made and checked, a side


def run(count: int, store: str) -> Result:
    """Part them for each span in turn, with a fifth of the events in each."""
    del store
    figures, broken = Counter[str](), list[str]()
    with tempfile.TemporaryDirectory(dir=_fast()) as name:
        pair = Pair.made(Path(name))
        try:
            for number, span in enumerate(SPANS):
                _Cut(pair, span, number, count // len(SPANS), figures, broken).happen()
            _judge(pair, count // len(SPANS) * len(SPANS), figures, broken)
        finally:
            pair.close()
    return Result("partition of 1 s to 7 days, then healed", count, tuple(broken), dict(figures))


def _fast() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    return str(memory) if memory.is_dir() else None


class _Cut:
    def __init__(
        self,
        pair: Pair,
        span: timedelta,
        number: int,
        count: int,
        figures: Counter[str],
        broken: list[str],
    ) -> None:
        self._pair, self._span, self._figures, self._broken = pair, span, figures, broken
        self._chance = Chance(f"partition {number}")
        first, people = 1_000_000 * (number + 1), max(1, count // EACH)
        self._made = {
            side: _drafted(f"{side} {number}", first + 500_000 * place, count, people, place)
            for place, side in enumerate(SIDES)
        }
        self._late = list[tuple[Peer, str]]()
        self._settled = 0

    def happen(self) -> None:
        pair, before = self._pair, len(self._made["a"]) // 5
        for side in SIDES:
            self._append(side, before)
        for side, peer in pair.peers.items():  # on its way when the line is cut
            self._late += [(pair.peers[other(side)], peer.publication(0))] * 2
        pair.cut(up=False)
        for peer in pair.peers.values():
            peer.settle()
        self._settled = pair.peers["a"].ledger.counts().get(Settlement.SETTLED, 0)
        hours = self._span // timedelta(hours=1)
        steps = max(1, min(STEPS, hours, len(self._made["a"])))
        for step in range(steps):
            share = (len(self._made["a"]) + steps - step - 1) // (steps - step)
            for side, peer in pair.peers.items():
                self._append(side, min(share, len(self._made[side])))
                peer.publish(pads=step % PADDED == 0)
                self._apart(peer)
            pair.sleep(self._span / steps)
        self._healed()

    def _append(self, side: str, count: int) -> None:
        made = self._made[side]
        for start in range(0, count, BATCH):
            self._pair.peers[side].append(made[start : min(count, start + BATCH)])
        del made[:count]

    def _apart(self, peer: Peer) -> None:
        """Nothing that was logged since the cut is settled; what is late is listed."""
        summary, now = peer.settle(), peer.clock()
        late = peer.ledger.counts().get(Settlement.OVERDUE, 0)
        self._figures["most overdue at once"] = max(self._figures["most overdue at once"], late)
        for state in (Settlement.LOGGED, Settlement.PUBLISHED, Settlement.MIRRORED):
            for one in peer.ledger.listed(state, 1):
                if one.due <= now:
                    self._broken.append(f"{one.event_id} is {state}, and was due at {one.due}")
        for one in summary.overdue:
            if one.due > now:
                self._broken.append(f"{one.event_id} is overdue, and due at {one.due}")
        if bool(late) != bool(summary.overdue):
            self._broken.append("what is overdue is not listed")
        if peer.mirror.size and peer.ledger.counts().get(Settlement.SETTLED, 0) != self._settled:
            self._broken.append("something was settled while they could not speak")

    def _healed(self) -> None:
        pair = self._pair
        pair.cut(up=True)
        for peer, text in self._late:
            peer.mirror.take(text)
        for rounds in range(1, ROUNDS + 1):
            pair.round()
            one, two = (peer.ledger.counts() for peer in pair.peers.values())
            if one == two and set(one) == {Settlement.SETTLED}:
                most = "rounds until all was settled, most"
                self._figures[most] = max(rounds, self._figures[most])
                return
        self._broken.append(f"after {self._span} they did not come to agree")


def _drafted(seed: str, first: int, count: int, people: int, place: int) -> list[Signed]:
    drafter = Drafter(f"partition {seed}", first)
    found = list[Signed]()
    for number in range(count):
        subject = person(first + 2 * drafter.chance.below(people) + place)
        found.append(drafter.custody(subject) if number % 2 else drafter.visit(subject))
    return found


def _judge(pair: Pair, count: int, figures: Counter[str], broken: list[str]) -> None:
    entries = []
    for side, peer in pair.peers.items():
        rows = [row for row in peer.log.store.rows() if row.subject is not None]
        entries.append({row.entry for row in rows})
        if len(rows) != 2 * count or len(entries[-1]) != 2 * count:
            broken.append(f"log {side} has {len(rows)} events, not {2 * count}")
        far, chance = pair.peers[other(side)], Chance(f"documents {side}")
        for _ in range(min(PROVEN, len(rows))):
            row = rows[chance.below(len(rows))]
            found = settled.check(settle.document(peer.both, row.event_id), peer.trust, far.trust)
            figures["settlement documents that verify"] += found.proven
            if not found.proven:
                broken.append(f"{row.event_id} is settled, and its document says {found.text}")
        was = sum(one.state is Settlement.OVERDUE for one in peer.ledger.changes())
        figures["overdue, and settled later"] += was
        figures["leaves of both logs"] += peer.log.size
        held = peer.mirror.store.entries(0, peer.mirror.size)
        if held != far.log.store.entries(0, far.log.size)[: len(held)]:
            broken.append(f"the mirror at {side} is not the other log")
    if entries[0] != entries[1]:
        broken.append("the logs have other events")
    figures["settled in both logs"] = len(entries[0] & entries[1])

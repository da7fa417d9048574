"""Settlement between two installations against a plain model, over a network that loses things.

The model knows for each log which entries stand in it, which checkpoints were signed and which of
them the court has cosigned; for each mirror how many leaves it holds. From that alone it says how
each event stands. The real logs, mirrors, witness and ledgers run beside it and must say the same
after every round; and what they say must be provable to somebody who has only the two trust files.
"""

import json
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from drills.commands import Drafter
from drills.peers import SIDES, Pair, Peer, Told, other
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from habeas.errors import RegisterError
from habeas.register import exchange, settled
from habeas.register.settlement import HOURS, MAY_FOLLOW, Change
from habeas.service import settle
from habeas.terms import Settlement

S = Settlement
PAD = 256  # a padded log's size is a multiple of it
SIDE = st.sampled_from(SIDES)


def _fast() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    return str(memory) if memory.is_dir() else None


@dataclass
class Paper:
    """What is on its way: to whom, the text, and what the model says that it is."""

    to: str
    kind: str
    text: str = ""
    told: Told | None = None
    start: int = 0
    end: int = 0
    size: int = 0
    witnessed: bool = False
    lines: int = 0  # the size over which the mirror has signed


@dataclass
class Side:
    """One installation as the model has it."""

    log: list[str] = field(default_factory=list)  # event ids; empty on a pad or administrative
    since: dict[str, datetime] = field(default_factory=dict)
    signed: dict[int, bool] = field(default_factory=dict)  # by size: cosigned by the court
    mirrored: int = 0  # own leaves under a line of the other's mirror that came back
    held: int = 0  # leaves of the other's log
    whole: dict[int, bool] = field(default_factory=dict)  # checkpoints of it held whole
    received: int = 0
    acked: int = 0
    came: set[str] = field(default_factory=set)
    lined: int = 0  # the largest size of the other's log that the mirror here has signed

    @property
    def published(self) -> int:
        return max((size for size, good in self.signed.items() if good), default=0)

    @property
    def seen(self) -> int:
        return max((size for size, good in self.whole.items() if good), default=0)


class Settling(RuleBasedStateMachine):
    """Both installations, the court, and everything that is on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=_fast()))
        self.pair = Pair.made(self.folder)
        self.model = {side: Side() for side in SIDES}
        self.drafters = {side: Drafter(f"model {side}", 1000 * n) for n, side in enumerate("ab", 1)}
        self.papers: list[Paper] = []
        self.states: dict[tuple[str, str], S] = {}
        self.parted = False
        self.rounds = dict.fromkeys(SIDES, False)  # whether nothing happened since the last one

    @initialize()
    def begin(self) -> None:
        for side, peer in self.pair.peers.items():
            size = peer.log.size
            self.model[side].log = [""] * size
            self.model[side].signed[size] = False

    def peer(self, side: str) -> Peer:
        return self.pair.peers[side]

    # What an installation does by itself

    @rule(side=SIDE, person=st.integers(0, 2), custody=st.booleans(), count=st.integers(1, 4))
    def happens(self, side: str, person: int, custody: bool, count: int) -> None:  # noqa: FBT001
        drafter, model = self.drafters[side], self.model[side]
        subject = f"p_{2 * person + (side == 'b'):026d}"
        for _ in range(count):
            event = drafter.custody(subject) if custody else drafter.visit(subject)
            [index] = self.peer(side).append([event])
            assert index == len(model.log)
            model.log.append(json.loads(event.body)["id"])
            model.since[model.log[-1]] = self.pair.clock()

    @rule(side=SIDE, pads=st.sampled_from([False, False, False, True]))
    def publishes(self, side: str, pads: bool) -> None:  # noqa: FBT001
        peer, model = self.peer(side), self.model[side]
        if pads:
            model.log += [""] * (PAD - len(model.log) % PAD)
        peer.publish(pads=pads)
        size, up = len(model.log), peer.ways["court"].up
        model.signed[size] = model.signed.get(size, False) or up
        far = self.model[other(side)]
        if not self.parted and far.held == size and size in far.whole:
            model.mirrored, far.lined = size, size  # its mirror had all of it already
        assert peer.log.size == size

    @rule(side=SIDE)
    def reckons(self, side: str) -> None:
        peer, model, now = self.peer(side), self.model[side], self.pair.clock()
        before = len(list(peer.ledger.changes()))
        summary = peer.settle()
        expected = {
            name: self._expected(side, name, at) for at, name in enumerate(model.log) if name
        }
        kept = peer.ledger.kept(expected)
        assert {name: one.state for name, one in kept.items()} == expected
        overdue = {one.event_id for one in summary.overdue}
        assert overdue == {name for name, state in expected.items() if state is S.OVERDUE}
        for change in list(peer.ledger.changes())[before:]:
            self._may(side, change)
            assert change.at == now
        assert peer.settle().changed == 0
        for name in [name for name, state in expected.items() if state is S.SETTLED][-1:]:
            self._proven(side, name)

    def _expected(self, side: str, name: str, at: int) -> S:
        """What the model alone says of an event."""
        model, far = self.model[side], self.model[other(side)]
        place = far.log.index(name) if name in far.log else None
        due = model.since[name] + timedelta(hours=HOURS)
        before = self.states.get((side, name), S.DRAFT)
        if at < model.published and place is not None and place < model.seen:
            return S.SETTLED
        if before in {S.SETTLED, S.OVERDUE} or self.pair.clock() >= due:
            return before if before is S.SETTLED else S.OVERDUE
        return (
            S.MIRRORED if at < model.mirrored else S.PUBLISHED if at < model.published else S.LOGGED
        )

    def _may(self, side: str, change: Change) -> None:
        before = self.states.get((side, change.event_id), S.DRAFT)
        assert change.state is before or change.state in MAY_FOLLOW[before]
        self.states[side, change.event_id] = change.state

    def _proven(self, side: str, name: str) -> None:
        peer, far = self.peer(side), self.peer(other(side))
        found = settled.check(settle.document(peer.both, name), peer.trust, far.trust)
        assert found.text == "SETTLED"
        assert found.event is not None
        assert found.event.id == name

    # What goes between them

    @rule(side=SIDE, most=st.integers(1, 5))
    def tells(self, side: str, most: int) -> None:
        told = self.peer(side).message(most)
        self.papers.append(Paper(other(side), "message", told=told))

    @rule(side=SIDE, back=st.integers(0, 3), most=st.integers(1, 8))
    def shows(self, side: str, back: int, most: int) -> None:
        model, held = self.model[side], self.model[other(side)].held
        size = max(model.signed)
        after = max(0, held - back)
        end = min(size, after + most)
        if end < size:
            size = max((one for one in model.signed if after < one <= end), default=size)
            end = min(end, size)
        text = self.peer(side).publication(after, most)
        paper = Paper(other(side), "publication", text, None, after, end, size, model.signed[size])
        read = exchange.read_publication(text)
        assert (read.start, read.end, read.point.size) == (after, end, size)
        self.papers.append(paper)

    @rule(side=SIDE)
    def returns_lines(self, side: str) -> None:
        model, text = self.model[side], self.peer(side).lines()
        if model.held and model.held in model.whole:
            model.lined = max(model.lined, model.held)
        self.papers.append(Paper(other(side), "lines", text, lines=model.lined if text else 0))

    @precondition(lambda self: self.papers)
    @rule(data=st.data())
    def is_lost(self, data: st.DataObject) -> None:
        self.papers.pop(data.draw(st.integers(0, len(self.papers) - 1)))

    @precondition(lambda self: self.papers and not self.parted)
    @rule(data=st.data(), again=st.booleans())
    def arrives(self, data: st.DataObject, again: bool) -> None:  # noqa: FBT001
        place = data.draw(st.integers(0, len(self.papers) - 1))
        self._arrived(self.papers[place] if again else self.papers.pop(place))

    @precondition(lambda self: any(one.kind == "publication" for one in self.papers))
    @rule(data=st.data())
    def is_forged(self, data: st.DataObject) -> None:
        """Whoever carries a publication changes one leaf of it, or drops the first."""
        found = [one for one in self.papers if one.kind == "publication" and one.end > one.start]
        if not found:
            return
        paper = data.draw(st.sampled_from(found))
        told, mirror = json.loads(paper.text), self.peer(paper.to).mirror
        place = data.draw(st.integers(0, len(told["entries"]) - 1))
        if data.draw(st.booleans()):
            told["entries"][place] = exchange.base64s([bytes([place]) * 32])[0]
        else:
            told["entries"].pop(place)
            told["to"] -= 1
        before = (mirror.size, mirror.note())
        with pytest.raises(RegisterError):
            mirror.take(exchange.canonical(told))
        assert (mirror.size, mirror.note()) == before
        assert mirror.contradiction() is None

    def _arrived(self, paper: Paper) -> None:
        peer, model = self.peer(paper.to), self.model[paper.to]
        match paper.kind:
            case "message":
                assert paper.told is not None
                self._heard(peer, model, paper.told)
            case "publication" if paper.start > model.held:
                with pytest.raises(RegisterError, match=f"holds {model.held} leaves"):
                    peer.mirror.take(paper.text)
            case "publication":
                taken = peer.mirror.take(paper.text)
                added = max(0, paper.end - model.held)
                model.held += added
                if model.held >= paper.size:
                    known = model.whole.get(paper.size, False)
                    model.whole[paper.size] = known or paper.witnessed
                assert (taken.added, taken.size) == (added, model.held)
            case _:
                peer.hear_lines(paper.text)
                model.mirrored = max(model.mirrored, paper.lines)

    def _heard(self, peer: Peer, model: Side, told: Told) -> None:
        before = peer.log.size
        peer.hear(told)
        rows = list(peer.log.store.rows(before))
        far = self.model[other(peer.side)]
        for row in rows:
            assert row.event_id in far.log
            assert row.event_id not in model.log
            model.log.append(row.event_id)
            model.since[row.event_id] = self.pair.clock()

    # What happens to them

    @rule(cut=st.booleans())
    def is_parted(self, cut: bool) -> None:  # noqa: FBT001
        self.parted = cut
        self.pair.cut(up=not cut)

    @rule(side=SIDE, up=st.booleans())
    def court_is(self, side: str, up: bool) -> None:  # noqa: FBT001
        self.peer(side).ways["court"].up = up

    @rule(hours=st.sampled_from([1, 5, 30]))
    def passes(self, hours: int) -> None:
        self.pair.sleep(timedelta(hours=hours))

    @rule(side=SIDE)
    def ends_and_begins(self, side: str) -> None:
        self.peer(side).restart()

    # What always holds

    @invariant()
    def nothing_is_lost(self) -> None:
        for side, peer in self.pair.peers.items():
            model = self.model[side]
            assert [row.event_id for row in peer.log.store.rows() if row.subject] == list(
                filter(None, model.log)
            )
            assert peer.log.size == len(model.log)

    @invariant()
    def a_mirror_holds_what_the_other_signed(self) -> None:
        for side, peer in self.pair.peers.items():
            far, size = self.peer(other(side)), self.model[side].held
            assert peer.mirror.size == size
            assert size <= max(self.model[other(side)].signed, default=0)
            mirrored = peer.mirror.store.entries(0, size)
            assert mirrored == far.log.store.entries(0, size)
            assert peer.mirror.contradiction() is None

    def teardown(self) -> None:
        """Whatever was lost, once they speak again both logs and all states come to agree."""
        try:
            self._healed()
        finally:
            self.pair.close()
            shutil.rmtree(self.folder)

    def _healed(self) -> None:
        self.pair.cut(up=True)
        for peer in self.pair.peers.values():
            peer.ways["court"].up = True
        for _ in range(4):
            self.pair.round(64)
        shared = [
            {row.entry for row in peer.log.store.rows() if row.subject is not None}
            for peer in self.pair.peers.values()
        ]
        assert shared[0] == shared[1]
        for side, peer in self.pair.peers.items():
            assert peer.settle().counts == ({S.SETTLED: len(shared[0])} if shared[0] else {})
            assert len(shared[0]) == len(
                {name for one in self.model.values() for name in one.log if name}
            )
            for name in list(filter(None, self.model[side].log))[:2]:
                self._proven(side, name)


TestSettling = Settling.TestCase
TestSettling.settings = settings(
    max_examples=20,
    phases=[Phase.generate],
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

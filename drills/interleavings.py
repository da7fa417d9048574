"""Departure, reception, holding and return of three persons over two logs, in any order of arrival.

A run: each person is held by A, departs, is handed over to B, is counted there, departs and is
handed back, and is counted by A. Whoever holds the person acts as soon as its own log shows that it
may; a handover is signed by both, and either logs it first, the receiver even before it has what
comes before. What one log has is told the other by messages that are lost, come twice, late, and in
any order. In one person of ten a handover is thought lost and signed a second time, and each log
gets another one: a fork.

After every step, of each person one log has the beginning of what the other has, so that there is
one custodian at each instant; but for forks, of which each log keeps its own and says by name what
it refused. Once everything arrives, both logs have the same of everybody else, and all of it is
settled; what was forked is settled up to the fork and never after.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from drills.commands import Chance, Drafter, key
from drills.peers import SIDES, Pair, Told, other
from drills.rig import Result, ended, person
from habeas.register.intake import Signed
from habeas.terms import Settlement

RUNS = 10_000
SLICE = 10  # runs over one pair of logs
PERSONS = 3
FORKED = 10  # one person of so many
STEPS = 400  # of a run, at most
ROUNDS = 4
OFFICERS = {"a": "A officer", "b": "B officer"}
SCRIPT = (  # kind, and who signs; the first of them holds the person
    ("custody.opened", "a"),
    ("custody.departed", "a"),
    ("custody.handed_over", "ab"),
    ("custody.counted", "b"),
    ("custody.departed", "b"),
    ("custody.handed_over", "ba"),
    ("custody.counted", "a"),
)


def run(count: int, store: str) -> Result:
    """Run so many interleavings."""
    del store
    figures, broken, done = Counter[str](), list[str](), 0
    for first in range(0, count, SLICE):
        if ended():
            break
        with tempfile.TemporaryDirectory(dir=_fast()) as name:
            pair = Pair.made(Path(name))
            try:
                runs = [
                    _Run(pair, number, figures, broken)
                    for number in range(first, min(count, first + SLICE))
                ]
                for one in runs:
                    one.happen()
                _judge(pair, runs, figures, broken)
                done += len(runs)
            finally:
                pair.close()
    return Result(
        "interleavings of departure, reception, return", done, tuple(broken), dict(figures)
    )


def _fast() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    return str(memory) if memory.is_dir() else None


@dataclass
class _Person:
    """One person's course, as whoever signs knows it."""

    name: str
    forked: int = 0  # the step of which two are signed; 0: none
    done: int = 0  # steps that somebody has signed
    chains: dict[str, list[bytes]] = field(default_factory=lambda: {side: [] for side in SIDES})


class _Run:
    def __init__(self, pair: Pair, number: int, figures: Counter[str], broken: list[str]) -> None:
        self._pair, self._figures, self._broken = pair, figures, broken
        self._chance, self._number = Chance(f"interleaving {number}"), number
        self._drafter = Drafter(f"interleaving {number}", 1000 * (number + 1))
        self.persons = {
            name: _Person(name, 2 * (self._chance.below(FORKED) == 0))
            for name in (person(number * PERSONS + place) for place in range(PERSONS))
        }
        self._papers = list[tuple[str, Told]]()
        self._pending = list[tuple[str, Signed]]()
        self._sizes = {side: peer.log.size for side, peer in pair.peers.items()}

    def happen(self) -> None:
        self._sizes = {side: peer.log.size for side, peer in self._pair.peers.items()}
        for _ in range(STEPS):
            if all(one.done == len(SCRIPT) for one in self.persons.values()):
                break
            self._step()
            self._look()

    def _step(self) -> None:
        chance, side = self._chance, SIDES[self._chance.below(2)]
        match chance.below(8):
            case 0 | 1 | 2:
                self._act(list(self.persons.values())[chance.below(PERSONS)])
            case 3 if self._pending:
                self._submit(self._pending.pop(chance.below(len(self._pending))))
            case 4 | 5:
                self._papers.append(
                    (other(side), self._pair.peers[side].message(1 + chance.below(9)))
                )
            case 6 if self._papers:
                self._arrive(self._papers[chance.below(len(self._papers))])  # and again, later
            case 7 if self._papers:
                paper = self._papers.pop(chance.below(len(self._papers)))
                if chance.below(3):
                    self._arrive(paper)
            case _:
                pass

    def _act(self, one: _Person) -> None:
        """Sign the next step, where the log of whoever holds the person shows the one before."""
        if one.done == len(SCRIPT):
            return
        kind, signs = SCRIPT[one.done]
        head = self._pair.peers[signs[0]].log.head(one.name)
        if (head[0] + 1 if head else 0) != one.done:
            return
        if one.forked and one.done > one.forked:
            return  # each side has another handover: nobody goes on
        first = self._signed(one, kind, signs, head)
        one.done += 1
        self._pending.append((signs[0], first))
        if len(signs) > 1:
            second = first
            if one.forked == one.done - 1:
                second = self._signed(one, kind, signs, head)
                self._figures["forks"] += 1
                one.done = len(SCRIPT)
            self._pending.append((signs[1], second))

    def _signed(self, one: _Person, kind: str, signs: str, head: tuple[int, str] | None) -> Signed:
        prev = {} if head is None else {"prev": head[1]}
        officers = {side.upper(): key(OFFICERS[side]) for side in signs}
        seq = head[0] + 1 if head else 0
        return self._drafter.signed(kind, officers, subject=one.name, seq=seq, **prev)

    def _submit(self, pending: tuple[str, Signed]) -> None:
        side, signed = pending
        answer = self._pair.peers[side].log.append_each([signed], self._pair.clock())[0]
        if not isinstance(answer, int):
            self._figures[f"refused {answer.code} when submitted"] += 1
            if answer.code == "H531":  # it comes before what it follows: submitted again later
                self._pending.append(pending)

    def _arrive(self, paper: tuple[str, Told]) -> None:
        side, told = paper
        self._figures["messages that arrived"] += 1
        self._pair.peers[side].hear(told)

    def finish(self) -> None:
        """Submit what is still in somebody's hands."""
        for side, signed in self._pending:
            self._pair.peers[side].log.append_each([signed], self._pair.clock())
            self._look()

    def _look(self) -> None:
        """Take in what the logs have got, and hold both chains of each person together."""
        for side, peer in self._pair.peers.items():
            for row in peer.log.store.rows(self._sizes[side], peer.log.size):
                found = self.persons.get(row.subject or "")
                if found is not None:
                    found.chains[side].append(row.entry)
            self._sizes[side] = peer.log.size
        for one in self.persons.values():
            mine, theirs = one.chains["a"], one.chains["b"]
            shared = min(len(mine), len(theirs))
            if one.forked:
                shared = min(shared, one.forked)
            if mine[:shared] != theirs[:shared]:
                self._broken.append(f"run {self._number}: {one.name} has two custodians")
        self._figures["steps"] += 1


def _judge(pair: Pair, runs: list[_Run], figures: Counter[str], broken: list[str]) -> None:
    for one in runs:
        one.finish()
    for _ in range(ROUNDS):
        pair.round()
    pair.sleep(timedelta(days=2))
    overdue = {
        side: {one.event_id for one in peer.settle().overdue} for side, peer in pair.peers.items()
    }
    for found in (one for each in runs for one in each.persons.values()):
        _judge_person(pair, found, overdue, figures, broken)


def _judge_person(
    pair: Pair,
    found: _Person,
    overdue: dict[str, set[str]],
    figures: Counter[str],
    broken: list[str],
) -> None:
    chains = {side: list(peer.log.store.of_person(found.name)) for side, peer in pair.peers.items()}
    one, two = ([row.entry for row in rows] for rows in chains.values())
    same = min(len(one), len(two))
    while one[:same] != two[:same]:
        same -= 1
    parted = max(len(one), len(two)) > same
    if parted and not found.forked:
        broken.append(f"{found.name} is not the same in both logs")
    figures["persons forked" if parted else "persons"] += 1
    for side, peer in pair.peers.items():
        names = [row.event_id for row in chains[side]]
        kept = peer.ledger.kept(names)
        settled = [kept[name].state is Settlement.SETTLED for name in names]
        figures["events settled"] += sum(settled)
        if settled != [place < same for place in range(len(names))]:
            broken.append(
                f"{found.name} is settled as {settled} at {side}, and shared up to {same}"
            )
        if not set(names[same:]) <= overdue[side]:
            broken.append(f"{found.name} is forked and not listed as overdue at {side}")
        if parted and not any(_of(one, found.name) for one in peer.desk.parked.values()):
            broken.append(f"{found.name} is forked, and {side} does not name it")


def _of(signed: Signed, name: str) -> bool:
    return f'"subject":"{name}"'.encode() in signed.body

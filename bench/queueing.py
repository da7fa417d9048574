"""`python -m bench.queueing [PYTHON]`: the queue against peers, on the same persons.

Every peer is a program of its own in an environment of its own (bench/peers). How many are held at
the end of each of 3,652 days is compared before anything is timed.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from bench import p1
from bench.peers.run import ROOT, Peer, environment
from habeas.projection import draw, simulate
from habeas.projection.draw import Drawn
from habeas.projection.people import (
    DIED_ON,
    END,
    FAR,
    HOLD,
    LATE,
    OTHER,
    OWN_END,
    PATIENCE,
    PEOPLE_ROWS,
    READY,
)
from habeas.projection.people_fast import Room, people
from habeas.projection.plan import Deal, House
from habeas.projection.queue import STAY_ROWS, receive

SIZES = {"40,000": 1.0, "10,000": 0.25, "1,000": 0.025}  # places, and the part of P1
ROUNDS, INNER = 3, 20  # of all; runs of ours in each
PEERS = {
    "heapq, plain Python": ("heap_peer",),
    "simpy, a callback a departure": ("simpy_peer",),
    "simpy, a process a person": ("simpy_peer", "processes"),
    "salabim, a component a person": ("salabim_peer",),
    "mesa, a step a resident and day": ("mesa_peer",),
    "ciw, easier rules": ("ciw_peer",),
}
# What takes minutes at a size is not run there.
RUN = {
    "salabim, a component a person": {"1,000"},
    "mesa, a step a resident and day": {"1,000"},
    "ciw, easier rules": {"1,000"},
}
EASIER, OURS = "the engine, by the easier rules", "the engine"
Days = NDArray[np.int32]


class Given(NamedTuple):
    """People of one draw, and the rules; the columns are days."""

    table: Days  # as the engine has them
    ready: Days
    gone: Days  # the sentence ends, or they die
    hold: Days
    places: int
    every: int
    seats: int

    def write(self, path: Path) -> None:
        """As the peers read it."""
        rules = np.array([p1.DAYS, self.places, self.every, self.seats])
        np.savez(path, ready=self.ready, gone=self.gone, hold=self.hold, rules=rules)


def given(part: float) -> Given:
    """Draw 0 of a part of P1."""
    plan = p1.p1(part=part)
    numbers, months = draw.uncertainty(plan), np.array(plan.months, np.int32)
    drawn = Drawn(plan, numbers.values(numbers.units((1, 0))))
    streams = draw.streams(draw.frame(plan, 0), drawn)
    made, _ = people(streams, (1, 0), months, Room(PEOPLE_ROWS))
    table = made.copy()
    other = table[END] == OTHER
    # Where a person dies before the sentence ends, patience lasts until the day before.
    gone = np.where(other, table[PATIENCE] + 1, table[END]).astype(np.int32)
    hold = np.where(other, table[HOLD], FAR).astype(np.int32)
    deal = plan.deals[0]
    places = plan.houses[0].places[0][1]
    return Given(table, table[READY], gone, hold, places, deal.every, deal.batch)


def easier(of: Given) -> Given:
    """The same people without flights; each stays so long from arrival, and waits without end."""
    table = of.table.copy()
    stay = np.minimum(of.gone - of.ready, of.hold).astype(np.int32)
    table[PATIENCE], table[END], table[OWN_END], table[HOLD] = FAR, OTHER, -stay, FAR
    table[LATE], table[DIED_ON] = 0, FAR
    return Given(table, of.ready, np.full_like(stay, FAR), stay, of.places, 1, 1 << 28)


def engine(of: Given) -> Callable[[], list[int]]:
    """The production queue and the occupancy of each day, on these people."""
    house = House("house", [(0, of.places)])
    deal = Deal("deal", [0], every=of.every, batch=of.seats)
    plan = p1.plan([], p1.DAYS, house, deal, months=p1.MONTHS)
    rules, nobody = draw.rules(plan), simulate.stock_of([])
    first, links = np.array([0, of.table.shape[1]]), np.empty((of.table.shape[1], 2), np.int32)
    none = np.empty((STAY_ROWS, 0), np.int32)

    def held() -> list[int]:
        daily, cells, state = simulate.blank(plan, first, rules, links)
        receive(of.table, first, nobody, rules, none, daily, cells, state)
        return cast("list[int]", daily.held[0])

    return held


def timed(work: Callable[[], list[int]], runs: int = INNER) -> float:
    """CPU seconds of one of several runs on end."""
    begun = time.process_time()
    for _ in range(runs):
        work()
    return (time.process_time() - begun) / runs


def asked(peer: Peer) -> float:
    """CPU seconds of one run of a peer, by its own clock."""
    return float(cast("float", peer.ask(run=1)["cpu"]))


def size(python: Path, name: str, folder: Path) -> Mapping[str, float]:
    """Median CPU seconds of everybody who can live through this size, compared before."""
    rules = {OURS: given(SIZES[name])}
    rules[EASIER] = easier(rules[OURS])
    works, wanted = dict[str, Callable[[], float]](), dict[str, list[int]]()
    for which, one in rules.items():
        one.write(folder / f"{which}.npz")
        wanted[which] = np.array(engine(one)()).tolist()
        works[which] = partial(timed, engine(one))
    with ExitStack() as stack:
        for which, call in PEERS.items():
            if name not in RUN.get(which, SIZES):
                continue
            ours = EASIER if which.endswith("easier rules") else OURS
            peer = stack.enter_context(Peer(python, *call))
            peer.load(folder / f"{ours}.npz")
            assert peer.ask(run=1)["held"] == wanted[ours], f"{which} differs at {name} places"
            works[which] = partial(asked, peer)
        times = {which: list[float]() for which in works}
        for _ in range(ROUNDS):
            for which, work in works.items():
                times[which].append(work())
    return {which: statistics.median(row) for which, row in times.items()}


def versions(python: Path) -> str:
    """Who is compared."""
    told = list[str]()
    for call in {one[0]: one for one in PEERS.values()}.values():
        with Peer(python, *call) as peer:
            told.append(peer.version())
    return ", ".join(told)


def main(python: Path | None = None) -> None:
    """Print the table of ratios; the first, compiled call beside it."""
    begun = time.process_time()
    engine(given(SIZES["1,000"]))()
    first = time.process_time() - begun
    where = python or environment(ROOT / ".bench")
    with tempfile.TemporaryDirectory() as folder:
        found = {name: size(where, name, Path(folder)) for name in SIZES}
    print(versions(where))
    print(f"first call, loading or compiling: {first:.1f} CPU s\n")
    sizes = " | ".join(f"{one} places" for one in SIZES)
    print(f"| the same persons, the same days | {sizes} |")
    print("|---" * (1 + len(SIZES)) + "|")
    for which in (OURS, *PEERS, EASIER):
        row = list[str]()
        for cpu in found.values():
            ours = cpu[EASIER if which.endswith("easier rules") else OURS]
            if which not in cpu:
                row.append("not run")
            elif which in {OURS, EASIER}:
                row.append(f"1 ({1000 * ours:.2f} ms)")
            else:
                row.append(f"{cpu[which] / ours:,.0f}")
        print(f"| {which} | " + " | ".join(row) + " |")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)

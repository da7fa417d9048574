"""kill -9 in mid-append: what was acknowledged is there, what was not is there once or not at all.

On SQLite the writer is killed. On PostgreSQL in turn the writer, the server's process that serves
it, and the postmaster; where the server was killed the same writer goes on by itself afterwards.
"""

import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from psycopg.conninfo import make_conninfo

from drills import worker
from drills.commands import Chance
from drills.rig import Result, Site, Told, ended, judged, pending_of, resubmitted
from drills.server import NAME, Server, kill, served
from habeas.adapters.register_files import Place

RUNS = 1000
FRESH = 10  # kills that one register lives through
BATCHES = 3  # a run is killed in one of its first batches
SLACK = 1.2  # of the time that a batch has taken: the last kills come just after it
WAITED = "longest wait for a server to recover, seconds"
AFTER = 90.0  # seconds in which a writer must have gone on after its server came back


class Writer:
    """A writer in a process of its own, and what it has said so far."""

    def __init__(self, site: Site, run: int) -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _child(site, run, reading, writing)
        os.close(writing)
        self._parts: list[str] = []
        self._sent = 0.0
        self.span = 0.0  # seconds from a batch to its answer; 0 before the first
        self._reader = Thread(target=self._read, args=(reading,))
        self._reader.start()

    def _read(self, pipe: int) -> None:
        with os.fdopen(pipe) as said:
            while part := said.readline():
                self._parts.append(part)
                now = time.monotonic()
                if part == "sent\n":
                    self._sent = now
                elif part.startswith("ack ") and self._sent:
                    self.span, self._sent = now - self._sent, 0.0

    def said(self) -> str:
        return "".join(self._parts)

    def wait_for(self, word: str, count: int = 1, limit: float = 30.0) -> bool:
        """Whether it has said something a number of times before a limit in seconds."""
        end = time.monotonic() + limit
        while self.said().count(word) < count and time.monotonic() < end:
            time.sleep(0.002)
        return self.said().count(word) >= count

    def end(self) -> str:
        """Kill it; returns all it said."""
        kill(self.pid)
        os.waitpid(self.pid, 0)
        self._reader.join()
        return self.said()


def _child(site: Site, run: int, reading: int, writing: int) -> None:
    os.close(reading)
    try:
        with os.fdopen(writing, "w") as out:
            try:
                worker.work(site, run, out)
            finally:  # whatever ends it, it is told and judged
                if sys.exc_info()[0] is not None:
                    out.write(f"died\n{traceback.format_exc()}\n")
    finally:
        os._exit(1)  # never back into the drill that made it


@dataclass(slots=True)
class _Tally:
    broken: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    span: float = 0.1  # seconds that a batch took last

    def add(self, name: str, count: int = 1) -> None:
        self.figures[name] = self.figures.get(name, 0) + count


def run(count: int, store: str) -> Result:
    """Kill as often as asked."""
    tally, done = _Tally(), 0
    name = f"kill -9 in mid-append, {'PostgreSQL' if store == 'postgres' else 'SQLite'}"
    with tempfile.TemporaryDirectory() as folder, _server(store) as server:
        site, told = Site(Path(folder)), Told()
        while done < count and not ended():
            if done % FRESH == 0:
                site, told = _fresh(Path(folder), done, server), Told()
            _killed(site, done, told, tally, server)
            done += 1
            if done % FRESH == 0:
                shutil.rmtree(site.folder)
    return Result(name, done, tuple(tally.broken), tally.figures)


@contextmanager
def _server(store: str) -> Iterator[Server | None]:
    if store != "postgres":
        yield None
        return
    with served() as found:
        yield found


def _fresh(folder: Path, number: int, server: Server | None) -> Site:
    if server is None:
        return Site(folder / str(number)).make()
    address = make_conninfo(server.address, application_name=NAME)
    return Site(folder / str(number), Place(address, f"drill_{number}")).make()


def _killed(site: Site, number: int, told: Told, tally: _Tally, server: Server | None) -> None:
    before = len(told.acks)
    writer = Writer(site, number)
    try:
        if not writer.wait_for("ready\n"):
            tally.broken.append(f"run {number}: the writer did not start")
        chance = Chance(f"delay {number}")
        writer.wait_for("sent\n", 1 + chance.below(BATCHES))
        time.sleep(tally.span * SLACK * chance.below(1000) / 1000)
        if server is not None and number % 3:
            _server_killed(writer, server, number, tally)
    finally:
        said = writer.end()
    if "died\n" in said:
        tally.broken.append(f"run {number}: the writer died by itself: {said.partition('died')[2]}")
    tally.span = writer.span or tally.span
    if server is not None:
        server.settled()
    told.hear(said)
    wrong = judged(site, told)
    pending = [] if not said.count("ready") else pending_of(site)
    again = resubmitted(site, told, pending)
    wrong += again.wrong
    tally.broken += [f"run {number}: {one}" for one in wrong]
    _count(tally, told, pending_there=(again.there, len(pending)), before=before)


def _server_killed(writer: Writer, server: Server, number: int, tally: _Tally) -> None:
    if number % 3 == 1:
        for pid in server.backends():
            kill(pid)
    else:
        kill(server.postmaster())
        server.start()
    size = writer.said().count("ack ")
    begun = time.monotonic()
    went_on = writer.wait_for("ack ", size + 1, AFTER)
    waited = round(time.monotonic() - begun)
    tally.figures[WAITED] = max(waited, tally.figures.get(WAITED, 0))
    tally.add("writers that went on when their server was back", int(went_on))
    if not went_on:
        tally.broken.append(f"run {number}: the writer did not go on after its server was back")


def _count(tally: _Tally, told: Told, *, pending_there: tuple[int, int], before: int) -> None:
    there, pending = pending_there
    tally.add("events acknowledged", len(told.acks) - before - pending)
    tally.add("refused by the store", len(told.refused))
    told.refused.clear()
    tally.add("batches committed but not acknowledged", int(0 < there == pending))
    tally.add("batches committed in part", int(0 < there < pending))

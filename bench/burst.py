"""`python -m bench.burst [small] [SECONDS]`: drill F18, many readers during a burst of events.

200 people are signed in and each reads a page every ten seconds or so, while officers sign 70
custody events a second and hand them to the gateway, each event by itself. Both are open loops: an
answer's time runs from when it was due, so that waiting behind a slow one counts. An officer hands
an event in again until it is acknowledged. Afterwards each acknowledged event is looked for at its
index, and `habeas register verify` reads the whole register. With HABEAS_POSTGRES, the address of a
server, the register and the web's tables lie there; without it, in files. `small` is what CI can
afford.
"""

import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bench import burst_desks, installation, load
from bench.burst_checks import asked, behind, followed, looked_for, size, verified
from bench.burst_desks import Burst, Told
from bench.installation import FULL, SMALL, Scale
from bench.load import Answer, Client, Session
from bench.screening import machine
from bench.web import OFFICES, SEEDS, cpu_of_children, on_postgres
from habeas.adapters import installation_files, register_files
from habeas.cli import serve
from habeas.cli.serve import Served

THINK_S, A_DESK, WARM_A_SECOND = 10.0, 8, 20.0  # A_DESK: people behind one address
THREADS = 4


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked."""

    users: int = 200
    rate: float = 70.0  # events a second
    seconds: float = 600.0
    warm: float = 20.0  # seconds of reading before it


LITTLE = Load(users=4, rate=20.0, seconds=6.0, warm=1.0)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a burst."""

    pages: list[Answer]
    events: list[Told]
    behind_s: list[float]  # by how much the tables followed the register, each second
    followed: bool  # whether the tables reached the register in the end
    cpu: dict[str, float]  # seconds by process
    busy: float  # share of all cores
    lost: list[str]  # acknowledged, and not where they were said to be
    added: dict[str, int]  # leaves that the register gained, by kind
    verdict: str

    @property
    def acknowledged(self) -> list[Told]:
        """Those events that have an index."""
        return [one for one in self.events if one.index >= 0]

    def table(self) -> str:
        """As docs/performance.md has it."""
        times = [1e3 * one.seconds for one in self.acknowledged]
        again = sum(one.attempts > 1 for one in self.events)
        refused = dict(Counter(one.code for one in self.events if one.index < 0))
        spent = ", ".join(f"{name} {value:.0f}" for name, value in sorted(self.cpu.items()))
        late = [1e3 * one for one in self.behind_s]
        return (
            f"{load.table(self.pages)}\n\n"
            f"events: {len(self.events):,} handed in, {len(times):,} acknowledged, {again} of them "
            f"handed in again, refused: {refused}, lost: {len(self.lost)}\n"
            f"append, ms: {_shares(times)}\n"
            f"tables behind the register, ms: {_shares(late)}; reached it: {self.followed}\n"
            f"leaves gained: {self.added}; register verify: {self.verdict}\n"
            f"CPU s: {spent}; all cores busy: {100 * self.busy:.0f} %"
        )


def _shares(times: Sequence[float]) -> str:
    names = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "most": 1.0}
    return ", ".join(f"{name} {load.quantile(times, at):.0f}" for name, at in names.items())


def _signed_in(address: str, told: str, users: int, draw: random.Random) -> list[Session]:
    """So many people, each signed in by the form; those of one office have the same log-in."""
    password = re.search(r"password (\S+)", told)
    names = re.findall(r"^\s+(\S+)\s+\w+ of ", told, re.MULTILINE)
    names = [one for one in names if one.startswith(tuple(f"{office}." for office in OFFICES))]
    if password is None or not names:
        raise LookupError(told)
    first, found = dict[str, Session](), []
    for number in range(users):
        session = Session(names[number % len(names)])
        with closing(Client(address, f"127.0.1.{1 + number // A_DESK}")) as client:
            client.sign_in(session, password.group(1))
            if session.name not in first:
                load.explore(client, session, SEEDS, draw)
        session.known = first.setdefault(session.name, session).known
        if session.known:
            found.append(session)
    return found


def _planned(
    sessions: Sequence[Session], seconds: float, draw: random.Random
) -> list[tuple[float, Session, load.Page, str]]:
    """When whom reads what: each by a clock of their own."""
    found = []
    for session in sessions:
        due = draw.uniform(0, THINK_S)
        while due < seconds:
            [(_, _, page, path)] = load.schedule([session], 1, 1, draw)
            found.append((due, session, page, path))
            due += draw.uniform(0.5, 1.5) * THINK_S
    return sorted(found, key=lambda one: one[0])


def measure(folder: Path, scale: Scale, much: Load) -> Found:
    """Serve it, sign people in, let them read and officers write, then look for every event."""
    served, draw = Served(folder, installation_files.read(folder)), random.Random(18)  # noqa: S311
    register, begun = folder / served.found.register, time.perf_counter()
    with ExitStack() as stack:
        told = stack.enter_context(serve.running([served], THREADS))
        print(f"up after {time.perf_counter() - begun:.0f} s", flush=True)
        sessions = _signed_in(served.found.address, told, much.users, draw)
        print(f"{len(sessions)} signed in, {time.perf_counter() - begun:.0f} s", flush=True)
        client = stack.enter_context(closing(Client(served.found.address)))
        load.run(client, load.schedule(sessions, WARM_A_SECOND, much.warm, draw))
        with asked(served) as caller:
            before = size(caller)
        reading = _planned(sessions, much.seconds, draw)
        writing = Burst(register, scale, _heads(register, scale), before, much.rate, much.seconds)
        with behind(served) as late, ProcessPoolExecutor(1, get_context("spawn")) as pool:
            spent, idle = cpu_of_children(), _idle()
            events = pool.submit(burst_desks.work, writing)
            pages = load.run(client, reading)
            found = events.result()
            spent = {name: one - spent.get(name, 0) for name, one in cpu_of_children().items()}
            busy = 1 - (_idle() - idle) / (os.cpu_count() or 1) / much.seconds
        reached = followed(served)
    gained = looked_for(register, found, before)
    return Found(pages, found, late, reached, spent, busy, *gained, verified(register))


def _heads(register: Path, scale: Scale) -> dict[str, tuple[int, bytes]]:
    with register_files.opened(register) as found:
        return found.store.heads(one.subject for one in burst_desks.held(scale))


def _idle() -> float:
    """Seconds for which cores have had nothing to do."""
    kept = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(kept[4]) + int(kept[5])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print what came of it."""
    words = sys.argv[1:]
    scale, much = (SMALL, LITTLE) if words[:1] == ["small"] else (FULL, Load())
    seconds = [float(one) for one in words if one.replace(".", "").isdigit()]
    if seconds:
        much = Load(much.users, much.rate, seconds[0], much.warm)
    folder, address = installation.made(scale), os.environ.get("HABEAS_POSTGRES")
    if address:
        folder = on_postgres(folder, scale, address)
    print(f"{machine()}; load {os.getloadavg()[0]:.1f}; {scale.persons:,} persons; {much}")
    print(measure(folder, scale, much).table())


if __name__ == "__main__":
    main()

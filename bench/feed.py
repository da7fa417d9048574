"""One round of the feed between two served installations: its bytes, and the processor's time.

    python -m bench.feed [--rounds N] [--leaves N]

Both run as `habeas serve` runs them, without couriers: the rounds are gone here. The time is that
of all processes of both sides and of this one, from /proc; Linux alone.
"""

import argparse
import os
import signal
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from habeas.adapters import gateway_socket, installation_files
from habeas.adapters.feed_client import HttpPeer
from habeas.cli import installations, serve
from habeas.service.asking import Caller, Publish
from habeas.service.feed_round import Feeder, Round

TICK = os.sysconf("SC_CLK_TCK")
PORTS = (8461, 8462)


def processes(children: Sequence[serve.Child]) -> list[int]:
    """The process groups of both sides; each child leads one, its workers stand in it."""
    groups = {one.process.pid for one in children}
    found = list[int]()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = entry.joinpath("stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[2]) in groups:
            found.append(int(entry.name))
    return found


def cpu(pids: Sequence[int]) -> float:
    """Seconds of processor time that some processes have used, and this one."""
    used = 0.0
    for one in pids:
        words = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        used += (int(words[11]) + int(words[12])) / TICK
    mine = os.times()
    return used + mine.user + mine.system


def measured(name: str, pids: Sequence[int], rounds: int, call: Callable[[], Round]) -> None:
    """Print what a round costs on average."""
    begun, wall, done = cpu(pids), monotonic(), Round()
    for _ in range(rounds):
        done = call()
    used, took = (cpu(pids) - begun) / rounds, (monotonic() - wall) / rounds
    print(
        f"{name}: {done.added:,} leaves, {done.bytes:,} bytes, "
        f"{used * 1000:.1f} ms of processor time, {took * 1000:.0f} ms"
    )


def main() -> None:
    """Serve, go rounds, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--leaves", type=int, default=10_000)
    asked = parser.parse_args()
    now = datetime.now(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory(prefix="habeas-feed-") as folder:
        made = installations.make(Path(folder), "SE-EE", now, 7, PORTS)
        served = [serve.Served(one, installation_files.read(one)) for one in made]
        children = list[serve.Child]()
        with serve.running(served, 4, children):
            for one in children:
                if one.what == "courier":
                    os.kill(one.process.pid, signal.SIGSTOP)
            pids = processes(children)
            feeder = Feeder(HttpPeer(served[1].found.address))
            here, there = (
                gateway_socket.connected(one.folder / "register.sqlite3") for one in served
            )
            if here is None or there is None:
                raise SystemExit("a gateway is not there")
            with closing(here), closing(there):
                ours, theirs = Caller(here.ask), Caller(there.ask)
                feeder.round(ours)
                feeder.round(ours)
                measured("nothing to do", pids, asked.rounds, lambda: feeder.round(ours))
                for _ in range(-(-asked.leaves // 256)):
                    theirs.ask(Publish(pads=True))
                measured("after publications", pids, 1, lambda: feeder.round(ours))
            for one in children:
                if one.what == "courier":
                    os.kill(one.process.pid, signal.SIGCONT)


if __name__ == "__main__":
    main()

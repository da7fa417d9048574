"""What is looked at beside a burst and after it: how far the tables follow, and where events stand.

What was acknowledged is looked for in the store itself, and the register is verified by the command
that any auditor has.
"""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from bench.burst_desks import Told
from habeas.adapters import installation_files, register_files
from habeas.cli import gateway
from habeas.cli.serve import Served
from habeas.service.asking import Caller, Status

LOOK_S, CATCH_UP_S, TOGETHER = 1.0, 120.0, 500


class Tables(Protocol):
    """A connection to the web's database."""

    def execute(self, query: str, /) -> Any:  # noqa: ANN401 - a cursor of either driver
        """Ask it."""
        ...


@contextmanager
def asked(served: Served) -> Iterator[Caller]:
    """The installation's gateway."""
    with gateway.caller(served.folder / served.found.register) as caller:
        if caller is None:
            raise LookupError(served.folder)
        yield caller


def size(caller: Caller) -> int:
    """How many leaves the register has."""
    return int(caller.ask(Status())["size"])


def _tables(served: Served) -> AbstractContextManager[Tables]:
    address, file = served.found.database, served.folder / installation_files.DATABASE
    if address:
        return closing(psycopg.connect(address, autocommit=True))
    return closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, check_same_thread=False))


def _taken_in(tables: Tables) -> int:
    found = tables.execute("SELECT size FROM readmodels_position").fetchone()
    return int(found[0]) if found else 0


@contextmanager
def behind(served: Served) -> Iterator[list[float]]:
    """By how many seconds the tables follow the register, looked at each second meanwhile."""
    stop, found, seen = threading.Event(), list[float](), list[tuple[float, int]]()

    def look() -> None:
        with asked(served) as caller, _tables(served) as tables:
            while not stop.wait(LOOK_S):
                place, at = _taken_in(tables), time.monotonic()
                seen[:] = [one for one in seen if one[1] > place]
                found.append(at - seen[0][0] if seen else 0.0)
                seen.append((time.monotonic(), size(caller)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()


def followed(served: Served) -> bool:
    """Whether the tables reach the register soon after the last event."""
    with asked(served) as caller, _tables(served) as tables:
        whole, end = size(caller), time.monotonic() + CATCH_UP_S
        while _taken_in(tables) < whole and time.monotonic() < end:
            time.sleep(0.2)
        return _taken_in(tables) >= whole


def looked_for(
    register: Path, events: Sequence[Told], before: int
) -> tuple[list[str], dict[str, int]]:
    """The acknowledged events that do not stand where it was said, and what was added, by kind."""
    lost = list[str]()
    good = [one for one in events if one.index >= 0]
    with register_files.opened(register) as found:
        for place in range(0, len(good), TOGETHER):
            group = good[place : place + TOGETHER]
            there = found.store.by_ids(one.id for one in group)
            for one in group:
                row = there.get(one.id)
                if row is None or (row.index, row.entry) != (one.index, one.entry):
                    lost.append(one.id)
        added = Counter(row.kind for row in found.store.rows(before))
    return lost, dict(added)


def verified(register: Path) -> str:
    """What `habeas register verify` says of the register."""
    call = ["nice", sys.executable, "-m", "habeas", "register", "verify", str(register), "--json"]
    told = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return str(json.loads(told.stdout)["verdict"]) if told.stdout else told.stderr

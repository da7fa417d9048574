"""A mirror against its limit, and settlement by the event: python -m bench.settlement [LEAVES]."""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from bench import logs
from bench.logs import AT, Chance
from habeas.adapters import mirror_files
from habeas.adapters.settlement_file import SettlementFile
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register import checkpoint, exchange
from habeas.register.checkpoint import COSIGNATURE, LOG, Checkpoint, NoteKey, read_note
from habeas.register.events import Row
from habeas.register.policy import Policy, read_policy
from habeas.register.store import Batch
from habeas.register.tiles import Grower
from habeas.service import settle
from habeas.service.mirror import Mirror
from habeas.service.settle import Both

LEAVES, COURT = 100_000, "court.example/witness"
PEER = "log.example/peer"


def _policy(origin: str) -> Policy:
    court = NoteKey(COURT, COSIGNATURE, logs.KEYS["officer"].public()).vkey()
    log = NoteKey(origin, LOG, logs.KEYS["log"].public()).vkey()
    return read_policy(f"log {log}\nwitness court {court}\nquorum court\n")


def _note(origin: str, size: int, root: bytes) -> str:
    point, time_ = Checkpoint(origin, size, root), int(AT.timestamp())
    line = checkpoint.cosigned(point, COURT, logs.KEYS["officer"], time_)
    return checkpoint.signed(point, logs.KEYS["log"]) + line


def _log(path: Path, origin: str, entries: Sequence[bytes]) -> SqliteStore:
    """A log of bare leaves under one checkpoint that the court has cosigned."""
    store, tree = SqliteStore(path, create=True), Grower()
    rows = [
        Row(at, one, f"E{at}", "visit.made", f"p{at % 1000}", None, b"-")
        for at, one in enumerate(entries)
    ]
    for one in entries:
        tree.append(one)
    point = (len(entries), _note(origin, len(entries), tree.root()))
    store.write(Batch(0, rows, AT, (), tree.filled(), point))
    return store


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _limit(path: Path, entries: Sequence[bytes]) -> None:
    """Hash the leaves and their nodes, and write them into one table in one transaction."""
    row = [sha256(b"\0" + one).digest() for one in entries]
    while len(row) > 1:
        row = [sha256(b"\1" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)]
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL;")
        db.execute("CREATE TABLE leaf (idx INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT")
        db.execute("BEGIN")
        db.executemany("INSERT INTO leaf VALUES (?, ?)", enumerate(entries))
        db.execute("COMMIT")


def _row(name: str, count: int, cpu: float, against: str) -> None:
    print(f"| {name} | {cpu / count * 1e6:,.1f} us | {count / cpu:,.0f} | {against} |")


def _mirrored(folder: Path, entries: Sequence[bytes]) -> tuple[float, float]:
    """Seconds to take all of a log in, and of the limit beside it, in turn."""
    source = _log(folder / "peer.sqlite3", PEER, entries)
    taken = limit = 0.0
    with closing(source), mirror_files.opened(folder / "register.sqlite3") as shelf:
        mirror = Mirror(shelf, _policy(PEER), None, lambda: AT)
        while mirror.size < len(entries):
            start = mirror.size
            text = exchange.publication(source, start)
            taken += _timed(partial(mirror.take, text))
            part = entries[start : mirror.size]
            limit += _timed(partial(_limit, folder / f"{start}.limit", part))
        assert read_note(mirror.note()).checkpoint.size == len(entries)
    return taken, limit


class _Held:
    """What settlement asks of a log, over a store of bare leaves."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store

    @property
    def size(self) -> int:
        return self.store.size()


def _settled(folder: Path, entries: Sequence[bytes]) -> tuple[float, float]:
    """Seconds until every event of both logs is settled, and of the round after it."""
    policy = _policy("log.example/own")
    with (
        closing(_log(folder / "own.sqlite3", "log.example/own", entries)) as own,
        mirror_files.opened(folder / "register.sqlite3") as shelf,
        closing(SettlementFile(folder / "settlement.sqlite3")) as ledger,
    ):
        mirror = Mirror(shelf, _policy(PEER), None, lambda: AT)
        both = Both(_Held(own), policy, mirror, ledger)  # type: ignore[arg-type]
        found = [_timed(lambda: settle.run(both, own.rows, datetime.now(UTC))) for _ in range(2)]
        assert list(ledger.counts().values()) == [len(entries)]
    return found[0], found[1]


def main(leaves: int = LEAVES) -> None:
    """Print the rows."""
    chance = Chance("settlement")
    entries = [chance(32) for _ in range(leaves)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taken, limit = _mirrored(folder, entries)
        first, again = _settled(folder, entries)
    print("| work | CPU each | a CPU second | against |\n|---|---|---|---|")
    _row(
        f"mirror of {leaves:,} leaves: read, check, write, index",
        leaves,
        taken,
        f"{taken / limit:.1f} times the limit",
    )
    _row("the limit: hash the leaves, write them bare", leaves, limit, "1")
    _row(f"settlement of {leaves:,} events that both logs have", leaves, first, "")
    print(f"| the next round, nothing new | {again * 1e3:.1f} ms a round | {1 / again:,.0f} | |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

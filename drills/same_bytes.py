"""The same commands on both stores: entries, contents, tiles and checkpoints are the same bytes.

    python -m drills.same_bytes [COUNT] [ADDRESS]

COUNT is 100000 where absent. ADDRESS is that of a PostgreSQL server, else HABEAS_POSTGRES; a schema
`same_bytes` is made there, and dropped first where it is left from before.
"""

import hashlib
import os
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import psycopg

from drills import commands
from drills.commands import Command
from habeas.adapters import postgres_store, sqlite_store
from habeas.adapters.postgres_store import PostgresStore
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register.log import Store
from habeas.register.verify import Bundle

COUNT, SCHEMA = 100_000, "same_bytes"


def digests(store: Store, bundle: Bundle) -> dict[str, str]:
    """A hash over each part of a register."""
    rows = list(bundle.rows)
    sections = [part for row in rows for part in store.sections(row.index)]
    parts: dict[str, list[object]] = {
        "entries": [row.entry for row in rows],
        "rows and contents": [astuple(row) for row in rows],
        "sections": [astuple(one) for one in sections],
        "tiles": [*sorted(bundle.tiles or ())],
        "checkpoints": list(bundle.checkpoints),
    }
    return {
        name: f"{len(part):,} {hashlib.sha256(repr(part).encode()).hexdigest()}"
        for name, part in parts.items()
    }


def _timed(name: str, store: Store, told: list[Command]) -> list[str]:
    cpu, wall = time.process_time(), time.perf_counter()
    answers = commands.run(commands.log_over(store), told)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    count = sum(len(one.batch) for one in told)
    _say(f"{name:<11}{count / cpu:>8,.0f} events per CPU-second of this process, {wall:.1f} s")
    return answers


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(count: int, address: str) -> int:
    """Run the drill; 1 where the stores differ."""
    told = list(commands.commands("same bytes", count))
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("DROP SCHEMA IF EXISTS same_bytes CASCADE")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.sqlite3"
        with (
            closing(SqliteStore(path, create=True)) as lite,
            closing(PostgresStore(address, SCHEMA, create=True)) as post,
        ):
            answers = [_timed("SQLite", lite, told), _timed("PostgreSQL", post, told)]
            one = digests(lite, sqlite_store.bundle(path))
            two = digests(post, postgres_store.bundle(address, SCHEMA))
    _say(f"answers    {'the same' if answers[0] == answers[1] else 'DIFFERENT'}")
    for name, found in one.items():
        _say(f"{'the same ' if found == two[name] else 'DIFFERENT'} {name}: {found}")
    return int(one != two or answers[0] != answers[1])


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(
        main(
            int(given[0]) if given else COUNT,
            given[1] if len(given) > 1 else os.environ["HABEAS_POSTGRES"],
        )
    )

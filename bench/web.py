"""`python -m bench.web [small]`: the pages of a large installation, read by several people at once.

With HABEAS_POSTGRES, the address of a server, the register and the web's tables lie there. What is
measured is served as `habeas serve` serves it. `small` is what CI can afford.
"""

import json
import os
import random
import re
import shutil
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo

from bench import installation, load
from bench.installation import FULL, SMALL, Scale
from bench.screening import machine
from habeas.adapters import installation_files, register_files
from habeas.adapters.postgres_store import PostgresStore
from habeas.adapters.register_files import Place
from habeas.cli import serve

RATE, SECONDS, WARM = 20.0, 150.0, 200  # requests a second; how long; requests before it
THREADS = 4
OFFICES = (
    "sending-officer",
    "facility-officer",
    "court",
    "counsel",
    "monitor",
    "receiving-officer",
)
SEEDS = (
    "/en/", "/en/docket/", "/en/transfers/", "/en/facilities/", "/en/roll/", "/en/money/",
    "/en/agreement/", "/en/search/?q=SEEE-00400", "/en/docket/?page=7",
)  # fmt: skip
SCHEMA, WHERE = "register", "register.json"
COPIED = {
    "leaf": "idx, entry",
    "event": "idx, event_id, kind, subject, seq, recorded_at",
    "content": "idx, sealed",
    "section": "idx, name, digest, sealed",
    "tile": "level, n, hashes",
    "checkpoint": "size, note",
    "cosignature": "size, line",
}
TICKS = os.sysconf("SC_CLK_TCK")


def on_postgres(folder: Path, scale: Scale, address: str) -> Path:
    """The same installation with its register and its tables on a server; made once."""
    name = f"habeas_bench_{scale.name}"
    there = folder.parent / "postgres"
    with psycopg.connect(address, autocommit=True) as db:
        known = db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known and (there / WHERE).exists():
            return there
        db.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        db.execute(f"CREATE DATABASE {name}".encode())
    shutil.rmtree(there, ignore_errors=True)
    leave = shutil.ignore_patterns("*.sqlite3*", "static", "reads*", "*.sock", "*.log")
    shutil.copytree(folder, there, ignore=leave)
    shutil.copy(folder / register_files.KEYS, there / register_files.KEYS)
    own = make_conninfo(address, dbname=name)
    _copy(folder / "register.sqlite3", own)
    where = json.dumps({"postgres": own, "schema": SCHEMA})
    found = installation_files.read(there)
    installation_files.write(there, msgspec.structs.replace(found, database=own, register=WHERE))
    (there / WHERE).write_text(where)
    (there / WHERE).chmod(0o600)
    return there


def _copy(path: Path, address: str) -> None:
    """The very rows of a register, row by row, into a new register of a server."""
    place = Place(address, SCHEMA)
    PostgresStore(place.postgres, place.schema, create=True).close()
    with closing(sqlite3.connect(path)) as lite, psycopg.connect(address) as db:
        db.execute(f"SET search_path = {SCHEMA}".encode())
        for table, columns in COPIED.items():
            rows = lite.execute(f"SELECT {columns} FROM {table} ORDER BY rowid")  # noqa: S608 - ours
            with db.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)


def cpu_of_children() -> dict[str, float]:
    """CPU seconds so far of every process below this one, by what it runs."""
    parents, spent, words = {}, {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            text = (path / "stat").read_text()
            words[int(path.name)] = (path / "cmdline").read_bytes().decode(errors="replace")
        except OSError:  # gone meanwhile
            continue
        kept = text.rpartition(")")[2].split()
        parents[int(path.name)] = int(kept[1])
        spent[int(path.name)] = (int(kept[11]) + int(kept[12])) / TICKS
    found: dict[str, float] = {}
    for number, seconds in spent.items():
        above = number
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid() and number != above:
            said = words[number]
            name = next((one for one in ("gateway", "granian", "courier") if one in said), "other")
            found[name] = found.get(name, 0.0) + seconds
    return found


def measure(folder: Path) -> str:
    """Serve it, sign people in, look round, then read for some minutes."""
    found, draw = installation_files.read(folder), random.Random(7)  # noqa: S311 - not a secret
    begun = time.perf_counter()
    with serve.running([serve.Served(folder, found)], THREADS) as told:
        print(f"up after {time.perf_counter() - begun:.0f} s", flush=True)
        password = re.search(r"password (\S+)", told)
        names = re.findall(r"^\s+(\S+)\s+\w+ of ", told, re.MULTILINE)
        if password is None:
            raise LookupError(told)
        client, sessions = load.Client(found.address), []
        for office in OFFICES:
            name = next((one for one in names if one.startswith(f"{office}.")), None)
            if name is not None:
                session = load.Session(name)
                client.sign_in(session, password.group(1))
                load.explore(client, session, SEEDS, draw)
                if session.known:
                    sessions.append(session)
        print({one.name: {k: len(v) for k, v in one.known.items()} for one in sessions}, flush=True)
        load.run(client, load.schedule(sessions, RATE, WARM / RATE, draw))
        before = cpu_of_children()
        answers = load.run(client, load.schedule(sessions, RATE, SECONDS, draw))
        after = cpu_of_children()
    each = {k: 1e3 * (after[k] - before.get(k, 0)) / len(answers) for k in sorted(after)}
    spent = ", ".join(f"{name} {value:.1f}" for name, value in each.items())
    return f"{load.table(answers)}\n\nCPU ms a request: {spent}"


def main() -> None:
    """Print a table a database."""
    measured(SMALL if sys.argv[1:] == ["small"] else FULL)


def small() -> None:
    """The same of an installation that is quickly made."""
    measured(SMALL)


def measured(scale: Scale) -> None:
    """Print a table a database of one installation."""
    folder = installation.made(scale)
    address = os.environ.get("HABEAS_POSTGRES")
    print(f"{machine()}; load {os.getloadavg()[0]:.1f}; {scale.persons:,} persons", flush=True)
    print(f"\nSQLite, {RATE:.0f} requests a second:\n\n{measure(folder)}", flush=True)
    if address:
        print(f"\nPostgreSQL:\n\n{measure(on_postgres(folder, scale, address))}", flush=True)


if __name__ == "__main__":
    main()

"""Every command of docs/postgresql.md, run on three servers; then the primary is lost.

The standby is promoted by hand. What was acknowledged is there. A writer that lived through the
change finds that somebody else wrote; one over the old primary that came back, and one over an
older copy, refuse to sign what a witness has seen more of.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from drills import witnesses
from drills.commands import AT, AUTHORITIES, ORIGIN, Drafter
from drills.rig import FIRST, Result, Site, Told, acks, heads_of, judged, noted, person
from drills.server import Server, account, served, tools
from habeas.adapters import key_files, register_files, witness_client
from habeas.adapters.postgres_store import PostgresStore
from habeas.adapters.register_files import TRUST
from habeas.errors import RegisterError
from habeas.register.log import Log
from habeas.register.store import Batch
from habeas.service import publish
from habeas.service.publish import Clients

RUNS, BATCH, PEOPLE = 100, 20, 50
PAGE = Path(__file__).parents[1] / "docs/postgresql.md"
ADMIN, WRITER, READER = "habeas", "se_gateway", "se_auditor"
PATIENCE_S = 30.0  # until the standby shows what was acknowledged


@dataclass(frozen=True, slots=True)
class World:
    """Three servers, the seat of the register, and where copies go."""

    folder: Path
    primary: Server
    standby: Server
    second: Server
    clients: Clients

    @property
    def seat(self) -> Site:
        """The register on its first server."""
        return Site(self.folder / "seat", register_files.Place(self.at(self.primary)))

    def at(self, server: Server) -> str:
        """The register's address on a server; who asks is said by PGUSER."""
        return f"host={server.folder} dbname=register"

    def also(self, name: str, address: str) -> Site:
        """The same register as it lies elsewhere, with its keys beside it."""
        found = Site(self.folder / "seat" / name, register_files.Place(address))
        found.folder.mkdir()
        for one in (self.seat.folder / TRUST, *self.seat.folder.glob("person-keys.*")):
            (found.folder / one.name).symlink_to(one)
        told = {"postgres": address, "schema": "register"}
        found.path.write_text(json.dumps(told))
        return found

    def names(self) -> dict[str, str]:
        """What the page's commands are told."""
        servers = {"PRIMARY": self.primary, "STANDBY": self.standby, "SECOND": self.second}
        path = (str(Path(sys.executable).parent), str(tools()), os.environ["PATH"])
        return {
            **os.environ,
            **{name: str(one.folder) for name, one in servers.items()},
            **{f"{name}_DATA": str(one.data) for name, one in servers.items()},
            "ADMIN": ADMIN,
            "ORIGIN": ORIGIN,
            "SEAT": str(self.seat.folder),
            "COPIES": str(self.folder / "copies"),
            "PATH": os.pathsep.join(path),
            "PYTHONPATH": str(PAGE.parents[1] / "src"),
        }


def blocks() -> list[tuple[str, str]]:
    """The page's commands in their order: as whom, and what."""
    form = re.compile(r"^```sh\n# as ([^\n]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    return [(who, script) for who, script in form.findall(PAGE.read_text())]


def _typed(world: World, who: str, script: str) -> None:
    """Run one block; whatever fails in it fails the drill."""
    known = account() if who == "the database's account" else None
    user, group = (None, None) if known is None else (known.pw_uid, known.pw_gid)
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script], env=world.names(), cwd=world.folder,
        text=True, capture_output=True, check=False, user=user, group=group,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"as {who}:\n{script}\n{done.stdout}\n{done.stderr}")


@contextmanager
def _world(folder: Path) -> Iterator[World]:
    with ExitStack() as stack:
        primary, second = stack.enter_context(served()), stack.enter_context(served())
        url = stack.enter_context(witnesses.true(folder / "court"))
        standby = folder / "standby"
        for one in (folder / "copies", standby, folder / "seat" / "roots"):
            one.mkdir(parents=True)
        if known := account():
            os.chown(standby, known.pw_uid, known.pw_gid)
            os.chown(folder / "copies", known.pw_uid, known.pw_gid)
        found = Server(standby, tools())
        clients = {"court": witness_client.http_witness(url)}
        stack.callback(found.stop_if_running)
        yield World(folder, primary, found, second, clients)


def _seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _keys(world: World) -> None:
    """What the page takes for granted: the log's key, the authorities' roots, a witness."""
    seat = world.seat.folder
    key_files.write(seat / "log.key", "LOG", _seed("log"))
    for name in AUTHORITIES:
        key_files.write(seat / "roots" / f"{name}.key", name, _seed(f"{name} root"))
    statements = f"witness court {witnesses.vkey(witnesses.COURT)}\nquorum court\n"
    (seat / "policy").write_text(statements)


class _Writer:
    """Appends as the gateway does, and keeps what it was told."""

    def __init__(self, world: World) -> None:
        self.told, self._clients, self._turn = Told(), world.clients, FIRST

    def append(self, log: Log, size: int = BATCH) -> None:
        people = [person(number) for number in range(PEOPLE)]
        self._turn += size
        drafter = Drafter(f"standby {self._turn}", self._turn, heads_of(log, people))
        batch = [drafter.custody(people[(self._turn + n) % PEOPLE]) for n in range(size)]
        self.told.hear(acks(batch, log.append(batch, AT)))

    def publish(self, log: Log, site: Site) -> None:
        publish.publish(log, site.trust().policy, self._clients, AT, pads=False)
        self.told.hear(noted(log.note()))


def _code(call: Callable[[], object]) -> str:
    """With which code a call is refused; empty where it is not."""
    try:
        call()
    except RegisterError as error:
        return error.code
    return ""


def run(runs: int, store: str) -> Result:
    """Make, follow, copy, restore, lose and promote; `runs` batches are followed by the standby."""
    del store  # it is PostgreSQL's own
    with tempfile.TemporaryDirectory(prefix="habeas-drill-") as name, _as(WRITER):
        os.chmod(name, 0o711)  # noqa: PTH101, S103 - the database's account goes through it
        with _world(Path(name)) as world:
            return _drilled(world, runs)


def _drilled(world: World, runs: int) -> Result:
    page, seen = iter(blocks()), list[float]()
    _keys(world)
    for _ in range(2):  # who is who; make the register
        _typed(world, *next(page))
    writer = _Writer(world)
    with world.seat.opened() as log:
        publish.start(log, world.seat.trust().policy, world.clients)
        log.append(Drafter("enrolments").enrolments(), AT)
        writer.append(log)
        writer.publish(log, world.seat)
    for _ in range(2):  # the standby, and that nothing is acknowledged without it
        _typed(world, *next(page))
    replica = world.also("replica", world.at(world.standby))
    copy = world.also("second", world.at(world.second))
    with world.seat.opened() as log:
        seen += [_followed(world, log, writer) for _ in range(runs)]
        writer.publish(log, world.seat)
    for _ in range(4):  # read at the standby; copy; restore; verify what was restored
        _typed(world, *next(page))
    told = _lost(world, writer, (replica, copy), lambda: _typed(world, *next(page)))
    for who, script in page:  # what to look at
        _typed(world, who, script)
    wrong = judged(replica, writer.told)
    late = sorted(1e3 * one for one in seen)
    figures = {
        "events acknowledged": len(writer.told.acks),
        "ms until the standby showed them, median": round(late[len(late) // 2]),
        "at most": round(late[-1]),
    }
    wrong += [
        f"{what}: {code or 'not refused'}" for what, (code, due) in told.items() if code != due
    ]
    return Result("standby read, promoted; the old primary refused", runs, tuple(wrong), figures)


def _followed(world: World, log: Log, writer: _Writer) -> float:
    """Seconds from an acknowledgement until the standby shows the events."""
    with closing(PostgresStore(f"{world.at(world.standby)} user={READER}")) as store:
        writer.append(log)
        begun = time.monotonic()
        while store.size() < log.size:
            if time.monotonic() - begun > PATIENCE_S:
                msg = "the standby does not follow"
                raise AssertionError(msg)
        return time.monotonic() - begun


def _lost(
    world: World, writer: _Writer, sites: tuple[Site, Site], promote: Callable[[], None]
) -> dict[str, tuple[str, str]]:
    """Lose the primary, promote the standby, go on there, and bring the primary back.

    Returns:
        For each who must not write: with which code they were refused, and with which they must.
    """
    replica, copy = sites
    either = f"host={world.primary.folder},{world.standby.folder} target_session_attrs=read-write"
    survivor = world.also("survivor", f"{either} dbname=register")
    found = {"a writer at the standby": (_code(lambda: _written(world)), "H563")}
    with survivor.opened() as old:
        writer.append(old)
        world.primary.stop()
        promote()
        with replica.opened() as log:
            publish.start(log, replica.trust().policy, world.clients)
            gone = _code(lambda: writer.append(old))
            found["a writer whose server is gone"] = (gone, "H561")
            writer.append(log)
            again = _code(lambda: writer.append(old))
            found["a writer that another was faster than"] = (again, "H565")
            writer.publish(log, replica)
    world.primary.start()
    found["a writer over the old primary"] = (_code(lambda: _begun(world, world.seat)), "H539")
    with _as(ADMIN):
        found["a writer over an older copy"] = (_code(lambda: _begun(world, copy)), "H539")
    return found


def _written(world: World) -> None:
    with closing(PostgresStore(world.at(world.standby))) as store:
        store.write(Batch(store.size(), [], AT, checkpoint=(0, "note")))


def _begun(world: World, site: Site) -> None:
    with site.opened() as log:
        publish.start(log, site.trust().policy, world.clients)


@contextmanager
def _as(user: str) -> Iterator[None]:
    """PGUSER is somebody else for a while."""
    kept = os.environ.get("PGUSER")
    os.environ["PGUSER"] = user
    try:
        yield
    finally:
        os.environ.pop("PGUSER")
        if kept is not None:
            os.environ["PGUSER"] = kept

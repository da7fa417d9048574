"""A PostgreSQL server of the drills' own, with fsync on, that may be killed and started again."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

NAME = "drill"  # of the connections that a drill's writer makes
WAIT = 60.0  # seconds


class Absent(Exception):  # noqa: N818 - it is no error of ours
    """There is no PostgreSQL on this machine."""


class Server:
    """A server in a folder. Refuses root, so that there it runs under another account."""

    def __init__(self, folder: Path, tools: Path) -> None:
        self.folder, self._tools = folder, tools
        self.data = folder / "data"
        self.address = f"host={folder} user=habeas dbname=postgres"

    def make(self) -> None:
        form = ["-U", "habeas", "-A", "trust", "-E", "UTF8", "--locale=C"]
        self._run("initdb", "-D", str(self.data), *form)

    def start(self) -> None:
        """Start it, once whatever was killed has let go of its memory."""
        told = f"-k {self.folder} -c listen_addresses= -c fsync=on -c full_page_writes=on"
        told += " -c recovery_init_sync_method=syncfs"  # not a file at a time
        words = ["-D", str(self.data), "-o", told, "-w", "-l", f"{self.folder}/log", "start"]
        end = time.monotonic() + WAIT
        while True:
            try:
                self._run("pg_ctl", *words)
            except subprocess.CalledProcessError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def stop_if_running(self) -> None:
        """Stop it, where somebody has started it."""
        if (self.data / "postmaster.pid").exists():
            self.stop()

    def _run(self, tool: str, *words: str) -> None:
        known = account()
        more: dict[str, Any] = {}  # Any: what `run` takes
        if known is not None:
            os.chown(self.folder, known.pw_uid, known.pw_gid)
            more = {"user": known.pw_uid, "group": known.pw_gid, "extra_groups": []}
        quiet = subprocess.DEVNULL
        call = [str(self._tools / tool), *words]
        subprocess.run(call, check=True, cwd=self.folder, stdout=quiet, stderr=quiet, **more)

    def postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split("\n")[0])

    def backends(self) -> list[int]:
        """The server's processes that serve a drill's writer."""
        query = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
        with psycopg.connect(self.address, autocommit=True) as db:
            return [pid for (pid,) in db.execute(query, [NAME])]

    def settled(self) -> None:
        """Wait until the server answers, and nothing of a killed writer runs there any more."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            try:
                if not self.backends():
                    return
            except psycopg.Error:  # it still recovers
                pass
            time.sleep(0.02)
        msg = "the server did not recover"
        raise AssertionError(msg)


def account() -> pwd.struct_passwd | None:
    """Under whom a server runs that refuses root; None: under whoever runs the drill."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def tools() -> Path:
    """The folder of the newest PostgreSQL's own programs."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    newest = max(found, key=lambda one: int(one.parts[-3]), default=None)
    named = newest or shutil.which("initdb")
    if named is None:
        msg = "no PostgreSQL: install postgresql"
        raise Absent(msg)
    return Path(named).resolve().parent


@contextmanager
def served() -> Iterator[Server]:
    """A new server, stopped and removed in the end."""
    programs = tools()
    with tempfile.TemporaryDirectory(prefix="habeas-drill-") as name:
        found = Server(Path(name), programs)
        os.chmod(name, 0o711)  # noqa: PTH101, S103 - its socket is asked for by the drill's account
        found.make()
        found.start()
        try:
            yield found
        finally:
            found.stop_if_running()


def kill(pid: int) -> None:
    """End a process that this drill started, at once."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return

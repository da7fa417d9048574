"""A true witness in a process of its own, and one that lies as it is told."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import cast

from drills.commands import ORIGIN, key
from habeas.adapters import key_files
from habeas.register import checkpoint
from habeas.register.checkpoint import COSIGNATURE, LOG, NoteKey, read_note
from habeas.register.witness import SIZE

COURT, PRESS = "court.example/witness", "press.example/witness"
TIME = 1_772_482_000


def vkey(name: str) -> str:
    return NoteKey(name, COSIGNATURE, key(name).public()).vkey()


STATEMENTS = (
    f"witness court {vkey(COURT)}\nwitness press {vkey(PRESS)}\n"
    "group both all court press\nquorum both\n"
)


@contextmanager
def true(folder: Path) -> Iterator[str]:
    """The court's witness, `habeas register witness`, over a folder that may hold its memory.

    Gives its address.
    """
    keyfile, logs = folder.with_suffix(".key"), folder.with_suffix(".logs")
    key_files.write(keyfile, "COURT", hashlib.sha256(COURT.encode()).digest())
    logs.write_text(NoteKey(ORIGIN, LOG, key("log").public()).vkey() + "\n")
    words = [sys.executable, "-m", "habeas", "register", "witness", str(folder), "--name", COURT]
    words += ["--key", str(keyfile), "--logs", str(logs), "--port", "0"]
    words += [] if folder.exists() else ["--make"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=quiet, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield line.split()[1]
        finally:
            process.send_signal(signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Lie:
    """What a false witness says."""

    shown: str = ""  # the note that it shows as the latest; empty: none
    stated: int | None = None  # the size that it says it holds; None: it cosigns anything


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        lie = cast("_Server", self.server).lie
        self._answer(200 if lie.shown else 404, "text/plain", lie.shown)

    def do_POST(self) -> None:
        lie = cast("_Server", self.server).lie
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if lie.stated is not None:
            self._answer(409, SIZE, f"{lie.stated}\n")
            return
        point = read_note(asked[asked.index(f"{ORIGIN}\n") :]).checkpoint
        self._answer(200, "text/plain", checkpoint.cosigned(point, PRESS, key(PRESS), TIME))

    def _answer(self, status: int, kind: str, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    def __init__(self, lie: Lie) -> None:
        self.lie = lie
        super().__init__(("127.0.0.1", 0), _Handler)


@contextmanager
def false(lie: Lie) -> Iterator[str]:
    """The press's witness, which lies; gives its address."""
    server = _Server(lie)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

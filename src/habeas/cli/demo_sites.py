"""The processes of the two-state demonstration: two installations, a court's witness, two lines.

Each installation reaches the other over a line of this process, which can be cut, and both ask the
court's witness directly. Gateways and witness run on a clock that the story moves; webs and
couriers on the machine's. Everything listens on this machine only, and ends with the story.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import msgspec

from habeas.adapters import (
    gateway_socket,
    installation_files,
    key_files,
    register_files,
    text_files,
)
from habeas.adapters.witness_client import http_witness
from habeas.cli import serve
from habeas.cli.demo_line import Line
from habeas.cli.serve import Child, Served
from habeas.errors import Fault, SetupError
from habeas.service.asking import Caller, Found, Request

WAIT_S, POLL_S = 180.0, 0.1
THREADS = 2
COURT, COURT_KEY, LOGS = "court", "witness.key", "logs"
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Ports:
    """Five ports side by side."""

    first: int

    @property
    def installations(self) -> tuple[int, int]:
        """Of the sending and the receiving state's installation."""
        return self.first, self.first + 1

    @property
    def lines(self) -> tuple[int, int]:
        """Where each of the two is reached by the other."""
        return self.first + 2, self.first + 3

    @property
    def court(self) -> int:
        """Of the court's witness."""
        return self.first + 4


@dataclass(slots=True)
class Site:
    """One installation: its processes, and how its gateway is asked."""

    state: str
    folder: Path
    clock: Path
    children: list[Child] = field(default_factory=list[Child])

    @property
    def served(self) -> Served:
        """What is served."""
        found = installation_files.read(self.folder)
        runner = ("habeas.cli.demo_clock", str(self.clock))
        return Served(
            self.folder, msgspec.structs.replace(found, workers=1), runner, ("--cadence", "1")
        )

    @property
    def register(self) -> Path:
        """The register's file."""
        return self.folder / self.served.found.register

    @property
    def trust(self) -> Path:
        """The trust file of its log."""
        return self.folder / register_files.TRUST

    @property
    def address(self) -> str:
        """Where its people find it."""
        return self.served.found.address

    def ask(self, request: Request) -> Found:
        """The gateway's answer.

        Raises:
            HabeasError: what it refuses; H953, when it does not answer.
        """
        with self.caller() as found:
            return found.ask(request)

    @contextmanager
    def caller(self) -> Iterator[Caller]:
        """A line to its gateway.

        Raises:
            SetupError: H953, when it does not answer.
        """
        line = gateway_socket.connected(self.register)
        if line is None:
            raise never("the gateway", self.folder)
        with closing(line):
            yield Caller(line.ask)

    def start(self) -> str:
        """Start gateway, web and courier; gives what people are to be told."""
        serve.start_gateway(self.served, self.children)
        told = serve.prepare(self.served)
        serve.start_web(self.served, THREADS, self.children)
        serve.start_courier(self.served, self.children)
        return told

    def show(self) -> None:
        """Start gateway and web alone, as far as another installation asks for them."""
        serve.start_gateway(self.served, self.children)
        serve.prepare(self.served)
        serve.start_web(self.served, THREADS, self.children)

    def again(self) -> None:
        """Start the courier anew: it has waited longer each time that nobody answered."""
        old = [one for one in self.children if one.what == "courier"]
        serve.stop(old)
        self.children = [one for one in self.children if one not in old]
        serve.start_courier(self.served, self.children)

    def stop(self) -> None:
        """Stop everything of it."""
        serve.stop(self.children)
        self.children = []


def lead(folder: Path, port: int, line: int) -> None:
    """Let an installation reach the other over a line, wherever its files name the other's port."""
    own = installation_files.read(folder)
    if own.peer is not None:
        peer = msgspec.structs.replace(own.peer, address=f"http://localhost:{line}")
        installation_files.write(folder, msgspec.structs.replace(own, peer=peer))
    trust = folder / register_files.TRUST
    said = trust.read_text(encoding="utf-8").replace(f"localhost:{port}/", f"localhost:{line}/")
    trust.write_text(said, encoding="utf-8")


@contextmanager
def witness(
    folder: Path, name: str, seed: bytes, clock: Path, port: int
) -> Iterator[Callable[[], str]]:
    """The court's witness in a process of its own; gives a call that starts it, and says its key.

    Args:
        folder: of the court.
        name: the witness's name.
        seed: of its key.
        clock: the file by which its clock is moved.
        port: where it listens.
    """
    folder.mkdir(mode=0o700)
    key_files.write(folder / COURT_KEY, name, seed)
    running = list[subprocess.Popen[bytes]]()

    def start() -> str:
        call = [
            sys.executable, "-m", "habeas.cli.demo_clock", str(clock), "register", "witness",
            str(folder), "--name", name, "--key", str(folder / COURT_KEY),
            "--logs", str(folder / LOGS), "--port", str(port), "--make",
        ]  # fmt: skip
        with folder.joinpath(serve.LOG).open("ab") as log:
            running.append(
                subprocess.Popen(  # noqa: S603 - our own
                    call, start_new_session=True, stdout=log, stderr=log, env=os.environ
                )
            )
        door = http_witness(f"http://127.0.0.1:{port}")
        until(lambda: door.latest("nobody") is not None, "court's witness", folder)
        return text_files.text(folder / serve.LOG)

    try:
        yield start
    finally:
        for one in running:
            one.terminate()
            one.wait(serve.STOP_S)


@contextmanager
def lines(ports: Ports) -> Iterator[list[Line]]:
    """The lines to both installations, laid, and cut at the end."""
    found = [Line(at, to) for at, to in zip(ports.lines, ports.installations, strict=True)]
    try:
        for one in found:
            one.lay()
        yield found
    finally:
        for one in found:
            one.cut()


def until(ready: Callable[[], bool], what: str, folder: Path, wait_s: float = WAIT_S) -> float:
    """Wait until something is so; returns how many seconds that took.

    Raises:
        SetupError: H953, when it does not come to be.
    """
    begun = monotonic()
    while not ready():
        if monotonic() - begun > wait_s:
            raise never(what, folder)
        sleep(POLL_S)
    return monotonic() - begun


def never(what: str, folder: Path) -> SetupError:
    """The story cannot go on, because something did not come to be."""
    fix = f"Read {serve.LOG} in '{folder}'; stop what else keeps this machine busy, and try again."
    return SetupError(Fault("H953", f"the demonstration waited in vain for: {what}", fix))

"""habeas serve: the web app and the API of an installation, with its gateway and its courier."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep

from habeas.adapters import gateway_socket, installation_files, settings_files, stopping, web_server
from habeas.adapters.installation_files import Installation
from habeas.cli import output
from habeas.errors import Fault, SetupError

WAIT_S, POLL_S, STOP_S = 180.0, 0.1, 15.0
LOG = "serve.log"
ENVIRONMENT = settings_files.FOLDER


@dataclass(frozen=True, slots=True)
class Served:
    """One installation that is to be served."""

    folder: Path
    found: Installation
    habeas: tuple[str, ...] = ("habeas",)  # the module that runs a command, and what it is told
    more: tuple[str, ...] = ()  # options of its gateway

    @property
    def port(self) -> int:
        """The port on which it is served."""
        return self.found.served_at()

    def python(self, *arguments: str) -> list[str]:
        """A call of this very Python."""
        return [sys.executable, "-m", *arguments]

    def gateway(self) -> list[str]:
        """The call of its gateway."""
        return self.python(*self.habeas, "gateway", str(self.folder), *self.more)

    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        return os.environ | {
            ENVIRONMENT: str(self.folder.resolve()),
            "DJANGO_SETTINGS_MODULE": "habeas.web.settings",
        }


@dataclass(frozen=True, slots=True)
class Child:
    """One process of an installation."""

    what: str
    of: Served
    process: "subprocess.Popen[bytes]"


def serve(dir: Path = Path("demo/web"), /, *, threads: int = 0) -> int:  # noqa: A002 - its name
    """Serve the web app and the API of one installation, or of every one in a folder.

    Args:
        dir: the folder of an installation, or of several.
        threads: how many requests each process answers at once; 0: as its settings say.
    """
    told, children = stopping.on_signals(), list[Child]()
    served = [Served(one, settings_files.settled(one, os.environ)) for one in folders(dir)]
    with running(served, threads, children) as up:
        output.console().print(up, markup=False)
        output.note(
            "It stops on Ctrl-C. What its processes say stands in serve.log of each folder."
        )
        while not told.is_set():
            all_live(children)
            sleep(POLL_S)
    return output.DONE


def all_live(children: Sequence[Child]) -> None:
    """Refuse to go on where one of the processes has ended: half an installation serves nobody.

    Raises:
        SetupError: H917.
    """
    for one in children:
        if one.process.poll() is not None:
            what = f"the {one.what} of '{one.of.folder}' ended by itself"
            fix = f"Read '{one.of.folder / LOG}', mend it, and serve again."
            raise SetupError(Fault("H917", what, fix))


def folders(folder: Path) -> list[Path]:
    """The folders of installations at a place: itself, or those in it, or one folder further down.

    Raises:
        SetupError: H916, when there is none.
    """
    if folder.joinpath(installation_files.FILE).exists():
        return [folder]
    for inside in ("*", "*/*"):  # a demonstration has a folder for each agreement
        found = sorted(path.parent for path in folder.glob(f"{inside}/{installation_files.FILE}"))
        if found:
            return found
    installation_files.read(folder)
    return []


@contextmanager
def running(
    served: Sequence[Served], threads: int, children: list[Child] | None = None
) -> Iterator[str]:
    """Gateway, web and courier of each, up and answering; stopped at the end.

    Gives what people are to be told: addresses, and the log-ins of a demonstration. Whoever hands
    in a list finds the processes in it.

    Raises:
        SetupError: H906 without the web's libraries; H863, when a port is taken; H918,
            when one of them does not come up.
    """
    children = [] if children is None else children
    try:
        yield "\n".join([_start(one, threads, children) for one in served])
    finally:
        stop(children)


def stop(children: Sequence[Child]) -> None:
    """Stop processes, the last that was started first."""
    for child in reversed(children):
        child.process.send_signal(signal.SIGTERM)
    for child in reversed(children):
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(STOP_S)
        _end(child.process)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End what is left of a process and of those it started: a worker would go on answering."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _start(one: Served, threads: int, children: list[Child]) -> str:
    start_gateway(one, children)
    told = prepare(one)
    start_web(one, threads, children)
    start_courier(one, children)
    return told


def start_gateway(one: Served, children: list[Child]) -> None:
    """Start the gateway of an installation, until it answers.

    Raises:
        SetupError: H863, when the port of its web is taken; H918.
    """
    free(one.port, one.folder)
    children.append(_child("gateway", one.gateway(), one))
    register = one.folder / one.found.register
    _until(lambda: _answers(register), one, "gateway")


def free(port: int, folder: Path) -> None:
    """Refuse a port on which something listens: two servers of one port would take turns.

    Raises:
        SetupError: H863.
    """
    if _listens(port):
        fix = "Stop what listens there, or give the installation another address."
        raise SetupError(Fault("H863", f"port {port} is taken already", fix, str(folder)))


def prepare(one: Served) -> str:
    """Make and fill the tables of a web; gives what people are to be told.

    Raises:
        SetupError: H918.
    """
    prepared = subprocess.run(  # noqa: S603 - our own
        one.python("habeas.web.prepare"), env=one.environment(), stdout=subprocess.PIPE, check=False
    )
    if prepared.returncode:
        raise _down(one, "web's tables")
    return prepared.stdout.decode()


def start_web(one: Served, threads: int, children: list[Child]) -> None:
    """Start the web of an installation, until pages come.

    Raises:
        SetupError: H918.
    """
    children.append(_child("web server", web_server.call(one.found, threads), one))
    _until(lambda: _well(one.port), one, "web server")


def start_courier(one: Served, children: list[Child]) -> None:
    """Start the courier of an installation."""
    children.append(_child("courier", one.python("habeas.web.courier"), one))


def _child(what: str, call: list[str], one: Served) -> Child:
    # A group of its own: Ctrl-C is ours to pass on, in order.
    with one.folder.joinpath(LOG).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own
            call, env=one.environment(), start_new_session=True, stdout=log, stderr=log
        )
    return Child(what, one, process)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as peer:
        return peer.connect_ex(("127.0.0.1", port)) == 0


def _well(port: int) -> bool:
    """Whether pages come: a server whose application cannot be loaded listens all the same."""
    line = HTTPConnection("127.0.0.1", port, timeout=STOP_S)
    try:
        line.request("GET", "/-/live")
        return line.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        line.close()


def _answers(register: Path) -> bool:
    line = gateway_socket.connected(register)
    if line is not None:
        line.close()
    return line is not None


def _until(ready: Callable[[], bool], one: Served, what: str) -> None:
    end = monotonic() + WAIT_S
    while monotonic() < end:
        if ready():
            return
        sleep(POLL_S)
    raise _down(one, what)


def _down(one: Served, what: str) -> SetupError:
    fix = f"Read '{one.folder / LOG}'; install the extra 'web' where it is missing."
    return SetupError(Fault("H918", f"the {what} of '{one.folder}' did not come up", fix))

"""The pages of one installation of the demonstration, over real files and a real gateway."""

import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import ThreadingMixIn
from time import monotonic, sleep
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections
from django.http import HttpRequest
from django.test import Client, override_settings

from habeas.adapters import gateway_socket, installation_files
from habeas.adapters.installation_files import Installation
from habeas.terms import Office
from habeas.web import wiring
from habeas.web.accounts.models import User
from habeas.web.clock import now
from habeas.web.readmodels import rebuild

WAIT_S = 30.0
# Whom the demonstration of OAS-A57 has: authority and office.
PEOPLE = (
    ("US-DOJ-OIA", Office.SENDING_OFFICER),
    ("US-BOP", Office.SENDING_OFFICER),
    ("US-BOP", Office.FACILITY_OFFICER),
    ("US-COURT", Office.COURT),
    ("US-COUNSEL", Office.COUNSEL),
    ("US-MONITOR", Office.MONITOR),
    ("US-AUDIT", Office.AUDITOR),
    ("US-FINANCE", Office.FINANCE),
    ("US-BOP", Office.ADMINISTRATOR),
    ("SV-CONSULATE", Office.CONSULATE),
    ("SV-MJSP", Office.RECEIVING_OFFICER),
    ("SV-DGCP", Office.RECEIVING_OFFICER),
    ("SV-DGCP", Office.FACILITY_OFFICER),
    ("SV-COURT", Office.COURT),
    ("QM-STRANGER", Office.SENDING_OFFICER),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """One installation with somebody of each office."""

    folder: Path
    found: Installation
    people: Mapping[tuple[str, Office], User]

    def client(self, authority: str, office: Office) -> Client:
        """A browser in which somebody is signed in."""
        browser = Client(headers={"host": "localhost"})
        browser.force_login(
            self.people[authority, office], "allauth.account.auth_backends.AuthenticationBackend"
        )
        return browser


def forget() -> None:
    """Let this process open another register: what is kept is the one that was open."""
    here = wiring._here.__dict__  # noqa: SLF001 - the thread's own
    here.pop("register", None)
    held, (_, ledger) = here.pop("held", None), here.pop("settlements", (None, None))
    if held is not None:
        held.__exit__(None, None, None)
    if ledger is not None:  # another installation's may lie at the same path by now
        ledger.close()


@contextmanager
def open_over(
    source: Path, made: Path, *, serve: bool = True, keep: Path | None = None
) -> Iterator[Desk]:
    """The pages over a copy of an installation, its gateway running; nothing is left of it.

    With `serve` False no gateway runs: whoever opens it starts one, or none. `keep` is where the
    installation goes afterwards; None: nowhere.
    """
    folder = Path(str(settings.FOLDER))
    kept = set(folder.iterdir())
    found = installation_files.read(source)
    forget()
    with ExitStack() as stack:
        stack.callback(_restored, folder, kept, made)
        if keep is not None:
            stack.callback(_kept, source, folder, keep)
        for one in source.iterdir():
            if one.name != installation_files.FILE:
                (shutil.copytree if one.is_dir() else shutil.copy)(one, folder / one.name)
        _tables(made, folder)
        stack.enter_context(override_settings(INSTALLATION=found, ALLOWED_HOSTS=["localhost"]))
        if serve:
            stack.enter_context(gateway(folder, found))
        _filled(source, folder)
        yield Desk(folder, found, _people())


def _filled(source: Path, folder: Path) -> None:
    """Fill the tables of a copy; they lie beside its source then, for whoever next copies that."""
    kept, here = source.with_name(f"{source.name}.filled"), folder / installation_files.DATABASE
    if kept.exists():
        _tables(kept, folder)
        return
    rebuild.follow()
    rebuild.dockets(now())
    connections.close_all()
    with closing(sqlite3.connect(here)) as found, closing(sqlite3.connect(kept)) as copy:
        found.backup(copy)


def _kept(source: Path, folder: Path, keep: Path) -> None:
    """Everything of an installation that a gateway writes, and what stays as it was."""
    forget()
    keep.mkdir(mode=0o700)
    shutil.copy(source / installation_files.FILE, keep)
    web = installation_files.DATABASE
    names = {one.name for one in source.iterdir()} | {one.name for one in folder.glob("*.sqlite3*")}
    for name in names - {installation_files.FILE, web, "made.sqlite3"}:
        one = folder / name
        if one.exists() and not name.startswith(web):
            (shutil.copytree if one.is_dir() else shutil.copy)(one, keep / name)
    for one in folder.glob("*.secret"):
        shutil.copy(one, keep / one.name)


def _restored(folder: Path, kept: set[Path], made: Path) -> None:
    forget()
    for one in set(folder.iterdir()) - kept:
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    _tables(made, folder)


def _tables(source: Path, folder: Path) -> None:
    """Put a database in the place of the one that was there.

    SQLite would read what a connection left in the journal beside the old one into the new one.
    """
    connections.close_all()
    for one in folder.glob(f"{installation_files.DATABASE}*"):
        one.unlink()
    shutil.copy(source, folder / installation_files.DATABASE)


@contextmanager
def gateway(folder: Path, found: Installation) -> Iterator["subprocess.Popen[bytes]"]:
    """The gateway of an installation in a process of its own."""
    register, officers = folder / found.register, folder / installation_files.OFFICERS
    words = [sys.executable, "-m", "habeas", "gateway", str(register)]
    words += ["--log-key", str(folder / found.log_key)]
    words += ["--registrar-key", str(officers / found.registrar), "--officers", str(officers)]
    child = subprocess.Popen(words, stderr=subprocess.DEVNULL)  # noqa: S603 - our own words
    try:
        end = monotonic() + WAIT_S
        while (line := gateway_socket.connected(register)) is None:
            assert monotonic() < end, "the gateway did not come up"
            sleep(0.05)
        line.close()
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            child.wait(WAIT_S)


def _people() -> dict[tuple[str, Office], User]:
    keys = wiring.keys_at_hand()
    return {
        (authority, office): User.objects.create(
            username=f"{office}.{authority}".lower(),
            authority=authority,
            office=office.value,
            key=(keys.get(authority) or [""])[0],
            demonstration=True,
        )
        for authority, office in PEOPLE
    }


Answer = Any  # what the test client answers: a response that knows its request


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = False  # at the end each is waited for: the files go with the installation

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - theirs
        """Answer, and leave no line to the database behind."""
        super().finish_request(request, client_address)
        connections.close_all()
        forget()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(address: str) -> Iterator[None]:
    """The pages over real connections at an address of this machine."""
    from habeas.web.wsgi import application  # noqa: PLC0415 - Django must be set up first

    port = int(address.rpartition(":")[2])
    with make_server("localhost", port, application, _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


ANEW = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|datetime="[^"]*"')


def plain(answer: Answer) -> str:
    """What an answer says, without what is drawn anew for each, and without what was asked."""
    asked = answer.wsgi_request.path.removeprefix("/en")
    return ANEW.sub("", answer.content.decode()).replace(asked, "")


def proved(browser: Client) -> Client:
    """The same browser, in which the second factor was shown just now."""
    request = HttpRequest()
    request.session = browser.session
    record_authentication(request, get_user(request), "password")
    request.session.save()
    return browser

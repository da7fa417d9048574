"""A demonstration's installation, whole: register, gateway, tables and people, within one process.

The settings are read once a process; here they are pointed at another folder for a while.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from socketserver import ThreadingMixIn
from time import monotonic, sleep
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings

from habeas.adapters import gateway_socket, installation_files
from habeas.adapters.installation_files import Installation
from habeas.terms import Office
from habeas.web import wiring
from habeas.web.accounts import demo, demo_officers
from habeas.web.accounts.models import User
from habeas.web.readmodels import rebuild
from laid import laid
from once import made_once

WAIT_S = 30.0


@contextmanager
def served(
    factory: pytest.TempPathFactory, agreement: str, state: str, now: datetime
) -> Iterator[Path]:
    """The folder of one state's installation, with a gateway up and its tables filled.

    The tables are filled once for all workers of a run; each module has a copy.
    """

    def filled(half: Path) -> None:
        laid(factory, half, agreement, now)
        with _within(half / state.lower()):
            call_command("migrate", verbosity=0)
            rebuild.follow()
            demo.make_demo_users(wiring.installation(), demo_officers.officers())

    whole = made_once(factory, f"filled-{agreement}-{state}-{now:%Y%m%d%H%M%S}", filled)
    folder = shutil.copytree(whole, factory.mktemp(agreement.lower()) / "both")
    own = folder / state.lower()
    with _gateway(own, installation_files.read(own)), _within(own):
        yield own


@contextmanager
def _within(folder: Path) -> Iterator[None]:
    found = installation_files.read(folder)
    database = connections["default"]
    before = database.settings_dict["NAME"]
    _forget()
    database.close()
    database.settings_dict["NAME"] = folder / installation_files.DATABASE
    try:
        with override_settings(
            INSTALLATION=found, FOLDER=folder, ADDRESS=found.address, DEMONSTRATION=True
        ):
            yield
    finally:
        database.close()
        database.settings_dict["NAME"] = before
        _forget()


def _forget() -> None:
    for one in (wiring.ground, wiring.facilities):
        one.cache_clear()
    vars(wiring._here).clear()  # noqa: SLF001 - another folder's register is open in it


@contextmanager
def _gateway(folder: Path, found: Installation) -> Iterator[None]:
    officers = folder / installation_files.OFFICERS
    call = [
        sys.executable, "-m", "habeas", "gateway", str(folder / found.register),
        "--log-key", str(folder / found.log_key),
        "--registrar-key", str(officers / found.registrar), "--officers", str(officers),
    ]  # fmt: skip
    with (folder / "gateway.log").open("wb") as log:
        child = subprocess.Popen(call, stdout=log, stderr=log, env=dict(os.environ))  # noqa: S603 - our own
    try:
        end = monotonic() + WAIT_S
        while (line := gateway_socket.connected(folder / found.register)) is None:
            assert monotonic() < end, (folder / "gateway.log").read_text()
            sleep(0.05)
        line.close()
        yield
    finally:
        child.terminate()
        child.wait(WAIT_S)


def browser(office: Office | None, authority: str = "") -> Client:
    """A browser without scripts in which somebody of an office is signed in; None: nobody is."""
    client = Client(headers={"host": "localhost"})
    if office is not None:
        found = User.objects.filter(office=office.value, demonstration=True)
        if authority:
            found = found.filter(authority=authority)
        client.force_login(found.order_by("pk")[0])
    return client


@cache
def command(*words: str) -> dict[str, Any]:
    """The document that a command prints of what no test changes."""
    call = [sys.executable, "-m", "habeas", *words, "--json"]
    done = subprocess.run(call, capture_output=True, check=False, env=dict(os.environ))  # noqa: S603 - our own
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def listening() -> Iterator[str]:
    """The address at which the pages are served over real connections, by threads of this process.

    It is not the installation's own, at which somebody else may listen.
    """
    from habeas.web.wsgi import application  # noqa: PLC0415 - Django must be set up first

    with make_server("localhost", 0, application, _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""

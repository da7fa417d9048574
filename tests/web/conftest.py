"""A whole installation of a process's own: a folder, a database file, pages served from it.

The settings are read once a process, so each worker of the tests has a folder of its own. Each test
begins with the same tables: the file is copied afresh.
"""

import atexit
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
import msgspec
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings

from habeas.adapters import installation_files
from habeas.adapters.installation_files import Installation, Provider
from habeas.web import wiring

_BASE = """<!DOCTYPE html>{% load i18n %}{% get_current_language as lang %}<html lang="{{ lang }}">
<head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title>
<link rel="icon" href="data:,"></head><body><main>{% for message in messages %}<p>{{ message }}</p>
{% endfor %}{% block content %}{% endblock %}</main></body></html>"""


def _folder() -> Path:
    """The installation of this process, and Django within it; it goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="habeas-web-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    (folder / "provider.secret").write_text("a secret between two servers\n")
    provider = Provider(
        "state-id", "State ID", f"http://localhost:{port}/idp", "habeas", "provider.secret"
    )
    found = Installation(
        "habeas-installation/1", "Test of the sending state", "US", "OAS-A57", "US", "SV",
        f"http://localhost:{port}", "US-BOP.0", "log", providers=(provider,),
    )  # fmt: skip
    installation_files.write(folder, found)
    stated = {"HABEAS_INSTALLATION": str(folder), "DJANGO_SETTINGS_MODULE": "habeas.web.settings"}
    os.environ.update(stated)
    try:
        if not (Path(__file__).parents[2] / "src/habeas/web/templates/base.html").exists():
            (folder / "templates").mkdir()
            (folder / "templates/base.html").write_text(_BASE)
            cast("list[Path]", settings.TEMPLATES[0]["DIRS"]).append(folder / "templates")
        django.setup()
    finally:
        for name in stated:  # what other tests start is not told of this installation
            del os.environ[name]
    return folder


FOLDER = _folder()


@pytest.fixture(scope="session")
def _made() -> Path:
    """The database with all tables and nothing in them, and the static files."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    connections.close_all()
    kept = FOLDER / "made.sqlite3"
    shutil.copy(FOLDER / installation_files.DATABASE, kept)
    return kept


@pytest.fixture
def tables(_made: Path) -> Iterator[Path]:
    """The folder of an installation in which nobody has an account yet."""
    _swap(_made)
    yield FOLDER
    _swap(_made)


def _swap(made: Path) -> None:
    connections.close_all()
    path = FOLDER / installation_files.DATABASE
    for name in (f"{path.name}-wal", f"{path.name}-shm"):
        (FOLDER / name).unlink(missing_ok=True)
    shutil.copy(made, path)


@pytest.fixture
def new_client(tables: Path) -> Callable[[], Client]:
    """Makes a browser without scripts, that checks what a real one checks of forms."""
    del tables
    host = settings.ADDRESS.removeprefix("http://")
    return lambda: Client(enforce_csrf_checks=True, headers={"host": host})


@pytest.fixture
def demonstration(tables: Path) -> Iterator[Installation]:
    """The same installation as a demonstration."""
    del tables
    found = msgspec.structs.replace(wiring.installation(), demonstration=True)
    with override_settings(INSTALLATION=found):
        yield found


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(tables: Path) -> Iterator[str]:
    """The address at which the installation is served over real connections."""
    del tables
    from habeas.web.wsgi import application  # noqa: PLC0415 - Django must be set up first

    assert settings.INSTALLATION is not None
    address = settings.INSTALLATION.address
    port = int(address.rsplit(":", 1)[1])
    with make_server("localhost", port, application, _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield address
        server.shutdown()
        thread.join()

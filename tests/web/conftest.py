"""A whole installation of a process's own: a folder, a database file, pages served from it.

The settings are read once a process, so each worker of the tests has a folder of its own. Each test
begins with the same tables: its pages are written afresh.
"""

import atexit
import os
import shutil
import socket
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
import msgspec
import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings
from django.utils import translation
from playwright.sync_api import Browser

from browsing import Desk
from habeas.adapters import installation_files
from habeas.adapters.installation_files import Installation, Provider
from habeas.web import wiring
from identity_provider import IdentityProvider
from web.browser import chromium, open_page

__all__ = ["chromium", "open_page"]
PROVIDER_SECRET = "a secret between two servers"  # noqa: S105 - of two servers in a test


def _free() -> int:
    with socket.create_server(("localhost", 0)) as found:
        return int(found.getsockname()[1])


def _folder() -> Path:
    """The installation of this process, and Django within it; it goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="habeas-web-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    port, theirs = _free(), _free()
    (folder / "provider.secret").write_text(f"{PROVIDER_SECRET}\n")
    provider = Provider(
        "state-id", "State ID", f"http://localhost:{theirs}", "habeas", "provider.secret"
    )
    found = Installation(
        "habeas-installation/1", "Test of the sending state", "US", "OAS-A57", "US", "SV",
        f"http://localhost:{port}", "US-BOP.0", "log", providers=(provider,),
    )  # fmt: skip
    installation_files.write(folder, found)
    stated = {"HABEAS_INSTALLATION": str(folder), "DJANGO_SETTINGS_MODULE": "habeas.web.settings"}
    os.environ.update(stated)
    try:
        django.setup()
    finally:
        for name in stated:  # what other tests start is not told of this installation
            del os.environ[name]
    return folder


FOLDER = _folder()


@pytest.fixture(autouse=True)
def _in_english() -> None:
    """No page of an earlier test says in which language this one begins."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    """Figures that a test before this one made are not this one's."""
    caches["figures"].clear()


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
    """Write every page of the database anew: whoever holds it open sees the empty tables."""
    connections.close_all()
    here = FOLDER / installation_files.DATABASE
    with closing(sqlite3.connect(made)) as whole, closing(sqlite3.connect(here)) as found:
        whole.backup(found)


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


@contextmanager
def _serving(application: Callable[..., Iterable[bytes]], address: str) -> Iterator[None]:
    port = int(address.rsplit(":", 1)[1])
    with make_server("localhost", port, application, _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def served(tables: Path) -> Iterator[str]:
    """The address at which the installation is served over real connections."""
    del tables
    from habeas.web.wsgi import application  # noqa: PLC0415 - Django must be set up first

    with _serving(application, wiring.installation().address):
        yield wiring.installation().address


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    """The state's identity provider, as the installation names it."""
    stated = wiring.installation().providers[0]
    found = IdentityProvider(stated.server, stated.client, PROVIDER_SECRET)
    with _serving(found, stated.server):
        yield found


@pytest.fixture
def desk(chromium: Browser, served: str) -> Iterator[Desk]:
    """Somebody before the installation; nothing may have gone wrong in their browser at the end."""
    found = Desk(chromium, served)
    yield found
    found.page.context.close()
    assert found.faults == []

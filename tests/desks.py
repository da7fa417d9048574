"""The pages of one installation of the demonstration, over real files and a real gateway."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings
from django.db import connections
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
    ("US-BOP", Office.FACILITY_OFFICER),
    ("US-COURT", Office.COURT),
    ("US-COUNSEL", Office.COUNSEL),
    ("US-MONITOR", Office.MONITOR),
    ("US-AUDIT", Office.AUDITOR),
    ("US-FINANCE", Office.FINANCE),
    ("US-BOP", Office.ADMINISTRATOR),
    ("SV-CONSULATE", Office.CONSULATE),
    ("SV-MIGOB", Office.RECEIVING_OFFICER),
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
    held = wiring._here.__dict__.pop("held", None)  # noqa: SLF001 - the thread's own
    wiring._here.__dict__.pop("register", None)  # noqa: SLF001
    if held is not None:
        held.__exit__(None, None, None)


@contextmanager
def open_over(source: Path, made: Path) -> Iterator[Desk]:
    """The pages over a copy of an installation, its gateway running; nothing is left of it."""
    folder = Path(str(settings.FOLDER))
    kept = set(folder.iterdir())
    found = installation_files.read(source)
    forget()
    with ExitStack() as stack:
        stack.callback(_restored, folder, kept, made)
        for one in source.iterdir():
            if one.name != installation_files.FILE:
                (shutil.copytree if one.is_dir() else shutil.copy)(one, folder / one.name)
        connections.close_all()
        shutil.copy(made, folder / installation_files.DATABASE)
        stack.enter_context(override_settings(INSTALLATION=found, ALLOWED_HOSTS=["localhost"]))
        stack.enter_context(gateway(folder, found))
        rebuild.follow()
        rebuild.dockets(now())
        yield Desk(folder, found, _people())


def _restored(folder: Path, kept: set[Path], made: Path) -> None:
    forget()
    connections.close_all()
    for one in set(folder.iterdir()) - kept:
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    shutil.copy(made, folder / installation_files.DATABASE)


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

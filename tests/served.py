"""Both installations of a demonstration, running, and whoever asks them over real sockets."""

import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from time import monotonic, sleep
from typing import Any

import msgspec
import pytest

from habeas.adapters import gateway_socket, installation_files
from habeas.cli import installations, serve
from habeas.service import transfer
from habeas.service.asking import Caller, Status
from laid import SEED, laid

ROOT = Path(__file__).parents[1]
MAKER = """
import json, sys
import django
django.setup()
from datetime import timedelta
from habeas.terms import Deed
from habeas.web.accounts import tokens
from habeas.web.accounts.models import User
from habeas.web.clock import now
narrow = [Deed(one) for one in sys.argv[1:]] or None
found = {}
for user in User.objects.order_by("id"):
    _, words = tokens.make(user, "tests", narrow, now() + timedelta(days=1), now())
    found[user.username] = words
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Reply:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - whatever was answered
        return json.loads(self.body)


@dataclass
class State:
    """One state's installation as it runs, and a token of everybody in it."""

    folder: Path
    address: str
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        path: str,
        token: str = "",
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request; `token` is a name of somebody, or the words themselves."""
        line = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=60)
        words = self.tokens.get(token, token)
        sent = {"Authorization": f"Bearer {words}"} if words else {}
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if data is not None and not isinstance(body, bytes):
            sent["Content-Type"] = "application/json"
        try:
            with suppress(BrokenPipeError):  # refused before all of it was sent
                line.request(method, path, data, sent | dict(headers or {}))
            found = line.getresponse()
            names = {name.lower(): value for name, value in found.getheaders()}
            return Reply(found.status, names, found.read())
        finally:
            line.close()

    def get(self, path: str, token: str = "", **headers: str) -> Reply:
        return self.ask("GET", path, token, headers=headers)

    def post(self, path: str, token: str, body: object, key: str = "") -> Reply:
        return self.ask("POST", path, token, body, {"Idempotency-Key": key} if key else {})

    def environment(self) -> dict[str, str]:
        own = {"DJANGO_SETTINGS_MODULE": "habeas.web.settings"}
        return os.environ | own | {serve.ENVIRONMENT: str(self.folder.resolve())}

    def made_tokens(self, *deeds: str) -> dict[str, str]:
        """A new token of everybody, narrowed to some deeds where any is named."""
        call = [sys.executable, "-c", MAKER, *deeds]
        done = subprocess.run(  # noqa: S603 - our own words
            call, env=self.environment(), check=True, capture_output=True, cwd=ROOT
        )
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def somebody(self, office: str, authority: str = "") -> str:
        """Who signs in in an office, of an authority where one is named."""
        wanted = office.replace("_", "-"), authority.lower()
        return next(
            one
            for one in self.tokens
            if one.split(".")[0] == wanted[0] and (not authority or one.split(".")[1] == wanted[1])
        )


def free_ports() -> tuple[int, int]:
    with (
        socket.create_server(("localhost", 0)) as one,
        socket.create_server(("localhost", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]


def made(
    folder: Path,
    agreement: str = "SE-EE",
    factory: pytest.TempPathFactory | None = None,
    **changes: object,
) -> list[Path]:
    """Both folders, with something of each installation's file changed; copies within a run."""
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - as a command would
    ports = free_ports()
    if factory is None:
        found = installations.make(folder, agreement, now, SEED, ports)
    else:
        found = laid(factory, folder, agreement, now, ports)
    for one in found if changes else ():
        installation_files.write(
            one, msgspec.structs.replace(installation_files.read(one), **changes)
        )
    return found


@contextmanager
def running(folders: list[Path]) -> Iterator[list[State]]:
    """Both installations, up; ended at the end."""
    served = [serve.Served(one, installation_files.read(one)) for one in folders]
    with serve.running(served, 2):
        states = [State(one.folder, one.found.address) for one in served]
        for one in states:
            one.tokens = one.made_tokens()
        yield states


def until(ready: Any, what: str, seconds: float = 20.0) -> Any:  # noqa: ANN401 - whatever it gives
    """Wait until something gives anything."""
    end = monotonic() + seconds
    while monotonic() < end:
        found = ready()
        if found:
            return found
        sleep(0.1)
    raise AssertionError(f"{what} did not come within {seconds} s")


SESSION = """
import sys
import django
django.setup()
from time import time
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from habeas.web.accounts.models import User
user = User.objects.get(username=sys.argv[1])
store = SessionStore()
store["_auth_user_id"] = str(user.pk)
store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
store["_auth_user_hash"] = user.get_session_auth_hash()
store["account_authentication_methods"] = [{"method": "password", "at": time()}]
store.create()
print(f"{settings.SESSION_COOKIE_NAME}={store.session_key}")
"""


def session_of(state: State, name: str) -> str:
    """The cookie of somebody who is signed in."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", SESSION, name],
        env=state.environment(), check=True, capture_output=True, cwd=ROOT,
    )  # fmt: skip
    return done.stdout.decode().splitlines()[-1]


@contextmanager
def gateway(state: State) -> Iterator[Caller]:
    """The state's gateway, asked as its web does."""
    line = gateway_socket.connected(state.folder / "register.sqlite3", wait_s=15.0)
    assert line is not None
    with closing(line):
        yield Caller(line.ask)


def reads_size(state: State) -> int:
    """How many entries the log of reads has."""
    with gateway(state) as caller:
        return int(caller.ask(Status())["reads"]["size"])


def now() -> datetime:
    """This instant, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - as whoever asks would


KEY = """
import sys
import django
django.setup()
from habeas.web.accounts.models import User
print(User.objects.get(username=sys.argv[1]).key)
"""


def key_of(state: State, name: str) -> str:
    """The id of the key that signs for somebody."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", KEY, name],
        env=state.environment(), check=True, capture_output=True, cwd=ROOT,
    )  # fmt: skip
    return done.stdout.decode().split()[-1]


def opinion(state: State, who: str, subject: str) -> str:
    """Something recorded of a person; returns its id."""
    key = transfer.ulid(now(), token_bytes(10))
    stated = {"at": now().isoformat(), "document": token_bytes(32).hex()}
    path = f"/api/v1/persons/{subject}/deeds/give_opinion"
    found = state.post(path, who, stated, key)
    assert found.status == 200, found.body
    return key


def authorised(state: State, who: str) -> str:
    """Somebody whom both states know."""
    rows = state.get("/api/v1/persons?limit=100&stage=authorised", who).json()["items"]
    return str(rows[0]["subject"])


def has(state: State, event: str) -> bool:
    """Whether an event stands in a state's register."""
    path = state.folder / "register.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        found = db.execute("SELECT count(*) FROM event WHERE event_id = ?", [event]).fetchone()
    return bool(found[0])


def both(sending: State, receiving: State) -> tuple[str, str]:
    """An officer of each state."""
    return (
        sending.somebody("sending_officer", "SE-KVV"),
        receiving.somebody("receiving_officer", "EE-VANGLA"),
    )

"""Several processes take the register into the tables while it grows: no row is lost or doubled."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from habeas.adapters import key_files, register_files, text_files
from habeas.adapters.register_files import Register
from habeas.cli import installations
from habeas.register.log import Log, Signed
from habeas.service import record
from habeas.web.clock import now
from laid import laid
from web_databases import database, over, run

FOLLOWERS, BATCH = 3, 50
SCRIPT = str(Path(__file__).with_name("follows.py"))


def log(folder: Path, files: Register) -> Log:
    """The log of an installation, with its own key."""
    trust = text_files.trust(folder / register_files.TRUST)
    return record.open_log(
        files.store, files.vault, trust, key_files.read(folder / installations.LOG_KEY)[1]
    )


def emptied(folder: Path) -> list[Signed]:
    """Everything that the register holds, which is then an empty one."""
    path = folder / "register.sqlite3"
    with register_files.opened(path) as files:
        found = [Signed(one.body, one.sigblock, one.salt) for one in log(folder, files).records()]
    for one in (*folder.glob("register.sqlite3*"), *folder.glob("person-keys*")):
        one.unlink()
    with register_files.made(path):
        return found


@contextmanager
def following(folder: Path) -> Iterator[list["subprocess.Popen[str]"]]:
    """Several followers, which stop at the end and have then seen everything."""
    stop = folder / "stop"
    stated = {"HABEAS_INSTALLATION": str(folder), "DJANGO_SETTINGS_MODULE": "habeas.web.settings"}
    started = [
        subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, SCRIPT, "follow", str(stop)], env=os.environ | stated,
            stderr=subprocess.PIPE, text=True,
        )
        for _ in range(FOLLOWERS)
    ]  # fmt: skip
    yield started
    stop.touch()


@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_those_who_follow_at_once_lose_no_row_and_make_none_twice(
    where: str,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> None:
    folder = laid(tmp_path_factory, tmp_path, "SE-EE", now())[1]
    address = ""
    if where == "postgres":
        address = database(request.getfixturevalue("postgres"), "test_web_owner", "CREATEROLE")
        over(folder, address)
    events = emptied(folder)
    assert run(folder, "-m", "habeas.web.prepare").returncode == 0
    with following(folder) as started, register_files.opened(folder / "register.sqlite3") as files:
        grows = log(folder, files)
        for place in range(0, len(events), BATCH):
            grows.append(events[place : place + BATCH], now(), publish=True)
    said = [one.communicate(timeout=120)[1] for one in started]
    assert [one.returncode for one in started] == [0] * FOLLOWERS, said
    told = run(folder, SCRIPT, "tables")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["size"] == found["leaves"] == len(events)
    assert found["followed"] == found["anew"]
    assert len(found["anew"]["Person"]) > 50
    if address:
        name = conninfo_to_dict(address)["dbname"]
        with psycopg.connect(request.getfixturevalue("postgres"), autocommit=True) as db:
            db.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

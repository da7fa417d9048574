"""An installation whose web's tables lie in a database of their own, and calls within it."""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo

from habeas.adapters import installation_files

NUMBERS = count(1)
TESTS = Path(__file__).parent


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A call of this Python as that installation's web."""
    stated = {
        "HABEAS_INSTALLATION": str(folder),
        "DJANGO_SETTINGS_MODULE": "habeas.web.settings",
        "PYTHONPATH": os.pathsep.join(
            str(one) for one in (TESTS, TESTS.parent, TESTS.parent / "src")
        ),
    }
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, *words], env=os.environ | stated, text=True, capture_output=True,
        check=False,
    )  # fmt: skip


def database(postgres: str, login: str, rights: str) -> str:
    """The address of a new database that a login owns, who has no other rights than are named."""
    name = f"test_web_{os.getpid()}_{next(NUMBERS)}"
    with psycopg.connect(postgres, autocommit=True) as db:
        if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone():
            db.execute(f"CREATE ROLE {login} LOGIN".encode())
        db.execute(f"ALTER ROLE {login} {rights}".encode())
        db.execute(f"CREATE DATABASE {name} OWNER {login}".encode())
    return make_conninfo(postgres, dbname=name, user=login)


def over(folder: Path, address: str) -> Path:
    """The installation with its web's tables in a database."""
    found = installation_files.read(folder)
    installation_files.write(folder, msgspec.structs.replace(found, database=address))
    return folder

"""The monitoring queries: empty on a whole register, on both stores, and not on a broken one."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from gateways import AUTHORITIES, enrolment, key, opened
from habeas.adapters import register_files
from habeas.adapters.register_files import Place
from habeas.register.keys import read_trust
from habeas.service import record
from served import now

PAGE = Path(__file__).parents[2] / "docs/monitoring.sql"
SCHEMA = "monitored"
BROKEN: Mapping[str, str] = {
    "gap": "DELETE FROM leaf WHERE idx = 7",
    "orphan": "DELETE FROM leaf WHERE idx = (SELECT max(idx) FROM event)",
    "lost": "DELETE FROM content WHERE idx = 7",
    "ahead": "UPDATE checkpoint SET size = 999999 WHERE size = (SELECT max(size) FROM checkpoint)",
    "unsigned": "INSERT INTO cosignature VALUES (5, 'a line')",
    "skipped": "UPDATE event SET seq = 5 WHERE idx = (SELECT max(idx) FROM event)",
    "backward": "UPDATE event SET recorded_at = '1999' WHERE idx = 1",
    "tiles": "DELETE FROM tile WHERE level = 0 AND n = 0",
    "refused": "INSERT INTO evidence VALUES (x'00', '2026', 'fork', x'00')",
}


def queries() -> dict[str, str]:
    found = re.findall(r"^-- ([a-z]+): [^\n]*\n(SELECT[^;]*;)", PAGE.read_text(), re.MULTILINE)
    assert len(found) == PAGE.read_text().count(";\n")
    return dict(found)


def made(path: Path, place: Place | None = None) -> Path:
    """A register of 300 persons, with a full tile and a checkpoint."""
    roots = {name: key(f"{name} root").public() for name in AUTHORITIES}
    log_key = (key("log").public(), None)
    text = record.trust_text("log.example/m", log_key, roots, demonstration=True)
    with register_files.made(path, place=place) as files:
        log = record.open_log(files.store, files.vault, read_trust(text), key("log"))
        log.append([*map(enrolment, AUTHORITIES), *map(opened, range(300))], now(), publish=True)
    return path


@pytest.fixture
def unguarded(tmp_path: Path) -> Path:
    """A register of which every trigger is taken."""
    path = made(tmp_path / "register.sqlite3")
    with closing(sqlite3.connect(path)) as db:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in db.execute(named).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.commit()
    return path


def test_every_query_is_empty_on_a_whole_register_and_none_on_a_broken_one(unguarded: Path) -> None:
    assert queries().keys() == BROKEN.keys()
    with closing(sqlite3.connect(unguarded, isolation_level=None)) as db:
        for name, query in queries().items():
            assert db.execute(query).fetchall() == []
            db.execute("BEGIN")
            db.execute(BROKEN[name])
            assert db.execute(query).fetchall(), name
            db.execute("ROLLBACK")


@pytest.mark.postgres
def test_every_query_is_empty_on_a_register_on_a_server(tmp_path: Path, postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode())
        made(tmp_path / "register.json", Place(postgres, SCHEMA))
        db.execute(f"SET search_path TO {SCHEMA}".encode())
        for name, query in queries().items():
            assert db.execute(query.encode()).fetchall() == [], name
        db.execute(f"DROP SCHEMA {SCHEMA} CASCADE".encode())

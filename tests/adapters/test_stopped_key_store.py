"""A key store whose writer was stopped in mid-write: a reader says so, a writer undoes it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from secrets import token_bytes

import pytest

from habeas.adapters.key_store import SqliteKeys
from habeas.errors import SealedError

KEPT = {"p": bytes(32)}


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A copy that was taken while a transaction had written half of its pages."""
    (tmp_path / "copy").mkdir()
    path = tmp_path / "keys.sqlite3"
    with closing(SqliteKeys(path, token_bytes, create=True)) as keys:
        keys.keep(KEPT)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA cache_size = 1; BEGIN IMMEDIATE;")
        rows = [(f"n{number}", 1, bytes(40)) for number in range(2_000)]
        db.executemany("INSERT INTO key VALUES (?, ?, ?)", rows)
        for one in tmp_path.glob("keys*"):
            shutil.copy(one, tmp_path / "copy")
        db.execute("ROLLBACK")
    return tmp_path / "copy" / path.name


def test_a_reader_changes_nothing_and_says_who_can(stopped: Path) -> None:
    before = stopped.read_bytes()
    with pytest.raises(SealedError) as refused:
        SqliteKeys(stopped, token_bytes, writes=False)
    assert (refused.value.code, stopped.read_bytes()) == ("H595", before)
    assert "habeas register show" in refused.value.faults[0].fix


def test_a_writer_undoes_it_and_then_it_can_be_read(stopped: Path) -> None:
    SqliteKeys(stopped, token_bytes).close()
    with closing(SqliteKeys(stopped, token_bytes, writes=False)) as keys:
        assert keys.keys(["p", "n1"]) == KEPT

"""Damaged registers, key files of other kinds, and events from elsewhere: refused with a code."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from habeas.adapters import key_files
from habeas.adapters.sqlite_store import SqliteStore, bundle
from habeas.cli.main import run
from habeas.errors import RegisterError, SetupError
from habeas.register.log import Log, Signed
from habeas.service import agree, record
from habeas.service.transfer import Ground
from habeas.terms import Side
from habeas.transfer.state import Terms

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE = "p_" + "1" * 26
Make = Callable[..., Signed]


@pytest.fixture
def brought(brought: Path) -> Path:
    """The same with the log's key and an empty batch beside it."""
    brought.with_name("none.jsonl").write_text("")
    key_files.write(brought.with_name("log.key"), "LOG", sha256(b"log").digest())
    return brought


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


def _call(command: str, path: Path) -> int:
    more = {"show": [], "receipt": ["3"]}.get(command)
    if more is None:
        log_key, none = path.with_name("log.key"), path.with_name("none.jsonl")
        more = [str(none), "--agreement", "SE-EE", "--log-key", str(log_key)]
    return run(["register", command, str(path), *more])


@pytest.mark.parametrize("command", ["show", "receipt", "append"])
def test_a_register_whose_schema_is_damaged_has_exit_status_2(brought: Path, command: str) -> None:
    data = brought.read_bytes()
    brought.write_bytes(
        data.replace(b"CREATE TRIGGER leaf_update", b"CREAT\xc5 TRIGGER leaf_update")
    )
    assert brought.read_bytes() != data
    assert _call(command, brought) == 2


@pytest.mark.parametrize("command", ["receipt", "append"])
@pytest.mark.parametrize("value", [b"note", None, 7, "note"])
def test_a_register_whose_checkpoint_is_damaged_has_exit_status_2(
    brought: Path, raw: sqlite3.Connection, command: str, value: object
) -> None:
    raw.execute("DROP TABLE checkpoint")
    raw.execute("CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note)")
    raw.execute("INSERT INTO checkpoint VALUES (12, ?)", (value,))
    assert _call(command, brought) == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE content SET sealed = zeroblob(400) WHERE idx = 3",
        "UPDATE leaf SET entry = zeroblob(32) WHERE idx = 5",
        "DELETE FROM leaf WHERE idx = 11",
        "DELETE FROM leaf WHERE idx = 1",
    ],
)
def test_a_receipt_that_would_not_verify_is_not_handed_out(
    brought: Path, raw: sqlite3.Connection, change: str
) -> None:
    raw.execute(change)
    assert _call("receipt", brought) == 2
    assert not brought.with_name("receipt.json").exists()


def test_a_key_file_that_nests_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_text("[" * 100_000)
    with pytest.raises(SetupError, match="H904"):
        key_files.read(path)


def test_a_key_written_over_another_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.touch(mode=0o644)
    path.chmod(0o644)
    key_files.write(path, "A", bytes(32))
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_event_under_another_agreement_is_refused(log: Log, make: Make) -> None:
    sides = {"A": Side.SENDING, "B": Side.RECEIVING}
    roles = dict.fromkeys(sides, frozenset({"custodian"}))
    terms = Terms(
        sides,
        roles,
        consent_required=False,
        consent_binds_at_verification=False,
        notice=timedelta(0),
        release_in_receiving_state=True,
    )
    ground = Ground(agree.library().agreement("SE-EE"), terms, demonstration=True)
    body = {"order": "o-1", "ordered_by": "C"}
    opened = make("custody.opened", "A", number=2, subject=ONE, seq=0, body=body, agreement="NO-NL")
    with pytest.raises(RegisterError):
        record.append(log, ground, [opened], AT)


def test_a_register_whose_triggers_are_damaged_refuses_the_batch(
    register: Path,
    opened: Callable[[SqliteStore], Log],
    make: Callable[..., Signed],
    code: Callable[..., str],
) -> None:
    # SQLite's message quotes the damaged bytes, and Python cannot decode them.
    data = register.read_bytes()
    register.write_bytes(data.replace(b"WHEN NEW.idx <>", b"WHEN \xceEW.idx <>"))
    assert register.read_bytes() != data
    with closing(SqliteStore(register)) as store:
        assert code(opened(store).append, [make("visit.made", "A", number=20)], AT) == "H563"


def test_verifying_does_not_touch_what_a_crash_left_and_showing_undoes_it(
    brought: Path, good_register: Path
) -> None:
    crashed = brought.with_name("crashed.sqlite3")
    journal = crashed.with_name("crashed.sqlite3-journal")
    with closing(sqlite3.connect(brought, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("CREATE TABLE half (row BLOB)")
        writer.executemany("INSERT INTO half VALUES (zeroblob(?))", [(4000,)] * 50)
        shutil.copy(brought, crashed)
        shutil.copy(brought.with_name(brought.name + "-journal"), journal)
    left = crashed.read_bytes(), journal.read_bytes()
    assert left[0] != good_register.read_bytes()
    with pytest.raises(RegisterError, match=r"H561.*habeas register show"):
        bundle(crashed)
    assert (crashed.read_bytes(), journal.read_bytes()) == left
    assert _call("show", crashed) == 0
    assert _dump(crashed) == _dump(good_register)

"""A file or schema of a newer version is refused unread; one of an older version is read."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from secrets import token_bytes

import pytest

from habeas.adapters import register_files, sqlite_store, versions
from habeas.adapters.draft_store import SqliteDrafts
from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.letterbox_files import SqliteLetterbox
from habeas.adapters.sqlite_store import SqliteStore
from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.errors import HabeasError, RegisterError

GOLDEN = Path(__file__).parents[1] / "golden" / "v0.5.0"
Open = Callable[[Path], object]
MADE: dict[str, tuple[Open, Open]] = {
    "register": (lambda path: SqliteStore(path, create=True), SqliteStore),
    "keys": (
        lambda path: SqliteKeys(path, token_bytes, create=True),
        lambda path: SqliteKeys(path, token_bytes),
    ),
    "drafts": (SqliteDrafts, SqliteDrafts),
    "letterbox": (
        lambda path: SqliteLetterbox(path, token_bytes),
        lambda path: SqliteLetterbox(path, token_bytes),
    ),
    "witness": (lambda path: SqliteWitnessStore(path, create=True), SqliteWitnessStore),
}


def stated(path: Path, to: int | None = None) -> int:
    with closing(sqlite3.connect(path)) as db:
        if to is not None:
            db.execute(f"PRAGMA user_version = {to}")
        return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("what", MADE)
def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path, what: str) -> None:
    make, again = MADE[what]
    path = tmp_path / f"{what}.sqlite3"
    make(path).close()  # type: ignore[attr-defined]
    assert stated(path) == versions.FORM
    stated(path, versions.FORM + 1)
    before = path.read_bytes()
    with pytest.raises(HabeasError) as caught:
        again(path)
    assert caught.value.code == "H961"
    assert path.read_bytes() == before


def test_what_a_verifier_reads_is_asked_too(tmp_path: Path) -> None:
    path = tmp_path / "register.sqlite3"
    SqliteStore(path, create=True).close()
    stated(path, versions.FORM + 1)
    with pytest.raises(RegisterError, match="H961"):
        sqlite_store.bundle(path)


def test_a_register_of_0_5_0_states_nothing_and_is_stamped_by_whoever_may_write_it(
    tmp_path: Path,
) -> None:
    path = Path(shutil.copy(GOLDEN / "register.db", tmp_path / "register.sqlite3"))
    shutil.copy(GOLDEN / "person-keys.db", tmp_path / register_files.KEYS)
    shutil.copy(GOLDEN / "person-keys.epoch-1.key", tmp_path)
    assert (stated(path), stated(tmp_path / register_files.KEYS)) == (0, 0)
    sqlite_store.bundle(path)
    assert stated(path) == 0  # a verifier changes nothing
    with register_files.opened(path):
        pass
    assert (stated(path), stated(tmp_path / register_files.KEYS)) == (1, 1)

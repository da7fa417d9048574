"""A copy that may not be restored leaves nothing behind, and its keys lie closed."""

import sqlite3
import stat
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from habeas.adapters import backup_files, key_files, one_writer
from habeas.cli.main import run
from habeas.errors import SealedError

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A register of one publication, and a backup of it with its keys."""
    key_files.write(tmp_path / "log.key", "A", bytes(range(32)))
    (tmp_path / "roots").mkdir()
    key_files.write(tmp_path / "roots/A.key", "A", bytes(range(1, 33)))
    at, log_key = tmp_path / "at", ["--log-key", str(tmp_path / "log.key")]
    at.mkdir()
    register = str(at / "register.sqlite3")
    made = ["register", "init", register, "--origin", "log.example/a"]
    assert run([*made, *log_key, "--roots", str(tmp_path / "roots")]) == 0
    assert run(["register", "publish", register, *log_key]) == 0
    return tmp_path


def _backup(folder: Path) -> int:
    where = ["--out", str(folder / "copy"), "--keys", str(folder / "copied-keys")]
    return run(["register", "backup", str(folder / "at/register.sqlite3"), *where])


def _restore(folder: Path) -> int:
    target, key = folder / "new/register.sqlite3", folder / "log.key"
    words = ["register", "restore", str(folder / "copy"), str(target), "--log-key", str(key)]
    return run(words)


def _keys_beside(folder: Path) -> None:
    (folder / "new").mkdir()
    for path in (folder / "copied-keys").glob("person-keys*"):
        (folder / "new" / path.name).write_bytes(path.read_bytes())


def test_a_copy_that_is_refused_leaves_nothing_in_the_registers_place(
    folder: Path, capsys: Captured
) -> None:
    assert _backup(folder) == 0
    _keys_beside(folder)
    copy = folder / "copy/register.sqlite3"
    good = copy.read_bytes()
    with closing(sqlite3.connect(copy, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER leaf_update")
        raw.execute("UPDATE leaf SET entry = zeroblob(32) WHERE idx = 9")
        raw.execute("DROP TRIGGER tile_delete")
        raw.execute("DELETE FROM tile")
    assert _restore(folder) != 0
    assert "H5" in capsys.readouterr().err
    left = {path.name for path in (folder / "new").iterdir()}
    assert not [name for name in left if name.startswith(("register", "trust"))]
    copy.write_bytes(good)
    assert _restore(folder) == 0
    assert run(["register", "verify", str(folder / "new/register.sqlite3")]) == 0


def test_a_restoration_that_was_cut_off_may_be_run_again(folder: Path) -> None:
    assert _backup(folder) == 0
    _keys_beside(folder)
    (folder / "new/register.sqlite3.restoring").write_bytes(b"SQLite format 3\0 half a copy")
    assert _restore(folder) == 0
    assert not list((folder / "new").glob("*.restoring*"))


def test_copied_keys_are_closed_to_others_also_in_a_folder_that_was_there(folder: Path) -> None:
    (folder / "copied-keys").mkdir(mode=0o755)
    assert _backup(folder) == 0
    found = [folder / "copied-keys", *(folder / "copied-keys").glob("person-keys*")]
    assert [stat.S_IMODE(path.stat().st_mode) & 0o077 for path in found] == [0, 0, 0]


def test_keys_whose_epoch_ended_while_they_were_copied_are_no_copy(folder: Path) -> None:
    [epoch] = (folder / "at").glob("*.epoch-*.key")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    epoch.unlink()
    with pytest.raises(SealedError) as caught:
        backup_files.back_up_keys(folder / "at/register.sqlite3", folder / "copied-keys", at)
    assert caught.value.code == "H595"


def test_whoever_writes_waits_for_the_one_writer(folder: Path, capsys: Captured) -> None:
    register = folder / "at/register.sqlite3"
    with one_writer.held(register):
        key = ["--log-key", str(folder / "log.key")]
        assert run(["register", "publish", str(register), *key]) == 2
    assert "H908" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59+00:00"])
def test_a_day_beside_which_no_other_day_exists_is_told(
    folder: Path, capsys: Captured, day: str
) -> None:
    register, where = str(folder / "at/register.sqlite3"), ["--out", str(folder / "copy")]
    words = ["register", "backup", register, *where, "--keys", str(folder / "copied-keys")]
    assert run([*words, "--as-of", day]) == 2
    assert capsys.readouterr().err.startswith("H903")
    assert not (folder / "copy").exists()


def test_a_tile_of_an_export_is_not_read_where_it_is_too_long(
    folder: Path, capsys: Captured
) -> None:
    register, out = str(folder / "at/register.sqlite3"), folder / "export"
    assert run(["register", "export", register, "--out", str(out)]) == 0
    check = ["register", "verify", str(out), "--trust", str(folder / "at/trust.json")]
    assert run(check) == 0
    with (out / "tile/entries/000").open("r+b") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    assert run(check) == 2
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50_000_000
    assert "H567" in capsys.readouterr().err

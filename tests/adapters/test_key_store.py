"""The key store: what was destroyed is gone, what is kept stays, wherever the power fails."""

import os
import shutil
import signal
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from secrets import token_bytes

import pytest

from habeas.adapters.key_store import SqliteKeys
from habeas.errors import SealedError
from habeas.register.sealed import unwrapped

KEPT = {f"p_{n}": bytes([n]) * 32 for n in range(1, 9)}
GONE = {f"q_{n}": bytes([100 + n]) * 32 for n in range(1, 4)}
ALL = KEPT | GONE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "person-keys.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteKeys]:
    """A key store with the keys of some that stay and of some that go."""
    with closing(SqliteKeys(path, token_bytes, create=True)) as found:
        found.keep(ALL)
        yield found


def _code(call: Callable[..., object], *given: object, **more: object) -> str:
    with pytest.raises(SealedError) as caught:
        call(*given, **more)
    return caught.value.code


def _read(path: Path, names: Iterable[str] = ALL) -> dict[str, bytes]:
    with closing(SqliteKeys(path, token_bytes)) as found:
        return dict(found.keys(names))


def _epochs(path: Path) -> dict[str, bytes]:
    """The epoch keys that lie beside a key store."""
    files = sorted(path.parent.glob(f"{path.stem}.epoch-*.key"))
    return {file.name: bytes.fromhex(file.read_text().strip()) for file in files}


def _wrapped(path: Path) -> dict[str, bytes]:
    with closing(sqlite3.connect(path)) as raw:
        return dict(raw.execute("SELECT name, wrapped FROM key").fetchall())


def _everything(folder: Path) -> bytes:
    return b"\0".join(file.read_bytes() for file in sorted(folder.iterdir()))


# Destruction


def test_destroyed_keys_are_not_there_and_the_others_are(store: SqliteKeys, path: Path) -> None:
    assert store.destroy(GONE) == 3
    assert store.keys(ALL) == KEPT
    assert _read(path) == KEPT


def test_destroyed_keys_are_in_no_byte_of_any_file(store: SqliteKeys, path: Path) -> None:
    packed, (epoch,) = _wrapped(path), _epochs(path).values()
    store.destroy(GONE)
    found = _everything(path.parent)
    for name, key in GONE.items():
        assert [part in found for part in (key, packed[name], name.encode())] == [False] * 3
    assert epoch not in found
    assert epoch.hex().encode() not in found
    assert [key in found for key in KEPT.values()] == [False] * len(KEPT)


def test_an_older_copy_of_the_file_opens_nothing_once_the_epoch_has_ended(
    store: SqliteKeys, path: Path, tmp_path: Path
) -> None:
    old = Path(shutil.copy(path, tmp_path / "older copy"))
    store.destroy(GONE)
    packed, epochs = _wrapped(old), _epochs(path)
    assert len(epochs) == 1
    assert {unwrapped(key, one) for key in epochs.values() for one in packed.values()} == {None}
    store.close()
    shutil.copy(old, path)
    assert _code(_read, path) == "H595"


def test_an_older_copy_with_its_epoch_key_still_opens_what_was_destroyed(
    store: SqliteKeys, path: Path, tmp_path: Path
) -> None:
    # So docs/trust.md says: copies of both must be destroyed too.
    (tmp_path / "old").mkdir()
    for file in [path, *path.parent.glob("*.key")]:
        shutil.copy(file, tmp_path / "old")
    store.destroy(GONE)
    assert _read(tmp_path / "old" / path.name) == ALL


def test_a_destruction_may_be_asked_again_and_of_nobody(store: SqliteKeys, path: Path) -> None:
    assert [store.destroy(GONE), store.destroy(GONE), store.destroy([])] == [3, 0, 0]
    assert (store.keys(ALL), len(_epochs(path))) == (KEPT, 1)
    assert store.destroy(ALL) == len(KEPT)
    assert (store.keys(ALL), _read(path), len(_epochs(path))) == ({}, {}, 1)


def test_after_a_destruction_new_keys_are_kept_and_read(store: SqliteKeys, path: Path) -> None:
    store.destroy(GONE)
    store.keep({"new": bytes([7]) * 32})
    assert _read(path, ["new"]) == {"new": bytes([7]) * 32}
    assert store.destroy(["new"]) == 1
    assert _read(path) == KEPT


# Two at once


def test_one_that_was_open_before_a_destruction_goes_on_with_the_new_epoch(
    store: SqliteKeys, path: Path
) -> None:
    with closing(SqliteKeys(path, token_bytes)) as other:
        store.destroy(GONE)
        assert other.keys(ALL) == KEPT
        store.destroy([])
        other.keep({"new": bytes([7]) * 32})
    assert _read(path, ["new", *ALL]) == KEPT | {"new": bytes([7]) * 32}


def test_two_that_destroy_in_turn_end_every_epoch_before(
    store: SqliteKeys, path: Path, tmp_path: Path
) -> None:
    with closing(SqliteKeys(path, token_bytes)) as other:
        store.destroy(["q_1"])
        between = Path(shutil.copy(path, tmp_path / "between"))
        assert other.destroy(["q_2", "q_3"]) == 2
        assert store.keys(ALL) == other.keys(ALL) == KEPT
    packed = _wrapped(between)
    assert {unwrapped(k, one) for k in _epochs(path).values() for one in packed.values()} == {None}


# Where the power fails


def _fails_after(steps: int, path: Path) -> bool:
    """Destroy in another process that is killed at a step; whether it came to its end."""
    child = os.fork()
    if child == 0:
        left = [steps]

        def step(*_: object) -> None:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def audited(event: str, _: object) -> None:
            if event in {"open", "os.remove", "os.rename"}:
                step()

        store = SqliteKeys(path, token_bytes)
        database = vars(store)["_db"]
        database.set_trace_callback(step)  # every statement
        sys.addaudithook(audited)
        store.destroy(GONE)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def test_a_destruction_that_is_killed_at_any_step_loses_nothing_and_can_be_finished(
    store: SqliteKeys, path: Path, tmp_path: Path
) -> None:
    store.close()
    outcomes = list[str]()
    for steps in range(200):
        folder = tmp_path / f"killed after {steps}"
        folder.mkdir()
        for file in [path, *path.parent.glob("*.key")]:
            shutil.copy(file, folder)
        copy = folder / path.name
        older = _wrapped(copy)
        ended = _fails_after(steps, copy)
        found = _read(copy)
        assert found in (ALL, KEPT), steps
        outcomes.append("kept" if found == ALL else "gone")
        with closing(SqliteKeys(copy, token_bytes)) as again:
            if found == KEPT:  # what was stopped is finished by opening alone
                packed, epochs = older.values(), _epochs(copy).values()
                assert {unwrapped(key, one) for key in epochs for one in packed} == {None}
            again.keep({"new": bytes([7]) * 32})
            again.destroy(GONE)
            assert again.keys(["new", *ALL]) == KEPT | {"new": bytes([7]) * 32}
        assert len(_epochs(copy)) == 1
        assert len(list(folder.iterdir())) == 2
        if ended:
            break
    assert outcomes == sorted(outcomes, reverse=True)
    assert {"kept", "gone"} == set(outcomes)
    assert len(outcomes) > 10


def test_an_epoch_key_that_was_half_written_or_half_overwritten_is_none(
    store: SqliteKeys, path: Path
) -> None:
    store.close()
    for text in ("", "\0" * 65, "ab" * 16, "\0" * 30 + "a" * 34, "xyz"):
        path.with_suffix(".epoch-2.key").write_text(text)
        with closing(SqliteKeys(path, token_bytes)) as again:
            again.keep({f"new {text}": bytes([7]) * 32})
            assert again.keys(ALL) == ALL
        assert _read(path, [f"new {text}"]) == {f"new {text}": bytes([7]) * 32}
        assert not path.with_suffix(".epoch-2.key").exists()


def test_the_key_of_a_live_epoch_is_never_removed(store: SqliteKeys, path: Path) -> None:
    store.close()
    live = path.with_suffix(".epoch-1.key")
    good = live.read_text()
    for text in ("", "xyz", good[:40]):
        live.write_text(text)
        assert _code(SqliteKeys, path, token_bytes) == "H595"
        assert live.read_text() == text
    live.write_text(good)
    assert _read(path) == ALL


def test_a_file_that_only_looks_like_an_epoch_key_stays(store: SqliteKeys, path: Path) -> None:
    other = path.with_suffix(".epoch-1 (copy).key")
    other.write_text("a copy that somebody made")
    assert _read(path) == ALL == store.keys(ALL)
    assert other.read_text() == "a copy that somebody made"


# Keeping


def test_a_key_is_kept_once_and_all_of_a_call_or_none(store: SqliteKeys) -> None:
    assert _code(store.keep, {"new": bytes(32), "p_1": bytes(32)}) == "H595"
    assert store.keys(["new", *ALL]) == ALL


def test_kept_keys_lie_wrapped(store: SqliteKeys, path: Path) -> None:
    store.close()
    found = _everything(path.parent)
    assert [key in found for key in ALL.values()] == [False] * len(ALL)
    assert [name.encode() in found for name in ALL] == [True] * len(ALL)


def test_the_files_are_their_owners_alone(store: SqliteKeys, path: Path) -> None:
    store.destroy(["q_1"])
    files = [path, *path.parent.glob("*.key")]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(files) == 2
    path.chmod(0o644)
    assert _read(path) == KEPT | {name: GONE[name] for name in ("q_2", "q_3")}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_log_lies_beside_a_key_store(store: SqliteKeys, path: Path) -> None:
    store.keep({"new": bytes(32)})
    names = [file.name for file in path.parent.iterdir() if file.suffix != ".key"]
    assert names == [path.name]


def test_many_keys_are_read_in_one_call(store: SqliteKeys) -> None:
    many = {f"many {n}": n.to_bytes(32, "big") for n in range(1300)}
    store.keep(many)
    assert store.keys(many) == many
    assert store.keys([*many, "nobody", *many]) == many
    assert store.keys([]) == {}


def test_names_are_found_by_how_they_begin(store: SqliteKeys) -> None:
    assert (store.named("q_"), store.named("%"), store.named("P_")) == (sorted(GONE), [], [])


def test_a_key_store_is_made_once_and_opened_where_it_is(store: SqliteKeys, path: Path) -> None:
    assert store.keys(["p_1"])
    assert _code(SqliteKeys, path, token_bytes, create=True) == "H595"
    assert _code(SqliteKeys, path.with_name("other"), token_bytes) == "H595"
    assert _code(SqliteKeys, path / "x", token_bytes, create=True) == "H595"
    assert _code(SqliteKeys, path.parent, token_bytes) == "H595"


@pytest.mark.parametrize("data", [b"", b"x", b"SQLite format 3\0" + bytes(84), b"a text\n" * 999])
def test_a_file_that_is_no_key_store_is_refused(store: SqliteKeys, path: Path, data: bytes) -> None:
    store.close()
    path.write_bytes(data)
    assert _code(SqliteKeys, path, token_bytes) == "H595"


def test_without_its_epoch_key_a_key_store_opens_nothing(store: SqliteKeys, path: Path) -> None:
    store.close()
    path.with_suffix(".epoch-1.key").unlink()
    assert _code(SqliteKeys, path, token_bytes) == "H595"


def test_a_key_that_was_altered_is_none(store: SqliteKeys, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("UPDATE key SET wrapped = zeroblob(40) WHERE name = 'p_1'")
        raw.execute("UPDATE key SET wrapped = x'' WHERE name = 'p_2'")
        raw.execute("UPDATE key SET wrapped = 'text' WHERE name = 'p_3'")
        raw.execute("UPDATE key SET wrapped = 7 WHERE name = 'p_4'")
    left = {name: key for name, key in ALL.items() if name not in {"p_1", "p_2", "p_3", "p_4"}}
    assert store.keys(ALL) == left
    assert store.destroy(GONE) == 3
    assert store.keys(ALL) == {name: key for name, key in left.items() if name in KEPT}


def test_a_key_store_that_breaks_while_it_is_open_says_so(store: SqliteKeys, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DROP TABLE key")
    assert _code(store.keys, ["p_1"]) == "H595"
    assert _code(store.named, "p_") == "H595"
    assert _code(store.keep, {"new": bytes(32)}) == "H595"
    assert _code(store.destroy, ["p_1"]) == "H595"

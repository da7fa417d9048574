"""Whatever byte of a register is changed: the verifier names it, or nothing of it has changed."""

# ruff: noqa: S608 - table and column names come from these tests

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fakes import bundled, changed, opened, verified
from habeas.adapters.sqlite_store import bundle
from habeas.errors import RegisterError
from habeas.register.keys import Trust

Rows = list[tuple[int, Any]]
STRIDE = 37
ADMIN = {0, 1, 2, 10}  # of no person, and not sealed
READ = (
    "SELECT idx, entry FROM leaf NOT INDEXED",
    "SELECT idx, event_id, kind, subject, seq FROM event NOT INDEXED",
    "SELECT idx, sealed FROM content NOT INDEXED",
    "SELECT size, note FROM checkpoint NOT INDEXED",
    "SELECT level, n, hashes FROM tile NOT INDEXED",
)


@pytest.fixture
def raw(register: Path) -> Iterator[sqlite3.Connection]:
    """A connection of somebody who owns the file: the triggers are gone."""
    with closing(sqlite3.connect(register, isolation_level=None)) as found:
        found.execute("PRAGMA synchronous = OFF")
        found.execute("PRAGMA journal_mode = MEMORY")
        names = found.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            found.execute(f"DROP TRIGGER {name}")
        yield found


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :]


def _faults(path: Path, trust: Trust) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in verified(path, trust).faults]


def _rows_of(raw: sqlite3.Connection, column: str, longer_than: int = -1) -> Rows:
    table, name = column.split(".")
    wanted = f"WHERE LENGTH({name}) > ? ORDER BY idx"
    return raw.execute(f"SELECT idx, {name} FROM {table} {wanted}", (longer_than,)).fetchall()


def _put(raw: sqlite3.Connection, column: str, rows: Rows) -> None:
    table, name = column.split(".")
    given = [(value, number) for number, value in rows]
    raw.execute("BEGIN")
    raw.executemany(f"UPDATE {table} SET {name} = ? WHERE idx = ?", given)
    raw.execute("COMMIT")


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("column", ["content.sealed", "leaf.entry"])
def test_every_byte_of_every_record_is_watched(
    raw: sqlite3.Connection, register: Path, trust: Trust, column: str
) -> None:
    place = 0
    while rows := _rows_of(raw, column, place):
        _put(raw, column, [(number, _flipped(value, place)) for number, value in rows])
        named = {where for code, where in _faults(register, trust) if code != "H515"}
        assert {f"index {number}" for number, _ in rows} <= named, place
        _put(raw, column, rows)
        place += 1
    assert _faults(register, trust) == []


@pytest.mark.no_cover  # the same lines again and again
@pytest.mark.parametrize("part", ["salt", "body", "sigblock"])
def test_every_byte_of_every_event_is_watched_where_somebody_with_the_keys_seals_it_again(
    good_register: Path, trust: Trust, part: str
) -> None:
    good, notes = opened(good_register), bundle(good_register).checkpoints
    for place in range(max(len(getattr(record, part)) for record in good)):
        long = {record.index for record in good if len(getattr(record, part)) > place}
        others = [
            changed(record, **{part: _flipped(getattr(record, part), place)})
            if record.index in long
            else record
            for record in good
        ]
        faults = verified(bundled(others, notes), trust).faults
        named = {fault.where for fault in faults if fault.code == "H552"}
        assert named == {f"index {number}" for number in long}, place


@pytest.mark.parametrize("column", ["event.event_id", "event.kind", "event.subject"])
def test_every_character_by_which_a_record_is_found_is_watched(
    raw: sqlite3.Connection, register: Path, trust: Trust, column: str
) -> None:
    place = 0
    while rows := _rows_of(raw, column, place):
        letters = [chr(ord(value[place]) ^ 64) for _, value in rows]
        changed = [
            (n, v[:place] + new + v[place + 1 :]) for (n, v), new in zip(rows, letters, strict=True)
        ]
        _put(raw, column, changed)
        # The key of a person's content is of that person and event: it does not open under others.
        sealed = set() if column == "event.kind" else set(range(12)) - ADMIN
        named = [("H591" if n in sealed else "H553", f"index {n}") for n, _ in rows]
        assert _faults(register, trust) == named
        _put(raw, column, rows)
        place += 1


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("event.subject", None, "H545"),
        ("event.subject", "p_" + "3" * 26, "H591"),
        ("event.seq", None, "H553"),
        ("event.seq", 99, "H553"),
    ],
)
def test_a_column_that_was_emptied_or_set_is_named(
    raw: sqlite3.Connection,
    register: Path,
    trust: Trust,
    column: str,
    value: int | str | None,
    code: str,
) -> None:
    for number, kept in _rows_of(raw, column):
        _put(raw, column, [(number, value)])
        named = _faults(register, trust)
        assert ("H591" if number in ADMIN and value else code, f"index {number}") == named[0]
        # An event that cannot be read leaves a gap in the person's numbers, and nothing else.
        assert {code for code, _ in named[1:]} <= {"H555"}
        _put(raw, column, [(number, kept)])


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("event.subject", "p_" + "3" * 26, "H591"), ("event.seq", 0, "H553")],
)
def test_a_key_event_has_no_person_and_no_number(
    raw: sqlite3.Connection, register: Path, trust: Trust, column: str, value: str, code: str
) -> None:
    _put(raw, column, [(1, value)])
    named = _faults(register, trust)
    assert named[0] == (code, "index 1")
    assert {code for code, _ in named[1:]} <= {"H515"}  # what B signed, whose key is not read


@pytest.mark.no_cover  # the same lines again and again
def test_every_character_of_every_checkpoint_is_watched(
    raw: sqlite3.Connection, register: Path, trust: Trust
) -> None:
    notes = dict(raw.execute("SELECT size, note FROM checkpoint").fetchall())
    for place in range(len(notes[12])):
        changed = {size: note for size, note in notes.items() if len(note) > place}
        for size, note in changed.items():
            other = note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1 :]
            raw.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (other, size))
        named = [where for _, where in _faults(register, trust)]
        assert named == [f"checkpoint of size {size}" for size in changed], place
        for size, note in changed.items():
            raw.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (note, size))


@pytest.mark.parametrize("size", [0, 1, 5, 7, 11, 13, 2**40])
def test_a_checkpoint_under_another_size_is_named(
    raw: sqlite3.Connection, register: Path, trust: Trust, size: int
) -> None:
    for kept in (6, 12):
        raw.execute("UPDATE checkpoint SET size = ? WHERE size = ?", (size, kept))
        assert ("H557", f"checkpoint of size {size}") in _faults(register, trust)
        raw.execute("UPDATE checkpoint SET size = ? WHERE size = ?", (kept, size))
    assert _faults(register, trust) == []


def _rows(data: bytes) -> list[list[tuple[object, ...]]] | None:
    """Every row that a file holds; None where SQLite cannot read it."""
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.deserialize(data)
        try:
            return [sorted(raw.execute(statement), key=repr) for statement in READ]
        except (sqlite3.Error, UnicodeDecodeError):
            return None


def _verdict(path: Path, trust: Trust) -> str:
    try:
        named = _faults(path, trust)
    except RegisterError as error:
        return error.code
    return "named" if any(where or code == "H556" for code, where in named) else "silent"


def test_a_flipped_bit_anywhere_in_the_file_is_named_or_changes_nothing(
    good_register: Path, tmp_path: Path, trust: Trust
) -> None:
    path, data = tmp_path / "register.sqlite3", good_register.read_bytes()
    before, verdicts = _rows(data), list[str]()
    for place in range(0, len(data), STRIDE):
        changed = _flipped(data, place)
        if _rows(changed) == before:
            verdicts.append("unchanged")
            continue
        path.write_bytes(changed)
        verdicts.append(_verdict(path, trust))
        assert verdicts[-1] in {"named", "H561"}, place
    assert {"unchanged", "named", "H561"} <= set(verdicts)

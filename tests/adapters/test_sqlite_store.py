"""The register file: what is kept reads back, and no row is ever changed by accident."""

# ruff: noqa: S608 - table and column names come from these tests

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from habeas.adapters.sqlite_store import SqliteStore, bundle
from habeas.errors import RegisterError
from habeas.register.events import Record

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
KEYS = {"leaf": "idx", "event": "idx", "content": "idx", "stamp": "idx", "checkpoint": "size"}
COLUMNS = {
    "leaf": ["idx", "entry"],
    "event": ["idx", "event_id", "kind", "subject", "seq"],
    "content": ["idx", "salt", "body", "sigblock"],
    "stamp": ["idx", "recorded_at"],
    "checkpoint": ["size", "note"],
}


def _record(index: int, subject: str | None = None, seq: int | None = None) -> Record:
    entry = sha256(b"%d" % index).digest()
    body = b'{"a":%d}' % index
    return Record(index, entry, f"id {index}", "kind", subject, seq, bytes(32), body, b"sig")


RECORDS = [_record(0), _record(1, ONE, 0), _record(2, TWO, 0), _record(3, ONE), _record(4, ONE, 1)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a register %23?.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path, create=True)) as found:
        found.write(RECORDS, AT, (5, "a note"))
        yield found


@pytest.fixture
def raw(store: SqliteStore, path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the same file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as found:
        yield found
    assert list(store.records()) == RECORDS
    assert store.checkpoints() == [(5, "a note")]


def _code(path: Path, *, create: bool) -> str:
    with pytest.raises(RegisterError) as caught:
        SqliteStore(path, create=create)
    return caught.value.code


def test_what_was_written_reads_back(store: SqliteStore) -> None:
    assert list(store.records()) == RECORDS
    assert [list(store.records(start)) for start in (3, 5)] == [RECORDS[3:], []]
    assert (store.size(), store.checkpoints()) == (5, [(5, "a note")])


def test_a_record_is_found_by_its_id(store: SqliteStore) -> None:
    assert [store.by_id(f"id {n}") for n in range(6)] == [*RECORDS, None]
    assert store.by_id("' OR 1 = 1 --") is None


def test_a_head_is_the_latest_custody_record(store: SqliteStore) -> None:
    assert [store.head(person) for person in (ONE, TWO)] == [RECORDS[4], RECORDS[2]]
    assert store.head("p_" + "3" * 26) is None


def test_a_closed_register_is_one_complete_file(store: SqliteStore, path: Path) -> None:
    store.close()
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert list(bundle(path).entries) == RECORDS
    assert list(bundle(path).checkpoints) == [(5, "a note")]


def test_the_instant_of_recording_is_kept_beside(
    raw: sqlite3.Connection,
) -> None:
    stamps = raw.execute("SELECT DISTINCT recorded_at FROM stamp").fetchall()
    assert stamps == [("2026-03-02T12:00:00+00:00",)]


def test_checkpoints_come_smallest_first(path: Path) -> None:
    with closing(SqliteStore(path, create=True)) as store:
        for size in (3, 10, 9):
            store.write([], AT, (size, f"note {size}"))
        assert store.checkpoints() == [(3, "note 3"), (9, "note 9"), (10, "note 10")]
        assert list(bundle(path).checkpoints) == store.checkpoints()


def test_a_register_is_made_once_and_opened_where_it_is(store: SqliteStore, path: Path) -> None:
    assert store.size() == 5
    other = path.with_name("other")
    assert [_code(path, create=True), _code(other, create=False)] == ["H562", "H562"]
    assert not path.with_name("other").exists()


def test_a_batch_that_collides_is_not_written_at_all(store: SqliteStore) -> None:
    good = _record(5, TWO, 1)
    for bad in (_record(5), _record(7), replace(_record(6), event_id="id 1"), _record(6, ONE, 1),
                replace(_record(6), entry=RECORDS[0].entry)):  # fmt: skip
        with pytest.raises(RegisterError, match="H563"):
            store.write([good, bad], AT, (7, "note"))
    store.write([good, _record(6)], AT, (7, "note"))
    assert (store.size(), store.checkpoints()) == (7, [(5, "a note"), (7, "note")])


def test_another_note_of_the_same_size_is_refused(store: SqliteStore) -> None:
    store.write([], AT, (5, "a note"))
    with pytest.raises(RegisterError, match="H563"):
        store.write([], AT, (5, "another note"))
    assert store.checkpoints() == [(5, "a note")]


@pytest.mark.parametrize(
    "column", [f"{table}.{name}" for table in COLUMNS for name in COLUMNS[table]]
)
def test_no_column_is_updated(raw: sqlite3.Connection, column: str) -> None:
    table, name = column.split(".")
    for words in ("UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"):
        with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
            raw.execute(f"{words} {table} SET {name} = {name}")


@pytest.mark.parametrize("table", COLUMNS)
def test_no_row_is_deleted(raw: sqlite3.Connection, table: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        raw.execute(f"DELETE FROM {table}")
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        raw.execute(f"DELETE FROM {table} WHERE {KEYS[table]} >= 4")


_AGAIN: dict[str, list[tuple[object, ...]]] = {
    "leaf": [(4, bytes(32)), (5, RECORDS[0].entry), (0, RECORDS[0].entry)],
    "event": [
        (1, "new", "kind", None, None),
        (5, "id 1", "kind", None, None),
        (5, "new", "kind", ONE, 1),
    ],
    "content": [(0, b"", b"", b"")],
    "stamp": [(0, "now")],
    "checkpoint": [(5, "another note"), (5, "a note")],
}


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("table", _AGAIN)
def test_no_row_takes_the_place_of_another(
    raw: sqlite3.Connection, table: str, recursive: str
) -> None:
    raw.execute(f"PRAGMA recursive_triggers = {recursive}")
    for row in _AGAIN[table]:
        for words in (
            "INSERT",
            "REPLACE",
            *(f"INSERT OR {way}" for way in ("REPLACE", "IGNORE", "FAIL", "ROLLBACK")),
        ):
            with pytest.raises(sqlite3.IntegrityError, match=table):
                raw.execute(f"{words} INTO {table} VALUES ({','.join('?' * len(row))})", row)


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("table", KEYS)
def test_no_row_is_upserted(raw: sqlite3.Connection, table: str, recursive: str) -> None:
    raw.execute(f"PRAGMA recursive_triggers = {recursive}")
    key, last = KEYS[table], COLUMNS[table][-1]
    copied = f"INSERT INTO {table} SELECT * FROM {table} WHERE true"
    with pytest.raises(sqlite3.IntegrityError, match=table):
        raw.execute(f"{copied} ON CONFLICT ({key}) DO UPDATE SET {last} = excluded.{last}")
    with pytest.raises(sqlite3.IntegrityError, match=table):
        raw.execute(f"{copied} ON CONFLICT DO NOTHING")


@pytest.mark.parametrize("index", [-1, 6, 7, 2**40, None])
def test_a_leaf_has_the_next_index(raw: sqlite3.Connection, index: int | None) -> None:
    for words in ("INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"):
        with pytest.raises(sqlite3.IntegrityError, match="gap"):
            raw.execute(f"{words} INTO leaf VALUES (?, ?)", (index, bytes(32)))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO leaf VALUES (5, NULL)",
        "INSERT INTO event VALUES (5, NULL, 'kind', NULL, NULL)",
        "INSERT INTO event VALUES (5, 'id', NULL, NULL, NULL)",
        "INSERT INTO event VALUES (5, 'id', 'kind', NULL, 'four')",
        "INSERT INTO content VALUES (5, NULL, x'', x'')",
        "INSERT INTO content VALUES (5, 'salt', x'', x'')",
        "INSERT INTO checkpoint VALUES (6, NULL)",
        "INSERT INTO checkpoint VALUES (6, x'00')",
        "INSERT INTO checkpoint VALUES ('six', 'note')",
    ],
)
def test_a_value_of_another_type_is_refused(raw: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)


def _dropped(raw: sqlite3.Connection) -> None:
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")


def test_without_its_triggers_the_file_can_be_changed(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        _dropped(raw)
        raw.execute("UPDATE content SET body = x'00' WHERE idx = 1")
    assert [record.body for record in store.records()][1] == b"\0"


def test_a_verifier_reads_rows_that_belong_to_no_leaf(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        _dropped(raw)
        raw.execute("DELETE FROM leaf WHERE idx = 4")
        raw.execute("DELETE FROM content WHERE idx = 3")
        raw.execute("INSERT INTO event VALUES (9, 'id 9', 'kind', NULL, NULL)")
    found = {record.index: record for record in bundle(path).entries}
    assert list(found) == [0, 1, 2, 3, 4, 9]
    assert (found[4].entry, found[3].body, found[9].entry) == (b"", b"", b"")
    assert store.size() == 4


@pytest.mark.parametrize("data", [b"", b"x", b"SQLite format 3\0" + bytes(84), b"a text\n" * 1000])
def test_a_file_that_is_no_register_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "register.sqlite3"
    path.write_bytes(data)
    with pytest.raises(RegisterError, match="H561"):
        bundle(path)


def test_a_path_without_a_file_is_said_to_be_none(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(RegisterError, match="H562"):
            bundle(path)


def test_the_verifier_changes_nothing(store: SqliteStore, path: Path) -> None:
    store.close()
    before = path.read_bytes()
    bundle(path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]

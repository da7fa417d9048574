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

from habeas.adapters import sqlite_store
from habeas.adapters.sqlite_store import SqliteStore, bundle
from habeas.errors import RegisterError
from habeas.register.events import PAD, Row
from habeas.register.sealed import SealedSection
from habeas.register.store import Batch

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
KEYS = {
    "leaf": "idx",
    "event": "idx",
    "content": "idx",
    "section": "idx, name",
    "tile": "level, n",
    "checkpoint": "size",
    "cosignature": "size, line",
    "evidence": "digest",
}
COLUMNS = {
    "leaf": ["idx", "entry"],
    "event": ["idx", "event_id", "kind", "subject", "seq", "recorded_at"],
    "content": ["idx", "sealed"],
    "section": ["idx", "name", "digest", "sealed"],
    "tile": ["level", "n", "hashes"],
    "checkpoint": ["size", "note"],
    "cosignature": ["size", "line"],
    "evidence": ["digest", "at", "what", "data"],
}


def _row(index: int, subject: str | None = None, seq: int | None = None) -> Row:
    entry = sha256(b"%d" % index).digest()
    return Row(index, entry, f"id {index}", "kind", subject, seq, b"sealed %d" % index)


ROWS = [_row(0), _row(1, ONE, 0), _row(2, TWO, 0), _row(3, ONE), _row(4, ONE, 1)]
SECTIONS = [SealedSection(1, name, sha256(name.encode()).digest(), b"s") for name in ("a", "b")]
TILES = [(0, 0, bytes(8192)), (1, 0, bytes([1]) * 8192)]
NOTE = "a note\na line\n"
WRITTEN = Batch(0, ROWS, AT, SECTIONS, TILES, (5, "a note\n"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a register %23?.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path, create=True)) as found:
        found.write(WRITTEN)
        found.cosign(5, ["a line\n"])
        found.keep_evidence(AT, "what", b"data")
        yield found


@pytest.fixture
def raw(store: SqliteStore, path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the same file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as found:
        yield found
    assert list(store.rows()) == ROWS
    assert store.checkpoints() == [(5, NOTE)]
    assert store.sections(1) == SECTIONS
    assert [store.tile(level, n) for level, n, _ in TILES] == [tile for _, _, tile in TILES]


def _code(path: Path, *, create: bool) -> str:
    with pytest.raises(RegisterError) as caught:
        SqliteStore(path, create=create)
    return caught.value.code


def test_what_was_written_reads_back(store: SqliteStore) -> None:
    assert list(store.rows()) == ROWS
    assert [list(store.rows(start)) for start in (3, 5)] == [ROWS[3:], []]
    assert [list(store.rows(*span)) for span in ((1, 3), (4, 9), (2, 2))] == [
        ROWS[1:3],
        ROWS[4:],
        [],
    ]
    assert (store.size(), store.checkpoints(), store.latest()) == (5, [(5, NOTE)], (5, NOTE))
    assert store.entries(3, 9) == [row.entry for row in ROWS[3:]]


def test_a_row_is_found_by_its_id(store: SqliteStore) -> None:
    ids = [f"id {n}" for n in range(1200)]
    assert store.by_ids(ids) == {row.event_id: row for row in ROWS}
    assert store.by_ids(["' OR 1 = 1 --", "id 5", ""]) == {}
    assert store.by_ids([]) == {}


def test_a_head_is_the_latest_custody_row(store: SqliteStore) -> None:
    asked = [ONE, TWO, "p_" + "3" * 26, "' OR 1 = 1 --"]
    assert store.heads(asked) == {ONE: (1, ROWS[4].entry), TWO: (0, ROWS[2].entry)}
    assert store.heads([]) == {}


def test_persons_are_those_of_whom_there_is_any_event(store: SqliteStore) -> None:
    store.write(Batch(5, [_row(5, "p_" + "4" * 26)], AT))
    asked = [ONE, "p_" + "3" * 26, "p_" + "4" * 26]
    assert store.persons(asked) == {ONE, "p_" + "4" * 26}


def test_a_persons_rows_come_in_order_and_are_that_persons_alone(store: SqliteStore) -> None:
    assert list(store.of_person(ONE)) == [ROWS[1], ROWS[3], ROWS[4]]
    assert list(store.of_person("p_" + "3" * 26)) == []


def test_administrative_rows_are_those_of_nobody(store: SqliteStore) -> None:
    store.write(Batch(5, [replace(_row(5), kind="other"), _row(6)], AT))
    assert [row.index for row in store.administrative(["kind"])] == [0, 6]
    assert [row.index for row in store.administrative(["other", "kind"])] == [0, 5, 6]
    assert list(store.administrative([])) == []


def test_many_rows_are_read_in_pages(path: Path) -> None:
    rows = [_row(n, ONE) for n in range(2500)]
    with closing(SqliteStore(path, create=True)) as store:
        store.write(Batch(0, rows, AT))
        assert list(store.rows()) == rows
        assert list(store.rows(1020, 2060)) == rows[1020:2060]
        assert list(store.of_person(ONE)) == rows
        assert len(store.by_ids(row.event_id for row in rows)) == 2500


def test_a_pad_has_no_event(path: Path) -> None:
    pad = Row(0, bytes(32), "", PAD, None, None, bytes(range(32)))
    with closing(SqliteStore(path, create=True)) as store:
        store.write(Batch(0, [pad], AT))
        assert (list(store.rows()), list(store.administrative([PAD]))) == ([pad], [])
        assert store.by_ids([""]) == {}


def test_a_closed_register_is_one_complete_file(store: SqliteStore, path: Path) -> None:
    store.close()
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert list(bundle(path).rows) == ROWS
    assert list(bundle(path).checkpoints) == [(5, NOTE)]
    assert list(bundle(path).tiles or []) == TILES


def test_a_verifier_reads_a_register_while_it_is_written(store: SqliteStore, path: Path) -> None:
    found = bundle(path)
    store.write(Batch(5, [_row(5)], AT, checkpoint=(6, "later")))
    assert list(found.checkpoints) == [(5, NOTE)]
    assert list(bundle(path).rows) == [*ROWS, _row(5)]


def test_the_instant_of_recording_is_kept_beside(
    raw: sqlite3.Connection,
) -> None:
    stamps = raw.execute("SELECT DISTINCT recorded_at FROM event").fetchall()
    assert stamps == [("2026-03-02T12:00:00+00:00",)]


def test_checkpoints_come_smallest_first(path: Path) -> None:
    with closing(SqliteStore(path, create=True)) as store:
        for size in (3, 10, 9):
            store.write(Batch(0, [], AT, checkpoint=(size, f"note {size}")))
        assert store.checkpoints() == [(3, "note 3"), (9, "note 9"), (10, "note 10")]
        assert store.latest() == (10, "note 10")
        assert list(bundle(path).checkpoints) == store.checkpoints()


def test_cosignatures_are_kept_once_and_in_the_order_in_which_they_came(
    store: SqliteStore, path: Path
) -> None:
    store.cosign(5, ["z\n", "a line\n", "b\n"])
    store.cosign(5, ["b\n", "z\n"])
    assert store.latest() == (5, NOTE + "z\nb\n")
    assert list(bundle(path).checkpoints) == store.checkpoints() == [(5, NOTE + "z\nb\n")]


def test_evidence_is_kept_once_and_up_to_a_cap(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "EVIDENCE_CAP", 3)
    for data in (b"data", b"one", b"one", b"two", b"three"):
        store.keep_evidence(AT, "again", data)
    with closing(sqlite3.connect(path)) as other:
        kept = other.execute("SELECT what, data FROM evidence ORDER BY rowid").fetchall()
    assert kept == [("what", b"data"), ("again", b"one"), ("again", b"two")]


def test_a_register_is_made_once_and_opened_where_it_is(store: SqliteStore, path: Path) -> None:
    assert store.size() == 5
    other = path.with_name("other")
    assert [_code(path, create=True), _code(other, create=False)] == ["H562", "H562"]
    assert not path.with_name("other").exists()


def test_a_batch_that_collides_is_not_written_at_all(store: SqliteStore) -> None:
    good = _row(5, TWO, 1)
    section, tile = SealedSection(5, "a", b"d", b"s"), (0, 1, bytes(8192))
    for bad in (_row(5), _row(7), replace(_row(6), event_id="id 1"), _row(6, ONE, 1)):
        with pytest.raises(RegisterError, match="H563"):
            store.write(Batch(5, [good, bad], AT, [section], [tile], (7, "note")))
    for sections, tiles in (([section, section], [tile]), ([section], [tile, TILES[0]])):
        with pytest.raises(RegisterError, match="H563"):
            store.write(Batch(5, [good, _row(6)], AT, sections, tiles, (7, "note")))
    assert (store.size(), store.sections(5), store.tile(0, 1)) == (5, [], None)
    store.write(Batch(5, [good, _row(6)], AT, [section], [tile], (7, "note")))
    assert (store.size(), store.checkpoints()) == (7, [(5, NOTE), (7, "note")])
    assert (store.sections(5), store.tile(0, 1)) == ([section], tile[2])


@pytest.mark.parametrize("start", [0, 4, 6])
def test_a_batch_that_starts_elsewhere_was_written_by_somebody_else(
    store: SqliteStore, start: int
) -> None:
    for rows in ([], [_row(start)]):
        with pytest.raises(RegisterError, match="H565"):
            store.write(Batch(start, rows, AT, checkpoint=(9, "note")))
    assert (store.size(), store.checkpoints()) == (5, [(5, NOTE)])


def test_another_note_of_the_same_size_is_refused(store: SqliteStore) -> None:
    for note in ("another note", "a note\n"):
        with pytest.raises(RegisterError, match="H563"):
            store.write(Batch(5, [], AT, checkpoint=(5, note)))
    assert store.checkpoints() == [(5, NOTE)]


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
        raw.execute(f"DELETE FROM {table} WHERE rowid >= 1")


_AGAIN: dict[str, list[tuple[object, ...]]] = {
    "leaf": [(4, bytes(32)), (0, ROWS[0].entry)],
    "event": [
        (1, "new", "kind", None, None, "now"),
        (5, "id 1", "kind", None, None, "now"),
        (5, "new", "kind", ONE, 1, "now"),
    ],
    "content": [(0, b"")],
    "section": [(1, "a", b"", b"")],
    "tile": [(0, 0, bytes(8192))],
    "checkpoint": [(5, "another note"), (5, "a note\n")],
    "cosignature": [(5, "a line\n")],
    "evidence": [(sha256(b"data").digest(), "now", "what", b"other")],
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
        "INSERT INTO event VALUES (5, NULL, 'kind', NULL, NULL, '')",
        "INSERT INTO event VALUES (5, 'id', NULL, NULL, NULL, '')",
        "INSERT INTO event VALUES (5, 'id', 'kind', NULL, 'four', '')",
        "INSERT INTO event VALUES (5, 'id', 'kind', NULL, NULL, NULL)",
        "INSERT INTO content VALUES (5, NULL)",
        "INSERT INTO content VALUES (5, 'sealed')",
        "INSERT INTO section VALUES (5, 'a', NULL, x'')",
        "INSERT INTO section VALUES (5, 'a', x'', 'sealed')",
        "INSERT INTO tile VALUES (0, 'one', x'')",
        "INSERT INTO tile VALUES (0, 1, 'hashes')",
        "INSERT INTO cosignature VALUES (5, NULL)",
        "INSERT INTO evidence VALUES (x'00', 'now', NULL, x'')",
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
        raw.execute("UPDATE content SET sealed = x'00' WHERE idx = 1")
    assert [row.content for row in store.rows()][1] == b"\0"


def test_a_verifier_reads_rows_that_belong_to_no_leaf(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        _dropped(raw)
        raw.execute("DELETE FROM leaf WHERE idx = 4")
        raw.execute("DELETE FROM content WHERE idx = 3")
        raw.execute("INSERT INTO event VALUES (9, 'id 9', 'kind', NULL, NULL, '')")
    found = {row.index: row for row in bundle(path).rows}
    assert list(found) == [0, 1, 2, 3, 4, 9]
    assert (found[4].entry, found[3].content, found[9].entry) == (b"", b"", b"")
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
    assert len(list(bundle(path).rows)) == 5
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]

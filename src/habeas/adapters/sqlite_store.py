"""The register's Store on SQLite, and the reading of its file for the verifier.

The file is not trusted for history: whoever changes a row is found by `habeas register verify`
under a checkpoint that somebody keeps. It is trusted for availability. The triggers are not
trusted either: they stop accidents; the tree proves. Embedded mode serves one authority only.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from habeas.errors import Fault, RegisterError
from habeas.register.events import Record
from habeas.register.verify import Bundle

PAGE = 1024
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
NOWHERE = -1  # a place or number that no record has
_TABLES = {
    "leaf": "idx INTEGER PRIMARY KEY, entry BLOB NOT NULL UNIQUE",
    "event": "idx INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, "
    "subject TEXT, seq INTEGER, UNIQUE (subject, seq)",
    "content": "idx INTEGER PRIMARY KEY, salt BLOB NOT NULL, body BLOB NOT NULL, "
    "sigblock BLOB NOT NULL",
    "stamp": "idx INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL",
    "checkpoint": "size INTEGER PRIMARY KEY, note TEXT NOT NULL",
}
# INSERT OR REPLACE removes rows without firing a DELETE trigger: an existing key is refused on
# INSERT too.
_UNIQUE = {
    "leaf": "idx = NEW.idx OR entry = NEW.entry",
    "event": "idx = NEW.idx OR event_id = NEW.event_id "
    "OR (subject = NEW.subject AND seq = NEW.seq)",
    "content": "idx = NEW.idx",
    "stamp": "idx = NEW.idx",
    "checkpoint": "size = NEW.size",
}
_RECORD = (
    "SELECT leaf.idx, entry, event_id, kind, subject, seq, salt, body, sigblock "
    "FROM leaf LEFT JOIN event USING (idx) LEFT JOIN content USING (idx)"
)


def _schema() -> str:
    parts = [f"CREATE TABLE {name} ({columns}) STRICT;" for name, columns in _TABLES.items()]
    for name in _TABLES:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END;"
        again = f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {_UNIQUE[name]})"  # noqa: S608 - fixed
        parts += [
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {name} {refuse}",
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {name} {refuse}",
            f"CREATE TRIGGER {name}_again BEFORE INSERT ON {name} {again} {refuse}",
        ]
    gap = "WHEN NEW.idx <> (SELECT COUNT(*) FROM leaf)"
    refuse = "BEGIN SELECT RAISE(ABORT, 'the leaf index has a gap'); END;"
    parts.append(f"CREATE TRIGGER leaf_next BEFORE INSERT ON leaf {gap} {refuse}")
    return "\n".join(parts)


def _damaged(path: Path, error: Exception) -> RegisterError:
    return RegisterError(
        Fault(
            "H561",
            f"the register file cannot be read: {error}",
            "If a write was cut short, run 'habeas register show' on it once, which undoes that "
            "write; otherwise restore a copy. Then verify.",
            str(path),
        )
    )


class SqliteStore:
    """A register file. Is not trusted for history, is trusted for availability."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if create == path.exists():
            what = f"the register file {'already exists' if create else 'does not exist'}"
            fix = "Name another path, or make it with 'habeas register init'."
            raise RegisterError(Fault("H562", what, fix, str(path)))
        self._path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.executescript("PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON;")
            if create:
                self._db.executescript(f"BEGIN; {_schema()} COMMIT;")
            _check_tables(self._db)
        except UNREADABLE as error:
            if hasattr(self, "_db"):
                self._db.close()
            raise _damaged(path, error) from error

    def close(self) -> None:
        """Close the file; it is complete without any other file beside it."""
        self._db.close()

    def _read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:  # Any: what SQLite holds
        try:
            return self._db.execute(sql, values).fetchall()
        except UNREADABLE as error:
            raise _damaged(self._path, error) from error

    def size(self) -> int:
        """Number of leaves committed."""
        return int(self._read("SELECT COUNT(*) FROM leaf")[0][0])

    def records(self, start: int = 0) -> Iterator[Record]:
        """Records in order from an index, read in pages."""
        while True:
            page = f"{_RECORD} WHERE leaf.idx >= ? ORDER BY leaf.idx LIMIT {PAGE}"
            rows = self._read(page, start)
            for row in rows:
                yield _record(row[0], row[1], row[2:6], row[6:])
            if len(rows) < PAGE:
                return
            start = rows[-1][0] + 1

    def _one(self, where: str, *values: str) -> Record | None:
        rows = self._read(f"{_RECORD} WHERE {where}", *values)
        return _record(rows[0][0], rows[0][1], rows[0][2:6], rows[0][6:]) if rows else None

    def by_id(self, event_id: str) -> Record | None:
        """The record of an event id."""
        return self._one("event_id = ?", event_id)

    def head(self, subject: str) -> Record | None:
        """A person's latest custody record."""
        return self._one("subject = ? AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1", subject)

    def checkpoints(self) -> list[tuple[int, str]]:
        """Size and note of every checkpoint, smallest first."""
        rows = self._read("SELECT size, note FROM checkpoint ORDER BY size")
        return [_note(size, note) for size, note in rows]

    def write(
        self, records: Sequence[Record], recorded_at: datetime, note: tuple[int, str] | None
    ) -> None:
        """Commit records and, where given, a checkpoint, in one transaction or not at all."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._insert(records, recorded_at.isoformat(), note)
            self._db.execute("COMMIT")
        except UNREADABLE as error:
            fix = "Read the log again and submit what is missing."
            what = f"the register refused the batch: {error}"
            raise RegisterError(Fault("H563", what, fix, str(self._path))) from error
        finally:  # whatever stopped it, an interrupt included, nothing half-written stays open
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _insert(self, records: Sequence[Record], stamp: str, note: tuple[int, str] | None) -> None:
        insert = self._db.executemany
        insert("INSERT INTO leaf VALUES (?, ?)", [(r.index, r.entry) for r in records])
        insert(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?)",
            [(r.index, r.event_id, r.kind, r.subject, r.seq) for r in records],
        )
        insert(
            "INSERT INTO content VALUES (?, ?, ?, ?)",
            [(r.index, r.salt, r.body, r.sigblock) for r in records],
        )
        insert("INSERT INTO stamp VALUES (?, ?)", [(r.index, stamp) for r in records])
        if note is not None and note not in self.checkpoints():
            self._db.execute("INSERT INTO checkpoint VALUES (?, ?)", note)


def _check_tables(db: sqlite3.Connection) -> None:
    # A view in a table's place could run without end: only tables are read.
    found = dict(db.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"))
    if {name: found.get(name) for name in _TABLES} != dict.fromkeys(_TABLES, "table"):
        raise sqlite3.DatabaseError("it holds no register")


def bundle(path: Path) -> Bundle:
    """Everything of a register file that its verifier checks.

    Raises:
        RegisterError: H561 for a file that SQLite cannot read, H562 for none.
    """
    if not path.is_file():
        fix = "Name the register's file."
        raise RegisterError(Fault("H562", "the register file does not exist", fix, str(path)))
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            _check_tables(db)
            leaves = db.execute("SELECT idx, entry FROM leaf NOT INDEXED").fetchall()
            rows = db.execute(
                "SELECT idx, event_id, kind, subject, seq FROM event NOT INDEXED"
            ).fetchall()
            contents = db.execute("SELECT idx, salt, body, sigblock FROM content").fetchall()
            notes = db.execute("SELECT size, note FROM checkpoint ORDER BY size").fetchall()
    except UNREADABLE as error:
        raise _damaged(path, error) from error
    tables = [{row[0]: row[1:] for row in table} for table in (leaves, rows, contents)]
    places = {place for table in tables for place in table}
    found = [
        _record(
            place if isinstance(place, int) else NOWHERE,
            tables[0].get(place, (None,))[0],
            tables[1].get(place, ()),
            tables[2].get(place, ()),
        )
        for place in sorted(places, key=lambda one: (not isinstance(one, int), str(one).zfill(20)))
    ]
    return Bundle(found, [_note(size, note) for size, note in notes])


def _note(size: object, note: object) -> tuple[int, str]:
    return size if isinstance(size, int) else NOWHERE, note if isinstance(note, str) else ""


def _record(
    idx: int, entry: object, row: tuple[object, ...], content: tuple[object, ...]
) -> Record:
    # A damaged file may give any type for any column: what is not of its type is read as something
    # that no event has, which then fails.
    event_id, kind, subject, seq = row or (None,) * 4
    salt, body, sigblock = (
        part if isinstance(part, bytes) else b"" for part in content or (None,) * 3
    )
    return Record(
        idx,
        entry if isinstance(entry, bytes) else b"",
        event_id if isinstance(event_id, str) else "",
        kind if isinstance(kind, str) else "",
        subject if subject is None or isinstance(subject, str) else "",
        seq if seq is None or isinstance(seq, int) else NOWHERE,
        salt,
        body,
        sigblock,
    )

"""The register's Store on SQLite, and the reading of its file for the verifier.

The file is not trusted for history: whoever changes a row is found by `habeas register verify`
under a checkpoint that somebody keeps. It is trusted for availability. The triggers are not
trusted either: they stop accidents; the tree proves. Embedded mode serves one authority only.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from habeas.errors import Fault, RegisterError
from habeas.register.events import PAD, Row
from habeas.register.sealed import SealedSection
from habeas.register.store import Batch
from habeas.register.verify import Bundle

PAGE = 1024
ASKED = 500  # values in one query
EVIDENCE_CAP = 10_000  # rows: whoever sends refused events cannot fill the disk with them
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
NOWHERE = -1  # a place or number that no record has
_TABLES = {
    "leaf": "idx INTEGER PRIMARY KEY, entry BLOB NOT NULL",
    "event": "idx INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, "
    "subject TEXT, seq INTEGER, recorded_at TEXT NOT NULL, UNIQUE (subject, seq)",
    "content": "idx INTEGER PRIMARY KEY, sealed BLOB NOT NULL",
    "section": "idx INTEGER NOT NULL, name TEXT NOT NULL, digest BLOB NOT NULL, "
    "sealed BLOB NOT NULL, UNIQUE (idx, name)",
    "tile": "level INTEGER NOT NULL, n INTEGER NOT NULL, hashes BLOB NOT NULL, UNIQUE (level, n)",
    "checkpoint": "size INTEGER PRIMARY KEY, note TEXT NOT NULL",
    "cosignature": "size INTEGER NOT NULL, line TEXT NOT NULL, UNIQUE (size, line)",
    "evidence": "digest BLOB NOT NULL UNIQUE, at TEXT NOT NULL, what TEXT NOT NULL, "
    "data BLOB NOT NULL",
}
# INSERT OR REPLACE removes rows without firing a DELETE trigger: an existing key is refused on
# INSERT too.
_UNIQUE = {
    "leaf": ("idx = NEW.idx",),
    "event": (
        "idx = NEW.idx",
        "event_id = NEW.event_id",
        "subject = NEW.subject AND seq = NEW.seq",
    ),
    "content": ("idx = NEW.idx",),
    "section": ("idx = NEW.idx AND name = NEW.name",),
    "tile": ("level = NEW.level AND n = NEW.n",),
    "checkpoint": ("size = NEW.size",),
    "cosignature": ("size = NEW.size AND line = NEW.line",),
    "evidence": ("digest = NEW.digest",),
}
_ROW = (
    "SELECT leaf.idx, entry, event_id, kind, subject, seq, sealed "
    "FROM leaf LEFT JOIN event USING (idx) LEFT JOIN content USING (idx)"
)


def _schema() -> str:
    parts = [f"CREATE TABLE {name} ({columns}) STRICT;" for name, columns in _TABLES.items()]
    for name, keys in _UNIQUE.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END;"
        again = " OR ".join(f"EXISTS (SELECT 1 FROM {name} WHERE {key})" for key in keys)  # noqa: S608 - fixed
        parts += [
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {name} {refuse}",
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {name} {refuse}",
            f"CREATE TRIGGER {name}_again BEFORE INSERT ON {name} WHEN {again} {refuse}",
        ]
    gap = "WHEN NEW.idx <> COALESCE((SELECT MAX(idx) + 1 FROM leaf), 0)"
    refuse = "BEGIN SELECT RAISE(ABORT, 'the leaf index has a gap'); END;"
    parts.append(f"CREATE TRIGGER leaf_next BEFORE INSERT ON leaf {gap} {refuse}")
    parts.append("CREATE INDEX event_of_nobody ON event (kind) WHERE subject IS NULL;")
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
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.executescript(
                "PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON; "
                "PRAGMA busy_timeout = 5000;"
            )
            if create:
                self._db.executescript(f"BEGIN; {_schema()} COMMIT;")
            _check_tables(self._db)
            self._db.execute("PRAGMA journal_mode = WAL")
        except UNREADABLE as error:
            if hasattr(self, "_db"):
                self._db.close()
            raise _damaged(path, error) from error

    def close(self) -> None:
        """Close the file; it is complete without any other file beside it."""
        try:
            self._db.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error:  # another process still reads it; the log stays beside it for now
            pass
        finally:
            self._db.close()

    def _read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:  # Any: what SQLite holds
        try:
            return self._db.execute(sql, values).fetchall()
        except UNREADABLE as error:
            raise _damaged(self._path, error) from error

    def _among(self, sql: str, values: Iterable[str]) -> list[tuple[Any, ...]]:
        """All rows of a query with `IN (?)`, asked in parts."""
        asked, found = sorted(values), list[tuple[Any, ...]]()
        for start in range(0, len(asked), ASKED):
            part = asked[start : start + ASKED]
            found += self._read(sql.replace("(?)", f"({','.join('?' * len(part))})"), *part)
        return found

    def size(self) -> int:
        """Number of leaves committed."""
        return int(self._read("SELECT COALESCE(MAX(idx) + 1, 0) FROM leaf")[0][0])

    def rows(self, start: int = 0, end: int | None = None) -> Iterator[Row]:
        """The rows [start, end) in order, read in pages."""
        page = f"{_ROW} WHERE leaf.idx >= ? AND leaf.idx < ? ORDER BY leaf.idx LIMIT {PAGE}"
        while True:
            found = self._read(page, start, 2**62 if end is None else end)
            yield from map(_row, found)
            if len(found) < PAGE:
                return
            start = found[-1][0] + 1

    def administrative(self, kinds: Sequence[str]) -> Iterator[Row]:
        """The rows of some kinds of event that are about no person, in order."""
        where = "event.subject IS NULL AND kind IN (?)"
        found = self._among(f"SELECT idx FROM event WHERE {where}", kinds)  # noqa: S608 - fixed
        return self._at(sorted(place for (place,) in found))

    def _at(self, places: Sequence[int]) -> Iterator[Row]:
        for start in range(0, len(places), ASKED):
            part = places[start : start + ASKED]
            marks = ",".join("?" * len(part))
            sql = f"{_ROW} WHERE leaf.idx IN ({marks}) ORDER BY leaf.idx"
            yield from map(_row, self._read(sql, *part))

    def of_person(self, subject: str) -> Iterator[Row]:
        """A person's rows in order."""
        found = self._read("SELECT idx FROM event WHERE subject = ? ORDER BY idx", subject)
        return self._at([place for (place,) in found])

    def by_ids(self, event_ids: Iterable[str]) -> dict[str, Row]:
        """The rows of those event ids that are there."""
        found = self._among("SELECT idx FROM event WHERE event_id IN (?)", event_ids)
        return {row.event_id: row for row in self._at(sorted(place for (place,) in found))}

    def heads(self, subjects: Iterable[str]) -> dict[str, tuple[int, bytes]]:
        """Latest custody number and its entry, of those persons who have one."""
        sql = (
            "SELECT event.subject, event.seq, entry FROM event JOIN leaf USING (idx) JOIN "
            "(SELECT subject, MAX(seq) AS seq FROM event WHERE subject IN (?) "
            "AND seq IS NOT NULL GROUP BY subject) AS last "
            "ON event.subject = last.subject AND event.seq = last.seq"
        )
        return {subject: (seq, entry) for subject, seq, entry in self._among(sql, subjects)}

    def recorded(self, indexes: Iterable[int]) -> dict[int, datetime]:
        """When some events were recorded, UTC, as the sequencer stamped it."""
        asked, found = sorted(indexes), dict[int, datetime]()
        for start in range(0, len(asked), ASKED):
            part = asked[start : start + ASKED]
            marks = ",".join("?" * len(part))
            sql = f"SELECT idx, recorded_at FROM event WHERE idx IN ({marks})"  # noqa: S608 - marks
            found |= {idx: datetime.fromisoformat(at) for idx, at in self._read(sql, *part)}
        return found

    def persons(self, subjects: Iterable[str]) -> set[str]:
        """Those persons of whom there is any event."""
        sql = "SELECT DISTINCT subject FROM event WHERE subject IN (?)"
        return {subject for (subject,) in self._among(sql, subjects)}

    def entries(self, start: int, end: int) -> list[bytes]:
        """The entries [start, end), as far as they are there."""
        sql = "SELECT entry FROM leaf WHERE idx >= ? AND idx < ? ORDER BY idx"
        return [entry for (entry,) in self._read(sql, start, end)]

    def tile(self, level: int, n: int) -> bytes | None:
        """A full tile of 256 hashes; None where there is none."""
        found = self._read("SELECT hashes FROM tile WHERE level = ? AND n = ?", level, n)
        return found[0][0] if found and isinstance(found[0][0], bytes) else None

    def sections(self, index: int) -> list[SealedSection]:
        """The sections of one event."""
        sql = "SELECT idx, name, digest, sealed FROM section WHERE idx = ? ORDER BY name"
        return [SealedSection(*row) for row in self._read(sql, index)]

    def checkpoints(self) -> list[tuple[int, str]]:
        """Size and note of every checkpoint with the cosignatures so far, smallest first."""
        return _notes(
            self._read("SELECT size, note FROM checkpoint ORDER BY size"),
            self._read("SELECT size, line FROM cosignature ORDER BY rowid"),
        )

    def latest(self) -> tuple[int, str] | None:
        """The largest checkpoint, with its cosignatures; None before the first."""
        found = self._read("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1")
        if not found:
            return None
        lines = "SELECT size, line FROM cosignature WHERE size = ? ORDER BY rowid"
        return _notes(found, self._read(lines, found[0][0]))[0]

    def write(self, batch: Batch) -> None:
        """Commit a batch in one transaction, or nothing of it."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            if self.size() != batch.start:
                what = f"the log has {self.size()} leaves, not {batch.start}: it was written by "
                what += "somebody else meanwhile"
                fix = "Let one process write a register; read it again and submit what is missing."
                raise RegisterError(Fault("H565", what, fix, str(self._path)))
            self._insert(batch)
            self._db.execute("COMMIT")
        except UNREADABLE as error:
            fix = "Read the log again and submit what is missing."
            what = f"the register refused the batch: {error}"
            raise RegisterError(Fault("H563", what, fix, str(self._path))) from error
        finally:  # whatever stopped it, an interrupt included, nothing half-written stays open
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _insert(self, batch: Batch) -> None:
        insert, stamp = self._db.executemany, batch.recorded_at.isoformat()
        insert("INSERT INTO leaf VALUES (?, ?)", [(r.index, r.entry) for r in batch.rows])
        insert(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)",
            [
                (r.index, r.event_id, r.kind, r.subject, r.seq, stamp)
                for r in batch.rows
                if r.event_id
            ],
        )
        # A bare leaf of a mirror has no content.
        held = [(r.index, r.content) for r in batch.rows if r.content]
        insert("INSERT INTO content VALUES (?, ?)", held)
        insert(
            "INSERT INTO section VALUES (?, ?, ?, ?)",
            [(s.index, s.name, s.digest, s.content) for s in batch.sections],
        )
        insert("INSERT INTO tile VALUES (?, ?, ?)", batch.tiles)
        if batch.checkpoint is not None:
            self._db.execute("INSERT INTO checkpoint VALUES (?, ?)", batch.checkpoint)

    def cosign(self, size: int, lines: Sequence[str]) -> None:
        """Keep cosignature lines of a checkpoint; those that are there already stay."""
        kept = {
            line
            for _, line in self._read("SELECT size, line FROM cosignature WHERE size = ?", size)
        }
        self._keep(
            "INSERT INTO cosignature VALUES (?, ?)",
            [(size, line) for line in lines if line not in kept],
        )

    def keep_evidence(self, at: datetime, what: str, data: bytes) -> None:
        """Keep something that was refused and may be needed to show why; once, and up to a cap."""
        digest = hashlib.sha256(data).digest()
        kept = self._read("SELECT COUNT(*), MAX(digest = ?) FROM evidence", digest)[0]
        if kept[0] < EVIDENCE_CAP and not kept[1]:
            row = (digest, at.isoformat(), what, data)
            self._keep("INSERT INTO evidence VALUES (?, ?, ?, ?)", [row])

    def _keep(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            self._db.executemany(sql, rows)
        except sqlite3.Error as error:
            fix = "Free the disk or the file, and try again."
            what = f"the register refused to keep it: {error}"
            raise RegisterError(Fault("H563", what, fix, str(self._path))) from error


def _check_tables(db: sqlite3.Connection) -> None:
    # A view in a table's place could run without end: only tables are read.
    found = dict(db.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"))
    if {name: found.get(name) for name in _TABLES} != dict.fromkeys(_TABLES, "table"):
        raise sqlite3.DatabaseError("it holds no register of this version")


def bundle(path: Path) -> Bundle:
    """Everything of a register file that its verifier checks; rows are read as they are asked for.

    Raises:
        RegisterError: H561 for a file that SQLite cannot read, H562 for none.
    """
    if not path.is_file():
        fix = "Name the register's file."
        raise RegisterError(Fault("H562", "the register file does not exist", fix, str(path)))
    try:
        with closing(_opened(path)) as db:
            _check_tables(db)
            notes = db.execute("SELECT size, note FROM checkpoint ORDER BY size").fetchall()
            lines = db.execute("SELECT size, line FROM cosignature ORDER BY rowid").fetchall()
            tiles = db.execute("SELECT level, n, hashes FROM tile NOT INDEXED").fetchall()
    except UNREADABLE as error:
        raise _damaged(path, error) from error
    return Bundle(_stream(path), _notes(notes, lines), [_tile(*row) for row in tiles])


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _stream(path: Path) -> Iterator[Row]:
    orphan = (
        "SELECT idx, NULL, NULL, NULL, NULL, NULL, NULL FROM {0} NOT INDEXED "
        "WHERE idx NOT IN (SELECT idx FROM leaf NOT INDEXED) ORDER BY idx"
    )
    try:
        with closing(_opened(path)) as db:
            for sql in (
                f"{_ROW} ORDER BY leaf.idx",
                orphan.format("event"),
                orphan.format("content"),
            ):
                yield from map(_row, db.execute(sql))
    except UNREADABLE as error:
        raise _damaged(path, error) from error


def _tile(level: object, n: object, hashes: object) -> tuple[int, int, bytes]:
    if isinstance(level, int) and isinstance(n, int) and isinstance(hashes, bytes):
        return level, n, hashes
    return NOWHERE, NOWHERE, b""


def _notes(
    notes: Sequence[tuple[object, ...]], lines: Sequence[tuple[object, ...]]
) -> list[tuple[int, str]]:
    found = dict[object, str]()
    for size, line in lines:
        found[size] = found.get(size, "") + (line if isinstance(line, str) else "")
    return [
        (
            size if isinstance(size, int) else NOWHERE,
            note + found.get(size, "") if isinstance(note, str) else "",
        )
        for size, note in notes
    ]


def _row(found: tuple[object, ...]) -> Row:
    # A damaged file may give any type for any column: what is not of its type is read as something
    # that no event has, which then fails.
    idx, entry, event_id, kind, subject, seq, content = found
    return Row(
        idx if isinstance(idx, int) else NOWHERE,
        entry if isinstance(entry, bytes) else b"",
        event_id if isinstance(event_id, str) else "",
        kind if isinstance(kind, str) else PAD,
        subject if subject is None or isinstance(subject, str) else "",
        seq if seq is None or isinstance(seq, int) else NOWHERE,
        content if isinstance(content, bytes) else b"",
    )

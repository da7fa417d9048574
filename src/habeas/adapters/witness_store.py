"""What a witness remembers, in an SQLite file: one step is one transaction, durable on return.

Is trusted never to go back: a witness whose file is restored from an old copy may cosign a rolled
back log, so the file is never restored, and a witness that lost it takes a new key. Triggers refuse
a smaller size, another root of the same size, an earlier time, and any change of evidence.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from threading import Lock

from habeas.adapters import versions
from habeas.errors import Fault, RegisterError
from habeas.register.witness import Answer, Decide, Evidence, Latest

WAIT = 10.0  # seconds for another process's step
_SCHEMA = """
BEGIN;
CREATE TABLE latest (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, time INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
  note TEXT NOT NULL, held TEXT NOT NULL, reason TEXT NOT NULL, time INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_of ON evidence (origin, size, root);
CREATE TRIGGER latest_forward BEFORE UPDATE ON latest
WHEN NEW.origin <> OLD.origin OR NEW.size < OLD.size OR NEW.time < OLD.time
  OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
BEGIN SELECT RAISE(ABORT, 'a witness never goes back'); END;
CREATE TRIGGER latest_again BEFORE INSERT ON latest
WHEN EXISTS (SELECT 1 FROM latest WHERE origin = NEW.origin)
BEGIN SELECT RAISE(ABORT, 'a witness never begins anew'); END;
CREATE TRIGGER latest_delete BEFORE DELETE ON latest
BEGIN SELECT RAISE(ABORT, 'a witness never forgets'); END;
CREATE TRIGGER evidence_update BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_delete BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_again BEFORE INSERT ON evidence
WHEN EXISTS (SELECT 1 FROM evidence WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
COMMIT;
"""
_TABLES = {"latest", "evidence"}


class SqliteWitnessStore:
    """A witness's memory. Is trusted never to go back."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if create == path.exists():
            what = f"the memory of the witness {'already exists' if create else 'is not there'}"
            fix = "Make a new one only for a new key: a witness that forgot may cosign a lie."
            raise RegisterError(Fault("H573", what, fix, str(path)))
        self._path, self._lock = path, Lock()
        try:
            self._db = sqlite3.connect(
                path, timeout=WAIT, isolation_level=None, check_same_thread=False
            )
            self._db.executescript("PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON;")
            if create:
                self._db.executescript(_SCHEMA)
            versions.settle(self._db, path, RegisterError)
            found = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not {name for (name,) in found} >= _TABLES:
                raise sqlite3.DatabaseError("it holds no memory of a witness")
        except sqlite3.Error as error:
            if hasattr(self, "_db"):
                self._db.close()
            raise self._fault(error) from error
        except RegisterError:
            self._db.close()
            raise

    def _fault(self, error: Exception) -> RegisterError:
        what = f"the memory of the witness cannot be used: {error}"
        fix = "Stop the witness; do not restore an old copy."
        return RegisterError(Fault("H574", what, fix, str(self._path)))

    def close(self) -> None:
        """Close the file, after a step that runs."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _turn(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                    self._db.execute("COMMIT")
                finally:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise self._fault(error) from error

    def latest(self, origin: str) -> Latest | None:
        """The checkpoint of a log that was cosigned last; None where none was."""
        with self._lock:
            try:
                return _latest(self._db, origin)
            except sqlite3.Error as error:
                raise self._fault(error) from error

    def step(self, origin: str, decide: Decide) -> Answer:
        """Read the latest, decide, and keep what was decided, in one transaction; then answer."""
        with self._turn() as db:
            decision = decide(_latest(db, origin))
            if decision.latest is not None:
                _keep_latest(db, origin, decision.latest)
            if decision.evidence is not None:
                _keep_evidence(db, decision.evidence)
        return decision.answer

    def evidence(self) -> list[Evidence]:
        """Every checkpoint that was refused for what it says, oldest first."""
        with self._lock:
            try:
                rows = self._db.execute(
                    "SELECT origin, size, root, note, held, reason, time FROM evidence ORDER BY id"
                ).fetchall()
            except sqlite3.Error as error:
                raise self._fault(error) from error
        return [Evidence(*row) for row in rows]


def _latest(db: sqlite3.Connection, origin: str) -> Latest | None:
    row = db.execute(
        "SELECT size, root, time, note FROM latest WHERE origin = ?", (origin,)
    ).fetchone()
    return Latest(*row) if row else None


def _keep_latest(db: sqlite3.Connection, origin: str, new: Latest) -> None:
    row = (new.size, new.root, new.time, new.note, origin)
    found = db.execute(
        "UPDATE latest SET size = ?, root = ?, time = ?, note = ? WHERE origin = ?", row
    )
    if found.rowcount == 0:
        db.execute(
            "INSERT INTO latest (size, root, time, note, origin) VALUES (?, ?, ?, ?, ?)", row
        )


def _keep_evidence(db: sqlite3.Connection, found: Evidence) -> None:
    # Anyone can send a log's true checkpoint with a false proof, again and again.
    same = db.execute(
        "SELECT 1 FROM evidence WHERE origin = ? AND size = ? AND root = ? AND reason = ?",
        (found.origin, found.size, found.root, found.reason),
    ).fetchone()
    if same is None:
        db.execute(
            "INSERT INTO evidence (origin, size, root, note, held, reason, time) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            astuple(found),
        )

"""The states of shared events, in an SQLite file beside the register: each change with its time.

Is trusted for availability, and with the times at which this installation came to know: what is
lost of it is computed again from both logs, with later times. No proof rests on it. Event ids and
indexes lie in it in the clear, as in the register's own file, and nothing of a person.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple
from datetime import datetime
from pathlib import Path

from habeas.adapters.beside import Beside
from habeas.register.settlement import Change, Reach
from habeas.terms import Settlement

SETTLEMENTS = "settlement.sqlite3"
ASKED = 500  # values in one query
PAGE = 1024
_SCHEMA = """
BEGIN;
CREATE TABLE IF NOT EXISTS change (
  place INTEGER PRIMARY KEY, event_id TEXT NOT NULL, entry BLOB NOT NULL, state TEXT NOT NULL,
  at TEXT NOT NULL, since TEXT NOT NULL, due TEXT NOT NULL, own_index INTEGER NOT NULL,
  peer_index INTEGER
) STRICT;
CREATE TRIGGER IF NOT EXISTS change_update BEFORE UPDATE ON change
BEGIN SELECT RAISE(ABORT, 'changes are append-only'); END;
CREATE TRIGGER IF NOT EXISTS change_delete BEFORE DELETE ON change
BEGIN SELECT RAISE(ABORT, 'changes are append-only'); END;
CREATE TABLE IF NOT EXISTS stands (
  event_id TEXT PRIMARY KEY, entry BLOB NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL,
  since TEXT NOT NULL, due TEXT NOT NULL, own_index INTEGER NOT NULL, peer_index INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stands_index ON stands (own_index);
CREATE INDEX IF NOT EXISTS stands_state ON stands (state, own_index);
CREATE INDEX IF NOT EXISTS stands_open ON stands (own_index) WHERE state <> 'settled';
CREATE INDEX IF NOT EXISTS stands_unseen ON stands (entry) WHERE peer_index IS NULL;
CREATE TABLE IF NOT EXISTS said (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS reach (
  one INTEGER PRIMARY KEY CHECK (one = 1), own INTEGER NOT NULL, peer INTEGER NOT NULL,
  published INTEGER NOT NULL, mirrored INTEGER NOT NULL, peer_published INTEGER NOT NULL
) STRICT;
COMMIT;
"""
_COLUMNS = "event_id, entry, state, at, since, due, own_index, peer_index"
_STANDS = f"SELECT {_COLUMNS} FROM stands"  # noqa: S608 - our own columns
_MOVED = (
    "state <> 'settled' AND own_index > :after AND ("
    "(own_index < :published AND peer_index < :peer_published) "
    "OR (state = 'logged' AND own_index < MAX(:published, :mirrored)) "
    "OR (state = 'published' AND own_index < :mirrored) "
    "OR (state IN ('logged', 'published', 'mirrored') AND due <= :now))"
)


class SettlementFile(Beside):
    """The states of shared events. Is trusted for availability, and with times."""

    def __init__(self, path: Path) -> None:
        """Open the file, made where there is none; only its owner may read it.

        Raises:
            SetupError: H938, when it cannot be used.
        """
        super().__init__(path, _SCHEMA, "H938", "the settlement")

    def kept(self, event_ids: Collection[str]) -> dict[str, Change]:
        """The latest change of those that are there; an event without one is not applicable."""
        return {one.event_id: one for one in self._among("event_id", sorted(event_ids))}

    def at(self, indexes: Collection[int]) -> dict[int, Change]:
        """The latest change of events at some places of the own log, of those that are there."""
        return {one.own_index: one for one in self._among("own_index", sorted(indexes))}

    def unseen(self, entries: Collection[bytes]) -> list[Change]:
        """The latest change of events with those entries that the mirror did not have."""
        return self._among("peer_index IS NULL AND entry", list(entries))

    def _among(self, where: str, values: Sequence[object]) -> list[Change]:
        found = list[Change]()
        with self._step() as db:
            for start in range(0, len(values), ASKED):
                part = values[start : start + ASKED]
                sql = f"{_STANDS} WHERE {where} IN ({','.join('?' * len(part))})"
                found += map(_change, db.execute(sql, part).fetchall())
        return found

    def changes(self, after: int = 0) -> Iterator[Change]:
        """Every change in order, without the first `after`."""
        sql = f"SELECT {_COLUMNS} FROM change WHERE place > ? ORDER BY place LIMIT {PAGE}"  # noqa: S608 - our own columns
        while True:
            with self._step() as db:
                found = db.execute(sql, (after,)).fetchall()
            yield from map(_change, found)
            if len(found) < PAGE:
                return
            after += PAGE

    def keep(self, changes: Sequence[Change], reach: Reach | None = None) -> None:
        """Keep changes, and how far the logs were looked through, in one transaction."""
        rows = [_row(one) for one in changes]
        marks = ", ".join("?" * len(_COLUMNS.split(", ")))
        with self._step() as db:
            db.executemany(f"INSERT INTO change ({_COLUMNS}) VALUES ({marks})", rows)  # noqa: S608 - our own columns
            db.executemany(f"INSERT OR REPLACE INTO stands VALUES ({marks})", rows)  # noqa: S608 - marks
            if reach is not None:
                db.execute("INSERT OR REPLACE INTO reach VALUES (1, ?, ?, ?, ?, ?)", astuple(reach))

    def reach(self) -> Reach:
        """How far the logs were looked through."""
        with self._step() as db:
            found = db.execute(
                "SELECT own, peer, published, mirrored, peer_published FROM reach"
            ).fetchone()
        return Reach(*found) if found else Reach()

    def moved(self, reach: Reach, now: datetime, after: int, limit: int) -> list[Change]:
        """The latest change of events whose state may be another by now, by index."""
        told = {
            "after": after,
            "published": reach.published,
            "mirrored": reach.mirrored,
            "peer_published": reach.peer_published,
            "now": now.isoformat(),
            "limit": limit,
        }
        with self._step() as db:
            sql = f"{_STANDS} WHERE {_MOVED} ORDER BY own_index LIMIT :limit"
            return list(map(_change, db.execute(sql, told).fetchall()))

    def acknowledge(self, text: str) -> None:
        """Keep the peer's signed word of how much it took in, in the place of the one before."""
        with self._step() as db:
            db.execute("INSERT OR REPLACE INTO said VALUES ('acknowledgement', ?)", (text,))

    def acknowledgement(self) -> str | None:
        """The one kept last; None before the first."""
        with self._step() as db:
            found = db.execute("SELECT text FROM said WHERE name = 'acknowledgement'").fetchone()
        return str(found[0]) if found else None

    def counts(self) -> dict[Settlement, int]:
        """How many events stand in each state."""
        with self._step() as db:
            found = db.execute("SELECT state, COUNT(*) FROM stands GROUP BY state").fetchall()
        return {Settlement(state): count for state, count in found}

    def listed(self, state: Settlement | None, limit: int) -> list[Change]:
        """The latest changes of one state, or of all; by index in the own log."""
        where, told = ("", ()) if state is None else ("WHERE state = ?", (state.value,))
        with self._step() as db:
            sql = f"{_STANDS} {where} ORDER BY own_index LIMIT ?"
            return list(map(_change, db.execute(sql, (*told, limit)).fetchall()))


def _row(one: Change) -> tuple[object, ...]:
    times = (one.at.isoformat(), one.since.isoformat(), one.due.isoformat())
    return (one.event_id, one.entry, one.state.value, *times, one.own_index, one.peer_index)


def _change(row: tuple[str, bytes, str, str, str, str, int, int | None]) -> Change:
    event_id, entry, state, *times, own, peer = row
    at, since, due = map(datetime.fromisoformat, map(str, times))
    return Change(event_id, entry, Settlement(state), at, since, due, int(str(own)), peer)

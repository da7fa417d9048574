"""What waits for a signature or for the other state, in an SQLite file beside the register.

Is not trusted for history, is trusted for availability: what is lost is drafted, or sent, again.
Content lies sealed under its person's key; ids, kinds and register numbers lie in the clear, as in
the register's own file.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import astuple
from pathlib import Path

from habeas.adapters.beside import Beside
from habeas.register.events import Row
from habeas.register.sealed import SealedSection
from habeas.register.waiting import Correspondence, Draft, DraftState

DRAFTS = "drafts.sqlite3"
_SCHEMA = """
BEGIN;
CREATE TABLE IF NOT EXISTS draft (
  place INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, entry BLOB NOT NULL,
  kind TEXT NOT NULL, subject TEXT, seq INTEGER, content BLOB NOT NULL,
  agreement TEXT NOT NULL, sending TEXT NOT NULL, receiving TEXT NOT NULL,
  since TEXT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS draft_section (
  event_id TEXT NOT NULL, name TEXT NOT NULL, digest BLOB NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (event_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS correspondence (
  peer TEXT PRIMARY KEY, acked INTEGER NOT NULL, looked INTEGER NOT NULL,
  received INTEGER NOT NULL, owes INTEGER NOT NULL, origin TEXT NOT NULL,
  withdrawn INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS came (
  peer TEXT NOT NULL, event_id TEXT NOT NULL, PRIMARY KEY (peer, event_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parked (
  place INTEGER PRIMARY KEY, peer TEXT NOT NULL, event_id TEXT NOT NULL, entry BLOB NOT NULL,
  kind TEXT NOT NULL, subject TEXT, seq INTEGER, content BLOB NOT NULL,
  UNIQUE (peer, event_id, entry)
) STRICT;
COMMIT;
"""
_ROW = "entry, event_id, kind, subject, seq, content"
_STANDS = "acked, looked, received, owes, origin, withdrawn"
_DRAFT = f"{_ROW}, agreement, sending, receiving, since, state, why"


class SqliteDrafts(Beside):
    """What waits beside a register. Is not trusted for history, is trusted for availability."""

    def __init__(self, path: Path) -> None:
        """Open the file, made where there is none; only its owner may read it.

        Raises:
            SetupError: H925, when it cannot be used.
        """
        super().__init__(path, _SCHEMA, "H925", "the drafts")

    def draft(self, event_id: str) -> Draft | None:
        """A draft by its event's id; None where there is none."""
        with self._step() as db:
            query = f"SELECT {_DRAFT} FROM draft WHERE event_id = ?"  # noqa: S608 - our own columns
            row = db.execute(query, (event_id,)).fetchone()
            return None if row is None else _draft(db, row)

    def drafts(self) -> list[Draft]:
        """Every draft, oldest first."""
        with self._step() as db:
            query = f"SELECT {_DRAFT} FROM draft ORDER BY place"  # noqa: S608 - our own columns
            return [_draft(db, row) for row in db.execute(query).fetchall()]

    def keep(self, draft: Draft) -> None:
        """Keep a draft, in the place of the one of the same id."""
        one = draft.row
        columns = _DRAFT.split(", ")
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "event_id")
        marks = ", ".join("?" * len(columns))
        query = f"INSERT INTO draft ({_DRAFT}) VALUES ({marks}) "  # noqa: S608 - our own columns
        values = (
            *_columns(one),
            draft.agreement,
            draft.sending,
            draft.receiving,
            draft.since,
            draft.state.value,
            draft.why,
        )
        with self._step() as db:
            db.execute(f"{query} ON CONFLICT (event_id) DO UPDATE SET {changed}", values)
            db.execute("DELETE FROM draft_section WHERE event_id = ?", (one.event_id,))
            db.executemany(
                "INSERT INTO draft_section VALUES (?, ?, ?, ?)",
                [(one.event_id, s.name, s.digest, s.content) for s in draft.sections],
            )

    def forget(self, event_id: str) -> None:
        """Forget a draft: it stands in the log, or can no longer be read."""
        with self._step() as db:
            db.execute("DELETE FROM draft_section WHERE event_id = ?", (event_id,))
            db.execute("DELETE FROM draft WHERE event_id = ?", (event_id,))

    def correspondence(self, peer: str) -> Correspondence:
        """How the exchange with a peer stands."""
        query = f"SELECT {_STANDS} FROM correspondence WHERE peer = ?"  # noqa: S608 - our own columns
        with self._step() as db:
            row = db.execute(query, (peer,)).fetchone()
        if row is None:
            return Correspondence()
        acked, looked, received, owes, origin, withdrawn = row
        return Correspondence(acked, looked, received, bool(owes), origin, withdrawn)

    def correspond(self, peer: str, stands: Correspondence, came: Collection[str] = ()) -> None:
        """Keep how the exchange stands, and which event ids came from the peer."""
        values = astuple(stands)
        marks = ", ".join("?" * (1 + len(values)))
        with self._step() as db:
            db.execute("DELETE FROM correspondence WHERE peer = ?", (peer,))
            db.execute(f"INSERT INTO correspondence VALUES ({marks})", (peer, *values))  # noqa: S608 - marks alone
            db.executemany(
                "INSERT OR IGNORE INTO came VALUES (?, ?)", [(peer, one) for one in came]
            )

    def came(self, peer: str, event_ids: Collection[str]) -> set[str]:
        """Those event ids that came from a peer."""
        query = "SELECT 1 FROM came WHERE peer = ? AND event_id = ?"
        with self._step() as db:
            return {one for one in event_ids if db.execute(query, (peer, one)).fetchone()}

    def parked(self, peer: str | None) -> list[Row]:
        """Events of a peer, or of all, that the register has refused so far, as they came."""
        query = f"SELECT {_ROW} FROM parked WHERE peer = coalesce(?, peer) ORDER BY place"  # noqa: S608 - our own columns
        with self._step() as db:
            return [Row(-1, *row) for row in db.execute(query, (peer,)).fetchall()]

    def park(self, peer: str, row: Row) -> bool:
        """Keep a refused event, sealed; returns whether it was not there yet."""
        query = f"INSERT OR IGNORE INTO parked (peer, {_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own columns
        with self._step() as db:
            return db.execute(query, (peer, *_columns(row))).rowcount == 1

    def unpark(self, peer: str, event_ids: Collection[str]) -> None:
        """Forget refused events: they stand in the log now."""
        with self._step() as db:
            db.executemany(
                "DELETE FROM parked WHERE peer = ? AND event_id = ?",
                [(peer, one) for one in event_ids],
            )


def _columns(row: Row) -> tuple[bytes, str, str, str | None, int | None, bytes]:
    return (row.entry, row.event_id, row.kind, row.subject, row.seq, row.content)


def _draft(db: sqlite3.Connection, row: tuple[object, ...]) -> Draft:
    query = "SELECT name, digest, content FROM draft_section WHERE event_id = ? ORDER BY name"
    found = db.execute(query, (row[1],)).fetchall()
    agreement, sending, receiving, since, state, why = map(str, row[6:])
    return Draft(
        Row(-1, *row[:6]),  # type: ignore[arg-type]  # the columns are STRICT
        agreement,
        sending,
        receiving,
        since,
        DraftState(state),
        why,
        tuple(SealedSection(-1, *one) for one in found),
    )

"""The mirror of the other state's log: a folder beside the own register.

    mirror/register.sqlite3   its leaves, tiles and checkpoints, as a register without content
    mirror/index.sqlite3      where each entry stands, and what the log can be held to

A file `mirror/register.json` that names a place on a server, as a register's does, takes the place
of the first. Is not trusted for history: whoever changes a leaf is found when the mirror is opened
or the next publication comes. What it holds is public.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from habeas.adapters import register_files
from habeas.adapters.beside import Beside
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register.exchange import Shelf

FOLDER, LEAVES, PLACE, INDEX = "mirror", "register.sqlite3", "register.json", "index.sqlite3"
ASKED = 500  # entries in one query
_SCHEMA = """
BEGIN;
CREATE TABLE IF NOT EXISTS entry (
  entry BLOB PRIMARY KEY, idx INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (name TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS said (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
COMMIT;
"""


class SqliteMirrorIndex(Beside):
    """Where entries of a mirrored log stand. Is trusted for availability."""

    def __init__(self, path: Path) -> None:
        """Open the file, made where there is none.

        Raises:
            SetupError: H938, when it cannot be used.
        """
        super().__init__(path, _SCHEMA, "H938", "the index of the mirror")

    def size(self) -> int:
        """How many leaves are in it."""
        with self._step() as db:
            found = db.execute("SELECT size FROM known WHERE name = 'leaves'").fetchone()
        return int(found[0]) if found else 0

    def add(self, start: int, entries: Sequence[bytes]) -> None:
        """The leaves from `start` on; of an entry that is there twice the first counts."""
        rows = sorted((entry, start + place) for place, entry in enumerate(entries))
        with self._step() as db:
            db.executemany("INSERT OR IGNORE INTO entry VALUES (?, ?)", rows)
            db.execute("INSERT OR REPLACE INTO known VALUES ('leaves', ?)", (start + len(rows),))

    def found(self, entries: Sequence[bytes]) -> dict[bytes, int]:
        """Where those entries that are there first stand."""
        found = dict[bytes, int]()
        with self._step() as db:
            for start in range(0, len(entries), ASKED):
                part = entries[start : start + ASKED]
                marks = ",".join("?" * len(part))
                sql = f"SELECT entry, idx FROM entry WHERE entry IN ({marks})"  # noqa: S608 - marks
                found |= dict(db.execute(sql, part).fetchall())
        return found

    def promise(self, side: str) -> None:
        """Keep the checkpoint under which a part was taken, in the place of the one before."""
        with self._step() as db:
            db.execute("INSERT OR REPLACE INTO said VALUES ('promise', ?)", (side,))

    def promised(self) -> str | None:
        """The checkpoint under which the latest part was taken; None before the first."""
        return self._said("promise")

    def accuse(self, document: str) -> None:
        """Keep a proof of a split view; the first alone stays."""
        with self._step() as db:
            db.execute("INSERT OR IGNORE INTO said VALUES ('accusation', ?)", (document,))

    def accusation(self) -> str | None:
        """The proof that was kept; None where there is none."""
        return self._said("accusation")

    def _said(self, name: str) -> str | None:
        with self._step() as db:
            found = db.execute("SELECT text FROM said WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else None


@contextmanager
def opened(register: Path) -> Iterator[Shelf]:
    """The mirror beside a register, made where there is none, closed at the end.

    Args:
        register: the own register's file.

    Raises:
        RegisterError: H561 or H562 for its leaves, H566 for a file that names no place.
        SetupError: H938 for its index; H906, without a server's driver.
    """
    folder = register.with_name(FOLDER)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / (PLACE if (folder / PLACE).exists() else LEAVES)
    if not path.exists():
        SqliteStore(path, create=True).close()
    with (
        register_files.stored(path) as store,
        closing(SqliteMirrorIndex(folder / INDEX)) as index,
    ):
        yield Shelf(store, index)

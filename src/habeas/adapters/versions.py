"""Which form the tables of an SQLite file have, as its header says: `PRAGMA user_version`.

Files of 0.5.0 and before say 0 and have the tables of form 1: whoever may write such a file stamps
it. A file of a later form than this program knows is refused before anything is read or written.
"""

import sqlite3
from contextlib import suppress
from pathlib import Path

from habeas.errors import Fault, HabeasError

FORM = 1  # of every SQLite file that this program makes; the next one comes with its migration


def settle(db: sqlite3.Connection, path: Path, error: type[HabeasError]) -> None:
    """Refuse a file of a newer program; stamp an older one.

    Raises:
        HabeasError: H961, of the class that is handed in.
    """
    check(db, path, error)
    with suppress(sqlite3.OperationalError):  # a reader, or one who meets a writer, leaves it
        if stated(db) < FORM:
            db.execute(f"PRAGMA user_version = {FORM}")


def check(db: sqlite3.Connection, path: Path, error: type[HabeasError]) -> None:
    """Refuse a file of a newer program; change nothing.

    Raises:
        HabeasError: H961, of the class that is handed in.
    """
    if (found := stated(db)) > FORM:
        raise error(newer(f"form {found} of its tables; this version knows {FORM}", str(path)))


def newer(what: str, place: str) -> Fault:
    """The fault of something that a newer program has written."""
    fix = "Run the version of habeas that wrote it, or a newer one; nothing was changed."
    return Fault("H961", f"a newer version wrote it: {what}", fix, place)


def stated(db: sqlite3.Connection) -> int:
    """The form that a file states."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])

"""An SQLite file of a gateway's own beside its register: opened, stepped through, and closed.

Is trusted for availability alone: nothing in such a file stands in the register.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from habeas.adapters import versions
from habeas.errors import Fault, SetupError

WAIT = 10.0  # seconds for another connection's step
FIX = "Free the disk, or restore the file; nothing of it stands in the register."


class Beside:
    """One such file. Is trusted for availability."""

    def __init__(self, path: Path, schema: str, code: str, what: str, mode: int = 0o600) -> None:
        """Open the file, made where there is none; only its owner may read it.

        Args:
            path: where it lies.
            schema: the statements that make its tables where they are not there.
            code: of the error, when it cannot be used.
            what: what it holds, in the words of that error.
            mode: of a file that is made.

        Raises:
            SetupError: of that code, when it cannot be used; H961, when a newer version made it.
        """
        self._path, self._code, self._what, self._lock = path, code, what, Lock()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode))
        with self._told():
            self._db = sqlite3.connect(
                path, timeout=WAIT, isolation_level=None, check_same_thread=False
            )
            try:
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("PRAGMA secure_delete = ON")
                versions.settle(self._db, path, SetupError)
                self._db.executescript(schema)
            except (sqlite3.Error, SetupError):
                self._db.close()
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            what = f"{self._what} beside the register cannot be used: {error}"
            raise SetupError(Fault(self._code, what, FIX, str(self._path))) from error

    @contextmanager
    def _step(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file, after a step that runs."""
        with self._lock:
            self._db.close()

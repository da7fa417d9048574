"""The keys of sealed content in a file of their own, wrapped under the key of an epoch.

Is trusted with secrecy and erasure: whoever reads the file and its epoch key reads content; whoever
destroys a key erases for ever. It cannot alter an event. There is no write-ahead log. Destroying
keys ends the epoch: what remains is wrapped anew, and the old epoch key is overwritten and
unlinked, so that an older copy of the file opens nothing (docs/adr/0010).
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from habeas.errors import Fault, SealedError
from habeas.register.sealed import KEY, unwrapped, wrapped

ASKED = 500  # names in one query
_SCHEMA = "CREATE TABLE key (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL)"


class SqliteKeys:
    """A file of wrapped keys and, beside it, the file of the present epoch's key."""

    def __init__(self, path: Path, chance: Callable[[int], bytes], *, create: bool = False) -> None:
        if create == path.exists():
            what = f"the key store {'already exists' if create else 'does not exist'}"
            raise SealedError(Fault("H595", what, "Name its file, or restore it.", str(path)))
        self._path, self._chance = path, chance
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            path.chmod(0o600)
            self._db.executescript("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")
            if create:
                self._db.execute(_SCHEMA)
                self._begin_epoch(1)
            self._epochs = self._read_epochs()
        except (sqlite3.Error, OSError) as error:
            self._db.close()
            raise self._unreadable(error) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _unreadable(self, error: Exception) -> SealedError:
        fix = "Restore the key store and its epoch key together."
        return SealedError(
            Fault("H595", f"the key store cannot be used: {error}", fix, str(self._path))
        )

    def _epoch_file(self, epoch: int) -> Path:
        return self._path.with_suffix(f".epoch-{epoch}.key")

    def _begin_epoch(self, epoch: int) -> None:
        path = self._epoch_file(epoch)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self._chance(KEY).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _end_epoch(self, epoch: int) -> None:
        path = self._epoch_file(epoch)
        with path.open("r+b") as file:  # overwritten in place first, for what may keep the blocks
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()

    def _read_epochs(self) -> dict[int, bytes]:
        found = {}
        for path in self._path.parent.glob(f"{self._path.stem}.epoch-*.key"):
            number = path.name.removeprefix(f"{self._path.stem}.epoch-").removesuffix(".key")
            try:
                found[int(number)] = bytes.fromhex(path.read_text().strip())
            except ValueError:  # overwritten, then stopped before it was unlinked
                path.unlink()
        live = {epoch for (epoch,) in self._db.execute("SELECT DISTINCT epoch FROM key")}
        for epoch in sorted(found)[:-1]:
            if epoch not in live:  # a destruction that was stopped half-way is finished
                self._end_epoch(epoch)
                del found[epoch]
        if not found:
            raise OSError("there is no epoch key beside it")
        return found

    def keys(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Those of the named keys that are there."""
        asked, found = sorted(set(names)), dict[str, bytes]()
        for start in range(0, len(asked), ASKED):
            part = asked[start : start + ASKED]
            marks = ",".join("?" * len(part))
            sql = f"SELECT name, epoch, wrapped FROM key WHERE name IN ({marks})"  # noqa: S608 - marks only
            for name, epoch, packed in self._db.execute(sql, part):
                key = unwrapped(self._epochs.get(epoch, b""), packed)
                if key is not None:
                    found[name] = key
        return found

    def named(self, prefix: str) -> list[str]:
        """The names of all keys that begin so, in order."""
        sql = "SELECT name FROM key WHERE substr(name, 1, ?) = ? ORDER BY name"
        return [name for (name,) in self._db.execute(sql, (len(prefix), prefix))]

    def keep(self, keys: Mapping[str, bytes]) -> None:
        """Keep new keys, durably, before anything is sealed with them.

        Raises:
            SealedError: H595, when the file refuses them, or one of them is there already.
        """
        epoch = max(self._epochs)
        rows = [(name, epoch, wrapped(self._epochs[epoch], key)) for name, key in keys.items()]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT INTO key VALUES (?, ?, ?)", rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def destroy(self, names: Iterable[str]) -> int:
        """Destroy keys for ever, and end the epoch under which they were wrapped.

        Returns:
            How many of the named keys were there.

        Raises:
            SealedError: H595, when the file refuses; asked again, it goes on where it stopped.
        """
        asked = sorted(set(names))
        old, new = max(self._epochs), max(self._epochs) + 1
        try:
            if not self._epoch_file(new).exists():
                self._begin_epoch(new)
            self._epochs[new] = bytes.fromhex(self._epoch_file(new).read_text().strip())
            count = self._wrap_anew(asked, new)
            for epoch in [one for one in self._epochs if one <= old]:
                self._end_epoch(epoch)
                del self._epochs[epoch]
        except (sqlite3.Error, OSError) as error:
            raise self._unreadable(error) from error
        return count

    def _wrap_anew(self, destroyed: list[str], epoch: int) -> int:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            before = self._count()
            self._db.executemany("DELETE FROM key WHERE name = ?", [(name,) for name in destroyed])
            count = before - self._count()
            kept = self._db.execute("SELECT name, epoch, wrapped FROM key").fetchall()
            rows = []
            for name, under, packed in kept:
                key = unwrapped(self._epochs.get(under, b""), packed)
                if key is not None:
                    rows.append((epoch, wrapped(self._epochs[epoch], key), name))
            self._db.executemany("UPDATE key SET epoch = ?, wrapped = ? WHERE name = ?", rows)
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        self._db.execute("VACUUM")
        return count

    def _count(self) -> int:
        return int(self._db.execute("SELECT COUNT(*) FROM key").fetchone()[0])

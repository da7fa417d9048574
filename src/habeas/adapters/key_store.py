"""The keys of sealed content in a file of their own, wrapped under the key of an epoch.

Is trusted with secrecy and erasure: whoever reads the file and its epoch key reads content; whoever
destroys a key erases for ever. It cannot alter an event. There is no write-ahead log. Destroying
keys ends the epoch: what remains is wrapped anew, and the old epoch key is overwritten and
unlinked, so that an older copy of the file opens nothing (docs/adr/0010).

Several processes may have it open: whoever keeps or destroys reads the epochs anew under the
file's lock, so that no key is wrapped under an epoch that somebody else has ended.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from habeas.adapters import modes, versions
from habeas.errors import Fault, SealedError
from habeas.register.sealed import KEY, unwrapped, wrapped

ASKED = 500  # names in one query
_SCHEMA = "CREATE TABLE key (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL)"


class SqliteKeys:
    """A file of wrapped keys and, beside it, the file of the present epoch's key."""

    def __init__(
        self,
        path: Path,
        chance: Callable[[int], bytes],
        *,
        create: bool = False,
        writes: bool = True,
    ) -> None:
        """Open it; without `writes` nothing of it is touched, so that a verifier may read it."""
        if create == path.exists():
            what = f"the key store {'already exists' if create else 'does not exist'}"
            raise SealedError(Fault("H595", what, "Name its file, or restore it.", str(path)))
        self._path, self._chance, self._writes = path, chance, writes
        self._epochs: dict[int, bytes] = {}
        with self._told():
            name = path.resolve().as_uri() + ("" if writes else "?mode=ro")
            self._db = sqlite3.connect(
                name, isolation_level=None, check_same_thread=False, uri=True
            )
        try:
            with self._told():
                self._start(create=create)
        except SealedError:
            self._db.close()
            raise

    def _start(self, *, create: bool) -> None:
        self._db.executescript("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")
        with self._locked():
            if create:
                self._db.execute(_SCHEMA)
                self._begin_epoch(1)
            versions.settle(self._db, self._path, SealedError)
            self._read_epochs()
            if self._writes:
                mode = modes.read_by_web(self._path.parent)
                for path in (self._path, *map(self._epoch_file, self._epochs)):
                    path.chmod(mode)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            fix = "Restore the key store and its epoch key together."
            if not self._writes:
                fix = "If a write was cut short, run 'habeas register show' on the register once, "
                fix += "which undoes that write; otherwise restore it together with its epoch key."
            what = f"the key store cannot be used: {error}"
            raise SealedError(Fault("H595", what, fix, str(self._path))) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One transaction that nobody else writes in; what it did is undone where it fails."""
        try:
            self._db.execute("BEGIN IMMEDIATE" if self._writes else "BEGIN")
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _epoch_file(self, epoch: int) -> Path:
        return self._path.with_suffix(f".epoch-{epoch}.key")

    def _begin_epoch(self, epoch: int) -> None:
        # Under another name first: a key that was written by half is no epoch's.
        key, half = self._chance(KEY), self._path.with_suffix(".epoch-begun")
        mode = modes.read_by_web(half.parent)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._epoch_file(epoch))
        self._sync_folder()
        self._epochs[epoch] = key

    def _end_epoch(self, epoch: int) -> None:
        path = self._epoch_file(epoch)
        if path.exists():  # another process may have ended it
            with path.open("r+b") as file:  # overwritten first, for what may keep the blocks
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink(missing_ok=True)
            self._sync_folder()
        self._epochs.pop(epoch, None)

    def _sync_folder(self) -> None:
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _read_epochs(self) -> None:
        """Read every epoch's key under the lock, and finish a destruction that was stopped."""
        live = {epoch for (epoch,) in self._db.execute("SELECT DISTINCT epoch FROM key")}
        self._epochs = {}
        for epoch in sorted(self._begun()):
            key = _epoch_key(self._epoch_file(epoch))
            if key is not None:
                self._epochs[epoch] = key
            elif (
                self._writes and epoch not in live
            ):  # overwritten, then stopped before it was unlinked
                self._epoch_file(epoch).unlink(missing_ok=True)
        if not self._epochs or not live <= self._epochs.keys():
            raise OSError("there is no epoch key beside it that opens it")
        for epoch in sorted(self._epochs)[:-1]:
            if self._writes and epoch not in live:
                self._end_epoch(epoch)

    def _begun(self) -> set[int]:
        name = re.compile(re.escape(self._path.stem) + r"\.epoch-([0-9]{1,9})\.key")
        named = filter(None, (name.fullmatch(path.name) for path in self._path.parent.iterdir()))
        return {int(one[1]) for one in named}

    def keys(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Those of the named keys that are there.

        Raises:
            SealedError: H595, when the file cannot be read.
        """
        asked = sorted(set(names))
        with self._told():
            rows = self._rows(asked)
            if any(epoch not in self._epochs for _, epoch, _ in rows):  # ended by another process
                with self._locked():
                    self._read_epochs()
                    rows = self._rows(asked)
        opened = ((name, self._unwrapped(epoch, packed)) for name, epoch, packed in rows)
        return {name: key for name, key in opened if key is not None}

    def _rows(self, asked: list[str]) -> list[tuple[str, int, object]]:
        found = list[tuple[str, int, object]]()
        for start in range(0, len(asked), ASKED):
            part = asked[start : start + ASKED]
            marks = ",".join("?" * len(part))
            sql = f"SELECT name, epoch, wrapped FROM key WHERE name IN ({marks})"  # noqa: S608 - marks only
            found += self._db.execute(sql, part).fetchall()
        return found

    def _unwrapped(self, epoch: int, packed: object) -> bytes | None:
        return unwrapped(self._epochs[epoch], packed) if isinstance(packed, bytes) else None

    def named(self, prefix: str) -> list[str]:
        """The names of all keys that begin so, in order.

        Raises:
            SealedError: H595, when the file cannot be read.
        """
        sql = "SELECT name FROM key WHERE substr(name, 1, ?) = ? ORDER BY name"
        with self._told():
            return [name for (name,) in self._db.execute(sql, (len(prefix), prefix))]

    def keep(self, keys: Mapping[str, bytes]) -> None:
        """Keep new keys, durably, before anything is sealed with them.

        Raises:
            SealedError: H595, when the file refuses them, or one of them is there already.
        """
        with self._told(), self._locked():
            if self._begun() != self._epochs.keys():  # ended or begun by another process
                self._read_epochs()
            epoch = max(self._epochs)
            rows = [(name, epoch, wrapped(self._epochs[epoch], key)) for name, key in keys.items()]
            self._db.executemany("INSERT INTO key VALUES (?, ?, ?)", rows)

    def destroy(self, names: Iterable[str]) -> int:
        """Destroy keys for ever, and end the epoch under which they were wrapped.

        Returns:
            How many of the named keys were there.

        Raises:
            SealedError: H595, when the file refuses; asked again, it goes on where it stopped.
        """
        asked = sorted(set(names))
        with self._told():
            with self._locked():
                self._read_epochs()
                epoch = max(self._epochs) + 1
                self._begin_epoch(epoch)
                count = self._wrap_anew(asked, epoch)
            for ended in [one for one in self._epochs if one < epoch]:
                self._end_epoch(ended)
            self._db.execute("VACUUM")
        return count

    def _wrap_anew(self, destroyed: list[str], epoch: int) -> int:
        before = self._count()
        self._db.executemany("DELETE FROM key WHERE name = ?", [(name,) for name in destroyed])
        count = before - self._count()
        rows = []
        for name, under, packed in self._db.execute("SELECT name, epoch, wrapped FROM key"):
            key = self._unwrapped(under, packed)
            # What was damaged opens under no epoch; it must not hold the old one open.
            rows.append((epoch, packed if key is None else wrapped(self._epochs[epoch], key), name))
        self._db.executemany("UPDATE key SET epoch = ?, wrapped = ? WHERE name = ?", rows)
        return count

    def _count(self) -> int:
        return int(self._db.execute("SELECT COUNT(*) FROM key").fetchone()[0])


def _epoch_key(path: Path) -> bytes | None:
    """The key in an epoch's file; None where it was written or overwritten by half."""
    try:
        found = bytes.fromhex(path.read_text().strip())
    except (ValueError, FileNotFoundError):
        return None
    return found if len(found) == KEY else None

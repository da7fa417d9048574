"""A copy of a register that can be restored: its store, its latest checkpoint, its trust file.

The store of a register on a PostgreSQL server is copied by that server's own `pg_dump`, and put
back by `pg_restore` (docs/postgresql.md).

Is not trusted for history: what is restored is verified first, and compared with what witnesses
have seen. The keys of content are copied apart, because a copy of them undoes an erasure for as
long as it is kept: its expiry stands beside it (docs/trust.md).
"""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_bytes

from habeas.adapters import one_writer, register_files
from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.register_files import Place
from habeas.errors import Fault, RegisterError, SealedError

KEY_DAYS = 30
REGISTER, NOTE, EXPIRY = "register.sqlite3", "checkpoint", "expires.json"
DUMP, DUMPER = "register.dump", "pg_dump"


def back_up(path: Path, folder: Path, note: str) -> None:
    """Copy a register's store in one consistent state, with its latest checkpoint beside it.

    Raises:
        RegisterError: H562 for a folder that holds something, H563 for a copy that fails.
    """
    if folder.exists() and any(folder.iterdir()):
        fix = "Name a new folder."
        raise RegisterError(Fault("H562", "the folder is not empty", fix, str(folder)))
    folder.mkdir(parents=True, exist_ok=True)
    place = register_files.place(path)
    if place is None:
        _copied(path, folder / REGISTER)
    else:
        _dumped(place, folder / DUMP)
    (folder / NOTE).write_text(note, encoding="utf-8")
    shutil.copyfile(path.with_name(register_files.TRUST), folder / register_files.TRUST)


def _dumped(place: Place, target: Path) -> None:
    # The note was read before: the dump holds all that it covers.
    call = [DUMPER, "--format=custom", f"--schema={place.schema}", f"--file={target}"]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; PostgreSQL's own program
            [*call, f"--dbname={place.postgres}"], capture_output=True, text=True, check=False
        )
        failed = done.stderr.partition("\n")[0] if done.returncode else ""
    except OSError as error:
        failed = f"{DUMPER}: {error.strerror}"
    if failed:
        fix = "Install PostgreSQL's own programs, of the server's version or newer; then try again."
        raise RegisterError(Fault("H563", f"the copy failed: {failed}", fix, str(target)))


def _copied(path: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        what = f"the copy failed: {error}"
        raise RegisterError(
            Fault("H563", what, "Free the disk, and try again.", str(target))
        ) from error


def back_up_keys(path: Path, folder: Path, at: datetime) -> datetime:
    """Copy the keys of content apart; returns the instant after which the copy must be destroyed.

    Raises:
        SealedError: H595, when the folder holds something or the copy fails.
    """
    keys = path.with_name(register_files.KEYS)
    if folder.exists() and any(folder.iterdir()):
        raise SealedError(Fault("H595", "the folder is not empty", "Name a new one.", str(folder)))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # also where it was there before
    try:
        with closing(sqlite3.connect(f"{keys.resolve().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("VACUUM INTO ?", (str(folder / keys.name),))
    except sqlite3.Error as error:
        what = f"the keys could not be copied: {error}"
        raise SealedError(Fault("H595", what, "Try again.", str(folder))) from error
    for epoch in keys.parent.glob(f"{keys.stem}.epoch-*.key"):
        shutil.copy2(epoch, folder / epoch.name)
    # Keys may have been destroyed meanwhile: what is copied must open under an epoch beside it.
    SqliteKeys(folder / keys.name, token_bytes).close()
    until = at + timedelta(days=KEY_DAYS)
    (folder / EXPIRY).write_text(json.dumps({"destroy_after": until.isoformat()}) + "\n")
    return until


def expiry(path: Path) -> datetime | None:
    """After which instant a copy of keys must be destroyed; None where its file does not say."""
    try:
        return datetime.fromisoformat(json.loads(path.read_text())["destroy_after"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def restored(folder: Path, path: Path) -> Iterator[Path]:
    """A copy beside a register's place, for whoever judges it; it takes the place at the end.

    What is in it is not yet believed: where the block fails, nothing of it stays.

    Raises:
        RegisterError: H562, when the copy is not there or a register is.
    """
    missing = [
        name for name in (REGISTER, NOTE, register_files.TRUST) if not (folder / name).is_file()
    ]
    if missing:
        what = f"the backup lacks {', '.join(missing)}"
        raise RegisterError(Fault("H562", what, "Name the folder of a backup.", str(folder)))
    if path.exists():
        raise _taken(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft, trust = path.with_name(f"{path.name}.restoring"), path.with_name(register_files.TRUST)
    with one_writer.held(path), ExitStack() as undo:
        undo.callback(_removed, draft)
        _removed(draft)  # of a restoration that was cut off
        shutil.copyfile(folder / REGISTER, draft)
        if not trust.exists():
            shutil.copyfile(folder / register_files.TRUST, trust)
            undo.callback(trust.unlink, missing_ok=True)
        yield draft
        try:
            path.hardlink_to(draft)  # unlike a rename, it never replaces
        except FileExistsError as error:
            raise _taken(path) from error
        undo.pop_all()
        draft.unlink()


def _removed(draft: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        draft.with_name(draft.name + end).unlink(missing_ok=True)


def _taken(path: Path) -> RegisterError:
    what = "there is a register already"
    return RegisterError(Fault("H562", what, "Name a path of its own.", str(path)))

"""A register as its commands find it: the store, and beside it the keys and the trust file.

The path names the store: a register file, or a small JSON file that says where on a PostgreSQL
server the register lies: `{"postgres": ADDRESS, "schema": NAME}`. Keys and trust lie beside either.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from secrets import token_bytes

from habeas.adapters import sqlite_store, text_files
from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.sqlite_store import SqliteStore
from habeas.errors import Fault, RegisterError, SealedError
from habeas.register import quick
from habeas.register.keys import Trust
from habeas.register.sealed import Vault
from habeas.register.store import Store
from habeas.register.verify import Bundle, Opener, Reader

KEYS = "person-keys.sqlite3"
TRUST = "trust.json"
CAP = 4096  # bytes of a file that names a place


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a PostgreSQL server a register lies. Is trusted with whatever its address opens."""

    postgres: str  # the server's address as libpq reads it
    schema: str = "register"


@dataclass(frozen=True, slots=True)
class Register:
    """An open register."""

    store: Store
    vault: Vault
    path: Path
    keys: SqliteKeys

    def trust(self) -> Trust:
        """The trust file beside it."""
        return text_files.trust(self.path.with_name(TRUST))


def _place(path: Path) -> Place | None:
    try:
        with path.open("rb") as file:
            text = file.read(CAP)
    except OSError:  # the register file's own store says what is wrong with it
        return None
    if not text.startswith(b"{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = {}
    match found:
        case {"postgres": str(address), "schema": str(schema), **rest} if not rest:
            return Place(address, schema)
    fix = 'Write {"postgres": ADDRESS, "schema": NAME}, or name a register file.'
    raise RegisterError(
        Fault("H566", "the file does not say where a register lies", fix, str(path))
    )


def _made(stack: ExitStack, path: Path, place: Place | None) -> Store:
    if place is None:
        return stack.enter_context(closing(SqliteStore(path, create=True)))
    from habeas.adapters.postgres_store import PostgresStore  # noqa: PLC0415 - the driver is an extra

    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(json.dumps(asdict(place), indent=1) + "\n")
    except OSError as error:
        what = f"the file cannot be made: {error.strerror}"
        raise RegisterError(Fault("H562", what, "Name another path.", str(path))) from error
    with ExitStack() as undo:
        undo.callback(path.unlink)
        store = PostgresStore(place.postgres, place.schema, create=True)
        undo.pop_all()
    return stack.enter_context(closing(store))


def _opened(stack: ExitStack, path: Path) -> Store:
    place = _place(path)
    if place is None:
        return stack.enter_context(closing(SqliteStore(path)))
    from habeas.adapters.postgres_store import PostgresStore  # noqa: PLC0415 - the driver is an extra

    return stack.enter_context(closing(PostgresStore(place.postgres, place.schema)))


@contextmanager
def made(
    path: Path, chance: Callable[[int], bytes] = token_bytes, place: Place | None = None
) -> Iterator[Register]:
    """A new register with a key store beside it, closed at the end.

    Args:
        path: a new register file; with a place, the new file that names it.
        chance: where keys of content and their nonces come from.
        place: where on a server the register is made.

    Raises:
        RegisterError: H561 or H566 for the server; H562, when the file or the schema is there
            already.
        SealedError: H595, when a key store is there already.
        SetupError: H906, without the server's driver.
    """
    keys_file = path.with_name(KEYS)
    if keys_file.exists() and not path.exists():  # asked first: no register stays without its keys
        fix = "Give each register a folder of its own, or restore its register."
        raise SealedError(Fault("H595", "the key store already exists", fix, str(keys_file)))
    with ExitStack() as stack:
        store = _made(stack, path, place)
        keys = stack.enter_context(closing(SqliteKeys(keys_file, chance, create=True)))
        yield Register(store, Vault(keys, chance), path, keys)


@contextmanager
def opened(path: Path, chance: Callable[[int], bytes] = token_bytes) -> Iterator[Register]:
    """A register and the key store beside it, closed at the end.

    Raises:
        RegisterError: H561 or H562 for the file or the server, H566 for a file that names none.
        SealedError: H595 for its key store.
        SetupError: H906, without the server's driver.
    """
    with ExitStack() as stack:
        store = _opened(stack, path)
        keys = stack.enter_context(closing(SqliteKeys(path.with_name(KEYS), chance)))
        yield Register(store, Vault(keys, chance), path, keys)


@contextmanager
def stored(path: Path) -> Iterator[Store]:
    """The store of a register without keys of content beside it, such as a mirror's.

    Raises:
        RegisterError: H561 or H562 for the file or the server, H566 for a file that names none.
        SetupError: H906, without the server's driver.
    """
    with ExitStack() as stack:
        yield _opened(stack, path)


def bundle(path: Path) -> Bundle:
    """Everything of a register that its verifier checks; rows are read as they are asked for.

    Raises:
        RegisterError: as `opened` does.
    """
    place = _place(path)
    if place is None:
        return sqlite_store.bundle(path)
    from habeas.adapters import postgres_store  # noqa: PLC0415 - the driver is an extra

    return postgres_store.bundle(place.postgres, place.schema)


READER: Reader = quick.seen  # a verifier's, where what it does not need itself is at hand


@contextmanager
def readable(found: Bundle, keys: Path) -> Iterator[tuple[Bundle, Opener]]:
    """A register for a verifier that was given the keys of its content, and what opens its rows.

    Raises:
        SealedError: H595 for the key store.
    """
    with closing(SqliteKeys(keys, token_bytes, writes=False)) as store:
        vault = Vault(store, token_bytes)
        yield replace(found, rows=vault.ready(found.rows)), vault.open

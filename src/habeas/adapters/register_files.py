"""A register as its commands find it: the store, and beside it the keys and the trust file."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

from habeas.adapters import text_files
from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register.events import Record, Row
from habeas.register.keys import Trust
from habeas.register.sealed import Vault

KEYS = "person-keys.sqlite3"
TRUST = "trust.json"


@dataclass(frozen=True, slots=True)
class Register:
    """An open register."""

    store: SqliteStore
    vault: Vault
    path: Path
    keys: SqliteKeys

    def trust(self) -> Trust:
        """The trust file beside it."""
        return text_files.trust(self.path.with_name(TRUST))


@contextmanager
def made(path: Path, chance: Callable[[int], bytes] = token_bytes) -> Iterator[Register]:
    """A new register with a key store beside it, closed at the end.

    Raises:
        RegisterError: H562, when the file is there already.
        SealedError: H595, when a key store is there already.
    """
    with (
        closing(SqliteStore(path, create=True)) as store,
        closing(SqliteKeys(path.with_name(KEYS), chance, create=True)) as keys,
    ):
        yield Register(store, Vault(keys, chance), path, keys)


@contextmanager
def opened(path: Path, chance: Callable[[int], bytes] = token_bytes) -> Iterator[Register]:
    """A register and the key store beside it, closed at the end.

    Raises:
        RegisterError: H561 or H562 for the file.
        SealedError: H595 for its key store.
    """
    with (
        closing(SqliteStore(path)) as store,
        closing(SqliteKeys(path.with_name(KEYS), chance)) as keys,
    ):
        yield Register(store, Vault(keys, chance), path, keys)


@contextmanager
def opener(keys: Path) -> Iterator[Callable[[Row], Record | None]]:
    """What reads a person's sealed events for a verifier that was given the keys."""
    with closing(SqliteKeys(keys, token_bytes)) as store:
        yield Vault(store, token_bytes).open

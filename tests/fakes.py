"""What tests put in the place of chance: keys of content that can be guessed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes
from typing import Any, TypeVar

from habeas.adapters.key_store import SqliteKeys
from habeas.adapters.register_files import KEYS
from habeas.adapters.sqlite_store import bundle
from habeas.register.events import Record, Row
from habeas.register.keys import Trust
from habeas.register.log import Signed
from habeas.register.sealed import Vault
from habeas.register.verify import Bundle, Report, register

Part = TypeVar("Part", Record, Signed)


class FixedKeys:
    """A key store whose key for any name is the hash of the name, but for those that are gone."""

    def __init__(self, *gone: str) -> None:
        self.gone, self.kept = set(gone), dict[str, bytes]()
        self.asked = list[str]()  # names of keys that were to be kept, in order

    def keys(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Every key but those that are gone; a key that was kept in place of the hash."""
        return {
            name: self.kept.get(name, hashlib.sha256(name.encode(errors="replace")).digest())
            for name in names
            if name not in self.gone
        }

    def keep(self, keys: Mapping[str, bytes]) -> None:
        """Keep new keys."""
        self.asked += keys
        self.gone -= keys.keys()
        self.kept |= keys


def vault(*gone: str) -> Vault:
    """A vault that opens what any other of these has sealed, but for persons who are gone."""
    return Vault(FixedKeys(*gone), token_bytes)


VAULT = vault()


def sealed(record: Record) -> Row:
    """An event sealed by somebody who has the keys."""
    if record.subject is not None:
        VAULT.without_key([record.subject])
    return VAULT.seal(record)


def opened(path: Path) -> list[Record]:
    """The events of a register file in the clear."""
    return list(VAULT.records(bundle(path).rows))


def bundled(records: Iterable[Record], checkpoints: Iterable[tuple[int, str]]) -> Bundle:
    """A register as somebody who has the keys of its content would show it."""
    return Bundle([sealed(record) for record in records], list(checkpoints))


def verified(found: Bundle | Path, trust: Trust, kept: str | None = None) -> Report:
    """What a verifier says who was given the keys of the content."""
    read = bundle(found) if isinstance(found, Path) else found
    return register(read, trust, kept, VAULT.open)


def put_keys(register_file: Path, *persons: str) -> Path:
    """A real key store beside a register, with the keys by which the tests have sealed."""
    path = register_file.with_name(KEYS)
    store = SqliteKeys(path, token_bytes, create=True)
    store.keep(FixedKeys().keys(persons))
    store.close()
    return path


def changed(one: Part, **parts: bytes) -> Part:
    """The same with other bytes in some of its parts."""
    given: dict[str, Any] = dict(parts)
    return replace(one, **given)


def altered(row: Row, place: int, bit: int = 1) -> Row:
    """A row of which one bit of the content is another."""
    data = bytearray(row.content)
    data[place] ^= bit
    return replace(row, content=bytes(data))

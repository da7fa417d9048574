"""The key store, and how content opens under a person's key (bundle.md)."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

from second_verifier.verdict import BrokenError, need

BAD = "H595"


class KeyStore:
    """Every person's key that can be unwrapped, by register number."""

    def __init__(self, path: Path) -> None:
        need(path.is_file(), BAD, f"{path.name} is not there")
        epochs = read_epochs(path)
        uri = f"{path.resolve().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True)) as store:
                rows = store.execute("SELECT name, epoch, wrapped FROM key").fetchall()
        except sqlite3.Error as error:
            raise BrokenError(BAD, f"the key store cannot be read: {error}") from error
        need(all(epoch in epochs for _, epoch, _ in rows), BAD, "an epoch's key is not there")
        self._wrapped = {name: (epochs[epoch], wrapped) for name, epoch, wrapped in rows}

    def key(self, name: str) -> bytes | None:
        """The key of this name; None where it is not there, or does not unwrap."""
        if name not in self._wrapped:
            return None
        epoch, wrapped = self._wrapped[name]
        try:
            return aes_key_unwrap(epoch, wrapped)
        except (InvalidUnwrap, ValueError, TypeError):
            return None


def read_epochs(path: Path) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for file in path.parent.glob(f"{path.stem}.epoch-*.key"):
        number = re.fullmatch(r".*\.epoch-([0-9]+)\.key", file.name)
        text = file.read_text(encoding="ascii", errors="replace")
        if number and re.fullmatch("[0-9a-f]{64}\n?", text):
            found[int(number[1])] = bytes.fromhex(text.strip())
    return found


def content_key(person: bytes, event_id: str) -> bytes:
    info = b"habeas/content-key/v1\n" + event_id.encode()
    return HKDF(SHA256(), 32, None, info).derive(person)


def unseal(key: bytes, sealed: bytes, label: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], label)
    except (InvalidTag, ValueError) as error:
        raise BrokenError("H591", "sealed content does not open under its key") from error


def unseal_content(person: bytes, event_id: str, sealed: bytes, entry: bytes) -> bytes:
    key = content_key(person, event_id)
    return unseal(key, sealed, b"habeas/content/v1\n" + entry)

r"""Sealed content: what a log stores of a person's event, readable only with that person's key.

    key      HKDF-SHA-256(K_s, no salt, "habeas/content-key/v1\n" || event id)
    sealed   nonce 12 || AES-256-GCM(key, content, AAD = "habeas/content/v1\n" || entry)
    section  the same under K over CBOR [1, salt, bytes], AAD = "habeas/section/v1\n" || digest

The additional data binds a row to its leaf: swapped rows fail to open. K_s is one key a person,
K one key a section; destroying it is the only erasure, and the leaf stays. Administrative events
are not sealed. Source: NIST SP 800-38D; RFC 5869; EDPB Guidelines 02/2025 (consultation draft).
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from habeas.register import cbor, signing
from habeas.register.content import CAP, PLAIN, content, fault, is_pad, read_content
from habeas.register.events import Record, Row

KEY, NONCE = 32, 12
LARGEST_SECTION = CAP - 64  # bytes: what is more could be sealed, and not be read again
PAGE = 1024  # rows whose keys are read at once
Chance = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Section:
    """A detail of an event that is kept, disclosed and erased apart."""

    name: str
    salt: bytes  # 32 bytes, its own
    data: bytes

    @property
    def digest(self) -> bytes:
        """What the event's body names."""
        return signing.section_digest(self.salt, self.data)


@dataclass(frozen=True, slots=True)
class SealedSection:
    """A section as a store keeps it."""

    index: int
    name: str
    digest: bytes
    content: bytes


class KeyStore(Protocol):
    """Where the keys of content lie, by name: a person's register number, or a section's.

    Is trusted with secrecy and erasure: whoever reads it reads content, whoever destroys a key
    erases for ever. It cannot alter an event.
    """

    def keys(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Those of the named keys that are there."""
        ...

    def keep(self, keys: Mapping[str, bytes]) -> None:
        """Keep new keys, durably, before anything is sealed with them."""
        ...


def wrapped(epoch_key: bytes, key: bytes) -> bytes:
    """A key as it is kept: under the key of its epoch. Source: RFC 3394."""
    return aes_key_wrap(epoch_key, key)


def unwrapped(epoch_key: bytes, packed: bytes) -> bytes | None:
    """A key out of its kept form; None where the epoch's key is gone or another."""
    try:
        return aes_key_unwrap(epoch_key, packed)
    except (InvalidUnwrap, ValueError):
        return None


def section_key_name(event_id: str, name: str) -> str:
    """The name under which a section's key is kept."""
    return f"{event_id}/{name}"


def _extract(person_key: bytes) -> bytes:
    return hmac.digest(bytes(KEY), person_key, "sha256")


def _content_key(extracted: bytes, event_id: str) -> bytes:
    info = b"habeas/content-key/v1\n" + event_id.encode(errors="replace") + b"\x01"
    return hmac.digest(extracted, info, "sha256")


def content_key(person_key: bytes, event_id: str) -> bytes:
    """The key of one event's content."""
    return _content_key(_extract(person_key), event_id)


def seal(key: bytes, nonce: bytes, plain: bytes, entry: bytes) -> bytes:
    """Content under its own key; a nonce is drawn once and never used again with that key."""
    return nonce + AESGCM(key).encrypt(nonce, plain, b"habeas/content/v1\n" + entry)


def _unsealed(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except (InvalidTag, ValueError, OverflowError) as error:
        raise fault("the sealed content does not open under its key") from error


def unseal(key: bytes, sealed: bytes, entry: bytes) -> bytes:
    """Content out of its sealed form.

    Raises:
        RegisterError: H591, when it was altered, moved to another leaf, or is under another key.
    """
    return _unsealed(key, sealed, b"habeas/content/v1\n" + entry)


def _seal_section(key: bytes, nonce: bytes, section: Section) -> bytes:
    plain = cbor.encode([PLAIN, section.salt, section.data])
    return nonce + AESGCM(key).encrypt(nonce, plain, b"habeas/section/v1\n" + section.digest)


class Vault:
    """Seals the events of a log and opens them again, with the keys that its store still has."""

    def __init__(self, keys: KeyStore, chance: Chance) -> None:
        self.keys, self._chance = keys, chance
        self._extracted: dict[str, bytes] = {}  # by person

    def _fetch(self, subjects: Iterable[str]) -> None:
        absent = {name for name in subjects if name not in self._extracted}
        if absent:
            for name, key in self.keys.keys(absent).items():
                self._extracted[name] = _extract(key)

    def forget(self) -> None:
        """Drop every key from memory: they are read from the store again when asked for."""
        self._extracted.clear()

    def without_key(self, subjects: Iterable[str]) -> set[str]:
        """Those persons who have no key."""
        asked = set(subjects)
        self._fetch(asked)
        return {name for name in asked if name not in self._extracted}

    def draw(self, subjects: Iterable[str]) -> None:
        """Draw a key for each of these new persons and keep it, before anything is sealed."""
        drawn = {name: self._chance(KEY) for name in sorted(subjects)}
        if drawn:
            self.keys.keep(drawn)
            for name, key in drawn.items():
                self._extracted[name] = _extract(key)

    def pads(self, count: int) -> list[bytes]:
        """Salts of leaves that commit to no event."""
        return [self._chance(signing.SALT) for _ in range(count)]

    def seal(self, record: Record) -> Row:
        """One event as a store keeps it; the person must have a key."""
        plain = content(record)
        if record.subject is not None:
            key = _content_key(self._extracted[record.subject], record.event_id)
            plain = seal(key, self._chance(NONCE), plain, record.entry)
        return Row(
            record.index,
            record.entry,
            record.event_id,
            record.kind,
            record.subject,
            record.seq,
            plain,
        )

    def evidence(self, record: Record) -> bytes:
        """A refused event as it is kept: its entry and its content, sealed with its person's rest.

        The nonce follows from the entry, so that the same event again is the same bytes.
        """
        plain = content(record)
        if record.subject is not None:
            key = _content_key(self._extracted[record.subject], record.event_id)
            nonce = hashlib.sha256(record.entry).digest()[:NONCE]
            plain = seal(key, nonce, plain, record.entry)
        return record.entry + plain

    def seal_sections(
        self, index: int, event_id: str, found: Sequence[Section]
    ) -> list[SealedSection]:
        """An event's sections, each under a key of its own, kept at once.

        A key that an append kept and then did not come to use is used now.
        """
        if not found:
            return []
        names = {section_key_name(event_id, one.name): one for one in found}
        keys = dict(self.keys.keys(names))
        drawn = {name: self._chance(KEY) for name in names if name not in keys}
        if drawn:
            self.keys.keep(drawn)
        keys |= drawn
        return [
            SealedSection(
                index, one.name, one.digest, _seal_section(keys[name], self._chance(NONCE), one)
            )
            for name, one in names.items()
        ]

    def open(self, row: Row) -> Record | None:
        """An event in the clear; None for a pad, and where the person's key is not there.

        Raises:
            RegisterError: H591 or H545, when the content was altered.
        """
        if is_pad(row):
            return None
        if row.subject is None:
            return read_content(row, row.content)
        extracted = self._extracted.get(row.subject)
        if extracted is None:
            self._fetch([row.subject])
            extracted = self._extracted.get(row.subject)
            if extracted is None:
                return None
        key = _content_key(extracted, row.event_id)
        return read_content(row, unseal(key, row.content, row.entry))

    def records(self, rows: Iterable[Row]) -> Iterator[Record]:
        """The events of some rows in the clear, those left out whose keys are not there."""
        return (found for row in self.ready(rows) if (found := self.open(row)) is not None)

    def ready(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows; the keys of a page of them are read at once, before they are opened."""
        waiting = iter(rows)
        while page := list(islice(waiting, PAGE)):
            self._fetch({row.subject for row in page if row.subject is not None})
            yield from page

    def section(self, event_id: str, sealed: SealedSection) -> Section | None:
        """A section in the clear; None where its key is not there.

        Raises:
            RegisterError: H591, when it was altered.
        """
        name = section_key_name(event_id, sealed.name)
        key = self.keys.keys([name]).get(name)
        if key is None:
            return None
        plain = _unsealed(key, sealed.content, b"habeas/section/v1\n" + sealed.digest)
        found = cbor.decode(plain, CAP)
        match found:
            case (1, bytes(salt), bytes(data)):
                section = Section(sealed.name, salt, data)
            case _:
                raise fault("the content is not that of a section")
        if section.digest != sealed.digest:
            raise fault("the section is not the one that its event names")
        return section

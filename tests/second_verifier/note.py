"""Checkpoints as signed notes, and the keys that sign them (checkpoint.md "Notes")."""

import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from second_verifier.spelling import unbase64
from second_verifier.verdict import BrokenError, need

LOG, WITNESS, MLDSA = 1, 4, 6
KEY_BYTES = {LOG: 32, WITNESS: 32, MLDSA: 1312}
PAYLOAD_BYTES = {LOG: 64, WITNESS: 72, MLDSA: 2428}
LONGEST_NOTE = 262_144
MOST_LINES = 72
LATEST = 2**63
BAD = "H521"


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key of a log or a witness, as a vkey spells it."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        text = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(text).digest()[:4]


@dataclass(frozen=True, slots=True)
class Line:
    """One signature line: whose it says it is, and what comes after the key id."""

    name: str
    key_id: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Three lines of text, read, and the lines beneath them."""

    text: str
    origin: str
    size: int
    root: bytes
    lines: tuple[Line, ...]


def good_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not re.search(r"[\s+]", name)


def read_vkey(text: str) -> NoteKey:
    parts = text.split("+", 2)
    need(len(parts) == 3, BAD, "a vkey has three parts")
    name, key_id, coded = parts
    data = unbase64(coded, BAD)
    need(good_name(name) and len(name.encode()) <= 255, BAD, "a vkey's name")
    need(data and KEY_BYTES.get(data[0]) == len(data) - 1, BAD, "a vkey's type and length")
    key = NoteKey(name, data[0], data[1:])
    need(re.fullmatch("[0-9a-f]{8}", key_id), BAD, "a vkey's key id is eight hexadecimal digits")
    need(key.id.hex() == key_id, BAD, "a vkey's key id is not its key's")
    return key


def read_note(data: bytes | str) -> Checkpoint:
    """A checkpoint and its signature lines, by form alone."""
    raw = data.encode("utf-8", errors="surrogatepass") if isinstance(data, str) else data
    need(len(raw) <= LONGEST_NOTE, BAD, "a note is too long")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenError(BAD, "a note is not UTF-8") from error
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", whole), BAD, "a control character in a note")
    need(whole.endswith("\n"), BAD, "a note ends in a newline")
    text, parted, below = whole.rpartition("\n\n")
    need(parted and below, BAD, "a note has a text, an empty line and signatures")
    rows = below[:-1].split("\n")
    need(len(rows) <= MOST_LINES, BAD, "a note has too many signature lines")
    lines = tuple(read_line(row) for row in rows)
    return read_text(text + "\n", lines)


def read_text(text: str, lines: tuple[Line, ...]) -> Checkpoint:
    rows = text.split("\n")
    need(len(rows) == 4 and not rows[3], BAD, "a checkpoint has three lines")
    origin, size, root = rows[:3]
    need(1 <= len(origin.encode()) <= 255, BAD, "an origin is 1 to 255 bytes")
    need(re.fullmatch("0|[1-9][0-9]{0,17}", size), BAD, "a size is a decimal number")
    return Checkpoint(text, origin, int(size), unbase64(root, BAD, 32), lines)


def read_line(row: str) -> Line:
    words = row.split(" ")
    need(len(words) == 3 and words[0] == "\N{EM DASH}", BAD, "a signature line has three words")
    data = unbase64(words[2], BAD)
    need(good_name(words[1]) and len(data) > 4, BAD, "a signature line's name or signature")
    return Line(words[1], data[:4], data[4:])


def signed_by(key: NoteKey, line: Line, note: Checkpoint, *, zero_time: bool) -> bool:
    """Whether the line, which names this key, is its signature over the checkpoint."""
    if len(line.payload) != PAYLOAD_BYTES[key.kind]:
        return False
    if key.kind == LOG:
        return ed25519(key.public, line.payload, note.text.encode())
    time, signature = int.from_bytes(line.payload[:8]), line.payload[8:]
    good_time = 0 < time < LATEST or (time == 0 and zero_time)
    if key.kind == WITNESS:
        message = f"cosignature/v1\ntime {time}\n{note.text}".encode()
        return good_time and ed25519(key.public, signature, message)
    return good_time and mldsa44(key.public, signature, subtree(key.name, time, note))


def subtree(name: str, time: int, note: Checkpoint) -> bytes:
    parts = [b"subtree/v1\n\x00", counted(name), time.to_bytes(8), counted(note.origin)]
    return b"".join([*parts, bytes(8), note.size.to_bytes(8), note.root])


def counted(text: str) -> bytes:
    return bytes([len(text.encode())]) + text.encode()


def ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def mldsa44(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True

r"""What a log stores of an event before it is sealed, and the leaves that commit to no event.

    content  CBOR [1, salt, body, sigblock], or [2, salt, body, batch block, path, manifest]
    pad      SHA-256("habeas/pad/v1\n" || salt): an entry that opens as no event

Only administrative events are stored so; those about a person are sealed (`sealed`).
"""

import hashlib

from habeas.errors import Fault, RegisterError
from habeas.register import cbor, signing
from habeas.register.events import PAD, Record, Row

CAP = 64 * 1024  # bytes of content or of a section
PLAIN, IN_BATCH = 1, 2
FIELDS = {PLAIN: 4, IN_BATCH: 6}
_DIRECT = {b"\x84\x01": 3, b"\x86\x02": 5}  # byte strings after the head of each form
_ONE_BYTE, _TWO_BYTES = 0x58, 0x59  # heads of byte strings, by the bytes of their length


def content(record: Record) -> bytes:
    """What is stored of an event."""
    if record.path or record.manifest:
        batched = [record.sigblock, record.path, record.manifest]
        return cbor.encode([IN_BATCH, record.salt, record.body, *batched])
    return cbor.encode([PLAIN, record.salt, record.body, record.sigblock])


def read_content(row: Row, plain: bytes) -> Record:
    """An event in the clear out of a row's content; whether it belongs to the leaf is not asked.

    Raises:
        RegisterError: H545 for bytes that are no value, H591 for a value that is no content.
    """
    parts = read_parts(plain)
    return Record(row.index, row.entry, row.event_id, row.kind, row.subject, row.seq, *parts)


def read_parts(plain: bytes) -> tuple[bytes, ...]:
    """Salt, body and sigblock out of content; of a batched event also path and manifest.

    Raises:
        RegisterError: H545 for bytes that are no value, H591 for a value that is no content.
    """
    parts = _direct(plain) or _decoded(plain)
    if len(parts) == FIELDS[IN_BATCH] - 1 and not signing.batched(parts[2]):
        raise fault("the content has a path without a batch block")
    return parts


def _decoded(plain: bytes) -> tuple[bytes, ...]:
    found = cbor.decode(plain, CAP)
    if not isinstance(found, tuple) or not found or not isinstance(found[0], int):
        raise fault("the content is not that of an event")
    parts = tuple(part for part in found[1:] if isinstance(part, bytes))
    if FIELDS.get(found[0]) != len(found) or len(parts) != len(found) - 1:
        raise fault("the content is not that of an event")
    return parts


def _direct(plain: bytes) -> tuple[bytes, ...] | None:
    """The same of content whose parts have 24 to 65,535 bytes each; None where one has not."""
    place, parts = 2, list[bytes]()
    try:
        for _ in range(_DIRECT[plain[:2]]):
            if plain[place] == _ONE_BYTE:
                start, length, least = place + 2, plain[place + 1], 24
            elif plain[place] == _TWO_BYTES:
                start, length, least = place + 3, plain[place + 1] << 8 | plain[place + 2], 256
            else:
                return None
            if length < least:
                return None
            place = start + length
            parts.append(plain[start:place])
    except LookupError:  # another form, or bytes that end within a part
        return None
    return tuple(parts) if place == len(plain) <= CAP else None


def unsealed(row: Row) -> Record | None:
    """An administrative event in the clear; None for every other row.

    Raises:
        RegisterError: H591 or H545, when its content was altered.
    """
    if row.subject is not None or is_pad(row):
        return None
    return read_content(row, row.content)


def pad(salt: bytes) -> bytes:
    """The entry of a leaf that commits to no event."""
    return hashlib.sha256(b"habeas/pad/v1\n" + salt).digest()


def commitment(record: Record) -> bytes:
    """The entry that an event in the clear must have."""
    return signing.entry(record.salt, record.body, record.sigblock)


def is_pad(row: Row) -> bool:
    """Whether the row says that its leaf commits to no event."""
    return row.kind == PAD and not row.event_id and row.subject is None


def fault(what: str) -> RegisterError:
    """Content that is not what its row says."""
    fix = "Verify the register; compare with a copy of its store and of its keys."
    return RegisterError(Fault("H591", what, fix))

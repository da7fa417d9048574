"""C2SP signed notes, checkpoints and cosignatures: text in, text out.

    <origin>
    <size>
    <base64 root>

    — <name> <base64(key id 4 || signature)>

Rules: exactly three lines of text; an unknown key is ignored; a known key whose signature fails
makes the whole note invalid; at least one known signature must verify. Extension lines are refused.
Source: C2SP signed-note, tlog-checkpoint, tlog-cosignature.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from habeas.errors import Fault, RegisterError
from habeas.register.signing import Signer, good

LOG, COSIGNATURE = 0x01, 0x04
LINES = 3  # origin, size, root
KEY_ID, PUBLIC = 4, 32
LINES_CAP, NOTE_CAP, DIGITS = 32, 64 * 1024, 18
_DASH = "\N{EM DASH} "


def _fault(what: str) -> RegisterError:
    return RegisterError(Fault("H521", what, "Ask the log for its checkpoint again."))


def base64_strict(text: str) -> bytes:
    """RFC 4648 base64 with padding, decoded strictly.

    Raises:
        RegisterError: H521.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _fault("a text is not base64") from error
    if base64.b64encode(data).decode() != text:
        raise _fault("a base64 text has stray bits")
    return data


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key that signs notes under a name."""

    name: str
    type: int  # 0x01 a log's Ed25519, 0x04 a witness's timestamped cosignature
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that a signature line carries."""
        return hashlib.sha256(
            self.name.encode() + b"\n" + bytes([self.type]) + self.public
        ).digest()[:4]

    def vkey(self) -> str:
        """`name+id+base64(type || key)`: the form in policy files."""
        packed = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{packed}"


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not set(name) & set(" +")


def origin(text: str) -> str:
    """A log's name, if a note can carry it.

    Raises:
        RegisterError: H521.
    """
    if not _is_name(text):
        raise _fault(
            f"'{text[:40]}' is no name of a log: it is empty or holds a space or a plus sign"
        )
    return text


def read_vkey(text: str) -> NoteKey:
    """A key out of its vkey form.

    Raises:
        RegisterError: H521, when the id does not belong to the key.
    """
    name, _, rest = text.partition("+")
    id_hex, _, packed = rest.partition("+")
    data = base64_strict(packed)
    key = NoteKey(name, data[0] if data else 0, data[1:])
    known = key.type in {LOG, COSIGNATURE} and len(key.public) == PUBLIC
    if not _is_name(name) or not known or key.id.hex() != id_hex:
        raise _fault(f"'{text[:40]}' is not a key of a known type")
    return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's statement: this origin has this many leaves under this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three signed lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line under a note."""

    name: str
    id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint's text with the signatures under it, not yet verified."""

    checkpoint: Checkpoint
    lines: tuple[SignatureLine, ...]


def read_note(text: str) -> Note:
    """A note out of its text.

    Raises:
        RegisterError: H521, with what is malformed.
    """
    if len(text) > NOTE_CAP or not _encodable(text) or any(c < " " and c != "\n" for c in text):
        raise _fault("the checkpoint is too long or holds control characters")
    head, gap, tail = text.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise _fault("the checkpoint has no signatures")
    lines = tail[:-1].split("\n")
    if len(lines) > LINES_CAP:
        raise _fault("the checkpoint has too many signatures")
    return Note(_checkpoint(head + "\n"), tuple(map(_signature_line, lines)))


def _encodable(text: str) -> bool:
    try:
        return len(text.encode()) <= NOTE_CAP
    except UnicodeEncodeError:  # a lone surrogate out of JSON
        return False


def number(text: str) -> int | None:
    """A whole number without sign or leading zero, at most 18 digits; None for anything else."""
    plain = text.isascii() and text.isdigit() and len(text) <= DIGITS
    return int(text) if plain and (text == "0" or text[0] != "0") else None


def _checkpoint(text: str) -> Checkpoint:
    lines = text[:-1].split("\n")
    if len(lines) != LINES or not lines[0]:
        raise _fault("a checkpoint has exactly three lines")
    origin, size, root = lines
    leaves = number(size)
    if leaves is None:
        raise _fault("the checkpoint's size is not a number")
    found = Checkpoint(origin, leaves, base64_strict(root))
    if len(found.root) != hashlib.sha256().digest_size:
        raise _fault("the checkpoint's root is not 32 bytes")
    return found


def _signature_line(line: str) -> SignatureLine:
    name, _, packed = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not name:
        raise _fault("a signature line is malformed")
    data = base64_strict(packed)
    if len(data) <= KEY_ID or not _is_name(name):
        raise _fault("a signature line lacks its key id or its signature")
    return SignatureLine(name, data[:KEY_ID], data[KEY_ID:])


def _line(name: str, key_id: bytes, signature: bytes) -> str:
    return f"{_DASH}{name} {base64.b64encode(key_id + signature).decode()}\n"


def signed(checkpoint: Checkpoint, signer: Signer) -> str:
    """The note of a checkpoint under the log's own key, whose name is the origin."""
    key = NoteKey(checkpoint.origin, LOG, signer.public())
    text = checkpoint.text()
    return text + "\n" + _line(key.name, key.id, signer.sign(text.encode()))


def cosignature_message(checkpoint: Checkpoint, time: int) -> bytes:
    """What a witness signs: the time and the checkpoint's text."""
    return f"cosignature/v1\ntime {time}\n{checkpoint.text()}".encode()


def cosigned(checkpoint: Checkpoint, name: str, signer: Signer, time: int) -> str:
    """The signature line of a witness; the time is in Unix seconds and not zero."""
    signature = signer.sign(cosignature_message(checkpoint, time))
    key = NoteKey(name, COSIGNATURE, signer.public())
    return _line(name, key.id, time.to_bytes(8, "big") + signature)


def _verifies(key: NoteKey, line: SignatureLine, checkpoint: Checkpoint) -> bool:
    if key.type == LOG:
        return good(key.public, line.signature, checkpoint.text().encode())
    time = int.from_bytes(line.signature[:8], "big")
    return time != 0 and good(key.public, line.signature[8:], cosignature_message(checkpoint, time))


def verified(note: Note, log: NoteKey, witnesses: tuple[NoteKey, ...] = ()) -> frozenset[str]:
    """Names of the witnesses that cosigned a note of this log.

    Raises:
        RegisterError: H522 another origin, H523 no good signature of the log's key, H524 a known
            witness's cosignature that fails.
    """
    if note.checkpoint.origin != log.name:
        raise RegisterError(
            Fault(
                "H522",
                f"the checkpoint is of '{note.checkpoint.origin}', not '{log.name}'",
                "Verify it with the keys of its own log.",
            )
        )
    found: set[NoteKey] = set()
    for line in note.lines:
        for key in (log, *witnesses):
            if (line.name, line.id) != (key.name, key.id):
                continue
            if not _verifies(key, line, note.checkpoint):
                what = f"the signature of '{key.name}' under the checkpoint of size "
                what += f"{note.checkpoint.size} does not verify"
                code = "H523" if key == log else "H524"
                raise RegisterError(Fault(code, what, "Do not rely on it."))
            found.add(key)
    if log not in found:
        what = f"the checkpoint of size {note.checkpoint.size} is not signed by '{log.name}'"
        raise RegisterError(Fault("H523", what, "Do not rely on it."))
    return frozenset(key.name for key in found if key != log)

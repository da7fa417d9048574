"""C2SP signed notes, checkpoints and cosignatures: text in, text out.

    <origin>
    <size>
    <base64 root>

    — <name> <base64(key id 4 || signature)>

Types of keys: 0x01 a log's Ed25519 over the text; 0x04 a witness's Ed25519 over time and text;
0x06 ML-DSA-44 over time, signer's name, origin, size and root, of a witness or beside a log's own.

Rules: exactly three lines of text; an unknown key is ignored; a known key whose signature fails
makes the whole note invalid; of each type of key that the reader knows of the log, one must have
signed. Extension lines are refused: type 0x06 would not sign them.
Source: C2SP signed-note, tlog-checkpoint, tlog-cosignature.
"""

import base64
import binascii
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from habeas.errors import Fault, RegisterError
from habeas.register.signing import Signer, good, good_ml_dsa

LOG, COSIGNATURE, ML_DSA = 0x01, 0x04, 0x06
PUBLIC = {LOG: 32, COSIGNATURE: 32, ML_DSA: 1312}  # bytes of the public key
LINES = 3  # origin, size, root
KEY_ID, TIME = 4, 8
NAME_CAP = 255  # bytes: ML-DSA messages give a name's length in one
LINES_CAP, NOTE_CAP, DIGITS = 72, 256 * 1024, 18  # 64 witnesses and a log of several keys
_LABEL = b"subtree/v1\n\0"
_COSIGNATURES = {PUBLIC[COSIGNATURE]: COSIGNATURE, PUBLIC[ML_DSA]: ML_DSA}
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
    type: int  # LOG, COSIGNATURE or ML_DSA
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


def _fits(name: str) -> bool:
    return _encodable(name, NAME_CAP)


def origin(text: str) -> str:
    """The name of a log or of a witness, if a note can carry it.

    Raises:
        RegisterError: H521.
    """
    if not _is_name(text) or not _fits(text):
        raise _fault(
            f"'{text[:40]}' is no name: it is empty, holds a space or a plus sign, or is longer "
            f"than {NAME_CAP} bytes"
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
    known = len(key.public) == PUBLIC.get(key.type)
    if not _is_name(name) or not _fits(name) or not known or key.id.hex() != id_hex:
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
    if not _encodable(text, NOTE_CAP) or any(c < " " and c != "\n" for c in text):
        raise _fault("the checkpoint is too long or holds control characters")
    head, gap, tail = text.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise _fault("the checkpoint has no signatures")
    lines = tail[:-1].split("\n")
    if len(lines) > LINES_CAP:
        raise _fault("the checkpoint has too many signatures")
    return Note(_checkpoint(head + "\n"), tuple(map(_signature_line, lines)))


def _encodable(text: str, cap: int) -> bool:
    try:
        return len(text) <= cap and len(text.encode()) <= cap
    except UnicodeEncodeError:  # a lone surrogate out of JSON
        return False


def number(text: str) -> int | None:
    """A whole number without sign or leading zero, at most 18 digits; None for anything else."""
    plain = text.isascii() and text.isdigit() and len(text) <= DIGITS
    return int(text) if plain and (text == "0" or text[0] != "0") else None


def _checkpoint(text: str) -> Checkpoint:
    lines = text[:-1].split("\n")
    if len(lines) != LINES or not lines[0] or not _fits(lines[0]):
        raise _fault(f"a checkpoint has three lines, the first of at most {NAME_CAP} bytes")
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


def note_text(note: Note, lines: Sequence[SignatureLine]) -> str:
    """A note's text with these of its lines, or with others."""
    below = "".join(_line(line.name, line.id, line.signature) for line in lines)
    return note.checkpoint.text() + "\n" + below


def lines_of(text: str, names: Collection[str]) -> list[str]:
    """The signature lines under a note that bear some names, as they stand there.

    Raises:
        RegisterError: H521 for a text that is no note.
    """
    note = read_note(text)
    return [_line(one.name, one.id, one.signature) for one in note.lines if one.name in names]


def signed(checkpoint: Checkpoint, signer: Signer) -> str:
    """The note of a checkpoint under the log's own Ed25519 key, whose name is the origin.

    A log with an ML-DSA key appends `cosigned(checkpoint, checkpoint.origin, its signer, time)`.
    """
    key = NoteKey(checkpoint.origin, LOG, signer.public())
    text = checkpoint.text()
    return text + "\n" + _line(key.name, key.id, signer.sign(text.encode()))


def cosignature_message(checkpoint: Checkpoint, time: int) -> bytes:
    """What a witness signs with Ed25519: the time and the checkpoint's text."""
    return f"cosignature/v1\ntime {time}\n{checkpoint.text()}".encode()


def cosigned_message(checkpoint: Checkpoint, name: str, time: int) -> bytes:
    """What is signed with ML-DSA-44: label, signer's name, time, origin, 0, size, root."""
    signer, origin_ = name.encode(), checkpoint.origin.encode()
    return b"".join(
        (
            _LABEL,
            len(signer).to_bytes() + signer,
            time.to_bytes(TIME, "big"),
            len(origin_).to_bytes() + origin_,
            bytes(8),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def cosignature_key(name: str, public: bytes) -> NoteKey:
    """The key under which a cosigner's lines stand: ML-DSA-44 by its 1,312 bytes, else Ed25519."""
    return NoteKey(name, _COSIGNATURES.get(len(public), COSIGNATURE), public)


def cosigned(checkpoint: Checkpoint, name: str, signer: Signer, time: int) -> str:
    """The timestamped signature line of a witness, or of a log's ML-DSA key under its origin.

    Args:
        checkpoint: what is signed.
        name: the signer's name, at most 255 bytes.
        signer: its key; the key's length tells its type.
        time: Unix seconds; 0 is refused of a witness.
    """
    key = cosignature_key(name, signer.public())
    signature = signer.sign(_cosignature_bytes(key, checkpoint, time))
    return _line(name, key.id, time.to_bytes(TIME, "big") + signature)


def _cosignature_bytes(key: NoteKey, checkpoint: Checkpoint, time: int) -> bytes:
    if key.type == ML_DSA:
        return cosigned_message(checkpoint, key.name, time)
    return cosignature_message(checkpoint, time)


def time_of(line: SignatureLine) -> int:
    """The Unix seconds that a timestamped line states."""
    return int.from_bytes(line.signature[:TIME], "big")


def _verifies(key: NoteKey, line: SignatureLine, checkpoint: Checkpoint) -> bool:
    if key.type == LOG:
        return good(key.public, line.signature, checkpoint.text().encode())
    time = time_of(line)
    # Of time 0 a signer does not say that it saw no larger tree: a log may, a witness may not.
    if time >= 1 << 63 or (time == 0 and key.name != checkpoint.origin):
        return False
    check = good_ml_dsa if key.type == ML_DSA else good
    return check(key.public, line.signature[TIME:], _cosignature_bytes(key, checkpoint, time))


def verified(
    note: Note, log: NoteKey, witnesses: tuple[NoteKey, ...] = (), also: tuple[NoteKey, ...] = ()
) -> frozenset[str]:
    """Names of the witnesses that cosigned a note of this log.

    Args:
        note: what is checked.
        log: a key of the log.
        witnesses: the keys that may cosign.
        also: further keys of the log. Of each type of key among `log` and these, one must have
            signed, and none may have failed.

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
    own, found = (log, *also), set[NoteKey]()
    for line in note.lines:
        for key in (*own, *witnesses):
            if (line.name, line.id) != (key.name, key.id):
                continue
            if not _verifies(key, line, note.checkpoint):
                what = f"the signature of '{key.name}' under the checkpoint of size "
                what += f"{note.checkpoint.size} does not verify"
                code = "H523" if key in own else "H524"
                raise RegisterError(Fault(code, what, "Do not rely on it."))
            found.add(key)
    if {key.type for key in own} - {key.type for key in found.intersection(own)}:
        what = f"the checkpoint of size {note.checkpoint.size} is not signed by '{log.name}'"
        raise RegisterError(Fault("H523", what, "Do not rely on it."))
    return frozenset(key.name for key in found.difference(own))

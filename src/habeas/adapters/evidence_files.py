"""Documents that were uploaded: each a file named by its SHA-256, readable by its owner alone.

Nothing is unpacked, converted or trusted by its name: what a document is, is told from its bytes.

Is not trusted with what a document says: its hash in the register is. Is trusted to keep it from
others on the machine, and not to lose it: of what is lost, the register has the hash alone.
"""

import hashlib
import os
import re
from pathlib import Path
from secrets import token_hex

from habeas.errors import Fault, SetupError

CAP = 10 * 1024 * 1024  # bytes of one document
DIGEST = re.compile(r"[0-9a-f]{64}")
PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain; charset=utf-8"
BYTES = "application/octet-stream"  # of any other kind: no browser shows or runs it
ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg", TEXT: "txt", BYTES: "bin"}
_STARTS = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_PLAIN = {"\n", "\r", "\t"}


def kind(data: bytes) -> str | None:
    """What a document is, by its bytes; None for what is not accepted.

    A text that begins like a page of markup is none: a browser might run it.
    """
    for start, found in _STARTS:
        if data.startswith(start):
            return found
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    body = text.lstrip("\ufeff").strip()
    printable = all(char.isprintable() or char in _PLAIN for char in text.lstrip("\ufeff"))
    return TEXT if body and printable and not body.startswith("<") else None


def keep(folder: Path, data: bytes) -> str:
    """Keep a document; durable on return. Returns its SHA-256, which is its name.

    Raises:
        SetupError: H821 for one that is too large, H822 for a kind that is not accepted.
    """
    _fits(data)
    if kind(data) is None:
        what = "the document is no PDF, PNG, JPEG or plain text"
        raise SetupError(Fault("H822", what, "Save it as one of these, and send it again."))
    return _kept(folder, data)


def keep_any(folder: Path, data: bytes) -> str:
    """Keep what came with a report, of whatever kind: it is never opened here.

    Raises:
        SetupError: H821 for one that is too large.
    """
    _fits(data)
    return _kept(folder, data)


def _fits(data: bytes) -> None:
    if len(data) > CAP:
        what = f"the document has {len(data):,} bytes; the cap is {CAP:,}"
        raise SetupError(Fault("H821", what, "Send a smaller copy, or parts of it."))


def _kept(folder: Path, data: bytes) -> str:
    folder.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256(data).hexdigest()
    path = folder / digest
    if not path.exists():
        waiting = folder / f".{token_hex(8)}"
        with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
        _settle(folder)
    return digest


def read(folder: Path, digest: str) -> bytes | None:
    """A document by its SHA-256; None where it is not kept here, or is another than it was.

    Nothing but a digest names a file: no path can be asked for.
    """
    if not DIGEST.fullmatch(digest):
        return None
    try:
        data = (folder / digest).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == digest else None


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

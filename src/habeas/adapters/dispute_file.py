"""A file of disputes: read whole, and only ever lengthened, by one process at a time.

Is not trusted: the chain shows what was altered, the head that a party keeps shows what was cut.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from habeas.adapters.text_files import CAP, content
from habeas.errors import Fault, SetupError


def read(path: Path) -> bytes:
    """The bytes of a file of disputes.

    Raises:
        SetupError: H902.
    """
    return content(path)


def append(path: Path, more: Callable[[bytes], bytes]) -> None:
    """Lengthen a file by what follows from all that it holds, durably, or not at all.

    Args:
        path: the file; made where it is not there.
        more: what to add, given the bytes that are there; may refuse by raising.

    Raises:
        SetupError: H902, H908.
    """
    if not path.exists():
        more(b"")  # what is refused leaves no empty file behind
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            what = "another process writes these disputes"
            raise SetupError(Fault("H908", what, "Wait until it is done.", str(path))) from error
        size = os.fstat(file).st_size
        if size > CAP:
            what = f"'{path}' is larger than {CAP:,} bytes"
            raise SetupError(Fault("H902", what, "Begin a new file for the next period."))
        _whole(file, more(os.pread(file, size, 0)), size)
        os.fsync(file)
    finally:
        os.close(file)


def _whole(file: int, data: bytes, size: int) -> None:
    try:
        done = 0
        while done < len(data):
            done += os.write(file, data[done:])
    except OSError:
        os.ftruncate(file, size)  # half a line would break the chain
        raise

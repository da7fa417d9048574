"""Public rolls in a folder: written once, whole or not at all; read as bytes.

Is trusted with nothing: whoever holds the folder can take a roll away, but not alter one unseen.
"""

import os
import tempfile
from pathlib import Path

from habeas.errors import Fault, RegisterError, SetupError
from habeas.register.public_roll import MOST_ROWS, ROW

CAP = MOST_ROWS * ROW


def rows(path: Path) -> bytes:
    """The bytes of a roll's .bin file.

    Raises:
        SetupError: H902.
    """
    try:
        if path.stat().st_size > CAP:
            fix = "Name the .bin file of a roll."
            raise SetupError(Fault("H902", f"'{path}' is larger than {CAP:,} bytes", fix))
        return path.read_bytes()
    except OSError as error:
        fix = "Name a file that exists."
        raise SetupError(Fault("H902", f"'{path}' cannot be read", fix)) from error


def read(folder: Path, name: str) -> bytes | None:
    """A file of the folder; None where there is none."""
    path = folder / name
    return path.read_bytes() if path.exists() else None


def create(folder: Path, name: str, data: bytes) -> None:
    """Add a file, on disk as a whole before it has its name.

    Raises:
        RegisterError: H589, when the name is taken; the file there stays as it was.
    """
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".roll-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)  # a public file
        (folder / name).hardlink_to(temporary)  # unlike a rename, it never replaces
    except FileExistsError as error:
        what = f"the file {name} of a public roll is already there"
        raise RegisterError(
            Fault("H589", what, "A roll is built once; a correction is the next issue.")
        ) from error
    finally:
        Path(temporary).unlink(missing_ok=True)
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

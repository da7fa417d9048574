"""What lies beside a register for its gateway: the log of reads, and the installation's secret.

The secret is trusted with who read whom: whoever holds it and the log of reads can try every
register number and every office. It opens no event.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from habeas.adapters import modes, register_files
from habeas.adapters.register_files import TRUST, Register
from habeas.errors import Fault, SetupError

READS, SECRET = "reads", "installation.key"
BYTES = 32
OTHERS = 0o077


def private(register: Path) -> Path:
    """The folder of a register, which nobody but its owner, and the group it names, may enter.

    Raises:
        SetupError: H915.
    """
    folder = register.absolute().parent
    if folder.stat().st_mode & (0o007 if modes.shared(folder) else OTHERS):
        fix = f"Close it: chmod 700 {folder}, or 3770 to share it with the web's group."
        raise SetupError(Fault("H915", f"others may enter the folder '{folder}'", fix))
    return folder


@contextmanager
def reads(
    register: Path, trust_text: Callable[[], str], chance: Callable[[int], bytes]
) -> Iterator[Register]:
    """The log of reads of a register, made where there is none.

    Args:
        register: the register's file.
        trust_text: the trust file of a new log of reads.
        chance: draws keys and salts.
    """
    folder = register.with_name(READS)
    path = folder / "register.sqlite3"
    if not path.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.joinpath(TRUST).write_text(trust_text())
        with register_files.made(path, chance):
            pass
    with register_files.opened(path, chance) as found:
        yield found


def secret(register: Path, chance: Callable[[int], bytes]) -> bytes:
    """The secret of an installation, drawn where there is none.

    Raises:
        SetupError: H915, when the file holds none.
    """
    path = register.with_name(SECRET)
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(chance(BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    try:
        found = bytes.fromhex(path.read_text().strip())
    except ValueError:
        found = b""
    if len(found) != BYTES:
        fix = "Restore it: pseudonyms under another would not be those of before."
        raise SetupError(Fault("H915", f"'{path}' holds no secret of {BYTES} bytes", fix))
    return found


def unusable(keys: Iterable[Path]) -> list[Fault]:
    """A fault for each file of a signing key that is not there, or that others may read."""
    there, faults = [], []
    for path in keys:
        if path.is_file() and os.access(path, os.R_OK):
            there.append(path)
        else:
            fix = "Put it there, readable by the gateway's user alone, or correct the setting."
            faults.append(Fault("H959", "there is no key file that can be read", fix, str(path)))
    return faults + modes.open_keys(there)


def unusable_in(folder: Path) -> list[Fault]:
    """The same of a folder of officers' keys."""
    if not folder.is_dir():
        fix = "Make it, with mode 700, or write 'agent' where an ssh agent holds the keys."
        return [Fault("H959", "there is no folder of officers' keys", fix, str(folder))]
    return unusable(sorted(folder.glob("*.key")))

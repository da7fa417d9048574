"""Who on this machine may open a file of an installation: its owner, and where it says so, a group.

A folder that carries the set-group-ID and the sticky bit (`chmod 3770`) is shared with its group:
the gateway owns it, and the web, under another user of that group, reads there what pages are made
of and writes what is its own. Signing keys stay their owner's alone either way.

Is trusted with nothing: it says what the system then enforces.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from habeas.errors import Fault

ROOT = 0
SHARED = stat.S_ISGID | stat.S_ISVTX


def shared(folder: Path) -> bool:
    """Whether a folder is shared with its group."""
    return folder.stat().st_mode & SHARED == SHARED


def read_by_web(folder: Path) -> int:
    """The mode of a file that the web reads."""
    return 0o640 if shared(folder) else 0o600


def written_by_web(folder: Path) -> int:
    """The mode of a file, or socket, that the web writes too."""
    return 0o660 if shared(folder) else 0o600


def open_keys(paths: Iterable[Path]) -> list[Fault]:
    """A fault for each file of keys that somebody else may read or change.

    A file of root that is given to this process through its group, as Kubernetes mounts secrets,
    may be read by that group.
    """
    faults = []
    for path in paths:
        found = path.stat()
        given = found.st_uid == ROOT != os.geteuid()
        if stat.S_IMODE(found.st_mode) & (0o037 if given else 0o077):
            what = "others than its owner may read or change this file of keys"
            faults.append(Fault("H960", what, f"Close it: chmod 600 {path}", str(path)))
    return faults

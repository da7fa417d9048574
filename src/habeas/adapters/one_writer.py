"""The right to write a register: one process at a time holds it, for as long as it writes.

Is trusted among processes of good will: it stops an accident. Two that write all the same do not
corrupt a log: the store refuses the batch that does not start where the log ends (H565).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from habeas.errors import Fault, SetupError

LOCK = "gateway.lock"


@contextmanager
def held(register: Path) -> Iterator[None]:
    """Hold the right to write; the system gives it back when the process ends, however it ends.

    Raises:
        SetupError: H908, when another process holds it.
    """
    path = register.with_name(LOCK)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            fix = "Wait until it is done, or stop it: a register has one writer."
            what = "another process writes this register"
            raise SetupError(Fault("H908", what, fix, str(register))) from error
        yield
    finally:
        os.close(file)

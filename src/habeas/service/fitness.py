"""Whether a gateway may write now: its clock has not gone back, and its disk has room.

Rules
- Nothing is recorded or signed by a clock that is more than five minutes behind what this log has
  recorded, or a witness cosigned (H963): a court would read an order of instants that never was.
- A clock that is ahead cannot be told from a quiet day by the log alone: what a witness states when
  it cosigns can, and the difference is told. It stops nothing.
- No event is taken while the disk has less room than is kept in reserve (H964): the reserve is for
  the log of reads, without which nothing may be shown of anybody.

Neither ends a gateway: it refuses, and goes on once the clock or the disk is mended.
"""

import errno
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from habeas.errors import Fault, SetupError
from habeas.register.checkpoint import read_note, time_of
from habeas.register.store import Store
from habeas.service import head

SLACK = timedelta(minutes=5)  # as for an event's own instant (H535)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Fitness:
    """What a gateway remembers of instants, and whom it asks for room."""

    def __init__(self, store: Store, room: Callable[[], bool]) -> None:
        known = [found] if (found := head.newest(store, store.size())) else []
        self._room, self._latest = room, max([*known, *cosigned(head.note(store))], default=None)

    def sign(self, at: datetime) -> None:
        """Refuse to sign by a clock that went back.

        Raises:
            SetupError: H963.
        """
        if self._latest is not None and at < self._latest - SLACK:
            behind = int((self._latest - at).total_seconds())
            what = f"the clock is {behind:,} seconds behind what was recorded or cosigned before"
            fix = "Set this machine's clock; nothing is recorded or signed until then."
            raise SetupError(Fault("H963", what, fix))
        self._latest = at if self._latest is None else max(self._latest, at)

    def write(self, at: datetime) -> None:
        """Refuse an event that comes while it may not be written.

        Raises:
            SetupError: H963 for the clock, H964 for the disk.
        """
        self.sign(at)
        if not self._room():
            raise full()


def full() -> SetupError:
    """There is no room; nothing was kept."""
    what = "the disk has no room for more: nothing of this was recorded"
    fix = "Free the disk; then send the same again. What was recorded before is whole."
    return SetupError(Fault("H964", what, fix))


def unwritten(error: OSError) -> SetupError | None:
    """A refusal for a file that could not be written for lack of room; None for another reason."""
    return full() if error.errno in FULL else None


def cosigned(note: str) -> list[datetime]:
    """When the witnesses of a checkpoint say that they cosigned it, UTC; of the log's own none."""
    if not note:
        return []
    read = read_note(note)
    return [
        datetime.fromtimestamp(time_of(line), UTC)
        for line in read.lines
        if line.name != read.checkpoint.origin
    ]


def ahead_s(note: str, at: datetime) -> int:
    """By how many seconds a clock is ahead of the witness that differs most; 0 without one."""
    found = [int((at - one).total_seconds()) for one in cosigned(note)]
    return max(found, key=abs, default=0)

"""Whether a log's latest checkpoint is one, and how old it is; nothing is signed here."""

from datetime import datetime

from habeas.errors import RegisterError
from habeas.register.checkpoint import read_note
from habeas.register.keys import Trust
from habeas.register.store import Store
from habeas.register.tiles import TileTree

LOOKED = 1024  # leaves: more pads than this never lie one after the other


def newest(store: Store, size: int) -> datetime | None:
    """When the newest event among the first leaves was recorded, UTC; None where none is near.

    Pads are recorded at no instant.
    """
    return max(store.recorded(range(max(0, size - LOOKED), size)).values(), default=None)


def note(store: Store) -> str:
    """The latest checkpoint with its cosignatures; empty before the first."""
    latest = store.latest()
    return latest[1] if latest else ""


def holds(store: Store, trust: Trust) -> bool:
    """Whether the latest checkpoint is signed by the trusted log, and is that of its leaves.

    A log that has published nothing yet holds.
    """
    latest = store.latest()
    if latest is None:
        return True
    try:
        note = read_note(latest[1])
        trust.policy.cosigners(note)
        point = note.checkpoint
        return point.size <= store.size() and TileTree(store).root(point.size) == point.root
    except RegisterError:
        return False


def age_s(store: Store, now: datetime) -> int:
    """Seconds since the newest entry under the latest checkpoint was recorded; -1: none is."""
    latest = store.latest()
    found = newest(store, latest[0] if latest else 0)
    return -1 if found is None else int((now - found).total_seconds())

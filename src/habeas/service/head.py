"""Whether a log's latest checkpoint is one, and how old it is; nothing is signed here."""

from datetime import datetime

from habeas.errors import RegisterError
from habeas.register.checkpoint import read_note
from habeas.register.keys import Trust
from habeas.register.store import Store
from habeas.register.tiles import TileTree


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
    size = latest[0] if latest else 0
    found = store.recorded([size - 1]).get(size - 1) if size else None
    return -1 if found is None else int((now - found).total_seconds())

"""One round of the feed: what the peer published is taken, what it cosigned is kept.

Rules
- Nothing is judged here: the gateway verifies whatever it is handed, and refuses it whole.
- A round that was cut short anywhere is begun anew: every step is idempotent.
- A push is a kindness: the peer would pull the same bytes. Where it is lost, nothing is.

Source: docs/spec/feed.md.
"""

from dataclasses import dataclass
from typing import Protocol

from habeas.errors import HabeasError
from habeas.register.checkpoint import read_note
from habeas.service import feed_asks
from habeas.service.asking import Caller, Found

PARTS = 64  # of one round: 4 million leaves; what is more comes with the next


class Peer(Protocol):
    """A way to the other state's installation. Its answers are not trusted."""

    def publication(self, after: int) -> str:
        """What it published after a size; empty where it has published nothing."""
        ...

    def shown(self, role: str, origin: str) -> str:
        """The note of a log that it has cosigned as "witness" or "mirror"; empty: it has none."""
        ...

    def push(self, text: str) -> None:
        """Hand it a publication of the own log."""
        ...


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    added: int = 0  # leaves of the peer's log that the mirror got
    size: int = 0  # leaves of the peer's log that the mirror holds
    cosigned: int = 0  # new lines of the peer under the own log
    pushed: int = 0  # parts of the own log that were handed over
    bytes: int = 0  # that came and went


class Feeder:
    """Goes rounds with one peer; remembers what was the same last time, and saves the asking."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._seen = ("", "")  # the last renewal, and the last note of the peer's mirror

    def round(self, caller: Caller) -> Round:
        """Pull, take, fetch the mirror's note of the own log, and push where it is behind.

        Raises:
            HabeasError: H859, when the peer is away; what the gateway refuses of what it sent.
        """
        stands = caller.ask(feed_asks.Feed())
        pulled = self.pull(caller, int(stands["mirror"]["size"]))
        told = self._cosigned(caller, stands)
        return Round(
            pulled.added, pulled.size, told.cosigned, told.pushed, pulled.bytes + told.bytes
        )

    def pull(self, caller: Caller, size: int) -> Round:
        """Take what the peer has published since a size, part by part."""
        start, count = size, 0
        for _ in range(PARTS):
            text = self._peer.publication(size)
            count += len(text)
            if text in {"", self._seen[0]}:
                break
            found = caller.ask(feed_asks.TakePublication(text))
            size = int(found["size"])
            if found["whole"]:
                self._seen = (text if not found["added"] else "", self._seen[1])
                break
        return Round(size - start, size, bytes=count)

    def _cosigned(self, caller: Caller, stands: Found) -> Round:
        own = stands["own"]
        note = self._peer.shown("mirror", str(own["origin"]))
        lines = 0
        if note and note != self._seen[1]:
            lines = int(caller.ask(feed_asks.TakeCosigned(note))["added"])
            self._seen = (self._seen[0], note)
        size = read_note(note).checkpoint.size if note else 0
        pushed = self.push(caller, size) if size < int(own["published"]) else Round()
        return Round(cosigned=lines, pushed=pushed.pushed, bytes=len(note) + pushed.bytes)

    def push(self, caller: Caller, size: int) -> Round:
        """Hand the peer what was published of the own log since a size, part by part."""
        parts = count = 0
        for _ in range(PARTS):
            found = caller.ask(feed_asks.Publication(size))
            text = str(found["publication"])
            try:
                self._peer.push(text)
            except HabeasError:
                break
            parts, count, size = parts + 1, count + len(text), int(found["to"])
            if not found["more"]:
                break
        return Round(pushed=parts, bytes=count)

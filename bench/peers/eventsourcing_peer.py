"""eventsourcing on SQLite: one aggregate event a save, and its recorder's batched insert.

It checks no signature, seals nothing, keeps no tree and signs no checkpoint.
"""

import os
import sys
import uuid
from importlib.metadata import version
from pathlib import Path

os.environ["PERSISTENCE_MODULE"] = "eventsourcing.sqlite"
os.environ["SQLITE_DBNAME"] = sys.argv[1]

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import StoredEvent

from bench.peers.answers import cpu, serve

BATCH = 256


class Told(Aggregate):
    """One event of a register as an aggregate of its own."""

    @event("Told")
    def __init__(self, body: str) -> None:
        self.body = body


class Recorded:
    """An application over one file."""

    def __init__(self) -> None:
        self.application = Application[uuid.UUID]()

    def save(self, path: str) -> float:
        """CPU seconds an event, for the bodies that a file holds, a line each."""
        bodies = Path(path).read_text().splitlines()
        before = self._count()
        begun = cpu()
        for body in bodies:
            self.application.save(Told(body))
        spent = cpu() - begun
        self._same(before, bodies)
        return spent / len(bodies)

    def insert(self, path: str) -> float:
        """The same for bare rows, 256 in a transaction: no aggregate, no serialising."""
        bodies = Path(path).read_bytes().splitlines()
        before = self._count()
        begun = cpu()
        for start in range(0, len(bodies), BATCH):
            rows = [
                StoredEvent(uuid.uuid4(), 1, "told", body) for body in bodies[start : start + BATCH]
            ]
            self.application.recorder.insert_events(rows)
        spent = cpu() - begun
        assert self._count() == before + len(bodies)
        return spent / len(bodies)

    def _count(self) -> int:
        return self.application.recorder.max_notification_id() or 0

    def _same(self, before: int, bodies: list[str]) -> None:
        kept = [
            self.application.mapper.to_domain_event(one).body
            for one in self.application.recorder.select_notifications(before + 1, len(bodies))
        ]
        assert kept == bodies


if __name__ == "__main__":
    ours = Recorded()
    serve(
        {
            "version": lambda _: f"eventsourcing {version('eventsourcing')}",
            "save": ours.save,
            "insert": ours.insert,
        }
    )

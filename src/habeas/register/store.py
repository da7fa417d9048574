"""What a log asks of the place where it lies: one contract for every store.

Rules
- One transaction holds rows, sections, tiles and checkpoint of a batch, or none of them.
- The index has no gap; an event id, and a person's custody number, stand once.
- Rows, sections, tiles, checkpoints, cosignatures and evidence are appended, never changed.
- A batch says at which size it starts: where the store has another, it was written by somebody
  else meanwhile, and nothing is written (H565).

A store is not trusted for history: whoever changes a row is found by verification. It is trusted
for availability. Source: docs/spec/event.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from habeas.register.events import Row
from habeas.register.sealed import SealedSection
from habeas.register.tiles import Tile


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything that is written in one transaction."""

    start: int  # the size of the log before it
    rows: Sequence[Row]
    recorded_at: datetime  # UTC; kept beside the rows, proven by nothing
    sections: Sequence[SealedSection] = ()
    tiles: Sequence[Tile] = ()  # those that these rows fill
    checkpoint: tuple[int, str] | None = None  # size and note


class Store(Protocol):
    """Where a log's rows lie."""

    def size(self) -> int:
        """Number of leaves committed."""
        ...

    def rows(self, start: int = 0, end: int | None = None) -> Iterator[Row]:
        """The rows [start, end) in order; to the last where `end` is None."""
        ...

    def administrative(self, kinds: Sequence[str]) -> Iterator[Row]:
        """The rows of some kinds of event that are about no person, in order."""
        ...

    def of_person(self, subject: str) -> Iterator[Row]:
        """A person's rows in order."""
        ...

    def by_ids(self, event_ids: Iterable[str]) -> dict[str, Row]:
        """The rows of those event ids that are there."""
        ...

    def heads(self, subjects: Iterable[str]) -> dict[str, tuple[int, bytes]]:
        """Latest custody number and its entry, of those persons who have one."""
        ...

    def persons(self, subjects: Iterable[str]) -> set[str]:
        """Those persons of whom there is any event."""
        ...

    def entries(self, start: int, end: int) -> list[bytes]:
        """The entries [start, end), as far as they are there."""
        ...

    def tile(self, level: int, n: int) -> bytes | None:
        """A full tile of 256 hashes; None where there is none."""
        ...

    def sections(self, index: int) -> list[SealedSection]:
        """The sections of one event."""
        ...

    def checkpoints(self) -> list[tuple[int, str]]:
        """Size and note of every checkpoint with the cosignatures so far, smallest first."""
        ...

    def latest(self) -> tuple[int, str] | None:
        """The largest checkpoint, with its cosignatures; None before the first."""
        ...

    def write(self, batch: Batch) -> None:
        """Commit a batch.

        Raises:
            RegisterError: H563, when the store refuses it; H565, when it does not start there.
        """
        ...

    def cosign(self, size: int, lines: Sequence[str]) -> None:
        """Keep cosignature lines of a checkpoint; those that are there already stay."""
        ...

    def recorded(self, indexes: Iterable[int]) -> dict[int, datetime]:
        """When some events were recorded, UTC, as the sequencer stamped it."""
        ...

    def keep_evidence(self, at: datetime, what: str, data: bytes) -> None:
        """Keep something that was refused and may be needed to show why."""
        ...

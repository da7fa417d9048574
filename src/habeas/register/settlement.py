"""Settlement: how an event that two installations share stands between their two logs.

Rules
- An event is settled where the same entry is proven in both logs, each time under a checkpoint that
  meets the quorum of that log's own policy. Whoever says so must show both proofs.
- A policy that asks for no witness never counts as published: its log may show two histories.
- States go forward only (`MAY_FOLLOW`); what was overdue or disputed may still be settled.
- Each change is kept with its time, and never altered.

Pure: what is known comes in, what it means goes out. Source: docs/spec/feed.md.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from habeas.terms import Settlement

HOURS = 24  # in which an event shall be settled, where the agreement says nothing
S = Settlement
_END = frozenset({S.SETTLED, S.OVERDUE, S.DISPUTED})
MAY_FOLLOW: Mapping[Settlement, frozenset[Settlement]] = {
    S.NOT_APPLICABLE: frozenset(S) - {S.NOT_APPLICABLE},
    S.DRAFT: frozenset({S.LOGGED, S.PUBLISHED, S.MIRRORED}) | _END,
    S.LOGGED: frozenset({S.PUBLISHED, S.MIRRORED}) | _END,
    S.PUBLISHED: frozenset({S.MIRRORED}) | _END,
    S.MIRRORED: _END,
    S.OVERDUE: frozenset({S.SETTLED, S.DISPUTED}),
    S.DISPUTED: frozenset({S.SETTLED}),
    S.SETTLED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one event that is shared."""

    own_index: int | None  # None: it stands in no log of ours
    own_published: bool | None  # under our quorum; None: our policy asks for no witness
    mirrored: bool  # under a checkpoint that the peer's mirror cosigned
    peer_index: int | None  # None: the mirrored log does not have the entry
    peer_published: bool  # under the peer's quorum
    due: datetime
    now: datetime
    disputed: bool = False


def stand(facts: Facts) -> Settlement:
    """The state that the facts alone show; what may follow what is not asked here."""
    both = facts.peer_index is not None and facts.peer_published
    told = (
        (S.DISPUTED, facts.disputed),
        (S.DRAFT, facts.own_index is None),
        (S.LOGGED, facts.own_published is None),
        (S.SETTLED, facts.own_published is True and both),
        (S.OVERDUE, facts.now >= facts.due),
        (S.MIRRORED, facts.mirrored),
        (S.PUBLISHED, facts.own_published is True),
    )
    return next((state for state, holds in told if holds), S.LOGGED)


def follows(before: Settlement, facts: Facts) -> Settlement:
    """The state after one: what the facts show where it may follow, else the one before."""
    found = stand(facts)
    return found if found in MAY_FOLLOW[before] else before


@dataclass(frozen=True, slots=True)
class Change:
    """One event and its state from some time on."""

    event_id: str
    entry: bytes
    state: Settlement
    at: datetime  # UTC; when this installation came to know
    since: datetime  # UTC; when the event was recorded in the own log
    due: datetime
    own_index: int
    peer_index: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far both logs were looked through, and how far each is covered; numbers of leaves."""

    own: int = 0  # of the own log: below it, every shared event is kept
    peer: int = 0  # of the mirror: below it, every entry was looked for among those kept
    published: int = 0  # of the own log, under its quorum
    mirrored: int = 0  # of the own log, under a line of the peer's mirror
    peer_published: int = 0  # of the mirror, under the peer's quorum


class SettlementLedger(Protocol):
    """Where the states of shared events lie. What is lost of it is computed again, but the times.

    Each call is one transaction.
    """

    def kept(self, event_ids: Collection[str]) -> dict[str, Change]:
        """The latest change of those that are there; an event without one is not applicable."""
        ...

    def at(self, indexes: Collection[int]) -> dict[int, Change]:
        """The latest change of events at some places of the own log, of those that are there."""
        ...

    def changes(self, after: int = 0) -> Iterator[Change]:
        """Every change in order, without the first `after`."""
        ...

    def keep(self, changes: Sequence[Change], reach: Reach | None = None) -> None:
        """Keep changes, and how far the logs were looked through."""
        ...

    def reach(self) -> Reach:
        """How far the logs were looked through."""
        ...

    def unseen(self, entries: Collection[bytes]) -> list[Change]:
        """The latest change of events with those entries that the mirror did not have."""
        ...

    def moved(self, reach: Reach, now: datetime, after: int, limit: int) -> list[Change]:
        """The latest change of events whose state may be another by now, some at a time.

        Args:
            reach: how far the logs are covered now.
            now: UTC.
            after: only those of a larger index in the own log.
            limit: how many at most, by index.
        """
        ...

    def acknowledge(self, text: str) -> None:
        """Keep the peer's signed word of how much it took in, in the place of the one before."""
        ...

    def acknowledgement(self) -> str | None:
        """The one kept last; None before the first."""
        ...

    def counts(self) -> dict[Settlement, int]:
        """How many events stand in each state."""
        ...

    def listed(self, state: Settlement | None, limit: int) -> list[Change]:
        """The latest changes of one state, or of all; by index in the own log."""
        ...

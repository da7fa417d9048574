"""What waits outside of a log: drafts, what goes between two logs, and what strangers asked.

Rules
- A draft is sealed under its person's key like an event of the log: whoever destroys that key
  destroys the draft too.
- What `keep` was given is durable before it returns.

Source: docs/spec/gateway.md; docs/spec/message.md.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Protocol

from habeas.register.events import Row
from habeas.register.sealed import SealedSection


@unique
class DraftState(StrEnum):
    """How a draft stands that is in no log."""

    WAITING = "waiting"  # for signatures, or for its place in the log
    VOID = "void"  # it may no longer follow what the register holds
    DROPPED = "dropped"  # one of those who sign has withdrawn it


@dataclass(frozen=True, slots=True)
class Draft:
    """An act of which some actors have signed, and others may not have."""

    row: Row  # sealed; its signature block holds the signatures so far, its index is -1
    agreement: str
    sending: str
    receiving: str
    since: str  # RFC 3339
    state: DraftState = DraftState.WAITING
    why: str = ""  # why it is void, or was dropped
    sections: tuple[SealedSection, ...] = ()


@dataclass(frozen=True, slots=True)
class Correspondence:
    """How far two installations have told each other what they share; sizes of logs."""

    acked: int = 0  # of the own log: what the peer says it has taken in
    looked: int = 0  # of the own log: below it, and from `acked` on, nothing concerns the peer
    received: int = 0  # of the peer's log: what was taken in without a gap
    owes: bool = False  # the peer does not know yet what was received
    origin: str = ""  # of the peer's log; empty before its first message
    withdrawn: int = 0  # drafts of which the peer was told that they were dropped


class Waiting(Protocol):
    """Where drafts and the state of a correspondence lie."""

    def draft(self, event_id: str) -> Draft | None:
        """A draft by its event's id; None where there is none."""
        ...

    def drafts(self) -> list[Draft]:
        """Every draft, oldest first."""
        ...

    def keep(self, draft: Draft) -> None:
        """Keep a draft, in the place of the one of the same id."""
        ...

    def forget(self, event_id: str) -> None:
        """Forget a draft: it stands in the log, or can no longer be read."""
        ...

    def correspondence(self, peer: str) -> Correspondence:
        """How the exchange with a peer stands."""
        ...

    def correspond(self, peer: str, stands: Correspondence, came: Collection[str] = ()) -> None:
        """Keep how the exchange stands, and which event ids came from the peer."""
        ...

    def came(self, peer: str, event_ids: Collection[str]) -> set[str]:
        """Those event ids that came from a peer."""
        ...

    def parked(self, peer: str | None) -> list[Row]:
        """Events of a peer, or of all, that the register has refused so far, as they came."""
        ...

    def park(self, peer: str, row: Row) -> bool:
        """Keep a refused event, sealed; returns whether it was not there yet."""
        ...

    def unpark(self, peer: str, event_ids: Collection[str]) -> None:
        """Forget refused events: they stand in the log now."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """A request without a token that a person decides; what was asked is gone once it is."""

    reference: str
    sealed: bytes  # to the gateway's key; empty once it is decided
    day: str  # on which it came
    decided: str = ""  # the day; empty while it waits
    outcome: str = ""  # granted or refused; empty while it waits
    reason: str = ""
    authority: str = ""  # whose officer decided


@dataclass(frozen=True, slots=True)
class Answers:
    """A day's sealed answers for tokens, and the secret of the dummies beside them."""

    day: date
    secret: bytes
    stored: Mapping[bytes, bytes]  # by lookup hash


class Letterbox(Protocol):
    """Where requests of strangers lie until a gateway takes them."""

    def received(self) -> dict[str, int]:
        """How many were put in, by day."""
        ...

    def waiting(self) -> Iterator[tuple[bytes, bytes]]:
        """Every request that nobody has taken: its place, and its sealed bytes."""
        ...

    def forget(self, places: Collection[bytes]) -> None:
        """Forget requests that were taken."""
        ...

    def stand(self, place: bytes, found: Standing) -> bool:
        """Let a request wait for a person; False where too many do: it stays where it is."""
        ...

    def standing(self) -> list[Standing]:
        """Every request that a person decides or has decided, by day."""
        ...

    def decide(self, found: Standing) -> bool:
        """Keep a decision; False where none of that reference waits."""
        ...

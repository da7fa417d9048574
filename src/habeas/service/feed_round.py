"""One round of the feed: what the peer published is taken, what it cosigned is kept.

Rules
- Nothing is judged here: the gateway verifies whatever it is handed, and refuses it whole.
- A round that was cut short anywhere is begun anew: every step is idempotent.
- A push is a kindness: the peer would pull the same bytes. Where it is lost, nothing is.

Source: docs/spec/feed.md.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from habeas.errors import HabeasError, RegisterError
from habeas.register.checkpoint import cosignature_key, read_note
from habeas.register.signing import Signer
from habeas.register.witness import origin_digest
from habeas.service import feed_asks, mirror
from habeas.service.asking import Caller, Found
from habeas.service.feed_asks import Cosigner

ROLES: tuple[Cosigner, ...] = ("mirror", "witness")
ELSEWHERE = "H935"  # leaves that do not lead to the checkpoint that they came with
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


def _taken(caller: Caller, text: str) -> Found:
    return caller.ask(feed_asks.TakePublication(text))


class Feeder:
    """Goes rounds with one peer; remembers what was the same last time, and saves the asking."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._renewal = ""  # the last publication that brought nothing new
        self._seen = dict[str, str]()  # the last note of each of the peer's cosigners

    def round(self, caller: Caller) -> Round:
        """Pull, take, fetch the mirror's note of the own log, and push where it is behind.

        Raises:
            HabeasError: H859, when the peer is away; what the gateway refuses of what it sent.
        """
        stands = caller.ask(feed_asks.Feed())
        there = stands["mirror"]
        try:
            pulled = self._pull(caller, int(there["size"]))
        except RegisterError as error:
            if error.code == ELSEWHERE and not there["split"]:
                take = partial(_taken, caller)
                mirror.pursue(int(there["size"]), self._peer.publication, take)
            raise
        told = self._cosigned(caller, stands)
        return Round(
            pulled.added, pulled.size, told.cosigned, told.pushed, pulled.bytes + told.bytes
        )

    def _pull(self, caller: Caller, size: int) -> Round:
        """Take what the peer has published since a size, part by part."""
        start, count = size, 0
        for _ in range(PARTS):
            text = self._peer.publication(size)
            count += len(text)
            if text in {"", self._renewal}:
                break
            found = _taken(caller, text)
            size = int(found["size"])
            if found["whole"]:
                self._renewal = "" if found["added"] else text
                break
        return Round(size - start, size, bytes=count)

    def _cosigned(self, caller: Caller, stands: Found) -> Round:
        own, lines, count, held = stands["own"], 0, 0, 0
        for role in ROLES:
            note = self._peer.shown(role, str(own["origin"]))
            count += len(note)
            if note and note != self._seen.get(role):
                lines += int(caller.ask(feed_asks.TakeCosigned(note))["added"])
                self._seen[role] = note
            if note and role == "mirror":
                held = read_note(note).checkpoint.size
        pushed = self._push(caller, held) if held < int(own["published"]) else Round()
        return Round(cosigned=lines, pushed=pushed.pushed, bytes=count + pushed.bytes)

    def push_all(self, caller: Caller) -> Round:
        """Hand the peer what was published of the own log and its mirror does not hold yet.

        Raises:
            HabeasError: H859, when the peer is away or refuses it.
        """
        own = caller.ask(feed_asks.Feed())["own"]
        note = self._peer.shown("mirror", str(own["origin"]))
        held = read_note(note).checkpoint.size if note else 0
        return self._push(caller, held, kind=False)

    def _push(self, caller: Caller, size: int, *, kind: bool = True) -> Round:
        count = parts = 0
        for start, end, text in publications(caller, size):
            try:
                self._peer.push(text)
            except HabeasError:
                if kind:
                    break
                raise
            parts, count = parts + (end > start), count + len(text)
        return Round(pushed=parts, bytes=count)


def publications(caller: Caller, after: int) -> Iterator[tuple[int, int, str]]:
    """What was published of the own log after a size: from, to, and text of each part.

    In the end the largest checkpoint that met the quorum, where one was published since: whoever
    has files alone would else never see one whose cosignatures had come back.
    """
    for _ in range(PARTS):
        found = caller.ask(feed_asks.Publication(after))
        end = int(found["to"])
        yield after, end, str(found["publication"])
        after = end
        if not found["more"]:
            break
    met = int(caller.ask(feed_asks.Feed())["own"]["witnessed"])
    if 0 < met < after:
        yield met, met, str(caller.ask(feed_asks.Publication(met, met=True))["publication"])


def notes(caller: Caller) -> dict[str, str]:
    """What was cosigned here of the peer's log, by role; a role without any is left out."""
    digest = origin_digest(str(caller.ask(feed_asks.Feed())["mirror"]["origin"]))
    found = dict[str, str]()
    for role in ROLES:
        with suppress(RegisterError):
            found[role] = str(caller.ask(feed_asks.Shown(role, digest))["note"])
    return found


@dataclass(frozen=True, slots=True)
class Cosigners:
    """With which keys an installation cosigns the other state's log."""

    origin: str  # of its own log
    keys: Mapping[str, Signer]  # by role
    address: str = ""  # of the installation; empty: each policy names a way of its own


def vkeys(found: Cosigners, name: str) -> list[str]:
    """The lines by which the other log's policy names them.

    Args:
        found: the cosigners.
        name: what stands before each role in the policy's own names.
    """
    lines = list[str]()
    for role, one in found.keys.items():
        key = cosignature_key(f"{found.origin}/{role}", one.public()).vkey()
        way = f"{found.address.rstrip('/')}/peer/v1/{role}" if found.address else ""
        lines.append(f"witness {name}-{role} {key} {way}".rstrip())
    return lines

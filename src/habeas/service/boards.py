"""Manifests as people read them: who was listed, boarded, arrived, was refused or came extra.

A difference is open while somebody who boarded is not accounted for, or arrived under another
line. Each direction's last manifest is the one under which somebody boarded last: while it is open
nobody departs in that direction under another. The gateway judges the same from the register
(`service.manifests`); this is what a page says of it, of those whom its reader may see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from habeas.terms import EventKind


@unique
class Fate(StrEnum):
    """What became of one line of a manifest."""

    LISTED = "listed"
    BOARDED = "boarded"
    ARRIVED = "arrived"
    REFUSED = "refused"
    LOST = "lost"  # died or escaped on the way


@dataclass(frozen=True, slots=True)
class Line:
    """One person on one manifest. An instant is None where that did not happen, UTC."""

    manifest: str
    line: int
    subject: str
    route: str
    listed: datetime | None
    boarded: datetime | None
    arrived: datetime | None
    refused: datetime | None
    arrived_line: int | None
    side: str = ""  # of the state that they left; empty before anybody boarded
    ended_by: str = ""  # kind of the event that ended the way; empty while it lasts

    @property
    def fate(self) -> Fate:
        """What became of it last."""
        if self.arrived is not None:
            return Fate.ARRIVED
        if self.refused is not None:
            return Fate.REFUSED
        if self.ended_by in {EventKind.DIED, EventKind.ESCAPED}:
            return Fate.LOST
        return Fate.LISTED if self.boarded is None else Fate.BOARDED

    @property
    def moved(self) -> bool:
        """Whether the person arrived under another line than boarded."""
        return self.arrived_line is not None and self.arrived_line != self.line

    @property
    def open(self) -> bool:
        """Whether the line keeps a difference open."""
        return self.fate is Fate.BOARDED or self.moved


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everybody on one manifest, by line."""

    number: str
    lines: tuple[Line, ...]

    @property
    def open(self) -> tuple[Line, ...]:
        """The lines that keep it open."""
        return tuple(one for one in self.lines if one.open)

    @property
    def route(self) -> str:
        """From where to where, as whoever listed them wrote it; empty where nobody did."""
        return next((one.route for one in self.lines if one.route), "")

    @property
    def side(self) -> str:
        """Of the state that they left; empty before anybody boarded."""
        return next((one.side for one in self.lines if one.side), "")

    @property
    def departed(self) -> datetime | None:
        """When the last of them boarded; None before."""
        return max((one.boarded for one in self.lines if one.boarded), default=None)

    @property
    def latest(self) -> datetime | None:
        """When anything of it was last recorded; None where no instant is."""
        found = [
            at
            for one in self.lines
            for at in (one.listed, one.boarded, one.arrived, one.refused)
            if at is not None
        ]
        return max(found, default=None)

    def count(self, fate: Fate) -> int:
        """How many lines ended so."""
        return sum(one.fate is fate for one in self.lines)

    @property
    def listed(self) -> int:
        """How many were listed, whatever became of them."""
        return sum(one.listed is not None for one in self.lines)

    @property
    def boarded(self) -> int:
        """How many boarded, whatever became of them."""
        return sum(one.boarded is not None for one in self.lines)

    @property
    def extra(self) -> frozenset[str]:
        """Who boarded without having been listed; on the way back nobody is listed beforehand."""
        if not self.listed:
            return frozenset()
        return frozenset(one.subject for one in self.lines if one.boarded and not one.listed)


def manifests(lines: Iterable[Line]) -> list[Manifest]:
    """Every manifest: those with an open difference first, then the latest."""
    found: dict[str, list[Line]] = {}
    for one in lines:
        found.setdefault(one.manifest, []).append(one)
    made = [
        Manifest(number, tuple(sorted(rows, key=lambda one: (one.line, one.subject))))
        for number, rows in found.items()
    ]
    made.sort(key=lambda one: one.number)
    made.sort(key=lambda one: one.latest.timestamp() if one.latest else 0.0, reverse=True)
    return sorted(made, key=lambda one: not one.open)


def frozen(found: Sequence[Manifest]) -> Mapping[str, Manifest]:
    """The manifest that keeps each direction from its next departure, by the state that they leave.

    A direction that nothing keeps is not in it.
    """
    last: dict[str, Manifest] = {}
    for one in found:
        if one.side and one.departed is not None:
            other = last.get(one.side)
            if other is None or other.departed is None or other.departed < one.departed:
                last[one.side] = one
    return {side: one for side, one in last.items() if one.open}

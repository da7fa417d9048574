"""The register's side of a reconciliation: pieces of custody, recounted under any rule.

A person's touching pieces are one custody period. The convention counts the period; a piece has
the days from its own first to the next one's, and the last piece of a day has that day. Blocks of
24 hours stand here on days that follow one another from the reception: their number is exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from habeas.claims.claim import Bools, Ints
from habeas.claims.rules import Rule
from habeas.custody.civil import EPOCH, SECONDS, clock
from habeas.errors import Fault, FeeError
from habeas.terms import Convention

PAST = "past_release_date"


@dataclass(frozen=True, slots=True)
class Piece:
    """Custody of one person in one place and status between two instants, half-open."""

    person: str
    facility: str
    status: str
    start: datetime  # UTC
    end: datetime  # UTC; while it lasts, the instant up to which the register is asked
    open: bool = False


@dataclass(frozen=True, slots=True)
class Custody:
    """Pieces of custody as columns, ordered by person and start, and how to count their days."""

    persons: tuple[str, ...]
    facilities: tuple[str, ...]
    statuses: tuple[str, ...]
    person: Ints
    facility: Ints
    status: Ints
    open: Bools
    start: Ints  # UTC seconds; civil days where `civil`
    end: Ints
    civil: bool = False  # only civil days are known

    def days(self, rule: Rule) -> tuple[Ints, Ints]:
        """The civil days [first, after) of each piece under a rule.

        Raises:
            FeeError: H714; H760 for a convention that cannot be counted.
            LawError: H711.
        """
        if not self.start.size:
            return self.start, self.end
        first, after = self._of_days(rule) if self.civil else self._of_instants(rule)
        return first + rule.shift, after + rule.shift

    def billed(self, rule: Rule) -> Bools:
        """Which pieces a rule bills."""
        kept = np.array([status in rule.billed for status in self.statuses], np.bool_)
        return kept[self.status] if self.status.size else np.zeros(0, np.bool_)

    def _of_days(self, rule: Rule) -> tuple[Ints, Ints]:
        match rule.convention:
            case Convention.MIDNIGHT:
                return self.start, self.end
            case Convention.CALENDAR:
                return self.start, self.end + 1
            case Convention.MIN1:
                return self.start, np.maximum(self.end, self.start + 1)
            case other:
                raise _uncountable(other, "civil days")

    def _of_instants(self, rule: Rule) -> tuple[Ints, Ints]:
        begins = np.flatnonzero(~self._goes_on())  # places of the first piece of each period
        ends = np.append(begins[1:], self.start.size) - 1
        low = int(self.start.min()) // SECONDS - 2
        there = clock(rule.zone, low, int(self.end.max()) // SECONDS + 3)
        first = there.place(self.start) + low
        received, left = self.start[begins], self.end[ends]
        match rule.convention:
            case Convention.MIDNIGHT:
                last = there.place(left) + low
            case Convention.CALENDAR:
                last = there.place(left - 1) + low + 1
            case Convention.MIN1:
                last = np.maximum(there.place(left) + low, first[begins] + 1)
            case Convention.BLOCK24:
                last = first[begins] - (received - left) // SECONDS
            case other:
                raise _uncountable(other, "a comparison of days")
        after = np.append(first[1:], 0)
        after[ends] = np.maximum(last, first[ends])
        return first, after

    def _goes_on(self) -> Bools:
        """Pieces that go on where the piece before them ended."""
        found = np.zeros(self.start.size, np.bool_)
        past = np.array([status == PAST for status in self.statuses], np.bool_)[self.status]
        # As on a bill: what lies past the release date takes no day from what lies before it.
        found[1:] = (
            (self.person[1:] == self.person[:-1])
            & (self.start[1:] == self.end[:-1])
            & (past[1:] == past[:-1])
        )
        return found


def _uncountable(convention: Convention, by: str) -> FeeError:
    what = f"'{convention.value}' cannot be counted by {by}"
    return FeeError(Fault("H760", what, "Give instants, or another convention."))


def of_pieces(pieces: Iterable[Piece]) -> Custody:
    """Custody out of pieces with instants, in any order."""
    kept = sorted(pieces, key=lambda one: (one.person, one.start, one.end))
    persons, person = _coded([one.person for one in kept])
    facilities, facility = _coded([one.facility for one in kept])
    statuses, status = _coded([one.status for one in kept])
    opened = np.array([one.open for one in kept], np.bool_)
    start, end = (
        np.array([int((at - EPOCH).total_seconds()) for at in ends], np.int64)
        for ends in ([one.start for one in kept], [one.end for one in kept])
    )
    return Custody(persons, facilities, statuses, person, facility, status, opened, start, end)


def _coded(values: list[str]) -> tuple[tuple[str, ...], Ints]:
    place = {name: number for number, name in enumerate(sorted(set(values)))}
    return tuple(place), np.array([place[value] for value in values], np.int64)

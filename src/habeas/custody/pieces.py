"""Columns of custody pieces: whole, open, late and withdrawn entries; one person in two places.

A correction is two entries, never an edit: the pieces of the old reading once more with the
multiplicity -1, and those of the new reading under a stay index of its own. What is counted is
linear in the entries, so their order, and where they were cut apart, never matters; `once` and
`overlaps` look at people, so they ask for all entries of a person at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from habeas.custody.civil import EPOCH, OPEN, SECONDS, Ints, clock
from habeas.custody.intervals import Interval
from habeas.errors import Fault, FeeError
from habeas.terms import Convention, Status

Key = tuple[str, Status]  # facility and status
Stay = tuple[str, str, str, int]  # subject, agreement, custodian, number
_Name = TypeVar("_Name", Key, Stay, str)
FIRST, LAST = -(1 << 33), (1 << 33) - 1  # instants of the years 1697 and 2242, in UTC seconds
INSTANTS = 1 << 34  # seconds between them, and more than the rows there are: people sort apart


@dataclass(frozen=True, slots=True)
class Pieces:
    """One piece of custody a row; all columns of one length."""

    person: NDArray[np.integer]  # index
    stay: NDArray[np.integer]  # index of the custody period, or of one reading of it
    key: NDArray[np.integer]  # index of whatever is counted apart
    start: Ints  # UTC seconds, inclusive
    end: Ints  # UTC seconds, exclusive; OPEN while it lasts
    multiplicity: NDArray[np.int8]  # 1; -1 takes a piece away again

    def __len__(self) -> int:
        return self.start.size

    def taken(self, rows: NDArray[np.bool_] | Ints) -> "Pieces":
        """Some of the rows."""
        return Pieces(
            self.person[rows],
            self.stay[rows],
            self.key[rows],
            self.start[rows],
            self.end[rows],
            self.multiplicity[rows],
        )

    def closed(self, as_of: int) -> "Pieces":
        """The pieces as far as an instant: later ones left out, those that last longer cut."""
        begun = self.taken(self.start < as_of)
        return replace(begun, end=np.minimum(begun.end, as_of))

    def withdrawn(self) -> "Pieces":
        """The entries that take these away."""
        return replace(self, multiplicity=(-self.multiplicity).astype(np.int8))


class Sound(NamedTuple):
    """Pieces that can be counted, and how many rows could not."""

    pieces: Pieces
    refused: int  # that end before they start
    empty: int  # of no length


def together(parts: Sequence[Pieces]) -> Pieces:
    """The entries of several columns as one."""
    return Pieces(
        np.concatenate([part.person for part in parts]),
        np.concatenate([part.stay for part in parts]),
        np.concatenate([part.key for part in parts]),
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
        np.concatenate([part.multiplicity for part in parts]),
    )


def sound(pieces: Pieces) -> Sound:
    """Set apart what ends before it starts, and what has no length; nothing is repaired."""
    refused = int(np.count_nonzero(pieces.end < pieces.start))
    empty = int(np.count_nonzero(pieces.end == pieces.start))
    return Sound(pieces.taken(pieces.start < pieces.end), refused, empty)


class Names(NamedTuple):
    """What the indexes of a set of columns stand for."""

    persons: dict[str, int]
    stays: dict[Stay, int]
    keys: dict[Key, int]


def names_of(intervals: Iterable[Interval]) -> Names:
    """Persons, custody periods, and facilities with statuses, each in order of name."""
    kept = list(intervals)
    return Names(
        _numbered({one.subject for one in kept}),
        _numbered({_stay(one) for one in kept}),
        _numbered({(one.facility, one.status) for one in kept}),
    )


def _numbered(names: set[_Name]) -> dict[_Name, int]:
    return {name: number for number, name in enumerate(sorted(names))}


def _stay(one: Interval) -> Stay:
    return one.subject, one.agreement, one.custodian, one.stay


def pieces_of(intervals: Sequence[Interval], names: Names, multiplicity: int = 1) -> Pieces:
    """Intervals as columns; new persons, stays and keys are added to the names."""
    whole = np.fromiter(
        (
            number
            for one in intervals
            for number in (
                _number(names.persons, one.subject),
                _number(names.stays, _stay(one)),
                _number(names.keys, (one.facility, one.status)),
                int((one.start - EPOCH).total_seconds()),
                OPEN if one.end is None else int((one.end - EPOCH).total_seconds()),
            )
        ),
        np.int64,
        5 * len(intervals),
    ).reshape(-1, 5)
    times = np.full(len(whole), multiplicity, np.int8)
    return Pieces(whole[:, 0], whole[:, 1], whole[:, 2], whole[:, 3], whole[:, 4], times)


def _number(names: dict[_Name, int], name: _Name) -> int:
    return names.setdefault(name, len(names))


def net(pieces: Pieces) -> Pieces:
    """The pieces that stand after every withdrawal; a double entry stays twice.

    Raises:
        FeeError: H715, when an entry takes away what no entry put there.
    """
    if pieces.multiplicity.size == 0 or bool((pieces.multiplicity == 1).all()):
        return pieces
    columns = (pieces.key, pieces.stay, pieces.end, pieces.start, pieces.person)
    order = np.lexsort(columns)
    ordered = pieces.taken(order)
    new = np.zeros(order.size, np.bool_)
    new[0] = True
    for column in columns:
        sorted_ = column[order]
        new[1:] |= sorted_[1:] != sorted_[:-1]
    begins = np.flatnonzero(new)
    count = np.add.reduceat(ordered.multiplicity.astype(np.int64), begins)
    if (count < 0).any():
        what = "an entry takes away a piece of custody that no entry put there"
        raise FeeError(Fault("H715", what, "Give all entries of a person together."))
    kept = ordered.taken(np.repeat(begins, count))
    return replace(kept, multiplicity=np.ones(len(kept), np.int8))


def _ordered(pieces: Pieces) -> Pieces:
    columns = (pieces.stay, pieces.key, pieces.end, pieces.start, pieces.person)
    return pieces.taken(np.lexsort(columns))


def following_start(pieces: Pieces) -> Ints:
    """When the same person's next piece starts; OPEN after the last."""
    found = np.full(len(pieces), OPEN)
    same = pieces.person[1:] == pieces.person[:-1]
    found[:-1][same] = pieces.start[1:][same]
    return found


def _holder(pieces: Pieces) -> Ints:
    """The row, up to each row, of the same person's piece that ends last; ties to the later."""
    known = pieces.end[pieces.end != OPEN]
    end = np.minimum(pieces.end, LAST) - FIRST
    if known.size and not FIRST <= known.min() <= known.max() < LAST:  # their order is enough
        end = np.unique(pieces.end, return_inverse=True)[1].astype(np.int64)
    order = pieces.person.astype(np.int64) * INSTANTS + end
    best = np.maximum.accumulate(order)
    reached = np.where(order == best, np.arange(order.size), 0)
    return np.maximum.accumulate(reached)


def once(pieces: Pieces) -> Pieces:
    """The pieces, cut so that no person is in two places at one instant; twin of `days.once`.

    The piece that began last holds; where it ends before an earlier one, the one that ends last of
    those goes on.

    Args:
        pieces: all entries of each person.

    Raises:
        FeeError: H715.
    """
    rows = _ordered(net(pieces))
    if len(rows) == 0:
        return rows
    stop, holder = following_start(rows), _holder(rows)
    end = np.minimum(rows.end, stop)
    goes_on = np.minimum(rows.end[holder], stop)
    cut = replace(rows, end=end)
    tail = replace(rows.taken(holder), start=np.maximum(rows.start, end), end=goes_on)
    found = _ordered(together([cut, tail.taken(tail.start < tail.end)]))
    return found.taken(found.start < found.end)


def once_a_day(pieces: Pieces, convention: Convention, zone_name: str) -> Pieces:
    """The pieces, cut so that no person counts twice on a day under a convention.

    Under `calendar` the last piece of a day has it: a piece ends where the day begins on which the
    person's next one starts. The other conventions ask for `once` alone.

    Args:
        pieces: all entries of each person.
        convention: what they are counted by; the result is for no other.
        zone_name: the agreement's zone.

    Raises:
        FeeError: H715.
    """
    rows = once(pieces)
    if convention is not Convention.CALENDAR or len(rows) == 0:
        return rows
    days = [int(rows.start.min()) // SECONDS - 1, int(rows.start.max()) // SECONDS + 2]
    there, stop = clock(zone_name, *days), following_start(rows)
    more = stop != OPEN
    stop[more] = there.starts[there.place(stop[more])]
    cut = replace(rows, end=np.minimum(rows.end, stop))
    return cut.taken(cut.start < cut.end)


class Overlaps(NamedTuple):
    """One person in two places: a row for each stretch of time; a third place is another row."""

    person: Ints
    start: Ints
    end: Ints  # OPEN where none of the two has ended
    key: Ints  # where the piece that began later holds the person
    other: Ints  # where an earlier one does


def overlaps(pieces: Pieces) -> Overlaps:
    """Every stretch of time in which a person is held twice; a finding, never repaired.

    Args:
        pieces: all entries of each person.

    Raises:
        FeeError: H715.
    """
    rows = _ordered(net(pieces))
    if len(rows) == 0:
        none = np.empty(0, np.int64)
        return Overlaps(none, none, none, none, none)
    before = np.concatenate([np.zeros(1, np.int64), _holder(rows)[:-1]])
    same = np.concatenate([np.zeros(1, np.bool_), rows.person[1:] == rows.person[:-1]])
    end = np.minimum(rows.end, rows.end[before])
    found = np.flatnonzero(same & (end > rows.start))
    return Overlaps(
        rows.person[found].astype(np.int64),
        rows.start[found],
        end[found],
        rows.key[found].astype(np.int64),
        rows.key[before[found]].astype(np.int64),
    )


def entries(before: Iterable[Interval], after: Iterable[Interval], names: Names) -> Pieces:
    """What turns one reading of a register into another: old pieces withdrawn, new ones added.

    Only the persons of whom anything changed are touched, each of them whole, so that a custody
    period is always withdrawn and entered again as one. The new reading's stays are told apart
    from the old ones'.
    """
    old, new = _by_person(before), _by_person(after)
    changed = [name for name in old | new if old.get(name, []) != new.get(name, [])]
    gone = [one for name in changed for one in old.get(name, [])]
    come = [one for name in changed for one in new.get(name, [])]
    out = pieces_of(gone, names, -1)
    fresh, base = Names(names.persons, {}, names.keys), 1 + max(names.stays.values(), default=-1)
    entered = pieces_of(come, fresh)
    names.stays.update({stay: number + base for stay, number in fresh.stays.items()})
    return together([out, replace(entered, stay=entered.stay + base)])


def _by_person(intervals: Iterable[Interval]) -> dict[str, list[Interval]]:
    found: dict[str, list[Interval]] = {}
    for one in intervals:
        found.setdefault(one.subject, []).append(one)
    return found

"""Cells with whoever is in them, while persons are put in and moved; no rule is ever broken."""

from collections import defaultdict, deque

import numpy as np

from habeas.space.placing import NOWHERE, Ints, Mask, Problem

DEEP = 64  # cells through which room is passed on, at most
WIDE = 16  # cells out of which those who close them are tried to be moved, at most


class Board:
    """A placement that grows: who stays is in, who waits is put in one by one."""

    def __init__(self, asked: Problem, cell: Ints) -> None:
        """Begin.

        Args:
            asked: people and cells.
            cell: of each person; -1 waits, or is set aside.
        """
        self._asked, self.cell = asked, cell.copy()
        held = cell[(asked.kind >= 0) & (cell >= 0)]
        self._free = asked.room - np.bincount(held, minlength=asked.room.size)

    def fill(self) -> None:
        """Put in everybody who waits, the most constrained first; some may find no place."""
        left = [person for person in self._order() if not self._put(person)]
        left = [person for person in left if not self._make_room(person)]
        for person in left:  # what was moved meanwhile may have made room
            if not self._put(person):
                self._make_room(person)
        self._home()
        self._before_new()

    def _order(self) -> list[int]:
        asked = self._asked
        waiting = np.flatnonzero((asked.kind >= 0) & (self.cell < 0))
        many = np.bincount(asked.kind[waiting], minlength=len(asked.kinds))
        open_ = (asked.legal * np.maximum(self._free, 0)).sum(axis=1)
        slack = open_ / np.maximum(many, 1)
        tied = np.array([len(asked.apart.get(one, ())) for one in waiting.tolist()])
        new = asked.people.cell[waiting] < 0  # who is held already goes first
        order = np.lexsort((waiting, -tied, new, slack[asked.kind[waiting]]))
        found: list[int] = waiting[order].tolist()
        return found

    def _open(self, person: int) -> Mask:
        """The cells that are lawful for a person beside those who are there, full or not."""
        found = self._asked.open_to(person)
        for other in self._asked.apart.get(person, ()):
            if (cell := self.cell[other]) >= 0:
                found[cell] = False
        return found

    def _put(self, person: int) -> bool:
        """Put a person where they were, else into the emptiest cell; False: none is open."""
        open_ = self._open(person) & (self._free > 0)
        home = int(self._asked.people.cell[person])
        if home >= 0 and open_[home]:
            self._set(person, home)
            return True
        room = np.where(open_, self._free, 0)
        if not room.any():
            return False
        self._set(person, int(room.argmax()))
        return True

    def _before_new(self) -> None:
        """Give those who are held, and have no place, that of somebody who is yet to come."""
        asked = self._asked
        left = np.flatnonzero((asked.kind >= 0) & (asked.people.cell >= 0) & (self.cell < 0))
        for person in left.tolist():
            open_ = self._open(person)
            new = np.flatnonzero((asked.people.cell < 0) & (self.cell >= 0))
            there = [one for one in new.tolist() if open_[self.cell[one]]]
            if there:
                cell = int(self.cell[there[0]])
                self._set(there[0], NOWHERE)
                self._set(person, cell)

    def _set(self, person: int, cell: int) -> None:
        before = self.cell[person]
        if before >= 0:
            self._free[before] += 1
        if cell >= 0:
            self._free[cell] -= 1
        self.cell[person] = cell

    def _make_room(self, person: int) -> bool:
        return self._part(person) or self._pass_on(person)

    def _part(self, person: int) -> bool:
        """Move away those who alone close a cell to somebody: fewest first; theirs is the place."""
        asked, met = self._asked, defaultdict[int, list[int]](list)
        fits = asked.open_to(person)
        for other in asked.apart.get(person, ()):
            if (cell := int(self.cell[other])) >= 0 and fits[cell]:
                met[cell].append(other)
        ways = sorted(
            (len(others), sum(map(self._settled, others)), -int(self._free[cell]), cell)
            for cell, others in met.items()
        )
        return any(self._parted(person, cell, met[cell]) for *_, cell in ways[:WIDE])

    def _parted(self, person: int, cell: int, others: list[int]) -> bool:
        """Put a person into a cell out of which all these find another place; else nobody moves."""
        for done, other in enumerate(others):
            open_ = self._open(other) & (self._free > 0)
            open_[cell] = False
            if not open_.any():
                for back in others[:done]:
                    self._set(back, cell)
                return False
            self._set(other, int(np.where(open_, self._free, 0).argmax()))
        self._set(person, cell)
        return True

    def _settled(self, person: int) -> bool:
        """Whether a person is still where they were: moving them is one move more."""
        return bool(self.cell[person] == self._asked.people.cell[person])

    def _pass_on(self, person: int) -> bool:
        """Pass room on: someone of a full cell moves to the next, until one has room."""
        first = np.flatnonzero(self._open(person)).tolist()
        came: dict[int, tuple[int, int]] = dict.fromkeys(first, (NOWHERE, NOWHERE))
        queue = deque(first)
        for _ in range(DEEP):
            if not queue:
                return False
            cell = queue.popleft()
            if self._free[cell] > 0:
                self._shift(person, cell, came)
                return True
            for mover, onward in self._onward(cell, came):
                came[onward] = (cell, mover)
                if self._free[onward] > 0:
                    self._shift(person, onward, came)
                    return True
                queue.append(onward)
        return False

    def _onward(self, cell: int, came: dict[int, tuple[int, int]]) -> list[tuple[int, int]]:
        """Who of a full cell could go where, one for each cell that was not reached yet."""
        asked, taken = self._asked, set(came)
        there = np.flatnonzero(self.cell == cell)
        settled = self.cell[there] == asked.people.cell[there]
        tied = np.array([int(one) in asked.apart for one in there.tolist()], np.bool_)
        found: list[tuple[int, int]] = []
        tried: set[int] = set()
        for mover in there[np.lexsort((there, tied, settled))].tolist():
            kind = int(asked.kind[mover])
            if mover not in asked.apart:
                if kind in tried:
                    continue
                tried.add(kind)
            for onward in np.flatnonzero(self._open(mover)).tolist():
                if onward not in taken:
                    taken.add(onward)
                    found.append((mover, onward))
        return sorted(found, key=lambda one: (self._settled(one[0]), -int(self._free[one[1]])))

    def _shift(self, person: int, cell: int, came: dict[int, tuple[int, int]]) -> None:
        """Move everybody along the way by which room was found, the last first."""
        while (before := came[cell])[0] >= 0:
            self._set(before[1], cell)
            cell = before[0]
        self._set(person, cell)

    def _home(self) -> None:
        """Let those go back whose own cell has room again."""
        asked = self._asked
        away = asked.stays & (self.cell != asked.people.cell)
        for person in np.flatnonzero(away).tolist():
            home = int(asked.people.cell[person])
            if self._free[home] > 0 and self._open(person)[home]:
                self._set(person, home)

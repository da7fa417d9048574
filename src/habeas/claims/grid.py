"""Persons' days cut at every end that occurs, so that layers of intervals can be compared.

Between two ends nothing changes: each stretch of a person's days is one element, and what covers
it is a sum over ends. Nothing is ever expanded to person-days.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from habeas.claims.claim import Ints
from habeas.custody.bulk import Window


@dataclass(frozen=True, slots=True)
class Spell:
    """Intervals of civil days [first, after) of persons, as columns."""

    person: Ints
    first: Ints
    after: Ints


class Grid:
    """Every stretch between two ends of a person's intervals inside a window."""

    def __init__(self, window: Window, spells: Iterable[Spell]) -> None:
        self._window, self._width, self.after = window, window.days + 1, window.after
        ends = [self._key(one.person, days) for one in spells for days in (one.first, one.after)]
        self._points = np.unique(np.concatenate(ends)) if ends else np.zeros(0, np.int64)
        self.person, offset = np.divmod(self._points, self._width)
        self.first = offset + window.first
        following = np.append(self._points[1:], self._points[-1:])
        same = following // self._width == self.person
        self.length = np.where(same, following - self._points, 0)

    def _key(self, person: Ints, days: Ints) -> Ints:
        return person * self._width + self._window.clip(days) - self._window.first

    def places(self, one: Spell) -> tuple[Ints, Ints]:
        """For each interval, its first element and the one after its last."""
        begins, ends = (
            np.searchsorted(self._points, self._key(one.person, days)).astype(np.int64)
            for days in (one.first, np.maximum(one.after, one.first))
        )
        return begins, ends

    def cover(self, one: Spell, weight: Ints | None = None) -> Ints:
        """How many intervals cover each element; or the sum of their weights."""
        begins, ends = self.places(one)
        sized = np.ones(begins.size, np.int64) if weight is None else weight
        steps = np.zeros(self._points.size + 1, np.int64)
        np.add.at(steps, begins, sized)
        np.subtract.at(steps, ends, sized)
        covered: Ints = np.cumsum(steps)[:-1]
        return covered

    def inside(self, one: Spell, days: Ints) -> Ints:
        """For each interval, the sum of some days of the elements that it covers."""
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(days)])
        begins, ends = self.places(one)
        found: Ints = before[ends] - before[begins]
        return found

"""The search for the single change of rule that explains most of what differs: a diagnosis.

Only stays of which both sides have a day are searched, and a day that is claimed twice counts
once: what is missing or double is no change of rule.
"""

from dataclasses import dataclass

import numpy as np

from habeas.claims.claim import Bools, Ints
from habeas.claims.layers import Layers, Trial
from habeas.claims.rules import Change


@dataclass(frozen=True, slots=True)
class Tried:
    """What one change of rule would leave, explain and bring, in person-days."""

    change: Change
    over: int  # claimed and not held, under the change
    under: int  # held and not claimed, under the change
    explained_over: int
    explained_under: int
    brought: int  # days that agree now and would then differ
    moved: int  # days by which the change alters the register: the smaller, the smaller a change

    @property
    def explains(self) -> int:
        """Days explained less days brought."""
        return self.explained_over + self.explained_under - self.brought


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was searched, every change tried, and the best; none where nothing explains most."""

    over: int
    under: int
    tried: tuple[Tried, ...]  # the best first
    best: Tried | None  # explains more than half of what was searched
    ties: tuple[Tried, ...]  # others that explain as much with as small a change

    @property
    def gross(self) -> int:
        """Days searched."""
        return self.over + self.under


def stays(found: Layers) -> Ints:
    """For each element, the number of the stay that it is in; what lies between is none's.

    A stay is a stretch of a person's days that either side has, under any rule that is tried.
    """
    active = (found.claimed > 0) | (found.ever > 0)
    fresh = np.ones(active.size, np.bool_)
    same = found.grid.person[1:] == found.grid.person[:-1]
    fresh[1:] = (active[1:] != active[:-1]) | ~same
    return np.cumsum(fresh) - 1


def searched(found: Layers) -> Bools:
    """Elements of stays of which both sides have a day."""
    stay, some = stays(found), found.grid.length > 0
    sides = []
    for layer in (found.claimed, found.ever):
        has = np.zeros(stay.size, np.bool_)
        has[stay[(layer > 0) & some]] = True
        sides.append(has)
    return np.logical_and(*sides)[stay]


def _tried(trial: Trial, claimed: Ints, held: Ints, days: Ints) -> Tried:
    then = trial.held

    def total(over: Bools) -> int:
        return int(days[over].sum())

    differs_now, differs_then = claimed != held, claimed != then
    return Tried(
        trial.change,
        total(claimed > then),
        total(claimed < then),
        total((claimed > held) & ~differs_then),
        total((claimed < held) & ~differs_then),
        total(~differs_now & differs_then),
        total(held != then),
    )


def diagnosis(found: Layers) -> Diagnosis:
    """Every change tried, the one that explains most first, then the smaller change."""
    kept = searched(found)
    days = np.where(kept, found.grid.length, 0)
    claimed, held = np.minimum(found.claimed, 1), found.held
    over, under = int(days[claimed > held].sum()), int(days[claimed < held].sum())
    tried = [_tried(trial, claimed, held, days) for trial in found.trials]
    return ranked(over, under, tried)


def ranked(over: int, under: int, tried: list[Tried]) -> Diagnosis:
    """The diagnosis out of what was tried."""
    order = sorted(tried, key=lambda one: (-one.explains, one.moved))
    best = order[0] if order and 2 * order[0].explains > over + under else None
    ties = (
        tuple(one for one in order[1:] if (one.explains, one.moved) == (best.explains, best.moved))
        if best
        else ()
    )
    return Diagnosis(over, under, tuple(order), best, ties)


def by_stay(found: Layers, best: Tried | None) -> Ints:
    """For each element, the first change under which no day of its stay differs; -1: none.

    The change that explains most is asked first, then the others as they were tried. A change of
    what is billed is not asked: days held and not billed say so themselves.
    """
    claimed, days = np.minimum(found.claimed, 1), found.grid.length
    stay = stays(found)
    known = searched(found)

    def differing(held: Ints) -> Ints:
        sums = np.zeros(stay.size, np.int64)
        np.add.at(sums, stay, np.where(known, days * (claimed != held), 0))
        return sums

    chosen = np.full(stay.size, -1, np.int64)
    wrong = differing(found.held) > 0
    numbers = [n for n, one in enumerate(found.trials) if one.change.term != "exclusion"]
    if best is not None:
        numbers.sort(key=lambda number: found.trials[number].change != best.change)
    for number in numbers:
        left = differing(found.trials[number].held)
        chosen[wrong & (left == 0) & (chosen < 0)] = number
    return chosen[stay]

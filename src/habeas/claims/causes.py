"""The cause of each day that differs, in an order that puts what is certain first.

A stay on one side only; days held and not billed; a change of rule under which the whole stay
agrees; an end that is not stated; a change of rule that explains a whole stretch; a row or a stay
of which the other side has no day. What is left is not explained: no cause is invented.
"""

from dataclasses import dataclass

import numpy as np

from habeas.claims.claim import Bools, Claim, Ints
from habeas.claims.custody_days import Custody
from habeas.claims.grid import Spell
from habeas.claims.layers import Layers
from habeas.claims.rules import Cause
from habeas.claims.search import Diagnosis, by_stay, searched

CAUSES = tuple(Cause)
NUMBER = {cause: number for number, cause in enumerate(CAUSES)}


@dataclass(frozen=True, slots=True)
class Caused:
    """For each element that differs: its cause, and the trial that explains it (-1: none)."""

    over: Bools  # claimed, not held
    under: Bools  # held, not claimed
    cause: Ints  # place in CAUSES
    trial: Ints


def _covered(found: Layers, spell: Spell, kept: Bools) -> Bools:
    chosen = Spell(spell.person[kept], spell.first[kept], spell.after[kept])
    return found.grid.cover(chosen) > 0


def _alone(found: Layers) -> Bools:
    """Elements of a row, or of a piece of custody, of which the other side has no day at all."""
    days, rows, pieces = found.grid.length, found.claim.spell, found.pieces.spell
    custody = (found.held > 0) | (found.not_billed >= 0)
    unheld = found.grid.inside(rows, days * custody) == 0
    unclaimed = found.grid.inside(pieces, days * (found.claimed > 0)) == 0
    claimed, held = found.claimed > 0, found.held > 0
    return np.where(
        claimed & ~held, _covered(found, rows, unheld), _covered(found, pieces, unclaimed)
    )


def _twins(found: Layers, strangers: Bools) -> Bools:
    """Persons whose stays on one side only are exactly those of others on the other side only.

    A match is proposed, never made: where as many on one side as on the other have the same days.
    """
    sides: list[dict[tuple[tuple[int, int], ...], list[int]]] = []
    for layer in (found.claimed, found.held):
        days: dict[int, list[tuple[int, int]]] = {}
        for place in np.flatnonzero(strangers & (layer > 0) & (found.grid.length > 0)):
            person, first = int(found.grid.person[place]), int(found.grid.first[place])
            runs = days.setdefault(person, [])
            after = first + int(found.grid.length[place])
            if runs and runs[-1][1] == first:
                runs[-1] = runs[-1][0], after
            else:
                runs.append((first, after))
        alike: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for person, runs in days.items():
            alike.setdefault(tuple(runs), []).append(person)
        sides.append(alike)
    twins = np.zeros(len(found.persons), np.bool_)
    for same, persons in sides[0].items():
        others = sides[1].get(same, [])
        if len(others) == len(persons):
            twins[persons + others] = True
    return twins[found.grid.person] & strangers


def _run(found: Layers, kind: Ints) -> Ints:
    """For each element, the number of the stretch of one person and one kind that it is in."""
    person, fresh = found.grid.person, np.ones(kind.size, np.bool_)
    fresh[1:] = (kind[1:] != kind[:-1]) | (person[1:] != person[:-1])
    return np.cumsum(fresh) - 1


def _to_the_end(found: Layers, kind: Ints) -> Bools:
    """Elements from which the same difference goes on to the end of the window."""
    ends = found.grid.first + found.grid.length
    run = _run(found, kind)
    last = np.zeros(kind.size, np.int64)
    np.maximum.at(last, run, ends)
    reached: Bools = last[run] == found.grid.after
    return reached


def _open(found: Layers, claim: Claim, custody: Custody, over: Bools, under: Bools) -> Bools:
    """Elements after the other side's end, in a row or piece that states no end itself."""
    claimed = _covered(found, found.claim.spell, claim.open)
    held = _covered(found, found.pieces.spell, custody.open)
    lasting = _to_the_end(found, over.astype(np.int64) - under)
    return lasting & ((over & claimed) | (under & held))


def _beside(agreed: Bools, person: Ints) -> Bools:
    """Elements next to one of the same person in which both sides agree that it is held."""
    before = np.zeros(agreed.size, np.bool_)
    after = np.zeros(agreed.size, np.bool_)
    before[1:] = agreed[:-1] & (person[1:] == person[:-1])
    after[:-1] = agreed[1:] & (person[1:] == person[:-1])
    return before | after


def causes(found: Layers, claim: Claim, custody: Custody, told: Diagnosis) -> Caused:
    """The cause of each element in which claim and register differ."""
    claimed, held = found.claimed > 0, found.held > 0
    over, under = claimed & ~held, held & ~claimed
    differs, cause = over | under, np.full(claimed.size, -1, np.int64)
    trial = np.full(claimed.size, -1, np.int64)

    def give(where: Bools, what: Cause) -> None:
        cause[where & differs & (cause < 0)] = NUMBER[what]

    strangers = ~searched(found)
    give(_twins(found, strangers & differs), Cause.ALIAS)
    give(strangers, Cause.MISSING)
    give(over & (found.not_billed >= 0), Cause.EXCLUSION)
    _by_rule(found, by_stay(found, told.best), differs, cause, trial)
    give(_open(found, claim, custody, over, under), Cause.OPEN)
    _stretch_by_stretch(found, over, under, cause, trial)
    give(_alone(found), Cause.MISSING)
    give(differs, Cause.NOT_EXPLAINED)
    return Caused(over, under, cause, trial)


def _stretch_by_stretch(found: Layers, over: Bools, under: Bools, cause: Ints, trial: Ints) -> None:
    """Give a stretch the first change of rule that explains the whole of it.

    What is held and not claimed must touch days on which both agree: a stay of a day or two that
    is missing is no change of rule.
    """
    claimed, held = found.claimed > 0, found.held > 0
    differs = (over | under) & (found.grid.length > 0)
    run = _run(found, over.astype(np.int64) - under)
    touches = np.zeros(run.size, np.bool_)
    np.logical_or.at(touches, run, _beside(claimed & held, found.grid.person))
    for number, one in enumerate(found.trials):
        if one.change.term == "exclusion":
            continue
        fits = np.ones(run.size, np.bool_)
        np.logical_and.at(fits, run, ~differs | (claimed == (one.held > 0)))
        whole = fits[run] & (over | touches[run])
        _by_rule(found, np.where(whole, number, -1), over | under, cause, trial)


def _by_rule(found: Layers, chosen: Ints, differs: Bools, cause: Ints, trial: Ints) -> None:
    """Give the elements that have no cause yet that of the change chosen for them."""
    for number, one in enumerate(found.trials):
        free = differs & (cause < 0) & (chosen == number)
        cause[free] = NUMBER[one.change.cause]
        trial[free] = number

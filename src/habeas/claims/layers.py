"""A claim and a register on one grid: what is claimed, what is held, under every rule tried."""

from dataclasses import dataclass

import numpy as np

from habeas.claims.claim import Bools, Claim, Ints, Spans
from habeas.claims.custody_days import Custody
from habeas.claims.grid import Grid, Spell
from habeas.claims.rules import Change, Rule
from habeas.custody.bulk import Window
from habeas.errors import FeeError

ANYWHERE = -1  # a facility that is not stated, or not one alone


@dataclass(frozen=True, slots=True)
class Trial:
    """One change of rule, and who would be held and billed under it (0 or 1 an element)."""

    change: Change
    held: Ints


@dataclass(frozen=True, slots=True)
class Side:
    """Rows of one side as spells with the places of person and facility in the joint names."""

    spell: Spell
    facility: Ints


@dataclass(frozen=True, slots=True)
class Layers:
    """All layers over one grid; a column of one element a stretch of a person's days."""

    persons: tuple[str, ...]
    facilities: tuple[str, ...]
    grid: Grid
    claim: Side
    pieces: Side  # of the register, billed or not, under the agreement's rule
    repeated: Bools  # rows of the claim that repeat an earlier one
    within: Bools  # rows that claim just the billed days between their ends
    claimed: Ints  # how many rows claim the day
    duplicate: Ints  # of these, how many repeat an earlier row
    held: Ints  # 1: held and billed under the agreement's rule
    pieces_held: Ints  # how many billed pieces of the register cover it
    not_billed: Ints  # place of the status in `statuses`, for days held and not billed; -1: none
    statuses: tuple[str, ...]
    trials: tuple[Trial, ...]

    @property
    def ever(self) -> Ints:
        """1: in custody, billed or not, under the agreement's rule or any that was tried."""
        every = [self.held > 0, self.not_billed >= 0, *(one.held > 0 for one in self.trials)]
        found: Ints = np.logical_or.reduce(every).astype(np.int64)
        return found


class Recount:
    """The register's billed days under any rule; each convention and zone is counted once."""

    def __init__(self, custody: Custody, person: Ints) -> None:
        self._custody, self._person = custody, person
        self._counted: dict[tuple[str, str], tuple[Ints, Ints]] = {}

    def every(self, rule: Rule) -> Spell:
        """All pieces, billed or not.

        Raises:
            FeeError: H760.
        """
        key = rule.convention.value, rule.zone
        if key not in self._counted:
            first, after = self._custody.days(rule)
            self._counted[key] = first - rule.shift, after - rule.shift
        first, after = self._counted[key]
        return Spell(self._person, first + rule.shift, after + rule.shift)

    def billed(self, rule: Rule) -> Spell:
        """The pieces that the rule bills."""
        found, kept = self.every(rule), self._custody.billed(rule)
        return some(found, kept)

    def countable(self, changes: list[Change]) -> list[tuple[Change, Spell]]:
        """Every change that can be counted with what the register holds."""
        found = []
        for change in changes:
            try:
                found.append((change, self.billed(change.rule)))
            except FeeError as error:
                if error.code != "H760":
                    raise
        return found


def some(one: Spell, kept: Bools) -> Spell:
    """Some of the intervals."""
    return Spell(one.person[kept], one.first[kept], one.after[kept])


def _joint(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[tuple[str, ...], Ints, Ints]:
    """Names of both sides in order, and where each side's names stand in them."""
    names = tuple(sorted({*mine, *theirs} - {""}))
    place = {"": ANYWHERE} | {name: number for number, name in enumerate(names)}
    mine_here, theirs_here = (
        np.array([place[name] for name in side] + [ANYWHERE], np.int64) for side in (mine, theirs)
    )
    return names, mine_here, theirs_here


def _repeats(claim: Claim, given: Spans) -> Bools:
    """Rows that repeat person, facility and days of an earlier row."""
    columns = (claim.person, claim.facility, given.first, given.after, given.claimed)
    order = np.lexsort(columns)
    same = np.logical_and.reduce([column[order][1:] == column[order][:-1] for column in columns])
    found = np.zeros(claim.row.size, np.bool_)
    found[order[1:]] = same  # lexsort is stable: the first of equal rows keeps its place
    return found


def layered(
    claim: Claim, given: Spans, custody: Custody, rule: Rule, changes: list[Change], window: Window
) -> Layers:
    """Both sides on one grid.

    Args:
        claim: rows inside the window.
        given: their days.
        custody: the register's side.
        rule: the agreement's.
        changes: to be tried; one that cannot be counted is left out.
        window: the days compared.
    """
    persons, mine, theirs = _joint(custody.persons, claim.persons)
    facilities, here, there = _joint(custody.facilities, claim.facilities)
    recount = Recount(custody, mine[custody.person])
    every, billed = recount.every(rule), recount.billed(rule)
    tried = recount.countable(changes)
    rows = Spell(theirs[claim.person], given.first, given.after)
    grid = Grid(window, [every, rows, *(spell for _, spell in tried)])
    repeated = _repeats(claim, given)
    pieces_held = grid.cover(billed)
    held = np.minimum(pieces_held, 1)
    # A row may name a whole stay and claim only the days of it that are billed.
    within = (given.beyond < 0) & (grid.inside(rows, grid.length * held) == given.claimed)

    def asked(kept: Bools) -> Ints:
        chosen = kept & within
        return grid.cover(some(rows, kept)) - np.where(held, 0, grid.cover(some(rows, chosen)))

    idle = np.full(held.size, -1, np.int64)
    for number in range(len(custody.statuses)):
        kept = (custody.status == number) & ~custody.billed(rule)
        if kept.any():
            there_is = grid.cover(some(every, kept))
            idle[(there_is > 0) & (held == 0)] = number
    return Layers(
        persons,
        facilities,
        grid,
        Side(rows, there[claim.facility]),
        Side(every, here[custody.facility]),
        repeated,
        within,
        asked(np.ones(repeated.size, np.bool_)),
        asked(repeated),
        held,
        pieces_held,
        idle,
        custody.statuses,
        tuple(Trial(one, np.minimum(grid.cover(spell), 1)) for one, spell in tried),
    )


def place_of(grid: Grid, side: Side, kept: Bools) -> Ints:
    """The facility of each element where all rows that cover it say the same; else -1."""
    spell, name = some(side.spell, kept), side.facility[kept] + 1
    rows, total, squares = (grid.cover(spell, name**power) for power in range(3))
    alike = (rows > 0) & (rows * squares == total * total)  # equality of Cauchy and Schwarz
    return np.where(alike, total // np.maximum(rows, 1) - 1, ANYWHERE)


def claimed_at(found: Layers, held_at: Ints) -> Ints:
    """The facility at which each element is claimed: of several, the one where it is held."""
    spell, facility = found.claim.spell, found.claim.facility
    every = np.ones(facility.size, np.bool_)
    places = place_of(found.grid, found.claim, every)
    mixed = np.flatnonzero((places == ANYWHERE) & (found.claimed > 1) & (found.grid.length > 0))
    rows: dict[int, list[int]] = {int(person): [] for person in found.grid.person[mixed]}
    for row in np.flatnonzero(np.isin(spell.person, list(rows))).tolist():
        rows[int(spell.person[row])].append(row)
    for element in mixed.tolist():
        day = found.grid.first[element]
        named = {
            int(facility[row])
            for row in rows[int(found.grid.person[element])]
            if spell.first[row] <= day < spell.after[row]
        }
        here = int(held_at[element])
        if ANYWHERE not in named:
            places[element] = here if here in named else min(named)
    return places

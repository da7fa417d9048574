"""Differences as lines: what agrees, what does not and why, in days and in money, exactly.

A line holds what the claim asks and what the register gives; their difference is the line's. The
lines of a reconciliation add up to the claim and to the register, in days and in minor units.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from habeas.claims.causes import CAUSES, Caused
from habeas.claims.claim import UNSTATED, Bools, Claim, Ints, Spans
from habeas.claims.layers import ANYWHERE, Layers, claimed_at, place_of
from habeas.claims.rules import Cause
from habeas.units import Rounding, rounded

MATCHED = "matched"
RULES: tuple[Rounding, ...] = ("half_up", "half_even")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a reconciliation; a line of money alone has no days."""

    person: str  # empty where the line is of no person
    facility: str  # empty where none is stated, or where it is not one alone
    first: int  # civil day; -1 where the line is of no days in particular
    after: int
    claimed_days: int
    register_days: int
    cause: Cause | None  # None: both sides agree
    detail: str
    claimed_minor: int | None  # None: no price a person-day is known
    register_minor: int | None
    row: int = UNSTATED  # of the claim, where the line is of one row

    @property
    def days(self) -> int:
        """Days claimed less days of the register."""
        return self.claimed_days - self.register_days

    @property
    def minor(self) -> int | None:
        """Money claimed less money of the register."""
        if self.claimed_minor is None or self.register_minor is None:
            return None
        return self.claimed_minor - self.register_minor


@dataclass(frozen=True, slots=True)
class _Run:
    """Elements that are alike and touch: of one person, one cause, one facility."""

    first: int
    last: int  # inclusive


def _runs(kept: Bools, touch: Ints, *alike: Ints) -> list[_Run]:
    """Places of kept elements, those joined that follow one another and are alike."""
    places = np.flatnonzero(kept)
    if not places.size:
        return []
    cut = np.diff(places) > 1
    for column in (touch, *alike):
        cut |= np.diff(column[places]) != 0
    starts = np.concatenate([[0], np.flatnonzero(cut) + 1])
    ends = np.concatenate([starts[1:], [places.size]]) - 1
    return [_Run(int(places[a]), int(places[b])) for a, b in zip(starts, ends, strict=True)]


class Lines:
    """Makes the lines of one reconciliation of persons."""

    def __init__(self, found: Layers, caused: Caused, price: int | None) -> None:
        self._found, self._caused, self._price = found, caused, price
        every = np.ones(found.pieces.facility.size, np.bool_)
        self._here = place_of(found.grid, found.pieces, every)
        self._there = claimed_at(found, self._here)
        both = (found.claimed > 0) & (found.held > 0)
        known = (self._here != ANYWHERE) & (self._there != ANYWHERE)
        self._elsewhere = both & known & (self._here != self._there)
        self._agreed = both & ~self._elsewhere

    def _name(self, facility: int) -> str:
        return self._found.facilities[facility] if facility != ANYWHERE else ""

    def _money(self, days: int) -> int | None:
        return None if self._price is None else days * self._price

    def _line(self, run: _Run, claimed: int, held: int, cause: Cause | None, detail: str) -> Line:
        grid = self._found.grid
        facility = self._there if claimed else self._here
        return Line(
            self._found.persons[grid.person[run.first]],
            self._name(int(facility[run.first])),
            int(grid.first[run.first]),
            int(grid.first[run.last] + grid.length[run.last]),
            claimed,
            held,
            cause,
            detail,
            self._money(claimed),
            self._money(held),
        )

    def _days(self, run: _Run, layer: Ints) -> int:
        part = slice(run.first, run.last + 1)
        return int((layer[part] * self._found.grid.length[part]).sum())

    def matched(self) -> list[Line]:
        """The days on which both sides agree: one line a person and facility."""
        grid, width = self._found.grid, len(self._found.facilities) + 1
        key = grid.person * width + self._here + 1
        kept = self._agreed & (grid.length > 0)
        keys, where = np.unique(key[kept], return_inverse=True)
        days = np.zeros(keys.size, np.int64)
        np.add.at(days, where, grid.length[kept])
        return [
            Line(
                self._found.persons[number // width],
                self._name(number % width - 1),
                UNSTATED,
                UNSTATED,
                count,
                count,
                None,
                MATCHED,
                self._money(count),
                self._money(count),
            )
            for number, count in zip(keys.tolist(), days.tolist(), strict=True)
        ]

    def differing(self) -> Iterator[Line]:
        """Days that one side has and the other has not."""
        found, caused = self._found, self._caused
        differs, some = caused.over | caused.under, found.grid.length > 0
        side = np.where(caused.over, 1, -1)
        place = np.where(caused.over, self._there, self._here)
        for run in _runs(
            differs & some, found.grid.person, side, caused.cause, caused.trial, place,
            found.not_billed,
        ):  # fmt: skip
            length = self._days(run, np.ones(differs.size, np.int64))
            over = bool(caused.over[run.first])
            cause = CAUSES[caused.cause[run.first]]
            claimed, held = (length, 0) if over else (0, length)
            yield self._line(run, claimed, held, cause, self._why(run, cause, over=over))

    def _why(self, run: _Run, cause: Cause, *, over: bool) -> str:
        found, place = self._found, run.first
        trial = int(self._caused.trial[place])
        if trial >= 0:
            return found.trials[trial].change.words
        if cause is Cause.EXCLUSION:
            return f"held as '{found.statuses[found.not_billed[place]]}', which is not billed"
        if cause is Cause.ALIAS:
            return "the same days as somebody of another number on the other side: not applied"
        if cause is Cause.OPEN:
            return "the claim states no departure" if over else "the register has no departure"
        if cause is Cause.MISSING:
            return "only in the claim" if over else "only on the register"
        return self._beside(run, over=over)

    def _beside(self, run: _Run, *, over: bool) -> str:
        grid, agreed = self._found.grid, self._agreed | self._elsewhere
        person = grid.person[run.first]

        def joins(place: int) -> bool:
            inside = 0 <= place < agreed.size and grid.person[place] == person
            return bool(inside and agreed[place])

        before, after = joins(run.first - 1), joins(run.last + 1)
        other = "the register" if over else "the claim"
        if before and after:
            return f"between days of {other}"
        if before:
            return f"after the last day of {other}"
        return f"before the first day of {other}" if after else ""

    def doubled(self) -> Iterator[Line]:
        """Days claimed more than once: by the same row again, or by rows that overlap."""
        found = self._found
        more = np.maximum(found.claimed - 1, 0)
        again = np.minimum(found.duplicate, more)
        for layer, cause, detail in (
            (again, Cause.DUPLICATE, "the same row again"),
            (more - again, Cause.OVERLAP, "rows of one person overlap"),
        ):
            for run in _runs(layer > 0, found.grid.person, self._there):
                yield self._line(run, self._days(run, layer), 0, cause, detail)

    def elsewhere(self) -> Iterator[Line]:
        """Days of one person at another facility on each side: one of both signs, never netted."""
        found = self._found
        some = self._elsewhere & (found.grid.length > 0)
        for run in _runs(some, found.grid.person, self._there, self._here):
            days = self._days(run, np.ones(some.size, np.int64))
            there, here = (self._name(int(side[run.first])) for side in (self._there, self._here))
            detail = f"claimed at {there}, held at {here}: another place, or a code without alias"
            yield self._line(run, days, 0, Cause.ALIAS, detail)
            yield self._line(run, 0, days, Cause.ALIAS, detail)


def how_rounded(amount: int, exact: int, exponent: int) -> str:
    """By which rule, and to what, an amount was rounded; empty where by none."""
    for places in range(1, exponent + 1):
        unit = 10**places
        if amount % unit or abs(amount - exact) >= unit:
            continue
        fits = [rule for rule in RULES if amount == rounded_to(exact, unit, rule)]
        how = fits[0].replace("_", " ") if fits else "up" if amount > exact else "down"
        return f"rounded {how} to {'whole units' if places == exponent else f'{unit} minor units'}"
    return ""


def rounded_to(exact: int, unit: int, rule: Rounding) -> int:
    """An amount rounded to a multiple of a unit, in minor units."""
    return rounded(Fraction(exact, unit), rule) * unit


def of_rows(claim: Claim, given: Spans, price: int | None, exponent: int) -> Iterator[Line]:
    """What single rows ask beyond their own days: more days, another rate, another product."""
    for place in np.flatnonzero(given.beyond).tolist():
        more, held = int(given.beyond[place]), int(given.claimed[place] - given.beyond[place])
        detail = f"{held + more:,} days are claimed where the row's own ends hold {held:,}"
        minor = None if price is None else more * price
        yield _row_line(claim, place, more, minor, Cause.PLAUSIBILITY, detail)
    if price is None:
        return
    rate = np.where(claim.rate == UNSTATED, price, claim.rate)
    for place in np.flatnonzero((rate != price) & (given.claimed > 0)).tolist():
        days, asked = int(given.claimed[place]), int(rate[place])
        detail = f"{days:,} days at {asked:,} instead of {price:,} minor units"
        yield _row_line(claim, place, 0, days * (asked - price), Cause.TIER, detail)
    product = given.claimed * rate
    for place in np.flatnonzero((claim.amount != UNSTATED) & (claim.amount != product)).tolist():
        amount, exact = int(claim.amount[place]), int(product[place])
        how = how_rounded(amount, exact, exponent)
        detail = how or "the amount is not the days times the rate"
        cause = Cause.ROUNDING if how else Cause.PLAUSIBILITY
        yield _row_line(claim, place, 0, amount - exact, cause, detail)


def _row_line(
    claim: Claim, place: int, days: int, minor: int | None, cause: Cause, detail: str
) -> Line:
    facility = int(claim.facility[place])
    return Line(
        claim.persons[claim.person[place]],
        claim.facilities[facility] if facility >= 0 else "",
        UNSTATED,
        UNSTATED,
        days,
        0,
        cause,
        detail,
        minor,
        None if minor is None else 0,
        int(claim.row[place]),
    )

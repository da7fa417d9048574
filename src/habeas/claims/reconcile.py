"""The receiving state's claim against the register, person-day by person-day, never netted.

The claim is not an input of the bill: the register is recounted by the agreement's rule, and what
differs is a signed interval with its cause. The amounts of all causes add up exactly to the claim
less the recomputed sum. Nothing found here is applied by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from habeas.claims.causes import causes
from habeas.claims.claim import UNSTATED, Claim, Printed, outside, spans
from habeas.claims.custody_days import Custody
from habeas.claims.layers import Layers, layered
from habeas.claims.lines import Line, Lines, of_rows
from habeas.claims.rules import Cause, Rule, changes
from habeas.claims.search import Diagnosis, diagnosis
from habeas.custody.bulk import Window


@dataclass(frozen=True, slots=True)
class Terms:
    """What the two sides are compared by."""

    rule: Rule
    window: Window
    price: int | None = None  # of a person-day, in minor units; None: not one price
    exponent: int = 2  # decimal places of the minor unit
    zones: tuple[str, ...] = ("UTC",)  # other zones that the search tries


@dataclass(frozen=True, slots=True)
class Sum:
    """Days and money of some lines, each sign apart."""

    over: int  # days
    under: int
    over_minor: int | None
    under_minor: int | None
    lines: int

    @property
    def gross(self) -> int:
        """Days that differ, whichever side has them."""
        return self.over + self.under

    @property
    def net(self) -> int:
        """Days claimed too many less days claimed too few: hides both."""
        return self.over - self.under

    @property
    def minor(self) -> int | None:
        """Money claimed less money of the register."""
        if self.over_minor is None or self.under_minor is None:
            return None
        return self.over_minor - self.under_minor


def summed(lines: Iterable[Line]) -> Sum:
    """The sum of lines; money is None where a line has none."""
    kept = list(lines)
    money = [one.minor for one in kept]
    known = [minor for minor in money if minor is not None]
    whole = len(known) == len(money)
    return Sum(
        sum(max(one.days, 0) for one in kept),
        sum(max(-one.days, 0) for one in kept),
        sum(max(minor, 0) for minor in known) if whole else None,
        sum(max(-minor, 0) for minor in known) if whole else None,
        len(kept),
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the quantities of both sides agree, as they are or under a change of rule."""

    words: str  # empty: as they are
    compared: int  # cells that both sides have
    equal: int
    apart: int  # sum of the absolute differences of the cells compared


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Every line of both sides, why they differ, and what was found about the claim itself."""

    terms: Terms
    lines: tuple[Line, ...]
    diagnosis: Diagnosis
    only_claim: tuple[str, ...]  # persons, or facilities where the claim is of facilities
    only_register: tuple[str, ...]
    facilities_only_claim: tuple[str, ...] = ()
    facilities_only_register: tuple[str, ...] = ()
    overlapping: int = 0  # days on which two billed pieces of the register hold one person
    provisional: bool = False  # a piece of the register has no end yet
    outside: int = 0  # rows beyond the window: unknown, not small
    outside_days: int = 0
    rows_minor: int | None = None  # sum of the amounts of all rows, as stated
    cells: tuple[Agreement, ...] = ()  # where quantities are compared: as it is, then each change

    def differing(self) -> list[Line]:
        """The lines that do not agree."""
        return [one for one in self.lines if one.cause is not None]

    def of_days(self) -> Sum:
        """The days that differ, with their money at the agreement's price."""
        return summed(one for one in self.differing() if one.days)

    def by_cause(self) -> dict[Cause, Sum]:
        """Every cause that occurs, in the order of the causes."""
        found: dict[Cause, list[Line]] = {}
        for one in self.differing():
            if one.cause is not None:
                found.setdefault(one.cause, []).append(one)
        return {cause: summed(found[cause]) for cause in Cause if cause in found}

    def total(self, side: str) -> tuple[int, int | None]:
        """Days and money of one side, `claimed` or `register`."""
        days = sum(getattr(one, f"{side}_days") for one in self.lines)
        money = [getattr(one, f"{side}_minor") for one in self.lines]
        return days, None if None in money else sum(money)


def _names(names: Sequence[str], places: Iterable[int]) -> set[str]:
    return {names[place] for place in places if place >= 0}


def reconcile(claim: Claim, custody: Custody, terms: Terms) -> Reconciliation:
    """A claim person by person against the register.

    Args:
        claim: its rows, register numbers and facilities already aligned by aliases.
        custody: the register's pieces, billed or not.
        terms: the agreement's rule, the declared window and the price of a person-day.

    Returns:
        Lines that add up to both sides.

    Raises:
        FeeError: H760, when the register cannot be counted by the agreement's own rule.
    """
    beyond = outside(claim, terms.window)
    inside, out = claim.take(~beyond), claim.take(beyond)
    given = spans(inside, terms.window, terms.rule.convention)
    statuses = [custody.statuses[place] for place in np.unique(custody.status)]
    zones = () if custody.civil else terms.zones
    tried = changes(terms.rule, statuses, zones)
    found = layered(inside, given, custody, terms.rule, tried, terms.window)
    given = replace(given, beyond=np.where(found.within, 0, given.beyond))
    told = diagnosis(found)
    made = Lines(found, causes(found, inside, custody, told), terms.price)
    lines = (
        *made.matched(),
        *made.differing(),
        *made.doubled(),
        *made.elsewhere(),
        *of_rows(inside, given, terms.price, terms.exponent),
    )
    there, here = (
        _names(found.facilities, np.unique(side.facility).tolist())
        for side in (found.claim, found.pieces)
    )
    stated = claim.amount[claim.amount != UNSTATED]
    return Reconciliation(
        terms,
        lines,
        told,
        *_one_sided(found),
        tuple(sorted(there - here)),
        tuple(sorted(here - there)) if there else (),
        int((np.maximum(found.pieces_held - 1, 0) * found.grid.length).sum()),
        _provisional(found, custody),
        out.row.size,
        int(out.days[out.days != UNSTATED].sum()),
        int(stated.sum()) if stated.size else None,
    )


def _one_sided(found: Layers) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons only in the claim, and persons with a billed day only on the register."""
    some = found.grid.length > 0
    claimants, ever, billed = (
        _names(found.persons, np.unique(found.grid.person[some & (layer > 0)]).tolist())
        for layer in (found.claimed, found.ever, found.held)
    )
    return tuple(sorted(claimants - ever)), tuple(sorted(billed - claimants))


def _provisional(found: Layers, custody: Custody) -> bool:
    spell = found.pieces.spell
    return bool((custody.open & (spell.first < found.grid.after)).any())


@dataclass(frozen=True, slots=True)
class PrintedTotal:
    """A printed total beside the sum of the rows, and beside days times rate."""

    row: int
    printed_minor: int
    rows_minor: int
    exact_minor: int | None  # days claimed times the rate claimed, unrounded

    @property
    def off(self) -> int:
        """Printed total less the sum of the printed rows."""
        return self.printed_minor - self.rows_minor


def printed_total(claim: Claim, printed: Printed) -> PrintedTotal | None:
    """What a printed total says against the rows; None where the rows state no amounts."""
    if printed.amount == UNSTATED or (claim.amount == UNSTATED).any():
        return None
    priced = bool((claim.rate != UNSTATED).all() and (claim.days != UNSTATED).all())
    exact = sum((claim.rate * claim.days).tolist()) if priced else None
    return PrintedTotal(printed.row, printed.amount, int(claim.amount.sum()), exact)

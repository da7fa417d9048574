"""Quantities by facility and month, or day by day, against a register or another series.

The register's side is a table of facilities and days, of which every bucket is a sum. A facility
on one side only is listed. A change of rule explains a cell as far as the cell comes nearer to the
claim under it; what is left has no cause.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from habeas.claims.claim import UNSTATED, Bools, Cells, Claim, Ints, Spans
from habeas.claims.custody_days import Custody
from habeas.claims.grid import Grid, Spell
from habeas.claims.layers import Side, place_of, some
from habeas.claims.lines import MATCHED, Line, of_rows
from habeas.claims.reconcile import Agreement, Reconciliation, Terms
from habeas.claims.rules import Cause, Change, Rule, changes, dated
from habeas.claims.search import Diagnosis, Tried, ranked
from habeas.custody.bulk import Stays, Window, headcount
from habeas.errors import FeeError

MARGIN = 2  # days on both sides of the window: a shift of one upon a shift of one


@dataclass(frozen=True, slots=True)
class Table:
    """Persons held by facility (rows) and day (columns), from MARGIN days before the window."""

    facilities: tuple[str, ...]
    counts: Ints
    present: Bools  # the series has the day, be it at zero


@dataclass(frozen=True, slots=True)
class Ours:
    """The register's side, as it is and under every change that can be counted."""

    as_is: Table
    changed: tuple[tuple[Change, Table], ...]


def of_custody(custody: Custody, terms: Terms) -> Ours:
    """The register's side from custody: recounted under each change.

    Raises:
        FeeError: H760, when the register cannot be counted by the agreement's own rule.
    """
    statuses = [custody.statuses[place] for place in np.unique(custody.status)]
    zones = () if custody.civil else terms.zones
    found = []
    for change in changes(terms.rule, statuses, zones):
        try:
            found.append((change, _table(custody, change.rule, terms.window)))
        except FeeError as error:
            if error.code != "H760":
                raise
    return Ours(_table(custody, terms.rule, terms.window), tuple(found))


def _table(custody: Custody, rule: Rule, window: Window) -> Table:
    wide, kept = Window(window.first - MARGIN, window.after + MARGIN), custody.billed(rule)
    first, after = custody.days(rule)
    spell = some(Spell(custody.person, first, after), kept)
    grid = Grid(wide, [spell])
    place = place_of(grid, Side(spell, custody.facility[kept]), np.ones(spell.first.size, np.bool_))
    held = (place >= 0) & (grid.length > 0)  # at two places at once: neither is billed
    stays = Stays(place[held], grid.first[held], (grid.first + grid.length)[held])
    counts = headcount([stays], len(custody.facilities), wide.first, wide.after).counts()
    return Table(custody.facilities, counts, counts > 0)


def of_series(series: Cells, terms: Terms) -> Ours:
    """The register's side from a series of facility-days: only its dates can be moved."""
    days = terms.window.days + 2 * MARGIN
    counts = np.zeros((len(series.facilities), days), np.int64)
    present = np.zeros(counts.shape, np.bool_)
    place = series.bucket - terms.window.first + MARGIN
    kept = (place >= 0) & (place < days)
    np.add.at(counts, (series.facility[kept], place[kept]), series.quantity[kept])
    present[series.facility[kept], place[kept]] = True
    table = Table(series.facilities, counts, present)
    table = _moved(table, terms.rule.shift)
    steps = [(dated(terms.rule, step), _moved(table, step)) for step in (1, -1)]
    return Ours(table, tuple(steps))


def _moved(table: Table, step: int) -> Table:
    return Table(
        table.facilities, np.roll(table.counts, step, axis=1), np.roll(table.present, step, axis=1)
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both sides by joint facility and bucket."""

    facilities: tuple[str, ...]
    starts: Ints  # first civil day of each bucket
    ends: Ints
    claimed: Ints
    stated: Bools  # the claim has the cell
    doubled: Ints  # part of `claimed` that repeats a row

    def ours(self, table: Table, window: Window) -> tuple[Ints, Bools]:
        """The register's quantities and which of them it has, in the same order."""
        place = {name: number for number, name in enumerate(table.facilities)}
        rows = np.array([place.get(name, -1) for name in self.facilities], np.int64)
        found = []
        for layer in (table.counts, table.present.astype(np.int64)):
            sums = np.concatenate(
                [np.zeros((layer.shape[0] + 1, 1), np.int64), _padded(layer)], axis=1
            )
            low, high = (edge - window.first + MARGIN for edge in (self.starts, self.ends))
            found.append((sums[:, high] - sums[:, low])[rows])
        return found[0], found[1] > 0


def _padded(layer: Ints) -> Ints:
    """Sums over days; one row more, of nothing, for a facility that is not there."""
    sums = np.cumsum(layer, axis=1)
    return np.concatenate([sums, np.zeros((1, layer.shape[1]), np.int64)])


def _sides(claim: Cells, ours: Table, edges: Sequence[int]) -> _Sides:
    used = {claim.facilities[place] for place in np.unique(claim.facility)}
    facilities = tuple(sorted({*used, *ours.facilities}))
    place = {name: number for number, name in enumerate(facilities)}
    row = np.array([place.get(name, -1) for name in claim.facilities], np.int64)[claim.facility]
    starts, ends = np.array(edges[:-1], np.int64), np.array(edges[1:], np.int64)
    column = np.searchsorted(starts, claim.bucket)
    shape = len(facilities), starts.size
    claimed, doubled = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    stated = np.zeros(shape, np.bool_)
    np.add.at(claimed, (row, column), claim.quantity)
    stated[row, column] = True
    again = _again(row, column, claim.quantity)
    np.add.at(doubled, (row[again], column[again]), claim.quantity[again])
    return _Sides(facilities, starts, ends, claimed, stated, doubled)


def _again(*columns: Ints) -> Bools:
    order = np.lexsort(columns)
    found = np.zeros(order.size, np.bool_)
    if order.size:
        same = [column[order][1:] == column[order][:-1] for column in columns]
        found[order[1:]] = np.logical_and.reduce(same)
    return found


def compare(claim: Cells, ours: Ours, edges: Sequence[int], terms: Terms) -> Reconciliation:
    """Quantities of a claim against the register's, bucket by bucket.

    Args:
        claim: its quantities; each bucket is one of the edges.
        ours: the register's side.
        edges: first civil days of the buckets in order, and the day after the last.
        terms: the agreement's rule, the window and the price of a person-day.
    """
    sides = _sides(claim, ours.as_is, edges)
    held, have = sides.ours(ours.as_is, terms.window)
    once = sides.claimed - sides.doubled
    both = (sides.claimed.sum(axis=1) > 0) & (held.sum(axis=1) > 0)
    shared = np.broadcast_to(both[:, None], once.shape)
    agreements = [_agreement("", once, sides.stated, held, have)]
    tried, left = list[Tried](), list[Ints]()
    for change, table in ours.changed:
        then, has = sides.ours(table, terms.window)
        agreements.append(_agreement(change.words, once, sides.stated, then, has))
        tried.append(
            _tried(
                change,
                np.where(shared, once - held, 0),
                np.where(shared, once - then, 0),
                held,
                then,
            )
        )
        left.append(once - then)
    apart = np.where(shared, once - held, 0)
    told = ranked(int(apart[apart > 0].sum()), int(-apart[apart < 0].sum()), tried)
    rest = left[tried.index(told.best)] if told.best is not None else once - held
    made = _Made(sides, held, have, both, rest, told, terms)
    names = np.array(sides.facilities, object)
    some_claimed, some_held = sides.claimed.sum(axis=1) > 0, held.sum(axis=1) > 0
    stated = claim.amount[claim.amount != UNSTATED]
    return Reconciliation(
        terms,
        (*made.matched(), *made.differing(), *made.doubled(), *_of_cells(claim, terms)),
        told,
        (),
        (),
        tuple(names[some_claimed & ~some_held]),
        tuple(names[some_held & ~some_claimed]),
        rows_minor=int(stated.sum()) if stated.size else None,
        cells=tuple(agreements),
    )


def _agreement(words: str, once: Ints, stated: Bools, held: Ints, have: Bools) -> Agreement:
    both = stated & have
    apart = np.abs(once - held)[both]
    return Agreement(words, int(both.sum()), int((apart == 0).sum()), int(apart.sum()))


def _tried(change: Change, now: Ints, then: Ints, held: Ints, moved: Ints) -> Tried:
    nearer = np.abs(now) - np.abs(then)
    return Tried(
        change,
        int(then[then > 0].sum()),
        int(-then[then < 0].sum()),
        int(nearer[(nearer > 0) & (now > 0)].sum()),
        int(nearer[(nearer > 0) & (now < 0)].sum()),
        int(-nearer[nearer < 0].sum()),
        int(np.abs(moved - held).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """Makes the lines of quantities."""

    sides: _Sides
    held: Ints
    have: Bools
    both: Bools  # facilities that both sides have
    rest: Ints  # what differs under the best change of rule
    told: Diagnosis
    terms: Terms

    def _line(self, row: int, column: int, days: int, cause: Cause, detail: str) -> Line:
        over, under = max(days, 0), max(-days, 0)
        price = self.terms.price
        return Line(
            "",
            self.sides.facilities[row],
            int(self.sides.starts[column]),
            int(self.sides.ends[column]),
            over,
            under,
            cause,
            detail,
            None if price is None else over * price,
            None if price is None else under * price,
        )

    def matched(self) -> Iterator[Line]:
        """Quantities on which both sides agree: one line a facility."""
        agreed = np.minimum(self.sides.claimed - self.sides.doubled, self.held).sum(axis=1)
        price = self.terms.price
        for row in np.flatnonzero(agreed).tolist():
            days = int(agreed[row])
            money = None if price is None else days * price
            name = self.sides.facilities[row]
            yield Line("", name, UNSTATED, UNSTATED, days, days, None, MATCHED, money, money)

    def differing(self) -> Iterator[Line]:
        """What differs in each cell, as far as the best change explains it, and the rest."""
        now = self.sides.claimed - self.sides.doubled - self.held
        nearer = (np.abs(self.rest) < np.abs(now)) & (self.rest * now >= 0)
        for row, column in np.argwhere(now).tolist():
            days, rest = int(now[row, column]), int(self.rest[row, column])
            best = self.told.best if self.both[row] and nearer[row, column] else None
            if best is not None:
                yield self._line(row, column, days - rest, best.change.cause, best.change.words)
                days = rest
            if days:
                yield self._line(row, column, days, *self._why(row, column, days))

    def _why(self, row: int, column: int, days: int) -> tuple[Cause, str]:
        side = "the claim" if days > 0 else "the register"
        if not self.both[row]:
            return Cause.MISSING, f"the facility is only in {side}"
        other = self.have if days > 0 else self.sides.stated
        if not other[row, column]:
            return Cause.MISSING, f"only in {side}"
        return Cause.NOT_EXPLAINED, "cause not established"

    def doubled(self) -> Iterator[Line]:
        """Quantities that repeat a row."""
        for row, column in np.argwhere(self.sides.doubled).tolist():
            days = int(self.sides.doubled[row, column])
            yield self._line(row, column, days, Cause.DUPLICATE, "the same row again")


def _of_cells(claim: Cells, terms: Terms) -> Iterator[Line]:
    """Another rate, or another product than days times rate."""
    none = np.zeros(claim.row.size, np.int64)
    rows = Claim(
        ("",), claim.facilities, claim.row, none, claim.facility, none, none, none,
        none.astype(np.bool_), claim.quantity, claim.rate, claim.amount,
    )  # fmt: skip
    return of_rows(rows, Spans(none, none, claim.quantity, none), terms.price, terms.exponent)

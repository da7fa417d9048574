"""Custody intervals to what a bill is computed from: each day, by facility and by status.

Columns all the way: 40,000 persons and a year are one pass over the ends of their intervals.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from habeas.custody.bulk import Window, by_day
from habeas.custody.civil import EPOCH, OPEN
from habeas.custody.intervals import Interval
from habeas.custody.pieces import Names, Pieces, names_of, once_a_day, pieces_of, sound, together
from habeas.fees.invoice import Statement, counting, statement, treated
from habeas.fees.quantity import Ints, Period, Quantities
from habeas.law.agreement import Agreement
from habeas.law.calendar import day
from habeas.law.schedule import Fees
from habeas.terms import Convention

OVER = "past_release_date"
Table = Mapping[tuple[str, str], Ints]  # by facility and status: units of each day


@dataclass(frozen=True, slots=True)
class Held:
    """Who was held, as columns, and from when on there was no basis to hold."""

    names: Names
    pieces: Pieces
    until: Ints  # by person: UTC seconds; OPEN where no date was passed
    zone: str = ""  # in which days are counted; empty: the agreement's

    def daily(self, period: Period, convention: Convention, zone_name: str) -> Table:
        """Units of each day of a period, by facility and status; days past release are a status.

        A person counts once a day, wherever the pieces overlap.
        """
        rows, keys = sound(self._split()).pieces, len(self.names.keys)
        window = Window(day(period.first), day(period.after))
        once = once_a_day(rows, convention, zone_name)
        found = by_day(once, 2 * keys, window, convention, zone_name)
        table: dict[tuple[str, str], Ints] = {}
        for (facility, status), number in self.names.keys.items():
            table[facility, status.value] = found[number]
            table[facility, OVER] = table.get((facility, OVER), 0) + found[keys + number]
        return {key: row for key, row in table.items() if row.any()}

    def _split(self) -> Pieces:
        rows, keys = self.pieces, len(self.names.keys)
        until = self.until[rows.person]
        lawful = replace(rows, end=np.minimum(rows.end, until))
        over = replace(rows, start=np.maximum(rows.start, until), key=rows.key + keys)
        return together([lawful.taken(rows.start < until), over.taken(rows.end > until)])


def held(intervals: Iterable[Interval], past_release: Mapping[str, datetime]) -> Held:
    """Intervals as columns.

    Args:
        intervals: those under the receiving state's custody, of any number of persons.
        past_release: for a person, the instant from which there was no basis to hold; days from
            then on are set apart and never billed because an interval is open.
    """
    kept: Sequence[Interval] = list(intervals)
    names = names_of(kept)
    until = np.full(len(names.persons), OPEN, np.int64)
    for name, at in past_release.items():
        if name in names.persons:
            until[names.persons[name]] = int((at - EPOCH).total_seconds())
    return Held(names, pieces_of(kept, names), until)


def bill(deal: Agreement, fees: Fees, given: Quantities, found: Held) -> Statement:
    """The statement of a period from custody intervals.

    Args:
        deal: the agreement; its convention and zone count the days.
        fees: its schedule.
        given: the period, and what is charged for beside persons held; its `daily` is replaced.
        found: who was held.
    """
    convention = Convention(deal.calendar.convention)
    daily_billed: dict[str, Ints] = {}
    counts = Counter[str]()
    for (facility, status), row in found.daily(
        given.period, convention, found.zone or deal.calendar.zone
    ).items():
        counts[status] += int(row.sum())
        if counting(fees, status).treat == "billed":
            daily_billed[facility] = daily_billed.get(facility, 0) + row
    whole = replace(given, daily=daily_billed)
    rows = treated(fees, {status: whole.in_days(units) for status, units in counts.items()})
    return statement(deal, fees, whole, rows)

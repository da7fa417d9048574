"""Custody intervals to what a bill is computed from: each day, by facility and by status."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np

from habeas.custody.days import counted, midnight_before
from habeas.custody.intervals import Interval
from habeas.fees.invoice import Statement, counting, statement, treated
from habeas.fees.quantity import Ints, Period, Quantities
from habeas.law.agreement import Agreement
from habeas.law.schedule import Fees
from habeas.terms import Convention

OVER = "past_release_date"
Table = dict[tuple[str, str], Ints]  # by facility and status: persons of each day


def bill(
    deal: Agreement,
    fees: Fees,
    given: Quantities,
    intervals: Iterable[Interval],
    past_release: Mapping[str, datetime],
) -> Statement:
    """The statement of a period from custody intervals.

    Args:
        deal: the agreement; its convention and zone count the days.
        fees: its schedule.
        given: the period, and what is charged for beside persons held; its `daily` is replaced.
        intervals: those under the receiving state's custody, of any number of persons.
        past_release: for a person, the instant from which there was no basis to hold; days from
            then on are set apart and never billed because an interval is open.
    """
    held = daily(deal, given.period, intervals, past_release)
    daily_billed: dict[str, Ints] = {}
    counts = Counter[str]()
    for (facility, status), row in held.items():
        counts[status] += int(row.sum())
        if counting(fees, status).treat == "billed":
            daily_billed[facility] = daily_billed.get(facility, 0) + row
    whole = replace(given, daily=daily_billed)
    rows = treated(fees, {status: whole.in_days(units) for status, units in counts.items()})
    return statement(deal, fees, whole, rows)


def daily(
    deal: Agreement,
    period: Period,
    intervals: Iterable[Interval],
    past_release: Mapping[str, datetime],
) -> Table:
    """Persons of each day of a period by facility and status; days past release are a status."""
    zone, convention = deal.calendar.zone, Convention(deal.calendar.convention)
    found: Table = {}
    until = midnight_before(period.after, zone)
    taken: dict[str, int] = {}
    origin = period.first
    for one, status in sorted(
        _split(intervals, past_release),
        key=lambda pair: (pair[0].subject, pair[0].start),
        reverse=True,
    ):
        end = one.end if one.end is not None else until
        if one.start >= end:
            continue
        begins, ends = (
            min(max((day - origin).days, 0), period.days)
            for day in counted(one.start, end, convention, zone)
        )
        ends = min(ends, taken.get(one.subject, period.days))
        if ends > begins:
            row = found.setdefault((one.facility, status), np.zeros(period.days, dtype=np.int64))
            row[begins:ends] += 1
        taken[one.subject] = min(begins, taken.get(one.subject, period.days))
    return found


def _split(
    intervals: Iterable[Interval], past_release: Mapping[str, datetime]
) -> list[tuple[Interval, str]]:
    found = list[tuple[Interval, str]]()
    for one in intervals:
        until = past_release.get(one.subject)
        if until is None or (one.end is not None and one.end <= until):
            found.append((one, one.status.value))
        elif one.start >= until:
            found.append((one, OVER))
        else:
            found.append((replace(one, end=until), one.status.value))
            found.append((replace(one, start=until), OVER))
    return found

"""A statement: lines that sum to it, and every person-day accounted for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from habeas.custody.days import person_days
from habeas.custody.intervals import Interval
from habeas.fees.charge import Line, Period, Quantities, charges, months
from habeas.law import agreement, cited, schedule
from habeas.law.schedule import Counting
from habeas.terms import Convention, Status


@dataclass(frozen=True, slots=True)
class Treated:
    """Person-days of one status and what becomes of them."""

    status: str
    days: int
    counting: Counting


@dataclass(frozen=True, slots=True)
class Statement:
    """What is owed for one period; the total is None where a part of it has no price."""

    agreement: str
    period: Period
    currency: str
    exponent: int
    convention: str
    zone: str
    lines: tuple[Line, ...]
    treated: tuple[Treated, ...]  # billed, not billed and undecided person-days; they sum to all
    person_days: int  # held, whatever becomes of them

    @property
    def total_minor(self) -> int | None:
        """Sum of the lines; None where one has no price."""
        amounts = [line.amount_minor for line in self.lines]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if len(known) == len(amounts) else None

    def per_person_day(self) -> Fraction | None:
        """What each person-day held came to, in minor units; None where that is not known."""
        total = self.total_minor
        return Fraction(total, self.person_days) if total is not None and self.person_days else None

    def days(self, treat: str) -> int:
        """Person-days of one treatment: billed, not_billed or undecided."""
        return sum(one.days for one in self.treated if one.counting.treat == treat)


def _counting(fees: schedule.Fees, status: str) -> Counting:
    declared = {one.status: one for one in fees.counting}
    if status in declared:
        return declared[status]
    silent = cited.Text("the schedule does not say", "el baremo no lo dice")
    return Counting(
        status="held", treat="billed" if status == Status.HELD else "undecided", reason=silent
    )


def treated(fees: schedule.Fees, counts: Mapping[str, int]) -> tuple[Treated, ...]:
    """Every status of person-days with the treatment that the schedule declares for it."""
    return tuple(
        Treated(status, days, _counting(fees, status))
        for status, days in sorted(counts.items())
        if days
    )


def statement(
    deal: agreement.Agreement,
    fees: schedule.Fees,
    period: Period,
    given: Quantities,
    rows: tuple[Treated, ...] = (),
) -> Statement:
    """The statement of a period from stated quantities."""
    lines = tuple(charges(fees, period, given))
    return Statement(
        deal.id,
        period,
        fees.currency,
        fees.exponent,
        deal.calendar.convention,
        deal.calendar.zone,
        lines,
        rows,
        sum(row.days for row in rows) or given.person_days,
    )


def bill(
    deal: agreement.Agreement,
    fees: schedule.Fees,
    period: Period,
    intervals: Iterable[Interval],
    past_release: Mapping[str, datetime],
) -> Statement:
    """The statement of a period from custody intervals.

    Args:
        deal: the agreement; its convention and zone count the days.
        fees: its schedule.
        period: whole civil days, most often a month.
        intervals: those under the receiving state's custody, of any number of persons.
        past_release: for a person, the instant from which there was no basis to hold; days from
            then on are set apart and never billed because an interval is open.
    """
    zone, convention = deal.calendar.zone, Convention(deal.calendar.convention)
    parts, counts, billed = (
        _split(intervals, past_release),
        Counter[str](),
        list[tuple[Period, int]](),
    )
    for month in months(period):
        here = Counter[str]()
        for pieces, over in parts:
            for (_, kept), days in person_days(
                pieces, month.first, month.after, convention, zone
            ).items():
                here[over or kept.value] += days
        paid = sum(row.days for row in treated(fees, here) if row.counting.treat == "billed")
        billed.append((month, paid))
        counts += here
    return statement(deal, fees, period, Quantities(tuple(billed)), treated(fees, counts))


def _split(
    intervals: Iterable[Interval], past_release: Mapping[str, datetime]
) -> list[tuple[list[Interval], str]]:
    lawful, over = list[Interval](), list[Interval]()
    for one in intervals:
        until = past_release.get(one.subject)
        if until is None or (one.end is not None and one.end <= until):
            lawful.append(one)
        elif one.start >= until:
            over.append(one)
        else:
            lawful.append(replace(one, end=until))
            over.append(replace(one, start=until))
    return [(lawful, ""), (over, "past_release_date")]

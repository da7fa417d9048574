"""Stock, flow, average daily population and length of stay of one civil month, out of intervals.

A month is [its first midnight, the next month's first midnight) in the agreement's zone. The stock
at either end is the roll in the last second before that midnight, so that every act belongs to one
month and `stock at the end = stock at the start + entries - exits` in every row. Acts are counted,
not persons; how many persons stand behind a count is kept beside it, because that is what must not
become known.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from habeas.custody.bulk import Window, by_day
from habeas.custody.days import SECOND, civil_day, midnight_before
from habeas.custody.intervals import Interval
from habeas.custody.pieces import names_of, pieces_of
from habeas.custody.roll import roll
from habeas.law.calendar import day
from habeas.terms import Convention, EventKind, Side

ALL = ""  # every facility of a state, or both states: a row of sums
NOWHERE = "not_recorded"
STOCK, PERSON_DAYS = "stock", "person_days"
ENTRIES = ("opened", "from_other_state", "recaptured", "moved_in")
LEAVING = ("released", "died", "escaped", "to_other_state", "not_told")  # a custody period ends
EXITS = (*LEAVING, "moved_out")
AT_END = ("past_date", "not_past_date")  # what the stock at the end consists of
# Whole civil days of a custody period, lower ends. From 31 on, whoever left in a month was held
# when it began.
BANDS = {"under_31_days": 0, "31_to_182_days": 31, "183_to_365_days": 183,
         "366_to_1095_days": 366, "1096_days_or_more": 1096}  # fmt: skip
ENDED = {
    EventKind.RELEASED.value: "released",
    EventKind.DIED.value: "died",
    EventKind.ESCAPED.value: "escaped",
}


class Row(NamedTuple):
    """One row of the tables; either part may be ALL."""

    custodian: str
    facility: str


class Key(NamedTuple):
    """One count. Its period is a month (YYYY-MM), of a stock the day before whose start it is."""

    period: str
    row: Row
    measure: str


class Count(NamedTuple):
    """A count, and how many persons stand behind it."""

    value: int
    persons: int


Counts = dict[Key, Count]


@dataclass(frozen=True, slots=True)
class Month:
    """A civil month of a zone."""

    first: date
    after: date
    zone: str

    @property
    def name(self) -> str:
        """YYYY-MM."""
        return self.first.isoformat()[:7]

    @property
    def days(self) -> int:
        """How many."""
        return (self.after - self.first).days

    def edges(self) -> tuple[datetime, datetime]:
        """The instants [start, end), UTC."""
        return midnight_before(self.first, self.zone), midnight_before(self.after, self.zone)

    def period(self, measure: str) -> str:
        """The period of a count of the month that is no stock."""
        return self.after.isoformat() if measure in AT_END else self.name

    def stocks(self) -> tuple[str, str]:
        """The periods of the stock at the start and at the end."""
        return self.first.isoformat(), self.after.isoformat()


def month(first: date, zone: str) -> Month:
    """The month that begins on a day."""
    return Month(first, date(first.year + first.month // 12, first.month % 12 + 1, 1), zone)


class _Act(NamedTuple):
    """One person's entry into a place, or exit from it, at an instant."""

    row: Row
    measure: str
    at: datetime
    band: str  # of the custody period that an exit ends; empty where none ends


def place(one: Interval) -> Row:
    """The row of an interval."""
    return Row(one.custodian.value, one.facility or NOWHERE)


def sums(row: Row) -> tuple[Row, Row, Row]:
    """The rows that a place counts in: its own, its state's, both states'."""
    return row, Row(row.custodian, ALL), Row(ALL, ALL)


def places(intervals: Iterable[Interval], until: datetime) -> list[Row]:
    """Every place that ever held anybody before an instant, in order."""
    return sorted({place(one) for one in intervals if one.start < until})


def _acts(person: Sequence[Interval], zone: str) -> Iterator[_Act]:
    """Entries and exits of one person, whose intervals are in order."""
    begun = dict[int, datetime]()
    for before, one in pairwise((None, *person, None)):
        if one is not None:
            begun.setdefault(one.stay, one.start)
        out, entered = _passage(before, one)
        if before is not None and out and before.end is not None:
            band = "" if out == "moved_out" else _band(begun[before.stay], before.end, zone)
            yield _Act(place(before), out, before.end, band)
        if one is not None and entered:
            yield _Act(place(one), entered, one.start, "")


def _passage(before: Interval | None, one: Interval | None) -> tuple[str, str]:
    """By which exit and entry a person came from one interval to the next; empty: by none."""
    if before is None:
        return "", "opened"
    if before.reason_out in ENDED:
        escaped = before.reason_out == EventKind.ESCAPED.value
        return ENDED[before.reason_out], "recaptured" if escaped else "opened"
    if one is None or before.end != one.start:
        return "not_told", "recaptured"
    if before.custodian is not one.custodian:
        return "to_other_state", "from_other_state"
    return ("", "") if place(before) == place(one) else ("moved_out", "moved_in")


def _band(begin: datetime, end: datetime, zone: str) -> str:
    length = (civil_day(end, zone) - civil_day(begin, zone)).days
    return [name for name, least in BANDS.items() if least <= length][-1]


def _persons(intervals: Iterable[Interval], when: Month) -> Iterator[list[Interval]]:
    """The intervals of each person whom the month concerns, those that begin after it left out."""
    start, end = when.edges()
    begun = sorted(
        (one for one in intervals if one.start < end), key=attrgetter("subject", "start")
    )
    for _, group in groupby(begun, key=attrgetter("subject")):
        person = list(group)
        if person[-1].end is None or person[-1].end >= start:
            yield person


class _Tally:
    """Counts of a month by row and measure, with the persons behind each."""

    def __init__(self) -> None:
        self.values = defaultdict[tuple[str, Row, str], int](int)
        self.people = defaultdict[tuple[str, Row, str], set[str]](set)

    def add(self, period: str, row: Row, measure: str, subject: str) -> None:
        for each in sums(row)[1 if measure in BANDS else 0 :]:
            self.values[period, each, measure] += 1
            self.people[period, each, measure].add(subject)


def counts(intervals: Sequence[Interval], past: Collection[str], when: Month) -> Counts:
    """Every count of a month, those that are zero too.

    Args:
        intervals: of all persons, as one register gives them.
        past: persons who are held past their date in the last second of the month.
        when: the month.
    """
    tally, among = _Tally(), places(intervals, when.edges()[1])
    for person in _persons(intervals, when):
        _stocks(tally, person, past, when)
        _flows(tally, person, when)
    _person_days(tally, intervals, when)
    return {key: Count(tally.values[key], len(tally.people[key])) for key in keys(among, when)}


def _stocks(tally: _Tally, person: Sequence[Interval], past: Collection[str], when: Month) -> None:
    for edge, period in zip(when.edges(), when.stocks(), strict=True):
        for one in roll(person, edge - SECOND):
            tally.add(period, place(one), STOCK, one.subject)
    for one in roll(person, when.edges()[1] - SECOND):
        held = AT_END[one.subject not in past]
        tally.add(when.period(held), place(one), held, one.subject)


def _flows(tally: _Tally, person: Sequence[Interval], when: Month) -> None:
    start, end = when.edges()
    for act in _acts(person, when.zone):
        if not start <= act.at < end:
            continue
        tally.add(when.name, act.row, act.measure, person[0].subject)
        if act.band:
            tally.add(when.name, act.row, act.band, person[0].subject)


def rows(among: Sequence[Row]) -> list[Row]:
    """The rows of the tables: places, each state, both states."""
    return [*among, *(Row(side.value, ALL) for side in Side), Row(ALL, ALL)]


def keys(among: Sequence[Row], when: Month) -> list[Key]:
    """Every count that is tallied for a month, of these places."""
    found = list[Key]()
    for row in rows(among):
        found += [Key(period, row, STOCK) for period in when.stocks()]
        found += [Key(when.period(name), row, name) for name in (*AT_END, *ENTRIES, *EXITS)]
        more = tuple(BANDS) if row.facility == ALL else ()
        found += [Key(when.name, row, name) for name in (PERSON_DAYS, *more)]
    return found


def _person_days(tally: _Tally, intervals: Sequence[Interval], when: Month) -> None:
    """Person-days of every row, by the one function that counts days."""
    start, end = when.edges()
    window = Window(day(when.first), day(when.after))
    for side in Side:
        near = [
            one
            for one in intervals
            if one.custodian is side and one.start < end and (one.end is None or start < one.end)
        ]
        if not near:
            continue
        names = names_of(near)
        pieces = pieces_of(near, names)
        days = by_day(pieces, len(names.keys), window, Convention.MIDNIGHT, when.zone).sum(axis=1)
        for (facility, _), number in names.keys.items():
            for row in sums(Row(side.value, facility or NOWHERE)):
                tally.values[when.name, row, PERSON_DAYS] += int(days[number])

"""Days exist only under a named convention in a named zone."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.custody.bulk import Stays, headcount, totals
from habeas.custody.days import counted, person_days
from habeas.custody.intervals import Interval
from habeas.errors import FeeError, LawError
from habeas.law.calendar import zone
from habeas.terms import Convention, Side, Status

SV, NY, UT = "America/El_Salvador", "America/New_York", "UTC"
# One stay a line: start, end, midnight and calendar days in El Salvador, New York, UTC.
GOLDEN = [
    ("2026-01-10T15:00", "2026-01-13T15:00", 3, 4, 3, 4, 3, 4),
    ("2026-02-01T14:00", "2026-02-01T20:00", 0, 1, 0, 1, 0, 1),
    ("2026-03-05T23:30", "2026-03-06T03:00", 0, 1, 0, 1, 1, 2),
    ("2026-03-06T05:30", "2026-03-06T06:30", 1, 2, 0, 1, 0, 1),
    ("2026-04-01T12:00", "2026-04-03T06:00", 2, 2, 2, 3, 2, 3),
    ("2026-04-03T06:00", "2026-04-04T12:00", 1, 2, 1, 2, 1, 2),
    ("2028-02-27T18:00", "2028-03-01T18:00", 3, 4, 3, 4, 3, 4),
    ("2026-03-07T17:00", "2026-03-09T16:00", 2, 3, 2, 3, 2, 3),
    ("2026-10-31T16:00", "2026-11-02T17:00", 2, 3, 2, 3, 2, 3),
    ("2026-12-31T18:00", "2027-01-01T18:00", 1, 2, 1, 2, 1, 2),
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def piece(
    start: datetime,
    end: datetime | None,
    facility: str = "F",
    subject: str = "p",
    status: Status = Status.HELD,
) -> Interval:
    return Interval(subject, "X", Side.RECEIVING, facility, "", status, start, end, 0, "", 0, 0)


@pytest.mark.parametrize("row", GOLDEN)
def test_golden_stays_count_as_the_convention_says(
    row: tuple[str, str, int, int, int, int, int, int],
) -> None:
    start, end = utc(row[0]), utc(row[1])
    found = []
    for place in (SV, NY, UT):
        for convention in (Convention.MIDNIGHT, Convention.CALENDAR):
            first, after = counted(start, end, convention, place)
            found.append((after - first).days)
    assert tuple(found) == row[2:]


@pytest.mark.parametrize("convention", [Convention.MIN1, Convention.BLOCK24, Convention.HOURS])
def test_a_convention_that_cannot_be_counted_is_refused(convention: Convention) -> None:
    with pytest.raises(FeeError, match="H712"):
        counted(utc("2026-01-01T00:00"), utc("2026-01-02T00:00"), convention, UT)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../zoneinfo/UTC", "Europe"])
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(LawError, match="H711"):
        zone(name)


INSTANTS = st.integers(0, 90 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
LINES = st.lists(INSTANTS, min_size=2, max_size=9, unique=True).map(sorted)
CONVENTIONS = st.sampled_from([Convention.MIDNIGHT, Convention.CALENDAR])
FIRST, AFTER = date(2025, 12, 1), date(2026, 5, 1)


def chain(line: list[datetime]) -> list[Interval]:
    return [piece(a, b, f"F{n % 3}") for n, (a, b) in enumerate(pairwise(line))]


@given(LINES, CONVENTIONS, st.sampled_from([SV, NY, UT]))
def test_moves_neither_lose_nor_gain_a_day(
    line: list[datetime], convention: Convention, place: str
) -> None:
    moved = person_days(chain(line), FIRST, AFTER, convention, place)
    whole = person_days([piece(line[0], line[-1])], FIRST, AFTER, convention, place)
    assert moved.total() == whole.total()


@given(LINES, CONVENTIONS)
def test_months_add_up_to_the_year(line: list[datetime], convention: Convention) -> None:
    cuts = [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
        date(2026, 5, 1),
    ]
    parts = Counter[tuple[str, Status]]()
    for first, after in pairwise(cuts):
        parts += person_days(chain(line), first, after, convention, SV)
    assert parts == person_days(chain(line), FIRST, AFTER, convention, SV)


@given(LINES)
def test_the_order_of_intervals_does_not_matter(line: list[datetime]) -> None:
    pieces = chain(line)
    one = person_days(pieces, FIRST, AFTER, Convention.CALENDAR, SV)
    assert person_days(pieces[::-1], FIRST, AFTER, Convention.CALENDAR, SV) == one


def test_an_open_interval_counts_to_the_end_of_the_window() -> None:
    found = person_days(
        [piece(utc("2026-01-10T12:00"), None)],
        date(2026, 1, 1),
        date(2026, 2, 1),
        Convention.MIDNIGHT,
        UT,
    )
    assert found == {("F", Status.HELD): 22}


def test_two_people_on_one_night_are_two_person_days() -> None:
    night = [piece(utc("2026-01-10T12:00"), utc("2026-01-11T12:00"), subject=name) for name in "ab"]
    assert person_days(night, FIRST, AFTER, Convention.MIDNIGHT, UT).total() == 2


STAYS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(-3, 30)), max_size=60)


@given(STAYS)
def test_columns_count_as_intervals_do(rows: list[tuple[int, int, int]]) -> None:
    table = np_stays(rows)
    found = totals(headcount([table], 4, 10, 70))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    pieces = [
        piece(
            start + timedelta(days=first),
            start + timedelta(days=first + length),
            f"F{place}",
            f"p{n}",
        )
        for n, (place, first, length) in enumerate(rows)
        if length > 0
    ]
    window = (start.date() + timedelta(days=10), start.date() + timedelta(days=70))
    assert found.person_days == person_days(pieces, *window, Convention.MIDNIGHT, UT).total()
    assert found.refused == sum(length < 0 for _, _, length in rows)


def np_stays(rows: list[tuple[int, int, int]]) -> Stays:
    columns = np.array(
        [(place, first, first + length) for place, first, length in rows], dtype=np.int64
    )
    columns = columns.reshape(-1, 3)
    return Stays(columns[:, 0], columns[:, 1], columns[:, 2])

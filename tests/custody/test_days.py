"""Days exist only under a named convention in a named zone."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody_cases import CONVENTIONS, NY, SV, UT, chain, columns, piece, utc, window
from habeas.custody.bulk import Stays, by_day, headcount, totals
from habeas.custody.days import Piece, person_days, quantity, spans
from habeas.errors import FeeError, LawError
from habeas.law.calendar import zone
from habeas.terms import Census, Convention, Status

M, C, N, B, H = Convention
# One custody period a line: start, end; the five conventions in El Salvador; midnight and calendar
# in New York and in UTC.
GOLDEN = [
    ("2026-01-10T15:00", "2026-01-13T15:00", (3, 4, 3, 3, 259_200), (3, 4), (3, 4)),
    ("2026-02-01T14:00", "2026-02-01T20:00", (0, 1, 1, 1, 21_600), (0, 1), (0, 1)),
    ("2026-03-05T23:30", "2026-03-06T03:00", (0, 1, 1, 1, 12_600), (0, 1), (1, 2)),
    ("2026-03-06T05:30", "2026-03-06T06:30", (1, 2, 1, 1, 3_600), (0, 1), (0, 1)),
    ("2026-04-01T12:00", "2026-04-03T06:00", (2, 2, 2, 2, 151_200), (2, 3), (2, 3)),
    ("2026-04-03T06:00", "2026-04-04T12:00", (1, 2, 1, 2, 108_000), (1, 2), (1, 2)),
    ("2028-02-27T18:00", "2028-03-01T18:00", (3, 4, 3, 3, 259_200), (3, 4), (3, 4)),
    ("2026-03-07T17:00", "2026-03-09T16:00", (2, 3, 2, 2, 169_200), (2, 3), (2, 3)),
    ("2026-10-31T16:00", "2026-11-02T17:00", (2, 3, 2, 3, 176_400), (2, 3), (2, 3)),
    ("2026-12-31T18:00", "2027-01-01T18:00", (1, 2, 1, 1, 86_400), (1, 2), (1, 2)),
    ("2026-05-05T15:00:00", "2026-05-06T15:00:01", (1, 2, 1, 2, 86_401), (1, 2), (1, 2)),
]
Golden = tuple[str, str, tuple[int, ...], tuple[int, int], tuple[int, int]]


@pytest.mark.parametrize("row", GOLDEN)
def test_golden_stays_count_as_the_convention_says(row: Golden) -> None:
    start, end = utc(row[0]), utc(row[1])
    found = tuple(quantity(start, end, convention, SV) for convention in Convention)
    elsewhere = [tuple(quantity(start, end, one, place) for one in (M, C)) for place in (NY, UT)]
    assert (found, *elsewhere) == row[2:]


@pytest.mark.parametrize("row", GOLDEN)
def test_golden_stays_count_alike_in_columns(row: Golden) -> None:
    rows, _ = columns([piece(utc(row[0]), utc(row[1]))])
    days = window(utc(row[0]).date() - timedelta(days=2), utc(row[1]).date() + timedelta(days=2))
    found = tuple(int(by_day(rows, 1, days, one, SV).sum()) for one in Convention)
    elsewhere = [
        tuple(int(by_day(rows, 1, days, one, place).sum()) for one in (M, C)) for place in (NY, UT)
    ]
    assert (found, *elsewhere) == row[2:]


def test_a_night_over_new_year_is_a_night_of_the_old_year() -> None:
    night = [piece(utc("2026-12-31T18:00"), utc("2027-01-01T18:00"))]
    years = [
        person_days(night, date(year, 1, 1), date(year + 1, 1, 1), M, SV).total()
        for year in (2026, 2027)
    ]
    assert years == [1, 0]


MOVED = [utc("2026-02-01T14:00"), utc("2026-02-01T16:00"), utc("2026-02-01T20:00")]


def test_a_move_on_the_day_of_reception_adds_no_day_to_min1() -> None:
    found = person_days(chain(MOVED), date(2026, 2, 1), date(2026, 2, 2), N, SV)
    assert found == {("F1", Status.HELD): 1}


def test_two_custody_periods_without_a_midnight_are_two_days_by_min1() -> None:
    twice = [*chain(MOVED), piece(utc("2026-02-01T21:00"), utc("2026-02-01T22:00"), stay=1)]
    assert person_days(twice, FIRST, AFTER, N, SV).total() == 2


def test_a_move_begins_no_block_of_24_hours() -> None:
    line = [utc("2026-02-01T14:00"), utc("2026-02-02T13:00"), utc("2026-02-02T15:00")]
    found = person_days(chain(line), FIRST, AFTER, B, SV)
    assert found == {("F0", Status.HELD): 1, ("F1", Status.HELD): 1}


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 8, 23), (11, 1, 25), (6, 1, 24)])
def test_a_day_has_as_many_hours_as_the_clock_gives_it(month: int, day: int, hours: int) -> None:
    held, on = [piece(utc("2026-01-01T00:00"), None)], date(2026, month, day)
    found = person_days(held, on, on + timedelta(days=1), H, NY)
    assert found.total() == hours * 3_600


def test_a_census_at_the_start_of_the_day_is_that_of_the_day_before() -> None:
    held = [piece(utc("2026-01-10T15:00"), utc("2026-01-13T15:00"))]
    sides = [
        next(iter(spans(Piece(one.start, one.end, one.start, one.end), M, SV, side)))[:2]
        for side in Census
        for one in held
        if one.end is not None
    ]
    assert sides == [
        (date(2026, 1, 10), date(2026, 1, 13)),
        (date(2026, 1, 11), date(2026, 1, 14)),
    ]


@pytest.mark.parametrize("convention", [C, N, B, H])
def test_a_census_is_stated_with_midnight_only(convention: Convention) -> None:
    rows, _ = columns([piece(utc("2026-01-10T15:00"), None)])
    with pytest.raises(FeeError, match="H713"):
        by_day(rows, 1, window(FIRST, AFTER), convention, SV, Census.DAY_START)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../zoneinfo/UTC", "Europe"])
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(LawError, match="H711"):
        zone(name)


INSTANTS = st.integers(0, 90 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
LINES = st.lists(INSTANTS, min_size=2, max_size=9, unique=True).map(sorted)
FIRST, AFTER = date(2025, 12, 1), date(2026, 5, 1)


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


@pytest.mark.counted
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

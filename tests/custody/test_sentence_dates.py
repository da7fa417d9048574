"""The last day of a sentence: subtract the day first, then add years, months, weeks, days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.custody.imposed import last_day
from habeas.custody.sentence import Length
from habeas.law.calendar import Rounding

DAY = timedelta(days=1)
# begins, (years, months, weeks, days), last day rounded down, and up where it differs
MONTH_ENDS = [
    ("2020-08-31", (0, 1, 0, 0), "2020-09-30", ""),  # not 2020-09-29, as month first would have it
    ("2020-09-01", (0, 1, 0, 0), "2020-09-30", ""),  # from the 1st: to the end of the month before
    ("2020-02-01", (0, 1, 0, 0), "2020-02-29", ""),
    ("2020-03-01", (0, 1, 0, 0), "2020-03-31", ""),  # not 2020-03-29
    ("2019-03-01", (1, 0, 0, 0), "2020-02-29", ""),
    ("2020-03-01", (1, 0, 0, 0), "2021-02-28", ""),
    ("2020-02-29", (1, 0, 0, 0), "2021-02-28", ""),
    ("2020-03-01", (0, 0, 1, 0), "2020-03-07", ""),
    ("2021-01-31", (0, 1, 0, 0), "2021-02-28", "2021-03-01"),
    ("2020-01-31", (0, 1, 0, 0), "2020-02-29", "2020-03-01"),
    ("2021-12-31", (0, 2, 0, 0), "2022-02-28", "2022-03-01"),
    ("2021-10-31", (0, 1, 0, 0), "2021-11-30", ""),
    ("2021-01-30", (0, 1, 1, 1), "2021-03-08", "2021-03-09"),
    ("2020-09-01", (0, 1, 1, 0), "2020-10-07", ""),
    ("2021-05-17", (3, 10, 0, 0), "2025-03-16", ""),
    ("2021-05-17", (0, 0, 0, 1), "2021-05-17", ""),
    ("2020-03-01", (1, 1, 0, 0), "2021-03-31", ""),
]


@pytest.mark.parametrize(("begins", "parts", "down", "up"), MONTH_ENDS)
def test_the_table_of_month_ends(
    begins: str, parts: tuple[int, int, int, int], down: str, up: str
) -> None:
    start, length = date.fromisoformat(begins), Length(*parts)
    found = (last_day(start, length, "down"), last_day(start, length, "up"))
    assert tuple(map(str, found)) == (down, up or down)


def walked(begins: date, length: Length, rounding: Rounding) -> date:
    """The same by walking day by day and counting the firsts of months: no month arithmetic."""
    months = 12 * length.years + length.months
    if begins.day == 1 and months:
        last = _first_after(begins, months) - DAY
    else:
        last = _months_on(begins - DAY, 12 * length.years, rounding)
        last = _months_on(last, length.months, rounding)
    for _ in range(7 * length.weeks + length.days):
        last += DAY
    return last


def _first_after(day: date, count: int) -> date:
    while count:
        day += DAY
        count -= day.day == 1
    return day


def _months_on(day: date, count: int, rounding: Rounding) -> date:
    if not count:
        return day
    wanted, here = day.day, _first_after(day, count)
    while here.day < wanted:
        following = here + DAY
        if following.day == 1:
            return following if rounding == "up" else here
        here = following
    return here


DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
EDGES = st.builds(
    lambda year, month, back: date(year, month, 1) - back * DAY,
    st.integers(1996, 2049), st.integers(1, 12), st.integers(0, 3),
)  # fmt: skip
LENGTHS = st.builds(
    Length, st.integers(0, 12), st.integers(0, 30), st.integers(0, 6), st.integers(0, 40)
)
ROUNDINGS = st.sampled_from(["down", "up"])


@given(DAYS | EDGES, LENGTHS, ROUNDINGS)
def test_arithmetic_is_what_walking_day_by_day_gives(
    begins: date, length: Length, rounding: Rounding
) -> None:
    assert last_day(begins, length, rounding) == walked(begins, length, rounding)


@given(DAYS | EDGES, st.integers(1, 200), ROUNDINGS)
def test_a_longer_sentence_never_ends_earlier(
    begins: date, months: int, rounding: Rounding
) -> None:
    shorter, longer = (Length(months=n) for n in (months, months + 1))
    assert last_day(begins, shorter, rounding) < last_day(begins, longer, rounding)


@given(DAYS | EDGES, st.integers(1, 20))
def test_whole_years_end_before_their_anniversary_in_leap_years_too(
    begins: date, years: int
) -> None:
    anniversary = [begins.month, begins.day] if (begins.month, begins.day) != (2, 29) else [3, 1]
    wanted = date(begins.year + years, *anniversary) - DAY
    assert abs((last_day(begins, Length(years=years), "down") - wanted).days) <= 1
    if begins.day > 1 and (begins.month, begins.day) != (2, 29):
        assert last_day(begins, Length(years=years), "down") == wanted

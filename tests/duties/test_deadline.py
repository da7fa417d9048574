"""The last second in which a duty is kept, by hand and against another count of days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters.public_holidays import calendar
from habeas.duties.deadline import Clocked, fixed, last
from habeas.errors import LawError
from habeas.law.cited import Due, Text

TALLINN = Clocked("Europe/Tallinn", "down")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_hours_run_from_the_instant_over_a_change_of_the_clock() -> None:
    # The night of 28 March 2027 has 23 hours in Tallinn: 24 hours end at 13:00 on its clocks.
    assert last(at("2027-03-27T12:00+02:00"), Due(hours=24), TALLINN) == at(
        "2027-03-28T13:00+03:00"
    )


@pytest.mark.parametrize(
    ("by", "until"),
    [
        (Due(days=0), "2027-01-04T23:59:59+02:00"),
        (Due(days=3), "2027-01-07T23:59:59+02:00"),
        (Due(months=1), "2027-02-04T23:59:59+02:00"),
        (Due(days=3, hours=72), "2027-01-07T09:00:00+02:00"),
    ],
)
def test_days_run_to_the_last_second_of_a_civil_day(by: Due, until: str) -> None:
    assert last(at("2027-01-04T09:00+02:00"), by, TALLINN) == at(until)


def test_words_fix_no_number() -> None:
    said = Due(Text("At once.", "De inmediato."))
    assert (fixed(said), last(at("2027-01-04T09:00+02:00"), said, TALLINN)) == (False, None)


@pytest.mark.parametrize(
    ("state", "start", "until"),
    [
        # 24 June 2027 is Midsummer in Estonia, 23 June Victory Day; 26 and 27 are a weekend.
        ("EE", "2027-06-22T10:00+03:00", "2027-06-29T23:59:59+03:00"),
        # 1 January 2027 is a Friday and a holiday everywhere here; 6 January is one in Sweden.
        ("SE", "2026-12-31T10:00+02:00", "2027-01-07T23:59:59+02:00"),
        ("US", "2026-12-31T10:00+02:00", "2027-01-06T23:59:59+02:00"),
    ],
)
def test_three_working_days_by_the_calendar_of_the_state(
    state: str, start: str, until: str
) -> None:
    known = calendar(state)
    assert known is not None
    clocked = Clocked("Europe/Tallinn", "down", *known)
    assert last(at(start), Due(working_days=3), clocked) == at(until)


def test_working_days_without_a_calendar_are_refused_and_so_are_ten_years() -> None:
    for clocked, count in ((TALLINN, 3), (Clocked("UTC", "down", lambda _: True), 1)):
        with pytest.raises(LawError) as caught:
            last(at("2027-01-04T09:00+02:00"), Due(working_days=count), clocked)
        assert [one.code for one in caught.value.faults] == ["H771"]


def test_a_state_without_a_calendar_has_none() -> None:
    assert calendar("QQ") is None


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made UTC below
    days=st.integers(0, 400),
    zone=st.sampled_from(["Europe/Tallinn", "America/El_Salvador", "America/Santiago", "UTC"]),
)
def test_a_civil_day_ends_where_the_next_begins(start: datetime, days: int, zone: str) -> None:
    begun = start.replace(microsecond=0, tzinfo=UTC)
    found = last(begun, Due(days=days), Clocked(zone, "down"))
    assert found is not None
    there = ZoneInfo(zone)
    on: date = begun.astimezone(there).date() + timedelta(days=days)
    # Santiago skips midnight twice a year: the day begins at one, and so ends the one before.
    assert found.astimezone(there).date() in {on, on + timedelta(days=1)}
    assert (found + timedelta(seconds=1)).astimezone(there).date() == on + timedelta(days=1)
    assert found >= begun

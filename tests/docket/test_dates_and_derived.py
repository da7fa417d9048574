"""Days in dockets, and facts that follow from dates and areas."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.adapters.importers import docket_file
from habeas.docket.check import Docket
from habeas.docket.columns import EPOCH, instant
from habeas.docket.derive import TABLE, Rounding, add_months, months_left, years_attained
from habeas.docket.evidence import lapse
from habeas.law.library import Library
from habeas.service import intake
from habeas.service.screen import screen

LIBRARY = Library()
COLUMNS = intake.columns(LIBRARY.vocabulary)
HEAD = "case,agreement,sending,receiving,pathway"
KEYS = "SE-EE,SE,EE,lease"
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
ROUNDINGS = st.sampled_from(["down", "up"])


def read(folder: Path, columns: str, *rows: str) -> Docket:
    path = folder / "docket.csv"
    lines = [f"C-{number},{KEYS},{row}\n" for number, row in enumerate(rows, 1)]
    path.write_text(f"{HEAD},{columns}\n{''.join(lines)}")
    return intake.read(*docket_file.read(path), LIBRARY, str(path))


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH


def later(start: date, months: int, rounding: Rounding) -> date:
    """The rule as the specification words it, day by day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for number in (start.day, *range(31, 0, -1)):
        try:
            found = date(year, month + 1, number)
        except ValueError:
            continue
        return found if number == start.day or rounding == "down" else found + timedelta(days=1)
    raise AssertionError


def test_a_day_is_kept_as_days_since_1970(tmp_path: Path) -> None:
    (case, first) = read(tmp_path, "birth_date", "2004-02-29", "1970-01-01").cases
    assert (case.facts["birth_date"], first.facts["birth_date"]) == (12_477, 0)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-1-4", "H413"),
        ("26-01-04", "H413"),
        ("04.01.26", "H413"),
        ("04.01.2026", "H413"),
        ("20260104", "H413"),
        ("2026-01-04T00:00:00Z", "H413"),
        ("2026-02-30", "H413"),
        ("2026-13-01", "H413"),
        (" 2026-01-04", "H413"),
        ("٢٠٢٦-٠١-٠٤", "H413"),  # noqa: RUF001
        ("=2026-01-04", "H411"),
        ("unknown", "H406"),
        ("1899-12-31", "H405"),
        ("2200-01-01", "H405"),
    ],
)
def test_a_day_has_one_spelling_and_bounds(tmp_path: Path, cell: str, code: str) -> None:
    (row,) = read(tmp_path, "birth_date", cell).refused
    assert row.code == code


def test_a_day_out_of_bounds_is_told_with_the_bounds(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "release_date", "2120-01-02").refused
    assert row.what == "release_date 2120-01-02 is outside 1990-01-01..2120-01-01"


@given(start=DAYS, months=st.integers(-24, 24), rounding=ROUNDINGS)
def test_months_are_added_as_the_specification_words_it(
    start: date, months: int, rounding: Rounding
) -> None:
    found = add_months(start.toordinal() - EPOCH, months, rounding)
    assert found == later(start, months, rounding).toordinal() - EPOCH


@pytest.mark.parametrize(
    ("rounding", "on", "years"),
    [
        ("down", "2022-02-27", 17),
        ("down", "2022-02-28", 18),
        ("up", "2022-02-28", 17),
        ("up", "2022-03-01", 18),
        ("up", "2024-02-29", 20),
        ("down", "2004-02-28", -1),
    ],
)
def test_who_was_born_on_29_february_attains_an_age_as_the_calendar_says(
    rounding: Rounding, on: str, years: int
) -> None:
    assert years_attained(day("2004-02-29"), day(on), rounding) == years


@given(birth=DAYS, on=DAYS, rounding=ROUNDINGS)
def test_an_age_is_the_last_birthday_reached(birth: date, on: date, rounding: Rounding) -> None:
    first, second = birth.toordinal() - EPOCH, on.toordinal() - EPOCH
    years = years_attained(first, second, rounding)
    assert add_months(first, 12 * years, rounding) <= second
    assert add_months(first, 12 * years + 12, rounding) > second


@pytest.mark.parametrize(
    ("received", "release", "hundredths"),
    [
        ("2026-11-01", "2027-05-01", 600),
        ("2026-11-01", "2027-04-30", 596),
        ("2026-11-01", "2026-11-02", 3),
        ("2026-08-31", "2027-02-28", 600),
        ("2026-11-01", "2026-11-01", 0),
        ("2026-11-01", "2020-01-01", 0),
    ],
)
def test_months_left_are_whole_months_and_the_hundredths_begun_are_not_counted(
    received: str, release: str, hundredths: int
) -> None:
    assert months_left(day(release), day(received), "down") == hundredths


@given(received=DAYS, days=st.integers(1, 40_000), months=st.integers(0, 400), rounding=ROUNDINGS)
def test_a_number_of_months_is_left_exactly_when_the_calendar_reaches_it(
    received: date, days: int, months: int, rounding: Rounding
) -> None:
    start = received.toordinal() - EPOCH
    left = months_left(start + days, start, rounding)
    assert (left >= 100 * months) is (add_months(start, months, rounding) <= start + days)
    assert left <= months_left(start + days + 1, start, rounding)


def test_facts_follow_from_their_sources_and_the_scales_fit(tmp_path: Path) -> None:
    columns = ",".join(name for one in TABLE for name in one.sources)
    (case,) = read(tmp_path, columns, "1990-05-17,2027-01-15,2028-03-01,2026-11-01,10.0001,3").cases
    told = {one.fact: case.facts[one.fact] for one in TABLE}
    assert told == {"age_years": 36, "months_remaining": 1600, "planned_m2": 33_333}
    assert COLUMNS["planned_m2"].scale == COLUMNS["cell_area_m2"].scale
    assert (COLUMNS["months_remaining"].scale, COLUMNS["age_years"].scale) == (100, 1)


def test_one_source_alone_derives_nothing(tmp_path: Path) -> None:
    cases = read(tmp_path, "birth_date,planned_transfer_on", "1990-05-17,", ",2027-01-15").cases
    assert [case.facts.get("age_years") for case in cases] == [None, None]


@pytest.mark.parametrize(
    ("columns", "row", "what"),
    [
        ("age_years,birth_date,planned_transfer_on", "37,1990-05-17,2027-01-15",
         "'age_years' is not the 36 that follows from birth_date and planned_transfer_on"),
        ("months_remaining,release_date,request_received_on", "6.01,2027-05-01,2026-11-01",
         "'months_remaining' is not the 6 that follows from release_date and request_received_on"),
        ("planned_m2,cell_area_m2,cell_occupants", "3.34,10,3",
         "'planned_m2' is not the 3.3333 that follows from cell_area_m2 and cell_occupants"),
    ],
)  # fmt: skip
def test_a_number_that_does_not_follow_from_its_sources_sets_the_row_aside(
    tmp_path: Path, columns: str, row: str, what: str
) -> None:
    (told,) = read(tmp_path, columns, row).refused
    assert (told.code, told.what) == ("H420", what)


def test_a_number_that_does_follow_is_kept(tmp_path: Path) -> None:
    (case,) = read(tmp_path, "planned_m2,cell_area_m2,cell_occupants", "2.5,10,4").cases
    assert case.facts["planned_m2"] == 25_000


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ("birth_date,planned_transfer_on", "2027-05-17,2027-01-15"),
        ("cell_area_m2,cell_occupants", "400,1"),
    ],
)
def test_what_follows_is_within_its_bounds_or_the_row_is_set_aside(
    tmp_path: Path, columns: str, row: str
) -> None:
    assert [row.code for row in read(tmp_path, columns, row).refused] == ["H405"]


def dated(folder: Path, release: str, received: str) -> Docket:
    columns = ",".join(
        f"{name},{name}__at,{name}__until" for name in ("release_date", "request_received_on")
    )
    return read(folder, columns, f"2028-01-01,{release},2026-11-01,{received}")


def lapses(docket: Docket, *instants: str) -> Iterator[str | None]:
    (case,) = docket.cases
    for text in instants:
        at = instant(text, "as-of")
        assert at is not None
        yield lapse(case.evidence.get("months_remaining"), COLUMNS["months_remaining"], at)


def test_a_derived_fact_counts_once_all_sources_do_and_until_the_first_lapses(
    tmp_path: Path,
) -> None:
    docket = dated(tmp_path, "2026-11-10,", "2026-11-05,2026-12-20")
    told = lapses(docket, "2026-11-09", "2026-11-10", "2026-12-09T23:59:59Z", "2026-12-10")
    assert list(told) == ["future", None, None, "expired"]
    docket = dated(tmp_path, "2026-11-05,", "2026-11-10,2026-11-20")
    told = lapses(docket, "2026-11-09", "2026-11-10", "2026-11-20")
    assert list(told) == ["future", None, "expired"]


def test_a_derived_fact_never_counts_on_an_undated_source_of_limited_validity(
    tmp_path: Path,
) -> None:
    docket = dated(tmp_path, ",", "2026-11-05,")
    assert list(lapses(docket, "2026-11-10", "1999-01-01")) == ["undated", "undated"]
    (decision,) = screen(docket, LIBRARY, datetime(2026, 11, 10, tzinfo=UTC)).decisions
    assert decision.lapsed == {"months_remaining": "undated"}

"""The auditor's text gives, on each engine, the same integers as the columns."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engines
from custody_cases import (
    CONVENTIONS,
    SV,
    WINDOWS,
    ZONES,
    columns,
    piece,
    registers,
    seconds,
    utc,
    window,
)
from habeas.custody.audit import DIALECTS, Asked, Dialect, headcount, person_days
from habeas.custody.bulk import Window, by_day
from habeas.custody.intervals import Interval
from habeas.custody.pieces import Names, Pieces, once_a_day, pieces_of, together
from habeas.errors import FeeError
from habeas.law.calendar import ZONES as TZDATA
from habeas.law.calendar import civil
from habeas.terms import Census, Convention

COLUMNS = (
    "register_number", "agreement", "custodian", "facility", "status", "stay",
    "t_in", "t_out", "multiplicity",
)  # fmt: skip
Row = tuple[object, ...]


@pytest.fixture(scope="module")
def bases(request: pytest.FixtureRequest) -> Iterator[Callable[[Dialect], engines.Engine]]:
    opened: dict[str, engines.Engine] = {}

    def base(dialect: Dialect) -> engines.Engine:
        if dialect not in opened:
            url = request.getfixturevalue("postgres") if dialect == "postgres" else ""
            opened[dialect] = engines.engine(dialect, url)
        return opened[dialect]

    yield base
    for one in opened.values():
        one.close()


ENGINES = pytest.mark.parametrize(
    "dialect",
    [
        pytest.param(name, marks=[pytest.mark.postgres] if name == "postgres" else [])
        for name in DIALECTS
    ],
)


def row(one: Interval, times: int) -> list[str | None]:
    end = None if one.end is None else str(seconds(one.end))
    place = [one.facility, one.status.value, str(one.stay), str(seconds(one.start)), end]
    return [one.subject, one.agreement, one.custodian.value, *place, str(times)]


def by_table(cells: np.ndarray, names: Names, labels: Sequence[str]) -> list[Row]:
    return [
        (facility, status.value, label, int(units))
        for (facility, status), number in names.keys.items()
        for label, units in zip(labels, cells[number], strict=True)
    ]


def by_numpy(rows: Pieces, names: Names, asked: Asked) -> tuple[list[Row], list[Row]]:
    """Days and months as the columns have them."""
    kept = rows if asked.as_of is None else rows.closed(asked.as_of)
    if asked.person_once:
        kept = once_a_day(kept, asked.convention, asked.zone)
    days, keys = asked.window, len(names.keys)
    cells = by_day(kept, keys, days, asked.convention, asked.zone, asked.census)
    every = [civil(days.first + n).isoformat() for n in range(days.days)]
    cuts = days.months()
    months = [every[cut][:7] for cut in cuts]
    totals = np.add.reduceat(cells, cuts, axis=1)
    return by_table(cells, names, every), by_table(totals, names, months)


@pytest.mark.counted
@ENGINES
@given(st.data(), WINDOWS, CONVENTIONS, ZONES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_engine_counts_what_the_columns_count(
    bases: Callable[[Dialect], engines.Engine],
    dialect: Dialect,
    data: st.DataObject,
    days: tuple[date, date],
    convention: Convention,
    zone: str,
) -> None:
    found = [one for one in data.draw(registers(*days)) if one.end is None or one.start < one.end]
    withdrawn = [one for one in found if data.draw(st.integers(0, 4)) == 0]
    census, as_of = Census.DAY_END, None
    if convention is Convention.MIDNIGHT:
        census = data.draw(st.sampled_from(list(Census)))
    if data.draw(st.booleans()):
        as_of = seconds(utc(days[1].isoformat())) - data.draw(st.integers(0, 20 * 86_400))
    asked = Asked(
        window(*days), zone, convention, dialect, census, as_of, ("facility", "status"),
        person_once=data.draw(st.booleans()),
    )  # fmt: skip
    rows, names = columns(found)
    rows = together([rows, pieces_of(withdrawn, names, -1)])
    base = bases(dialect)
    table = [*(row(one, 1) for one in found), *(row(one, -1) for one in withdrawn)]
    base.load(COLUMNS, table)
    days_there = base.ask(headcount(asked).replace("FROM intervals", "FROM docket"))
    months_there = base.ask(person_days(asked).replace("FROM intervals", "FROM docket"))
    ours = by_numpy(rows, names, asked)
    assert ([tuple(one) for one in days_there], [tuple(one) for one in months_there]) == ours


def test_the_text_says_zone_tzdata_and_convention() -> None:
    asked = Asked(Window(20_454, 20_485), "America/New_York", Convention.MIDNIGHT, "duckdb")
    text = person_days(asked)
    assert all(word in text for word in (TZDATA, "America/New_York", "midnight", "day_end"))


@pytest.mark.parametrize("name", ["intervals; drop table x", "", "Intervals", "a" * 70])
def test_a_table_of_no_plain_name_is_refused(name: str) -> None:
    asked = Asked(Window(0, 9), SV, Convention.MIDNIGHT, "duckdb", table=name)
    with pytest.raises(FeeError, match="H716"):
        person_days(asked)


@ENGINES
def test_facilities_of_nobody_have_a_row_of_zero(
    bases: Callable[[Dialect], engines.Engine], dialect: Dialect
) -> None:
    base = bases(dialect)
    base.load(COLUMNS, [row(piece(utc("2026-01-10T12:00"), utc("2026-01-11T12:00")), 1)])
    asked = Asked(
        window(date(2027, 1, 1), date(2027, 2, 1)), SV, Convention.MIDNIGHT, dialect, table="docket"
    )
    assert [tuple(one) for one in base.ask(person_days(asked))] == [("F", "2027-01", 0)]


def asked_of(dialect: Dialect, year: int, keys: tuple[str, ...] = ("facility",)) -> Asked:
    days = window(date(year, 1, 1), date(year, 2, 1))
    return Asked(days, "UTC", Convention.MIDNIGHT, dialect, keys=keys, table="docket")


@ENGINES
@pytest.mark.parametrize("year", [1600, 1960, 2300])
def test_a_person_in_two_places_counts_alike_in_every_century(
    bases: Callable[[Dialect], engines.Engine], dialect: Dialect, year: int
) -> None:
    outer = piece(utc(f"{year}-01-02"), utc(f"{year}-01-20"), "A", stay=0)
    inner = piece(utc(f"{year}-01-05"), utc(f"{year}-01-07"), "B", stay=1)
    base = bases(dialect)
    base.load(COLUMNS, [row(outer, 1), row(inner, 1)])
    found = [tuple(one) for one in base.ask(person_days(asked_of(dialect, year)))]
    assert found == [("A", f"{year}-01", 16), ("B", f"{year}-01", 2)]


@ENGINES
def test_rows_come_in_the_order_of_the_bytes_of_names(
    bases: Callable[[Dialect], engines.Engine], dialect: Dialect
) -> None:
    names = sorted(["O'Higgins", '"q"', "\u00d1and\u00fa", "\u00f1", "Z", "a", "B-1", "B 2", "b"])
    base = bases(dialect)
    stay = (utc("2026-01-02"), utc("2026-01-05"))
    base.load(COLUMNS, [row(piece(*stay, name, f"p{n}"), 1) for n, name in enumerate(names)])
    asked = asked_of(dialect, 2026)
    assert [one[0] for one in base.ask(person_days(asked))] == names
    assert [one[0] for one in base.ask(headcount(asked))][::31] == names


def test_a_server_s_own_order_of_names_is_not_asked_for() -> None:
    text = person_days(asked_of("postgres", 2026))
    assert text.rstrip().endswith('ORDER BY f.facility COLLATE "C", month;')


@pytest.mark.parametrize("keys", [("agreement",), ("n",), ("end",), ("facility", "facility")])
def test_a_column_that_the_text_has_already_is_not_counted_apart(keys: tuple[str, ...]) -> None:
    with pytest.raises(FeeError, match="H716"):
        headcount(asked_of("duckdb", 2026, keys=keys))

"""Places, and persons counted in one place and held in another, on public records: T7, T8, R8, R11.

Another system's records. They validate arithmetic and controls, and say nothing about any
agreement, state or person of this project.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from habeas.space.capacity import over
from habeas.space.occupancy import CellStay, Ints, occupants
from habeas.space.stated import Known, Stated, day, number, word

EPOCH = date(1970, 1, 1)
FIRST, AFTER = date(2016, 10, 1), date(2017, 10, 1)  # the fiscal year 2017 of the list
LEAST = 20  # places of a facility that is joined
Rows = list[dict[str, str]]


def listed(real_data: Path, year: int) -> Rows:
    path = real_data / "ice-custody" / f"facilities_{year}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def counted(real_data: Path) -> dict[str, Ints]:
    """The midnight count of each facility on each day of the fiscal year; an absent day is 0."""
    table = pq.read_table(real_data / "ice-custody" / "midnight_uwchr_2005_2024.parquet")
    days = np.asarray(table.column("date").cast("int32")) - (FIRST - EPOCH).days
    inside = (days >= 0) & (days < (AFTER - FIRST).days)
    names = table.column("facility").to_numpy()[inside]
    held = np.asarray(table.column("midnight"))[inside]
    found: dict[str, Ints] = {}
    for name, place, persons in zip(names, days[inside], held, strict=True):
        found.setdefault(name, np.zeros((AFTER - FIRST).days, np.int64))[place] = persons
    return found


@pytest.mark.real
def test_t7_more_persons_than_the_listed_places(real_data: Path) -> None:
    series = counted(real_data)
    told = {row["facility"]: number(row["capacity"]) for row in listed(real_data, 2017)}
    joined = {
        name: places
        for name, places in told.items()
        if name in series and places.value is not None and places.value >= LEAST
    }
    days = {name: series[name][series[name] > 0] for name in joined}
    above = {name: over(map(int, days[name]), places) for name, places in joined.items()}
    beyond = sum(number or 0 for number in above.values())
    assert len(joined) == 90
    assert sum(one.size for one in days.values()) == 28_992
    assert beyond == 4872
    assert sum(bool(number) for number in above.values()) == 36
    assert f"{100 * beyond / 28_992:.1f}" == "16.8"


@pytest.mark.real
@pytest.mark.parametrize(("year", "rows", "unknown"), [(2015, 209, 49), (2017, 1685, 1536)])
def test_t7_places_as_needed_are_unknown(
    real_data: Path, year: int, rows: int, unknown: int
) -> None:
    told = [number(row["capacity"]) for row in listed(real_data, year)]
    open_ = [one for one in told if one.known is Known.UNKNOWN]
    assert (len(told), {one.text for one in open_}, len(open_)) == (rows, {"AS NEEDED"}, unknown)
    assert [over([10**6], one) for one in open_] == [None] * unknown
    assert all(one.value is not None for one in told if one.known is Known.VALUE)


def guaranteed(real_data: Path) -> Iterator[tuple[str, int, Decimal]]:
    """Facility, guaranteed places, and its official yearly average."""
    for row in listed(real_data, 2017):
        places = Decimal(row["guaranteed_minimum"] or 0)
        if places > 0:
            yield row["facility"], int(places), Decimal(row["fy17_adp"])


@pytest.mark.real
def test_t8_a_yearly_average_hides_the_days_on_which_paid_places_were_empty(
    real_data: Path,
) -> None:
    rows, series = list(guaranteed(real_data)), counted(real_data)
    yearly = [max(places - average, Decimal(0)) for _, places, average in rows]
    assert (len(rows), sum(places for _, places, _ in rows)) == (35, 22_477)
    assert (sum(yearly, Decimal(0)).quantize(Decimal("0.1")), sum(map(bool, yearly))) == (
        Decimal("5391.8"),
        14,
    )
    nobody = np.zeros((AFTER - FIRST).days, np.int64)
    empty = np.stack([np.maximum(places - series.get(name, nobody), 0) for name, places, _ in rows])
    assert (int(empty.sum()), int(np.count_nonzero(empty)), empty.size) == (2_079_948, 5798, 12_775)
    assert int(np.count_nonzero(empty.any(axis=1))) == 31
    assert f"{empty.sum() / empty.shape[1]:.1f}" == "5698.5"


def held_elsewhere(real_data: Path) -> dict[str, tuple[Stated[int], Stated[int]]]:
    """Prisoners of each jurisdiction at the end of 2019 in private prisons and in local jails."""
    path = real_data / "us-prisons-monthly" / "bjs_p19t18.csv"
    with path.open(newline="", encoding="cp1252") as file:
        rows = [row for row in csv.reader(file) if len(row) > 10 and (row[0] or row[1])]
    found = {}
    for row in rows:
        name = (row[0] or row[1]).partition("/")[0]
        told = number(row[3]), number(row[10])
        if row[2].strip() and not row[2].startswith(("Prisoners", "2018")):
            found[name] = told
    return found


@pytest.mark.real
def test_r8_counted_by_one_authority_and_physically_at_another(real_data: Path) -> None:
    told = held_elsewhere(real_data)
    whole = told.pop("U.S. total")
    assert [one.value for one in whole] == [115_954, 78_625]
    federal, states = told.pop("Federal"), told.pop("State")
    at = datetime(2019, 12, 31, tzinfo=UTC)
    stays = [
        CellStay(f"{name}-{held}-{n}", name, held, "", at, None)
        for name, numbers in (*told.items(), ("Federal", federal))
        for held, one in zip(("private prison", "local jail"), numbers, strict=True)
        for n in range(one.value or 0)
    ]
    # Oregon reported nothing ("/"); the total holds 21 persons whom the publisher put in for it.
    imputed = 21
    assert [one.known for one in told["Oregon"]] == [Known.UNKNOWN, Known.UNKNOWN]
    assert occupants(stays, at) == {
        ("private prison", ""): 115_954,
        ("local jail", ""): 78_625 - imputed,
    }
    by_authority = Counter(one.counted_at for one in stays)
    assert by_authority["Federal"] == 27_409 + 698
    assert [one.value for one in states] == [88_545, 77_927]
    assert by_authority.total() - by_authority["Federal"] == 88_545 + 77_927 - imputed


@pytest.mark.real
def test_r11_not_applicable_and_not_reported_are_two_answers_and_none_is_zero(
    real_data: Path,
) -> None:
    told = held_elsewhere(real_data)
    known = {name: told[name][0].known for name in ("Delaware", "Oregon", "Iowa")}
    assert known == {
        "Delaware": Known.NOT_APPLICABLE,  # ~
        "Oregon": Known.UNKNOWN,  # /
        "Iowa": Known.VALUE,  # 0
    }
    assert (told["Delaware"][0].value, told["Oregon"][0].value, told["Iowa"][0].value) == (
        None,
        None,
        0,
    )


@pytest.mark.real
@pytest.mark.parametrize(
    ("year", "column", "wanted"),
    [
        (
            2015,
            "inspection_rating",
            {"Acceptable": 131, "Meets Standard": 13, "": 65},
        ),
        (2017, "authorization_status", {"AUTHORIZED": 228, "USE PROHIBITED": 12, "": 1445}),
    ],
)
def test_r11_a_rating_that_is_none_yet_is_unknown(
    real_data: Path, year: int, column: str, wanted: dict[str, int]
) -> None:
    allowed = frozenset(wanted) - {""}
    told = [word(row[column], allowed) for row in listed(real_data, year)]
    assert Counter(one.value or "" for one in told) == wanted
    texts = {one.text for one in told if one.known is Known.UNKNOWN}
    assert texts == (
        {"Pending", "Special Review - Pre-Occupancy"} if year == 2015 else {"NOT INSPECTED"}
    )


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "column", "form"),
    [
        ("ice-custody/facilities_2015.csv", "inspection_date", "%Y-%m-%d"),
        ("segregation/srms_2017_2023.csv", "reported", "%Y-%m-%dT%H:%M"),
        ("segregation/srms_2016_2018_pogo.csv", "placed", "%m/%d/%Y"),
    ],
)
def test_r11_each_column_declares_the_form_of_its_days(
    real_data: Path, file: str, column: str, form: str
) -> None:
    forms = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%m/%d/%Y")
    with (real_data / file).open(newline="", encoding="utf-8") as source:
        texts = [row[column] for row in csv.DictReader(source) if row[column]]
    read = {one: {day(text, one).known for text in texts} for one in forms}
    assert read == {one: {Known.VALUE if one == form else Known.UNKNOWN} for one in forms}

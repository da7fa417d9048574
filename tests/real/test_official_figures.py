"""Official averages and person-days against a published series: each facility, then the sums.

It concerns another system and says nothing about any agreement of this project.
"""

import statistics
from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from habeas.adapters.importers import odd_file
from habeas.docket.odd_cells import Cell, State
from habeas.docket.odd_tables import Reading
from habeas.docket.plausible import (
    ONE,
    TEN,
    Agreement,
    Compared,
    Coverage,
    compared,
    implausible,
    worst,
)
from real.figures import FIGURES, FISCAL_YEARS

pytestmark = pytest.mark.real
T2, T3 = FIGURES["T2"], FIGURES["T3"]
EPOCH = date(1970, 1, 1)
Days = Callable[[date, date], dict[str, int]]


@pytest.fixture
def person_days(real_data: Path) -> Days:
    """Person-days by facility over the days [first, after)."""
    table = pq.read_table(real_data / "ice-custody" / "midnight_uwchr_2005_2024.parquet")
    coded = table.column("facility").combine_chunks().dictionary_encode()
    names, place = coded.dictionary.to_pylist(), np.asarray(coded.indices)
    days = np.asarray(table.column("date").cast("int32"))
    counts = np.asarray(table.column("midnight")).astype(np.int64)

    def found(first: date, after: date) -> dict[str, int]:
        inside = (days >= (first - EPOCH).days) & (days < (after - EPOCH).days)
        sums = np.zeros(len(names), np.int64)
        np.add.at(sums, place[inside], counts[inside])
        return {name: int(total) for name, total in zip(names, sums, strict=True) if total}

    return found


@pytest.fixture
def listed(real_data: Path) -> Reading:
    """The payer's own list of 2017."""
    path = real_data / "ice-custody" / "facilities_2017.csv"
    return odd_file.read(path, odd_file.schema("facilities-2017"))


def named(listed: Reading) -> dict[str, dict[str, Cell]]:
    rows = (row.cells for row in listed.rows)
    return {str(row["facility"].value): row for row in rows if row["facility"].state is State.VALUE}


def number(cell: Cell) -> Fraction:
    return Fraction(str(cell.value))


def year(fiscal: int) -> tuple[date, date]:
    return date(1999 + fiscal, 10, 1), date(2000 + fiscal, 10, 1)


def averages(
    listed: Reading, person_days: Days, fiscal: int
) -> tuple[list[Compared], dict[str, int]]:
    """Each listed facility in a fiscal year, and the person-days at others."""
    first, after = year(fiscal)
    ours, length = person_days(first, after), (after - first).days
    claimed = {code: number(row[f"fy{fiscal}_adp"]) for code, row in named(listed).items()}
    inside = {code: Fraction(days, length) for code, days in ours.items() if code in claimed}
    return compared(claimed, inside), {c: n for c, n in ours.items() if c not in claimed}


def tenth(value: Fraction) -> str:
    return f"{float(value):,.1f}"


@pytest.mark.parametrize("fiscal", sorted(FISCAL_YEARS))
def test_t2_the_averages_of_six_fiscal_years(
    listed: Reading, person_days: Days, fiscal: int
) -> None:
    rows, _ = averages(listed, person_days, fiscal)
    large = [row for row in rows if row.claimed >= 5]
    off = [abs(row.difference) / row.claimed for row in large]
    told = (
        f"official {tenth(sum((row.claimed for row in rows), Fraction()))};"
        f" ours {tenth(sum((row.ours for row in rows), Fraction()))};"
        f" {len(large)} facilities of 5 or more;"
        f" median difference {float(statistics.median(off) * 100):.2f} %;"
        f" within 1 %: {100 * sum(one <= ONE for one in off) / len(off):.1f} %;"
        f" off by more than 10 %: {sum(one > TEN for one in off)};"
        f" ours lower: {sum(row.ours < row.claimed for row in large)}"
    )
    assert told == FISCAL_YEARS[fiscal]


def test_t2_every_row_has_a_class_and_the_worst_are_named(
    listed: Reading, person_days: Days
) -> None:
    rows = {row.place: row for row in averages(listed, person_days, 17)[0]}
    counts = Counter(row.agreement for row in rows.values())
    told = "; ".join(f"{one.value}: {counts[one]}" for one in Agreement)
    assert told == T2["FY17 by class, listed facilities"]
    (first,) = (row for row in averages(listed, person_days, 12)[0] if row.place == "MNROEMI")
    assert first in worst(averages(listed, person_days, 12)[0], 3)
    absent = {
        row.place for row in (first, rows["ELPHOLD"]) if row.agreement is Agreement.CLAIM_ALONE
    }
    assert absent == {"MNROEMI", "ELPHOLD"}
    assert T2["farthest in FY12"].startswith(f"MNROEMI {tenth(first.claimed)} official")
    conweca = rows["CONWECA"]
    assert T2["farthest in FY17"] == (
        f"ELPHOLD {tenth(rows['ELPHOLD'].claimed)} official, absent from the series;"
        f" CONWECA {tenth(conweca.claimed)} official, {tenth(conweca.ours)} ours"
    )


def test_t2_facilities_that_the_list_lacks_are_told_apart(
    listed: Reading, person_days: Days
) -> None:
    found = {year: averages(listed, person_days, year)[1] for year in FISCAL_YEARS}
    told = ", ".join(f"FY{year} {sum(days.values())}" for year, days in found.items())
    assert told == T2["person-days at facilities that the list lacks"]


def test_t3_official_person_days_are_3_67_per_cent_above_the_series(
    listed: Reading, person_days: Days
) -> None:
    ours = person_days(*year(17))
    claims = {code: row["fy17_total_mandays"] for code, row in named(listed).items()}
    claimed = {code: number(one) for code, one in claims.items() if number(one) > 365}
    rows = compared(claimed, {code: Fraction(ours.get(code, 0)) for code in claimed})
    total, found = (
        sum(int(n) for n in side) for side in zip(*((r.claimed, r.ours) for r in rows), strict=True)
    )
    over = sum(int(row.difference) for row in rows if row.difference > 0)
    under = -sum(int(row.difference) for row in rows if row.difference < 0)
    (adelanto,) = (row for row in rows if row.place == "ADLNTCA")
    assert {
        "facilities": f"{len(rows)}",
        "person-days claimed": f"{total:,}",
        "person-days derived": f"{found:,}",
        "not explained": f"{total - found:,} ({100 * (total - found) / total:.2f} %)",
        "claimed too much, too little": f"{over:,} and {under:,}: {over - under:,} is their net,"
        " never shown alone",
        "facilities where ours is higher": f"{sum(row.difference < 0 for row in rows)}",
        "Adelanto, claimed and derived": f"{int(adelanto.claimed):,} and {int(adelanto.ours):,}",
    } == T3


def test_r13_a_year_of_365_days_is_claimed_to_have_372(listed: Reading) -> None:
    use = {
        code: int(number(row["fy17_calendar_days_in_use"])) for code, row in named(listed).items()
    }
    found = implausible(use, 0, 365)
    assert (len(found), max(one.value for one in found)) == (118, 372)
    assert use["ADLNTCA"] == 372


def test_r10_207_facilities_share_a_code_that_is_no_code(listed: Reading) -> None:
    hidden = [row for row in listed.rows if row.cells["facility"].state is State.WITHHELD]
    assert len(hidden) == 207
    assert all(row.cells["facility"].value is None for row in hidden)
    assert len(named(listed)) == len(listed.rows) - 207  # no two others share one


def test_r14_outside_its_window_a_series_is_unknown_not_small(person_days: Days) -> None:
    window = Coverage(date(2011, 10, 1), date(2024, 1, 5))
    day = date(2010, 6, 1)
    counts = {day: sum(person_days(day, date(2010, 6, 2)).values())}
    assert 0 < counts[day] < 2_000
    assert (window.known(counts, day), window.known({}, date(2012, 1, 1))) == (None, 0)

"""Published logs of solitary confinement: reported placements of another system, not all there are.

Lengths are computed from the days; the length that a file states is compared, never taken.
"""

import statistics
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from habeas.adapters.importers import odd_file
from habeas.docket.odd_cells import State
from habeas.docket.odd_tables import OddRow
from real.figures import FIGURES

pytestmark = pytest.mark.real
T9 = FIGURES["T9"]
FILES = {
    "srms-2017-2023": "srms_2017_2023.csv",
    "srms-2016-2018": "srms_2016_2018_pogo.csv",
    "nwdc-2015-2020": "nwdc_log_2015_2020.csv",
}
Rows = Callable[[str], list[OddRow]]


@pytest.fixture
def log(real_data: Path) -> Rows:
    """All rows of a log; none may be set aside."""

    def found(name: str) -> list[OddRow]:
        read = odd_file.read(real_data / "segregation" / FILES[name], odd_file.schema(name))
        assert (read.quarantined, read.lines) == ([], len(read.rows))
        return read.rows

    return found


def day(row: OddRow, name: str) -> date:
    value = row.cells[name].value
    assert isinstance(value, date)
    return value


def waited(row: OddRow) -> timedelta:
    """From the first second of the day of placement until the report was made."""
    made = row.cells["reported"].value
    assert isinstance(made, datetime)
    return made - datetime.combine(day(row, "placed"), time())


def is_open(row: OddRow) -> bool:
    return row.cells["released"].state is State.UNKNOWN


def lengths(rows: list[OddRow]) -> list[int]:
    return [(day(row, "released") - day(row, "placed")).days for row in rows if not is_open(row)]


def late(rows: list[OddRow], kind: str, most: int) -> str:
    """Reports of a kind made more than so many calendar days after the placement."""
    waits = [waited(row).days for row in rows if row.cells["report_type"].value == kind]
    return f"{sum(wait > most for wait in waits):,} of {len(waits):,}"


def test_t9_lengths_and_reports_of_solitary_confinement(log: Rows) -> None:
    rows, earlier = log("srms-2017-2023"), log("srms-2016-2018")
    found, old = lengths(rows), lengths(earlier)
    before = sum(waited(row) < timedelta() for row in rows)
    assert {
        "placements over 15 days": f"{sum(n > 15 for n in found):,} of {len(rows):,}",
        "median and longest, days": f"{statistics.median_low(found)} and {max(found)}",
        "open placements": f"{sum(map(is_open, rows))}",
        "14 Day reports made after more than 14 days": late(rows, "14 Day", 14),
        "72 Hour reports made after more than 3 days": late(rows, "72 Hour", 3),
        "reports made before the placement": f"{before}",
        "earlier file: over 15 days, median": f"{sum(n > 15 for n in old):,} of {len(earlier):,},"
        f" {statistics.median_low(old)}",
    } == T9


def test_r3_a_stated_duration_is_compared_and_never_taken(log: Rows) -> None:
    rows = log("nwdc-2015-2020")
    stated = [row.cells["days_reported"].value for row in rows]
    spans = [(day(row, "out_date") - day(row, "in_date")).days for row in rows]
    assert sum(a != b for a, b in zip(stated, spans, strict=True)) == 2_258
    (one,) = (
        row for row in rows
        if day(row, "in_date") == date(2015, 4, 6) and row.cells["days_reported"].value == 694
    )  # fmt: skip
    assert (day(one, "out_date") - day(one, "in_date")).days == 1


@pytest.mark.parametrize(("name", "count"), [("srms-2017-2023", 155), ("srms-2016-2018", 120)])
def test_r4_an_open_placement_has_no_end_and_no_length(log: Rows, name: str, count: int) -> None:
    rows = [row for row in log(name) if is_open(row)]
    assert len(rows) == count
    assert all(row.cells["released"].value is None for row in rows)


def test_r7_a_row_that_repeats_another_without_a_person_is_only_a_possible_duplicate(
    log: Rows,
) -> None:
    names = ("facility_name", "report_type", "placed", "released", "reason_class")
    rows = log("srms-2017-2023")
    seen = Counter(tuple(row.cells[name].text for name in names) for row in rows)
    assert sum(count - 1 for count in seen.values()) == 2_228
    assert len(rows) == 14_264  # all are kept

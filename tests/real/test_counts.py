"""Counting rules and anomalies of published records of another system, with the exact figures.

It validates arithmetic only and says nothing about any agreement, state or person of this project.
"""

import csv
import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from custody_cases import columns, piece, utc
from habeas.adapters.importers.stays_file import StaysFile
from habeas.cli.main import run
from habeas.custody.bulk import Stays, Window, by_day, headcount
from habeas.custody.censoring import cut_off
from habeas.custody.civil import OPEN, SECONDS, Ints
from habeas.custody.days import quantity
from habeas.custody.pieces import Pieces, once, overlaps, sound
from habeas.law.calendar import day
from habeas.terms import Convention

M, C, N, B, H = Convention


def pseudo(real_data: Path) -> StaysFile:
    path = real_data / "ice-custody" / "pseudo_register_2005_2024.parquet"
    return StaysFile(path, "facility", "in_date", "out_date")


def noon(text: str, form: str = "%Y-%m-%d") -> datetime:
    return datetime.strptime(text, form).replace(hour=12, tzinfo=UTC)


def placements(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="") as file:
        yield from csv.DictReader(file)


# Two derivations of one register


SHIFTED = """
SELECT count(*), round(100.0 * avg(CAST(u.midnight = d.midnight AS INT)), 1),
  round(avg(abs(u.midnight - d.midnight)), 2)
FROM '{u}' u JOIN '{d}' d ON u.facility = d.facility AND u.date = d.date + {shift}
WHERE d.any_part_of_day > 0 AND u.date BETWEEN DATE '2022-10-02' AND DATE '2024-01-02'
"""


@pytest.mark.real
@pytest.mark.parametrize(
    ("shift", "wanted"),
    [(-1, (57_136, 20.3, 13.20)), (0, (59_513, 26.7, 8.87)), (1, (59_518, 51.8, 1.79))],
)
def test_t4_one_declared_census_explains_most_of_two_derivations(
    real_data: Path, shift: int, wanted: tuple[int, float, float]
) -> None:
    folder = real_data / "ice-custody"
    files = {"u": folder / "midnight_uwchr_2005_2024.parquet"}
    files["d"] = folder / "daily_ddp_2022_2026.parquet"
    assert duckdb.execute(SHIFTED.format(**files, shift=shift)).fetchone() == wanted


@pytest.mark.real
def test_t4_facilities_of_one_file_alone_are_listed(real_data: Path) -> None:
    folder = real_data / "ice-custody"
    held = {}
    for name in ("midnight_uwchr_2005_2024", "daily_ddp_2022_2026"):
        table = pq.read_table(folder / f"{name}.parquet", columns=["facility", "date", "midnight"])
        days = np.asarray(table.column("date").cast("int32"))
        inside = (days >= day(date(2022, 10, 2))) & (days <= day(date(2024, 1, 2)))
        names, counts = np.array(table.column("facility").to_pylist())[inside], Counter[str]()
        for facility, count in zip(
            names, np.asarray(table.column("midnight"))[inside], strict=True
        ):
            counts[str(facility)] += int(count)
        held[name] = +counts
    one, two = held.values()
    only = [
        (len(a.keys() - b.keys()), sum(a[key] for key in a.keys() - b.keys()))
        for a, b in ((one, two), (two, one))
    ]
    assert only == [(120, 15_722), (7, 1_873)]


@pytest.mark.real
def test_t4_the_two_derivations_differ_in_all_by_less_than_in_any_day(real_data: Path) -> None:
    totals = []
    for name in ("midnight_uwchr_2005_2024", "daily_ddp_2022_2026"):
        path = real_data / "ice-custody" / f"{name}.parquet"
        table = pq.read_table(path, columns=["date", "midnight"])
        days = np.asarray(table.column("date").cast("int32"))
        inside = (days >= day(date(2022, 10, 1))) & (days <= day(date(2024, 1, 3)))
        totals.append(int(np.asarray(table.column("midnight"))[inside].sum()))
    assert totals == [13_813_767, 13_723_922]
    assert f"{100 * (1 - totals[1] / totals[0]):.2f}" == "0.65"


# The counting rule


@pytest.mark.real
def test_t6_r2_any_part_of_the_day_is_more_than_midnights_in_every_year(real_data: Path) -> None:
    path = real_data / "ice-custody" / "daily_ddp_2022_2026.parquet"
    table = pq.read_table(path, columns=["date", "any_part_of_day", "midnight"])
    days = np.asarray(table.column("date").cast("int32"))
    sides = [np.asarray(table.column(name)) for name in ("any_part_of_day", "midnight")]
    found = []
    for year in (2023, 2024, 2025, 2026):
        inside = (days >= day(date(year - 1, 10, 1))) & (days < day(date(year, 10, 1)))
        calendar, midnight = (int(side[inside].sum(dtype=np.int64)) for side in sides)
        found.append(round(100 * (calendar / midnight - 1), 2))
    assert found == [4.59, 4.01, 4.85, 5.70]


@pytest.mark.parametrize(("hours", "blocks"), [(24, 1), (25, 2), (48, 2), (47, 2)])
def test_r2_midnights_and_blocks_differ_where_clock_times_do(hours: int, blocks: int) -> None:
    start = utc("2026-05-05T15:00")
    end = start + timedelta(hours=hours)
    found = [quantity(start, end, one, "America/El_Salvador") for one in (M, B)]
    assert found == [(end - timedelta(hours=6)).day - 5, blocks]


# Speed


RANGE_JOIN = """
WITH few AS (SELECT facility, CAST(in_date AS DATE) AS i, CAST(out_date AS DATE) AS o FROM '{}'
  WHERE in_date >= DATE '2015-01-01' AND in_date < DATE '2015-07-01'),
days AS (SELECT CAST(unnest(generate_series(DATE '2015-01-01', DATE '2024-01-05',
  INTERVAL 1 DAY)) AS DATE) AS d)
SELECT facility, d, count(*) AS held FROM few JOIN days ON i <= d AND d < o GROUP BY facility, d
"""


@pytest.mark.real
def test_t11_ends_and_a_running_sum_are_far_faster_than_a_join_of_days(real_data: Path) -> None:
    source = pseudo(real_data)
    names, _, _ = source.extent()
    first, after = day(date(2015, 1, 1)), day(date(2024, 1, 6))
    every = list(source.batches(names, {}))
    rows = Stays(
        *(
            np.concatenate([getattr(one, name) for one in every])
            for name in ("facility", "first", "after")
        )
    )
    few = (rows.first >= first) & (rows.first < day(date(2015, 7, 1)))
    used, facility = np.unique(rows.facility[few], return_inverse=True)
    some = Stays(facility, rows.first[few], rows.after[few])
    times, counts = list[float](), np.empty(0, np.int64)
    for _ in range(4):
        begun = time.process_time()
        counts = headcount([some], used.size, first, after).counts()
        times.append(time.process_time() - begun)
    ours = min(times)
    begun = time.process_time()
    query = f"SELECT count(*), sum(held) FROM ({RANGE_JOIN.format(source.path)})"  # noqa: S608 - a path
    theirs = duckdb.execute(query).fetchone()
    joined = time.process_time() - begun
    told = (int(np.count_nonzero(counts)), int(counts.sum()))
    assert (some.first.size, told, theirs) == (90_112, (42_307, 5_184_654), (42_307, 5_184_654))
    assert joined >= 20 * ours


# Anomalies


@pytest.mark.real
def test_r1_published_durations_are_one_named_rule_and_another_beside_it(real_data: Path) -> None:
    folder, rules = real_data / "segregation", Counter[str]()
    for row in placements(folder / "srms_2017_2023.csv"):
        if not row["released"]:
            rules["open"] += 1
            continue
        ends, told = (noon(row["placed"]), noon(row["released"])), int(float(row["days_reported"]))
        midnight, min1 = (quantity(*ends, one, "UTC") for one in (M, N))
        assert told == min1
        rules["no midnight" if midnight == 0 else "midnights"] += 1
    assert rules == {"no midnight": 135, "midnights": 13_974, "open": 155}
    sibling = Counter[tuple[bool, bool]]()
    for row in placements(folder / "srms_2016_2018_pogo.csv"):
        if row["released"]:
            start, end = (noon(row[name], "%m/%d/%Y") for name in ("placed", "released"))
            midnight = quantity(start, end, M, "UTC")
            sibling[midnight == 0, int(float(row["days_reported"])) == midnight] += 1
    assert (sibling[True, True], sibling[True, False], sibling[False, False]) == (78, 0, 0)


@pytest.mark.real
def test_r3_a_published_duration_is_counted_anew_and_the_difference_told(real_data: Path) -> None:
    rows = list(placements(real_data / "segregation" / "nwdc_log_2015_2020.csv"))
    differ = 0
    for row in rows:
        ends = [noon(row[name], "%m/%d/%Y") for name in ("in_date", "out_date")]
        differ += (ends[1] - ends[0]).days != int(row["days_reported"])
    assert (len(rows), differ) == (2_457, 2_258)


@pytest.mark.real
def test_r4_an_end_that_37_097_stays_share_is_the_end_of_the_data(
    real_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["custody", "person-days", "--stays", str(pseudo(real_data).path), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["censored"], found["censored_at"]) == (37_097, "2024-01-05")
    assert "not releases" in err


@pytest.mark.real
def test_r4_open_placements_are_provisional_and_counted_so_far(
    real_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = real_data / "segregation" / "srms_2017_2023.csv"
    names = "facility=facility_name,in=placed,out=released"
    call = ["custody", "person-days", "--stays", str(path), "--columns", names, "--monthly"]
    assert run([*call, "--as-of", "2023-12-31", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["rows_read"], found["open"], found["provisional"]) == (14_264, 155, True)
    assert "provisional" in err
    longer = found["totals"]["midnight"]
    assert run([*call, "--as-of", "2024-01-31", "--json"]) == 0
    later = json.loads(capsys.readouterr().out)["totals"]["midnight"]
    assert later - longer == 155 * 31


def test_r4_few_equal_ends_are_releases() -> None:
    ends = np.repeat(np.arange(100), 30)
    assert cut_off(ends) is None
    assert cut_off(np.append(ends, np.full(400, 100))) == (100, 400)
    assert cut_off(np.full(50, OPEN)) is None


def test_r5_an_interval_that_ends_before_it_starts_is_refused_and_the_rest_goes_on() -> None:
    start = utc("2026-01-10T12:00")
    rows, _ = columns([piece(start, start - timedelta(days=1)), piece(start, start, subject="q"),
                       piece(start, start + timedelta(days=2), subject="r")])  # fmt: skip
    found = sound(rows)
    assert (len(found.pieces), found.refused, found.empty) == (1, 1, 1)


def test_r6_a_person_in_two_places_is_a_finding_and_billed_by_the_union() -> None:
    line = [utc(f"2026-01-{n:02d}T12:00") for n in (1, 5, 9)]
    rows, _ = columns([piece(line[0], line[2], "A"), piece(line[1], line[2], "B", stay=1)])
    days = Window(day(date(2026, 1, 1)), day(date(2026, 2, 1)))
    space = by_day(rows, 2, days, M, "UTC").sum()
    bill = by_day(once(rows), 2, days, M, "UTC").sum()
    found = overlaps(rows)
    seconds = int((found.end - found.start).sum())
    assert (space, bill, seconds // SECONDS) == (12, 8, 4)


@pytest.mark.real
def test_r14_outside_its_window_a_series_is_unknown_and_not_small(real_data: Path) -> None:
    path = real_data / "ice-custody" / "midnight_uwchr_2005_2024.parquet"
    table = pq.read_table(path, columns=["date", "midnight"])
    days = np.asarray(table.column("date").cast("int32"))
    first = int(days.min())
    held: Ints = np.zeros(int(days.max()) - first + 1, np.int64)
    np.add.at(held, days - first, np.asarray(table.column("midnight")).astype(np.int64))

    def at(on: date) -> int:
        return int(held[day(on) - first])

    year = held[day(date(2010, 1, 1)) - first : day(date(2011, 1, 1)) - first]
    assert (round(year.mean()), at(date(2011, 9, 30))) == (629, 29_131)
    assert at(date(2011, 10, 1)) > 29_000


@pytest.mark.real
def test_r15_an_absent_day_and_a_row_of_zero_give_the_same_answer(real_data: Path) -> None:
    path = real_data / "ice-custody" / "daily_ddp_2022_2026.parquet"
    table = pq.read_table(path, columns=["facility", "date", "any_part_of_day"])
    present = np.asarray(table.column("any_part_of_day"))
    days = np.asarray(table.column("date").cast("int32")).astype(np.int64)
    coded = table.column("facility").combine_chunks().dictionary_encode()
    facility = np.asarray(coded.indices).astype(np.int64)

    def counted(rows: np.ndarray) -> Ints:
        # A facility-day of k people as k entries of one day.
        one = days[rows]
        size = one.size
        pieces = Pieces(
            np.arange(size), np.arange(size), facility[rows], one * SECONDS, (one + 1) * SECONDS,
            np.minimum(present[rows], 100).astype(np.int8),
        )  # fmt: skip
        window = Window(int(days.min()), int(days.max()) + 1)
        return by_day(pieces, len(coded.dictionary), window, M, "UTC")

    everyone = np.ones(present.size, np.bool_)
    assert int(np.count_nonzero(present == 0)) == 603_430
    assert np.array_equal(counted(everyone), counted(present > 0))

"""`python -m bench.custody [INTERVALS]`: headcounts and person-days against reading three columns.

CPU seconds, interleaved (limit, ours, each peer, limit, ours, ...), after one warm-up, in which
the compiled loops are compiled. Loading into a database and into a frame is outside everyone's
time. Every output is compared, cell by cell, before anything is timed.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.screening import interleaved, machine
from habeas.custody import audit, bulk, bulk_fast
from habeas.custody.audit import Asked
from habeas.custody.bulk import Stays, Window
from habeas.custody.civil import SECONDS, Ints, clock
from habeas.custody.pieces import Pieces
from habeas.law.calendar import day
from habeas.terms import Convention

INTERVALS, REPEATS = 10_000_000, 7
FACILITIES, DAYS = 64, 3_652
FIRST = day(date(2020, 1, 1))
STEADY, CHANGING = "America/El_Salvador", "America/New_York"
REST = 0.05  # seconds
Work = Callable[[], object]
Column = NDArray[np.integer[Any]]  # Any: of whatever width


@dataclass(frozen=True, slots=True)
class Workload:
    """Receptions at any second, stays of 90 days on average, cut to the window."""

    facility: NDArray[np.int32]  # as the indices of an Arrow dictionary are
    pieces: Pieces  # each a person and a custody period
    first: NDArray[np.int32]  # civil days
    after: NDArray[np.int32]
    window: Window
    zone: str


def workload(intervals: int, zone: str) -> Workload:
    """From a fixed seed, in a zone."""
    draw, window = np.random.default_rng(7), Window(FIRST, FIRST + DAYS)
    there = clock(zone, window.first, window.after)
    opens, closes = int(there.starts[0]), int(there.starts[-1])
    start = draw.integers(opens, closes, intervals)
    length = draw.exponential(90 * SECONDS, intervals).astype(np.int64) + 600
    end = np.minimum(start + length, closes)
    facility = draw.integers(0, FACILITIES, intervals).astype(np.int32)
    alone = np.arange(intervals, dtype=np.int32)
    pieces = Pieces(alone, alone, facility, start, end, np.ones(intervals, np.int8))
    first, after = (
        (window.first + there.place(column)).astype(np.int32) for column in (start, end)
    )
    return Workload(facility, pieces, first, after, window, zone)


@numba.njit(boundscheck=False)
def _read(one: Column, two: Column, three: Column) -> int:  # pragma: no cover - compiled
    total = 0
    for n in range(one.size):
        total += one[n] + two[n] + three[n]
    return total


def timed(name: str, work: Work) -> Callable[[], float]:
    """CPU seconds of a work: of all threads where it has several, else of its own alone.

    The workers of DuckDB and Polars go on turning for a moment when their work is done: what they
    spend then is nobody's, so the next work waits until they sleep, and a work of one thread is
    measured by that thread.
    """
    several = name.startswith(("DuckDB", "Polars", "I3"))
    clock_ = time.process_time if several else time.thread_time

    def run() -> float:
        time.sleep(REST)
        begun = clock_()
        work()
        return clock_() - begun

    return run


DAY_SQL = f"""
WITH cells AS (
  SELECT facility, d, sum(n) AS n FROM (
    SELECT facility, first AS d, 1 AS n FROM days UNION ALL SELECT facility, after, -1 FROM days)
  GROUP BY facility, d
)
SELECT facility, d, CAST(sum(n) OVER (PARTITION BY facility ORDER BY d) AS BIGINT) AS held
FROM cells WHERE d < {FIRST + DAYS} ORDER BY facility, d
"""  # noqa: S608 - a constant


def duck(given: Workload) -> duckdb.DuckDBPyConnection:
    """The workload as DuckDB's own tables: civil days, and instants as an export has them."""
    base, rows = duckdb.connect(), given.pieces
    columns = {"facility": given.facility, "first": given.first, "after": given.after}
    instants = {"person": rows.person, "facility": given.facility}
    instants |= {"t_in": rows.start, "t_out": rows.end}
    for name, table in (("days", columns), ("given", instants)):
        base.register("frame", pl.DataFrame(table).to_arrow())
        base.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")  # noqa: S608 - two names
        base.unregister("frame")
    base.execute("""CREATE VIEW intervals AS SELECT person AS register_number, '' AS agreement,
        '' AS custodian, person AS stay, facility, t_in, t_out, 1 AS multiplicity FROM given""")
    return base


def by_polars(frame: pl.DataFrame) -> pl.DataFrame:
    """Ends grouped by facility and day, and their running sum."""
    one = pl.lit(1, pl.Int64)
    ends = pl.concat(
        [
            frame.select("facility", pl.col("first").alias("d"), one.alias("n")),
            frame.select("facility", pl.col("after").alias("d"), (-one).alias("n")),
        ]
    )
    cells = ends.group_by("facility", "d").agg(pl.col("n").sum()).sort("facility", "d")
    return cells.with_columns(pl.col("n").cum_sum().over("facility"))


def dense(rows: Mapping[str, NDArray[np.integer]], held: str) -> Ints:
    """Change points, in order, as a headcount of every day."""
    found = np.zeros((FACILITIES, DAYS), np.int64)
    place = rows["d"].astype(np.int64) - FIRST
    inside = place < DAYS
    mask = np.zeros(found.shape, bool)
    facility = rows["facility"].astype(np.int64)[inside]
    mask[facility, place[inside]] = True
    found[facility, place[inside]] = rows[held][inside]
    last = np.maximum.accumulate(np.where(mask, np.arange(DAYS), -1), axis=1)
    filled = np.take_along_axis(found, np.maximum(last, 0), axis=1)
    return np.where(last < 0, 0, filled)


def asked(given: Workload, convention: Convention = Convention.MIDNIGHT) -> Asked:
    return Asked(given.window, given.zone, convention, "duckdb", person_once=False, typed=True)


def same(found: Ints, wanted: Ints, name: str) -> None:
    assert np.array_equal(found, wanted), f"{name} differs"


def whole(given: Workload) -> Stays:
    columns = (given.facility, given.first, given.after)
    return Stays(*(column.astype(np.int64) for column in columns))


def days(given: Workload, base: duckdb.DuckDBPyConnection) -> dict[str, Work]:
    """I1 on civil days: the limit, ours and the peers; outputs compared."""
    stays, frame = (
        whole(given),
        pl.DataFrame({"facility": given.facility, "first": given.first, "after": given.after}),
    )
    begin, end = given.window.first, given.window.after
    columns = (given.facility, given.first, given.after)
    sound = bulk_fast.sound_days(*columns, FACILITIES, given.window)
    works: dict[str, Work] = {
        "limit: read three columns once": lambda: _read(*columns),
        "look once, and set apart": lambda: bulk_fast.sound_days(
            *columns, FACILITIES, given.window
        ),
        "numba, difference table": lambda: bulk_fast.headcount_days(sound).counts(),
        "numpy, the definition": lambda: bulk.headcount([stays], FACILITIES, begin, end).counts(),
        "DuckDB, ends and running sum": lambda: base.execute(DAY_SQL).fetchnumpy(),
        "Polars, ends and running sum": lambda: by_polars(frame),
    }
    wanted = bulk.headcount([stays], FACILITIES, begin, end).counts()
    same(bulk_fast.headcount_days(sound).counts(), wanted, "numba")
    same(dense(base.execute(DAY_SQL).fetchnumpy(), "held"), wanted, "DuckDB")
    theirs = by_polars(frame)
    same(dense({name: theirs[name].to_numpy() for name in theirs.columns}, "n"), wanted, "Polars")
    return works


def instants(given: Workload, base: duckdb.DuckDBPyConnection) -> dict[str, Work]:
    """I1 from instants, I2 and I3 in the workload's zone; outputs compared."""
    rows, window, zone = given.pieces, given.window, given.zone
    wanted = bulk.by_day(rows, FACILITIES, window, Convention.MIDNIGHT, zone)
    same(bulk_fast.headcount_instants(rows, FACILITIES, window, zone), wanted, "numba")
    text = audit.headcount(asked(given))
    told = base.execute(text).fetchnumpy()["units"].reshape(FACILITIES, DAYS)
    same(told, wanted, "SQL")
    months = bulk.by_month(rows, FACILITIES, window, zone, person_once=False)
    fast = bulk_fast.by_month(rows, FACILITIES, window, zone, person_once=False)
    for convention in Convention:
        same(fast[convention], months[convention], convention)
    monthly = audit.person_days(asked(given))
    told = base.execute(monthly).fetchnumpy()["units"].reshape(FACILITIES, -1)
    same(told, months[Convention.MIDNIGHT], "SQL by month")
    return {
        "limit: read three columns once": lambda: _read(given.facility, rows.start, rows.end),
        "I1 numba, daily headcount": lambda: bulk_fast.headcount_instants(
            rows, FACILITIES, window, zone
        ),
        "I2 numba, five conventions by month": lambda: bulk_fast.by_month(
            rows, FACILITIES, window, zone, person_once=False
        ),
        "numpy, daily headcount": lambda: bulk.by_day(
            rows, FACILITIES, window, Convention.MIDNIGHT, zone
        ),
        "I3 auditor's SQL, daily headcount": lambda: base.execute(text).fetchnumpy(),
        "I3 auditor's SQL, person-days by month": lambda: base.execute(monthly).fetchnumpy(),
    }


def table(works: Mapping[str, Work], intervals: int, repeats: int) -> str:
    """Medians in nanoseconds an interval, least and most, ratio of medians to the limit."""
    times = interleaved({name: timed(name, work) for name, work in works.items()}, repeats)
    middle = {name: statistics.median(row) for name, row in times.items()}
    limit = next(iter(middle.values()))
    lines = ["| work | CPU ns/interval | min..max | times the limit |", "|---|---|---|---|"]
    for name, row in times.items():
        least, most = (1e9 * bound(row) / intervals for bound in (min, max))
        lines.append(
            f"| {name} | {1e9 * middle[name] / intervals:,.2f} | {least:,.2f}..{most:,.2f} "
            f"| {middle[name] / limit:.1f} |"
        )
    return "\n".join(lines)


def main(intervals: int = INTERVALS, repeats: int = REPEATS) -> None:
    """Print the tables."""
    shape = f"{intervals:,} intervals, {FACILITIES} facilities, {DAYS:,} days"
    print(f"{machine()}; DuckDB {duckdb.__version__}, Polars {pl.__version__}; {shape}\n")
    given = workload(intervals, CHANGING)
    base = duck(given)
    print(f"From civil days (int32):\n\n{table(days(given, base), intervals, repeats)}\n")
    print(f"From instants in {CHANGING}:\n\n{table(instants(given, base), intervals, repeats)}\n")
    base.close()
    given = workload(intervals, STEADY)
    base = duck(given)
    works = instants(given, base)
    print(f"From instants in {STEADY}:\n\n{table(works, intervals, repeats)}")
    base.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else INTERVALS)

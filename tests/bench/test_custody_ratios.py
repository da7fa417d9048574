"""The benchmark of custody runs, on fewer intervals, and its ratios have not gone astray."""

import statistics

import pytest
from bench.screening import interleaved

from bench import custody, fees

# A ratio is of our code alone, and not of counting its lines.
pytestmark = pytest.mark.no_cover

FEW = 1 << 20


def test_compiled_counts_keep_their_distance_from_reading_and_from_databases() -> None:
    given = custody.workload(FEW, custody.CHANGING)
    base = custody.duck(given)
    works = custody.days(given, base)  # compares every output before anything is timed
    times = interleaved({name: custody.timed(name, work) for name, work in works.items()}, 3)
    base.close()
    limit, _, fast, plain, duck, polars = (statistics.median(row) for row in times.values())
    assert fast <= 20 * limit
    assert plain >= 2 * fast
    assert duck >= 10 * fast
    assert polars >= 10 * fast


def test_five_conventions_by_month_cost_little_more_than_one_headcount() -> None:
    given = custody.workload(FEW, custody.STEADY)
    base = custody.duck(given)
    works = custody.instants(given, base)
    chosen = {name: custody.timed(name, work) for name, work in list(works.items())[:4]}
    times = interleaved(chosen, 3)
    base.close()
    limit, one, five, plain = (statistics.median(row) for row in times.values())
    assert one <= 20 * limit
    assert five <= 6 * one
    assert plain >= 3 * one


def test_a_year_of_fees_grows_with_its_persons_and_not_faster() -> None:
    few, many = fees.yearly(2_000, 3), fees.yearly(20_000, 3)
    for form in ("from columns", "from intervals"):
        assert many[form] <= 20 * few[form], form

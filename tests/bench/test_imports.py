"""An import takes memory by the slab and a few bytes a row, and time by the row."""

import pytest
from bench.imports import FORMS, cost

# A ratio is of our code alone, and not of counting its lines.
pytestmark = pytest.mark.no_cover

FEW, MANY = 80_000, 240_000  # both of more than one slab
BYTES, SLACK = 160, 80 * 1024  # a row more; kB of allocators' moods
START = 1.0  # CPU seconds of a start, within what both take


@pytest.mark.parametrize("form", sorted(FORMS))
def test_three_times_the_rows_take_three_times_the_time_and_no_file_in_memory(form: str) -> None:
    few, many = cost(form, FEW), cost(form, MANY)
    for found in (few, many):
        told = found.told
        kept = sum(told[key] for key in ("accepted", "flagged", "quarantined"))
        assert told["rows"] == kept == found.rows
        assert set(told["codes"]) == {"H468"}
    assert many.peak <= few.peak + (MANY - FEW) * BYTES / 1024 + SLACK
    assert many.cpu <= 1.5 * MANY / FEW * few.cpu + START

"""Published custody counts of another system, recomputed exactly.

It validates arithmetic only and says nothing about any agreement, state or person of this project.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from habeas.adapters.importers.stays_file import StaysFile
from habeas.custody.bulk import headcount

MEGABYTES = 700
# The kernel's figure for this memory alone: a child's rusage also counts what it was forked from.
PEAK = """
import sys
from pathlib import Path
from habeas.cli.main import run
run(sys.argv[1:])
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line for line in lines if line.startswith("VmHWM")), file=sys.stderr)
"""


@pytest.mark.real
def test_the_published_headcounts_come_out_of_2_670_573_stays(real_data: Path) -> None:
    path = real_data / "ice-custody" / "pseudo_register_2005_2024.parquet"
    words = ["custody", "person-days", "--stays", str(path), "--json"]
    call = [sys.executable, "-c", PEAK, *words]
    done = subprocess.run(call, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    found = json.loads(done.stdout)
    peak = int(done.stderr.splitlines()[-1].split()[1]) // 1024
    wanted = {
        "stays": 2_670_573,
        "facility_days": 928_231,
        "person_days": 146_459_240,
        "refused": 0,
    }
    assert ({key: found[key] for key in wanted}, peak < MEGABYTES) == (wanted, True)


@pytest.mark.real
def test_no_facility_day_of_the_published_series_differs(real_data: Path) -> None:
    folder = real_data / "ice-custody"
    source = StaysFile(
        folder / "pseudo_register_2005_2024.parquet", "facility", "in_date", "out_date"
    )
    names, first, after = source.extent()
    counts = headcount(source.batches(names, {}), len(names), first, after).counts()
    series = pq.read_table(folder / "midnight_uwchr_2005_2024.parquet")
    place = {name: number for number, name in enumerate(names)}
    rows = [place[name] for name in series.column("facility").to_pylist()]
    days = np.asarray(series.column("date").cast("int32")) - first
    assert np.array_equal(counts[rows, days], np.asarray(series.column("midnight")))

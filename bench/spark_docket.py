"""`python -m bench.spark_docket [CASES]`: a docket of a million rows on a local Spark.

The query is what `habeas law sql SE-EE --dialect spark` prints. Spark's outcomes are compared with
those of `habeas screen` of the same file before anything is told. Needs the group `spark` and a
Java runtime; HABEAS_SPARK_PYTHON names the interpreter of an environment that has them.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.screening import machine
from habeas.cli.draw import SeededSource
from habeas.service import rehearsal, two_states

CASES, TEMPLATES, SEED, DAY, GROUP = 1_000_000, 2_000, 7, "2026-11-26", 100_000
AGREEMENT = "SE-EE"
PEER = Path(__file__).parent / "peers" / "spark_peer.py"


def written(path: Path, cases: int) -> None:
    """A docket of so many rows: a few thousand synthetic ones again and again, numbered anew."""
    story = two_states.story(AGREEMENT)
    draw, names = SeededSource(SEED), rehearsal.columns_of(story)
    rows = list(rehearsal.docket_rows(story, TEMPLATES, draw, date.fromisoformat(DAY)))
    few = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    with pq.ParquetWriter(path, few.schema) as file:
        for start in range(0, cases, GROUP):
            numbers = range(start, min(start + GROUP, cases))
            part = few.take(pa.array([one % TEMPLATES for one in numbers]))
            own = pa.array([f"{story.prefix}-{one:07d}" for one in numbers])
            file.write_table(part.set_column(names.index("case"), "case", own))


def _ours(*words: str) -> tuple[str, float, float]:
    """What a command prints; CPU and wall seconds of the process."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    call = [sys.executable, "-m", "habeas", *words, "--as-of", DAY]
    done = subprocess.run(call, check=False, capture_output=True, text=True)  # noqa: S603 - ours
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, cpu, time.perf_counter() - begun


def main() -> None:
    """Screen with both, compare, and print the times."""
    cases = int(sys.argv[1]) if sys.argv[1:] else CASES
    print(f"{machine()}; load {os.getloadavg()[0]:.1f}; {cases:,} rows", flush=True)
    with tempfile.TemporaryDirectory() as name:
        docket, query, out = (str(Path(name) / one) for one in ("d.parquet", "q.sql", "out"))
        written(Path(docket), cases)
        text, *_ = _ours("law", "sql", AGREEMENT, "--dialect", "spark", "--docket", docket)
        Path(query).write_text(text, encoding="utf-8")
        python = os.environ.get("HABEAS_SPARK_PYTHON", sys.executable)
        call = [python, str(PEER), docket, query, out]
        done = subprocess.run(call, check=True, capture_output=True, text=True)  # noqa: S603 - ours
        spark = json.loads(done.stdout)
        told, cpu, wall = _ours("screen", docket, "--json")
    counts = {name: one for name, one in json.loads(told)["counts"].items() if one}
    if counts != spark["counts"]:
        raise AssertionError((counts, spark["counts"]))
    print(f"outcomes, equal: {counts}")
    start, spent = f"{spark['start']:.0f} s to start", f"{spark['cpu']:.0f} CPU-s"
    print(f"Spark {spark['version']}: {spark['wall']:.0f} s wall, {spent}, {start}")
    print(f"habeas screen: {wall:.0f} s wall, {cpu:.0f} CPU-s")


if __name__ == "__main__":
    main()

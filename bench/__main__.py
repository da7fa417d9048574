"""`make bench`: each row is a ratio to its own limit, measured in the same interleaved run.

Outputs are checked before anything is timed. Ratios travel between machines; seconds do not.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from bench import (
    cold,
    custody,
    dues,
    fees,
    one,
    projection,
    queueing,
    register,
    scale,
    screening,
    settlement,
    web,
)
from bench import place as placing
from habeas.cli.draw import SeededSource
from habeas.cli.main import run
from habeas.docket.check import Row
from habeas.law.library import Library
from habeas.screening.evaluate import findings
from habeas.service import intake, rehearsal

DAY = date(2026, 11, 21)

REPEATS = 7


def medians(*works: Callable[[], object]) -> list[float]:
    """Median CPU seconds of each work, run in turn."""
    times: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(REPEATS):
        for place, work in enumerate(works):
            begun = time.process_time()
            work()
            times[place].append(time.process_time() - begun)
    return [statistics.median(row) for row in times]


def row(name: str, unit: str, count: int, cpu: float, limit: float, what: str) -> None:
    """One line of the table."""
    print(f"| {name} | {count / cpu:,.0f} {unit}/CPU-s | {cpu / limit:.1f} | {what} |")


def evaluation() -> None:
    """One case after another in plain Python, against reading its facts alone."""
    library, story = Library(), rehearsal.STORIES[1]
    day = datetime(2026, 11, 21, tzinfo=UTC).date()
    rows = list(rehearsal.docket_rows(story, 2000, SeededSource(7), day))
    names = rehearsal.columns_of(story)
    read = [Row(n, tuple(one.get(name, "") for name in names)) for n, one in enumerate(rows, 1)]
    docket = intake.read(names, read, library, "bench")
    program = library.program("OAS-A57", DAY)
    asked = sorted(program.facts)
    cases = [case.facts for case in docket.cases]
    cpu, limit = medians(
        lambda: [findings(program, facts) for facts in cases],
        lambda: [[facts.get(name) for name in asked] for facts in cases],
    )
    row(
        "screening.evaluate",
        "rules",
        len(cases) * len(program.rules),
        cpu,
        limit,
        "reading the asked facts",
    )


def start() -> None:
    """One case of a CSV from cold start, against the imports that no command is without."""
    with tempfile.TemporaryDirectory() as name:
        docket = Path(name) / "docket.csv"
        head = "case,agreement,sending,receiving,pathway,convicted"
        docket.write_text(f"{head}\nC-1,OAS-A57,US,SV,treaty_transfer,true\n")
        call = [str(Path(sys.executable).with_name("habeas")), "screen", str(docket)]
        print(cold.table(cold.cold([*call, "--as-of", "2026-11-21"], UNAVOIDABLE)))


UNAVOIDABLE = ("cyclopts", "rich.console", "rich.table", "msgspec")
SCREENING = (
    ("Screening in bulk: 1,000,000 cases x 32 rules, one thread", screening.main),
    ("Ten million cases", scale.main),
    ("One case", one.main),
    ("`habeas screen` of one case, cold", start),
    ("The register", register.main),
    ("A mirror of another log, and settlement", settlement.main),
    ("Custody intervals", custody.main),
    ("The statement of a year", fees.main),
    ("The fees of many draws of ten years", dues.main),
    ("Places for 40,000 persons, and why people do not fit", placing.main),
    ("Draws of a projection", projection.main),
    ("The queue against its peers", queueing.main),
    ("The web app, 400 persons (40,000: python -m bench.web)", web.small),
)


def main() -> None:
    """Print the tables."""
    os.environ["OMP_NUM_THREADS"] = "1"
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}, "
        f"median of {REPEATS} interleaved runs, CPU time\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        begun, out = time.perf_counter(), sys.stdout
        with (Path(name) / "out").open("w") as sys.stdout:
            run(["demo", "--dir", str(folder)])
        sys.stdout = out
        print(f"`habeas demo`, 5,000 people: {time.perf_counter() - begun:.1f} s wall\n")
        print("| work | rate | times the limit | the limit |\n|---|---|---|---|")
        evaluation()
    for title, bench in SCREENING:
        print(f"\n{title}\n")
        bench()


main()

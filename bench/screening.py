"""`python -m bench.screening [CASES]`: bit planes, their peers and the memory limit in one run.

CPU seconds of evaluation alone, interleaved (limit, ours, each peer, limit, ours, ...), after one
warm-up. Loading and counting are outside everyone's time. Ours finds the verdict of each case too.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.docket import RULES, docket, write
from bench.engine import Counts, Planes, checked_first
from bench.limit import limit
from bench.peers.check import PEERS, THREE_VALUED
from bench.peers.run import ROOT, Peer, environment

CASES, REPEATS = 1_000_000, 9
LIMIT, OURS, REASONS = "limit", "planes", "planes and what each case waits for"

Timed = Callable[[], float]


def interleaved(
    works: Mapping[str, Callable[[], float]], repeats: int = REPEATS
) -> dict[str, list[float]]:
    """CPU seconds of each work, all works in turn, after one warm-up of each."""
    for work in works.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            times[name].append(work())
    return times


def table(times: Mapping[str, list[float]], cases: int) -> str:
    """Medians in nanoseconds a case, the least and the most, and ratios of medians."""
    middle = {name: statistics.median(row) for name, row in times.items()}

    def ratio(name: str, to: str) -> str:
        return f"{middle[name] / middle[to]:.2f}" if to in middle else "-"

    lines = ["| work | CPU ns/case | min..max | times the limit | times the planes |"]
    lines.append("|---|---|---|---|---|")
    for name, row in times.items():
        least, most = (1e9 * bound(row) / cases for bound in (min, max))
        lines.append(
            f"| {name} | {1e9 * middle[name] / cases:,.1f} | {least:,.1f}..{most:,.1f} "
            f"| {ratio(name, LIMIT)} | {ratio(name, OURS)} |"
        )
    return "\n".join(lines)


def timed(work: Callable[[list[pa.RecordBatch]], object], batches: list[pa.RecordBatch]) -> Timed:
    """A work of ours with its CPU seconds."""

    def run() -> float:
        begun = time.process_time()
        work(batches)
        return time.process_time() - begun

    return run


def same(counts: Mapping[str, Counts]) -> None:
    """Everyone three-valued counts alike; an AssertionError names the rules where not."""
    (first, expected), *others = counts.items()
    for name, found in others:
        wrong = [
            rule
            for k, rule in enumerate(RULES)
            if (found[0][k], found[1][k]) != (expected[0][k], expected[1][k])
        ]
        assert not wrong, f"{name} and {first} differ in {wrong}"


def machine() -> str:
    """What the figures were measured on."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return (
        f"{model or platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, numpy {np.__version__}, pyarrow {pa.__version__}"
    )


def screening(python: Path, cases: int) -> dict[str, list[float]]:
    """The times of all; the counts of all three-valued engines are compared before."""
    batches, planes = docket(cases), Planes()
    checked_first(batches)
    planes.evaluate(batches)
    counts = {OURS: planes.counts()}
    works = {
        LIMIT: limit(cases),
        OURS: timed(planes.evaluate, batches),
        REASONS: timed(planes.explain, batches),
    }
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        file = Path(folder) / "docket.arrow"
        write(batches, file)
        for name, call in PEERS.items():
            peer = running.enter_context(Peer(python, *call))
            peer.load(file)
            found = peer.run()
            peak = found["rss_peak"] / 2**20
            print(f"{name}: {peer.version()}, peak {peak:,.0f} MiB with docket and result")
            if name in THREE_VALUED:
                counts[name] = found["true"], found["false"]
            works[name] = peer.cpu
        same(counts)
        return interleaved(works)


def main() -> None:
    """Print the table."""
    cases = int(sys.argv[1]) if sys.argv[1:] else CASES
    print(f"{machine()}; {cases:,} cases, {len(RULES)} rules, {REPEATS} interleaved repeats")
    times = screening(environment(ROOT / ".bench"), cases)
    print("\n" + table(times, cases))


if __name__ == "__main__":
    main()

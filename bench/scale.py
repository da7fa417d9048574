"""`python -m bench.scale [CASES]`: a mapped Arrow docket of ten million cases, in one process.

The docket is written first. A child process maps it, finds every rule and verdict, counts them, and
tells its CPU seconds and how much memory it held beside the mapped file.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa

from bench.docket import docket
from bench.engine import program
from habeas.screening.bulk import OUTCOMES, Bulk
from habeas.screening.planes import counts

CASES, PART = 10_000_000, 1_000_000


def written(path: Path, cases: int) -> None:
    """The bench docket, a part a seed."""
    with pa.OSFile(str(path), "wb") as sink:
        file: pa.ipc.RecordBatchFileWriter | None = None
        for number, start in enumerate(range(0, cases, PART)):
            for batch in docket(min(PART, cases - start), seed=7 + number):
                file = file or pa.ipc.new_file(sink, batch.schema)
                file.write_batch(batch)
        if file is not None:
            file.close()


def anonymous() -> int:
    """Bytes that this process holds beside mapped files."""
    lines = Path("/proc/self/status").read_text().splitlines()
    told = next(line for line in lines if line.startswith("RssAnon:"))
    return int(told.split()[1]) * 1024


def judged(path: Path) -> dict[str, object]:
    """The child's work, on a warm page cache: CPU, memory and counts of one run."""
    bulk, before, peak, begun = Bulk(program()), anonymous(), 0, time.process_time()
    totals = dict.fromkeys(OUTCOMES, 0)
    rules = [0] * len(bulk.steps)
    with pa.memory_map(str(path)) as mapped:
        source = pa.ipc.open_file(mapped)
        for number in range(source.num_record_batches):
            found = bulk.run(source.get_batch(number), {})
            for name, cases in found.counts().items():
                totals[name] += cases
            met = counts([rule.true for rule in found.rules])
            rules = [a + b for a, b in zip(rules, met, strict=True)]
            peak = max(peak, anonymous() - before)
    cpu = time.process_time() - begun
    return {"cpu": cpu, "peak": peak, "outcomes": totals, "rules": rules}


def told(path: Path, cases: int) -> str:
    """One row of a table, out of a child process."""
    call = [sys.executable, "-m", "bench.scale", "--judge", str(path)]
    subprocess.run(call, check=True, capture_output=True)  # noqa: S603 - us; fills the page cache
    done = subprocess.run(call, check=True, capture_output=True, text=True)  # noqa: S603 - us
    found = json.loads(done.stdout)
    assert sum(found["outcomes"].values()) == cases
    return (
        f"{cases:,} mapped cases x {len(found['rules'])} rules, verdicts and counts: "
        f"{found['cpu']:.2f} CPU-s, {1e9 * found['cpu'] / cases:.1f} ns a case, "
        f"{found['peak'] / 2**20:.1f} MiB beside a file of {path.stat().st_size / 1e6:,.0f} MB"
    )


def main() -> None:
    """Print one row."""
    if sys.argv[1:2] == ["--judge"]:
        print(json.dumps(judged(Path(sys.argv[2]))))
        return
    cases = int(sys.argv[1]) if sys.argv[1:] else CASES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "docket.arrow"
        written(path, cases)
        print(told(path, cases))


if __name__ == "__main__":
    main()

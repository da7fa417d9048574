"""`python -m bench.cold [--imports A,B] [--absent C,D] -- COMMAND...`: wall time from cold start.

The command against the same interpreter doing nothing, and against that interpreter importing what
the command cannot do without, in interleaved pairs.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

PAIRS = 21
IMPORTED = re.compile(r"^import time:[^|]*\|[^|]*\|\s*(\S+)$", re.MULTILINE)


def wall(argv: Sequence[str]) -> float:
    """Wall seconds of one process, start and end included; it must succeed."""
    begun = time.perf_counter()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - the caller's own
    return time.perf_counter() - begun


def cold(argv: Sequence[str], imports: Sequence[str], pairs: int = PAIRS) -> dict[str, list[float]]:
    """Wall seconds of the command, of nothing, and of the imports alone; one warm-up each."""
    python = [sys.executable, "-c"]
    works = {"command": list(argv), "nothing": [*python, "pass"]}
    if imports:
        works["imports"] = [*python, f"import {', '.join(imports)}"]
    for work in works.values():
        wall(work)
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(pairs):
        for name, work in works.items():
            times[name].append(wall(work))
    return times


def imported(argv: Sequence[str]) -> set[str]:
    """Every module that the command imports, by the interpreter's own account."""
    done = subprocess.run(  # noqa: S603 - the caller's own
        argv,
        env=os.environ | {"PYTHONPROFILEIMPORTTIME": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return set(IMPORTED.findall(done.stderr))


def table(times: dict[str, list[float]]) -> str:
    """Medians in milliseconds, the least and the most, and the command's ratio to each."""
    middle = {name: statistics.median(row) for name, row in times.items()}
    lines = [
        "| process | wall ms | min..max | the command takes, times this |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {1e3 * middle[name]:.1f} | {1e3 * min(row):.1f}..{1e3 * max(row):.1f} "
        f"| {middle['command'] / middle[name]:.2f} |"
        for name, row in times.items()
    ]
    return "\n".join(lines)


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def main() -> None:
    """Print the table; fail where a module was imported that must be absent."""
    asked = argparse.ArgumentParser(prog="python -m bench.cold")
    asked.add_argument("--imports", type=_names, default=[])
    asked.add_argument("--absent", type=_names, default=[])
    asked.add_argument("--pairs", type=int, default=PAIRS)
    asked.add_argument("command", nargs="+")
    given = asked.parse_args()
    print(table(cold(given.command, given.imports, given.pairs)))
    found = imported(given.command).intersection(given.absent)
    if found:
        sys.exit(f"imported: {', '.join(sorted(found))}")


if __name__ == "__main__":
    main()

"""What every peer's process does: one-line JSON commands on stdin, one-line answers on stdout.

{"load": path} reads an Arrow IPC file of `bench.docket` into the peer's own form, untimed;
{"run": 1} evaluates all rules, timed, and then counts, untimed; {"planes": path} writes the last
result as nullable booleans; {"version": 1} says who answers.
"""

import json
import platform
import resource
import sys
import time
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc


class Engine(Protocol):
    """A peer between two commands."""

    version: str

    def load(self, path: Path) -> None:
        """Hold the docket in the form in which this engine is quickest."""

    def clear(self) -> None:
        """Forget the last result, so that a run finds nothing ready."""

    def evaluate(self) -> None:
        """Judge every rule for every case; the result is whole in memory when this returns."""

    def table(self) -> pa.Table:
        """The last result as Arrow, a boolean column a rule, null where not established."""


def _run(engine: Engine) -> dict[str, object]:
    engine.clear()
    wall, cpu = time.perf_counter(), time.process_time()
    engine.evaluate()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    columns = engine.table().columns
    true = [pc.sum(column, min_count=0).as_py() for column in columns]
    known = [len(column) - column.null_count for column in columns]
    return {
        "cpu": cpu,
        "wall": wall,
        "true": true,
        "false": [both - one for both, one in zip(known, true, strict=True)],
        # The whole process: interpreter, library, docket and result.
        "rss_peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _write(table: pa.Table, path: str) -> dict[str, object]:
    with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        out.write_table(table)
    return {"planes": path}


def _answer(engine: Engine, command: dict[str, str]) -> dict[str, object]:
    match command:
        case {"load": path}:
            engine.load(Path(path))
            return {"load": path}
        case {"run": _}:
            return _run(engine)
        case {"planes": path}:
            return _write(engine.table(), path)
        case {"version": _}:
            return {"version": engine.version, "python": platform.python_version()}
        case _:
            return {"error": f"unknown command: {command}"}


def serve(engine: Engine) -> None:
    """Answer until stdin ends; a failure ends the process and shows on stderr."""
    for line in sys.stdin:
        print(json.dumps(_answer(engine, json.loads(line))), flush=True)


def read(path: Path) -> pa.Table:
    """The docket, memory-mapped."""
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()

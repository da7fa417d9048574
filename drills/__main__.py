"""Run a drill in its full form: `python -m drills NAME [--count N] [--store sqlite|postgres]`.

The drill fuzz takes `[--target NAME] [--seconds N]` instead: all targets where none is named.

Prints a row of docs/reliability.md, and each promise that did not hold; exit status 1 where one
did not. SIGTERM ends the longer ones after the run that they are at.
"""

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module

from drills import fuzz
from drills.rig import Result, end_on_request

NAMES = (
    "backtest_states",
    "clock",
    "coverage",
    "delivery",
    "faults",
    "full",
    "fuzz",
    "interleavings",
    "kill",
    "locator",
    "malicious",
    "mutations",
    "pages",
    "partition",
    "restore",
    "revoke",
    "stopped",
    "two_writers",
)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--count", type=int)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--target")
    parser.add_argument("--seconds", type=int, default=fuzz.SECONDS)
    end_on_request()
    broken = 0
    for result in _results(parser.parse_args()):
        print(result.line(), flush=True)
        for sentence in result.broken:
            print(f"BROKEN: {sentence}", flush=True)
        broken += len(result.broken)
    return int(bool(broken))


def _results(asked: argparse.Namespace) -> Iterator[Result]:
    if asked.name == "fuzz":
        for target in [asked.target] if asked.target else fuzz.names():
            yield fuzz.run(target, asked.seconds)
        return
    drill = import_module(f"drills.{asked.name}")
    yield drill.run(drill.RUNS if asked.count is None else asked.count, asked.store)


if __name__ == "__main__":
    sys.exit(main())

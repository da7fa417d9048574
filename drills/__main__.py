"""Run a drill in its full form: `python -m drills NAME [--count N] [--store sqlite|postgres]`.

Prints a row of docs/reliability.md, and each promise that did not hold; exit status 1 where one
did not. SIGTERM ends the longer ones after the run that they are at.
"""

import argparse
import sys
from importlib import import_module

from drills.rig import end_on_request

NAMES = (
    "clock",
    "delivery",
    "faults",
    "full",
    "kill",
    "mutations",
    "restore",
    "revoke",
    "two_writers",
)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--count", type=int)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    asked = parser.parse_args()
    end_on_request()
    drill = import_module(f"drills.{asked.name}")
    result = drill.run(drill.RUNS if asked.count is None else asked.count, asked.store)
    print(result.line())
    for sentence in result.broken:
        print(f"BROKEN: {sentence}")
    return int(bool(result.broken))


if __name__ == "__main__":
    sys.exit(main())

"""A run as a face makes it, in a process of its own that `drills.stopped` stops.

python -m drills.draw_run FOLDER EXECUTOR DRAWS
"""

import sys
from pathlib import Path

from habeas.adapters import draw_files, runners, stopping
from habeas.adapters.draw_files import Stamp

TASK, PAYLOAD, SEED = "drills.draws:slow", b"stopped", 3
STOPPED = 130
WORKERS = 2


def stamp(draws: int) -> Stamp:
    return draw_files.stamp(TASK, PAYLOAD, SEED, draws, runners.versions())


def main(folder: str, executor: str, draws: str) -> int:
    """Run, and say how far it came when somebody stops it."""
    files = draw_files.begun(Path(folder), stamp(int(draws)))
    try:
        with stopping.once(), runners.opened(executor, WORKERS) as runner:
            draw_files.drawn(files, runner, PAYLOAD, lambda *_: None)
    except KeyboardInterrupt:
        print(files.progress())
        return STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

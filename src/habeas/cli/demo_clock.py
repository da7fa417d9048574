"""One command in a process of its own whose clock the two-state demonstration sets.

The story needs a day to pass. What a process signs bears its clock's time, so the clock is moved,
and no state is. The file holds the seconds by which it is behind or ahead, and is read each time.
Nothing here is used in operation: no option and no environment of another command leads here.

Call: python -m habeas.cli.demo_clock FILE COMMAND ...
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from habeas.cli import clock
from habeas.cli.main import run

REAL = clock.now


def moved(file: Path) -> datetime:
    """This instant, moved as the file says; UTC, whole seconds."""
    return REAL() + timedelta(seconds=int(file.read_text(encoding="ascii")))


def move(file: Path, to: datetime) -> None:
    """Set the clock of every process that reads the file."""
    draft = file.with_suffix(".new")
    draft.write_text(f"{int((to - REAL()).total_seconds())}\n", encoding="ascii")
    draft.replace(file)


def main() -> int:
    """Run the command."""
    file, words = Path(sys.argv[1]), sys.argv[2:]
    clock.now = lambda: moved(file)
    return run(words)


if __name__ == "__main__":
    sys.exit(main())

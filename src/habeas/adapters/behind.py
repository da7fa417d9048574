"""A process that works behind others: where cores are wanting, whoever is waited for goes first."""

import os
from contextlib import suppress
from pathlib import Path

STEPS = 5  # of 19: behind others, and never without a turn
_SESSION = Path("/proc/self/autogroup")  # there a kernel weighs sessions before processes


def others() -> None:
    """Let this process, and its session where the kernel weighs sessions, come after others."""
    os.nice(STEPS)
    with suppress(OSError):  # no such kernel, or a session that is not ours to weigh
        _SESSION.write_text(str(STEPS))

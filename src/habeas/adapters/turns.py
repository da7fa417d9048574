"""The turns that the threads of a service take: whoever waited for the database goes on soon.

A thread that comes back from waiting may go on when the one that computes has had its turn, which
Python makes 5 ms long. A page asks a dozen questions: beside one that computes, each cost such a
turn (docs/performance.md).
"""

import sys

TURN_S = 0.0005


def short() -> None:
    """Let the threads of this process take short turns; call it once, at the start."""
    sys.setswitchinterval(TURN_S)

"""What the peers of the register do: one-line JSON commands on stdin, one-line answers on stdout.

Nothing of habeas is imported here, and nothing of the screening's peers.
"""

import json
import resource
import sys
from collections.abc import Callable, Mapping


def cpu() -> float:
    """CPU seconds of this process so far, all threads, user and system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def serve(commands: Mapping[str, Callable[[str], object]]) -> None:
    """Answer `{"<command>": argument}` until stdin ends; a failure shows on stderr."""
    for line in sys.stdin:
        ((name, argument),) = json.loads(line).items()
        print(json.dumps({name: commands[name](argument)}), flush=True)

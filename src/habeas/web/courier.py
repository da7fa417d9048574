"""The courier of an installation: what goes on without anybody asking for it.

Three ways, each with a line of its own, so that none waits for another: the tables follow the
register; whoever asked to be told is told that it grew; the other state's installation is told what
it should know, and tells this one. Killed at any instant it loses nothing: what is to be done
stands in the register and in the ledger, and is done by the next courier.
"""

import logging
import sys
import threading
from collections.abc import Callable, Sequence

import django

from habeas.adapters import behind, stopping
from habeas.errors import HabeasError
from habeas.web import starting

POLL_S = 1.0
_log = logging.getLogger("habeas.courier")


def main() -> int:
    """Go on until told to stop."""
    try:
        django.setup()
        starting.told_variables()
        starting.refuse(starting.OLDER, starting.NEWER)
    except HabeasError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.status
    behind.others()
    from habeas.web.rounds import rounds  # noqa: PLC0415 - after the settings

    run(rounds(), stopping.on_signals())
    return 0


def run(rounds: Sequence[Callable[[], None]], stop: threading.Event) -> None:
    """Go each round again and again, each in a thread of its own, until told to stop."""
    threads = [threading.Thread(target=_again, args=(one, stop)) for one in rounds]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def _again(round_: Callable[[], None], stop: threading.Event) -> None:
    from django.db import Error, close_old_connections  # noqa: PLC0415 - after the settings

    # By its owner too: several rounds are methods of one name.
    name, failing = round_.__qualname__, ""
    while not stop.is_set():
        try:
            round_()
            if failing:
                _log.warning("%s: goes on", name)
            failing = ""
        except (HabeasError, Error, OSError) as error:
            # Codes and kinds alone: a sentence may hold what is nobody's to read in a log.
            found = str(getattr(error, "code", type(error).__name__))
            if found != failing:  # once, and not each second
                _log.warning("%s: %s", name, found)
            failing = found
            close_old_connections()
        stop.wait(POLL_S)


if __name__ == "__main__":
    sys.exit(main())

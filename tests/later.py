"""The processes of an installation with their clocks set forward: for what takes days.

Every process of ours asks one function of its own for the time; here it is given another. So a
period of notice runs out in a test, and a fact lapses, as they do in earnest.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta

HOURS = "HABEAS_TEST_LATER_HOURS"


def now() -> datetime:
    """This instant, moved by the hours that the environment names."""
    return datetime.now(UTC).replace(microsecond=0) + _later()  # noqa: TID251 - it is a clock


def _later() -> timedelta:
    return timedelta(hours=float(os.environ.get(HOURS, "0")))


def web() -> None:
    """Set the clock of the web; before anything else of it is imported."""
    from habeas.web import clock  # noqa: PLC0415 - before anything else of the web

    clock.now = now
    real, later = time.time, _later().total_seconds()  # noqa: TID251 - the clock's own
    # When somebody signed in is told by it.
    time.time = lambda: real() + later  # noqa: TID251 - the clock's own


def main() -> int:
    """Run the gateway, or prepare the web."""
    what, *words = sys.argv[1:]
    if what == "gateway":
        from habeas.cli import gateway, main  # noqa: PLC0415 - one process, one part

        gateway._now = now  # noqa: SLF001 - its clock
        sys.argv = ["habeas", "gateway", *words]
        main.main()
        return 0
    web()
    from habeas.web import prepare  # noqa: PLC0415 - after its clock

    if what == "prepare":
        return prepare.main()
    import django  # noqa: PLC0415 - after its clock

    django.setup()
    from habeas.web.readmodels import rebuild  # noqa: PLC0415 - after the settings

    rebuild.follow()
    return 0


if __name__ == "__main__":
    sys.exit(main())

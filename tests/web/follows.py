"""Run for one installation: `follow` follows the register until told to stop, `tables` tells all.

`tables` answers JSON: every row of the read models as they are, and made anew from nothing.
"""

import json
import sys
import threading
from pathlib import Path
from time import sleep

import django
from django.db import connection

django.setup()

from habeas.web import wiring  # noqa: E402 - after the settings
from habeas.web.readmodels import fenced, rebuild  # noqa: E402
from habeas.web.readmodels.models import (  # noqa: E402
    BlockedVisit,
    Circle,
    Contradiction,
    Interval,
    Line,
    Obligation,
    Person,
    Position,
    Standing,
)

TABLES = (
    Person, Circle, Standing, Interval, Line, Obligation, Contradiction, BlockedVisit, Position,
)  # fmt: skip


def follow(stop: Path) -> None:
    """As a worker and the courier do it at once: two threads of one process."""
    faults: list[BaseException] = []

    def again() -> None:
        try:
            while not stop.exists():
                rebuild.follow()
                sleep(0.001)
            rebuild.follow()
        except BaseException as error:  # noqa: BLE001 - told to whoever started it
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=again) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if faults:
        raise faults[0]


def rows() -> dict[str, list[list[str]]]:
    """Every row, without the numbers that a database gives."""
    found = {}
    with fenced.kept():
        for table in TABLES:
            names = [one.attname for one in table._meta.concrete_fields if one.attname != "id"]  # noqa: SLF001
            told = [list(map(str, one)) for one in table.objects.values_list(*names)]
            found[table.__name__] = sorted(told)
    return found


def tables() -> None:
    """What stands there, then what stands there made anew."""
    followed = rows()
    size = rebuild.rebuild()
    told = {"followed": followed, "anew": rows(), "size": size}
    told["leaves"] = wiring.register().store.size()
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1] == "follow":
        follow(Path(sys.argv[2]))
    else:
        tables()

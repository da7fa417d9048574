"""A writer that appends without end, until it is killed; it says what its log has answered.

    python -m drills.worker REGISTER_FOLDER RUN

A line is written only after `append` returned, and each batch is put in a file before it is
submitted: the file is what the writer would still have in its outbox.
"""

import sys
import time
from pathlib import Path
from typing import TextIO

from drills.commands import AT, Drafter
from drills.rig import FIRST, PENDING, Site, acks, heads_of, noted, person
from habeas.errors import HabeasError
from habeas.register.intake import Signed
from habeas.register.log import Log
from habeas.service import record

PERSONS, MOST = 40, 300
RUN = 1_000_000  # numbers of events that a run may use
PAUSE, TRIES = 0.05, 4_000  # seconds between two tries of one batch


def work(site: Site, run: int, out: TextIO) -> None:
    """Append batches of 1 to 300 events until somebody ends it."""
    people = [person(number) for number in range(PERSONS)]
    with site.opened() as log:
        drafter = Drafter(f"run {run}", FIRST + run * RUN, heads_of(log, people))
        out.write("ready\n")
        out.flush()
        while True:
            batch = [_drafted(drafter, people) for _ in range(1 + drafter.chance.below(MOST))]
            part = site.folder / f"{PENDING}.part"
            part.write_text(record.write_signed(batch))
            part.replace(site.folder / PENDING)
            out.write("sent\n")
            out.flush()
            _submit(log, batch, out, publish=drafter.chance.below(3) == 0)


def _drafted(drafter: Drafter, people: list[str]) -> Signed:
    chosen = people[drafter.chance.below(len(people))]
    way = drafter.chance.below(20)
    if way == 0:
        return drafter.detailed(chosen)
    return drafter.custody(chosen) if way % 2 else drafter.visit(chosen)


def _submit(log: Log, batch: list[Signed], out: TextIO, *, publish: bool) -> None:
    for _ in range(TRIES):
        try:
            indexes = log.append(batch, AT, publish=publish)
        except HabeasError as error:
            out.write(f"refused {error.code}\n")
            out.flush()
            time.sleep(PAUSE)
            continue
        latest = log.store.latest() if publish else None
        out.write(acks(batch, indexes) + (noted(latest[1]) if latest else ""))
        out.flush()
        return
    msg = "the register took nothing any more"
    raise AssertionError(msg)


if __name__ == "__main__":
    work(Site(Path(sys.argv[1])), int(sys.argv[2]), sys.stdout)

"""One step of a register in a process of its own, for `drills.faults` to break anywhere.

    python -m drills.step append|publish|keep|destroy REGISTER_FOLDER

The step begins after a mark on standard error. What a log, a store or a key store refused is tried
again: a fault that has passed must not stand in the way. Anything else than a refusal with a code
ends the process with its traceback, and that is a finding.
"""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from secrets import token_bytes

from drills.commands import AT, Drafter, key
from drills.rig import PENDING, Site, acks, heads_of, noted, person
from habeas.adapters.key_store import SqliteKeys
from habeas.errors import HabeasError
from habeas.register import checkpoint
from habeas.register.checkpoint import read_note
from habeas.service import record

MARK = b"the step begins\n"
TRIES = 4
NEW = ("n1", "n2", "n3")  # names of keys that are kept
GONE = person(1)  # whose key is destroyed
TIME, WITNESS = 1_772_482_000, "court.example/drill"


def say(line: str) -> None:
    os.write(1, line.encode())


def _tried(step: Callable[[], str]) -> bool:
    for _ in range(TRIES):
        try:
            line = step()
        except HabeasError as error:
            say(f"refused {error.code}\n")
            continue
        say(line)
        return True
    return False


def append(site: Site) -> None:
    with site.opened() as log:
        drafter = Drafter("step", 900_000, heads_of(log, [GONE]))
        batch = [
            drafter.custody(GONE),
            drafter.detailed(person(8)),
            *(drafter.visit(person(9)) for _ in range(8)),
        ]
        (site.folder / PENDING).write_text(record.write_signed(batch))
        os.write(2, MARK)
        _tried(lambda: acks(batch, log.append(batch, AT, publish=True)))


def publish(site: Site) -> None:
    with site.opened() as log:
        os.write(2, MARK)
        _tried(lambda: noted(log.publish(AT)))
        _tried(lambda: f"cosigned {cosign(log.store.latest(), log.store.cosign)}\n")


def cosign(latest: tuple[int, str] | None, keep: Callable[[int, list[str]], None]) -> int:
    """Keep a witness's line under the latest checkpoint; returns its size."""
    size, note = latest or (0, "")
    point = read_note(note).checkpoint
    keep(size, [checkpoint.cosigned(point, WITNESS, key("witness"), TIME)])
    return size


def keep(site: Site) -> None:
    with closing(SqliteKeys(site.keys, token_bytes)) as keys:
        os.write(2, MARK)
        _tried(lambda: _kept(keys))


def _kept(keys: SqliteKeys) -> str:
    absent = [name for name in NEW if name not in keys.keys(NEW)]
    keys.keep({name: token_bytes(32) for name in absent})
    return "".join(f"kept {name} {one.hex()}\n" for name, one in keys.keys(NEW).items())


def destroy(site: Site) -> None:
    with closing(SqliteKeys(site.keys, token_bytes)) as keys:
        os.write(2, MARK)
        _tried(lambda: f"destroyed {keys.destroy([GONE])}\n")


STEPS = {"append": append, "publish": publish, "keep": keep, "destroy": destroy}

if __name__ == "__main__":
    STEPS[sys.argv[1]](Site(Path(sys.argv[2])))
    say("done\n")

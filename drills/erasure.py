"""Erase half of many persons, killed at each step, and search everything that is left.

`PYTHONPATH=src:tests python -m drills.erasure [persons]`; 1,000 persons where none is given.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter

from erasure_cases import (
    CALENDAR,
    HAND,
    LATE,
    PARTS,
    RULES,
    Case,
    all_keys,
    closed,
    made,
    opened,
    planted,
    readable,
    trust,
)
from habeas.adapters import sqlite_store
from habeas.adapters.key_store import SqliteKeys
from habeas.register import verify
from habeas.register.log import Signed
from habeas.service import erase, hold
from habeas.service.erasures import unfinished

PERSONS = 1_000
KILLED = 9


def say(what: str, figure: object) -> None:
    """One line."""
    sys.stdout.write(f"{what:66}{figure}\n")


def must(what: str, found: object, wanted: object) -> None:
    """Say what was found, and stop where it is not what must be."""
    say(what, found)
    if found != wanted:
        raise SystemExit(f"FAILED: {what}: {found}, not {wanted}")


class Dying:
    """A key store whose process is killed before or after it destroys."""

    def __init__(self, keys: SqliteKeys, *, before: bool) -> None:
        """Keys, and when."""
        self.keys, self.keep, self.named = keys.keys, keys.keep, keys.named
        self._destroy, self._before = keys.destroy, before

    def destroy(self, names: Iterable[str]) -> int:
        """Die before it or after."""
        if not self._before:
            self._destroy(names)
        os._exit(KILLED)


def killed(folder: Path, signed: list[Signed], dying: Callable[[Case], erase.Keys]) -> None:
    """Run the erasure in a process of its own that is killed in the middle."""
    child = os.fork()
    if child == 0:
        case = opened(folder)
        erase.execute(case.log, dying(case), signed, RULES, HAND, LATE)
        os._exit(0)
    must("the erasing process was killed", os.waitstatus_to_exitcode(os.wait()[1]), KILLED)


def dying_between(case: Case) -> erase.Keys:
    """A key store that dies when the old epoch's key would be overwritten."""

    class Between(SqliteKeys):
        """Dies with both epoch keys on the disk."""

        def _end_epoch(self, epoch: int) -> None:
            del epoch
            os._exit(KILLED)

    return Between(case.folder / "person-keys.sqlite3", HAND.chance)


def erased(folder: Path, count: int) -> None:
    """Erase the first persons, killed three times on the way."""
    case = opened(folder)
    signed = [case.erased(case.indexes(number)) for number in range(count)]
    closed(case)
    deaths: list[tuple[str, Callable[[Case], erase.Keys], int]] = [
        ("before the keys go", lambda case: Dying(case.keys, before=True), count * 3),
        ("between the epochs", dying_between, 0),
        ("before the completion", lambda case: Dying(case.keys, before=False), 0),
    ]
    for what, dying, left in deaths:
        killed(folder, signed, dying)
        case = opened(folder)
        todo = unfinished(case.store, case.keys)
        must(f"  killed {what}: erasures listed as unfinished", len(todo), count)
        must(f"  killed {what}: keys still there", sum(one.left for one in todo), left)
        closed(case)
    case, start = opened(folder), perf_counter()
    done = erase.execute(case.log, case.keys, signed, RULES, HAND, LATE)
    say("  run again, to the end: seconds", f"{perf_counter() - start:.1f}")
    must("  erasures finished", sum(one.finished for one in done), count)
    must("  erasures unfinished", len(unfinished(case.store, case.keys)), 0)
    closed(case)


def searched(folder: Path, persons: int, count: int) -> None:
    """Look for the planted words in every file, and behind every key that is left."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    shown = [path.name for path in files if planted(range(persons), path.read_bytes())]
    must(f"{len(files)} files that show a planted word", shown, [])
    keys = set(all_keys(*folder.rglob("person-keys.sqlite3")).values())
    must("keys that any epoch key still opens", len(keys), (persons - count) * 3)
    start = perf_counter()
    text = readable(folder / "register.sqlite3", keys)
    say("every key tried on all sealed bytes: seconds", f"{perf_counter() - start:.0f}")
    must("  planted words of the erased that can be read", planted(range(count), text), [])
    others = len(planted(range(count, persons), text))
    must("  planted words of the others that can be read", others, (persons - count) * len(PARTS))


def checked(folder: Path, persons: int, count: int) -> None:
    """Verify the register, and count who is held."""
    case = opened(folder)
    bundle = sqlite_store.bundle(folder / "register.sqlite3")
    report = verify.register(bundle, trust(), opened=case.log.vault.open)
    must("faults of the register", list(report.faults), [])
    must("events counted as erased", report.erased, count * 3)
    must("events that cannot be read for another reason", report.unopened, 0)
    found = hold.of_register(case.store, case.log.vault, RULES.terms, CALENDAR)
    counted = len({one.subject for one in found.intervals})
    must("persons who are counted", counted, persons - count)
    must("persons who are said to be erased", found.erased, count)
    closed(case)


def main(persons: int = PERSONS) -> None:
    """The whole drill."""
    count = persons // 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        closed(made(folder, persons))
        must("planted words", persons * len(PARTS), persons * 5)
        (folder / "copy").mkdir()
        shutil.copy(folder / "person-keys.sqlite3", folder / "copy")
        erased(folder, count)
        searched(folder, persons, count)
        checked(folder, persons, count)
    say("DONE", f"{count:,} of {persons:,} persons erased")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))

"""A full disk: nothing acknowledged is lost, and it goes on when there is room again.

Each round ends for want of space somewhere else; then the batch that was refused is taken. Root has
a small file system for it; elsewhere a limit on the length of files stands for the full disk.
"""

import os
import resource
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from drills.commands import AT, Chance, Drafter
from drills.rig import FIRST, Result, Site, Told, acks, heads_of, judged, noted, person
from habeas.errors import HabeasError
from habeas.register.intake import Signed
from habeas.register.log import Log

RUNS = 200
SIZE = 12 * 1024 * 1024  # bytes of the file system
ROOM = 160 * 1024  # bytes that the fullest round has, at most
PEOPLE = 30
FRESH = 20  # rounds that one register lives through
TRIES = 40


class Mounted:
    """A file system of its own, in memory; a file takes all of its room but some."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._ballast = folder, folder / "ballast"

    def fill(self, room: int) -> None:
        """Leave so many bytes."""
        with self._ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        os.truncate(self._ballast, max(0, self._ballast.stat().st_size - room))

    def free(self) -> None:
        """Give back the room."""
        self._ballast.unlink()


class Limited:
    """Where nobody may mount: no file of this process may grow beyond the largest, but for some."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, room: int) -> None:
        """Let files grow so many bytes beyond the largest that is there."""
        largest = max(one.stat().st_size for one in self.folder.rglob("*") if one.is_file())
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room, hard))

    def free(self) -> None:
        """Let them grow again."""
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


Disk = Mounted | Limited


@contextmanager
def mounted() -> Iterator[Mounted]:
    """A small file system.

    Raises:
        subprocess.CalledProcessError: where this account may not mount.
    """
    with tempfile.TemporaryDirectory() as name:
        words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "habeas-drill", name]
        subprocess.run(words, check=True, capture_output=True)
        try:
            yield Mounted(Path(name))
        finally:
            subprocess.run(["umount", name], check=True, capture_output=True)


@contextmanager
def limited() -> Iterator[Limited]:
    """A folder in which files cannot grow."""
    with tempfile.TemporaryDirectory() as name:
        yield Limited(Path(name))


def run(count: int, store: str) -> Result:
    """Fill the disk as often as asked."""
    del store
    return drilled(count, mounted if os.getuid() == 0 else limited)


def drilled(count: int, disks: Callable[[], AbstractContextManager[Disk]]) -> Result:
    """Fill disks of one kind."""
    broken, figures = list[str](), Counter[str]()
    for first in range(0, count, FRESH):
        with disks() as disk:
            site, told = Site(disk.folder / "register").make(), Told()
            for number in range(first, min(count, first + FRESH)):
                wrong = _round(site, disk, number, told, figures)
                broken += [f"round {number}: {one}" for one in wrong]
            figures["events acknowledged"] += len(told.acks)
    return Result("disk full", count, tuple(broken), dict(figures))


def _round(site: Site, disk: Disk, number: int, told: Told, figures: Counter[str]) -> list[str]:
    chance = Chance(f"full {number}")
    with site.opened() as log:
        people = [person(one) for one in range(PEOPLE)]
        drafter = Drafter(f"full {number}", FIRST + number * 100_000, heads_of(log, people))
        people.append(person(PEOPLE + number))
        refused = list[Signed]()
        disk.fill(chance.below(ROOM))
        for _ in range(TRIES):
            batch = [_drafted(drafter, people) for _ in range(1 + chance.below(120))]
            codes = _tried(log, batch, told, publish=chance.below(2) == 0)
            figures.update(f"refused {code}" for code in codes)
            if codes:
                refused = batch
                break
        disk.free()
        if not refused:
            return ["the disk did not fill"]
        if _tried(log, refused, told, publish=True):
            return ["nothing is taken although there is room again"]
    return judged(site, told)


def _drafted(drafter: Drafter, people: list[str]) -> Signed:
    chosen = people[drafter.chance.below(len(people))]
    if drafter.chance.below(10) == 0:
        return drafter.detailed(chosen)
    return drafter.custody(chosen)


def _tried(log: Log, batch: list[Signed], told: Told, *, publish: bool) -> list[str]:
    try:
        indexes = log.append(batch, AT, publish=publish)
    except HabeasError as error:
        return [error.code]
    latest = log.store.latest() if publish else None
    told.hear(acks(batch, indexes) + (noted(latest[1]) if latest else ""))
    return []

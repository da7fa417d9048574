"""A full disk, on a small file system of its own: nothing acknowledged is lost, and it goes on.

Needs the right to mount. A file takes all room but a little, so that each round ends for want of
space somewhere else; then the file is made smaller, and the batch that was refused is taken.
"""

import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def small(size: int = SIZE) -> Iterator[Path]:
    """A file system of that size, in memory.

    Raises:
        subprocess.CalledProcessError: where this account may not mount.
    """
    with tempfile.TemporaryDirectory() as name:
        words = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "habeas-drill", name]
        subprocess.run(words, check=True, capture_output=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True, capture_output=True)


def run(count: int, store: str) -> Result:
    """Fill the disk as often as asked."""
    del store
    broken, figures = list[str](), Counter[str]()
    for first in range(0, count, FRESH):
        with small() as disk:
            site, told = Site(disk / "register").make(), Told()
            for number in range(first, min(count, first + FRESH)):
                broken += [
                    f"round {number}: {one}" for one in _round(site, disk, number, told, figures)
                ]
            figures["events acknowledged"] += len(told.acks)
    return Result("disk full", count, tuple(broken), dict(figures))


def _round(site: Site, disk: Path, number: int, told: Told, figures: Counter[str]) -> list[str]:
    chance, ballast = Chance(f"full {number}"), disk / "ballast"
    with site.opened() as log:
        people = [person(one) for one in range(PEOPLE)]
        drafter = Drafter(f"full {number}", FIRST + number * 100_000, heads_of(log, people))
        people.append(person(PEOPLE + number))
        _fill(ballast, chance.below(ROOM))
        refused: list[Signed] = []
        for _ in range(TRIES):
            batch = [_drafted(drafter, people) for _ in range(1 + chance.below(120))]
            codes = _tried(log, batch, told, publish=chance.below(2) == 0)
            figures.update(f"refused {code}" for code in codes)
            if codes:
                refused = batch
                break
        ballast.unlink()
        if not refused:
            return ["the disk did not fill"]
        if _tried(log, refused, told, publish=True):
            return ["nothing is taken although there is room again"]
    return judged(site, told)


def _fill(ballast: Path, room: int) -> None:
    """Take all of the disk's space but some."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    with ballast.open("r+b") as file:
        file.truncate(max(0, ballast.stat().st_size - room))


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

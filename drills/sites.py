"""Demonstrations that are served as in earnest, and who signs in to them."""

import hashlib
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from habeas.adapters import installation_files
from habeas.cli import installations, serve

SEED, THREADS = 7, 2
PASSWORD = re.compile(r"(http://\S+): .* password (\S+)")
CLAIM = "person,first,last,days,price,amount\np_0,2026-10-01,2026-10-31,31,10.00,310.00\n"
PERSON = re.compile(r"^ {2}(\S+) +(\S+) of", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Site:
    """One served installation, and who signs in to it: the names of each office."""

    address: str
    password: str
    people: Mapping[str, Sequence[str]]


@contextmanager
def serving(
    folder: Path,
    agreements: Iterable[str],
    states: int,
    now: datetime,
    make: Callable[[Path, str, datetime, tuple[int, int]], list[Path]] | None = None,
) -> Iterator[list[Site]]:
    """Serve demonstrations: of each agreement the sending state's alone, or both.

    `make` lays out both installations in a folder; None: they are made anew.
    """
    made = list[Path]()
    for one in agreements:
        pair = (_free(), _free())
        made += (make or _made)(folder / one, one, now, pair)[:states]
    for folder_of_one in made:
        _claimed(folder_of_one)
    served = [serve.Served(each, installation_files.read(each)) for each in made]
    with serve.running(served, THREADS) as told:
        yield [_site(text) for text in told.strip().split("\n\n")]


def _made(folder: Path, agreement: str, now: datetime, ports: tuple[int, int]) -> list[Path]:
    return installations.make(folder, agreement, now, SEED, ports)


def _claimed(folder: Path) -> None:
    """A claim of nobody on the register lies in an installation as if it had been uploaded."""
    kept = folder / "claims"
    kept.mkdir(mode=0o700, exist_ok=True)
    name = hashlib.sha256(CLAIM.encode()).hexdigest()
    kept.joinpath(f"{name}.csv").write_text(CLAIM, encoding="utf-8")


def _site(told: str) -> Site:
    found = PASSWORD.search(told)
    assert found is not None, told
    people = dict[str, list[str]]()
    for name, office in PERSON.findall(told):
        people.setdefault(office, []).append(name)
    return Site(found[1], found[2], people)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])

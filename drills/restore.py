"""Backups 1, 10 and 10,000 events old, while witnesses are up, away, or lie.

The policy asks for two witnesses: a court's, which is true and a real process, and one of the
press, which is away or lies. Each case is a world of its own: a copy of the backup, of the keys
and of the court's memory. The log is restored, brought up to date, given one event, and published.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from drills import witnesses
from drills.commands import AT, ORIGIN, Drafter, key
from drills.rig import FIRST, Result, Site, Told, heads_of, judged, person
from drills.witnesses import STATEMENTS, Lie
from habeas.adapters import backup_files, bundle_files, register_files, witness_client
from habeas.adapters.bundle_files import Disclosed
from habeas.adapters.register_files import KEYS, TRUST
from habeas.errors import RegisterError
from habeas.register import checkpoint
from habeas.register.checkpoint import Checkpoint, read_note
from habeas.register.log import Log
from habeas.service import publish, restore
from habeas.service.publish import Clients

RUNS = 1  # times that every case is tried
AGES = (1, 10, 10_000)  # events that the backup lacks
PEOPLE = 100
MOST = 256


@dataclass(frozen=True, slots=True)
class Case:
    """Who answers, whether there is a mirror, and what must come of it."""

    court: bool
    press: str  # "": away; else how it lies
    mirror: bool
    outcome: str  # the code with which it is refused, or "goes on"


CASES = (
    Case(True, "", False, "H539"),
    Case(True, "", True, "H540"),
    Case(False, "", False, "H540"),
    Case(False, "", True, "H540"),
    Case(True, "nothing", False, "H539"),
    Case(True, "nothing", True, "goes on"),
    Case(True, "more", False, "H539"),
    Case(True, "more", True, "goes on"),
    Case(True, "other root", False, "H539"),
    Case(True, "other root", True, "H539"),
    Case(True, "old", False, "H539"),
    Case(True, "old", True, "goes on"),
    Case(False, "nothing", False, "H540"),
    Case(False, "nothing", True, "H540"),
    Case(False, "more", False, "H540"),
    Case(False, "more", True, "H540"),
    Case(False, "other root", False, "H539"),
    Case(False, "other root", True, "H539"),
    Case(False, "old", False, "H540"),
    Case(False, "old", True, "H540"),
)


@dataclass(frozen=True, slots=True)
class Past:
    """The log as it was before it was lost, and every checkpoint that it ever signed."""

    folder: Path
    site: Site
    sizes: Mapping[int, int]  # of each backup by its age
    notes: Mapping[int, str]


def run(count: int, store: str) -> Result:
    """Try every case so often."""
    del store
    return drilled(AGES, CASES * count)


def drilled(ages: Sequence[int], cases: Sequence[Case]) -> Result:
    """Try each case with a backup of each age."""
    broken, figures, done = list[str](), Counter[str](), 0
    with tempfile.TemporaryDirectory() as name:
        past = _past(Path(name), ages)
        for age, case in product(ages, cases):
            world = Path(name) / "world"
            told = _restored(past, world, age, case, figures)
            broken += [f"{age} events old, {case}: {one}" for one in told]
            shutil.rmtree(world)
            done += 1
    return Result("restore of an old backup", done, tuple(broken), dict(figures))


def _past(folder: Path, ages: Sequence[int]) -> Past:
    site = Site(folder / "past").make(STATEMENTS)
    with (
        witnesses.true(folder / "court") as url,
        site.opened() as log,
    ):
        clients = {"court": witness_client.http_witness(url)}
        drafter, sizes = Drafter("past", FIRST), dict[int, int]()
        steps = sorted(ages, reverse=True)
        _grow(log, drafter, 50)
        for age, after in zip(steps, [*steps[1:], 0], strict=True):
            asked = publish.publish(log, site.trust().policy, clients, AT, pads=False)
            backup_files.back_up(site.path, folder / f"backup-{age}", asked.note)
            sizes[age] = log.size
            for count in (1, age - after - 1):
                _grow(log, drafter, count)
                publish.publish(log, site.trust().policy, clients, AT, pads=False)
    with register_files.opened(site.path) as found:
        rows = found.store.rows()
        shown = [Disclosed(row, found.vault.open(row)) for row in rows]
        bundle_files.write(folder / "mirror", found.store, shown)
        notes = dict(found.store.checkpoints())
    return Past(folder, site, sizes, notes)


def _grow(log: Log, drafter: Drafter, count: int) -> None:
    while count > 0:
        part = min(count, MOST)
        people = [person(drafter.chance.below(PEOPLE)) for _ in range(part)]
        log.append([drafter.custody(one) for one in people], AT)
        count -= part


def _lie(past: Past, age: int, how: str) -> Lie:
    last = max(past.notes)
    if how == "nothing":
        return Lie()
    if how == "old":
        return Lie(past.notes[past.sizes[age]])
    if how == "more":
        note = past.notes[last].replace(f"\n{last}\n", f"\n{last + 7}\n", 1)
        return Lie(note, last + 7)
    forged = Checkpoint(ORIGIN, last, bytes(32))  # by whoever has stolen the log's key
    return Lie(checkpoint.signed(forged, key("log")))


def _restored(past: Past, world: Path, age: int, case: Case, figures: Counter[str]) -> list[str]:
    site = Site(world / "register")
    site.folder.mkdir(parents=True)
    for name in [KEYS, TRUST, *(one.name for one in past.site.folder.glob("*.epoch-*.key"))]:
        shutil.copy2(past.site.folder / name, site.folder / name)
    shutil.copytree(past.folder / "court", world / "court")
    with backup_files.restored(past.folder / f"backup-{age}", site.path):
        pass  # it is judged in its place, as an operator might who copied the files by hand
    with ExitStack() as stack:
        clients = dict[str, witness_client.HttpWitness]()
        if case.court:
            url = stack.enter_context(witnesses.true(world / "court"))
            clients["court"] = witness_client.http_witness(url)
        if case.press:
            url = stack.enter_context(witnesses.false(_lie(past, age, case.press)))
            clients["press"] = witness_client.http_witness(url)
        before = past.sizes[age]
        try:
            _mended(past, site, age, clients, mirror=case.mirror)
            outcome = "goes on"
        except RegisterError as error:
            outcome = error.code
    return _judged(past, site, case, (outcome, before), figures)


def _mended(past: Past, site: Site, age: int, clients: Clients, *, mirror: bool) -> None:
    policy = site.trust().policy
    with site.opened() as log:
        note = (past.folder / f"backup-{age}" / backup_files.NOTE).read_text()
        restore.agree(log, note, policy)
        restore.mend(log, policy, clients, _leaves(past) if mirror else ())
        people = [person(number) for number in range(PEOPLE)]
        drafter = Drafter(f"restored {age}", 500_000, heads_of(log, people))
        log.append([drafter.custody(people[0])], AT)
        publish.publish(log, policy, clients, AT, pads=False)


def _leaves(past: Past) -> Iterator[restore.Leaf]:
    for row in bundle_files.bundle(past.folder / "mirror").rows:
        yield row, bundle_files.opened_leaf(row)


def _judged(
    past: Past, site: Site, case: Case, found: tuple[str, int], figures: Counter[str]
) -> list[str]:
    outcome, before = found
    wrong = judged(site, Told())
    notes = dict(site.bundle().checkpoints)
    twice = [
        size
        for size in notes.keys() & past.notes.keys()
        if read_note(notes[size]).checkpoint != read_note(past.notes[size]).checkpoint
    ]
    figures[outcome] += 1
    if outcome != case.outcome:
        wrong.append(f"{outcome}, not {case.outcome}")
    if outcome in {"H539", "H540"} and max(notes) > before:
        wrong.append("something was signed although it was refused")
    if twice:
        wrong.append(f"two checkpoints of size {twice[0]} have different roots")
    return wrong

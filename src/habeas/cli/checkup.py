"""habeas doctor --dir: whether an installation can be served, and what of it is too old.

Nothing is changed. A row is `ok`, `told` (look at it) or `fault` (a process refuses because of it).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from habeas.adapters import (
    backup_files,
    gateway_files,
    gateway_socket,
    installation_files,
    letterbox_files,
    modes,
    register_files,
    settings_files,
)
from habeas.adapters.installation_files import Installation
from habeas.cli import clock
from habeas.errors import Fault, HabeasError, SetupError
from habeas.service import agree, fitness, head, transfer

OK, TOLD, FAULT = "ok", "told", "fault"
DAY = timedelta(days=1)
LATE = 2  # cadences after which a checkpoint is late
SECRET_FILES = (
    installation_files.SECRET, installation_files.HOOKS, installation_files.METRICS,
    gateway_files.SECRET, letterbox_files.PRIVATE,
)  # fmt: skip


class Row(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    state: str
    code: str = ""
    told: str = ""
    fix: str = ""


def rows(folder: Path) -> list[Row]:
    """Everything that can be seen of an installation from its folder."""
    try:
        found = settings_files.settled(folder, os.environ)
    except SetupError as error:
        return [_row("settings", one) for one in error.faults] + list(_variables())
    made = [Row("settings", OK), *_variables()]
    for look in (_agreement, _keys, _folder, _secrets, _disk, _register, _gateway, _copies, _rolls):
        made += _looked(look, folder, found)
    return made


def _looked(
    look: Callable[[Path, Installation], Iterator[Row]], folder: Path, found: Installation
) -> list[Row]:
    name = look.__name__.strip("_")
    try:
        return list(look(folder, found)) or [Row(name, OK)]
    except HabeasError as error:
        return [_row(name, one) for one in error.faults]
    except OSError as error:
        return [Row(name, FAULT, told=f"{error.filename}: {error.strerror}")]


def _row(what: str, fault: Fault, state: str = FAULT) -> Row:
    place = " ".join(filter(None, (fault.file, fault.where)))
    return Row(
        what, state, fault.code, f"{place}: {fault.what}" if place else fault.what, fault.fix
    )


def _variables() -> Iterator[Row]:
    for name in settings_files.strange(os.environ):
        fix = "Correct its name as docs/operation.md says, or take it away."
        yield Row("settings", TOLD, told=f"nobody reads the variable {name}", fix=fix)


def _agreement(_: Path, found: Installation) -> Iterator[Row]:
    deal = agree.library().agreement(found.agreement)
    transfer.pair(deal, found.sending, found.receiving)
    yield Row("agreement", OK)


def _keys(folder: Path, found: Installation) -> Iterator[Row]:
    for fault in gateway_files.unusable(settings_files.keys(folder, found).values()):
        yield _row("keys", fault)


def _folder(folder: Path, found: Installation) -> Iterator[Row]:
    gateway_files.private(folder / found.register)
    yield Row("folder", OK)


def _secrets(folder: Path, found: Installation) -> Iterator[Row]:
    register = folder / found.register
    files = [folder / name for name in SECRET_FILES]
    files += [folder / one.secret_file for one in found.providers]
    keys = [*register.parent.glob("person-keys*.key"), register.with_name(register_files.KEYS)]
    wrong = modes.open_keys(path for path in files if path.exists())
    if not modes.shared(folder):  # else the web's group reads the keys of content
        wrong += modes.open_keys(path for path in keys if path.exists())
    for fault in wrong:
        yield _row("secrets", fault)


def _disk(folder: Path, found: Installation) -> Iterator[Row]:
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < found.reserve_mb:
        yield _row("disk", fitness.full().faults[0])
    elif free < 10 * found.reserve_mb:
        told = f"{free:,} MB are free; below {found.reserve_mb:,} MB no event is taken"
        yield Row("disk", TOLD, told=told, fix="Free the disk before it is full.")


def _register(folder: Path, found: Installation) -> Iterator[Row]:
    now = clock.instant(None)[1]
    with register_files.opened(folder / found.register, writes=False) as files:
        if not head.holds(files.store, files.trust()):
            told = "the latest checkpoint is not one of this log over these leaves"
            yield Row("register", FAULT, "H558", told, "Run 'habeas register verify'.")
        fitness.Fitness(files.store, lambda: True).sign(now)
        age = head.age_s(files.store, now)
    late = timedelta(minutes=found.cadence) * LATE
    if found.cadence and age > late.total_seconds():
        told = f"the newest event under a checkpoint is {age:,} seconds old"
        fix = "See whether the gateway runs and its witnesses answer."
        yield Row("register", TOLD, told=told, fix=fix)


def _gateway(folder: Path, found: Installation) -> Iterator[Row]:
    line = gateway_socket.connected(folder / found.register, wait_s=5.0)
    if line is None:
        yield Row("gateway", TOLD, told="no gateway serves the register", fix="Start it.")
    else:
        line.close()


def _copies(folder: Path, found: Installation) -> Iterator[Row]:
    if not found.backups:
        fix = "Name the folder of copies in the setting 'backups'."
        yield Row("copies", TOLD, told="it is not said where copies lie", fix=fix)
        return
    now, place = clock.instant(None)[1], folder / found.backups
    notes = [path.stat().st_mtime for path in place.glob(f"*/{backup_files.NOTE}")]
    newest = datetime.fromtimestamp(max(notes, default=0.0), UTC)
    if now - newest > DAY:
        told = f"the newest copy is of {newest:%Y-%m-%d %H:%M}Z" if notes else "there is no copy"
        fix = "Make one: docs/runbook-backup.md."
        yield Row("copies", TOLD, told=told, fix=fix)
    for path in place.glob(f"*/{backup_files.EXPIRY}"):
        if (until := backup_files.expiry(path)) is None or until < now:
            told = f"the copy of keys in '{path.parent}' had to be destroyed"
            fix = "Destroy it: whoever keeps it can read what was erased since."
            yield Row("copies", FAULT, "H965", told, fix)


def _rolls(folder: Path, _: Installation) -> Iterator[Row]:
    days = sorted(path.name[:10] for path in (folder / installation_files.ROLLS).glob("*.bin"))
    if days and clock.day(days[-1], "rolls") < clock.today() - DAY:
        fix = "Build tonight's: docs/operation.md, 'Each night'."
        yield Row("rolls", TOLD, told=f"the newest public roll is of {days[-1]}", fix=fix)

"""SIGKILL, EIO and ENOSPC at every write-like system call of a step of the register.

The step is traced once; then it runs again for each of its calls and each fault, on a copy of the
same register, with the fault injected at that very call (strace, after the fault tests of Tessera).
Whatever happens, the register opens, verifies, holds what was acknowledged, and goes on.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes

from drills import step
from drills.commands import AT, Drafter
from drills.rig import FIRST, Result, Site, Told, ended, judged, pending_of, person, resubmitted
from habeas.adapters.key_store import SqliteKeys
from habeas.errors import HabeasError
from habeas.register.sealed import unwrapped

RUNS = 0  # every call; another number takes that many, spread evenly
CALLS = (
    "write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate",
    "unlink", "unlinkat", "rename", "renameat2", "openat", "fchmod", "chmod", "link", "mkdir",
)  # fmt: skip
FAULTS = ("signal=SIGKILL", "error=EIO", "error=ENOSPC", "error=ENOSPC and ever after")
ONCE = frozenset({"openat", "write"})  # the process itself needs these: to import, and to say why
EVENTS = 254  # leaves before the step: an append fills a tile
_LINE = re.compile(r"(\d+) +(\w+)\((.*)")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call of a step, as strace counts them."""

    name: str
    nth: int  # of this name in its process


def prepared(folder: Path, name: str) -> Site:
    """A register on which a step is tried."""
    site = Site(folder).make()
    drafter = Drafter("faults", FIRST)
    with site.opened() as log:
        people = [person(number) for number in range(4)]
        count = EVENTS - log.size
        batch = [drafter.custody(people[number % 4]) for number in range(count)]
        log.append(batch, AT, publish=True)
        if name == "publish":
            log.append([drafter.visit(people[0])], AT)
    return site


def _trace(site: Site) -> str:
    return site.folder.with_suffix(".trace").read_text()


def _strace(site: Site, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    trace = site.folder.with_suffix(".trace")
    call = ["strace", "-f", "-y", "-qq", "-s", "64", "-o", str(trace)]
    call += ["-e", f"trace={','.join(CALLS)}", *words]
    call += [sys.executable, "-m", "drills.step", name, str(site.folder)]
    aside = site.folder / "aside"  # where SQLite keeps what it sorts and packs
    aside.mkdir(exist_ok=True)
    root = Path(__file__).parents[1]
    told = {"SQLITE_TMPDIR": str(aside), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    found = [str(root), str(root / "src")]
    environment = os.environ | told | {"PYTHONPATH": os.pathsep.join(found)}
    return subprocess.run(
        call, env=environment, cwd=root, text=True, check=False, capture_output=True
    )


def calls(site: Site, name: str) -> list[Call]:
    """The write-like calls of a step to files of its register, in order."""
    found = _strace(site, name)
    if found.returncode or "done" not in found.stdout:
        raise AssertionError(found.stderr)
    return list(_traced(site))


def _traced(site: Site) -> Iterator[Call]:
    matched = [one for line in _trace(site).splitlines() if (one := _LINE.match(line))]
    own, seen, begun = matched[0][1], Counter[str](), False
    for one in matched:
        if one[1] != own:
            continue
        name, told = one[2], one[3]
        seen[name] += 1
        begun = begun or step.MARK.decode().strip() in told
        makes = name != "openat" or "O_CREAT" in told
        if begun and makes and str(site.folder) in told:
            yield Call(name, seen[name])


@dataclass(slots=True)
class _Tally:
    broken: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)


def run(count: int, store: str) -> Result:
    """Break every step at every call; of another count, that many of them."""
    del store
    tally, done = _Tally(), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for step_ in step.STEPS:
            base = prepared(folder / f"{step_}-base", step_)
            traced = Site(Path(shutil.copytree(base.folder, folder / f"{step_}-traced")))
            found = calls(traced, step_)
            tally.figures[f"calls of {step_}"] = len(found)
            cases = [
                (call, fault)
                for call in found
                for fault in FAULTS[: 3 if call.name in ONCE else None]
            ]
            apart = max(1, len(cases) * len(step.STEPS) // count) if count else 1
            apart += apart > 1 and apart % 2 == 0  # else one fault of two is never tried
            for call, fault in cases[::apart]:
                if ended():
                    break
                _broken(base, step_, call, fault, tally)
                done += 1
    return Result("SIGKILL, EIO, ENOSPC at each write-like call", done, *_told(tally))


def _told(tally: _Tally) -> tuple[tuple[str, ...], dict[str, int]]:
    return tuple(tally.broken), dict(tally.figures)


def _broken(base: Site, name: str, call: Call, fault: str, tally: _Tally) -> None:
    site = Site(Path(shutil.copytree(base.folder, base.folder.with_name("run"))))
    try:
        kind = fault.removesuffix(" and ever after")
        word = f"inject={call.name}:{kind}:when={call.nth}"
        word += "+" if kind != fault else ""
        found = _strace(site, name, "-e", word)
        killed, hurt = found.returncode == -signal.SIGKILL, "INJECTED" in _trace(site)
        where = f"{name}, {call.name} {call.nth}, {fault}"
        wrong = []
        if not (killed if "SIGKILL" in fault else hurt):
            wrong.append("the fault was not injected")
        if "Traceback" in found.stderr:
            wrong.append(f"not refused by a code: {found.stderr.splitlines()[-1]}")
        tally.figures["refused by a code"] += found.stdout.count("refused")
        tally.figures["killed"] += int(killed)
        tally.figures["ended by itself"] += int("done" in found.stdout)
        wrong += (_keys_wrong if name in {"keep", "destroy"} else _log_wrong)(
            base, site, found.stdout
        )
        tally.broken += [f"{where}: {one}" for one in wrong]
    finally:
        shutil.rmtree(site.folder)


def _log_wrong(base: Site, site: Site, said: str) -> list[str]:
    del base
    told = Told()
    told.hear(said)
    try:
        wrong = judged(site, told)
        pending = pending_of(site)
        if pending:
            wrong += resubmitted(site, told, pending).wrong
        with site.opened() as log:
            size, held = step.cosign(log.store.latest(), log.store.cosign), log.store.latest()
            step.cosign(held, log.store.cosign)
            if log.store.latest() != held or (held and held[1].count(step.WITNESS) != 1):
                wrong.append(f"the cosignature of size {size} does not stand once")
        wrong += judged(site, told)
    except HabeasError as error:
        return [f"the register is not usable: {error}"]
    return wrong


def _keys_wrong(base: Site, site: Site, said: str) -> list[str]:
    names = [*step.NEW, *(person(number) for number in range(4))]
    with closing(SqliteKeys(base.keys, token_bytes)) as keys:
        before = dict(keys.keys(names))
    try:
        with closing(SqliteKeys(site.keys, token_bytes)) as keys:
            after = dict(keys.keys(names))
            wrong = _kept_wrong(before, after, said)
            if "destroyed" in said and step.GONE in after:
                wrong.append("a key that was said to be destroyed is there")
            keys.destroy([step.GONE])
            keys.keep({"afterwards": bytes(32)})
            if step.GONE in keys.keys(names) or keys.keys(["afterwards"]) != {
                "afterwards": bytes(32)
            }:
                wrong.append("the key store does not go on")
        with closing(SqliteKeys(site.keys, token_bytes)) as keys:
            wrong += _kept_wrong(before, dict(keys.keys(names)), "")
    except (HabeasError, ValueError, OSError) as error:
        return [f"the key store is not usable: {type(error).__name__} {error}"]
    return wrong + _opens(base, site)


def _kept_wrong(before: dict[str, bytes], after: dict[str, bytes], said: str) -> list[str]:
    lost = [name for name in before if name != step.GONE and after.get(name) != before[name]]
    said_kept = dict(re.findall(r"kept (\w+) (\w+)", said))
    wrong = [f"the key of {name} is lost" for name in lost]
    wrong += [
        f"the key {name} was kept and is lost"
        for name, told in said_kept.items()
        if after.get(name, b"").hex() != told
    ]
    if 0 < len(set(step.NEW) & set(after)) < len(step.NEW):
        wrong.append("keys were kept in part")
    return wrong


def _opens(base: Site, site: Site) -> list[str]:
    """Whether a copy of the key file from before opens with any epoch key that is still there."""
    with closing(sqlite3.connect(base.keys)) as db:
        packed = [one for (one,) in db.execute("SELECT wrapped FROM key")]
    for path in site.folder.glob("*.epoch-*.key"):
        try:
            epoch = bytes.fromhex(path.read_text().strip())
        except ValueError:
            continue
        if any(unwrapped(epoch, one) for one in packed):
            return ["an epoch key that opens an older copy is there after a destruction"]
    return []

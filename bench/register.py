"""`python -m bench.register [EVENTS [LEAVES]]`: the register against its peers and itself.

CPU seconds of the process, user and system, all threads; every row interleaved with what it is a
ratio to; medians. What is compared is compared for equal output first. A database server's own
CPU, and waiting for a disk, are in no figure.
"""

import hashlib
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import cast

from bench import logs
from bench.peers.answers import cpu
from bench.peers.run import ROOT, Peer, environment
from bench.screening import interleaved, machine
from habeas.adapters import bundle_files, register_files
from habeas.adapters.register_files import Place
from habeas.register import merkle, public_roll, quick, verify
from habeas.register.log import Log, Signed
from habeas.register.public_roll import Statement
from habeas.terms import RollStatus

EVENTS, LEAVES, REPEATS = 100_000, 1_000_000, 5
APPENDED, ALONE, BATCH = 2_048, 64, 256  # events a run: in batches, one at a time
PROOFS = 40
ROLL = 40_000
MANIFESTS = (64, 1024)
Timed = Callable[[], float]


def spent(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    begun = cpu()
    work()
    return cpu() - begun


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    name: str
    times: Sequence[float]  # CPU seconds a unit
    unit: str
    against: str = ""  # the name of another line of the same run

    @property
    def median(self) -> float:
        """CPU seconds a unit."""
        return statistics.median(self.times)


def table(lines: Sequence[Line]) -> str:
    """Medians in microseconds, rates, and ratios of the medians of one run."""
    middle = {one.name: one.median for one in lines}
    rows = ["| work | CPU us | min..max | per CPU-s | ratio |", "|---|---|---|---|---|"]
    for one in lines:
        least, most = 1e6 * min(one.times), 1e6 * max(one.times)
        ratio = "-"
        if one.against:
            ratio = f"{one.median / middle[one.against]:.3f} of '{one.against}'"
        rows.append(
            f"| {one.name} | {1e6 * one.median:,.1f} a {one.unit} | {least:,.1f}..{most:,.1f} "
            f"| {1 / one.median:,.0f} | {ratio} |"
        )
    return "\n".join(rows)


def lines(works: Mapping[str, Timed], unit: str, against: str) -> list[Line]:
    """Some works of one interleaved run, each a ratio to one of them."""
    times = interleaved(works, REPEATS)
    return [
        Line(name, row, unit, "" if name == against else against) for name, row in times.items()
    ]


# Append


class Appending:
    """A log that grows by fresh events, with every check of its intake."""

    def __init__(self, log: Log) -> None:
        self.log, self._next, self._salts = log, count(1), logs.Chance("append")
        log.append([logs.enrolment()], logs.AT)

    def fresh(self, size: int, manifest: int) -> list[Signed]:
        """So many new events, signed."""
        start = next(self._next)
        found = logs.bodies(start, start + size, "custody.counted")
        for _ in range(size - 1):
            next(self._next)
        return logs.signed(found, manifest, self._salts)

    def run(self, size: int, batch: int, manifest: int = 0) -> float:
        """CPU seconds an event; what was written is read again, untimed, and compared."""
        given, before = self.fresh(size, manifest), self.log.size
        begun = cpu()
        for start in range(0, size, batch):
            self.log.append(given[start : start + batch], logs.AT, publish=True)
        found = (cpu() - begun) / size
        kept = [one.body for one in self.log.records(before)]
        assert kept == [one.body for one in given]
        return found


def appending(folder: Path, python: Path | None) -> list[Line]:
    """Signature checked, content sealed, tree grown, checkpoint signed; against a plain store."""
    bodies = folder / "bodies"
    bodies.write_bytes(b"\n".join(logs.bodies(1, APPENDED + 1, "custody.counted")))
    few = folder / "few-bodies"
    few.write_bytes(b"\n".join(logs.bodies(1, ALONE * 4 + 1, "custody.counted")))
    with ExitStack() as open_files:
        register = open_files.enter_context(
            register_files.made(folder / "append" / "r.sqlite3", logs.Chance("keys"))
        )
        ours = Appending(logs.opened(register.store, register.vault))
        works: dict[str, Timed] = {
            "append, 256 a batch": lambda: ours.run(APPENDED, BATCH),
            "append, one by one": lambda: ours.run(ALONE, 1),
            "append, manifests of 64, 256 a batch": lambda: ours.run(APPENDED, BATCH, 64),
        }
        address = os.environ.get("HABEAS_POSTGRES")
        if address:
            place = Place(address, "habeas_bench")
            path = folder / "postgres" / "r.json"
            path.parent.mkdir()
            held = open_files.enter_context(register_files.made(path, logs.Chance("keys"), place))
            there = Appending(logs.opened(held.store, held.vault))
            works["append, PostgreSQL, 256 a batch (client)"] = lambda: there.run(APPENDED, BATCH)
        against = "append, 256 a batch"
        if python:
            peer = open_files.enter_context(
                Peer(python, "eventsourcing_peer", str(folder / "eventsourcing.db"))
            )
            print(peer.version())
            against = "eventsourcing, Application.save"
            works[against] = lambda: cast("float", peer.ask(save=str(few))["save"])
            works["eventsourcing, bare rows, 256 a transaction (unequal work)"] = lambda: cast(
                "float", peer.ask(insert=str(bodies))["insert"]
            )
        return lines(works, "event", against)


# Verify


def checked(path: Path, *, folder: bool, size: int) -> float:
    """CPU seconds an event of verifying a register file with its keys, or its export."""
    begun = cpu()
    if folder:
        found = bundle_files.bundle(path)
        report = verify.register(found, logs.trust(), None, bundle_files.opened, quick.seen)
    else:
        keys = path.with_name(register_files.KEYS)
        with register_files.readable(register_files.bundle(path), keys) as (bundle, opened):
            report = verify.register(bundle, logs.trust(), None, opened, quick.seen)
    found_cpu = cpu() - begun
    assert (report.faults, report.opened, report.covered) == ((), size + 1, size + 1)
    return found_cpu / size


def verifying(folder: Path, size: int, repeats: int = REPEATS) -> list[Line]:
    """A signature each, against manifests of 64 and of 1,024: the same path, every check."""
    works: dict[str, Timed] = {}
    for batch in (0, *MANIFESTS):
        path = folder / f"batch-{batch}" / "r.sqlite3"
        logs.make(path, size, batch)
        logs.export(path, path.with_name("export"))
        name = f"manifests of {batch:,}" if batch else "a signature each"
        for form, place in (("export", path.with_name("export")), ("SQLite and keys", path)):
            works[f"verify, {form}, {name}"] = lambda place=place: checked(
                place, folder=place.is_dir(), size=size
            )
    times = interleaved(works, repeats)
    found = list[Line]()
    for name, row in times.items():
        each = f"verify, {name.split(', ')[1]}, a signature each"
        found.append(Line(name, row, "event", "" if name == each else each))
    return found


# Proofs and restart


def proofs(folder: Path, leaves: int, python: Path | None) -> list[Line]:
    """Inclusion at random leaves, by a log just opened and by one that has proved before."""
    path = folder / "pads" / "r.sqlite3"
    entries = logs.make_pads(path, leaves)
    draw = hashlib.shake_128(b"proofs").digest(4 * PROOFS)
    asked = [int.from_bytes(draw[4 * n : 4 * n + 4], "big") % leaves for n in range(PROOFS)]
    with ExitStack() as running:
        register = running.enter_context(register_files.opened(path))
        warm = logs.opened(register.store, register.vault)
        root = warm.tree.root(leaves)
        numbers = [count() for _ in range(4)]

        def proof(log: Log, index: int) -> float:
            begun = cpu()
            found = log.tree.inclusion(index, leaves)
            one = cpu() - begun
            entry = entries[32 * index : 32 * index + 32]
            assert merkle.included(merkle.leaf_hash(entry), index, leaves, found, root)
            return one

        works: dict[str, Timed] = {
            "proof, by a log just opened": lambda: proof(
                logs.opened(register.store, register.vault), asked[next(numbers[0]) % PROOFS]
            ),
            "proof, warm": lambda: proof(warm, asked[next(numbers[1]) % PROOFS]),
        }
        against = "proof, by a log just opened"
        if python:
            (folder / "entries").write_bytes(entries)
            peer = running.enter_context(Peer(python, "pymerkle_peer", str(folder / "pymerkle.db")))
            print(peer.version())
            assert peer.ask(fill=str(folder / "entries"))["fill"] == leaves

            def theirs(command: str, index: int) -> float:
                told = cast("dict[str, object]", peer.ask(**{command: str(index)})[command])
                assert told["path"] == [one.hex() for one in warm.tree.inclusion(index, leaves)]
                return cast("float", told["cpu"])

            against = "pymerkle SqliteTree, cold"
            works[against] = lambda: theirs("cold", asked[next(numbers[2]) % PROOFS])
            works["pymerkle SqliteTree, warm"] = lambda: theirs(
                "prove", asked[next(numbers[3]) % PROOFS]
            )
        times = interleaved(works, PROOFS)
    return [
        Line(name, row, "proof", "" if name == against else against) for name, row in times.items()
    ]


def restart(folder: Path, leaves: int) -> list[Line]:
    """From a closed file to the first event that is accepted, a checkpoint over it included."""
    path, numbers = folder / "pads" / "r.sqlite3", count(1)
    salts = logs.Chance("restart")
    with register_files.opened(path) as found:
        logs.opened(found.store, found.vault).append([logs.enrolment()], logs.AT, publish=True)

    def run() -> float:
        number = next(numbers)
        given = logs.signed(logs.bodies(number, number + 1), 0, salts)
        begun = cpu()
        with register_files.opened(path) as found:
            log = logs.opened(found.store, found.vault)
            index = log.append(given, logs.AT, publish=True)
            one = cpu() - begun
        assert index == [leaves + number]
        return one

    return [
        Line("restart to the first accepted event", interleaved({"": run}, REPEATS)[""], "start")
    ]


def roll() -> list[Line]:
    """The nightly roll of 40,000 rows: derived, sealed, sorted, and its tree."""
    size = public_roll.stepped(ROLL)
    said = {
        hashlib.sha256(b"secret %d" % n).digest(): Statement(RollStatus.HELD, n, facility="TARTU")
        for n in range(ROLL)
    }
    kept: list[bytes] = []

    def run() -> float:
        begun = cpu()
        made = public_roll.build(date(2026, 3, 2), 1, said, size, logs.Chance("roll"))
        found = cpu() - begun
        kept.append(made.root)
        assert kept[0] == made.root
        assert made.size == size
        return found

    return [Line(f"nightly roll of {ROLL:,}", interleaved({"": run}, REPEATS)[""], "roll")]


def main() -> None:
    """Print the tables."""
    events = int(sys.argv[1]) if sys.argv[1:] else EVENTS
    leaves = int(sys.argv[2]) if sys.argv[2:] else LEAVES
    load = os.getloadavg()[0]
    print(f"{machine()}; load {load:.1f}; {events:,} events verified, {leaves:,} leaves proved")
    python = environment(ROOT / ".bench")
    with tempfile.TemporaryDirectory(dir=os.environ.get("HABEAS_BENCH_DIR")) as name:
        folder = Path(name)
        (folder / "append").mkdir()
        print(table(appending(folder, python)), flush=True)
        print("\n" + table(proofs(folder, leaves, python)), flush=True)
        print("\n" + table([*restart(folder, leaves), *roll()]), flush=True)
        print("\n" + table(verifying(folder, events)), flush=True)
    print("\nR10, a receipt verified by the page of a browser: see docs/performance.md")


if __name__ == "__main__":
    main()

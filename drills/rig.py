"""What every drill shares: a register with its keys beside it, what a writer told, the judge.

The judge believes nothing of the log's own memory. It reads the store anew, recomputes every root
with a tree of its own, asks the verifier, and submits again whatever got no answer.
"""

import base64
import hashlib
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from drills.commands import AT, AUTHORITIES, ORIGIN, Drafter, key
from habeas.adapters import register_files, text_files
from habeas.adapters.register_files import KEYS, TRUST, Place
from habeas.errors import RegisterError, SealedError
from habeas.register import events, verify
from habeas.register.checkpoint import read_note
from habeas.register.intake import Signed
from habeas.register.keys import Trust
from habeas.register.log import Log
from habeas.register.verify import Bundle
from habeas.service import record

PENDING = "pending.jsonl"
ENROLMENTS = len(AUTHORITIES)
FIRST = 100  # numbers of events below it belong to the enrolments


_ENDED: list[int] = []


def end_on_request() -> None:
    """Let SIGTERM end a drill after the run that it is at; its figures are told then."""
    signal.signal(signal.SIGTERM, lambda number, _: _ENDED.append(number))


def ended() -> bool:
    """Whether the drill shall end now."""
    return bool(_ENDED)


@dataclass(frozen=True, slots=True)
class Result:
    """What a drill found."""

    drill: str
    runs: int
    broken: tuple[str, ...]  # each promise that did not hold, as a sentence
    figures: Mapping[str, int]

    def line(self) -> str:
        """A row of docs/reliability.md."""
        told = "; ".join(f"{name} {count:,}" for name, count in self.figures.items())
        return f"| {self.drill} | {self.runs:,} | {len(self.broken)} | {told} |"


@dataclass(frozen=True, slots=True)
class Site:
    """One register: its folder, and a place on a server where it does not lie in a file."""

    folder: Path
    place: Place | None = None

    @property
    def path(self) -> Path:
        return self.folder / ("register.json" if self.place else "register.sqlite3")

    @property
    def keys(self) -> Path:
        return self.folder / KEYS

    def trust(self) -> Trust:
        return text_files.trust(self.folder / TRUST)

    def make(self, statements: str = "quorum none\n") -> "Site":
        """Make it, with the keys of every authority enrolled and a checkpoint over them."""
        self.folder.mkdir(parents=True)
        roots = {name: key(f"{name} root").public() for name in AUTHORITIES}
        told = (key("log").public(), None)
        text = record.trust_text(ORIGIN, told, roots, statements, demonstration=True)
        (self.folder / TRUST).write_text(text)
        with register_files.made(self.path, place=self.place):
            pass
        with self.opened() as log:
            log.append(Drafter("enrolments").enrolments(), AT, publish=True)
        return self

    @contextmanager
    def opened(self) -> Iterator[Log]:
        with register_files.opened(self.path) as found:
            yield record.open_log(found.store, found.vault, found.trust(), key("log"))

    def bundle(self) -> Bundle:
        """What its store holds now, read whole.

        A write that was cut short may have to be undone first, by a writer: the verifier's own
        reading changes nothing and says so (H561).
        """
        try:
            found = register_files.bundle(self.path)
        except RegisterError:
            with self.opened():
                pass
            found = register_files.bundle(self.path)
        return Bundle(list(found.rows), found.checkpoints, found.tiles)


@dataclass(slots=True)
class Told:
    """What a writer said it had from its log: only this may be counted on."""

    acks: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # index and entry by id
    notes: dict[int, bytes] = field(default_factory=dict)  # root by size
    refused: list[str] = field(default_factory=list)  # codes

    def hear(self, text: str) -> None:
        """Take in what a writer printed; a last line that was cut off was not said."""
        for line in text.split("\n")[:-1]:
            match line.split(" "):
                case ["ack", name, index, entry]:
                    self.acks[name] = int(index), bytes.fromhex(entry)
                case ["note", size, root]:
                    self.notes[int(size)] = bytes.fromhex(root)
                case ["refused", code]:
                    self.refused.append(code)
                case _:  # that it is ready, or has sent something
                    pass


def acks(batch: Sequence[Signed], indexes: Iterable[int]) -> str:
    """The lines by which a writer says that its log has answered."""
    return "".join(
        f"ack {id_of(one)} {index} {one.entry.hex()}\n"
        for one, index in zip(batch, indexes, strict=True)
    )


def noted(note: str) -> str:
    """The line by which a writer says that its log has signed a checkpoint."""
    point = read_note(note).checkpoint
    return f"note {point.size} {point.root.hex()}\n"


def id_of(signed: Signed) -> str:
    return events.event(events.parse(signed.body)).id


def person(number: int) -> str:
    return f"p_{number:026d}"


def heads_of(log: Log, persons: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    """The latest custody entries of those persons who have one."""
    found = {one: log.head(one) for one in persons}
    return {one: (head[0], base64.b64decode(head[1])) for one, head in found.items() if head}


class Plain:
    """The root of RFC 9162 over leaves as they come: written once more, to judge the other one."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []  # width and hash of the full trees, widest first

    def add(self, entry: bytes) -> None:
        width, found = 1, hashlib.sha256(b"\0" + entry).digest()
        while self._peaks and self._peaks[-1][0] == width:
            found = hashlib.sha256(b"\1" + self._peaks.pop()[1] + found).digest()
            width *= 2
        self._peaks.append((width, found))

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256().digest()
        found = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            found = hashlib.sha256(b"\1" + peak + found).digest()
        return found


def judged(site: Site, told: Told) -> list[str]:
    """Every promise that does not hold of a register, after whatever was done to its writer."""
    bundle = site.bundle()
    rows = list(bundle.rows)
    wrong = [
        f"event {name} was acknowledged at {index} and is not there"
        for name, (index, entry) in told.acks.items()
        if index >= len(rows) or (rows[index].event_id, rows[index].entry) != (name, entry)
    ]
    if [row.index for row in rows] != list(range(len(rows))):
        wrong.append("the indexes have a gap")
    signed = {read_note(note).checkpoint for _, note in bundle.checkpoints}
    stored = {point.size: point.root for point in signed}
    wrong += [
        f"the checkpoint of size {size} was shown and is not there"
        for size, root in told.notes.items()
        if stored.get(size) != root
    ]
    tree = Plain()
    for size in range(len(rows) + 1):
        if size:
            tree.add(rows[size - 1].entry)
        if size in stored and stored[size] != tree.root():
            wrong.append(f"the leaves do not lead to the checkpoint of size {size}")
    if max(stored, default=0) > len(rows):
        wrong.append("a checkpoint is ahead of the store")
    try:
        report = _verified(site, bundle)
    except SealedError:  # a writing of keys that was cut short is undone by a writer too
        with site.opened():
            pass
        report = _verified(site, bundle)
    return wrong + [fault.sentence() for fault in report.faults]


def _verified(site: Site, bundle: Bundle) -> verify.Report:
    with register_files.readable(bundle, site.keys) as (ready, opened):
        return verify.register(ready, site.trust(), None, opened)


@dataclass(frozen=True, slots=True)
class Again:
    """What became of the events that got no answer."""

    there: int  # were in the register already
    wrong: tuple[str, ...]


def resubmitted(site: Site, told: Told, pending: Sequence[Signed]) -> Again:
    """Submit again, twice: what was there keeps its index, the rest gets one, nothing doubles."""
    names = [id_of(one) for one in pending]
    with site.opened() as log:
        before = log.store.by_ids(names)
        first = log.append(pending, AT, publish=True)
        size = log.size
        second = log.append(pending, AT, publish=True)
        wrong = []
        if first != second or log.size != size:
            wrong.append("submitting again is not idempotent")
        for name, index in zip(names, first, strict=True):
            if name in before and before[name].index != index:
                wrong.append(f"event {name} stood at {before[name].index}, not at {index}")
        latest = log.store.latest()
        told.hear(acks(pending, first) + (noted(latest[1]) if latest else ""))
    return Again(sum(name in before for name in names), tuple(wrong))


def pending_of(site: Site) -> list[Signed]:
    """The batch that a writer was about to submit."""
    path = site.folder / PENDING
    return record.read_signed(path.read_text(), PENDING) if path.exists() else []

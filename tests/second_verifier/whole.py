"""A whole register, row by row and checkpoint by checkpoint (bundle.md "Checking")."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from second_verifier.content import Register, Row, read_content
from second_verifier.event import Event, read_body
from second_verifier.folder import read_folder
from second_verifier.keys import KeyBook
from second_verifier.keystore import KeyStore
from second_verifier.kinds import check_admin
from second_verifier.note import read_note
from second_verifier.policy import Trust, check_signatures
from second_verifier.sealing import Signed, check_block, entry_of, pad_entry
from second_verifier.sealing import check_signatures as check_event_signatures
from second_verifier.store import read_database
from second_verifier.tree import Peaks, full_tiles, leaf_hash
from second_verifier.verdict import BrokenError, Verdict, need


@dataclass(slots=True)
class Count:
    """What was found on the way."""

    opened: int = 0
    pads: int = 0
    closed: int = 0
    erased: int = 0
    covered: int = 0
    witnessed: bool = False
    lost: list[int] = field(default_factory=list)
    named: set[int] = field(default_factory=set)


class Checker:
    """Asks one register; faults are gathered, none stops the others."""

    def __init__(self, register: Register, trust: Trust) -> None:
        self.register, self.trust = register, trust
        self.book = KeyBook(trust.roots)
        self.faults: list[BrokenError] = list(register.faults)
        self.count = Count()
        self.ids: set[object] = set()
        self.custody: dict[object, tuple[int, bytes]] = {}
        self.hashes: list[bytes] = []
        self.later: list[tuple[int, Signed, dict[bytes, bytes]]] = []

    def fault(self, error: BrokenError, place: str) -> None:
        self.faults.append(BrokenError(error.code, error.reason, place))

    def rows(self) -> None:
        expected = 0
        for row in self.register.rows:
            try:
                need(row.index == expected and row.entry is not None, "H551", "an index lacks")
                if row.index == expected and row.entry is not None:
                    self.hashes.append(leaf_hash(row.entry))
                    self.row(row, row.entry)
            except BrokenError as error:
                self.fault(error, f"leaf {row.index}")
            expected = row.index + 1
        for index, signed, publics in self.later:
            try:
                check_event_signatures(signed, publics)
            except BrokenError as error:
                self.fault(error, f"leaf {index}")

    def row(self, row: Row, entry: bytes) -> None:
        if row.pad is not None:
            good = len(row.pad) == 32 and pad_entry(row.pad) == entry
            self.count.pads += 1
            need(good, "H552", "the entry is not that of its pad")
        elif row.fault is not None:
            raise row.fault
        elif row.content is None:
            self.closed(row, entry)
        else:
            self.event(row, entry, read_content(row.content))

    def closed(self, row: Row, entry: bytes) -> None:
        if row.lost:
            self.count.lost.append(row.index)
        else:
            self.count.closed += 1
        if row.columns is not None:
            self.ids.add(row.columns.event_id)
            if isinstance(row.columns.seq, int):
                self.custody[row.columns.subject] = (row.columns.seq, entry)

    def event(self, row: Row, entry: bytes, signed: Signed) -> None:
        if len(signed.salt) != 32:
            self.fault(BrokenError("H534", "a salt has 32 bytes"), f"leaf {row.index}")
        need(entry_of(signed) == entry, "H552", "the entry is not that of its event")
        event = read_body(signed.body)
        check_admin(event.kind, event.body, [(a.authority, a.role) for a in event.actors])
        publics = self.book.publics(event, row.index)
        check_block(event, signed)
        self.book.take(event, row.index)
        self.later.append((row.index, signed, publics))
        self.count.opened += 1
        if event.kind == "erased":
            named = event.body["indexes"]
            whole = [i for i in (named if isinstance(named, list) else []) if type(i) is int]
            self.count.named |= {i for i in whole if i < row.index}
        self.linked(row, entry, event)

    def linked(self, row: Row, entry: bytes, event: Event) -> None:
        told = row.columns
        mine = (event.id, event.kind, event.subject, event.seq)
        if told and (told.event_id, told.kind, told.subject, told.seq) != mine:
            self.fault(BrokenError("H553", "the columns are not the body's"), f"leaf {row.index}")
        self.new_id(event.id, row.index)
        if event.subject is not None and event.seq is not None:
            self.follow(event.subject, event.seq, event.prev, (row.index, entry))

    def new_id(self, event_id: str, index: int) -> None:
        if event_id in self.ids:
            self.fault(BrokenError("H554", "an event id stands twice"), f"leaf {index}")
        self.ids.add(event_id)

    def follow(self, person: str, seq: int, prev: bytes | None, at: tuple[int, bytes]) -> None:
        index, entry = at
        last, before = self.custody.get(person, (-1, None))
        self.custody[person] = (seq, entry)
        good = seq == last + 1 and (prev is None or prev == before)
        if not good:
            text = f"custody number {seq} of a person does not follow {last}"
            self.fault(BrokenError("H555", text), f"leaf {index}")

    def lost_keys(self) -> None:
        for index in self.count.lost:
            if index in self.count.named:
                self.count.erased += 1
            else:
                self.fault(BrokenError("H594", "its key is gone"), f"leaf {index}")
        self.faults.sort(key=leaf_of)

    def tiles(self) -> None:
        mine = full_tiles(self.hashes)
        for place in sorted(mine.keys() | self.register.tiles.keys()):
            if mine.get(place) != self.register.tiles.get(place):
                self.fault(BrokenError("H559", "a tile is not that of its leaves"), f"tile {place}")

    def checkpoints(self, kept: bytes | None) -> None:
        roots = self.roots()
        if not self.register.checkpoints:
            self.fault(BrokenError("H556", "there is no checkpoint"), "checkpoints")
        for size, note in self.register.checkpoints:
            self.checkpoint(note, size, roots)
        if kept is not None:
            self.checkpoint(kept, None, roots)

    def roots(self) -> dict[int, bytes]:
        peaks, roots = Peaks(), {}
        for hashed in self.hashes:
            roots[peaks.size] = peaks.root()
            peaks.add(hashed)
        return {**roots, peaks.size: peaks.root()}

    def checkpoint(self, data: bytes, size: int | None, roots: dict[int, bytes]) -> None:
        try:
            note = read_note(data)
            witnessed = check_signatures(note, self.trust.policy)
            need(size in {None, note.size}, "H557", "a checkpoint of another size")
            need(roots.get(note.size) == note.root, "H558", "the leaves lead to another root")
        except BrokenError as error:
            self.fault(error, "the kept checkpoint" if size is None else f"checkpoint {size}")
            return
        if size is not None:
            self.count.covered, self.count.witnessed = size, witnessed

    def verdict(self, kept: bytes | None) -> Verdict:
        self.rows()
        self.lost_keys()
        self.tiles()
        self.checkpoints(kept)
        count = self.count
        found = Verdict(tuple(self.faults), count.witnessed, len(self.hashes), count.covered)
        return replace(
            found,
            checkpoints=len(self.register.checkpoints),
            opened=count.opened,
            pads=count.pads,
            erased=count.erased,
            closed=count.closed,
        )


def leaf_of(fault: BrokenError) -> int:
    """The index of a fault's leaf; below all where it is told of none."""
    word, _, index = fault.place.partition(" ")
    return int(index) if word == "leaf" else -1


def check_register(
    path: Path, trust: Trust, keys: Path | None = None, kept: bytes | None = None
) -> Verdict:
    """The verdict on a database file, or on the folder of an export."""
    try:
        if path.is_dir():
            register = read_folder(path)
        else:
            register = read_database(path, KeyStore(keys) if keys else None)
        return Checker(register, trust).verdict(kept)
    except BrokenError as error:
        return Verdict((error,))

"""A mirror: the whole log of the other state, leaf by leaf, as that log signed it.

Rules
- A leaf is taken in only with a checkpoint that the peer's log signed and that its tree leads to.
- What is held never changes. What contradicts it is refused, and kept as evidence; where both
  histories can be shown to be signed, the proof of the split view is made and kept.
- The same publication again, an older one, or one that overlaps, does nothing.
- The mirror's own line says that the data is held: it is signed only over a checkpoint whose leaves
  are all stored, never because somebody asks with a larger one.

A mirror is a register's store whose rows are bare leaves, and beside it an index by entry. An old
copy of it forgets leaves, which are taken in again, and evidence, which is not.
Source: docs/spec/feed.md; C2SP tlog-mirror.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from habeas.errors import Fault, RegisterError
from habeas.register import checkpoint, events, exchange, witness
from habeas.register.checkpoint import SignatureLine, read_note
from habeas.register.events import PAD, Body, Json, Row
from habeas.register.exchange import Publication, Shelf, Side, Step
from habeas.register.log import Log
from habeas.register.policy import Policy, read_policy
from habeas.register.receipt import proof_text
from habeas.register.signing import Signer
from habeas.register.store import Batch, Store
from habeas.register.tiles import Grower, TileTree
from habeas.register.witness import Answer, origin_digest
from habeas.service.covered import below, keep_lines, lined, note_of, own_lines, quorum
from habeas.terms import EventKind

__all__ = [
    "Cosigner",
    "Mirror",
    "Taken",
    "enrolled",
    "enrolment",
    "keep_lines",
    "lined",
    "name_of",
    "pursue",
    "quorum",
]

PAGE = 65_536  # leaves that are indexed at a time
ROLE = "mirror"
SHORT = 64  # parts of a log asked for again that may hold fewer leaves than they could


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Under which name, and with which key, a mirror signs; the key serves nothing else."""

    name: str
    signer: Signer


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a publication."""

    size: int  # leaves held after it
    added: int
    covers: int  # leaves under its checkpoint

    @property
    def whole(self) -> bool:
        """Whether all that its checkpoint covers is held."""
        return self.size >= self.covers


def name_of(origin: str, role: str = ROLE) -> str:
    """The name under which an installation cosigns: its log's, and the role."""
    return f"{origin}/{role}"


def enrolment(policy: str) -> Body:
    """What `peer.enrolled` carries of a peer: its origin, and the lines of its log's policy.

    A body holds no line breaks, so the policy is told line by line.

    Raises:
        RegisterError: H521 or H525 for a text that is no policy.
    """
    lines: list[Json] = [line for line in policy.replace("\t", " ").split("\n") if line]
    return {"origin": read_policy(policy).log.name, "policy": lines}


def enrolled(log: Log) -> Policy | None:
    """The policy of the peer that the own register enrolled last; None where it enrolled none.

    Raises:
        RegisterError: H521 or H525 for the policy that stands there; H933, when it is of another
            log than the event says.
    """
    found = None
    for record in log.vault.records(log.store.administrative([EventKind.PEER_ENROLLED])):
        found = record
    if found is None:
        return None
    told = events.event(events.parse(found.body)).body
    lines = told.get("policy")
    policy = read_policy("\n".join(map(str, lines)) if isinstance(lines, list) else "")
    if policy.log.name != told.get("origin"):
        what = f"the register enrolled '{told.get('origin')}' with the policy of another log"
        raise _fault("H933", what, "Enrol the peer again, with the policy of its own log.")
    return policy


class Mirror:
    """The mirror of one log."""

    def __init__(
        self,
        shelf: Shelf,
        policy: Policy,
        cosigner: Cosigner | None,
        clock: Callable[[], datetime],
    ) -> None:
        """Open it, and bring its index up to its leaves.

        Args:
            shelf: where it lies.
            policy: the peer's, as the own register enrolled it.
            cosigner: who signs that the data is held; None: nobody does.
            clock: UTC.

        Raises:
            RegisterError: H933, when it holds the leaves of another log; H558, when they do not
                lead to its checkpoint.
        """
        self._store, self._index = shelf.store, shelf.index
        self._policy, self._cosigner, self._clock = policy, cosigner, clock
        self._quorum: tuple[int, str] | None = None
        self._load()
        latest = self._store.latest()
        if latest is not None:
            point = read_note(latest[1]).checkpoint
            if point.origin != self.origin:
                what = f"the mirror holds the leaves of '{point.origin}', not of '{self.origin}'"
                fix = "Move the folder of the mirror away: each log has a mirror of its own."
                raise _fault("H933", what, fix)
            if point.size > self.size or self.tree.root(point.size) != point.root:
                what = f"the mirror's leaves do not lead to its checkpoint of size {point.size}"
                fix = "Move the folder of the mirror away; it is filled from the peer anew."
                raise _fault("H558", what, fix)
        self._indexed()

    def _load(self) -> None:
        self._edge = Grower.resumed(self._store, self._store.size())
        self.tree = TileTree(self._store, self._edge)

    def _indexed(self) -> None:
        for start in range(self._index.size(), self.size, PAGE):
            self._index.add(start, self._store.entries(start, min(self.size, start + PAGE)))

    @property
    def origin(self) -> str:
        """The name of the log that is mirrored."""
        return self._policy.log.name

    @property
    def policy(self) -> Policy:
        """The policy of the log that is mirrored."""
        return self._policy

    @property
    def store(self) -> Store:
        """Where its leaves lie, for an export of them."""
        return self._store

    @property
    def size(self) -> int:
        """Number of leaves held."""
        return self._edge.size

    def note(self) -> str:
        """The largest checkpoint of which all is held, with all good lines; empty where none is."""
        latest = self._store.latest()
        return latest[1] if latest else ""

    # Publications

    def take(self, text: str) -> Taken:
        """Take a publication in; what it added is durable on return.

        Raises:
            RegisterError: H931 for a text that is none; H521 to H524 for its checkpoint; H934, when
                it begins above the size held, which is named; H935, when its leaves do not lead to
                its checkpoint; H936, when its log has signed two histories.
        """
        read = exchange.read_publication(text)
        self._policy.cosigners(read.note)
        self.compare(read.text)
        if read.start > self.size:
            what = f"the mirror of '{self.origin}' holds {self.size} leaves, and the publication "
            raise _fault("H934", f"{what}begins at {read.start}", f"Ask after {self.size}.")
        held = self._store.entries(read.start, min(read.end, self.size))
        if held != list(read.entries[: len(held)]):
            raise self._fork(read)
        before = self.size
        self._grow(read, read.entries[len(held) :])
        self._indexed()
        return Taken(self.size, self.size - before, read.point.size)

    def _grow(self, read: Publication, fresh: Sequence[bytes]) -> None:
        start, good = self.size, False
        rows = [Row(at, one, "", PAD, None, None, b"") for at, one in enumerate(fresh, start)]
        try:
            for one in fresh:
                self._edge.append(one)
            root = self._edge.root() if fresh else self.tree.root(read.end)
            if not read.shows(root):
                raise self._refused(read)
            self._keep(read, start, rows)
            good = True
        finally:  # whatever stopped it: what stands in memory must again be what is stored
            if not good:
                self._load()

    def _keep(self, read: Publication, start: int, rows: Sequence[Row]) -> None:
        size = read.point.size
        whole = start + len(rows) >= size
        point = (
            (size, own_lines(self._policy, read.note))
            if whole and not note_of(self._store, size)
            else None
        )
        if rows and not whole:  # the log shall be held to what it signed over this part
            end = start + len(rows)
            steps = (Step(end, self._edge.root()), Step(size, read.point.root, read.proof))
            self._index.promise(exchange.canonical(Side(read.text, steps).told()))
        if rows or point:
            filled = self._edge.filled()
            self._store.write(Batch(start, rows, self._clock(), (), filled, point))
        if whole:
            keep_lines(self._store, self._policy, read.text)

    def _refused(self, read: Publication) -> RegisterError:
        what = f"the leaves of the publication do not lead to the checkpoint of '{self.origin}'"
        what += f" of size {read.point.size}"
        self._store.keep_evidence(self._clock(), what, read.text.encode())
        fix = "Ask the peer again; if it stays, ask for everything after 0: it shows two histories."
        return _fault("H935", what, fix)

    # Contradictions

    def compare(self, text: str) -> None:
        """Hold a checkpoint of the log, from wherever it came, to the leaves that are held.

        Raises:
            RegisterError: H521 to H524 for the checkpoint; H936, when it contradicts them.
        """
        note = read_note(text)
        self._policy.cosigners(note)
        point = note.checkpoint
        if point.size <= self.size and self.tree.root(point.size) != point.root:
            raise self._accused(point.size, Side(text, (Step(point.size, point.root),)))

    def _fork(self, read: Publication) -> RegisterError:
        """The refusal of leaves that differ from those held, with the proof where one can be made.

        It can be made where their own checkpoint shows them: else anybody could have written them.
        """
        edge, size = Grower.resumed(self._store, read.start), min(read.end, self.size)
        root = b""
        for one in read.entries:
            edge.append(one)
            root = edge.root() if edge.size == size else root
        last = edge.root()
        if not read.shows(last):
            return self._refused(read)
        steps = [Step(size, root)]
        if size < read.end:
            tiles = {tile[:2]: tile[2] for tile in edge.filled()}
            proof = TileTree(_Laid(self._store, read, tiles)).consistency(size, read.end)
            steps.append(Step(read.end, last, tuple(proof)))
        if read.end < read.point.size:
            steps.append(Step(read.point.size, read.point.root, read.proof))
        return self._accused(size, Side(read.text, tuple(steps)))

    def _accused(self, size: int, theirs: Side) -> RegisterError:
        """Keep the proof that the log signed another history, from a size on that is held."""
        own = self._side(size)
        if own is not None:
            document = exchange.split_view(own, theirs)
            self._index.accuse(document)
            self._store.keep_evidence(self._clock(), "split view", document.encode())
        what = f"'{self.origin}' has signed two histories: this one is not the one held"
        fix = "Show the proof, 'habeas feed proof', to both states and a court; take nothing more."
        return _fault("H936", what, fix)

    def _side(self, size: int) -> Side | None:
        """What the log signed over the leaves held, from a size on; None where that was lost."""
        first = Step(size, self.tree.root(size))
        note = next((one for at, one in self._store.checkpoints() if at >= size), None)
        if note is not None:
            point = read_note(note).checkpoint
            if point.size == size:
                return Side(note, (first,))
            proof = tuple(self.tree.consistency(size, point.size))
            return Side(note, (first, Step(point.size, point.root, proof)))
        promised = self._index.promised()
        if promised is None:
            return None
        held = exchange.read_side(json.loads(promised))
        start, *rest = held.steps
        if start.size > self.size:  # it was kept, and its leaves were not: a write was cut short
            return None
        if start.size == size:
            return held
        step = Step(start.size, start.root, tuple(self.tree.consistency(size, start.size)))
        return Side(held.note, (first, step, *rest))

    def contradiction(self) -> str | None:
        """The proof that the log signed two histories, for anybody; None where there is none."""
        return self._index.accusation()

    # What it answers

    def index(self, entry: bytes) -> int | None:
        """Where an entry first stands in the log; None where it does not."""
        return self._index.found([entry]).get(entry)

    def found(self, entries: Sequence[bytes]) -> Mapping[bytes, int]:
        """Where those of some entries first stand that the log has."""
        return self._index.found(entries)

    def holds(self, entry: bytes) -> bool:
        """Whether the log has an entry."""
        return self.index(entry) is not None

    def quorum(self) -> tuple[int, str] | None:
        """The largest checkpoint held whole that meets the peer's own quorum; None before one."""
        floor = self._quorum[0] if self._quorum else -1
        self._quorum = quorum(self._store, self._policy, floor) or self._quorum
        return self._quorum

    def proof(self, entry: bytes, salt: bytes = b"") -> str | None:
        """The tlog-proof that an entry stands in the log under its quorum; None where it does not.

        Args:
            entry: what is looked for; the first leaf of it is shown.
            salt: the entry's, for the line of the proof that nobody believes.
        """
        place, under = self.index(entry), self.quorum()
        if place is None or under is None or place >= under[0]:
            return None
        return proof_text(salt, place, self.tree.inclusion(place, under[0]), under[1])

    def cosigned(self) -> str:
        """The note with the mirror's own line, which is stored before it is shown.

        Raises:
            RegisterError: H937, when there is no checkpoint of all that is held, or no key; H572
                for a time at which nothing can be signed.
        """
        note, who = self.note(), self._cosigner
        point = read_note(note).checkpoint if note else None
        if who is None or point is None or point.size != self.size:
            what = f"the mirror of '{self.origin}' has nothing to sign: of its {self.size} leaves "
            what += "no checkpoint is held whole, or it has no key"
            raise _fault("H937", what, "Take the rest of the publication in first.")
        if self._signed(note):
            return note
        time = int(self._clock().timestamp())
        if time <= 0:
            what = "the clock says a time at which nothing can be cosigned"
            raise _fault("H572", what, "Set the clock of the mirror.")
        line = checkpoint.cosigned(point, who.name, who.signer, time)
        self._store.cosign(point.size, [line])
        return note + line

    def _signed(self, note: str) -> bool:
        return any(map(self._own_line, read_note(note).lines))

    def _own_line(self, line: SignatureLine) -> bool:
        who = self._cosigner
        if who is None:
            return False
        key = checkpoint.cosignature_key(who.name, who.signer.public())
        return (line.name, line.id) == (key.name, key.id)

    def add(self, data: bytes) -> Answer:
        """The answer to an add-checkpoint request: signed only for what is held already."""
        try:
            request = witness.read_request(data)
        except RegisterError as error:
            return Answer(400, error.faults[0].what + "\n")
        point = request.note.checkpoint
        if point.origin != self.origin:
            return Answer(404, "the origin is not known here\n")
        try:
            self.compare(own_lines(self._policy, request.note))
        except RegisterError as error:
            status = 422 if error.code == "H936" else 403
            return Answer(status, error.faults[0].what + "\n")
        held = self.note()
        if not held or point != read_note(held).checkpoint or point.size != self.size:
            return Answer(409, f"{self.size}\n", witness.SIZE)
        try:
            lines = read_note(self.cosigned()).lines
        except RegisterError as error:
            return Answer(503, error.faults[0].what + "\n")
        return Answer(200, below(point, [one for one in lines if self._own_line(one)]))

    def latest(self, digest: str) -> str | None:
        """The largest checkpoint of a log that the mirror signed, by the digest of its origin."""
        if digest != origin_digest(self.origin):
            return None
        try:
            return self.cosigned()
        except RegisterError:  # it holds a part above, or has no key: what it signed before stands
            notes = (note for _, note in self._store.checkpoints()[::-1])
            return next((note for note in notes if self._signed(note)), None)


def pursue(size: int, fetch: Callable[[int], str], take: Callable[[str], object]) -> None:
    """Ask for everything again, where a log's leaves no longer lead to its checkpoints (H935).

    Args:
        size: the leaves held before; it ends there, and where what is shown does not go on.
        fetch: the log's publication after a size; empty where it has published nothing.
        take: takes one in, as `Mirror.take` does.

    Raises:
        HabeasError: what `fetch` and `take` raise: H936, when its log has signed two histories, of
            which the proof is then kept.
    """
    after = 0
    for _ in range(size // exchange.MOST + SHORT):
        text = fetch(after)
        if not text or after >= size:
            return
        take(text)
        end = exchange.read_publication(text).end
        if end == after:
            return
        after = end


@dataclass(frozen=True, slots=True)
class _Laid:
    """A publication's leaves over those below it: the other history, as a source of tiles."""

    store: Store
    read: Publication
    tiles: Mapping[tuple[int, int], bytes]  # those that the publication's leaves fill

    def entries(self, start: int, end: int) -> list[bytes]:
        """Those below the publication from the store, those in it from it."""
        first = self.read.start
        below = self.store.entries(start, min(end, first)) if start < first else []
        return below + list(self.read.entries[max(0, start - first) : max(0, end - first)])

    def tile(self, level: int, n: int) -> bytes | None:
        """A full tile: of those below the publication from the store, else what it fills."""
        own, inside = self.tiles.get((level, n)), (n + 1) << 8 * (level + 1)
        return self.store.tile(level, n) if inside <= self.read.start else own


def _fault(code: str, what: str, fix: str) -> RegisterError:
    return RegisterError(Fault(code, what, fix))

"""Publications: what a log shows of itself to whoever mirrors it; and the proof of a split view.

A publication holds the leaves [from, to) of a log under one of its checkpoints, of size S, and the
proof that the tree of the first `to` leaves is the beginning of the tree of S:

    {"checkpoint": NOTE, "entries": [BASE64, ...], "from": N, "origin": NAME,
     "proof": [BASE64, ...], "to": M, "v": 1}

It is canonical JSON: the same publication is the same bytes. Nothing of it is secret and nothing is
believed: whoever takes it in needs the policy of the log, and the leaves below `from`.

A split view is two checkpoints that one key signed and of which at most one can be true. Its proof
names two roots of one size that differ, and for each the proofs that lead from it to one of the two
checkpoints: whoever signed both signed two histories. Nothing of the leaves is needed to check it.
Source: docs/spec/feed.md.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from habeas.errors import Fault, RegisterError
from habeas.register.checkpoint import Checkpoint, Note, base64_strict, number, read_note
from habeas.register.merkle import HASH, LONGEST, consistent
from habeas.register.policy import Policy
from habeas.register.store import Store
from habeas.register.tiles import TileTree

VERSION = 1
MOST = 65_536  # leaves of one publication
CAP = 4 * 1024 * 1024  # characters of its text
SPLIT = "habeas-split-view/1"
SPLIT_CAP = 1024 * 1024  # characters: two notes and the proofs between them
STEPS = 4  # roots between the size where two histories part and a checkpoint
_KEYS = {"checkpoint", "entries", "from", "origin", "proof", "to", "v"}
_FIX = "Ask the other log for its publication again."


@dataclass(frozen=True, slots=True)
class Publication:
    """Leaves of a log under one of its checkpoints; read, and nothing of it verified."""

    start: int
    end: int
    entries: tuple[bytes, ...]  # 32 bytes each, end - start of them
    proof: tuple[bytes, ...]  # from the tree of `end` leaves to the checkpoint's; empty where equal
    note: Note
    text: str  # of the note

    @property
    def point(self) -> Checkpoint:
        """The checkpoint under which the leaves stand."""
        return self.note.checkpoint

    def shows(self, root: bytes) -> bool:
        """Whether the checkpoint's tree begins with the tree of `end` leaves under this root."""
        return consistent(self.end, self.point.size, root, self.point.root, self.proof)


def _fault(what: str, code: str = "H931", fix: str = _FIX) -> RegisterError:
    return RegisterError(Fault(code, what, fix))


def canonical(found: Mapping[str, object]) -> str:
    """The one spelling of a document."""
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def base64s(parts: Sequence[bytes]) -> list[str]:
    """Each part in base64."""
    return [base64.b64encode(part).decode() for part in parts]


def publication(store: Store, after: int, most: int = MOST) -> str:
    """The next publication under the latest checkpoint; its text.

    Raises:
        RegisterError: H930, as `part`.
    """
    return part(store, after, store.latest(), most)[0]


def part(
    store: Store, after: int, latest: tuple[int, str] | None, most: int = MOST
) -> tuple[str, int]:
    """The next publication for whoever holds the first leaves of a log, and where it ends.

    Args:
        store: the log's.
        after: the number of leaves held; where it is all, the checkpoint comes alone with the
            cosignatures that it has by now.
        latest: size and note of the checkpoint under which leaves may be shown to anybody; None
            before the first.
        most: leaves that it may have.

    Raises:
        RegisterError: H930, when fewer leaves than that were published.
    """
    size = latest[0] if latest else 0
    if latest is None or not 0 <= after <= size:
        what = f"{size} leaves of this log were published, and {after} are said to be held"
        fix = "Ask from a size that was published; if more was taken in, keep it: it is a proof."
        raise _fault(what, "H930", fix)
    end, (size, note) = min(size, after + most), latest
    if end < size:  # a part that ends at a checkpoint needs no proof, and is whole
        within = [one for one in store.checkpoints() if after < one[0] <= end]
        size, note = within[-1] if within else latest
        end = min(size, end)
    proof = TileTree(store).consistency(end, size) if end < size else []
    found = {
        "checkpoint": note,
        "entries": base64s(store.entries(after, end)),
        "from": after,
        "origin": read_note(note).checkpoint.origin,
        "proof": base64s(proof),
        "to": end,
        "v": VERSION,
    }
    return canonical(found), end


def read_publication(text: str) -> Publication:
    """A publication out of its text.

    Raises:
        RegisterError: H931 for a text that is none, over a cap, or in another spelling; H521 for
            its checkpoint.
    """
    if len(text) > CAP:
        raise _fault(f"the publication is longer than {CAP:,} characters")
    try:
        found = json.loads(text)
        spelt = isinstance(found, dict) and set(found) == _KEYS and canonical(found) == text
    except (ValueError, RecursionError) as error:
        raise _fault("the publication is not JSON") from error
    if not spelt:
        raise _fault("the publication has other keys than it must, or another spelling")
    match found:
        case {
            "v": int(version),
            "from": int(start),
            "to": int(end),
            "origin": str(origin),
            "checkpoint": str(note),
            "entries": list(entries),
            "proof": list(proof),
        } if version == VERSION and not isinstance(found["v"], bool):
            read = Publication(
                start, end, _hashes(entries, MOST), _hashes(proof, LONGEST), read_note(note), note
            )
            _check(read, origin)
            return read
    raise _fault("a part of the publication is of another type than it must be")


def _check(read: Publication, origin: str) -> None:
    if read.point.origin != origin:
        raise _fault("the publication names another log than its checkpoint")
    if isinstance(read.start, bool) or isinstance(read.end, bool):
        raise _fault("a size of the publication is no number")
    if not 0 <= read.start <= read.end <= read.point.size:
        raise _fault("the sizes of the publication are not in order")
    if read.end - read.start != len(read.entries):
        raise _fault(f"the publication has {len(read.entries)} leaves, not those it says")
    if read.start == read.end < read.point.size:
        raise _fault("the publication shows nothing of what its checkpoint covers")


def _hashes(found: Sequence[object], most: int) -> tuple[bytes, ...]:
    if len(found) > most:
        raise _fault(f"the publication has more than {most:,} leaves or hashes")
    try:
        parts = tuple(binascii.a2b_base64(str(one), strict_mode=True) for one in found)
    except (ValueError, UnicodeEncodeError) as error:
        raise _fault("a leaf or a hash of the publication is not base64") from error
    # Written again and compared: base64 with stray bits is another spelling of the same bytes.
    if any(len(part) != HASH for part in parts) or base64s(parts) != found:
        raise _fault("a leaf or a hash of the publication is not 32 bytes in strict base64")
    return parts


# Split views


@dataclass(frozen=True, slots=True)
class Step:
    """A root of some size; the proof leads to it from the step before."""

    size: int
    root: bytes
    proof: tuple[bytes, ...] = ()  # empty in the first

    def told(self) -> dict[str, object]:
        """The step as JSON holds it."""
        return {"proof": base64s(self.proof), "root": base64s([self.root])[0], "size": self.size}


@dataclass(frozen=True, slots=True)
class Side:
    """One history: a checkpoint, and the steps that lead to it from the size where two part."""

    note: str
    steps: tuple[Step, ...]

    def told(self) -> dict[str, object]:
        """The side as JSON holds it."""
        return {"note": self.note, "steps": [one.told() for one in self.steps]}


@dataclass(frozen=True, slots=True)
class SplitView:
    """Two checkpoints of one log that cannot both be true; verified."""

    size: int  # at which the two histories differ
    first: Checkpoint
    second: Checkpoint


def split_view(one: Side, two: Side) -> str:
    """The document that proves a split view, out of two sides whose first steps differ."""
    return canonical({"format": SPLIT, "sides": [one.told(), two.told()]})


def check_split_view(text: str, policy: Policy) -> SplitView:
    """Check the proof of a split view with the policy of the log and nothing else.

    Raises:
        RegisterError: H932 for a text that is none, and where it does not prove what it says; H521
            to H524 for its checkpoints.
    """
    one, two = read_sides(text)
    points = [_checked(side, policy) for side in (one, two)]
    start, other = one.steps[0], two.steps[0]
    if start.size != other.size or start.root == other.root:
        raise _no_split("both checkpoints may be true of one log")
    return SplitView(start.size, *points)


def _checked(side: Side, policy: Policy) -> Checkpoint:
    note = read_note(side.note)
    policy.cosigners(note)
    point, last = note.checkpoint, side.steps[-1]
    shown = all(
        consistent(a.size, b.size, a.root, b.root, b.proof)
        for a, b in zip(side.steps, side.steps[1:], strict=False)
    )
    if not shown or side.steps[0].proof or (last.size, last.root) != (point.size, point.root):
        raise _no_split("its steps do not lead to its checkpoints")
    return point


def read_sides(text: str) -> tuple[Side, Side]:
    """Both sides of a split view, not verified.

    Raises:
        RegisterError: H932, H521.
    """
    if len(text) > SPLIT_CAP:
        raise _no_split("it is too long")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_split("it is not JSON") from error
    match found:
        case {"format": "habeas-split-view/1", "sides": [one, two], **rest} if not rest:
            return read_side(one), read_side(two)
    raise _no_split("it has other keys than it must")


def read_side(found: object) -> Side:
    """One side out of what JSON holds, not verified.

    Raises:
        RegisterError: H932, H521.
    """
    match found:
        case {"note": str(note), "steps": [_, *_] as steps, **rest} if (
            not rest and len(steps) <= STEPS
        ):
            return Side(note, tuple(map(_step, steps)))
    raise _no_split("a side of it is malformed")


def _step(row: object) -> Step:
    match row:
        case {"proof": list(proof), "root": str(root), "size": int(size), **rest} if (
            not rest
            and all(isinstance(one, str) for one in proof)
            and number(str(size)) is not None
        ):
            found = Step(size, base64_strict(root), tuple(map(base64_strict, proof)))
            if len(found.root) == HASH:  # `consistent` sees to the proof's hashes
                return found
    raise _no_split("a step is malformed")


def _no_split(what: str) -> RegisterError:
    fix = "Ask whoever says so for both checkpoints and the leaves between them."
    return _fault(f"the document proves no split view: {what}", "H932", fix)


# Where a mirror lies


class MirrorIndex(Protocol):
    """Where the leaves of a mirror are found by entry, and what its log can be held to.

    The index is made of the leaves, and can be made again; the rest cannot.
    """

    def size(self) -> int:
        """How many leaves are in it."""
        ...

    def add(self, start: int, entries: Sequence[bytes]) -> None:
        """The leaves from `start` on; of an entry that is there twice the first counts."""
        ...

    def found(self, entries: Sequence[bytes]) -> dict[bytes, int]:
        """Where those entries that are there first stand."""
        ...

    def promise(self, side: str) -> None:
        """Keep the checkpoint under which a part was taken, in the place of the one before."""
        ...

    def promised(self) -> str | None:
        """The checkpoint under which the latest part was taken; None before the first."""
        ...

    def accuse(self, document: str) -> None:
        """Keep a proof of a split view; the first alone stays."""
        ...

    def accusation(self) -> str | None:
        """The proof that was kept; None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a mirror lies: its leaves, and beside them its index."""

    store: Store
    index: MirrorIndex

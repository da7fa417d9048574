"""A log that lies: to its mirror, in what it publishes, and in the documents that prove a state.

The liar holds its log's key and whatever was ever sent. It deletes, alters, reorders, doubles,
replays and forges leaves, proofs and checkpoints; signs trees that fork, that are cut short, or of
which each reader is shown another; and alters the documents of settlement, of what is overdue and
of split views, byte by byte and part by part.

A lie is *accepted* where it changes what is proven:
- the mirror's leaves are not a beginning of the history that it was first shown, or a leaf stands
  there that no signed checkpoint covers, or its note or its own line covers anything else;
- a document verifies that says something else than a true one;
- a split view is found in a log that signed one history alone;
- a split view that the liar signed, and that both histories were shown of, is not proven.
A refusal that is not an error of this package counts as accepted too.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from drills.commands import AT, Chance, Drafter, key
from drills.mutations import altered
from drills.peers import Pair, origin, trust
from drills.rig import Result, ended, person
from habeas.adapters import mirror_files
from habeas.errors import HabeasError, RegisterError
from habeas.register import checkpoint, events, exchange, settled
from habeas.register.checkpoint import Checkpoint, read_note
from habeas.register.exchange import Side, Step, base64s
from habeas.register.merkle import Tree, leaf_hash
from habeas.register.receipt import Receipt
from habeas.register.settlement import HOURS
from habeas.register.signing import keyid8
from habeas.service import record, settle
from habeas.service.mirror import Cosigner, Mirror, name_of, pursue
from habeas.terms import Settlement

RUNS = 100_000
SIZE = 40  # leaves of the true log, and of every other history
SLICE = 25  # lies to one mirror
MOST = 20
PLACES: tuple[tuple[str | int, ...], ...] = ((), ("receipt",), ("key",), ("sides", 0), ("sides", 1))
LIES = ("delete", "alter", "reorder", "double", "replay", "cut", "other sizes", "bytes")


def run(count: int, store: str) -> Result:
    """Tell so many lies: half to mirrors, half in documents."""
    del store
    figures, broken = Counter[str](), list[str]()
    with tempfile.TemporaryDirectory(dir=_fast()) as name:
        _mirrors(Path(name), count - count // 2, figures, broken)
        _documents(Path(name) / "pair", count // 2, figures, broken)
    done = sum(number for name, number in figures.items() if name.startswith("lies"))
    return Result("a log that lies", done, tuple(broken[:MOST]), dict(figures))


def _fast() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    return str(memory) if memory.is_dir() else None


# A history: leaves, and what the log's key signs over them


class History:
    """One history that the liar's key may sign."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.entries = tuple(entries)
        self._tree = Tree([leaf_hash(one) for one in entries])

    def point(self, size: int) -> Checkpoint:
        return Checkpoint(origin("b"), size, self._tree.root(size))

    def note(self, size: int) -> str:
        return checkpoint.signed(self.point(size), key(origin("b")))

    def after(self, size: int) -> str:
        """What follows a size, as its log would publish it whole."""
        return exchange.canonical(self.publication(size, SIZE, SIZE))

    def between(self, old: int, new: int) -> tuple[bytes, ...]:
        return tuple(self._tree.consistency(old, new)) if 0 < old < new else ()

    def publication(self, start: int, end: int, size: int) -> dict[str, Any]:
        proof = self.between(end, size)
        return {
            "checkpoint": self.note(size),
            "entries": base64s(self.entries[start:end]),
            "from": start,
            "origin": origin("b"),
            "proof": base64s(proof),
            "to": end,
            "v": 1,
        }


def _true(chance: Chance) -> History:
    return History([chance(32) for _ in range(SIZE)])


def _forked(true: History, chance: Chance, below: int = SIZE) -> History:
    """The same up to some leaf, and others from there."""
    at = chance.below(below)
    return History([*true.entries[:at], *(chance(32) for _ in range(SIZE - at))])


# Lies to a mirror


@dataclass
class _Told:
    """What the liar has shown one mirror under its key."""

    true: History
    forked: History
    earlier: list[str] = field(default_factory=list)


def _mirrors(folder: Path, count: int, figures: Counter[str], broken: list[str]) -> None:
    policy = trust("b").policy
    for first in range(0, count, SLICE):
        if ended():
            return
        place = folder / f"mirror {first}"
        place.mkdir()
        with mirror_files.opened(place / "register.sqlite3") as shelf:
            name = name_of(origin("a"))
            mirror = Mirror(shelf, policy, Cosigner(name, key(name)), lambda: AT)
            chance = Chance(f"malicious {first}")
            true = _true(chance)
            told = _Told(true, _forked(true, chance))
            for number in range(first, min(count, first + SLICE)):
                wrong = _lie(mirror, told, Chance(f"lie {number}"), figures)
                broken += [f"lie {number}: {one}" for one in wrong]
            broken += [f"lies from {first}: {one}" for one in _pursued(mirror, told, figures)]


def _lie(mirror: Mirror, told: _Told, chance: Chance, figures: Counter[str]) -> list[str]:
    """One publication, true or not, to a mirror; then what it holds is looked at."""
    signed = chance.below(4) == 0  # the fork is signed, and its leaves are its own
    history = told.forked if signed else told.true
    start = min(mirror.size, chance.below(SIZE)) if chance.below(3) else chance.below(SIZE)
    size = start + 1 + chance.below(SIZE - start)
    end = size if chance.below(2) else start + 1 + chance.below(size - start)
    document = history.publication(start, end, size)
    lie = "" if chance.below(8) == 0 else LIES[chance.below(len(LIES))]
    text = _lied(document, lie, told, chance)
    if lie == "bytes":
        text = altered(text.encode(), chance).decode(errors="surrogateescape")
    before = mirror.size
    figures[f"lies: {lie or 'fork' if signed else lie or 'none'}"] += 1
    try:
        mirror.take(text)
        figures["taken, and true" if not signed else "taken"] += 1
    except HabeasError as error:
        figures[f"refused {error.code}"] += 1
    except Exception as error:  # noqa: BLE001 - whatever it is, it is no refusal
        return [f"{type(error).__name__} instead of a refusal: {error}"]
    told.earlier.append(text)
    return _looked(mirror, told, before)


def _lied(document: dict[str, Any], lie: str, told: _Told, chance: Chance) -> str:
    entries, at = document["entries"], chance.below(len(document["entries"]))
    other = chance.below(len(entries))
    if lie == "replay" and told.earlier:
        return told.earlier[chance.below(len(told.earlier))]
    match lie:
        case "delete":
            del entries[at]
            document["to"] -= chance.below(2)
        case "alter":
            entries[at] = base64s([chance(32)])[0]
        case "reorder":
            entries[at], entries[other] = entries[other], entries[at]
        case "double":
            entries.insert(at, entries[other])
            document["to"] += chance.below(2)
        case "cut":
            document["checkpoint"] = told.true.note(1 + chance.below(SIZE))
        case "other sizes":
            document[("from", "to")[chance.below(2)]] += 1 - 2 * chance.below(2)
        case _:
            pass
    return exchange.canonical(document)


def _looked(mirror: Mirror, told: _Told, before: int) -> list[str]:
    """Everything that would be a lie accepted."""
    held, wrong = tuple(mirror.store.entries(0, mirror.size)), list[str]()
    if mirror.size < before:
        wrong.append("the mirror has lost leaves")
    histories = [one for one in (told.true, told.forked) if one.entries[: len(held)] == held]
    if not histories:
        wrong.append("the mirror holds leaves of no history that was signed")
    note = mirror.note()
    if note and read_note(note).checkpoint.size == len(held):
        note = mirror.cosigned()
    if note:
        point = read_note(note).checkpoint
        if point.size > len(held) or all(one.point(point.size) != point for one in histories):
            wrong.append("the mirror's checkpoint is not of its leaves")
    return wrong + _accused(mirror, told)


def _accused(mirror: Mirror, told: _Told) -> list[str]:
    document = mirror.contradiction()
    if document is None:
        return []
    try:
        found = exchange.check_split_view(document, mirror.policy)
    except HabeasError:
        return ["the mirror keeps a proof of a split view that does not hold"]
    both = (found.first, found.second)
    signed = {one.point(at.size) for one in (told.true, told.forked) for at in both}
    if set(both) <= signed and found.first != found.second:
        return []
    return ["a split view is proven that nobody signed"]


def _pursued(mirror: Mirror, told: _Told, figures: Counter[str]) -> list[str]:
    """Show the mirror both histories whole: where they part in what it holds, that is proven."""
    held = tuple(mirror.store.entries(0, mirror.size))
    wrong = list[str]()
    for one in (told.true, told.forked):
        with suppress(RegisterError):
            pursue(mirror.size, one.after, mirror.take)
        found = mirror.contradiction()
        parts = one.entries[: len(held)] != held
        figures["split views proven"] += parts
        if parts and found is None:
            wrong.append("both histories were shown, and the split view is not proven")
    return wrong


# Lies in documents


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of document: its true text, other true ones, and what a checker reads in it."""

    name: str
    text: str
    likes: tuple[str, ...]
    said: Callable[[str], object]  # None: nothing is proven


def _documents(folder: Path, count: int, figures: Counter[str], broken: list[str]) -> None:
    folder.mkdir()
    pair = Pair.made(folder)
    try:
        kinds = [_settlement(pair), _overdue(pair), _split()]
    finally:
        pair.close()
    true = {one.name: {one.said(text) for text in (one.text, *one.likes)} for one in kinds}
    for number in range(count):
        if ended():
            return
        kind, chance = kinds[number % len(kinds)], Chance(f"document {number}")
        lie = _altered(kind, chance)
        figures[f"lies in a document: {kind.name}"] += 1
        try:
            said = kind.said(lie)
        except HabeasError:
            said = None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no refusal
            broken.append(f"document {number}: {type(error).__name__} instead of a refusal")
            continue
        told = "nothing proven" if said is None else "what is true is proven"
        figures[told] += 1
        if said is not None and said not in true[kind.name]:
            broken.append(f"document {number}, {kind.name}: something else is proven")


def _altered(kind: _Kind, chance: Chance) -> str:
    """A document with bytes altered, or with parts of another one of its kind."""
    if chance.below(2):
        return altered(kind.text.encode(), chance).decode(errors="surrogateescape")
    document: dict[str, Any] = json.loads(kind.text)
    donor: dict[str, Any] = json.loads(kind.likes[chance.below(len(kind.likes))])
    for place in PLACES:
        one, other = _at(document, place), _at(donor, place)
        if isinstance(one, dict) and isinstance(other, dict) and chance.below(2):
            names = sorted(set(one) | set(other))
            name = names[chance.below(len(names))]
            if name in other and chance.below(5):
                one[name] = other[name]
            else:
                one.pop(name, None)
    return exchange.canonical(document)


def _at(found: Any, place: Sequence[str | int]) -> Any:  # noqa: ANN401 - what JSON holds
    for step in place:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _settlement(pair: Pair) -> _Kind:
    a, b = pair.peers["a"], pair.peers["b"]
    drafter = Drafter("settlement", 1000)
    a.append([drafter.custody(person(1)) for _ in range(3)])
    b.append([Drafter("other", 2000).visit(person(2))])
    for _ in range(3):
        pair.round()
    names = [one.event_id for one in a.ledger.listed(Settlement.SETTLED, 9)]
    documents = tuple(settle.document(a.both, name) for name in names)
    other = settle.document(b.both, names[0])

    def said(text: str) -> object:
        found = settled.check(text, a.trust, b.trust)
        return (found.text, _id(found), found.own, found.peer) if found.proven else None

    return _Kind("settlement", documents[0], (*documents[1:], other), said)


def _id(found: settled.Checked) -> str:
    return found.event.id if found.event else ""


def _overdue(pair: Pair) -> _Kind:
    a, b = pair.peers["a"], pair.peers["b"]
    pair.cut(up=False)
    drafter = Drafter("overdue", 3000)
    a.append([drafter.visit(person(3)), drafter.visit(person(4))])
    a.publish()
    pair.sleep(timedelta(hours=HOURS + 6))
    b.append([Drafter("since", 4000).visit(person(5))])
    b.publish()
    a.mirror.take(b.publication(a.mirror.size))
    found = a.settle().overdue
    acknowledged = _acknowledged(pair, a.log.size)
    documents = [settle.overdue(a.both, one.event_id, HOURS, acknowledged) for one in found]
    documents.append(settle.overdue(a.both, found[0].event_id, HOURS))
    leaves = a.mirror.store.entries(0, a.mirror.size)

    def said(text: str) -> object:
        told = settled.check_overdue(text, a.trust, b.trust, leaves)
        return (told.text, _id(told), told.own, told.peer) if told.proven else None

    return _Kind("overdue", documents[0], tuple(documents[1:]), said)


def _acknowledged(pair: Pair, size: int) -> tuple[str, Receipt]:
    """B's word that it took in so many leaves, and the receipt of the key that signed it."""
    officer, a = key("B officer"), pair.peers["a"]
    body = events.canonical({"from": origin("b"), "received": size})
    said = b"habeas/message/v1\n" + body
    line = f"B {keyid8(officer.public()).hex()} {base64s([officer.sign(said)])[0]}\n"
    return said.decode() + "\n" + line, record.make_receipt(a.log.store, a.log.vault, 1)


def _split() -> _Kind:
    chance = Chance("split views")
    true = _true(chance)
    policy, at, documents = trust("b").policy, SIZE - 3, list[str]()
    histories = [true, *(_forked(true, chance, at) for _ in range(4))]
    for other in histories[1:]:
        sides = []
        for one, size in ((true, SIZE), (other, SIZE - chance.below(3))):
            last = Step(size, one.point(size).root, one.between(at, size))
            sides.append(Side(one.note(size), (Step(at, one.point(at).root), last)))
        documents.append(exchange.split_view(sides[0], sides[1]))

    def said(text: str) -> object:
        found = exchange.check_split_view(text, policy)
        whose = [
            {one.entries[: found.size] for one in histories if one.point(each.size) == each}
            for each in (found.first, found.second)
        ]
        return bool(whose[0]) and bool(whose[1]) and whose[0].isdisjoint(whose[1])

    return _Kind("split view", documents[0], tuple(documents[1:]), said)

"""The erasures of a log: what each names, which keys it destroys, and how far it has come."""

from collections.abc import Iterator
from dataclasses import dataclass

from habeas.register import content, quick
from habeas.register.events import Event, Json, Row
from habeas.register.sealed import KeyStore, section_key_name
from habeas.register.store import Store
from habeas.terms import EventKind

CONTENT, SECTIONS = "content", "sections"
ENDS = frozenset({EventKind.ERASED, EventKind.ERASURE_COMPLETED})


@dataclass(frozen=True, slots=True)
class Erasure:
    """One `erased` event of a log, and how far it has come."""

    index: int
    event_id: str
    what: str
    events: int  # how many it names
    keys: int  # how many it destroys that no earlier one does
    left: int  # keys that are still there
    completed: bool

    @property
    def finished(self) -> bool:
        """Whether every key is gone and that is recorded."""
        return self.completed and not self.left


def erasures(store: Store, keys: KeyStore) -> list[Erasure]:
    """Every erasure of a log, in order, and how far it has come."""
    read = list(_administrative(store))
    completed = {
        str(event.body.get("erased")) for event in read if event.kind == EventKind.ERASURE_COMPLETED
    }
    found, taken = list[Erasure](), set[str]()
    for event in read:
        if event.kind == EventKind.ERASED:
            names = set(key_names(store, event))
            found.append(_erasure(event, len(names - taken), len(keys.keys(names)), completed))
            taken |= names
    return found


def _erasure(event: Event, count: int, left: int, completed: set[str]) -> Erasure:
    size = len(numbers(event.body.get("indexes")))
    what = str(event.body.get("what"))
    return Erasure(event.index, event.id, what, size, count, left, event.id in completed)


def _administrative(store: Store) -> Iterator[Event]:
    for row in store.administrative([EventKind.ERASED, EventKind.ERASURE_COMPLETED]):
        record = content.unsealed(row)
        if record is not None:
            yield quick.event(record.body, record.index)


def unfinished(store: Store, keys: KeyStore) -> list[Erasure]:
    """Erasures whose keys are still there, or of which no completion is recorded."""
    return [one for one in erasures(store, keys) if not one.finished]


def erased_indexes(store: Store) -> set[int]:
    """The indexes of the events whose content an erasure names."""
    return {
        index
        for event in _administrative(store)
        if event.kind == EventKind.ERASED and event.body.get("what") == CONTENT
        for index in numbers(event.body.get("indexes"))
    }


def subjects(store: Store, row: Row) -> Iterator[str]:
    """The persons whom an erasure, or the record of its completion, concerns."""
    record = content.unsealed(row) if row.kind in ENDS else None
    if record is None:
        return
    event = quick.event(record.body, record.index)
    named = row.event_id
    if event.kind == EventKind.ERASURE_COMPLETED:
        named = str(event.body.get("erased"))
    for one in _administrative(store):
        if one.id == named:
            yield from {kept.subject for kept in rows_of(store, one) if kept.subject is not None}


def rows_of(store: Store, event: Event) -> Iterator[Row]:
    """The rows that an `erased` event names, as far as they are there."""
    for index in numbers(event.body.get("indexes")):
        yield from store.rows(index, index + 1)


def key_names(store: Store, event: Event) -> Iterator[str]:
    """The names of the keys that an `erased` event destroys."""
    named = set(texts(event.body.get("sections")))
    content = event.body.get("what") == CONTENT
    for row in rows_of(store, event):
        if content and row.subject is not None:
            yield row.subject
        for one in store.sections(row.index):
            if content or one.name in named:
                yield section_key_name(row.event_id, one.name)


def numbers(found: Json) -> list[int]:
    """The indexes of a list; whatever is none is left out."""
    rows = found if isinstance(found, list) else []
    return [one for one in rows if isinstance(one, int) and not isinstance(one, bool) and one >= 0]


def texts(found: Json) -> list[str]:
    """The texts of a list; whatever is none is left out."""
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

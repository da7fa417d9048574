"""A log that shows another history than before: its mirror asks for all of it, and proves it."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

import fork_cases as cases
from habeas.adapters import mirror_files
from habeas.errors import RegisterError
from habeas.register import checkpoint, exchange
from habeas.register.checkpoint import Checkpoint
from habeas.register.events import PAD, Row
from habeas.register.exchange import Shelf
from habeas.register.store import Batch
from habeas.register.tiles import Grower
from habeas.service import feed_asks, feed_round
from habeas.service.asking import Caller, Found
from habeas.service.mirror import Mirror

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
POLICY = cases.Small(cases.SV).trust("none").policy
Shelves = Callable[[str], Shelf]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelves]:
    """A new empty shelf of some name."""
    with ExitStack() as stack:

        def made(name: str) -> Shelf:
            (tmp_path / name).mkdir()
            return stack.enter_context(mirror_files.opened(tmp_path / name / "register.sqlite3"))

        yield made


def entry(history: str, number: int, parts: int) -> bytes:
    """Leaf of a history; below `parts` both have the same."""
    told = "both" if number < parts else history
    return hashlib.sha256(f"{told} {number}".encode()).digest()


def written(found: Shelf, history: str, size: int, parts: int) -> Shelf:
    """A log of so many leaves under one checkpoint of its key."""
    edge, rows = Grower(), list[Row]()
    for number in range(size):
        rows.append(Row(number, entry(history, number, parts), "", PAD, None, None, b""))
        edge.append(rows[-1].entry)
    note = checkpoint.signed(Checkpoint(cases.SV, size, edge.root()), cases.key(cases.SV))
    found.store.write(Batch(0, rows, AT, (), edge.filled(), (size, note)))
    return found


class Liar:
    """A peer that shows one log, and then another."""

    def __init__(self, shows: Shelf) -> None:
        self.shows, self.asked = shows, list[int]()

    def publication(self, after: int) -> str:
        self.asked.append(after)
        return exchange.publication(self.shows.store, after)

    def shown(self, role: str, origin: str) -> str:
        del role, origin
        return ""

    def push(self, text: str) -> None:
        raise AssertionError(text)


def caller(mirror: Mirror) -> Caller:
    """A gateway of which only the mirror is asked."""

    class Asked(Caller):
        def __init__(self) -> None:
            super().__init__(lambda data: data)

        def ask(self, what: object) -> Found:
            if isinstance(what, feed_asks.TakePublication):
                taken = mirror.take(what.text)
                return {"size": taken.size, "added": taken.added, "whole": taken.whole}
            split = mirror.contradiction() is not None
            return {
                "own": {"origin": cases.US, "published": 0},
                "mirror": {"size": mirror.size, "split": split},
            }

    return Asked()


@pytest.mark.parametrize(("size", "later", "parts"), [(700, 1400, 300), (256, 300, 0), (5, 9, 2)])
def test_a_rewritten_log_is_proved_to_have_signed_two_histories(
    shelf: Shelves, size: int, later: int, parts: int
) -> None:
    peer = Liar(written(shelf("true"), "true", size, parts))
    mirror = Mirror(shelf("mirror"), POLICY, None, lambda: AT)
    feeder, asked = feed_round.Feeder(peer), caller(mirror)
    assert feeder.round(asked).size == size
    peer.shows = written(shelf("false"), "false", later, parts)
    with pytest.raises(RegisterError) as refused:
        feeder.round(asked)
    assert refused.value.code == "H936"
    text = mirror.contradiction()
    assert text is not None
    view = exchange.check_split_view(text, POLICY)
    assert {view.first.size, view.second.size} == {size, later}
    assert (view.size, mirror.size) == (size, size)
    peer.asked.clear()
    with pytest.raises(RegisterError) as again:
        feeder.round(asked)
    assert (again.value.code, peer.asked) == ("H935", [size])  # proved once: not asked for again


def test_a_log_that_goes_on_is_never_accused(shelf: Shelves) -> None:
    peer = Liar(written(shelf("true"), "true", 700, 0))
    mirror = Mirror(shelf("mirror"), POLICY, None, lambda: AT)
    feeder, asked = feed_round.Feeder(peer), caller(mirror)
    feeder.round(asked)
    peer.shows = written(shelf("longer"), "true", 1400, 0)
    assert feeder.round(asked).size == 1400
    assert mirror.contradiction() is None

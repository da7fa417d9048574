"""What must be asked before a log signs: how many witnesses answer, and what they have seen."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes import vault
from habeas.adapters.sqlite_store import SqliteStore
from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.errors import RegisterError, SigningRefused
from habeas.register.checkpoint import Checkpoint, read_note
from habeas.register.keys import Trust, read_trust
from habeas.register.log import Log, Pen
from habeas.register.signing import SeedSigner
from habeas.service import courts, publish, record
from habeas.service.courts import InProcess
from public_rolls import AT, key

COURTS = ("A-COURT", "B-COURT", "C-COURT")
KEYS = {name: key(name) for name in COURTS}
ORIGIN = "log.example/start"


@dataclass
class Bench:
    """A register, and a witness for each of three courts of which two make the quorum."""

    log: Log
    trust: Trust
    courts: dict[str, InProcess]
    again: Callable[[], Log]

    def start(self, *away: str, log: Log | None = None) -> publish.Standing:
        there = {name: one for name, one in self.courts.items() if name not in away}
        return publish.start(log or self.log, self.trust.policy, there)

    def publish(self, *away: str) -> bool | None:
        there = {name: one for name, one in self.courts.items() if name not in away}
        return publish.publish(self.log, self.trust.policy, there, AT).met


def _trust(log_key: SeedSigner) -> Trust:
    said = courts.statements(KEYS).replace("group courts all", "group courts 2")
    text = record.trust_text(
        ORIGIN, (log_key.public(), None), {"A": key("root").public()}, said, demonstration=True
    )
    return read_trust(text)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    trust = _trust(key("log"))
    with ExitStack() as stack:
        store = stack.enter_context(closing(SqliteStore(tmp_path / "r.sqlite3", create=True)))
        memories = {
            name: stack.enter_context(closing(SqliteWitnessStore(tmp_path / name, create=True)))
            for name in COURTS
        }
        asked = courts.clients(trust, {name: (KEYS[name], memories[name]) for name in COURTS})

        def again() -> Log:
            return record.open_log(store, vault(), trust, key("log"))

        yield Bench(again(), trust, asked, again)


def _code(call: Callable[[], object]) -> str:
    with pytest.raises(RegisterError) as caught:
        call()
    return f"{caught.value.code} {caught.value.status}"


def test_a_new_log_starts_though_no_witness_knows_it(bench: Bench) -> None:
    assert bench.start(*bench.courts).seen == {}
    assert bench.start().silent == ()


def test_a_log_that_has_published_needs_a_quorum_that_answers(bench: Bench) -> None:
    assert bench.publish() is True
    assert set(bench.start("c-court").seen) == {"a-court", "b-court"}
    assert _code(lambda: bench.start("b-court", "c-court")) == "H540 3"
    assert _code(lambda: bench.start(*bench.courts)) == "H540 3"


def test_a_witness_that_knows_nothing_yet_has_answered(bench: Bench) -> None:
    assert bench.publish("c-court") is True
    standing = bench.start("b-court")
    assert (set(standing.seen), standing.silent) == ({"a-court"}, ("b-court",))


def test_a_log_that_was_rolled_back_signs_nothing(bench: Bench, tmp_path: Path) -> None:
    bench.publish()
    with closing(SqliteStore(tmp_path / "old.sqlite3", create=True)) as empty:
        pen = Pen(ORIGIN, key("log"), vault())
        old = Log(empty, pen, dict(bench.trust.roots))
        assert _code(lambda: bench.start(log=old)) == "H539 3"
        with pytest.raises(SigningRefused):
            old.publish(AT)
        assert (old.size, empty.checkpoints()) == (0, [])


def test_a_log_is_held_to_the_most_that_was_seen_in_whatever_order(bench: Bench) -> None:
    bench.publish()
    small = read_note(bench.log.note()).checkpoint
    bench.publish()
    large = read_note(bench.log.note()).checkpoint
    log = bench.again()
    for point in (large, small):
        log.hold_to(point)
    ahead = Checkpoint(ORIGIN, large.size + 1, bytes(32))
    with pytest.raises(SigningRefused):
        log.hold_to(ahead)
    with pytest.raises(SigningRefused):
        log.hold_to(small)  # does not loosen what was seen before
    with pytest.raises(SigningRefused):
        log.publish(AT)


def test_a_quorum_holds_against_one_witness_that_shows_an_old_checkpoint(bench: Bench) -> None:
    bench.publish()
    first = bench.courts["a-court"].latest(ORIGIN)
    bench.publish()

    @dataclass
    class Old(InProcess):
        def latest(self, origin: str) -> str | None:
            assert origin == ORIGIN
            return first

    bench.courts["a-court"] = Old(bench.courts["a-court"].witness, 1)
    assert _code(lambda: bench.start("b-court", "c-court")) == "H540 3"
    assert bench.start("c-court").seen["b-court"].size == bench.log.size


def test_a_publication_is_kept_with_its_cosignatures(bench: Bench) -> None:
    assert bench.publish("c-court") is True
    note = bench.again().note()
    assert [name in note for name in ("a-court/", "b-court/", "c-court/")] == [True, True, False]
    assert bench.publish("b-court", "c-court") is False
    assert json.loads(bench.trust.text)["policy"].count("witness") >= 3


def test_a_log_is_held_to_the_witness_that_has_seen_most(bench: Bench, tmp_path: Path) -> None:
    bench.publish()
    bench.publish("c-court")
    log = bench.again()
    bench.start(log=log)
    with closing(sqlite3.connect(tmp_path / "r.sqlite3", isolation_level=None)) as raw:
        for table, size in (("leaf", "idx"), ("content", "idx"), ("checkpoint", "size")):
            raw.execute(f"DROP TRIGGER {table}_delete")
            raw.execute(f"DELETE FROM {table} WHERE {size} >= 300")  # noqa: S608 - fixed
        raw.execute("DROP TRIGGER tile_delete")
        raw.execute("DELETE FROM tile WHERE n > 0")
    assert _code(lambda: log.publish(AT, pads=True)).startswith("H565")  # and it reads anew
    assert log.size == 300
    assert _code(lambda: log.publish(AT, pads=True)) in {"H536 3", "H539 3"}

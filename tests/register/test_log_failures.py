"""A log whose batch or whose store fails: nothing is written, nothing shown, and it goes on."""

# ruff: noqa: S608 - table and column names come from these tests

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import vault, verified
from habeas.adapters.sqlite_store import SqliteStore
from habeas.register import checkpoint, merkle
from habeas.register.checkpoint import Checkpoint
from habeas.register.keys import Trust
from habeas.register.log import Log, Pen, Signed
from habeas.register.signing import SeedSigner
from habeas.register.store import Batch

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, TWO = "p_" + "1" * 26, "p_" + "2" * 26
Code = Callable[..., str]
Make = Callable[..., Signed]
Opened = Callable[[SqliteStore], Log]
TABLES = ("leaf", "event", "content", "checkpoint")


class Failing(SqliteStore):
    """A store whose disk is full, until it is not."""

    full = False
    seen = 0

    def write(self, batch: Batch) -> None:
        if self.full:
            raise OSError("no space left on device")
        self.seen = self.size()
        super().write(batch)


@pytest.fixture
def failing(blank: Path, tmp_path: Path) -> Iterator[Failing]:
    with closing(Failing(Path(shutil.copy(blank, tmp_path / "failing.sqlite3")))) as found:
        yield found


@pytest.fixture
def visits(make: Make) -> list[Signed]:
    return [make("visit.made", "A", number=number) for number in range(2, 8)]


def _root(log: Log) -> bytes:
    return checkpoint.read_note(log.publish(AT)).checkpoint.root


def _expected(store: SqliteStore) -> bytes:
    return merkle.root([merkle.leaf_hash(row.entry) for row in store.rows()])


def test_a_batch_with_one_bad_event_writes_nothing(
    log: Log, store: SqliteStore, visits: list[Signed], make: Make, code: Code
) -> None:
    bad = make("visit.made", "C", number=9)
    for batch in ([bad, *visits], [*visits[:3], bad, *visits[3:]], [*visits, bad]):
        assert code(log.append, batch, AT) == "H515"
        assert (log.size, store.size(), store.checkpoints()) == (2, 2, [])


def test_the_next_good_batch_has_the_right_root(
    log: Log, store: SqliteStore, visits: list[Signed], make: Make, code: Code
) -> None:
    assert code(log.append, [*visits, make("visit.made", "C", number=9)], AT) == "H515"
    assert log.append(visits[:1], AT) == [2]
    assert _root(log) == _expected(store)


def test_a_refused_batch_enrols_nobody_and_moves_no_head(
    log: Log, make: Make, enrol: Make, code: Code
) -> None:
    first = make("custody.opened", "A", number=3, subject=ONE, seq=0)
    assert code(log.append, [enrol("C", 2), first, make("visit.made", "D", number=4)], AT) == "H515"
    assert code(log.append, [make("visit.made", "C", number=4)], AT) == "H515"
    assert (log.head(ONE), log.append([first], AT)) == (None, [2])


def test_a_store_that_fails_leaves_the_log_as_it_was(
    failing: Failing, opened: Opened, enrol: Make, visits: list[Signed]
) -> None:
    log = opened(failing)
    log.append([enrol("A", 0)], AT, publish=True)
    before, failing.full = (log.size, log.publish(AT)), True
    with pytest.raises(OSError, match="no space"):
        log.append(visits, AT, publish=True)
    failing.full = False
    assert (log.size, log.publish(AT), failing.size()) == (*before, 1)


def test_a_log_goes_on_after_its_store_failed(
    failing: Failing,
    opened: Opened,
    enrol: Make,
    visits: list[Signed],
    trust: Trust,
    tmp_path: Path,
) -> None:
    log, failing.full = opened(failing), True
    for _ in range(2):
        with pytest.raises(OSError, match="no space"):
            log.append([enrol("A", 0)], AT)
    failing.full = False
    assert log.append([enrol("A", 0), *visits], AT, publish=True) == list(range(7))
    assert verified(tmp_path / "failing.sqlite3", trust).faults == ()


def test_a_failed_publication_keeps_no_checkpoint(
    failing: Failing, opened: Opened, enrol: Make
) -> None:
    log = opened(failing)
    log.append([enrol("A", 0)], AT)
    failing.full = True
    with pytest.raises(OSError, match="no space"):
        log.publish(AT)
    assert (log.size, failing.checkpoints()) == (1, [])


def test_nothing_is_shown_before_the_commit(
    failing: Failing, opened: Opened, enrol: Make, visits: list[Signed]
) -> None:
    log = opened(failing)
    log.append([enrol("A", 0)], AT)
    log.append(visits, AT)
    assert (failing.seen, failing.size()) == (1, 7)


@pytest.mark.parametrize("table", TABLES)
def test_leaves_contents_and_checkpoint_are_one_transaction(
    log: Log,
    store: SqliteStore,
    visits: list[Signed],
    code: Code,
    tmp_path: Path,
    table: str,
) -> None:
    with closing(sqlite3.connect(tmp_path / "register.sqlite3")) as raw:
        stop = "BEGIN SELECT RAISE(ABORT, 'stop'); END"
        raw.execute(f"CREATE TRIGGER stop BEFORE INSERT ON {table} {stop}")
        assert code(lambda: log.append(visits, AT, publish=True)) == "H563"
        counts = [len(raw.execute(f"SELECT * FROM {name}").fetchall()) for name in TABLES]
        raw.execute("DROP TRIGGER stop")
    assert (counts, log.append(visits, AT, publish=True)) == ([2, 2, 2, 0], list(range(2, 8)))
    assert _root(log) == _expected(store)


def test_a_second_writer_is_refused_and_then_reads_again(
    log: Log,
    store: SqliteStore,
    opened: Opened,
    visits: list[Signed],
    code: Code,
    tmp_path: Path,
) -> None:
    with closing(SqliteStore(tmp_path / "register.sqlite3")) as same:
        other = opened(same)
        log.append(visits[:1], AT)
        assert code(other.append, visits[1:], AT) == "H565"
        assert other.append(visits[1:], AT) == list(range(3, 8))
    assert [row.index for row in store.rows()] == list(range(8))


@pytest.fixture
def short(log: Log, visits: list[Signed], tmp_path: Path) -> Path:
    """A copy of a register of eight leaves and a checkpoint over them, that lost the last two."""
    log.append(visits, AT, publish=True)
    path = tmp_path / "short.sqlite3"
    with (
        closing(sqlite3.connect(tmp_path / "register.sqlite3")) as whole,
        closing(sqlite3.connect(path, isolation_level=None)) as raw,
    ):
        whole.backup(raw)  # what was written last lies in a file beside it
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        for table in ("leaf", "event", "content"):
            raw.execute(f"DELETE FROM {table} WHERE idx > 5")
    return path


def test_no_checkpoint_is_signed_below_an_earlier_one(
    short: Path, opened: Opened, make: Make, code: Code
) -> None:
    with closing(SqliteStore(short)) as store:
        log = opened(store)
        assert code(log.publish, AT) == "H536"
        one = [make("visit.made", "A", number=20)]
        assert code(lambda: log.append(one, AT, publish=True)) == "H536"
        assert (log.size, store.size(), [size for size, _ in store.checkpoints()]) == (6, 6, [8])


def test_restored_leaves_are_signed_over_again(
    short: Path, opened: Opened, visits: list[Signed], trust: Trust
) -> None:
    with closing(SqliteStore(short)) as store:
        assert opened(store).append(visits, AT, publish=True) == list(range(2, 8))
    report = verified(short, trust)
    assert (report.faults, report.covered) == ((), 8)


def test_other_leaves_in_the_place_of_lost_ones_are_refused_however_they_come(
    short: Path, opened: Opened, visits: list[Signed], make: Make, code: Code
) -> None:
    others = [make("visit.made", "A", number=number) for number in range(20, 23)]
    with closing(SqliteStore(short)) as store:
        log = opened(store)
        assert code(log.append, others, AT) == "H558"
        assert (log.size, store.size()) == (6, 6)
        assert log.append(others[:1], AT) == [6]  # below the checkpoint nobody can tell
        for batch in (others[1:2], visits[4:], visits[5:]):
            assert code(log.append, batch, AT) == "H558"
            assert code(lambda one=batch: log.append(one, AT, publish=True)) == "H558"
        assert code(lambda: log.publish(AT, pads=True)) == "H558"
        assert [size for size, _ in store.checkpoints()] == [8]


def test_restored_leaves_may_come_one_by_one(
    short: Path, opened: Opened, visits: list[Signed], trust: Trust
) -> None:
    with closing(SqliteStore(short)) as store:
        log = opened(store)
        assert [log.append([one], AT) for one in visits[4:]] == [[6], [7]]
        assert log.publish(AT) == store.checkpoints()[-1][1]
    assert verified(short, trust).faults == ()


# What a witness has seen


def test_nothing_is_signed_below_or_beside_what_a_witness_has_seen(
    short: Path, opened: Opened, visits: list[Signed], make: Make, code: Code
) -> None:
    with closing(SqliteStore(short)) as store:
        seen = checkpoint.read_note(store.checkpoints()[-1][1]).checkpoint
        log = opened(store)
        assert code(log.hold_to, seen) == "H539"
        assert code(log.publish, AT) in {"H536", "H539"}
        assert log.append(visits, AT, publish=True) == list(range(2, 8))
        other = Checkpoint(seen.origin, 9, merkle.root([bytes(32)] * 9))
        assert code(log.hold_to, other) == "H539"
        one = [make("visit.made", "A", number=20)]
        assert code(lambda: log.append(one, AT, publish=True)) == "H539"
        again = opened(store)  # the floor of a log is never lowered, only that of one opened anew
        again.hold_to(seen)
        assert again.append(one, AT, publish=True) == [8]


def test_leaves_are_not_taken_back_of_a_person_whose_key_is_gone(
    short: Path, log: Log, key: Callable[[str], SeedSigner], code: Code, trust: Trust
) -> None:
    mirror = [(row, log.vault.open(row)) for row in log.store.rows(6)]
    seen = checkpoint.read_note(log.note()).checkpoint
    with closing(SqliteStore(short)) as store:
        without = vault(ONE)
        restored = Log(store, Pen(log.origin, key("log"), without), dict(trust.roots))
        assert code(restored.adopt, mirror, seen) == "H592"
        assert (restored.size, without.without_key([ONE])) == (6, {ONE})
        whole = Log(store, Pen(log.origin, key("log"), vault()), dict(trust.roots))
        whole.adopt(mirror, seen)
        assert whole.size == 8


def test_a_log_remembers_what_it_signed_when_its_store_goes_back(
    log: Log, visits: list[Signed], tmp_path: Path, code: Code
) -> None:
    log.publish(AT)
    log.append(visits, AT, publish=True)
    with closing(sqlite3.connect(tmp_path / "register.sqlite3", isolation_level=None)) as raw:
        for table, place in (("leaf", "idx"), ("event", "idx"), ("checkpoint", "size")):
            raw.execute(f"DROP TRIGGER {table}_delete")
            raw.execute(f"DELETE FROM {table} WHERE {place} > 5")
    assert code(lambda: log.publish(AT, pads=True)) == "H565"
    assert (log.size, code(lambda: log.publish(AT))) == (6, "H536")

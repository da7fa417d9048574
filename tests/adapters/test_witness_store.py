"""What a witness remembers: one step at a time, never back, whoever shares the file."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from habeas.adapters.witness_store import SqliteWitnessStore
from habeas.errors import RegisterError
from habeas.register.witness import Answer, Decision, Latest
from witnesses import NOW, ORIGIN, request, witness

RACES, STEPS, RACERS = 40, 30, 4


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "witness.sqlite"
    SqliteWitnessStore(found, create=True).close()
    return found


@pytest.fixture
def store(path: Path) -> Iterator[SqliteWitnessStore]:
    with closing(SqliteWitnessStore(path)) as found:
        yield found


def _code(call: Callable[[], object]) -> str:
    with pytest.raises(RegisterError) as caught:
        call()
    return caught.value.code


def test_the_memory_is_made_once_and_then_found(path: Path, tmp_path: Path) -> None:
    assert _code(lambda: SqliteWitnessStore(path, create=True)) == "H573"
    assert _code(lambda: SqliteWitnessStore(tmp_path / "none")) == "H573"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("content", [b"", b"no database" * 500])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other"
    other.write_bytes(content)
    assert _code(lambda: SqliteWitnessStore(other)) == "H574"


def test_what_was_cosigned_outlives_the_process(path: Path) -> None:
    with closing(SqliteWitnessStore(path)) as first:
        assert witness(first).add(request(0, 5), NOW).status == 200
    with closing(SqliteWitnessStore(path)) as second:
        assert witness(second).add(request(0, 4), NOW).body == "5\n"
        assert witness(second).add(request(5, 9), NOW).status == 200


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE latest SET size = 4",
        "UPDATE latest SET time = time - 1",
        "UPDATE latest SET root = x'00'",
        "UPDATE latest SET origin = 'other'",
        "DELETE FROM latest",
        "INSERT OR REPLACE INTO latest SELECT origin, 1, root, time, note FROM latest",
        "UPDATE evidence SET reason = ''",
        "DELETE FROM evidence",
        "INSERT OR REPLACE INTO evidence SELECT id, '', 1, root, '', '', '', 0 FROM evidence",
    ],
)
def test_a_memory_does_not_go_back(path: Path, store: SqliteWitnessStore, change: str) -> None:
    court = witness(store)
    assert [court.add(request(0, 5), NOW).status, court.add(request(5, 5, 2), NOW).status] == [
        200,
        422,
    ]
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(change)
        rows = db.execute("SELECT size FROM latest UNION ALL SELECT size FROM evidence").fetchall()
    assert rows == [(5,), (5,)]


def test_a_step_that_would_go_back_leaves_nothing(store: SqliteWitnessStore) -> None:
    assert witness(store).add(request(0, 5), NOW).status == 200
    held = store.latest(ORIGIN)
    back = Decision(Answer(200, "a signature"), Latest(4, bytes(32), NOW, "note"))
    assert _code(lambda: store.step(ORIGIN, lambda _: back)) == "H574"
    assert store.latest(ORIGIN) == held


def test_a_step_that_breaks_leaves_the_next_one_free(store: SqliteWitnessStore) -> None:
    def broken(_: Latest | None) -> Decision:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.step(ORIGIN, broken)
    assert witness(store).add(request(0, 5), NOW).status == 200


def test_a_closed_memory_answers_nothing(path: Path) -> None:
    found = SqliteWitnessStore(path)
    found.close()
    court = witness(found)
    assert _code(lambda: court.add(request(0, 5), NOW)) == "H574"
    assert _code(lambda: found.latest(ORIGIN)) == _code(found.evidence) == "H574"


def test_of_two_extensions_that_race_one_is_cosigned(tmp_path: Path) -> None:
    """A to 7 and B to 9, both from 5, over two connections: never B and then A."""
    for race in range(RACES):
        path = tmp_path / f"{race}.sqlite"
        SqliteWitnessStore(path, create=True).close()
        with closing(SqliteWitnessStore(path)) as one, closing(SqliteWitnessStore(path)) as other:
            courts = (witness(one), witness(other))
            assert courts[0].add(request(0, 5), NOW).status == 200
            start = Barrier(2)

            def extend(number: int, size: int) -> Answer:
                start.wait()  # noqa: B023 - both are done before the next race
                return courts[number].add(request(5, size), NOW)  # noqa: B023

            with ThreadPoolExecutor(2) as pool:
                short, long = pool.map(extend, (0, 1), (7, 9))
            latest = one.latest(ORIGIN)
        won = 9 if long.status == 200 else 7
        assert sorted((short.status, long.status)) == [200, 409]
        assert ((short if won == 9 else long).body, latest and latest.size) == (f"{won}\n", won)


def test_whoever_shares_a_memory_what_is_cosigned_is_one_chain(path: Path) -> None:
    def run(seed: int) -> list[tuple[int, int]]:
        known, found = 0, list[tuple[int, int]]()
        with closing(SqliteWitnessStore(path)) as own:
            court = witness(own)
            for step in range(STEPS):
                new = known + 1 + (seed + step) % 3
                answer = court.add(request(known, new), NOW)
                if answer.status == 200:
                    found.append((known, new))
                known = new if answer.status == 200 else int(answer.body)
        return found

    with ThreadPoolExecutor(RACERS) as pool:
        chain = sorted(pair for row in pool.map(run, range(RACERS)) for pair in row)
    assert chain[0][0] == 0
    assert [new for _, new in chain[:-1]] == [old for old, _ in chain[1:]], "no size was left twice"
    with closing(SqliteWitnessStore(path)) as last:
        held = last.latest(ORIGIN)
    assert held is not None
    assert held.size == chain[-1][1]

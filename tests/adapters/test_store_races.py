"""Logs over each kind of store that race, fail and are interrupted: none forks or shows early."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from drills.commands import AT, Drafter, MemoryKeys, log_over

from drills import commands, same_bytes
from habeas.errors import RegisterError
from habeas.register import checkpoint, merkle
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.store import Batch, Store
from habeas.register.tiles import Tile
from habeas.register.verify import register
from stores import LitePlace, Place, PostPlace

ROUNDS = 12
PERSON = "p_" + "1" * 26


class Between:
    """A store with something between the log and what it calls."""

    def __init__(self, store: Store, around: Callable[[str, Callable[[], object]], object]) -> None:
        self._store, self._around = store, around

    def __getattr__(self, name: str) -> Callable[..., object]:
        call: Callable[..., object] = getattr(self._store, name)
        return lambda *given: self._around(name, lambda: call(*given))


def between(store: Store, around: Callable[[str, Callable[[], object]], object]) -> Store:
    return cast("Store", Between(store, around))  # whatever a store has, it has


class Stopping(Sequence[Tile]):
    """Tiles of which the second cannot be had: an interrupt in the midst of a transaction."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop

    def __len__(self) -> int:
        return 2

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - as Sequence has it
        if place:
            self._stop()
            raise IndexError
        return 0, 1, b"tile"


@pytest.fixture
def drafter() -> Drafter:
    return Drafter("races")


@pytest.fixture
def keys() -> MemoryKeys:
    return MemoryKeys()


@pytest.fixture
def log(store: Store, drafter: Drafter, keys: MemoryKeys) -> Log:
    """A log in which the officers' keys are enrolled."""
    found = log_over(store, "first", keys)
    found.append(drafter.enrolments(), AT)
    return found


def whole(place: Place, trust: Trust, log: Log) -> int:
    """Publishes, verifies the whole register, and returns its size."""
    root = checkpoint.read_note(log.publish(AT)).checkpoint.root
    bundle = place.bundle()
    rows = list(bundle.rows)
    assert root == merkle.root([merkle.leaf_hash(row.entry) for row in rows])
    report = register(replace(bundle, rows=rows), trust, None, log.vault.open)
    assert (report.faults, report.covered) == ((), len(rows))
    return len(rows)


def refusal(log: Log, batch: Sequence[Signed]) -> str:
    with pytest.raises(RegisterError) as caught:
        log.append(batch, AT)
    return caught.value.code


def test_a_stale_log_is_refused_reads_again_and_goes_on(
    place: Place, log: Log, drafter: Drafter, keys: MemoryKeys, trust: Trust
) -> None:
    other = log_over(place.open(), "second", keys)
    assert log.append([drafter.visit(PERSON)], AT) == [2]
    late = drafter.visit(PERSON)
    assert refusal(other, [late]) == "H565"
    assert other.append([late], AT) == [3]
    with pytest.raises(RegisterError, match="H565"):
        log.publish(AT)
    assert whole(place, trust, log) == 4


def appended(log: Log, signed: Signed) -> int:
    """Submits until it is there, or refused for what it is; its index."""
    for _ in range(ROUNDS * 4):
        try:
            return log.append([signed], AT)[0]
        except RegisterError as error:
            if error.code not in {"H563", "H565"}:
                raise
    raise AssertionError("it was never admitted")


def both(works: Sequence[Callable[[], object]]) -> list[object]:
    """What two threads found that began together, or why one was refused."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        start.wait()
        try:
            return work()
        except RegisterError as error:
            return error.code

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_two_sequencers_never_leave_a_gap_or_a_fork(
    place: Place, log: Log, drafter: Drafter, keys: MemoryKeys, trust: Trust
) -> None:
    log.append([drafter.visit(PERSON)], AT)  # the person's key is there before the race
    logs = [log, log_over(place.open(), "second", keys)]
    asked = [[drafter.visit(PERSON) for _ in range(ROUNDS)] for _ in logs]

    def work(which: int) -> Callable[[], object]:
        return lambda: [appended(logs[which], event) for event in asked[which]]

    found = both([work(0), work(1)])
    indexes = [index for one in found if isinstance(one, list) for index in one]
    assert sorted(indexes) == list(range(3, 3 + 2 * ROUNDS))
    appended(log, drafter.visit(PERSON))
    assert whole(place, trust, logs[0]) == 4 + 2 * ROUNDS


@pytest.mark.parametrize("number", range(4))
def test_of_two_claims_of_one_custody_number_one_wins(
    place: Place, log: Log, drafter: Drafter, keys: MemoryKeys, trust: Trust, number: int
) -> None:
    person = f"p_{number:026d}"
    log.append([drafter.visit(person)], AT)
    logs = [log, log_over(place.open(), "second", keys)]
    rivals = [Drafter("races"), Drafter("races")]
    for count, rival in enumerate(rivals):
        for _ in range(10 + count):
            rival.visit(person)  # so that each gives its events ids of their own
    claims = [rival.custody(person) for rival in rivals]

    def work(which: int) -> Callable[[], object]:
        return lambda: appended(logs[which], claims[which])

    answers = both([work(0), work(1)])
    loser = answers.index("H531")
    assert answers[1 - loser] == 3
    assert refusal(logs[loser], [claims[loser]]) == "H531"
    assert whole(place, trust, logs[1 - loser]) == 4


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("error", [OSError, MemoryError, KeyboardInterrupt, SystemExit, KeyError])
def test_after_every_kind_of_exception_the_log_reads_again(
    place: Place,
    store: Store,
    drafter: Drafter,
    trust: Trust,
    error: type[BaseException],
    *,
    after: bool,
) -> None:
    broken = [False]

    def around(name: str, call: Callable[[], object]) -> object:
        if name == "write" and broken[0]:
            if after:
                call()
            raise error
        return call()

    log = log_over(between(store, around))
    log.append(drafter.enrolments(), AT)
    batch = [drafter.custody(PERSON), drafter.visit(PERSON)]
    for _ in range(2):
        broken[0] = True
        with pytest.raises(error):
            log.append(batch, AT, publish=True)
        broken[0] = False
        assert (log.size, store.size()) == (4, 4) if after else (2, 2)
        batch = [drafter.visit(PERSON)] if after else batch
        if after:
            break
    expected = [4] if after else [2, 3]
    assert log.append(batch, AT) == expected
    assert whole(place, trust, log) == expected[-1] + 1


def test_a_log_that_could_not_read_its_store_reads_it_before_it_writes(
    place: Place, store: Store, drafter: Drafter, keys: MemoryKeys, trust: Trust
) -> None:
    broken = [False]

    def around(name: str, call: Callable[[], object]) -> object:
        if broken[0] and name in {"write", "size"}:
            raise OSError(name)
        return call()

    log = log_over(between(store, around), "first", keys)
    log.append(drafter.enrolments(), AT)
    lost = [drafter.visit(PERSON)]
    broken[0] = True
    with pytest.raises(OSError, match="size"):
        log.append(lost, AT)
    broken[0] = False
    other = log_over(place.open(), "second", keys)
    assert other.append([drafter.visit(PERSON)], AT) == [2]  # as many as the first had tried
    assert log.append(lost, AT) == [3]
    assert whole(place, trust, log) == 4


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit, MemoryError])
def test_an_interrupt_in_the_midst_of_a_transaction_leaves_nothing(
    place: Place, store: Store, log: Log, trust: Trust, error: type[BaseException]
) -> None:
    def stop() -> None:
        raise error

    row = replace(next(store.rows(1)), index=2, event_id="new")
    for _ in range(2):
        with pytest.raises(error):
            store.write(Batch(2, [row], AT, tiles=Stopping(stop), checkpoint=(3, "note")))
    assert (store.size(), store.latest(), place.open().size()) == (2, None, 2)
    assert whole(place, trust, log) == 2


def test_nothing_is_seen_before_the_commit(place: Place, store: Store, log: Log) -> None:
    observer, seen = place.open(), list[tuple[int, object]]()
    row = replace(next(store.rows(1)), index=2, event_id="new")

    def stop() -> None:
        seen.append((observer.size(), observer.latest()))

    store.write(Batch(2, [row], AT, tiles=Stopping(stop), checkpoint=(3, "note")))
    seen.append((observer.size(), observer.latest()))
    assert (seen, log.size) == ([(2, None), (3, (3, "note"))], 2)


def test_no_index_and_no_note_is_answered_before_the_commit(
    place: Place, store: Store, drafter: Drafter
) -> None:
    told, observer = list[str](), place.open()

    def around(name: str, call: Callable[[], object]) -> object:
        found = call()
        if name == "write":
            told.append(f"committed {observer.size()}")
        return found

    log = log_over(between(store, around))
    told.append(f"answered {log.append(drafter.enrolments(), AT)}")
    told.append(f"noted {log.publish(AT).splitlines()[1]}")
    assert told == ["committed 2", "answered [0, 1]", "committed 2", "noted 2"]


def test_what_was_submitted_before_keeps_its_index(
    place: Place, log: Log, drafter: Drafter, trust: Trust
) -> None:
    batch = [drafter.custody(PERSON), drafter.visit(PERSON)]
    assert [log.append(batch, AT) for _ in range(3)] == [[2, 3]] * 3
    other = replace(batch[1], salt=bytes(32))
    assert refusal(log, [other]) == "H533"
    assert [name for (name,) in place.raw("SELECT what FROM evidence")] != []
    assert whole(place, trust, log) == 4


@pytest.mark.postgres
def test_both_stores_hold_the_same_bytes(server: PostPlace, tmp_path: Path, trust: Trust) -> None:
    told, found = list(commands.commands("both", 2_000)), list[dict[str, str]]()
    answers = list[list[str]]()
    with closing(LitePlace(tmp_path / "register.sqlite3")) as file:
        for place in (file, server):
            store = place.open(create=True)
            log = log_over(store)
            answers.append(commands.run(log, told))
            found.append(same_bytes.digests(store, place.bundle()))
            assert whole(place, trust, log) > 1_700
    assert (found[0], answers[0]) == (found[1], answers[1])
    assert {"H531", "H533"} < set(answers[0])


@pytest.fixture
def lost(server: PostPlace, drafter: Drafter) -> Log:
    """A log on a server that has ended its connection."""
    log = log_over(server.open(create=True))
    log.append(drafter.enrolments(), AT)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ? "
    server.raw(end + "AND pid <> pg_backend_pid()", [server.schema])
    return log


@pytest.mark.postgres
def test_a_lost_connection_refuses_one_batch_and_is_opened_anew(
    server: PostPlace, lost: Log, drafter: Drafter, trust: Trust
) -> None:
    batch = [drafter.visit(PERSON)]
    with pytest.raises(RegisterError, match="H561"):
        lost.append(batch, AT)
    assert lost.append(batch, AT) == [2]
    assert whole(server, trust, lost) == 3

"""The sequencer: many submit at once, each has its own answer, and a fault is told to all."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import cast

import pytest
from drills.commands import AT, Drafter, log_over

from habeas.errors import Fault, RegisterError
from habeas.register.content import pad
from habeas.register.events import PAD, Row
from habeas.register.keys import Trust
from habeas.register.log import Log, Signed
from habeas.register.store import Batch, Store
from habeas.register.verify import register
from habeas.service.sequencer import BATCHES, Sequencer
from stores import Place

PERSONS = [f"p_{n:026d}" for n in range(40)]
WAIT = 60  # seconds until a test gives up; nothing takes as long


class Held:
    """A log that a test holds back, counts the calls of, or breaks."""

    def __init__(self, log: Log) -> None:
        self.log, self.batches = log, list[int]()
        self.free, self.reached = threading.Event(), threading.Event()
        self.error: BaseException | None = None
        self.free.set()

    def append_each(self, batch: list[Signed], at: datetime) -> list[int | RegisterError]:
        self.batches.append(len(batch))
        self._wait()
        return self.log.append_each(batch, at)

    def publish(self, at: datetime, *, pads: bool) -> str:
        self._wait()
        return self.log.publish(at, pads=pads)

    def _wait(self) -> None:
        self.reached.set()
        assert self.free.wait(WAIT)
        if self.error is not None:
            raise self.error


def clock() -> datetime:
    return AT


@pytest.fixture
def drafter() -> Drafter:
    return Drafter("group")


@pytest.fixture
def held(store: Store, drafter: Drafter) -> Held:
    log = log_over(store)
    log.append(drafter.enrolments(), AT)
    return Held(log)


def begun(held: Held, *, wait_ms: int = 20, most: int = 256) -> Sequencer[Signed, int]:
    return Sequencer(cast("Log", held), clock, wait_ms=wait_ms, most=most)


def outcome(answer: "Future[int]") -> int | str:
    error = answer.exception(WAIT)
    return error.code if isinstance(error, RegisterError) else answer.result(WAIT)


def test_a_thousand_submissions_of_eight_threads_are_answered(
    place: Place, held: Held, drafter: Drafter, trust: Trust
) -> None:
    good = [drafter.visit(PERSONS[n % len(PERSONS)]) for n in range(960)]
    bad = [drafter.custody(PERSONS[n], skip=1) for n in range(40)]
    asked = [one for n in range(40) for one in (*good[24 * n : 24 * n + 24], bad[n])]
    sequencer = begun(held)
    with ThreadPoolExecutor(8) as threads:
        futures = list(threads.map(sequencer.submit, asked))
        answers = list(threads.map(outcome, futures))
    note = sequencer.publish().result(WAIT)
    sequencer.stop()
    indexes = [one for one in answers if isinstance(one, int)]
    assert (len(answers), answers.count("H531")) == (1000, 40)
    assert sorted(indexes) == list(range(2, 962))
    assert (sum(held.batches), len(held.batches) < 100, max(held.batches) <= 256) == (1000, 1, 1)
    rows = list(place.bundle().rows)
    by_entry = {row.entry: row.index for row in rows}
    assert [by_entry.get(one.entry, "H531") for one in asked] == answers
    report = register(place.bundle(), trust, None, held.log.vault.open)
    assert (report.faults, report.covered, note.splitlines()[1]) == ((), 962, "962")


def test_what_waits_is_one_transaction(held: Held, drafter: Drafter) -> None:
    sequencer = begun(held, wait_ms=0)
    held.free.clear()
    first = sequencer.submit(drafter.visit(PERSONS[0]))
    assert held.reached.wait(WAIT)
    rest = [sequencer.submit(drafter.visit(PERSONS[0])) for _ in range(300)]
    assert not any(one.done() for one in [first, *rest])  # nothing is answered before the commit
    held.free.set()
    sequencer.stop()
    assert held.batches == [1, 256, 44]
    assert [one.result(0) for one in [first, *rest]] == list(range(2, 303))


def test_those_who_come_soon_after_are_waited_for(held: Held, drafter: Drafter) -> None:
    sequencer = begun(held, wait_ms=3_600_000, most=5)
    full = [sequencer.submit(drafter.visit(PERSONS[0])) for _ in range(5)]
    assert [one.result(WAIT) for one in full] == list(range(2, 7))
    noted = [sequencer.submit(drafter.visit(PERSONS[0])) for _ in range(2)]
    assert sequencer.publish().result(WAIT).splitlines()[1] == "9"
    left = sequencer.submit(drafter.visit(PERSONS[0]))
    sequencer.stop()
    assert ([one.result(0) for one in noted], left.result(0)) == ([7, 8], 9)
    assert held.batches == [5, 2, 1]


def test_a_checkpoint_is_over_what_was_submitted_before(held: Held, drafter: Drafter) -> None:
    sequencer = begun(held)
    one = sequencer.submit(drafter.visit(PERSONS[0]))
    note = sequencer.publish()
    two = sequencer.submit(drafter.visit(PERSONS[0]))
    padded = sequencer.publish(pads=True)
    sequencer.stop()
    sizes = [found.result(0).splitlines()[1] for found in (note, padded)]
    assert ([one.result(0), two.result(0)], sizes) == ([2, 3], ["3", "256"])


def test_the_same_event_twice_has_one_index(held: Held, drafter: Drafter) -> None:
    sequencer = begun(held)
    signed = drafter.visit(PERSONS[0])
    other = replace(signed, salt=bytes(32))
    answers = [sequencer.submit(one) for one in (signed, signed, other)]
    sequencer.stop()
    assert [outcome(one) for one in answers] == [2, 2, "H533"]


def test_what_was_withdrawn_in_time_is_not_written(held: Held, drafter: Drafter) -> None:
    sequencer = begun(held, wait_ms=0)
    held.free.clear()
    sequencer.submit(drafter.visit(PERSONS[0]))
    assert held.reached.wait(WAIT)
    withdrawn = [sequencer.submit(drafter.visit(PERSONS[0])) for _ in range(3)]
    note = sequencer.publish()
    assert [one.cancel() for one in withdrawn] == [True] * 3
    assert note.cancel()
    held.free.set()
    sequencer.stop()
    assert (held.log.size, held.log.store.latest()) == (3, None)


def test_what_the_store_refuses_is_told_and_the_sequencer_goes_on(
    place: Place, held: Held, drafter: Drafter
) -> None:
    place.open().write(Batch(2, [Row(2, pad(b"a"), "", PAD, None, None, b"a")], AT))
    sequencer, late = begun(held), drafter.visit(PERSONS[0])
    assert outcome(sequencer.submit(late)) == "H565"
    assert outcome(sequencer.submit(late)) == 3
    place.open().write(Batch(4, [Row(4, pad(b"b"), "", PAD, None, None, b"b")], AT))
    assert isinstance(sequencer.publish().exception(WAIT), RegisterError)
    sequencer.stop()
    assert held.log.size == 5


def submitted(sequencer: Sequencer[Signed, int], signed: Signed) -> str:
    try:
        sequencer.submit(signed)
    except RegisterError as error:
        return error.code
    return "taken"


def test_after_its_end_nothing_is_taken(held: Held, drafter: Drafter) -> None:
    sequencer = begun(held)
    sequencer.stop()
    sequencer.stop()
    assert submitted(sequencer, drafter.visit(PERSONS[0])) == "H568"


def test_too_many_who_wait_are_refused(held: Held, drafter: Drafter) -> None:
    sequencer = begun(held, wait_ms=0, most=2)
    held.free.clear()
    signed = drafter.visit(PERSONS[0])
    sequencer.submit(signed)
    assert held.reached.wait(WAIT)
    answers = [submitted(sequencer, signed) for _ in range(2 * BATCHES + 3)]
    assert answers == ["taken"] * 2 * BATCHES + ["H569"] * 3
    held.free.set()
    sequencer.stop()
    assert held.log.size == 3


_FAULTS: list[BaseException] = [
    OSError("no space"),
    KeyError("x"),
    KeyboardInterrupt(),
    MemoryError(),
    *(RegisterError(Fault(code, "what", "fix")) for code in ("H536", "H539", "H558")),
]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("fault", _FAULTS, ids=repr)
@pytest.mark.parametrize("noted", [False, True])
def test_a_fault_ends_it_and_is_told_to_all_who_wait(
    held: Held, drafter: Drafter, fault: BaseException, *, noted: bool
) -> None:
    sequencer = begun(held, wait_ms=0)
    held.free.clear()
    signed = drafter.visit(PERSONS[0])
    submit: Callable[[], Future[int] | Future[str]] = lambda: sequencer.submit(signed)  # noqa: E731
    first = sequencer.publish() if noted else submit()
    assert held.reached.wait(WAIT)
    waiting = [submit(), sequencer.publish(), submit()]
    waiting[0].cancel()
    held.error = fault
    held.free.set()
    told = [one.exception(WAIT) for one in (first, *waiting[1:])]
    assert [one.code for one in told if isinstance(one, RegisterError)] == ["H568"] * 3
    with pytest.raises(RegisterError, match="H568") as caught:
        sequencer.stop()
    assert (caught.value.__cause__, submitted(sequencer, signed)) == (fault, "H568")

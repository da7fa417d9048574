"""Group commit: one thread that alone touches a log, and writes what many submit together.

Rules
- Events are written in the order of submission: at most `most` in a transaction, and at the latest
  `wait_ms` after the first of them came.
- Every submitter gets its own answer after the commit: an index, or why its event was refused.
- What the store refused as a whole is answered to each of its submitters, who submit again.
- A tree that does not agree with what was signed (H536, H539, H558), and every exception that is
  not the register's, end the thread: a crash is better than a guess. All who wait are told (H568).
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from habeas.errors import Fault, HabeasError, RegisterError

BATCHES = 64  # that may wait; of more than that the queue stays bounded by refusing (H569)
FATAL = frozenset({"H536", "H539", "H558"})


Asked_contra = TypeVar("Asked_contra", contravariant=True)
Given_co = TypeVar("Given_co", covariant=True)
T = TypeVar("T")
R = TypeVar("R")


class Writer(Protocol[Asked_contra, Given_co]):
    """What a sequencer drives: a log, or whatever judges first and then writes a log."""

    def append_each(
        self, batch: Sequence[Asked_contra], recorded_at: datetime
    ) -> Sequence[Given_co | HabeasError]:
        """Write what can be written of a batch; for each its answer, or why it was refused."""
        ...

    def publish(self, recorded_at: datetime, *, pads: bool = False) -> str:
        """Sign and keep a checkpoint; returns its note."""
        ...


@dataclass(frozen=True, slots=True)
class _Event(Generic[T, R]):
    signed: T
    answer: "Future[R]"
    context: Context  # of whoever submitted it: a batch is written in that of its first


@dataclass(frozen=True, slots=True)
class _Note:
    pads: bool
    answer: "Future[str]"


class Sequencer(Generic[T, R]):
    """The one thread that writes a log; whoever else reads it opens a store of its own."""

    def __init__(
        self,
        log: Writer[T, R],
        clock: Callable[[], datetime],
        *,
        wait_ms: int = 20,
        most: int = 256,
    ) -> None:
        self._log, self._clock, self._wait, self._most = log, clock, wait_ms / 1000, most
        self._waiting: deque[_Event[T, R] | _Note] = deque()
        self._taken: Sequence[_Event[T, R] | _Note] = ()
        self._changed = threading.Condition()
        self._ending = False
        self._cause: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self._thread.start()

    def submit(self, signed: T) -> "Future[R]":
        """Hand in one event, or whatever the writer takes.

        Returns:
            What will hold its answer once it is committed, or the error that refused it.

        Raises:
            RegisterError: H568, when the sequencer has stopped; H569, when too many wait.
        """
        answer: Future[R] = Future()
        self._put(_Event(signed, answer, copy_context()))
        return answer

    def publish(self, *, pads: bool = False) -> "Future[str]":
        """Ask for a checkpoint over whatever was submitted before.

        Returns:
            What will hold the note once it is committed, or the RegisterError that refused it.

        Raises:
            RegisterError: H568, when the sequencer has stopped; H569, when too many wait.
        """
        answer: Future[str] = Future()
        self._put(_Note(pads, answer))
        return answer

    def waiting(self) -> int:
        """How many wait to be written."""
        return len(self._waiting)

    def stop(self) -> None:
        """Take no more, answer whatever waits, and end the thread.

        Raises:
            RegisterError: H568, when a fault had ended it before.
        """
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join()
        if self._cause is not None:
            raise _stopped() from self._cause

    def _put(self, asked: _Event[T, R] | _Note) -> None:
        with self._changed:
            if self._ending:
                raise _stopped() from self._cause
            if len(self._waiting) >= BATCHES * self._most:
                fix = "Submit it again in a moment."
                raise RegisterError(Fault("H569", "too many events wait to be written", fix))
            self._waiting.append(asked)
            if len(self._waiting) == 1 or self._due():
                self._changed.notify()

    def _run(self) -> None:
        try:
            while self._take():
                if isinstance(self._taken[0], _Note):
                    self._publish(self._taken[0])
                else:
                    self._append([one for one in self._taken if isinstance(one, _Event)])
        finally:
            self._end(sys.exc_info()[1])

    def _take(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending)
            self._changed.wait_for(self._due, self._wait)
            count = 0
            while count < min(self._most, len(self._waiting)):
                if isinstance(self._waiting[count], _Note):
                    break
                count += 1
            self._taken = [self._waiting.popleft() for _ in range(max(count, bool(self._waiting)))]
            return bool(self._taken)

    def _due(self) -> bool:
        full = len(self._waiting) >= self._most
        return full or self._ending or isinstance(self._waiting[-1], _Note)

    def _append(self, taken: Sequence[_Event[T, R]]) -> None:
        asked = [one for one in taken if one.answer.set_running_or_notify_cancel()]
        try:
            within = asked[0].context.run if asked else copy_context().run
            batch = [one.signed for one in asked]
            outcomes: Sequence[R | HabeasError] = within(
                self._log.append_each, batch, self._clock()
            )
        except RegisterError as error:
            if error.code in FATAL:
                raise
            outcomes = [error] * len(asked)
        for one, outcome in zip(asked, outcomes, strict=True):
            if isinstance(outcome, HabeasError):
                one.answer.set_exception(outcome)
            else:
                one.answer.set_result(outcome)

    def _publish(self, asked: _Note) -> None:
        if not asked.answer.set_running_or_notify_cancel():
            return
        try:
            asked.answer.set_result(self._log.publish(self._clock(), pads=asked.pads))
        except RegisterError as error:
            if error.code in FATAL:
                raise
            asked.answer.set_exception(error)

    def _end(self, cause: BaseException | None) -> None:
        with self._changed:
            self._ending, self._cause = True, cause
            left = [one.answer for one in self._waiting]
            self._waiting.clear()
        running = [one.answer for one in self._taken if one.answer.running()]
        for answer in running + [one for one in left if one.set_running_or_notify_cancel()]:
            answer.set_exception(_stopped())


def _stopped() -> RegisterError:
    fix = "Find out why, start it again, and submit what has no index yet."
    return RegisterError(Fault("H568", "the sequencer has stopped", fix))

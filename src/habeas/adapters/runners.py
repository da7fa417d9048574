"""One call on four executors: here, on processes, on Ray, on Dask, with the same draws everywhere.

A worker that dies is made up for: each part that it may have had is run again, alone, so that no
other part is blamed; a part that ends its worker each time stops the run, and names itself. What
a task raises is raised here: a pure function would raise it again.
"""

import multiprocessing
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.process import BaseProcess
from multiprocessing.resource_tracker import ensure_running
from platform import python_version
from threading import Thread
from types import ModuleType
from typing import Any, Generic, Protocol, TypeVar

from habeas.errors import Fault, SetupError
from habeas.projection.parts import Arrays, Part, Range, Runner, Task, Told, cut, seconds

CLUSTERS = ("ray", "dask")
NAMES = ("serial", "processes", *CLUSTERS)
TRIES = 3  # of a part, before it is blamed for the deaths of its workers
MOST_WORKERS = 4096
PART = 50  # draws: what a stop loses of each worker, at most
SHARES = 4  # parts a worker, where there are few draws
AHEAD = 2  # parts a worker that are handed out, so that none waits for the next
ONE_THREAD: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
}
COMPUTING = ("habeas", "numpy", "numba")  # whose versions could change a last bit
Call = tuple[str, bytes, int, int, int]  # task, payload, seed, lo, hi
Held = TypeVar("Held")


class Died(Exception):  # noqa: N818 - what happened
    """A worker ended before it answered."""


class Hands(Protocol[Held]):
    """Workers that are given calls."""

    @property
    def workers(self) -> int:
        """How many calls run at a time."""
        ...

    def give(self, call: Call) -> Held:
        """Hand a call to whoever is free."""
        ...

    def first(self, held: Collection[Held]) -> Held:
        """One of these that is over; waits for it."""
        ...

    def taken(self, one: Held) -> Arrays:
        """What came of one.

        Raises:
            Died: when its worker did.
        """
        ...

    def close(self) -> None:
        """Let every worker go, whatever it is at."""
        ...


# What a worker does


@cache
def _room(module: str) -> ModuleType:
    room = import_module(module)
    warm: Callable[[], None] | None = getattr(room, "warm", None)
    if warm is not None:
        warm()
    return room


def warmed(name: str) -> Task:
    """A task by name; its module's `warm`, where it has one, is called once a process."""
    module, _, function = name.partition(":")
    task: Task = getattr(_room(module), function)
    return task


def work(task: str, payload: bytes, seed: int, lo: int, hi: int) -> Arrays:
    """One part, in whatever process this is."""
    return warmed(task)(payload, seed, lo, hi)


def _begin() -> None:
    """A worker process ends when its parent is no more, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


# Whom the work is given to


class Serial:
    """This process; so many draws a part."""

    workers = 1

    def __init__(self, size: int = PART) -> None:
        self._size = size

    def run(
        self,
        task: str,
        payload: bytes,
        seed: int,
        draws: int,
        told: Told,
        done: Iterable[Range] = (),
    ) -> Iterator[Part]:
        """One part after the other."""
        todo = cut(draws, self._size, done)
        so_far = draws - _sum(todo)
        told(so_far, draws)
        for lo, hi in todo:
            yield lo, work(task, payload, seed, lo, hi)
            so_far += hi - lo
            told(so_far, draws)


class Crew(Generic[Held]):
    """Workers of any kind as a runner."""

    def __init__(self, hands: Hands[Held]) -> None:
        self._hands = hands

    @property
    def workers(self) -> int:
        """How many parts run at a time."""
        return self._hands.workers

    def run(
        self,
        task: str,
        payload: bytes,
        seed: int,
        draws: int,
        told: Told,
        done: Iterable[Range] = (),
    ) -> Iterator[Part]:
        """The parts as they finish.

        Raises:
            SetupError: H870, for a part whose workers died each time.
        """
        size = max(1, min(PART, -(-draws // (SHARES * self.workers))))
        waiting = deque(cut(draws, size, done))
        so_far, tries, held = draws - _sum(waiting), Counter[Range](), dict[Held, Range]()
        told(so_far, draws)
        while waiting or held:
            for one in self._next(waiting, tries, len(held)):
                held[self._hands.give((task, payload, seed, *one))] = one
            over = self._hands.first(held)
            lo, hi = held.pop(over)
            try:
                arrays = self._hands.taken(over)
            except Died:
                _again((lo, hi), tries, waiting)
                continue
            yield lo, arrays
            so_far += hi - lo
            told(so_far, draws)

    def _next(self, waiting: deque[Range], tries: Counter[Range], held: int) -> Iterator[Range]:
        """Parts to hand out beside those that are; one whose worker died before is run alone."""
        alone = bool(waiting and tries[waiting[0]])
        room = int(not held) if alone else self.workers * AHEAD - held
        for _ in range(min(room, len(waiting))):
            yield waiting.popleft()


def _again(part: Range, tries: Counter[Range], waiting: deque[Range]) -> None:
    tries[part] += 1
    if tries[part] == TRIES:
        what = f"draws {part[0]:,} to {part[1] - 1:,}: the worker died {TRIES} times"
        fix = "Look for memory or a fault there; the draws that are done are kept."
        raise SetupError(Fault("H870", what, fix))
    waiting.appendleft(part)


def _sum(parts: Iterable[Range]) -> int:
    return sum(hi - lo for lo, hi in parts)


class Processes:
    """Processes of this machine, started with the first call."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._made = set[BaseProcess]()

    def give(self, call: Call) -> Future[Arrays]:
        """Hand a call to whoever is free; where workers died, others are started."""
        while True:
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(self.workers, context, _begin)
            before = set(multiprocessing.active_children())
            try:
                with born_aside():
                    return self._pool.submit(work, *call)
            except BrokenProcessPool:
                self.close()
            finally:
                self._made |= set(multiprocessing.active_children()) - before

    def first(self, held: Collection[Future[Arrays]]) -> Future[Arrays]:
        """One of these that is over."""
        return next(iter(wait_for(held, return_when=FIRST_COMPLETED).done))

    def taken(self, one: Future[Arrays]) -> Arrays:
        """What came of one.

        Raises:
            Died: when its worker, or another of the pool, did.
        """
        try:
            return one.result()
        except BrokenProcessPool as error:
            raise Died from error

    def close(self) -> None:
        """End every worker, whatever it is at: none holds anything."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
        for one in self._made:
            one.kill()
        for one in self._made:
            one.join()
        self._made.clear()


@contextmanager
def lent(words: Mapping[str, str]) -> Iterator[None]:
    """Words of the environment for processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in words}
    os.environ.update(words)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def born_aside() -> Iterator[None]:
    """Processes started meanwhile compute on one thread, and Ctrl-C is not theirs to answer."""
    ensure_running()  # Python's own helper: whoever starts it lets Ctrl-C in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with lent(ONE_THREAD):
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# Which


@contextmanager
def opened(name: str, workers: int = 0, address: str = "") -> Iterator[Runner]:
    """A runner; whatever it started ends with it.

    Args:
        name: one of NAMES.
        workers: how many parts at a time; 0: one a core.
        address: of a cluster of Ray or Dask that is there; empty: one of this machine is started.

    Raises:
        SetupError: H901, for a name that is none, an address of what has none, or a number of
            workers that is none; H879, for an
            executor that is not installed, or a cluster that cannot be used.
    """
    if name not in NAMES:
        what = f"'{name}' runs nothing"
        raise SetupError(Fault("H901", what, f"Write one of {', '.join(NAMES)}."))
    if address and name not in CLUSTERS:
        what = f"'{name}' has no address"
        raise SetupError(Fault("H901", what, f"Leave it out, or name {' or '.join(CLUSTERS)}."))
    if not 0 <= workers <= MOST_WORKERS:
        what = f"{workers} workers are not between 0 and {MOST_WORKERS:,}"
        raise SetupError(Fault("H901", what, "Leave them out: one a core."))
    if name == "serial":
        yield Serial()
        return
    hands = _hands(name, workers or os.cpu_count() or 1, address)
    try:
        yield Crew(hands)
    finally:
        hands.close()


def _hands(name: str, workers: int, address: str) -> Hands[Any]:  # Any: what each library holds
    if name == "processes":
        return Processes(workers)
    room = import_module(f"habeas.adapters.{name}_runner")  # loads the library
    started: Callable[[int, str], Hands[Any]] = room.started
    return started(workers, address)


def missing(library: str) -> SetupError:
    """What is said where the library of an executor is not installed."""
    what = f"this executor needs {library}"
    return SetupError(Fault("H879", what, "Type: pip install 'habeas[cluster]'."))


def unreachable(library: str, address: str, why: object) -> SetupError:
    """What is said of a cluster that cannot be used."""
    where = f"the cluster of {library} at '{address}'" if address else f"{library} on this machine"
    fix = "Start it, or take the executor 'processes', which gives the same draws."
    return SetupError(Fault("H879", f"{where} cannot be used: {str(why).rstrip('.')}", fix))


def estimate(
    runner: Runner, task: str, payload: bytes, seed: int, draws: int, clock: Callable[[], float]
) -> float:
    """Seconds that a run takes, from some draws timed here; without the start of workers."""
    return seconds(warmed(task), payload, seed, draws, clock) / runner.workers


def versions() -> dict[str, str]:
    """What computes the draws, in which version; a library that is not installed stands as ""."""
    return {"python": python_version(), **{name: _version(name) for name in COMPUTING}}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""

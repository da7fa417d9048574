"""Draws of a scenario: what a task is, who runs it, and how its parts become one result.

A part is a range of draws and an array a name, whose first axis has a row a draw, in order. A row
is a pure function of (payload, seed, draw), so that how draws were cut into parts, in which order
these came, where they ran and how often is seen nowhere. What is summed over draws is summed after
the merge, in draw order.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from habeas.errors import Fault, SetupError

Arrays = dict[str, NDArray[np.generic]]
Part = tuple[int, Arrays]  # the first draw of it, and its rows
Range = tuple[int, int]  # draws [lo, hi)
Told = Callable[[int, int], None]  # draws done, draws wanted
LONG_ENOUGH = 0.2  # seconds: shorter ones are timed with more draws
MORE = 4  # times as many draws


class Task(Protocol):
    """A function of a module: every worker imports it by name."""

    def __call__(self, payload: bytes, seed: int, lo: int, hi: int) -> Arrays:
        """The draws [lo, hi), `hi - lo` rows an array."""
        ...


class Runner(Protocol):
    """Runs a task somewhere."""

    @property
    def workers(self) -> int:
        """How many parts it runs at a time."""
        ...

    def run(
        self,
        task: str,
        payload: bytes,
        seed: int,
        draws: int,
        told: Told,
        done: Iterable[Range] = (),
    ) -> Iterator[Part]:
        """The parts as they finish, in any order.

        Args:
            task: `module:function`.
            payload: what the function reads; the same bytes for every draw.
            seed: of every draw.
            draws: how many.
            told: how far it is, from the beginning on.
            done: draws that are there already, and are not run.

        Raises:
            SetupError: H870, for a part whose workers died.
        """
        ...


def cut(draws: int, size: int, done: Iterable[Range] = ()) -> list[Range]:
    """The draws that are not there yet, in ranges of at most a size."""
    gaps, at = list[Range](), 0
    for lo, hi in [*sorted(done), (draws, draws)]:
        gaps += [(one, min(one + size, lo, draws)) for one in range(at, min(lo, draws), size)]
        at = max(at, hi)
    return gaps


def found(parts: Iterable[Part], draws: int) -> tuple[NDArray[np.int64], Arrays]:
    """Which draws there are, and their rows in that order; a draw that came twice stands once."""
    numbers, kept, at = list[NDArray[np.int64]](), list[Arrays](), 0
    for lo, arrays in sorted(parts, key=lambda one: one[0]):
        first, after = max(lo, at), min(lo + _rows(arrays), draws)
        if first < after:
            numbers.append(np.arange(first, after))
            kept.append({name: one[first - lo : after - lo] for name, one in arrays.items()})
            at = after
    names = kept[0] if kept else {}
    whole = {name: np.concatenate([one[name] for one in kept]) for name in names}
    return np.concatenate([np.arange(0), *numbers]), whole


def merged(parts: Iterable[Part], draws: int) -> Arrays:
    """Every draw in order.

    Raises:
        SetupError: H870, where one is missing.
    """
    numbers, whole = found(parts, draws)
    if len(numbers) != draws:
        there = f"{len(numbers):,} of {draws:,} draws are there"
        raise SetupError(Fault("H870", there, "Run the same again: it goes on where it stopped."))
    return whole


def _rows(arrays: Arrays) -> int:
    counts = {len(one) for one in arrays.values()}
    if len(counts) != 1:
        msg = f"a part's arrays have {sorted(counts)} rows"
        raise ValueError(msg)
    return counts.pop()


def digest(arrays: Mapping[str, NDArray[np.generic]]) -> str:
    """SHA-256 of every array in order of name: name, type and shape as JSON, then its bytes.

    Bytes are little-endian, in C order: the same draws have the same hash on every machine.
    """
    whole = hashlib.sha256()
    for name in sorted(arrays):
        one = arrays[name]
        kind = one.dtype.newbyteorder("<")
        whole.update((json.dumps([name, kind.str, list(one.shape)]) + "\n").encode())
        whole.update(np.ascontiguousarray(one, kind).data)
    return whole.hexdigest()


def seconds(task: Task, payload: bytes, seed: int, draws: int, clock: Callable[[], float]) -> float:
    """How long so many draws take one worker, from some of them timed after one that warms it.

    Args:
        task: what is to be run.
        payload: what it reads.
        seed: of every draw.
        draws: how many, one at least.
        clock: seconds from any beginning.
    """
    task(payload, seed, 0, 1)
    count = 1
    while True:
        begun = clock()
        task(payload, seed, 0, count)
        took = clock() - begun
        if took >= LONG_ENOUGH or count == draws:
            return took / count * draws
        count = min(count * MORE, draws)

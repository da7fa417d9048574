"""Which of many whole numbers were met, in 8 bytes each, or how often, in 16.

Kept as sorted runs whose sizes grow like the digits of a binary counter, so that adding N numbers
batch by batch costs N log N and no batch waits for a merge of everything.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Met:
    """Numbers that come in batches."""

    def __init__(self) -> None:
        self._runs: list[Ints] = []

    def add(self, values: Ints) -> None:
        """Meet some more."""
        run = np.unique(values)
        while len(run) and self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.concatenate([self._runs.pop(), run])
            run.sort()
        if len(run):
            self._runs.append(run)

    def among(self, values: Ints) -> NDArray[np.bool_]:
        """Which of these were met."""
        found = np.zeros(len(values), np.bool_)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, values), len(run) - 1)
            found |= run[places] == values
        return found


class Tally:
    """Counts of numbers that come in batches."""

    def __init__(self) -> None:
        self._runs: list[tuple[Ints, Ints]] = []

    def add(self, values: Ints) -> None:
        """Count some more."""
        run = np.unique(values, return_counts=True)
        if not len(run[0]):
            return
        while self._runs and len(self._runs[-1][0]) <= 2 * len(run[0]):
            run = _merged(self._runs.pop(), run)
        self._runs.append(run)

    def counts(self) -> tuple[Ints, Ints]:
        """Every number in order, and how often it was counted."""
        run = (np.empty(0, np.int64), np.empty(0, np.int64))
        for other in self._runs:
            run = _merged(run, other)
        self._runs = [run] if len(run[0]) else []
        return run


def _merged(one: tuple[Ints, Ints], other: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    keys = np.concatenate([one[0], other[0]])
    counts = np.concatenate([one[1], other[1]])
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else keys
    return keys[first], np.add.reduceat(counts, first) if len(keys) else counts

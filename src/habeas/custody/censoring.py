"""Ends that say where a file was cut, not that anybody left.

An export ends on some instant, and whoever was still held then is often written as if released at
it. So an end that stands far more often than any other is told, and never taken for releases.
"""

from typing import NamedTuple

import numpy as np

from habeas.custody.civil import OPEN, Ints

LEAST, TIMES = 20, 10  # rows with one end, and how many times as many as an end has on average


class CutOff(NamedTuple):
    """The end that an export seems to have put to whoever was still held."""

    at: int  # UTC seconds, or a day, as the ends were given
    rows: int


def cut_off(ends: Ints) -> CutOff | None:
    """The latest end, where far more rows have it than an end has on average; None: no sign."""
    known = ends[ends != OPEN]
    if known.size == 0:
        return None
    last = int(known.max())
    rows = int(np.count_nonzero(known == last))
    before = known[known != last]
    average = before.size / max(1, np.unique(before).size)
    return CutOff(last, rows) if rows >= LEAST and rows >= TIMES * average else None

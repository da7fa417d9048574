"""The memory limit: the least that reading the columns and writing the result can cost."""

import time
from collections.abc import Callable

import numpy as np

from bench.docket import RULES, case_bytes

WORD = 8


def limit(cases: int) -> Callable[[], float]:
    """A work that reads as many bytes as the docket has and fills as many as the planes have.

    Two planes of a bit a rule and case. Both buffers are made before the timing, which is in the
    limit's favour: an engine also pays for fresh memory. Whole words, as numpy reduces them
    quickest. Answers CPU seconds.
    """
    held = np.arange(int(cases * case_bytes()) // WORD, dtype=np.int64)
    result = np.zeros(cases * len(RULES) * 2 // (8 * WORD), dtype=np.int64)

    def work() -> float:
        begun = time.process_time()
        held.max()
        result.fill(-1)
        return time.process_time() - begun

    return work

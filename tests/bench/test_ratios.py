"""The benchmark runs, on fewer cases, and its ratios have not gone astray; never seconds."""

import statistics
import time
from collections.abc import Callable

from bench.docket import docket
from bench.engine import Planes, cases, checked_first, program
from bench.limit import limit
from bench.screening import interleaved

from habeas.screening.evaluate import findings

CASES, FEW = 1 << 18, 2_000


def medians(**works: Callable[[], float]) -> dict[str, float]:
    times = interleaved(works, 5)
    return {name: statistics.median(row) for name, row in times.items()}


def timed(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return run


def test_planes_stay_within_eight_times_the_memory_limit() -> None:
    batches, planes = docket(CASES), Planes()
    checked_first(batches)
    found = medians(
        limit=limit(CASES),
        planes=timed(lambda: planes.evaluate(batches)),
        reasons=timed(lambda: planes.explain(batches)),
    )
    assert found["planes"] <= 8 * found["limit"]
    assert found["reasons"] <= 2 * found["planes"]


def test_a_case_by_column_costs_a_hundredth_of_a_case_alone() -> None:
    batches, planes, ours = docket(CASES), Planes(), program()
    alone = cases(batches, FEW)
    found = medians(
        planes=timed(lambda: planes.evaluate(batches)),
        alone=timed(lambda: [findings(ours, case) for case in alone]),
    )
    assert found["planes"] / CASES <= found["alone"] / FEW / 100

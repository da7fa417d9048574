"""The benchmark runs, on fewer cases, and its ratios have not gone astray; never seconds."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from bench.docket import docket
from bench.engine import Planes, cases, checked_first, program
from bench.limit import limit
from bench.screening import interleaved

from bench import dues, register
from habeas.screening.evaluate import findings

# A ratio is of our code alone, and not of counting its lines.
pytestmark = pytest.mark.no_cover

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
    assert found["reasons"] <= 3 * found["planes"]


def test_a_case_by_column_costs_a_hundredth_of_a_case_alone() -> None:
    batches, planes, ours = docket(CASES), Planes(), program()
    alone = cases(batches, FEW)
    found = medians(
        planes=timed(lambda: planes.evaluate(batches)),
        alone=timed(lambda: [findings(ours, case) for case in alone]),
    )
    assert found["planes"] / CASES <= found["alone"] / FEW / 100


def test_a_log_takes_batches_and_manifests_at_less_than_events_one_by_one(
    tmp_path: Path,
) -> None:
    found = {line.name: line.median for line in register.appending(tmp_path, None)}
    each = found["append, 256 a batch"]
    assert each <= found["append, one by one"] * 2 / 3
    # Alone it is half; beside other workers Python is slowed more than the signatures.
    assert found["append, manifests of 64, 256 a batch"] <= each * 0.85


def test_manifests_spare_a_verifier_most_of_its_work(tmp_path: Path) -> None:
    found = {line.name: line.median for line in register.verifying(tmp_path, 2_048, 3)}
    # Alone it is 0.25 and 0.33; beside other workers Python is slowed more than the signatures.
    for form, most in (("export", 0.6), ("SQLite and keys", 0.75)):
        each = found[f"verify, {form}, a signature each"]
        for size in ("64", "1,024"):
            assert found[f"verify, {form}, manifests of {size}"] <= most * each


def test_neither_a_proof_nor_a_restart_grows_with_the_log(tmp_path: Path) -> None:
    found = {}
    for size in (5_000, 80_000):
        folder = tmp_path / str(size)
        made = [*register.proofs(folder, size, None), *register.restart(folder, size)]
        found[size] = {line.name: line.median for line in made}
    for name, short in found[5_000].items():
        assert found[80_000][name] <= 4 * short, name


def test_the_fees_of_a_draw_among_many_cost_a_fiftieth_of_one_alone() -> None:
    for twin, alone in dues.measured(repeats=3).values():
        assert twin <= alone / 50

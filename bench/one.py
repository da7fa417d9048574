"""`python -m bench.one`: one case at a time, warm: its outcome, and its reasons as JSON."""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from bench.docket import docket
from bench.engine import cases, program
from habeas.docket.check import Case
from habeas.screening import reasons
from habeas.screening.decision import decide, outcome
from habeas.screening.evaluate import findings

DISTINCT, CALLS = 2_000, 10_000
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def quantiles(work: Callable[[Case], object], given: Sequence[Case]) -> tuple[float, float]:
    """Median and 99th percentile of single calls, in microseconds."""
    for case in given:
        work(case)
    times = []
    for number in range(CALLS):
        case = given[number % len(given)]
        begun = time.perf_counter_ns()
        work(case)
        times.append((time.perf_counter_ns() - begun) / 1e3)
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


def main() -> None:
    """Print two rows."""
    ours = program()
    given = [
        Case(f"C-{n}", n, "OAS-A57", facts, {})
        for n, facts in enumerate(cases(docket(DISTINCT), DISTINCT))
    ]

    def explained(case: Case) -> bytes:
        decision = decide(case, ours, {}, NOON, dated=False)
        return msgspec.json.encode(reasons.document(decision, ours))

    print("| one case, 32 rules, warm | p50 us | p99 us |\n|---|---|---|")
    for name, work in (
        ("outcome", lambda case: outcome(findings(ours, case.facts))),
        ("reasons as JSON: missing, ways, values, citations", explained),
    ):
        middle, last = quantiles(work, given)
        print(f"| {name} | {middle:.1f} | {last:.1f} |")


if __name__ == "__main__":
    main()

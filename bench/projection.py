"""`python -m bench.projection`: draws of P1, from the numbers of a draw to the fees of each month.

What a draw costs stands beside its floor: to make its words of chance and to write its answers,
and nothing else. A thousand draws are run by two processes, and their hash is that of one.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench import p1
from bench.dues import TEN, schedule
from bench.dues import many as of_days
from habeas.adapters import runners
from habeas.fees.bulk import due
from habeas.fees.dues import Dues
from habeas.projection import draw, simulate
from habeas.projection.bands import bands
from habeas.projection.chance import PERSON
from habeas.projection.parts import Arrays, digest, merged
from habeas.projection.people import PEOPLE_ROWS
from habeas.projection.people_fast import BLOCK, Room, _words, people
from habeas.projection.people_fast import schedule as keys_of
from habeas.projection.queue import FLOWS

TASK, SEED, DRAWS, REPEATS = "habeas.projection.simulate:run", 1, 40, 7
THOUSAND, SAME, PAIRS = 1000, 100, 60
GOAL_MS, GOAL_FLOORS, GOAL_SECONDS, GOAL_RATIO = 4.0, 3.0, 5.0, 100.0
PLAN = p1.p1()
PAYLOAD = p1.payload(PLAN)


class Measured(NamedTuple):
    """CPU ms a draw, medians."""

    whole: float  # parameters, people, queue, cells, arrays, fees
    engine: float  # the same without fees
    people: float
    fees: float
    floor: float


def fees(arrays: Arrays) -> Dues:
    """What is due in each draw and month."""
    return due(schedule(), TEN, of_days(arrays["held.house"].astype(np.int32, copy=False)))


def floor(referred: int) -> Callable[[], None]:
    """Four words for each of so many persons, and the bytes of a draw's answers written once."""
    n, out = np.arange(BLOCK, dtype=np.uint32), np.empty((4, BLOCK), np.uint32)
    number, keys = np.zeros(BLOCK, np.uint32), keys_of((SEED, 0))
    arrays = simulate.run(PAYLOAD, SEED, 0, 1)
    room = {name: one.copy() for name, one in arrays.items()}

    def least() -> None:
        for _ in range(-(-referred // BLOCK)):
            _words(n, n, number, PERSON, keys, out)
        for name, one in arrays.items():
            np.copyto(room[name], one)

    return least


def cpu(work: Callable[[], object]) -> float:
    """CPU ms of one run."""
    begun = time.process_time()
    work()
    return 1000 * (time.process_time() - begun)


def measured(draws: int = DRAWS, repeats: int = REPEATS) -> Measured:
    """All in one interleaved run, after one that warms it."""
    found = simulate.run(PAYLOAD, SEED, 0, draws)
    referred = int(found["flow.deal"][:, :, FLOWS.index("referred")].sum()) // draws
    frame, room, numbers = draw.frame(PLAN, 0), Room(PEOPLE_ROWS), draw.uncertainty(PLAN)
    months = np.array(PLAN.months, np.int32)

    def everybody() -> None:
        for n in range(draws):
            told = numbers.values(numbers.units((SEED, n)))
            people(draw.streams(frame, draw.Drawn(PLAN, told)), (SEED, n), months, room)

    least = floor(referred)
    works: Mapping[str, Callable[[], object]] = {
        "whole": lambda: fees(simulate.run(PAYLOAD, SEED, 0, draws)),
        "engine": lambda: simulate.run(PAYLOAD, SEED, 0, draws),
        "people": everybody,
        "fees": lambda: fees(found),
        "floor": lambda: [least() for _ in range(draws)],
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(repeats):
        for name, work in works.items():
            times[name].append(cpu(work) / draws)
    return Measured(**{name: statistics.median(row) for name, row in times.items()})


def fan(arrays: Arrays) -> int:
    """Bands of twelve answers: by day, by month, and the fees; how many there are."""
    flow = arrays["flow.deal"]
    answers = [
        *(arrays[name] for name in ("held.house", "cell.house", "waiting.deal", "days.deal")),
        *(flow[:, :, FLOWS.index(name)] for name in (
            "referred", "eligible", "received", "expired", "sentence_end", "returned", "died",
        )),
        fees(arrays).priced,
    ]  # fmt: skip
    return len([bands(one.astype(np.int64, copy=False)) for one in answers])


def thousand(workers: int, draws: int) -> tuple[float, str]:
    """Wall seconds of a fan by so many processes, whose start is not in it; and the hash."""
    with runners.opened("processes", workers) as runner:
        merged(runner.run(TASK, PAYLOAD, SEED, 4 * workers, lambda _done, _all: None), 4 * workers)
        begun = time.perf_counter()
        arrays = merged(runner.run(TASK, PAYLOAD, SEED, draws, lambda _done, _all: None), draws)
        fan(arrays)
        return time.perf_counter() - begun, digest(arrays)


def ratio(pairs: int = PAIRS) -> float:
    """How much less a difference varies in pairs: person-days, with 5 % more referrals."""
    more = p1.payload(p1.p1(more=1.05))

    def days(payload: bytes, lo: int) -> NDArray[np.int64]:
        found = simulate.run(payload, SEED, lo, lo + pairs)["days.deal"]
        total: NDArray[np.int64] = found.astype(np.int64).sum(axis=1)
        return total

    base = days(PAYLOAD, 0)
    apart, paired = days(more, pairs) - base, days(more, 0) - base
    return float(apart.var(ddof=1) / paired.var(ddof=1))


def main() -> None:
    """Print the rows."""
    first = cpu(lambda: fees(simulate.run(PAYLOAD, SEED, 0, 1))) / 1000
    print(f"first draw, loading or compiling: {first:.1f} CPU s\n")
    one = measured()
    print("| a draw of P1 | CPU ms | times the floor |\n|---|---|---|")
    for name, ms in one._asdict().items():
        print(f"| {name} | {ms:.2f} | {ms / one.floor:.1f} |")
    rate = 1000 / one.whole
    print(f"\n{rate:,.0f} draws a CPU second and core; goals {GOAL_MS} ms, {GOAL_FLOORS} floors")
    serial = digest(simulate.run(PAYLOAD, SEED, 0, SAME))
    assert {thousand(workers, SAME)[1] for workers in (1, 2, 3)} == {serial}
    wall, _ = thousand(2, THOUSAND)
    print(f"{THOUSAND:,} draws and 12 fans, 2 processes: {wall:.1f} s wall; goal {GOAL_SECONDS}")
    print(f"5 % more referrals, pairs against strangers: {ratio():.0f}; goal {GOAL_RATIO:.0f}")


if __name__ == "__main__":
    main()

"""The fees of many draws of ten years: the twin against the plain form, which it equals."""

import time
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import median

import numpy as np
from msgspec import structs

from habeas.fees.bulk import due
from habeas.fees.charge import charges
from habeas.fees.many import Daily, Many
from habeas.fees.quantity import Period, Quantities, months
from habeas.law.cited import Text
from habeas.law.schedule import Band, BandedPerDiem, Fees, Indexation, Step

TEN = Period(date(2026, 1, 1), date(2036, 1, 1))
CELLS, T = months(TEN), Text("bench", "bench")
DRAWS, LIMIT = 100, 0.05  # CPU ms a draw


def schedule() -> Fees:
    """Bands per mille, a guarantee of 80 % of 20,000 places, 2.5 % a year each 1 January."""
    bands = (
        Band(1, (), 20_000, per_mille=1000),
        Band(20_001, (), 30_000, per_mille=950),
        Band(30_001, (), None, per_mille=900),
    )
    item = BandedPerDiem(
        "held", T, bands, "period", (), 5479, guaranteed_per_mille=800, places=20_000
    )
    steps = tuple(Step(date(2026 + n, 1, 1), "1.025", ()) for n in range(1, 10))
    index = Indexation(2026, T, (), decimals=6, steps=steps)
    return Fees("USD", 2, "half_up", (item,), indexation=index)


def headcounts(draws: int, seed: int = 7) -> Daily:
    """Persons of each day: from nobody to 40,000, with some noise."""
    rng = np.random.default_rng(seed)
    end = rng.integers(10_000, 40_000, (draws, 1))
    rise = end * np.arange(TEN.days) // TEN.days
    return (rise + rng.integers(0, 300, (draws, TEN.days))).astype(np.int32)


def many(daily: Daily) -> Many:
    """The same by month."""
    edges = [(cell.first - TEN.first).days for cell in CELLS]
    return Many(np.add.reduceat(daily, edges, axis=1, dtype=np.int64), daily)


def plain(fees: Fees, row: Daily) -> list[int]:
    """What one draw comes to in each month, by the plain form."""
    found = []
    for cell in CELLS:
        days = row[(cell.first - TEN.first).days :][: cell.days].astype(np.int64)
        lines = charges(fees, Quantities(cell, {"": days}))
        found.append(sum(line.amount_minor or 0 for line in lines))
    return found


def timed(work: Callable[[], object], repeats: int) -> float:
    """Median CPU ms."""
    times = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        times.append(1000 * (time.process_time() - begun))
    return median(times)


def measured(draws: int = DRAWS, repeats: int = 9) -> dict[str, tuple[float, float]]:
    """CPU ms a draw of the twin and of the plain form, by basis; equal sums are checked first."""
    daily, found = headcounts(draws), dict[str, tuple[float, float]]()
    for basis in ("period", "day"):
        base = schedule()
        fees = structs.replace(base, items=(structs.replace(base.items[0], basis=basis),))
        given = many(daily)
        told = due(fees, TEN, given).amounts()
        assert all(told[n].tolist() == plain(fees, daily[n]) for n in (0, draws // 2, draws - 1))
        twin = timed(partial(due, fees, TEN, given), repeats) / draws
        alone = timed(partial(plain, fees, daily[0]), repeats)
        found[f"bands by {'the month' if basis == 'period' else 'the day'}"] = (twin, alone)
    return found


def main() -> None:
    """Print the table."""
    print(f"| {DRAWS} draws x {len(CELLS)} months | CPU ms a draw | of {LIMIT} | plain, times |")
    print("|---|---|---|---|")
    for name, (twin, alone) in measured().items():
        print(f"| {name} | {twin:.4f} | {twin / LIMIT:.2f} | {alone / twin:,.0f} |")


if __name__ == "__main__":
    main()
